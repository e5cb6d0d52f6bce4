-- Releases to third parties that everyone has signed, disclosures for a legal
-- ground, and what left the practice, which is kept for ever.

-- A release of parts of a record. Whether it is open follows from the signatures,
-- its last day and what was sent.
CREATE TABLE release (
    id           BLOB PRIMARY KEY,
    client_id    BLOB NOT NULL REFERENCES client (id),
    kind         TEXT NOT NULL CHECK (kind IN ('record', 'process')),
    -- What leaves, to whom, why and how. Sealed.
    terms        BLOB NOT NULL,
    term         TEXT NOT NULL CHECK (term IN ('once', 'until')),
    -- Its last day, in the practice's zone.
    ends_on      TEXT NOT NULL,
    prepared_at  TEXT NOT NULL,
    prepared_by  BLOB NOT NULL REFERENCES account (id),
    -- NULL: it was not closed.
    closed_at    TEXT,
    closed_by    BLOB REFERENCES account (id),
    closed_why   TEXT CHECK (closed_why IN ('clinician', 'separation')),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_why IS NULL))
) STRICT;
CREATE INDEX release_client ON release (client_id, prepared_at, id);

-- A person who signs a release.
CREATE TABLE release_signer (
    release_id  BLOB NOT NULL REFERENCES release (id),
    person_id   BLOB NOT NULL REFERENCES person (id),
    -- What they are asked to sign.
    ask_id      BLOB NOT NULL UNIQUE REFERENCES consent_ask (id),
    -- Whether they ticked the line of their own part, sealed by their own key.
    own         BLOB NOT NULL,
    PRIMARY KEY (release_id, person_id)
) STRICT;
CREATE INDEX release_signer_person ON release_signer (person_id);

-- Parts of a record that leave without the clients' signatures.
CREATE TABLE disclosure (
    id             BLOB PRIMARY KEY,
    client_id      BLOB NOT NULL REFERENCES client (id),
    ground         TEXT NOT NULL CHECK (ground IN ('court', 'duty', 'danger', 'other')),
    -- The ground in words, what leaves and to whom. Sealed.
    details        BLOB NOT NULL,
    -- A copy of the order. NULL: there is none.
    order_file_id  BLOB REFERENCES file (id),
    prepared_at    TEXT NOT NULL,
    prepared_by    BLOB NOT NULL REFERENCES account (id),
    -- The colleague who confirms. NULL: the practice had no second therapist.
    confirmer_id   BLOB REFERENCES account (id),
    -- NULL: not answered yet.
    answer         TEXT CHECK (answer IN ('confirmed', 'declined')),
    answered_at    TEXT,
    -- Why it was declined. Sealed.
    answer_reason  BLOB,
    -- When the therapist dropped it before it was sent. NULL: they did not.
    dropped_at     TEXT,
    -- When the clients were told. NULL: they were not.
    told_at        TEXT,
    told_by        BLOB REFERENCES account (id),
    -- The day on which the therapist is asked whether the clients can be told.
    -- NULL: they were told, or are told when it is sent.
    ask_again_on   TEXT,
    CHECK (confirmer_id IS NULL OR confirmer_id <> prepared_by),
    CHECK (confirmer_id IS NOT NULL OR answer IS NULL),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((told_at IS NULL) = (told_by IS NULL))
) STRICT;
CREATE INDEX disclosure_client ON disclosure (client_id, prepared_at, id);
CREATE INDEX disclosure_confirmer ON disclosure (confirmer_id, prepared_at)
    WHERE confirmer_id IS NOT NULL AND answer IS NULL AND dropped_at IS NULL;
CREATE INDEX disclosure_untold ON disclosure (ask_again_on) WHERE ask_again_on IS NOT NULL AND told_at IS NULL;

-- Why the clients are not told of a disclosure, and until when.
CREATE TABLE disclosure_silence (
    id             BLOB PRIMARY KEY,
    disclosure_id  BLOB NOT NULL REFERENCES disclosure (id),
    -- Sealed.
    reason         BLOB NOT NULL,
    ask_again_on   TEXT NOT NULL,
    set_at         TEXT NOT NULL,
    set_by         BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX disclosure_silence_of ON disclosure_silence (disclosure_id, set_at);

-- What left the practice at one time.
CREATE TABLE handover (
    id             BLOB PRIMARY KEY,
    client_id      BLOB NOT NULL REFERENCES client (id),
    door           TEXT NOT NULL CHECK (door IN ('release', 'legal', 'own_data')),
    release_id     BLOB REFERENCES release (id),
    disclosure_id  BLOB REFERENCES disclosure (id),
    -- The person who asked for their own data; NULL: it left by another door.
    person_id      BLOB REFERENCES person (id),
    -- To whom, how, why, and a line for each item. Sealed.
    details        BLOB NOT NULL,
    sent_at        TEXT NOT NULL,
    sent_by        BLOB NOT NULL REFERENCES account (id),
    CHECK ((door = 'release') = (release_id IS NOT NULL)),
    CHECK ((door = 'legal') = (disclosure_id IS NOT NULL)),
    CHECK ((door = 'own_data') = (person_id IS NOT NULL))
) STRICT;
CREATE INDEX handover_client ON handover (client_id, sent_at, id);
CREATE INDEX handover_release ON handover (release_id) WHERE release_id IS NOT NULL;
-- A disclosure leaves once.
CREATE UNIQUE INDEX handover_disclosure ON handover (disclosure_id) WHERE disclosure_id IS NOT NULL;

-- A file that left.
CREATE TABLE handover_file (
    handover_id  BLOB NOT NULL REFERENCES handover (id),
    -- From 1.
    number       INTEGER NOT NULL CHECK (number >= 1),
    part         TEXT NOT NULL CHECK (part IN ('joint', 'partner_a', 'partner_b', 'process')),
    -- Its name, size and SHA-256. Sealed.
    about        BLOB NOT NULL,
    -- The exact bytes. NULL: they were not kept.
    file_id      BLOB REFERENCES file (id),
    PRIMARY KEY (handover_id, number)
) STRICT;

-- What left stays on record. It is removed only with the example couple.
CREATE TRIGGER handover_stays BEFORE UPDATE ON handover
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TRIGGER handover_is_kept BEFORE DELETE ON handover
WHEN NOT EXISTS (SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TRIGGER handover_file_stays BEFORE UPDATE ON handover_file
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TRIGGER handover_file_is_kept BEFORE DELETE ON handover_file
WHEN NOT EXISTS (
    SELECT 1 FROM handover h JOIN client c ON c.id = h.client_id
    WHERE h.id = OLD.handover_id AND c.example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TRIGGER handover_chunk_stays BEFORE UPDATE ON file_chunk
WHEN EXISTS (SELECT 1 FROM handover_file WHERE file_id = OLD.file_id)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TRIGGER handover_chunk_is_kept BEFORE DELETE ON file_chunk
WHEN EXISTS (
    SELECT 1 FROM handover_file f JOIN handover h ON h.id = f.handover_id JOIN client c ON c.id = h.client_id
    WHERE f.file_id = OLD.file_id AND c.example_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;
CREATE INDEX handover_file_bytes ON handover_file (file_id) WHERE file_id IS NOT NULL;

-- The words of a release are what was signed: they never change.
CREATE TRIGGER release_stays BEFORE UPDATE ON release
WHEN NEW.terms <> OLD.terms OR NEW.client_id <> OLD.client_id OR NEW.kind <> OLD.kind OR NEW.term <> OLD.term
    OR NEW.ends_on <> OLD.ends_on OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS NOT OLD.closed_at)
BEGIN
    SELECT RAISE(ABORT, 'release_stays');
END;

CREATE TRIGGER release_is_kept BEFORE DELETE ON release
WHEN NOT EXISTS (SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'release_stays');
END;

CREATE TRIGGER disclosure_stays BEFORE UPDATE ON disclosure
WHEN NEW.details <> OLD.details OR NEW.client_id <> OLD.client_id OR NEW.ground <> OLD.ground
    OR (OLD.answer IS NOT NULL AND NEW.answer IS NOT OLD.answer)
    OR (OLD.told_at IS NOT NULL AND NEW.told_at IS NOT OLD.told_at)
BEGIN
    SELECT RAISE(ABORT, 'disclosure_stays');
END;

CREATE TRIGGER disclosure_is_kept BEFORE DELETE ON disclosure
WHEN NOT EXISTS (SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'disclosure_stays');
END;
