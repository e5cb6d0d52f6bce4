-- For how many years each class of content is kept, as JSON; a class that it does not
-- name has the default of the program.
ALTER TABLE practice ADD COLUMN retention JSONB NOT NULL DEFAULT '{}';

-- Since when nothing of a client may be deleted, whatever its age. NULL: no such hold.
ALTER TABLE client ADD COLUMN hold_at TIMESTAMPTZ;
ALTER TABLE client ADD COLUMN hold_by UUID REFERENCES account (id);
-- Why, sealed by the client's key.
ALTER TABLE client ADD COLUMN hold_why BYTEA;
CREATE INDEX client_hold ON client (hold_at) WHERE hold_at IS NOT NULL;

-- Content of a person that was erased because they asked for it: what was erased, and
-- what is kept until when, without a word of it.
CREATE TABLE erasure (
    id         UUID PRIMARY KEY,
    client_id  UUID NOT NULL,
    person_id  UUID NOT NULL,
    done_at    TIMESTAMPTZ NOT NULL,
    done_by    UUID NOT NULL REFERENCES account (id),
    -- The lines of the report, as JSON.
    report     JSONB NOT NULL
);
CREATE INDEX erasure_person ON erasure (person_id, done_at);
