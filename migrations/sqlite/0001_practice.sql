-- The organisation, who can sign in, and the record of who did what.

CREATE TABLE practice (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    name          TEXT NOT NULL,
    zone          TEXT NOT NULL,
    opens         TEXT NOT NULL,
    closes        TEXT NOT NULL,
    leads         TEXT NOT NULL,
    notice_hours  INTEGER NOT NULL,
    sender_name   TEXT NOT NULL,
    phone         TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL
) STRICT;

-- Proves that the key file is the one this database was written with.
CREATE TABLE vault (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    proof  BLOB NOT NULL
) STRICT;

-- A data key for each subject (a person, a treatment unit, the practice),
-- wrapped with the key of the key file. Destroying the row erases what was
-- written with it, in backups of other tables too.
CREATE TABLE data_key (
    subject_id  BLOB PRIMARY KEY,
    wrapped     BLOB NOT NULL,
    created_at  TEXT NOT NULL
) STRICT;

CREATE TABLE account (
    id                   BLOB PRIMARY KEY,
    login_name           TEXT UNIQUE,
    display_name         TEXT NOT NULL,
    email                TEXT NOT NULL,
    zone                 TEXT NOT NULL,
    password_hash        TEXT,
    person_id            BLOB UNIQUE,
    created_at           TEXT NOT NULL,
    password_changed_at  TEXT,
    disabled_at          TEXT
) STRICT;

CREATE TABLE account_role (
    account_id  BLOB NOT NULL REFERENCES account (id),
    role        TEXT NOT NULL CHECK (role IN ('owner', 'clinician', 'front_desk', 'partner')),
    granted_at  TEXT NOT NULL,
    PRIMARY KEY (account_id, role)
) STRICT;

CREATE TABLE login (
    id            BLOB PRIMARY KEY,
    account_id    BLOB NOT NULL REFERENCES account (id),
    token_hash    BLOB NOT NULL UNIQUE,
    device        TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    ended_at      TEXT
) STRICT;
CREATE INDEX login_account ON login (account_id, ended_at);

CREATE TABLE invitation (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    token_hash  BLOB NOT NULL UNIQUE,
    email       TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    created_by  BLOB,
    expires_at  TEXT NOT NULL,
    used_at     TEXT,
    revoked_at  TEXT
) STRICT;
CREATE INDEX invitation_account ON invitation (account_id, created_at);

CREATE TABLE password_reset (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    token_hash  BLOB NOT NULL UNIQUE,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    used_at     TEXT
) STRICT;
CREATE INDEX password_reset_account ON password_reset (account_id, created_at);

-- Counts tries in a window of time. The key is a hash: no name stands here.
CREATE TABLE throttle (
    key         BLOB PRIMARY KEY,
    tries       INTEGER NOT NULL,
    started_at  TEXT NOT NULL
) STRICT;

-- Who did what to which thing; never what it said. Each row carries the hash
-- of itself and the row before, so that a changed or removed row shows.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY,
    at          TEXT NOT NULL,
    account_id  BLOB,
    action      TEXT NOT NULL,
    thing       TEXT NOT NULL,
    thing_id    BLOB,
    client_id   BLOB,
    detail      TEXT NOT NULL,
    hash        BLOB NOT NULL
) STRICT;
CREATE INDEX audit_client ON audit (client_id, seq);

CREATE TABLE audit_head (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    seq   INTEGER NOT NULL,
    hash  BLOB NOT NULL
) STRICT;
