-- People, the clients they are partners in, and whose caseload a client is in.

-- A person who comes to sessions.
CREATE TABLE person (
    id                  BLOB PRIMARY KEY,
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
    -- sees it, nor its effects. 1: no email at all, everything is in the portal.
    portal_only         INTEGER NOT NULL CHECK (portal_only IN (0, 1)),
    -- Email only between these hours of the person's own zone; `from` after
    -- `until` is a span over midnight. NULL: at any hour.
    safe_from           TEXT,
    safe_until          TEXT,
    -- Whether reminders of sessions are sent; notices of a move or a
    -- cancellation are sent in any case.
    reminders           INTEGER NOT NULL CHECK (reminders IN (0, 1)),
    created_at          TEXT NOT NULL,
    updated_at          TEXT NOT NULL,
    -- Whether reminders of exercises and plans are sent, and at which hour of
    -- the person's own zone.
    nudges              INTEGER NOT NULL DEFAULT 1 CHECK (nudges IN (0, 1)),
    nudge_at            TEXT NOT NULL DEFAULT '18:00:00',
    -- The hours of the week at which they like to come, as JSON. Slots are looked
    -- for by them, but only the person can see them. NULL: they have not said.
    prefers             TEXT,
    -- When an email to this address came back: nothing more is sent there until
    -- the practice has looked at it. NULL: the address is usable.
    returned_at         TEXT,
    -- What the mail server said, for the practice.
    returned_why        TEXT NOT NULL DEFAULT '',
    -- When they want to be reminded of sessions, as `practice.leads`; NULL: as
    -- the practice does it.
    leads               TEXT,
    -- Since when the address is the person's own: they set it while signed in,
    -- or opened a link that was sent there. NULL: the practice wrote it.
    email_own_at        TEXT,
    -- The address that the practice suggests to a person whose address is their
    -- own.
    email_suggested     TEXT,
    email_suggested_at  TEXT,
    email_suggested_by  BLOB REFERENCES account (id),
    -- The address in the form in which it is compared.
    email_key           TEXT NOT NULL DEFAULT '',
    -- The version of the rules that made `search_name` and `email_key`. A row
    -- with another version is computed again when the program starts.
    keys_version        INTEGER NOT NULL DEFAULT 0,
    -- Whether they are emailed about what they do alone: unless another person
    -- has the same address, never, or to the address it was chosen for.
    alone_mail          TEXT NOT NULL DEFAULT 'unshared'
        CONSTRAINT person_alone_mail CHECK (alone_mail IN ('unshared', 'portal_only', 'address')),
    -- The key of the address for which `address` was chosen. With another
    -- address the choice no longer applies.
    alone_mail_for      TEXT NOT NULL DEFAULT '',
    CHECK ((safe_from IS NULL) = (safe_until IS NULL))
) STRICT;
CREATE INDEX person_returned ON person (returned_at) WHERE returned_at IS NOT NULL;
-- Each email asks who else has its address.
CREATE INDEX person_email_key ON person (email_key);

-- A client, the unit of treatment: a couple or an individual.
CREATE TABLE client (
    id            BLOB PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    created_at    TEXT NOT NULL,
    created_by    BLOB NOT NULL REFERENCES account (id),
    archived_at   TEXT,
    -- When the two separated. From then on the record is archived and frozen
    -- (0009_frozen.sql).
    separated_at  TEXT,
    separated_by  BLOB REFERENCES account (id)
) STRICT;

-- A person's membership in a client.
CREATE TABLE client_member (
    client_id  BLOB NOT NULL REFERENCES client (id),
    person_id  BLOB NOT NULL REFERENCES person (id),
    -- The first or the second partner.
    seat       TEXT NOT NULL CHECK (seat IN ('a', 'b')),
    joined_at  TEXT NOT NULL,
    left_at    TEXT,
    PRIMARY KEY (client_id, person_id)
) STRICT;
CREATE UNIQUE INDEX client_member_one_each_seat ON client_member (client_id, seat) WHERE left_at IS NULL;
CREATE INDEX client_member_person ON client_member (person_id);

-- A client in a clinician's caseload.
CREATE TABLE care (
    client_id     BLOB NOT NULL REFERENCES client (id),
    clinician_id  BLOB NOT NULL REFERENCES account (id),
    -- 1: the clinician stands in for a colleague until `ends_on`.
    covering      INTEGER NOT NULL CHECK (covering IN (0, 1)),
    starts_on     TEXT NOT NULL,
    -- NULL: no end is set.
    ends_on       TEXT,
    PRIMARY KEY (client_id, clinician_id, starts_on)
) STRICT;
CREATE INDEX care_clinician ON care (clinician_id, client_id);
