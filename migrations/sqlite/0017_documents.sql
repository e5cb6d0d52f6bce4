-- Files, sealed in chunks, and the documents that are kept with a client's
-- record.

-- A file. Its bytes are in `file_chunk`, sealed with a key of the file's own,
-- so that an upload is sealed while it arrives, before it is known whose it is.
CREATE TABLE file (
    id            BLOB PRIMARY KEY,
    -- The owner of the data key that seals `sealed_key`: a client, a person or
    -- an account. NULL: an upload that is not part of anything yet.
    subject_id    BLOB,
    -- The file's key, sealed. NULL: as above; nobody can read such a file, and
    -- it is cleared after some hours.
    sealed_key    BLOB,
    -- How many chunks of 256 KiB there are, and how many bytes.
    chunks        INTEGER NOT NULL CHECK (chunks >= 0),
    bytes         INTEGER NOT NULL CHECK (bytes >= 0),
    -- The SHA-256 of the whole file, sealed with the file's key.
    sha256        BLOB,
    made_by       BLOB REFERENCES account (id),
    made_at       TEXT NOT NULL,
    CHECK ((subject_id IS NULL) = (sealed_key IS NULL)),
    CHECK (sealed_key IS NULL OR sha256 IS NOT NULL)
) STRICT;
-- The uploads that the hourly clearing looks for.
CREATE INDEX file_loose ON file (made_at) WHERE sealed_key IS NULL;

-- At most 256 KiB of a file, sealed and bound to its file, its number and
-- whether it is the last.
CREATE TABLE file_chunk (
    file_id  BLOB NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    -- From 0.
    number   INTEGER NOT NULL CHECK (number >= 0),
    body     BLOB NOT NULL,
    PRIMARY KEY (file_id, number)
) STRICT;

-- A file that is kept with a client's record.
CREATE TABLE document (
    id           BLOB PRIMARY KEY,
    client_id    BLOB NOT NULL REFERENCES client (id),
    -- Whose record it belongs to, as for notes.
    scope        TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    file_id      BLOB NOT NULL UNIQUE REFERENCES file (id),
    -- Who added it.
    author_id    BLOB NOT NULL REFERENCES account (id),
    -- The partner who handed it in. NULL: the practice added it.
    person_id    BLOB REFERENCES person (id),
    -- Its title, sealed.
    title        BLOB NOT NULL,
    -- A keyed hash of the client and the file's SHA-256, by which the same file
    -- is recognised.
    fingerprint  BLOB NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('signed_form', 'letter', 'picture', 'other')),
    -- What the bytes are.
    type         TEXT NOT NULL CHECK (type IN ('pdf', 'jpeg', 'png', 'text', 'docx')),
    -- 1: a PDF that may have scripts or other active content; it is only
    -- downloaded.
    active       INTEGER NOT NULL CHECK (active IN (0, 1)),
    -- The day that it is of.
    dated        TEXT NOT NULL,
    added_at     TEXT NOT NULL,
    -- When an account other than the author's opened it first. NULL: nobody else
    -- has read it.
    opened_at    TEXT,
    -- When the partner who handed it in opened it to the other. NULL: they have
    -- not.
    shared_at    TEXT,
    -- When it was removed. After thirty days in the bin it is deleted.
    removed_at   TEXT,
    CHECK (person_id IS NULL OR scope <> 'process'),
    CHECK (shared_at IS NULL OR (person_id IS NOT NULL AND scope = 'joint'))
) STRICT;
CREATE INDEX document_client ON document (client_id, added_at);
CREATE INDEX document_person ON document (person_id, added_at) WHERE person_id IS NOT NULL;
CREATE INDEX document_new ON document (client_id) WHERE person_id IS NOT NULL AND opened_at IS NULL;
CREATE INDEX document_removed ON document (removed_at) WHERE removed_at IS NOT NULL;

CREATE TRIGGER document_not_frozen BEFORE INSERT ON document
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- Documents are put into the bin as well. SQLite changes no constraint of a table.
CREATE TABLE bin_new (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    kind        TEXT NOT NULL
        CHECK (kind IN (
            'draft', 'draft_step', 'wording', 'exception', 'week', 'response',
            'pathway_progress', 'assignment', 'pathway', 'room', 'location', 'inquiry', 'document')),
    -- Which of its kind, so that throwing it away twice is one row.
    thing       TEXT NOT NULL,
    -- Sealed. What was sealed before is sealed inside it, too.
    content     BLOB NOT NULL,
    binned_at   TEXT NOT NULL
) STRICT;
INSERT INTO bin_new (id, account_id, kind, thing, content, binned_at)
SELECT id, account_id, kind, thing, content, binned_at FROM bin;
DROP TABLE bin;
ALTER TABLE bin_new RENAME TO bin;
CREATE INDEX bin_thing ON bin (account_id, kind, thing);
CREATE INDEX bin_binned_at ON bin (binned_at);
