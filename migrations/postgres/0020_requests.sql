-- What partners ask for from the portal, and the practice's rules for it.

ALTER TABLE practice ADD COLUMN portal_rule text NOT NULL DEFAULT 'ask' CHECK (portal_rule IN ('no', 'ask', 'at_once'));
ALTER TABLE practice ADD COLUMN portal_days bigint NOT NULL DEFAULT 60 CHECK (portal_days BETWEEN 1 AND 366);
ALTER TABLE practice ADD COLUMN portal_ahead bigint NOT NULL DEFAULT 2 CHECK (portal_ahead BETWEEN 1 AND 30);

CREATE TABLE session_request (
    id               uuid PRIMARY KEY,
    kind             text NOT NULL CHECK (kind IN ('book', 'move', 'alone')),
    state            text NOT NULL CHECK (state IN ('partner', 'desk', 'done', 'declined', 'withdrawn')),
    client_id        uuid NOT NULL REFERENCES client (id),
    -- Who asks.
    person_id        uuid NOT NULL REFERENCES person (id),
    account_id       uuid NOT NULL REFERENCES account (id),
    -- The session it is about, as it stood; none where one is wished for.
    session_id       uuid REFERENCES session (id),
    session_version  bigint,
    clinician_id     uuid NOT NULL REFERENCES account (id),
    room_id          uuid REFERENCES room (id),
    link             text NOT NULL,
    starts           timestamp NOT NULL,
    zone             text NOT NULL,
    minutes          bigint NOT NULL,
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    made_at          timestamptz NOT NULL,
    answered_by      uuid REFERENCES account (id),
    answered_at      timestamptz
);
-- One wish of a kind at a time. That one of them comes alone is the asker's and
-- the practice's: it must not be in the way of the other's, nor show by it.
CREATE UNIQUE INDEX session_request_move ON session_request (session_id) WHERE kind = 'move' AND state IN ('partner', 'desk');
CREATE UNIQUE INDEX session_request_alone ON session_request (session_id, person_id) WHERE kind = 'alone' AND state IN ('partner', 'desk');
CREATE UNIQUE INDEX session_request_book ON session_request (client_id, starts_at) WHERE kind = 'book' AND state IN ('partner', 'desk');
CREATE INDEX session_request_person ON session_request (person_id, made_at);
CREATE INDEX session_request_client ON session_request (client_id, made_at);
CREATE INDEX session_request_desk ON session_request (starts_at) WHERE state = 'desk';

ALTER TABLE message ADD COLUMN request_id uuid REFERENCES session_request (id);
