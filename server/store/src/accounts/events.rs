//! What happened to accounts of members of staff that they should know of: failed and
//! unusual sign-ins, and changes of two-step sign-in. What is unusual is told by email,
//! too, in the transaction in which it happens.

use chrono::{DateTime, Duration, Utc};
use domain::{accounts::event::AccountEvent, ids::AccountId, outbox::reminder::SkipReason};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Owner, Paged, Result, SignedIn, Store, Tx,
    database::{all, maybe, run},
    limits::ACCOUNT_EVENTS,
    outbox::owed::{self, EmailFacts, StillDue},
};

/// How long events are kept.
const KEPT: Duration = Duration::days(365);

/// An event of an account.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EventRow {
    pub id: Uuid,
    /// The name of the member of staff.
    pub name: String,
    pub at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    pub event: AccountEvent,
    /// The name of the browser and its system; empty: it is not known.
    pub device: String,
}

/// Notes an event of an account, and plans the email about it. Accounts of clients have
/// none: an email about a sign-in could tell another reader of it.
pub(crate) async fn note(
    store: &Store,
    tx: &mut Tx,
    account: AccountId,
    event: AccountEvent,
    device: &str,
) -> Result<()> {
    let staff = maybe!(&mut *tx, (Uuid,), "SELECT id FROM account WHERE id = $1 AND person_id IS NULL", account.0)?;
    if staff.is_none() {
        return Ok(());
    }
    let id = store.clock().id();
    run!(
        &mut *tx,
        "INSERT INTO account_event (id, account_id, at, event, device) VALUES ($1, $2, $3, $4, $5)",
        id,
        account.0,
        store.now(),
        event.word(),
        device.chars().take(120).collect::<String>()
    )?;
    if event.is_mailed() {
        owed::plan_security(store, tx, account, id).await?;
    }
    Ok(())
}

/// Whether the email about an event is still due: the account is in use.
pub(crate) async fn check_event(tx: &mut Tx, event: Uuid) -> Result<StillDue> {
    let row = maybe!(
        tx,
        (String, DateTime<Utc>, String, String),
        "SELECT e.event, e.at, e.device, a.email FROM account_event e JOIN account a ON a.id = e.account_id
         WHERE e.id = $1 AND a.disabled_at IS NULL AND a.email <> ''",
        event
    )?;
    let Some((event, at, device, address)) = row else { return Ok(StillDue::No(SkipReason::Left)) };
    Ok(StillDue::At { address, facts: EmailFacts::Security { event: event.parse()?, at, device } })
}

/// Removes events of long ago.
pub(crate) async fn forget_old(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    run!(tx, "DELETE FROM account_event WHERE at < $1", now - KEPT)?;
    Ok(())
}

impl SignedIn {
    /// A page of the events of the own account, the latest first.
    pub async fn account_events(&self, after: Option<After>) -> Result<Paged<EventRow>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            EventRow,
            "SELECT e.id, a.display_name AS name, e.at, e.event, e.device
             FROM account_event e JOIN account a ON a.id = e.account_id
             WHERE e.account_id = $1 AND (e.at, e.id) < ($2, $3) ORDER BY e.at DESC, e.id DESC LIMIT $4",
            self.me().0,
            after.at,
            after.id,
            ACCOUNT_EVENTS + 1
        )?;
        Ok(Paged::of(rows, ACCOUNT_EVENTS, |row| After::new(row.at, row.id)))
    }
}

impl Owner {
    /// A page of the events of all members of staff, the latest first.
    pub async fn staff_events(&self, after: Option<After>) -> Result<Paged<EventRow>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            EventRow,
            "SELECT e.id, a.display_name AS name, e.at, e.event, e.device
             FROM account_event e JOIN account a ON a.id = e.account_id
             WHERE (e.at, e.id) < ($1, $2) ORDER BY e.at DESC, e.id DESC LIMIT $3",
            after.at,
            after.id,
            ACCOUNT_EVENTS + 1
        )?;
        Ok(Paged::of(rows, ACCOUNT_EVENTS, |row| After::new(row.at, row.id)))
    }
}
