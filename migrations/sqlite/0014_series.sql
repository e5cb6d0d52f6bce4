-- Sessions that come back: wall time and zone, a rule, and an end or none.

CREATE TABLE series (
    id            BLOB PRIMARY KEY,
    -- What it was booked as first: itself, or the series that it goes on from.
    root_id       BLOB NOT NULL REFERENCES series (id),
    client_id     BLOB NOT NULL REFERENCES client (id),
    clinician_id  BLOB NOT NULL REFERENCES account (id),
    room_id       BLOB REFERENCES room (id),
    link          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    -- One of them alone; NULL: everyone of the client.
    person_id     BLOB REFERENCES person (id),
    starts        TEXT NOT NULL,
    zone          TEXT NOT NULL,
    minutes       INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    -- NULL: every month, on the weekday of the first and its place.
    every_weeks   INTEGER CHECK (every_weeks BETWEEN 1 AND 26),
    first_on      TEXT NOT NULL,
    -- Either, or neither: no end.
    until_on      TEXT,
    times         INTEGER,
    -- The last day that was looked at: a series without an end goes on behind.
    made_until    TEXT NOT NULL,
    created_by    BLOB NOT NULL REFERENCES account (id),
    created_at    TEXT NOT NULL,
    -- Cancelled, or gone on as another series.
    ended_at      TEXT
) STRICT;
CREATE INDEX series_open ON series (made_until) WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL;

ALTER TABLE session ADD COLUMN series_id BLOB REFERENCES series (id);
-- The day that the rule gave it, wherever it was moved to since.
ALTER TABLE session ADD COLUMN series_on TEXT;
CREATE UNIQUE INDEX session_series ON session (series_id, series_on) WHERE series_id IS NOT NULL;

-- A day of a series on which nothing was booked.
CREATE TABLE series_gap (
    series_id  BLOB NOT NULL REFERENCES series (id),
    on_day     TEXT NOT NULL,
    -- Chosen so, or somebody or something was held when its day was made.
    reason     TEXT NOT NULL CHECK (reason IN ('left_out', 'taken')),
    noted_at   TEXT NOT NULL,
    -- Somebody has looked after it.
    seen_at    TEXT,
    PRIMARY KEY (series_id, on_day)
) STRICT;
CREATE INDEX series_gap_open ON series_gap (on_day) WHERE reason = 'taken' AND seen_at IS NULL;
