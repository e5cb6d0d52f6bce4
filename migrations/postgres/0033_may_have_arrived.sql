-- Whether a try ended without the mail server's answer: then somebody may have
-- been told. A try that was refused before tells nobody.
ALTER TABLE message ADD COLUMN may_have_arrived BOOLEAN NOT NULL DEFAULT false;
UPDATE message SET may_have_arrived = true WHERE attempts > 0 AND smtp_started_at IS NOT NULL AND state NOT IN ('sent', 'claimed');
