-- A clinician's records. A signed note is never changed: an amendment is a
-- note of its own that names the one it amends.

CREATE TABLE note (
    id          UUID PRIMARY KEY,
    client_id   UUID NOT NULL REFERENCES client (id),
    session_id  UUID REFERENCES session (id),
    author_id   UUID NOT NULL REFERENCES account (id),
    amends_id   UUID REFERENCES note (id),
    scope       TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    body        BYTEA NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    signed_at   TIMESTAMPTZ
);
CREATE INDEX note_client ON note (client_id, created_at);
