-- Notices of a move or a cancellation wait a little: until then it can be undone.

ALTER TABLE practice ADD COLUMN quiet_minutes INTEGER NOT NULL DEFAULT 5 CHECK (quiet_minutes BETWEEN 0 AND 60);

-- How a session stood before its last change.
CREATE TABLE session_undo (
    session_id  BLOB PRIMARY KEY REFERENCES session (id),
    -- The version that the change made: a later one is not undone with it.
    version     INTEGER NOT NULL,
    until       TEXT NOT NULL,
    state       TEXT NOT NULL,
    starts      TEXT NOT NULL,
    zone        TEXT NOT NULL,
    minutes     INTEGER NOT NULL,
    room_id     BLOB REFERENCES room (id),
    link        TEXT NOT NULL,
    outside     INTEGER NOT NULL CHECK (outside IN (0, 1))
) STRICT;
