//! Taking back a request: unseen within the quiet minutes, and told after them.

use chrono::{DateTime, Utc};
use domain::ids::ClientId;
use uuid::Uuid;

use super::{Row, Withdrawal};
use crate::{
    Partner, Result, Tx,
    database::{maybe, run},
};

impl Partner {
    /// Withdraws one of this person's own requests. Within the quiet minutes it
    /// is as if it had not been made: no email is sent or listed.
    pub async fn withdraw_request(&self, id: Uuid) -> Result<Withdrawal> {
        let mut tx = self.store().write().await?;
        let gone = run!(
            &mut tx,
            "UPDATE session_request SET state = 'withdrawn', answered_at = $1, answered_by = $2
             WHERE id = $3 AND person_id = $4 AND state IN ('partner', 'desk')",
            self.now(),
            self.me().0,
            id,
            self.person().0
        )?;
        if gone == 0 {
            return Ok(Withdrawal::Unknown);
        }
        let row = maybe!(&mut tx, Row, requests!("WHERE q.id = $1"), id)?;
        let unseen = row.as_ref().is_some_and(|row| !row.was_told(self.now()));
        if let Some(row) = row.filter(|_| unseen) {
            self.forget_email_about(&mut tx, &row).await?;
        }
        tx.commit().await?;
        Ok(if unseen { Withdrawal::Unseen } else { Withdrawal::Told })
    }

    /// Removes the planned email about a request that was taken back unseen. One
    /// email tells of all requests of a day: if the other partner must still
    /// answer an earlier one, it is about that one again.
    async fn forget_email_about(&self, tx: &mut Tx, row: &Row) -> Result<()> {
        run!(tx, "DELETE FROM email WHERE request_id = $1 AND state = 'planned' AND attempts = 0", row.id)?;
        let open = maybe!(
            tx,
            (Uuid, Option<DateTime<Utc>>),
            "SELECT id, quiet_until FROM session_request
             WHERE client_id = $1 AND person_id = $2 AND state = 'partner' AND starts_at > $3
             ORDER BY made_at DESC LIMIT 1",
            row.client_id,
            self.person().0,
            self.now()
        )?;
        let Some((id, quiet_until)) = open else { return Ok(()) };
        let due_at = quiet_until.unwrap_or(self.now()).max(self.now());
        self.store().notify_other_partner(tx, id, ClientId(row.client_id), self.person(), due_at).await
    }
}
