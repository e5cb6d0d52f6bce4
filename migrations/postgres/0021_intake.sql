-- The intake: what each person of a client is asked before or after the first
-- session, as a list in versions.

-- A version of the list that the practice asks. It is never changed.
CREATE TABLE intake_list (
    id        UUID PRIMARY KEY,
    version   BIGINT NOT NULL UNIQUE,
    list      JSONB NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL,
    -- NULL: the program brings it.
    made_by   UUID REFERENCES account (id)
);

-- The intake of a client, with the version of the list with which it was started.
CREATE TABLE intake (
    id          UUID PRIMARY KEY,
    client_id   UUID NOT NULL UNIQUE REFERENCES client (id),
    list_id     UUID NOT NULL REFERENCES intake_list (id),
    started_at  TIMESTAMPTZ NOT NULL,
    started_by  UUID NOT NULL REFERENCES account (id),
    -- When it ended with a separation; NULL: it did not.
    ended_at    TIMESTAMPTZ
);
CREATE INDEX intake_of_list ON intake (list_id);

-- An item of one person: what they answered, and whether it was waived.
CREATE TABLE intake_answer (
    id           UUID PRIMARY KEY,
    intake_id    UUID NOT NULL REFERENCES intake (id),
    client_id    UUID NOT NULL REFERENCES client (id),
    person_id    UUID NOT NULL REFERENCES person (id),
    -- The key of the item in the list.
    item         TEXT NOT NULL,
    -- The answer, sealed by the person's key; NULL: there is none.
    answer       BYTEA,
    answered_at  TIMESTAMPTZ,
    -- What was typed and is not an answer yet, sealed by the person's key; NULL:
    -- nothing.
    draft        BYTEA,
    -- The therapist who entered it from paper; NULL: the person did.
    entered_by   UUID REFERENCES account (id),
    -- Since when its writer shares it with the other partner; NULL: they do not.
    shared_at    TIMESTAMPTZ,
    -- Since when the therapist does without it; NULL: they do not.
    waived_at    TIMESTAMPTZ,
    waived_by    UUID REFERENCES account (id),
    -- Why, sealed by the client's key.
    waived_why   BYTEA,
    saved_at     TIMESTAMPTZ NOT NULL,
    UNIQUE (intake_id, person_id, item),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK (shared_at IS NULL OR answer IS NOT NULL),
    CHECK ((waived_at IS NULL) = (waived_by IS NULL) AND (waived_at IS NULL) = (waived_why IS NULL))
);
CREATE INDEX intake_answer_person ON intake_answer (person_id);
CREATE INDEX intake_answer_client ON intake_answer (client_id);

-- A reminder of an intake names it.
ALTER TABLE email ADD COLUMN intake_id UUID REFERENCES intake (id);
CREATE INDEX email_intake ON email (intake_id) WHERE intake_id IS NOT NULL;

-- A version is never changed: intakes name it.
CREATE FUNCTION intake_list_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'intake_list_stays' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER intake_list_stays BEFORE UPDATE ON intake_list
    FOR EACH ROW EXECUTE FUNCTION intake_list_stays();

-- Nothing is started, answered or waived in a frozen record.
CREATE TRIGGER intake_not_frozen BEFORE INSERT ON intake
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TRIGGER intake_answer_not_frozen BEFORE INSERT ON intake_answer
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TRIGGER intake_answer_stays_frozen BEFORE UPDATE ON intake_answer
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();
