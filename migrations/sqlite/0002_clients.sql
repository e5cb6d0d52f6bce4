-- People, and the treatment units they are clients in.

CREATE TABLE person (
    id           BLOB PRIMARY KEY,
    name         TEXT NOT NULL,
    search_name  TEXT NOT NULL,
    pronouns     TEXT NOT NULL,
    email        TEXT,
    phone        TEXT NOT NULL,
    zone         TEXT NOT NULL,
    language     TEXT NOT NULL,
    portal_only  INTEGER NOT NULL CHECK (portal_only IN (0, 1)),
    safe_from    TEXT,
    safe_until   TEXT,
    reminders    INTEGER NOT NULL CHECK (reminders IN (0, 1)),
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    CHECK ((safe_from IS NULL) = (safe_until IS NULL))
) STRICT;

CREATE TABLE client (
    id           BLOB PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    created_at   TEXT NOT NULL,
    created_by   BLOB NOT NULL REFERENCES account (id),
    archived_at  TEXT
) STRICT;

CREATE TABLE client_member (
    client_id  BLOB NOT NULL REFERENCES client (id),
    person_id  BLOB NOT NULL REFERENCES person (id),
    seat       TEXT NOT NULL CHECK (seat IN ('a', 'b')),
    joined_at  TEXT NOT NULL,
    left_at    TEXT,
    PRIMARY KEY (client_id, person_id)
) STRICT;
CREATE UNIQUE INDEX client_member_one_each_seat ON client_member (client_id, seat) WHERE left_at IS NULL;
CREATE INDEX client_member_person ON client_member (person_id);

-- Whose caseload a client is in. A cover has an end.
CREATE TABLE care (
    client_id     BLOB NOT NULL REFERENCES client (id),
    clinician_id  BLOB NOT NULL REFERENCES account (id),
    covering      INTEGER NOT NULL CHECK (covering IN (0, 1)),
    starts_on     TEXT NOT NULL,
    ends_on       TEXT,
    PRIMARY KEY (client_id, clinician_id, starts_on)
) STRICT;
CREATE INDEX care_clinician ON care (clinician_id, client_id);
