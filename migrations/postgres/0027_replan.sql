-- Lead times changed: the reminders of sessions that begin after this instant
-- are still to be planned anew, the soonest first. Empty: none are.

ALTER TABLE practice ADD COLUMN replan_after timestamptz;

-- What a mail said is kept for half a year; that it was sent stays.
CREATE INDEX message_kept ON message (due_at) WHERE bytes IS NOT NULL;
