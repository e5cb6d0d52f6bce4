-- The outbox: every e-mail that the system owes someone, planned in the
-- transaction of the fact it speaks about.

CREATE TABLE message (
    id               BLOB PRIMARY KEY,
    dedupe           TEXT NOT NULL UNIQUE,
    kind             TEXT NOT NULL,
    session_id       BLOB REFERENCES session (id),
    session_version  INTEGER,
    person_id        BLOB REFERENCES person (id),
    account_id       BLOB REFERENCES account (id),
    invitation_id    BLOB REFERENCES invitation (id),
    reset_id         BLOB REFERENCES password_reset (id),
    lead             TEXT,
    due_at           TEXT NOT NULL,
    not_after        TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('planned', 'claimed', 'sent', 'failed', 'skipped', 'superseded')),
    reason           TEXT,
    attempts         INTEGER NOT NULL,
    lease_token      BLOB,
    lease_until      TEXT,
    smtp_started_at  TEXT,
    message_id       TEXT,
    recipient        TEXT,
    bytes            BLOB,
    created_at       TEXT NOT NULL,
    sent_at          TEXT,
    last_error       TEXT
) STRICT;
CREATE INDEX message_due ON message (due_at) WHERE state IN ('planned', 'claimed');
CREATE INDEX message_session ON message (session_id, created_at);
CREATE INDEX message_state ON message (state, due_at);
