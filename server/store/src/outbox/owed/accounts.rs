//! Emails with a link to an account: invitations and links for a new password.

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, InvitationId},
    outbox::reminder::{EmailKind, SkipReason},
};
use uuid::Uuid;

use super::owe::{About, OnConflict, Owed, To, owe};
use crate::{Result, Store, Tx, database::run};

/// Plans the email with the link of an invitation.
pub(crate) async fn plan_invitation(
    store: &Store,
    tx: &mut Tx,
    account: AccountId,
    invitation: InvitationId,
    not_after: DateTime<Utc>,
) -> Result<()> {
    let kind = EmailKind::Invitation;
    replace_earlier(tx, account, kind).await?;
    let owed = Owed {
        about: About::Invitation(invitation),
        to: To::Account(account),
        kind,
        key: format!("{}:{invitation}", kind.word()),
        due_at: store.now(),
        not_after,
        skip: None,
        on_conflict: OnConflict::Fail,
    };
    owe(store, tx, owed).await
}

/// Plans the email with a link for a new password.
pub(crate) async fn plan_reset(
    store: &Store,
    tx: &mut Tx,
    account: AccountId,
    reset: Uuid,
    not_after: DateTime<Utc>,
) -> Result<()> {
    let kind = EmailKind::PasswordReset;
    replace_earlier(tx, account, kind).await?;
    let owed = Owed {
        about: About::Reset(reset),
        to: To::Account(account),
        kind,
        key: format!("{}:{reset}", kind.word()),
        due_at: store.now(),
        not_after,
        skip: None,
        on_conflict: OnConflict::Fail,
    };
    owe(store, tx, owed).await
}

/// How long a notice about an account is of use.
const NOTICE_FOR: chrono::Duration = chrono::Duration::days(7);

/// Plans the email about an event of an account.
pub(crate) async fn plan_security(store: &Store, tx: &mut Tx, account: AccountId, event: Uuid) -> Result<()> {
    let kind = EmailKind::Security;
    let owed = Owed {
        about: About::Event(event),
        to: To::Account(account),
        kind,
        key: format!("{}:{event}", kind.word()),
        due_at: store.now(),
        not_after: store.now() + NOTICE_FOR,
        skip: None,
        on_conflict: OnConflict::Fail,
    };
    owe(store, tx, owed).await
}

/// Ends the planned emails of this kind to an account, and lets emails go to
/// its address again: a person who asks for another link wants the address
/// tried again.
async fn replace_earlier(tx: &mut Tx, account: AccountId, kind: EmailKind) -> Result<()> {
    run!(
        tx,
        "UPDATE email SET state = 'superseded', reason = $1
         WHERE account_id = $2 AND kind = $3 AND state = 'planned'",
        SkipReason::Used.word(),
        account.0,
        kind.word()
    )?;
    run!(
        tx,
        "UPDATE account SET returned_at = NULL, returned_why = '' WHERE id = $1 AND returned_at IS NOT NULL",
        account.0
    )?;
    Ok(())
}
