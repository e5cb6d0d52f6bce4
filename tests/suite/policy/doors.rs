//! The scopes that an actor gets from the store, and a list of all their methods: a
//! method that nobody tries is listed with the reason.

use std::path::Path;

use store::{Bookings, Clinician, Guest, Owner, Partner, SignedIn, Store, Visitor};

/// Everything that one actor can call.
pub(super) struct Doors {
    /// What the program calls before it knows who a visitor is.
    pub store: Store,
    /// What anyone can call who knows an address or a token.
    pub guest: Guest,
    pub signed_in: Option<SignedIn>,
    pub owner: Option<Owner>,
    pub clinician: Option<Clinician>,
    pub bookings: Option<Bookings>,
    pub partner: Option<Partner>,
}

impl Doors {
    /// The scopes of a visitor; `None` for nobody signed in.
    pub fn for_visitor(store: &Store, visitor: Option<&Visitor>) -> Self {
        Self {
            signed_in: visitor.map(|v| store.signed_in(v)),
            owner: visitor.and_then(|v| store.owner(v)),
            clinician: visitor.and_then(|v| store.clinician(v)),
            bookings: visitor.and_then(|v| store.bookings(v)),
            partner: visitor.and_then(|v| store.partner(v)),
            guest: store.guest(),
            store: store.clone(),
        }
    }
}

/// Methods of the scopes that neither `reads` nor `tries` calls, with the reason. A
/// method that returns what the database contains may not be listed here.
const NOT_TRIED: &[(&str, &[&str])] = &[
    (
        "Acts on what the policy has no thing for: the library, pathways and their drafts, which every therapist reads, \
         a calendar's address, an own account's settings, what waits in the bin of the one who put it there.",
        &[
            "start_draft",
            "save_exercise_draft",
            "published_from",
            "revive_draft",
            "discard_draft",
            "publish",
            "import_exercise",
            "set_exercise_archived",
            "keep_removed_step",
            "save_pathway",
            "archive_pathway",
            "make_feed",
            "revoke_feed",
            "keep_email",
            "request_email_change",
            "cancel_email_change",
            "confirm_email_change",
            "email_of_link",
            "address_link_by_hand",
            "set_slash_search",
            "own_factor",
            "secret_to_set_up",
            "set_up_app",
            "has_begun_set_up",
            "renew_recovery_codes",
            "remove_own_factor",
            "forget_remembered",
            "keep_factor",
            "ask_for_reset",
            "set_zone",
            "set_language",
            "restore",
            "may_have_feed",
            "finish_welcome",
            "note_password",
        ],
    ),
    (
        "Another way into the same room: a door of the same scope to the same rows is tried.",
        &[
            "invite_staff",
            "invite_again",
            "set_disabled",
            "set_factor_rules",
            "confirm_reset",
            "refuse_reset",
            "change_staff",
            "reset_access",
            "update_settings",
            "publish_intake_list",
            "set_names_openers",
            "set_supervision",
            "end_supervision",
            "review_goal",
            "write_plan",
            "hide_first_steps",
            "create_example",
            "remove_example",
            "add_location",
            "change_location",
            "archive_location",
            "set_room",
            "archive_room",
            "set_wording",
            "reset_wording",
            "add_partner",
            "set_archived",
            "set_paused",
            "change_progress",
            "give_next",
            "create_note_once",
            "send_release",
            "withdraw_release",
            "answer_disclosure",
            "send_disclosure",
            "tell_of_disclosure",
            "type_note",
            "note_page",
            "note_form",
            "new_note_form",
            "addendum_form",
            "copies_for_new",
            "copy_forward",
            "set_note_template",
            "move_section",
            "undo_move",
            "unlock_note",
            "leftover_to_addendum",
            "discard_leftover",
            "default_note_template",
            "set_default_note_template",
            "note_template",
            "archive_note_template",
            "submit_page",
            "mark_opened",
            "accept_agreement",
            "unaccept_agreement",
            "book_series",
            "move_series",
            "cancel_series",
            "move_session",
            "set_state",
            "mark_attendance",
            "undo",
            "book_alone",
            "add_earlier_wish",
            "remove_earlier_wish",
            "decide_fee",
            "settle_fee",
            "settle_gap",
            "set_week",
            "remove_week",
            "add_exceptions",
            "list_inquiry",
            "close_inquiry",
            "confirm_again",
            "try_address_again",
            "try_mail_now",
            "invite_partner",
            "end_other_logins",
            "end_logins_like",
            "offer_client",
            "accept_client",
            "decline_client",
            "set_retention_years",
            "delete_due",
            "finish_erasure",
            "set_hold",
            "end_hold",
            "hold_client",
            "erase",
            "read_client_list",
            "choose_for_import",
            "discard_import",
            "begin_import",
            "run_import",
            "undo_import",
            "release_import",
            "release_client",
            "change_consent_text",
            "set_consent_text_archived",
            "sign_consent_in_room",
            "record_paper_consent",
            "record_consent_withdrawal",
            "withdraw_consent",
            "ask_newcomers",
        ],
    ),
    (
        "Opens an answer to more readers, or takes that back: its words stay, and `tests/suite/privacy.rs` and \
         `reveal.rs` hold who reads it.",
        &["share", "accept_offer", "unshare", "share_intake_item"],
    ),
    ("Notes what was opened, for the audit log.", &["record_list", "record_test_email", "compare_audit_head"]),
    ("Tells who asks, and holds no row.", &["now", "person", "release_connection", "is_desk", "beyond_request"]),
    (
        "What the program does by itself, as the worker of emails and the jobs: no visitor has this scope.",
        &[
            "apply_new_zone_rules",
            "tidy_client_imports",
            "begin_backup",
            "end_backup",
            "clear_loose_files",
            "delete_removed_documents",
            "empty_bin",
            "extend_series",
            "finish_all_sent",
            "finish_and_begin",
            "finish_obstructed",
            "finish_refusal",
            "finish_refused",
            "finish_retry",
            "forget_bodies",
            "forget_evidence",
            "forget_form_keys",
            "copies_to_make",
            "gather_copies",
            "keep_copies",
            "remove_old_copies",
            "forget_inquiries",
            "forget_old_tries",
            "forget_presses",
            "forget_undo",
            "give_due_steps",
            "make_occurrences",
            "postpone_claim",
            "record_bounce",
            "record_report",
            "renew_consents",
            "replan_after_sessions",
            "replan_some",
            "return_claim_early",
            "returned_recipient",
            "stop_mail",
            "store_bodies",
        ],
    ),
];

/// The public methods of the scopes, as found in the store's sources, each with its file.
fn methods() -> Vec<(String, String)> {
    fn visit(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the store") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                visit(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).expect("a file");
                let mut inside = false;
                for line in text.lines() {
                    if let Some(of) = line.strip_prefix("impl ").and_then(|rest| rest.strip_suffix(" {")) {
                        inside =
                            ["Guest", "Owner", "Clinician", "Bookings", "Partner", "SignedIn", "Worker"].contains(&of);
                    } else if line == "}" {
                        inside = false;
                    }
                    let name = ["    pub async fn ", "    pub fn "].iter().find_map(|begin| line.strip_prefix(begin));
                    if let Some(name) = name.filter(|_| inside) {
                        let end = name.find(['(', '<']).expect("arguments");
                        found.push((name[..end].to_owned(), path.display().to_string()));
                    }
                }
            }
        }
    }
    let mut found = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/store/src"), &mut found);
    found
}

/// A method that is added to a scope must be read in `reads`, tried, or listed above, so
/// that `reads` really reads everything an actor can read.
#[test]
fn every_scope_method_is_tried_or_listed_with_a_reason() {
    let methods = methods();
    assert!(methods.len() > 200, "the sources are read: {}", methods.len());
    let called = [
        include_str!("reads.rs"),
        include_str!("sees.rs"),
        include_str!("stage.rs"),
        include_str!("tries.rs"),
        include_str!("tries/bookings.rs"),
        include_str!("tries/exercises.rs"),
        include_str!("tries/records.rs"),
    ]
    .concat();
    let named: Vec<&str> = NOT_TRIED.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let is_called = |name: &str| called.contains(&format!(".{name}("));
    let untried: Vec<_> =
        methods.iter().filter(|(name, _)| !is_called(name) && !named.contains(&name.as_str())).collect();
    assert!(
        untried.is_empty(),
        "nobody tries these: read them in reads.rs, try them in tries.rs, or name them in NOT_TRIED with the reason: {untried:?}"
    );
    for name in named {
        assert!(methods.iter().any(|(method, _)| method == name), "there is no {name} any more");
    }
}
