-- What a newer zone database has changed for what was booked: for the owner.

ALTER TABLE practice ADD COLUMN zones_at TEXT;
ALTER TABLE practice ADD COLUMN zones_version TEXT NOT NULL DEFAULT '';
ALTER TABLE practice ADD COLUMN zones_sessions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE practice ADD COLUMN zones_elsewhere INTEGER NOT NULL DEFAULT 0;
ALTER TABLE practice ADD COLUMN zones_over INTEGER NOT NULL DEFAULT 0;
