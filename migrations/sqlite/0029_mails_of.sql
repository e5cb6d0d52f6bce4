-- The mails about somebody's sessions, the latest first.
CREATE INDEX message_person_due ON message (person_id, due_at) WHERE session_id IS NOT NULL;
