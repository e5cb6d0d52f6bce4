-- A backup that was made, or tried.
CREATE TABLE backup_run (
    id          uuid PRIMARY KEY,
    -- The time of the schedule that it belongs to. NULL: it was made by hand.
    due_at      timestamptz UNIQUE,
    started_at  timestamptz NOT NULL,
    -- NULL: it is under way, or the program was stopped meanwhile.
    ended_at    timestamptz,
    -- The file. Empty: there is none yet.
    place       text NOT NULL DEFAULT '',
    bytes       bigint NOT NULL DEFAULT 0,
    row_count   bigint NOT NULL DEFAULT 0,
    -- Why there is no good backup. Empty: it was made and verified.
    trouble     text NOT NULL DEFAULT ''
);
CREATE INDEX backup_run_started ON backup_run (started_at, id);
