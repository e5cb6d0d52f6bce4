-- The practice: its settings, locations, rooms and the hours of its therapists.

-- One row: the practice and what its owner set.
CREATE TABLE practice (
    id               BIGINT PRIMARY KEY CHECK (id = 1),
    name             TEXT NOT NULL,
    zone             TEXT NOT NULL,
    -- The wall times between which free times are offered.
    opens            TIME NOT NULL,
    closes           TIME NOT NULL,
    -- How long before a session its reminders are due: a JSON list such as
    -- ["3d", "1d"], in days or hours, the longest first.
    leads            JSONB NOT NULL,
    -- A cancellation fewer hours than this before the session is a late one.
    notice_hours     BIGINT NOT NULL,
    -- The name that emails come from. It says nothing of therapy.
    sender_name      TEXT NOT NULL,
    phone            TEXT NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL,
    -- The days of the week on which free times are offered.
    open_days        TEXT NOT NULL DEFAULT 'Mon,Tue,Wed,Thu,Fri,Sat,Sun',
    -- Minutes that a notice of a move or a cancellation waits. Until then the
    -- change can be undone, and nobody has been told.
    quiet_minutes    BIGINT NOT NULL DEFAULT 5 CHECK (quiet_minutes BETWEEN 0 AND 60),
    -- What partners may book and move in the portal: nothing, ask the practice,
    -- or do it at once.
    portal_rule      TEXT NOT NULL DEFAULT 'ask' CHECK (portal_rule IN ('no', 'ask', 'at_once')),
    -- How many days ahead they may ask for.
    portal_days      BIGINT NOT NULL DEFAULT 60 CHECK (portal_days BETWEEN 1 AND 366),
    -- How many sessions ahead a client may have and still ask for one more.
    portal_ahead     BIGINT NOT NULL DEFAULT 2 CHECK (portal_ahead BETWEEN 1 AND 30),
    -- Whether people may ask for a first meeting on the public page.
    inquiries        BOOLEAN NOT NULL DEFAULT false,
    -- The fee that is suggested for a session missed or cancelled late, as
    -- people read it; empty: none.
    late_fee         TEXT NOT NULL DEFAULT '',
    -- The kinds of session with settings of their own: a JSON list of
    -- {kind, minutes, leads}. A kind that is not in it has the usual ones.
    kinds            JSONB NOT NULL DEFAULT '[]',
    -- Which of a session's reminders ask whether people are coming.
    asks             TEXT NOT NULL DEFAULT 'first' CHECK (asks IN ('none', 'first', 'all')),
    -- After a change of lead times: the reminders of sessions that begin after
    -- this instant are still to be planned again, the soonest first. NULL: none.
    replan_after     TIMESTAMPTZ,
    -- When a newer zone database last changed sessions ahead, for the owner;
    -- NULL: never.
    zones_at         TIMESTAMPTZ,
    -- The version of the zone database since then.
    zones_version    TEXT NOT NULL DEFAULT '',
    -- How many sessions begin at another instant, …
    zones_sessions   BIGINT NOT NULL DEFAULT 0,
    -- … how many of them are at another local time for a person elsewhere, …
    zones_elsewhere  BIGINT NOT NULL DEFAULT 0,
    -- … and how many now overlap another session.
    zones_over       BIGINT NOT NULL DEFAULT 0
);

-- A house of a practice that has several.
CREATE TABLE location (
    id           UUID PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    -- As it is written in the portal and in emails; may be empty.
    address      TEXT NOT NULL,
    archived_at  TIMESTAMPTZ
);

-- A room in which sessions take place.
CREATE TABLE room (
    id           UUID PRIMARY KEY,
    name         TEXT NOT NULL,
    archived_at  TIMESTAMPTZ,
    -- What a slot can be looked for by: a JSON list such as ["Step-free"].
    offers       JSONB NOT NULL DEFAULT '[]',
    -- NULL: the practice has one house, or nobody has said which.
    location_id  UUID REFERENCES location (id)
);
-- The name of a room in use is unique within its location: two houses may each
-- have a Room 1.
CREATE UNIQUE INDEX room_in_use ON room (name, COALESCE(location_id, '00000000-0000-0000-0000-000000000000'))
    WHERE archived_at IS NULL;

-- The weekly hours of a therapist from one day on, until their next row.
CREATE TABLE working_week (
    id            UUID PRIMARY KEY,
    account_id    UUID NOT NULL REFERENCES account (id),
    from_on       DATE NOT NULL,
    -- The hours for every room and for online sessions: a JSON list of seven
    -- days, Monday first.
    hours         JSONB NOT NULL,
    set_by        UUID NOT NULL REFERENCES account (id),
    set_at        TIMESTAMPTZ NOT NULL,
    -- More hours, for the rooms of one location and for online sessions: a JSON
    -- object with such a list for each location id.
    at_locations  JSONB NOT NULL DEFAULT '{}',
    UNIQUE (account_id, from_on)
);

-- Days on which the hours are different.
CREATE TABLE hours_exception (
    id          UUID PRIMARY KEY,
    -- NULL: it applies to the whole practice.
    account_id  UUID REFERENCES account (id),
    first_on    DATE NOT NULL,
    last_on     DATE NOT NULL,
    -- Wall times; NULL: the whole day.
    starts      TIME,
    ends        TIME,
    -- `away`: no sessions; `open`: hours in addition.
    kind        TEXT NOT NULL CHECK (kind IN ('away', 'open')),
    reason      TEXT NOT NULL,
    set_by      UUID NOT NULL REFERENCES account (id),
    set_at      TIMESTAMPTZ NOT NULL,
    CHECK (last_on >= first_on)
);
CREATE INDEX hours_exception_days ON hours_exception (last_on, account_id);
