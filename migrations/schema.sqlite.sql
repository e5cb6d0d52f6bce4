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

CREATE TABLE bin (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('draft', 'draft_step', 'wording', 'exception', 'week', 'response', 'pathway_progress', 'assignment', 'pathway', 'room', 'location', 'inquiry')),
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
    example_at TEXT
) STRICT;
CREATE TRIGGER client_stays_separated BEFORE UPDATE ON client
WHEN OLD.separated_at IS NOT NULL AND (NEW.separated_at IS NULL OR NEW.archived_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

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

CREATE TABLE data_key (
    subject_id BLOB PRIMARY KEY,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

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
    address_id BLOB REFERENCES address_change (id)
) STRICT;
CREATE INDEX email_account ON email (account_id, created_at) WHERE account_id IS NOT NULL;
CREATE INDEX email_again ON email (again_of) WHERE again_of IS NOT NULL;
CREATE INDEX email_due ON email (due_at) WHERE state IN ('planned', 'claimed');
CREATE INDEX email_inquiry ON email (inquiry_id) WHERE inquiry_id IS NOT NULL;
CREATE INDEX email_kept ON email (due_at) WHERE bytes IS NOT NULL;
CREATE INDEX email_nudges_sent ON email (sent_at) WHERE kind = 'nudge' AND state = 'sent';
CREATE INDEX email_occurrence ON email (occurrence_id, person_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX email_person_due ON email (person_id, due_at) WHERE session_id IS NOT NULL;
CREATE INDEX email_person_sent ON email (person_id, sent_at) WHERE person_id IS NOT NULL AND session_id IS NULL AND state = 'sent';
CREATE INDEX email_plan ON email (plan_id) WHERE plan_id IS NOT NULL;
CREATE INDEX email_session ON email (session_id, state, created_at);
CREATE INDEX email_state ON email (state, due_at);
CREATE INDEX email_undelivered ON email (person_id, due_at) WHERE state IN ('failed', 'skipped');

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

CREATE TABLE form_key (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    made BLOB NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX form_key_made_at ON form_key (made_at);

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
    browser_id BLOB REFERENCES browser (id) ON DELETE SET NULL
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
    amends_id BLOB REFERENCES note (id),
    scope TEXT NOT NULL CHECK (scope IN ('joint', 'partner_a', 'partner_b', 'process')),
    body BLOB NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    signed_at TEXT,
    undecided INTEGER NOT NULL DEFAULT 0 CHECK (undecided IN (0, 1))
) STRICT;
CREATE INDEX note_client ON note (client_id, created_at);
CREATE TRIGGER note_not_frozen BEFORE INSERT ON note
WHEN NEW.amends_id IS NULL AND EXISTS (SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
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
    CHECK ((safe_from IS NULL) = (safe_until IS NULL))
) STRICT;
CREATE INDEX person_email_key ON person (email_key);
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
    first_steps_hidden_at TEXT
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
    CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX session_client ON session (client_id, starts_at);
CREATE INDEX session_clinician ON session (clinician_id, starts_at);
CREATE UNIQUE INDEX session_series ON session (series_id, series_on) WHERE series_id IS NOT NULL;
CREATE INDEX session_time ON session (starts_at);
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

CREATE TABLE throttle (
    key BLOB PRIMARY KEY,
    tries INTEGER NOT NULL,
    started_at TEXT NOT NULL
) STRICT;

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
