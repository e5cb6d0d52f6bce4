-- What happened to an account of a member of staff that they should know of: failed and
-- unusual sign-ins, and changes of two-step sign-in.
CREATE TABLE account_event (
    id          BLOB PRIMARY KEY,
    account_id  BLOB NOT NULL REFERENCES account (id),
    at          TEXT NOT NULL,
    event       TEXT NOT NULL,
    -- The name of the browser and its system. Empty: it is not known.
    device      TEXT NOT NULL
) STRICT;
CREATE INDEX account_event_account ON account_event (account_id, at, id);
CREATE INDEX account_event_at ON account_event (at, id);

-- The event that an email tells of.
ALTER TABLE email ADD COLUMN event_id BLOB REFERENCES account_event (id) ON DELETE SET NULL;
CREATE INDEX email_event ON email (event_id) WHERE event_id IS NOT NULL;
