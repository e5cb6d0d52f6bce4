-- Who would come earlier, should something become free: in the order of their
-- asking. It holds while the session is not before the time it had then.

CREATE TABLE earlier_wish (
    session_id  BLOB PRIMARY KEY REFERENCES session (id),
    part        TEXT NOT NULL,
    -- When the session was to begin when it was asked for.
    than        TEXT NOT NULL,
    asked_at    TEXT NOT NULL,
    asked_by    BLOB NOT NULL REFERENCES account (id)
) STRICT;
