-- What a room offers, and the times that people like to come at: a slot is
-- looked for with both.

ALTER TABLE room ADD COLUMN offers jsonb NOT NULL DEFAULT '[]';
-- Theirs alone to see. NULL: nothing said.
ALTER TABLE person ADD COLUMN prefers jsonb;
