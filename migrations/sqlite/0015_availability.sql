-- When therapists work: weekly hours from a day on, days that are different,
-- and what is kept free around each session.

CREATE TABLE working_week (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    -- It holds from this day on, until the next one does.
    from_on     TEXT NOT NULL,
    hours       TEXT NOT NULL,
    set_by      BLOB NOT NULL REFERENCES account (id),
    set_at      TEXT NOT NULL,
    UNIQUE (account_id, from_on)
) STRICT;

CREATE TABLE hours_exception (
    id          BLOB PRIMARY KEY,
    -- NULL: of the whole practice.
    account_id  BLOB REFERENCES account (id),
    first_on    TEXT NOT NULL,
    last_on     TEXT NOT NULL,
    -- NULL: the whole day.
    starts      TEXT,
    ends        TEXT,
    kind        TEXT NOT NULL CHECK (kind IN ('away', 'open')),
    reason      TEXT NOT NULL,
    set_by      BLOB NOT NULL REFERENCES account (id),
    set_at      TEXT NOT NULL,
    CHECK (last_on >= first_on)
) STRICT;
CREATE INDEX hours_exception_days ON hours_exception (last_on, account_id);

ALTER TABLE account ADD COLUMN buffer_before INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 120);
ALTER TABLE account ADD COLUMN buffer_after INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 120);

-- Booked outside the therapist's hours on purpose: so are the sessions that a
-- series makes.
ALTER TABLE session ADD COLUMN outside INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1));
ALTER TABLE series ADD COLUMN outside INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1));
