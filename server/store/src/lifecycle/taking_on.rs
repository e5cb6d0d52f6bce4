//! Clients whom the front desk takes on, and their therapists' answers.
//!
//! The therapist cares for the client from the start, so that the first session
//! can be prepared, and accepts or declines later. A client who was declined has
//! no therapist until the front desk chooses another.

use chrono::{DateTime, Utc};
use domain::{
    clients::{
        client::{Seat, title},
        taking_on::TakingOn,
    },
    ids::{AccountId, ClientId},
};
use uuid::Uuid;

use crate::{
    After, Bookings, Clinician, FormKey, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::in_care,
    database::{all, maybe, run},
    lifecycle::clients::{insert_person, seat},
    limits::OFFERED_CLIENTS,
    practice::settings::today,
    scheduling::slots::therapists,
};

/// The outcome of taking on a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenOn {
    /// The client exists, now or since the same form was sent before.
    Done(ClientId),
    /// The chosen account is not that of a therapist who works here.
    NotATherapist,
    /// It is not the front desk that asks.
    NotTheDesk,
}

/// A client that the front desk offers to a therapist.
#[derive(Clone, Debug)]
pub struct OfferedClient {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    pub offered_at: DateTime<Utc>,
    /// The name of the person at the front desk.
    pub offered_by: String,
    /// The start of the first session that is booked; `None`: none is.
    pub first_session: Option<DateTime<Utc>>,
}

impl Bookings {
    /// Takes on a client for a therapist, who accepts the client later.
    pub async fn take_on(&self, new: &TakingOn, form: Option<FormKey>) -> Result<TakenOn> {
        if !self.is_desk() {
            return Ok(TakenOn::NotTheDesk);
        }
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        if let Some(made) = self.store().claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(TakenOn::Done(ClientId(made)));
        }
        if therapists(&mut tx, Some(new.clinician.0)).await?.is_empty() {
            return Ok(TakenOn::NotATherapist);
        }
        run!(
            &mut tx,
            "INSERT INTO client (id, kind, created_at, created_by) VALUES ($1, $2, $3, $4)",
            id,
            new.kind.word(),
            self.now(),
            self.me().0
        )?;
        for (place, details) in [(Seat::A, Some(&new.a)), (Seat::B, new.b.as_ref())] {
            let Some(details) = details else { continue };
            let person = insert_person(self.store(), &mut tx, details).await?;
            seat(self.store(), &mut tx, ClientId(id), place, person).await?;
        }
        self.offer(&mut tx, ClientId(id), new.clinician).await?;
        let act = Act::by(self.me(), AuditAction::TakenOn, AuditThing::Client).id(id).client(id);
        self.store().record(&mut tx, act.detail(new.kind.word())).await?;
        tx.commit().await?;
        Ok(TakenOn::Done(ClientId(id)))
    }

    /// Offers a client without a therapist to one. `false`: there is no such
    /// client, it has a therapist, the account is not that of a therapist, or it
    /// is not the front desk that asks.
    pub async fn offer_client(&self, client: ClientId, clinician: AccountId) -> Result<bool> {
        if !self.is_desk() {
            return Ok(false);
        }
        let mut tx = self.store().write().await?;
        let today = today(&mut tx, self.now()).await?;
        let without = maybe!(
            &mut tx,
            (Uuid,),
            "UPDATE client SET archived_at = archived_at
             WHERE id = $1 AND archived_at IS NULL AND separated_at IS NULL AND NOT EXISTS (SELECT 1 FROM care c
                 WHERE c.client_id = client.id AND (c.ends_on IS NULL OR c.ends_on >= $2))
             RETURNING id",
            client.0,
            today
        )?;
        if without.is_none() || therapists(&mut tx, Some(clinician.0)).await?.is_empty() {
            return Ok(false);
        }
        self.offer(&mut tx, client, clinician).await?;
        let act = Act::by(self.me(), AuditAction::Assigned, AuditThing::Client).id(client.0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Puts a client into a therapist's care, to be accepted.
    async fn offer(&self, tx: &mut Tx, client: ClientId, clinician: AccountId) -> Result<()> {
        let today = today(tx, self.now()).await?;
        run!(
            tx,
            "INSERT INTO care (client_id, clinician_id, covering, starts_on, offered_at, offered_by)
             VALUES ($1, $2, $3, $4, $5, $6)",
            client.0,
            clinician.0,
            false,
            today,
            self.now(),
            self.me().0
        )?;
        Ok(())
    }
}

impl Clinician {
    /// A page of the clients that the front desk offers to this therapist, the
    /// longest waiting first.
    pub async fn offered_clients(&self, after: Option<After>) -> Result<Paged<OfferedClient>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            (Uuid, DateTime<Utc>, String),
            in_care!(
                "SELECT c.id, k.offered_at, a.display_name FROM client c
                 JOIN care k ON k.client_id = c.id AND k.clinician_id = $1
                   AND k.offered_at IS NOT NULL AND k.accepted_at IS NULL
                 JOIN account a ON a.id = k.offered_by",
                "AND c.archived_at IS NULL AND (k.offered_at, c.id) > ($3, $4) ORDER BY k.offered_at, c.id LIMIT $5"
            ),
            self.me().0,
            today,
            after.at,
            after.id,
            OFFERED_CLIENTS + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, OFFERED_CLIENTS, |(id, at, _)| After::new(*at, *id));
        let mut found = Vec::with_capacity(rows.len());
        for (id, offered_at, offered_by) in rows {
            let names = all!(
                &mut tx,
                (String,),
                "SELECT p.name FROM client_member m JOIN person p ON p.id = m.person_id
                 WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
                id
            )?;
            let first = maybe!(
                &mut tx,
                (DateTime<Utc>,),
                "SELECT starts_at FROM session WHERE client_id = $1 AND state = 'booked' ORDER BY starts_at LIMIT 1",
                id
            )?;
            found.push(OfferedClient {
                client: ClientId(id),
                title: title(names.iter().map(|(name,)| name.as_str())),
                offered_at,
                offered_by,
                first_session: first.map(|(at,)| at),
            });
        }
        Ok(Paged { rows: found, more })
    }

    /// Accepts an offered client. `false`: it is not offered, or was accepted or
    /// declined before.
    pub async fn accept_client(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let accepted = run!(
            &mut tx,
            "UPDATE care SET accepted_at = $1
             WHERE client_id = $2 AND clinician_id = $3 AND offered_at IS NOT NULL AND accepted_at IS NULL",
            self.now(),
            client.0,
            self.me().0
        )?;
        if accepted > 0 {
            let act = Act::by(self.me(), AuditAction::Accepted, AuditThing::Client).id(client.0).client(client.0);
            self.store().record(&mut tx, act).await?;
            tx.commit().await?;
        }
        Ok(accepted > 0)
    }

    /// Declines an offered client: it is no longer in this caseload, and the
    /// front desk chooses another therapist. `false`: it is not offered, or was
    /// accepted or declined before.
    pub async fn decline_client(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let declined = run!(
            &mut tx,
            "DELETE FROM care
             WHERE client_id = $1 AND clinician_id = $2 AND offered_at IS NOT NULL AND accepted_at IS NULL",
            client.0,
            self.me().0
        )?;
        if declined > 0 {
            let act = Act::by(self.me(), AuditAction::Declined, AuditThing::Client).id(client.0).client(client.0);
            self.store().record(&mut tx, act).await?;
            tx.commit().await?;
        }
        Ok(declined > 0)
    }
}
