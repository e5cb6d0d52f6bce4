-- What a newer zone database has changed for what was booked: for the owner.

ALTER TABLE practice ADD COLUMN zones_at timestamptz;
ALTER TABLE practice ADD COLUMN zones_version text NOT NULL DEFAULT '';
ALTER TABLE practice ADD COLUMN zones_sessions bigint NOT NULL DEFAULT 0;
ALTER TABLE practice ADD COLUMN zones_elsewhere bigint NOT NULL DEFAULT 0;
ALTER TABLE practice ADD COLUMN zones_over bigint NOT NULL DEFAULT 0;
