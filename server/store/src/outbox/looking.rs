//! A claimed message is looked at once more: whether it still says what is
//! true, and what it says.

use std::collections::{HashMap, hash_map::Entry};

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, MessageId, PersonId, SessionId},
    person::{Email, Language, Role},
    practice::Practice,
    reminder::{MessageKind, SkipReason, safe_time},
};
use uuid::Uuid;

use super::{Facts, Row, SeriesFacts, SessionFacts};
use crate::{
    Result, SessionView, Store, Tx,
    clients::{self, PersonRow},
    database::{all, maybe},
    inquiries, letters,
    logins::roles,
    nudges, requests, sessions,
};

impl Store {
    /// Whether a message still says what is true, to whom, and what.
    pub(super) async fn look_again(
        &self,
        tx: &mut Tx,
        row: &Row,
        practice: &Practice,
        looked: &mut HashMap<Uuid, Option<SessionView>>,
        now: DateTime<Utc>,
    ) -> Result<Result<Addressed, Held>> {
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
            if session.frozen {
                return Ok(Err(SkipReason::Separated.into()));
            }
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
            if person.returned_at.is_some() {
                return Ok(Err(SkipReason::Returned.into()));
            }
            if kind == MessageKind::Reminder && self.overtaken(tx, row, now).await? {
                return Ok(Err(SkipReason::Overtaken.into()));
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
            let lead = row.lead.as_deref().and_then(|lead| lead.parse().ok());
            let own = person.contact().leads;
            let asks =
                kind == MessageKind::Reminder && lead.is_some_and(|lead| practice.asks_at(session.kind, &own, lead));
            let facts = SessionFacts {
                asks: asks.then(|| self.reply_token(MessageId(row.id))),
                joint: session.attendees.len() > 1,
                series,
                session: session.id,
                version: session.version,
                starts_at: session.timing.starts_at,
                ends_at: session.timing.ends_at,
                minutes: session.timing.minutes,
                zone: person.zone,
                practice_zone: practice.zone.clone(),
                place: session.way(),
                link: session.link.clone(),
                clinician: session.clinician_name.clone(),
                cancelled,
            };
            let language = person.language;
            return Ok(Ok(Addressed { email, name: person.name, language, facts: Facts::Session(facts) }));
        }
        if let Some(person) = row.person_id {
            return self.look_at_portal_mail(tx, row, PersonId(person), now).await;
        }
        if let Some(inquiry) = row.inquiry_id {
            let Some((name, email, token, expires_at)) = inquiries::to_confirm(self, tx, inquiry).await? else {
                return Ok(Err(SkipReason::Used.into()));
            };
            let Ok(email) = Email::parse(&email) else { return Ok(Err(SkipReason::NoAddress.into())) };
            return Ok(Ok(Addressed::plainly(email, name, Facts::Inquiry { token, expires_at })));
        }
        let Some(account) = row.account_id else { return Ok(Err(SkipReason::Left.into())) };
        let found = maybe!(
            tx,
            (String, String, Option<String>, Option<Uuid>),
            "SELECT display_name, email, login_name, person_id FROM account WHERE id = $1 AND disabled_at IS NULL",
            account
        )?;
        let Some((name, email, login_name, person)) = found else { return Ok(Err(SkipReason::Left.into())) };
        let mut language = Language::English;
        if let Some(person) = person {
            let person = clients::person(tx, PersonId(person)).await?;
            language = person.language;
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
            return Ok(Ok(Addressed { email, name, language, facts: Facts::Invitation { token, role, expires_at } }));
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
            let facts = Facts::PasswordReset { token, login_name, expires_at };
            return Ok(Ok(Addressed { email, name, language, facts }));
        }
        Ok(Err(SkipReason::Left.into()))
    }

    /// After an outage several reminders of one session may be due: the last
    /// of them says it.
    async fn overtaken(&self, tx: &mut Tx, row: &Row, now: DateTime<Utc>) -> Result<bool> {
        let later = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM message WHERE session_id = $1 AND person_id = $2 AND session_version = $3 AND kind = 'reminder' AND id <> $4
                AND due_at <= $5 AND due_at > (SELECT due_at FROM message WHERE id = $4) AND state IN ('planned', 'claimed', 'sent') AND not_after > $5 LIMIT 1",
            row.session_id,
            row.person_id,
            row.session_version,
            row.id,
            now
        )?;
        Ok(later.is_some())
    }

    /// Whether somebody was told within the hour, or is being told now, that
    /// something waits on their page: one mail says it for all.
    async fn said_already(&self, tx: &mut Tx, row: &Row, now: DateTime<Utc>) -> Result<bool> {
        // What was begun before is not broken off.
        if row.message_id.is_some() {
            return Ok(false);
        }
        let said = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM message WHERE person_id = $1 AND id <> $2 AND kind IN ('nudge', 'letter', 'request')
                AND ((state = 'sent' AND sent_at > $3) OR (state = 'claimed' AND message_id IS NOT NULL)) LIMIT 1",
            row.person_id,
            row.id,
            now - TOGETHER
        )?;
        Ok(said.is_some())
    }

    /// The same for a mail about something in a person's portal.
    async fn look_at_portal_mail(
        &self,
        tx: &mut Tx,
        row: &Row,
        person: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Result<Addressed, Held>> {
        let person = clients::person(tx, person).await?;
        if person.portal_only {
            return Ok(Err(SkipReason::PortalOnly.into()));
        }
        if person.returned_at.is_some() {
            return Ok(Err(SkipReason::Returned.into()));
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
        if matches!(facts, Ok(Facts::Portal)) && self.said_already(tx, row, now).await? {
            return Ok(Err(SkipReason::Together.into()));
        }
        let language = person.language;
        Ok(facts.map(|facts| Addressed { email, name: person.name, language, facts }).map_err(Held::Back))
    }
}

/// Within this time one mail says that something waits.
const TOGETHER: chrono::Duration = chrono::Duration::hours(1);

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
/// To whom a message goes, in which language, and what it says.
pub(super) struct Addressed {
    pub email: Email,
    pub name: String,
    pub language: Language,
    pub facts: Facts,
}

impl Addressed {
    /// To somebody who has chosen no language.
    fn plainly(email: Email, name: String, facts: Facts) -> Self {
        Self { email, name, language: Language::English, facts }
    }
}

pub(super) enum Held {
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
