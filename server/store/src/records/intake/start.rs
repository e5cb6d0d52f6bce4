//! Starting an intake: by the therapist or at the front desk, once for each client.

use domain::{
    ids::{AccountId, ClientId, IntakeId},
    records::consents::ConsentKind,
};
use uuid::Uuid;

use super::{current_list, find_of_client, mail, people_of};
use crate::{
    Bookings, Clinician, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{maybe, run},
    records::consents::{self, AskText, NewAsk},
};

/// The texts of the program that each person is asked to sign when the intake is
/// started, as far as the practice offers them.
const TEXTS: [ConsentKind; 5] =
    [ConsentKind::Treatment, ConsentKind::Privacy, ConsentKind::Fees, ConsentKind::Email, ConsentKind::Video];

/// What became of starting an intake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeStarted {
    Started(IntakeId),
    /// It was started before.
    There(IntakeId),
}

/// Starts the intake of a client. The caller has checked that the client is in the
/// scope. `None`: the client is archived or separated.
async fn start(store: &Store, tx: &mut Tx, client: ClientId, by: AccountId) -> Result<Option<IntakeStarted>> {
    let is_open = maybe!(
        tx,
        (Uuid,),
        "SELECT id FROM client WHERE id = $1 AND archived_at IS NULL AND separated_at IS NULL",
        client.0
    )?;
    if is_open.is_none() {
        return Ok(None);
    }
    let (list, _) = current_list(tx).await?;
    let id = store.clock().id();
    let made = run!(
        tx,
        "INSERT INTO intake (id, client_id, list_id, started_at, started_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (client_id) DO NOTHING",
        id,
        client.0,
        list,
        store.now(),
        by.0
    )?;
    if made == 0 {
        return Ok(find_of_client(tx, client).await?.map(|intake| IntakeStarted::There(intake.id())));
    }
    ask_to_sign(store, tx, client, by).await?;
    mail::plan(store, tx, client).await?;
    store.record(tx, Act::by(by, AuditAction::Started, AuditThing::Intake).id(id).client(client.0)).await?;
    Ok(Some(IntakeStarted::Started(IntakeId(id))))
}

/// Asks each person of a client to sign the texts of the program that they have not
/// been asked for yet.
async fn ask_to_sign(store: &Store, tx: &mut Tx, client: ClientId, by: AccountId) -> Result<()> {
    let known = consents::states(store, tx, client).await?;
    for kind in TEXTS {
        let offered =
            maybe!(tx, (Uuid,), "SELECT id FROM consent_text WHERE key = $1 AND archived_at IS NULL", kind.word())?;
        if offered.is_none() {
            continue;
        }
        for (person, _) in people_of(tx, client).await? {
            if known.iter().any(|state| state.person == person && state.kind == kind) {
                continue;
            }
            let new = NewAsk { client: Some(client), person, text: AskText::from(kind), blanks: vec![], by };
            consents::ask(store, tx, new).await?;
        }
    }
    Ok(())
}

impl Clinician {
    /// Starts the intake of a client. `None`: the client is not in the caseload, is
    /// archived or separated.
    pub async fn start_intake(&self, client: ClientId) -> Result<Option<IntakeStarted>> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let started = start(self.store(), &mut tx, client, self.me()).await?;
        tx.commit().await?;
        Ok(started)
    }
}

impl Bookings {
    /// Starts the intake of a client. `None`: it is not the front desk that asks, or
    /// the client is not there, archived or separated.
    pub async fn start_intake_at_desk(&self, client: ClientId) -> Result<Option<IntakeStarted>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let mut tx = self.store().write().await?;
        let started = start(self.store(), &mut tx, client, self.me()).await?;
        tx.commit().await?;
        Ok(started)
    }
}
