//! The example couple of a new practice: invented, marked, and removed again with
//! everything that was made for it.
//!
//! It can be added only while there are no clients. Later clients may be beside it,
//! because it is marked: in its row, and by the names of its people.

use chrono::{DateTime, Utc};
use domain::{
    clients::person::PersonDetails,
    ids::{ClientId, PersonId},
};
use uuid::Uuid;

use crate::{
    Clinician, Clock, InvitationAccepted, Invite, NewClient, Owner, Partner, Result,
    accounts::logins::NO_PASSWORD,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    lifecycle::removing,
};

/// Whether there is an example couple in the practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// None, and there are clients: it can no longer be added.
    Unavailable,
    /// None, and no client either: it can be added.
    Possible,
    /// It is there.
    There,
}

/// The example couple that was added.
pub struct ExampleCouple {
    pub client: ClientId,
    /// The portals of the two people. Nobody is signed in to them.
    pub partners: Vec<Partner>,
}

impl Clinician {
    /// Takes on the example couple, as if it had come at the instant `since`. The two
    /// people are invited without an email, and nobody knows their passwords. `None`:
    /// there are clients already.
    pub async fn create_example(
        &self,
        people: [PersonDetails; 2],
        since: DateTime<Utc>,
    ) -> Result<Option<ExampleCouple>> {
        let then = self.store().with_clock(Clock::fixed(since));
        let Some(then) = then.clinician(self.visitor()) else { return Ok(None) };
        let [a, b] = people;
        let Some(client) = then.create_example_client(&NewClient::Couple { a: a.into(), b: Some(b.into()) }).await?
        else {
            return Ok(None);
        };
        let mut partners = Vec::new();
        for (person, _) in self.names(client).await?.unwrap_or_default() {
            partners.extend(self.example_partner(client, person).await?);
        }
        Ok(Some(ExampleCouple { client, partners }))
    }

    /// Takes on the example couple if there are no clients.
    async fn create_example_client(&self, new: &NewClient) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        // Two of these run one after the other: the second finds the client of the
        // first.
        run!(&mut tx, "UPDATE practice SET updated_at = updated_at WHERE id = 1")?;
        if maybe!(&mut tx, (Uuid,), "SELECT id FROM client LIMIT 1")?.is_some() {
            return Ok(None);
        }
        let Some(id) = self.create_client_in(&mut tx, new).await? else { return Ok(None) };
        run!(&mut tx, "UPDATE client SET example_at = $1 WHERE id = $2", self.now(), id.0)?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// The portal of a person of the example couple: their account gets a password
    /// that nobody knows, and the login for it ends at once. `None`: there is no such
    /// person.
    async fn example_partner(&self, client: ClientId, person: PersonId) -> Result<Option<Partner>> {
        let store = self.store();
        let Invite::HandedOver(token) = self.invite_by_hand(client, person).await? else { return Ok(None) };
        let login_name = format!("example-{}", store.clock().id().simple());
        let accepted = store.guest().accept_invitation(&token, &login_name, NO_PASSWORD).await?;
        let InvitationAccepted::Done(account) = accepted else { return Ok(None) };
        let login = store.start_login(account, "Example", None).await?;
        let Some(visitor) = store.find_visitor(&login, true).await? else { return Ok(None) };
        store.signed_in(&visitor).end_login(visitor.login).await?;
        Ok(store.partner(&visitor))
    }
}

impl Owner {
    /// Whether there is an example couple, or could be.
    pub async fn example(&self) -> Result<Example> {
        let mut tx = self.store().read().await?;
        if maybe!(&mut tx, (Uuid,), "SELECT id FROM client WHERE example_at IS NOT NULL LIMIT 1")?.is_some() {
            return Ok(Example::There);
        }
        let client = maybe!(&mut tx, (Uuid,), "SELECT id FROM client LIMIT 1")?;
        Ok(if client.is_some() { Example::Unavailable } else { Example::Possible })
    }

    /// Removes the example couple with everything that was made for it; the audit log
    /// keeps its entries. `false`: there is none.
    pub async fn remove_example(&self) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let clients = all!(&mut tx, (Uuid,), "SELECT id FROM client WHERE example_at IS NOT NULL ORDER BY id")?;
        for (client,) in &clients {
            removing::remove_client(self.store(), &mut tx, ClientId(*client)).await?;
            let act = Act::by(self.me(), AuditAction::Removed, AuditThing::Client).id(*client).client(*client);
            self.store().record(&mut tx, act.detail("example")).await?;
        }
        tx.commit().await?;
        Ok(!clients.is_empty())
    }
}
