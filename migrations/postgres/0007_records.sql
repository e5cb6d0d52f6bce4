-- What is written about clients, and between a partner and their therapist.

-- A clinician's note. A signed note is never changed: an amendment is a note of
-- its own that names the one it amends.
CREATE TABLE note (
    id          UUID PRIMARY KEY,
    client_id   UUID NOT NULL REFERENCES client (id),
    session_id  UUID REFERENCES session (id),
    author_id   UUID NOT NULL REFERENCES account (id),
    amends_id   UUID REFERENCES note (id),
    -- Whose record it belongs to: both partners', the first or the second
    -- partner's only, or a process note, which only its author may read.
    scope       TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    -- Sealed.
    body        BYTEA NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    -- NULL: still a draft.
    signed_at   TIMESTAMPTZ
);
CREATE INDEX note_client ON note (client_id, created_at);

-- A message between one partner and their therapist. The other partner can
-- neither read it nor learn that it exists.
CREATE TABLE message (
    id              UUID PRIMARY KEY,
    client_id       UUID NOT NULL REFERENCES client (id),
    -- The partner whose thread it belongs to.
    person_id       UUID NOT NULL REFERENCES person (id),
    -- The occurrence it is about; NULL: none.
    occurrence_id   UUID REFERENCES occurrence (id),
    -- Who wrote it.
    account_id      UUID NOT NULL REFERENCES account (id),
    from_therapist  BOOLEAN NOT NULL,
    -- Sealed.
    body            BYTEA NOT NULL,
    written_at      TIMESTAMPTZ NOT NULL,
    -- NULL: unread.
    read_at         TIMESTAMPTZ
);
CREATE INDEX message_thread ON message (client_id, person_id, written_at);
CREATE INDEX message_unread ON message (client_id) WHERE read_at IS NULL;
