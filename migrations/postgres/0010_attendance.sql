-- Who came to a session, the fees that are settled, and notes that are begun
-- before their record is chosen.

-- What was marked of an attendee; NULL: nothing yet.
ALTER TABLE session_attendee ADD COLUMN presence TEXT CHECK (presence IN ('present', 'absent'));
-- When the person was checked in; NULL: they were not, or it was marked later.
ALTER TABLE session_attendee ADD COLUMN arrived_at TIMESTAMPTZ;
-- Who marked it last, and when.
ALTER TABLE session_attendee ADD COLUMN marked_by UUID REFERENCES account (id);
ALTER TABLE session_attendee ADD COLUMN marked_at TIMESTAMPTZ;

-- The day on which the fee was settled; NULL: it was not.
ALTER TABLE fee_suggestion ADD COLUMN settled_on DATE;
-- Who noted that, and when.
ALTER TABLE fee_suggestion ADD COLUMN settled_by UUID REFERENCES account (id);
ALTER TABLE fee_suggestion ADD COLUMN settled_at TIMESTAMPTZ;
CREATE INDEX fee_suggestion_made ON fee_suggestion (made_at, session_id);

-- true: the fee is also suggested if only one of two people came.
ALTER TABLE practice ADD COLUMN fee_if_one_absent BOOLEAN NOT NULL DEFAULT false;

-- true: its author has not chosen yet whose record it belongs to. Until then it
-- is kept as a process note, which only its author reads.
ALTER TABLE note ADD COLUMN undecided BOOLEAN NOT NULL DEFAULT false;
