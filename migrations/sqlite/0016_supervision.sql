-- Supervision and co-signatures, sessions without a signed note, and the goals
-- and the plan of a client.

-- The author's signed notes, except process notes, are read and co-signed by the
-- supervisor from one day to another, both included.
CREATE TABLE supervision (
    id             BLOB PRIMARY KEY,
    author_id      BLOB NOT NULL REFERENCES account (id),
    supervisor_id  BLOB NOT NULL REFERENCES account (id),
    from_on        TEXT NOT NULL,
    -- NULL: no end is set.
    until_on       TEXT,
    made_at        TEXT NOT NULL,
    made_by        BLOB NOT NULL REFERENCES account (id),
    CHECK (author_id <> supervisor_id),
    CHECK (until_on IS NULL OR until_on >= from_on)
) STRICT;
CREATE INDEX supervision_author ON supervision (author_id, from_on);
CREATE INDEX supervision_supervisor ON supervision (supervisor_id, from_on);

-- A signed note that was sent to a supervisor. A note that is returned and signed
-- again has another row; all are kept.
CREATE TABLE cosign (
    id          BLOB PRIMARY KEY,
    note_id     BLOB NOT NULL REFERENCES note (id),
    -- The author of the note.
    author_id   BLOB NOT NULL REFERENCES account (id),
    -- The supervisor on the day of the signature. Any supervisor whom the author
    -- has on the day of the answer may give it.
    asked_of    BLOB NOT NULL REFERENCES account (id),
    asked_at    TEXT NOT NULL,
    -- NULL: not answered yet.
    settled_at  TEXT,
    -- Who answered: a supervisor, or the author who took the note back.
    settled_by  BLOB REFERENCES account (id),
    outcome     TEXT CHECK (outcome IN ('signed', 'returned', 'taken_back')),
    -- Sealed: what the supervisor wrote to a note that is returned.
    comment     BLOB,
    CHECK ((settled_at IS NULL) = (outcome IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL)),
    CHECK ((comment IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'returned'))
) STRICT;
CREATE UNIQUE INDEX cosign_open ON cosign (note_id) WHERE settled_at IS NULL;
CREATE INDEX cosign_queue ON cosign (author_id, asked_at, id) WHERE settled_at IS NULL;
CREATE INDEX cosign_note ON cosign (note_id, asked_at);

-- An answer is given once.
CREATE TRIGGER cosign_settled BEFORE UPDATE ON cosign
WHEN OLD.settled_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'cosign_settled');
END;

-- 1: a note about it is signed that is part of a record, which a process note is
-- not. The triggers below keep it.
ALTER TABLE session ADD COLUMN noted INTEGER NOT NULL DEFAULT 0 CHECK (noted IN (0, 1));
CREATE INDEX note_signed_session ON note (session_id) WHERE session_id IS NOT NULL AND signed_at IS NOT NULL;
UPDATE session SET noted = 1
WHERE id IN (SELECT session_id FROM note WHERE session_id IS NOT NULL AND signed_at IS NOT NULL AND scope <> 'process');
CREATE INDEX session_without_note ON session (clinician_id, starts_at, id)
    WHERE NOT noted AND state IN ('booked', 'arrived', 'completed');

CREATE TRIGGER note_signed_at_once AFTER INSERT ON note
WHEN NEW.session_id IS NOT NULL AND NEW.signed_at IS NOT NULL AND NEW.scope <> 'process'
BEGIN
    UPDATE session SET noted = 1 WHERE id = NEW.session_id AND noted = 0;
END;

CREATE TRIGGER note_signed_later AFTER UPDATE OF session_id, scope, signed_at ON note
WHEN (NEW.session_id IS NOT NULL OR OLD.session_id IS NOT NULL)
    AND (NEW.signed_at IS NOT OLD.signed_at OR NEW.scope IS NOT OLD.scope OR NEW.session_id IS NOT OLD.session_id)
BEGIN
    UPDATE session SET noted = EXISTS (
        SELECT 1 FROM note n
        WHERE n.session_id = session.id AND n.session_id IS NOT NULL AND n.signed_at IS NOT NULL
            AND n.scope <> 'process')
    WHERE id IN (NEW.session_id, OLD.session_id);
END;

-- The drafts of an author.
CREATE INDEX note_of_author_unsigned ON note (author_id, created_at, id) WHERE signed_at IS NULL;
CREATE INDEX note_draft_of_session ON note (session_id, author_id) WHERE session_id IS NOT NULL AND signed_at IS NULL;

-- What a client works towards.
CREATE TABLE goal (
    id               BLOB PRIMARY KEY,
    client_id        BLOB NOT NULL REFERENCES client (id),
    -- Sealed: the goal in words, and what it is measured by.
    body             BLOB NOT NULL,
    since_on         TEXT NOT NULL,
    -- The exercise that belongs to it; NULL: none.
    exercise_id      BLOB REFERENCES exercise (id),
    state            TEXT NOT NULL CHECK (state IN ('open', 'reached', 'dropped')),
    -- A review is due after this many sessions; NULL: not by sessions.
    review_sessions  INTEGER CHECK (review_sessions BETWEEN 1 AND 100),
    -- A review is due on this day; NULL: on none.
    review_on        TEXT,
    -- The latest review; NULL: none yet.
    reviewed_at      TEXT,
    -- Counts the changes.
    revision         INTEGER NOT NULL,
    made_at          TEXT NOT NULL,
    made_by          BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX goal_client ON goal (client_id, since_on);

-- The history of a goal: what it was after each change and each review.
CREATE TABLE goal_event (
    id        BLOB PRIMARY KEY,
    goal_id   BLOB NOT NULL REFERENCES goal (id),
    state     TEXT NOT NULL CHECK (state IN ('open', 'reached', 'dropped')),
    -- Sealed: the body of the goal from then on.
    body      BLOB NOT NULL,
    -- Sealed: what the clinician noted on it; NULL: nothing.
    remark    BLOB,
    -- 1: it was a review.
    reviewed  INTEGER NOT NULL CHECK (reviewed IN (0, 1)),
    at        TEXT NOT NULL,
    made_by   BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX goal_event_goal ON goal_event (goal_id, at);

-- What a client does until when. The latest row is in use; earlier ones are kept.
CREATE TABLE treatment_plan (
    id          BLOB PRIMARY KEY,
    client_id   BLOB NOT NULL REFERENCES client (id),
    -- Sealed.
    body        BLOB NOT NULL,
    -- NULL: no day is set.
    until_on    TEXT,
    written_at  TEXT NOT NULL,
    written_by  BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX treatment_plan_client ON treatment_plan (client_id, written_at);

CREATE TRIGGER goal_not_frozen BEFORE INSERT ON goal
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER goal_event_not_frozen BEFORE INSERT ON goal_event
WHEN EXISTS (
    SELECT 1 FROM goal g JOIN client c ON c.id = g.client_id WHERE g.id = NEW.goal_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER treatment_plan_not_frozen BEFORE INSERT ON treatment_plan
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
