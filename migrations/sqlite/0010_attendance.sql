-- Who came to a session, the fees that are settled, and notes that are begun
-- before their record is chosen.

-- What was marked of an attendee; NULL: nothing yet.
ALTER TABLE session_attendee ADD COLUMN presence TEXT CHECK (presence IN ('present', 'absent'));
-- When the person was checked in; NULL: they were not, or it was marked later.
ALTER TABLE session_attendee ADD COLUMN arrived_at TEXT;
-- Who marked it last, and when.
ALTER TABLE session_attendee ADD COLUMN marked_by BLOB REFERENCES account (id);
ALTER TABLE session_attendee ADD COLUMN marked_at TEXT;

-- The day on which the fee was settled; NULL: it was not.
ALTER TABLE fee_suggestion ADD COLUMN settled_on TEXT;
-- Who noted that, and when.
ALTER TABLE fee_suggestion ADD COLUMN settled_by BLOB REFERENCES account (id);
ALTER TABLE fee_suggestion ADD COLUMN settled_at TEXT;
CREATE INDEX fee_suggestion_made ON fee_suggestion (made_at, session_id);

-- 1: the fee is also suggested if only one of two people came.
ALTER TABLE practice ADD COLUMN fee_if_one_absent INTEGER NOT NULL DEFAULT 0 CHECK (fee_if_one_absent IN (0, 1));

-- 1: its author has not chosen yet whose record it belongs to. Until then it is
-- kept as a process note, which only its author reads.
ALTER TABLE note ADD COLUMN undecided INTEGER NOT NULL DEFAULT 0 CHECK (undecided IN (0, 1));
