-- Meetings. What recurs or is agreed is kept as wall time and zone; what
-- happens, as instants derived from them with a version of the zone database.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE room (
    id           UUID PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    archived_at  TIMESTAMPTZ
);

CREATE TABLE session (
    id            UUID PRIMARY KEY,
    client_id     UUID NOT NULL REFERENCES client (id),
    clinician_id  UUID NOT NULL REFERENCES account (id),
    room_id       UUID REFERENCES room (id),
    link          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('booked', 'arrived', 'completed', 'no_show', 'late_cancelled', 'cancelled')),
    starts        TIMESTAMP NOT NULL,
    zone          TEXT NOT NULL,
    minutes       BIGINT NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    starts_at     TIMESTAMPTZ NOT NULL,
    ends_at       TIMESTAMPTZ NOT NULL,
    zone_version  TEXT NOT NULL,
    version       BIGINT NOT NULL,
    booking_key   UUID NOT NULL UNIQUE,
    created_at    TIMESTAMPTZ NOT NULL,
    CHECK (ends_at > starts_at)
);
CREATE INDEX session_time ON session (starts_at);
CREATE INDEX session_client ON session (client_id, starts_at);
CREATE INDEX session_clinician ON session (clinician_id, starts_at);

CREATE TABLE session_attendee (
    session_id  UUID NOT NULL REFERENCES session (id),
    person_id   UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (session_id, person_id)
);
CREATE INDEX session_attendee_person ON session_attendee (person_id);

-- A move or a cancellation is a thing with a who, when and why.
CREATE TABLE session_change (
    id          UUID PRIMARY KEY,
    session_id  UUID NOT NULL REFERENCES session (id),
    at          TIMESTAMPTZ NOT NULL,
    account_id  UUID NOT NULL REFERENCES account (id),
    what        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    from_at     TIMESTAMPTZ,
    to_at       TIMESTAMPTZ
);
CREATE INDEX session_change_session ON session_change (session_id, at);

-- Who and what a session holds: its therapist, its room, each person. Nobody
-- and nothing is held twice at once; touching ends are allowed.
CREATE TABLE occupancy (
    session_id  UUID NOT NULL REFERENCES session (id),
    held        TEXT NOT NULL CHECK (held IN ('clinician', 'room', 'person')),
    held_id     UUID NOT NULL,
    starts_at   TIMESTAMPTZ NOT NULL,
    ends_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, held, held_id),
    CONSTRAINT occupancy_no_overlap EXCLUDE USING gist (held_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
);
CREATE INDEX occupancy_held ON occupancy (held_id, ends_at, starts_at);
