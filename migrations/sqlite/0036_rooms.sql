-- no-transaction
-- A room's name is its own in its house only: two houses may each have a Room 1.
-- SQLite cannot drop the old rule, so the table is made anew: outside sqlx's
-- transaction, for keys that refer to it can be put aside there only. Stopped
-- half-way, it can be run again as it stands.

PRAGMA foreign_keys = OFF;

BEGIN IMMEDIATE;

CREATE TABLE room_anew (
    id           BLOB PRIMARY KEY,
    name         TEXT NOT NULL,
    archived_at  TEXT,
    offers       TEXT NOT NULL DEFAULT '[]',
    location_id  BLOB REFERENCES location (id)
) STRICT;

INSERT INTO room_anew (id, name, archived_at, offers, location_id) SELECT id, name, archived_at, offers, location_id FROM room;

DROP TABLE room;

ALTER TABLE room_anew RENAME TO room;

CREATE UNIQUE INDEX room_in_use ON room (name, COALESCE(location_id, X'')) WHERE archived_at IS NULL;

COMMIT;

PRAGMA foreign_keys = ON;
