-- Supervision and co-signatures, sessions without a signed note, and the goals
-- and the plan of a client.

-- The author's signed notes, except process notes, are read and co-signed by the
-- supervisor from one day to another, both included.
CREATE TABLE supervision (
    id             UUID PRIMARY KEY,
    author_id      UUID NOT NULL REFERENCES account (id),
    supervisor_id  UUID NOT NULL REFERENCES account (id),
    from_on        DATE NOT NULL,
    -- NULL: no end is set.
    until_on       DATE,
    made_at        TIMESTAMPTZ NOT NULL,
    made_by        UUID NOT NULL REFERENCES account (id),
    CHECK (author_id <> supervisor_id),
    CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE INDEX supervision_author ON supervision (author_id, from_on);
CREATE INDEX supervision_supervisor ON supervision (supervisor_id, from_on);

-- A signed note that was sent to a supervisor. A note that is returned and signed
-- again has another row; all are kept.
CREATE TABLE cosign (
    id          UUID PRIMARY KEY,
    note_id     UUID NOT NULL REFERENCES note (id),
    -- The author of the note.
    author_id   UUID NOT NULL REFERENCES account (id),
    -- The supervisor on the day of the signature. Any supervisor whom the author
    -- has on the day of the answer may give it.
    asked_of    UUID NOT NULL REFERENCES account (id),
    asked_at    TIMESTAMPTZ NOT NULL,
    -- NULL: not answered yet.
    settled_at  TIMESTAMPTZ,
    -- Who answered: a supervisor, or the author who took the note back.
    settled_by  UUID REFERENCES account (id),
    outcome     TEXT CHECK (outcome IN ('signed', 'returned', 'taken_back')),
    -- Sealed: what the supervisor wrote to a note that is returned.
    comment     BYTEA,
    CHECK ((settled_at IS NULL) = (outcome IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL)),
    CHECK ((comment IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'returned'))
);
CREATE UNIQUE INDEX cosign_open ON cosign (note_id) WHERE settled_at IS NULL;
CREATE INDEX cosign_queue ON cosign (author_id, asked_at, id) WHERE settled_at IS NULL;
CREATE INDEX cosign_note ON cosign (note_id, asked_at);

-- An answer is given once.
CREATE FUNCTION cosign_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'cosign_settled' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER cosign_settled BEFORE UPDATE ON cosign
    FOR EACH ROW
    WHEN (OLD.settled_at IS NOT NULL)
    EXECUTE FUNCTION cosign_is_settled();

-- true: a note about it is signed that is part of a record, which a process note
-- is not. The triggers below keep it.
ALTER TABLE session ADD COLUMN noted BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX note_signed_session ON note (session_id) WHERE session_id IS NOT NULL AND signed_at IS NOT NULL;
UPDATE session SET noted = true
WHERE id IN (SELECT session_id FROM note WHERE session_id IS NOT NULL AND signed_at IS NOT NULL AND scope <> 'process');
CREATE INDEX session_without_note ON session (clinician_id, starts_at, id)
    WHERE NOT noted AND state IN ('booked', 'arrived', 'completed');

CREATE FUNCTION note_marks_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session SET noted = true WHERE id = NEW.session_id AND NOT noted;
    RETURN NULL;
END $$;

CREATE TRIGGER note_signed_at_once AFTER INSERT ON note
    FOR EACH ROW
    WHEN (NEW.session_id IS NOT NULL AND NEW.signed_at IS NOT NULL AND NEW.scope <> 'process')
    EXECUTE FUNCTION note_marks_session();

CREATE FUNCTION note_marks_sessions_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE session SET noted = EXISTS (
        SELECT 1 FROM note n
        WHERE n.session_id = session.id AND n.session_id IS NOT NULL AND n.signed_at IS NOT NULL
            AND n.scope <> 'process')
    WHERE id IN (NEW.session_id, OLD.session_id);
    RETURN NULL;
END $$;

CREATE TRIGGER note_signed_later AFTER UPDATE OF session_id, scope, signed_at ON note
    FOR EACH ROW
    WHEN ((NEW.session_id IS NOT NULL OR OLD.session_id IS NOT NULL)
        AND (NEW.signed_at IS DISTINCT FROM OLD.signed_at OR NEW.scope <> OLD.scope
            OR NEW.session_id IS DISTINCT FROM OLD.session_id))
    EXECUTE FUNCTION note_marks_sessions_anew();

-- The drafts of an author.
CREATE INDEX note_of_author_unsigned ON note (author_id, created_at, id) WHERE signed_at IS NULL;
CREATE INDEX note_draft_of_session ON note (session_id, author_id) WHERE session_id IS NOT NULL AND signed_at IS NULL;

-- What a client works towards.
CREATE TABLE goal (
    id               UUID PRIMARY KEY,
    client_id        UUID NOT NULL REFERENCES client (id),
    -- Sealed: the goal in words, and what it is measured by.
    body             BYTEA NOT NULL,
    since_on         DATE NOT NULL,
    -- The exercise that belongs to it; NULL: none.
    exercise_id      UUID REFERENCES exercise (id),
    state            TEXT NOT NULL CHECK (state IN ('open', 'reached', 'dropped')),
    -- A review is due after this many sessions; NULL: not by sessions.
    review_sessions  BIGINT CHECK (review_sessions BETWEEN 1 AND 100),
    -- A review is due on this day; NULL: on none.
    review_on        DATE,
    -- The latest review; NULL: none yet.
    reviewed_at      TIMESTAMPTZ,
    -- Counts the changes.
    revision         BIGINT NOT NULL,
    made_at          TIMESTAMPTZ NOT NULL,
    made_by          UUID NOT NULL REFERENCES account (id)
);
CREATE INDEX goal_client ON goal (client_id, since_on);

-- The history of a goal: what it was after each change and each review.
CREATE TABLE goal_event (
    id        UUID PRIMARY KEY,
    goal_id   UUID NOT NULL REFERENCES goal (id),
    state     TEXT NOT NULL CHECK (state IN ('open', 'reached', 'dropped')),
    -- Sealed: the body of the goal from then on.
    body      BYTEA NOT NULL,
    -- Sealed: what the clinician noted on it; NULL: nothing.
    remark    BYTEA,
    -- true: it was a review.
    reviewed  BOOLEAN NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    made_by   UUID NOT NULL REFERENCES account (id)
);
CREATE INDEX goal_event_goal ON goal_event (goal_id, at);

-- What a client does until when. The latest row is in use; earlier ones are kept.
CREATE TABLE treatment_plan (
    id          UUID PRIMARY KEY,
    client_id   UUID NOT NULL REFERENCES client (id),
    -- Sealed.
    body        BYTEA NOT NULL,
    -- NULL: no day is set.
    until_on    DATE,
    written_at  TIMESTAMPTZ NOT NULL,
    written_by  UUID NOT NULL REFERENCES account (id)
);
CREATE INDEX treatment_plan_client ON treatment_plan (client_id, written_at);

CREATE TRIGGER goal_not_frozen BEFORE INSERT ON goal
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE FUNCTION of_goal_not_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM client_not_frozen(g.client_id) FROM goal g WHERE g.id = NEW.goal_id;
    RETURN NEW;
END $$;

CREATE TRIGGER goal_event_not_frozen BEFORE INSERT ON goal_event
    FOR EACH ROW EXECUTE FUNCTION of_goal_not_frozen();

CREATE TRIGGER treatment_plan_not_frozen BEFORE INSERT ON treatment_plan
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();
