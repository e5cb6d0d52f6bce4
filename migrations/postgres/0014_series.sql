-- Sessions that come back: wall time and zone, a rule, and an end or none.

CREATE TABLE series (
    id            uuid PRIMARY KEY,
    -- What it was booked as first: itself, or the series that it goes on from.
    root_id       uuid NOT NULL REFERENCES series (id),
    client_id     uuid NOT NULL REFERENCES client (id),
    clinician_id  uuid NOT NULL REFERENCES account (id),
    room_id       uuid REFERENCES room (id),
    link          text NOT NULL,
    kind          text NOT NULL,
    -- One of them alone; NULL: everyone of the client.
    person_id     uuid REFERENCES person (id),
    starts        time NOT NULL,
    zone          text NOT NULL,
    minutes       bigint NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    -- NULL: every month, on the weekday of the first and its place.
    every_weeks   bigint CHECK (every_weeks BETWEEN 1 AND 26),
    first_on      date NOT NULL,
    -- Either, or neither: no end.
    until_on      date,
    times         bigint,
    -- The last day that was looked at: a series without an end goes on behind.
    made_until    date NOT NULL,
    created_by    uuid NOT NULL REFERENCES account (id),
    created_at    timestamptz NOT NULL,
    -- Cancelled, or gone on as another series.
    ended_at      timestamptz
);
CREATE INDEX series_open ON series (made_until) WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL;

ALTER TABLE session ADD COLUMN series_id uuid REFERENCES series (id);
-- The day that the rule gave it, wherever it was moved to since.
ALTER TABLE session ADD COLUMN series_on date;
CREATE UNIQUE INDEX session_series ON session (series_id, series_on) WHERE series_id IS NOT NULL;

-- A day of a series on which nothing was booked.
CREATE TABLE series_gap (
    series_id  uuid NOT NULL REFERENCES series (id),
    on_day     date NOT NULL,
    -- Chosen so, or somebody or something was held when its day was made.
    reason     text NOT NULL CHECK (reason IN ('left_out', 'taken')),
    noted_at   timestamptz NOT NULL,
    -- Somebody has looked after it.
    seen_at    timestamptz,
    PRIMARY KEY (series_id, on_day)
);
CREATE INDEX series_gap_open ON series_gap (on_day) WHERE reason = 'taken' AND seen_at IS NULL;
