//! Documents in the portal: what a partner hands in, and what the other partner
//! has opened to them.
//!
//! The other partner finds nothing of a document, not even their number, until
//! its owner shares it. A couple that separated, or a client that was archived,
//! has no documents in the portal.

use chrono::{DateTime, Utc};
use domain::{
    clients::client::{ClientKind, Seat},
    ids::{ClientId, DocumentId, FileId, PersonId},
    records::{document::FileType, note::NoteScope},
};
use uuid::Uuid;

use super::{Document, NewDocument, Row, Upload, attach, document, document_rows, fingerprint, put_away, put_back};
use crate::{
    After, Paged, Partner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    files::{self, OpenFile},
    limits::OWN_DOCUMENTS,
    practice::settings::today,
    unreadable::fetched,
};

/// The most documents that a person hands in on one day.
const MOST_A_DAY: i64 = 40;

/// A client of a partner, for the choice to whom a document is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnClient {
    pub client: ClientId,
    pub kind: ClientKind,
    seat: Seat,
    /// Whether there is another partner with whom a document can be shared.
    pub has_partner: bool,
}

/// A document in a partner's portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDocument {
    pub id: DocumentId,
    pub client: ClientId,
    pub title: String,
    pub file_type: FileType,
    /// Whether it is a PDF with scripts or other active content.
    pub active: bool,
    /// How many bytes it has.
    pub bytes: i64,
    pub added_at: DateTime<Utc>,
    /// The name of the partner who shared it; `None`: this person handed it in.
    pub from: Option<String>,
    /// Whether a therapist has opened it.
    pub is_opened: bool,
    /// Whether the other partner can read it.
    pub is_shared: bool,
    /// Whether this person can share it with another partner.
    pub can_be_shared: bool,
}

/// The outcome of handing in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandedIn {
    Added(DocumentId),
    /// This person has handed in the same file: its title, and when.
    Same(String, DateTime<Utc>),
    /// They have handed in as many as a day allows.
    TooMany,
    /// The upload was cleared in the meantime: the file has to be chosen again.
    UploadGone,
    /// Not their client, or it takes no documents.
    Gone,
}

/// The outcome of withdrawing a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is withdrawn, and in the bin under this id.
    Done(Uuid),
    /// A therapist, or the other partner, may have read it.
    TooLate,
    /// There is no such document of this person.
    Gone,
}

/// SQL: the documents in the portal of person `$1`: their own, and what the other
/// partner has shared with them since they are both clients.
macro_rules! in_portal {
    ($rest:literal) => {
        concat!(
            document_rows!(),
            " JOIN client_member m ON m.client_id = d.client_id AND m.person_id = $1 AND m.left_at IS NULL
             WHERE d.removed_at IS NULL AND c.archived_at IS NULL AND c.separated_at IS NULL
                AND (d.person_id = $1 OR (d.person_id IS NOT NULL AND d.shared_at >= m.joined_at)) ",
            $rest
        )
    };
}

impl Partner {
    /// The clients of this person that take documents.
    pub async fn document_clients(&self) -> Result<Vec<OwnClient>> {
        let mut tx = self.store().read().await?;
        self.open_clients(&mut tx).await
    }

    async fn open_clients(&self, tx: &mut Tx) -> Result<Vec<OwnClient>> {
        let rows = all!(
            tx,
            (Uuid, String, String, i64),
            "SELECT c.id, c.kind, m.seat, (SELECT count(*) FROM client_member o
                 WHERE o.client_id = c.id AND o.person_id <> m.person_id AND o.left_at IS NULL)
             FROM client_member m JOIN client c ON c.id = m.client_id AND c.archived_at IS NULL
                AND c.separated_at IS NULL
             WHERE m.person_id = $1 AND m.left_at IS NULL ORDER BY c.kind, c.created_at",
            self.person().0
        )?;
        rows.into_iter()
            .map(|(id, kind, seat, others)| {
                let (kind, seat) = (kind.parse()?, seat.parse()?);
                Ok(OwnClient { client: ClientId(id), kind, seat, has_partner: others > 0 })
            })
            .collect()
    }

    /// A page of the documents in this person's portal, the latest first.
    pub async fn own_documents(&self, after: Option<After>) -> Result<Paged<OwnDocument>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let clients = self.open_clients(&mut tx).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            in_portal!("AND (d.added_at, d.id) < ($2, $3) ORDER BY d.added_at DESC, d.id DESC LIMIT $4"),
            self.person().0,
            after.at,
            after.id,
            OWN_DOCUMENTS + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, OWN_DOCUMENTS, |row| After::new(row.added_at, row.id));
        let mut documents = Vec::new();
        for row in rows {
            let found = document(self.store(), &mut tx, row).await?;
            documents.push(self.own(&clients, found));
        }
        Ok(Paged { rows: documents, more })
    }

    /// A document of this person's portal. What the other partner shared is
    /// audited when it is opened. `None`: there is no such document in it.
    pub async fn own_document(&self, id: DocumentId) -> Result<Option<OwnDocument>> {
        Ok(self.open_own(id).await?.map(|(document, _)| document))
    }

    /// A document of this person's portal with its bytes. `None`: there is no
    /// such document in it.
    pub async fn own_document_file(&self, id: DocumentId) -> Result<Option<(OwnDocument, OpenFile)>> {
        self.open_own(id).await
    }

    async fn open_own(&self, id: DocumentId) -> Result<Option<(OwnDocument, OpenFile)>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_own_document(&mut tx, id).await? else { return Ok(None) };
        let clients = self.open_clients(&mut tx).await?;
        let file = files::open(self.store(), &mut tx, FileId(row.file_id)).await?;
        let found = document(self.store(), &mut tx, row).await?;
        let client = found.client;
        let own = self.own(&clients, found);
        if own.from.is_some() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Document).id(id.0).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Some((own, file)))
    }

    async fn find_own_document(&self, tx: &mut Tx, id: DocumentId) -> Result<Option<Row>> {
        Ok(maybe!(tx, Row, in_portal!("AND d.id = $2"), self.person().0, id.0)?)
    }

    /// The document as this person sees it.
    fn own(&self, clients: &[OwnClient], found: Document) -> OwnDocument {
        let is_own = found.handed_in_by.as_ref().is_some_and(|(person, _)| *person == self.person());
        let has_partner = clients.iter().any(|c| c.client == found.client && c.has_partner);
        let is_shared = found.shared_at.is_some();
        OwnDocument {
            id: found.id,
            client: found.client,
            title: found.title,
            file_type: found.file_type,
            active: found.active,
            bytes: found.bytes,
            added_at: found.added_at,
            from: found.handed_in_by.filter(|_| !is_own).map(|(_, name)| name),
            is_opened: is_own && found.opened_at.is_some(),
            is_shared,
            can_be_shared: is_own && has_partner && !is_shared,
        }
    }

    /// Hands in an uploaded file. With `share` the other partner can read it as
    /// well; with `again` the same file may be handed in twice.
    pub async fn hand_in(
        &self,
        client: ClientId,
        title: &str,
        upload: &Upload,
        (share, again): (bool, bool),
    ) -> Result<HandedIn> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some(own) = self.open_clients(&mut tx).await?.into_iter().find(|own| own.client == client) else {
            return Ok(HandedIn::Gone);
        };
        if !again && let Some(same) = self.same_file(&mut tx, client, upload).await? {
            return Ok(HandedIn::Same(same.title, same.added_at));
        }
        let day = self.now() - chrono::Duration::days(1);
        let of_a_day = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM document WHERE person_id = $1 AND added_at > $2",
            self.person().0,
            day
        )?;
        if of_a_day.is_some_and(|(count,)| count >= MOST_A_DAY) {
            return Ok(HandedIn::TooMany);
        }
        if upload.file.by() != self.me() {
            return Ok(HandedIn::UploadGone);
        }
        let person: PersonId = self.person();
        let Some(file) = files::adopt(store, &mut tx, &upload.file, person.0).await? else {
            return Ok(HandedIn::UploadGone);
        };
        let scope = match (own.kind, own.seat) {
            (ClientKind::Individual, _) => NoteScope::Joint,
            (ClientKind::Couple, Seat::A) => NoteScope::PartnerA,
            (ClientKind::Couple, Seat::B) => NoteScope::PartnerB,
        };
        let new = NewDocument {
            client,
            scope,
            file,
            file_type: upload.file_type,
            active: upload.active,
            name: title,
            kind: upload.file_type.usual_kind(),
            dated: today(&mut tx, self.now()).await?,
            by: self.me(),
            handed_in_by: Some(person),
        };
        let id = attach(store, &mut tx, new).await?;
        if share && own.has_partner {
            self.open_to_partner(&mut tx, id, client).await?;
        }
        tx.commit().await?;
        Ok(HandedIn::Added(id))
    }

    /// The document that this person made of the same file before; `None`: there
    /// is none.
    async fn same_file(&self, tx: &mut Tx, client: ClientId, upload: &Upload) -> Result<Option<Document>> {
        let row = maybe!(
            tx,
            Row,
            in_portal!("AND d.person_id = $1 AND d.client_id = $2 AND d.fingerprint = $3 ORDER BY d.added_at LIMIT 1"),
            self.person().0,
            client.0,
            fingerprint(self.store(), client, &upload.file.sha256)
        )?;
        match row {
            Some(row) => document(self.store(), tx, row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn open_to_partner(&self, tx: &mut Tx, id: DocumentId, client: ClientId) -> Result<()> {
        run!(
            tx,
            "UPDATE document SET scope = 'joint', shared_at = $1 WHERE id = $2 AND shared_at IS NULL",
            self.now(),
            id.0
        )?;
        let act = Act::by(self.me(), AuditAction::Shared, AuditThing::Document).id(id.0).client(client.0);
        self.store().record(tx, act).await
    }

    /// Opens a document to the other partner, for good. `false`: there is no such
    /// document of this person, or no other partner.
    pub async fn share_document(&self, id: DocumentId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_own_document(&mut tx, id).await?.filter(|row| row.person_id == Some(self.person().0))
        else {
            return Ok(false);
        };
        if row.shared_at.is_some() {
            return Ok(true);
        }
        let client = ClientId(row.client_id);
        if !self.open_clients(&mut tx).await?.iter().any(|own| own.client == client && own.has_partner) {
            return Ok(false);
        }
        self.open_to_partner(&mut tx, id, client).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Withdraws a document that nobody else has opened or could open.
    pub async fn withdraw_document(&self, id: DocumentId) -> Result<Withdrawn> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_own_document(&mut tx, id).await?.filter(|row| row.person_id == Some(self.person().0))
        else {
            let before = self.store().in_bin(&mut tx, self.me(), "document", &id.to_string()).await?;
            return Ok(before.map_or(Withdrawn::Gone, Withdrawn::Done));
        };
        // A therapist who opens it at this moment comes first or not at all.
        let free = run!(
            &mut tx,
            "UPDATE document SET removed_at = $1 WHERE id = $2 AND opened_at IS NULL AND shared_at IS NULL",
            self.now(),
            id.0
        )?;
        if free == 0 {
            return Ok(Withdrawn::TooLate);
        }
        let client = ClientId(row.client_id);
        let bin = put_away(self.store(), &mut tx, self.me(), id, client, AuditAction::Withdrawn).await?;
        tx.commit().await?;
        Ok(Withdrawn::Done(bin))
    }
}

/// Puts back a document that this person withdrew. `None`: not theirs.
pub(crate) async fn restore(partner: &Partner, tx: &mut Tx, id: Uuid) -> Result<Option<bool>> {
    let row = maybe!(
        tx,
        (Uuid,),
        "SELECT client_id FROM document WHERE id = $1 AND person_id = $2 AND removed_at IS NOT NULL",
        id,
        partner.person().0
    )?;
    let Some((client,)) = row else { return Ok(None) };
    if !partner.open_clients(tx).await?.iter().any(|own| own.client.0 == client) {
        return Ok(None);
    }
    put_back(partner.store(), tx, partner.me(), id, client).await.map(Some)
}
