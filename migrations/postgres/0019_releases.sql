-- Releases to third parties that everyone has signed, disclosures for a legal
-- ground, and what left the practice, which is kept for ever.

-- A release of parts of a record. Whether it is open follows from the signatures,
-- its last day and what was sent.
CREATE TABLE release (
    id           UUID PRIMARY KEY,
    client_id    UUID NOT NULL REFERENCES client (id),
    kind         TEXT NOT NULL CHECK (kind IN ('record', 'process')),
    -- What leaves, to whom, why and how. Sealed.
    terms        BYTEA NOT NULL,
    term         TEXT NOT NULL CHECK (term IN ('once', 'until')),
    -- Its last day, in the practice's zone.
    ends_on      DATE NOT NULL,
    prepared_at  TIMESTAMPTZ NOT NULL,
    prepared_by  UUID NOT NULL REFERENCES account (id),
    -- NULL: it was not closed.
    closed_at    TIMESTAMPTZ,
    closed_by    UUID REFERENCES account (id),
    closed_why   TEXT CHECK (closed_why IN ('clinician', 'separation')),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_why IS NULL))
);
CREATE INDEX release_client ON release (client_id, prepared_at, id);

-- A person who signs a release.
CREATE TABLE release_signer (
    release_id  UUID NOT NULL REFERENCES release (id),
    person_id   UUID NOT NULL REFERENCES person (id),
    -- What they are asked to sign.
    ask_id      UUID NOT NULL UNIQUE REFERENCES consent_ask (id),
    -- Whether they ticked the line of their own part, sealed by their own key.
    own         BYTEA NOT NULL,
    PRIMARY KEY (release_id, person_id)
);
CREATE INDEX release_signer_person ON release_signer (person_id);

-- Parts of a record that leave without the clients' signatures.
CREATE TABLE disclosure (
    id             UUID PRIMARY KEY,
    client_id      UUID NOT NULL REFERENCES client (id),
    ground         TEXT NOT NULL CHECK (ground IN ('court', 'duty', 'danger', 'other')),
    -- The ground in words, what leaves and to whom. Sealed.
    details        BYTEA NOT NULL,
    -- A copy of the order. NULL: there is none.
    order_file_id  UUID REFERENCES file (id),
    prepared_at    TIMESTAMPTZ NOT NULL,
    prepared_by    UUID NOT NULL REFERENCES account (id),
    -- The colleague who confirms. NULL: the practice had no second therapist.
    confirmer_id   UUID REFERENCES account (id),
    -- NULL: not answered yet.
    answer         TEXT CHECK (answer IN ('confirmed', 'declined')),
    answered_at    TIMESTAMPTZ,
    -- Why it was declined. Sealed.
    answer_reason  BYTEA,
    -- When the therapist dropped it before it was sent. NULL: they did not.
    dropped_at     TIMESTAMPTZ,
    -- When the clients were told. NULL: they were not.
    told_at        TIMESTAMPTZ,
    told_by        UUID REFERENCES account (id),
    -- The day on which the therapist is asked whether the clients can be told.
    -- NULL: they were told, or are told when it is sent.
    ask_again_on   DATE,
    CHECK (confirmer_id IS NULL OR confirmer_id <> prepared_by),
    CHECK (confirmer_id IS NOT NULL OR answer IS NULL),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((told_at IS NULL) = (told_by IS NULL))
);
CREATE INDEX disclosure_client ON disclosure (client_id, prepared_at, id);
CREATE INDEX disclosure_confirmer ON disclosure (confirmer_id, prepared_at)
    WHERE confirmer_id IS NOT NULL AND answer IS NULL AND dropped_at IS NULL;
CREATE INDEX disclosure_untold ON disclosure (ask_again_on) WHERE ask_again_on IS NOT NULL AND told_at IS NULL;

-- Why the clients are not told of a disclosure, and until when.
CREATE TABLE disclosure_silence (
    id             UUID PRIMARY KEY,
    disclosure_id  UUID NOT NULL REFERENCES disclosure (id),
    -- Sealed.
    reason         BYTEA NOT NULL,
    ask_again_on   DATE NOT NULL,
    set_at         TIMESTAMPTZ NOT NULL,
    set_by         UUID NOT NULL REFERENCES account (id)
);
CREATE INDEX disclosure_silence_of ON disclosure_silence (disclosure_id, set_at);

-- What left the practice at one time.
CREATE TABLE handover (
    id             UUID PRIMARY KEY,
    client_id      UUID NOT NULL REFERENCES client (id),
    door           TEXT NOT NULL CHECK (door IN ('release', 'legal', 'own_data')),
    release_id     UUID REFERENCES release (id),
    disclosure_id  UUID REFERENCES disclosure (id),
    -- The person who asked for their own data; NULL: it left by another door.
    person_id      UUID REFERENCES person (id),
    -- To whom, how, why, and a line for each item. Sealed.
    details        BYTEA NOT NULL,
    sent_at        TIMESTAMPTZ NOT NULL,
    sent_by        UUID NOT NULL REFERENCES account (id),
    CHECK ((door = 'release') = (release_id IS NOT NULL)),
    CHECK ((door = 'legal') = (disclosure_id IS NOT NULL)),
    CHECK ((door = 'own_data') = (person_id IS NOT NULL))
);
CREATE INDEX handover_client ON handover (client_id, sent_at, id);
CREATE INDEX handover_release ON handover (release_id) WHERE release_id IS NOT NULL;
-- A disclosure leaves once.
CREATE UNIQUE INDEX handover_disclosure ON handover (disclosure_id) WHERE disclosure_id IS NOT NULL;

-- A file that left.
CREATE TABLE handover_file (
    handover_id  UUID NOT NULL REFERENCES handover (id),
    -- From 1.
    number       BIGINT NOT NULL CHECK (number >= 1),
    part         TEXT NOT NULL CHECK (part IN ('joint', 'partner_a', 'partner_b', 'process')),
    -- Its name, size and SHA-256. Sealed.
    about        BYTEA NOT NULL,
    -- The exact bytes. NULL: they were not kept.
    file_id      UUID REFERENCES file (id),
    PRIMARY KEY (handover_id, number)
);

-- What left stays on record. It is removed only with the example couple.
CREATE FUNCTION is_example(client uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM client c WHERE c.id = client AND c.example_at IS NOT NULL)
$$;

CREATE FUNCTION handover_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'handover_stays' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER handover_stays BEFORE UPDATE ON handover
    FOR EACH ROW EXECUTE FUNCTION handover_stays();

CREATE TRIGGER handover_is_kept BEFORE DELETE ON handover
    FOR EACH ROW
    WHEN (NOT is_example(OLD.client_id))
    EXECUTE FUNCTION handover_stays();

CREATE TRIGGER handover_file_stays BEFORE UPDATE ON handover_file
    FOR EACH ROW EXECUTE FUNCTION handover_stays();

CREATE FUNCTION handover_file_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM handover h WHERE h.id = OLD.handover_id AND is_example(h.client_id)) THEN
        RAISE EXCEPTION 'handover_stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER handover_file_is_kept BEFORE DELETE ON handover_file
    FOR EACH ROW EXECUTE FUNCTION handover_file_is_kept();

CREATE FUNCTION handover_chunk_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM handover_file f JOIN handover h ON h.id = f.handover_id
        WHERE f.file_id = OLD.file_id AND (TG_OP = 'UPDATE' OR NOT is_example(h.client_id))) THEN
        RAISE EXCEPTION 'handover_stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER handover_chunk_stays BEFORE UPDATE ON file_chunk
    FOR EACH ROW EXECUTE FUNCTION handover_chunk_is_kept();

CREATE TRIGGER handover_chunk_is_kept BEFORE DELETE ON file_chunk
    FOR EACH ROW EXECUTE FUNCTION handover_chunk_is_kept();
CREATE INDEX handover_file_bytes ON handover_file (file_id) WHERE file_id IS NOT NULL;

-- The words of a release are what was signed: they never change.
CREATE FUNCTION release_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'release_stays' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER release_stays BEFORE UPDATE ON release
    FOR EACH ROW
    WHEN (NEW.terms <> OLD.terms OR NEW.client_id <> OLD.client_id OR NEW.kind <> OLD.kind OR NEW.term <> OLD.term
        OR NEW.ends_on <> OLD.ends_on OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at))
    EXECUTE FUNCTION release_stays();

CREATE TRIGGER release_is_kept BEFORE DELETE ON release
    FOR EACH ROW
    WHEN (NOT is_example(OLD.client_id))
    EXECUTE FUNCTION release_stays();

CREATE FUNCTION disclosure_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'disclosure_stays' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER disclosure_stays BEFORE UPDATE ON disclosure
    FOR EACH ROW
    WHEN (NEW.details <> OLD.details OR NEW.client_id <> OLD.client_id OR NEW.ground <> OLD.ground
        OR (OLD.answer IS NOT NULL AND NEW.answer IS DISTINCT FROM OLD.answer)
        OR (OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at))
    EXECUTE FUNCTION disclosure_stays();

CREATE TRIGGER disclosure_is_kept BEFORE DELETE ON disclosure
    FOR EACH ROW
    WHEN (NOT is_example(OLD.client_id))
    EXECUTE FUNCTION disclosure_stays();
