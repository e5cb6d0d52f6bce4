-- The outbox: every e-mail that the system owes someone, planned in the
-- transaction of the fact it speaks about.

CREATE TABLE message (
    id               UUID PRIMARY KEY,
    dedupe           TEXT NOT NULL UNIQUE,
    kind             TEXT NOT NULL,
    session_id       UUID REFERENCES session (id),
    session_version  BIGINT,
    person_id        UUID REFERENCES person (id),
    account_id       UUID REFERENCES account (id),
    invitation_id    UUID REFERENCES invitation (id),
    reset_id         UUID REFERENCES password_reset (id),
    lead             TEXT,
    due_at           TIMESTAMPTZ NOT NULL,
    not_after        TIMESTAMPTZ NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('planned', 'claimed', 'sent', 'failed', 'skipped', 'superseded')),
    reason           TEXT,
    attempts         BIGINT NOT NULL,
    lease_token      UUID,
    lease_until      TIMESTAMPTZ,
    smtp_started_at  TIMESTAMPTZ,
    message_id       TEXT,
    recipient        TEXT,
    bytes            BYTEA,
    created_at       TIMESTAMPTZ NOT NULL,
    sent_at          TIMESTAMPTZ,
    last_error       TEXT
);
CREATE INDEX message_due ON message (due_at) WHERE state IN ('planned', 'claimed');
CREATE INDEX message_session ON message (session_id, created_at);
CREATE INDEX message_state ON message (state, due_at);
