-- A client list of another program: read, looked at, imported, and taken back within a
-- day.
CREATE TABLE client_import (
    id          BLOB PRIMARY KEY,
    created_at  TEXT NOT NULL,
    created_by  BLOB NOT NULL REFERENCES account (id),
    -- The name of the file, without its folder.
    file_name   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('read', 'running', 'done', 'undone', 'discarded')),
    -- The rows of the file, sealed by the practice's data key. NULL: they are no longer
    -- needed.
    content     BLOB,
    -- What was chosen for its columns and rows, as JSON; it names nobody.
    choices     TEXT NOT NULL,
    -- Since when it is running. NULL: it is not.
    running_at  TEXT,
    imported_at TEXT,
    undone_at   TEXT,
    clients     INTEGER NOT NULL DEFAULT 0,
    people      INTEGER NOT NULL DEFAULT 0,
    left_out    INTEGER NOT NULL DEFAULT 0,
    -- How many clients stayed because they were used before it was undone.
    kept        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX client_import_created ON client_import (created_at, id);

-- The import that a client came with. NULL: none.
ALTER TABLE client ADD COLUMN import_id BLOB REFERENCES client_import (id);
CREATE INDEX client_import_of ON client (import_id) WHERE import_id IS NOT NULL;

-- Since when a person is held: they came with an import, and get no email and no
-- invitation until they are released. NULL: they are not held.
ALTER TABLE person ADD COLUMN held_at TEXT;
CREATE INDEX person_held ON person (held_at) WHERE held_at IS NOT NULL;

-- What the file said about a person beyond the fields of this program, with the date of
-- birth: JSON, sealed by the person's data key.
CREATE TABLE imported_details (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    import_id BLOB NOT NULL REFERENCES client_import (id),
    sealed    BLOB NOT NULL
) STRICT;
CREATE INDEX imported_details_import ON imported_details (import_id);
