//! The files of a request: those that the program makes once all is decided, how
//! they are handed over, and their removal after their time.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::{
        client::Seat,
        person::{Language, Zone},
    },
    ids::{AccountId, ClientId, DataRequestId, FileId, PersonId},
    outbox::reminder::{EmailKind, SkipReason, safe_time},
    records::{
        handover::{FilePart, HandoverDetails},
        own_data::{
            READY_DAYS, RequestState, Way,
            copy::{Copy, Part, Reader},
        },
        release::Manner,
    },
};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use super::{CopyFile, CopyFormat, Row, cared_for, gather, names_openers, requests};
use crate::{
    Clinician, Owner, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    files,
    outbox::owed::{self, About, EmailFacts, OnConflict, Owed, StillDue, To},
    practice::settings::today,
    records::handovers::{self, Cause, NewFile, NewHandover},
};

/// What a request's files are made of.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub request: DataRequestId,
    /// The name of the person.
    pub name: String,
    /// In whose language and zone the PDF is written.
    pub language: Language,
    pub zone: Zone,
    /// The copies: one for the person's own sign-in, or one for each part that a
    /// clinician hands over.
    pub copies: Vec<(Option<ClientId>, Copy)>,
}

/// The two files of a copy.
pub struct MadeCopy {
    /// The client of whose part a clinician hands it over; `None`: it is for the
    /// person's own sign-in.
    pub client: Option<ClientId>,
    pub pdf: Vec<u8>,
    pub json: Vec<u8>,
}

/// The outcome of recording how files were handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyHanded {
    /// It is recorded, now or by an earlier press.
    Done,
    /// There are no such files in this clinician's care, or their time is over.
    Gone,
}

#[derive(FromRow)]
struct CopyRow {
    id: Uuid,
    file_id: Uuid,
    made_at: DateTime<Utc>,
}

/// A part that was finished.
#[derive(FromRow)]
struct PartRow {
    client_id: Uuid,
    finished_by: Option<Uuid>,
    #[sqlx(try_from = "String")]
    seat: Seat,
}

/// The part of a handover that a file of this seat's person is.
const fn file_part(seat: Seat) -> FilePart {
    match seat {
        Seat::A => FilePart::PartnerA,
        Seat::B => FilePart::PartnerB,
    }
}

/// The name of a file: `own-data-2026-11-23.pdf`.
pub fn file_name(format: CopyFormat, made_at: DateTime<Utc>) -> String {
    format!("own-data-{}.{}", made_at.format("%Y-%m-%d"), format.word())
}

impl Worker {
    /// The requests for which all is decided and the files are to be made.
    pub async fn copies_to_make(&self) -> Result<Vec<DataRequestId>> {
        let mut tx = self.read().await?;
        let rows =
            all!(&mut tx, Row, requests!("d.ready_at IS NULL AND d.cancelled_at IS NULL ORDER BY d.asked_at, d.id"))?;
        let now = self.now();
        let is_decided = |row: &Row| row.state(now) == RequestState::Making;
        Ok(rows.iter().filter(|row| is_decided(row)).map(|row| DataRequestId(row.id)).collect())
    }

    /// Gathers what the files of a request are made of. `None`: it is not decided, or
    /// is not open any more.
    pub async fn gather_copies(&self, request: DataRequestId) -> Result<Option<Gathered>> {
        let mut tx = self.read().await?;
        let row = maybe!(&mut tx, Row, requests!("d.id = $1"), request.0)?;
        let Some(row) = row.filter(|row| row.state(self.now()) == RequestState::Making) else { return Ok(None) };
        let (way, person) = (row.way, PersonId(row.person_id));
        let who = client::find_person(&mut tx, person).await?;
        let is_handed_over = way == Way::Letter || !can_sign_in(&mut tx, person).await?;
        let parts = parts_of(&mut tx, request).await?;
        // Somebody who is a client no longer has no part, and a copy for themselves.
        let clients: Vec<Option<ClientId>> = if is_handed_over && !parts.is_empty() {
            parts.iter().map(|part| Some(ClientId(part.client_id))).collect()
        } else {
            vec![None]
        };
        let mut copies = Vec::new();
        for client in clients {
            let reader = if client.is_some() { Reader::HandOver } else { Reader::Person };
            let copy = gather::gather(self, &mut tx, request, person, client, reader).await?;
            copies.push((client, copy));
        }
        Ok(Some(Gathered { request, name: who.name, language: who.language.0, zone: who.zone, copies }))
    }

    /// Keeps the files of a request, which can be fetched from then on, and plans an
    /// email that something is in the portal. `false`: the person has taken the
    /// request back, or another process made the files; nothing is kept.
    pub async fn keep_copies(&self, request: DataRequestId, made: &[MadeCopy]) -> Result<bool> {
        let mut tx = self.write_aside().await?;
        let now = self.now();
        let changed = run!(
            &mut tx,
            "UPDATE data_request SET ready_at = $1 WHERE id = $2 AND ready_at IS NULL AND cancelled_at IS NULL",
            now,
            request.0
        )?;
        let row = maybe!(&mut tx, (Uuid,), "SELECT person_id FROM data_request WHERE id = $1", request.0)?;
        let Some((person,)) = row.filter(|_| changed > 0) else { return Ok(false) };
        for copy in made {
            for (format, bytes) in [(CopyFormat::Pdf, &copy.pdf), (CopyFormat::Json, &copy.json)] {
                self.keep_copy(&mut tx, request, PersonId(person), copy.client, format, bytes).await?;
            }
        }
        if let Some(own) = made.iter().find(|copy| copy.client.is_none()) {
            for part in parts_of(&mut tx, request).await? {
                let Some(by) = part.finished_by else { continue };
                let files = [(CopyFormat::Pdf, own.pdf.as_slice()), (CopyFormat::Json, own.json.as_slice())];
                self.hand_over(&mut tx, request, &part, (AccountId(by), None, ""), &files).await?;
            }
            self.owe_notice(&mut tx, request, PersonId(person)).await?;
        }
        self.record(&mut tx, Act::by_program(AuditAction::Created, AuditThing::DataRequest).id(request.0)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps a file, sealed under the person's key.
    async fn keep_copy(
        &self,
        tx: &mut Tx,
        request: DataRequestId,
        person: PersonId,
        client: Option<ClientId>,
        format: CopyFormat,
        bytes: &[u8],
    ) -> Result<()> {
        let file = files::write(self, tx, person.0, bytes).await?;
        run!(
            tx,
            "INSERT INTO data_copy (id, request_id, client_id, format, file_id, bytes, sha256, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.clock().id(),
            request.0,
            client.map(|client| client.0),
            format.word(),
            file.0,
            i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            Sha256::digest(bytes).to_vec(),
            self.now()
        )?;
        Ok(())
    }

    /// Plans the email that something is in the portal, which says nothing else.
    async fn owe_notice(&self, tx: &mut Tx, request: DataRequestId, person: PersonId) -> Result<()> {
        let who = client::find_person(tx, person).await?;
        if who.portal_only || who.email.is_none() {
            return Ok(());
        }
        let due_at = safe_time(self.now(), &who.recipient()).unwrap_or(self.now());
        let owed = Owed {
            about: About::DataRequest(request.0),
            to: To::Person(person),
            kind: EmailKind::Copy,
            key: format!("data_request:{request}"),
            due_at,
            not_after: due_at + Duration::days(3),
            skip: None,
            on_conflict: OnConflict::Keep,
        };
        owed::owe(self, tx, owed).await
    }

    /// Removes the files whose time is over; their rows stay. Gives how many requests
    /// that were.
    pub async fn remove_old_copies(&self) -> Result<usize> {
        let mut removed = 0;
        loop {
            let mut tx = self.write().await?;
            let row = maybe!(
                &mut tx,
                (Uuid,),
                "SELECT id FROM data_request WHERE ready_at <= $1 AND removed_at IS NULL ORDER BY ready_at LIMIT 1",
                self.now() - Duration::days(READY_DAYS)
            )?;
            let Some((request,)) = row else { return Ok(removed) };
            let files = all!(
                &mut tx,
                (Uuid,),
                "SELECT file_id FROM data_copy WHERE request_id = $1 AND file_id IS NOT NULL",
                request
            )?;
            run!(&mut tx, "UPDATE data_copy SET file_id = NULL WHERE request_id = $1", request)?;
            for (file,) in files {
                files::remove(&mut tx, FileId(file)).await?;
            }
            run!(&mut tx, "UPDATE data_request SET removed_at = $1 WHERE id = $2", self.now(), request)?;
            let act = Act::by_program(AuditAction::Removed, AuditThing::DataRequest).id(request);
            self.record(&mut tx, act).await?;
            tx.commit().await?;
            removed += 1;
        }
    }
}

/// Whether a person has an account with which they sign in.
async fn can_sign_in(tx: &mut Tx, person: PersonId) -> Result<bool> {
    let row = maybe!(
        tx,
        (Uuid,),
        "SELECT id FROM account WHERE person_id = $1 AND disabled_at IS NULL AND password_changed_at IS NOT NULL",
        person.0
    )?;
    Ok(row.is_some())
}

/// The parts of a request, with the person's seat.
async fn parts_of(tx: &mut Tx, request: DataRequestId) -> Result<Vec<PartRow>> {
    Ok(all!(
        tx,
        PartRow,
        "SELECT q.client_id, q.finished_by, m.seat FROM data_request_part q
         JOIN data_request d ON d.id = q.request_id
         JOIN client_member m ON m.client_id = q.client_id AND m.person_id = d.person_id
         WHERE q.request_id = $1 ORDER BY q.client_id",
        request.0
    )?)
}

impl Store {
    /// Puts on record that the files of a part left, by whom, how (`None`: the person
    /// fetches them in the portal) and to which address.
    async fn hand_over(
        &self,
        tx: &mut Tx,
        request: DataRequestId,
        part: &PartRow,
        (by, manner, address): (AccountId, Option<Manner>, &str),
        handed: &[(CopyFormat, &[u8])],
    ) -> Result<()> {
        let row = maybe!(
            &mut *tx,
            (Uuid, String),
            "SELECT p.id, p.name FROM data_request d JOIN person p ON p.id = d.person_id WHERE d.id = $1",
            request.0
        )?;
        let Some((person, recipient)) = row else { return Ok(()) };
        let client = ClientId(part.client_id);
        let details = HandoverDetails {
            recipient,
            address: address.to_owned(),
            manner,
            purpose: "A copy of their own data, which they asked for.".to_owned(),
            items: Part::ALL.iter().map(|part| part.label().to_owned()).collect(),
        };
        let cause = Cause::OwnData(PersonId(person));
        let id = handovers::record(self, tx, NewHandover { client, cause, by, details: &details }).await?;
        for (number, (format, bytes)) in (1..).zip(handed) {
            let name = file_name(*format, self.now());
            // The bytes are kept for fourteen days with the request, not for ever.
            let file = NewFile { number, part: file_part(part.seat), name: &name, bytes, subject: None };
            handovers::add_file(self, tx, id, client, file).await?;
        }
        run!(
            tx,
            "UPDATE data_request_part SET handover_id = $1 WHERE request_id = $2 AND client_id = $3",
            id.0,
            request.0,
            client.0
        )?;
        Ok(())
    }
}

impl Clinician {
    /// Fetches a file to be handed over; the download is recorded. `None`: there is no
    /// such file in this clinician's care, or its time is over.
    pub async fn fetch_handed_copy(
        &self,
        request: DataRequestId,
        client: ClientId,
        format: CopyFormat,
    ) -> Result<Option<CopyFile>> {
        // A large file is read before the one writer is taken.
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_handed(&mut tx, request, client, format).await? else { return Ok(None) };
        let bytes = files::read(self.store(), &mut tx, FileId(row.file_id)).await?;
        drop(tx);
        let mut tx = self.store().write_aside().await?;
        run!(
            &mut tx,
            "INSERT INTO data_download (id, copy_id, account_id, at) VALUES ($1, $2, $3, $4)",
            self.store().clock().id(),
            row.id,
            self.me().0,
            self.now()
        )?;
        let act = Act::by(self.me(), AuditAction::Exported, AuditThing::DataRequest).id(request.0).client(client.0);
        self.store().record(&mut tx, act.detail(format.word())).await?;
        tx.commit().await?;
        Ok(Some(CopyFile { format, bytes, made_at: row.made_at }))
    }

    async fn find_handed(
        &self,
        tx: &mut Tx,
        request: DataRequestId,
        client: ClientId,
        format: CopyFormat,
    ) -> Result<Option<CopyRow>> {
        let today = today(tx, self.now()).await?;
        Ok(maybe!(
            tx,
            CopyRow,
            concat!(
                "SELECT c.id, c.file_id, c.made_at FROM data_copy c JOIN data_request d ON d.id = c.request_id
                 WHERE d.id = $3 AND c.client_id = $4 AND c.format = $5 AND c.file_id IS NOT NULL
                   AND d.ready_at > $6 AND ",
                cared_for!("c.client_id")
            ),
            self.me().0,
            today,
            request.0,
            client.0,
            format.word(),
            self.now() - Duration::days(READY_DAYS)
        )?)
    }

    /// Puts on record, once, how the files of a part were handed to the person, and to
    /// which address.
    pub async fn record_copy_handed(
        &self,
        request: DataRequestId,
        client: ClientId,
        (manner, address): (Manner, &str),
    ) -> Result<CopyHanded> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE data_request SET asked_at = asked_at WHERE id = $1", request.0)?;
        let mut handed = Vec::new();
        for format in CopyFormat::ALL {
            let Some(row) = self.find_handed(&mut tx, request, client, *format).await? else {
                return Ok(CopyHanded::Gone);
            };
            handed.push((*format, files::read(self.store(), &mut tx, FileId(row.file_id)).await?));
        }
        let done = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT handover_id FROM data_request_part
             WHERE request_id = $1 AND client_id = $2 AND handover_id IS NOT NULL",
            request.0,
            client.0
        )?;
        if done.is_some() {
            return Ok(CopyHanded::Done);
        }
        let parts = parts_of(&mut tx, request).await?;
        let Some(part) = parts.iter().find(|part| part.client_id == client.0) else { return Ok(CopyHanded::Gone) };
        let handed: Vec<(CopyFormat, &[u8])> =
            handed.iter().map(|(format, bytes)| (*format, bytes.as_slice())).collect();
        self.store().hand_over(&mut tx, request, part, (self.me(), Some(manner), address), &handed).await?;
        tx.commit().await?;
        Ok(CopyHanded::Done)
    }
}

/// Whether the email that a copy is ready is still due: it can be fetched, and was
/// not.
pub(crate) async fn check_copy(tx: &mut Tx, request: Uuid, now: DateTime<Utc>) -> Result<StillDue> {
    let unfetched = maybe!(
        tx,
        (Uuid,),
        "SELECT d.id FROM data_request d WHERE d.id = $1 AND d.ready_at > $2
           AND NOT EXISTS (SELECT 1 FROM data_copy c JOIN data_download l ON l.copy_id = c.id
               WHERE c.request_id = d.id)",
        request,
        now - Duration::days(READY_DAYS)
    )?;
    Ok(match unfetched {
        Some(_) => StillDue::Yes(EmailFacts::Portal),
        None => StillDue::No(SkipReason::NothingToDo),
    })
}

impl Owner {
    /// Whether copies of a person's data name the members of staff who opened it;
    /// otherwise they say their role.
    pub async fn names_openers(&self) -> Result<bool> {
        let mut tx = self.store().read().await?;
        names_openers(&mut tx).await
    }

    /// Sets whether copies name the members of staff who opened a person's data.
    pub async fn set_names_openers(&self, names: bool) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE practice SET opened_names = $1, updated_at = $2 WHERE id = 1", names, self.now())?;
        self.store().record(&mut tx, Act::by(self.me(), AuditAction::Changed, AuditThing::Practice)).await?;
        tx.commit().await
    }
}
