-- A form that is sent twice is one act: its key, and what it made.

CREATE TABLE form_key (
    id          uuid PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES account (id),
    made        uuid NOT NULL,
    made_at     timestamptz NOT NULL
);
CREATE INDEX form_key_made_at ON form_key (made_at);

-- Counts the writes of an exercise's draft: a second window shows.
ALTER TABLE exercise_draft ADD COLUMN number bigint NOT NULL DEFAULT 0;

-- The same as on SQLite, which uses it only where it is written as the queries are.
DROP INDEX assignment_each_session;
CREATE INDEX assignment_each_session ON assignment (client_id) WHERE each_session;
CREATE INDEX message_nudges_sent ON message (sent_at) WHERE kind = 'nudge' AND state = 'sent';
CREATE INDEX response_not_safe ON response (occurrence_id) WHERE not_now = 'not_safe';

-- What is asked of many people at once is read from these alone.
DROP INDEX response_person;
CREATE INDEX response_person ON response (person_id, submitted_at, occurrence_id);
CREATE INDEX response_sent ON response (occurrence_id, submitted_at);
