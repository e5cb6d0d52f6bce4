-- The intake: what each person of a client is asked before or after the first
-- session, as a list in versions.

-- A version of the list that the practice asks. It is never changed.
CREATE TABLE intake_list (
    id        BLOB PRIMARY KEY,
    version   INTEGER NOT NULL UNIQUE,
    list      TEXT NOT NULL,
    made_at   TEXT NOT NULL,
    -- NULL: the program brings it.
    made_by   BLOB REFERENCES account (id)
) STRICT;

-- The intake of a client, with the version of the list with which it was started.
CREATE TABLE intake (
    id          BLOB PRIMARY KEY,
    client_id   BLOB NOT NULL UNIQUE REFERENCES client (id),
    list_id     BLOB NOT NULL REFERENCES intake_list (id),
    started_at  TEXT NOT NULL,
    started_by  BLOB NOT NULL REFERENCES account (id),
    -- When it ended with a separation; NULL: it did not.
    ended_at    TEXT
) STRICT;
CREATE INDEX intake_of_list ON intake (list_id);

-- An item of one person: what they answered, and whether it was waived.
CREATE TABLE intake_answer (
    id           BLOB PRIMARY KEY,
    intake_id    BLOB NOT NULL REFERENCES intake (id),
    client_id    BLOB NOT NULL REFERENCES client (id),
    person_id    BLOB NOT NULL REFERENCES person (id),
    -- The key of the item in the list.
    item         TEXT NOT NULL,
    -- The answer, sealed by the person's key; NULL: there is none.
    answer       BLOB,
    answered_at  TEXT,
    -- What was typed and is not an answer yet, sealed by the person's key; NULL:
    -- nothing.
    draft        BLOB,
    -- The therapist who entered it from paper; NULL: the person did.
    entered_by   BLOB REFERENCES account (id),
    -- Since when its writer shares it with the other partner; NULL: they do not.
    shared_at    TEXT,
    -- Since when the therapist does without it; NULL: they do not.
    waived_at    TEXT,
    waived_by    BLOB REFERENCES account (id),
    -- Why, sealed by the client's key.
    waived_why   BLOB,
    saved_at     TEXT NOT NULL,
    UNIQUE (intake_id, person_id, item),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK (shared_at IS NULL OR answer IS NOT NULL),
    CHECK ((waived_at IS NULL) = (waived_by IS NULL) AND (waived_at IS NULL) = (waived_why IS NULL))
) STRICT;
CREATE INDEX intake_answer_person ON intake_answer (person_id);
CREATE INDEX intake_answer_client ON intake_answer (client_id);

-- A reminder of an intake names it.
ALTER TABLE email ADD COLUMN intake_id BLOB REFERENCES intake (id);
CREATE INDEX email_intake ON email (intake_id) WHERE intake_id IS NOT NULL;

-- A version is never changed: intakes name it.
CREATE TRIGGER intake_list_stays BEFORE UPDATE ON intake_list
BEGIN
    SELECT RAISE(ABORT, 'intake_list_stays');
END;

-- Nothing is started, answered or waived in a frozen record.
CREATE TRIGGER intake_not_frozen BEFORE INSERT ON intake
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER intake_answer_not_frozen BEFORE INSERT ON intake_answer
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER intake_answer_stays_frozen BEFORE UPDATE ON intake_answer
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
