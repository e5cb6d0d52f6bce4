-- Pathways, and the copy that a client walks along.

CREATE TABLE pathway (
    id           BLOB PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE,
    -- NULL: shipped with the program.
    author_id    BLOB REFERENCES account (id),
    document     TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    archived_at  TEXT
) STRICT;

CREATE TABLE walk (
    id          BLOB PRIMARY KEY,
    client_id   BLOB NOT NULL REFERENCES client (id),
    pathway_id  BLOB NOT NULL REFERENCES pathway (id),
    title       TEXT NOT NULL,
    -- NULL: everyone of the client.
    person_id   BLOB REFERENCES person (id),
    started_by  BLOB NOT NULL REFERENCES account (id),
    started_at  TEXT NOT NULL,
    ended_at    TEXT
) STRICT;
CREATE INDEX walk_client ON walk (client_id, started_at);
CREATE INDEX walk_open ON walk (started_at) WHERE ended_at IS NULL;

CREATE TABLE walk_step (
    id             BLOB PRIMARY KEY,
    walk_id        BLOB NOT NULL REFERENCES walk (id),
    position       INTEGER NOT NULL,
    exercise_id    BLOB NOT NULL REFERENCES exercise (id),
    after_both INTEGER NOT NULL CHECK (after_both IN (0, 1)),
    after_days     INTEGER,
    every_days     INTEGER,
    for_days       INTEGER,
    -- What it became, once its turn had come.
    assignment_id  BLOB UNIQUE REFERENCES assignment (id)
) STRICT;
CREATE INDEX walk_step_walk ON walk_step (walk_id, position);
