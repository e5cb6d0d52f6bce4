//! The outbox: every e-mail that the system owes someone.
//!
//! A message is planned in the transaction of the fact it speaks about, under
//! a key that makes planning twice planning once. A worker claims what is
//! due under a lease with a random token, and what it claims is looked at
//! once more in the claiming transaction: a session that was moved or
//! cancelled meanwhile is not announced at its old time. The rendered bytes
//! are stored before the first try, so that a repeat is the same mail with
//! the same Message-ID. Whoever has lost the lease can finish nothing.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use domain::{
    ids::{AccountId, InvitationId, MessageId, PersonId, SessionId},
    person::{Email, Role, Zone},
    practice::Practice,
    reminder::{MessageKind, Occasion, Planned, Recipient, SkipReason, plan, safe_time},
    session::Timing,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, SessionView, Store, Tx,
    clients::{self, PersonRow},
    database::{all, maybe, on, run},
    inquiries,
    keys::{PRACTICE, random},
    letters,
    logins::roles,
    nudges,
    practice::practice_set_up,
    requests, sessions,
};

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
    /// Without angle brackets; the same at every try.
    pub message_id: String,
    pub practice: Practice,
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
    not_after: DateTime<Utc>,
    attempts: i64,
    message_id: Option<String>,
    recipient: Option<String>,
    bytes: Option<Vec<u8>>,
}

/// So many messages are written in one statement.
const ROWS: usize = 3;

/// A message to be written; empty, it is none.
#[derive(Default)]
struct NewRow {
    id: Option<Uuid>,
    dedupe: Option<String>,
    kind: Option<&'static str>,
    person: Option<Uuid>,
    lead: Option<String>,
    due_at: Option<DateTime<Utc>>,
    not_after: Option<DateTime<Utc>>,
    state: Option<&'static str>,
    reason: Option<&'static str>,
}

impl Store {
    /// Plans a session's messages in the transaction of the fact. What was
    /// planned for an older version of it is replaced.
    pub(crate) async fn plan_session(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        occasion: Occasion,
    ) -> Result<()> {
        self.plan_since(tx, practice, id, occasion, None).await
    }

    /// The same where a change was undone: who was told last of the version
    /// that stands again is told nothing, and everybody else how it stands.
    pub(crate) async fn plan_undone(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        restored: i64,
    ) -> Result<()> {
        self.plan_since(tx, practice, id, Occasion::Undone, Some(restored)).await
    }

    async fn plan_since(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        occasion: Occasion,
        restored: Option<i64>,
    ) -> Result<()> {
        #[derive(FromRow)]
        struct Coming {
            starts: NaiveDateTime,
            #[sqlx(try_from = "String")]
            session_zone: Zone,
            minutes: i64,
            starts_at: DateTime<Utc>,
            ends_at: DateTime<Utc>,
            version: i64,
            series_id: Option<Uuid>,
            #[sqlx(flatten)]
            person: PersonRow,
        }
        let now = self.now();
        let coming = all!(
            tx,
            Coming,
            "SELECT s.starts, s.zone AS session_zone, s.minutes, s.starts_at, s.ends_at, s.version, s.series_id,
                    p.id, p.name, p.pronouns, p.email, p.phone, p.zone, p.language, p.portal_only, p.safe_from, p.safe_until, p.reminders, p.nudges, p.nudge_at
             FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id WHERE s.id = $1",
            id.0
        )?;
        let Some(first) = coming.first() else { return Ok(()) };
        let timing = Timing {
            starts: first.starts,
            zone: first.session_zone.clone(),
            minutes: first.minutes,
            starts_at: first.starts_at,
            ends_at: first.ends_at,
        };
        let (version, series) = (first.version, first.series_id);
        let recipients: Vec<Recipient> = coming.iter().map(|c| c.person.reader().recipient).collect();
        let told = match occasion {
            Occasion::Moved | Occasion::Cancelled | Occasion::Undone => self.told(tx, id, series).await?,
            Occasion::Booked | Occasion::Settings => HashMap::new(),
        };
        let was_told = |person: PersonId| told.contains_key(&person.0);
        let knows = |person: PersonId| restored.is_some() && told.get(&person.0).copied() == restored;
        match occasion {
            // Nothing stands yet.
            Occasion::Booked => {}
            Occasion::Settings => {
                run!(
                    tx,
                    "UPDATE message SET state = 'superseded', reason = NULL WHERE session_id = $1 AND state = 'planned' AND kind = 'reminder' AND attempts = 0",
                    id.0
                )?;
            }
            Occasion::Moved | Occasion::Cancelled | Occasion::Undone => {
                run!(
                    tx,
                    "UPDATE message SET state = 'superseded', reason = $2 WHERE session_id = $1 AND state = 'planned'",
                    id.0,
                    SkipReason::SessionChanged.word()
                )?;
            }
        }
        let quiet = Duration::minutes(practice.quiet_minutes);
        let mut owed = Vec::new();
        for mut planned in plan(occasion, &timing, &recipients, &practice.leads, quiet, now)? {
            match planned.kind {
                MessageKind::Moved if !was_told(planned.person) => planned.kind = MessageKind::Confirmation,
                MessageKind::Cancelled if !was_told(planned.person) => continue,
                // They know of it as it stands again.
                MessageKind::Confirmation if knows(planned.person) => continue,
                _ => {}
            }
            owed.push(planned);
        }
        for some in owed.chunks(ROWS) {
            let [a, b, c] = std::array::from_fn(|n| some.get(n).map(|planned| self.row(planned, id, version)));
            let (a, b, c) = (a.unwrap_or_default(), b.unwrap_or_default(), c.unwrap_or_default());
            run!(
                tx,
                "INSERT INTO message (id, dedupe, kind, session_id, session_version, person_id, lead, due_at, not_after, state, reason, attempts, created_at)
                 SELECT v.id, v.dedupe, v.kind, $1, $2, v.person_id, v.lead, v.due_at, v.not_after, v.state, v.reason, 0, $3 FROM (
                    SELECT $4 AS id, $5 AS dedupe, $6 AS kind, $7 AS person_id, $8 AS lead, $9 AS due_at, $10 AS not_after, $11 AS state, $12 AS reason
                    UNION ALL SELECT $13, $14, $15, $16, $17, $18, $19, $20, $21 UNION ALL SELECT $22, $23, $24, $25, $26, $27, $28, $29, $30) v
                 WHERE v.id IS NOT NULL
                 ON CONFLICT (dedupe) DO UPDATE SET due_at = excluded.due_at, not_after = excluded.not_after, state = excluded.state, reason = excluded.reason
                 WHERE message.state IN ('planned', 'skipped', 'superseded') AND message.attempts = 0",
                id.0, version, now,
                a.id, a.dedupe, a.kind, a.person, a.lead, a.due_at, a.not_after, a.state, a.reason,
                b.id, b.dedupe, b.kind, b.person, b.lead, b.due_at, b.not_after, b.state, b.reason,
                c.id, c.dedupe, c.kind, c.person, c.lead, c.due_at, c.not_after, c.state, c.reason
            )?;
        }
        Ok(())
    }

    fn row(&self, planned: &Planned, session: SessionId, version: i64) -> NewRow {
        NewRow {
            id: Some(self.clock().id()),
            dedupe: Some(planned.key(session, version)),
            kind: Some(planned.kind.word()),
            person: Some(planned.person.0),
            lead: planned.lead.map(|l| l.to_string()),
            due_at: Some(planned.due_at),
            not_after: Some(planned.not_after),
            state: Some(if planned.skip.is_some() { "skipped" } else { "planned" }),
            reason: planned.skip.map(SkipReason::word),
        }
    }

    /// Who was told of a session before, by itself or with its series, and of
    /// which version of it last: a move says so only to them.
    async fn told(&self, tx: &mut Tx, id: SessionId, series: Option<Uuid>) -> Result<HashMap<Uuid, i64>> {
        let mut told = HashMap::new();
        if let Some(series) = series {
            // Booked with the others, it was told as it was first.
            let with_it = all!(
                tx,
                (Option<Uuid>,),
                "SELECT m.person_id FROM series y JOIN series z ON z.root_id = y.root_id JOIN session x ON x.series_id = z.id JOIN message m ON m.session_id = x.id
                 WHERE y.id = $1 AND m.kind IN ('confirmation', 'moved') AND (m.state IN ('sent', 'claimed') OR m.attempts > 0)",
                series
            )?;
            told.extend(with_it.into_iter().filter_map(|(person,)| Some((person?, 0))));
        }
        let by_itself = all!(
            tx,
            (Option<Uuid>, Option<i64>),
            "SELECT person_id, session_version FROM message WHERE session_id = $1 AND kind IN ('confirmation', 'moved', 'cancelled') AND (state IN ('sent', 'claimed') OR attempts > 0) ORDER BY session_version",
            id.0
        )?;
        told.extend(by_itself.into_iter().filter_map(|(person, version)| Some((person?, version?))));
        Ok(told)
    }

    /// Plans the reminders of a person's sessions ahead again.
    pub(crate) async fn replan_person(&self, tx: &mut Tx, person: PersonId) -> Result<()> {
        let ids = all!(
            tx,
            (Uuid,),
            "SELECT s.id FROM session s JOIN session_attendee t ON t.session_id = s.id
             WHERE t.person_id = $1 AND s.starts_at > $2 AND s.state IN ('booked', 'arrived')",
            person.0,
            self.now()
        )?;
        let practice = practice_set_up(tx).await?;
        for (id,) in ids {
            self.plan_session(tx, &practice, SessionId(id), Occasion::Settings).await?;
        }
        Ok(())
    }

    /// Plans the reminders of every session ahead again: the lead times
    /// changed.
    pub(crate) async fn replan_all(&self, tx: &mut Tx) -> Result<()> {
        let ids = all!(
            tx,
            (Uuid,),
            "SELECT id FROM session WHERE starts_at > $1 AND state IN ('booked', 'arrived')",
            self.now()
        )?;
        let practice = practice_set_up(tx).await?;
        for (id,) in ids {
            self.plan_session(tx, &practice, SessionId(id), Occasion::Settings).await?;
        }
        Ok(())
    }

    /// Owes an account a mail with a link.
    pub(crate) async fn plan_account_mail(
        &self,
        tx: &mut Tx,
        account: AccountId,
        mail: AccountMail,
        not_after: DateTime<Utc>,
    ) -> Result<()> {
        let now = self.now();
        // What was owed before it is replaced by this.
        let (kind, invitation, reset) = match mail {
            AccountMail::Invitation(id) => (MessageKind::Invitation, Some(id.0), None),
            AccountMail::Reset(id) => (MessageKind::PasswordReset, None, Some(id)),
        };
        run!(
            tx,
            "UPDATE message SET state = 'superseded', reason = $1 WHERE account_id = $2 AND kind = $3 AND state = 'planned'",
            SkipReason::Used.word(),
            account.0,
            kind.word()
        )?;
        let about = invitation.or(reset).unwrap_or_default();
        run!(
            tx,
            "INSERT INTO message (id, dedupe, kind, account_id, invitation_id, reset_id, due_at, not_after, state, attempts, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', 0, $7)",
            self.clock().id(), format!("{}:{about}", kind.word()), kind.word(), account.0, invitation, reset, now, not_after
        )?;
        Ok(())
    }

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
            "UPDATE message SET state = 'claimed', lease_token = $1, lease_until = $2, attempts = attempts + 1
             WHERE id IN (SELECT id FROM message WHERE state IN ('planned', 'claimed') AND due_at <= $3 AND (lease_until IS NULL OR lease_until <= $3) ORDER BY due_at LIMIT $4)
               AND state IN ('planned', 'claimed') AND due_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)
             RETURNING id, kind, session_id, session_version, person_id, account_id, invitation_id, reset_id, occurrence_id, plan_id, letter_id, request_id, inquiry_id, not_after, attempts, message_id, recipient, bytes")
            .bind(token).bind(now + lease).bind(now).bind(most).fetch_all(c).await)?;
        let practice = practice_set_up(&mut tx).await?;
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
                    run!(
                        &mut tx,
                        "UPDATE message SET state = 'skipped', reason = $1, lease_token = NULL, lease_until = NULL WHERE id = $2",
                        reason.word(),
                        row.id
                    )?;
                }
                Ok((recipient, recipient_name, facts)) => {
                    let message_id = match row.message_id.clone() {
                        Some(id) => id,
                        None => {
                            // Says nothing of us, and is the same at every try.
                            let fresh = format!("{}@appointments.invalid", row.id.simple());
                            run!(
                                &mut tx,
                                "UPDATE message SET message_id = $1, recipient = $2 WHERE id = $3",
                                &fresh,
                                recipient.as_str(),
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
                    claimed.push(Claimed {
                        id,
                        token,
                        attempts: row.attempts,
                        kind: row.kind.parse()?,
                        recipient,
                        recipient_name,
                        message_id,
                        practice: practice.clone(),
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

    /// Whether a message still says what is true, to whom, and what.
    async fn look_again(
        &self,
        tx: &mut Tx,
        row: &Row,
        practice: &Practice,
        looked: &mut HashMap<Uuid, Option<SessionView>>,
        now: DateTime<Utc>,
    ) -> Result<Result<(Email, String, Facts), Held>> {
        if row.not_after <= now {
            return Ok(Err(SkipReason::TooLate.into()));
        }
        let kind: MessageKind = row.kind.parse()?;
        if let (Some(session), Some(person)) = (row.session_id, row.person_id) {
            let session = match looked.entry(session) {
                Entry::Occupied(seen) => seen.into_mut(),
                Entry::Vacant(new) => new.insert(sessions::load(tx, SessionId(session)).await?),
            };
            let Some(session) = session else { return Ok(Err(SkipReason::SessionChanged.into())) };
            let cancelled = !session.state.occupies();
            if row.session_version != Some(session.version) || cancelled != (kind == MessageKind::Cancelled) {
                return Ok(Err(SkipReason::SessionChanged.into()));
            }
            if !session.attendees.iter().any(|a| a.person.0 == person) {
                return Ok(Err(SkipReason::Left.into()));
            }
            let person = clients::person(tx, PersonId(person)).await?;
            if person.portal_only {
                return Ok(Err(SkipReason::PortalOnly.into()));
            }
            if let Some(held) = unsafe_hour(&person, now, row.not_after)? {
                return Ok(Err(held));
            }
            if kind == MessageKind::Reminder && !person.reminders {
                return Ok(Err(SkipReason::RemindersOff.into()));
            }
            let Some(email) = person.email.as_deref().and_then(|e| Email::parse(e).ok()) else {
                return Ok(Err(SkipReason::NoAddress.into()));
            };
            let series = if kind == MessageKind::Reminder {
                SeriesFacts::default()
            } else {
                series_facts(tx, session, now).await?
            };
            let facts = SessionFacts {
                series,
                session: session.id,
                version: session.version,
                starts_at: session.timing.starts_at,
                ends_at: session.timing.ends_at,
                minutes: session.timing.minutes,
                zone: person.zone,
                practice_zone: practice.zone.clone(),
                place: session.place(),
                link: session.link.clone(),
                clinician: session.clinician_name.clone(),
                cancelled,
            };
            return Ok(Ok((email, person.name, Facts::Session(facts))));
        }
        if let Some(person) = row.person_id {
            return self.look_at_portal_mail(tx, row, PersonId(person), now).await;
        }
        if let Some(inquiry) = row.inquiry_id {
            let Some((name, email, token, expires_at)) = inquiries::to_confirm(self, tx, inquiry).await? else {
                return Ok(Err(SkipReason::Used.into()));
            };
            let Ok(email) = Email::parse(&email) else { return Ok(Err(SkipReason::NoAddress.into())) };
            return Ok(Ok((email, name, Facts::Inquiry { token, expires_at })));
        }
        let Some(account) = row.account_id else { return Ok(Err(SkipReason::Left.into())) };
        let found = maybe!(
            tx,
            (String, String, Option<String>, Option<Uuid>),
            "SELECT display_name, email, login_name, person_id FROM account WHERE id = $1 AND disabled_at IS NULL",
            account
        )?;
        let Some((name, email, login_name, person)) = found else { return Ok(Err(SkipReason::Left.into())) };
        if let Some(person) = person {
            let person = clients::person(tx, PersonId(person)).await?;
            if person.portal_only {
                return Ok(Err(SkipReason::PortalOnly.into()));
            }
            // A link to choose a new password was asked for just now.
            if row.reset_id.is_none()
                && let Some(held) = unsafe_hour(&person, now, row.not_after)?
            {
                return Ok(Err(held));
            }
        }
        if let Some(invitation) = row.invitation_id {
            let open = maybe!(
                tx,
                (String, DateTime<Utc>),
                "SELECT email, expires_at FROM invitation WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL",
                invitation
            )?;
            let Some((email, expires_at)) = open else { return Ok(Err(SkipReason::Used.into())) };
            let Ok(email) = Email::parse(&email) else { return Ok(Err(SkipReason::NoAddress.into())) };
            let role = roles(tx, AccountId(account)).await?.into_iter().min().unwrap_or(Role::Partner);
            let token = self.keys().token("invitation", invitation);
            return Ok(Ok((email, name, Facts::Invitation { token, role, expires_at })));
        }
        let Ok(email) = Email::parse(&email) else { return Ok(Err(SkipReason::NoAddress.into())) };
        if let (Some(reset), Some(login_name)) = (row.reset_id, login_name) {
            let open = maybe!(
                tx,
                (DateTime<Utc>,),
                "SELECT expires_at FROM password_reset WHERE id = $1 AND used_at IS NULL",
                reset
            )?;
            let Some((expires_at,)) = open else { return Ok(Err(SkipReason::Used.into())) };
            let token = self.keys().token("reset", reset);
            return Ok(Ok((email, name, Facts::PasswordReset { token, login_name, expires_at })));
        }
        Ok(Err(SkipReason::Left.into()))
    }

    /// The same for a mail about something in a person's portal.
    async fn look_at_portal_mail(
        &self,
        tx: &mut Tx,
        row: &Row,
        person: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Result<(Email, String, Facts), Held>> {
        let person = clients::person(tx, person).await?;
        if person.portal_only {
            return Ok(Err(SkipReason::PortalOnly.into()));
        }
        let Some(email) = person.email.as_deref().and_then(|e| Email::parse(e).ok()) else {
            return Ok(Err(SkipReason::NoAddress.into()));
        };
        let facts = if let Some(plan) = row.plan_id {
            nudges::plan_holds(tx, plan, &person)
                .await?
                .map(|starts_at| Facts::Plan { starts_at, zone: person.zone.clone() })
        } else if let Some(occurrence) = row.occurrence_id {
            self.nudge_holds(tx, occurrence, &person).await?.map(|()| Facts::Portal)
        } else if let Some(request) = row.request_id {
            let waits = requests::request_waits(tx, request, PersonId(person.id), now).await?;
            if waits { Ok(Facts::Portal) } else { Err(SkipReason::NothingToDo) }
        } else if let Some(letter) = row.letter_id {
            if letters::letter_waits(tx, letter).await? { Ok(Facts::Portal) } else { Err(SkipReason::NothingToDo) }
        } else {
            Err(SkipReason::Left)
        };
        if facts.is_ok()
            && let Some(held) = unsafe_hour(&person, now, row.not_after)?
        {
            return Ok(Err(held));
        }
        Ok(facts.map(|facts| (email, person.name, facts)).map_err(Held::Back))
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
    pub async fn finish_retry(&self, id: MessageId, token: Uuid, at: DateTime<Utc>, error: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = run!(
            &mut tx,
            "UPDATE message SET state = CASE WHEN attempts >= $1 THEN 'failed' ELSE 'planned' END, lease_token = NULL, lease_until = $2, last_error = $3
             WHERE id = $4 AND lease_token = $5 AND state = 'claimed'",
            ATTEMPTS, at, error, id.0, token
        )?;
        tx.commit().await?;
        Ok(done > 0)
    }

    pub async fn finish_failed(&self, id: MessageId, token: Uuid, error: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = run!(
            &mut tx,
            "UPDATE message SET state = 'failed', lease_token = NULL, lease_until = NULL, last_error = $1 WHERE id = $2 AND lease_token = $3 AND state = 'claimed'",
            error,
            id.0,
            token
        )?;
        tx.commit().await?;
        Ok(done > 0)
    }

    /// Gives a claim back: the server is going down, or rests, before it was
    /// sent. What was never begun is written anew when its time has come.
    pub async fn release(&self, id: MessageId, token: Uuid, begun: bool) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = run!(
            &mut tx,
            "UPDATE message SET state = 'planned', attempts = attempts - 1, lease_token = NULL, lease_until = NULL,
                    bytes = CASE WHEN attempts > 1 OR $3 THEN bytes END, smtp_started_at = CASE WHEN attempts > 1 OR $3 THEN smtp_started_at END
             WHERE id = $1 AND lease_token = $2 AND state = 'claimed'",
            id.0,
            token,
            begun
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

/// So many of a series' sessions are named in a mail.
const NAMED: usize = 12;

/// What a mail about a session tells of its series: where it is the first of
/// those still to come, what follows it; where it is cancelled, whether all
/// that would have followed are.
async fn series_facts(tx: &mut Tx, session: &SessionView, now: DateTime<Utc>) -> Result<SeriesFacts> {
    let Some((series, on)) = session.series else { return Ok(SeriesFacts::default()) };
    let rows = all!(
        tx,
        (chrono::NaiveDate, DateTime<Utc>, bool),
        "SELECT series_on, starts_at, (state IN ('cancelled', 'late_cancelled')) FROM session WHERE series_id = $1 AND id <> $2 AND starts_at > $3 ORDER BY starts_at",
        series,
        session.id.0,
        now
    )?;
    let stands = |gone: &bool| *gone != session.state.occupies();
    let first = !rows.iter().any(|(day, _, gone)| *day < on && stands(gone));
    let later: Vec<_> = rows.iter().filter(|(day, ..)| *day > on).collect();
    if !session.state.occupies() {
        let over = first && !later.is_empty() && later.iter().all(|(.., gone)| *gone);
        return Ok(SeriesFacts { over, ..SeriesFacts::default() });
    }
    if !first {
        return Ok(SeriesFacts::default());
    }
    let next: Vec<DateTime<Utc>> = later.iter().filter(|(.., gone)| !gone).map(|(_, at, _)| *at).collect();
    Ok(SeriesFacts { more: next.len() > NAMED, next: next.into_iter().take(NAMED).collect(), over: false })
}

/// Why something that is due is not sent now.
enum Held {
    Back(SkipReason),
    Until(DateTime<Utc>),
}

impl From<SkipReason> for Held {
    fn from(reason: SkipReason) -> Self {
        Self::Back(reason)
    }
}

/// After an outage, or a change of a person's hours, what was planned for a
/// good hour may be due at a bad one.
fn unsafe_hour(person: &PersonRow, now: DateTime<Utc>, not_after: DateTime<Utc>) -> Result<Option<Held>> {
    let at = safe_time(now, &person.reader().recipient)?;
    Ok((at > now).then(|| if at < not_after { Held::Until(at) } else { Held::Back(SkipReason::TooLate) }))
}

fn subject(row: &Row) -> Uuid {
    row.person_id.unwrap_or(PRACTICE)
}
