-- People who ask for a first meeting on the practice's public page.

ALTER TABLE practice ADD COLUMN inquiries boolean NOT NULL DEFAULT false;

CREATE TABLE inquiry (
    id            uuid PRIMARY KEY,
    name          text NOT NULL,
    email         text NOT NULL,
    phone         text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('couple', 'individual')),
    part          text NOT NULL CHECK (part IN ('any', 'morning', 'afternoon', 'evening')),
    meeting       text NOT NULL CHECK (meeting IN ('any', 'room', 'online')),
    state         text NOT NULL CHECK (state IN ('unconfirmed', 'waiting', 'called', 'taken_on', 'closed')),
    token_hash    bytea NOT NULL UNIQUE,
    made_at       timestamptz NOT NULL,
    confirmed_at  timestamptz,
    settled_by    uuid REFERENCES account (id),
    settled_at    timestamptz
);
CREATE INDEX inquiry_state ON inquiry (state, confirmed_at);

ALTER TABLE message ADD COLUMN inquiry_id uuid REFERENCES inquiry (id);
CREATE INDEX message_inquiry ON message (inquiry_id) WHERE inquiry_id IS NOT NULL;
