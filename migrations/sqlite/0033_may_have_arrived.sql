-- Whether a try ended without the mail server's answer: then somebody may have
-- been told. A try that was refused before tells nobody.
ALTER TABLE message ADD COLUMN may_have_arrived INTEGER NOT NULL DEFAULT 0 CHECK (may_have_arrived IN (0, 1));
UPDATE message SET may_have_arrived = 1 WHERE attempts > 0 AND smtp_started_at IS NOT NULL AND state NOT IN ('sent', 'claimed');
