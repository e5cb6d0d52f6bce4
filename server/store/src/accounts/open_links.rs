//! Ends the open links of an account: those for a new password, and those that
//! confirm a new email address.

use domain::{
    ids::AccountId,
    outbox::reminder::{EmailKind, SkipReason},
};

use crate::{Result, Store, Tx, database::run};

/// Ends all links for a new password of an account.
pub(crate) async fn end_resets(store: &Store, tx: &mut Tx, account: AccountId) -> Result<()> {
    run!(
        tx,
        "UPDATE password_reset SET used_at = $1 WHERE account_id = $2 AND used_at IS NULL",
        store.now(),
        account.0
    )?;
    Ok(())
}

/// Ends the pending change of an account and its planned email. `false`:
/// there was none.
pub(crate) async fn end_address_changes(store: &Store, tx: &mut Tx, account: AccountId) -> Result<bool> {
    let ended = run!(
        tx,
        "UPDATE address_change SET ended_at = $1
         WHERE account_id = $2 AND confirmed_at IS NULL AND ended_at IS NULL",
        store.now(),
        account.0
    )?;
    if ended > 0 {
        run!(
            tx,
            "UPDATE email SET state = 'superseded', reason = $1
             WHERE account_id = $2 AND kind = $3 AND state = 'planned'",
            SkipReason::Used.word(),
            account.0,
            EmailKind::NewAddress.word()
        )?;
    }
    Ok(ended > 0)
}
