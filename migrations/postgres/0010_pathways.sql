-- Pathways, and the copy that a client walks along.

CREATE TABLE pathway (
    id           uuid PRIMARY KEY,
    slug         text NOT NULL UNIQUE,
    -- NULL: shipped with the program.
    author_id    uuid REFERENCES account (id),
    document     jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    archived_at  timestamptz
);

CREATE TABLE walk (
    id          uuid PRIMARY KEY,
    client_id   uuid NOT NULL REFERENCES client (id),
    pathway_id  uuid NOT NULL REFERENCES pathway (id),
    title       text NOT NULL,
    -- NULL: everyone of the client.
    person_id   uuid REFERENCES person (id),
    started_by  uuid NOT NULL REFERENCES account (id),
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX walk_client ON walk (client_id, started_at);
CREATE INDEX walk_open ON walk (started_at) WHERE ended_at IS NULL;

CREATE TABLE walk_step (
    id             uuid PRIMARY KEY,
    walk_id        uuid NOT NULL REFERENCES walk (id),
    position       bigint NOT NULL,
    exercise_id    uuid NOT NULL REFERENCES exercise (id),
    after_both boolean NOT NULL,
    after_days     bigint,
    every_days     bigint,
    for_days       bigint,
    -- What it became, once its turn had come.
    assignment_id  uuid UNIQUE REFERENCES assignment (id)
);
CREATE INDEX walk_step_walk ON walk_step (walk_id, position);
