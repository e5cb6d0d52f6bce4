-- What is written about clients, and between a partner and their therapist.

-- A clinician's note. A signed note is never changed: an amendment is a note of
-- its own that names the one it amends.
CREATE TABLE note (
    id          BLOB PRIMARY KEY,
    client_id   BLOB NOT NULL REFERENCES client (id),
    session_id  BLOB REFERENCES session (id),
    author_id   BLOB NOT NULL REFERENCES account (id),
    amends_id   BLOB REFERENCES note (id),
    -- Whose record it belongs to: both partners', the first or the second
    -- partner's only, or a process note, which only its author may read.
    scope       TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    -- Sealed.
    body        BLOB NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    -- NULL: still a draft.
    signed_at   TEXT
) STRICT;
CREATE INDEX note_client ON note (client_id, created_at);

-- A message between one partner and their therapist. The other partner can
-- neither read it nor learn that it exists.
CREATE TABLE message (
    id              BLOB PRIMARY KEY,
    client_id       BLOB NOT NULL REFERENCES client (id),
    -- The partner whose thread it belongs to.
    person_id       BLOB NOT NULL REFERENCES person (id),
    -- The occurrence it is about; NULL: none.
    occurrence_id   BLOB REFERENCES occurrence (id),
    -- Who wrote it.
    account_id      BLOB NOT NULL REFERENCES account (id),
    from_therapist  INTEGER NOT NULL CHECK (from_therapist IN (0, 1)),
    -- Sealed.
    body            BLOB NOT NULL,
    written_at      TEXT NOT NULL,
    -- NULL: unread.
    read_at         TEXT
) STRICT;
CREATE INDEX message_thread ON message (client_id, person_id, written_at);
CREATE INDEX message_unread ON message (client_id) WHERE read_at IS NULL;
