//! The clinicians' side of a request, read: the list on Today and in a record, the
//! case with its items, and one item.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::title,
    ids::{ClientId, DataRequestId},
    records::own_data::{Decision, ItemKind},
};
use uuid::Uuid;

use super::{
    CopyRecord, DataRequest, Row, cared_for, copies_of, items, items::DataItem, requests, undecided_process_notes,
};
use crate::{
    After, Clinician, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe},
    practice::settings::today,
    unreadable::{self, legible},
};

/// A request with what this clinician sees and decides of it.
#[derive(Clone, Debug)]
pub struct DataCase {
    pub request: DataRequest,
    /// Who asked by letter, and how their identity was checked; `None`: it was asked
    /// in the portal.
    pub checked: Option<String>,
    /// The clients in this clinician's care that the request is about.
    pub parts: Vec<DataPart>,
    /// How many items this clinician has not decided.
    pub undecided: i64,
    /// Whether one of them is a joint note or document.
    pub has_open_joint: bool,
    /// A page of the items, the latest first.
    pub items: Paged<DataItemLine>,
    /// The notes of the other partner's record that name the person, the latest first.
    pub mentions: Vec<DataItemLine>,
    /// The files that were made for the person's own sign-in, with their downloads.
    pub copies: Vec<CopyRecord>,
}

/// The part of a request that is about one client.
#[derive(Clone, Debug)]
pub struct DataPart {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    /// `None`: not finished.
    pub finished_at: Option<DateTime<Utc>>,
    /// The files that the clinician hands over; empty: there are none.
    pub copies: Vec<CopyRecord>,
    /// When it was recorded how they were handed over; `None`: not yet.
    pub handed_at: Option<DateTime<Utc>>,
}

/// An item in the list of a case.
#[derive(Clone, Debug)]
pub struct DataItemLine {
    /// The id of the note or the document.
    pub id: Uuid,
    pub kind: ItemKind,
    pub at: DateTime<Utc>,
    /// The title of the note's template, or of the document; may be empty.
    pub title: String,
    /// What applies now; `None`: it is not decided.
    pub decision: Option<Decision>,
    /// Whether somebody decided it; otherwise the default of its kind applies.
    pub is_decided: bool,
}

/// A request that a clinician has to work on.
#[derive(Clone, Debug)]
pub struct DataTask {
    pub request: DataRequestId,
    /// The name of the person.
    pub name: String,
    pub due_on: NaiveDate,
    /// Whether a part in their care is not finished; otherwise only process notes of
    /// theirs are to be decided.
    pub has_part: bool,
}

impl From<DataItem> for DataItemLine {
    fn from(item: DataItem) -> Self {
        Self {
            decision: item.decision(),
            is_decided: item.decided.is_some(),
            id: item.id,
            kind: item.kind,
            at: item.at,
            title: item.title,
        }
    }
}

impl Clinician {
    /// The open requests that wait for this clinician, the one received first at the
    /// top. There is at most one for each person, so the list has no pages.
    pub async fn data_tasks(&self) -> Result<Vec<DataTask>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = legible!(
            &mut tx,
            Row,
            requests!(concat!(
                "d.ready_at IS NULL AND d.cancelled_at IS NULL AND (EXISTS (SELECT 1 FROM data_request_part q
                     WHERE q.request_id = d.id AND q.finished_at IS NULL AND ",
                cared_for!("q.client_id"),
                ") OR ",
                undecided_process_notes!("AND n.author_id = $1"),
                ") ORDER BY d.received_on, d.id"
            )),
            self.me().0,
            today
        )?;
        let mut tasks = Vec::new();
        for row in rows {
            let part = maybe!(
                &mut tx,
                (Uuid,),
                concat!(
                    "SELECT q.client_id FROM data_request_part q
                     WHERE q.request_id = $3 AND q.finished_at IS NULL AND ",
                    cared_for!("q.client_id"),
                    " LIMIT 1"
                ),
                self.me().0,
                today,
                row.id
            )?;
            let request = row.open(self.store(), &mut tx).await?;
            tasks.push(DataTask {
                request: request.id,
                name: request.name,
                due_on: request.due_on,
                has_part: part.is_some(),
            });
        }
        Ok(tasks)
    }

    /// The requests of a client's people that were not cancelled, the latest first.
    /// There is at most one open request for each person, and each of the others was
    /// worked on, so the list has no pages. Empty: there are none, or it is not in
    /// the caseload.
    pub async fn data_requests_of(&self, client: ClientId) -> Result<Vec<DataRequest>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = legible!(
            &mut tx,
            Row,
            requests!(concat!(
                "d.cancelled_at IS NULL AND EXISTS (SELECT 1 FROM data_request_part q
                     WHERE q.request_id = d.id AND q.client_id = $3 AND ",
                cared_for!("q.client_id"),
                ") ORDER BY d.asked_at DESC, d.id DESC"
            )),
            self.me().0,
            today,
            client.0
        )?;
        let mut found = Vec::new();
        for row in rows {
            found.push(row.open(self.store(), &mut tx).await?);
        }
        Ok(found)
    }

    /// A request with a page of its items; the opening is audited. `None`: no part
    /// of it is in this clinician's care, and there is no process note of theirs.
    pub async fn data_case(&self, request: DataRequestId, after: Option<After>) -> Result<Option<DataCase>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let Some((parts, row)) = self.find_case(&mut tx, request, today).await? else { return Ok(None) };
        let found = items::page_of(self, &mut tx, request, today, after).await?;
        let more = found.more;
        let mut rows = Vec::new();
        for found in found.rows {
            let Some(kind) = found.kind() else { continue };
            rows.push(items::open(self.store(), &mut tx, request, &found, kind).await?.into());
        }
        let mut mentions = Vec::new();
        if after.is_none() {
            for found in items::mentions_of(self, &mut tx, request, today).await? {
                let item = items::open(self.store(), &mut tx, request, &found, ItemKind::OtherNote).await?;
                mentions.push(item.into());
            }
        }
        let undecided = items::count_open(self, &mut tx, request, today).await?;
        let has_open_joint = !items::open_joint(self, &mut tx, request, today).await?.is_empty();
        let checked = self.open_checked(&mut tx, request).await?;
        let data_request = row.open(self.store(), &mut tx).await?;
        let copies = copies_of(&mut tx, request.0, data_request.person.0).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::DataRequest).id(request.0);
        let act = act.client(parts.first().map(|part| part.client.0));
        self.store().record_opening(tx, act).await?;
        Ok(Some(DataCase {
            request: data_request,
            checked,
            parts,
            undecided,
            has_open_joint,
            items: Paged { rows, more },
            mentions,
            copies: copies.into_iter().filter(|copy| copy.client.is_none()).collect(),
        }))
    }

    /// A request with its parts in this clinician's care. `None`: there is none, and
    /// no process note of theirs either.
    async fn find_case(
        &self,
        tx: &mut Tx,
        request: DataRequestId,
        today: NaiveDate,
    ) -> Result<Option<(Vec<DataPart>, Row)>> {
        let parts = all!(
            &mut *tx,
            (Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
            concat!(
                "SELECT q.client_id, q.finished_at, h.sent_at FROM data_request_part q
                 LEFT JOIN handover h ON h.id = q.handover_id WHERE q.request_id = $3 AND ",
                cared_for!("q.client_id"),
                " ORDER BY q.client_id"
            ),
            self.me().0,
            today,
            request.0
        )?;
        let own = items::has_process_notes(self, tx, request).await?;
        if parts.is_empty() && !own {
            return Ok(None);
        }
        let row = maybe!(&mut *tx, Row, requests!("d.id = $1"), request.0)?;
        let Some(row) = row else { return Ok(None) };
        let clients: Vec<ClientId> = parts.iter().map(|(client, ..)| ClientId(*client)).collect();
        let members = client::members_of(self.store(), tx, &clients).await?;
        let copies = copies_of(tx, request.0, row.person_id).await?;
        let parts = parts.into_iter().map(|(client, finished_at, handed_at)| DataPart {
            client: ClientId(client),
            title: title(members.iter().filter(|(of, _)| of.0 == client).map(|(_, m)| m.details.name.as_str())),
            finished_at,
            copies: copies.iter().filter(|copy| copy.client == Some(ClientId(client))).cloned().collect(),
            handed_at,
        });
        Ok(Some((parts.collect(), row)))
    }

    /// Who asked by letter, and how they were checked; `None`: it came in the portal.
    async fn open_checked(&self, tx: &mut Tx, request: DataRequestId) -> Result<Option<String>> {
        let row = maybe!(
            &mut *tx,
            (Uuid, Option<Vec<u8>>),
            "SELECT person_id, checked FROM data_request WHERE id = $1",
            request.0
        )?;
        let Some((person, Some(sealed))) = row else { return Ok(None) };
        let key = self.store().key_of(tx, person).await;
        let text = unreadable::or_skip(key.and_then(|key| key.open_text("data_request.checked", request.0, &sealed)))?;
        Ok(Some(text.unwrap_or_else(|| "This text cannot be read.".to_owned())))
    }

    /// An item of a request, opened; the opening is audited. `None`: there is no such
    /// item that this clinician decides about.
    pub async fn data_item(&self, request: DataRequestId, item: Uuid) -> Result<Option<(DataRequest, DataItem)>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let Some((found, kind)) = items::find(self, &mut tx, request, today, item).await? else { return Ok(None) };
        let row = maybe!(&mut tx, Row, requests!("d.id = $1"), request.0)?;
        let Some(row) = row else { return Ok(None) };
        let data_request = row.open(self.store(), &mut tx).await?;
        let opened = items::open(self.store(), &mut tx, request, &found, kind).await?;
        let thing = match kind {
            ItemKind::JointNote | ItemKind::OwnNote | ItemKind::OtherNote | ItemKind::ProcessNote => AuditThing::Note,
            ItemKind::JointDocument | ItemKind::OwnDocument => AuditThing::Document,
        };
        let act = Act::by(self.me(), AuditAction::Opened, thing).id(item).client(found.client_id);
        self.store().record_opening(tx, act).await?;
        Ok(Some((data_request, opened)))
    }
}
