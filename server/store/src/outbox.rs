//! The outbox: every e-mail that the system owes someone.
//!
//! A message is planned in the transaction of the fact it speaks about, under
//! a key that makes planning twice planning once. A worker claims what is
//! due under a lease with a random token, and what it claims is looked at
//! once more in the claiming transaction: a session that was moved or
//! cancelled meanwhile is not announced at its old time. The rendered bytes
//! are stored before the first try, so that a repeat is the same mail with
//! the same Message-ID. Whoever has lost the lease can finish nothing.

mod looking;
mod planning;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use domain::{
    form::Form,
    ids::{InvitationId, MessageId, SessionId},
    person::{Email, Language, Role, Zone},
    practice::Practice,
    reminder::{MessageKind, SkipReason},
};
use sqlx::FromRow;
use uuid::Uuid;

use self::looking::{Addressed, Held};
pub(crate) use self::planning::Standing;
use crate::{
    Result, Store, Tx,
    audit::Act,
    database::{all, maybe, on, run},
    keys::{PRACTICE, random},
    practice::practice_set_up,
    wordings,
};

/// For so long it can be looked at what a mail said.
const KEPT: Duration = Duration::days(180);

/// How often a message is tried: with the worker's waiting times, some days.
const ATTEMPTS: i64 = 100;

/// What a mail to an account is about.
pub(crate) enum AccountMail {
    Invitation(InvitationId),
    Reset(Uuid),
}

/// A message that a worker holds until its lease ends.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: MessageId,
    /// The lease's token: finishing demands it.
    pub token: Uuid,
    pub attempts: i64,
    pub kind: MessageKind,
    pub recipient: Email,
    pub recipient_name: String,
    /// The left side of its Message-ID; the same at every try. What an older
    /// program began has the right side too.
    pub message_id: String,
    /// What stands in its way back.
    pub way_back: String,
    /// With this its reader ends mails of its kind.
    pub unsubscribe: Option<String>,
    pub practice: Practice,
    pub language: Language,
    /// The practice's own words for this mail, as the form that set them.
    pub wording: Option<Form>,
    pub facts: Facts,
    /// The bytes of the first try.
    pub stored: Option<Vec<u8>>,
    pub not_after: DateTime<Utc>,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub enum Facts {
    Session(SessionFacts),
    Invitation {
        token: String,
        role: Role,
        expires_at: DateTime<Utc>,
    },
    PasswordReset {
        token: String,
        login_name: String,
        expires_at: DateTime<Utc>,
    },
    /// Whether an address is right, of somebody who is not known yet.
    Inquiry {
        token: String,
        expires_at: DateTime<Utc>,
    },
    /// Something in the portal waits; the mail does not say what.
    Portal,
    /// Something was planned for this instant.
    Plan {
        starts_at: DateTime<Utc>,
        zone: Zone,
    },
    Test,
}

/// The facts of a session that a mail may name: nothing clinical.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    pub session: SessionId,
    pub version: i64,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub minutes: i64,
    /// The reader's.
    pub zone: Zone,
    pub practice_zone: Zone,
    pub place: String,
    pub link: String,
    pub clinician: String,
    pub cancelled: bool,
    /// The token of its links, where it asks whether they come.
    pub asks: Option<String>,
    /// Two come.
    pub joint: bool,
    /// Of a series: what comes with this one.
    pub series: SeriesFacts,
}

/// What a mail tells of a series, with the first of its sessions.
#[derive(Clone, Debug, Default)]
pub struct SeriesFacts {
    /// The starts of those that follow, a dozen at most.
    pub next: Vec<DateTime<Utc>>,
    /// More follow than these.
    pub more: bool,
    /// Cancelled together with all that would have followed.
    pub over: bool,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    session_id: Option<Uuid>,
    session_version: Option<i64>,
    person_id: Option<Uuid>,
    account_id: Option<Uuid>,
    invitation_id: Option<Uuid>,
    reset_id: Option<Uuid>,
    occurrence_id: Option<Uuid>,
    plan_id: Option<Uuid>,
    letter_id: Option<Uuid>,
    request_id: Option<Uuid>,
    inquiry_id: Option<Uuid>,
    lead: Option<String>,
    not_after: DateTime<Utc>,
    attempts: i64,
    message_id: Option<String>,
    recipient: Option<String>,
    bytes: Option<Vec<u8>>,
    may_have_arrived: bool,
}

impl Store {
    /// Claims what is due, at most so many, and looks at each once more: what
    /// is not to be sent any more is marked with its reason, and what became
    /// due late, at an hour its reader does not want, waits for the next that
    /// suits.
    pub async fn claim_due(&self, most: i64, lease: Duration) -> Result<Vec<Claimed>> {
        let now = self.now();
        // Most of the time nothing is due: look without the write lock.
        let mut look = self.read().await?;
        let due = maybe!(
            &mut look,
            (Uuid,),
            "SELECT id FROM message WHERE state IN ('planned', 'claimed') AND due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) LIMIT 1",
            now
        )?;
        drop(look);
        if due.is_none() {
            return Ok(vec![]);
        }
        let mut tx = self.write().await?;
        let token = Uuid::from_bytes(random::<16>());
        // The guard stands in the outer WHERE too: on PostgreSQL two workers
        // may find the same rows, and only one may have each.
        let rows = on!(&mut tx, c => sqlx::query_as::<_, Row>(
            "UPDATE message SET state = 'claimed', lease_token = $1, lease_until = $2, attempts = attempts + 1,
                 may_have_arrived = (may_have_arrived OR (state = 'claimed' AND smtp_started_at IS NOT NULL))
             WHERE id IN (SELECT id FROM message WHERE state IN ('planned', 'claimed') AND due_at <= $3 AND (lease_until IS NULL OR lease_until <= $3) ORDER BY due_at LIMIT $4)
               AND state IN ('planned', 'claimed') AND due_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)
             RETURNING id, kind, session_id, session_version, person_id, account_id, invitation_id, reset_id, occurrence_id, plan_id, letter_id, request_id, inquiry_id, lead, not_after, attempts, message_id, recipient, bytes, may_have_arrived")
            .bind(token).bind(now + lease).bind(now).bind(most).fetch_all(c).await)?;
        let practice = practice_set_up(&mut tx).await?;
        let wordings = wordings::by_kind(&mut tx).await?;
        let mut claimed = Vec::new();
        // Both partners' mails of a session mostly come together.
        let mut looked = HashMap::new();
        for row in rows {
            let id = MessageId(row.id);
            match self.look_again(&mut tx, &row, &practice, &mut looked, now).await? {
                Err(Held::Until(at)) => {
                    run!(
                        &mut tx,
                        "UPDATE message SET state = 'planned', due_at = $1, attempts = attempts - 1, lease_token = NULL, lease_until = NULL WHERE id = $2",
                        at,
                        row.id
                    )?;
                }
                Err(Held::Back(reason)) => {
                    let reason = if row.may_have_arrived { SkipReason::MayHaveArrived } else { reason };
                    run!(
                        &mut tx,
                        "UPDATE message SET state = 'skipped', reason = $1, lease_token = NULL, lease_until = NULL WHERE id = $2",
                        reason.word(),
                        row.id
                    )?;
                }
                Ok(Addressed { email: recipient, name: recipient_name, language, facts }) => {
                    let message_id = match row.message_id.clone() {
                        Some(id) => id,
                        None => {
                            // Says nothing of us, and is the same at every try.
                            let fresh = row.id.simple().to_string();
                            run!(
                                &mut tx,
                                "UPDATE message SET message_id = $1, recipient = $2, asks = $3 WHERE id = $4",
                                &fresh,
                                recipient.as_str(),
                                matches!(&facts, Facts::Session(s) if s.asks.is_some()),
                                row.id
                            )?;
                            fresh
                        }
                    };
                    // Written for an address that somebody left since: written anew.
                    let moved = row.recipient.as_deref().is_some_and(|first| first != recipient.as_str());
                    if moved {
                        run!(
                            &mut tx,
                            "UPDATE message SET recipient = $1, bytes = NULL WHERE id = $2",
                            recipient.as_str(),
                            row.id
                        )?;
                    }
                    let stored = match &row.bytes {
                        Some(_) if moved => None,
                        None => None,
                        Some(sealed) => {
                            Some(self.key_of(&mut tx, subject(&row)).await?.open("message", row.id, sealed)?.to_vec())
                        }
                    };
                    let kind: MessageKind = row.kind.parse()?;
                    claimed.push(Claimed {
                        way_back: self.way_back(id),
                        unsubscribe: self.unsubscribe_token(id, kind),
                        id,
                        token,
                        attempts: row.attempts,
                        kind,
                        recipient,
                        recipient_name,
                        message_id,
                        practice: practice.clone(),
                        language,
                        wording: wordings.get(&(kind.wording(), language)).cloned(),
                        facts,
                        stored,
                        not_after: row.not_after,
                    });
                }
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Forgets what old mails said, some at once; that they were sent stays on
    /// record. How many were forgotten.
    pub async fn forget_bodies(&self) -> Result<u64> {
        let mut tx = self.write().await?;
        let forgotten = run!(
            &mut tx,
            "UPDATE message SET bytes = NULL WHERE id IN (
                SELECT id FROM message WHERE bytes IS NOT NULL AND due_at < $1 AND state NOT IN ('planned', 'claimed') ORDER BY due_at LIMIT 500)",
            self.now() - KEPT
        )?;
        tx.commit().await?;
        Ok(forgotten)
    }

    /// Keeps the bytes of the first try, and that sending starts now. `false`:
    /// the lease is lost, and the mail must not be sent.
    pub async fn store_body(&self, id: MessageId, token: Uuid, bytes: &[u8]) -> Result<bool> {
        let mut tx = self.write().await?;
        let kept = self.keep_body(&mut tx, id, token, bytes).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// The same for several at once: those whose lease holds.
    pub async fn store_bodies(&self, bodies: &[(MessageId, Uuid, Vec<u8>)]) -> Result<HashSet<MessageId>> {
        let mut tx = self.write().await?;
        let mut held = HashSet::new();
        for (id, token, bytes) in bodies {
            if self.keep_body(&mut tx, *id, *token, bytes).await? {
                held.insert(*id);
            }
        }
        tx.commit().await?;
        Ok(held)
    }

    async fn keep_body(&self, tx: &mut Tx, id: MessageId, token: Uuid, bytes: &[u8]) -> Result<bool> {
        let row = maybe!(
            tx,
            (Option<Uuid>, Option<Vec<u8>>),
            "SELECT m.person_id, k.wrapped FROM message m LEFT JOIN data_key k ON k.subject_id = COALESCE(m.person_id, $3) WHERE m.id = $1 AND m.lease_token = $2 AND m.state = 'claimed'",
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
            "UPDATE message SET bytes = COALESCE(bytes, $1), smtp_started_at = $2 WHERE id = $3 AND lease_token = $4 AND state = 'claimed'",
            key.seal("message", id.0, bytes),
            self.now(),
            id.0,
            token
        )?;
        Ok(kept > 0)
    }

    pub async fn finish_sent(&self, id: MessageId, token: Uuid) -> Result<bool> {
        Ok(self.finish_all_sent(&[(id, token)]).await?.contains(&id))
    }

    /// Notes of several at once that they were sent: those whose lease held.
    pub async fn finish_all_sent(&self, sent: &[(MessageId, Uuid)]) -> Result<HashSet<MessageId>> {
        let mut tx = self.write().await?;
        let mut held = HashSet::new();
        for (id, token) in sent {
            let done = run!(
                &mut tx,
                "UPDATE message SET state = 'sent', sent_at = $1, lease_token = NULL, lease_until = NULL, last_error = NULL WHERE id = $2 AND lease_token = $3 AND state = 'claimed'",
                self.now(),
                id.0,
                token
            )?;
            if done > 0 {
                held.insert(*id);
            }
        }
        tx.commit().await?;
        Ok(held)
    }

    /// Tries again at an instant; after too many tries it has failed.
    /// `unknown`: the mail server did not say whether it took the mail.
    pub async fn finish_retry(
        &self,
        id: MessageId,
        token: Uuid,
        at: DateTime<Utc>,
        error: &str,
        unknown: bool,
    ) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = run!(
            &mut tx,
            "UPDATE message SET state = CASE WHEN attempts >= $1 THEN 'failed' ELSE 'planned' END, lease_token = NULL, lease_until = $2, last_error = $3,
                    smtp_started_at = NULL, may_have_arrived = (may_have_arrived OR $6)
             WHERE id = $4 AND lease_token = $5 AND state = 'claimed'",
            ATTEMPTS, at, error, id.0, token, unknown
        )?;
        tx.commit().await?;
        Ok(done > 0)
    }

    /// The database was brought back from before: what it owes may have gone out
    /// since. What is about a session waits for a person, who sees it as not
    /// delivered from now on and sends it again or lets it be; what is for later
    /// goes on, and so do links and the news that something waits, which say
    /// nothing wrong when they come twice. How many mails wait.
    pub async fn hold_after_restore(&self) -> Result<u64> {
        let mut tx = self.write().await?;
        let held = run!(
            &mut tx,
            "UPDATE message SET state = 'failed', may_have_arrived = $1, lease_token = NULL, lease_until = NULL, last_error = $2, due_at = $3
             WHERE session_id IS NOT NULL AND not_after > $3 AND (state = 'claimed' OR (state = 'planned' AND due_at <= $3))",
            true,
            "it may have gone out before the database was brought back from a backup",
            self.now()
        )?;
        if held > 0 {
            let act =
                Act { by: None, action: "held after a restore", thing: "message", id: None, client: None, detail: "" };
            self.audit(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(held)
    }

    pub async fn finish_failed(&self, id: MessageId, token: Uuid, error: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = fail(&mut tx, id, token, error).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// The same where its address was refused: nothing more is sent there.
    pub async fn finish_refused(&self, id: MessageId, token: Uuid, error: &str, said: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = fail(&mut tx, id, token, error).await?;
        if done {
            self.returned_in(&mut tx, id.0, said).await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Gives a claim back: the server is going down, or rests, before it was
    /// sent. What was never begun is written anew when its time has come.
    pub async fn release(&self, id: MessageId, token: Uuid, begun: bool) -> Result<bool> {
        self.give_back(id, token, begun, None).await
    }

    /// The same for what was not begun: it is not its turn before an instant.
    pub async fn put_off(&self, id: MessageId, token: Uuid, until: DateTime<Utc>) -> Result<bool> {
        self.give_back(id, token, false, Some(until)).await
    }

    async fn give_back(&self, id: MessageId, token: Uuid, begun: bool, until: Option<DateTime<Utc>>) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = run!(
            &mut tx,
            "UPDATE message SET state = 'planned', attempts = attempts - 1, lease_token = NULL, lease_until = $4,
                    bytes = CASE WHEN attempts > 1 OR $3 THEN bytes END, smtp_started_at = NULL, may_have_arrived = (may_have_arrived OR $3)
             WHERE id = $1 AND lease_token = $2 AND state = 'claimed'",
            id.0,
            token,
            begun,
            until
        )?;
        tx.commit().await?;
        Ok(done > 0)
    }

    /// The mails that were sent last, for the demo's mailbox page.
    pub async fn mailbox(&self, most: i64) -> Result<Vec<(MessageId, String, DateTime<Utc>, Vec<u8>)>> {
        #[derive(FromRow)]
        struct Sent {
            id: Uuid,
            person_id: Option<Uuid>,
            recipient: String,
            sent_at: DateTime<Utc>,
            bytes: Vec<u8>,
        }
        let mut tx = self.read().await?;
        let rows = all!(
            &mut tx,
            Sent,
            "SELECT id, person_id, recipient, sent_at, bytes FROM message WHERE state = 'sent' AND bytes IS NOT NULL AND recipient IS NOT NULL ORDER BY sent_at DESC LIMIT $1",
            most
        )?;
        let mut mails = Vec::new();
        for row in rows {
            let key = self.key_of(&mut tx, row.person_id.unwrap_or(PRACTICE)).await?;
            mails.push((
                MessageId(row.id),
                row.recipient,
                row.sent_at,
                key.open("message", row.id, &row.bytes)?.to_vec(),
            ));
        }
        Ok(mails)
    }
}

fn subject(row: &Row) -> Uuid {
    row.person_id.unwrap_or(PRACTICE)
}

/// Notes that a message has failed for good. `false`: the lease is lost.
async fn fail(tx: &mut Tx, id: MessageId, token: Uuid, error: &str) -> Result<bool> {
    let done = run!(
        tx,
        "UPDATE message SET state = 'failed', lease_token = NULL, lease_until = NULL, last_error = $1 WHERE id = $2 AND lease_token = $3 AND state = 'claimed'",
        error,
        id.0,
        token
    )?;
    Ok(done > 0)
}
