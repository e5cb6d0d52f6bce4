//! A person's own request for a copy of their data: asking for it, the case of
//! the clinicians, and the two files.
//!
//! A request has a part for each client of the person that is in care. The
//! clinicians of that client decide about its notes and documents, and each
//! process note is decided by its author. When every part is finished and every
//! process note is decided, the program gathers the copy, keeps it sealed under
//! the person's key, and removes it after [`READY_DAYS`] days. A person who cannot
//! sign in, or who asked by letter, gets a copy for each part, which the clinician
//! hands over.
//!
//! No query for the other partner of a couple reaches any of these tables.

pub(crate) mod asking;
pub(crate) mod case;
pub(crate) mod copies;
pub(crate) mod deciding;
mod gather;
pub(crate) mod items;
pub(crate) mod tables;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    ids::{AccountId, ClientId, DataRequestId, FileId, PersonId},
    records::own_data::{READY_DAYS, RequestState, Way, due_on},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    database::{all, maybe, run},
    files, unreadable,
};

/// A person's request for a copy of their data.
#[derive(Clone, Debug)]
pub struct DataRequest {
    pub id: DataRequestId,
    pub person: PersonId,
    pub name: String,
    pub way: Way,
    /// The practice's date on which it was received.
    pub received_on: NaiveDate,
    /// The last day on which it is answered in time.
    pub due_on: NaiveDate,
    pub state: RequestState,
    /// Why it may take two months longer, as the person reads it; `None`: it may
    /// not.
    pub extension: Option<String>,
    /// Since when the copy can be fetched; `None`: it is not ready.
    pub ready_at: Option<DateTime<Utc>>,
    /// Until when the copy can be fetched; `None`: it is not ready.
    pub until: Option<DateTime<Utc>>,
}

/// A file that was fetched or handed over.
#[derive(Clone, Debug)]
pub struct CopyFile {
    pub format: CopyFormat,
    pub bytes: zeroize::Zeroizing<Vec<u8>>,
    /// The day on which it was made, for its name.
    pub made_at: DateTime<Utc>,
}

/// A file that was made for a request, as it is on record.
#[derive(Clone, Debug)]
pub struct CopyRecord {
    pub format: CopyFormat,
    /// The client of whose part a clinician hands it over; `None`: the person
    /// fetches it.
    pub client: Option<ClientId>,
    pub bytes: i64,
    pub sha256: Vec<u8>,
    pub made_at: DateTime<Utc>,
    /// When it was downloaded, and whether by the person; the first time first.
    pub downloads: Vec<(DateTime<Utc>, bool)>,
}

domain::words! {
    /// The format of a file.
    pub enum CopyFormat {
        Pdf = "pdf", "PDF to read";
        Json = "json", "Data file (JSON)";
    }
}

/// A row of the table `data_request`.
#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    person_id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    way: Way,
    received_on: NaiveDate,
    asked_at: DateTime<Utc>,
    extended_at: Option<DateTime<Utc>>,
    extension: Option<Vec<u8>>,
    cancelled_at: Option<DateTime<Utc>>,
    ready_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
    /// Whether anything was decided.
    is_begun: bool,
    /// Whether a part is not finished, or a process note is not decided.
    is_undecided: bool,
}

/// SQL: requests `d` with their people; `$rest` follows WHERE.
macro_rules! requests {
    ($rest:expr) => {
        concat!(
            "SELECT d.id, d.person_id, p.name, d.way, d.received_on, d.asked_at, d.extended_at, d.extension,
                 d.cancelled_at, d.ready_at, d.removed_at,
                 EXISTS (SELECT 1 FROM data_decision y WHERE y.request_id = d.id) AS is_begun,
                 (EXISTS (SELECT 1 FROM data_request_part y
                     WHERE y.request_id = d.id AND y.finished_at IS NULL) OR ",
            $crate::records::own_data::undecided_process_notes!(""),
            ") AS is_undecided
             FROM data_request d JOIN person p ON p.id = d.person_id WHERE ",
            $rest
        )
    };
}
pub(super) use requests;

/// SQL: the condition that the client `$client` is in the care of the account `$1`
/// on the day `$2`.
macro_rules! cared_for {
    ($client:literal) => {
        concat!(
            $client,
            " IN (SELECT k.client_id FROM care k
                 WHERE k.clinician_id = $1 AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2))"
        )
    };
}
pub(super) use cared_for;

/// SQL: the condition that a process note of the clients of the request `d`
/// has no decision and that its author (`$author`, a further condition on `n`)
/// can still make one.
macro_rules! undecided_process_notes {
    ($author:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM data_request_part q
                 JOIN client_member m ON m.client_id = q.client_id AND m.person_id = d.person_id
                 JOIN note n ON n.client_id = q.client_id AND n.scope = 'process' AND NOT n.undecided
                     AND n.created_at >= m.joined_at AND (m.left_at IS NULL OR n.created_at <= m.left_at)
                     AND n.created_at <= d.asked_at
                 JOIN account a ON a.id = n.author_id AND a.disabled_at IS NULL
                 WHERE q.request_id = d.id ",
            $author,
            " AND NOT EXISTS (SELECT 1 FROM data_decision y
                 WHERE y.request_id = q.request_id AND y.item_id = n.id))"
        )
    };
}
pub(crate) use undecided_process_notes;

impl Row {
    /// When the files of this request are removed; `None`: it is not ready.
    fn until(&self) -> Option<DateTime<Utc>> {
        self.ready_at.map(|at| at + Duration::days(READY_DAYS))
    }

    fn state(&self, now: DateTime<Utc>) -> RequestState {
        if self.cancelled_at.is_some() {
            RequestState::Cancelled
        } else if self.removed_at.is_some() || self.until().is_some_and(|until| until <= now) {
            RequestState::Over
        } else if self.ready_at.is_some() {
            RequestState::Ready
        } else if !self.is_undecided {
            RequestState::Making
        } else if self.is_begun {
            RequestState::Preparing
        } else {
            RequestState::Received
        }
    }

    /// The request, with its sealed reason opened by the person's key.
    async fn open(self, store: &Store, tx: &mut Tx) -> Result<DataRequest> {
        let extension = match &self.extension {
            Some(sealed) => {
                let key = store.key_of(tx, self.person_id).await;
                let text = key.and_then(|key| key.open_text("data_request.extension", self.id, sealed));
                Some(unreadable::or_skip(text)?.unwrap_or_else(|| "This reason cannot be read.".to_owned()))
            }
            None => None,
        };
        Ok(DataRequest {
            id: DataRequestId(self.id),
            person: PersonId(self.person_id),
            way: self.way,
            received_on: self.received_on,
            due_on: due_on(self.received_on, self.extended_at.is_some()),
            state: self.state(store.now()),
            extension,
            ready_at: self.ready_at,
            until: self.until(),
            name: self.name,
        })
    }
}

/// The files that were made for a request, with their downloads.
pub(super) async fn copies_of(tx: &mut Tx, request: Uuid, person: Uuid) -> Result<Vec<CopyRecord>> {
    #[derive(FromRow)]
    struct CopyRow {
        id: Uuid,
        #[sqlx(try_from = "String")]
        format: CopyFormat,
        client_id: Option<Uuid>,
        bytes: i64,
        sha256: Vec<u8>,
        made_at: DateTime<Utc>,
    }
    let rows = all!(
        &mut *tx,
        CopyRow,
        "SELECT id, format, client_id, bytes, sha256, made_at
         FROM data_copy WHERE request_id = $1 ORDER BY made_at, client_id, format DESC",
        request
    )?;
    let mut copies = Vec::new();
    for row in rows {
        let downloads = all!(
            &mut *tx,
            (DateTime<Utc>, bool),
            "SELECT l.at, COALESCE(a.person_id = $2, false)
             FROM data_download l JOIN account a ON a.id = l.account_id WHERE l.copy_id = $1 ORDER BY l.at",
            row.id,
            person
        )?;
        copies.push(CopyRecord {
            format: row.format,
            client: row.client_id.map(ClientId),
            bytes: row.bytes,
            sha256: row.sha256,
            made_at: row.made_at,
            downloads,
        });
    }
    Ok(copies)
}

/// All requests of a person, or those with a part of this client, the earliest first.
pub(super) async fn requests_of_person(
    store: &Store,
    tx: &mut Tx,
    person: PersonId,
    client: Option<ClientId>,
) -> Result<Vec<DataRequest>> {
    let rows = all!(
        &mut *tx,
        Row,
        requests!(
            "d.person_id = $1 AND ($2 IS NULL OR EXISTS (SELECT 1 FROM data_request_part q
                 WHERE q.request_id = d.id AND q.client_id = $2)) ORDER BY d.asked_at, d.id"
        ),
        person.0,
        client.map(|client| client.0)
    )?;
    let mut found = Vec::new();
    for row in rows {
        found.push(row.open(store, tx).await?);
    }
    Ok(found)
}

/// Whether copies name the members of staff who opened a person's data.
pub(super) async fn names_openers(tx: &mut Tx) -> Result<bool> {
    let row = maybe!(tx, (bool,), "SELECT opened_names FROM practice WHERE id = 1")?;
    Ok(row.is_some_and(|(names,)| names))
}

/// Adds the parts of a new request: a part for each client of the person that is
/// in care today.
async fn add_parts(tx: &mut Tx, request: Uuid, person: PersonId, today: NaiveDate) -> Result<()> {
    run!(
        tx,
        "INSERT INTO data_request_part (request_id, client_id)
         SELECT $1, m.client_id FROM client_member m
         WHERE m.person_id = $2 AND EXISTS (SELECT 1 FROM care k WHERE k.client_id = m.client_id
             AND k.starts_on <= $3 AND (k.ends_on IS NULL OR k.ends_on >= $3))",
        request,
        person.0,
        today
    )?;
    Ok(())
}

/// Adds a request of a person. `false`: there is an open one.
async fn add_request(
    tx: &mut Tx,
    id: Uuid,
    person: PersonId,
    (way, received_on, checked): (Way, NaiveDate, Option<Vec<u8>>),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let added = run!(
        tx,
        "INSERT INTO data_request (id, person_id, way, received_on, asked_at, asked_by, checked)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (person_id) WHERE ready_at IS NULL AND cancelled_at IS NULL DO NOTHING",
        id,
        person.0,
        way.word(),
        received_on,
        now,
        by.0,
        checked
    )?;
    Ok(added > 0)
}

/// Removes the parts of a client from requests, and the requests that have no other part.
pub(crate) async fn remove_of_client(tx: &mut Tx, client: ClientId) -> Result<()> {
    let files = all!(
        &mut *tx,
        (Uuid,),
        "SELECT file_id FROM data_copy WHERE file_id IS NOT NULL AND client_id = $1",
        client.0
    )?;
    let requests = all!(&mut *tx, (Uuid,), "SELECT request_id FROM data_request_part WHERE client_id = $1", client.0)?;
    for statement in [
        "DELETE FROM data_download WHERE copy_id IN (SELECT id FROM data_copy WHERE client_id = $1)",
        "DELETE FROM data_copy WHERE client_id = $1",
        "DELETE FROM data_decision WHERE client_id = $1",
        "DELETE FROM data_request_part WHERE client_id = $1",
    ] {
        run!(&mut *tx, statement, client.0)?;
    }
    for (file,) in files {
        files::remove(tx, FileId(file)).await?;
    }
    for (request,) in requests {
        let part = maybe!(
            &mut *tx,
            (Uuid,),
            "SELECT request_id FROM data_request_part WHERE request_id = $1 LIMIT 1",
            request
        )?;
        if part.is_none() {
            remove_request(tx, request).await?;
        }
    }
    Ok(())
}

/// Removes the part of a client from the requests of a person, with the copies that have
/// it, and the requests that have no other part.
pub(crate) async fn remove_of_person_in(tx: &mut Tx, client: ClientId, person: PersonId) -> Result<()> {
    let requests = all!(
        &mut *tx,
        (Uuid,),
        "SELECT d.id FROM data_request d JOIN data_request_part q ON q.request_id = d.id
         WHERE d.person_id = $1 AND q.client_id = $2",
        person.0,
        client.0
    )?;
    for (request,) in requests {
        let others = maybe!(
            &mut *tx,
            (Uuid,),
            "SELECT request_id FROM data_request_part WHERE request_id = $1 AND client_id <> $2 LIMIT 1",
            request,
            client.0
        )?;
        if others.is_none() {
            remove_request(tx, request).await?;
            continue;
        }
        remove_copies(tx, request).await?;
        for statement in [
            "DELETE FROM data_decision WHERE request_id = $1 AND client_id = $2",
            "DELETE FROM data_request_part WHERE request_id = $1 AND client_id = $2",
        ] {
            run!(&mut *tx, statement, request, client.0)?;
        }
    }
    Ok(())
}

/// Removes the requests of a person.
pub(crate) async fn remove_of_person(tx: &mut Tx, person: PersonId) -> Result<()> {
    for (request,) in all!(&mut *tx, (Uuid,), "SELECT id FROM data_request WHERE person_id = $1", person.0)? {
        remove_request(tx, request).await?;
    }
    Ok(())
}

/// Removes the copies that were made for a request.
async fn remove_copies(tx: &mut Tx, request: Uuid) -> Result<()> {
    let files = all!(
        &mut *tx,
        (Uuid,),
        "SELECT file_id FROM data_copy WHERE file_id IS NOT NULL AND request_id = $1",
        request
    )?;
    for statement in [
        "DELETE FROM data_download WHERE copy_id IN (SELECT id FROM data_copy WHERE request_id = $1)",
        "DELETE FROM data_copy WHERE request_id = $1",
    ] {
        run!(&mut *tx, statement, request)?;
    }
    for (file,) in files {
        files::remove(tx, FileId(file)).await?;
    }
    Ok(())
}

/// Removes a request with its files.
async fn remove_request(tx: &mut Tx, request: Uuid) -> Result<()> {
    remove_copies(tx, request).await?;
    for statement in [
        "DELETE FROM mail_suspect WHERE email_id IN (SELECT id FROM email WHERE data_request_id = $1)",
        "DELETE FROM email WHERE data_request_id = $1",
        "DELETE FROM data_decision WHERE request_id = $1",
        "DELETE FROM data_request_part WHERE request_id = $1",
        "DELETE FROM data_request WHERE id = $1",
    ] {
        run!(&mut *tx, statement, request)?;
    }
    Ok(())
}
