-- A session that is moved may go to another therapist, be of another kind or
-- stand over another on purpose; undone, it is as it was.

ALTER TABLE session_undo ADD COLUMN clinician_id uuid REFERENCES account (id);
ALTER TABLE session_undo ADD COLUMN kind text;
ALTER TABLE session_undo ADD COLUMN override_reason text;
