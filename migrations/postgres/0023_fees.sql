-- A fee that is suggested for what was missed or cancelled late.

ALTER TABLE practice ADD COLUMN late_fee text NOT NULL DEFAULT '';

CREATE TABLE fee_suggestion (
    session_id  uuid PRIMARY KEY REFERENCES session (id),
    -- As the owner wrote it at that time.
    amount      text NOT NULL,
    state       text NOT NULL CHECK (state IN ('suggested', 'kept', 'waived')),
    made_at     timestamptz NOT NULL,
    decided_by  uuid REFERENCES account (id),
    decided_at  timestamptz
);
