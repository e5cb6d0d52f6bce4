//! The outcome of a claimed email: sent, to be tried again, given back, or
//! failed. A worker whose lease has ended cannot record an outcome.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::ids::EmailId;
use uuid::Uuid;

use super::queue::{Obstacle, REFUSALS, Refusal};
use crate::{
    Result, Tx, Worker,
    database::{maybe, run},
    keys::PRACTICE,
};

/// How many times an email is tried at most: with the worker's waiting times,
/// for some days.
const ATTEMPTS: i64 = 100;

/// How many times an email is handed over in full without an answer from the
/// mail server before it counts as failed. It may have arrived each time.
pub(super) const UNCERTAIN: i64 = 2;
/// The error that is shown for an email that was handed over [`UNCERTAIN`]
/// times without an answer.
pub(super) const TWICE_UNCERTAIN: &str =
    "Twice no answer came after the whole email had been handed over: it may have arrived.";

/// The emails whose lease was still valid when their outcome was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StillClaimed {
    /// Those that are recorded as sent.
    pub sent: HashSet<EmailId>,
    /// Those whose sending may begin.
    pub begun: HashSet<EmailId>,
}

impl Worker {
    /// Stores the bytes of the first try, and that sending starts now. `false`:
    /// the lease has been lost, and the email must not be sent.
    pub async fn store_body(&self, id: EmailId, token: Uuid, bytes: &[u8]) -> Result<bool> {
        Ok(self.store_bodies(&[(id, token, bytes.to_vec())], 1).await?.contains(&id))
    }

    /// Stores the bytes of several emails, and that sending the first `begun`
    /// of them starts now. Returns those whose lease is still valid.
    pub async fn store_bodies(&self, bodies: &[(EmailId, Uuid, Vec<u8>)], begun: usize) -> Result<HashSet<EmailId>> {
        let mut tx = self.write().await?;
        let mut held = HashSet::new();
        for (id, token, bytes) in bodies {
            let begins = held.len() < begun;
            if self.store_one_body(&mut tx, *id, *token, bytes, begins).await? {
                held.insert(*id);
            }
        }
        tx.commit().await?;
        Ok(held)
    }

    /// Stores the bytes of one email. `begins`: sending starts now. `false`:
    /// the lease has been lost.
    async fn store_one_body(&self, tx: &mut Tx, id: EmailId, token: Uuid, bytes: &[u8], begins: bool) -> Result<bool> {
        let row = maybe!(
            tx,
            (Option<Uuid>, Option<Vec<u8>>),
            "SELECT m.person_id, k.wrapped
             FROM email m LEFT JOIN data_key k ON k.subject_id = COALESCE(m.person_id, $3)
             WHERE m.id = $1 AND m.lease_token = $2 AND m.state = 'claimed'",
            id.0,
            token,
            PRACTICE
        )?;
        let Some((person, wrapped)) = row else { return Ok(false) };
        let subject = person.unwrap_or(PRACTICE);
        let key = match wrapped {
            Some(wrapped) => self.unwrap_key(subject, &wrapped)?,
            None => self.data_key_or_new(tx, subject).await?,
        };
        let kept = run!(
            tx,
            "UPDATE email SET bytes = COALESCE(bytes, $1), smtp_started_at = $2
             WHERE id = $3 AND lease_token = $4 AND state = 'claimed'",
            key.seal("email", id.0, bytes),
            begins.then(|| self.now()),
            id.0,
            token
        )?;
        Ok(kept > 0)
    }

    /// Records that an email was sent. `false`: the lease has been lost.
    pub async fn finish_sent(&self, id: EmailId, token: Uuid) -> Result<bool> {
        Ok(self.finish_all_sent(&[(id, token)]).await?.contains(&id))
    }

    /// Records that several emails were sent. Returns those whose lease was
    /// still valid.
    pub async fn finish_all_sent(&self, sent: &[(EmailId, Uuid)]) -> Result<HashSet<EmailId>> {
        Ok(self.finish_and_begin(sent, &[]).await?.sent)
    }

    /// Records that the emails `sent` were sent, and that sending those in
    /// `next` starts now.
    pub async fn finish_and_begin(&self, sent: &[(EmailId, Uuid)], next: &[(EmailId, Uuid)]) -> Result<StillClaimed> {
        let mut tx = self.write().await?;
        let (mut held, mut begun) = (HashSet::new(), HashSet::new());
        for (id, token) in sent {
            let done = run!(
                &mut tx,
                "UPDATE email SET state = 'sent', sent_at = $1, lease_token = NULL, lease_until = NULL,
                     last_error = NULL
                 WHERE id = $2 AND lease_token = $3 AND state = 'claimed'",
                self.now(),
                id.0,
                token
            )?;
            if done > 0 {
                held.insert(*id);
            }
        }
        if !sent.is_empty() {
            let ids: Vec<Uuid> = sent.iter().map(|(id, _)| id.0).collect();
            self.record_accepted(&mut tx, &ids).await?;
        }
        for (id, token) in next {
            let done = run!(
                &mut tx,
                "UPDATE email SET smtp_started_at = $1 WHERE id = $2 AND lease_token = $3 AND state = 'claimed'",
                self.now(),
                id.0,
                token
            )?;
            if done > 0 {
                begun.insert(*id);
            }
        }
        tx.commit().await?;
        Ok(StillClaimed { sent: held, begun })
    }

    /// Plans another try at the time `at`, as the mail server asked; after too
    /// many tries the email fails. `unknown`: the whole email was handed over
    /// and no answer came; the second time this fails it. `false`: the lease
    /// has been lost.
    pub async fn finish_retry(
        &self,
        id: EmailId,
        token: Uuid,
        at: DateTime<Utc>,
        error: &str,
        unknown: bool,
    ) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = if unknown {
            finish_uncertain(&mut tx, id, token, at, error).await?
        } else {
            run!(
                &mut tx,
                "UPDATE email SET state = CASE WHEN attempts >= $1 THEN 'failed' ELSE 'planned' END,
                     lease_token = NULL, lease_until = $2, last_error = $3, smtp_started_at = NULL
                 WHERE id = $4 AND lease_token = $5 AND state = 'claimed'",
                ATTEMPTS,
                at,
                error,
                id.0,
                token
            )? > 0
        };
        self.record_answer(&mut tx, id.0).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Records that nothing can be sent now, by a fault of the mail server or
    /// of ours: the email is planned as before, and the queue stops.
    /// `unknown_until`: the whole email was handed over and no answer came; it
    /// is tried once more, after this time. `false`: the lease has been lost,
    /// or the email has failed because other emails are accepted.
    pub async fn finish_obstructed(
        &self,
        id: EmailId,
        token: Uuid,
        obstacle: &Obstacle,
        unknown_until: Option<DateTime<Utc>>,
    ) -> Result<bool> {
        let mut tx = self.write().await?;
        let stopped = self.lock_queue(&mut tx).await?;
        if obstacle.ours && unknown_until.is_none() && !stopped {
            let refused = maybe!(&mut tx, (i64,), "SELECT refusals FROM email WHERE id = $1", id.0)?;
            if refused.is_some_and(|(n,)| n >= REFUSALS) {
                // It was refused like this before, and then other emails were
                // accepted.
                mark_failed(&mut tx, id, token, &obstacle.reason).await?;
                tx.commit().await?;
                return Ok(false);
            }
        }
        let done = match unknown_until {
            Some(at) => finish_uncertain(&mut tx, id, token, at, &obstacle.reason).await?,
            None => plan_again(&mut tx, id, token, self.now(), &obstacle.reason).await?,
        };
        self.stop_queue(&mut tx, Some(id.0), obstacle, false).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Locks the queue before any email, as every transaction does that may
    /// change several emails: on PostgreSQL they would wait for each other.
    /// `true`: the queue is stopped by a fault of ours.
    async fn lock_queue(&self, tx: &mut Tx) -> Result<bool> {
        let queue =
            maybe!(tx, (bool,), "UPDATE mail_queue SET probes = probes WHERE id = 1 RETURNING (state = 'stopped')")?;
        Ok(queue.is_some_and(|(stopped,)| stopped))
    }

    /// Records that an email was refused for good. If the reply does not say
    /// whose fault it is, several in a row count as ours: then these emails are
    /// planned again, and the queue stops. `false`: the lease has been lost.
    pub async fn finish_refusal(&self, id: EmailId, token: Uuid, refusal: &Refusal) -> Result<bool> {
        let mut tx = self.write().await?;
        let obstacle = Obstacle { ours: true, reason: refusal.reason.clone(), code: refusal.code.clone() };
        if !refusal.certain && self.lock_queue(&mut tx).await? {
            let done = plan_again(&mut tx, id, token, self.now(), &refusal.reason).await?;
            self.stop_queue(&mut tx, Some(id.0), &obstacle, false).await?;
            tx.commit().await?;
            return Ok(done);
        }
        let done = mark_failed(&mut tx, id, token, &refusal.reason).await?;
        if done && refusal.address {
            self.mark_returned(&mut tx, id.0, &refusal.said).await?;
        }
        if refusal.certain || !self.is_one_of_several(&mut tx, id.0, &obstacle).await? {
            self.record_answer(&mut tx, id.0).await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Records that an email has failed for good by a fault of its own.
    /// `false`: the lease has been lost.
    pub async fn finish_failed(&self, id: EmailId, token: Uuid, error: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = mark_failed(&mut tx, id, token, error).await?;
        self.end_probe(&mut tx, id.0).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Records that an email's address was refused: no more emails are sent
    /// there. `false`: the lease has been lost.
    pub async fn finish_refused(&self, id: EmailId, token: Uuid, error: &str, said: &str) -> Result<bool> {
        let refusal = Refusal {
            reason: error.to_owned(),
            said: said.to_owned(),
            code: String::new(),
            address: true,
            certain: true,
        };
        self.finish_refusal(id, token, &refusal).await
    }

    /// Gives a claim back because the server stops or pauses before the email
    /// was sent. An email that was never begun is rendered again when it is
    /// due. `begun`: it may have arrived. `false`: the lease has been lost.
    pub async fn return_claim_early(&self, id: EmailId, token: Uuid, begun: bool) -> Result<bool> {
        self.return_claim(id, token, begun, None).await
    }

    /// Gives a claim back that was not begun, because the email must not be
    /// sent before `until`. `false`: the lease has been lost.
    pub async fn postpone_claim(&self, id: EmailId, token: Uuid, until: DateTime<Utc>) -> Result<bool> {
        self.return_claim(id, token, false, Some(until)).await
    }

    /// Plans a claimed email again, not before `until`. `begun`: sending had
    /// begun, so it may have arrived.
    async fn return_claim(&self, id: EmailId, token: Uuid, begun: bool, until: Option<DateTime<Utc>>) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = run!(
            &mut tx,
            "UPDATE email SET state = 'planned', attempts = attempts - 1, lease_token = NULL, lease_until = $4,
                    bytes = CASE WHEN attempts > 1 OR may_have_arrived OR $3 THEN bytes END, smtp_started_at = NULL,
                        may_have_arrived = (may_have_arrived OR $3),
                    uncertain = uncertain + CASE WHEN $3 THEN 1 ELSE 0 END
             WHERE id = $1 AND lease_token = $2 AND state = 'claimed'",
            id.0,
            token,
            begun,
            until
        )?;
        self.end_probe(&mut tx, id.0).await?;
        tx.commit().await?;
        Ok(done > 0)
    }
}

/// Records that the whole email was handed over and no answer came: it is tried
/// once more, and fails the second time. `false`: the lease has been lost.
async fn finish_uncertain(tx: &mut Tx, id: EmailId, token: Uuid, at: DateTime<Utc>, error: &str) -> Result<bool> {
    let done = run!(
        tx,
        "UPDATE email SET state = CASE WHEN uncertain + 1 >= $1 THEN 'failed' ELSE 'planned' END,
             lease_token = NULL, lease_until = $2,
                last_error = CASE WHEN uncertain + 1 >= $1 THEN $3 ELSE $4 END,
                smtp_started_at = NULL, may_have_arrived = $5, uncertain = uncertain + 1
         WHERE id = $6 AND lease_token = $7 AND state = 'claimed'",
        UNCERTAIN,
        at,
        TWICE_UNCERTAIN,
        error,
        true,
        id.0,
        token
    )?;
    Ok(done > 0)
}

/// Plans an email again as if it had not been tried. The time `now` is stored
/// in `lease_until`, so that other emails become the next probes. Nothing of it
/// has left, so it is rendered again. `false`: the lease has been lost.
async fn plan_again(tx: &mut Tx, id: EmailId, token: Uuid, now: DateTime<Utc>, reason: &str) -> Result<bool> {
    let done = run!(
        tx,
        "UPDATE email SET state = 'planned', attempts = attempts - 1, lease_token = NULL, lease_until = $4,
             last_error = $1, smtp_started_at = NULL,
                bytes = CASE WHEN may_have_arrived THEN bytes END
         WHERE id = $2 AND lease_token = $3 AND state = 'claimed'",
        reason,
        id.0,
        token,
        now
    )?;
    Ok(done > 0)
}

/// Marks an email as failed for good. `false`: the lease has been lost.
pub(super) async fn mark_failed(tx: &mut Tx, id: EmailId, token: Uuid, error: &str) -> Result<bool> {
    let done = run!(
        tx,
        "UPDATE email SET state = 'failed', lease_token = NULL, lease_until = NULL, last_error = $1
         WHERE id = $2 AND lease_token = $3 AND state = 'claimed'",
        error,
        id.0,
        token
    )?;
    Ok(done > 0)
}
