-- Who would come earlier, should something become free: in the order of their
-- asking. It holds while the session is not before the time it had then.

CREATE TABLE earlier_wish (
    session_id  uuid PRIMARY KEY REFERENCES session (id),
    part        text NOT NULL,
    -- When the session was to begin when it was asked for.
    than        timestamptz NOT NULL,
    asked_at    timestamptz NOT NULL,
    asked_by    uuid NOT NULL REFERENCES account (id)
);
