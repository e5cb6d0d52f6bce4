-- Printed by a test; nothing applies this file.

CREATE TABLE acceptance (
    agreement_id BLOB NOT NULL REFERENCES agreement (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    accepted_at TEXT NOT NULL,
    PRIMARY KEY (agreement_id, person_id)
) STRICT;

CREATE TABLE account (
    id BLOB PRIMARY KEY,
    login_name TEXT UNIQUE,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    zone TEXT NOT NULL,
    password_hash TEXT,
    person_id BLOB UNIQUE,
    created_at TEXT NOT NULL,
    password_changed_at TEXT,
    disabled_at TEXT,
    buffer_before INTEGER NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 120),
    buffer_after INTEGER NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 120),
    returned_at TEXT,
    returned_why TEXT NOT NULL DEFAULT '',
    email_key TEXT NOT NULL DEFAULT '',
    keys_version INTEGER NOT NULL DEFAULT 0,
    email_proven_at TEXT,
    slash_search INTEGER NOT NULL DEFAULT 1 CHECK (slash_search IN (0, 1))
) STRICT;
CREATE INDEX account_email_key ON account (email_key);

CREATE TABLE account_event (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    device TEXT NOT NULL
) STRICT;
CREATE INDEX account_event_account ON account_event (account_id, at, id);
CREATE INDEX account_event_at ON account_event (at, id);

CREATE TABLE account_role (
    account_id BLOB NOT NULL REFERENCES account (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'clinician', 'front_desk', 'partner')),
    granted_at TEXT NOT NULL,
    PRIMARY KEY (account_id, role)
) STRICT;
CREATE INDEX account_role_by_role ON account_role (role, account_id);

CREATE TABLE address_change (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    email TEXT NOT NULL,
    old_email TEXT NOT NULL DEFAULT '',
    token_hash BLOB NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    handed_at TEXT,
    confirmed_at TEXT,
    ended_at TEXT
) STRICT;
CREATE INDEX address_change_account ON address_change (account_id, made_at);
CREATE UNIQUE INDEX address_change_open ON address_change (account_id) WHERE confirmed_at IS NULL AND ended_at IS NULL;

CREATE TABLE agreement (
    id BLOB PRIMARY KEY,
    occurrence_id BLOB NOT NULL REFERENCES occurrence (id),
    step TEXT NOT NULL,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    written_by BLOB NOT NULL REFERENCES person (id),
    written_at TEXT NOT NULL,
    UNIQUE (occurrence_id, step, version)
) STRICT;
CREATE TRIGGER agreement_not_frozen BEFORE INSERT ON agreement
WHEN EXISTS (SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE answer (
    id BLOB PRIMARY KEY,
    response_id BLOB NOT NULL REFERENCES response (id),
    occurrence_id BLOB NOT NULL REFERENCES occurrence (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    step TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('mine', 'therapist', 'reveal', 'couple')),
    body BLOB NOT NULL,
    shared_at TEXT,
    shared_from TEXT CHECK (shared_from IN ('mine', 'therapist', 'reveal', 'couple')),
    accepted_at TEXT,
    UNIQUE (response_id, step)
) STRICT;
CREATE INDEX answer_occurrence ON answer (occurrence_id, person_id);
CREATE TRIGGER answer_not_frozen BEFORE INSERT ON answer
WHEN EXISTS (SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
CREATE TRIGGER answer_stays BEFORE UPDATE ON answer
WHEN EXISTS (SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE assignment (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    exercise_version_id BLOB NOT NULL REFERENCES exercise_version (id),
    assigned_by BLOB NOT NULL REFERENCES account (id),
    assigned_at TEXT NOT NULL,
    due TEXT NOT NULL CHECK (due IN ('on_date', 'before_next')),
    due_on TEXT,
    word_along BLOB,
    withdrawn_at TEXT,
    every_days INTEGER,
    each_session INTEGER NOT NULL DEFAULT 0 CHECK (each_session IN (0, 1)),
    repeats INTEGER NOT NULL DEFAULT 0 CHECK (repeats IN (0, 1)),
    until_on TEXT,
    next_on TEXT,
    paused_at TEXT,
    CHECK ((due = 'on_date') = (due_on IS NOT NULL))
) STRICT;
CREATE INDEX assignment_client ON assignment (client_id, assigned_at);
CREATE INDEX assignment_each_session ON assignment (client_id) WHERE each_session;
CREATE INDEX assignment_exercise ON assignment (exercise_version_id, client_id);
CREATE INDEX assignment_next ON assignment (next_on) WHERE next_on IS NOT NULL;
CREATE INDEX assignment_repeats ON assignment (client_id, repeats);
CREATE TRIGGER assignment_not_frozen BEFORE INSERT ON assignment
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    account_id BLOB,
    action TEXT NOT NULL,
    thing TEXT NOT NULL,
    thing_id BLOB,
    client_id BLOB,
    detail TEXT NOT NULL,
    mac BLOB NOT NULL
) STRICT;
CREATE INDEX audit_account ON audit (account_id, seq);
CREATE INDEX audit_at ON audit (at, seq);
CREATE INDEX audit_client ON audit (client_id, seq);
CREATE TRIGGER audit_head_follows AFTER INSERT ON audit
BEGIN
    UPDATE audit_head SET mac = NEW.mac WHERE id = 1 AND seq = NEW.seq;
END;

CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT;

CREATE TABLE audit_named (
    seq INTEGER NOT NULL,
    client_id BLOB NOT NULL,
    PRIMARY KEY (seq, client_id)
) STRICT;
CREATE INDEX audit_named_client ON audit_named (client_id, seq);

CREATE TABLE backup_run (
    id BLOB PRIMARY KEY,
    due_at TEXT UNIQUE,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    place TEXT NOT NULL DEFAULT '',
    bytes INTEGER NOT NULL DEFAULT 0,
    row_count INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX backup_run_started ON backup_run (started_at, id);

CREATE TABLE "bin" (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('draft', 'draft_step', 'wording', 'exception', 'week', 'response', 'pathway_progress', 'assignment', 'pathway', 'room', 'location', 'inquiry', 'document')),
    thing TEXT NOT NULL,
    content BLOB NOT NULL,
    binned_at TEXT NOT NULL
) STRICT;
CREATE INDEX bin_binned_at ON bin (binned_at);
CREATE INDEX bin_thing ON bin (account_id, kind, thing);

CREATE TABLE browser (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL,
    made_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    trusted_until TEXT,
    UNIQUE (token_hash, account_id)
) STRICT;
CREATE INDEX browser_account ON browser (account_id);
CREATE INDEX browser_expires ON browser (expires_at);

CREATE TABLE care (
    client_id BLOB NOT NULL REFERENCES client (id),
    clinician_id BLOB NOT NULL REFERENCES account (id),
    covering INTEGER NOT NULL CHECK (covering IN (0, 1)),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    offered_at TEXT,
    offered_by BLOB REFERENCES account (id),
    accepted_at TEXT,
    PRIMARY KEY (client_id, clinician_id, starts_on)
) STRICT;
CREATE INDEX care_clinician ON care (clinician_id, client_id);

CREATE TABLE client (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    created_at TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES account (id),
    archived_at TEXT,
    separated_at TEXT,
    separated_by BLOB REFERENCES account (id),
    example_at TEXT,
    import_id BLOB REFERENCES client_import (id),
    hold_at TEXT,
    hold_by BLOB REFERENCES account (id),
    hold_why BLOB
) STRICT;
CREATE INDEX client_hold ON client (hold_at) WHERE hold_at IS NOT NULL;
CREATE INDEX client_import_of ON client (import_id) WHERE import_id IS NOT NULL;
CREATE TRIGGER client_stays_separated BEFORE UPDATE ON client
WHEN OLD.separated_at IS NOT NULL AND (NEW.separated_at IS NULL OR NEW.archived_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE client_import (
    id BLOB PRIMARY KEY,
    created_at TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES account (id),
    file_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('read', 'running', 'done', 'undone', 'discarded')),
    content BLOB,
    choices TEXT NOT NULL,
    running_at TEXT,
    imported_at TEXT,
    undone_at TEXT,
    clients INTEGER NOT NULL DEFAULT 0,
    people INTEGER NOT NULL DEFAULT 0,
    left_out INTEGER NOT NULL DEFAULT 0,
    kept INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX client_import_created ON client_import (created_at, id);

CREATE TABLE client_member (
    client_id BLOB NOT NULL REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    seat TEXT NOT NULL CHECK (seat IN ('a', 'b')),
    joined_at TEXT NOT NULL,
    left_at TEXT,
    PRIMARY KEY (client_id, person_id)
) STRICT;
CREATE UNIQUE INDEX client_member_one_each_seat ON client_member (client_id, seat) WHERE left_at IS NULL;
CREATE INDEX client_member_person ON client_member (person_id);

CREATE TABLE consent_ask (
    id BLOB PRIMARY KEY,
    client_id BLOB REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    text_id BLOB NOT NULL REFERENCES consent_text (id),
    policy_id BLOB REFERENCES policy (id),
    blanks BLOB NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES account (id),
    closed_at TEXT
) STRICT;
CREATE INDEX consent_ask_client ON consent_ask (client_id, asked_at);
CREATE INDEX consent_ask_person ON consent_ask (person_id, asked_at);
CREATE INDEX consent_ask_policy ON consent_ask (policy_id) WHERE policy_id IS NOT NULL;
CREATE INDEX consent_ask_text ON consent_ask (text_id);
CREATE TRIGGER consent_ask_not_frozen BEFORE INSERT ON consent_ask
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE consent_text (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('treatment', 'privacy', 'policy', 'fees', 'email', 'video', 'confidences', 'release', 'own')),
    key TEXT UNIQUE,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES account (id),
    archived_at TEXT
) STRICT;

CREATE TABLE consent_version (
    id BLOB PRIMARY KEY,
    text_id BLOB NOT NULL REFERENCES consent_text (id),
    version INTEGER NOT NULL,
    renews INTEGER NOT NULL CHECK (renews IN (0, 1)),
    made_at TEXT NOT NULL,
    made_by BLOB REFERENCES account (id),
    UNIQUE (text_id, version)
) STRICT;
CREATE TRIGGER consent_version_stays BEFORE UPDATE ON consent_version
BEGIN
    SELECT RAISE(ABORT, 'consent_stays');
END;

CREATE TABLE consent_wording (
    version_id BLOB NOT NULL REFERENCES consent_version (id),
    language TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (version_id, language)
) STRICT;
CREATE TRIGGER consent_wording_stays BEFORE UPDATE ON consent_wording
BEGIN
    SELECT RAISE(ABORT, 'consent_stays');
END;

CREATE TABLE cosign (
    id BLOB PRIMARY KEY,
    note_id BLOB NOT NULL REFERENCES note (id),
    author_id BLOB NOT NULL REFERENCES account (id),
    asked_of BLOB NOT NULL REFERENCES account (id),
    asked_at TEXT NOT NULL,
    settled_at TEXT,
    settled_by BLOB REFERENCES account (id),
    outcome TEXT CHECK (outcome IN ('signed', 'returned', 'taken_back')),
    comment BLOB,
    CHECK ((settled_at IS NULL) = (outcome IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL)),
    CHECK ((comment IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'returned'))
) STRICT;
CREATE INDEX cosign_note ON cosign (note_id, asked_at);
CREATE UNIQUE INDEX cosign_open ON cosign (note_id) WHERE settled_at IS NULL;
CREATE INDEX cosign_queue ON cosign (author_id, asked_at, id) WHERE settled_at IS NULL;
CREATE TRIGGER cosign_settled BEFORE UPDATE ON cosign
WHEN OLD.settled_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'cosign_settled');
END;

CREATE TABLE data_copy (
    id BLOB PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES data_request (id),
    client_id BLOB REFERENCES client (id),
    format TEXT NOT NULL CHECK (format IN ('pdf', 'json')),
    file_id BLOB REFERENCES file (id),
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX data_copy_handed ON data_copy (request_id, client_id, format) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX data_copy_own ON data_copy (request_id, format) WHERE client_id IS NULL;

CREATE TABLE data_decision (
    id BLOB PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES data_request (id),
    client_id BLOB NOT NULL REFERENCES client (id),
    kind TEXT NOT NULL CHECK (kind IN ('joint_note', 'own_note', 'other_note', 'process_note', 'joint_document', 'own_document')),
    item_id BLOB NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('in', 'redacted', 'out')),
    ground TEXT CHECK (ground IN ('harm', 'others', 'law')),
    reason BLOB,
    text BLOB,
    revision INTEGER NOT NULL,
    decided_by BLOB NOT NULL REFERENCES account (id),
    decided_at TEXT NOT NULL,
    UNIQUE (request_id, item_id),
    CHECK ((decision = 'out') = (ground IS NOT NULL)),
    CHECK ((decision = 'redacted') = (text IS NOT NULL))
) STRICT;
CREATE INDEX data_decision_client ON data_decision (client_id);

CREATE TABLE data_download (
    id BLOB PRIMARY KEY,
    copy_id BLOB NOT NULL REFERENCES data_copy (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    at TEXT NOT NULL
) STRICT;
CREATE INDEX data_download_copy ON data_download (copy_id, at);

CREATE TABLE data_key (
    subject_id BLOB PRIMARY KEY,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE data_request (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    way TEXT NOT NULL CHECK (way IN ('portal', 'letter')),
    received_on TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES account (id),
    checked BLOB,
    extended_at TEXT,
    extended_by BLOB REFERENCES account (id),
    extension BLOB,
    cancelled_at TEXT,
    cancelled_by BLOB REFERENCES account (id),
    ready_at TEXT,
    removed_at TEXT,
    CHECK ((way = 'letter') = (checked IS NOT NULL)),
    CHECK ((extended_at IS NULL) = (extension IS NULL)),
    CHECK ((extended_at IS NULL) = (extended_by IS NULL)),
    CHECK (removed_at IS NULL OR ready_at IS NOT NULL),
    CHECK (cancelled_at IS NULL OR ready_at IS NULL)
) STRICT;
CREATE INDEX data_request_kept ON data_request (ready_at) WHERE ready_at IS NOT NULL AND removed_at IS NULL;
CREATE UNIQUE INDEX data_request_open ON data_request (person_id) WHERE ready_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX data_request_person ON data_request (person_id, asked_at);

CREATE TABLE data_request_part (
    request_id BLOB NOT NULL REFERENCES data_request (id),
    client_id BLOB NOT NULL REFERENCES client (id),
    finished_at TEXT,
    finished_by BLOB REFERENCES account (id),
    handover_id BLOB REFERENCES handover (id),
    PRIMARY KEY (request_id, client_id),
    CHECK ((finished_at IS NULL) = (finished_by IS NULL))
) STRICT;
CREATE INDEX data_request_part_client ON data_request_part (client_id, request_id);

CREATE TABLE disclosure (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    ground TEXT NOT NULL CHECK (ground IN ('court', 'duty', 'danger', 'other')),
    details BLOB NOT NULL,
    order_file_id BLOB REFERENCES file (id),
    prepared_at TEXT NOT NULL,
    prepared_by BLOB NOT NULL REFERENCES account (id),
    confirmer_id BLOB REFERENCES account (id),
    answer TEXT CHECK (answer IN ('confirmed', 'declined')),
    answered_at TEXT,
    answer_reason BLOB,
    dropped_at TEXT,
    told_at TEXT,
    told_by BLOB REFERENCES account (id),
    ask_again_on TEXT,
    CHECK (confirmer_id IS NULL OR confirmer_id <> prepared_by),
    CHECK (confirmer_id IS NOT NULL OR answer IS NULL),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((told_at IS NULL) = (told_by IS NULL))
) STRICT;
CREATE INDEX disclosure_client ON disclosure (client_id, prepared_at, id);
CREATE INDEX disclosure_confirmer ON disclosure (confirmer_id, prepared_at) WHERE confirmer_id IS NOT NULL AND answer IS NULL AND dropped_at IS NULL;
CREATE INDEX disclosure_untold ON disclosure (ask_again_on) WHERE ask_again_on IS NOT NULL AND told_at IS NULL;
CREATE TRIGGER disclosure_is_kept BEFORE DELETE ON disclosure
WHEN NOT EXISTS (SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'disclosure_stays');
END;
CREATE TRIGGER disclosure_stays BEFORE UPDATE ON disclosure
WHEN NEW.details <> OLD.details OR NEW.client_id <> OLD.client_id OR NEW.ground <> OLD.ground OR (OLD.answer IS NOT NULL AND NEW.answer IS NOT OLD.answer) OR (OLD.told_at IS NOT NULL AND NEW.told_at IS NOT OLD.told_at)
BEGIN
    SELECT RAISE(ABORT, 'disclosure_stays');
END;

CREATE TABLE disclosure_silence (
    id BLOB PRIMARY KEY,
    disclosure_id BLOB NOT NULL REFERENCES disclosure (id),
    reason BLOB NOT NULL,
    ask_again_on TEXT NOT NULL,
    set_at TEXT NOT NULL,
    set_by BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX disclosure_silence_of ON disclosure_silence (disclosure_id, set_at);

CREATE TABLE document (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    scope TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    file_id BLOB NOT NULL UNIQUE REFERENCES file (id),
    author_id BLOB NOT NULL REFERENCES account (id),
    person_id BLOB REFERENCES person (id),
    title BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('signed_form', 'letter', 'picture', 'other')),
    type TEXT NOT NULL CHECK (type IN ('pdf', 'jpeg', 'png', 'text', 'docx')),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    dated TEXT NOT NULL,
    added_at TEXT NOT NULL,
    opened_at TEXT,
    shared_at TEXT,
    removed_at TEXT,
    CHECK (person_id IS NULL OR scope <> 'process'),
    CHECK (shared_at IS NULL OR (person_id IS NOT NULL AND scope = 'joint'))
) STRICT;
CREATE INDEX document_client ON document (client_id, added_at);
CREATE INDEX document_new ON document (client_id) WHERE person_id IS NOT NULL AND opened_at IS NULL;
CREATE INDEX document_person ON document (person_id, added_at) WHERE person_id IS NOT NULL;
CREATE INDEX document_removed ON document (removed_at) WHERE removed_at IS NOT NULL;
CREATE TRIGGER document_not_frozen BEFORE INSERT ON document
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE earlier_wish (
    session_id BLOB PRIMARY KEY REFERENCES session (id),
    part TEXT NOT NULL,
    than TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES account (id)
) STRICT;

CREATE TABLE email (
    id BLOB PRIMARY KEY,
    dedupe TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    session_id BLOB REFERENCES session (id),
    session_version INTEGER,
    person_id BLOB REFERENCES person (id),
    account_id BLOB REFERENCES account (id),
    invitation_id BLOB REFERENCES invitation (id),
    reset_id BLOB REFERENCES password_reset (id),
    lead TEXT,
    due_at TEXT NOT NULL,
    not_after TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'claimed', 'sent', 'failed', 'skipped', 'superseded')),
    reason TEXT,
    attempts INTEGER NOT NULL,
    lease_token BLOB,
    lease_until TEXT,
    smtp_started_at TEXT,
    message_id_header TEXT,
    recipient TEXT,
    bytes BLOB,
    created_at TEXT NOT NULL,
    sent_at TEXT,
    last_error TEXT,
    occurrence_id BLOB REFERENCES occurrence (id),
    plan_id BLOB REFERENCES plan (id),
    message_id BLOB REFERENCES message (id),
    request_id BLOB REFERENCES session_request (id),
    inquiry_id BLOB REFERENCES inquiry (id),
    asks INTEGER NOT NULL DEFAULT 0 CHECK (asks IN (0, 1)),
    may_have_arrived INTEGER NOT NULL DEFAULT 0 CHECK (may_have_arrived IN (0, 1)),
    uncertain INTEGER NOT NULL DEFAULT 0,
    refusals INTEGER NOT NULL DEFAULT 0,
    told_starts TEXT,
    told_zone TEXT,
    again_of BLOB REFERENCES email (id),
    address_id BLOB REFERENCES address_change (id),
    ask_id BLOB REFERENCES consent_ask (id),
    data_request_id BLOB REFERENCES data_request (id),
    intake_id BLOB REFERENCES intake (id),
    event_id BLOB REFERENCES account_event (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX email_account ON email (account_id, created_at) WHERE account_id IS NOT NULL;
CREATE INDEX email_again ON email (again_of) WHERE again_of IS NOT NULL;
CREATE INDEX email_ask ON email (ask_id) WHERE ask_id IS NOT NULL;
CREATE INDEX email_data_request ON email (data_request_id) WHERE data_request_id IS NOT NULL;
CREATE INDEX email_due ON email (due_at) WHERE state IN ('planned', 'claimed');
CREATE INDEX email_event ON email (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX email_inquiry ON email (inquiry_id) WHERE inquiry_id IS NOT NULL;
CREATE INDEX email_intake ON email (intake_id) WHERE intake_id IS NOT NULL;
CREATE INDEX email_kept ON email (due_at) WHERE bytes IS NOT NULL;
CREATE INDEX email_nudges_sent ON email (sent_at) WHERE kind = 'nudge' AND state = 'sent';
CREATE INDEX email_occurrence ON email (occurrence_id, person_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX email_person_due ON email (person_id, due_at) WHERE session_id IS NOT NULL;
CREATE INDEX email_person_sent ON email (person_id, sent_at) WHERE person_id IS NOT NULL AND session_id IS NULL AND state = 'sent';
CREATE INDEX email_plan ON email (plan_id) WHERE plan_id IS NOT NULL;
CREATE INDEX email_session ON email (session_id, state, created_at);
CREATE INDEX email_state ON email (state, due_at);
CREATE INDEX email_undelivered ON email (person_id, due_at) WHERE state IN ('failed', 'skipped');

CREATE TABLE erasure (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    done_at TEXT NOT NULL,
    done_by BLOB NOT NULL REFERENCES account (id),
    report TEXT NOT NULL
) STRICT;
CREATE INDEX erasure_person ON erasure (person_id, done_at);

CREATE TABLE exercise (
    id BLOB PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    author_id BLOB REFERENCES account (id),
    archived_at TEXT
) STRICT;

CREATE TABLE exercise_draft (
    id BLOB PRIMARY KEY,
    author_id BLOB NOT NULL REFERENCES account (id),
    exercise_id BLOB REFERENCES exercise (id),
    version_id BLOB REFERENCES exercise_version (id),
    form TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    number INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX exercise_draft_author ON exercise_draft (author_id, updated_at);

CREATE TABLE exercise_version (
    id BLOB PRIMARY KEY,
    exercise_id BLOB NOT NULL REFERENCES exercise (id),
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (exercise_id, version)
) STRICT;

CREATE TABLE factor (
    account_id BLOB PRIMARY KEY REFERENCES account (id),
    secret BLOB NOT NULL,
    made_at TEXT NOT NULL,
    confirmed_at TEXT,
    last_step INTEGER NOT NULL DEFAULT 0,
    login_id BLOB
) STRICT;

CREATE TABLE factor_reset (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    asked_at TEXT NOT NULL,
    confirmed_by BLOB REFERENCES account (id),
    ready_at TEXT,
    ended_as TEXT CHECK (ended_as IN ('done', 'cancelled')),
    ended_at TEXT,
    CHECK ((confirmed_by IS NULL) = (ready_at IS NULL)),
    CHECK ((ended_as IS NULL) = (ended_at IS NULL)),
    CHECK (confirmed_by IS NULL OR confirmed_by <> account_id)
) STRICT;
CREATE UNIQUE INDEX factor_reset_open ON factor_reset (account_id) WHERE ended_at IS NULL;

CREATE TABLE fee_suggestion (
    session_id BLOB PRIMARY KEY REFERENCES session (id),
    amount TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('suggested', 'kept', 'waived')),
    made_at TEXT NOT NULL,
    decided_by BLOB REFERENCES account (id),
    decided_at TEXT,
    settled_on TEXT,
    settled_by BLOB REFERENCES account (id),
    settled_at TEXT
) STRICT;
CREATE INDEX fee_suggestion_made ON fee_suggestion (made_at, session_id);

CREATE TABLE feed (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL UNIQUE,
    wording TEXT NOT NULL CHECK (wording IN ('busy', 'initials', 'names')),
    made_at TEXT NOT NULL,
    read_at TEXT,
    revoked_at TEXT
) STRICT;
CREATE UNIQUE INDEX feed_account ON feed (account_id) WHERE revoked_at IS NULL;

CREATE TABLE file (
    id BLOB PRIMARY KEY,
    subject_id BLOB,
    sealed_key BLOB,
    chunks INTEGER NOT NULL CHECK (chunks >= 0),
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    sha256 BLOB,
    made_by BLOB REFERENCES account (id),
    made_at TEXT NOT NULL,
    CHECK ((subject_id IS NULL) = (sealed_key IS NULL)),
    CHECK (sealed_key IS NULL OR sha256 IS NOT NULL)
) STRICT;
CREATE INDEX file_loose ON file (made_at) WHERE sealed_key IS NULL;

CREATE TABLE file_chunk (
    file_id BLOB NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number >= 0),
    body BLOB NOT NULL,
    PRIMARY KEY (file_id, number)
) STRICT;
CREATE TRIGGER handover_chunk_is_kept BEFORE DELETE ON file_chunk
WHEN EXISTS (SELECT 1 FROM handover_file f JOIN handover h ON h.id = f.handover_id JOIN client c ON c.id = h.client_id WHERE f.file_id = OLD.file_id AND c.example_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;
CREATE TRIGGER handover_chunk_stays BEFORE UPDATE ON file_chunk
WHEN EXISTS (SELECT 1 FROM handover_file WHERE file_id = OLD.file_id)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TABLE form_key (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    made BLOB NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX form_key_made_at ON form_key (made_at);

CREATE TABLE goal (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    body BLOB NOT NULL,
    since_on TEXT NOT NULL,
    exercise_id BLOB REFERENCES exercise (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'reached', 'dropped')),
    review_sessions INTEGER CHECK (review_sessions BETWEEN 1 AND 100),
    review_on TEXT,
    reviewed_at TEXT,
    revision INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    made_by BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX goal_client ON goal (client_id, since_on);
CREATE TRIGGER goal_not_frozen BEFORE INSERT ON goal
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE goal_event (
    id BLOB PRIMARY KEY,
    goal_id BLOB NOT NULL REFERENCES goal (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'reached', 'dropped')),
    body BLOB NOT NULL,
    remark BLOB,
    reviewed INTEGER NOT NULL CHECK (reviewed IN (0, 1)),
    at TEXT NOT NULL,
    made_by BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX goal_event_goal ON goal_event (goal_id, at);
CREATE TRIGGER goal_event_not_frozen BEFORE INSERT ON goal_event
WHEN EXISTS (SELECT 1 FROM goal g JOIN client c ON c.id = g.client_id WHERE g.id = NEW.goal_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE handover (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    door TEXT NOT NULL CHECK (door IN ('release', 'legal', 'own_data')),
    release_id BLOB REFERENCES release (id),
    disclosure_id BLOB REFERENCES disclosure (id),
    person_id BLOB REFERENCES person (id),
    details BLOB NOT NULL,
    sent_at TEXT NOT NULL,
    sent_by BLOB NOT NULL REFERENCES account (id),
    CHECK ((door = 'release') = (release_id IS NOT NULL)),
    CHECK ((door = 'legal') = (disclosure_id IS NOT NULL)),
    CHECK ((door = 'own_data') = (person_id IS NOT NULL))
) STRICT;
CREATE INDEX handover_client ON handover (client_id, sent_at, id);
CREATE UNIQUE INDEX handover_disclosure ON handover (disclosure_id) WHERE disclosure_id IS NOT NULL;
CREATE INDEX handover_release ON handover (release_id) WHERE release_id IS NOT NULL;
CREATE TRIGGER handover_is_kept BEFORE DELETE ON handover
WHEN NOT EXISTS (SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;
CREATE TRIGGER handover_stays BEFORE UPDATE ON handover
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TABLE handover_file (
    handover_id BLOB NOT NULL REFERENCES handover (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    part TEXT NOT NULL CHECK (part IN ('joint', 'partner_a', 'partner_b', 'process')),
    about BLOB NOT NULL,
    file_id BLOB REFERENCES file (id),
    PRIMARY KEY (handover_id, number)
) STRICT;
CREATE INDEX handover_file_bytes ON handover_file (file_id) WHERE file_id IS NOT NULL;
CREATE TRIGGER handover_file_is_kept BEFORE DELETE ON handover_file
WHEN NOT EXISTS (SELECT 1 FROM handover h JOIN client c ON c.id = h.client_id WHERE h.id = OLD.handover_id AND c.example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;
CREATE TRIGGER handover_file_stays BEFORE UPDATE ON handover_file
BEGIN
    SELECT RAISE(ABORT, 'handover_stays');
END;

CREATE TABLE hours_exception (
    id BLOB PRIMARY KEY,
    account_id BLOB REFERENCES account (id),
    first_on TEXT NOT NULL,
    last_on TEXT NOT NULL,
    starts TEXT,
    ends TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('away', 'open')),
    reason TEXT NOT NULL,
    set_by BLOB NOT NULL REFERENCES account (id),
    set_at TEXT NOT NULL,
    CHECK (last_on >= first_on)
) STRICT;
CREATE INDEX hours_exception_days ON hours_exception (last_on, account_id);

CREATE TABLE imported_details (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    import_id BLOB NOT NULL REFERENCES client_import (id),
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX imported_details_import ON imported_details (import_id);

CREATE TABLE inquiry (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('couple', 'individual')),
    part TEXT NOT NULL CHECK (part IN ('any', 'morning', 'afternoon', 'evening')),
    meeting TEXT NOT NULL CHECK (meeting IN ('any', 'room', 'online')),
    state TEXT NOT NULL CHECK (state IN ('unconfirmed', 'waiting', 'called', 'taken_on', 'closed')),
    token_hash BLOB NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    confirmed_at TEXT,
    settled_by BLOB REFERENCES account (id),
    settled_at TEXT,
    returned_at TEXT,
    returned_why TEXT NOT NULL DEFAULT '',
    email_key TEXT NOT NULL DEFAULT '',
    keys_version INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inquiry_state ON inquiry (state, confirmed_at);

CREATE TABLE intake (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL UNIQUE REFERENCES client (id),
    list_id BLOB NOT NULL REFERENCES intake_list (id),
    started_at TEXT NOT NULL,
    started_by BLOB NOT NULL REFERENCES account (id),
    ended_at TEXT
) STRICT;
CREATE INDEX intake_of_list ON intake (list_id);
CREATE TRIGGER intake_not_frozen BEFORE INSERT ON intake
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE intake_answer (
    id BLOB PRIMARY KEY,
    intake_id BLOB NOT NULL REFERENCES intake (id),
    client_id BLOB NOT NULL REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    item TEXT NOT NULL,
    answer BLOB,
    answered_at TEXT,
    draft BLOB,
    entered_by BLOB REFERENCES account (id),
    shared_at TEXT,
    waived_at TEXT,
    waived_by BLOB REFERENCES account (id),
    waived_why BLOB,
    saved_at TEXT NOT NULL,
    UNIQUE (intake_id, person_id, item),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK (shared_at IS NULL OR answer IS NOT NULL),
    CHECK ((waived_at IS NULL) = (waived_by IS NULL) AND (waived_at IS NULL) = (waived_why IS NULL))
) STRICT;
CREATE INDEX intake_answer_client ON intake_answer (client_id);
CREATE INDEX intake_answer_person ON intake_answer (person_id);
CREATE TRIGGER intake_answer_not_frozen BEFORE INSERT ON intake_answer
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
CREATE TRIGGER intake_answer_stays_frozen BEFORE UPDATE ON intake_answer
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE intake_list (
    id BLOB PRIMARY KEY,
    version INTEGER NOT NULL UNIQUE,
    list TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by BLOB REFERENCES account (id)
) STRICT;
CREATE TRIGGER intake_list_stays BEFORE UPDATE ON intake_list
BEGIN
    SELECT RAISE(ABORT, 'intake_list_stays');
END;

CREATE TABLE invitation (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL UNIQUE,
    email TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    revoked_at TEXT
) STRICT;
CREATE INDEX invitation_account ON invitation (account_id, created_at);

CREATE TABLE location (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    archived_at TEXT
) STRICT;

CREATE TABLE login (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL UNIQUE,
    device TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT,
    browser_id BLOB REFERENCES browser (id) ON DELETE SET NULL,
    confirmed_at TEXT,
    second_step TEXT CHECK (second_step IN ('app', 'recovery', 'device'))
) STRICT;
CREATE INDEX login_account ON login (account_id, ended_at);
CREATE INDEX login_browser ON login (browser_id) WHERE browser_id IS NOT NULL;

CREATE TABLE mail_queue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL CHECK (state IN ('open', 'resting', 'stopped')),
    since TEXT,
    reason TEXT NOT NULL,
    code TEXT NOT NULL,
    by_report INTEGER NOT NULL CHECK (by_report IN (0, 1)),
    probes INTEGER NOT NULL,
    next_probe_at TEXT,
    probe_id BLOB,
    accepted_at TEXT,
    refused_id BLOB
) STRICT;

CREATE TABLE mail_suspect (
    email_id BLOB PRIMARY KEY REFERENCES email (id) ON DELETE CASCADE,
    refused_at TEXT NOT NULL
) STRICT;

CREATE TABLE message (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    occurrence_id BLOB REFERENCES occurrence (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    from_therapist INTEGER NOT NULL CHECK (from_therapist IN (0, 1)),
    body BLOB NOT NULL,
    written_at TEXT NOT NULL,
    read_at TEXT
) STRICT;
CREATE INDEX message_thread ON message (client_id, person_id, written_at);
CREATE INDEX message_unread ON message (client_id) WHERE read_at IS NULL;
CREATE TRIGGER message_not_frozen BEFORE INSERT ON message
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE note (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    session_id BLOB REFERENCES session (id),
    author_id BLOB NOT NULL REFERENCES account (id),
    addendum_of BLOB REFERENCES note (id),
    scope TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    body BLOB NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    signed_at TEXT,
    undecided INTEGER NOT NULL DEFAULT 0 CHECK (undecided IN (0, 1)),
    template_version_id BLOB REFERENCES note_template_version (id),
    header BLOB,
    revision INTEGER NOT NULL DEFAULT 0,
    locked_at TEXT,
    without_policy BLOB
) STRICT;
CREATE INDEX note_addenda ON note (addendum_of, created_at) WHERE addendum_of IS NOT NULL;
CREATE INDEX note_client ON note (client_id, created_at);
CREATE INDEX note_draft_of_session ON note (session_id, author_id) WHERE session_id IS NOT NULL AND signed_at IS NULL;
CREATE INDEX note_of_author_unsigned ON note (author_id, created_at, id) WHERE signed_at IS NULL;
CREATE INDEX note_session ON note (session_id, scope) WHERE session_id IS NOT NULL;
CREATE INDEX note_signed_session ON note (session_id) WHERE session_id IS NOT NULL AND signed_at IS NOT NULL;
CREATE TRIGGER note_locked BEFORE UPDATE ON note
WHEN OLD.locked_at IS NOT NULL AND NOT (NEW.locked_at IS NULL AND NEW.signed_at IS NULL AND NEW.id = OLD.id AND NEW.client_id = OLD.client_id AND NEW.session_id IS OLD.session_id AND NEW.author_id = OLD.author_id AND NEW.addendum_of IS OLD.addendum_of AND NEW.scope = OLD.scope AND NEW.body = OLD.body AND NEW.header IS OLD.header AND NEW.template_version_id IS OLD.template_version_id AND NEW.without_policy IS OLD.without_policy AND NEW.created_at = OLD.created_at AND EXISTS (SELECT 1 FROM note_unlock u WHERE u.note_id = OLD.id AND u.locked_at = OLD.locked_at))
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;
CREATE TRIGGER note_locked_stays BEFORE DELETE ON note
WHEN OLD.locked_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM client c WHERE c.id = OLD.client_id AND c.example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;
CREATE TRIGGER note_not_frozen BEFORE INSERT ON note
WHEN NEW.addendum_of IS NULL AND EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
CREATE TRIGGER note_signed_at_once AFTER INSERT ON note
WHEN NEW.session_id IS NOT NULL AND NEW.signed_at IS NOT NULL AND NEW.scope <> 'process'
BEGIN
    UPDATE session SET noted = 1 WHERE id = NEW.session_id AND noted = 0;
END;
CREATE TRIGGER note_signed_later AFTER UPDATE OF session_id, scope, signed_at ON note
WHEN (NEW.session_id IS NOT NULL OR OLD.session_id IS NOT NULL) AND (NEW.signed_at IS NOT OLD.signed_at OR NEW.scope IS NOT OLD.scope OR NEW.session_id IS NOT OLD.session_id)
BEGIN
    UPDATE session SET noted = EXISTS (SELECT 1 FROM note n WHERE n.session_id = session.id AND n.session_id IS NOT NULL AND n.signed_at IS NOT NULL AND n.scope <> 'process') WHERE id IN (NEW.session_id, OLD.session_id);
END;

CREATE TABLE note_leftover (
    id BLOB PRIMARY KEY,
    note_id BLOB NOT NULL REFERENCES note (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    page BLOB NOT NULL,
    body BLOB NOT NULL,
    typed_at TEXT NOT NULL,
    UNIQUE (note_id, page)
) STRICT;

CREATE TABLE note_move (
    id BLOB PRIMARY KEY,
    from_note_id BLOB NOT NULL REFERENCES note (id),
    to_note_id BLOB NOT NULL REFERENCES note (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    body BLOB NOT NULL,
    moved_at TEXT NOT NULL,
    undone_at TEXT
) STRICT;
CREATE INDEX note_move_from ON note_move (from_note_id, moved_at);

CREATE TABLE note_template (
    id BLOB PRIMARY KEY,
    slug TEXT UNIQUE,
    created_at TEXT NOT NULL,
    archived_at TEXT
) STRICT;

CREATE TABLE note_template_default (
    account_id BLOB PRIMARY KEY REFERENCES account (id),
    template_id BLOB NOT NULL REFERENCES note_template (id)
) STRICT;

CREATE TABLE note_template_version (
    id BLOB PRIMARY KEY,
    template_id BLOB NOT NULL REFERENCES note_template (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    title TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at TEXT NOT NULL,
    made_by BLOB REFERENCES account (id),
    UNIQUE (template_id, version)
) STRICT;
CREATE TRIGGER note_template_version_stays BEFORE UPDATE ON note_template_version
BEGIN
    SELECT RAISE(ABORT, 'note_template_version_stays');
END;

CREATE TABLE note_unlock (
    id BLOB PRIMARY KEY,
    note_id BLOB NOT NULL REFERENCES note (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    locked_at TEXT NOT NULL,
    unlocked_at TEXT NOT NULL,
    reason BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX note_unlock_once ON note_unlock (note_id, locked_at);
CREATE TRIGGER note_unlock_not_frozen BEFORE INSERT ON note_unlock
WHEN EXISTS (SELECT 1 FROM note n JOIN client c ON c.id = n.client_id WHERE n.id = NEW.note_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
CREATE TRIGGER note_unlock_not_removed BEFORE DELETE ON note_unlock
WHEN NOT EXISTS (SELECT 1 FROM note n JOIN client c ON c.id = n.client_id WHERE n.id = OLD.note_id AND c.example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;
CREATE TRIGGER note_unlock_stays BEFORE UPDATE ON note_unlock
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;

CREATE TABLE occupancy (
    session_id BLOB NOT NULL REFERENCES session (id),
    held TEXT NOT NULL CHECK (held IN ('clinician', 'room', 'person')),
    held_id BLOB NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    overridden INTEGER NOT NULL DEFAULT 0 CHECK (overridden IN (0, 1)),
    PRIMARY KEY (session_id, held, held_id)
) STRICT;
CREATE INDEX occupancy_held ON occupancy (held_id, ends_at, starts_at);
CREATE TRIGGER occupancy_no_overlap_insert BEFORE INSERT ON occupancy
WHEN NEW.overridden = 0 AND EXISTS (SELECT 1 FROM occupancy o WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at AND o.overridden = 0)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;
CREATE TRIGGER occupancy_no_overlap_update BEFORE UPDATE ON occupancy
WHEN NEW.overridden = 0 AND EXISTS (SELECT 1 FROM occupancy o WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at AND o.overridden = 0 AND NOT (o.session_id = OLD.session_id AND o.held = OLD.held AND o.held_id = OLD.held_id))
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;
CREATE TRIGGER occupancy_override_has_reason_insert BEFORE INSERT ON occupancy
WHEN NEW.overridden = 1 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_override_has_reason');
END;
CREATE TRIGGER occupancy_override_has_reason_update BEFORE UPDATE ON occupancy
WHEN NEW.overridden = 1 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_override_has_reason');
END;

CREATE TABLE occurrence (
    id BLOB PRIMARY KEY,
    assignment_id BLOB NOT NULL REFERENCES assignment (id),
    number INTEGER NOT NULL,
    submissions INTEGER NOT NULL,
    revealed_at TEXT,
    opens_on TEXT,
    due_on TEXT,
    made_at TEXT,
    UNIQUE (assignment_id, number)
) STRICT;
CREATE TRIGGER occurrence_not_frozen BEFORE INSERT ON occurrence
WHEN EXISTS (SELECT 1 FROM assignment g JOIN client c ON c.id = g.client_id WHERE g.id = NEW.assignment_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE password_reset (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    token_hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    email TEXT
) STRICT;
CREATE INDEX password_reset_account ON password_reset (account_id, created_at);

CREATE TABLE pathway (
    id BLOB PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    author_id BLOB REFERENCES account (id),
    document TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    archived_at TEXT
) STRICT;

CREATE TABLE pathway_progress (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    pathway_id BLOB NOT NULL REFERENCES pathway (id),
    title TEXT NOT NULL,
    person_id BLOB REFERENCES person (id),
    started_by BLOB NOT NULL REFERENCES account (id),
    started_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX pathway_progress_client ON pathway_progress (client_id, started_at);
CREATE INDEX pathway_progress_open ON pathway_progress (started_at) WHERE ended_at IS NULL;
CREATE TRIGGER pathway_progress_not_frozen BEFORE INSERT ON pathway_progress
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE person (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    search_name TEXT NOT NULL,
    pronouns TEXT NOT NULL,
    email TEXT,
    phone TEXT NOT NULL,
    zone TEXT NOT NULL,
    language TEXT NOT NULL,
    portal_only INTEGER NOT NULL CHECK (portal_only IN (0, 1)),
    safe_from TEXT,
    safe_until TEXT,
    reminders INTEGER NOT NULL CHECK (reminders IN (0, 1)),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    nudges INTEGER NOT NULL DEFAULT 1 CHECK (nudges IN (0, 1)),
    nudge_at TEXT NOT NULL DEFAULT '18:00:00',
    prefers TEXT,
    returned_at TEXT,
    returned_why TEXT NOT NULL DEFAULT '',
    leads TEXT,
    email_own_at TEXT,
    email_suggested TEXT,
    email_suggested_at TEXT,
    email_suggested_by BLOB REFERENCES account (id),
    email_key TEXT NOT NULL DEFAULT '',
    keys_version INTEGER NOT NULL DEFAULT 0,
    alone_mail TEXT NOT NULL DEFAULT 'unshared' CONSTRAINT person_alone_mail CHECK (alone_mail IN ('unshared', 'portal_only', 'address')),
    alone_mail_for TEXT NOT NULL DEFAULT '',
    welcomed_at TEXT,
    held_at TEXT,
    CHECK ((safe_from IS NULL) = (safe_until IS NULL))
) STRICT;
CREATE INDEX person_email_key ON person (email_key);
CREATE INDEX person_held ON person (held_at) WHERE held_at IS NOT NULL;
CREATE INDEX person_returned ON person (returned_at) WHERE returned_at IS NOT NULL;

CREATE TABLE plan (
    id BLOB PRIMARY KEY,
    occurrence_id BLOB NOT NULL REFERENCES occurrence (id),
    step TEXT NOT NULL,
    person_id BLOB REFERENCES person (id),
    starts TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'kept', 'moved', 'missed', 'dropped')),
    set_by BLOB NOT NULL REFERENCES person (id),
    set_at TEXT NOT NULL,
    closed_by BLOB REFERENCES person (id),
    closed_at TEXT
) STRICT;
CREATE INDEX plan_occurrence ON plan (occurrence_id);
CREATE UNIQUE INDEX plan_one_of_both ON plan (occurrence_id, step) WHERE state = 'planned' AND person_id IS NULL;
CREATE UNIQUE INDEX plan_one_of_each ON plan (occurrence_id, step, person_id) WHERE state = 'planned' AND person_id IS NOT NULL;
CREATE TRIGGER plan_not_frozen BEFORE INSERT ON plan
WHEN EXISTS (SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE policy (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    preset TEXT NOT NULL CHECK (preset IN ('no_secrets', 'limited_secrets', 'separate_confidences')),
    decisions BLOB NOT NULL,
    proposed_at TEXT NOT NULL,
    proposed_by BLOB NOT NULL REFERENCES account (id),
    ended_at TEXT
) STRICT;
CREATE INDEX policy_client ON policy (client_id, proposed_at);
CREATE TRIGGER policy_not_frozen BEFORE INSERT ON policy
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE practice (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    opens TEXT NOT NULL,
    closes TEXT NOT NULL,
    leads TEXT NOT NULL,
    notice_hours INTEGER NOT NULL,
    sender_name TEXT NOT NULL,
    phone TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    open_days TEXT NOT NULL DEFAULT 'Mon,Tue,Wed,Thu,Fri,Sat,Sun',
    quiet_minutes INTEGER NOT NULL DEFAULT 5 CHECK (quiet_minutes BETWEEN 0 AND 60),
    portal_rule TEXT NOT NULL DEFAULT 'ask' CHECK (portal_rule IN ('no', 'ask', 'at_once')),
    portal_days INTEGER NOT NULL DEFAULT 60 CHECK (portal_days BETWEEN 1 AND 366),
    portal_ahead INTEGER NOT NULL DEFAULT 2 CHECK (portal_ahead BETWEEN 1 AND 30),
    inquiries INTEGER NOT NULL DEFAULT 0 CHECK (inquiries IN (0, 1)),
    late_fee TEXT NOT NULL DEFAULT '',
    kinds TEXT NOT NULL DEFAULT '[]',
    asks TEXT NOT NULL DEFAULT 'first' CHECK (asks IN ('none', 'first', 'all')),
    replan_after TEXT,
    zones_at TEXT,
    zones_version TEXT NOT NULL DEFAULT '',
    zones_sessions INTEGER NOT NULL DEFAULT 0,
    zones_elsewhere INTEGER NOT NULL DEFAULT 0,
    zones_over INTEGER NOT NULL DEFAULT 0,
    fee_if_one_absent INTEGER NOT NULL DEFAULT 0 CHECK (fee_if_one_absent IN (0, 1)),
    first_steps_hidden_at TEXT,
    note_unlock_hours INTEGER NOT NULL DEFAULT 0 CHECK (note_unlock_hours BETWEEN 0 AND 72),
    opened_names INTEGER NOT NULL DEFAULT 0 CHECK (opened_names IN (0, 1)),
    factor_roles TEXT NOT NULL DEFAULT '',
    factor_days_clinical INTEGER NOT NULL DEFAULT 0 CHECK (factor_days_clinical IN (0, 7, 30)),
    factor_days_others INTEGER NOT NULL DEFAULT 30 CHECK (factor_days_others IN (0, 7, 30)),
    retention TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE press (
    id BLOB PRIMARY KEY,
    content BLOB NOT NULL,
    request_id BLOB NOT NULL,
    answer BLOB,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX press_made_at ON press (made_at);

CREATE TABLE progress_step (
    id BLOB PRIMARY KEY,
    progress_id BLOB NOT NULL REFERENCES pathway_progress (id),
    position INTEGER NOT NULL,
    exercise_id BLOB NOT NULL REFERENCES exercise (id),
    after_both INTEGER NOT NULL CHECK (after_both IN (0, 1)),
    after_days INTEGER,
    every_days INTEGER,
    for_days INTEGER,
    assignment_id BLOB UNIQUE REFERENCES assignment (id)
) STRICT;
CREATE INDEX progress_step_progress ON progress_step (progress_id, position);

CREATE TABLE recovery_code (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 10),
    hash TEXT NOT NULL,
    made_at TEXT NOT NULL,
    used_at TEXT,
    UNIQUE (account_id, number)
) STRICT;

CREATE TABLE release (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    kind TEXT NOT NULL CHECK (kind IN ('record', 'process')),
    terms BLOB NOT NULL,
    term TEXT NOT NULL CHECK (term IN ('once', 'until')),
    ends_on TEXT NOT NULL,
    prepared_at TEXT NOT NULL,
    prepared_by BLOB NOT NULL REFERENCES account (id),
    closed_at TEXT,
    closed_by BLOB REFERENCES account (id),
    closed_why TEXT CHECK (closed_why IN ('clinician', 'separation')),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_why IS NULL))
) STRICT;
CREATE INDEX release_client ON release (client_id, prepared_at, id);
CREATE TRIGGER release_is_kept BEFORE DELETE ON release
WHEN NOT EXISTS (SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'release_stays');
END;
CREATE TRIGGER release_stays BEFORE UPDATE ON release
WHEN NEW.terms <> OLD.terms OR NEW.client_id <> OLD.client_id OR NEW.kind <> OLD.kind OR NEW.term <> OLD.term OR NEW.ends_on <> OLD.ends_on OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS NOT OLD.closed_at)
BEGIN
    SELECT RAISE(ABORT, 'release_stays');
END;

CREATE TABLE release_signer (
    release_id BLOB NOT NULL REFERENCES release (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    ask_id BLOB NOT NULL UNIQUE REFERENCES consent_ask (id),
    own BLOB NOT NULL,
    PRIMARY KEY (release_id, person_id)
) STRICT;
CREATE INDEX release_signer_person ON release_signer (person_id);

CREATE TABLE response (
    id BLOB PRIMARY KEY,
    occurrence_id BLOB NOT NULL REFERENCES occurrence (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    draft BLOB,
    draft_number INTEGER NOT NULL,
    draft_at TEXT,
    submitted_at TEXT,
    opened_at TEXT,
    started_at TEXT,
    not_now_at TEXT,
    entered_by BLOB REFERENCES account (id),
    not_now BLOB,
    UNIQUE (occurrence_id, person_id),
    CHECK (submitted_at IS NULL OR draft IS NULL)
) STRICT;
CREATE INDEX response_person ON response (person_id, submitted_at, occurrence_id);
CREATE INDEX response_sent ON response (occurrence_id, submitted_at);
CREATE TRIGGER draft_not_frozen BEFORE UPDATE OF draft ON response
WHEN NEW.draft IS NOT NULL AND EXISTS (SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
CREATE TRIGGER response_not_frozen BEFORE UPDATE OF submitted_at ON response
WHEN NEW.submitted_at IS NOT NULL AND EXISTS (SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE room (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    archived_at TEXT,
    offers TEXT NOT NULL DEFAULT '[]',
    location_id BLOB REFERENCES location (id)
) STRICT;
CREATE UNIQUE INDEX room_in_use ON room (name, COALESCE(location_id, X'')) WHERE archived_at IS NULL;

CREATE TABLE series (
    id BLOB PRIMARY KEY,
    root_id BLOB NOT NULL REFERENCES series (id),
    client_id BLOB NOT NULL REFERENCES client (id),
    clinician_id BLOB NOT NULL REFERENCES account (id),
    room_id BLOB REFERENCES room (id),
    link TEXT NOT NULL,
    kind TEXT NOT NULL,
    person_id BLOB REFERENCES person (id),
    starts TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    every_weeks INTEGER CHECK (every_weeks BETWEEN 1 AND 26),
    first_on TEXT NOT NULL,
    until_on TEXT,
    times INTEGER,
    made_until TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES account (id),
    created_at TEXT NOT NULL,
    ended_at TEXT,
    outside INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1))
) STRICT;
CREATE INDEX series_open ON series (made_until) WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL;
CREATE INDEX series_root ON series (root_id);
CREATE TRIGGER series_not_frozen BEFORE INSERT ON series
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE series_gap (
    series_id BLOB NOT NULL REFERENCES series (id),
    on_day TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('left_out', 'taken')),
    noted_at TEXT NOT NULL,
    seen_at TEXT,
    PRIMARY KEY (series_id, on_day)
) STRICT;
CREATE INDEX series_gap_open ON series_gap (on_day) WHERE reason = 'taken' AND seen_at IS NULL;

CREATE TABLE session (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    clinician_id BLOB NOT NULL REFERENCES account (id),
    room_id BLOB REFERENCES room (id),
    link TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('booked', 'arrived', 'completed', 'no_show', 'late_cancelled', 'cancelled')),
    starts TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    zone_version TEXT NOT NULL,
    version INTEGER NOT NULL,
    booking_key BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    series_id BLOB REFERENCES series (id),
    series_on TEXT,
    outside INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1)),
    override_reason TEXT,
    shifts INTEGER NOT NULL DEFAULT 0,
    shifted_at TEXT,
    noted INTEGER NOT NULL DEFAULT 0 CHECK (noted IN (0, 1)),
    CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX session_client ON session (client_id, starts_at);
CREATE INDEX session_clinician ON session (clinician_id, starts_at);
CREATE UNIQUE INDEX session_series ON session (series_id, series_on) WHERE series_id IS NOT NULL;
CREATE INDEX session_time ON session (starts_at);
CREATE INDEX session_without_note ON session (clinician_id, starts_at, id) WHERE NOT noted AND state IN ('booked', 'arrived', 'completed');
CREATE TRIGGER session_not_booked_again BEFORE UPDATE OF state, starts_at ON session
WHEN NEW.state = 'booked' AND (OLD.state <> 'booked' OR NEW.starts_at <> OLD.starts_at) AND EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
CREATE TRIGGER session_not_frozen BEFORE INSERT ON session
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE session_attendee (
    session_id BLOB NOT NULL REFERENCES session (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    presence TEXT CHECK (presence IN ('present', 'absent')),
    arrived_at TEXT,
    marked_by BLOB REFERENCES account (id),
    marked_at TEXT,
    PRIMARY KEY (session_id, person_id)
) STRICT;
CREATE INDEX session_attendee_person ON session_attendee (person_id);

CREATE TABLE session_change (
    id BLOB PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES session (id),
    at TEXT NOT NULL,
    account_id BLOB NOT NULL REFERENCES account (id),
    what TEXT NOT NULL,
    from_at TEXT,
    to_at TEXT,
    reason BLOB
) STRICT;
CREATE INDEX session_change_session ON session_change (session_id, at);

CREATE TABLE session_reply (
    session_id BLOB NOT NULL REFERENCES session (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    session_version INTEGER NOT NULL,
    reply TEXT NOT NULL CHECK (reply IN ('coming', 'alone', 'another')),
    replied_at TEXT NOT NULL,
    changes INTEGER NOT NULL,
    settled_by BLOB REFERENCES account (id),
    settled_at TEXT,
    PRIMARY KEY (session_id, person_id)
) STRICT;
CREATE INDEX session_reply_open ON session_reply (session_id) WHERE reply <> 'coming' AND settled_at IS NULL;

CREATE TABLE session_request (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('book', 'move', 'alone')),
    state TEXT NOT NULL CHECK (state IN ('partner', 'desk', 'done', 'declined', 'withdrawn')),
    client_id BLOB NOT NULL REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    session_id BLOB REFERENCES session (id),
    session_version INTEGER,
    clinician_id BLOB NOT NULL REFERENCES account (id),
    room_id BLOB REFERENCES room (id),
    link TEXT NOT NULL,
    starts TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    made_at TEXT NOT NULL,
    answered_by BLOB REFERENCES account (id),
    answered_at TEXT,
    quiet_until TEXT
) STRICT;
CREATE UNIQUE INDEX session_request_alone ON session_request (session_id, person_id) WHERE kind = 'alone' AND state IN ('partner', 'desk');
CREATE UNIQUE INDEX session_request_book ON session_request (client_id, starts_at) WHERE kind = 'book' AND state IN ('partner', 'desk');
CREATE INDEX session_request_client ON session_request (client_id, made_at);
CREATE INDEX session_request_desk ON session_request (starts_at) WHERE state = 'desk';
CREATE UNIQUE INDEX session_request_move ON session_request (session_id, person_id) WHERE kind = 'move' AND state IN ('partner', 'desk');
CREATE INDEX session_request_person ON session_request (person_id, made_at);
CREATE TRIGGER session_request_not_frozen BEFORE INSERT ON session_request
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE session_undo (
    session_id BLOB PRIMARY KEY REFERENCES session (id),
    version INTEGER NOT NULL,
    until TEXT NOT NULL,
    state TEXT NOT NULL,
    starts TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    room_id BLOB REFERENCES room (id),
    link TEXT NOT NULL,
    outside INTEGER NOT NULL CHECK (outside IN (0, 1)),
    clinician_id BLOB REFERENCES account (id),
    kind TEXT,
    override_reason TEXT
) STRICT;

CREATE TABLE signature (
    id BLOB PRIMARY KEY,
    ask_id BLOB NOT NULL UNIQUE REFERENCES consent_ask (id),
    client_id BLOB REFERENCES client (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    version_id BLOB NOT NULL REFERENCES consent_version (id),
    language TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    content BLOB NOT NULL,
    shown_at TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('portal', 'room', 'paper')),
    account_id BLOB NOT NULL REFERENCES account (id),
    login_id BLOB NOT NULL REFERENCES login (id),
    proof TEXT NOT NULL CHECK (proof IN ('sign_in', 'password')),
    proven_at TEXT NOT NULL,
    scan_id BLOB,
    copy TEXT NOT NULL CHECK (copy IN ('portal', 'printed')),
    replaced_id BLOB REFERENCES signature (id),
    evidence BLOB,
    withdrawn_at TEXT,
    withdrawn_by BLOB REFERENCES account (id),
    withdrawn_how TEXT CHECK (withdrawn_how IN ('portal', 'told')),
    withdrawal_read_at TEXT
) STRICT;
CREATE INDEX signature_client ON signature (client_id);
CREATE INDEX signature_evidence ON signature (signed_at) WHERE evidence IS NOT NULL;
CREATE INDEX signature_person ON signature (person_id);
CREATE INDEX signature_replaced ON signature (replaced_id) WHERE replaced_id IS NOT NULL;
CREATE INDEX signature_version ON signature (version_id);
CREATE TRIGGER signature_is_kept BEFORE DELETE ON signature
WHEN OLD.client_id IS NULL OR NOT EXISTS (SELECT 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'signature_stays');
END;
CREATE TRIGGER signature_not_frozen BEFORE INSERT ON signature
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
CREATE TRIGGER signature_stays BEFORE UPDATE ON signature
WHEN NEW.id IS NOT OLD.id OR NEW.ask_id IS NOT OLD.ask_id OR NEW.client_id IS NOT OLD.client_id OR NEW.person_id IS NOT OLD.person_id OR NEW.version_id IS NOT OLD.version_id OR NEW.language IS NOT OLD.language OR NEW.sha256 IS NOT OLD.sha256 OR NEW.content IS NOT OLD.content OR NEW.shown_at IS NOT OLD.shown_at OR NEW.signed_at IS NOT OLD.signed_at OR NEW.recorded_at IS NOT OLD.recorded_at OR NEW.zone IS NOT OLD.zone OR NEW.method IS NOT OLD.method OR NEW.account_id IS NOT OLD.account_id OR NEW.login_id IS NOT OLD.login_id OR NEW.proof IS NOT OLD.proof OR NEW.proven_at IS NOT OLD.proven_at OR NEW.scan_id IS NOT OLD.scan_id OR NEW.copy IS NOT OLD.copy OR NEW.replaced_id IS NOT OLD.replaced_id OR (NEW.evidence IS NOT NULL AND NEW.evidence IS NOT OLD.evidence) OR (OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at IS NOT OLD.withdrawn_at OR NEW.withdrawn_by IS NOT OLD.withdrawn_by OR NEW.withdrawn_how IS NOT OLD.withdrawn_how)) OR (NEW.withdrawn_at IS NULL) <> (NEW.withdrawn_by IS NULL) OR (NEW.withdrawn_at IS NULL) <> (NEW.withdrawn_how IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'signature_stays');
END;

CREATE TABLE supervision (
    id BLOB PRIMARY KEY,
    author_id BLOB NOT NULL REFERENCES account (id),
    supervisor_id BLOB NOT NULL REFERENCES account (id),
    from_on TEXT NOT NULL,
    until_on TEXT,
    made_at TEXT NOT NULL,
    made_by BLOB NOT NULL REFERENCES account (id),
    CHECK (author_id <> supervisor_id),
    CHECK (until_on IS NULL OR until_on >= from_on)
) STRICT;
CREATE INDEX supervision_author ON supervision (author_id, from_on);
CREATE INDEX supervision_supervisor ON supervision (supervisor_id, from_on);

CREATE TABLE throttle (
    key BLOB PRIMARY KEY,
    tries INTEGER NOT NULL,
    started_at TEXT NOT NULL
) STRICT;

CREATE TABLE treatment_plan (
    id BLOB PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES client (id),
    body BLOB NOT NULL,
    until_on TEXT,
    written_at TEXT NOT NULL,
    written_by BLOB NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX treatment_plan_client ON treatment_plan (client_id, written_at);
CREATE TRIGGER treatment_plan_not_frozen BEFORE INSERT ON treatment_plan
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    proof BLOB NOT NULL
) STRICT;

CREATE TABLE wording (
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    set_by BLOB NOT NULL REFERENCES account (id),
    set_at TEXT NOT NULL,
    PRIMARY KEY (kind, language)
) STRICT;

CREATE TABLE working_week (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    from_on TEXT NOT NULL,
    hours TEXT NOT NULL,
    set_by BLOB NOT NULL REFERENCES account (id),
    set_at TEXT NOT NULL,
    at_locations TEXT NOT NULL DEFAULT '{}',
    UNIQUE (account_id, from_on)
) STRICT;

CREATE TABLE write_probe (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    mark BLOB NOT NULL,
    filler BLOB NOT NULL
) STRICT;
