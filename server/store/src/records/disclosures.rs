//! Disclosures (door C): parts of a record that leave without the clients'
//! signatures, because the law orders it or a life is in danger.
//!
//! A colleague confirms where there is one. What leaves was chosen item by item. The
//! clients are told when it is sent, or on a later day if telling them is forbidden;
//! until then their portal shows nothing of it.

mod asked;
mod told;

pub use asked::{DisclosureOffer, LeavingTask, LeavingWork, OfferedNote};
pub use told::ToldDisclosure;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::title,
    ids::{AccountId, ClientId, DisclosureId, DocumentId, HandoverId, PersonId},
    records::{
        disclosure::{Answer, Details, DisclosureState, Ground, NewDisclosure, Telling},
        handover::HandoverDetails,
        packet::Packet,
    },
};
use sqlx::FromRow;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    After, Clinician, FormKey, Paged, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::{all, maybe, run},
    files,
    limits::DISCLOSURES,
    practice::settings::today,
    records::{
        documents,
        handovers::{self, Cause, NewHandover, opened_json, sealed_json},
        leaving::{self, Leaving},
        messages,
        sending::{MadeFile, Sent, not_sent, put_files},
    },
    unreadable::{self, fetched},
};

/// A disclosure.
#[derive(Clone, Debug)]
pub struct Disclosure {
    pub id: DisclosureId,
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    pub ground: Ground,
    pub details: Details,
    /// Whether the order is attached.
    pub has_order: bool,
    pub prepared_at: DateTime<Utc>,
    pub prepared_by: AccountId,
    pub prepared_name: String,
    /// The colleague who confirms, and their name; `None`: the practice had no second
    /// therapist.
    pub confirmer: Option<(AccountId, String)>,
    /// The colleague's answer; `None`: there is none yet.
    pub answer: Option<Answered>,
    pub state: DisclosureState,
    /// When it left and by which handover; `None`: it did not.
    pub sent: Option<(HandoverId, DateTime<Utc>)>,
    /// When the clients were told; `None`: they were not.
    pub told_at: Option<DateTime<Utc>>,
    /// Why they were not told, the latest reason first; empty: they are told when it
    /// is sent.
    pub silences: Vec<Silence>,
    /// Whether the client is in the reader's care. A colleague who only confirms
    /// cannot send, drop or tell.
    pub is_in_care: bool,
    /// Whether the record is frozen by a separation: then the clients are told
    /// outside of this program.
    pub is_frozen: bool,
}

/// What a therapist can do about a disclosure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisclosureRole {
    /// Whether the client is in their care: they can send, drop and tell.
    pub is_in_care: bool,
    /// Whether they are the colleague who confirms.
    pub is_confirmer: bool,
}

/// A colleague's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub is_confirmed: bool,
    /// Why it was declined; empty: it was confirmed.
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// Why the clients are not told, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    pub reason: String,
    pub ask_again_on: NaiveDate,
    pub set_at: DateTime<Utc>,
    /// The name of who set it.
    pub by: String,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    ground: Ground,
    details: Vec<u8>,
    order_file_id: Option<Uuid>,
    prepared_at: DateTime<Utc>,
    prepared_by: Uuid,
    display_name: String,
    confirmer_id: Option<Uuid>,
    confirmer_name: Option<String>,
    answer: Option<String>,
    answered_at: Option<DateTime<Utc>>,
    answer_reason: Option<Vec<u8>>,
    dropped_at: Option<DateTime<Utc>>,
    told_at: Option<DateTime<Utc>>,
    handover_id: Option<Uuid>,
    sent_at: Option<DateTime<Utc>>,
    is_in_care: bool,
    is_frozen: bool,
}

/// SQL: the columns of a [`Row`] for the disclosures `d` of clients `c`; `$1` is the
/// reader and `$2` the day.
macro_rules! disclosures {
    () => {
        "SELECT d.id, d.client_id, d.ground, d.details, d.order_file_id, d.prepared_at, d.prepared_by, a.display_name,
             d.confirmer_id, f.display_name AS confirmer_name, d.answer, d.answered_at, d.answer_reason, d.dropped_at,
             d.told_at, h.id AS handover_id, h.sent_at,
             EXISTS (SELECT 1 FROM care e WHERE e.client_id = d.client_id AND e.clinician_id = $1
                 AND e.starts_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= $2)) AS is_in_care,
             (c.separated_at IS NOT NULL) AS is_frozen
         FROM disclosure d JOIN client c ON c.id = d.client_id JOIN account a ON a.id = d.prepared_by
         LEFT JOIN account f ON f.id = d.confirmer_id LEFT JOIN handover h ON h.disclosure_id = d.id"
    };
}

impl Row {
    /// The state of the disclosure.
    fn state(&self) -> DisclosureState {
        match (self.handover_id, self.dropped_at, self.confirmer_id, self.answer.as_deref()) {
            (Some(_), ..) => DisclosureState::Sent,
            (None, Some(_), ..) => DisclosureState::Dropped,
            (None, None, _, Some("declined")) => DisclosureState::Declined,
            (None, None, Some(_), None) => DisclosureState::Confirming,
            (None, None, ..) => DisclosureState::Ready,
        }
    }

    /// Opens the disclosure.
    async fn open(self, store: &Store, tx: &mut Tx) -> Result<Disclosure> {
        let key = store.key_of(tx, self.client_id).await?;
        let reason = match &self.answer_reason {
            Some(sealed) => key.open_text("disclosure.answer_reason", self.id, sealed)?,
            None => String::new(),
        };
        let members = client::members_of(store, tx, &[ClientId(self.client_id)]).await?;
        let mut silences = Vec::new();
        for (id, sealed, ask_again_on, set_at, by) in silence_rows(tx, DisclosureId(self.id)).await? {
            let reason = key.open_text("disclosure_silence", id, &sealed)?;
            silences.push(Silence { reason, ask_again_on, set_at, by });
        }
        Ok(Disclosure {
            id: DisclosureId(self.id),
            client: ClientId(self.client_id),
            title: title(members.iter().map(|(_, member)| member.details.name.as_str())),
            ground: self.ground,
            details: opened_json(&key.open("disclosure", self.id, &self.details)?)?,
            has_order: self.order_file_id.is_some(),
            prepared_at: self.prepared_at,
            prepared_by: AccountId(self.prepared_by),
            state: self.state(),
            prepared_name: self.display_name,
            confirmer: self.confirmer_id.map(AccountId).zip(self.confirmer_name),
            answer: self.answer.as_deref().zip(self.answered_at).map(|(answer, at)| Answered {
                is_confirmed: answer == "confirmed",
                reason,
                at,
            }),
            sent: self.handover_id.map(HandoverId).zip(self.sent_at),
            told_at: self.told_at,
            silences,
            is_in_care: self.is_in_care,
            is_frozen: self.is_frozen,
        })
    }
}

/// A reason for silence as it is stored.
type SilenceRow = (Uuid, Vec<u8>, NaiveDate, DateTime<Utc>, String);

/// Why the clients are not told, the latest reason first.
async fn silence_rows(tx: &mut Tx, id: DisclosureId) -> Result<Vec<SilenceRow>> {
    Ok(all!(
        tx,
        SilenceRow,
        "SELECT s.id, s.reason, s.ask_again_on, s.set_at, a.display_name
         FROM disclosure_silence s JOIN account a ON a.id = s.set_by
         WHERE s.disclosure_id = $1 ORDER BY s.set_at DESC, s.id DESC",
        id.0
    )?)
}

/// A disclosure that this clinician may see: of a client in their care, or one that
/// they are asked to confirm. `None`: there is none.
async fn find(clinician: &Clinician, tx: &mut Tx, id: DisclosureId) -> Result<Option<Row>> {
    let today = today(tx, clinician.now()).await?;
    Ok(maybe!(
        tx,
        Row,
        concat!(
            disclosures!(),
            " WHERE d.id = $3 AND (d.confirmer_id = $1 OR d.client_id IN (
                 SELECT k.client_id FROM care k WHERE k.clinician_id = $1 AND k.starts_on <= $2
                     AND (k.ends_on IS NULL OR k.ends_on >= $2)))"
        ),
        clinician.me().0,
        today,
        id.0
    )?)
}

/// Locks a disclosure until the end of the transaction, and reads it then. `None`:
/// there is none that this clinician may see.
async fn find_locked(clinician: &Clinician, tx: &mut Tx, id: DisclosureId) -> Result<Option<Row>> {
    if find(clinician, tx, id).await?.is_none() {
        return Ok(None);
    }
    run!(tx, "UPDATE disclosure SET dropped_at = dropped_at WHERE id = $1", id.0)?;
    find(clinician, tx, id).await
}

/// Puts on record why the clients are not told.
async fn put_silence(
    clinician: &Clinician,
    tx: &mut Tx,
    (id, client): (DisclosureId, Uuid),
    reason: &str,
    ask_again_on: NaiveDate,
) -> Result<()> {
    let store = clinician.store();
    let row = store.clock().id();
    let key = store.data_key_or_new(tx, client).await?;
    run!(
        &mut *tx,
        "INSERT INTO disclosure_silence (id, disclosure_id, reason, ask_again_on, set_at, set_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        row,
        id.0,
        key.seal("disclosure_silence", row, reason.as_bytes()),
        ask_again_on,
        store.now(),
        clinician.me().0
    )?;
    run!(tx, "UPDATE disclosure SET ask_again_on = $1 WHERE id = $2", ask_again_on, id.0)?;
    Ok(())
}

/// Copies the bytes of the order, so that they stay when the document is removed.
async fn copy_order(clinician: &Clinician, tx: &mut Tx, client: ClientId, order: Uuid) -> Result<Option<Uuid>> {
    let store = clinician.store();
    let found = documents::open(store, tx, DocumentId(order)).await?;
    let Some((document, file)) = found.filter(|(document, _)| document.client == client) else { return Ok(None) };
    let is_theirs = document.scope != domain::records::note::NoteScope::Process || document.author == clinician.me();
    if !is_theirs {
        return Ok(None);
    }
    let bytes = files::read(store, tx, file).await?;
    Ok(Some(files::write(store, tx, client.0, &bytes).await?.0))
}

impl Clinician {
    /// Prepares a disclosure, once for each form key. `None`: not in the caseload, or
    /// the order or the colleague is not there any more.
    pub async fn prepare_disclosure(
        &self,
        client: ClientId,
        new: &NewDisclosure,
        form: Option<FormKey>,
    ) -> Result<Option<DisclosureId>> {
        let store = self.store();
        let mut tx = store.write().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let colleagues = asked::colleagues(self, &mut tx).await?;
        let has_colleague = |id: Uuid| colleagues.iter().any(|(colleague, _)| colleague.0 == id);
        if !new.confirmer.map_or(colleagues.is_empty(), has_colleague) {
            return Ok(None);
        }
        let id = store.clock().id();
        if let Some(before) = store.claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(Some(DisclosureId(before)));
        }
        let order = match new.order {
            Some(order) => match copy_order(self, &mut tx, client, order).await? {
                Some(file) => Some(file),
                None => return Ok(None),
            },
            None => None,
        };
        let key = store.data_key_or_new(&mut tx, client.0).await?;
        run!(
            &mut tx,
            "INSERT INTO disclosure (id, client_id, ground, details, order_file_id, prepared_at, prepared_by,
                 confirmer_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            client.0,
            new.ground.word(),
            key.seal("disclosure", id, &sealed_json(&new.details)?),
            order,
            self.now(),
            self.me().0,
            new.confirmer
        )?;
        if let Telling::Forbidden { reason, ask_again_on } = &new.telling {
            put_silence(self, &mut tx, (DisclosureId(id), client.0), reason, *ask_again_on).await?;
        }
        let act = Act::by(self.me(), AuditAction::Created, AuditThing::Disclosure).id(id).client(client.0);
        store.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(DisclosureId(id)))
    }

    /// A page of a client's disclosures, the latest first; the opening is audited.
    pub async fn disclosures(&self, client: ClientId, after: Option<After>) -> Result<Paged<Disclosure>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            in_care!(
                disclosures!(),
                "AND d.client_id = $3 AND (d.prepared_at, d.id) < ($4, $5)
                 ORDER BY d.prepared_at DESC, d.id DESC LIMIT $6"
            ),
            self.me().0,
            today,
            client.0,
            after.at,
            after.id,
            DISCLOSURES + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, DISCLOSURES, |row: &Row| After::new(row.prepared_at, row.id));
        let mut opened = Vec::new();
        for row in rows {
            opened.extend(unreadable::or_skip(row.open(self.store(), &mut tx).await)?);
        }
        if !opened.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Disclosures).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Paged { rows: opened, more })
    }

    /// A disclosure; the opening is audited. `None`: there is none in this clinician's
    /// care or for them to confirm.
    pub async fn disclosure(&self, id: DisclosureId) -> Result<Option<Disclosure>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find(self, &mut tx, id).await? else { return Ok(None) };
        let disclosure = row.open(self.store(), &mut tx).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Disclosure).id(id.0).client(disclosure.client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(disclosure))
    }

    /// What this clinician can do about a disclosure, without opening it. `None`: there
    /// is none in their care or for them to confirm.
    pub async fn disclosure_role(&self, id: DisclosureId) -> Result<Option<DisclosureRole>> {
        let mut tx = self.store().read().await?;
        let row = find(self, &mut tx, id).await?;
        Ok(row.map(|row| DisclosureRole {
            is_in_care: row.is_in_care,
            is_confirmer: row.confirmer_id == Some(self.me().0),
        }))
    }

    /// The bytes of the order; the opening is audited. `None`: there is none, or the
    /// disclosure is not this clinician's to see.
    pub async fn disclosure_order(&self, id: DisclosureId) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find(self, &mut tx, id).await? else { return Ok(None) };
        let Some(file) = row.order_file_id else { return Ok(None) };
        let bytes = files::read(self.store(), &mut tx, domain::ids::FileId(file)).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Disclosure).id(id.0).client(row.client_id);
        self.store().record_opening(tx, act).await?;
        Ok(Some(bytes))
    }

    /// Answers as the colleague who was asked to confirm. `false`: they were not
    /// asked, or it was answered or dropped.
    pub async fn answer_disclosure(&self, id: DisclosureId, answer: &Answer) -> Result<bool> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some(row) = find_locked(self, &mut tx, id).await? else { return Ok(false) };
        if row.confirmer_id != Some(self.me().0) || row.state() != DisclosureState::Confirming {
            return Ok(false);
        }
        let key = store.data_key_or_new(&mut tx, row.client_id).await?;
        let reason =
            (!answer.reason.is_empty()).then(|| key.seal("disclosure.answer_reason", id.0, answer.reason.as_bytes()));
        run!(
            &mut tx,
            "UPDATE disclosure SET answer = $1, answered_at = $2, answer_reason = $3 WHERE id = $4",
            if answer.is_confirmed { "confirmed" } else { "declined" },
            self.now(),
            reason,
            id.0
        )?;
        let action = if answer.is_confirmed { AuditAction::Confirmed } else { AuditAction::Declined };
        store
            .record(&mut tx, Act::by(self.me(), action, AuditThing::Disclosure).id(id.0).client(row.client_id))
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Drops a disclosure that was not sent. `false`: it is not in this clinician's
    /// care, was sent, or is dropped already.
    pub async fn drop_disclosure(&self, id: DisclosureId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(row) = find_locked(self, &mut tx, id).await?.filter(|row| row.is_in_care) else { return Ok(false) };
        if matches!(row.state(), DisclosureState::Sent | DisclosureState::Dropped) {
            return Ok(false);
        }
        run!(&mut tx, "UPDATE disclosure SET dropped_at = $1 WHERE id = $2", self.now(), id.0)?;
        let act = Act::by(self.me(), AuditAction::Dropped, AuditThing::Disclosure).id(id.0).client(row.client_id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A disclosure of a client in care with what leaves by it now; the opening is
    /// audited. What leaves is `None` unless it is ready to send. `None`: there is no
    /// such disclosure in this clinician's care.
    pub async fn disclosure_to_send(&self, id: DisclosureId) -> Result<Option<(Disclosure, Option<Leaving>)>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find(self, &mut tx, id).await?.filter(|row| row.is_in_care) else { return Ok(None) };
        let disclosure = row.open(self.store(), &mut tx).await?;
        let leaving = match disclosure.state {
            DisclosureState::Ready => Some(leaving_of(self.store(), &mut tx, &disclosure).await?),
            DisclosureState::Confirming
            | DisclosureState::Declined
            | DisclosureState::Sent
            | DisclosureState::Dropped => None,
        };
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Disclosure).id(id.0).client(disclosure.client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some((disclosure, leaving)))
    }

    /// Sends a disclosure: puts on record that these files left, for ever, and tells
    /// the clients unless that is forbidden. `mark` is that of what the files were made
    /// of, and `news` what each person is told. `None`: there is no such disclosure in
    /// this clinician's care.
    pub async fn send_disclosure(
        &self,
        id: DisclosureId,
        mark: &[u8],
        made: &[MadeFile],
        news: &[(PersonId, String)],
    ) -> Result<Option<Sent>> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some(row) = find_locked(self, &mut tx, id).await?.filter(|row| row.is_in_care) else { return Ok(None) };
        if row.state() != DisclosureState::Ready {
            return Ok(Some(Sent::NotReady));
        }
        let disclosure = row.open(store, &mut tx).await?;
        let leaving = leaving_of(store, &mut tx, &disclosure).await?;
        if let Some(not) = not_sent(&leaving, mark) {
            return Ok(Some(not));
        }
        let details = HandoverDetails {
            recipient: disclosure.details.recipient.clone(),
            address: disclosure.details.address.clone(),
            manner: Some(disclosure.details.manner),
            purpose: format!("{}: {}", disclosure.ground.label(), disclosure.details.ground_text),
            items: leaving.packets.iter().flat_map(Packet::lines).collect(),
        };
        let cause = Cause::Disclosure(id);
        let new = NewHandover { client: disclosure.client, cause, by: self.me(), details: &details };
        let handover = handovers::record(store, &mut tx, new).await?;
        put_files(self, &mut tx, handover, disclosure.client, (made, &leaving)).await?;
        if disclosure.silences.is_empty() {
            self.tell(&mut tx, &disclosure, news).await?;
        }
        tx.commit().await?;
        Ok(Some(Sent::Done(handover)))
    }

    /// Answers whether the clients can be told of a disclosure that was sent: tells
    /// them with `news`, or puts a further reason for silence on record. `false`: it is
    /// not in this clinician's care, was not sent, or they were told.
    pub async fn tell_of_disclosure(
        &self,
        id: DisclosureId,
        telling: &Telling,
        news: &[(PersonId, String)],
    ) -> Result<bool> {
        let store = self.store();
        let mut tx = store.write().await?;
        let Some(row) = find_locked(self, &mut tx, id).await?.filter(|row| row.is_in_care) else { return Ok(false) };
        if row.state() != DisclosureState::Sent || row.told_at.is_some() {
            return Ok(false);
        }
        let client = row.client_id;
        match telling {
            Telling::Told => {
                let disclosure = row.open(store, &mut tx).await?;
                self.tell(&mut tx, &disclosure, news).await?;
            }
            Telling::Forbidden { reason, ask_again_on } => {
                put_silence(self, &mut tx, (id, client), reason, *ask_again_on).await?;
                let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Disclosure).id(id.0).client(client);
                store.record(&mut tx, act).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Tells each person whom something of a disclosure is about: a message in their
    /// portal, and an email that only says that something is there. A frozen record
    /// takes no message: the therapist tells them outside of the program.
    async fn tell(&self, tx: &mut Tx, disclosure: &Disclosure, news: &[(PersonId, String)]) -> Result<()> {
        let store = self.store();
        if !disclosure.is_frozen {
            for (_, member) in client::members_of(store, tx, &[disclosure.client]).await? {
                let text = news.iter().find(|(person, _)| *person == member.person);
                let Some((person, text)) = text.filter(|_| disclosure.details.concerns(member.seat)) else { continue };
                messages::tell(store, tx, self.me(), (disclosure.client, *person), text).await?;
            }
        }
        run!(
            &mut *tx,
            "UPDATE disclosure SET told_at = $1, told_by = $2, ask_again_on = NULL WHERE id = $3 AND told_at IS NULL",
            store.now(),
            self.me().0,
            disclosure.id.0
        )?;
        let act = Act::by(self.me(), AuditAction::Told, AuditThing::Disclosure).id(disclosure.id.0);
        store.record(tx, act.client(disclosure.client.0)).await
    }
}

/// What leaves by a disclosure now.
async fn leaving_of(store: &Store, tx: &mut Tx, disclosure: &Disclosure) -> Result<Leaving> {
    leaving::of_disclosure(store, tx, disclosure.client, &disclosure.details, disclosure.ground.label()).await
}
