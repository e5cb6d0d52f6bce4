-- Notices of a move or a cancellation wait a little: until then it can be undone.

ALTER TABLE practice ADD COLUMN quiet_minutes bigint NOT NULL DEFAULT 5 CHECK (quiet_minutes BETWEEN 0 AND 60);

-- How a session stood before its last change.
CREATE TABLE session_undo (
    session_id  uuid PRIMARY KEY REFERENCES session (id),
    -- The version that the change made: a later one is not undone with it.
    version     bigint NOT NULL,
    until       timestamptz NOT NULL,
    state       text NOT NULL,
    starts      timestamp NOT NULL,
    zone        text NOT NULL,
    minutes     bigint NOT NULL,
    room_id     uuid REFERENCES room (id),
    link        text NOT NULL,
    outside     boolean NOT NULL
);
