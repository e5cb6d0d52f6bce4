//! Each column of the schema is sealed, or open for a reason that `docs/architecture.md`
//! lists under "What lies open in the database". A new column has to be added here, so
//! that its author decides about it.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection as _, Row as _};
use tests::{Backend, World};

/// The group of a column: sealed, or open for the reason whose table row in the document
/// begins with these words.
const SEALED: &str = "Sealed";
const HASHED: &str = "Hashes and wrapped keys";
const ROWS: &str = "Ids, numbers and times of rows";
const NAMES: &str = "Names and contact details";
const CONTACT: &str = "How a person may be written to";
const SESSIONS: &str = "Sessions";
const BOOKING: &str = "What is said about a booking";
const ASKED: &str = "Requests, replies, waiting and fees";
const WORK: &str = "Which exercises a client has, and how it goes";
const WRITTEN: &str = "That something was written";
const MAILS: &str = "Mails";
const AUDIT: &str = "The audit log";
const PRACTICE: &str = "The practice, its staff and its library";

const REASONS: [&str; 13] =
    [SEALED, HASHED, ROWS, NAMES, CONTACT, SESSIONS, BOOKING, ASKED, WORK, WRITTEN, MAILS, AUDIT, PRACTICE];

const COLUMNS: &[(&str, &[(&str, &str)])] = &[
    ("acceptance", &[(ROWS, "agreement_id person_id"), (WRITTEN, "accepted_at")]),
    (
        "account",
        &[
            (ROWS, "id person_id created_at password_changed_at disabled_at keys_version email_proven_at"),
            (NAMES, "login_name display_name email email_key returned_at returned_why"),
            (HASHED, "password_hash"),
            (PRACTICE, "zone buffer_before buffer_after slash_search"),
        ],
    ),
    ("account_event", &[(ROWS, "id account_id at"), (PRACTICE, "event device")]),
    ("account_role", &[(ROWS, "account_id granted_at"), (PRACTICE, "role")]),
    (
        "address_change",
        &[
            (ROWS, "id account_id made_at expires_at handed_at confirmed_at ended_at"),
            (NAMES, "email old_email"),
            (HASHED, "token_hash"),
        ],
    ),
    (
        "agreement",
        &[(ROWS, "id occurrence_id version"), (WORK, "step"), (SEALED, "body"), (WRITTEN, "written_by written_at")],
    ),
    (
        "answer",
        &[
            (ROWS, "id response_id occurrence_id person_id"),
            (SEALED, "body"),
            (WRITTEN, "step scope shared_at shared_from accepted_at"),
        ],
    ),
    (
        "assignment",
        &[
            (ROWS, "id client_id"),
            (SEALED, "word_along"),
            (
                WORK,
                "exercise_version_id assigned_by assigned_at due due_on withdrawn_at every_days each_session
                 repeats until_on next_on paused_at",
            ),
        ],
    ),
    ("audit", &[(AUDIT, "seq at account_id action thing thing_id client_id detail"), (HASHED, "mac")]),
    ("audit_head", &[(AUDIT, "id seq"), (HASHED, "mac")]),
    ("audit_named", &[(AUDIT, "seq client_id")]),
    ("backup_run", &[(ROWS, "id due_at started_at ended_at bytes row_count"), (PRACTICE, "place trouble")]),
    ("bin", &[(ROWS, "id account_id kind thing binned_at"), (SEALED, "content")]),
    ("browser", &[(ROWS, "id account_id made_at used_at expires_at trusted_until"), (HASHED, "token_hash")]),
    ("care", &[(SESSIONS, "client_id clinician_id covering starts_on ends_on offered_at offered_by accepted_at")]),
    ("client", &[(ROWS, "id created_at created_by archived_at example_at import_id hold_at hold_by"), (SEALED, "hold_why"), (SESSIONS, "kind separated_at separated_by")]),
    (
        "client_import",
        &[
            (ROWS, "id created_at created_by running_at imported_at undone_at clients people left_out kept"),
            (SEALED, "content"),
            (PRACTICE, "file_name state choices"),
        ],
    ),
    ("client_member", &[(ROWS, "client_id person_id"), (SESSIONS, "seat joined_at left_at")]),
    (
        "data_copy",
        &[(ROWS, "id request_id client_id file_id bytes made_at"), (HASHED, "sha256"), (WRITTEN, "format")],
    ),
    (
        "data_decision",
        &[
            (ROWS, "id request_id client_id item_id revision"),
            (SEALED, "reason text"),
            (WRITTEN, "kind decision ground decided_by decided_at"),
        ],
    ),
    ("data_download", &[(ROWS, "id copy_id account_id at")]),
    (
        "consent_ask",
        &[(ROWS, "id client_id person_id text_id policy_id asked_at asked_by closed_at"), (SEALED, "blanks")],
    ),
    ("consent_text", &[(PRACTICE, "id kind key created_at created_by archived_at")]),
    ("consent_version", &[(PRACTICE, "id text_id version renews made_at made_by")]),
    ("consent_wording", &[(PRACTICE, "version_id language title body")]),
    (
        "cosign",
        &[(ROWS, "id note_id author_id"), (SEALED, "comment"), (WRITTEN, "asked_of asked_at settled_at settled_by outcome")],
    ),
    ("data_key", &[(ROWS, "subject_id created_at"), (HASHED, "wrapped")]),
    (
        "data_request",
        &[
            (ROWS, "id person_id received_on asked_at extended_at cancelled_at ready_at removed_at"),
            (SEALED, "checked extension"),
            (WRITTEN, "way asked_by extended_by cancelled_by"),
        ],
    ),
    ("data_request_part", &[(ROWS, "request_id client_id finished_at handover_id"), (WRITTEN, "finished_by")]),
    (
        "disclosure",
        &[
            (ROWS, "id client_id order_file_id prepared_at"),
            (SEALED, "details answer_reason"),
            (WRITTEN, "ground prepared_by confirmer_id answer answered_at dropped_at told_at told_by ask_again_on"),
        ],
    ),
    (
        "disclosure_silence",
        &[(ROWS, "id disclosure_id set_at"), (SEALED, "reason"), (WRITTEN, "ask_again_on set_by")],
    ),
    ("earlier_wish", &[(ASKED, "session_id part than asked_at asked_by")]),
    ("erasure", &[(ROWS, "id client_id person_id done_at done_by"), (WRITTEN, "report")]),
    ("exercise", &[(PRACTICE, "id slug created_at author_id archived_at")]),
    ("exercise_draft", &[(PRACTICE, "id author_id exercise_id version_id form created_at updated_at number")]),
    ("exercise_version", &[(PRACTICE, "id exercise_id version document created_at")]),
    ("fee_suggestion", &[(ASKED, "session_id amount state made_at decided_by decided_at settled_on settled_by settled_at")]),
    ("feed", &[(ROWS, "id account_id made_at read_at revoked_at"), (HASHED, "token_hash"), (CONTACT, "wording")]),
    ("form_key", &[(ROWS, "id account_id made made_at")]),
    (
        "goal",
        &[
            (ROWS, "id client_id revision"),
            (SEALED, "body"),
            (WRITTEN, "since_on state review_sessions review_on reviewed_at made_at made_by"),
            (WORK, "exercise_id"),
        ],
    ),
    ("goal_event", &[(ROWS, "id goal_id"), (SEALED, "body remark"), (WRITTEN, "state reviewed at made_by")]),
    (
        "handover",
        &[
            (ROWS, "id client_id release_id disclosure_id person_id sent_at"),
            (SEALED, "details"),
            (WRITTEN, "door sent_by"),
        ],
    ),
    ("handover_file", &[(ROWS, "handover_id number file_id"), (SEALED, "about"), (WRITTEN, "part")]),
    ("hours_exception", &[(PRACTICE, "id account_id first_on last_on starts ends kind reason set_by set_at")]),
    ("imported_details", &[(ROWS, "person_id import_id"), (SEALED, "sealed")]),
    (
        "inquiry",
        &[
            (ROWS, "id made_at confirmed_at settled_by settled_at keys_version"),
            (NAMES, "name email email_key phone returned_at returned_why"),
            (ASKED, "kind part meeting state"),
            (HASHED, "token_hash"),
        ],
    ),
    (
        "invitation",
        &[
            (ROWS, "id account_id created_at created_by expires_at used_at revoked_at"),
            (HASHED, "token_hash"),
            (NAMES, "email"),
        ],
    ),
    ("intake", &[(ROWS, "id client_id list_id started_at started_by"), (SESSIONS, "ended_at")]),
    (
        "intake_answer",
        &[
            (ROWS, "id intake_id client_id person_id"),
            (SEALED, "answer draft waived_why"),
            (WRITTEN, "item answered_at entered_by shared_at waived_at waived_by saved_at"),
        ],
    ),
    ("intake_list", &[(PRACTICE, "id version list made_at made_by")]),
    (
        "message",
        &[
            (ROWS, "id client_id person_id occurrence_id account_id"),
            (SEALED, "body"),
            (WRITTEN, "from_therapist written_at read_at"),
        ],
    ),
    ("location", &[(PRACTICE, "id name address archived_at")]),
    (
        "login",
        &[
            (ROWS, "id account_id device created_at last_seen_at expires_at ended_at browser_id confirmed_at second_step"),
            (HASHED, "token_hash"),
        ],
    ),
    (
        "mail_queue",
        &[(MAILS, "id state since reason code by_report probes next_probe_at probe_id accepted_at refused_id")],
    ),
    ("mail_suspect", &[(MAILS, "email_id refused_at")]),
    (
        "email",
        &[
            (
                MAILS,
                "id dedupe kind session_id session_version person_id account_id invitation_id reset_id lead
                 due_at not_after state reason attempts lease_token lease_until smtp_started_at message_id_header
                 created_at sent_at last_error occurrence_id plan_id message_id request_id inquiry_id ask_id asks intake_id data_request_id
                 may_have_arrived uncertain refusals told_starts told_zone again_of address_id event_id",
            ),
            (NAMES, "recipient"),
            (SEALED, "bytes"),
        ],
    ),
    (
        "document",
        &[
            (ROWS, "id client_id file_id author_id person_id"),
            (SEALED, "title"),
            (HASHED, "fingerprint"),
            (WRITTEN, "scope kind type active dated added_at opened_at shared_at removed_at"),
        ],
    ),
    (
        "file",
        &[(ROWS, "id subject_id chunks bytes made_by made_at"), (HASHED, "sealed_key"), (SEALED, "sha256")],
    ),
    ("factor", &[(ROWS, "account_id made_at confirmed_at last_step login_id"), (SEALED, "secret")]),
    ("factor_reset", &[(ROWS, "id account_id asked_at confirmed_by ready_at ended_as ended_at")]),
    ("file_chunk", &[(ROWS, "file_id number"), (SEALED, "body")]),
    (
        "note",
        &[
            (ROWS, "id client_id session_id author_id addendum_of template_version_id revision"),
            (SEALED, "body header without_policy"),
            (WRITTEN, "scope created_at updated_at signed_at undecided locked_at"),
        ],
    ),
    ("note_leftover", &[(ROWS, "id note_id account_id page"), (SEALED, "body"), (WRITTEN, "typed_at")]),
    (
        "note_move",
        &[(ROWS, "id from_note_id to_note_id account_id"), (SEALED, "body"), (WRITTEN, "moved_at undone_at")],
    ),
    ("note_template", &[(PRACTICE, "id slug created_at archived_at")]),
    ("note_template_default", &[(PRACTICE, "account_id template_id")]),
    ("note_template_version", &[(PRACTICE, "id template_id version title document created_at made_by")]),
    ("note_unlock", &[(ROWS, "id note_id account_id"), (SEALED, "reason"), (WRITTEN, "locked_at unlocked_at")]),
    ("occupancy", &[(SESSIONS, "session_id held held_id starts_at ends_at overridden")]),
    ("occurrence", &[(ROWS, "id"), (WORK, "assignment_id number submissions revealed_at opens_on due_on made_at")]),
    (
        "password_reset",
        &[(ROWS, "id account_id created_at expires_at used_at"), (HASHED, "token_hash"), (NAMES, "email")],
    ),
    ("pathway", &[(PRACTICE, "id slug author_id document created_at updated_at archived_at")]),
    (
        "person",
        &[
            (ROWS, "id created_at updated_at keys_version welcomed_at"),
            (
                NAMES,
                "name search_name pronouns email email_key phone returned_at returned_why email_own_at
                 email_suggested email_suggested_at email_suggested_by",
            ),
            (
                CONTACT,
                "zone language portal_only safe_from safe_until reminders nudges nudge_at prefers leads
                 alone_mail alone_mail_for held_at",
            ),
        ],
    ),
    (
        "plan",
        &[(WORK, "id occurrence_id step person_id starts zone starts_at state set_by set_at closed_by closed_at")],
    ),
    (
        "practice",
        &[(
            PRACTICE,
            "id name zone opens closes leads notice_hours sender_name phone created_at updated_at open_days
             quiet_minutes portal_rule portal_days portal_ahead inquiries late_fee fee_if_one_absent kinds asks replan_after
             zones_at zones_version zones_sessions zones_elsewhere zones_over first_steps_hidden_at note_unlock_hours retention
             opened_names factor_roles factor_days_clinical factor_days_others",
        )],
    ),
    (
        "policy",
        &[(ROWS, "id client_id proposed_at proposed_by ended_at"), (SEALED, "decisions"), (WRITTEN, "preset")],
    ),
    ("press", &[(HASHED, "id content"), (ROWS, "request_id made_at"), (SEALED, "answer")]),
    ("recovery_code", &[(ROWS, "id account_id number made_at used_at"), (HASHED, "hash")]),
    (
        "release",
        &[
            (ROWS, "id client_id prepared_at"),
            (SEALED, "terms"),
            (WRITTEN, "kind term ends_on prepared_by closed_at closed_by closed_why"),
        ],
    ),
    ("release_signer", &[(ROWS, "release_id person_id ask_id"), (SEALED, "own")]),
    (
        "response",
        &[
            (ROWS, "id occurrence_id person_id draft_number"),
            (SEALED, "draft not_now"),
            (WORK, "draft_at submitted_at opened_at started_at not_now_at entered_by"),
        ],
    ),
    ("room", &[(PRACTICE, "id name archived_at offers location_id")]),
    (
        "series",
        &[
            (ROWS, "id root_id"),
            (
                SESSIONS,
                "client_id clinician_id room_id link kind person_id starts zone minutes every_weeks first_on
                 until_on times made_until created_by created_at ended_at outside",
            ),
        ],
    ),
    ("series_gap", &[(SESSIONS, "series_id on_day noted_at seen_at"), (BOOKING, "reason")]),
    (
        "session",
        &[
            (ROWS, "id version booking_key created_at"),
            (
                SESSIONS,
                "client_id clinician_id room_id link kind state starts zone minutes starts_at ends_at
                 zone_version series_id series_on outside shifts shifted_at",
            ),
            (BOOKING, "override_reason"),
            (WRITTEN, "noted"),
        ],
    ),
    ("session_attendee", &[(SESSIONS, "session_id person_id presence arrived_at marked_by marked_at")]),
    ("session_change", &[(ROWS, "id session_id"), (SESSIONS, "at account_id what from_at to_at"), (SEALED, "reason")]),
    (
        "session_reply",
        &[(ASKED, "session_id person_id session_version reply replied_at changes settled_by settled_at")],
    ),
    (
        "session_request",
        &[(
            ASKED,
            "id kind state client_id person_id account_id session_id session_version clinician_id room_id link
             starts zone minutes starts_at ends_at made_at answered_by answered_at
             quiet_until",
        )],
    ),
    (
        "session_undo",
        &[
            (SESSIONS, "session_id version until state starts zone minutes room_id link outside clinician_id kind"),
            (BOOKING, "override_reason"),
        ],
    ),
    (
        "signature",
        &[
            (ROWS, "id ask_id client_id person_id version_id account_id login_id replaced_id scan_id"),
            (HASHED, "sha256"),
            (SEALED, "content evidence"),
            (
                WRITTEN,
                "language shown_at signed_at recorded_at zone method proof proven_at copy withdrawn_at withdrawn_by
                 withdrawn_how withdrawal_read_at",
            ),
        ],
    ),
    ("supervision", &[(PRACTICE, "id author_id supervisor_id from_on until_on made_at made_by")]),
    ("throttle", &[(HASHED, "key"), (ROWS, "tries started_at")]),
    ("treatment_plan", &[(ROWS, "id client_id"), (SEALED, "body"), (WRITTEN, "until_on written_at written_by")]),
    ("vault", &[(ROWS, "id"), (SEALED, "proof")]),
    (
        "pathway_progress",
        &[(ROWS, "id"), (WORK, "client_id pathway_id title person_id started_by started_at ended_at")],
    ),
    (
        "progress_step",
        &[(WORK, "id progress_id position exercise_id after_both after_days every_days for_days assignment_id")],
    ),
    ("wording", &[(PRACTICE, "kind language subject body set_by set_at")]),
    ("working_week", &[(PRACTICE, "id account_id from_on hours set_by set_at at_locations")]),
    ("write_probe", &[(ROWS, "id mark filler")]),
];

/// Each column with its type, as the database reports it.
async fn schema(backend: Backend) -> BTreeMap<(String, String), String> {
    let world = World::new(backend).await;
    let rows: Vec<(String, String, String)> = match backend {
        Backend::Sqlite => {
            let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
            sqlx::query(
                "SELECT t.name, c.name, lower(c.type)
                FROM sqlite_schema t
                JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%'",
            )
            .fetch_all(&mut c)
            .await
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
        }
        Backend::Postgres => {
            let mut c = sqlx::PgConnection::connect(&world.address_text).await.unwrap();
            sqlx::query(
                "SELECT table_name::text, column_name::text, data_type::text
                FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
            )
            .fetch_all(&mut c)
            .await
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
        }
    };
    rows.into_iter().map(|(table, column, of)| ((table, column), of)).collect()
}

async fn check_every_column(backend: Backend) {
    let mut known = BTreeMap::new();
    for (table, groups) in COLUMNS {
        for (reason, columns) in *groups {
            for column in columns.split_whitespace() {
                let twice = known.insert(((*table).to_owned(), column.to_owned()), *reason);
                assert!(twice.is_none(), "{table}.{column} stands twice");
            }
        }
    }
    let there = schema(backend).await;
    let (listed, found): (BTreeSet<_>, BTreeSet<_>) = (known.keys().collect(), there.keys().collect());
    let new: Vec<_> = found.difference(&listed).collect();
    assert!(new.is_empty(), "sealed, or open and why? {new:?}");
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "no such column: {gone:?}");
    for (column, _) in known.iter().filter(|(_, reason)| **reason == SEALED) {
        assert!(["blob", "bytea"].contains(&there[column].as_str()), "{column:?} is said to be sealed");
    }
}

#[tokio::test]
async fn every_sqlite_column_is_sealed_or_open_for_a_reason() {
    check_every_column(Backend::Sqlite).await;
}

#[tokio::test]
async fn every_postgres_column_is_sealed_or_open_for_a_reason() {
    check_every_column(Backend::Postgres).await;
}

#[test]
fn every_reason_is_in_the_architecture_document() {
    let document = include_str!("../../docs/architecture.md");
    for reason in REASONS {
        let rows = document.lines().filter(|line| line.starts_with(&format!("| {reason}"))).count();
        assert_eq!(rows, 1, "a row of the table that begins with “{reason}”");
    }
}
