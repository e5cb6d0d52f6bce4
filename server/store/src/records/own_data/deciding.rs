//! The clinicians' acts on a request: deciding an item, including all open ones,
//! finishing their part, taking two months longer, and entering a request that
//! came by letter.

use domain::{
    ids::{ClientId, DataRequestId, PersonId},
    records::own_data::{Decided, Ground, ItemKind, Letter, RequestState, Way},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{DataRequest, Row, add_parts, add_request, asking::DataAsked, cared_for, items, requests};
use crate::{
    Clinician, FormKey, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{maybe, run},
    practice::settings::today,
};

/// The outcome of deciding an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemDecided {
    Saved,
    /// Somebody decided it differently since the page was opened.
    Changed,
    /// The part is finished, or the request is not open any more.
    Closed,
    /// There is no such item for this clinician.
    Gone,
}

/// The outcome of finishing a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartFinished {
    Done,
    /// How many items are not decided.
    Undecided(i64),
    /// There is no such request for this clinician, or no part to finish.
    Gone,
}

/// A decision that is stored already.
#[derive(FromRow)]
struct Stored {
    id: Uuid,
    revision: i64,
}

/// Takes the lock of a request: decisions, its finish and taking it back follow
/// each other. `None`: it is not open any more.
async fn lock(clinician: &Clinician, tx: &mut Tx, request: DataRequestId) -> Result<Option<DataRequest>> {
    run!(&mut *tx, "UPDATE data_request SET asked_at = asked_at WHERE id = $1", request.0)?;
    let row = maybe!(&mut *tx, Row, requests!("d.id = $1"), request.0)?;
    let Some(row) = row else { return Ok(None) };
    let request = row.open(clinician.store(), tx).await?;
    Ok(match request.state {
        RequestState::Received | RequestState::Preparing => Some(request),
        RequestState::Making | RequestState::Ready | RequestState::Over | RequestState::Cancelled => None,
    })
}

impl Clinician {
    /// Whether a part of this request is in this clinician's care and not finished.
    async fn has_open_part(&self, tx: &mut Tx, request: DataRequestId, client: Option<Uuid>) -> Result<bool> {
        let today = today(tx, self.now()).await?;
        let row = maybe!(
            tx,
            (Uuid,),
            concat!(
                "SELECT q.client_id FROM data_request_part q
                 WHERE q.request_id = $3 AND q.finished_at IS NULL AND ($4 IS NULL OR q.client_id = $4) AND ",
                cared_for!("q.client_id"),
                " LIMIT 1"
            ),
            self.me().0,
            today,
            request.0,
            client
        )?;
        Ok(row.is_some())
    }

    /// Decides about an item. `revision` is the number of the decision that the page
    /// showed; 0: none.
    pub async fn decide_data_item(
        &self,
        request: DataRequestId,
        item: Uuid,
        revision: i64,
        decided: &Decided,
    ) -> Result<ItemDecided> {
        let mut tx = self.store().write().await?;
        let today = today(&mut tx, self.now()).await?;
        let is_open = lock(self, &mut tx, request).await?.is_some();
        let Some((found, kind)) = items::find(self, &mut tx, request, today, item).await? else {
            return Ok(ItemDecided::Gone);
        };
        // A process note is its author's to decide, whoever finished the part.
        let is_closed =
            kind != ItemKind::ProcessNote && !self.has_open_part(&mut tx, request, Some(found.client_id)).await?;
        if !is_open || is_closed {
            return Ok(ItemDecided::Closed);
        }
        if !kind.decisions().contains(&decided.decision) {
            return Ok(ItemDecided::Gone);
        }
        let stored = maybe!(
            &mut tx,
            Stored,
            "SELECT id, revision FROM data_decision WHERE request_id = $1 AND item_id = $2",
            request.0,
            item
        )?;
        if stored.as_ref().map_or(0, |stored| stored.revision) != revision {
            return Ok(ItemDecided::Changed);
        }
        self.put_decision(&mut tx, request, &found, kind, stored, decided).await?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::DataRequest).id(request.0);
        self.store().record(&mut tx, act.client(found.client_id).detail(decided.decision.word())).await?;
        tx.commit().await?;
        Ok(ItemDecided::Saved)
    }

    /// Writes a decision in place of the one that is stored; `None`: there is none.
    async fn put_decision(
        &self,
        tx: &mut Tx,
        request: DataRequestId,
        found: &items::Found,
        kind: ItemKind,
        stored: Option<Stored>,
        decided: &Decided,
    ) -> Result<()> {
        let id = stored.as_ref().map_or_else(|| self.store().clock().id(), |stored| stored.id);
        let revision = stored.as_ref().map_or(0, |stored| stored.revision) + 1;
        let subject = if kind == ItemKind::ProcessNote { self.me().0 } else { found.client_id };
        let key = self.store().data_key_or_new(tx, subject).await?;
        let sealed = |place: &str, text: &str| (!text.is_empty()).then(|| key.seal(place, id, text.as_bytes()));
        run!(
            tx,
            "INSERT INTO data_decision (id, request_id, client_id, kind, item_id, decision, ground, reason, text,
                 revision, decided_by, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (request_id, item_id) DO UPDATE SET decision = excluded.decision, ground = excluded.ground,
                 reason = excluded.reason, text = excluded.text, revision = excluded.revision,
                 decided_by = excluded.decided_by, decided_at = excluded.decided_at",
            id,
            request.0,
            found.client_id,
            kind.word(),
            found.id,
            decided.decision.word(),
            decided.ground.map(Ground::word),
            sealed("data_decision.reason", &decided.reason),
            sealed("data_decision.text", &decided.text),
            revision,
            self.me().0,
            self.now()
        )?;
        Ok(())
    }

    /// Includes all joint notes and documents that are not decided yet. Gives how
    /// many there were; `None`: there is no open request for this clinician.
    pub async fn include_open_items(&self, request: DataRequestId) -> Result<Option<usize>> {
        let mut tx = self.store().write().await?;
        let today = today(&mut tx, self.now()).await?;
        if lock(self, &mut tx, request).await?.is_none() || !self.has_open_part(&mut tx, request, None).await? {
            return Ok(None);
        }
        let open = items::open_joint(self, &mut tx, request, today).await?;
        for found in &open {
            let Some(kind) = found.kind().filter(|kind| kind.is_included_at_once()) else { continue };
            self.put_decision(&mut tx, request, found, kind, None, &Decided::INCLUDED).await?;
        }
        if let Some(first) = open.first() {
            let act = Act::by(self.me(), AuditAction::Changed, AuditThing::DataRequest).id(request.0);
            self.store().record(&mut tx, act.client(first.client_id).detail("in")).await?;
        }
        tx.commit().await?;
        Ok(Some(open.len()))
    }

    /// Finishes the parts of a request that are in this clinician's care. The copy is
    /// made once every part is finished and every process note is decided.
    pub async fn finish_data_request(&self, request: DataRequestId) -> Result<PartFinished> {
        let mut tx = self.store().write().await?;
        let today = today(&mut tx, self.now()).await?;
        if lock(self, &mut tx, request).await?.is_none() || !self.has_open_part(&mut tx, request, None).await? {
            return Ok(PartFinished::Gone);
        }
        match items::count_open(self, &mut tx, request, today).await? {
            0 => {}
            open => return Ok(PartFinished::Undecided(open)),
        }
        run!(
            &mut tx,
            "UPDATE data_request_part SET finished_at = $4, finished_by = $1
             WHERE request_id = $3 AND finished_at IS NULL AND client_id IN (SELECT k.client_id FROM care k
                 WHERE k.clinician_id = $1 AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2))",
            self.me().0,
            today,
            request.0,
            self.now()
        )?;
        let act = Act::by(self.me(), AuditAction::Completed, AuditThing::DataRequest).id(request.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(PartFinished::Done)
    }

    /// Takes two months longer for a request, once; the person reads the reason.
    /// `false`: there is no open request for this clinician that was not extended.
    pub async fn extend_data_request(&self, request: DataRequestId, reason: &str) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(open) = lock(self, &mut tx, request).await? else { return Ok(false) };
        if open.extension.is_some() || !self.has_open_part(&mut tx, request, None).await? {
            return Ok(false);
        }
        let key = self.store().data_key_or_new(&mut tx, open.person.0).await?;
        run!(
            &mut tx,
            "UPDATE data_request SET extended_at = $1, extended_by = $2, extension = $3
             WHERE id = $4 AND extended_at IS NULL",
            self.now(),
            self.me().0,
            key.seal("data_request.extension", request.0, reason.as_bytes()),
            request.0
        )?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::DataRequest).id(request.0).detail("extended");
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Enters a request that came by letter, by email or in person. `None`: there is
    /// no such person in the caseload.
    pub async fn enter_data_request(
        &self,
        client: ClientId,
        person: PersonId,
        letter: &Letter,
        form: Option<FormKey>,
    ) -> Result<Option<DataAsked>> {
        let mut tx = self.store().write().await?;
        if client::member(self, &mut tx, client, person).await?.is_none() {
            return Ok(None);
        }
        let id = self.store().clock().id();
        if let Some(before) = self.store().claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(Some(DataAsked::Asked(DataRequestId(before))));
        }
        let today = today(&mut tx, self.now()).await?;
        let key = self.store().data_key_or_new(&mut tx, person.0).await?;
        let checked = key.seal("data_request.checked", id, letter.checked.as_bytes());
        let asked = (Way::Letter, letter.received_on, Some(checked));
        if !add_request(&mut tx, id, person, asked, self.me(), self.now()).await? {
            return Ok(Some(DataAsked::Open));
        }
        add_parts(&mut tx, id, person, today).await?;
        let act = Act::by(self.me(), AuditAction::Added, AuditThing::DataRequest).id(id).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(DataAsked::Asked(DataRequestId(id))))
    }
}
