-- What a session owes is found among its own messages: the index on the state
-- alone would walk everything that is planned.
DROP INDEX message_session;
CREATE INDEX message_session ON message (session_id, state, created_at);
CREATE INDEX series_root ON series (root_id);
