-- Exercises that repeat, what is planned with them, and reminders that stop.

-- NULL: once. Where `each_session` is set, anew for every session.
ALTER TABLE assignment ADD COLUMN every_days bigint;
ALTER TABLE assignment ADD COLUMN each_session boolean NOT NULL DEFAULT false;
-- Either of the two.
ALTER TABLE assignment ADD COLUMN repeats boolean NOT NULL DEFAULT false;
-- The last day on which an occurrence may begin.
ALTER TABLE assignment ADD COLUMN until_on date;
-- The first day of the occurrence that is to be made next; NULL: none.
ALTER TABLE assignment ADD COLUMN next_on date;
ALTER TABLE assignment ADD COLUMN paused_at timestamptz;
CREATE INDEX assignment_next ON assignment (next_on) WHERE next_on IS NOT NULL;
CREATE INDEX assignment_each_session ON assignment (client_id) WHERE each_session;
CREATE INDEX assignment_repeats ON assignment (client_id, repeats);
CREATE INDEX assignment_exercise ON assignment (exercise_version_id, client_id);

-- The days in which an occurrence is to be done, by the reader's calendar;
-- NULL: its assignment says.
ALTER TABLE occurrence ADD COLUMN opens_on date;
ALTER TABLE occurrence ADD COLUMN due_on date;
ALTER TABLE occurrence ADD COLUMN made_at timestamptz;
UPDATE occurrence SET made_at = (SELECT g.assigned_at FROM assignment g WHERE g.id = occurrence.assignment_id);

-- When its person first opened it, and first wrote in it.
ALTER TABLE response ADD COLUMN opened_at timestamptz;
ALTER TABLE response ADD COLUMN started_at timestamptz;
UPDATE response SET started_at = COALESCE(draft_at, submitted_at);
-- Why not just now: for the therapist alone.
ALTER TABLE response ADD COLUMN not_now text CHECK (not_now IN ('no_time', 'unclear', 'not_safe', 'our_way', 'later'));
ALTER TABLE response ADD COLUMN not_now_at timestamptz;
-- Who typed it in from paper.
ALTER TABLE response ADD COLUMN entered_by uuid REFERENCES account (id);

-- What an answer was before its writer opened it wider.
ALTER TABLE answer ADD COLUMN shared_from text CHECK (shared_from IN ('mine', 'therapist', 'reveal', 'couple'));
-- What was opened to the partner later is an offer, until they take it.
ALTER TABLE answer ADD COLUMN accepted_at timestamptz;

ALTER TABLE person ADD COLUMN nudges boolean NOT NULL DEFAULT true;
ALTER TABLE person ADD COLUMN nudge_at time NOT NULL DEFAULT '18:00:00';

-- A day and time for something: one of both, or one person's own. A move is
-- a new row; the old one stands as moved.
CREATE TABLE plan (
    id             uuid PRIMARY KEY,
    occurrence_id  uuid NOT NULL REFERENCES occurrence (id),
    step           text NOT NULL,
    person_id      uuid REFERENCES person (id),
    starts         timestamp NOT NULL,
    zone           text NOT NULL,
    starts_at      timestamptz NOT NULL,
    state          text NOT NULL CHECK (state IN ('planned', 'kept', 'moved', 'missed', 'dropped')),
    set_by         uuid NOT NULL REFERENCES person (id),
    set_at         timestamptz NOT NULL,
    closed_by      uuid REFERENCES person (id),
    closed_at      timestamptz
);
CREATE UNIQUE INDEX plan_one_of_both ON plan (occurrence_id, step) WHERE state = 'planned' AND person_id IS NULL;
CREATE UNIQUE INDEX plan_one_of_each ON plan (occurrence_id, step, person_id) WHERE state = 'planned' AND person_id IS NOT NULL;
CREATE INDEX plan_occurrence ON plan (occurrence_id);

ALTER TABLE message ADD COLUMN occurrence_id uuid REFERENCES occurrence (id);
ALTER TABLE message ADD COLUMN plan_id uuid REFERENCES plan (id);
CREATE INDEX message_occurrence ON message (occurrence_id, person_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX message_plan ON message (plan_id) WHERE plan_id IS NOT NULL;
