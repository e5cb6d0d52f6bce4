-- The library, what was assigned from it, and what came back.

CREATE TABLE exercise (
    id          UUID PRIMARY KEY,
    slug        TEXT NOT NULL UNIQUE,
    created_at  TIMESTAMPTZ NOT NULL
);

-- What is assigned stays on the version it was assigned with.
CREATE TABLE exercise_version (
    id           UUID PRIMARY KEY,
    exercise_id  UUID NOT NULL REFERENCES exercise (id),
    version      BIGINT NOT NULL,
    document     JSONB NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (exercise_id, version)
);

CREATE TABLE assignment (
    id                   UUID PRIMARY KEY,
    client_id            UUID NOT NULL REFERENCES client (id),
    exercise_version_id  UUID NOT NULL REFERENCES exercise_version (id),
    assigned_by          UUID NOT NULL REFERENCES account (id),
    assigned_at          TIMESTAMPTZ NOT NULL,
    due                  TEXT NOT NULL CHECK (due IN ('on_date', 'before_next')),
    due_on               DATE,
    word_along           BYTEA,
    withdrawn_at         TIMESTAMPTZ,
    CHECK ((due = 'on_date') = (due_on IS NOT NULL))
);
CREATE INDEX assignment_client ON assignment (client_id, assigned_at);

CREATE TABLE occurrence (
    id             UUID PRIMARY KEY,
    assignment_id  UUID NOT NULL REFERENCES assignment (id),
    number         BIGINT NOT NULL,
    submissions    BIGINT NOT NULL,
    revealed_at    TIMESTAMPTZ,
    UNIQUE (assignment_id, number)
);

-- One row for each person the occurrence is for, from the first moment: the
-- reveal happens when every row of an occurrence is submitted.
CREATE TABLE response (
    id             UUID PRIMARY KEY,
    occurrence_id  UUID NOT NULL REFERENCES occurrence (id),
    person_id      UUID NOT NULL REFERENCES person (id),
    draft          BYTEA,
    draft_number   BIGINT NOT NULL,
    draft_at       TIMESTAMPTZ,
    submitted_at   TIMESTAMPTZ,
    UNIQUE (occurrence_id, person_id),
    CHECK (submitted_at IS NULL OR draft IS NULL)
);
CREATE INDEX response_person ON response (person_id, submitted_at);

CREATE TABLE answer (
    id             UUID PRIMARY KEY,
    response_id    UUID NOT NULL REFERENCES response (id),
    occurrence_id  UUID NOT NULL REFERENCES occurrence (id),
    person_id      UUID NOT NULL REFERENCES person (id),
    step           TEXT NOT NULL,
    scope          TEXT NOT NULL CHECK (scope IN ('mine', 'therapist', 'reveal', 'couple')),
    body           BYTEA NOT NULL,
    shared_at      TIMESTAMPTZ,
    UNIQUE (response_id, step)
);
CREATE INDEX answer_occurrence ON answer (occurrence_id, person_id);
