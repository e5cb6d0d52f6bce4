-- The secret of an authenticator app (RFC 6238).
CREATE TABLE factor (
    account_id   BLOB PRIMARY KEY REFERENCES account (id),
    -- Sealed by the key of the key file.
    secret       BLOB NOT NULL,
    made_at      TEXT NOT NULL,
    -- NULL: it is shown to be set up, and asks nobody for a code yet.
    confirmed_at TEXT,
    -- The number of the last half minute whose code was used: no code is used twice.
    last_step    INTEGER NOT NULL DEFAULT 0,
    -- The login in which it is being set up, and no other. NULL: it is confirmed.
    login_id     BLOB
) STRICT;

-- A recovery code, hashed.
CREATE TABLE recovery_code (
    id         BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    -- The number before the code.
    number     INTEGER NOT NULL CHECK (number BETWEEN 1 AND 10),
    hash       TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    used_at    TEXT,
    UNIQUE (account_id, number)
) STRICT;

-- A person has lost their authenticator and codes: they asked, somebody who saw them
-- confirms, and a day later it is removed.
CREATE TABLE factor_reset (
    id           BLOB PRIMARY KEY,
    account_id   BLOB NOT NULL REFERENCES account (id),
    asked_at     TEXT NOT NULL,
    confirmed_by BLOB REFERENCES account (id),
    ready_at     TEXT,
    -- How it ended. NULL: it is open.
    ended_as     TEXT CHECK (ended_as IN ('done', 'cancelled')),
    ended_at     TEXT,
    CHECK ((confirmed_by IS NULL) = (ready_at IS NULL)),
    CHECK ((ended_as IS NULL) = (ended_at IS NULL)),
    CHECK (confirmed_by IS NULL OR confirmed_by <> account_id)
) STRICT;
CREATE UNIQUE INDEX factor_reset_open ON factor_reset (account_id) WHERE ended_at IS NULL;

-- Until when a browser is not asked for a code. NULL: it is asked each time.
ALTER TABLE browser ADD COLUMN trusted_until TEXT;
-- How the second step of a sign-in was done. NULL: there was none.
ALTER TABLE login ADD COLUMN second_step TEXT CHECK (second_step IN ('app', 'recovery', 'device'));
-- Which members of staff must have a second step, and for how many days a browser may
-- be remembered. Practices from before ask for none.
ALTER TABLE practice ADD COLUMN factor_roles TEXT NOT NULL DEFAULT '';
ALTER TABLE practice ADD COLUMN factor_days_clinical INTEGER NOT NULL DEFAULT 0 CHECK (factor_days_clinical IN (0, 7, 30));
ALTER TABLE practice ADD COLUMN factor_days_others INTEGER NOT NULL DEFAULT 30 CHECK (factor_days_others IN (0, 7, 30));
