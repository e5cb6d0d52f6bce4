-- One's own sessions in a calendar elsewhere, under an address that is a
-- secret, and can be taken back.

CREATE TABLE feed (
    id          uuid PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES account (id),
    token_hash  bytea NOT NULL UNIQUE,
    -- What a therapist's entries say; a partner's say as little as their mails.
    wording     text NOT NULL CHECK (wording IN ('busy', 'initials', 'names')),
    made_at     timestamptz NOT NULL,
    read_at     timestamptz,
    revoked_at  timestamptz
);
CREATE UNIQUE INDEX feed_account ON feed (account_id) WHERE revoked_at IS NULL;
