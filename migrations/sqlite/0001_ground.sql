-- What belongs to no area: accounts as such, keys, repeated forms, the bin,
-- counters and the audit log.
--
-- Words of this schema: a column `…_at` is an instant (in UTC), `…_on` a
-- calendar day, `…_by` the account that acted. Columns that are called sealed
-- are encrypted by the program (XChaCha20-Poly1305); the database cannot read
-- them.

-- An account: a member of staff, or a partner with a portal. It is in this
-- file because nearly every table refers to the account that acted; roles,
-- logins and links are in 0004_accounts.sql.
CREATE TABLE account (
    id                   BLOB PRIMARY KEY,
    -- NULL: the account has not been set up with its invitation yet.
    login_name           TEXT UNIQUE,
    display_name         TEXT NOT NULL,
    -- Empty: no email address.
    email                TEXT NOT NULL,
    -- The time zone in which this account reads and types times.
    zone                 TEXT NOT NULL,
    -- NULL: no password is set yet.
    password_hash        TEXT,
    -- The person whose portal this is; NULL: staff.
    person_id            BLOB UNIQUE,
    created_at           TEXT NOT NULL,
    password_changed_at  TEXT,
    -- NULL: the account may sign in.
    disabled_at          TEXT,
    -- Minutes that a therapist keeps free before and after each session.
    buffer_before        INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 120),
    buffer_after         INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 120),
    -- When an email to this address came back; NULL: the address is usable.
    returned_at          TEXT,
    -- What the mail server said, for the practice.
    returned_why         TEXT NOT NULL DEFAULT '',
    -- The address in the form in which it is compared.
    email_key            TEXT NOT NULL DEFAULT '',
    -- The version of the rule that made `email_key`. A row with another version
    -- is computed again when the program starts.
    keys_version         INTEGER NOT NULL DEFAULT 0,
    -- Since when the address is proven: its holder opened a link that was sent
    -- there. NULL: it was only written, by the practice or at the set-up.
    email_proven_at      TEXT
) STRICT;
CREATE INDEX account_email_key ON account (email_key);

-- One row, which proves that the key file belongs to this database.
CREATE TABLE vault (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    -- Sealed. It also says which row of `audit` was the last without a key.
    proof  BLOB NOT NULL
) STRICT;

-- The data key of one subject (a person, a client or the practice). Destroying
-- the row erases all that was sealed with the key, also in backups of other
-- tables.
CREATE TABLE data_key (
    subject_id  BLOB PRIMARY KEY,
    -- The data key, encrypted with the key of the key file.
    wrapped     BLOB NOT NULL,
    created_at  TEXT NOT NULL
) STRICT;

-- The key of a form that made something, and what it made. A form that is sent
-- twice is one act: the second answer names the same thing.
CREATE TABLE form_key (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    -- The id of what the form made.
    made        BLOB NOT NULL,
    made_at     TEXT NOT NULL
) STRICT;
CREATE INDEX form_key_made_at ON form_key (made_at);

-- A form that was sent, and its answer. A repeated request gets the first
-- answer, also while the first request is still at work.
CREATE TABLE press (
    -- A keyed hash of who sent the form, to which address, and the form's key.
    id          BLOB PRIMARY KEY,
    -- A keyed hash of what the form contained. Another hash under the same id
    -- means that the same form was sent with other content.
    content     BLOB NOT NULL,
    -- The request that does the work; the others wait for its answer.
    request_id  BLOB NOT NULL,
    -- Sealed. NULL: still at work, or the program ended before it answered.
    answer      BLOB,
    made_at     TEXT NOT NULL
) STRICT;
CREATE INDEX press_made_at ON press (made_at);

-- Something that one account threw away, kept for thirty days to be put back.
CREATE TABLE bin (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    kind        TEXT NOT NULL
        CHECK (kind IN (
            'draft', 'draft_step', 'wording', 'exception', 'week', 'response',
            'pathway_progress', 'assignment', 'pathway', 'room', 'location', 'inquiry')),
    -- Which of its kind, so that throwing it away twice is one row.
    thing       TEXT NOT NULL,
    -- Sealed. What was sealed before is sealed inside it, too.
    content     BLOB NOT NULL,
    binned_at   TEXT NOT NULL
) STRICT;
CREATE INDEX bin_thing ON bin (account_id, kind, thing);
CREATE INDEX bin_binned_at ON bin (binned_at);

-- How many tries (to sign in, for example) there were in a window of time.
CREATE TABLE throttle (
    -- A hash of what is counted: no name and no address is stored.
    key         BLOB PRIMARY KEY,
    tries       INTEGER NOT NULL,
    -- The beginning of the window.
    started_at  TEXT NOT NULL
) STRICT;

-- One row that /readyz writes, with another value each time, to find out
-- whether the database can be written.
CREATE TABLE write_probe (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    mark    BLOB NOT NULL,
    -- After a write for which there was no room: as large as what people write,
    -- until so much can be written again. Otherwise empty.
    filler  BLOB NOT NULL
) STRICT;

-- An entry of the audit log: who did what to which thing, never what it said.
-- The rows form a chain, so that a changed or removed row shows.
CREATE TABLE audit (
    -- From 1, without gaps.
    seq         INTEGER PRIMARY KEY,
    at          TEXT NOT NULL,
    -- NULL: the program itself, or a visitor who is not signed in.
    account_id  BLOB,
    action      TEXT NOT NULL,
    -- The kind of thing, and which one.
    thing       TEXT NOT NULL,
    thing_id    BLOB,
    -- The client that the entry is about. The clients that were named by a
    -- list are in `audit_named`.
    client_id   BLOB,
    detail      TEXT NOT NULL,
    -- HMAC-SHA256 over this row, the clients it names and the row before, under
    -- a key drawn from the key file. Rows of an early version have a plain
    -- SHA-256; where they end is sealed in `vault`.
    mac         BLOB NOT NULL
) STRICT;
CREATE INDEX audit_client ON audit (client_id, seq);
CREATE INDEX audit_account ON audit (account_id, seq);

-- One row: the number and the `mac` of the last entry of the audit log.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    mac  BLOB NOT NULL
) STRICT;

-- The program raises `seq` first and adds the entry after it; the trigger
-- copies the `mac`, which saves one statement in each writing transaction.
CREATE TRIGGER audit_head_follows AFTER INSERT ON audit
BEGIN
    UPDATE audit_head SET mac = NEW.mac WHERE id = 1 AND seq = NEW.seq;
END;

-- A client that was named by a list. Opening a list is one entry of the audit
-- log, with one row here for each client on it.
CREATE TABLE audit_named (
    seq        INTEGER NOT NULL,
    client_id  BLOB NOT NULL,
    PRIMARY KEY (seq, client_id)
) STRICT;
CREATE INDEX audit_named_client ON audit_named (client_id, seq);
