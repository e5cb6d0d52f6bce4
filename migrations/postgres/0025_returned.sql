-- Mail that came back: nothing more is sent to that address until somebody has
-- looked at it.

ALTER TABLE person ADD COLUMN returned_at timestamptz;
-- What was said, for the practice.
ALTER TABLE person ADD COLUMN returned_why text NOT NULL DEFAULT '';
CREATE INDEX person_returned ON person (returned_at) WHERE returned_at IS NOT NULL;
-- One mail says it for all that waits.
CREATE INDEX message_person_sent ON message (person_id, sent_at) WHERE person_id IS NOT NULL AND session_id IS NULL AND state = 'sent';
