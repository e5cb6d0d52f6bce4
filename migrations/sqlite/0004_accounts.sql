-- What accounts may do and how they sign in. The table `account` itself is in
-- 0001_ground.sql. Of every link only the hash of its token is stored.

-- A role that an account has.
CREATE TABLE account_role (
    account_id  BLOB NOT NULL REFERENCES account (id),
    role        TEXT NOT NULL CHECK (role IN ('owner', 'clinician', 'front_desk', 'partner')),
    granted_at  TEXT NOT NULL,
    PRIMARY KEY (account_id, role)
) STRICT;
CREATE INDEX account_role_by_role ON account_role (role, account_id);

-- An invitation: a link with which the holder of an account sets a password.
CREATE TABLE invitation (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    token_hash  BLOB NOT NULL UNIQUE,
    -- Where it was sent; empty: it was handed over.
    email       TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    created_by  BLOB,
    expires_at  TEXT NOT NULL,
    used_at     TEXT,
    revoked_at  TEXT
) STRICT;
CREATE INDEX invitation_account ON invitation (account_id, created_at);

-- A link with which a person who has forgotten the password sets another.
CREATE TABLE password_reset (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    token_hash  BLOB NOT NULL UNIQUE,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    used_at     TEXT,
    -- The address that the link was sent to; NULL: it was handed over.
    email       TEXT
) STRICT;
CREATE INDEX password_reset_account ON password_reset (account_id, created_at);

-- A browser that is known because an account signed in from it. Its tries to
-- sign in are counted by themselves, so that other people on the same network
-- cannot lock it out. Two people who share a tablet have one token and two rows.
CREATE TABLE browser (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    token_hash  BLOB NOT NULL,
    made_at     TEXT NOT NULL,
    -- The latest sign-in.
    used_at     TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    UNIQUE (token_hash, account_id)
) STRICT;
CREATE INDEX browser_account ON browser (account_id);
CREATE INDEX browser_expires ON browser (expires_at);

-- A login: a browser that is signed in.
CREATE TABLE login (
    id            BLOB PRIMARY KEY,
    account_id    BLOB NOT NULL REFERENCES account (id),
    token_hash    BLOB NOT NULL UNIQUE,
    -- What the browser says of itself, for the list of logins.
    device        TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    ended_at      TEXT,
    -- The known browser of this login. A login that is ended from elsewhere
    -- takes it along: the browser is no longer known.
    browser_id    BLOB REFERENCES browser (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX login_account ON login (account_id, ended_at);
CREATE INDEX login_browser ON login (browser_id) WHERE browser_id IS NOT NULL;

-- A new email address that the holder of an account has asked for. The old
-- address is used until the link that was sent to the new one is opened.
CREATE TABLE address_change (
    id            BLOB PRIMARY KEY,
    account_id    BLOB NOT NULL REFERENCES account (id),
    email         TEXT NOT NULL,
    -- The address that was in use when the change took effect: it is notified.
    old_email     TEXT NOT NULL DEFAULT '',
    token_hash    BLOB NOT NULL UNIQUE,
    made_at       TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    -- When the link was printed for the operator of the server. Such a link
    -- proves no mailbox when it is opened.
    handed_at     TEXT,
    confirmed_at  TEXT,
    -- Replaced by another, cancelled, or ended with the account or its password.
    ended_at      TEXT
) STRICT;
CREATE UNIQUE INDEX address_change_open ON address_change (account_id)
    WHERE confirmed_at IS NULL AND ended_at IS NULL;
CREATE INDEX address_change_account ON address_change (account_id, made_at);
