//! Documents: files that are kept with a client's record, as their therapists
//! reach them.
//!
//! What the practice adds is sealed for the client, a process document for its
//! author, and what a partner hands in for that partner. A therapist changes
//! what the practice added; what a partner handed in keeps its scope, which only
//! that partner widens.

mod own;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::title,
    ids::{AccountId, ClientId, DocumentId, FileId, PersonId},
    records::{
        document::{DocumentDetails, DocumentKind, FileType},
        note::NoteScope,
    },
};
use sqlx::FromRow;
use uuid::Uuid;

pub use own::{HandedIn, OwnClient, OwnDocument, Withdrawn};

use crate::{
    After, Clinician, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    bin::{Binned, KEPT},
    clients::client::{self, in_care},
    database::{all, maybe, run},
    files::{self, LooseFile, OpenFile},
    limits::DOCUMENTS,
    practice::settings::today,
    unreadable::{self, fetched},
};

/// A document of a client's record, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub id: DocumentId,
    pub client: ClientId,
    pub scope: NoteScope,
    pub title: String,
    pub kind: DocumentKind,
    pub file_type: FileType,
    /// Whether it is a PDF with scripts or other active content.
    pub active: bool,
    /// How many bytes it has.
    pub bytes: i64,
    /// The day that it is of.
    pub dated: NaiveDate,
    pub added_at: DateTime<Utc>,
    pub author: AccountId,
    pub author_name: String,
    /// The partner who handed it in, and their name; `None`: the practice added
    /// it.
    pub handed_in_by: Option<(PersonId, String)>,
    /// When an account other than the author's opened it first; `None`: nobody
    /// else has read it.
    pub opened_at: Option<DateTime<Utc>>,
    /// When the partner who handed it in opened it to the other; `None`: they
    /// have not.
    pub shared_at: Option<DateTime<Utc>>,
}

impl Document {
    /// Whether a partner handed it in and no therapist has opened it yet. Until
    /// then its title is shown to nobody else.
    pub const fn is_unopened(&self) -> bool {
        self.handed_in_by.is_some() && self.opened_at.is_none()
    }
}

/// A document that is to be kept with a record.
pub(crate) struct NewDocument<'a> {
    pub client: ClientId,
    pub scope: NoteScope,
    /// A file whose subject is [`subject_of`] this document.
    pub file: FileId,
    pub file_type: FileType,
    /// Whether it is a PDF with active content.
    pub active: bool,
    /// Its title.
    pub name: &'a str,
    pub kind: DocumentKind,
    pub dated: NaiveDate,
    pub by: AccountId,
    pub handed_in_by: Option<PersonId>,
}

/// A file that was uploaded, with what its bytes are.
#[derive(Clone, Debug)]
pub struct Upload {
    pub file: LooseFile,
    pub file_type: FileType,
    /// Whether it is a PDF with active content.
    pub active: bool,
}

/// The outcome of adding a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentAdded {
    /// It is kept under this id.
    Added(DocumentId),
    /// The same file is in this record already: its title, and when it was
    /// added.
    Same(String, DateTime<Utc>),
    /// The upload was cleared in the meantime: the file has to be chosen again.
    UploadGone,
    /// The client is not theirs, or its record takes no additions.
    Gone,
}

/// The outcome of changing a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentChanged {
    Saved,
    /// Another therapist has opened it: it cannot become a process document.
    ReadByOthers,
    /// There is no such document that this clinician may change, or its record is frozen.
    Gone,
}

/// A client with documents that a partner handed in and no therapist has opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocuments {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    /// The name of who handed them in.
    pub name: String,
    /// How many there are.
    pub count: i64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    scope: NoteScope,
    file_id: Uuid,
    author_id: Uuid,
    author_name: String,
    person_id: Option<Uuid>,
    person_name: Option<String>,
    title: Vec<u8>,
    #[sqlx(try_from = "String")]
    kind: DocumentKind,
    #[sqlx(rename = "type", try_from = "String")]
    file_type: FileType,
    active: bool,
    bytes: i64,
    dated: NaiveDate,
    added_at: DateTime<Utc>,
    opened_at: Option<DateTime<Utc>>,
    shared_at: Option<DateTime<Utc>>,
}

/// SQL: the columns of a [`Row`] for a document `d` of a client `c`.
macro_rules! document_rows {
    () => {
        "SELECT d.id, d.client_id, d.scope, d.file_id, d.author_id, a.display_name AS author_name, d.person_id,
             p.name AS person_name, d.title, d.kind, d.type, d.active, f.bytes, d.dated, d.added_at, d.opened_at,
             d.shared_at
         FROM document d JOIN client c ON c.id = d.client_id JOIN file f ON f.id = d.file_id
         JOIN account a ON a.id = d.author_id LEFT JOIN person p ON p.id = d.person_id"
    };
}
use document_rows;

/// The owner of the key that seals a document.
pub(crate) fn subject_of(
    scope: NoteScope,
    client: ClientId,
    author: AccountId,
    handed_in_by: Option<PersonId>,
) -> Uuid {
    match (handed_in_by, scope) {
        (Some(person), _) => person.0,
        (None, NoteScope::Process) => author.0,
        (None, NoteScope::Joint | NoteScope::PartnerA | NoteScope::PartnerB) => client.0,
    }
}

/// The keyed hash by which the same file is recognised within a client's record.
fn fingerprint(store: &Store, client: ClientId, sha256: &[u8]) -> Vec<u8> {
    store.keys().mac("document", [client.0.as_bytes().as_slice(), sha256])
}

/// Keeps a document with a record and audits that. The caller has checked that
/// its account may.
pub(crate) async fn attach(store: &Store, tx: &mut Tx, new: NewDocument<'_>) -> Result<DocumentId> {
    let id = DocumentId(store.clock().id());
    let subject = subject_of(new.scope, new.client, new.by, new.handed_in_by);
    let key = store.data_key_or_new(tx, subject).await?;
    let sha256 = files::sha256(store, tx, new.file).await?;
    run!(
        tx,
        "INSERT INTO document (id, client_id, scope, file_id, author_id, person_id, title, fingerprint, kind, type,
             active, dated, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id.0,
        new.client.0,
        new.scope.word(),
        new.file.0,
        new.by.0,
        new.handed_in_by.map(|person| person.0),
        key.seal("document", id.0, new.name.as_bytes()),
        fingerprint(store, new.client, &sha256),
        new.kind.word(),
        new.file_type.word(),
        new.active,
        new.dated,
        store.now()
    )?;
    let act = Act::by(new.by, AuditAction::Added, AuditThing::Document).id(id.0).client(new.client.0);
    store.record(tx, act).await?;
    Ok(id)
}

/// The document of a row, with its title opened.
async fn document(store: &Store, tx: &mut Tx, row: Row) -> Result<Document> {
    let (client, author, person) = (ClientId(row.client_id), AccountId(row.author_id), row.person_id.map(PersonId));
    let key = store.key_of(tx, subject_of(row.scope, client, author, person)).await;
    let title = unreadable::or_skip(key.and_then(|key| key.open_text("document", row.id, &row.title)))?;
    Ok(Document {
        id: DocumentId(row.id),
        client,
        scope: row.scope,
        title: title.unwrap_or_else(|| "This title cannot be read.".to_owned()),
        kind: row.kind,
        file_type: row.file_type,
        active: row.active,
        bytes: row.bytes,
        dated: row.dated,
        added_at: row.added_at,
        author,
        author_name: row.author_name,
        handed_in_by: person.zip(row.person_name),
        opened_at: row.opened_at,
        shared_at: row.shared_at,
    })
}

/// Opens any document inside a transaction, with its file, without checking who
/// asks and without an audit entry: the caller does both. `None`: there is no
/// such document.
pub(crate) async fn open(store: &Store, tx: &mut Tx, id: DocumentId) -> Result<Option<(Document, FileId)>> {
    let row = maybe!(tx, Row, concat!(document_rows!(), " WHERE d.id = $1 AND d.removed_at IS NULL"), id.0)?;
    let Some(row) = row else { return Ok(None) };
    let file = FileId(row.file_id);
    Ok(Some((document(store, tx, row).await?, file)))
}

impl Clinician {
    /// A page of a client's documents, the latest first; the opening is audited.
    /// A process document is shown to its author only. `None`: not in the
    /// caseload.
    pub async fn documents(&self, client: ClientId, after: Option<After>) -> Result<Option<Paged<Document>>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let rows = fetched!(
            &mut tx,
            Row,
            concat!(
                document_rows!(),
                " WHERE d.client_id = $1 AND d.removed_at IS NULL AND (d.scope <> 'process' OR d.author_id = $2)
                    AND (d.added_at, d.id) < ($3, $4) ORDER BY d.added_at DESC, d.id DESC LIMIT $5"
            ),
            client.0,
            self.me().0,
            after.at,
            after.id,
            DOCUMENTS + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, DOCUMENTS, |row| After::new(row.added_at, row.id));
        let mut documents = Vec::new();
        for row in rows {
            documents.push(document(self.store(), &mut tx, row).await?);
        }
        if !documents.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Documents).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Some(Paged { rows: documents, more }))
    }

    /// Opens a document and notes that; the opening is audited. `None`: there is
    /// no such document that this clinician may read.
    pub async fn document(&self, id: DocumentId) -> Result<Option<Document>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_document(&mut tx, id).await? else { return Ok(None) };
        let found = document(self.store(), &mut tx, row).await?;
        drop(tx);
        self.note_opened(&found).await?;
        Ok(Some(found))
    }

    /// Opens a document to read its bytes; the opening is audited. `None`: there
    /// is no such document that this clinician may read.
    pub async fn document_file(&self, id: DocumentId) -> Result<Option<(Document, OpenFile)>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_document(&mut tx, id).await? else { return Ok(None) };
        let file = files::open(self.store(), &mut tx, FileId(row.file_id)).await?;
        let found = document(self.store(), &mut tx, row).await?;
        drop(tx);
        self.note_opened(&found).await?;
        Ok(Some((found, file)))
    }

    /// Records an opening, and that somebody other than the author has read it.
    async fn note_opened(&self, found: &Document) -> Result<()> {
        let mut tx = self.store().write_aside().await?;
        if found.author != self.me() && found.opened_at.is_none() {
            run!(
                &mut tx,
                "UPDATE document SET opened_at = $1 WHERE id = $2 AND opened_at IS NULL",
                self.now(),
                found.id.0
            )?;
        }
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Document).id(found.id.0).client(found.client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        self.store().read_anew();
        Ok(())
    }

    async fn find_document(&self, tx: &mut Tx, id: DocumentId) -> Result<Option<Row>> {
        let today = today(tx, self.now()).await?;
        Ok(maybe!(
            tx,
            Row,
            in_care!(
                document_rows!(),
                "AND d.id = $3 AND d.removed_at IS NULL AND (d.scope <> 'process' OR d.author_id = $1)"
            ),
            self.me().0,
            today,
            id.0
        )?)
    }

    /// Keeps an uploaded file with a client's record. `details` has the title.
    /// With `again` the same file may be kept twice.
    pub async fn add_document(
        &self,
        client: ClientId,
        details: &DocumentDetails,
        upload: &Upload,
        again: bool,
    ) -> Result<DocumentAdded> {
        let store = self.store();
        let mut tx = store.write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(DocumentAdded::Gone);
        }
        if !again {
            let row = maybe!(
                &mut tx,
                Row,
                concat!(
                    document_rows!(),
                    " WHERE d.client_id = $1 AND d.fingerprint = $2 AND d.removed_at IS NULL
                        AND (d.scope <> 'process' OR d.author_id = $3) ORDER BY d.added_at LIMIT 1"
                ),
                client.0,
                fingerprint(store, client, &upload.file.sha256),
                self.me().0
            )?;
            if let Some(row) = row {
                let same = document(store, &mut tx, row).await?;
                let title = if same.is_unopened() { String::new() } else { same.title };
                return Ok(DocumentAdded::Same(title, same.added_at));
            }
        }
        if upload.file.by() != self.me() {
            return Ok(DocumentAdded::UploadGone);
        }
        let subject = subject_of(details.scope, client, self.me(), None);
        let Some(file) = files::adopt(store, &mut tx, &upload.file, subject).await? else {
            return Ok(DocumentAdded::UploadGone);
        };
        let new = NewDocument {
            client,
            scope: details.scope,
            file,
            file_type: upload.file_type,
            active: upload.active,
            name: &details.title,
            kind: details.kind,
            dated: details.dated,
            by: self.me(),
            handed_in_by: None,
        };
        let id = attach(store, &mut tx, new).await?;
        tx.commit().await?;
        Ok(DocumentAdded::Added(id))
    }

    /// Changes what is said of a document. What a partner handed in keeps its
    /// scope. A process document is its author's; another becomes one only by
    /// its author, and only while no other therapist has opened it.
    pub async fn change_document(&self, id: DocumentId, details: &DocumentDetails) -> Result<DocumentChanged> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some(row) = self.find_document(&mut tx, id).await? else { return Ok(DocumentChanged::Gone) };
        if client::find_open_client(self, &mut tx, ClientId(row.client_id)).await?.is_none() {
            return Ok(DocumentChanged::Gone);
        }
        let (client, author, person) = (ClientId(row.client_id), AccountId(row.author_id), row.person_id.map(PersonId));
        let scope = if person.is_some() { row.scope } else { details.scope };
        if scope != row.scope && NoteScope::Process == scope {
            if author != self.me() {
                return Ok(DocumentChanged::Gone);
            }
            if row.opened_at.is_some() {
                return Ok(DocumentChanged::ReadByOthers);
            }
        }
        let subject = subject_of(scope, client, author, person);
        files::give_to(store, &mut tx, FileId(row.file_id), subject).await?;
        let key = store.data_key_or_new(&mut tx, subject).await?;
        run!(
            &mut tx,
            "UPDATE document SET scope = $1, title = $2, kind = $3, dated = $4 WHERE id = $5",
            scope.word(),
            key.seal("document", id.0, details.title.as_bytes()),
            details.kind.word(),
            details.dated,
            id.0
        )?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Document).id(id.0).client(client.0);
        store.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(DocumentChanged::Saved)
    }

    /// Removes a document from the record and puts it into the bin. Gives its
    /// client and its id in the bin; `None`: there is no such document that this
    /// clinician may change.
    pub async fn remove_document(&self, id: DocumentId) -> Result<Option<(ClientId, Uuid)>> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_document(&mut tx, id).await? else {
            // It may have been removed by the same form.
            let Some(bin) = self.store().in_bin(&mut tx, self.me(), "document", &id.to_string()).await? else {
                return Ok(None);
            };
            let row = maybe!(&mut tx, (Uuid,), "SELECT client_id FROM document WHERE id = $1", id.0)?;
            return Ok(row.map(|(client,)| (ClientId(client), bin)));
        };
        let client = ClientId(row.client_id);
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let bin = put_away(self.store(), &mut tx, self.me(), id, client, AuditAction::Removed).await?;
        tx.commit().await?;
        Ok(Some((client, bin)))
    }

    /// Documents that partners handed in and no therapist has opened yet, by
    /// client and person. The caller records that this was shown.
    pub async fn new_documents(&self) -> Result<Vec<NewDocuments>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            (Uuid, String, i64),
            in_care!(
                "SELECT d.client_id, p.name, count(*) FROM document d JOIN client c ON c.id = d.client_id
                 JOIN person p ON p.id = d.person_id",
                "AND d.opened_at IS NULL AND d.removed_at IS NULL AND c.separated_at IS NULL
                 GROUP BY d.client_id, d.person_id, p.name ORDER BY max(d.added_at) DESC, d.client_id"
            ),
            self.me().0,
            today
        )?;
        let clients: Vec<ClientId> = rows.iter().map(|(client, ..)| ClientId(*client)).collect();
        let members = client::members_of(self.store(), &mut tx, &clients).await?;
        let names = |of| title(members.iter().filter(|(c, _)| *c == of).map(|(_, m)| m.details.name.as_str()));
        Ok(rows
            .into_iter()
            .map(|(client, name, count)| {
                let client = ClientId(client);
                NewDocuments { client, title: names(client), name, count }
            })
            .collect())
    }
}

/// Removes a document and puts it into an account's bin.
async fn put_away(
    store: &Store,
    tx: &mut Tx,
    by: AccountId,
    id: DocumentId,
    client: ClientId,
    action: AuditAction,
) -> Result<Uuid> {
    run!(tx, "UPDATE document SET removed_at = $1 WHERE id = $2", store.now(), id.0)?;
    store.record(tx, Act::by(by, action, AuditThing::Document).id(id.0).client(client.0)).await?;
    store.put_in_bin(tx, by, &Binned::Document { id: id.0 }).await
}

/// Takes a document of the caseload out of the bin. `None`: not theirs; `false`:
/// it is not removed.
pub(crate) async fn restore(clinician: &Clinician, tx: &mut Tx, id: Uuid) -> Result<Option<bool>> {
    let row = maybe!(tx, (Uuid,), "SELECT client_id FROM document WHERE id = $1 AND removed_at IS NOT NULL", id)?;
    let Some((client,)) = row else { return Ok(None) };
    if client::find_open_client(clinician, tx, ClientId(client)).await?.is_none() {
        return Ok(None);
    }
    put_back(clinician.store(), tx, clinician.me(), id, client).await.map(Some)
}

/// Takes a document out of the bin and audits that.
async fn put_back(store: &Store, tx: &mut Tx, by: AccountId, id: Uuid, client: Uuid) -> Result<bool> {
    let back = run!(tx, "UPDATE document SET removed_at = NULL WHERE id = $1 AND removed_at IS NOT NULL", id)?;
    store.record(tx, Act::by(by, AuditAction::Restored, AuditThing::Document).id(id).client(client)).await?;
    Ok(back > 0)
}

/// Restores a document that a partner withdrew. `None`: not theirs.
pub(crate) use own::restore as restore_own;

impl Worker {
    /// Deletes documents that were removed thirty days ago, with their bytes.
    pub async fn delete_removed_documents(&self) -> Result<()> {
        loop {
            let mut tx = self.write().await?;
            let row = maybe!(
                &mut tx,
                (Uuid, Uuid),
                "SELECT id, file_id FROM document WHERE removed_at < $1 ORDER BY removed_at LIMIT 1",
                self.now() - KEPT
            )?;
            let Some((id, file)) = row else { return Ok(()) };
            run!(&mut tx, "DELETE FROM document WHERE id = $1", id)?;
            files::remove(&mut tx, FileId(file)).await?;
            tx.commit().await?;
        }
    }
}
