-- People, and the treatment units they are clients in.

CREATE TABLE person (
    id           UUID PRIMARY KEY,
    name         TEXT NOT NULL,
    search_name  TEXT NOT NULL,
    pronouns     TEXT NOT NULL,
    email        TEXT,
    phone        TEXT NOT NULL,
    zone         TEXT NOT NULL,
    language     TEXT NOT NULL,
    portal_only  BOOLEAN NOT NULL,
    safe_from    TIME,
    safe_until   TIME,
    reminders    BOOLEAN NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    CHECK ((safe_from IS NULL) = (safe_until IS NULL))
);

CREATE TABLE client (
    id           UUID PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    created_at   TIMESTAMPTZ NOT NULL,
    created_by   UUID NOT NULL REFERENCES account (id),
    archived_at  TIMESTAMPTZ
);

CREATE TABLE client_member (
    client_id  UUID NOT NULL REFERENCES client (id),
    person_id  UUID NOT NULL REFERENCES person (id),
    seat       TEXT NOT NULL CHECK (seat IN ('a', 'b')),
    joined_at  TIMESTAMPTZ NOT NULL,
    left_at    TIMESTAMPTZ,
    PRIMARY KEY (client_id, person_id)
);
CREATE UNIQUE INDEX client_member_one_each_seat ON client_member (client_id, seat) WHERE left_at IS NULL;
CREATE INDEX client_member_person ON client_member (person_id);

-- Whose caseload a client is in. A cover has an end.
CREATE TABLE care (
    client_id     UUID NOT NULL REFERENCES client (id),
    clinician_id  UUID NOT NULL REFERENCES account (id),
    covering      BOOLEAN NOT NULL,
    starts_on     DATE NOT NULL,
    ends_on       DATE,
    PRIMARY KEY (client_id, clinician_id, starts_on)
);
CREATE INDEX care_clinician ON care (clinician_id, client_id);
