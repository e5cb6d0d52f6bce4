-- What people say of a session ahead, and what holds for each kind of session.

-- A list of {kind, minutes, leads}; what is not in it is as it always was.
ALTER TABLE practice ADD COLUMN kinds TEXT NOT NULL DEFAULT '[]';
-- Which of a session's reminders ask whether they come.
ALTER TABLE practice ADD COLUMN asks TEXT NOT NULL DEFAULT 'first' CHECK (asks IN ('none', 'first', 'all'));

-- The last word counts, while the session is what it was.
CREATE TABLE session_reply (
    session_id       BLOB NOT NULL REFERENCES session (id),
    person_id        BLOB NOT NULL REFERENCES person (id),
    session_version  INTEGER NOT NULL,
    reply            TEXT NOT NULL CHECK (reply IN ('coming', 'alone', 'another')),
    replied_at       TEXT NOT NULL,
    -- So often it was said otherwise.
    changes          INTEGER NOT NULL,
    -- Somebody at the practice has seen to it.
    settled_by       BLOB REFERENCES account (id),
    settled_at       TEXT,
    PRIMARY KEY (session_id, person_id)
) STRICT;
CREATE INDEX session_reply_open ON session_reply (session_id) WHERE reply <> 'coming' AND settled_at IS NULL;

-- This mail asked for a reply.
ALTER TABLE message ADD COLUMN asks INTEGER NOT NULL DEFAULT 0 CHECK (asks IN (0, 1));
