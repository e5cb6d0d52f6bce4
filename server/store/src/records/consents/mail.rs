//! The email that says that something to sign is in the portal, without a word of it.

use chrono::Duration;
use domain::{
    ids::{AskId, PersonId},
    outbox::reminder::{EmailKind, SkipReason, safe_time},
};

use super::find_ask;
use crate::{
    Result, Store, Tx,
    clients::client,
    outbox::owed::{self, About, EmailFacts, OnConflict, Owed, StillDue, To},
};

/// Plans the email to a person who is asked to sign something.
pub(super) async fn plan(store: &Store, tx: &mut Tx, ask: AskId, person: PersonId) -> Result<()> {
    let reader = client::find_person(tx, person).await?;
    if reader.portal_only || reader.email.is_none() {
        return Ok(());
    }
    let now = store.now();
    let due_at = safe_time(now, &reader.recipient()).unwrap_or(now);
    let owed = Owed {
        about: About::Ask(ask),
        to: To::Person(person),
        kind: EmailKind::Form,
        key: format!("form:{ask}"),
        due_at,
        not_after: due_at + Duration::days(3),
        skip: None,
        on_conflict: OnConflict::Fail,
    };
    owed::owe(store, tx, owed).await
}

/// Whether an email about something to sign is still due: it was neither signed nor
/// taken back.
pub(crate) async fn check_form(tx: &mut Tx, ask: AskId) -> Result<StillDue> {
    let row = find_ask(tx, ask).await?;
    let is_open = row.is_some_and(|row| row.closed_at.is_none() && row.archived_at.is_none());
    Ok(match is_open && !super::content::is_signed(tx, ask).await? {
        true => StillDue::Yes(EmailFacts::Portal),
        false => StillDue::No(SkipReason::NothingToDo),
    })
}
