-- What a partner and their therapist write to each other: never the other
-- partner's to read, nor to know of.

CREATE TABLE letter (
    id              uuid PRIMARY KEY,
    client_id       uuid NOT NULL REFERENCES client (id),
    -- Whose thread it is.
    person_id       uuid NOT NULL REFERENCES person (id),
    occurrence_id   uuid REFERENCES occurrence (id),
    account_id      uuid NOT NULL REFERENCES account (id),
    from_therapist boolean NOT NULL,
    body            bytea NOT NULL,
    written_at      timestamptz NOT NULL,
    read_at         timestamptz
);
CREATE INDEX letter_thread ON letter (client_id, person_id, written_at);
CREATE INDEX letter_unread ON letter (client_id) WHERE read_at IS NULL;
ALTER TABLE message ADD COLUMN letter_id uuid REFERENCES letter (id);
