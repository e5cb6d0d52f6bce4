-- Exercises that therapists write: whose they are, and what is being written.

-- NULL: shipped with the program.
ALTER TABLE exercise ADD COLUMN author_id BLOB REFERENCES account (id);
ALTER TABLE exercise ADD COLUMN archived_at TEXT;

-- The form as it was typed, fitting or not.
CREATE TABLE exercise_draft (
    id           BLOB PRIMARY KEY,
    author_id    BLOB NOT NULL REFERENCES account (id),
    -- The exercise it becomes a version of; NULL: a new one.
    exercise_id  BLOB REFERENCES exercise (id),
    -- The version it is made from.
    version_id   BLOB REFERENCES exercise_version (id),
    form         TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL
) STRICT;
CREATE INDEX exercise_draft_author ON exercise_draft (author_id, updated_at);
