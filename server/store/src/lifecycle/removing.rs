//! Removes rows for good: a whole client, one class of its content, or what is one
//! person's. Nothing here asks whether it may: the callers do.
//!
//! The triggers that keep signed notes, signatures and what left the practice let the
//! rows of an example go. For the length of the transaction a client whose rows are
//! removed is marked like one.

use domain::{
    clients::search,
    ids::{AccountId, ClientId, FileId, PersonId},
};
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    database::{all, maybe, run},
    files,
    records::{handovers, own_data},
};

/// The name of a person whose name was erased.
pub(crate) const ERASED: &str = "Erased person";

/// Lets the rows of a client be removed until [`forbid_removal`], or until the client
/// itself is.
async fn allow_removal(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    run!(tx, "UPDATE client SET example_at = COALESCE(example_at, $1) WHERE id = $2", store.now(), client.0)?;
    Ok(())
}

/// Protects the rows of a client that is no example again.
async fn forbid_removal(tx: &mut Tx, client: ClientId) -> Result<()> {
    run!(tx, "UPDATE client SET example_at = NULL WHERE id = $1", client.0)?;
    Ok(())
}

/// SQL: the ids of the emails about a client's exercises.
macro_rules! emails_about_exercises {
    () => {
        "SELECT e.id FROM email e
         WHERE e.occurrence_id IN (SELECT o.id FROM occurrence o JOIN assignment a ON a.id = o.assignment_id
                 WHERE a.client_id = $1)
             OR e.plan_id IN (SELECT p.id FROM plan p JOIN occurrence o ON o.id = p.occurrence_id
                 JOIN assignment a ON a.id = o.assignment_id WHERE a.client_id = $1)"
    };
}
/// Removes a client with everything that was made for it, and those of its people who
/// are in no other client.
pub(crate) async fn remove_client(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    let people = all!(
        &mut *tx,
        (Uuid,),
        "SELECT m.person_id FROM client_member m
         WHERE m.client_id = $1
             AND NOT EXISTS (SELECT 1 FROM client_member o WHERE o.person_id = m.person_id AND o.client_id <> $1)",
        client.0
    )?;
    allow_removal(store, tx, client).await?;
    own_data::remove_of_client(tx, client).await?;
    handovers::remove_of_client(tx, client).await?;
    remove_emails(tx, client).await?;
    remove_documents(tx, client).await?;
    run_all(tx, EXERCISES, client.0).await?;
    run_all(tx, MESSAGES, client.0).await?;
    run_all(tx, NOTES, client.0).await?;
    run_all(tx, FORMS, client.0).await?;
    run_all(tx, SESSIONS, client.0).await?;
    let rest = [
        "DELETE FROM care WHERE client_id = $1",
        "DELETE FROM client_member WHERE client_id = $1",
        "DELETE FROM data_key WHERE subject_id = $1",
        "DELETE FROM client WHERE id = $1",
    ];
    run_all(tx, &rest, client.0).await?;
    for (person,) in people {
        remove_person(tx, PersonId(person)).await?;
    }
    Ok(())
}

/// Removes the process notes and private documents of a client.
pub(crate) async fn remove_process_notes(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    allow_removal(store, tx, client).await?;
    let notes = [
        "DELETE FROM note_move WHERE from_note_id IN (SELECT id FROM note WHERE client_id = $1 AND scope = 'process')
             OR to_note_id IN (SELECT id FROM note WHERE client_id = $1 AND scope = 'process')",
        "DELETE FROM note_leftover WHERE note_id IN (SELECT id FROM note WHERE client_id = $1 AND scope = 'process')",
        "DELETE FROM note_unlock WHERE note_id IN (SELECT id FROM note WHERE client_id = $1 AND scope = 'process')",
        "DELETE FROM cosign WHERE note_id IN (SELECT id FROM note WHERE client_id = $1 AND scope = 'process')",
        "DELETE FROM note WHERE client_id = $1 AND scope = 'process' AND addendum_of IS NOT NULL",
        "DELETE FROM note WHERE client_id = $1 AND scope = 'process'",
    ];
    run_all(tx, &notes, client.0).await?;
    let files =
        all!(&mut *tx, (Uuid,), "SELECT file_id FROM document WHERE client_id = $1 AND scope = 'process'", client.0)?;
    run!(&mut *tx, "DELETE FROM document WHERE client_id = $1 AND scope = 'process'", client.0)?;
    for (file,) in files {
        files::remove(tx, FileId(file)).await?;
    }
    forbid_removal(tx, client).await
}

/// Removes the documents of a client.
pub(crate) async fn remove_documents(tx: &mut Tx, client: ClientId) -> Result<()> {
    let files = all!(&mut *tx, (Uuid,), "SELECT file_id FROM document WHERE client_id = $1", client.0)?;
    run!(&mut *tx, "DELETE FROM document WHERE client_id = $1", client.0)?;
    for (file,) in files {
        files::remove(tx, FileId(file)).await?;
    }
    Ok(())
}

/// Removes what left the practice about a client.
pub(crate) async fn remove_letters(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    allow_removal(store, tx, client).await?;
    run!(
        &mut *tx,
        "UPDATE data_request_part SET handover_id = NULL
         WHERE handover_id IN (SELECT id FROM handover WHERE client_id = $1)",
        client.0
    )?;
    handovers::remove_of_client(tx, client).await?;
    forbid_removal(tx, client).await
}

/// Removes the exercises of a client with their answers.
pub(crate) async fn remove_exercises(tx: &mut Tx, client: ClientId) -> Result<()> {
    let emails = [
        "UPDATE message SET occurrence_id = NULL WHERE client_id = $1",
        concat!("DELETE FROM mail_suspect WHERE email_id IN (", emails_about_exercises!(), ")"),
        concat!("DELETE FROM email WHERE id IN (", emails_about_exercises!(), ")"),
    ];
    run_all(tx, &emails, client.0).await?;
    run_all(tx, EXERCISES, client.0).await
}

/// Removes the messages of a client.
pub(crate) async fn remove_messages(tx: &mut Tx, client: ClientId) -> Result<()> {
    let emails = [
        "DELETE FROM mail_suspect WHERE email_id IN (
             SELECT id FROM email WHERE message_id IN (SELECT id FROM message WHERE client_id = $1))",
        "DELETE FROM email WHERE message_id IN (SELECT id FROM message WHERE client_id = $1)",
    ];
    run_all(tx, &emails, client.0).await?;
    run_all(tx, MESSAGES, client.0).await
}

/// Runs each statement with this id.
async fn run_all(tx: &mut Tx, statements: &[&'static str], id: Uuid) -> Result<()> {
    for statement in statements {
        run!(&mut *tx, *statement, id)?;
    }
    Ok(())
}

/// Runs each statement with these two ids.
async fn run_both(tx: &mut Tx, statements: &[&'static str], a: Uuid, b: Uuid) -> Result<()> {
    for statement in statements {
        run!(&mut *tx, *statement, a, b)?;
    }
    Ok(())
}

/// SQL: the ids of the emails about a client's sessions, exercises, messages and
/// requests.
macro_rules! emails_about_client {
    () => {
        concat!(
            emails_about_exercises!(),
            " OR e.session_id IN (SELECT id FROM session WHERE client_id = $1)
              OR e.message_id IN (SELECT id FROM message WHERE client_id = $1)
              OR e.request_id IN (SELECT id FROM session_request WHERE client_id = $1)
              OR e.ask_id IN (SELECT id FROM consent_ask WHERE client_id = $1)
              OR e.intake_id IN (SELECT id FROM intake WHERE client_id = $1)"
        )
    };
}

/// Removes the emails about a client.
async fn remove_emails(tx: &mut Tx, client: ClientId) -> Result<()> {
    let statements = [
        concat!("DELETE FROM mail_suspect WHERE email_id IN (", emails_about_client!(), ")"),
        concat!("DELETE FROM email WHERE id IN (", emails_about_client!(), ")"),
    ];
    run_all(tx, &statements, client.0).await
}

/// SQL condition: the occurrence belongs to the client `$1`.
macro_rules! of_client {
    () => {
        "occurrence_id IN (SELECT o.id FROM occurrence o JOIN assignment a ON a.id = o.assignment_id
             WHERE a.client_id = $1)"
    };
}

/// The exercises of a client with their answers.
const EXERCISES: &[&str] = &[
    concat!("DELETE FROM acceptance WHERE agreement_id IN (SELECT g.id FROM agreement g WHERE g.", of_client!(), ")"),
    concat!("DELETE FROM agreement WHERE ", of_client!()),
    concat!("DELETE FROM answer WHERE ", of_client!()),
    concat!("DELETE FROM response WHERE ", of_client!()),
    concat!("DELETE FROM plan WHERE ", of_client!()),
    concat!("UPDATE message SET occurrence_id = NULL WHERE ", of_client!()),
    "DELETE FROM progress_step WHERE progress_id IN (SELECT id FROM pathway_progress WHERE client_id = $1)",
    "DELETE FROM pathway_progress WHERE client_id = $1",
    "DELETE FROM occurrence WHERE assignment_id IN (SELECT id FROM assignment WHERE client_id = $1)",
    "DELETE FROM assignment WHERE client_id = $1",
];

/// The messages of a client.
const MESSAGES: &[&str] = &["DELETE FROM message WHERE client_id = $1"];

/// The notes, goals and plans of a client.
const NOTES: &[&str] = &[
    "DELETE FROM note_move WHERE from_note_id IN (SELECT id FROM note WHERE client_id = $1)
         OR to_note_id IN (SELECT id FROM note WHERE client_id = $1)",
    "DELETE FROM note_leftover WHERE note_id IN (SELECT id FROM note WHERE client_id = $1)",
    "DELETE FROM note_unlock WHERE note_id IN (SELECT id FROM note WHERE client_id = $1)",
    "DELETE FROM cosign WHERE note_id IN (SELECT id FROM note WHERE client_id = $1)",
    "DELETE FROM note WHERE client_id = $1 AND addendum_of IS NOT NULL",
    "DELETE FROM note WHERE client_id = $1",
    "DELETE FROM goal_event WHERE goal_id IN (SELECT id FROM goal WHERE client_id = $1)",
    "DELETE FROM goal WHERE client_id = $1",
    "DELETE FROM treatment_plan WHERE client_id = $1",
];

/// The intake of a client, and what was signed.
const FORMS: &[&str] = &[
    "DELETE FROM intake_answer WHERE client_id = $1",
    "DELETE FROM intake WHERE client_id = $1",
    "DELETE FROM signature WHERE client_id = $1",
    "DELETE FROM consent_ask WHERE client_id = $1",
    "DELETE FROM policy WHERE client_id = $1",
];

/// A client's sessions, series and requests.
const SESSIONS: &[&str] = &[
    "DELETE FROM session_request WHERE client_id = $1",
    "DELETE FROM fee_suggestion WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
    "DELETE FROM earlier_wish WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
    "DELETE FROM occupancy WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
    "DELETE FROM session_undo WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
    "DELETE FROM session_reply WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
    "DELETE FROM session_change WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
    "DELETE FROM session_attendee WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
    "DELETE FROM session WHERE client_id = $1",
    "DELETE FROM series_gap WHERE series_id IN (SELECT id FROM series WHERE client_id = $1)",
    "DELETE FROM series WHERE client_id = $1",
];

/// Removes a person with their account. No row of a client names them any more.
async fn remove_person(tx: &mut Tx, person: PersonId) -> Result<()> {
    own_data::remove_of_person(tx, person).await?;
    remove_emails_to(tx, person).await?;
    if let Some(account) = account_of(tx, person).await? {
        run_all(tx, WAYS_IN, account.0).await?;
        run_all(tx, &["DELETE FROM bin WHERE account_id = $1", "DELETE FROM account WHERE id = $1"], account.0).await?;
    }
    let statements = [
        "DELETE FROM imported_details WHERE person_id = $1",
        "DELETE FROM data_key WHERE subject_id = $1",
        "DELETE FROM person WHERE id = $1",
    ];
    run_all(tx, &statements, person.0).await
}

/// The account of a person; `None`: they have none.
async fn account_of(tx: &mut Tx, person: PersonId) -> Result<Option<AccountId>> {
    let row = maybe!(&mut *tx, (Uuid,), "SELECT id FROM account WHERE person_id = $1", person.0)?;
    Ok(row.map(|(id,)| AccountId(id)))
}

/// What opens an account, and what was remembered about its devices.
const WAYS_IN: &[&str] = &[
    "UPDATE login SET browser_id = NULL WHERE account_id = $1",
    "DELETE FROM login WHERE account_id = $1",
    "DELETE FROM browser WHERE account_id = $1",
    "DELETE FROM feed WHERE account_id = $1",
    "DELETE FROM form_key WHERE account_id = $1",
    "DELETE FROM invitation WHERE account_id = $1",
    "DELETE FROM password_reset WHERE account_id = $1",
    "DELETE FROM address_change WHERE account_id = $1",
    "DELETE FROM account_role WHERE account_id = $1",
];

/// Removes the emails to a person.
pub(crate) async fn remove_emails_to(tx: &mut Tx, person: PersonId) -> Result<()> {
    let statements = [
        "DELETE FROM mail_suspect WHERE email_id IN (
             SELECT id FROM email WHERE person_id = $1
                 OR account_id IN (SELECT id FROM account WHERE person_id = $1))",
        "DELETE FROM email
         WHERE person_id = $1 OR account_id IN (SELECT id FROM account WHERE person_id = $1)",
    ];
    run_all(tx, &statements, person.0).await
}

/// Closes the account of a person for good: nothing opens it any more, and its name, its
/// address and its devices are gone. A login stays by which something is signed that is
/// kept.
pub(crate) async fn close_account(tx: &mut Tx, person: PersonId, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    let Some(account) = account_of(tx, person).await? else { return Ok(()) };
    for statement in
        WAYS_IN.iter().filter(|statement| !statement.contains("FROM login") && !statement.contains("account_role"))
    {
        run!(&mut *tx, *statement, account.0)?;
    }
    let logins = [
        "DELETE FROM login WHERE account_id = $1 AND id NOT IN (SELECT login_id FROM signature WHERE account_id = $1)",
        "UPDATE login SET device = '' WHERE account_id = $1",
    ];
    run_all(tx, &logins, account.0).await?;
    run!(&mut *tx, "UPDATE login SET ended_at = COALESCE(ended_at, $1) WHERE account_id = $2", now, account.0)?;
    run!(
        &mut *tx,
        "UPDATE account SET login_name = NULL, display_name = $1, email = '', email_key = '', password_hash = NULL,
             disabled_at = COALESCE(disabled_at, $2), returned_at = NULL, returned_why = '', email_proven_at = NULL
         WHERE id = $3",
        ERASED,
        now,
        account.0
    )?;
    Ok(())
}

/// Replaces the identity of a person: bookings and what is kept name nobody any more.
pub(crate) async fn erase_identity(tx: &mut Tx, person: PersonId, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    run!(
        &mut *tx,
        "UPDATE person SET name = $1, search_name = $2, pronouns = '', email = NULL, email_key = '', phone = '',
             portal_only = $3, safe_from = NULL, safe_until = NULL, reminders = $4, nudges = $4, prefers = NULL,
             returned_at = NULL, returned_why = '', leads = NULL, email_own_at = NULL, email_suggested = NULL,
             email_suggested_at = NULL, email_suggested_by = NULL, alone_mail = 'portal_only', alone_mail_for = '',
             updated_at = $5
         WHERE id = $6",
        ERASED,
        search::key(ERASED),
        true,
        false,
        now,
        person.0
    )?;
    Ok(())
}

/// Removes what a person wrote in exercises of a client.
pub(crate) async fn erase_answers(tx: &mut Tx, client: ClientId, person: PersonId) -> Result<()> {
    let statements = [
        concat!("DELETE FROM answer WHERE person_id = $2 AND ", of_client!()),
        concat!("UPDATE response SET draft = NULL, not_now = NULL WHERE person_id = $2 AND ", of_client!()),
    ];
    run_both(tx, &statements, client.0, person.0).await
}

/// Removes the messages between a person and their therapists about a client.
pub(crate) async fn erase_messages(tx: &mut Tx, client: ClientId, person: PersonId) -> Result<()> {
    let statements = [
        "DELETE FROM mail_suspect WHERE email_id IN (SELECT e.id FROM email e JOIN message m ON m.id = e.message_id
             WHERE m.client_id = $1 AND m.person_id = $2)",
        "DELETE FROM email WHERE message_id IN (SELECT id FROM message WHERE client_id = $1 AND person_id = $2)",
        "DELETE FROM message WHERE client_id = $1 AND person_id = $2",
    ];
    run_both(tx, &statements, client.0, person.0).await
}

/// Removes the documents that a person handed in, or that are about them alone.
pub(crate) async fn erase_documents(tx: &mut Tx, client: ClientId, person: PersonId) -> Result<()> {
    let rows = all!(
        &mut *tx,
        (Uuid, Uuid),
        "SELECT d.id, d.file_id FROM document d
         WHERE d.client_id = $1 AND (d.person_id = $2 OR d.scope IN (
             SELECT 'partner_' || m.seat FROM client_member m WHERE m.client_id = $1 AND m.person_id = $2))",
        client.0,
        person.0
    )?;
    for (document, file) in rows {
        run!(&mut *tx, "DELETE FROM document WHERE id = $1", document)?;
        files::remove(tx, FileId(file)).await?;
    }
    Ok(())
}

/// SQL: the ids of the notes of the client `$1` that are about the person `$2` alone.
macro_rules! own_notes {
    () => {
        "SELECT n.id FROM note n WHERE n.client_id = $1 AND n.scope IN (
             SELECT 'partner_' || m.seat FROM client_member m WHERE m.client_id = $1 AND m.person_id = $2)"
    };
}

/// Removes what the record has about a person alone: notes, the intake, what they signed,
/// their requests, and what an import said about them.
pub(crate) async fn erase_own_record(store: &Store, tx: &mut Tx, client: ClientId, person: PersonId) -> Result<()> {
    allow_removal(store, tx, client).await?;
    own_data::remove_of_person_in(tx, client, person).await?;
    let statements = [
        concat!(
            "DELETE FROM note_move WHERE from_note_id IN (",
            own_notes!(),
            ") OR to_note_id IN (",
            own_notes!(),
            ")"
        ),
        concat!("DELETE FROM note_leftover WHERE note_id IN (", own_notes!(), ")"),
        concat!("DELETE FROM note_unlock WHERE note_id IN (", own_notes!(), ")"),
        concat!("DELETE FROM cosign WHERE note_id IN (", own_notes!(), ")"),
        concat!("DELETE FROM note WHERE addendum_of IS NOT NULL AND id IN (", own_notes!(), ")"),
        concat!("DELETE FROM note WHERE id IN (", own_notes!(), ")"),
        "DELETE FROM intake_answer WHERE client_id = $1 AND person_id = $2",
        "DELETE FROM signature WHERE client_id = $1 AND person_id = $2
             AND ask_id NOT IN (SELECT ask_id FROM release_signer)",
        "DELETE FROM mail_suspect WHERE email_id IN (SELECT e.id FROM email e JOIN consent_ask k ON k.id = e.ask_id
             WHERE k.client_id = $1 AND k.person_id = $2)",
        "DELETE FROM email WHERE ask_id IN (SELECT id FROM consent_ask WHERE client_id = $1 AND person_id = $2)",
        "DELETE FROM consent_ask WHERE client_id = $1 AND person_id = $2
             AND id NOT IN (SELECT ask_id FROM release_signer) AND id NOT IN (SELECT ask_id FROM signature)",
        "DELETE FROM session_reply WHERE person_id = $2 AND session_id IN (SELECT id FROM session WHERE client_id = $1)",
    ];
    run_both(tx, &statements, client.0, person.0).await?;
    run!(
        &mut *tx,
        "DELETE FROM imported_details WHERE person_id = $1
             AND import_id IN (SELECT import_id FROM client WHERE id = $2 AND import_id IS NOT NULL)",
        person.0,
        client.0
    )?;
    forbid_removal(tx, client).await
}

/// Destroys the data key of a person: what it sealed opens no more, also in a copy of
/// the database. It stays while something of theirs is kept that it sealed.
pub(crate) async fn destroy_key(tx: &mut Tx, person: PersonId) -> Result<bool> {
    let destroyed = run!(
        &mut *tx,
        "DELETE FROM data_key WHERE subject_id = $1
            AND NOT EXISTS (SELECT 1 FROM answer WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM message WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM document WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM intake_answer WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM signature WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM consent_ask WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM release_signer WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM data_request WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM imported_details WHERE person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM response WHERE person_id = $1 AND (draft IS NOT NULL OR not_now IS NOT NULL))",
        person.0
    )?;
    Ok(destroyed > 0)
}

/// What becomes of a table's rows when clients are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Its rows belong to a client or its people, and go with them.
    WithClient,
    /// Rows of clients and their people go with them; others stay, for this reason.
    Partly(&'static str),
    /// Its rows stay, for this reason.
    Stays(&'static str),
}

/// Rows that the practice needs without any client.
const PRACTICE: Removal = Removal::Stays("It is the practice’s own: no person’s content is in it.");
/// Rows of the program itself.
const MACHINE: Removal = Removal::Stays("The program’s own: ids, hashes and keys that say nothing of a person.");
/// Rows of accounts, of which members of staff have some, too.
const ACCOUNTS: Removal = Removal::Partly("Members of staff have accounts, too.");
/// Rows about staff.
const STAFF: Removal = Removal::Stays("It is about members of staff and their work, not about a client’s person.");

/// Each table with what becomes of its rows when clients are deleted, by name. A test
/// compares the list with the schema, and with a practice of which everything was
/// deleted.
pub fn removal_tables() -> &'static [(&'static str, Removal)] {
    use Removal::{Partly, Stays, WithClient};
    &[
        ("acceptance", WithClient),
        ("account", ACCOUNTS),
        ("account_event", STAFF),
        ("account_role", ACCOUNTS),
        ("address_change", ACCOUNTS),
        ("agreement", WithClient),
        ("answer", WithClient),
        ("assignment", WithClient),
        ("audit", Stays("Who opened and changed what, by ids and without contents: it shows that duties were kept.")),
        ("audit_head", MACHINE),
        ("audit_named", Stays("Ids of clients in lists that were opened; they name nobody once the client is gone.")),
        ("backup_run", PRACTICE),
        ("bin", Partly("What staff have removed of the library waits there for thirty days.")),
        ("browser", ACCOUNTS),
        ("care", WithClient),
        ("client", WithClient),
        ("client_import", Stays("How a list came in: its rows were removed when it was imported.")),
        ("client_member", WithClient),
        ("consent_ask", WithClient),
        ("consent_text", PRACTICE),
        ("consent_version", PRACTICE),
        ("consent_wording", PRACTICE),
        ("cosign", WithClient),
        ("data_copy", WithClient),
        ("data_decision", WithClient),
        ("data_download", WithClient),
        ("data_key", Partly("The practice and members of staff have keys, too.")),
        ("data_request", WithClient),
        ("data_request_part", WithClient),
        ("disclosure", WithClient),
        ("disclosure_silence", WithClient),
        ("document", WithClient),
        ("earlier_wish", WithClient),
        ("email", Partly("Emails to members of staff and to inquirers stay.")),
        ("erasure", Stays("The report of an erasure: what was erased and kept, by ids and without contents.")),
        ("exercise", PRACTICE),
        ("exercise_draft", PRACTICE),
        ("exercise_version", PRACTICE),
        ("factor", STAFF),
        ("factor_reset", STAFF),
        ("fee_suggestion", WithClient),
        ("feed", ACCOUNTS),
        ("file", Partly("An upload whose form was not sent is removed after a day.")),
        ("file_chunk", Partly("An upload whose form was not sent is removed after a day.")),
        ("form_key", ACCOUNTS),
        ("goal", WithClient),
        ("goal_event", WithClient),
        ("handover", WithClient),
        ("handover_file", WithClient),
        ("hours_exception", STAFF),
        ("imported_details", WithClient),
        ("inquiry", Stays("It belongs to no record, and is removed sixty days after it was closed.")),
        ("intake", WithClient),
        ("intake_answer", WithClient),
        ("intake_list", PRACTICE),
        ("invitation", ACCOUNTS),
        ("location", PRACTICE),
        ("login", ACCOUNTS),
        ("mail_queue", MACHINE),
        ("mail_suspect", Partly("It is about emails, of which those to staff stay.")),
        ("message", WithClient),
        ("note", WithClient),
        ("note_leftover", WithClient),
        ("note_move", WithClient),
        ("note_template", PRACTICE),
        ("note_template_default", STAFF),
        ("note_template_version", PRACTICE),
        ("note_unlock", WithClient),
        ("occupancy", WithClient),
        ("occurrence", WithClient),
        ("password_reset", ACCOUNTS),
        ("pathway", PRACTICE),
        ("pathway_progress", WithClient),
        ("person", WithClient),
        ("plan", WithClient),
        ("policy", WithClient),
        ("practice", PRACTICE),
        ("press", MACHINE),
        ("progress_step", WithClient),
        ("recovery_code", STAFF),
        ("release", WithClient),
        ("release_signer", WithClient),
        ("response", WithClient),
        ("room", PRACTICE),
        ("series", WithClient),
        ("series_gap", WithClient),
        ("session", WithClient),
        ("session_attendee", WithClient),
        ("session_change", WithClient),
        ("session_reply", WithClient),
        ("session_request", WithClient),
        ("session_undo", WithClient),
        ("signature", WithClient),
        ("supervision", STAFF),
        ("throttle", MACHINE),
        ("treatment_plan", WithClient),
        ("vault", MACHINE),
        ("wording", PRACTICE),
        ("working_week", STAFF),
        ("write_probe", MACHINE),
    ]
}
