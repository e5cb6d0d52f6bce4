-- Printed by a test; nothing applies this file.

CREATE EXTENSION btree_gist;

CREATE OR REPLACE FUNCTION public.audit_head_follows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE audit_head SET mac = NEW.mac WHERE id = 1 AND seq = NEW.seq;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.client_not_frozen(client uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM 1 FROM client c WHERE c.id = client AND c.separated_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'client_frozen' USING ERRCODE = 'check_violation';
    END IF;
END $function$;

CREATE OR REPLACE FUNCTION public.client_stays_separated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'client_frozen' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.consent_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'consent_stays' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.cosign_is_settled()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'cosign_settled' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.disclosure_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'disclosure_stays' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.handover_chunk_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (
        SELECT 1 FROM handover_file f JOIN handover h ON h.id = f.handover_id
        WHERE f.file_id = OLD.file_id AND (TG_OP = 'UPDATE' OR NOT is_example(h.client_id))) THEN
        RAISE EXCEPTION 'handover_stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $function$;

CREATE OR REPLACE FUNCTION public.handover_file_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM handover h WHERE h.id = OLD.handover_id AND is_example(h.client_id)) THEN
        RAISE EXCEPTION 'handover_stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $function$;

CREATE OR REPLACE FUNCTION public.handover_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'handover_stays' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.intake_list_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'intake_list_stays' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.is_example(client uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
    SELECT EXISTS (SELECT 1 FROM client c WHERE c.id = client AND c.example_at IS NOT NULL)
$function$;

CREATE OR REPLACE FUNCTION public.note_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT 1 FROM client c WHERE c.id = OLD.client_id AND c.example_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.note_keeps_lock()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.locked_at IS NULL AND NEW.signed_at IS NULL AND NEW.id = OLD.id AND NEW.client_id = OLD.client_id
        AND NEW.session_id IS NOT DISTINCT FROM OLD.session_id AND NEW.author_id = OLD.author_id
        AND NEW.addendum_of IS NOT DISTINCT FROM OLD.addendum_of AND NEW.scope = OLD.scope AND NEW.body = OLD.body
        AND NEW.header IS NOT DISTINCT FROM OLD.header
        AND NEW.template_version_id IS NOT DISTINCT FROM OLD.template_version_id
        AND NEW.without_policy IS NOT DISTINCT FROM OLD.without_policy AND NEW.created_at = OLD.created_at
        AND EXISTS (SELECT 1 FROM note_unlock u WHERE u.note_id = OLD.id AND u.locked_at = OLD.locked_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.note_locked()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.note_marks_session()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE session SET noted = true WHERE id = NEW.session_id AND NOT noted;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.note_marks_sessions_anew()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE session SET noted = EXISTS (
        SELECT 1 FROM note n
        WHERE n.session_id = session.id AND n.session_id IS NOT NULL AND n.signed_at IS NOT NULL
            AND n.scope <> 'process')
    WHERE id IN (NEW.session_id, OLD.session_id);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.note_template_version_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'note_template_version_stays' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.note_unlock_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT 1 FROM note n JOIN client c ON c.id = n.client_id WHERE n.id = OLD.note_id AND c.example_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.occupancy_override_has_reason()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NEW.overridden AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0) THEN
        RAISE EXCEPTION 'occupancy_override_has_reason';
    END IF;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.of_assignment_not_frozen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM client_not_frozen(g.client_id) FROM assignment g WHERE g.id = NEW.assignment_id;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.of_client_not_frozen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM client_not_frozen(NEW.client_id);
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.of_goal_not_frozen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM client_not_frozen(g.client_id) FROM goal g WHERE g.id = NEW.goal_id;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.of_note_not_frozen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM client_not_frozen(n.client_id) FROM note n WHERE n.id = NEW.note_id;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.of_occurrence_not_frozen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM client_not_frozen(g.client_id) FROM occurrence o JOIN assignment g ON g.id = o.assignment_id WHERE o.id = NEW.occurrence_id;
    RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.release_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'release_stays' USING ERRCODE = 'check_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.signature_is_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM 1 FROM client WHERE id = OLD.client_id AND example_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'signature_stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $function$;

CREATE OR REPLACE FUNCTION public.signature_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'signature_stays' USING ERRCODE = 'check_violation';
END $function$;

CREATE TABLE acceptance (
    agreement_id uuid NOT NULL,
    person_id uuid NOT NULL,
    accepted_at timestamp with time zone NOT NULL
);
ALTER TABLE acceptance ADD CONSTRAINT acceptance_agreement_id_fkey FOREIGN KEY (agreement_id) REFERENCES agreement(id);
ALTER TABLE acceptance ADD CONSTRAINT acceptance_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE acceptance ADD CONSTRAINT acceptance_pkey PRIMARY KEY (agreement_id, person_id);

CREATE TABLE account (
    id uuid NOT NULL,
    login_name text,
    display_name text NOT NULL,
    email text NOT NULL,
    zone text NOT NULL,
    password_hash text,
    person_id uuid,
    created_at timestamp with time zone NOT NULL,
    password_changed_at timestamp with time zone,
    disabled_at timestamp with time zone,
    buffer_before bigint NOT NULL DEFAULT 0,
    buffer_after bigint NOT NULL DEFAULT 0,
    returned_at timestamp with time zone,
    returned_why text NOT NULL DEFAULT ''::text,
    email_key text NOT NULL DEFAULT ''::text,
    keys_version bigint NOT NULL DEFAULT 0,
    email_proven_at timestamp with time zone,
    slash_search boolean NOT NULL DEFAULT true
);
ALTER TABLE account ADD CONSTRAINT account_buffer_after_check CHECK (((buffer_after >= 0) AND (buffer_after <= 120)));
ALTER TABLE account ADD CONSTRAINT account_buffer_before_check CHECK (((buffer_before >= 0) AND (buffer_before <= 120)));
ALTER TABLE account ADD CONSTRAINT account_login_name_key UNIQUE (login_name);
ALTER TABLE account ADD CONSTRAINT account_person_id_key UNIQUE (person_id);
ALTER TABLE account ADD CONSTRAINT account_pkey PRIMARY KEY (id);
CREATE INDEX account_email_key ON public.account USING btree (email_key);

CREATE TABLE account_event (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    event text NOT NULL,
    device text NOT NULL
);
ALTER TABLE account_event ADD CONSTRAINT account_event_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE account_event ADD CONSTRAINT account_event_pkey PRIMARY KEY (id);
CREATE INDEX account_event_account ON public.account_event USING btree (account_id, at, id);
CREATE INDEX account_event_at ON public.account_event USING btree (at, id);

CREATE TABLE account_role (
    account_id uuid NOT NULL,
    role text NOT NULL,
    granted_at timestamp with time zone NOT NULL
);
ALTER TABLE account_role ADD CONSTRAINT account_role_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE account_role ADD CONSTRAINT account_role_pkey PRIMARY KEY (account_id, role);
ALTER TABLE account_role ADD CONSTRAINT account_role_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'clinician'::text, 'front_desk'::text, 'partner'::text])));
CREATE INDEX account_role_by_role ON public.account_role USING btree (role, account_id);

CREATE TABLE address_change (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    email text NOT NULL,
    old_email text NOT NULL DEFAULT ''::text,
    token_hash bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    handed_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    ended_at timestamp with time zone
);
ALTER TABLE address_change ADD CONSTRAINT address_change_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE address_change ADD CONSTRAINT address_change_pkey PRIMARY KEY (id);
ALTER TABLE address_change ADD CONSTRAINT address_change_token_hash_key UNIQUE (token_hash);
CREATE INDEX address_change_account ON public.address_change USING btree (account_id, made_at);
CREATE UNIQUE INDEX address_change_open ON public.address_change USING btree (account_id) WHERE ((confirmed_at IS NULL) AND (ended_at IS NULL));

CREATE TABLE agreement (
    id uuid NOT NULL,
    occurrence_id uuid NOT NULL,
    step text NOT NULL,
    version bigint NOT NULL,
    body bytea NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamp with time zone NOT NULL
);
ALTER TABLE agreement ADD CONSTRAINT agreement_occurrence_id_fkey FOREIGN KEY (occurrence_id) REFERENCES occurrence(id);
ALTER TABLE agreement ADD CONSTRAINT agreement_occurrence_id_step_version_key UNIQUE (occurrence_id, step, version);
ALTER TABLE agreement ADD CONSTRAINT agreement_pkey PRIMARY KEY (id);
ALTER TABLE agreement ADD CONSTRAINT agreement_written_by_fkey FOREIGN KEY (written_by) REFERENCES person(id);
CREATE TRIGGER agreement_not_frozen BEFORE INSERT ON public.agreement FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TABLE answer (
    id uuid NOT NULL,
    response_id uuid NOT NULL,
    occurrence_id uuid NOT NULL,
    person_id uuid NOT NULL,
    step text NOT NULL,
    scope text NOT NULL,
    body bytea NOT NULL,
    shared_at timestamp with time zone,
    shared_from text,
    accepted_at timestamp with time zone
);
ALTER TABLE answer ADD CONSTRAINT answer_occurrence_id_fkey FOREIGN KEY (occurrence_id) REFERENCES occurrence(id);
ALTER TABLE answer ADD CONSTRAINT answer_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE answer ADD CONSTRAINT answer_pkey PRIMARY KEY (id);
ALTER TABLE answer ADD CONSTRAINT answer_response_id_fkey FOREIGN KEY (response_id) REFERENCES response(id);
ALTER TABLE answer ADD CONSTRAINT answer_response_id_step_key UNIQUE (response_id, step);
ALTER TABLE answer ADD CONSTRAINT answer_scope_check CHECK ((scope = ANY (ARRAY['mine'::text, 'therapist'::text, 'reveal'::text, 'couple'::text])));
ALTER TABLE answer ADD CONSTRAINT answer_shared_from_check CHECK ((shared_from = ANY (ARRAY['mine'::text, 'therapist'::text, 'reveal'::text, 'couple'::text])));
CREATE INDEX answer_occurrence ON public.answer USING btree (occurrence_id, person_id);
CREATE TRIGGER answer_not_frozen BEFORE INSERT ON public.answer FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();
CREATE TRIGGER answer_stays BEFORE UPDATE ON public.answer FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TABLE assignment (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    exercise_version_id uuid NOT NULL,
    assigned_by uuid NOT NULL,
    assigned_at timestamp with time zone NOT NULL,
    due text NOT NULL,
    due_on date,
    word_along bytea,
    withdrawn_at timestamp with time zone,
    every_days bigint,
    each_session boolean NOT NULL DEFAULT false,
    repeats boolean NOT NULL DEFAULT false,
    until_on date,
    next_on date,
    paused_at timestamp with time zone
);
ALTER TABLE assignment ADD CONSTRAINT assignment_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES account(id);
ALTER TABLE assignment ADD CONSTRAINT assignment_check CHECK (((due = 'on_date'::text) = (due_on IS NOT NULL)));
ALTER TABLE assignment ADD CONSTRAINT assignment_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE assignment ADD CONSTRAINT assignment_due_check CHECK ((due = ANY (ARRAY['on_date'::text, 'before_next'::text])));
ALTER TABLE assignment ADD CONSTRAINT assignment_exercise_version_id_fkey FOREIGN KEY (exercise_version_id) REFERENCES exercise_version(id);
ALTER TABLE assignment ADD CONSTRAINT assignment_pkey PRIMARY KEY (id);
CREATE INDEX assignment_client ON public.assignment USING btree (client_id, assigned_at);
CREATE INDEX assignment_each_session ON public.assignment USING btree (client_id) WHERE each_session;
CREATE INDEX assignment_exercise ON public.assignment USING btree (exercise_version_id, client_id);
CREATE INDEX assignment_next ON public.assignment USING btree (next_on) WHERE (next_on IS NOT NULL);
CREATE INDEX assignment_repeats ON public.assignment USING btree (client_id, repeats);
CREATE TRIGGER assignment_not_frozen BEFORE INSERT ON public.assignment FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE audit (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    account_id uuid,
    action text NOT NULL,
    thing text NOT NULL,
    thing_id uuid,
    client_id uuid,
    detail text NOT NULL,
    mac bytea NOT NULL
);
ALTER TABLE audit ADD CONSTRAINT audit_pkey PRIMARY KEY (seq);
CREATE INDEX audit_account ON public.audit USING btree (account_id, seq);
CREATE INDEX audit_at ON public.audit USING btree (at, seq);
CREATE INDEX audit_client ON public.audit USING btree (client_id, seq);
CREATE TRIGGER audit_head_follows AFTER INSERT ON public.audit FOR EACH ROW EXECUTE FUNCTION audit_head_follows();

CREATE TABLE audit_head (
    id bigint NOT NULL,
    seq bigint NOT NULL,
    mac bytea NOT NULL
);
ALTER TABLE audit_head ADD CONSTRAINT audit_head_id_check CHECK ((id = 1));
ALTER TABLE audit_head ADD CONSTRAINT audit_head_pkey PRIMARY KEY (id);

CREATE TABLE audit_named (
    seq bigint NOT NULL,
    client_id uuid NOT NULL
);
ALTER TABLE audit_named ADD CONSTRAINT audit_named_pkey PRIMARY KEY (seq, client_id);
CREATE INDEX audit_named_client ON public.audit_named USING btree (client_id, seq);

CREATE TABLE backup_run (
    id uuid NOT NULL,
    due_at timestamp with time zone,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    place text NOT NULL DEFAULT ''::text,
    bytes bigint NOT NULL DEFAULT 0,
    row_count bigint NOT NULL DEFAULT 0,
    trouble text NOT NULL DEFAULT ''::text
);
ALTER TABLE backup_run ADD CONSTRAINT backup_run_due_at_key UNIQUE (due_at);
ALTER TABLE backup_run ADD CONSTRAINT backup_run_pkey PRIMARY KEY (id);
CREATE INDEX backup_run_started ON public.backup_run USING btree (started_at, id);

CREATE TABLE bin (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL,
    thing text NOT NULL,
    content bytea NOT NULL,
    binned_at timestamp with time zone NOT NULL
);
ALTER TABLE bin ADD CONSTRAINT bin_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE bin ADD CONSTRAINT bin_kind_check CHECK ((kind = ANY (ARRAY['draft'::text, 'draft_step'::text, 'wording'::text, 'exception'::text, 'week'::text, 'response'::text, 'pathway_progress'::text, 'assignment'::text, 'pathway'::text, 'room'::text, 'location'::text, 'inquiry'::text, 'document'::text])));
ALTER TABLE bin ADD CONSTRAINT bin_pkey PRIMARY KEY (id);
CREATE INDEX bin_binned_at ON public.bin USING btree (binned_at);
CREATE INDEX bin_thing ON public.bin USING btree (account_id, kind, thing);

CREATE TABLE browser (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    trusted_until timestamp with time zone
);
ALTER TABLE browser ADD CONSTRAINT browser_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE browser ADD CONSTRAINT browser_pkey PRIMARY KEY (id);
ALTER TABLE browser ADD CONSTRAINT browser_token_hash_account_id_key UNIQUE (token_hash, account_id);
CREATE INDEX browser_account ON public.browser USING btree (account_id);
CREATE INDEX browser_expires ON public.browser USING btree (expires_at);

CREATE TABLE care (
    client_id uuid NOT NULL,
    clinician_id uuid NOT NULL,
    covering boolean NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    offered_at timestamp with time zone,
    offered_by uuid,
    accepted_at timestamp with time zone
);
ALTER TABLE care ADD CONSTRAINT care_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE care ADD CONSTRAINT care_clinician_id_fkey FOREIGN KEY (clinician_id) REFERENCES account(id);
ALTER TABLE care ADD CONSTRAINT care_offered_by_fkey FOREIGN KEY (offered_by) REFERENCES account(id);
ALTER TABLE care ADD CONSTRAINT care_pkey PRIMARY KEY (client_id, clinician_id, starts_on);
CREATE INDEX care_clinician ON public.care USING btree (clinician_id, client_id);

CREATE TABLE client (
    id uuid NOT NULL,
    kind text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    archived_at timestamp with time zone,
    separated_at timestamp with time zone,
    separated_by uuid,
    example_at timestamp with time zone,
    import_id uuid,
    hold_at timestamp with time zone,
    hold_by uuid,
    hold_why bytea
);
ALTER TABLE client ADD CONSTRAINT client_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id);
ALTER TABLE client ADD CONSTRAINT client_hold_by_fkey FOREIGN KEY (hold_by) REFERENCES account(id);
ALTER TABLE client ADD CONSTRAINT client_import_id_fkey FOREIGN KEY (import_id) REFERENCES client_import(id);
ALTER TABLE client ADD CONSTRAINT client_kind_check CHECK ((kind = ANY (ARRAY['couple'::text, 'individual'::text])));
ALTER TABLE client ADD CONSTRAINT client_pkey PRIMARY KEY (id);
ALTER TABLE client ADD CONSTRAINT client_separated_by_fkey FOREIGN KEY (separated_by) REFERENCES account(id);
CREATE INDEX client_hold ON public.client USING btree (hold_at) WHERE (hold_at IS NOT NULL);
CREATE INDEX client_import_of ON public.client USING btree (import_id) WHERE (import_id IS NOT NULL);
CREATE TRIGGER client_stays_separated BEFORE UPDATE ON public.client FOR EACH ROW WHEN (((old.separated_at IS NOT NULL) AND ((new.separated_at IS NULL) OR (new.archived_at IS NULL)))) EXECUTE FUNCTION client_stays_separated();

CREATE TABLE client_import (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    file_name text NOT NULL,
    state text NOT NULL,
    content bytea,
    choices jsonb NOT NULL,
    running_at timestamp with time zone,
    imported_at timestamp with time zone,
    undone_at timestamp with time zone,
    clients bigint NOT NULL DEFAULT 0,
    people bigint NOT NULL DEFAULT 0,
    left_out bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0
);
ALTER TABLE client_import ADD CONSTRAINT client_import_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id);
ALTER TABLE client_import ADD CONSTRAINT client_import_pkey PRIMARY KEY (id);
ALTER TABLE client_import ADD CONSTRAINT client_import_state_check CHECK ((state = ANY (ARRAY['read'::text, 'running'::text, 'done'::text, 'undone'::text, 'discarded'::text])));
CREATE INDEX client_import_created ON public.client_import USING btree (created_at, id);

CREATE TABLE client_member (
    client_id uuid NOT NULL,
    person_id uuid NOT NULL,
    seat text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone
);
ALTER TABLE client_member ADD CONSTRAINT client_member_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE client_member ADD CONSTRAINT client_member_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE client_member ADD CONSTRAINT client_member_pkey PRIMARY KEY (client_id, person_id);
ALTER TABLE client_member ADD CONSTRAINT client_member_seat_check CHECK ((seat = ANY (ARRAY['a'::text, 'b'::text])));
CREATE UNIQUE INDEX client_member_one_each_seat ON public.client_member USING btree (client_id, seat) WHERE (left_at IS NULL);
CREATE INDEX client_member_person ON public.client_member USING btree (person_id);

CREATE TABLE consent_ask (
    id uuid NOT NULL,
    client_id uuid,
    person_id uuid NOT NULL,
    text_id uuid NOT NULL,
    policy_id uuid,
    blanks bytea NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by uuid NOT NULL,
    closed_at timestamp with time zone
);
ALTER TABLE consent_ask ADD CONSTRAINT consent_ask_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES account(id);
ALTER TABLE consent_ask ADD CONSTRAINT consent_ask_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE consent_ask ADD CONSTRAINT consent_ask_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE consent_ask ADD CONSTRAINT consent_ask_pkey PRIMARY KEY (id);
ALTER TABLE consent_ask ADD CONSTRAINT consent_ask_policy_id_fkey FOREIGN KEY (policy_id) REFERENCES policy(id);
ALTER TABLE consent_ask ADD CONSTRAINT consent_ask_text_id_fkey FOREIGN KEY (text_id) REFERENCES consent_text(id);
CREATE INDEX consent_ask_client ON public.consent_ask USING btree (client_id, asked_at);
CREATE INDEX consent_ask_person ON public.consent_ask USING btree (person_id, asked_at);
CREATE INDEX consent_ask_policy ON public.consent_ask USING btree (policy_id) WHERE (policy_id IS NOT NULL);
CREATE INDEX consent_ask_text ON public.consent_ask USING btree (text_id);
CREATE TRIGGER consent_ask_not_frozen BEFORE INSERT ON public.consent_ask FOR EACH ROW WHEN ((new.client_id IS NOT NULL)) EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE consent_text (
    id uuid NOT NULL,
    kind text NOT NULL,
    key text,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    archived_at timestamp with time zone
);
ALTER TABLE consent_text ADD CONSTRAINT consent_text_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id);
ALTER TABLE consent_text ADD CONSTRAINT consent_text_key_key UNIQUE (key);
ALTER TABLE consent_text ADD CONSTRAINT consent_text_kind_check CHECK ((kind = ANY (ARRAY['treatment'::text, 'privacy'::text, 'policy'::text, 'fees'::text, 'email'::text, 'video'::text, 'confidences'::text, 'release'::text, 'own'::text])));
ALTER TABLE consent_text ADD CONSTRAINT consent_text_pkey PRIMARY KEY (id);

CREATE TABLE consent_version (
    id uuid NOT NULL,
    text_id uuid NOT NULL,
    version bigint NOT NULL,
    renews boolean NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by uuid
);
ALTER TABLE consent_version ADD CONSTRAINT consent_version_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id);
ALTER TABLE consent_version ADD CONSTRAINT consent_version_pkey PRIMARY KEY (id);
ALTER TABLE consent_version ADD CONSTRAINT consent_version_text_id_fkey FOREIGN KEY (text_id) REFERENCES consent_text(id);
ALTER TABLE consent_version ADD CONSTRAINT consent_version_text_id_version_key UNIQUE (text_id, version);
CREATE TRIGGER consent_version_stays BEFORE UPDATE ON public.consent_version FOR EACH ROW EXECUTE FUNCTION consent_stays();

CREATE TABLE consent_wording (
    version_id uuid NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    body text NOT NULL
);
ALTER TABLE consent_wording ADD CONSTRAINT consent_wording_pkey PRIMARY KEY (version_id, language);
ALTER TABLE consent_wording ADD CONSTRAINT consent_wording_version_id_fkey FOREIGN KEY (version_id) REFERENCES consent_version(id);
CREATE TRIGGER consent_wording_stays BEFORE UPDATE ON public.consent_wording FOR EACH ROW EXECUTE FUNCTION consent_stays();

CREATE TABLE cosign (
    id uuid NOT NULL,
    note_id uuid NOT NULL,
    author_id uuid NOT NULL,
    asked_of uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    settled_by uuid,
    outcome text,
    comment bytea
);
ALTER TABLE cosign ADD CONSTRAINT cosign_asked_of_fkey FOREIGN KEY (asked_of) REFERENCES account(id);
ALTER TABLE cosign ADD CONSTRAINT cosign_author_id_fkey FOREIGN KEY (author_id) REFERENCES account(id);
ALTER TABLE cosign ADD CONSTRAINT cosign_check CHECK (((settled_at IS NULL) = (outcome IS NULL)));
ALTER TABLE cosign ADD CONSTRAINT cosign_check1 CHECK (((settled_at IS NULL) = (settled_by IS NULL)));
ALTER TABLE cosign ADD CONSTRAINT cosign_check2 CHECK (((comment IS NOT NULL) = ((outcome IS NOT NULL) AND (outcome = 'returned'::text))));
ALTER TABLE cosign ADD CONSTRAINT cosign_note_id_fkey FOREIGN KEY (note_id) REFERENCES note(id);
ALTER TABLE cosign ADD CONSTRAINT cosign_outcome_check CHECK ((outcome = ANY (ARRAY['signed'::text, 'returned'::text, 'taken_back'::text])));
ALTER TABLE cosign ADD CONSTRAINT cosign_pkey PRIMARY KEY (id);
ALTER TABLE cosign ADD CONSTRAINT cosign_settled_by_fkey FOREIGN KEY (settled_by) REFERENCES account(id);
CREATE INDEX cosign_note ON public.cosign USING btree (note_id, asked_at);
CREATE UNIQUE INDEX cosign_open ON public.cosign USING btree (note_id) WHERE (settled_at IS NULL);
CREATE INDEX cosign_queue ON public.cosign USING btree (author_id, asked_at, id) WHERE (settled_at IS NULL);
CREATE TRIGGER cosign_settled BEFORE UPDATE ON public.cosign FOR EACH ROW WHEN ((old.settled_at IS NOT NULL)) EXECUTE FUNCTION cosign_is_settled();

CREATE TABLE data_copy (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    client_id uuid,
    format text NOT NULL,
    file_id uuid,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    made_at timestamp with time zone NOT NULL
);
ALTER TABLE data_copy ADD CONSTRAINT data_copy_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE data_copy ADD CONSTRAINT data_copy_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
ALTER TABLE data_copy ADD CONSTRAINT data_copy_format_check CHECK ((format = ANY (ARRAY['pdf'::text, 'json'::text])));
ALTER TABLE data_copy ADD CONSTRAINT data_copy_pkey PRIMARY KEY (id);
ALTER TABLE data_copy ADD CONSTRAINT data_copy_request_id_fkey FOREIGN KEY (request_id) REFERENCES data_request(id);
CREATE UNIQUE INDEX data_copy_handed ON public.data_copy USING btree (request_id, client_id, format) WHERE (client_id IS NOT NULL);
CREATE UNIQUE INDEX data_copy_own ON public.data_copy USING btree (request_id, format) WHERE (client_id IS NULL);

CREATE TABLE data_decision (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    client_id uuid NOT NULL,
    kind text NOT NULL,
    item_id uuid NOT NULL,
    decision text NOT NULL,
    ground text,
    reason bytea,
    text bytea,
    revision bigint NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone NOT NULL
);
ALTER TABLE data_decision ADD CONSTRAINT data_decision_check CHECK (((decision = 'out'::text) = (ground IS NOT NULL)));
ALTER TABLE data_decision ADD CONSTRAINT data_decision_check1 CHECK (((decision = 'redacted'::text) = (text IS NOT NULL)));
ALTER TABLE data_decision ADD CONSTRAINT data_decision_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE data_decision ADD CONSTRAINT data_decision_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES account(id);
ALTER TABLE data_decision ADD CONSTRAINT data_decision_decision_check CHECK ((decision = ANY (ARRAY['in'::text, 'redacted'::text, 'out'::text])));
ALTER TABLE data_decision ADD CONSTRAINT data_decision_ground_check CHECK ((ground = ANY (ARRAY['harm'::text, 'others'::text, 'law'::text])));
ALTER TABLE data_decision ADD CONSTRAINT data_decision_kind_check CHECK ((kind = ANY (ARRAY['joint_note'::text, 'own_note'::text, 'other_note'::text, 'process_note'::text, 'joint_document'::text, 'own_document'::text])));
ALTER TABLE data_decision ADD CONSTRAINT data_decision_pkey PRIMARY KEY (id);
ALTER TABLE data_decision ADD CONSTRAINT data_decision_request_id_fkey FOREIGN KEY (request_id) REFERENCES data_request(id);
ALTER TABLE data_decision ADD CONSTRAINT data_decision_request_id_item_id_key UNIQUE (request_id, item_id);
CREATE INDEX data_decision_client ON public.data_decision USING btree (client_id);

CREATE TABLE data_download (
    id uuid NOT NULL,
    copy_id uuid NOT NULL,
    account_id uuid NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE data_download ADD CONSTRAINT data_download_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE data_download ADD CONSTRAINT data_download_copy_id_fkey FOREIGN KEY (copy_id) REFERENCES data_copy(id);
ALTER TABLE data_download ADD CONSTRAINT data_download_pkey PRIMARY KEY (id);
CREATE INDEX data_download_copy ON public.data_download USING btree (copy_id, at);

CREATE TABLE data_key (
    subject_id uuid NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE data_key ADD CONSTRAINT data_key_pkey PRIMARY KEY (subject_id);

CREATE TABLE data_request (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    way text NOT NULL,
    received_on date NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by uuid NOT NULL,
    checked bytea,
    extended_at timestamp with time zone,
    extended_by uuid,
    extension bytea,
    cancelled_at timestamp with time zone,
    cancelled_by uuid,
    ready_at timestamp with time zone,
    removed_at timestamp with time zone
);
ALTER TABLE data_request ADD CONSTRAINT data_request_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES account(id);
ALTER TABLE data_request ADD CONSTRAINT data_request_cancelled_by_fkey FOREIGN KEY (cancelled_by) REFERENCES account(id);
ALTER TABLE data_request ADD CONSTRAINT data_request_check CHECK (((way = 'letter'::text) = (checked IS NOT NULL)));
ALTER TABLE data_request ADD CONSTRAINT data_request_check1 CHECK (((extended_at IS NULL) = (extension IS NULL)));
ALTER TABLE data_request ADD CONSTRAINT data_request_check2 CHECK (((extended_at IS NULL) = (extended_by IS NULL)));
ALTER TABLE data_request ADD CONSTRAINT data_request_check3 CHECK (((removed_at IS NULL) OR (ready_at IS NOT NULL)));
ALTER TABLE data_request ADD CONSTRAINT data_request_check4 CHECK (((cancelled_at IS NULL) OR (ready_at IS NULL)));
ALTER TABLE data_request ADD CONSTRAINT data_request_extended_by_fkey FOREIGN KEY (extended_by) REFERENCES account(id);
ALTER TABLE data_request ADD CONSTRAINT data_request_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE data_request ADD CONSTRAINT data_request_pkey PRIMARY KEY (id);
ALTER TABLE data_request ADD CONSTRAINT data_request_way_check CHECK ((way = ANY (ARRAY['portal'::text, 'letter'::text])));
CREATE INDEX data_request_kept ON public.data_request USING btree (ready_at) WHERE ((ready_at IS NOT NULL) AND (removed_at IS NULL));
CREATE UNIQUE INDEX data_request_open ON public.data_request USING btree (person_id) WHERE ((ready_at IS NULL) AND (cancelled_at IS NULL));
CREATE INDEX data_request_person ON public.data_request USING btree (person_id, asked_at);

CREATE TABLE data_request_part (
    request_id uuid NOT NULL,
    client_id uuid NOT NULL,
    finished_at timestamp with time zone,
    finished_by uuid,
    handover_id uuid
);
ALTER TABLE data_request_part ADD CONSTRAINT data_request_part_check CHECK (((finished_at IS NULL) = (finished_by IS NULL)));
ALTER TABLE data_request_part ADD CONSTRAINT data_request_part_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE data_request_part ADD CONSTRAINT data_request_part_finished_by_fkey FOREIGN KEY (finished_by) REFERENCES account(id);
ALTER TABLE data_request_part ADD CONSTRAINT data_request_part_handover_id_fkey FOREIGN KEY (handover_id) REFERENCES handover(id);
ALTER TABLE data_request_part ADD CONSTRAINT data_request_part_pkey PRIMARY KEY (request_id, client_id);
ALTER TABLE data_request_part ADD CONSTRAINT data_request_part_request_id_fkey FOREIGN KEY (request_id) REFERENCES data_request(id);
CREATE INDEX data_request_part_client ON public.data_request_part USING btree (client_id, request_id);

CREATE TABLE disclosure (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    ground text NOT NULL,
    details bytea NOT NULL,
    order_file_id uuid,
    prepared_at timestamp with time zone NOT NULL,
    prepared_by uuid NOT NULL,
    confirmer_id uuid,
    answer text,
    answered_at timestamp with time zone,
    answer_reason bytea,
    dropped_at timestamp with time zone,
    told_at timestamp with time zone,
    told_by uuid,
    ask_again_on date
);
ALTER TABLE disclosure ADD CONSTRAINT disclosure_answer_check CHECK ((answer = ANY (ARRAY['confirmed'::text, 'declined'::text])));
ALTER TABLE disclosure ADD CONSTRAINT disclosure_check CHECK (((confirmer_id IS NULL) OR (confirmer_id <> prepared_by)));
ALTER TABLE disclosure ADD CONSTRAINT disclosure_check1 CHECK (((confirmer_id IS NOT NULL) OR (answer IS NULL)));
ALTER TABLE disclosure ADD CONSTRAINT disclosure_check2 CHECK (((answer IS NULL) = (answered_at IS NULL)));
ALTER TABLE disclosure ADD CONSTRAINT disclosure_check3 CHECK (((told_at IS NULL) = (told_by IS NULL)));
ALTER TABLE disclosure ADD CONSTRAINT disclosure_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE disclosure ADD CONSTRAINT disclosure_confirmer_id_fkey FOREIGN KEY (confirmer_id) REFERENCES account(id);
ALTER TABLE disclosure ADD CONSTRAINT disclosure_ground_check CHECK ((ground = ANY (ARRAY['court'::text, 'duty'::text, 'danger'::text, 'other'::text])));
ALTER TABLE disclosure ADD CONSTRAINT disclosure_order_file_id_fkey FOREIGN KEY (order_file_id) REFERENCES file(id);
ALTER TABLE disclosure ADD CONSTRAINT disclosure_pkey PRIMARY KEY (id);
ALTER TABLE disclosure ADD CONSTRAINT disclosure_prepared_by_fkey FOREIGN KEY (prepared_by) REFERENCES account(id);
ALTER TABLE disclosure ADD CONSTRAINT disclosure_told_by_fkey FOREIGN KEY (told_by) REFERENCES account(id);
CREATE INDEX disclosure_client ON public.disclosure USING btree (client_id, prepared_at, id);
CREATE INDEX disclosure_confirmer ON public.disclosure USING btree (confirmer_id, prepared_at) WHERE ((confirmer_id IS NOT NULL) AND (answer IS NULL) AND (dropped_at IS NULL));
CREATE INDEX disclosure_untold ON public.disclosure USING btree (ask_again_on) WHERE ((ask_again_on IS NOT NULL) AND (told_at IS NULL));
CREATE TRIGGER disclosure_is_kept BEFORE DELETE ON public.disclosure FOR EACH ROW WHEN ((NOT is_example(old.client_id))) EXECUTE FUNCTION disclosure_stays();
CREATE TRIGGER disclosure_stays BEFORE UPDATE ON public.disclosure FOR EACH ROW WHEN (((new.details <> old.details) OR (new.client_id <> old.client_id) OR (new.ground <> old.ground) OR ((old.answer IS NOT NULL) AND (new.answer IS DISTINCT FROM old.answer)) OR ((old.told_at IS NOT NULL) AND (new.told_at IS DISTINCT FROM old.told_at)))) EXECUTE FUNCTION disclosure_stays();

CREATE TABLE disclosure_silence (
    id uuid NOT NULL,
    disclosure_id uuid NOT NULL,
    reason bytea NOT NULL,
    ask_again_on date NOT NULL,
    set_at timestamp with time zone NOT NULL,
    set_by uuid NOT NULL
);
ALTER TABLE disclosure_silence ADD CONSTRAINT disclosure_silence_disclosure_id_fkey FOREIGN KEY (disclosure_id) REFERENCES disclosure(id);
ALTER TABLE disclosure_silence ADD CONSTRAINT disclosure_silence_pkey PRIMARY KEY (id);
ALTER TABLE disclosure_silence ADD CONSTRAINT disclosure_silence_set_by_fkey FOREIGN KEY (set_by) REFERENCES account(id);
CREATE INDEX disclosure_silence_of ON public.disclosure_silence USING btree (disclosure_id, set_at);

CREATE TABLE document (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    scope text NOT NULL,
    file_id uuid NOT NULL,
    author_id uuid NOT NULL,
    person_id uuid,
    title bytea NOT NULL,
    fingerprint bytea NOT NULL,
    kind text NOT NULL,
    type text NOT NULL,
    active boolean NOT NULL,
    dated date NOT NULL,
    added_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone,
    shared_at timestamp with time zone,
    removed_at timestamp with time zone
);
ALTER TABLE document ADD CONSTRAINT document_author_id_fkey FOREIGN KEY (author_id) REFERENCES account(id);
ALTER TABLE document ADD CONSTRAINT document_check CHECK (((person_id IS NULL) OR (scope <> 'process'::text)));
ALTER TABLE document ADD CONSTRAINT document_check1 CHECK (((shared_at IS NULL) OR ((person_id IS NOT NULL) AND (scope = 'joint'::text))));
ALTER TABLE document ADD CONSTRAINT document_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE document ADD CONSTRAINT document_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
ALTER TABLE document ADD CONSTRAINT document_file_id_key UNIQUE (file_id);
ALTER TABLE document ADD CONSTRAINT document_kind_check CHECK ((kind = ANY (ARRAY['signed_form'::text, 'letter'::text, 'picture'::text, 'other'::text])));
ALTER TABLE document ADD CONSTRAINT document_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE document ADD CONSTRAINT document_pkey PRIMARY KEY (id);
ALTER TABLE document ADD CONSTRAINT document_scope_check CHECK ((scope = ANY (ARRAY['joint'::text, 'partner_a'::text, 'partner_b'::text, 'process'::text])));
ALTER TABLE document ADD CONSTRAINT document_type_check CHECK ((type = ANY (ARRAY['pdf'::text, 'jpeg'::text, 'png'::text, 'text'::text, 'docx'::text])));
CREATE INDEX document_client ON public.document USING btree (client_id, added_at);
CREATE INDEX document_new ON public.document USING btree (client_id) WHERE ((person_id IS NOT NULL) AND (opened_at IS NULL));
CREATE INDEX document_person ON public.document USING btree (person_id, added_at) WHERE (person_id IS NOT NULL);
CREATE INDEX document_removed ON public.document USING btree (removed_at) WHERE (removed_at IS NOT NULL);
CREATE TRIGGER document_not_frozen BEFORE INSERT ON public.document FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE earlier_wish (
    session_id uuid NOT NULL,
    part text NOT NULL,
    than timestamp with time zone NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by uuid NOT NULL
);
ALTER TABLE earlier_wish ADD CONSTRAINT earlier_wish_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES account(id);
ALTER TABLE earlier_wish ADD CONSTRAINT earlier_wish_pkey PRIMARY KEY (session_id);
ALTER TABLE earlier_wish ADD CONSTRAINT earlier_wish_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);

CREATE TABLE email (
    id uuid NOT NULL,
    dedupe text NOT NULL,
    kind text NOT NULL,
    session_id uuid,
    session_version bigint,
    person_id uuid,
    account_id uuid,
    invitation_id uuid,
    reset_id uuid,
    lead text,
    due_at timestamp with time zone NOT NULL,
    not_after timestamp with time zone NOT NULL,
    state text NOT NULL,
    reason text,
    attempts bigint NOT NULL,
    lease_token uuid,
    lease_until timestamp with time zone,
    smtp_started_at timestamp with time zone,
    message_id_header text,
    recipient text,
    bytes bytea,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    last_error text,
    occurrence_id uuid,
    plan_id uuid,
    message_id uuid,
    request_id uuid,
    inquiry_id uuid,
    asks boolean NOT NULL DEFAULT false,
    may_have_arrived boolean NOT NULL DEFAULT false,
    uncertain bigint NOT NULL DEFAULT 0,
    refusals bigint NOT NULL DEFAULT 0,
    told_starts timestamp without time zone,
    told_zone text,
    again_of uuid,
    address_id uuid,
    ask_id uuid,
    data_request_id uuid,
    intake_id uuid,
    event_id uuid
);
ALTER TABLE email ADD CONSTRAINT email_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE email ADD CONSTRAINT email_address_id_fkey FOREIGN KEY (address_id) REFERENCES address_change(id);
ALTER TABLE email ADD CONSTRAINT email_again_of_fkey FOREIGN KEY (again_of) REFERENCES email(id);
ALTER TABLE email ADD CONSTRAINT email_ask_id_fkey FOREIGN KEY (ask_id) REFERENCES consent_ask(id);
ALTER TABLE email ADD CONSTRAINT email_data_request_id_fkey FOREIGN KEY (data_request_id) REFERENCES data_request(id);
ALTER TABLE email ADD CONSTRAINT email_dedupe_key UNIQUE (dedupe);
ALTER TABLE email ADD CONSTRAINT email_event_id_fkey FOREIGN KEY (event_id) REFERENCES account_event(id) ON DELETE SET NULL;
ALTER TABLE email ADD CONSTRAINT email_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES inquiry(id);
ALTER TABLE email ADD CONSTRAINT email_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES intake(id);
ALTER TABLE email ADD CONSTRAINT email_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id);
ALTER TABLE email ADD CONSTRAINT email_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id);
ALTER TABLE email ADD CONSTRAINT email_occurrence_id_fkey FOREIGN KEY (occurrence_id) REFERENCES occurrence(id);
ALTER TABLE email ADD CONSTRAINT email_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE email ADD CONSTRAINT email_pkey PRIMARY KEY (id);
ALTER TABLE email ADD CONSTRAINT email_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plan(id);
ALTER TABLE email ADD CONSTRAINT email_request_id_fkey FOREIGN KEY (request_id) REFERENCES session_request(id);
ALTER TABLE email ADD CONSTRAINT email_reset_id_fkey FOREIGN KEY (reset_id) REFERENCES password_reset(id);
ALTER TABLE email ADD CONSTRAINT email_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
ALTER TABLE email ADD CONSTRAINT email_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'claimed'::text, 'sent'::text, 'failed'::text, 'skipped'::text, 'superseded'::text])));
CREATE INDEX email_account ON public.email USING btree (account_id, created_at) WHERE (account_id IS NOT NULL);
CREATE INDEX email_again ON public.email USING btree (again_of) WHERE (again_of IS NOT NULL);
CREATE INDEX email_ask ON public.email USING btree (ask_id) WHERE (ask_id IS NOT NULL);
CREATE INDEX email_data_request ON public.email USING btree (data_request_id) WHERE (data_request_id IS NOT NULL);
CREATE INDEX email_due ON public.email USING btree (due_at) WHERE (state = ANY (ARRAY['planned'::text, 'claimed'::text]));
CREATE INDEX email_event ON public.email USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX email_inquiry ON public.email USING btree (inquiry_id) WHERE (inquiry_id IS NOT NULL);
CREATE INDEX email_intake ON public.email USING btree (intake_id) WHERE (intake_id IS NOT NULL);
CREATE INDEX email_kept ON public.email USING btree (due_at) WHERE (bytes IS NOT NULL);
CREATE INDEX email_nudges_sent ON public.email USING btree (sent_at) WHERE ((kind = 'nudge'::text) AND (state = 'sent'::text));
CREATE INDEX email_occurrence ON public.email USING btree (occurrence_id, person_id) WHERE (occurrence_id IS NOT NULL);
CREATE INDEX email_person_due ON public.email USING btree (person_id, due_at) WHERE (session_id IS NOT NULL);
CREATE INDEX email_person_sent ON public.email USING btree (person_id, sent_at) WHERE ((person_id IS NOT NULL) AND (session_id IS NULL) AND (state = 'sent'::text));
CREATE INDEX email_plan ON public.email USING btree (plan_id) WHERE (plan_id IS NOT NULL);
CREATE INDEX email_session ON public.email USING btree (session_id, state, created_at);
CREATE INDEX email_state ON public.email USING btree (state, due_at);
CREATE INDEX email_undelivered ON public.email USING btree (person_id, due_at) WHERE (state = ANY (ARRAY['failed'::text, 'skipped'::text]));

CREATE TABLE erasure (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    person_id uuid NOT NULL,
    done_at timestamp with time zone NOT NULL,
    done_by uuid NOT NULL,
    report jsonb NOT NULL
);
ALTER TABLE erasure ADD CONSTRAINT erasure_done_by_fkey FOREIGN KEY (done_by) REFERENCES account(id);
ALTER TABLE erasure ADD CONSTRAINT erasure_pkey PRIMARY KEY (id);
CREATE INDEX erasure_person ON public.erasure USING btree (person_id, done_at);

CREATE TABLE exercise (
    id uuid NOT NULL,
    slug text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    author_id uuid,
    archived_at timestamp with time zone
);
ALTER TABLE exercise ADD CONSTRAINT exercise_author_id_fkey FOREIGN KEY (author_id) REFERENCES account(id);
ALTER TABLE exercise ADD CONSTRAINT exercise_pkey PRIMARY KEY (id);
ALTER TABLE exercise ADD CONSTRAINT exercise_slug_key UNIQUE (slug);

CREATE TABLE exercise_draft (
    id uuid NOT NULL,
    author_id uuid NOT NULL,
    exercise_id uuid,
    version_id uuid,
    form jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    number bigint NOT NULL DEFAULT 0
);
ALTER TABLE exercise_draft ADD CONSTRAINT exercise_draft_author_id_fkey FOREIGN KEY (author_id) REFERENCES account(id);
ALTER TABLE exercise_draft ADD CONSTRAINT exercise_draft_exercise_id_fkey FOREIGN KEY (exercise_id) REFERENCES exercise(id);
ALTER TABLE exercise_draft ADD CONSTRAINT exercise_draft_pkey PRIMARY KEY (id);
ALTER TABLE exercise_draft ADD CONSTRAINT exercise_draft_version_id_fkey FOREIGN KEY (version_id) REFERENCES exercise_version(id);
CREATE INDEX exercise_draft_author ON public.exercise_draft USING btree (author_id, updated_at);

CREATE TABLE exercise_version (
    id uuid NOT NULL,
    exercise_id uuid NOT NULL,
    version bigint NOT NULL,
    document jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE exercise_version ADD CONSTRAINT exercise_version_exercise_id_fkey FOREIGN KEY (exercise_id) REFERENCES exercise(id);
ALTER TABLE exercise_version ADD CONSTRAINT exercise_version_exercise_id_version_key UNIQUE (exercise_id, version);
ALTER TABLE exercise_version ADD CONSTRAINT exercise_version_pkey PRIMARY KEY (id);

CREATE TABLE factor (
    account_id uuid NOT NULL,
    secret bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint NOT NULL DEFAULT 0,
    login_id uuid
);
ALTER TABLE factor ADD CONSTRAINT factor_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE factor ADD CONSTRAINT factor_pkey PRIMARY KEY (account_id);

CREATE TABLE factor_reset (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    confirmed_by uuid,
    ready_at timestamp with time zone,
    ended_as text,
    ended_at timestamp with time zone
);
ALTER TABLE factor_reset ADD CONSTRAINT factor_reset_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE factor_reset ADD CONSTRAINT factor_reset_check CHECK (((confirmed_by IS NULL) = (ready_at IS NULL)));
ALTER TABLE factor_reset ADD CONSTRAINT factor_reset_check1 CHECK (((ended_as IS NULL) = (ended_at IS NULL)));
ALTER TABLE factor_reset ADD CONSTRAINT factor_reset_check2 CHECK (((confirmed_by IS NULL) OR (confirmed_by <> account_id)));
ALTER TABLE factor_reset ADD CONSTRAINT factor_reset_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES account(id);
ALTER TABLE factor_reset ADD CONSTRAINT factor_reset_ended_as_check CHECK ((ended_as = ANY (ARRAY['done'::text, 'cancelled'::text])));
ALTER TABLE factor_reset ADD CONSTRAINT factor_reset_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX factor_reset_open ON public.factor_reset USING btree (account_id) WHERE (ended_at IS NULL);

CREATE TABLE fee_suggestion (
    session_id uuid NOT NULL,
    amount text NOT NULL,
    state text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    settled_on date,
    settled_by uuid,
    settled_at timestamp with time zone
);
ALTER TABLE fee_suggestion ADD CONSTRAINT fee_suggestion_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES account(id);
ALTER TABLE fee_suggestion ADD CONSTRAINT fee_suggestion_pkey PRIMARY KEY (session_id);
ALTER TABLE fee_suggestion ADD CONSTRAINT fee_suggestion_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
ALTER TABLE fee_suggestion ADD CONSTRAINT fee_suggestion_settled_by_fkey FOREIGN KEY (settled_by) REFERENCES account(id);
ALTER TABLE fee_suggestion ADD CONSTRAINT fee_suggestion_state_check CHECK ((state = ANY (ARRAY['suggested'::text, 'kept'::text, 'waived'::text])));
CREATE INDEX fee_suggestion_made ON public.fee_suggestion USING btree (made_at, session_id);

CREATE TABLE feed (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    wording text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    revoked_at timestamp with time zone
);
ALTER TABLE feed ADD CONSTRAINT feed_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE feed ADD CONSTRAINT feed_pkey PRIMARY KEY (id);
ALTER TABLE feed ADD CONSTRAINT feed_token_hash_key UNIQUE (token_hash);
ALTER TABLE feed ADD CONSTRAINT feed_wording_check CHECK ((wording = ANY (ARRAY['busy'::text, 'initials'::text, 'names'::text])));
CREATE UNIQUE INDEX feed_account ON public.feed USING btree (account_id) WHERE (revoked_at IS NULL);

CREATE TABLE file (
    id uuid NOT NULL,
    subject_id uuid,
    sealed_key bytea,
    chunks bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea,
    made_by uuid,
    made_at timestamp with time zone NOT NULL
);
ALTER TABLE file ADD CONSTRAINT file_bytes_check CHECK ((bytes >= 0));
ALTER TABLE file ADD CONSTRAINT file_check CHECK (((subject_id IS NULL) = (sealed_key IS NULL)));
ALTER TABLE file ADD CONSTRAINT file_check1 CHECK (((sealed_key IS NULL) OR (sha256 IS NOT NULL)));
ALTER TABLE file ADD CONSTRAINT file_chunks_check CHECK ((chunks >= 0));
ALTER TABLE file ADD CONSTRAINT file_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id);
ALTER TABLE file ADD CONSTRAINT file_pkey PRIMARY KEY (id);
CREATE INDEX file_loose ON public.file USING btree (made_at) WHERE (sealed_key IS NULL);

CREATE TABLE file_chunk (
    file_id uuid NOT NULL,
    number bigint NOT NULL,
    body bytea NOT NULL
);
ALTER TABLE file_chunk ADD CONSTRAINT file_chunk_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id) ON DELETE CASCADE;
ALTER TABLE file_chunk ADD CONSTRAINT file_chunk_number_check CHECK ((number >= 0));
ALTER TABLE file_chunk ADD CONSTRAINT file_chunk_pkey PRIMARY KEY (file_id, number);
CREATE TRIGGER handover_chunk_is_kept BEFORE DELETE ON public.file_chunk FOR EACH ROW EXECUTE FUNCTION handover_chunk_is_kept();
CREATE TRIGGER handover_chunk_stays BEFORE UPDATE ON public.file_chunk FOR EACH ROW EXECUTE FUNCTION handover_chunk_is_kept();

CREATE TABLE form_key (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    made uuid NOT NULL,
    made_at timestamp with time zone NOT NULL
);
ALTER TABLE form_key ADD CONSTRAINT form_key_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE form_key ADD CONSTRAINT form_key_pkey PRIMARY KEY (id);
CREATE INDEX form_key_made_at ON public.form_key USING btree (made_at);

CREATE TABLE goal (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    body bytea NOT NULL,
    since_on date NOT NULL,
    exercise_id uuid,
    state text NOT NULL,
    review_sessions bigint,
    review_on date,
    reviewed_at timestamp with time zone,
    revision bigint NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by uuid NOT NULL
);
ALTER TABLE goal ADD CONSTRAINT goal_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE goal ADD CONSTRAINT goal_exercise_id_fkey FOREIGN KEY (exercise_id) REFERENCES exercise(id);
ALTER TABLE goal ADD CONSTRAINT goal_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id);
ALTER TABLE goal ADD CONSTRAINT goal_pkey PRIMARY KEY (id);
ALTER TABLE goal ADD CONSTRAINT goal_review_sessions_check CHECK (((review_sessions >= 1) AND (review_sessions <= 100)));
ALTER TABLE goal ADD CONSTRAINT goal_state_check CHECK ((state = ANY (ARRAY['open'::text, 'reached'::text, 'dropped'::text])));
CREATE INDEX goal_client ON public.goal USING btree (client_id, since_on);
CREATE TRIGGER goal_not_frozen BEFORE INSERT ON public.goal FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE goal_event (
    id uuid NOT NULL,
    goal_id uuid NOT NULL,
    state text NOT NULL,
    body bytea NOT NULL,
    remark bytea,
    reviewed boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    made_by uuid NOT NULL
);
ALTER TABLE goal_event ADD CONSTRAINT goal_event_goal_id_fkey FOREIGN KEY (goal_id) REFERENCES goal(id);
ALTER TABLE goal_event ADD CONSTRAINT goal_event_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id);
ALTER TABLE goal_event ADD CONSTRAINT goal_event_pkey PRIMARY KEY (id);
ALTER TABLE goal_event ADD CONSTRAINT goal_event_state_check CHECK ((state = ANY (ARRAY['open'::text, 'reached'::text, 'dropped'::text])));
CREATE INDEX goal_event_goal ON public.goal_event USING btree (goal_id, at);
CREATE TRIGGER goal_event_not_frozen BEFORE INSERT ON public.goal_event FOR EACH ROW EXECUTE FUNCTION of_goal_not_frozen();

CREATE TABLE handover (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    door text NOT NULL,
    release_id uuid,
    disclosure_id uuid,
    person_id uuid,
    details bytea NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    sent_by uuid NOT NULL
);
ALTER TABLE handover ADD CONSTRAINT handover_check CHECK (((door = 'release'::text) = (release_id IS NOT NULL)));
ALTER TABLE handover ADD CONSTRAINT handover_check1 CHECK (((door = 'legal'::text) = (disclosure_id IS NOT NULL)));
ALTER TABLE handover ADD CONSTRAINT handover_check2 CHECK (((door = 'own_data'::text) = (person_id IS NOT NULL)));
ALTER TABLE handover ADD CONSTRAINT handover_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE handover ADD CONSTRAINT handover_disclosure_id_fkey FOREIGN KEY (disclosure_id) REFERENCES disclosure(id);
ALTER TABLE handover ADD CONSTRAINT handover_door_check CHECK ((door = ANY (ARRAY['release'::text, 'legal'::text, 'own_data'::text])));
ALTER TABLE handover ADD CONSTRAINT handover_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE handover ADD CONSTRAINT handover_pkey PRIMARY KEY (id);
ALTER TABLE handover ADD CONSTRAINT handover_release_id_fkey FOREIGN KEY (release_id) REFERENCES release(id);
ALTER TABLE handover ADD CONSTRAINT handover_sent_by_fkey FOREIGN KEY (sent_by) REFERENCES account(id);
CREATE INDEX handover_client ON public.handover USING btree (client_id, sent_at, id);
CREATE UNIQUE INDEX handover_disclosure ON public.handover USING btree (disclosure_id) WHERE (disclosure_id IS NOT NULL);
CREATE INDEX handover_release ON public.handover USING btree (release_id) WHERE (release_id IS NOT NULL);
CREATE TRIGGER handover_is_kept BEFORE DELETE ON public.handover FOR EACH ROW WHEN ((NOT is_example(old.client_id))) EXECUTE FUNCTION handover_stays();
CREATE TRIGGER handover_stays BEFORE UPDATE ON public.handover FOR EACH ROW EXECUTE FUNCTION handover_stays();

CREATE TABLE handover_file (
    handover_id uuid NOT NULL,
    number bigint NOT NULL,
    part text NOT NULL,
    about bytea NOT NULL,
    file_id uuid
);
ALTER TABLE handover_file ADD CONSTRAINT handover_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id);
ALTER TABLE handover_file ADD CONSTRAINT handover_file_handover_id_fkey FOREIGN KEY (handover_id) REFERENCES handover(id);
ALTER TABLE handover_file ADD CONSTRAINT handover_file_number_check CHECK ((number >= 1));
ALTER TABLE handover_file ADD CONSTRAINT handover_file_part_check CHECK ((part = ANY (ARRAY['joint'::text, 'partner_a'::text, 'partner_b'::text, 'process'::text])));
ALTER TABLE handover_file ADD CONSTRAINT handover_file_pkey PRIMARY KEY (handover_id, number);
CREATE INDEX handover_file_bytes ON public.handover_file USING btree (file_id) WHERE (file_id IS NOT NULL);
CREATE TRIGGER handover_file_is_kept BEFORE DELETE ON public.handover_file FOR EACH ROW EXECUTE FUNCTION handover_file_is_kept();
CREATE TRIGGER handover_file_stays BEFORE UPDATE ON public.handover_file FOR EACH ROW EXECUTE FUNCTION handover_stays();

CREATE TABLE hours_exception (
    id uuid NOT NULL,
    account_id uuid,
    first_on date NOT NULL,
    last_on date NOT NULL,
    starts time without time zone,
    ends time without time zone,
    kind text NOT NULL,
    reason text NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamp with time zone NOT NULL
);
ALTER TABLE hours_exception ADD CONSTRAINT hours_exception_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE hours_exception ADD CONSTRAINT hours_exception_check CHECK ((last_on >= first_on));
ALTER TABLE hours_exception ADD CONSTRAINT hours_exception_kind_check CHECK ((kind = ANY (ARRAY['away'::text, 'open'::text])));
ALTER TABLE hours_exception ADD CONSTRAINT hours_exception_pkey PRIMARY KEY (id);
ALTER TABLE hours_exception ADD CONSTRAINT hours_exception_set_by_fkey FOREIGN KEY (set_by) REFERENCES account(id);
CREATE INDEX hours_exception_days ON public.hours_exception USING btree (last_on, account_id);

CREATE TABLE imported_details (
    person_id uuid NOT NULL,
    import_id uuid NOT NULL,
    sealed bytea NOT NULL
);
ALTER TABLE imported_details ADD CONSTRAINT imported_details_import_id_fkey FOREIGN KEY (import_id) REFERENCES client_import(id);
ALTER TABLE imported_details ADD CONSTRAINT imported_details_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE imported_details ADD CONSTRAINT imported_details_pkey PRIMARY KEY (person_id);
CREATE INDEX imported_details_import ON public.imported_details USING btree (import_id);

CREATE TABLE inquiry (
    id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    kind text NOT NULL,
    part text NOT NULL,
    meeting text NOT NULL,
    state text NOT NULL,
    token_hash bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    settled_by uuid,
    settled_at timestamp with time zone,
    returned_at timestamp with time zone,
    returned_why text NOT NULL DEFAULT ''::text,
    email_key text NOT NULL DEFAULT ''::text,
    keys_version bigint NOT NULL DEFAULT 0
);
ALTER TABLE inquiry ADD CONSTRAINT inquiry_kind_check CHECK ((kind = ANY (ARRAY['couple'::text, 'individual'::text])));
ALTER TABLE inquiry ADD CONSTRAINT inquiry_meeting_check CHECK ((meeting = ANY (ARRAY['any'::text, 'room'::text, 'online'::text])));
ALTER TABLE inquiry ADD CONSTRAINT inquiry_part_check CHECK ((part = ANY (ARRAY['any'::text, 'morning'::text, 'afternoon'::text, 'evening'::text])));
ALTER TABLE inquiry ADD CONSTRAINT inquiry_pkey PRIMARY KEY (id);
ALTER TABLE inquiry ADD CONSTRAINT inquiry_settled_by_fkey FOREIGN KEY (settled_by) REFERENCES account(id);
ALTER TABLE inquiry ADD CONSTRAINT inquiry_state_check CHECK ((state = ANY (ARRAY['unconfirmed'::text, 'waiting'::text, 'called'::text, 'taken_on'::text, 'closed'::text])));
ALTER TABLE inquiry ADD CONSTRAINT inquiry_token_hash_key UNIQUE (token_hash);
CREATE INDEX inquiry_state ON public.inquiry USING btree (state, confirmed_at);

CREATE TABLE intake (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    list_id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    started_by uuid NOT NULL,
    ended_at timestamp with time zone
);
ALTER TABLE intake ADD CONSTRAINT intake_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE intake ADD CONSTRAINT intake_client_id_key UNIQUE (client_id);
ALTER TABLE intake ADD CONSTRAINT intake_list_id_fkey FOREIGN KEY (list_id) REFERENCES intake_list(id);
ALTER TABLE intake ADD CONSTRAINT intake_pkey PRIMARY KEY (id);
ALTER TABLE intake ADD CONSTRAINT intake_started_by_fkey FOREIGN KEY (started_by) REFERENCES account(id);
CREATE INDEX intake_of_list ON public.intake USING btree (list_id);
CREATE TRIGGER intake_not_frozen BEFORE INSERT ON public.intake FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE intake_answer (
    id uuid NOT NULL,
    intake_id uuid NOT NULL,
    client_id uuid NOT NULL,
    person_id uuid NOT NULL,
    item text NOT NULL,
    answer bytea,
    answered_at timestamp with time zone,
    draft bytea,
    entered_by uuid,
    shared_at timestamp with time zone,
    waived_at timestamp with time zone,
    waived_by uuid,
    waived_why bytea,
    saved_at timestamp with time zone NOT NULL
);
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_check CHECK (((answer IS NULL) = (answered_at IS NULL)));
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_check1 CHECK (((shared_at IS NULL) OR (answer IS NOT NULL)));
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_check2 CHECK ((((waived_at IS NULL) = (waived_by IS NULL)) AND ((waived_at IS NULL) = (waived_why IS NULL))));
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES account(id);
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES intake(id);
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_intake_id_person_id_item_key UNIQUE (intake_id, person_id, item);
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_pkey PRIMARY KEY (id);
ALTER TABLE intake_answer ADD CONSTRAINT intake_answer_waived_by_fkey FOREIGN KEY (waived_by) REFERENCES account(id);
CREATE INDEX intake_answer_client ON public.intake_answer USING btree (client_id);
CREATE INDEX intake_answer_person ON public.intake_answer USING btree (person_id);
CREATE TRIGGER intake_answer_not_frozen BEFORE INSERT ON public.intake_answer FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();
CREATE TRIGGER intake_answer_stays_frozen BEFORE UPDATE ON public.intake_answer FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE intake_list (
    id uuid NOT NULL,
    version bigint NOT NULL,
    list jsonb NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by uuid
);
ALTER TABLE intake_list ADD CONSTRAINT intake_list_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id);
ALTER TABLE intake_list ADD CONSTRAINT intake_list_pkey PRIMARY KEY (id);
ALTER TABLE intake_list ADD CONSTRAINT intake_list_version_key UNIQUE (version);
CREATE TRIGGER intake_list_stays BEFORE UPDATE ON public.intake_list FOR EACH ROW EXECUTE FUNCTION intake_list_stays();

CREATE TABLE invitation (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone
);
ALTER TABLE invitation ADD CONSTRAINT invitation_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE invitation ADD CONSTRAINT invitation_pkey PRIMARY KEY (id);
ALTER TABLE invitation ADD CONSTRAINT invitation_token_hash_key UNIQUE (token_hash);
CREATE INDEX invitation_account ON public.invitation USING btree (account_id, created_at);

CREATE TABLE location (
    id uuid NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    archived_at timestamp with time zone
);
ALTER TABLE location ADD CONSTRAINT location_name_key UNIQUE (name);
ALTER TABLE location ADD CONSTRAINT location_pkey PRIMARY KEY (id);

CREATE TABLE login (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    device text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    browser_id uuid,
    confirmed_at timestamp with time zone,
    second_step text
);
ALTER TABLE login ADD CONSTRAINT login_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE login ADD CONSTRAINT login_browser_id_fkey FOREIGN KEY (browser_id) REFERENCES browser(id) ON DELETE SET NULL;
ALTER TABLE login ADD CONSTRAINT login_pkey PRIMARY KEY (id);
ALTER TABLE login ADD CONSTRAINT login_second_step_check CHECK ((second_step = ANY (ARRAY['app'::text, 'recovery'::text, 'device'::text])));
ALTER TABLE login ADD CONSTRAINT login_token_hash_key UNIQUE (token_hash);
CREATE INDEX login_account ON public.login USING btree (account_id, ended_at);
CREATE INDEX login_browser ON public.login USING btree (browser_id) WHERE (browser_id IS NOT NULL);

CREATE TABLE mail_queue (
    id bigint NOT NULL,
    state text NOT NULL,
    since timestamp with time zone,
    reason text NOT NULL,
    code text NOT NULL,
    by_report boolean NOT NULL,
    probes bigint NOT NULL,
    next_probe_at timestamp with time zone,
    probe_id uuid,
    accepted_at timestamp with time zone,
    refused_id uuid
);
ALTER TABLE mail_queue ADD CONSTRAINT mail_queue_id_check CHECK ((id = 1));
ALTER TABLE mail_queue ADD CONSTRAINT mail_queue_pkey PRIMARY KEY (id);
ALTER TABLE mail_queue ADD CONSTRAINT mail_queue_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resting'::text, 'stopped'::text])));

CREATE TABLE mail_suspect (
    email_id uuid NOT NULL,
    refused_at timestamp with time zone NOT NULL
);
ALTER TABLE mail_suspect ADD CONSTRAINT mail_suspect_email_id_fkey FOREIGN KEY (email_id) REFERENCES email(id) ON DELETE CASCADE;
ALTER TABLE mail_suspect ADD CONSTRAINT mail_suspect_pkey PRIMARY KEY (email_id);

CREATE TABLE message (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    person_id uuid NOT NULL,
    occurrence_id uuid,
    account_id uuid NOT NULL,
    from_therapist boolean NOT NULL,
    body bytea NOT NULL,
    written_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone
);
ALTER TABLE message ADD CONSTRAINT message_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE message ADD CONSTRAINT message_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE message ADD CONSTRAINT message_occurrence_id_fkey FOREIGN KEY (occurrence_id) REFERENCES occurrence(id);
ALTER TABLE message ADD CONSTRAINT message_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE message ADD CONSTRAINT message_pkey PRIMARY KEY (id);
CREATE INDEX message_thread ON public.message USING btree (client_id, person_id, written_at);
CREATE INDEX message_unread ON public.message USING btree (client_id) WHERE (read_at IS NULL);
CREATE TRIGGER message_not_frozen BEFORE INSERT ON public.message FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE note (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    session_id uuid,
    author_id uuid NOT NULL,
    addendum_of uuid,
    scope text NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    signed_at timestamp with time zone,
    undecided boolean NOT NULL DEFAULT false,
    template_version_id uuid,
    header bytea,
    revision bigint NOT NULL DEFAULT 0,
    locked_at timestamp with time zone,
    without_policy bytea
);
ALTER TABLE note ADD CONSTRAINT note_amends_id_fkey FOREIGN KEY (addendum_of) REFERENCES note(id);
ALTER TABLE note ADD CONSTRAINT note_author_id_fkey FOREIGN KEY (author_id) REFERENCES account(id);
ALTER TABLE note ADD CONSTRAINT note_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE note ADD CONSTRAINT note_pkey PRIMARY KEY (id);
ALTER TABLE note ADD CONSTRAINT note_scope_check CHECK ((scope = ANY (ARRAY['joint'::text, 'partner_a'::text, 'partner_b'::text, 'process'::text])));
ALTER TABLE note ADD CONSTRAINT note_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
ALTER TABLE note ADD CONSTRAINT note_template_version_id_fkey FOREIGN KEY (template_version_id) REFERENCES note_template_version(id);
CREATE INDEX note_addenda ON public.note USING btree (addendum_of, created_at) WHERE (addendum_of IS NOT NULL);
CREATE INDEX note_client ON public.note USING btree (client_id, created_at);
CREATE INDEX note_draft_of_session ON public.note USING btree (session_id, author_id) WHERE ((session_id IS NOT NULL) AND (signed_at IS NULL));
CREATE INDEX note_of_author_unsigned ON public.note USING btree (author_id, created_at, id) WHERE (signed_at IS NULL);
CREATE INDEX note_session ON public.note USING btree (session_id, scope) WHERE (session_id IS NOT NULL);
CREATE INDEX note_signed_session ON public.note USING btree (session_id) WHERE ((session_id IS NOT NULL) AND (signed_at IS NOT NULL));
CREATE TRIGGER note_locked BEFORE UPDATE ON public.note FOR EACH ROW WHEN ((old.locked_at IS NOT NULL)) EXECUTE FUNCTION note_keeps_lock();
CREATE TRIGGER note_locked_stays BEFORE DELETE ON public.note FOR EACH ROW WHEN ((old.locked_at IS NOT NULL)) EXECUTE FUNCTION note_is_kept();
CREATE TRIGGER note_not_frozen BEFORE INSERT ON public.note FOR EACH ROW WHEN ((new.addendum_of IS NULL)) EXECUTE FUNCTION of_client_not_frozen();
CREATE TRIGGER note_signed_at_once AFTER INSERT ON public.note FOR EACH ROW WHEN (((new.session_id IS NOT NULL) AND (new.signed_at IS NOT NULL) AND (new.scope <> 'process'::text))) EXECUTE FUNCTION note_marks_session();
CREATE TRIGGER note_signed_later AFTER UPDATE OF session_id, scope, signed_at ON public.note FOR EACH ROW WHEN ((((new.session_id IS NOT NULL) OR (old.session_id IS NOT NULL)) AND ((new.signed_at IS DISTINCT FROM old.signed_at) OR (new.scope <> old.scope) OR (new.session_id IS DISTINCT FROM old.session_id)))) EXECUTE FUNCTION note_marks_sessions_anew();

CREATE TABLE note_leftover (
    id uuid NOT NULL,
    note_id uuid NOT NULL,
    account_id uuid NOT NULL,
    page uuid NOT NULL,
    body bytea NOT NULL,
    typed_at timestamp with time zone NOT NULL
);
ALTER TABLE note_leftover ADD CONSTRAINT note_leftover_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE note_leftover ADD CONSTRAINT note_leftover_note_id_fkey FOREIGN KEY (note_id) REFERENCES note(id);
ALTER TABLE note_leftover ADD CONSTRAINT note_leftover_note_id_page_key UNIQUE (note_id, page);
ALTER TABLE note_leftover ADD CONSTRAINT note_leftover_pkey PRIMARY KEY (id);

CREATE TABLE note_move (
    id uuid NOT NULL,
    from_note_id uuid NOT NULL,
    to_note_id uuid NOT NULL,
    account_id uuid NOT NULL,
    body bytea NOT NULL,
    moved_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone
);
ALTER TABLE note_move ADD CONSTRAINT note_move_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE note_move ADD CONSTRAINT note_move_from_note_id_fkey FOREIGN KEY (from_note_id) REFERENCES note(id);
ALTER TABLE note_move ADD CONSTRAINT note_move_pkey PRIMARY KEY (id);
ALTER TABLE note_move ADD CONSTRAINT note_move_to_note_id_fkey FOREIGN KEY (to_note_id) REFERENCES note(id);
CREATE INDEX note_move_from ON public.note_move USING btree (from_note_id, moved_at);

CREATE TABLE note_template (
    id uuid NOT NULL,
    slug text,
    created_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone
);
ALTER TABLE note_template ADD CONSTRAINT note_template_pkey PRIMARY KEY (id);
ALTER TABLE note_template ADD CONSTRAINT note_template_slug_key UNIQUE (slug);

CREATE TABLE note_template_default (
    account_id uuid NOT NULL,
    template_id uuid NOT NULL
);
ALTER TABLE note_template_default ADD CONSTRAINT note_template_default_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE note_template_default ADD CONSTRAINT note_template_default_pkey PRIMARY KEY (account_id);
ALTER TABLE note_template_default ADD CONSTRAINT note_template_default_template_id_fkey FOREIGN KEY (template_id) REFERENCES note_template(id);

CREATE TABLE note_template_version (
    id uuid NOT NULL,
    template_id uuid NOT NULL,
    version bigint NOT NULL,
    title text NOT NULL,
    document jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    made_by uuid
);
ALTER TABLE note_template_version ADD CONSTRAINT note_template_version_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id);
ALTER TABLE note_template_version ADD CONSTRAINT note_template_version_pkey PRIMARY KEY (id);
ALTER TABLE note_template_version ADD CONSTRAINT note_template_version_template_id_fkey FOREIGN KEY (template_id) REFERENCES note_template(id);
ALTER TABLE note_template_version ADD CONSTRAINT note_template_version_template_id_version_key UNIQUE (template_id, version);
ALTER TABLE note_template_version ADD CONSTRAINT note_template_version_version_check CHECK ((version >= 1));
CREATE TRIGGER note_template_version_stays BEFORE UPDATE ON public.note_template_version FOR EACH ROW EXECUTE FUNCTION note_template_version_stays();

CREATE TABLE note_unlock (
    id uuid NOT NULL,
    note_id uuid NOT NULL,
    account_id uuid NOT NULL,
    locked_at timestamp with time zone NOT NULL,
    unlocked_at timestamp with time zone NOT NULL,
    reason bytea NOT NULL
);
ALTER TABLE note_unlock ADD CONSTRAINT note_unlock_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE note_unlock ADD CONSTRAINT note_unlock_note_id_fkey FOREIGN KEY (note_id) REFERENCES note(id);
ALTER TABLE note_unlock ADD CONSTRAINT note_unlock_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX note_unlock_once ON public.note_unlock USING btree (note_id, locked_at);
CREATE TRIGGER note_unlock_not_frozen BEFORE INSERT ON public.note_unlock FOR EACH ROW EXECUTE FUNCTION of_note_not_frozen();
CREATE TRIGGER note_unlock_not_removed BEFORE DELETE ON public.note_unlock FOR EACH ROW EXECUTE FUNCTION note_unlock_is_kept();
CREATE TRIGGER note_unlock_stays BEFORE UPDATE ON public.note_unlock FOR EACH ROW EXECUTE FUNCTION note_locked();

CREATE TABLE occupancy (
    session_id uuid NOT NULL,
    held text NOT NULL,
    held_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    overridden boolean NOT NULL DEFAULT false
);
ALTER TABLE occupancy ADD CONSTRAINT occupancy_held_check CHECK ((held = ANY (ARRAY['clinician'::text, 'room'::text, 'person'::text])));
ALTER TABLE occupancy ADD CONSTRAINT occupancy_no_overlap EXCLUDE USING gist (held_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ((NOT overridden));
ALTER TABLE occupancy ADD CONSTRAINT occupancy_pkey PRIMARY KEY (session_id, held, held_id);
ALTER TABLE occupancy ADD CONSTRAINT occupancy_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
CREATE INDEX occupancy_held ON public.occupancy USING btree (held_id, ends_at, starts_at);
CREATE TRIGGER occupancy_override_has_reason BEFORE INSERT OR UPDATE ON public.occupancy FOR EACH ROW EXECUTE FUNCTION occupancy_override_has_reason();

CREATE TABLE occurrence (
    id uuid NOT NULL,
    assignment_id uuid NOT NULL,
    number bigint NOT NULL,
    submissions bigint NOT NULL,
    revealed_at timestamp with time zone,
    opens_on date,
    due_on date,
    made_at timestamp with time zone
);
ALTER TABLE occurrence ADD CONSTRAINT occurrence_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES assignment(id);
ALTER TABLE occurrence ADD CONSTRAINT occurrence_assignment_id_number_key UNIQUE (assignment_id, number);
ALTER TABLE occurrence ADD CONSTRAINT occurrence_pkey PRIMARY KEY (id);
CREATE TRIGGER occurrence_not_frozen BEFORE INSERT ON public.occurrence FOR EACH ROW EXECUTE FUNCTION of_assignment_not_frozen();

CREATE TABLE password_reset (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    email text
);
ALTER TABLE password_reset ADD CONSTRAINT password_reset_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE password_reset ADD CONSTRAINT password_reset_pkey PRIMARY KEY (id);
ALTER TABLE password_reset ADD CONSTRAINT password_reset_token_hash_key UNIQUE (token_hash);
CREATE INDEX password_reset_account ON public.password_reset USING btree (account_id, created_at);

CREATE TABLE pathway (
    id uuid NOT NULL,
    slug text NOT NULL,
    author_id uuid,
    document jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone
);
ALTER TABLE pathway ADD CONSTRAINT pathway_author_id_fkey FOREIGN KEY (author_id) REFERENCES account(id);
ALTER TABLE pathway ADD CONSTRAINT pathway_pkey PRIMARY KEY (id);
ALTER TABLE pathway ADD CONSTRAINT pathway_slug_key UNIQUE (slug);

CREATE TABLE pathway_progress (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    pathway_id uuid NOT NULL,
    title text NOT NULL,
    person_id uuid,
    started_by uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);
ALTER TABLE pathway_progress ADD CONSTRAINT pathway_progress_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE pathway_progress ADD CONSTRAINT pathway_progress_pathway_id_fkey FOREIGN KEY (pathway_id) REFERENCES pathway(id);
ALTER TABLE pathway_progress ADD CONSTRAINT pathway_progress_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE pathway_progress ADD CONSTRAINT pathway_progress_pkey PRIMARY KEY (id);
ALTER TABLE pathway_progress ADD CONSTRAINT pathway_progress_started_by_fkey FOREIGN KEY (started_by) REFERENCES account(id);
CREATE INDEX pathway_progress_client ON public.pathway_progress USING btree (client_id, started_at);
CREATE INDEX pathway_progress_open ON public.pathway_progress USING btree (started_at) WHERE (ended_at IS NULL);
CREATE TRIGGER pathway_progress_not_frozen BEFORE INSERT ON public.pathway_progress FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE person (
    id uuid NOT NULL,
    name text NOT NULL,
    search_name text NOT NULL,
    pronouns text NOT NULL,
    email text,
    phone text NOT NULL,
    zone text NOT NULL,
    language text NOT NULL,
    portal_only boolean NOT NULL,
    safe_from time without time zone,
    safe_until time without time zone,
    reminders boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    nudges boolean NOT NULL DEFAULT true,
    nudge_at time without time zone NOT NULL DEFAULT '18:00:00'::time without time zone,
    prefers jsonb,
    returned_at timestamp with time zone,
    returned_why text NOT NULL DEFAULT ''::text,
    leads jsonb,
    email_own_at timestamp with time zone,
    email_suggested text,
    email_suggested_at timestamp with time zone,
    email_suggested_by uuid,
    email_key text NOT NULL DEFAULT ''::text,
    keys_version bigint NOT NULL DEFAULT 0,
    alone_mail text NOT NULL DEFAULT 'unshared'::text,
    alone_mail_for text NOT NULL DEFAULT ''::text,
    welcomed_at timestamp with time zone,
    held_at timestamp with time zone
);
ALTER TABLE person ADD CONSTRAINT person_alone_mail CHECK ((alone_mail = ANY (ARRAY['unshared'::text, 'portal_only'::text, 'address'::text])));
ALTER TABLE person ADD CONSTRAINT person_check CHECK (((safe_from IS NULL) = (safe_until IS NULL)));
ALTER TABLE person ADD CONSTRAINT person_email_suggested_by_fkey FOREIGN KEY (email_suggested_by) REFERENCES account(id);
ALTER TABLE person ADD CONSTRAINT person_pkey PRIMARY KEY (id);
CREATE INDEX person_email_key ON public.person USING btree (email_key);
CREATE INDEX person_held ON public.person USING btree (held_at) WHERE (held_at IS NOT NULL);
CREATE INDEX person_returned ON public.person USING btree (returned_at) WHERE (returned_at IS NOT NULL);

CREATE TABLE plan (
    id uuid NOT NULL,
    occurrence_id uuid NOT NULL,
    step text NOT NULL,
    person_id uuid,
    starts timestamp without time zone NOT NULL,
    zone text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    closed_by uuid,
    closed_at timestamp with time zone
);
ALTER TABLE plan ADD CONSTRAINT plan_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id);
ALTER TABLE plan ADD CONSTRAINT plan_occurrence_id_fkey FOREIGN KEY (occurrence_id) REFERENCES occurrence(id);
ALTER TABLE plan ADD CONSTRAINT plan_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE plan ADD CONSTRAINT plan_pkey PRIMARY KEY (id);
ALTER TABLE plan ADD CONSTRAINT plan_set_by_fkey FOREIGN KEY (set_by) REFERENCES person(id);
ALTER TABLE plan ADD CONSTRAINT plan_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'kept'::text, 'moved'::text, 'missed'::text, 'dropped'::text])));
CREATE INDEX plan_occurrence ON public.plan USING btree (occurrence_id);
CREATE UNIQUE INDEX plan_one_of_both ON public.plan USING btree (occurrence_id, step) WHERE ((state = 'planned'::text) AND (person_id IS NULL));
CREATE UNIQUE INDEX plan_one_of_each ON public.plan USING btree (occurrence_id, step, person_id) WHERE ((state = 'planned'::text) AND (person_id IS NOT NULL));
CREATE TRIGGER plan_not_frozen BEFORE INSERT ON public.plan FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TABLE policy (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    preset text NOT NULL,
    decisions bytea NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    ended_at timestamp with time zone
);
ALTER TABLE policy ADD CONSTRAINT policy_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE policy ADD CONSTRAINT policy_pkey PRIMARY KEY (id);
ALTER TABLE policy ADD CONSTRAINT policy_preset_check CHECK ((preset = ANY (ARRAY['no_secrets'::text, 'limited_secrets'::text, 'separate_confidences'::text])));
ALTER TABLE policy ADD CONSTRAINT policy_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES account(id);
CREATE INDEX policy_client ON public.policy USING btree (client_id, proposed_at);
CREATE TRIGGER policy_not_frozen BEFORE INSERT ON public.policy FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE practice (
    id bigint NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    opens time without time zone NOT NULL,
    closes time without time zone NOT NULL,
    leads jsonb NOT NULL,
    notice_hours bigint NOT NULL,
    sender_name text NOT NULL,
    phone text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    open_days text NOT NULL DEFAULT 'Mon,Tue,Wed,Thu,Fri,Sat,Sun'::text,
    quiet_minutes bigint NOT NULL DEFAULT 5,
    portal_rule text NOT NULL DEFAULT 'ask'::text,
    portal_days bigint NOT NULL DEFAULT 60,
    portal_ahead bigint NOT NULL DEFAULT 2,
    inquiries boolean NOT NULL DEFAULT false,
    late_fee text NOT NULL DEFAULT ''::text,
    kinds jsonb NOT NULL DEFAULT '[]'::jsonb,
    asks text NOT NULL DEFAULT 'first'::text,
    replan_after timestamp with time zone,
    zones_at timestamp with time zone,
    zones_version text NOT NULL DEFAULT ''::text,
    zones_sessions bigint NOT NULL DEFAULT 0,
    zones_elsewhere bigint NOT NULL DEFAULT 0,
    zones_over bigint NOT NULL DEFAULT 0,
    fee_if_one_absent boolean NOT NULL DEFAULT false,
    first_steps_hidden_at timestamp with time zone,
    note_unlock_hours bigint NOT NULL DEFAULT 0,
    opened_names boolean NOT NULL DEFAULT false,
    factor_roles text NOT NULL DEFAULT ''::text,
    factor_days_clinical bigint NOT NULL DEFAULT 0,
    factor_days_others bigint NOT NULL DEFAULT 30,
    retention jsonb NOT NULL DEFAULT '{}'::jsonb
);
ALTER TABLE practice ADD CONSTRAINT practice_asks_check CHECK ((asks = ANY (ARRAY['none'::text, 'first'::text, 'all'::text])));
ALTER TABLE practice ADD CONSTRAINT practice_factor_days_clinical_check CHECK ((factor_days_clinical = ANY (ARRAY[(0)::bigint, (7)::bigint, (30)::bigint])));
ALTER TABLE practice ADD CONSTRAINT practice_factor_days_others_check CHECK ((factor_days_others = ANY (ARRAY[(0)::bigint, (7)::bigint, (30)::bigint])));
ALTER TABLE practice ADD CONSTRAINT practice_id_check CHECK ((id = 1));
ALTER TABLE practice ADD CONSTRAINT practice_note_unlock_hours_check CHECK (((note_unlock_hours >= 0) AND (note_unlock_hours <= 72)));
ALTER TABLE practice ADD CONSTRAINT practice_pkey PRIMARY KEY (id);
ALTER TABLE practice ADD CONSTRAINT practice_portal_ahead_check CHECK (((portal_ahead >= 1) AND (portal_ahead <= 30)));
ALTER TABLE practice ADD CONSTRAINT practice_portal_days_check CHECK (((portal_days >= 1) AND (portal_days <= 366)));
ALTER TABLE practice ADD CONSTRAINT practice_portal_rule_check CHECK ((portal_rule = ANY (ARRAY['no'::text, 'ask'::text, 'at_once'::text])));
ALTER TABLE practice ADD CONSTRAINT practice_quiet_minutes_check CHECK (((quiet_minutes >= 0) AND (quiet_minutes <= 60)));

CREATE TABLE press (
    id uuid NOT NULL,
    content bytea NOT NULL,
    request_id uuid NOT NULL,
    answer bytea,
    made_at timestamp with time zone NOT NULL
);
ALTER TABLE press ADD CONSTRAINT press_pkey PRIMARY KEY (id);
CREATE INDEX press_made_at ON public.press USING btree (made_at);

CREATE TABLE progress_step (
    id uuid NOT NULL,
    progress_id uuid NOT NULL,
    "position" bigint NOT NULL,
    exercise_id uuid NOT NULL,
    after_both boolean NOT NULL,
    after_days bigint,
    every_days bigint,
    for_days bigint,
    assignment_id uuid
);
ALTER TABLE progress_step ADD CONSTRAINT progress_step_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES assignment(id);
ALTER TABLE progress_step ADD CONSTRAINT progress_step_assignment_id_key UNIQUE (assignment_id);
ALTER TABLE progress_step ADD CONSTRAINT progress_step_exercise_id_fkey FOREIGN KEY (exercise_id) REFERENCES exercise(id);
ALTER TABLE progress_step ADD CONSTRAINT progress_step_pkey PRIMARY KEY (id);
ALTER TABLE progress_step ADD CONSTRAINT progress_step_progress_id_fkey FOREIGN KEY (progress_id) REFERENCES pathway_progress(id);
CREATE INDEX progress_step_progress ON public.progress_step USING btree (progress_id, "position");

CREATE TABLE recovery_code (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    number bigint NOT NULL,
    hash text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
ALTER TABLE recovery_code ADD CONSTRAINT recovery_code_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE recovery_code ADD CONSTRAINT recovery_code_account_id_number_key UNIQUE (account_id, number);
ALTER TABLE recovery_code ADD CONSTRAINT recovery_code_number_check CHECK (((number >= 1) AND (number <= 10)));
ALTER TABLE recovery_code ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (id);

CREATE TABLE release (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    kind text NOT NULL,
    terms bytea NOT NULL,
    term text NOT NULL,
    ends_on date NOT NULL,
    prepared_at timestamp with time zone NOT NULL,
    prepared_by uuid NOT NULL,
    closed_at timestamp with time zone,
    closed_by uuid,
    closed_why text
);
ALTER TABLE release ADD CONSTRAINT release_check CHECK (((closed_at IS NULL) = (closed_by IS NULL)));
ALTER TABLE release ADD CONSTRAINT release_check1 CHECK (((closed_at IS NULL) = (closed_why IS NULL)));
ALTER TABLE release ADD CONSTRAINT release_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE release ADD CONSTRAINT release_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES account(id);
ALTER TABLE release ADD CONSTRAINT release_closed_why_check CHECK ((closed_why = ANY (ARRAY['clinician'::text, 'separation'::text])));
ALTER TABLE release ADD CONSTRAINT release_kind_check CHECK ((kind = ANY (ARRAY['record'::text, 'process'::text])));
ALTER TABLE release ADD CONSTRAINT release_pkey PRIMARY KEY (id);
ALTER TABLE release ADD CONSTRAINT release_prepared_by_fkey FOREIGN KEY (prepared_by) REFERENCES account(id);
ALTER TABLE release ADD CONSTRAINT release_term_check CHECK ((term = ANY (ARRAY['once'::text, 'until'::text])));
CREATE INDEX release_client ON public.release USING btree (client_id, prepared_at, id);
CREATE TRIGGER release_is_kept BEFORE DELETE ON public.release FOR EACH ROW WHEN ((NOT is_example(old.client_id))) EXECUTE FUNCTION release_stays();
CREATE TRIGGER release_stays BEFORE UPDATE ON public.release FOR EACH ROW WHEN (((new.terms <> old.terms) OR (new.client_id <> old.client_id) OR (new.kind <> old.kind) OR (new.term <> old.term) OR (new.ends_on <> old.ends_on) OR ((old.closed_at IS NOT NULL) AND (new.closed_at IS DISTINCT FROM old.closed_at)))) EXECUTE FUNCTION release_stays();

CREATE TABLE release_signer (
    release_id uuid NOT NULL,
    person_id uuid NOT NULL,
    ask_id uuid NOT NULL,
    own bytea NOT NULL
);
ALTER TABLE release_signer ADD CONSTRAINT release_signer_ask_id_fkey FOREIGN KEY (ask_id) REFERENCES consent_ask(id);
ALTER TABLE release_signer ADD CONSTRAINT release_signer_ask_id_key UNIQUE (ask_id);
ALTER TABLE release_signer ADD CONSTRAINT release_signer_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE release_signer ADD CONSTRAINT release_signer_pkey PRIMARY KEY (release_id, person_id);
ALTER TABLE release_signer ADD CONSTRAINT release_signer_release_id_fkey FOREIGN KEY (release_id) REFERENCES release(id);
CREATE INDEX release_signer_person ON public.release_signer USING btree (person_id);

CREATE TABLE response (
    id uuid NOT NULL,
    occurrence_id uuid NOT NULL,
    person_id uuid NOT NULL,
    draft bytea,
    draft_number bigint NOT NULL,
    draft_at timestamp with time zone,
    submitted_at timestamp with time zone,
    opened_at timestamp with time zone,
    started_at timestamp with time zone,
    not_now_at timestamp with time zone,
    entered_by uuid,
    not_now bytea
);
ALTER TABLE response ADD CONSTRAINT response_check CHECK (((submitted_at IS NULL) OR (draft IS NULL)));
ALTER TABLE response ADD CONSTRAINT response_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES account(id);
ALTER TABLE response ADD CONSTRAINT response_occurrence_id_fkey FOREIGN KEY (occurrence_id) REFERENCES occurrence(id);
ALTER TABLE response ADD CONSTRAINT response_occurrence_id_person_id_key UNIQUE (occurrence_id, person_id);
ALTER TABLE response ADD CONSTRAINT response_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE response ADD CONSTRAINT response_pkey PRIMARY KEY (id);
CREATE INDEX response_person ON public.response USING btree (person_id, submitted_at, occurrence_id);
CREATE INDEX response_sent ON public.response USING btree (occurrence_id, submitted_at);
CREATE TRIGGER draft_not_frozen BEFORE UPDATE OF draft ON public.response FOR EACH ROW WHEN ((new.draft IS NOT NULL)) EXECUTE FUNCTION of_occurrence_not_frozen();
CREATE TRIGGER response_not_frozen BEFORE UPDATE OF submitted_at ON public.response FOR EACH ROW WHEN ((new.submitted_at IS NOT NULL)) EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TABLE room (
    id uuid NOT NULL,
    name text NOT NULL,
    archived_at timestamp with time zone,
    offers jsonb NOT NULL DEFAULT '[]'::jsonb,
    location_id uuid
);
ALTER TABLE room ADD CONSTRAINT room_location_id_fkey FOREIGN KEY (location_id) REFERENCES location(id);
ALTER TABLE room ADD CONSTRAINT room_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX room_in_use ON public.room USING btree (name, COALESCE(location_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE (archived_at IS NULL);

CREATE TABLE series (
    id uuid NOT NULL,
    root_id uuid NOT NULL,
    client_id uuid NOT NULL,
    clinician_id uuid NOT NULL,
    room_id uuid,
    link text NOT NULL,
    kind text NOT NULL,
    person_id uuid,
    starts time without time zone NOT NULL,
    zone text NOT NULL,
    minutes bigint NOT NULL,
    every_weeks bigint,
    first_on date NOT NULL,
    until_on date,
    times bigint,
    made_until date NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    outside boolean NOT NULL DEFAULT false
);
ALTER TABLE series ADD CONSTRAINT series_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE series ADD CONSTRAINT series_clinician_id_fkey FOREIGN KEY (clinician_id) REFERENCES account(id);
ALTER TABLE series ADD CONSTRAINT series_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id);
ALTER TABLE series ADD CONSTRAINT series_every_weeks_check CHECK (((every_weeks >= 1) AND (every_weeks <= 26)));
ALTER TABLE series ADD CONSTRAINT series_minutes_check CHECK (((minutes >= 10) AND (minutes <= 480)));
ALTER TABLE series ADD CONSTRAINT series_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE series ADD CONSTRAINT series_pkey PRIMARY KEY (id);
ALTER TABLE series ADD CONSTRAINT series_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id);
ALTER TABLE series ADD CONSTRAINT series_root_id_fkey FOREIGN KEY (root_id) REFERENCES series(id);
CREATE INDEX series_open ON public.series USING btree (made_until) WHERE ((ended_at IS NULL) AND (until_on IS NULL) AND (times IS NULL));
CREATE INDEX series_root ON public.series USING btree (root_id);
CREATE TRIGGER series_not_frozen BEFORE INSERT ON public.series FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE series_gap (
    series_id uuid NOT NULL,
    on_day date NOT NULL,
    reason text NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone
);
ALTER TABLE series_gap ADD CONSTRAINT series_gap_pkey PRIMARY KEY (series_id, on_day);
ALTER TABLE series_gap ADD CONSTRAINT series_gap_reason_check CHECK ((reason = ANY (ARRAY['left_out'::text, 'taken'::text])));
ALTER TABLE series_gap ADD CONSTRAINT series_gap_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id);
CREATE INDEX series_gap_open ON public.series_gap USING btree (on_day) WHERE ((reason = 'taken'::text) AND (seen_at IS NULL));

CREATE TABLE session (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    clinician_id uuid NOT NULL,
    room_id uuid,
    link text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    starts timestamp without time zone NOT NULL,
    zone text NOT NULL,
    minutes bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    zone_version text NOT NULL,
    version bigint NOT NULL,
    booking_key uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    series_id uuid,
    series_on date,
    outside boolean NOT NULL DEFAULT false,
    override_reason text,
    shifts bigint NOT NULL DEFAULT 0,
    shifted_at timestamp with time zone,
    noted boolean NOT NULL DEFAULT false
);
ALTER TABLE session ADD CONSTRAINT session_booking_key_key UNIQUE (booking_key);
ALTER TABLE session ADD CONSTRAINT session_check CHECK ((ends_at > starts_at));
ALTER TABLE session ADD CONSTRAINT session_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE session ADD CONSTRAINT session_clinician_id_fkey FOREIGN KEY (clinician_id) REFERENCES account(id);
ALTER TABLE session ADD CONSTRAINT session_minutes_check CHECK (((minutes >= 10) AND (minutes <= 480)));
ALTER TABLE session ADD CONSTRAINT session_pkey PRIMARY KEY (id);
ALTER TABLE session ADD CONSTRAINT session_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id);
ALTER TABLE session ADD CONSTRAINT session_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id);
ALTER TABLE session ADD CONSTRAINT session_state_check CHECK ((state = ANY (ARRAY['booked'::text, 'arrived'::text, 'completed'::text, 'no_show'::text, 'late_cancelled'::text, 'cancelled'::text])));
CREATE INDEX session_client ON public.session USING btree (client_id, starts_at);
CREATE INDEX session_clinician ON public.session USING btree (clinician_id, starts_at);
CREATE UNIQUE INDEX session_series ON public.session USING btree (series_id, series_on) WHERE (series_id IS NOT NULL);
CREATE INDEX session_time ON public.session USING btree (starts_at);
CREATE INDEX session_without_note ON public.session USING btree (clinician_id, starts_at, id) WHERE ((NOT noted) AND (state = ANY (ARRAY['booked'::text, 'arrived'::text, 'completed'::text])));
CREATE TRIGGER session_not_booked_again BEFORE UPDATE OF state, starts_at ON public.session FOR EACH ROW WHEN (((new.state = 'booked'::text) AND ((old.state <> 'booked'::text) OR (new.starts_at <> old.starts_at)))) EXECUTE FUNCTION of_client_not_frozen();
CREATE TRIGGER session_not_frozen BEFORE INSERT ON public.session FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE session_attendee (
    session_id uuid NOT NULL,
    person_id uuid NOT NULL,
    presence text,
    arrived_at timestamp with time zone,
    marked_by uuid,
    marked_at timestamp with time zone
);
ALTER TABLE session_attendee ADD CONSTRAINT session_attendee_marked_by_fkey FOREIGN KEY (marked_by) REFERENCES account(id);
ALTER TABLE session_attendee ADD CONSTRAINT session_attendee_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE session_attendee ADD CONSTRAINT session_attendee_pkey PRIMARY KEY (session_id, person_id);
ALTER TABLE session_attendee ADD CONSTRAINT session_attendee_presence_check CHECK ((presence = ANY (ARRAY['present'::text, 'absent'::text])));
ALTER TABLE session_attendee ADD CONSTRAINT session_attendee_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
CREATE INDEX session_attendee_person ON public.session_attendee USING btree (person_id);

CREATE TABLE session_change (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    account_id uuid NOT NULL,
    what text NOT NULL,
    from_at timestamp with time zone,
    to_at timestamp with time zone,
    reason bytea
);
ALTER TABLE session_change ADD CONSTRAINT session_change_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE session_change ADD CONSTRAINT session_change_pkey PRIMARY KEY (id);
ALTER TABLE session_change ADD CONSTRAINT session_change_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
CREATE INDEX session_change_session ON public.session_change USING btree (session_id, at);

CREATE TABLE session_reply (
    session_id uuid NOT NULL,
    person_id uuid NOT NULL,
    session_version bigint NOT NULL,
    reply text NOT NULL,
    replied_at timestamp with time zone NOT NULL,
    changes bigint NOT NULL,
    settled_by uuid,
    settled_at timestamp with time zone
);
ALTER TABLE session_reply ADD CONSTRAINT session_reply_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE session_reply ADD CONSTRAINT session_reply_pkey PRIMARY KEY (session_id, person_id);
ALTER TABLE session_reply ADD CONSTRAINT session_reply_reply_check CHECK ((reply = ANY (ARRAY['coming'::text, 'alone'::text, 'another'::text])));
ALTER TABLE session_reply ADD CONSTRAINT session_reply_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
ALTER TABLE session_reply ADD CONSTRAINT session_reply_settled_by_fkey FOREIGN KEY (settled_by) REFERENCES account(id);
CREATE INDEX session_reply_open ON public.session_reply USING btree (session_id) WHERE ((reply <> 'coming'::text) AND (settled_at IS NULL));

CREATE TABLE session_request (
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    client_id uuid NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid NOT NULL,
    session_id uuid,
    session_version bigint,
    clinician_id uuid NOT NULL,
    room_id uuid,
    link text NOT NULL,
    starts timestamp without time zone NOT NULL,
    zone text NOT NULL,
    minutes bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    made_at timestamp with time zone NOT NULL,
    answered_by uuid,
    answered_at timestamp with time zone,
    quiet_until timestamp with time zone
);
ALTER TABLE session_request ADD CONSTRAINT session_request_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE session_request ADD CONSTRAINT session_request_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES account(id);
ALTER TABLE session_request ADD CONSTRAINT session_request_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE session_request ADD CONSTRAINT session_request_clinician_id_fkey FOREIGN KEY (clinician_id) REFERENCES account(id);
ALTER TABLE session_request ADD CONSTRAINT session_request_kind_check CHECK ((kind = ANY (ARRAY['book'::text, 'move'::text, 'alone'::text])));
ALTER TABLE session_request ADD CONSTRAINT session_request_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE session_request ADD CONSTRAINT session_request_pkey PRIMARY KEY (id);
ALTER TABLE session_request ADD CONSTRAINT session_request_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id);
ALTER TABLE session_request ADD CONSTRAINT session_request_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);
ALTER TABLE session_request ADD CONSTRAINT session_request_state_check CHECK ((state = ANY (ARRAY['partner'::text, 'desk'::text, 'done'::text, 'declined'::text, 'withdrawn'::text])));
CREATE UNIQUE INDEX session_request_alone ON public.session_request USING btree (session_id, person_id) WHERE ((kind = 'alone'::text) AND (state = ANY (ARRAY['partner'::text, 'desk'::text])));
CREATE UNIQUE INDEX session_request_book ON public.session_request USING btree (client_id, starts_at) WHERE ((kind = 'book'::text) AND (state = ANY (ARRAY['partner'::text, 'desk'::text])));
CREATE INDEX session_request_client ON public.session_request USING btree (client_id, made_at);
CREATE INDEX session_request_desk ON public.session_request USING btree (starts_at) WHERE (state = 'desk'::text);
CREATE UNIQUE INDEX session_request_move ON public.session_request USING btree (session_id, person_id) WHERE ((kind = 'move'::text) AND (state = ANY (ARRAY['partner'::text, 'desk'::text])));
CREATE INDEX session_request_person ON public.session_request USING btree (person_id, made_at);
CREATE TRIGGER session_request_not_frozen BEFORE INSERT ON public.session_request FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE session_undo (
    session_id uuid NOT NULL,
    version bigint NOT NULL,
    until timestamp with time zone NOT NULL,
    state text NOT NULL,
    starts timestamp without time zone NOT NULL,
    zone text NOT NULL,
    minutes bigint NOT NULL,
    room_id uuid,
    link text NOT NULL,
    outside boolean NOT NULL,
    clinician_id uuid,
    kind text,
    override_reason text
);
ALTER TABLE session_undo ADD CONSTRAINT session_undo_clinician_id_fkey FOREIGN KEY (clinician_id) REFERENCES account(id);
ALTER TABLE session_undo ADD CONSTRAINT session_undo_pkey PRIMARY KEY (session_id);
ALTER TABLE session_undo ADD CONSTRAINT session_undo_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id);
ALTER TABLE session_undo ADD CONSTRAINT session_undo_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id);

CREATE TABLE signature (
    id uuid NOT NULL,
    ask_id uuid NOT NULL,
    client_id uuid,
    person_id uuid NOT NULL,
    version_id uuid NOT NULL,
    language text NOT NULL,
    sha256 bytea NOT NULL,
    content bytea NOT NULL,
    shown_at timestamp with time zone NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    zone text NOT NULL,
    method text NOT NULL,
    account_id uuid NOT NULL,
    login_id uuid NOT NULL,
    proof text NOT NULL,
    proven_at timestamp with time zone NOT NULL,
    scan_id uuid,
    copy text NOT NULL,
    replaced_id uuid,
    evidence bytea,
    withdrawn_at timestamp with time zone,
    withdrawn_by uuid,
    withdrawn_how text,
    withdrawal_read_at timestamp with time zone
);
ALTER TABLE signature ADD CONSTRAINT signature_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE signature ADD CONSTRAINT signature_ask_id_fkey FOREIGN KEY (ask_id) REFERENCES consent_ask(id);
ALTER TABLE signature ADD CONSTRAINT signature_ask_id_key UNIQUE (ask_id);
ALTER TABLE signature ADD CONSTRAINT signature_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE signature ADD CONSTRAINT signature_copy_check CHECK ((copy = ANY (ARRAY['portal'::text, 'printed'::text])));
ALTER TABLE signature ADD CONSTRAINT signature_login_id_fkey FOREIGN KEY (login_id) REFERENCES login(id);
ALTER TABLE signature ADD CONSTRAINT signature_method_check CHECK ((method = ANY (ARRAY['portal'::text, 'room'::text, 'paper'::text])));
ALTER TABLE signature ADD CONSTRAINT signature_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id);
ALTER TABLE signature ADD CONSTRAINT signature_pkey PRIMARY KEY (id);
ALTER TABLE signature ADD CONSTRAINT signature_proof_check CHECK ((proof = ANY (ARRAY['sign_in'::text, 'password'::text])));
ALTER TABLE signature ADD CONSTRAINT signature_replaced_id_fkey FOREIGN KEY (replaced_id) REFERENCES signature(id);
ALTER TABLE signature ADD CONSTRAINT signature_version_id_fkey FOREIGN KEY (version_id) REFERENCES consent_version(id);
ALTER TABLE signature ADD CONSTRAINT signature_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES account(id);
ALTER TABLE signature ADD CONSTRAINT signature_withdrawn_how_check CHECK ((withdrawn_how = ANY (ARRAY['portal'::text, 'told'::text])));
CREATE INDEX signature_client ON public.signature USING btree (client_id);
CREATE INDEX signature_evidence ON public.signature USING btree (signed_at) WHERE (evidence IS NOT NULL);
CREATE INDEX signature_person ON public.signature USING btree (person_id);
CREATE INDEX signature_replaced ON public.signature USING btree (replaced_id) WHERE (replaced_id IS NOT NULL);
CREATE INDEX signature_version ON public.signature USING btree (version_id);
CREATE TRIGGER signature_is_kept BEFORE DELETE ON public.signature FOR EACH ROW EXECUTE FUNCTION signature_is_kept();
CREATE TRIGGER signature_not_frozen BEFORE INSERT ON public.signature FOR EACH ROW WHEN ((new.client_id IS NOT NULL)) EXECUTE FUNCTION of_client_not_frozen();
CREATE TRIGGER signature_stays BEFORE UPDATE ON public.signature FOR EACH ROW WHEN (((new.id IS DISTINCT FROM old.id) OR (new.ask_id IS DISTINCT FROM old.ask_id) OR (new.client_id IS DISTINCT FROM old.client_id) OR (new.person_id IS DISTINCT FROM old.person_id) OR (new.version_id IS DISTINCT FROM old.version_id) OR (new.language IS DISTINCT FROM old.language) OR (new.sha256 IS DISTINCT FROM old.sha256) OR (new.content IS DISTINCT FROM old.content) OR (new.shown_at IS DISTINCT FROM old.shown_at) OR (new.signed_at IS DISTINCT FROM old.signed_at) OR (new.recorded_at IS DISTINCT FROM old.recorded_at) OR (new.zone IS DISTINCT FROM old.zone) OR (new.method IS DISTINCT FROM old.method) OR (new.account_id IS DISTINCT FROM old.account_id) OR (new.login_id IS DISTINCT FROM old.login_id) OR (new.proof IS DISTINCT FROM old.proof) OR (new.proven_at IS DISTINCT FROM old.proven_at) OR (new.scan_id IS DISTINCT FROM old.scan_id) OR (new.copy IS DISTINCT FROM old.copy) OR (new.replaced_id IS DISTINCT FROM old.replaced_id) OR ((new.evidence IS NOT NULL) AND (new.evidence IS DISTINCT FROM old.evidence)) OR ((old.withdrawn_at IS NOT NULL) AND ((new.withdrawn_at IS DISTINCT FROM old.withdrawn_at) OR (new.withdrawn_by IS DISTINCT FROM old.withdrawn_by) OR (new.withdrawn_how IS DISTINCT FROM old.withdrawn_how))) OR ((new.withdrawn_at IS NULL) <> (new.withdrawn_by IS NULL)) OR ((new.withdrawn_at IS NULL) <> (new.withdrawn_how IS NULL)))) EXECUTE FUNCTION signature_stays();

CREATE TABLE supervision (
    id uuid NOT NULL,
    author_id uuid NOT NULL,
    supervisor_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date,
    made_at timestamp with time zone NOT NULL,
    made_by uuid NOT NULL
);
ALTER TABLE supervision ADD CONSTRAINT supervision_author_id_fkey FOREIGN KEY (author_id) REFERENCES account(id);
ALTER TABLE supervision ADD CONSTRAINT supervision_check CHECK ((author_id <> supervisor_id));
ALTER TABLE supervision ADD CONSTRAINT supervision_check1 CHECK (((until_on IS NULL) OR (until_on >= from_on)));
ALTER TABLE supervision ADD CONSTRAINT supervision_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id);
ALTER TABLE supervision ADD CONSTRAINT supervision_pkey PRIMARY KEY (id);
ALTER TABLE supervision ADD CONSTRAINT supervision_supervisor_id_fkey FOREIGN KEY (supervisor_id) REFERENCES account(id);
CREATE INDEX supervision_author ON public.supervision USING btree (author_id, from_on);
CREATE INDEX supervision_supervisor ON public.supervision USING btree (supervisor_id, from_on);

CREATE TABLE throttle (
    key bytea NOT NULL,
    tries bigint NOT NULL,
    started_at timestamp with time zone NOT NULL
);
ALTER TABLE throttle ADD CONSTRAINT throttle_pkey PRIMARY KEY (key);

CREATE TABLE treatment_plan (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    body bytea NOT NULL,
    until_on date,
    written_at timestamp with time zone NOT NULL,
    written_by uuid NOT NULL
);
ALTER TABLE treatment_plan ADD CONSTRAINT treatment_plan_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id);
ALTER TABLE treatment_plan ADD CONSTRAINT treatment_plan_pkey PRIMARY KEY (id);
ALTER TABLE treatment_plan ADD CONSTRAINT treatment_plan_written_by_fkey FOREIGN KEY (written_by) REFERENCES account(id);
CREATE INDEX treatment_plan_client ON public.treatment_plan USING btree (client_id, written_at);
CREATE TRIGGER treatment_plan_not_frozen BEFORE INSERT ON public.treatment_plan FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TABLE vault (
    id bigint NOT NULL,
    proof bytea NOT NULL
);
ALTER TABLE vault ADD CONSTRAINT vault_id_check CHECK ((id = 1));
ALTER TABLE vault ADD CONSTRAINT vault_pkey PRIMARY KEY (id);

CREATE TABLE wording (
    kind text NOT NULL,
    language text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamp with time zone NOT NULL
);
ALTER TABLE wording ADD CONSTRAINT wording_pkey PRIMARY KEY (kind, language);
ALTER TABLE wording ADD CONSTRAINT wording_set_by_fkey FOREIGN KEY (set_by) REFERENCES account(id);

CREATE TABLE working_week (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    from_on date NOT NULL,
    hours jsonb NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    at_locations jsonb NOT NULL DEFAULT '{}'::jsonb
);
ALTER TABLE working_week ADD CONSTRAINT working_week_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id);
ALTER TABLE working_week ADD CONSTRAINT working_week_account_id_from_on_key UNIQUE (account_id, from_on);
ALTER TABLE working_week ADD CONSTRAINT working_week_pkey PRIMARY KEY (id);
ALTER TABLE working_week ADD CONSTRAINT working_week_set_by_fkey FOREIGN KEY (set_by) REFERENCES account(id);

CREATE TABLE write_probe (
    id bigint NOT NULL,
    mark uuid NOT NULL,
    filler bytea NOT NULL
);
ALTER TABLE write_probe ADD CONSTRAINT write_probe_id_check CHECK ((id = 1));
ALTER TABLE write_probe ADD CONSTRAINT write_probe_pkey PRIMARY KEY (id);
