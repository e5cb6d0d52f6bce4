-- When therapists work: weekly hours from a day on, days that are different,
-- and what is kept free around each session.

CREATE TABLE working_week (
    id          uuid PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES account (id),
    -- It holds from this day on, until the next one does.
    from_on     date NOT NULL,
    hours       jsonb NOT NULL,
    set_by      uuid NOT NULL REFERENCES account (id),
    set_at      timestamptz NOT NULL,
    UNIQUE (account_id, from_on)
);

CREATE TABLE hours_exception (
    id          uuid PRIMARY KEY,
    -- NULL: of the whole practice.
    account_id  uuid REFERENCES account (id),
    first_on    date NOT NULL,
    last_on     date NOT NULL,
    -- NULL: the whole day.
    starts      time,
    ends        time,
    kind        text NOT NULL CHECK (kind IN ('away', 'open')),
    reason      text NOT NULL,
    set_by      uuid NOT NULL REFERENCES account (id),
    set_at      timestamptz NOT NULL,
    CHECK (last_on >= first_on)
);
CREATE INDEX hours_exception_days ON hours_exception (last_on, account_id);

ALTER TABLE account ADD COLUMN buffer_before bigint NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 120);
ALTER TABLE account ADD COLUMN buffer_after bigint NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 120);

-- Booked outside the therapist's hours on purpose: so are the sessions that a
-- series makes.
ALTER TABLE session ADD COLUMN outside boolean NOT NULL DEFAULT false;
ALTER TABLE series ADD COLUMN outside boolean NOT NULL DEFAULT false;
