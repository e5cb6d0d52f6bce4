//! What left the practice, by any of the three doors, with the exact bytes: it is
//! on record for ever, and the schema lets nobody change it.

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, ClientId, DisclosureId, FileId, HandoverId, PersonId, ReleaseId},
    records::handover::{Door, FilePart, HandoverDetails},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    After, Clinician, Paged, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::in_care,
    database::{all, maybe, run},
    files,
    limits::HANDOVERS,
    practice::settings::today,
    unreadable::{self, fetched},
};

/// Why something left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Release(ReleaseId),
    Disclosure(DisclosureId),
    /// A person asked for their own data.
    OwnData(PersonId),
}

impl Cause {
    const fn door(self) -> Door {
        match self {
            Self::Release(_) => Door::Release,
            Self::Disclosure(_) => Door::Legal,
            Self::OwnData(_) => Door::OwnData,
        }
    }
}

/// A handover that is to be put on record.
pub(crate) struct NewHandover<'a> {
    pub client: ClientId,
    pub cause: Cause,
    pub by: AccountId,
    pub details: &'a HandoverDetails,
}

/// A file that left.
pub(crate) struct NewFile<'a> {
    /// From 1.
    pub number: i64,
    pub part: FilePart,
    /// The name with its ending.
    pub name: &'a str,
    pub bytes: &'a [u8],
    /// The owner of the data key that seals the bytes. `None`: only the name, the
    /// size and the hash are kept.
    pub subject: Option<Uuid>,
}

/// What is kept about a file, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FileAbout {
    name: String,
    bytes: u64,
    sha256: [u8; 32],
}

/// A handover in the list of a client.
#[derive(Clone, Debug)]
pub struct Handover {
    pub id: HandoverId,
    pub client: ClientId,
    pub door: Door,
    pub release: Option<ReleaseId>,
    pub disclosure: Option<DisclosureId>,
    pub details: HandoverDetails,
    pub sent_at: DateTime<Utc>,
    /// The name of the clinician who sent it.
    pub sent_by: String,
}

/// A file of a handover, without its bytes.
#[derive(Clone, Debug)]
pub struct HandedFile {
    pub number: i64,
    pub part: FilePart,
    pub name: String,
    pub bytes: u64,
    pub sha256: [u8; 32],
    /// Whether the exact bytes are kept and this clinician can fetch them.
    pub can_fetch: bool,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    door: Door,
    release_id: Option<Uuid>,
    disclosure_id: Option<Uuid>,
    details: Vec<u8>,
    sent_at: DateTime<Utc>,
    display_name: String,
}

#[derive(FromRow)]
struct FileRow {
    number: i64,
    #[sqlx(try_from = "String")]
    part: FilePart,
    about: Vec<u8>,
    file_id: Option<Uuid>,
    sent_by: Uuid,
}

impl FileRow {
    /// Whether this clinician may have the bytes: process notes are their author's,
    /// who alone can send them.
    fn is_for(&self, clinician: &Clinician) -> bool {
        self.part != FilePart::Process || self.sent_by == clinician.me().0
    }
}

/// The row to which what is kept about a file is bound.
fn file_place(number: i64) -> String {
    format!("handover_file {number}")
}

/// Puts a handover on record. Its files are added with [`add_file`] in the same
/// transaction.
pub(crate) async fn record(store: &Store, tx: &mut Tx, new: NewHandover<'_>) -> Result<HandoverId> {
    let id = store.clock().id();
    let key = store.data_key_or_new(tx, new.client.0).await?;
    let (release, disclosure, person) = match new.cause {
        Cause::Release(id) => (Some(id.0), None, None),
        Cause::Disclosure(id) => (None, Some(id.0), None),
        Cause::OwnData(person) => (None, None, Some(person.0)),
    };
    run!(
        tx,
        "INSERT INTO handover (id, client_id, door, release_id, disclosure_id, person_id, details, sent_at, sent_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        new.client.0,
        new.cause.door().word(),
        release,
        disclosure,
        person,
        key.seal("handover", id, &sealed_json(new.details)?),
        store.now(),
        new.by.0
    )?;
    let act = Act::by(new.by, AuditAction::HandedOver, AuditThing::Handover).id(id).client(new.client.0);
    store.record(tx, act.detail(new.cause.door().word())).await?;
    Ok(HandoverId(id))
}

/// Puts a file of a handover on record.
pub(crate) async fn add_file(
    store: &Store,
    tx: &mut Tx,
    handover: HandoverId,
    client: ClientId,
    file: NewFile<'_>,
) -> Result<()> {
    let about = FileAbout {
        name: file.name.to_owned(),
        bytes: u64::try_from(file.bytes.len()).unwrap_or_default(),
        sha256: Sha256::digest(file.bytes).into(),
    };
    let kept = match file.subject {
        Some(subject) => Some(files::write(store, tx, subject, file.bytes).await?),
        None => None,
    };
    let key = store.data_key_or_new(tx, client.0).await?;
    run!(
        tx,
        "INSERT INTO handover_file (handover_id, number, part, about, file_id) VALUES ($1, $2, $3, $4, $5)",
        handover.0,
        file.number,
        file.part.word(),
        key.seal(&file_place(file.number), handover.0, &sealed_json(&about)?),
        kept.map(|FileId(id)| id)
    )?;
    Ok(())
}

/// A value as JSON, to be sealed.
pub(crate) fn sealed_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| crate::Error::Stored(e.to_string()))
}

/// The value in JSON that was sealed.
pub(crate) fn opened_json<T: serde::de::DeserializeOwned>(plain: &[u8]) -> Result<T> {
    serde_json::from_slice(plain).map_err(|_| crate::Error::Stored("it has another shape".to_owned()))
}

/// Removes what left of the example client, and what was to leave, with its files. The
/// schema refuses it for any other client.
pub(crate) async fn remove_of_client(tx: &mut Tx, client: ClientId) -> Result<()> {
    let kept = all!(
        &mut *tx,
        (Uuid,),
        "SELECT f.file_id FROM handover_file f JOIN handover h ON h.id = f.handover_id
         WHERE h.client_id = $1 AND f.file_id IS NOT NULL
         UNION SELECT order_file_id FROM disclosure WHERE client_id = $1 AND order_file_id IS NOT NULL",
        client.0
    )?;
    for statement in [
        "DELETE FROM handover_file WHERE handover_id IN (SELECT id FROM handover WHERE client_id = $1)",
        "DELETE FROM handover WHERE client_id = $1",
        "DELETE FROM release_signer WHERE release_id IN (SELECT id FROM release WHERE client_id = $1)",
        "DELETE FROM release WHERE client_id = $1",
        "DELETE FROM disclosure_silence WHERE disclosure_id IN (SELECT id FROM disclosure WHERE client_id = $1)",
        "DELETE FROM disclosure WHERE client_id = $1",
    ] {
        run!(&mut *tx, statement, client.0)?;
    }
    for (file,) in kept {
        files::remove(tx, FileId(file)).await?;
    }
    Ok(())
}

impl Clinician {
    /// A page of what left of a client's record, the latest first; the opening is
    /// audited. That process notes left is shown to their author only.
    pub async fn handovers(&self, client: ClientId, after: Option<After>) -> Result<Paged<Handover>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            in_care!(
                "SELECT h.id, h.client_id, h.door, h.release_id, h.disclosure_id, h.details, h.sent_at, a.display_name
                 FROM handover h JOIN client c ON c.id = h.client_id JOIN account a ON a.id = h.sent_by",
                "AND h.client_id = $3 AND (h.sent_by = $1 OR NOT EXISTS (
                     SELECT 1 FROM release r WHERE r.id = h.release_id AND r.kind = 'process'))
                 AND (h.sent_at, h.id) < ($4, $5) ORDER BY h.sent_at DESC, h.id DESC LIMIT $6"
            ),
            self.me().0,
            today,
            client.0,
            after.at,
            after.id,
            HANDOVERS + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, HANDOVERS, |row| After::new(row.sent_at, row.id));
        let mut opened = Vec::new();
        for row in rows {
            opened.extend(unreadable::or_skip(self.open_handover(&mut tx, row).await)?);
        }
        if !opened.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Handovers).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Paged { rows: opened, more })
    }

    async fn open_handover(&self, tx: &mut Tx, row: Row) -> Result<Handover> {
        let key = self.store().key_of(tx, row.client_id).await?;
        Ok(Handover {
            id: HandoverId(row.id),
            client: ClientId(row.client_id),
            door: row.door,
            release: row.release_id.map(ReleaseId),
            disclosure: row.disclosure_id.map(DisclosureId),
            details: opened_json(&key.open("handover", row.id, &row.details)?)?,
            sent_at: row.sent_at,
            sent_by: row.display_name,
        })
    }

    /// A handover with its files; the opening is audited. `None`: there is none in
    /// this clinician's care.
    pub async fn handover(&self, id: HandoverId) -> Result<Option<(Handover, Vec<HandedFile>)>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_handover(&mut tx, id).await? else { return Ok(None) };
        let handover = self.open_handover(&mut tx, row).await?;
        let key = self.store().key_of(&mut tx, handover.client.0).await?;
        let mut opened = Vec::new();
        for row in file_rows(&mut tx, id).await? {
            let about = key.open(&file_place(row.number), id.0, &row.about).and_then(|plain| opened_json(&plain));
            let Some(FileAbout { name, bytes, sha256 }) = unreadable::or_skip(about)? else { continue };
            let can_fetch = row.file_id.is_some() && row.is_for(self);
            opened.push(HandedFile { number: row.number, part: row.part, name, bytes, sha256, can_fetch });
        }
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Handover).id(id.0).client(handover.client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some((handover, opened)))
    }

    async fn find_handover(&self, tx: &mut Tx, id: HandoverId) -> Result<Option<Row>> {
        let today = today(tx, self.now()).await?;
        Ok(maybe!(
            tx,
            Row,
            in_care!(
                "SELECT h.id, h.client_id, h.door, h.release_id, h.disclosure_id, h.details, h.sent_at, a.display_name
                 FROM handover h JOIN client c ON c.id = h.client_id JOIN account a ON a.id = h.sent_by",
                "AND h.id = $3 AND (h.sent_by = $1 OR NOT EXISTS (
                     SELECT 1 FROM release r WHERE r.id = h.release_id AND r.kind = 'process'))"
            ),
            self.me().0,
            today,
            id.0
        )?)
    }

    /// The exact bytes of a file that left, with its name; the opening is audited.
    /// `None`: there is no such file, its bytes were not kept, or it contains process
    /// notes of another author.
    pub async fn handed_file(&self, id: HandoverId, number: i64) -> Result<Option<(String, Zeroizing<Vec<u8>>)>> {
        let mut tx = self.store().read().await?;
        let Some(handover) = self.find_handover(&mut tx, id).await? else { return Ok(None) };
        let found = file_rows(&mut tx, id).await?.into_iter().find(|row| row.number == number);
        let Some((row, file)) = found.and_then(|row| row.file_id.map(|file| (row, FileId(file)))) else {
            return Ok(None);
        };
        if !row.is_for(self) {
            return Ok(None);
        }
        let key = self.store().key_of(&mut tx, handover.client_id).await?;
        let about: FileAbout = opened_json(&key.open(&file_place(number), id.0, &row.about)?)?;
        let bytes = files::read(self.store(), &mut tx, file).await?;
        if *Sha256::digest(&*bytes) != about.sha256 {
            return Err(crate::Error::Sealed("it is not the file that left"));
        }
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Handover).id(id.0).client(handover.client_id);
        self.store().record_opening(tx, act).await?;
        Ok(Some((about.name, bytes)))
    }
}

/// The files of a handover, in their order.
async fn file_rows(tx: &mut Tx, id: HandoverId) -> Result<Vec<FileRow>> {
    Ok(all!(
        tx,
        FileRow,
        "SELECT f.number, f.part, f.about, f.file_id, h.sent_by
         FROM handover_file f JOIN handover h ON h.id = f.handover_id WHERE f.handover_id = $1 ORDER BY f.number",
        id.0
    )?)
}
