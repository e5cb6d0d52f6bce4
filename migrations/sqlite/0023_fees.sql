-- A fee that is suggested for what was missed or cancelled late.

ALTER TABLE practice ADD COLUMN late_fee TEXT NOT NULL DEFAULT '';

CREATE TABLE fee_suggestion (
    session_id  BLOB PRIMARY KEY REFERENCES session (id),
    -- As the owner wrote it at that time.
    amount      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('suggested', 'kept', 'waived')),
    made_at     TEXT NOT NULL,
    decided_by  BLOB REFERENCES account (id),
    decided_at  TEXT
) STRICT;
