//! The check of a claimed email before it is sent: whether it is still true,
//! who gets it, and what it says.
//!
//! What is common to all emails is checked here: its time, how its reader may
//! be contacted, the address and the hour. Whether its subject is still due is
//! answered by the area that the subject belongs to.

use std::collections::{HashMap, hash_map::Entry};

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::{EmailAddress, Language},
    ids::{AccountId, EmailId, PersonId, SessionId},
    outbox::reminder::{EmailKind, SkipReason, safe_time},
    practice::settings::Practice,
    zone::{self, UnknownZone},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{alone::alone_reason, row::Row};
use crate::{
    Result, Store, Tx,
    accounts::{account, addresses, events, resets},
    clients::client::{self, PersonRow},
    database::maybe,
    exercises::nudges,
    outbox::owed::{About, Addressed, EmailFacts, Look, StillDue, email_kinds},
    records::{consents, intake, messages, own_data},
    scheduling::{
        requests,
        sessions::{self, SessionView, emails},
        waitlist::inquiries,
    },
};

/// Within this time a person gets one email about their portal.
const TOGETHER: Duration = Duration::hours(1);

/// The sessions that were read for the emails of one claim. The emails to both
/// partners about a session are mostly due together. `None`: there is no such
/// session.
pub(super) type SessionsRead = HashMap<SessionId, Option<SessionView>>;

/// An email that is checked.
struct Checked<'a> {
    store: &'a Store,
    row: &'a Row,
    kind: EmailKind,
    about: About,
    practice: &'a Practice,
    now: DateTime<Utc>,
}

/// Checks whether an email is still true, and to whom it goes with which facts.
pub(super) async fn check_again(
    store: &Store,
    tx: &mut Tx,
    row: &Row,
    practice: &Practice,
    read: &mut SessionsRead,
) -> Result<Look> {
    let now = store.now();
    if row.not_after <= now {
        return Ok(SkipReason::TooLate.into());
    }
    let kind: EmailKind = row.kind.parse()?;
    let Some(about) = row.about.about() else { return Ok(SkipReason::Left.into()) };
    let email = Checked { store, row, kind, about, practice, now };
    match about {
        About::Session { id, version } => email.look_at_session(tx, id, version, read).await,
        About::Occurrence(_)
        | About::Plan(_)
        | About::Intake(_)
        | About::Message(_)
        | About::DataRequest(_)
        | About::Request(_)
        | About::Ask(_) => email.look_at_portal(tx).await,
        About::Invitation(_) | About::Reset(_) | About::Address(_) | About::Event(_) => email.look_at_account(tx).await,
        About::Inquiry(id) => inquiries::look_at_inquiry(store, tx, id).await,
    }
}

impl Checked<'_> {
    /// Checks an email to a person about a session.
    async fn look_at_session(
        &self,
        tx: &mut Tx,
        session: SessionId,
        version: i64,
        read: &mut SessionsRead,
    ) -> Result<Look> {
        let Some(reader) = self.row.person_id.map(PersonId) else { return Ok(SkipReason::Left.into()) };
        let session = match read.entry(session) {
            Entry::Occupied(seen) => seen.into_mut(),
            Entry::Vacant(new) => new.insert(sessions::load(tx, session).await?),
        };
        let session = match emails::still_announced(session.as_ref(), version, self.kind, reader) {
            Ok(session) => session,
            Err(reason) => return Ok(reason.into()),
        };
        let person = client::find_person(tx, reader).await?;
        if let Some(reason) = self.reader_skip(tx, &person, Some(session.attendees.len())).await? {
            return Ok(reason.into());
        }
        let reminds = self.kind == EmailKind::Reminder;
        if reminds && self.is_overtaken(tx, version).await? {
            return Ok(SkipReason::Overtaken.into());
        }
        if let Some(later) = self.unsafe_hour(&person)? {
            return Ok(later);
        }
        if reminds && !person.reminders {
            return Ok(SkipReason::RemindersOff.into());
        }
        let Some(address) = address_of(&person) else { return Ok(SkipReason::NoAddress.into()) };
        let email = emails::SessionEmail {
            id: EmailId(self.row.id),
            kind: self.kind,
            lead: self.row.lead.as_deref().and_then(|lead| lead.parse().ok()),
            session,
            reader: &person,
            address: &address,
        };
        let facts = emails::session_facts(self.store, tx, self.practice, &email).await?;
        Ok(to_person(person, address, EmailFacts::Session(facts)))
    }

    /// Checks an email to a person about something in their portal.
    async fn look_at_portal(&self, tx: &mut Tx) -> Result<Look> {
        let Some(reader) = self.row.person_id.map(PersonId) else { return Ok(SkipReason::Left.into()) };
        let person = client::find_person(tx, reader).await?;
        if let Some(reason) = self.reader_skip(tx, &person, None).await? {
            return Ok(reason.into());
        }
        let Some(address) = address_of(&person) else { return Ok(SkipReason::NoAddress.into()) };
        let due = match self.about {
            About::Occurrence(occurrence) => nudges::check_nudge(tx, occurrence, &person).await?,
            About::Plan(plan) => nudges::check_plan(tx, plan, &person).await?,
            About::Intake(id) => intake::mail::check(self.store, tx, id, &person).await?,
            About::Request(request) => requests::check_request(tx, request, reader, self.now).await?,
            About::Message(message) => messages::check_message(tx, message).await?,
            About::Ask(ask) => consents::check_form(tx, ask).await?,
            About::DataRequest(request) => own_data::copies::check_copy(tx, request, self.now).await?,
            // These are not in a person's portal.
            About::Session { .. }
            | About::Invitation(_)
            | About::Reset(_)
            | About::Address(_)
            | About::Event(_)
            | About::Inquiry(_) => StillDue::No(SkipReason::Left),
        };
        let facts = match due {
            StillDue::Yes(facts) | StillDue::At { facts, .. } => facts,
            StillDue::No(reason) => return Ok(reason.into()),
        };
        if let Some(later) = self.unsafe_hour(&person)? {
            return Ok(later);
        }
        if self.kind.is_portal_news() && self.was_told_recently(tx).await? {
            return Ok(SkipReason::Together.into());
        }
        Ok(to_person(person, address, facts))
    }

    /// Checks an email to an account: a link, or the notice of a change.
    async fn look_at_account(&self, tx: &mut Tx) -> Result<Look> {
        let Some(id) = self.row.account_id.map(AccountId) else { return Ok(SkipReason::Left.into()) };
        let Some(account) = find_account(tx, id).await? else { return Ok(SkipReason::Left.into()) };
        // Another email to this address has bounced since this one was planned.
        if account.returned_at.is_some() && !matches!(self.about, About::Address(_)) {
            return Ok(SkipReason::Returned.into());
        }
        let mut language = Language::English;
        if let Some(person) = account.person_id {
            let person = client::find_person(tx, PersonId(person)).await?;
            language = person.language.0;
            if let Some(look) = self.account_reader(tx, &person).await? {
                return Ok(look);
            }
        }
        let own = EmailAddress::from_stored(&account.email);
        let due = match self.about {
            About::Invitation(invitation) => account::check_invitation(self.store, tx, invitation, id).await?,
            About::Event(event) => events::check_event(tx, event).await?,
            About::Address(change) => addresses::check_change(self.store, tx, change, self.kind).await?,
            About::Reset(_) if own.is_none() => StillDue::No(SkipReason::NoAddress),
            About::Reset(reset) => resets::check_reset(self.store, tx, reset, account.login_name).await?,
            // These do not go to an account.
            About::Session { .. }
            | About::Occurrence(_)
            | About::Plan(_)
            | About::Intake(_)
            | About::Message(_)
            | About::DataRequest(_)
            | About::Request(_)
            | About::Ask(_)
            | About::Inquiry(_) => StillDue::No(SkipReason::Left),
        };
        let (email, facts) = match due {
            StillDue::Yes(facts) => (own, facts),
            StillDue::At { address, facts } => (EmailAddress::from_stored(&address), facts),
            StillDue::No(reason) => return Ok(reason.into()),
        };
        let Some(email) = email else { return Ok(SkipReason::NoAddress.into()) };
        Ok(Addressed { email, name: account.display_name, language, facts }.into())
    }

    /// Why an email to the account of a client's person is not sent now; `None`:
    /// it may be sent.
    async fn account_reader(&self, tx: &mut Tx, person: &PersonRow) -> Result<Option<Look>> {
        // A link to an address of their own choice was asked for just now, and
        // no other email goes to that address yet.
        let own_wish = self.kind == EmailKind::NewAddress;
        if person.held {
            return Ok(Some(SkipReason::Held.into()));
        }
        if person.portal_only && !own_wish {
            return Ok(Some(SkipReason::PortalOnly.into()));
        }
        if let Some(reason) = alone_reason(tx, self.about, self.kind, person, None).await? {
            return Ok(Some(reason.into()));
        }
        // A link for a new password was asked for just now.
        if own_wish || matches!(self.about, About::Reset(_)) { Ok(None) } else { self.unsafe_hour(person) }
    }

    /// Why no email of this kind is sent to a person; `None`: it may be sent.
    /// `attend`: how many people attend the session that it is about, if it is
    /// about one. A person whose zone this program does not know is an error: an
    /// email would name wrong times, and arrive at any hour.
    async fn reader_skip(&self, tx: &mut Tx, person: &PersonRow, attend: Option<usize>) -> Result<Option<SkipReason>> {
        if person.held {
            return Ok(Some(SkipReason::Held));
        }
        if person.portal_only {
            return Ok(Some(SkipReason::PortalOnly));
        }
        if let Some(reason) = alone_reason(tx, self.about, self.kind, person, attend).await? {
            return Ok(Some(reason));
        }
        if person.returned_at.is_some() {
            return Ok(Some(SkipReason::Returned));
        }
        if zone::exists(&person.zone) { Ok(None) } else { Err(UnknownZone(person.zone.clone()).into()) }
    }

    /// Until when the email must wait, or why it is skipped, if now is not a
    /// safe hour for the person. `None`: it is a safe hour. After an outage, or
    /// a change of the person's hours, an email that was planned for a good hour
    /// may be due at a bad one.
    fn unsafe_hour(&self, person: &PersonRow) -> Result<Option<Look>> {
        let until = safe_time(self.now, &person.recipient())?;
        if until <= self.now {
            return Ok(None);
        }
        Ok(Some(if until < self.row.not_after { Look::Wait { until } } else { SkipReason::TooLate.into() }))
    }

    /// Whether a later reminder of the same session is due too, as after an
    /// outage: then only the last one is sent.
    async fn is_overtaken(&self, tx: &mut Tx, version: i64) -> Result<bool> {
        let About::Session { id, .. } = self.about else { return Ok(false) };
        let later = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM email
             WHERE session_id = $1 AND person_id = $2 AND session_version = $3 AND kind = 'reminder' AND id <> $4
                AND due_at <= $5 AND due_at > (SELECT due_at FROM email WHERE id = $4)
                AND state IN ('planned', 'claimed', 'sent') AND not_after > $5
             LIMIT 1",
            id.0,
            self.row.person_id,
            version,
            self.row.id,
            self.now
        )?;
        Ok(later.is_some())
    }

    /// Whether the person got an email within the last hour, or gets one now,
    /// that something is in their portal: one email is enough for all.
    async fn was_told_recently(&self, tx: &mut Tx) -> Result<bool> {
        // An email that was begun before is still sent.
        if self.row.message_id_header.is_some() {
            return Ok(false);
        }
        let said = maybe!(
            tx,
            (Uuid,),
            concat!(
                "SELECT id FROM email WHERE person_id = $1 AND id <> $2 AND kind IN ",
                email_kinds!(is_portal_news),
                " AND ((state = 'sent' AND sent_at > $3) OR (state = 'claimed' AND message_id_header IS NOT NULL))
                 LIMIT 1"
            ),
            self.row.person_id,
            self.row.id,
            self.now - TOGETHER
        )?;
        Ok(said.is_some())
    }
}

/// The address of a person in use; `None`: they have none that can be used.
fn address_of(person: &PersonRow) -> Option<EmailAddress> {
    person.email.as_deref().and_then(EmailAddress::from_stored)
}

/// The email to a person, in their language.
fn to_person(person: PersonRow, email: EmailAddress, facts: EmailFacts) -> Look {
    Addressed { email, language: person.language.0, name: person.name, facts }.into()
}

/// An account that an email goes to.
#[derive(FromRow)]
struct AccountRow {
    display_name: String,
    email: String,
    login_name: Option<String>,
    person_id: Option<Uuid>,
    /// Since when emails to its address come back; `None`: they arrive.
    returned_at: Option<DateTime<Utc>>,
}

/// An account that emails may go to; `None`: it is closed.
async fn find_account(tx: &mut Tx, id: AccountId) -> Result<Option<AccountRow>> {
    Ok(maybe!(
        tx,
        AccountRow,
        "SELECT display_name, email, login_name, person_id, returned_at
         FROM account
         WHERE id = $1 AND disabled_at IS NULL",
        id.0
    )?)
}
