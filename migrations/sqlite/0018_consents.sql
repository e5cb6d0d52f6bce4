-- Consents: texts in versions and languages, what a person is asked to sign, and
-- what they signed; and the secrets policies of couples.

-- When the password of this login was last typed again; NULL: only at the sign-in.
ALTER TABLE login ADD COLUMN confirmed_at TEXT;

-- A text that people sign, such as the consent to treatment.
CREATE TABLE consent_text (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN
        ('treatment', 'privacy', 'policy', 'fees', 'email', 'video', 'confidences', 'release', 'own')),
    -- The name of a text that the program brings, such as `policy-no-secrets`; NULL:
    -- the practice's own.
    key TEXT UNIQUE,
    created_at TEXT NOT NULL,
    -- NULL: the program.
    created_by BLOB REFERENCES account (id),
    -- Since when it is no longer offered; NULL: it is offered.
    archived_at TEXT
) STRICT;

-- A version of a text. It is never changed.
CREATE TABLE consent_version (
    id BLOB PRIMARY KEY,
    text_id BLOB NOT NULL REFERENCES consent_text (id),
    version INTEGER NOT NULL,
    -- 1: people who signed an older version are asked to sign this one.
    renews INTEGER NOT NULL CHECK (renews IN (0, 1)),
    made_at TEXT NOT NULL,
    -- NULL: the program.
    made_by BLOB REFERENCES account (id),
    UNIQUE (text_id, version)
) STRICT;

-- A version in one language.
CREATE TABLE consent_wording (
    version_id BLOB NOT NULL REFERENCES consent_version (id),
    language TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (version_id, language)
) STRICT;

-- A secrets policy that was proposed to a couple. It applies once each of the two has
-- signed it, until the next one that both have signed.
CREATE TABLE policy (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    preset TEXT NOT NULL CHECK (preset IN ('no_secrets', 'limited_secrets', 'separate_confidences')),
    -- Its decisions, sealed.
    decisions BLOB NOT NULL,
    proposed_at TEXT NOT NULL,
    proposed_by BLOB NOT NULL REFERENCES account (id),
    -- When the proposal was taken back, or ended with a separation; NULL: it was not.
    ended_at TEXT
) STRICT;
CREATE INDEX policy_client ON policy (client_id, proposed_at);

-- A text that a person is asked to sign.
CREATE TABLE consent_ask (
    id BLOB PRIMARY KEY,
    -- NULL: it belongs to the person alone.
    client_id BLOB REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    text_id BLOB NOT NULL REFERENCES consent_text (id),
    -- The policy that it proposes; NULL: it proposes none.
    policy_id BLOB REFERENCES policy (id),
    -- What is filled in, sealed.
    blanks BLOB NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES account (id),
    -- When it was taken back; NULL: it was not.
    closed_at TEXT
) STRICT;
CREATE INDEX consent_ask_client ON consent_ask (client_id, asked_at);
CREATE INDEX consent_ask_person ON consent_ask (person_id, asked_at);
CREATE INDEX consent_ask_policy ON consent_ask (policy_id) WHERE policy_id IS NOT NULL;
CREATE INDEX consent_ask_text ON consent_ask (text_id);

-- What a person signed: one signature for each ask.
CREATE TABLE signature (
    id BLOB PRIMARY KEY,
    ask_id BLOB NOT NULL UNIQUE REFERENCES consent_ask (id),
    client_id BLOB REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    version_id BLOB NOT NULL REFERENCES consent_version (id),
    -- The language of the text that was shown.
    language TEXT NOT NULL,
    -- The SHA-256 of the text that was shown, with what was filled in.
    sha256 BLOB NOT NULL,
    -- The text that was shown, the statement that was ticked and the name that was
    -- typed, sealed.
    content BLOB NOT NULL,
    shown_at TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    -- When it was written here: later than it was signed, if that was on paper.
    recorded_at TEXT NOT NULL,
    -- The time zone in which the person read the time of signing.
    zone TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('portal', 'room', 'paper')),
    -- Whose login wrote it: the person's own, or the therapist's who recorded it.
    account_id BLOB NOT NULL REFERENCES account (id),
    login_id BLOB NOT NULL REFERENCES login (id),
    -- How the login was last proven, and when: at the sign-in, or by the password again.
    proof TEXT NOT NULL CHECK (proof IN ('sign_in', 'password')),
    proven_at TEXT NOT NULL,
    -- The scan of a signature on paper, a document of the record; NULL: there is none.
    scan_id BLOB,
    -- What the person was given as a copy.
    copy TEXT NOT NULL CHECK (copy IN ('portal', 'printed')),
    -- The earlier signature on the same text that it replaced; NULL: there was none.
    replaced_id BLOB REFERENCES signature (id),
    -- The IP address and the browser, sealed; NULL: they were removed after 90 days, or
    -- there were none.
    evidence BLOB,
    withdrawn_at TEXT,
    withdrawn_by BLOB REFERENCES account (id),
    -- How it was withdrawn: by the person in the portal, or said to the therapist.
    withdrawn_how TEXT CHECK (withdrawn_how IN ('portal', 'told')),
    -- When the therapist read that it was withdrawn; NULL: not yet.
    withdrawal_read_at TEXT
) STRICT;
CREATE INDEX signature_client ON signature (client_id);
CREATE INDEX signature_person ON signature (person_id);
CREATE INDEX signature_version ON signature (version_id);
CREATE INDEX signature_replaced ON signature (replaced_id) WHERE replaced_id IS NOT NULL;
CREATE INDEX signature_evidence ON signature (signed_at) WHERE evidence IS NOT NULL;

-- An email that something is to be signed names what it asks for.
ALTER TABLE email ADD COLUMN ask_id BLOB REFERENCES consent_ask (id);
CREATE INDEX email_ask ON email (ask_id) WHERE ask_id IS NOT NULL;

-- A version is never changed: signatures name it.
CREATE TRIGGER consent_version_stays BEFORE UPDATE ON consent_version
BEGIN
    SELECT RAISE(ABORT, 'consent_stays');
END;

CREATE TRIGGER consent_wording_stays BEFORE UPDATE ON consent_wording
BEGIN
    SELECT RAISE(ABORT, 'consent_stays');
END;

-- A signature is never changed, except by its one withdrawal, by the mark that this was
-- read, and by the removal of the evidence.
CREATE TRIGGER signature_stays BEFORE UPDATE ON signature
WHEN NEW.id IS NOT OLD.id
    OR NEW.ask_id IS NOT OLD.ask_id
    OR NEW.client_id IS NOT OLD.client_id
    OR NEW.person_id IS NOT OLD.person_id
    OR NEW.version_id IS NOT OLD.version_id
    OR NEW.language IS NOT OLD.language
    OR NEW.sha256 IS NOT OLD.sha256
    OR NEW.content IS NOT OLD.content
    OR NEW.shown_at IS NOT OLD.shown_at
    OR NEW.signed_at IS NOT OLD.signed_at
    OR NEW.recorded_at IS NOT OLD.recorded_at
    OR NEW.zone IS NOT OLD.zone
    OR NEW.method IS NOT OLD.method
    OR NEW.account_id IS NOT OLD.account_id
    OR NEW.login_id IS NOT OLD.login_id
    OR NEW.proof IS NOT OLD.proof
    OR NEW.proven_at IS NOT OLD.proven_at
    OR NEW.scan_id IS NOT OLD.scan_id
    OR NEW.copy IS NOT OLD.copy
    OR NEW.replaced_id IS NOT OLD.replaced_id
    OR (NEW.evidence IS NOT NULL AND NEW.evidence IS NOT OLD.evidence)
    OR (OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at IS NOT OLD.withdrawn_at
        OR NEW.withdrawn_by IS NOT OLD.withdrawn_by OR NEW.withdrawn_how IS NOT OLD.withdrawn_how))
    OR (NEW.withdrawn_at IS NULL) <> (NEW.withdrawn_by IS NULL)
    OR (NEW.withdrawn_at IS NULL) <> (NEW.withdrawn_how IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'signature_stays');
END;

-- It is removed only with the example couple.
CREATE TRIGGER signature_is_kept BEFORE DELETE ON signature
WHEN OLD.client_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'signature_stays');
END;

-- Nothing is proposed, asked for or signed in a frozen record.
CREATE TRIGGER policy_not_frozen BEFORE INSERT ON policy
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER consent_ask_not_frozen BEFORE INSERT ON consent_ask
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER signature_not_frozen BEFORE INSERT ON signature
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
