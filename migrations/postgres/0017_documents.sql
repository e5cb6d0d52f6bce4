-- Files, sealed in chunks, and the documents that are kept with a client's
-- record.

-- A file. Its bytes are in `file_chunk`, sealed with a key of the file's own,
-- so that an upload is sealed while it arrives, before it is known whose it is.
CREATE TABLE file (
    id            UUID PRIMARY KEY,
    -- The owner of the data key that seals `sealed_key`: a client, a person or
    -- an account. NULL: an upload that is not part of anything yet.
    subject_id    UUID,
    -- The file's key, sealed. NULL: as above; nobody can read such a file, and
    -- it is cleared after some hours.
    sealed_key    BYTEA,
    -- How many chunks of 256 KiB there are, and how many bytes.
    chunks        BIGINT NOT NULL CHECK (chunks >= 0),
    bytes         BIGINT NOT NULL CHECK (bytes >= 0),
    -- The SHA-256 of the whole file, sealed with the file's key.
    sha256        BYTEA,
    made_by       UUID REFERENCES account (id),
    made_at       TIMESTAMPTZ NOT NULL,
    CHECK ((subject_id IS NULL) = (sealed_key IS NULL)),
    CHECK (sealed_key IS NULL OR sha256 IS NOT NULL)
);
-- The uploads that the hourly clearing looks for.
CREATE INDEX file_loose ON file (made_at) WHERE sealed_key IS NULL;

-- At most 256 KiB of a file, sealed and bound to its file, its number and
-- whether it is the last.
CREATE TABLE file_chunk (
    file_id  UUID NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    -- From 0.
    number   BIGINT NOT NULL CHECK (number >= 0),
    body     BYTEA NOT NULL,
    PRIMARY KEY (file_id, number)
);

-- A file that is kept with a client's record.
CREATE TABLE document (
    id           UUID PRIMARY KEY,
    client_id    UUID NOT NULL REFERENCES client (id),
    -- Whose record it belongs to, as for notes.
    scope        TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    file_id      UUID NOT NULL UNIQUE REFERENCES file (id),
    -- Who added it.
    author_id    UUID NOT NULL REFERENCES account (id),
    -- The partner who handed it in. NULL: the practice added it.
    person_id    UUID REFERENCES person (id),
    -- Its title, sealed.
    title        BYTEA NOT NULL,
    -- A keyed hash of the client and the file's SHA-256, by which the same file
    -- is recognised.
    fingerprint  BYTEA NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('signed_form', 'letter', 'picture', 'other')),
    -- What the bytes are.
    type         TEXT NOT NULL CHECK (type IN ('pdf', 'jpeg', 'png', 'text', 'docx')),
    -- true: a PDF that may have scripts or other active content; it is only
    -- downloaded.
    active       BOOLEAN NOT NULL,
    -- The day that it is of.
    dated        DATE NOT NULL,
    added_at     TIMESTAMPTZ NOT NULL,
    -- When an account other than the author's opened it first. NULL: nobody else
    -- has read it.
    opened_at    TIMESTAMPTZ,
    -- When the partner who handed it in opened it to the other. NULL: they have
    -- not.
    shared_at    TIMESTAMPTZ,
    -- When it was removed. After thirty days in the bin it is deleted.
    removed_at   TIMESTAMPTZ,
    CHECK (person_id IS NULL OR scope <> 'process'),
    CHECK (shared_at IS NULL OR (person_id IS NOT NULL AND scope = 'joint'))
);
CREATE INDEX document_client ON document (client_id, added_at);
CREATE INDEX document_person ON document (person_id, added_at) WHERE person_id IS NOT NULL;
CREATE INDEX document_new ON document (client_id) WHERE person_id IS NOT NULL AND opened_at IS NULL;
CREATE INDEX document_removed ON document (removed_at) WHERE removed_at IS NOT NULL;

CREATE TRIGGER document_not_frozen BEFORE INSERT ON document
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

-- Documents are put into the bin as well.
ALTER TABLE bin DROP CONSTRAINT bin_kind_check;
ALTER TABLE bin ADD CONSTRAINT bin_kind_check CHECK (kind IN (
    'draft', 'draft_step', 'wording', 'exception', 'week', 'response',
    'pathway_progress', 'assignment', 'pathway', 'room', 'location', 'inquiry', 'document'));
