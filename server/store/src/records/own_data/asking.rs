//! The person's side: asking for a copy, taking the request back, and fetching
//! the files behind their own sign-in.

use chrono::Duration;
use domain::{
    ids::DataRequestId,
    records::own_data::{Ground, ItemKind, READY_DAYS, RequestState, Way},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{CopyFile, CopyFormat, CopyRecord, DataRequest, Row, add_parts, add_request, copies_of, requests};
use crate::{
    After, FormKey, Paged, Partner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    files,
    limits::DATA_REQUESTS,
    practice::settings::today,
    unreadable::{fetched, legible},
};

/// A request as the person sees it.
#[derive(Clone, Debug)]
pub struct OwnDataRequest {
    pub request: DataRequest,
    /// What was left out, and on which ground; empty before the copy is ready.
    pub left_out: Vec<(ItemKind, Ground)>,
    /// The files, with the times of their downloads.
    pub copies: Vec<CopyRecord>,
}

/// The outcome of asking for a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataAsked {
    /// The request is made, or was made before by the same form.
    Asked(DataRequestId),
    /// There is a request that is still open.
    Open,
}

#[derive(FromRow)]
struct LeftOut {
    #[sqlx(try_from = "String")]
    kind: ItemKind,
    #[sqlx(try_from = "String")]
    ground: Ground,
}

#[derive(FromRow)]
struct CopyRow {
    id: Uuid,
    file_id: Uuid,
    made_at: chrono::DateTime<chrono::Utc>,
}

impl Partner {
    /// A page of this person's requests, the latest first.
    pub async fn data_requests(&self, after: Option<After>) -> Result<Paged<OwnDataRequest>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let rows = fetched!(
            &mut tx,
            Row,
            requests!(
                "d.person_id = $1 AND (d.asked_at, d.id) < ($2, $3) ORDER BY d.asked_at DESC, d.id DESC LIMIT $4"
            ),
            self.person().0,
            after.at,
            after.id,
            DATA_REQUESTS + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, DATA_REQUESTS, |row| After::new(row.asked_at, row.id));
        let mut own = Vec::new();
        for row in rows {
            own.push(self.own_request(&mut tx, row).await?);
        }
        Ok(Paged { rows: own, more })
    }

    /// A request of this person with what became of it.
    async fn own_request(&self, tx: &mut Tx, row: Row) -> Result<OwnDataRequest> {
        let id = row.id;
        let request = row.open(self.store(), tx).await?;
        let is_told = matches!(request.state, RequestState::Ready | RequestState::Over);
        let left_out = match is_told {
            true => legible!(
                &mut *tx,
                LeftOut,
                "SELECT kind, ground FROM data_decision
                 WHERE request_id = $1 AND decision = 'out' AND kind NOT IN ('other_note', 'process_note')
                 ORDER BY kind, ground",
                id
            )?,
            false => vec![],
        };
        let mut copies = copies_of(tx, id, self.person().0).await?;
        copies.retain(|copy| copy.client.is_none());
        Ok(OwnDataRequest {
            request,
            left_out: left_out.into_iter().map(|row| (row.kind, row.ground)).collect(),
            copies,
        })
    }

    /// Whether this person has a request that is open or ready, and in which
    /// state it is; `None`: there is none.
    pub async fn current_data_request(&self) -> Result<Option<DataRequest>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            Row,
            requests!("d.person_id = $1 AND d.cancelled_at IS NULL ORDER BY d.asked_at DESC, d.id DESC LIMIT 1"),
            self.person().0
        )?;
        let Some(row) = row else { return Ok(None) };
        let request = row.open(self.store(), &mut tx).await?;
        Ok((request.state != RequestState::Over).then_some(request))
    }

    /// Asks for a copy of this person's data. No second signature is needed.
    pub async fn ask_for_data(&self, form: Option<FormKey>) -> Result<DataAsked> {
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        if let Some(before) = self.store().claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(DataAsked::Asked(DataRequestId(before)));
        }
        let today = today(&mut tx, self.now()).await?;
        let asked = (Way::Portal, today, None);
        if !add_request(&mut tx, id, self.person(), asked, self.me(), self.now()).await? {
            return Ok(DataAsked::Open);
        }
        add_parts(&mut tx, id, self.person(), today).await?;
        self.store().record(&mut tx, Act::by(self.me(), AuditAction::Asked, AuditThing::DataRequest).id(id)).await?;
        tx.commit().await?;
        Ok(DataAsked::Asked(DataRequestId(id)))
    }

    /// Takes back a request that is not ready yet. `false`: there is no such
    /// request of this person.
    pub async fn cancel_data_request(&self, request: DataRequestId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let changed = run!(
            &mut tx,
            "UPDATE data_request SET cancelled_at = $1, cancelled_by = $2
             WHERE id = $3 AND person_id = $4 AND ready_at IS NULL AND cancelled_at IS NULL",
            self.now(),
            self.me().0,
            request.0,
            self.person().0
        )?;
        if changed == 0 {
            return Ok(false);
        }
        let act = Act::by(self.me(), AuditAction::Cancelled, AuditThing::DataRequest).id(request.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Fetches a file of a copy that is ready; the download is recorded before
    /// the file is handed out. `None`: there is no such file of this person, or
    /// its time is over.
    pub async fn fetch_own_copy(&self, request: DataRequestId, format: CopyFormat) -> Result<Option<CopyFile>> {
        // A large file is read before the one writer is taken.
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            CopyRow,
            "SELECT c.id, c.file_id, c.made_at FROM data_copy c JOIN data_request d ON d.id = c.request_id
             WHERE d.id = $1 AND d.person_id = $2 AND c.format = $3 AND c.client_id IS NULL
               AND c.file_id IS NOT NULL AND d.ready_at > $4",
            request.0,
            self.person().0,
            format.word(),
            self.now() - Duration::days(READY_DAYS)
        )?;
        let Some(row) = row else { return Ok(None) };
        let bytes = files::read(self.store(), &mut tx, domain::ids::FileId(row.file_id)).await?;
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
        let act = Act::by(self.me(), AuditAction::Exported, AuditThing::DataRequest).id(request.0);
        self.store().record(&mut tx, act.detail(format.word())).await?;
        tx.commit().await?;
        Ok(Some(CopyFile { format, bytes, made_at: row.made_at }))
    }
}
