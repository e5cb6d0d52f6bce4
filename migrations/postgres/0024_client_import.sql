-- A client list of another program: read, looked at, imported, and taken back within a
-- day.
CREATE TABLE client_import (
    id          UUID PRIMARY KEY,
    created_at  TIMESTAMPTZ NOT NULL,
    created_by  UUID NOT NULL REFERENCES account (id),
    -- The name of the file, without its folder.
    file_name   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('read', 'running', 'done', 'undone', 'discarded')),
    -- The rows of the file, sealed by the practice's data key. NULL: they are no longer
    -- needed.
    content     BYTEA,
    -- What was chosen for its columns and rows, as JSON; it names nobody.
    choices     JSONB NOT NULL,
    -- Since when it is running. NULL: it is not.
    running_at  TIMESTAMPTZ,
    imported_at TIMESTAMPTZ,
    undone_at   TIMESTAMPTZ,
    clients     BIGINT NOT NULL DEFAULT 0,
    people      BIGINT NOT NULL DEFAULT 0,
    left_out    BIGINT NOT NULL DEFAULT 0,
    -- How many clients stayed because they were used before it was undone.
    kept        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX client_import_created ON client_import (created_at, id);

-- The import that a client came with. NULL: none.
ALTER TABLE client ADD COLUMN import_id UUID REFERENCES client_import (id);
CREATE INDEX client_import_of ON client (import_id) WHERE import_id IS NOT NULL;

-- Since when a person is held: they came with an import, and get no email and no
-- invitation until they are released. NULL: they are not held.
ALTER TABLE person ADD COLUMN held_at TIMESTAMPTZ;
CREATE INDEX person_held ON person (held_at) WHERE held_at IS NOT NULL;

-- What the file said about a person beyond the fields of this program, with the date of
-- birth: JSON, sealed by the person's data key.
CREATE TABLE imported_details (
    person_id UUID PRIMARY KEY REFERENCES person (id),
    import_id UUID NOT NULL REFERENCES client_import (id),
    sealed    BYTEA NOT NULL
);
CREATE INDEX imported_details_import ON imported_details (import_id);
