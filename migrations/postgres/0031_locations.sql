-- The houses of a practice that has several: where a room is, and the hours
-- that a therapist has at one of them.

CREATE TABLE location (
    id           UUID PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    address      TEXT NOT NULL,
    archived_at  TIMESTAMPTZ
);

-- Empty: the practice has one house, or nobody has said which.
ALTER TABLE room ADD COLUMN location_id UUID REFERENCES location (id);

-- By location, the hours beside those of `hours`, which hold at every one.
ALTER TABLE working_week ADD COLUMN at_locations JSONB NOT NULL DEFAULT '{}';
