//! The example couple of a new practice: invented, marked, and removed again with
//! everything that was made for it.
//!
//! It can be added only while there are no clients. Later clients may be beside it,
//! because it is marked: in its row, and by the names of its people.

use chrono::{DateTime, Utc};
use domain::{
    clients::person::PersonDetails,
    ids::{AccountId, ClientId, PersonId},
};
use uuid::Uuid;

use crate::{
    Clinician, Clock, InvitationAccepted, Invite, NewClient, Owner, Partner, Result, Tx,
    accounts::logins::NO_PASSWORD,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    records::{handovers, own_data},
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
            self.remove_example_client(&mut tx, *client).await?;
            let act = Act::by(self.me(), AuditAction::Removed, AuditThing::Client).id(*client).client(*client);
            self.store().record(&mut tx, act.detail("example")).await?;
        }
        tx.commit().await?;
        Ok(!clients.is_empty())
    }

    /// Removes a client and those of its people who are in no other one.
    async fn remove_example_client(&self, tx: &mut Tx, client: Uuid) -> Result<()> {
        let people = all!(
            &mut *tx,
            (Uuid,),
            "SELECT m.person_id FROM client_member m
             WHERE m.client_id = $1
                 AND NOT EXISTS (SELECT 1 FROM client_member o WHERE o.person_id = m.person_id AND o.client_id <> $1)",
            client
        )?;
        own_data::remove_of_client(tx, ClientId(client)).await?;
        handovers::remove_of_client(tx, ClientId(client)).await?;
        remove_emails(tx, ClientId(client)).await?;
        remove_answers(tx, ClientId(client)).await?;
        remove_sessions(tx, ClientId(client)).await?;
        for table in [
            "DELETE FROM care WHERE client_id = $1",
            "DELETE FROM client_member WHERE client_id = $1",
            "DELETE FROM data_key WHERE subject_id = $1",
        ] {
            run!(&mut *tx, table, client)?;
        }
        for (person,) in people {
            remove_person(tx, PersonId(person)).await?;
        }
        run!(tx, "DELETE FROM client WHERE id = $1", client)?;
        Ok(())
    }
}

/// Runs each statement with this id.
async fn run_all(tx: &mut Tx, statements: &[&'static str], id: Uuid) -> Result<()> {
    for statement in statements {
        run!(&mut *tx, *statement, id)?;
    }
    Ok(())
}

/// SQL: the ids of the emails about a client's sessions, exercises, messages and
/// requests.
macro_rules! emails_about_client {
    () => {
        "SELECT e.id FROM email e
         WHERE e.session_id IN (SELECT id FROM session WHERE client_id = $1)
             OR e.message_id IN (SELECT id FROM message WHERE client_id = $1)
             OR e.request_id IN (SELECT id FROM session_request WHERE client_id = $1)
             OR e.ask_id IN (SELECT id FROM consent_ask WHERE client_id = $1)
             OR e.intake_id IN (SELECT id FROM intake WHERE client_id = $1)
             OR e.occurrence_id IN (SELECT o.id FROM occurrence o JOIN assignment a ON a.id = o.assignment_id
                 WHERE a.client_id = $1)
             OR e.plan_id IN (SELECT p.id FROM plan p JOIN occurrence o ON o.id = p.occurrence_id
                 JOIN assignment a ON a.id = o.assignment_id WHERE a.client_id = $1)"
    };
}

/// Removes the emails about a client.
async fn remove_emails(tx: &mut Tx, client: ClientId) -> Result<()> {
    let statements = [
        concat!("DELETE FROM mail_suspect WHERE email_id IN (", emails_about_client!(), ")"),
        concat!("DELETE FROM email WHERE id IN (", emails_about_client!(), ")"),
    ];
    run_all(tx, &statements, client.0).await
}

/// SQL condition: the occurrence belongs to the client `$1`.
macro_rules! of_client {
    () => {
        "occurrence_id IN (SELECT o.id FROM occurrence o JOIN assignment a ON a.id = o.assignment_id
             WHERE a.client_id = $1)"
    };
}

/// Removes a client's exercises with their answers, its messages and notes.
async fn remove_answers(tx: &mut Tx, client: ClientId) -> Result<()> {
    let statements = [
        concat!(
            "DELETE FROM acceptance WHERE agreement_id IN (SELECT g.id FROM agreement g WHERE g.",
            of_client!(),
            ")"
        ),
        concat!("DELETE FROM agreement WHERE ", of_client!()),
        concat!("DELETE FROM answer WHERE ", of_client!()),
        concat!("DELETE FROM response WHERE ", of_client!()),
        concat!("DELETE FROM plan WHERE ", of_client!()),
        "DELETE FROM message WHERE client_id = $1",
        "DELETE FROM intake_answer WHERE client_id = $1",
        "DELETE FROM intake WHERE client_id = $1",
        "DELETE FROM note_move WHERE from_note_id IN (SELECT id FROM note WHERE client_id = $1)",
        "DELETE FROM note_leftover WHERE note_id IN (SELECT id FROM note WHERE client_id = $1)",
        "DELETE FROM note_unlock WHERE note_id IN (SELECT id FROM note WHERE client_id = $1)",
        "DELETE FROM note WHERE client_id = $1 AND addendum_of IS NOT NULL",
        "DELETE FROM note WHERE client_id = $1",
        "DELETE FROM progress_step WHERE progress_id IN (SELECT id FROM pathway_progress WHERE client_id = $1)",
        "DELETE FROM pathway_progress WHERE client_id = $1",
        "DELETE FROM occurrence WHERE assignment_id IN (SELECT id FROM assignment WHERE client_id = $1)",
        "DELETE FROM assignment WHERE client_id = $1",
        "DELETE FROM signature WHERE client_id = $1",
        "DELETE FROM consent_ask WHERE client_id = $1",
        "DELETE FROM policy WHERE client_id = $1",
    ];
    run_all(tx, &statements, client.0).await
}

/// Removes a client's sessions, series and requests.
async fn remove_sessions(tx: &mut Tx, client: ClientId) -> Result<()> {
    let statements = [
        "DELETE FROM session_request WHERE client_id = $1",
        "DELETE FROM fee_suggestion WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
        "DELETE FROM earlier_wish WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
        "DELETE FROM occupancy WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
        "DELETE FROM session_undo WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
        "DELETE FROM session_reply WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
        "DELETE FROM session_change WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
        "DELETE FROM session_attendee WHERE session_id IN (SELECT id FROM session WHERE client_id = $1)",
        "DELETE FROM session WHERE client_id = $1",
        "DELETE FROM series_gap WHERE series_id IN (SELECT id FROM series WHERE client_id = $1)",
        "DELETE FROM series WHERE client_id = $1",
    ];
    run_all(tx, &statements, client.0).await
}

/// Removes a person with their account.
async fn remove_person(tx: &mut Tx, person: PersonId) -> Result<()> {
    let account = maybe!(&mut *tx, (Uuid,), "SELECT id FROM account WHERE person_id = $1", person.0)?;
    let account = account.map(|(id,)| AccountId(id));
    let emails = [
        "DELETE FROM mail_suspect WHERE email_id IN (SELECT id FROM email WHERE person_id = $1)",
        "DELETE FROM email WHERE person_id = $1",
    ];
    run_all(tx, &emails, person.0).await?;
    if let Some(account) = account {
        let statements = [
            "DELETE FROM mail_suspect WHERE email_id IN (SELECT id FROM email WHERE account_id = $1)",
            "DELETE FROM email WHERE account_id = $1",
            "DELETE FROM login WHERE account_id = $1",
            "DELETE FROM browser WHERE account_id = $1",
            "DELETE FROM feed WHERE account_id = $1",
            "DELETE FROM form_key WHERE account_id = $1",
            "DELETE FROM bin WHERE account_id = $1",
            "DELETE FROM invitation WHERE account_id = $1",
            "DELETE FROM password_reset WHERE account_id = $1",
            "DELETE FROM address_change WHERE account_id = $1",
            "DELETE FROM account_role WHERE account_id = $1",
            "DELETE FROM account WHERE id = $1",
        ];
        run_all(tx, &statements, account.0).await?;
    }
    let statements = ["DELETE FROM data_key WHERE subject_id = $1", "DELETE FROM person WHERE id = $1"];
    run_all(tx, &statements, person.0).await
}
