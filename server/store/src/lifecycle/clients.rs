//! Clients that are taken on, get a second partner, or are archived. Each act
//! also decides who can sign in, or which emails are owed.

use domain::{
    clients::{
        client::{ClientKind, Seat},
        person::{EmailAddress, PersonDetails},
        search,
    },
    ids::{ClientId, PersonId},
};
use uuid::Uuid;

use crate::{
    Clinician, Result, Store, Tx,
    accounts::account,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, email_key, in_care, own_leads},
    database::{all, maybe, run},
    outbox::owed,
    practice::settings::today,
};

/// A client to be taken on.
#[derive(Clone, Debug)]
pub enum NewClient {
    Couple { a: NewMember, b: Option<NewMember> },
    Individual(NewMember),
}

/// A person of a new client.
#[derive(Clone, Debug)]
pub enum NewMember {
    /// A person who is not in the database yet.
    New(PersonDetails),
    /// A person of the caseload, who keeps their account and their calendar.
    Known(PersonId),
}

impl From<PersonDetails> for NewMember {
    fn from(details: PersonDetails) -> Self {
        Self::New(details)
    }
}

impl Clinician {
    /// Takes on a client. `None`: a known person is not in this caseload.
    pub async fn create_client(&self, new: &NewClient) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        let created = self.create_client_in(&mut tx, new).await?;
        if created.is_some() {
            tx.commit().await?;
        }
        Ok(created)
    }

    /// Takes on a client in this transaction. `None`: a known person is not in this
    /// caseload, and the transaction must not be committed.
    pub(crate) async fn create_client_in(&self, tx: &mut Tx, new: &NewClient) -> Result<Option<ClientId>> {
        let id = ClientId(self.store().clock().id());
        let (today, now) = (today(tx, self.now()).await?, self.now());
        let kind = if matches!(new, NewClient::Couple { .. }) { ClientKind::Couple } else { ClientKind::Individual };
        run!(
            &mut *tx,
            "INSERT INTO client (id, kind, created_at, created_by) VALUES ($1, $2, $3, $4)",
            id.0,
            kind.word(),
            now,
            self.me().0
        )?;
        run!(
            &mut *tx,
            "INSERT INTO care (client_id, clinician_id, covering, starts_on) VALUES ($1, $2, $3, $4)",
            id.0,
            self.me().0,
            false,
            today
        )?;
        let (a, b) = match new {
            NewClient::Couple { a, b } => (a, b.as_ref()),
            NewClient::Individual(one) => (one, None),
        };
        for (seat, member) in [(Seat::A, Some(a)), (Seat::B, b)] {
            let Some(member) = member else { continue };
            if self.insert_member(tx, id, seat, member).await?.is_none() {
                return Ok(None);
            }
        }
        self.store()
            .record(
                tx,
                Act::by(self.me(), AuditAction::Created, AuditThing::Client).id(id.0).client(id.0).detail(kind.word()),
            )
            .await?;
        Ok(Some(id))
    }

    /// Adds the second partner to a couple that has one. `None`: the client is
    /// not in the caseload or is separated, both seats are taken, or a known
    /// person is not in the caseload.
    pub async fn add_partner(&self, client: ClientId, new: &NewMember) -> Result<Option<PersonId>> {
        let mut tx = self.store().write().await?;
        let Some(kind) = client::find_open_client(self, &mut tx, client).await? else { return Ok(None) };
        let taken = all!(
            &mut tx,
            (String,),
            "SELECT seat FROM client_member WHERE client_id = $1 AND left_at IS NULL",
            client.0
        )?;
        let Some(seat) = kind.seats().iter().find(|s| !taken.iter().any(|(t,)| t == s.word())) else { return Ok(None) };
        let Some(person) = self.insert_member(&mut tx, client, *seat, new).await? else { return Ok(None) };
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Added, AuditThing::Person).id(person.0).client(client.0))
            .await?;
        tx.commit().await?;
        Ok(Some(person))
    }

    /// Archives a client, or restores it from the archive. A separated couple
    /// cannot be changed. `false`: not in the caseload, or separated.
    pub async fn set_archived(&self, client: ClientId, archived: bool) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(false);
        }
        let set = run!(
            &mut tx,
            "UPDATE client SET archived_at = $1 WHERE id = $2 AND separated_at IS NULL",
            archived.then(|| self.now()),
            client.0
        )?;
        if set == 0 {
            return Ok(false);
        }
        if archived {
            account::end_links_after_care(self.store(), &mut tx, client).await?;
        } else {
            // A person whose account was closed by the separation of another
            // client can sign in again.
            run!(
                &mut tx,
                "UPDATE account SET disabled_at = NULL
                 WHERE disabled_at IS NOT NULL AND person_id IN (SELECT person_id FROM client_member
                     WHERE client_id = $1 AND left_at IS NULL)",
                client.0
            )?;
        }
        let action = if archived { AuditAction::Archived } else { AuditAction::Restored };
        self.store()
            .record(&mut tx, Act::by(self.me(), action, AuditThing::Client).id(client.0).client(client.0))
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Gives a person a seat in a client. `None`: a known person is not in this
    /// caseload, or is or was a member of this client already.
    async fn insert_member(
        &self,
        tx: &mut Tx,
        client: ClientId,
        seat: Seat,
        member: &NewMember,
    ) -> Result<Option<PersonId>> {
        let person = match member {
            NewMember::Known(person) => {
                let today = today(tx, self.now()).await?;
                let known = maybe!(
                    tx,
                    (Uuid,),
                    in_care!(
                        "SELECT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL",
                        "AND m.person_id = $3 AND NOT EXISTS (SELECT 1 FROM client_member x
                             WHERE x.client_id = $4 AND x.person_id = $3) LIMIT 1"
                    ),
                    self.me().0,
                    today,
                    person.0,
                    client.0
                )?;
                if known.is_none() {
                    return Ok(None);
                }
                // A person whose account was closed by a separation can sign in
                // again, to the new client.
                run!(
                    tx,
                    "UPDATE account SET disabled_at = NULL WHERE person_id = $1 AND disabled_at IS NOT NULL",
                    person.0
                )?;
                *person
            }
            NewMember::New(details) => insert_person(self.store(), tx, details).await?,
        };
        self::seat(self.store(), tx, client, seat, person).await?;
        Ok(Some(person))
    }
}

/// Gives a person a seat in a client.
pub(crate) async fn seat(store: &Store, tx: &mut Tx, client: ClientId, seat: Seat, person: PersonId) -> Result<()> {
    run!(
        tx,
        "INSERT INTO client_member (client_id, person_id, seat, joined_at) VALUES ($1, $2, $3, $4)",
        client.0,
        person.0,
        seat.word(),
        store.now()
    )?;
    Ok(())
}

/// Inserts a person. They may share an email address with others, so the emails
/// to that address are planned again.
pub(super) async fn insert_person(store: &Store, tx: &mut Tx, details: &PersonDetails) -> Result<PersonId> {
    let person = insert_person_row(store, tx, details).await?;
    owed::replan_mailboxes(store, tx, &[&email_key(details)]).await?;
    Ok(person)
}

/// Inserts a person. The caller plans the emails to the person's address again.
pub(crate) async fn insert_person_row(store: &Store, tx: &mut Tx, details: &PersonDetails) -> Result<PersonId> {
    let person = PersonId(store.clock().id());
    run!(
        tx,
        "INSERT INTO person (id, name, search_name, pronouns, email, phone, zone, language, portal_only, safe_from,
                 safe_until, reminders, created_at, updated_at, nudges, nudge_at, leads, email_key, keys_version,
                 alone_mail, alone_mail_for)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16, $17, $18, $19,
                 CASE WHEN $19 = 'address' THEN $17 ELSE '' END)",
        person.0,
        &details.name,
        search::key(&details.name),
        &details.pronouns,
        details.email.as_ref().map(EmailAddress::as_str),
        &details.phone,
        details.zone.name(),
        details.language.word(),
        details.contact.portal_only,
        details.contact.hours.map(|h| h.0),
        details.contact.hours.map(|h| h.1),
        details.contact.reminders,
        store.now(),
        details.contact.nudges,
        details.contact.nudge_at,
        own_leads(&details.contact),
        email_key(details),
        search::VERSION,
        details.contact.alone.word()
    )?;
    Ok(person)
}
