-- One's own sessions in a calendar elsewhere, under an address that is a
-- secret, and can be taken back.

CREATE TABLE feed (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    token_hash  BLOB NOT NULL UNIQUE,
    -- What a therapist's entries say; a partner's say as little as their mails.
    wording     TEXT NOT NULL CHECK (wording IN ('busy', 'initials', 'names')),
    made_at     TEXT NOT NULL,
    read_at     TEXT,
    revoked_at  TEXT
) STRICT;
CREATE UNIQUE INDEX feed_account ON feed (account_id) WHERE revoked_at IS NULL;
