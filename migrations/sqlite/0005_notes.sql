-- A clinician's records. A signed note is never changed: an amendment is a
-- note of its own that names the one it amends.

CREATE TABLE note (
    id          BLOB PRIMARY KEY,
    client_id   BLOB NOT NULL REFERENCES client (id),
    session_id  BLOB REFERENCES session (id),
    author_id   BLOB NOT NULL REFERENCES account (id),
    amends_id   BLOB REFERENCES note (id),
    scope       TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    body        BLOB NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    signed_at   TEXT
) STRICT;
CREATE INDEX note_client ON note (client_id, created_at);
