//! The notes of a clinician: sealed, read by the scope of each, and never
//! changed once they are locked.

pub(crate) mod addenda;
pub(crate) mod form;
pub(crate) mod leftovers;
pub(crate) mod moving;
pub(crate) mod page;
pub(crate) mod unlocking;
pub(crate) mod writing;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, ClientId, NoteId, NoteTemplateVersionId, SessionId},
    records::note::{NoteDocument, NoteHeader, NoteScope},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Clinician, Error, Paged, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::in_care,
    database::{all, maybe, run},
    keys::DataKey,
    limits::NOTES,
    practice::settings::today,
    unreadable::{self, fetched},
};

/// A clinician's note on a client, opened.
#[derive(Clone, Debug)]
pub struct Note {
    pub id: NoteId,
    pub client: ClientId,
    pub session: Option<SessionId>,
    /// The note that this one adds to; `None`: it is no addendum.
    pub addendum_of: Option<NoteId>,
    pub author: AccountId,
    pub author_name: String,
    pub scope: NoteScope,
    /// The version of the template it is written with; `None`: free text.
    pub template: Option<NoteTemplateVersionId>,
    /// The title of that version; empty: free text.
    pub template_title: String,
    pub document: NoteDocument,
    /// The document as plain text.
    pub body: String,
    /// When and where the session was, and who attended; `None`: not noted.
    pub header: Option<NoteHeader>,
    /// Why it was begun without a secrets policy in force; empty: no reason was
    /// needed.
    pub without_policy: String,
    /// How often the note was saved; 0: it was written before notes had sections.
    pub revision: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub signed_at: Option<DateTime<Utc>>,
    /// From then on nothing changes it; `None`: a draft, or signed and not
    /// co-signed yet.
    pub locked_at: Option<DateTime<Utc>>,
    /// Whether the author has not chosen yet whose record it belongs to. Until
    /// then it is a process note.
    pub undecided: bool,
    /// What was added to it, in the order of the signatures. Lists of notes leave
    /// it empty.
    pub addenda: Vec<Addendum>,
}

impl Note {
    /// What the note is, in a few words: the title of its template, "Addendum" or
    /// "Note".
    pub fn title(&self) -> String {
        match (self.addendum_of, self.template_title.as_str()) {
            (Some(_), _) => "Addendum".to_owned(),
            (None, "") => "Note".to_owned(),
            (None, title) => title.to_owned(),
        }
    }
}

/// A signed addendum to a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addendum {
    pub id: NoteId,
    pub author_name: String,
    pub text: String,
    pub signed_at: DateTime<Utc>,
    /// From then on nothing changes it; `None`: it is not co-signed yet.
    pub locked_at: Option<DateTime<Utc>>,
}

/// The note of a client's last session, opened.
#[derive(Clone, Debug)]
pub struct LastNote {
    pub note: Note,
    /// Whether it has an addendum.
    pub has_addenda: bool,
}

/// The text in place of a note that cannot be opened.
const UNREADABLE: &str = "This note cannot be read.";

/// A note as it is stored.
#[derive(FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    pub client_id: Uuid,
    pub session_id: Option<Uuid>,
    pub addendum_of: Option<Uuid>,
    pub author_id: Uuid,
    pub author_name: String,
    #[sqlx(try_from = "String")]
    pub scope: NoteScope,
    pub template_version_id: Option<Uuid>,
    pub template_title: Option<String>,
    pub body: Vec<u8>,
    pub header: Option<Vec<u8>>,
    pub without_policy: Option<Vec<u8>>,
    pub revision: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub signed_at: Option<DateTime<Utc>>,
    pub locked_at: Option<DateTime<Utc>>,
    pub undecided: bool,
}

/// SQL: the columns of a [`Row`] for a note `n`.
macro_rules! note_columns {
    () => {
        "n.id, n.client_id, n.session_id, n.addendum_of, n.author_id,
             (SELECT a.display_name FROM account a WHERE a.id = n.author_id) AS author_name, n.scope,
             n.template_version_id,
             (SELECT v.title FROM note_template_version v WHERE v.id = n.template_version_id) AS template_title,
             n.body, n.header, n.without_policy, n.revision, n.created_at, n.updated_at, n.signed_at, n.locked_at,
             n.undecided"
    };
}

pub(super) use note_columns;

/// SQL: notes in the care of the clinician `$1` on the day `$2`.
macro_rules! notes_in_care {
    ($rest:literal) => {
        in_care!(concat!("SELECT ", note_columns!(), " FROM note n JOIN client c ON c.id = n.client_id"), $rest)
    };
}

/// The owner of the key that seals a note: the author for a process note, the
/// client for every other note.
pub(super) fn subject(scope: NoteScope, author: Uuid, client: Uuid) -> Uuid {
    match scope {
        NoteScope::Process => author,
        NoteScope::Joint | NoteScope::PartnerA | NoteScope::PartnerB => client,
    }
}

/// Opens notes, and fetches the key of each subject once.
pub(super) struct Opener<'a> {
    store: &'a Store,
    keys: HashMap<Uuid, DataKey>,
}

impl<'a> Opener<'a> {
    /// An opener that has fetched no key yet.
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, keys: HashMap::new() }
    }

    async fn key(&mut self, tx: &mut Tx, subject: Uuid) -> Result<&DataKey> {
        if !self.keys.contains_key(&subject) {
            let key = self.store.key_of(tx, subject).await?;
            self.keys.insert(subject, key);
        }
        self.keys.get(&subject).ok_or(Error::Sealed("its key was erased"))
    }

    /// Opens a note, without its addenda.
    pub(super) async fn open(&mut self, tx: &mut Tx, row: &Row) -> Result<Note> {
        let key = self.key(tx, subject(row.scope, row.author_id, row.client_id)).await?;
        let body = key.open_text("note", row.id, &row.body)?;
        // A note from before there were sections is one text.
        let document =
            if row.revision == 0 { NoteDocument::free(body) } else { read_json(&body, "the body of a note")? };
        let header = match &row.header {
            Some(sealed) => Some(read_json(&key.open_text("note.header", row.id, sealed)?, "the header of a note")?),
            None => None,
        };
        let without_policy = match &row.without_policy {
            Some(sealed) => key.open_text("note.without_policy", row.id, sealed)?,
            None => String::new(),
        };
        Ok(Note { header, without_policy, ..row.note(document) })
    }

    /// Opens a note of a list. A note that cannot be read says so.
    pub(super) async fn open_or_say(&mut self, tx: &mut Tx, row: &Row) -> Result<Note> {
        let opened = unreadable::or_skip(self.open(tx, row).await)?;
        Ok(opened.unwrap_or_else(|| row.note(NoteDocument::free(UNREADABLE))))
    }
}

/// A value as JSON.
pub(super) fn json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::Stored(format!("a note cannot be written: {error}")))
}

/// Reads a stored JSON text.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Stored(format!("{what}: {error}")))
}

impl Row {
    /// The note with this document, without header and addenda.
    fn note(&self, document: NoteDocument) -> Note {
        Note {
            id: NoteId(self.id),
            client: ClientId(self.client_id),
            session: self.session_id.map(SessionId),
            addendum_of: self.addendum_of.map(NoteId),
            author: AccountId(self.author_id),
            author_name: self.author_name.clone(),
            scope: self.scope,
            template: self.template_version_id.map(NoteTemplateVersionId),
            template_title: self.template_title.clone().unwrap_or_default(),
            body: document.plain(),
            document,
            header: None,
            without_policy: String::new(),
            revision: self.revision,
            created_at: self.created_at,
            updated_at: self.updated_at,
            signed_at: self.signed_at,
            locked_at: self.locked_at,
            undecided: self.undecided,
            addenda: vec![],
        }
    }
}

/// A note in this clinician's care; `None`: there is none, or it is a colleague's
/// process note.
pub(super) async fn find(clinician: &Clinician, tx: &mut Tx, note: NoteId) -> Result<Option<Row>> {
    let today = today(tx, clinician.now()).await?;
    Ok(maybe!(
        tx,
        Row,
        notes_in_care!("AND n.id = $3 AND (n.scope <> 'process' OR n.author_id = $1)"),
        clinician.me().0,
        today,
        note.0
    )?)
}

/// Lets acts on a signed note follow each other until this transaction ends: each
/// sees what the one before has done. SQLite has one writer in any case.
pub(crate) async fn take_turn(tx: &mut Tx, note: NoteId) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => {}
        Tx::Postgres(t) => {
            sqlx::query("SELECT id FROM note WHERE id = $1 FOR UPDATE").bind(note.0).execute(&mut **t).await?;
        }
    }
    Ok(())
}

/// Opens a note with its addenda. The caller has checked that the reader may read
/// it, and records the opening. `None`: there is no such note.
pub(crate) async fn open(store: &Store, tx: &mut Tx, note: NoteId) -> Result<Option<Note>> {
    let row = maybe!(&mut *tx, Row, concat!("SELECT ", note_columns!(), " FROM note n WHERE n.id = $1"), note.0)?;
    let Some(row) = row else { return Ok(None) };
    let mut opened = Opener::new(store).open(tx, &row).await?;
    opened.addenda = addenda_of(store, tx, note).await?;
    Ok(Some(opened))
}

/// The signed addenda of a note in the order of their signatures.
pub(super) async fn addenda_of(store: &Store, tx: &mut Tx, note: NoteId) -> Result<Vec<Addendum>> {
    let rows = all!(
        &mut *tx,
        Row,
        concat!(
            "SELECT ",
            note_columns!(),
            " FROM note n WHERE n.addendum_of = $1 AND n.signed_at IS NOT NULL ORDER BY n.signed_at, n.id"
        ),
        note.0
    )?;
    let mut opener = Opener::new(store);
    let mut addenda = Vec::new();
    for row in rows {
        let Some(signed_at) = row.signed_at else { continue };
        let opened = opener.open_or_say(tx, &row).await?;
        let Note { id, author_name, body, locked_at, .. } = opened;
        addenda.push(Addendum { id, author_name, text: body, signed_at, locked_at });
    }
    Ok(addenda)
}

/// The latest note of this client and scope from before an instant that the
/// clinician may copy from: signed, or their own. It is another one than `note`.
/// `None`: there is none.
pub(super) async fn latest_before(
    clinician: &Clinician,
    tx: &mut Tx,
    (client, scope): (ClientId, NoteScope),
    (note, created_at): (Option<NoteId>, DateTime<Utc>),
) -> Result<Option<NoteId>> {
    let found = maybe!(
        tx,
        (Uuid,),
        "SELECT n.id FROM note n
         WHERE n.client_id = $1 AND n.scope = $2 AND n.id IS DISTINCT FROM $3 AND n.created_at <= $4
             AND n.addendum_of IS NULL
             AND NOT n.undecided AND (n.author_id = $5 OR (n.signed_at IS NOT NULL AND n.scope <> 'process'))
         ORDER BY n.created_at DESC, n.id DESC LIMIT 1",
        client.0,
        scope.word(),
        note.map(|note| note.0),
        created_at,
        clinician.me().0
    )?;
    Ok(found.map(|(id,)| NoteId(id)))
}

/// Locks a signed note: from now on nothing changes it. A note that is locked
/// already stays as it is.
pub(crate) async fn lock(store: &Store, tx: &mut Tx, note: NoteId) -> Result<()> {
    run!(
        tx,
        "UPDATE note SET locked_at = $1 WHERE id = $2 AND signed_at IS NOT NULL AND locked_at IS NULL",
        store.now(),
        note.0
    )?;
    Ok(())
}

impl Clinician {
    /// A page of a client's notes, the latest first; the opening is audited. A
    /// process note is shown to its author only.
    pub async fn notes(&self, client: ClientId, after: Option<After>) -> Result<Paged<Note>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            notes_in_care!(
                "AND n.client_id = $3 AND (n.scope <> 'process' OR n.author_id = $1)
                 AND (n.created_at, n.id) < ($4, $5) ORDER BY n.created_at DESC, n.id DESC LIMIT $6"
            ),
            self.me().0,
            today,
            client.0,
            after.at,
            after.id,
            NOTES + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, NOTES, |row| After::new(row.created_at, row.id));
        let mut opener = Opener::new(self.store());
        let mut notes = Vec::new();
        for row in rows {
            notes.push(opener.open_or_say(&mut tx, &row).await?);
        }
        if !notes.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Notes).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Paged { rows: notes, more })
    }

    /// Opens a note with its addenda; the opening is audited. `None`: there is no
    /// such note in this clinician's care.
    pub async fn note(&self, note: NoteId) -> Result<Option<Note>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find(self, &mut tx, note).await? else { return Ok(None) };
        let mut opened = Opener::new(self.store()).open(&mut tx, &row).await?;
        opened.addenda = addenda_of(self.store(), &mut tx, note).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Note).id(note.0).client(row.client_id);
        self.store().record_opening(tx, act).await?;
        Ok(Some(opened))
    }

    /// The latest note of a client's record that is signed or this clinician's
    /// own; the opening is audited. Process notes and addenda are none of these.
    /// `None`: there is no such note in this clinician's care.
    pub async fn last_note(&self, client: ClientId) -> Result<Option<LastNote>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let found = maybe!(
            &mut tx,
            Row,
            notes_in_care!(
                "AND n.client_id = $3 AND n.scope <> 'process' AND n.addendum_of IS NULL
                 AND (n.signed_at IS NOT NULL OR n.author_id = $1) ORDER BY n.created_at DESC, n.id DESC LIMIT 1"
            ),
            self.me().0,
            today,
            client.0
        )?;
        let Some(row) = found else { return Ok(None) };
        let addendum = maybe!(&mut tx, (Uuid,), "SELECT id FROM note WHERE addendum_of = $1 LIMIT 1", row.id)?;
        let note = Opener::new(self.store()).open_or_say(&mut tx, &row).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Note).id(note.id.0).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(LastNote { note, has_addenda: addendum.is_some() }))
    }
}
