//! The state of sending: whether emails go out at all.
//!
//! A fault of the mail server, or of this practice's settings, counts against
//! the queue and not against the email that met it. The queue is one row that
//! every server process obeys. While it is not open, one email at a time is
//! claimed as a probe, after a wait that grows to a few minutes; as soon as one
//! is accepted, all emails are sent again.

use chrono::{DateTime, Duration, Utc};
use domain::ids::EmailId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Owner, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
};

/// Seconds until the next probe after one that met an outage of the mail
/// server: 30, then 60, then 120 each time.
const RESTS: [i64; 3] = [30, 60, 120];
/// Seconds until the next probe after one that was refused for a fault of ours.
const STOPS: [i64; 3] = [60, 120, 240];
/// After a bounce report has stopped the queue, an accepted email proves that
/// sending works again only when this time has passed: the next report may take
/// some minutes.
const GRACE: Duration = Duration::minutes(10);
/// The next probe is never later than this from now. If it is, the clock was
/// set back, and the probe is due.
const FARTHEST: Duration = Duration::minutes(15);
/// If this many different emails are refused in a row by replies that do not
/// say whose fault it is, the fault is ours.
const SUSPECTS: i64 = 3;
/// How many times an email may be refused for a fault that seems to be ours
/// while other emails are accepted. After that, the fault counts as the email's
/// own.
pub(crate) const REFUSALS: i64 = 1;
/// An outage shorter than this is not shown to people.
const WORTH_SAYING: Duration = Duration::minutes(5);

/// Whose fault it is that an email did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The email's: it did not arrive, but its address may still be good.
    Message,
    /// The address's: no more emails are sent there.
    Address,
    /// Ours: settings, sign-in, signatures or reputation. Nothing is sent until
    /// the mail server accepts emails again.
    Ourselves,
}

/// Why the queue stops.
#[derive(Clone, Debug)]
pub struct Obstacle {
    /// `true`: a fault of ours, which a person must repair. `false`: the mail
    /// server cannot be reached.
    pub ours: bool,
    /// The reason, in words for the practice.
    pub reason: String,
    /// The reply or status code, such as `550 5.7.1`, or else a word such as
    /// `refused`.
    pub code: String,
}

/// A refusal of an email for good.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The reason, in words for the practice.
    pub reason: String,
    /// What the mail server answered.
    pub said: String,
    pub code: String,
    /// Whether the address is bad.
    pub address: bool,
    /// Whether the reply's code says what it is about. `false`: it may be a
    /// fault of ours, which shows when other emails are refused too.
    pub certain: bool,
}

/// Since when no emails are sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailStop {
    /// `true`: a fault of ours. `false`: the mail server cannot be reached.
    pub ours: bool,
    pub since: DateTime<Utc>,
    pub reason: String,
    pub code: String,
    /// When the next email is tried.
    pub next_probe_at: Option<DateTime<Utc>>,
}

impl MailStop {
    /// Whether people should be told: a short outage needs nobody.
    pub fn should_be_shown(&self, now: DateTime<Utc>) -> bool {
        self.ours || now - self.since >= WORTH_SAYING
    }
}

/// What may be claimed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Every email that is due.
    Open,
    /// One email, to find out whether sending works again.
    Probe,
    /// Nothing.
    Shut,
}

/// The queue's row: whether emails are sent, and the state of the probes.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Queue {
    state: String,
    since: Option<DateTime<Utc>>,
    reason: String,
    code: String,
    pub by_report: bool,
    pub probes: i64,
    next_probe_at: Option<DateTime<Utc>>,
    probe_id: Option<Uuid>,
    accepted_at: Option<DateTime<Utc>>,
    pub refused_id: Option<Uuid>,
}

/// Reads the queue's row; with `lock`, locks it for the rest of the
/// transaction.
macro_rules! queue {
    ($tx:expr) => {
        maybe!(
            $tx,
            Queue,
            "SELECT state, since, reason, code, by_report, probes, next_probe_at, probe_id, accepted_at, refused_id
             FROM mail_queue WHERE id = 1"
        )
    };
    ($tx:expr, lock) => {
        maybe!(
            $tx,
            Queue,
            "UPDATE mail_queue SET probes = probes WHERE id = 1
             RETURNING state, since, reason, code, by_report, probes, next_probe_at, probe_id, accepted_at, refused_id"
        )
    };
}

impl Queue {
    fn is_open(&self) -> bool {
        self.state == "open"
    }

    fn is_stopped(&self) -> bool {
        self.state == "stopped"
    }

    /// Whether an email was accepted after a bounce report had stopped the
    /// queue, and no other report has arrived since.
    fn has_proved(&self, now: DateTime<Utc>) -> bool {
        self.accepted_at.is_some_and(|at| at > now || now - at >= GRACE)
    }

    /// What may be claimed by this state of the queue.
    pub fn gate(&self, now: DateTime<Utc>) -> Gate {
        let due = self.next_probe_at.is_none_or(|at| at <= now || at > now + FARTHEST);
        match (self.is_open(), self.accepted_at) {
            (true, _) => Gate::Open,
            (false, Some(_)) => Gate::Shut,
            (false, None) if due => Gate::Probe,
            (false, None) => Gate::Shut,
        }
    }
}

/// The mail server's answer without the addresses in it: the owner reads it,
/// who must not know the clients.
fn without_addresses(text: &str) -> String {
    let words = text.split(' ').map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(600).collect()
}

/// How long to wait for the next probe after `probes` refused ones.
fn probe_delay(stopped: bool, probes: i64) -> Duration {
    let waits = if stopped { STOPS } else { RESTS };
    let n = usize::try_from(probes.max(1) - 1).unwrap_or(usize::MAX).min(waits.len() - 1);
    Duration::seconds(waits[n])
}

impl Store {
    /// What may be claimed now. If the queue is not open, its row is locked, so
    /// that only one process sends a probe.
    pub(crate) async fn gate(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<(Gate, Option<Queue>)> {
        match queue!(tx)? {
            None => return Ok((Gate::Open, None)),
            Some(queue) if queue.is_open() => return Ok((Gate::Open, Some(queue))),
            Some(_) => {}
        }
        let Some(queue) = queue!(tx, lock)? else { return Ok((Gate::Open, None)) };
        if queue.has_proved(now) {
            open_queue(tx, &queue, false, now).await?;
            return Ok((Gate::Open, None));
        }
        Ok((queue.gate(now), Some(queue)))
    }

    /// Whether anything may be claimed now, without a lock.
    pub(crate) async fn may_claim(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<bool> {
        Ok(queue!(tx)?.is_none_or(|queue| queue.has_proved(now) || queue.gate(now) != Gate::Shut))
    }

    /// Records which email is the probe, or that there is none.
    pub(crate) async fn record_probe(
        &self,
        tx: &mut Tx,
        queue: &Queue,
        probe: Option<EmailId>,
        lease: Duration,
    ) -> Result<()> {
        let now = self.now();
        let next = match probe {
            Some(_) => now + lease,
            None => now + probe_delay(queue.is_stopped(), 1),
        };
        run!(
            tx,
            "UPDATE mail_queue SET probe_id = $1, next_probe_at = $2,
                 probes = CASE WHEN probes = 0 AND $3 THEN 1 ELSE probes END
             WHERE id = 1",
            probe.map(|id| id.0),
            next,
            probe.is_none()
        )?;
        Ok(())
    }

    /// Stops the queue, or records that it is still stopped.
    pub(crate) async fn stop_queue(
        &self,
        tx: &mut Tx,
        message: Option<Uuid>,
        obstacle: &Obstacle,
        by_report: bool,
    ) -> Result<()> {
        let Some(queue) = queue!(tx, lock)? else { return Ok(()) };
        let now = self.now();
        let reason = without_addresses(&obstacle.reason);
        let stopped = obstacle.ours || queue.is_stopped();
        let (since, probes, next) = if queue.is_open() {
            // The next email shows at once whether this email or all email is
            // refused.
            let another = obstacle.ours && !by_report && self.another_is_due(tx, message, now).await?;
            if another { (now, 0, now) } else { (now, 1, now + probe_delay(stopped, 1)) }
        } else {
            let was_probe = message.is_some() && queue.probe_id == message;
            let (probes, next) = if was_probe || queue.probes == 0 || by_report {
                (queue.probes + 1, now + probe_delay(stopped, queue.probes + 1))
            } else {
                (queue.probes, queue.next_probe_at.unwrap_or(now))
            };
            (queue.since.unwrap_or(now), probes, next)
        };
        // An outage during a stop does not hide the reason for the stop.
        let says_more = obstacle.ours || !queue.is_stopped();
        run!(
            tx,
            "UPDATE mail_queue SET state = $1, since = $2, reason = $3, code = $4, by_report = $5, probes = $6,
                 next_probe_at = $7, probe_id = NULL, accepted_at = NULL, refused_id = $8
             WHERE id = 1",
            if stopped { "stopped" } else { "resting" },
            since,
            if says_more { &reason } else { &queue.reason },
            if says_more { &obstacle.code } else { &queue.code },
            by_report || (queue.by_report && !queue.is_open()),
            probes,
            next,
            message.or(queue.refused_id)
        )?;
        if obstacle.ours && !queue.is_stopped() {
            let detail = obstacle.code.as_str();
            let act = Act::by_program(AuditAction::SendingStopped, AuditThing::Mail).detail(detail);
            self.record(tx, act).await?;
        }
        Ok(())
    }

    /// Whether another email than this one is due.
    async fn another_is_due(&self, tx: &mut Tx, message: Option<Uuid>, now: DateTime<Utc>) -> Result<bool> {
        let another = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM email
             WHERE state IN ('planned', 'claimed') AND due_at <= $1 AND not_after > $1 AND id <> $2 LIMIT 1",
            now,
            message.unwrap_or_default()
        )?;
        Ok(another.is_some())
    }

    /// Records that emails were accepted: the queue opens, and refusals so far
    /// were the fault of each refused email.
    pub(crate) async fn record_accepted(&self, tx: &mut Tx, messages: &[Uuid]) -> Result<()> {
        // Usually this is the only statement.
        let obstructed = maybe!(
            tx,
            (i64,),
            "SELECT id FROM mail_queue WHERE id = 1 AND (state <> 'open' OR EXISTS (SELECT 1 FROM mail_suspect))"
        )?;
        if obstructed.is_none() {
            return Ok(());
        }
        run!(tx, "DELETE FROM mail_suspect")?;
        let Some(queue) = queue!(tx, lock)? else { return Ok(()) };
        let now = self.now();
        if queue.is_open() {
            return Ok(());
        }
        if queue.by_report {
            // Only an email that was sent after the report proves anything, and
            // only after a while.
            if queue.probe_id.is_some_and(|probe| messages.contains(&probe)) {
                run!(tx, "UPDATE mail_queue SET accepted_at = $1, probe_id = NULL WHERE id = 1", now)?;
            }
            return Ok(());
        }
        open_queue(tx, &queue, true, now).await
    }

    /// Records that a probe ended before the mail server said anything about
    /// it: another one is tried at once.
    pub(crate) async fn end_probe(&self, tx: &mut Tx, message: Uuid) -> Result<()> {
        run!(
            tx,
            "UPDATE mail_queue SET probe_id = NULL, next_probe_at = $1
             WHERE id = 1 AND state <> 'open' AND probe_id = $2",
            self.now(),
            message
        )?;
        Ok(())
    }

    /// Records that the mail server gave an answer about this email alone.
    pub(crate) async fn record_answer(&self, tx: &mut Tx, message: Uuid) -> Result<()> {
        let probe = maybe!(
            tx,
            (i64,),
            "SELECT id FROM mail_queue WHERE id = 1 AND state <> 'open' AND probe_id = $1",
            message
        )?;
        if probe.is_none() {
            return Ok(());
        }
        let now = self.now();
        match queue!(tx, lock)? {
            // The mail server takes emails and answers for each: it is back.
            Some(queue) if !queue.is_stopped() => open_queue(tx, &queue, false, now).await,
            // This proves nothing: another email is tried at once.
            Some(_) => {
                run!(
                    tx,
                    "UPDATE mail_queue SET probe_id = NULL, next_probe_at = $1, refused_id = $2 WHERE id = 1",
                    now,
                    message
                )?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Records a refusal that does not say whose fault it is. `true`: it is one
    /// of several in a row, so the fault counts as ours, and the refused emails
    /// are planned again.
    pub(crate) async fn is_one_of_several(&self, tx: &mut Tx, message: Uuid, obstacle: &Obstacle) -> Result<bool> {
        run!(
            tx,
            "INSERT INTO mail_suspect (email_id, refused_at)
             SELECT id, $2 FROM email
             WHERE id = $1 AND refusals = 0
             ON CONFLICT (email_id) DO NOTHING",
            message,
            self.now()
        )?;
        let suspects = all!(tx, (Uuid, DateTime<Utc>), "SELECT email_id, refused_at FROM mail_suspect")?;
        if i64::try_from(suspects.len()).is_ok_and(|n| n < SUSPECTS) {
            return Ok(false);
        }
        for (id, at) in suspects {
            self.plan_failed_again(tx, id, at, &obstacle.reason).await?;
        }
        run!(tx, "DELETE FROM mail_suspect")?;
        self.stop_queue(tx, Some(message), obstacle, false).await?;
        Ok(true)
    }

    /// Plans an email again that failed by a fault of ours, and marks its
    /// address as good again.
    async fn plan_failed_again(&self, tx: &mut Tx, message: Uuid, since: DateTime<Utc>, reason: &str) -> Result<()> {
        run!(
            tx,
            "UPDATE email SET state = 'planned', refusals = refusals + 1, last_error = $1, lease_token = NULL,
                 lease_until = NULL, smtp_started_at = NULL
             WHERE id = $2 AND state = 'failed' AND NOT EXISTS (
                SELECT 1 FROM email x
                WHERE x.session_id = email.session_id AND x.person_id = email.person_id AND x.kind = email.kind
                    AND x.session_version = email.session_version
                    AND COALESCE(x.lead, '') = COALESCE(email.lead, '')
                    AND x.id <> email.id AND x.created_at > email.created_at)",
            reason,
            message
        )?;
        run!(
            tx,
            "UPDATE person SET returned_at = NULL, returned_why = '' WHERE returned_at >= $2
                AND id IN (SELECT COALESCE(m.person_id, a.person_id)
                  FROM email m LEFT JOIN account a ON a.id = m.account_id
                  WHERE m.id = $1)",
            message,
            since
        )?;
        run!(
            tx,
            "UPDATE account SET returned_at = NULL, returned_why = ''
             WHERE returned_at >= $2 AND id IN (SELECT account_id FROM email WHERE id = $1)",
            message,
            since
        )?;
        run!(
            tx,
            "UPDATE inquiry SET returned_at = NULL, returned_why = ''
             WHERE returned_at >= $2 AND id IN (SELECT inquiry_id FROM email WHERE id = $1)",
            message,
            since
        )?;
        Ok(())
    }
}

impl Worker {
    /// Stops the queue for a fault that no email has met, such as wrong
    /// settings.
    pub async fn stop_mail(&self, obstacle: &Obstacle) -> Result<()> {
        let mut tx = self.write().await?;
        self.stop_queue(&mut tx, None, obstacle, false).await?;
        tx.commit().await
    }
}

impl Store {
    /// Since when no emails are sent, and why. `None`: they are sent.
    pub async fn mail_stop(&self) -> Result<Option<MailStop>> {
        let mut tx = self.read().await?;
        let now = self.now();
        Ok(queue!(&mut tx)?.filter(|queue| !queue.is_open() && !queue.has_proved(now)).map(|queue| MailStop {
            ours: queue.is_stopped(),
            since: queue.since.unwrap_or(now),
            reason: queue.reason,
            code: queue.code,
            next_probe_at: queue.accepted_at.map(|at| at + GRACE).or(queue.next_probe_at),
        }))
    }

    /// Opens the queue because a person asked for it. `false`: it was open.
    async fn try_mail_now(&self, by: domain::ids::AccountId) -> Result<bool> {
        let mut tx = self.write().await?;
        let Some(queue) = queue!(&mut tx, lock)? else { return Ok(false) };
        if queue.is_open() {
            return Ok(false);
        }
        open_queue(&mut tx, &queue, false, self.now()).await?;
        let act = Act::by(by, AuditAction::SendingTriedAgain, AuditThing::Mail);
        self.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Opens the queue. `compared`: an email was accepted just now. Then, after a
/// fault of ours, the emails refused since the stop get one last try; after an
/// outage, the email that met it last waits a minute, in case the mail server
/// hangs up on this email alone.
async fn open_queue(tx: &mut Tx, queue: &Queue, compared: bool, now: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "UPDATE mail_queue SET state = 'open', since = NULL, reason = '', code = '', by_report = $1, probes = 0,
             next_probe_at = NULL, probe_id = NULL, accepted_at = NULL, refused_id = NULL
         WHERE id = 1",
        false
    )?;
    if !compared {
        return Ok(());
    }
    if queue.is_stopped() {
        // Emails that a refusal gave back have the time of the refusal in
        // `lease_until`.
        run!(
            tx,
            "UPDATE email SET refusals = refusals + 1, lease_until = NULL
             WHERE state = 'planned' AND due_at <= $1 AND lease_until >= $2 AND lease_until <= $1",
            now,
            queue.since.unwrap_or(now)
        )?;
    } else {
        run!(
            tx,
            "UPDATE email SET lease_until = $1 WHERE id = $2 AND state = 'planned'",
            now + Duration::minutes(1),
            queue.refused_id
        )?;
    }
    Ok(())
}

impl Bookings {
    /// Since when no emails are sent, and why, if people should know of it.
    /// `None`: they need not, or the scope is not the front desk's.
    pub async fn mail_stop(&self) -> Result<Option<MailStop>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let now = self.now();
        Ok(self.store().mail_stop().await?.filter(|stop| stop.should_be_shown(now)))
    }

    /// Tries to send emails now. `false`: sending was not stopped, or the scope
    /// is not the front desk's.
    pub async fn try_mail_now(&self) -> Result<bool> {
        if !self.is_desk() {
            return Ok(false);
        }
        self.store().try_mail_now(self.me()).await
    }
}

impl Owner {
    /// Since when no emails are sent, and why, if people should know of it.
    pub async fn mail_stop(&self) -> Result<Option<MailStop>> {
        let now = self.store().now();
        Ok(self.store().mail_stop().await?.filter(|stop| stop.should_be_shown(now)))
    }

    /// Tries to send emails now. `false`: sending was not stopped.
    pub async fn try_mail_now(&self) -> Result<bool> {
        self.store().try_mail_now(self.me()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_reason_contains_no_address() {
        assert_eq!(
            without_addresses("It said: 554 5.7.1 <amara@example.org>: Relay access denied"),
            "It said: 554 5.7.1 … Relay access denied"
        );
    }

    #[test]
    fn probe_delays_grow_and_stay_under_five_minutes() {
        let seconds = |stopped| (0..6).map(|n| probe_delay(stopped, n).num_seconds()).collect::<Vec<_>>();
        assert_eq!(seconds(false), [30, 30, 60, 120, 120, 120]);
        assert_eq!(seconds(true), [60, 60, 120, 240, 240, 240]);
        assert_eq!(probe_delay(true, i64::MAX), Duration::minutes(4));
    }
}
