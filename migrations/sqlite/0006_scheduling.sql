-- Sessions and what is asked of them. What recurs or is agreed is kept as wall
-- time and zone; what happens, as instants computed from them with one version
-- of the zone database.

-- Sessions that repeat: a wall time in a zone and a rule. Its sessions are rows
-- of `session` like any other.
CREATE TABLE series (
    id            BLOB PRIMARY KEY,
    -- The series as it was first booked: itself, or the one that it continues.
    root_id       BLOB NOT NULL REFERENCES series (id),
    client_id     BLOB NOT NULL REFERENCES client (id),
    clinician_id  BLOB NOT NULL REFERENCES account (id),
    room_id       BLOB REFERENCES room (id),
    -- The address of the online meeting; empty: none.
    link          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    -- The partner who comes alone; NULL: everyone of the client.
    person_id     BLOB REFERENCES person (id),
    starts        TEXT NOT NULL,
    zone          TEXT NOT NULL,
    minutes       INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    -- NULL: every month, on the same weekday of the month as the first session
    -- (its second Tuesday, for example).
    every_weeks   INTEGER CHECK (every_weeks BETWEEN 1 AND 26),
    first_on      TEXT NOT NULL,
    -- The last day, or the number of sessions; both NULL: no end.
    until_on      TEXT,
    times         INTEGER,
    -- The last day for which sessions were made. A series without an end is
    -- continued after it by a worker.
    made_until    TEXT NOT NULL,
    created_by    BLOB NOT NULL REFERENCES account (id),
    created_at    TEXT NOT NULL,
    -- When it was cancelled, or continued as another series.
    ended_at      TEXT,
    -- 1: its sessions are booked outside the therapist's hours on purpose.
    outside       INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1))
) STRICT;
CREATE INDEX series_open ON series (made_until)
    WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL;
CREATE INDEX series_root ON series (root_id);

-- A day of a series on which nothing was booked.
CREATE TABLE series_gap (
    series_id  BLOB NOT NULL REFERENCES series (id),
    on_day     TEXT NOT NULL,
    -- `left_out`: on purpose; `taken`: the therapist, the room or a person was
    -- not free when the day was to be booked.
    reason     TEXT NOT NULL CHECK (reason IN ('left_out', 'taken')),
    noted_at   TEXT NOT NULL,
    -- When the front desk dealt with it.
    seen_at    TEXT,
    PRIMARY KEY (series_id, on_day)
) STRICT;
CREATE INDEX series_gap_open ON series_gap (on_day) WHERE reason = 'taken' AND seen_at IS NULL;

-- A session: one meeting of a client and a clinician.
CREATE TABLE session (
    id               BLOB PRIMARY KEY,
    client_id        BLOB NOT NULL REFERENCES client (id),
    clinician_id     BLOB NOT NULL REFERENCES account (id),
    room_id          BLOB REFERENCES room (id),
    -- The address of the online meeting; empty: none.
    link             TEXT NOT NULL,
    kind             TEXT NOT NULL,
    state            TEXT NOT NULL
        CHECK (state IN ('booked', 'arrived', 'completed', 'no_show', 'late_cancelled', 'cancelled')),
    -- The wall time that was agreed, its zone, and the instants it means by
    -- `zone_version` of the zone database.
    starts           TEXT NOT NULL,
    zone             TEXT NOT NULL,
    minutes          INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    starts_at        TEXT NOT NULL,
    ends_at          TEXT NOT NULL,
    zone_version     TEXT NOT NULL,
    -- Counts the changes.
    version          INTEGER NOT NULL,
    -- The key of the form that booked it, so that a form sent twice books once.
    booking_key      BLOB NOT NULL UNIQUE,
    created_at       TEXT NOT NULL,
    series_id        BLOB REFERENCES series (id),
    -- The day that the rule of the series gave it, also after a move.
    series_on        TEXT,
    -- 1: booked outside the therapist's hours on purpose.
    outside          INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1)),
    -- Why it was booked over a conflict; NULL: it was not.
    override_reason  TEXT,
    -- How often a change of zone rules gave it another instant. With `version`
    -- it makes the SEQUENCE of its calendar entries.
    shifts           INTEGER NOT NULL DEFAULT 0,
    shifted_at       TEXT,
    CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX session_time ON session (starts_at);
CREATE INDEX session_client ON session (client_id, starts_at);
CREATE INDEX session_clinician ON session (clinician_id, starts_at);
CREATE UNIQUE INDEX session_series ON session (series_id, series_on) WHERE series_id IS NOT NULL;

-- A person who comes to a session.
CREATE TABLE session_attendee (
    session_id  BLOB NOT NULL REFERENCES session (id),
    person_id   BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (session_id, person_id)
) STRICT;
CREATE INDEX session_attendee_person ON session_attendee (person_id);

-- A change of a session (booked, moved, cancelled …): who, when and why.
CREATE TABLE session_change (
    id          BLOB PRIMARY KEY,
    session_id  BLOB NOT NULL REFERENCES session (id),
    at          TEXT NOT NULL,
    account_id  BLOB NOT NULL REFERENCES account (id),
    what        TEXT NOT NULL,
    -- The start before and after the change, where it has one.
    from_at     TEXT,
    to_at       TEXT,
    -- Sealed; NULL: no reason was given.
    reason      BLOB
) STRICT;
CREATE INDEX session_change_session ON session_change (session_id, at);

-- The state of a session before its last change, while that can be undone.
CREATE TABLE session_undo (
    session_id       BLOB PRIMARY KEY REFERENCES session (id),
    -- The version that the change made. If the session has a later one, it can
    -- no longer be undone.
    version          INTEGER NOT NULL,
    until            TEXT NOT NULL,
    state            TEXT NOT NULL,
    starts           TEXT NOT NULL,
    zone             TEXT NOT NULL,
    minutes          INTEGER NOT NULL,
    room_id          BLOB REFERENCES room (id),
    link             TEXT NOT NULL,
    outside          INTEGER NOT NULL CHECK (outside IN (0, 1)),
    clinician_id     BLOB REFERENCES account (id),
    kind             TEXT,
    override_reason  TEXT
) STRICT;

-- What a session takes up: its therapist, its room, each person. Nobody and
-- nothing is taken up twice at once; touching ends are allowed, and so is an
-- override, a double booking on purpose that names its reason.
CREATE TABLE occupancy (
    session_id  BLOB NOT NULL REFERENCES session (id),
    held        TEXT NOT NULL CHECK (held IN ('clinician', 'room', 'person')),
    held_id     BLOB NOT NULL,
    starts_at   TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    -- 1: part of an override, and not compared with other rows.
    overridden  INTEGER NOT NULL DEFAULT 0 CHECK (overridden IN (0, 1)),
    PRIMARY KEY (session_id, held, held_id)
) STRICT;
CREATE INDEX occupancy_held ON occupancy (held_id, ends_at, starts_at);

CREATE TRIGGER occupancy_no_overlap_insert BEFORE INSERT ON occupancy
WHEN NEW.overridden = 0 AND EXISTS (
    SELECT 1 FROM occupancy o
    WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at AND o.overridden = 0
)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;

CREATE TRIGGER occupancy_no_overlap_update BEFORE UPDATE ON occupancy
WHEN NEW.overridden = 0 AND EXISTS (
    SELECT 1 FROM occupancy o
    WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at AND o.overridden = 0
      AND NOT (o.session_id = OLD.session_id AND o.held = OLD.held AND o.held_id = OLD.held_id)
)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;

-- Only a session with a reason can have overridden rows.
CREATE TRIGGER occupancy_override_has_reason_insert BEFORE INSERT ON occupancy
WHEN NEW.overridden = 1 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_override_has_reason');
END;

CREATE TRIGGER occupancy_override_has_reason_update BEFORE UPDATE ON occupancy
WHEN NEW.overridden = 1 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_override_has_reason');
END;

-- What a partner asks for from the portal: a new session, another time, or that
-- one of them comes alone.
CREATE TABLE session_request (
    id               BLOB PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('book', 'move', 'alone')),
    -- `partner`, `desk`: the other partner, or the front desk, is to answer.
    state            TEXT NOT NULL CHECK (state IN ('partner', 'desk', 'done', 'declined', 'withdrawn')),
    client_id        BLOB NOT NULL REFERENCES client (id),
    -- Who asks, and their account.
    person_id        BLOB NOT NULL REFERENCES person (id),
    account_id       BLOB NOT NULL REFERENCES account (id),
    -- The session it is about, and its version at that time; NULL: a new one.
    session_id       BLOB REFERENCES session (id),
    session_version  INTEGER,
    -- What is asked for.
    clinician_id     BLOB NOT NULL REFERENCES account (id),
    room_id          BLOB REFERENCES room (id),
    link             TEXT NOT NULL,
    starts           TEXT NOT NULL,
    zone             TEXT NOT NULL,
    minutes          INTEGER NOT NULL,
    starts_at        TEXT NOT NULL,
    ends_at          TEXT NOT NULL,
    made_at          TEXT NOT NULL,
    answered_by      BLOB REFERENCES account (id),
    answered_at      TEXT
) STRICT;
-- One open request of a kind at a time. A request to come alone is known to its
-- author and the practice only: it must not block the other partner's, which
-- would give it away.
CREATE UNIQUE INDEX session_request_move ON session_request (session_id)
    WHERE kind = 'move' AND state IN ('partner', 'desk');
CREATE UNIQUE INDEX session_request_alone ON session_request (session_id, person_id)
    WHERE kind = 'alone' AND state IN ('partner', 'desk');
CREATE UNIQUE INDEX session_request_book ON session_request (client_id, starts_at)
    WHERE kind = 'book' AND state IN ('partner', 'desk');
CREATE INDEX session_request_person ON session_request (person_id, made_at);
CREATE INDEX session_request_client ON session_request (client_id, made_at);
CREATE INDEX session_request_desk ON session_request (starts_at) WHERE state = 'desk';

-- A person's answer, by the link in a reminder, whether they are coming. The
-- last one counts, while the session has the version that it was given for.
CREATE TABLE session_reply (
    session_id       BLOB NOT NULL REFERENCES session (id),
    person_id        BLOB NOT NULL REFERENCES person (id),
    session_version  INTEGER NOT NULL,
    -- `alone`: only they can come; `another`: they need another time.
    reply            TEXT NOT NULL CHECK (reply IN ('coming', 'alone', 'another')),
    replied_at       TEXT NOT NULL,
    -- How often the person changed the answer.
    changes          INTEGER NOT NULL,
    -- Who at the practice dealt with it, and when.
    settled_by       BLOB REFERENCES account (id),
    settled_at       TEXT,
    PRIMARY KEY (session_id, person_id)
) STRICT;
CREATE INDEX session_reply_open ON session_reply (session_id) WHERE reply <> 'coming' AND settled_at IS NULL;

-- An inquiry of the waitlist: a person who asks for a first meeting, on the
-- public page or by a call. No reason and no story is asked for.
CREATE TABLE inquiry (
    id            BLOB PRIMARY KEY,
    name          TEXT NOT NULL,
    -- Either may be empty where the practice noted a call.
    email         TEXT NOT NULL,
    phone         TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    -- The part of the day, and the place, that they would like.
    part          TEXT NOT NULL CHECK (part IN ('any', 'morning', 'afternoon', 'evening')),
    meeting       TEXT NOT NULL CHECK (meeting IN ('any', 'room', 'online')),
    -- `unconfirmed`: the link that was sent to the address is not opened yet.
    state         TEXT NOT NULL CHECK (state IN ('unconfirmed', 'waiting', 'called', 'taken_on', 'closed')),
    token_hash    BLOB NOT NULL UNIQUE,
    made_at       TEXT NOT NULL,
    confirmed_at  TEXT,
    settled_by    BLOB REFERENCES account (id),
    settled_at    TEXT,
    -- When an email to this address came back, and what the mail server said.
    returned_at   TEXT,
    returned_why  TEXT NOT NULL DEFAULT '',
    -- The address in the form in which it is compared, and the version of the rule
    -- that made it.
    email_key     TEXT NOT NULL DEFAULT '',
    keys_version  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inquiry_state ON inquiry (state, confirmed_at);

-- An earlier wish of the waitlist: a client who would come sooner than booked if
-- a time becomes free. It applies while the session is not before `than`.
CREATE TABLE earlier_wish (
    session_id  BLOB PRIMARY KEY REFERENCES session (id),
    -- The part of the day that they would like.
    part        TEXT NOT NULL,
    -- When the session was to begin when they asked.
    than        TEXT NOT NULL,
    -- The wishes are met in this order.
    asked_at    TEXT NOT NULL,
    asked_by    BLOB NOT NULL REFERENCES account (id)
) STRICT;

-- A fee that is suggested for a session missed or cancelled late.
CREATE TABLE fee_suggestion (
    session_id  BLOB PRIMARY KEY REFERENCES session (id),
    -- `practice.late_fee` as it was then.
    amount      TEXT NOT NULL,
    -- `kept`: the practice asks for it; `waived`: it does not.
    state       TEXT NOT NULL CHECK (state IN ('suggested', 'kept', 'waived')),
    made_at     TEXT NOT NULL,
    decided_by  BLOB REFERENCES account (id),
    decided_at  TEXT
) STRICT;

-- A calendar feed: the sessions of one account for a calendar elsewhere, under
-- a secret address that can be revoked.
CREATE TABLE feed (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    token_hash  BLOB NOT NULL UNIQUE,
    -- What a therapist's entries name of the client. A partner's entries name
    -- as little as their emails.
    wording     TEXT NOT NULL CHECK (wording IN ('busy', 'initials', 'names')),
    made_at     TEXT NOT NULL,
    -- When a calendar last read it.
    read_at     TEXT,
    revoked_at  TEXT
) STRICT;
CREATE UNIQUE INDEX feed_account ON feed (account_id) WHERE revoked_at IS NULL;
