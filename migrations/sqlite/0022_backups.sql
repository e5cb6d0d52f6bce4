-- A backup that was made, or tried.
CREATE TABLE backup_run (
    id          BLOB PRIMARY KEY,
    -- The time of the schedule that it belongs to. NULL: it was made by hand.
    due_at      TEXT UNIQUE,
    started_at  TEXT NOT NULL,
    -- NULL: it is under way, or the program was stopped meanwhile.
    ended_at    TEXT,
    -- The file. Empty: there is none yet.
    place       TEXT NOT NULL DEFAULT '',
    bytes       INTEGER NOT NULL DEFAULT 0,
    row_count   INTEGER NOT NULL DEFAULT 0,
    -- Why there is no good backup. Empty: it was made and verified.
    trouble     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX backup_run_started ON backup_run (started_at, id);
