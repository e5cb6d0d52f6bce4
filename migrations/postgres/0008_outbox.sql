-- The outbox: emails, whether mail can go out, and the practice's own templates.

-- An email that the system owes a person, or has sent. It is planned in the
-- transaction of the fact that it tells.
CREATE TABLE email (
    id                UUID PRIMARY KEY,
    -- Names the fact, the recipient and the occasion, so that an email that is
    -- planned twice is one row.
    dedupe            TEXT NOT NULL UNIQUE,
    kind              TEXT NOT NULL,
    -- What it is about, and to whom it goes: a person, or an account.
    session_id        UUID REFERENCES session (id),
    -- The version of the session that it tells.
    session_version   BIGINT,
    person_id         UUID REFERENCES person (id),
    account_id        UUID REFERENCES account (id),
    invitation_id     UUID REFERENCES invitation (id),
    reset_id          UUID REFERENCES password_reset (id),
    -- The lead time of a reminder, such as `3d`; NULL: not a reminder.
    lead              TEXT,
    due_at            TIMESTAMPTZ NOT NULL,
    -- After this instant it is of no use and is not sent.
    not_after         TIMESTAMPTZ NOT NULL,
    state             TEXT NOT NULL
        CHECK (state IN ('planned', 'claimed', 'sent', 'failed', 'skipped', 'superseded')),
    -- Why it was skipped or superseded.
    reason            TEXT,
    attempts          BIGINT NOT NULL,
    -- The worker that is sending it, and until when no other may.
    lease_token       UUID,
    lease_until       TIMESTAMPTZ,
    -- When the worker began to talk to the mail server.
    smtp_started_at   TIMESTAMPTZ,
    -- The Message-ID header; a repeated try sends the same.
    message_id_header TEXT,
    -- The address that it is sent to.
    recipient         TEXT,
    -- Sealed: the email as it is sent. It is kept for half a year; the row stays.
    bytes             BYTEA,
    created_at        TIMESTAMPTZ NOT NULL,
    sent_at           TIMESTAMPTZ,
    last_error        TEXT,
    -- More that it can be about.
    occurrence_id     UUID REFERENCES occurrence (id),
    plan_id           UUID REFERENCES plan (id),
    message_id         UUID REFERENCES message (id),
    request_id        UUID REFERENCES session_request (id),
    inquiry_id        UUID REFERENCES inquiry (id),
    -- true: it asked for a reply whether the person is coming.
    asks              BOOLEAN NOT NULL DEFAULT false,
    -- true: a try ended without the mail server's answer, so that the recipient may
    -- have read it. A try that was refused before that tells nobody.
    may_have_arrived  BOOLEAN NOT NULL DEFAULT false,
    -- How many tries ended without an answer after the whole email was handed
    -- over.
    uncertain         BIGINT NOT NULL DEFAULT 0,
    -- How often it was refused for a fault that seemed to be the practice's own
    -- while other emails were accepted.
    refusals          BIGINT NOT NULL DEFAULT 0,
    -- The start of the session as the email told it: wall time and zone.
    told_starts       TIMESTAMP,
    told_zone         TEXT,
    -- The email that this one is sent again for.
    again_of          UUID REFERENCES email (id),
    address_id        UUID REFERENCES address_change (id)
);
CREATE INDEX email_due ON email (due_at) WHERE state IN ('planned', 'claimed');
CREATE INDEX email_state ON email (state, due_at);
CREATE INDEX email_occurrence ON email (occurrence_id, person_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX email_plan ON email (plan_id) WHERE plan_id IS NOT NULL;
CREATE INDEX email_nudges_sent ON email (sent_at) WHERE kind = 'nudge' AND state = 'sent';
-- What a session owes is found among its own emails: the index on the state
-- alone would lead through all that is planned.
CREATE INDEX email_session ON email (session_id, state, created_at);
CREATE INDEX email_inquiry ON email (inquiry_id) WHERE inquiry_id IS NOT NULL;
-- One email can stand for several that are due to the same person.
CREATE INDEX email_person_sent ON email (person_id, sent_at)
    WHERE person_id IS NOT NULL AND session_id IS NULL AND state = 'sent';
CREATE INDEX email_kept ON email (due_at) WHERE bytes IS NOT NULL;
-- The emails about a person's sessions, the latest first.
CREATE INDEX email_person_due ON email (person_id, due_at) WHERE session_id IS NOT NULL;
CREATE INDEX email_again ON email (again_of) WHERE again_of IS NOT NULL;
CREATE INDEX email_account ON email (account_id, created_at) WHERE account_id IS NOT NULL;
CREATE INDEX email_undelivered ON email (person_id, due_at) WHERE state IN ('failed', 'skipped');

-- One row for all server processes: whether mail goes out. A fault of the mail
-- server, or of the practice's settings, belongs to the queue and not to the
-- email that met it.
CREATE TABLE mail_queue (
    id             BIGINT PRIMARY KEY CHECK (id = 1),
    -- `resting`: the mail server is away; `stopped`: a fault of the practice's
    -- own, which needs a person.
    state          TEXT NOT NULL CHECK (state IN ('open', 'resting', 'stopped')),
    since          TIMESTAMPTZ,
    -- In words, for the practice.
    reason         TEXT NOT NULL,
    -- The reply or status code that stopped it.
    code           TEXT NOT NULL,
    -- true: stopped by a report that came back later. Then the next email that the
    -- mail server accepts does not yet prove that the fault is gone.
    by_report      BOOLEAN NOT NULL,
    -- While it is not open, one email at a time is tried as a probe: how many so
    -- far, when the next one is, and which email it is.
    probes         BIGINT NOT NULL,
    next_probe_at  TIMESTAMPTZ,
    probe_id       UUID,
    -- When a probe was accepted after a report.
    accepted_at    TIMESTAMPTZ,
    -- The email that was refused last.
    refused_id     UUID
);
INSERT INTO mail_queue (id, state, reason, code, by_report, probes) VALUES (1, 'open', '', '', false, 0);

-- An email that was refused by a reply that does not say whose fault it is.
-- Several in a row stop the queue; the next email that is accepted deletes them.
CREATE TABLE mail_suspect (
    email_id    UUID PRIMARY KEY REFERENCES email (id) ON DELETE CASCADE,
    refused_at  TIMESTAMPTZ NOT NULL
);

-- The practice's own text for one kind of email in one language, in place of the
-- text that comes with the program.
CREATE TABLE wording (
    kind      TEXT NOT NULL,
    language  TEXT NOT NULL,
    subject   TEXT NOT NULL,
    body      TEXT NOT NULL,
    set_by    UUID NOT NULL REFERENCES account (id),
    set_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (kind, language)
);
