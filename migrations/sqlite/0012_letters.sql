-- What a partner and their therapist write to each other: never the other
-- partner's to read, nor to know of.

CREATE TABLE letter (
    id              BLOB PRIMARY KEY,
    client_id       BLOB NOT NULL REFERENCES client (id),
    -- Whose thread it is.
    person_id       BLOB NOT NULL REFERENCES person (id),
    occurrence_id   BLOB REFERENCES occurrence (id),
    account_id      BLOB NOT NULL REFERENCES account (id),
    from_therapist INTEGER NOT NULL CHECK (from_therapist IN (0, 1)),
    body            BLOB NOT NULL,
    written_at      TEXT NOT NULL,
    read_at         TEXT
) STRICT;
CREATE INDEX letter_thread ON letter (client_id, person_id, written_at);
CREATE INDEX letter_unread ON letter (client_id) WHERE read_at IS NULL;
ALTER TABLE message ADD COLUMN letter_id BLOB REFERENCES letter (id);
