-- What partners ask for from the portal, and the practice's rules for it.

ALTER TABLE practice ADD COLUMN portal_rule TEXT NOT NULL DEFAULT 'ask' CHECK (portal_rule IN ('no', 'ask', 'at_once'));
ALTER TABLE practice ADD COLUMN portal_days INTEGER NOT NULL DEFAULT 60 CHECK (portal_days BETWEEN 1 AND 366);
ALTER TABLE practice ADD COLUMN portal_ahead INTEGER NOT NULL DEFAULT 2 CHECK (portal_ahead BETWEEN 1 AND 30);

CREATE TABLE session_request (
    id               BLOB PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('book', 'move', 'alone')),
    state            TEXT NOT NULL CHECK (state IN ('partner', 'desk', 'done', 'declined', 'withdrawn')),
    client_id        BLOB NOT NULL REFERENCES client (id),
    -- Who asks.
    person_id        BLOB NOT NULL REFERENCES person (id),
    account_id       BLOB NOT NULL REFERENCES account (id),
    -- The session it is about, as it stood; none where one is wished for.
    session_id       BLOB REFERENCES session (id),
    session_version  INTEGER,
    clinician_id     BLOB NOT NULL REFERENCES account (id),
    room_id          BLOB REFERENCES room (id),
    link             TEXT NOT NULL,
    starts           TEXT NOT NULL,
    zone             TEXT NOT NULL,
    minutes          INTEGER NOT NULL,
    starts_at        TEXT NOT NULL,
    ends_at          TEXT NOT NULL,
    made_at          TEXT NOT NULL,
    answered_by      BLOB REFERENCES account (id),
    answered_at      TEXT
) STRICT;
-- One wish of a kind at a time. That one of them comes alone is the asker's and
-- the practice's: it must not be in the way of the other's, nor show by it.
CREATE UNIQUE INDEX session_request_move ON session_request (session_id) WHERE kind = 'move' AND state IN ('partner', 'desk');
CREATE UNIQUE INDEX session_request_alone ON session_request (session_id, person_id) WHERE kind = 'alone' AND state IN ('partner', 'desk');
CREATE UNIQUE INDEX session_request_book ON session_request (client_id, starts_at) WHERE kind = 'book' AND state IN ('partner', 'desk');
CREATE INDEX session_request_person ON session_request (person_id, made_at);
CREATE INDEX session_request_client ON session_request (client_id, made_at);
CREATE INDEX session_request_desk ON session_request (starts_at) WHERE state = 'desk';

ALTER TABLE message ADD COLUMN request_id BLOB REFERENCES session_request (id);
