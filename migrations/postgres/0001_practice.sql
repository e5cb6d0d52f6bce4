-- The organisation, who can sign in, and the record of who did what.

CREATE TABLE practice (
    id            BIGINT PRIMARY KEY CHECK (id = 1),
    name          TEXT NOT NULL,
    zone          TEXT NOT NULL,
    opens         TIME NOT NULL,
    closes        TIME NOT NULL,
    leads         JSONB NOT NULL,
    notice_hours  BIGINT NOT NULL,
    sender_name   TEXT NOT NULL,
    phone         TEXT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL
);

-- Proves that the key file is the one this database was written with.
CREATE TABLE vault (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    proof  BYTEA NOT NULL
);

-- A data key for each subject (a person, a treatment unit, the practice),
-- wrapped with the key of the key file. Destroying the row erases what was
-- written with it, in backups of other tables too.
CREATE TABLE data_key (
    subject_id  UUID PRIMARY KEY,
    wrapped     BYTEA NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE account (
    id                   UUID PRIMARY KEY,
    login_name           TEXT UNIQUE,
    display_name         TEXT NOT NULL,
    email                TEXT NOT NULL,
    zone                 TEXT NOT NULL,
    password_hash        TEXT,
    person_id            UUID UNIQUE,
    created_at           TIMESTAMPTZ NOT NULL,
    password_changed_at  TIMESTAMPTZ,
    disabled_at          TIMESTAMPTZ
);

CREATE TABLE account_role (
    account_id  UUID NOT NULL REFERENCES account (id),
    role        TEXT NOT NULL CHECK (role IN ('owner', 'clinician', 'front_desk', 'partner')),
    granted_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, role)
);

CREATE TABLE login (
    id            UUID PRIMARY KEY,
    account_id    UUID NOT NULL REFERENCES account (id),
    token_hash    BYTEA NOT NULL UNIQUE,
    device        TEXT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    last_seen_at  TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL,
    ended_at      TIMESTAMPTZ
);
CREATE INDEX login_account ON login (account_id, ended_at);

CREATE TABLE invitation (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    token_hash  BYTEA NOT NULL UNIQUE,
    email       TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    created_by  UUID,
    expires_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ,
    revoked_at  TIMESTAMPTZ
);
CREATE INDEX invitation_account ON invitation (account_id, created_at);

CREATE TABLE password_reset (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    token_hash  BYTEA NOT NULL UNIQUE,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ
);
CREATE INDEX password_reset_account ON password_reset (account_id, created_at);

-- Counts tries in a window of time. The key is a hash: no name stands here.
CREATE TABLE throttle (
    key         BYTEA PRIMARY KEY,
    tries       BIGINT NOT NULL,
    started_at  TIMESTAMPTZ NOT NULL
);

-- Who did what to which thing; never what it said. Each row carries the hash
-- of itself and the row before, so that a changed or removed row shows.
CREATE TABLE audit (
    seq         BIGINT PRIMARY KEY,
    at          TIMESTAMPTZ NOT NULL,
    account_id  UUID,
    action      TEXT NOT NULL,
    thing       TEXT NOT NULL,
    thing_id    UUID,
    client_id   UUID,
    detail      TEXT NOT NULL,
    hash        BYTEA NOT NULL
);
CREATE INDEX audit_client ON audit (client_id, seq);

CREATE TABLE audit_head (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    seq   BIGINT NOT NULL,
    hash  BYTEA NOT NULL
);
