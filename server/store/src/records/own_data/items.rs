//! The items of a request: the notes and documents that its clinicians decide
//! about.
//!
//! Items are found when they are read, and only what was decided is stored: a
//! note that is signed before its part is finished becomes an item by itself.

use chrono::{DateTime, Utc};
use domain::{
    clients::client::ClientKind,
    ids::{ClientId, DataRequestId, DocumentId, NoteId},
    records::{
        note::NoteHeader,
        own_data::{Decision, Ground, ItemKind, names},
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use super::cared_for;
use crate::{
    After, Clinician, Paged, Result, Store, Tx,
    database::{all, maybe},
    limits::DATA_ITEMS,
    records::{documents, notes},
    unreadable::{self, fetched},
};

/// A note or a document that is decided about.
#[derive(Clone, Debug)]
pub struct DataItem {
    /// The id of the note or the document.
    pub id: Uuid,
    pub client: ClientId,
    pub kind: ItemKind,
    /// When the note was begun, or the document was added.
    pub at: DateTime<Utc>,
    /// The title of the note's template, or of the document.
    pub title: String,
    /// The author of the note; empty for a document.
    pub author: String,
    /// The text of the note; empty for a document.
    pub text: String,
    /// What was decided; `None`: the default of its kind applies.
    pub decided: Option<ItemDecision>,
}

impl DataItem {
    /// What applies now; `None`: the item is open.
    pub fn decision(&self) -> Option<Decision> {
        self.decided.as_ref().map(|d| d.decision).or_else(|| self.kind.default_decision())
    }
}

/// What was decided about an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemDecision {
    pub decision: Decision,
    pub ground: Option<Ground>,
    pub reason: String,
    /// The edited copy; empty unless the decision is `Redacted`.
    pub text: String,
    /// How often it was changed.
    pub revision: i64,
    /// The name of who decided last.
    pub by: String,
    pub at: DateTime<Utc>,
}

/// An item as it is found.
#[derive(Clone, FromRow)]
pub(super) struct Found {
    pub id: Uuid,
    pub client_id: Uuid,
    pub client_kind: String,
    /// `note` or `document`.
    pub thing: String,
    pub scope: String,
    pub at: DateTime<Utc>,
}

impl Found {
    /// The kind of the item; `None`: it is none that this program knows.
    pub(super) fn kind(&self) -> Option<ItemKind> {
        let is_joint = self.scope == "joint" && self.client_kind == ClientKind::Couple.word();
        match (self.thing.as_str(), self.scope.as_str()) {
            ("note", "process") => Some(ItemKind::ProcessNote),
            ("note", _) => Some(if is_joint { ItemKind::JointNote } else { ItemKind::OwnNote }),
            ("document", _) => Some(if is_joint { ItemKind::JointDocument } else { ItemKind::OwnDocument }),
            _ => None,
        }
    }
}

/// SQL: the items of the request `$request` for which the conditions `$own_process`
/// (on process notes `n`) and `$in_care` (on the part `q`) are met. What was added
/// after its part was finished is none. `$rest` follows the list `i`.
macro_rules! items_where {
    ($request:literal, $own_process:expr, $in_care:expr, $select:expr, $rest:expr) => {
        concat!(
            "SELECT ",
            $select,
            " FROM (
                 SELECT n.id AS id, q.client_id AS client_id, c.kind AS client_kind, 'note' AS thing,
                     n.scope AS scope, n.created_at AS at, q.request_id AS request_id
                 FROM data_request_part q JOIN data_request d ON d.id = q.request_id
                 JOIN client c ON c.id = q.client_id
                 JOIN client_member m ON m.client_id = q.client_id AND m.person_id = d.person_id
                 JOIN note n ON n.client_id = q.client_id
                     AND n.created_at >= m.joined_at AND (m.left_at IS NULL OR n.created_at <= m.left_at)
                 WHERE q.request_id = ",
            $request,
            " AND ((n.scope = 'process' AND NOT n.undecided AND n.created_at <= d.asked_at AND ",
            $own_process,
            ") OR (n.signed_at IS NOT NULL AND (q.finished_at IS NULL OR n.signed_at <= q.finished_at)
                       AND n.scope IN ('joint', 'partner_' || m.seat) AND ",
            $in_care,
            "))
                 UNION ALL
                 SELECT o.id, q.client_id, c.kind, 'document', o.scope, o.added_at, q.request_id
                 FROM data_request_part q JOIN data_request d ON d.id = q.request_id
                 JOIN client c ON c.id = q.client_id
                 JOIN client_member m ON m.client_id = q.client_id AND m.person_id = d.person_id
                 JOIN document o ON o.client_id = q.client_id AND o.removed_at IS NULL
                     AND o.added_at >= m.joined_at AND (m.left_at IS NULL OR o.added_at <= m.left_at)
                 WHERE q.request_id = ",
            $request,
            " AND (q.finished_at IS NULL OR o.added_at <= q.finished_at)
                   AND o.scope IN ('joint', 'partner_' || m.seat)
                   AND (o.person_id IS NULL OR (o.person_id <> d.person_id AND o.shared_at IS NOT NULL)) AND ",
            $in_care,
            ") i WHERE ",
            $rest
        )
    };
}

/// SQL: the items of the request `$3` that the clinician `$1` decides about on the
/// day `$2`: those of clients in their care, and their own process notes. `$rest`
/// follows the list `i`.
macro_rules! items {
    ($select:literal, $rest:literal) => {
        items_where!("$3", "n.author_id = $1", cared_for!("q.client_id"), $select, $rest)
    };
}

/// All items of a request that belong to this client (`None`: to any), the latest
/// first, as they are found.
pub(super) async fn all_of(tx: &mut Tx, request: DataRequestId, client: Option<ClientId>) -> Result<Vec<Found>> {
    Ok(all!(
        tx,
        Found,
        items_where!(
            "$1",
            "0 = 0",
            "0 = 0",
            "i.id, i.client_id, i.client_kind, i.thing, i.scope, i.at",
            "($2 IS NULL OR i.client_id = $2) ORDER BY i.at DESC, i.id DESC"
        ),
        request.0,
        client.map(|client| client.0)
    )?)
}

/// How many items are open for a clinician; `$2` of the query is today.
pub(super) async fn count_open(
    clinician: &Clinician,
    tx: &mut Tx,
    request: DataRequestId,
    today: chrono::NaiveDate,
) -> Result<i64> {
    let row = maybe!(
        tx,
        (i64,),
        items!(
            "count(*)",
            "(i.scope = 'process' OR (i.scope = 'joint' AND i.client_kind = 'couple'))
         AND NOT EXISTS (SELECT 1 FROM data_decision y WHERE y.request_id = i.request_id AND y.item_id = i.id)"
        ),
        clinician.me().0,
        today,
        request.0
    )?;
    Ok(row.map_or(0, |(n,)| n))
}

/// Whether a request is about process notes of this clinician, decided or not.
pub(super) async fn has_process_notes(clinician: &Clinician, tx: &mut Tx, request: DataRequestId) -> Result<bool> {
    let row = maybe!(
        tx,
        (Uuid,),
        "SELECT n.id FROM data_request_part q JOIN data_request d ON d.id = q.request_id
         JOIN client_member m ON m.client_id = q.client_id AND m.person_id = d.person_id
         JOIN note n ON n.client_id = q.client_id AND n.scope = 'process' AND NOT n.undecided
             AND n.created_at >= m.joined_at AND (m.left_at IS NULL OR n.created_at <= m.left_at)
             AND n.created_at <= d.asked_at
         WHERE q.request_id = $1 AND n.author_id = $2 LIMIT 1",
        request.0,
        clinician.me().0
    )?;
    Ok(row.is_some())
}

/// The open items that one press includes.
pub(super) async fn open_joint(
    clinician: &Clinician,
    tx: &mut Tx,
    request: DataRequestId,
    today: chrono::NaiveDate,
) -> Result<Vec<Found>> {
    let rows = all!(
        tx,
        Found,
        items!(
            "i.id, i.client_id, i.client_kind, i.thing, i.scope, i.at",
            "i.scope = 'joint' AND i.client_kind = 'couple'
         AND NOT EXISTS (SELECT 1 FROM data_decision y WHERE y.request_id = i.request_id AND y.item_id = i.id)"
        ),
        clinician.me().0,
        today,
        request.0
    )?;
    Ok(rows)
}

/// A page of the items of a request, the latest first, as they are found.
pub(super) async fn page_of(
    clinician: &Clinician,
    tx: &mut Tx,
    request: DataRequestId,
    today: chrono::NaiveDate,
    after: Option<After>,
) -> Result<Paged<Found>> {
    let after = after.unwrap_or(After::END);
    let rows = fetched!(
        tx,
        Found,
        items!(
            "i.id, i.client_id, i.client_kind, i.thing, i.scope, i.at",
            "(i.at, i.id) < ($4, $5) ORDER BY i.at DESC, i.id DESC LIMIT $6"
        ),
        clinician.me().0,
        today,
        request.0,
        after.at,
        after.id,
        DATA_ITEMS + 1
    )?;
    Ok(Paged::of(rows, DATA_ITEMS, |row: &Found| After::new(row.at, row.id)))
}

/// One item, as it is found; `None`: it is none that this clinician decides
/// about.
pub(super) async fn find(
    clinician: &Clinician,
    tx: &mut Tx,
    request: DataRequestId,
    today: chrono::NaiveDate,
    item: Uuid,
) -> Result<Option<(Found, ItemKind)>> {
    let found = maybe!(
        &mut *tx,
        Found,
        items!("i.id, i.client_id, i.client_kind, i.thing, i.scope, i.at", "i.id = $4"),
        clinician.me().0,
        today,
        request.0,
        item
    )?;
    if let Some(found) = found {
        let kind = found.kind();
        return Ok(kind.map(|kind| (found, kind)));
    }
    let mentions = mentions_of(clinician, tx, request, today).await?;
    Ok(mentions.into_iter().find(|found| found.id == item).map(|found| (found, ItemKind::OtherNote)))
}

/// The signed notes of the other partner's record that name the person who asks.
pub(super) async fn mentions_of(
    clinician: &Clinician,
    tx: &mut Tx,
    request: DataRequestId,
    today: chrono::NaiveDate,
) -> Result<Vec<Found>> {
    #[derive(FromRow)]
    struct Other {
        #[sqlx(flatten)]
        found: Found,
        name: String,
    }
    let rows = all!(
        &mut *tx,
        Other,
        concat!(
            "SELECT n.id, n.client_id, c.kind AS client_kind, 'note' AS thing, n.scope, n.created_at AS at, p.name
             FROM data_request_part q JOIN data_request d ON d.id = q.request_id
             JOIN person p ON p.id = d.person_id JOIN client c ON c.id = q.client_id
             JOIN client_member m ON m.client_id = q.client_id AND m.person_id = d.person_id
             JOIN note n ON n.client_id = q.client_id
                 AND n.created_at >= m.joined_at AND (m.left_at IS NULL OR n.created_at <= m.left_at)
             WHERE q.request_id = $3 AND c.kind = 'couple' AND n.signed_at IS NOT NULL
               AND (q.finished_at IS NULL OR n.signed_at <= q.finished_at)
               AND n.scope IN ('partner_a', 'partner_b') AND n.scope <> 'partner_' || m.seat AND ",
            cared_for!("q.client_id"),
            " ORDER BY n.created_at DESC, n.id DESC"
        ),
        clinician.me().0,
        today,
        request.0
    )?;
    let mut found = Vec::new();
    for row in rows {
        let text = note_text(clinician.store(), tx, row.found.id).await?;
        if text.is_some_and(|note| names(&note.text, &row.name)) {
            found.push(row.found);
        }
    }
    Ok(found)
}

#[derive(FromRow)]
struct DecisionRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    decision: Decision,
    ground: Option<String>,
    reason: Option<Vec<u8>>,
    text: Option<Vec<u8>>,
    revision: i64,
    by: String,
    subject: Uuid,
    decided_at: DateTime<Utc>,
}

/// What was decided about an item; `None`: nothing yet.
pub(super) async fn decision_of(
    store: &Store,
    tx: &mut Tx,
    request: DataRequestId,
    item: Uuid,
) -> Result<Option<ItemDecision>> {
    let row = maybe!(
        &mut *tx,
        DecisionRow,
        "SELECT y.id, y.decision, y.ground, y.reason, y.text, y.revision, a.display_name AS by,
             CASE WHEN y.kind = 'process_note' THEN y.decided_by ELSE y.client_id END AS subject, y.decided_at
         FROM data_decision y JOIN account a ON a.id = y.decided_by WHERE y.request_id = $1 AND y.item_id = $2",
        request.0,
        item
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut texts = Vec::new();
    for (place, sealed) in [("data_decision.reason", &row.reason), ("data_decision.text", &row.text)] {
        texts.push(match sealed {
            Some(sealed) => {
                let key = store.key_of(tx, row.subject).await;
                unreadable::or_skip(key.and_then(|key| key.open_text(place, row.id, sealed)))?
                    .unwrap_or_else(|| "This text cannot be read.".to_owned())
            }
            None => String::new(),
        });
    }
    let text = texts.pop().unwrap_or_default();
    Ok(Some(ItemDecision {
        decision: row.decision,
        ground: row.ground.map(|ground| ground.parse()).transpose()?,
        reason: texts.pop().unwrap_or_default(),
        text,
        revision: row.revision,
        by: row.by,
        at: row.decided_at,
    }))
}

/// A note as an item shows it.
pub(super) struct NoteText {
    /// The title of its template; empty: it has none.
    pub title: String,
    /// The name of its author.
    pub author: String,
    pub signed_at: Option<DateTime<Utc>>,
    /// The lines of its head and its sections.
    pub text: String,
}

/// The text of a note. `None`: it cannot be read.
pub(super) async fn note_text(store: &Store, tx: &mut Tx, id: Uuid) -> Result<Option<NoteText>> {
    let Some(note) = unreadable::or_skip(notes::open(store, tx, NoteId(id)).await)?.flatten() else { return Ok(None) };
    let head = note.header.iter().flat_map(NoteHeader::lines_without_policy);
    let head = head.map(|(label, value)| format!("{label}: {value}")).collect::<Vec<_>>().join("\n");
    let parts = [head, note.document.plain()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(Some(NoteText {
        title: note.title(),
        author: note.author_name,
        signed_at: note.signed_at,
        text: parts.join("\n\n"),
    }))
}

/// Opens an item with what was decided about it. The caller records the opening.
pub(super) async fn open(
    store: &Store,
    tx: &mut Tx,
    request: DataRequestId,
    found: &Found,
    kind: ItemKind,
) -> Result<DataItem> {
    let (title, author, text) = if found.thing == "note" {
        match note_text(store, tx, found.id).await? {
            Some(note) => (note.title, note.author, note.text),
            None => (String::new(), String::new(), "This note cannot be read.".to_owned()),
        }
    } else {
        let document = documents::open(store, tx, DocumentId(found.id)).await?;
        (document.map_or_else(String::new, |(document, _)| document.title), String::new(), String::new())
    };
    Ok(DataItem {
        id: found.id,
        client: ClientId(found.client_id),
        kind,
        at: found.at,
        title,
        author,
        text,
        decided: decision_of(store, tx, request, found.id).await?,
    })
}
