//! Emails that bounced, and emails that a person no longer wants.
//!
//! A bounce report means one of three things: this email did not arrive, this
//! address is bad, or the practice's own mail set-up is at fault. A bad address
//! gets no more email until the practice has looked at it: a practice that goes
//! on sending to it is soon taken for a sender of spam. Only the address that
//! was written to is stopped, not one that was corrected in the meantime.

use chrono::{DateTime, Utc};
use domain::{
    clients::person::Language,
    ids::{AccountId, EmailId, PersonId},
    outbox::reminder::EmailKind,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::queue::{Blame, Obstacle, REFUSALS};
use crate::{
    After, Bookings, Guest, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    clients::{client, email_domain::same_address},
    database::{maybe, run},
    exercises::nudges,
    limits::RETURNED,
    outbox::owed,
    unreadable::fetched,
};

/// The purpose that the tag of an email's return path is made for.
const RETURN_PATH: &str = "way back";
/// The purpose that the token of an unsubscribe link is made for.
const UNSUBSCRIBE: &str = "unsubscribe";

/// A person whose email bounces.
#[derive(Clone, Debug)]
pub struct BouncedPerson {
    pub person: PersonId,
    pub name: String,
    pub phone: String,
    pub since: DateTime<Utc>,
    /// What the mail server answered.
    pub why: String,
}

/// What a bounce report says of an email that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub blame: Blame,
    /// What the mail server answered, on one line.
    pub why: String,
    /// The mail server's codes, such as `550 5.1.1`.
    pub code: String,
}

/// What was recorded of a bounce report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportOutcome {
    /// Nothing: it is about none of our emails, or was recorded before.
    Nothing,
    /// The email is marked as not delivered.
    Message,
    /// The address is marked as bad, too.
    Address,
    /// The fault is ours: sending is stopped.
    Ourselves,
}

/// The places where the address that an email went to is stored.
#[derive(FromRow)]
struct Addressee {
    recipient: Option<String>,
    person_id: Option<Uuid>,
    person_email: Option<String>,
    person_since: Option<DateTime<Utc>>,
    account_id: Option<Uuid>,
    account_email: Option<String>,
    account_since: Option<DateTime<Utc>>,
    inquiry_id: Option<Uuid>,
    inquiry_email: Option<String>,
    inquiry_since: Option<DateTime<Utc>>,
}

/// The emails that a person no longer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailGroup {
    /// Reminders of sessions.
    Reminders,
    /// Reminders of exercises and plans.
    Nudges,
}

/// A link that ends the emails of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsubscribeLink {
    pub group: EmailGroup,
    /// Whether its reader gets no emails of this group (any more).
    pub ended: bool,
    /// The language of its reader.
    pub language: Language,
}

impl EmailGroup {
    /// The group of an email; `None`: emails of this kind cannot be ended.
    fn of(kind: EmailKind) -> Option<Self> {
        if kind == EmailKind::Reminder {
            Some(Self::Reminders)
        } else if kind.is_exercise_reminder() {
            Some(Self::Nudges)
        } else {
            None
        }
    }
}

impl Store {
    /// The tag for the return path of an email: only this program can tell from
    /// it which email it is.
    pub(crate) fn way_back(&self, email: EmailId) -> String {
        self.keys().address_tag(RETURN_PATH, email.0)
    }

    /// The token with which a reader unsubscribes from emails of this kind.
    /// `None`: emails of this kind cannot be unsubscribed from.
    pub(crate) fn unsubscribe_token(&self, email: EmailId, kind: EmailKind) -> Option<String> {
        EmailGroup::of(kind).map(|_| self.keys().short_token(UNSUBSCRIBE, email.0))
    }
}

impl Worker {
    /// Records that an email bounced because its address is bad. `tag` is that
    /// of its return path. `false`: it is none of our emails, was recorded
    /// before, or the person has another address by now.
    pub async fn record_bounce(&self, tag: &str, why: &str) -> Result<bool> {
        let report = Report { blame: Blame::Address, why: why.to_owned(), code: String::new() };
        Ok(self.record_report(tag, &report).await? == ReportOutcome::Address)
    }

    /// The address that an email went to, found by the tag of its return path.
    /// `None`: it is none of our emails.
    pub async fn returned_recipient(&self, tag: &str) -> Result<Option<String>> {
        let Some(id) = self.keys().id_of_tag(RETURN_PATH, tag) else { return Ok(None) };
        let mut tx = self.read().await?;
        let row = maybe!(&mut tx, (Option<String>,), "SELECT recipient FROM email WHERE id = $1", id)?;
        Ok(row.and_then(|(recipient,)| recipient))
    }

    /// Records a bounce report. It may be about an email of any kind, also one
    /// that is marked as sent.
    pub async fn record_report(&self, tag: &str, report: &Report) -> Result<ReportOutcome> {
        let Some(id) = self.keys().id_of_tag(RETURN_PATH, tag) else { return Ok(ReportOutcome::Nothing) };
        let mut tx = self.write().await?;
        let noted = match report.blame {
            Blame::Message => {
                if mark_bounced(&mut tx, id, &report.why).await? {
                    ReportOutcome::Message
                } else {
                    ReportOutcome::Nothing
                }
            }
            Blame::Address => {
                let failed = mark_bounced(&mut tx, id, &report.why).await?;
                match (self.mark_returned(&mut tx, id, &report.why).await?, failed) {
                    (true, _) => ReportOutcome::Address,
                    (false, true) => ReportOutcome::Message,
                    (false, false) => ReportOutcome::Nothing,
                }
            }
            Blame::Ourselves => self.record_our_fault(&mut tx, id, report).await?,
        };
        tx.commit().await?;
        Ok(noted)
    }

    /// Records that an email bounced by a fault of ours: it is planned again
    /// while it is still of use, its address stays good, and sending stops.
    async fn record_our_fault(&self, tx: &mut Tx, email: Uuid, report: &Report) -> Result<ReportOutcome> {
        let owed = run!(
            tx,
            "UPDATE email SET state = 'planned', last_error = $1, refusals = refusals + 1, bytes = NULL,
                 sent_at = NULL, smtp_started_at = NULL, lease_token = NULL, lease_until = NULL
             WHERE id = $2 AND state = 'sent' AND refusals < $3 AND not_after > $4",
            bounce_text(&report.why),
            email,
            REFUSALS,
            self.now()
        )?;
        if owed == 0 && !mark_bounced(tx, email, &report.why).await? {
            return Ok(ReportOutcome::Nothing);
        }
        let obstacle = Obstacle {
            ours: true,
            reason: format!(
                "An email came back: {}. The fault is on this practice’s side, not the recipient’s. Please show your mail provider what was said.",
                report.why
            ),
            code: report.code.clone(),
        };
        self.stop_queue(tx, Some(email), &obstacle, true).await?;
        Ok(ReportOutcome::Ourselves)
    }
}

impl Store {
    /// Marks the address that an email went to as bad wherever it is stored:
    /// for a person, an account or an inquirer. `false`: it was marked before,
    /// or is another one by now.
    pub(crate) async fn mark_returned(&self, tx: &mut Tx, email: Uuid, why: &str) -> Result<bool> {
        let why: String = why.chars().take(300).collect();
        let row = maybe!(
            tx,
            Addressee,
            "SELECT m.recipient, p.id AS person_id, p.email AS person_email, p.returned_at AS person_since,
                    a.id AS account_id, a.email AS account_email, a.returned_at AS account_since,
                    q.id AS inquiry_id, q.email AS inquiry_email, q.returned_at AS inquiry_since
             FROM email m LEFT JOIN account a ON a.id = m.account_id
                LEFT JOIN person p ON p.id = COALESCE(m.person_id, a.person_id)
                LEFT JOIN inquiry q ON q.id = m.inquiry_id
             WHERE m.id = $1",
            email
        )?;
        let Some(Addressee { recipient: Some(recipient), .. }) = &row else { return Ok(false) };
        let (recipient, now) = (recipient.clone(), self.now());
        let Some(row) = row else { return Ok(false) };
        let is_same = |kept: &Option<String>| kept.as_deref().is_some_and(|kept| same_address(kept, &recipient));
        let mut marked = None;
        if let (Some(person), None, true) = (row.person_id, row.person_since, is_same(&row.person_email)) {
            run!(
                tx,
                "UPDATE person SET returned_at = $1, returned_why = $2, updated_at = $1 WHERE id = $3",
                now,
                &why,
                person
            )?;
            marked = Some((AuditThing::Person, person));
        }
        if let (Some(account), None, true) = (row.account_id, row.account_since, is_same(&row.account_email)) {
            run!(tx, "UPDATE account SET returned_at = $1, returned_why = $2 WHERE id = $3", now, &why, account)?;
            marked = marked.or(Some((AuditThing::Account, account)));
        }
        if let (Some(inquiry), None, true) = (row.inquiry_id, row.inquiry_since, is_same(&row.inquiry_email)) {
            run!(tx, "UPDATE inquiry SET returned_at = $1, returned_why = $2 WHERE id = $3", now, &why, inquiry)?;
            marked = marked.or(Some((AuditThing::Inquiry, inquiry)));
        }
        let Some((thing, id)) = marked else { return Ok(false) };
        self.record(tx, Act::by_program(AuditAction::EmailBounced, thing).id(id)).await?;
        Ok(true)
    }

    /// Lets emails go to a person's address again. `false`: the address was not
    /// marked as bad.
    pub(crate) async fn try_address_again_in(&self, tx: &mut Tx, by: AccountId, person: PersonId) -> Result<bool> {
        let changed = run!(
            tx,
            "UPDATE person SET returned_at = NULL, returned_why = '', updated_at = $1
             WHERE id = $2 AND returned_at IS NOT NULL",
            self.now(),
            person.0
        )?;
        if changed > 0 {
            run!(tx, "UPDATE account SET returned_at = NULL, returned_why = '' WHERE person_id = $1", person.0)?;
            let (by, id) = (Some(by), Some(person.0));
            let act = Act::by(by, AuditAction::AddressTriedAgain, AuditThing::Person).id(id);
            self.record(tx, act).await?;
        }
        Ok(changed > 0)
    }
}

impl Guest {
    /// Finds what a link ends, and changes nothing. `None`: the link is not one
    /// of ours.
    pub async fn unsubscribe_link(&self, token: &str) -> Result<Option<UnsubscribeLink>> {
        let mut tx = self.store().read().await?;
        let Some((person, group)) = self.find_unwanted(&mut tx, token).await? else { return Ok(None) };
        let person = client::find_person(&mut tx, person).await?;
        let ended = match group {
            EmailGroup::Reminders => !person.reminders,
            EmailGroup::Nudges => !person.nudges,
        };
        Ok(Some(UnsubscribeLink { group, ended, language: person.language.0 }))
    }

    /// Ends the emails that a link is for; doing it twice has the same effect
    /// as once. `None`: the link is not one of ours.
    pub async fn unsubscribe(&self, token: &str) -> Result<Option<UnsubscribeLink>> {
        let mut tx = self.store().write().await?;
        let Some((person, group)) = self.find_unwanted(&mut tx, token).await? else { return Ok(None) };
        let language = client::find_person(&mut tx, person).await?.language.0;
        let now = self.now();
        let changed = match group {
            EmailGroup::Reminders => run!(
                &mut tx,
                "UPDATE person SET reminders = $1, updated_at = $2 WHERE id = $3 AND reminders",
                false,
                now,
                person.0
            )?,
            EmailGroup::Nudges => run!(
                &mut tx,
                "UPDATE person SET nudges = $1, updated_at = $2 WHERE id = $3 AND nudges",
                false,
                now,
                person.0
            )?,
        };
        if changed > 0 {
            owed::replan_person(self.store(), &mut tx, person).await?;
            nudges::replan_nudges_of(self.store(), &mut tx, person).await?;
            let act = Act::by_program(AuditAction::EmailsStopped, AuditThing::OwnContact).id(person.0);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(Some(UnsubscribeLink { group, ended: true, language }))
    }

    async fn find_unwanted(&self, tx: &mut Tx, token: &str) -> Result<Option<(PersonId, EmailGroup)>> {
        let Some(email) = self.store().keys().id_of_link(UNSUBSCRIBE, token) else { return Ok(None) };
        let row = maybe!(tx, (Option<Uuid>, String), "SELECT person_id, kind FROM email WHERE id = $1", email)?;
        let Some((Some(person), kind)) = row else { return Ok(None) };
        Ok(EmailGroup::of(kind.parse()?).map(|unwanted| (PersonId(person), unwanted)))
    }
}

/// Marks an email as failed because it bounced, also if it is marked as sent.
/// `false`: it was marked before, or it never left.
async fn mark_bounced(tx: &mut Tx, email: Uuid, why: &str) -> Result<bool> {
    let failed = run!(
        tx,
        "UPDATE email SET state = 'failed', last_error = $1, lease_token = NULL, lease_until = NULL
         WHERE id = $2 AND (state IN ('sent', 'claimed') OR (state = 'planned' AND may_have_arrived))",
        bounce_text(why),
        email
    )?;
    Ok(failed > 0)
}

/// The error text of an email that bounced.
fn bounce_text(why: &str) -> String {
    let why: String = why.chars().take(300).collect();
    format!("It came back: {why}")
}

impl Bookings {
    /// A page of the people whose email bounces and who have a future session,
    /// for the front desk; those known the longest first.
    pub async fn returned(&self, after: Option<After>) -> Result<Paged<BouncedPerson>> {
        #[derive(FromRow)]
        struct Row {
            id: Uuid,
            name: String,
            phone: String,
            returned_at: DateTime<Utc>,
            returned_why: String,
        }
        if !self.is_desk() {
            return Ok(Paged::default());
        }
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let rows = fetched!(
            &mut tx,
            Row,
            "SELECT p.id, p.name, p.phone, p.returned_at, p.returned_why FROM person p
             WHERE p.returned_at IS NOT NULL AND NOT p.portal_only
               AND EXISTS (SELECT 1
                 FROM session_attendee t JOIN session s ON s.id = t.session_id
                 WHERE t.person_id = p.id AND s.starts_at > $1 AND s.state IN ('booked', 'arrived'))
               AND (p.returned_at, p.id) > ($2, $3) ORDER BY p.returned_at, p.id LIMIT $4",
            self.now(),
            after.at,
            after.id,
            RETURNED + 1
        )?;
        Ok(Paged::of(rows, RETURNED, |row| After::new(row.returned_at, row.id)).map(|r| BouncedPerson {
            person: PersonId(r.id),
            name: r.name,
            phone: r.phone,
            since: r.returned_at,
            why: r.returned_why,
        }))
    }

    /// Lets emails go to a person's address again, because the fault was
    /// elsewhere. `false`: the address was not marked as bad, or the scope is
    /// not the front desk's.
    pub async fn try_address_again(&self, person: PersonId) -> Result<bool> {
        if !self.is_desk() {
            return Ok(false);
        }
        let mut tx = self.store().write().await?;
        let changed = self.store().try_address_again_in(&mut tx, self.me(), person).await?;
        tx.commit().await?;
        Ok(changed)
    }
}
