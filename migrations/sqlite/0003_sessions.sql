-- Meetings. What recurs or is agreed is kept as wall time and zone; what
-- happens, as instants derived from them with a version of the zone database.

CREATE TABLE room (
    id           BLOB PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    archived_at  TEXT
) STRICT;

CREATE TABLE session (
    id            BLOB PRIMARY KEY,
    client_id     BLOB NOT NULL REFERENCES client (id),
    clinician_id  BLOB NOT NULL REFERENCES account (id),
    room_id       BLOB REFERENCES room (id),
    link          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('booked', 'arrived', 'completed', 'no_show', 'late_cancelled', 'cancelled')),
    starts        TEXT NOT NULL,
    zone          TEXT NOT NULL,
    minutes       INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    starts_at     TEXT NOT NULL,
    ends_at       TEXT NOT NULL,
    zone_version  TEXT NOT NULL,
    version       INTEGER NOT NULL,
    booking_key   BLOB NOT NULL UNIQUE,
    created_at    TEXT NOT NULL,
    CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX session_time ON session (starts_at);
CREATE INDEX session_client ON session (client_id, starts_at);
CREATE INDEX session_clinician ON session (clinician_id, starts_at);

CREATE TABLE session_attendee (
    session_id  BLOB NOT NULL REFERENCES session (id),
    person_id   BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (session_id, person_id)
) STRICT;
CREATE INDEX session_attendee_person ON session_attendee (person_id);

-- A move or a cancellation is a thing with a who, when and why.
CREATE TABLE session_change (
    id          BLOB PRIMARY KEY,
    session_id  BLOB NOT NULL REFERENCES session (id),
    at          TEXT NOT NULL,
    account_id  BLOB NOT NULL REFERENCES account (id),
    what        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    from_at     TEXT,
    to_at       TEXT
) STRICT;
CREATE INDEX session_change_session ON session_change (session_id, at);

-- Who and what a session holds: its therapist, its room, each person. Nobody
-- and nothing is held twice at once; touching ends are allowed.
CREATE TABLE occupancy (
    session_id  BLOB NOT NULL REFERENCES session (id),
    held        TEXT NOT NULL CHECK (held IN ('clinician', 'room', 'person')),
    held_id     BLOB NOT NULL,
    starts_at   TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    PRIMARY KEY (session_id, held, held_id)
) STRICT;
CREATE INDEX occupancy_held ON occupancy (held_id, ends_at, starts_at);

CREATE TRIGGER occupancy_no_overlap_insert BEFORE INSERT ON occupancy
WHEN EXISTS (
    SELECT 1 FROM occupancy o
    WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at
)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;

CREATE TRIGGER occupancy_no_overlap_update BEFORE UPDATE ON occupancy
WHEN EXISTS (
    SELECT 1 FROM occupancy o
    WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at
      AND NOT (o.session_id = OLD.session_id AND o.held = OLD.held AND o.held_id = OLD.held_id)
)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;
