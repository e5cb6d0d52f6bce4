-- Sessions and what is asked of them. What recurs or is agreed is kept as wall
-- time and zone; what happens, as instants computed from them with one version
-- of the zone database.

-- For the exclusion constraint of `occupancy`.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Sessions that repeat: a wall time in a zone and a rule. Its sessions are rows
-- of `session` like any other.
CREATE TABLE series (
    id            UUID PRIMARY KEY,
    -- The series as it was first booked: itself, or the one that it continues.
    root_id       UUID NOT NULL REFERENCES series (id),
    client_id     UUID NOT NULL REFERENCES client (id),
    clinician_id  UUID NOT NULL REFERENCES account (id),
    room_id       UUID REFERENCES room (id),
    -- The address of the online meeting; empty: none.
    link          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    -- The partner who comes alone; NULL: everyone of the client.
    person_id     UUID REFERENCES person (id),
    starts        TIME NOT NULL,
    zone          TEXT NOT NULL,
    minutes       BIGINT NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    -- NULL: every month, on the same weekday of the month as the first session
    -- (its second Tuesday, for example).
    every_weeks   BIGINT CHECK (every_weeks BETWEEN 1 AND 26),
    first_on      DATE NOT NULL,
    -- The last day, or the number of sessions; both NULL: no end.
    until_on      DATE,
    times         BIGINT,
    -- The last day for which sessions were made. A series without an end is
    -- continued after it by a worker.
    made_until    DATE NOT NULL,
    created_by    UUID NOT NULL REFERENCES account (id),
    created_at    TIMESTAMPTZ NOT NULL,
    -- When it was cancelled, or continued as another series.
    ended_at      TIMESTAMPTZ,
    -- true: its sessions are booked outside the therapist's hours on purpose.
    outside       BOOLEAN NOT NULL DEFAULT false
);
CREATE INDEX series_open ON series (made_until)
    WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL;
CREATE INDEX series_root ON series (root_id);

-- A day of a series on which nothing was booked.
CREATE TABLE series_gap (
    series_id  UUID NOT NULL REFERENCES series (id),
    on_day     DATE NOT NULL,
    -- `left_out`: on purpose; `taken`: the therapist, the room or a person was
    -- not free when the day was to be booked.
    reason     TEXT NOT NULL CHECK (reason IN ('left_out', 'taken')),
    noted_at   TIMESTAMPTZ NOT NULL,
    -- When the front desk dealt with it.
    seen_at    TIMESTAMPTZ,
    PRIMARY KEY (series_id, on_day)
);
CREATE INDEX series_gap_open ON series_gap (on_day) WHERE reason = 'taken' AND seen_at IS NULL;

-- A session: one meeting of a client and a clinician.
CREATE TABLE session (
    id               UUID PRIMARY KEY,
    client_id        UUID NOT NULL REFERENCES client (id),
    clinician_id     UUID NOT NULL REFERENCES account (id),
    room_id          UUID REFERENCES room (id),
    -- The address of the online meeting; empty: none.
    link             TEXT NOT NULL,
    kind             TEXT NOT NULL,
    state            TEXT NOT NULL
        CHECK (state IN ('booked', 'arrived', 'completed', 'no_show', 'late_cancelled', 'cancelled')),
    -- The wall time that was agreed, its zone, and the instants it means by
    -- `zone_version` of the zone database.
    starts           TIMESTAMP NOT NULL,
    zone             TEXT NOT NULL,
    minutes          BIGINT NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    starts_at        TIMESTAMPTZ NOT NULL,
    ends_at          TIMESTAMPTZ NOT NULL,
    zone_version     TEXT NOT NULL,
    -- Counts the changes.
    version          BIGINT NOT NULL,
    -- The key of the form that booked it, so that a form sent twice books once.
    booking_key      UUID NOT NULL UNIQUE,
    created_at       TIMESTAMPTZ NOT NULL,
    series_id        UUID REFERENCES series (id),
    -- The day that the rule of the series gave it, also after a move.
    series_on        DATE,
    -- true: booked outside the therapist's hours on purpose.
    outside          BOOLEAN NOT NULL DEFAULT false,
    -- Why it was booked over a conflict; NULL: it was not.
    override_reason  TEXT,
    -- How often a change of zone rules gave it another instant. With `version`
    -- it makes the SEQUENCE of its calendar entries.
    shifts           BIGINT NOT NULL DEFAULT 0,
    shifted_at       TIMESTAMPTZ,
    CHECK (ends_at > starts_at)
);
CREATE INDEX session_time ON session (starts_at);
CREATE INDEX session_client ON session (client_id, starts_at);
CREATE INDEX session_clinician ON session (clinician_id, starts_at);
CREATE UNIQUE INDEX session_series ON session (series_id, series_on) WHERE series_id IS NOT NULL;

-- A person who comes to a session.
CREATE TABLE session_attendee (
    session_id  UUID NOT NULL REFERENCES session (id),
    person_id   UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (session_id, person_id)
);
CREATE INDEX session_attendee_person ON session_attendee (person_id);

-- A change of a session (booked, moved, cancelled …): who, when and why.
CREATE TABLE session_change (
    id          UUID PRIMARY KEY,
    session_id  UUID NOT NULL REFERENCES session (id),
    at          TIMESTAMPTZ NOT NULL,
    account_id  UUID NOT NULL REFERENCES account (id),
    what        TEXT NOT NULL,
    -- The start before and after the change, where it has one.
    from_at     TIMESTAMPTZ,
    to_at       TIMESTAMPTZ,
    -- Sealed; NULL: no reason was given.
    reason      BYTEA
);
CREATE INDEX session_change_session ON session_change (session_id, at);

-- The state of a session before its last change, while that can be undone.
CREATE TABLE session_undo (
    session_id       UUID PRIMARY KEY REFERENCES session (id),
    -- The version that the change made. If the session has a later one, it can
    -- no longer be undone.
    version          BIGINT NOT NULL,
    until            TIMESTAMPTZ NOT NULL,
    state            TEXT NOT NULL,
    starts           TIMESTAMP NOT NULL,
    zone             TEXT NOT NULL,
    minutes          BIGINT NOT NULL,
    room_id          UUID REFERENCES room (id),
    link             TEXT NOT NULL,
    outside          BOOLEAN NOT NULL,
    clinician_id     UUID REFERENCES account (id),
    kind             TEXT,
    override_reason  TEXT
);

-- What a session takes up: its therapist, its room, each person. Nobody and
-- nothing is taken up twice at once; touching ends are allowed, and so is an
-- override, a double booking on purpose that names its reason.
CREATE TABLE occupancy (
    session_id  UUID NOT NULL REFERENCES session (id),
    held        TEXT NOT NULL CHECK (held IN ('clinician', 'room', 'person')),
    held_id     UUID NOT NULL,
    starts_at   TIMESTAMPTZ NOT NULL,
    ends_at     TIMESTAMPTZ NOT NULL,
    -- true: part of an override, and not compared with other rows.
    overridden  BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (session_id, held, held_id),
    CONSTRAINT occupancy_no_overlap
        EXCLUDE USING gist (held_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (NOT overridden)
);
CREATE INDEX occupancy_held ON occupancy (held_id, ends_at, starts_at);

-- Only a session with a reason can have overridden rows.
CREATE FUNCTION occupancy_override_has_reason() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.overridden AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0) THEN
        RAISE EXCEPTION 'occupancy_override_has_reason';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER occupancy_override_has_reason BEFORE INSERT OR UPDATE ON occupancy
    FOR EACH ROW EXECUTE FUNCTION occupancy_override_has_reason();

-- What a partner asks for from the portal: a new session, another time, or that
-- one of them comes alone.
CREATE TABLE session_request (
    id               UUID PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('book', 'move', 'alone')),
    -- `partner`, `desk`: the other partner, or the front desk, is to answer.
    state            TEXT NOT NULL CHECK (state IN ('partner', 'desk', 'done', 'declined', 'withdrawn')),
    client_id        UUID NOT NULL REFERENCES client (id),
    -- Who asks, and their account.
    person_id        UUID NOT NULL REFERENCES person (id),
    account_id       UUID NOT NULL REFERENCES account (id),
    -- The session it is about, and its version at that time; NULL: a new one.
    session_id       UUID REFERENCES session (id),
    session_version  BIGINT,
    -- What is asked for.
    clinician_id     UUID NOT NULL REFERENCES account (id),
    room_id          UUID REFERENCES room (id),
    link             TEXT NOT NULL,
    starts           TIMESTAMP NOT NULL,
    zone             TEXT NOT NULL,
    minutes          BIGINT NOT NULL,
    starts_at        TIMESTAMPTZ NOT NULL,
    ends_at          TIMESTAMPTZ NOT NULL,
    made_at          TIMESTAMPTZ NOT NULL,
    answered_by      UUID REFERENCES account (id),
    answered_at      TIMESTAMPTZ
);
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
    session_id       UUID NOT NULL REFERENCES session (id),
    person_id        UUID NOT NULL REFERENCES person (id),
    session_version  BIGINT NOT NULL,
    -- `alone`: only they can come; `another`: they need another time.
    reply            TEXT NOT NULL CHECK (reply IN ('coming', 'alone', 'another')),
    replied_at       TIMESTAMPTZ NOT NULL,
    -- How often the person changed the answer.
    changes          BIGINT NOT NULL,
    -- Who at the practice dealt with it, and when.
    settled_by       UUID REFERENCES account (id),
    settled_at       TIMESTAMPTZ,
    PRIMARY KEY (session_id, person_id)
);
CREATE INDEX session_reply_open ON session_reply (session_id) WHERE reply <> 'coming' AND settled_at IS NULL;

-- An inquiry of the waitlist: a person who asks for a first meeting, on the
-- public page or by a call. No reason and no story is asked for.
CREATE TABLE inquiry (
    id            UUID PRIMARY KEY,
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
    token_hash    BYTEA NOT NULL UNIQUE,
    made_at       TIMESTAMPTZ NOT NULL,
    confirmed_at  TIMESTAMPTZ,
    settled_by    UUID REFERENCES account (id),
    settled_at    TIMESTAMPTZ,
    -- When an email to this address came back, and what the mail server said.
    returned_at   TIMESTAMPTZ,
    returned_why  TEXT NOT NULL DEFAULT '',
    -- The address in the form in which it is compared, and the version of the rule
    -- that made it.
    email_key     TEXT NOT NULL DEFAULT '',
    keys_version  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX inquiry_state ON inquiry (state, confirmed_at);

-- An earlier wish of the waitlist: a client who would come sooner than booked if
-- a time becomes free. It applies while the session is not before `than`.
CREATE TABLE earlier_wish (
    session_id  UUID PRIMARY KEY REFERENCES session (id),
    -- The part of the day that they would like.
    part        TEXT NOT NULL,
    -- When the session was to begin when they asked.
    than        TIMESTAMPTZ NOT NULL,
    -- The wishes are met in this order.
    asked_at    TIMESTAMPTZ NOT NULL,
    asked_by    UUID NOT NULL REFERENCES account (id)
);

-- A fee that is suggested for a session missed or cancelled late.
CREATE TABLE fee_suggestion (
    session_id  UUID PRIMARY KEY REFERENCES session (id),
    -- `practice.late_fee` as it was then.
    amount      TEXT NOT NULL,
    -- `kept`: the practice asks for it; `waived`: it does not.
    state       TEXT NOT NULL CHECK (state IN ('suggested', 'kept', 'waived')),
    made_at     TIMESTAMPTZ NOT NULL,
    decided_by  UUID REFERENCES account (id),
    decided_at  TIMESTAMPTZ
);

-- A calendar feed: the sessions of one account for a calendar elsewhere, under
-- a secret address that can be revoked.
CREATE TABLE feed (
    id          UUID PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (id),
    token_hash  BYTEA NOT NULL UNIQUE,
    -- What a therapist's entries name of the client. A partner's entries name
    -- as little as their emails.
    wording     TEXT NOT NULL CHECK (wording IN ('busy', 'initials', 'names')),
    made_at     TIMESTAMPTZ NOT NULL,
    -- When a calendar last read it.
    read_at     TIMESTAMPTZ,
    revoked_at  TIMESTAMPTZ
);
CREATE UNIQUE INDEX feed_account ON feed (account_id) WHERE revoked_at IS NULL;
