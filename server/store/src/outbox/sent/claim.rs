//! Claiming the emails that are due, under a lease with a random token.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::{EmailAddress, Language},
    form::Form,
    ids::EmailId,
    outbox::{
        reminder::{EmailKind, SkipReason},
        wording::WordingKind,
    },
    practice::settings::Practice,
    zone,
};
use uuid::Uuid;

use super::{
    finish::{TWICE_UNCERTAIN, UNCERTAIN, mark_failed},
    look::{self, SessionsRead},
    queue::{Gate, Queue},
    row::Row,
};
use crate::{
    Result, Tx, Worker,
    database::{maybe, on, run},
    keys::{PRACTICE, random},
    outbox::{
        owed::{Addressed, EmailFacts, Look},
        sent::wordings,
    },
    practice::settings::practice_set_up,
};

/// A lease never ends later than this from now. If one does, the clock was set
/// back, and the lease counts as ended.
const FARTHEST_LEASE: Duration = Duration::minutes(15);
/// The next try is never later than this from now. If it is, the clock was set
/// back, and the email counts as due.
const FARTHEST_TRY: Duration = Duration::hours(1);

/// An email that a worker has claimed until its lease ends.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: EmailId,
    /// The token of the lease: needed to record the outcome.
    pub token: Uuid,
    pub attempts: i64,
    pub kind: EmailKind,
    pub recipient: EmailAddress,
    pub recipient_name: String,
    /// The part of its Message-ID before the `@`; the same at every try. Emails
    /// that an older version of the program began store the whole Message-ID.
    pub message_id: String,
    /// The tag in the return path of the envelope, by which a bounce is matched
    /// to this email.
    pub return_tag: String,
    /// The token with which the reader unsubscribes from emails of this kind.
    /// `None`: it cannot be unsubscribed from.
    pub unsubscribe: Option<String>,
    pub practice: Practice,
    pub language: Language,
    /// The practice's own wording for this email, as the form that set it.
    /// `None`: the standard text is used.
    pub wording: Option<Form>,
    pub facts: EmailFacts,
    /// The bytes that were rendered for the first try. `None`: not rendered
    /// yet, or for an address that is no longer used.
    pub stored: Option<Vec<u8>>,
    pub not_after: DateTime<Utc>,
    /// How many tries ended without an answer after the whole email had been
    /// handed over.
    pub uncertain: i64,
    /// Claimed to find out whether the mail server accepts email again.
    pub probe: bool,
}

impl Claimed {
    /// The time after which the email is of no use: the start of its session,
    /// or the end of its validity.
    fn wanted_by(&self) -> DateTime<Utc> {
        match &self.facts {
            EmailFacts::Session(session) => session.starts_at,
            EmailFacts::Invitation { .. }
            | EmailFacts::PasswordReset { .. }
            | EmailFacts::Inquiry { .. }
            | EmailFacts::NewAddress { .. }
            | EmailFacts::AddressChanged { .. }
            | EmailFacts::Security { .. }
            | EmailFacts::Portal
            | EmailFacts::Plan { .. }
            | EmailFacts::Test => self.not_after,
        }
    }
}

impl Worker {
    /// Claims at most `most` emails that are due, those for the soonest session
    /// first, and checks each again. An email that must not be sent any more is
    /// marked as skipped, with the reason. One that became due late, at an hour
    /// its reader does not want, is planned for the next hour that suits. While
    /// sending is stopped, one email is claimed now and then as a probe.
    pub async fn claim_due(&self, most: i64, lease: Duration) -> Result<Vec<Claimed>> {
        let now = self.now();
        // Most of the time nothing is due: look without the write lock first.
        let mut look = self.read().await?;
        if !is_any_due(&mut look, now).await? || !self.may_claim(&mut look, now).await? {
            return Ok(vec![]);
        }
        drop(look);
        let mut tx = self.write().await?;
        let (gate, queue) = self.gate(&mut tx, now).await?;
        let mut claimed = Vec::new();
        match gate {
            Gate::Shut => return Ok(vec![]),
            Gate::Open => {
                self.claim_some(&mut tx, most, lease, None, &mut claimed).await?;
                claimed.sort_by_key(Claimed::wanted_by);
            }
            Gate::Probe => {
                // An email that was claimed may turn out not to be sent any
                // more: then take the next.
                while claimed.is_empty() && self.claim_some(&mut tx, 1, lease, queue.as_ref(), &mut claimed).await? {}
                for probe in &mut claimed {
                    probe.probe = true;
                }
                if let Some(queue) = &queue {
                    self.record_probe(&mut tx, queue, claimed.first().map(|probe| probe.id), lease).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Claims at most `most` due emails and checks each again; `false`: nothing
    /// is due. `queue`: the emails are claimed as probes, see [`take_due`].
    async fn claim_some(
        &self,
        tx: &mut Tx,
        most: i64,
        lease: Duration,
        queue: Option<&Queue>,
        claimed: &mut Vec<Claimed>,
    ) -> Result<bool> {
        let token = Uuid::from_bytes(random::<16>());
        let rows = take_due(tx, most, queue, token, Lease { from: self.now(), lasts: lease }).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        let batch = Batch { token, practice: practice_set_up(tx).await?, wordings: wordings::by_kind(tx).await? };
        let mut read = SessionsRead::new();
        for row in rows {
            claimed.extend(self.prepare(tx, &row, &batch, &mut read).await?);
        }
        Ok(true)
    }

    /// Checks a claimed email again and prepares it for sending. `None`: it is
    /// not sent now; its row says why, or until when it waits.
    async fn prepare(&self, tx: &mut Tx, row: &Row, batch: &Batch, read: &mut SessionsRead) -> Result<Option<Claimed>> {
        let id = EmailId(row.id);
        let built = match look::check_again(self, tx, row, &batch.practice, read).await {
            Ok(Look::Skip(reason)) => return skip(tx, row, reason).await.map(|()| None),
            Ok(Look::Wait { until }) => return wait(tx, row, until).await.map(|()| None),
            // Two tries ended in the middle, or without an answer: do not try
            // again.
            Ok(Look::Send(_)) if row.uncertain >= UNCERTAIN => {
                mark_failed(tx, id, batch.token, TWICE_UNCERTAIN).await?;
                return Ok(None);
            }
            Ok(Look::Send(addressed)) => self.build_claimed(tx, row, *addressed, batch).await,
            Err(error) => Err(error),
        };
        match built {
            // One email that cannot be read does not stop the others.
            Err(error) if error.is_of_one_row() => {
                tracing::error!(%error, id = %row.id, "a message cannot be read");
                mark_failed(tx, id, batch.token, &error.reason()).await?;
                Ok(None)
            }
            built => built.map(Some),
        }
    }

    /// Builds a claimed email with everything that it says, and with its bytes
    /// if they are stored.
    async fn build_claimed(&self, tx: &mut Tx, row: &Row, addressed: Addressed, batch: &Batch) -> Result<Claimed> {
        let id = EmailId(row.id);
        let Addressed { email: recipient, name: recipient_name, language, facts } = addressed;
        // The Message-ID says nothing about the practice, and is the same at
        // every try.
        let message_id = row.message_id_header.clone().unwrap_or_else(|| row.id.simple().to_string());
        // Rendered for an address that the person no longer uses: render it
        // again.
        let moved = row.recipient.as_deref().is_some_and(|first| first != recipient.as_str());
        let stored = match &row.bytes {
            Some(sealed) if !moved => {
                Some(self.key_of(tx, key_owner(row)).await?.open("email", row.id, sealed)?.to_vec())
            }
            Some(_) | None => {
                store_header(tx, row, &message_id, &recipient, &facts).await?;
                None
            }
        };
        let kind: EmailKind = row.kind.parse()?;
        Ok(Claimed {
            return_tag: self.way_back(id),
            unsubscribe: self.unsubscribe_token(id, kind),
            id,
            token: batch.token,
            attempts: row.attempts,
            kind,
            recipient,
            recipient_name,
            message_id,
            practice: batch.practice.clone(),
            language,
            wording: batch.wordings.get(&(kind.wording(), language)).cloned(),
            facts,
            stored,
            not_after: row.not_after,
            uncertain: row.uncertain,
            probe: false,
        })
    }
}

/// Whether any email is due at this time and claimed by no worker.
async fn is_any_due(tx: &mut Tx, now: DateTime<Utc>) -> Result<bool> {
    let due = maybe!(
        tx,
        (Uuid,),
        "SELECT id FROM email WHERE state IN ('planned', 'claimed') AND due_at <= $1
            AND (lease_until IS NULL OR lease_until <= $1
                OR lease_until > CASE WHEN state = 'claimed' THEN $2 ELSE $3 END)
         LIMIT 1",
        now,
        now + FARTHEST_LEASE,
        now + FARTHEST_TRY
    )?;
    Ok(due.is_some())
}

/// What the emails of one claim have in common.
struct Batch {
    /// The token of their leases.
    token: Uuid,
    practice: Practice,
    /// The practice's own wordings, by kind and language.
    wordings: HashMap<(WordingKind, Language), Form>,
}

/// The time for which a claim is valid.
struct Lease {
    from: DateTime<Utc>,
    lasts: Duration,
}

/// Marks at most `most` due emails as claimed, those for the soonest session
/// first. For a probe (`queue` is given) the emails take turns: those that were
/// not tried yet come first. The email that was refused last comes last, and is
/// left out while it is not known yet whether only this email is refused; where
/// a bounce report has stopped the queue, it comes first.
async fn take_due(tx: &mut Tx, most: i64, queue: Option<&Queue>, token: Uuid, lease: Lease) -> Result<Vec<Row>> {
    let now = lease.from;
    let refused = queue.and_then(|queue| queue.refused_id).unwrap_or_default();
    let rank = if queue.is_some_and(|queue| queue.by_report) { -1_i64 } else { 1 };
    let without = queue.is_some_and(|queue| queue.probes == 0);
    // The condition is repeated in the outer WHERE: on PostgreSQL two workers
    // may find the same rows, and only one may get each.
    Ok(on!(&mut *tx, c => sqlx::query_as::<_, Row>(
        "UPDATE email SET state = 'claimed', lease_token = $1, lease_until = $2, attempts = attempts + 1,
             may_have_arrived = (may_have_arrived OR (state = 'claimed' AND smtp_started_at IS NOT NULL)),
             uncertain = uncertain + CASE WHEN state = 'claimed' AND smtp_started_at IS NOT NULL THEN 1 ELSE 0 END,
             smtp_started_at = NULL
         WHERE id IN (SELECT m.id FROM email m LEFT JOIN session s ON s.id = m.session_id
                WHERE m.state IN ('planned', 'claimed') AND m.due_at <= $3
                    AND (m.lease_until IS NULL OR m.lease_until <= $3
                        OR m.lease_until > CASE WHEN m.state = 'claimed' THEN $5 ELSE $6 END)
                    AND (m.id <> $7 OR NOT $9)
                ORDER BY CASE WHEN m.id = $7 THEN $8 ELSE 0 END,
                    CASE WHEN $10 AND m.lease_until IS NOT NULL THEN 1 ELSE 0 END,
                    CASE WHEN $10 THEN COALESCE(m.lease_until, m.due_at)
                         ELSE COALESCE(s.starts_at, m.not_after) END,
                    m.due_at
                LIMIT $4)
           AND state IN ('planned', 'claimed') AND due_at <= $3
           AND (lease_until IS NULL OR lease_until <= $3
               OR lease_until > CASE WHEN state = 'claimed' THEN $5 ELSE $6 END)
         RETURNING id, kind, session_id, session_version, person_id, account_id, invitation_id, reset_id,
             address_id, occurrence_id, plan_id, message_id, data_request_id, request_id, inquiry_id, intake_id, ask_id, event_id, lead, not_after, attempts,
             message_id_header, recipient, bytes, may_have_arrived, uncertain")
        .bind(token).bind(now + lease.lasts).bind(now).bind(most).bind(now + FARTHEST_LEASE).bind(now + FARTHEST_TRY)
        .bind(refused).bind(rank).bind(without).bind(queue.is_some()).fetch_all(c).await)?)
}

/// Plans a claimed email again for the time `until`.
async fn wait(tx: &mut Tx, row: &Row, until: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "UPDATE email SET state = 'planned', due_at = $1, attempts = attempts - 1,
             lease_token = NULL, lease_until = NULL
         WHERE id = $2",
        until,
        row.id
    )?;
    Ok(())
}

/// Marks a claimed email as not sent, for this reason.
async fn skip(tx: &mut Tx, row: &Row, reason: SkipReason) -> Result<()> {
    let reason = if row.may_have_arrived { SkipReason::MayHaveArrived } else { reason };
    run!(
        tx,
        "UPDATE email SET state = 'skipped', reason = $1, lease_token = NULL, lease_until = NULL
         WHERE id = $2",
        reason.word(),
        row.id
    )?;
    Ok(())
}

/// Stores what is known of an email before it is rendered: its Message-ID, its
/// address, whether it asks for a reply, and the local time that it tells.
async fn store_header(
    tx: &mut Tx,
    row: &Row,
    message_id: &str,
    recipient: &EmailAddress,
    facts: &EmailFacts,
) -> Result<()> {
    let session = match facts {
        EmailFacts::Session(session) => Some(session),
        EmailFacts::Invitation { .. }
        | EmailFacts::PasswordReset { .. }
        | EmailFacts::NewAddress { .. }
        | EmailFacts::AddressChanged { .. }
        | EmailFacts::Security { .. }
        | EmailFacts::Inquiry { .. }
        | EmailFacts::Portal
        | EmailFacts::Plan { .. }
        | EmailFacts::Test => None,
    };
    run!(
        tx,
        "UPDATE email SET message_id_header = $1, recipient = $2, bytes = NULL, asks = $3, told_starts = $4,
             told_zone = $5
         WHERE id = $6",
        message_id,
        recipient.as_str(),
        session.is_some_and(|session| session.asks.is_some()),
        session.map(|session| zone::wall_time(session.starts_at, &session.zone)),
        session.map(|session| session.zone.name()),
        row.id
    )?;
    Ok(())
}

/// The owner of the key that seals an email: the person it is for, or the
/// practice.
fn key_owner(row: &Row) -> Uuid {
    row.person_id.unwrap_or(PRACTICE)
}
