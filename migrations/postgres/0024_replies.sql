-- What people say of a session ahead, and what holds for each kind of session.

-- A list of {kind, minutes, leads}; what is not in it is as it always was.
ALTER TABLE practice ADD COLUMN kinds jsonb NOT NULL DEFAULT '[]';
-- Which of a session's reminders ask whether they come.
ALTER TABLE practice ADD COLUMN asks text NOT NULL DEFAULT 'first' CHECK (asks IN ('none', 'first', 'all'));

-- The last word counts, while the session is what it was.
CREATE TABLE session_reply (
    session_id       uuid NOT NULL REFERENCES session (id),
    person_id        uuid NOT NULL REFERENCES person (id),
    session_version  bigint NOT NULL,
    reply            text NOT NULL CHECK (reply IN ('coming', 'alone', 'another')),
    replied_at       timestamptz NOT NULL,
    -- So often it was said otherwise.
    changes          bigint NOT NULL,
    -- Somebody at the practice has seen to it.
    settled_by       uuid REFERENCES account (id),
    settled_at       timestamptz,
    PRIMARY KEY (session_id, person_id)
);
CREATE INDEX session_reply_open ON session_reply (session_id) WHERE reply <> 'coming' AND settled_at IS NULL;

-- This mail asked for a reply.
ALTER TABLE message ADD COLUMN asks boolean NOT NULL DEFAULT false;
