-- Exercises that therapists write: whose they are, and what is being written.

-- NULL: shipped with the program.
ALTER TABLE exercise ADD COLUMN author_id uuid REFERENCES account (id);
ALTER TABLE exercise ADD COLUMN archived_at timestamptz;

-- The form as it was typed, fitting or not.
CREATE TABLE exercise_draft (
    id           uuid PRIMARY KEY,
    author_id    uuid NOT NULL REFERENCES account (id),
    -- The exercise it becomes a version of; NULL: a new one.
    exercise_id  uuid REFERENCES exercise (id),
    -- The version it is made from.
    version_id   uuid REFERENCES exercise_version (id),
    form         jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);
CREATE INDEX exercise_draft_author ON exercise_draft (author_id, updated_at);
