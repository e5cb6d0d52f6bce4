-- People who ask for a first meeting on the practice's public page.

ALTER TABLE practice ADD COLUMN inquiries INTEGER NOT NULL DEFAULT 0 CHECK (inquiries IN (0, 1));

CREATE TABLE inquiry (
    id            BLOB PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    phone         TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    part          TEXT NOT NULL CHECK (part IN ('any', 'morning', 'afternoon', 'evening')),
    meeting       TEXT NOT NULL CHECK (meeting IN ('any', 'room', 'online')),
    state         TEXT NOT NULL CHECK (state IN ('unconfirmed', 'waiting', 'called', 'taken_on', 'closed')),
    token_hash    BLOB NOT NULL UNIQUE,
    made_at       TEXT NOT NULL,
    confirmed_at  TEXT,
    settled_by    BLOB REFERENCES account (id),
    settled_at    TEXT
) STRICT;
CREATE INDEX inquiry_state ON inquiry (state, confirmed_at);

ALTER TABLE message ADD COLUMN inquiry_id BLOB REFERENCES inquiry (id);
CREATE INDEX message_inquiry ON message (inquiry_id) WHERE inquiry_id IS NOT NULL;
