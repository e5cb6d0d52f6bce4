-- People, the clients they are partners in, and whose caseload a client is in.

-- A person who comes to sessions.
CREATE TABLE person (
    id                  UUID PRIMARY KEY,
    name                TEXT NOT NULL,
    -- The name in the form in which it is searched.
    search_name         TEXT NOT NULL,
    pronouns            TEXT NOT NULL,
    -- NULL: none is known.
    email               TEXT,
    phone               TEXT NOT NULL,
    zone                TEXT NOT NULL,
    -- The language of their emails.
    language            TEXT NOT NULL,
    -- How the person may be written to is theirs alone: the other partner never
    -- sees it, nor its effects. true: no email at all, everything is in the portal.
    portal_only         BOOLEAN NOT NULL,
    -- Email only between these hours of the person's own zone; `from` after
    -- `until` is a span over midnight. NULL: at any hour.
    safe_from           TIME,
    safe_until          TIME,
    -- Whether reminders of sessions are sent; notices of a move or a
    -- cancellation are sent in any case.
    reminders           BOOLEAN NOT NULL,
    created_at          TIMESTAMPTZ NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL,
    -- Whether reminders of exercises and plans are sent, and at which hour of
    -- the person's own zone.
    nudges              BOOLEAN NOT NULL DEFAULT true,
    nudge_at            TIME NOT NULL DEFAULT '18:00:00',
    -- The hours of the week at which they like to come, as JSON. Slots are looked
    -- for by them, but only the person can see them. NULL: they have not said.
    prefers             JSONB,
    -- When an email to this address came back: nothing more is sent there until
    -- the practice has looked at it. NULL: the address is usable.
    returned_at         TIMESTAMPTZ,
    -- What the mail server said, for the practice.
    returned_why        TEXT NOT NULL DEFAULT '',
    -- When they want to be reminded of sessions, as `practice.leads`; NULL: as
    -- the practice does it.
    leads               JSONB,
    -- Since when the address is the person's own: they set it while signed in,
    -- or opened a link that was sent there. NULL: the practice wrote it.
    email_own_at        TIMESTAMPTZ,
    -- The address that the practice suggests to a person whose address is their
    -- own.
    email_suggested     TEXT,
    email_suggested_at  TIMESTAMPTZ,
    email_suggested_by  UUID REFERENCES account (id),
    -- The address in the form in which it is compared.
    email_key           TEXT NOT NULL DEFAULT '',
    -- The version of the rules that made `search_name` and `email_key`. A row
    -- with another version is computed again when the program starts.
    keys_version        BIGINT NOT NULL DEFAULT 0,
    -- Whether they are emailed about what they do alone: unless another person
    -- has the same address, never, or to the address it was chosen for.
    alone_mail          TEXT NOT NULL DEFAULT 'unshared'
        CONSTRAINT person_alone_mail CHECK (alone_mail IN ('unshared', 'portal_only', 'address')),
    -- The key of the address for which `address` was chosen. With another
    -- address the choice no longer applies.
    alone_mail_for      TEXT NOT NULL DEFAULT '',
    CHECK ((safe_from IS NULL) = (safe_until IS NULL))
);
CREATE INDEX person_returned ON person (returned_at) WHERE returned_at IS NOT NULL;
-- Each email asks who else has its address.
CREATE INDEX person_email_key ON person (email_key);

-- A client, the unit of treatment: a couple or an individual.
CREATE TABLE client (
    id            UUID PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    created_at    TIMESTAMPTZ NOT NULL,
    created_by    UUID NOT NULL REFERENCES account (id),
    archived_at   TIMESTAMPTZ,
    -- When the two separated. From then on the record is archived and frozen
    -- (0009_frozen.sql).
    separated_at  TIMESTAMPTZ,
    separated_by  UUID REFERENCES account (id)
);

-- A person's membership in a client.
CREATE TABLE client_member (
    client_id  UUID NOT NULL REFERENCES client (id),
    person_id  UUID NOT NULL REFERENCES person (id),
    -- The first or the second partner.
    seat       TEXT NOT NULL CHECK (seat IN ('a', 'b')),
    joined_at  TIMESTAMPTZ NOT NULL,
    left_at    TIMESTAMPTZ,
    PRIMARY KEY (client_id, person_id)
);
CREATE UNIQUE INDEX client_member_one_each_seat ON client_member (client_id, seat) WHERE left_at IS NULL;
CREATE INDEX client_member_person ON client_member (person_id);

-- A client in a clinician's caseload.
CREATE TABLE care (
    client_id     UUID NOT NULL REFERENCES client (id),
    clinician_id  UUID NOT NULL REFERENCES account (id),
    -- true: the clinician stands in for a colleague until `ends_on`.
    covering      BOOLEAN NOT NULL,
    starts_on     DATE NOT NULL,
    -- NULL: no end is set.
    ends_on       DATE,
    PRIMARY KEY (client_id, clinician_id, starts_on)
);
CREATE INDEX care_clinician ON care (clinician_id, client_id);
