-- The library, what was assigned from it, and what came back.

CREATE TABLE exercise (
    id          BLOB PRIMARY KEY,
    slug        TEXT NOT NULL UNIQUE,
    created_at  TEXT NOT NULL
) STRICT;

-- What is assigned stays on the version it was assigned with.
CREATE TABLE exercise_version (
    id           BLOB PRIMARY KEY,
    exercise_id  BLOB NOT NULL REFERENCES exercise (id),
    version      INTEGER NOT NULL,
    document     TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    UNIQUE (exercise_id, version)
) STRICT;

CREATE TABLE assignment (
    id                   BLOB PRIMARY KEY,
    client_id            BLOB NOT NULL REFERENCES client (id),
    exercise_version_id  BLOB NOT NULL REFERENCES exercise_version (id),
    assigned_by          BLOB NOT NULL REFERENCES account (id),
    assigned_at          TEXT NOT NULL,
    due                  TEXT NOT NULL CHECK (due IN ('on_date', 'before_next')),
    due_on               TEXT,
    word_along           BLOB,
    withdrawn_at         TEXT,
    CHECK ((due = 'on_date') = (due_on IS NOT NULL))
) STRICT;
CREATE INDEX assignment_client ON assignment (client_id, assigned_at);

CREATE TABLE occurrence (
    id             BLOB PRIMARY KEY,
    assignment_id  BLOB NOT NULL REFERENCES assignment (id),
    number         INTEGER NOT NULL,
    submissions    INTEGER NOT NULL,
    revealed_at    TEXT,
    UNIQUE (assignment_id, number)
) STRICT;

-- One row for each person the occurrence is for, from the first moment: the
-- reveal happens when every row of an occurrence is submitted.
CREATE TABLE response (
    id             BLOB PRIMARY KEY,
    occurrence_id  BLOB NOT NULL REFERENCES occurrence (id),
    person_id      BLOB NOT NULL REFERENCES person (id),
    draft          BLOB,
    draft_number   INTEGER NOT NULL,
    draft_at       TEXT,
    submitted_at   TEXT,
    UNIQUE (occurrence_id, person_id),
    CHECK (submitted_at IS NULL OR draft IS NULL)
) STRICT;
CREATE INDEX response_person ON response (person_id, submitted_at);

CREATE TABLE answer (
    id             BLOB PRIMARY KEY,
    response_id    BLOB NOT NULL REFERENCES response (id),
    occurrence_id  BLOB NOT NULL REFERENCES occurrence (id),
    person_id      BLOB NOT NULL REFERENCES person (id),
    step           TEXT NOT NULL,
    scope          TEXT NOT NULL CHECK (scope IN ('mine', 'therapist', 'reveal', 'couple')),
    body           BLOB NOT NULL,
    shared_at      TEXT,
    UNIQUE (response_id, step)
) STRICT;
CREATE INDEX answer_occurrence ON answer (occurrence_id, person_id);
