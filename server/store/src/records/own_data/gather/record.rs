//! The parts of a copy that are from a record: sessions, requests, messages, and
//! what the clinicians decided about notes and documents; and who opened it.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    exercises::exercise::Document as Exercise,
    ids::{ClientId, DocumentId},
    records::own_data::{
        Decision, ItemKind,
        copy::{Field, Record, Term},
    },
    zone,
};
use sha2::{Digest as _, Sha256};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Gather, term};
use crate::{
    Result, Tx,
    database::all,
    files,
    practice::settings::practice_set_up,
    records::{
        documents,
        own_data::{
            items::{self, Found, ItemDecision},
            names_openers,
        },
    },
    scheduling::sessions::CHANGE,
    unreadable,
};

#[derive(FromRow)]
struct SessionRow {
    id: Uuid,
    client_id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    minutes: i64,
    kind: String,
    state: String,
    attend: i64,
    presence: Option<String>,
    arrived_at: Option<DateTime<Utc>>,
    reply: Option<String>,
}

/// The person's sessions, joint or alone, with their own attendance.
pub(super) async fn sessions(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let rows = all!(
        &mut *tx,
        SessionRow,
        "SELECT s.id, s.client_id, s.starts_at, s.ends_at, s.minutes, s.kind, s.state,
             (SELECT count(*) FROM session_attendee x WHERE x.session_id = s.id) AS attend,
             t.presence, t.arrived_at, y.reply
         FROM session_attendee t JOIN session s ON s.id = t.session_id
         LEFT JOIN session_reply y ON y.session_id = s.id AND y.person_id = t.person_id
         WHERE t.person_id = $1 AND ($2 IS NULL OR s.client_id = $2) ORDER BY s.starts_at, s.id",
        of.person,
        of.client
    )?;
    let mut records = Vec::new();
    for row in rows {
        let reasons = own_reasons(of, tx, &row).await?;
        let is_joint = row.attend > 1;
        let attendance = match row.presence.as_deref() {
            Some(presence) => term(presence),
            None => Some(Term::NotNoted),
        };
        let reply = row.reply.as_deref().and_then(|reply| match reply {
            "coming" => Some(Term::ReplyComing),
            "alone" => Some(Term::ReplyAlone),
            "another" => Some(Term::ReplyAnother),
            _ => None,
        });
        records.push(
            Record::default()
                .at(Field::StartsAt, row.starts_at)
                .at(Field::EndsAt, row.ends_at)
                .number(Field::Minutes, row.minutes)
                .term(Field::Kind, term(&row.kind))
                .term(Field::Readers, if is_joint { Term::Joint } else { Term::Alone })
                .term(Field::State, session_state(&row.state, is_joint))
                .term(Field::Attendance, attendance)
                .at(Field::ArrivedAt, row.arrived_at)
                .term(Field::Reply, reply)
                .text(Field::Reason, reasons.join("\n")),
        );
    }
    Ok(records)
}

/// The state of a session as the copy has it. Of a joint session that was not
/// cancelled it would tell whether the other partner came, and of one that was
/// cancelled late, which of them did it.
fn session_state(state: &str, is_joint: bool) -> Option<Term> {
    match (state, is_joint) {
        ("cancelled", _) | ("late_cancelled", true) => Some(Term::Cancelled),
        ("booked" | "arrived", _) => Some(Term::Booked),
        ("completed" | "no_show", true) => None,
        (state, false) => term(state),
        (_, true) => None,
    }
}

/// The reasons that the person gave for changes of a session.
async fn own_reasons(of: &Gather<'_>, tx: &mut Tx, session: &SessionRow) -> Result<Vec<String>> {
    let rows = all!(
        &mut *tx,
        (Uuid, Vec<u8>),
        "SELECT id, reason FROM session_change
         WHERE session_id = $1 AND account_id = $2 AND reason IS NOT NULL ORDER BY at, id",
        session.id,
        of.account
    )?;
    let mut reasons = Vec::new();
    for (id, sealed) in rows {
        let key = of.store.key_of(tx, session.client_id).await;
        reasons.extend(unreadable::or_skip(key.and_then(|key| key.open_text(CHANGE, id, &sealed)))?);
    }
    Ok(reasons)
}

/// What the person asked for in the portal.
pub(super) async fn requests(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let rows = all!(
        tx,
        (String, DateTime<Utc>, DateTime<Utc>, String),
        "SELECT kind, made_at, starts_at, state FROM session_request
         WHERE person_id = $1 AND ($2 IS NULL OR client_id = $2) ORDER BY made_at, id",
        of.person,
        of.client
    )?;
    Ok(rows
        .into_iter()
        .map(|(kind, asked, starts, state)| {
            let state = match state.as_str() {
                "partner" | "desk" => Some(Term::Waiting),
                other => term(other),
            };
            Record::default()
                .term(Field::Kind, term(&kind))
                .at(Field::AskedAt, asked)
                .at(Field::StartsAt, starts)
                .term(Field::State, state)
        })
        .collect())
}

#[derive(FromRow)]
struct MessageRow {
    id: Uuid,
    written_at: DateTime<Utc>,
    from_therapist: bool,
    name: String,
    document: Option<Json<Exercise>>,
    body: Vec<u8>,
}

/// The messages between the person and their therapists.
pub(super) async fn messages(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let rows = all!(
        &mut *tx,
        MessageRow,
        "SELECT l.id, l.written_at, l.from_therapist, a.display_name AS name, v.document, l.body
         FROM message l JOIN account a ON a.id = l.account_id LEFT JOIN occurrence o ON o.id = l.occurrence_id
         LEFT JOIN assignment g ON g.id = o.assignment_id LEFT JOIN exercise_version v ON v.id = g.exercise_version_id
         WHERE l.person_id = $1 AND ($2 IS NULL OR l.client_id = $2) ORDER BY l.written_at, l.id",
        of.person,
        of.client
    )?;
    let mut records = Vec::new();
    for row in rows {
        let key = of.store.key_of(tx, of.person).await;
        let text = unreadable::or_skip(key.and_then(|key| key.open_text("message", row.id, &row.body)))?;
        records.push(
            Record::default()
                .at(Field::WrittenAt, row.written_at)
                .term(Field::From, if row.from_therapist { Term::Therapist } else { Term::You })
                .text(Field::Name, row.name)
                .text(Field::Exercise, row.document.map(|document| document.0.title).unwrap_or_default())
                .text(Field::Text, text.unwrap_or_else(|| "This message cannot be read.".to_owned())),
        );
    }
    Ok(records)
}

/// An item with what applies to it.
struct Item {
    found: Found,
    kind: ItemKind,
    decision: Decision,
    decided: Option<ItemDecision>,
}

/// The items of the request that belong in this copy, with what was decided.
async fn items_of(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Item>> {
    let mut found = Vec::new();
    for item in items::all_of(tx, of.request, of.client.map(ClientId)).await? {
        let Some(kind) = item.kind() else { continue };
        let decided = items::decision_of(of.store, tx, of.request, item.id).await?;
        let decision = decided.as_ref().map(|decided| decided.decision).or_else(|| kind.default_decision());
        // Nobody can decide it any more: its author has left.
        let Some(decision) = decision else { continue };
        found.push(Item { found: item, kind, decision, decided });
    }
    Ok(found)
}

/// The kind of an item as the copy names it.
const fn kind_term(kind: ItemKind) -> Term {
    match kind {
        ItemKind::JointNote => Term::JointNote,
        ItemKind::OwnNote => Term::OwnNote,
        ItemKind::OtherNote => Term::Redacted,
        ItemKind::ProcessNote => Term::ProcessNote,
        ItemKind::JointDocument => Term::JointDocument,
        ItemKind::OwnDocument => Term::OwnDocument,
    }
}

/// The notes that the clinicians included.
pub(super) async fn notes(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let zone = practice_set_up(tx).await?.zone;
    let mut records = Vec::new();
    for item in items_of(of, tx).await?.into_iter().filter(|item| item.found.thing == "note") {
        let is_edited = match item.decision {
            Decision::Out => continue,
            Decision::In => false,
            Decision::Redacted => true,
        };
        let Some(note) = items::note_text(of.store, tx, item.found.id).await? else { continue };
        let edited = item.decided.filter(|_| is_edited).map(|decided| decided.text);
        records.push(
            Record::default()
                .day(Field::On, zone::date_of(item.found.at, &zone))
                .term(Field::Kind, kind_term(item.kind))
                .text(Field::Title, note.title)
                .text(Field::Author, note.author)
                .at(Field::SignedAt, note.signed_at)
                .yes_no(Field::Edited, is_edited)
                .text(Field::Text, edited.unwrap_or(note.text)),
        );
    }
    for (note, decided) in excerpts(of, tx).await? {
        records.push(
            Record::default()
                .day(Field::On, zone::date_of(note, &zone))
                .term(Field::Kind, Term::Redacted)
                .yes_no(Field::Edited, true)
                .text(Field::Text, decided.text),
        );
    }
    Ok(records)
}

/// The excerpts from notes of the other partner's record that the clinician wrote
/// for this person, each with when the note was begun.
async fn excerpts(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<(DateTime<Utc>, ItemDecision)>> {
    let rows = all!(
        &mut *tx,
        (Uuid, DateTime<Utc>),
        "SELECT y.item_id, n.created_at FROM data_decision y JOIN note n ON n.id = y.item_id
         WHERE y.request_id = $1 AND y.kind = 'other_note' AND y.decision = 'redacted'
           AND ($2 IS NULL OR y.client_id = $2) ORDER BY n.created_at DESC, n.id DESC",
        of.request.0,
        of.client
    )?;
    let mut found = Vec::new();
    for (item, at) in rows {
        let decided = items::decision_of(of.store, tx, of.request, item).await?;
        found.extend(decided.map(|decided| (at, decided)));
    }
    Ok(found)
}

/// What was left out of the notes and documents that the person is told of, with the
/// ground.
pub(super) async fn left_out(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let zone = practice_set_up(tx).await?.zone;
    let items = items_of(of, tx).await?;
    let told = items.into_iter().filter(|item| item.kind.tells_refusal() && item.decision == Decision::Out);
    Ok(told
        .map(|item| {
            let ground = item.decided.and_then(|decided| decided.ground);
            Record::default()
                .day(Field::On, zone::date_of(item.found.at, &zone))
                .term(Field::Kind, kind_term(item.kind))
                .term(Field::Ground, ground.and_then(|ground| term(ground.word())))
        })
        .collect())
}

/// The documents that the person handed in, and those of the record that the
/// clinicians included, with their bytes.
pub(super) async fn documents(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let own = all!(
        &mut *tx,
        (Uuid,),
        "SELECT id FROM document WHERE person_id = $1 AND removed_at IS NULL AND ($2 IS NULL OR client_id = $2)
         ORDER BY added_at, id",
        of.person,
        of.client
    )?;
    let mut all: Vec<(Uuid, Term, bool)> = own.into_iter().map(|(id,)| (id, Term::OwnDocument, true)).collect();
    for item in items_of(of, tx).await? {
        if item.found.thing == "document" && item.decision == Decision::In {
            all.push((item.found.id, kind_term(item.kind), false));
        }
    }
    let mut records = Vec::new();
    for (id, kind, is_handed_in) in all {
        let Some((document, file)) = documents::open(of.store, tx, DocumentId(id)).await? else { continue };
        let bytes = unreadable::or_skip(files::read(of.store, tx, file).await)?;
        let record = Record::default()
            .text(Field::Title, document.title)
            .term(Field::Kind, kind)
            .at(Field::WrittenAt, document.added_at)
            .yes_no(Field::HandedIn, is_handed_in)
            .text(Field::Format, document.file_type.word())
            .number(Field::Size, document.bytes);
        records.push(match bytes {
            Some(bytes) => record
                .text(Field::Sha256, domain::records::consents::hex(&Sha256::digest(&*bytes)))
                .text(Field::Content, STANDARD.encode(&*bytes)),
            None => record,
        });
    }
    Ok(records)
}

#[derive(FromRow)]
struct OpenedRow {
    at: DateTime<Utc>,
    account_id: Uuid,
    thing: String,
    thing_id: Option<Uuid>,
}

/// A member of staff who may open a record: the name, and whether they are a
/// therapist or at the front desk.
#[derive(FromRow)]
struct StaffRow {
    id: Uuid,
    name: String,
    is_therapist: bool,
    is_desk: bool,
}

/// Who opened the person's data, once for each day and kind: by role, and by name
/// if the practice chose so. What belongs to the other partner alone is not named.
pub(super) async fn opened(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let zone = practice_set_up(tx).await?.zone;
    let with_names = names_openers(tx).await?;
    let staff = all!(
        &mut *tx,
        StaffRow,
        "SELECT a.id, a.display_name AS name,
             EXISTS (SELECT 1 FROM account_role r WHERE r.account_id = a.id AND r.role = 'clinician') AS is_therapist,
             EXISTS (SELECT 1 FROM account_role r WHERE r.account_id = a.id AND r.role = 'front_desk') AS is_desk
         FROM account a WHERE a.person_id IS NULL"
    )?;
    let staff: BTreeMap<Uuid, StaffRow> = staff.into_iter().map(|row| (row.id, row)).collect();
    let own = own_things(of, tx).await?;
    let rows = all!(
        &mut *tx,
        OpenedRow,
        "SELECT u.at, u.account_id, u.thing, u.thing_id FROM audit u
         JOIN client_member m ON m.client_id = u.client_id AND m.person_id = $1
             AND u.at >= m.joined_at AND (m.left_at IS NULL OR u.at <= m.left_at)
         WHERE u.action = 'opened' AND u.account_id IS NOT NULL AND ($2 IS NULL OR u.client_id = $2)
         ORDER BY u.seq",
        of.person,
        of.client
    )?;
    let mut seen: BTreeSet<(NaiveDate, String, String, &'static str)> = BTreeSet::new();
    for row in rows {
        let Some(who) = staff.get(&row.account_id) else { continue };
        let Some(what) = opened_term(&row, &own, of.person) else { continue };
        let role = match (who.is_therapist, who.is_desk) {
            (true, _) => Term::Therapist,
            (false, true) => Term::FrontDesk,
            (false, false) => Term::Owner,
        };
        let name = if with_names { who.name.clone() } else { String::new() };
        seen.insert((zone::date_of(row.at, &zone), role.word().to_owned(), name, what.word()));
    }
    Ok(seen
        .into_iter()
        .map(|(day, role, name, what)| {
            Record::default()
                .day(Field::On, day)
                .term(Field::Role, term(&role))
                .text(Field::Name, name)
                .term(Field::Opened, term(what))
        })
        .collect())
}

/// The ids of notes, documents and assignments whose opening a person is told of:
/// the joint ones and their own.
async fn own_things(of: &Gather<'_>, tx: &mut Tx) -> Result<BTreeSet<Uuid>> {
    let rows = all!(
        tx,
        (Uuid,),
        "SELECT n.id FROM note n JOIN client_member m ON m.client_id = n.client_id AND m.person_id = $1
         WHERE n.scope IN ('joint', 'partner_' || m.seat)
         UNION ALL
         SELECT o.id FROM document o JOIN client_member m ON m.client_id = o.client_id AND m.person_id = $1
         WHERE o.scope IN ('joint', 'partner_' || m.seat) AND (o.person_id IS NULL OR o.person_id = $1)
         UNION ALL
         SELECT o.assignment_id FROM response r JOIN occurrence o ON o.id = r.occurrence_id WHERE r.person_id = $1",
        of.person
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What was opened, as the copy names it. `None`: the person is not told of it.
fn opened_term(row: &OpenedRow, own: &BTreeSet<Uuid>, person: Uuid) -> Option<Term> {
    let is_own = row.thing_id.is_some_and(|id| own.contains(&id));
    match row.thing.as_str() {
        "client" => Some(Term::Record),
        "brief" => Some(Term::RecordBrief),
        "course" | "adherence" | "assignments" => Some(Term::RecordProgress),
        "assignment" | "worksheet" if is_own => Some(Term::RecordProgress),
        "notes" => Some(Term::RecordNotes),
        "note" if is_own => Some(Term::RecordNote),
        "documents" | "document" if is_own || row.thing_id.is_none() => Some(Term::RecordDocument),
        "messages" if row.thing_id == Some(person) => Some(Term::RecordMessages),
        _ => None,
    }
}
