//! The parts of a copy that are about the person: contact, sign-ins, care, emails
//! and their requests.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::person::AloneMail,
    ids::{ClientId, PersonId},
    practice::hours::Week,
    records::own_data::copy::{Field, Record, Term},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Gather, term};
use crate::{
    Result, Tx,
    clients::client::find_person,
    database::{all, maybe},
    records::{
        imported,
        own_data::{copies_of, requests_of_person},
    },
    unreadable::Lenient,
};

/// A time of day: `09:00`.
fn clock(at: chrono::NaiveTime) -> String {
    at.format("%H:%M").to_string()
}

/// Who the person is.
pub(super) async fn person(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let who = find_person(tx, PersonId(of.person)).await?;
    let since = maybe!(
        tx,
        (DateTime<Utc>, Option<DateTime<Utc>>),
        "SELECT created_at, email_own_at FROM person WHERE id = $1",
        of.person
    )?;
    let birth = imported::birth_of(of.store, tx, of.person).await?;
    let (since, confirmed) = since.map_or((None, None), |(since, confirmed)| (Some(since), confirmed));
    Ok(vec![
        Record::default()
            .text(Field::Name, who.name)
            .text(Field::Pronouns, who.pronouns)
            .day(Field::BirthDate, birth)
            .text(Field::Email, who.email.unwrap_or_default())
            .text(Field::Phone, who.phone)
            .text(Field::Zone, who.zone.name())
            .text(Field::Language, who.language.0.word())
            .at(Field::OnFileSince, since)
            .at(Field::ConfirmedAt, confirmed),
    ])
}

/// The hours of a week in words: `Mon 09:00-12:00, 17:00-21:00; Sat 09:00-18:00`.
fn week_words(week: &Week) -> String {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let days = names.iter().zip(&week.0).filter(|(_, hours)| !hours.is_empty());
    let days = days.map(|(name, hours)| {
        let hours: Vec<String> = hours.iter().map(|h| format!("{}-{}", clock(h.from), clock(h.until))).collect();
        format!("{name} {}", hours.join(", "))
    });
    days.collect::<Vec<_>>().join("; ")
}

/// How the person is contacted.
pub(super) async fn contact(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let who = find_person(tx, PersonId(of.person)).await?;
    let contact = who.contact();
    let prefers = maybe!(tx, (Option<Lenient<Week>>,), "SELECT prefers FROM person WHERE id = $1", of.person)?;
    let prefers = prefers.and_then(|(week,)| week).filter(|_| of.is_whole()).map(|week| week_words(&week.0));
    let leads: Vec<String> = contact.leads.iter().map(|lead| lead.words()).collect();
    let (from, until) = contact.hours.unzip();
    let alone = match contact.alone {
        AloneMail::Unshared => Term::AloneUnshared,
        AloneMail::PortalOnly => Term::AloneInPortal,
        AloneMail::Address => Term::AloneAtAnyAddress,
    };
    Ok(vec![
        Record::default()
            .yes_no(Field::PortalOnly, contact.portal_only)
            .text(Field::SafeFrom, from.map_or_else(String::new, clock))
            .text(Field::SafeUntil, until.map_or_else(String::new, clock))
            .yes_no(Field::Reminders, contact.reminders)
            .text(Field::ReminderTimes, leads.join(", "))
            .yes_no(Field::ExerciseReminders, contact.nudges)
            .text(Field::RemindAt, clock(contact.nudge_at))
            .term(Field::AloneMail, alone)
            .text(Field::PreferredTimes, prefers.unwrap_or_default()),
    ])
}

#[derive(FromRow)]
struct AccountRow {
    login_name: Option<String>,
    email: String,
    created_at: DateTime<Utc>,
    password_changed_at: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
}

/// The person's account.
pub(super) async fn account(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let row = maybe!(
        tx,
        AccountRow,
        "SELECT login_name, email, created_at, password_changed_at, disabled_at FROM account WHERE id = $1",
        of.account
    )?;
    Ok(row
        .into_iter()
        .map(|row| {
            Record::default()
                .text(Field::SignInName, row.login_name.unwrap_or_default())
                .text(Field::Email, row.email)
                .at(Field::Since, row.created_at)
                .at(Field::PasswordChangedAt, row.password_changed_at)
                .at(Field::ClosedAt, row.disabled_at)
        })
        .collect())
}

/// Where the person signed in, which only they may read.
pub(super) async fn sign_ins(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    if !of.is_whole() {
        return Ok(vec![]);
    }
    let rows = all!(
        tx,
        (String, DateTime<Utc>, DateTime<Utc>, Option<DateTime<Utc>>),
        "SELECT device, created_at, last_seen_at, ended_at FROM login WHERE account_id = $1 ORDER BY created_at, id",
        of.account
    )?;
    Ok(rows
        .into_iter()
        .map(|(device, begun, seen, ended)| {
            Record::default()
                .text(Field::Device, device)
                .at(Field::SignedInAt, begun)
                .at(Field::LastSeenAt, seen)
                .at(Field::EndedAt, ended)
        })
        .collect())
}

#[derive(FromRow)]
struct CareRow {
    id: Uuid,
    kind: String,
    joined_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
    archived_at: Option<DateTime<Utc>>,
}

/// As whom the person is in care, and with whom.
pub(super) async fn care(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let rows = all!(
        &mut *tx,
        CareRow,
        "SELECT c.id, c.kind, m.joined_at, m.left_at, c.archived_at
         FROM client_member m JOIN client c ON c.id = m.client_id
         WHERE m.person_id = $1 AND ($2 IS NULL OR c.id = $2) ORDER BY m.joined_at, c.id",
        of.person,
        of.client
    )?;
    let mut records = Vec::new();
    for row in rows {
        let therapists = all!(
            &mut *tx,
            (String, NaiveDate, Option<NaiveDate>, bool),
            "SELECT a.display_name, k.starts_on, k.ends_on, k.covering FROM care k
             JOIN account a ON a.id = k.clinician_id
             WHERE k.client_id = $1 AND (k.offered_at IS NULL OR k.accepted_at IS NOT NULL)
             ORDER BY k.starts_on, a.display_name",
            row.id
        )?;
        let therapists = therapists.into_iter().map(|(name, from, until, covers)| {
            let role = if covers { Term::Covering } else { Term::Therapist };
            Record::default()
                .text(Field::Name, name)
                .day(Field::From, from)
                .day(Field::Until, until)
                .term(Field::Role, role)
        });
        records.push(
            Record::default()
                .term(Field::Kind, term(&row.kind))
                .at(Field::Since, row.joined_at)
                .at(Field::LeftAt, row.left_at)
                .at(Field::ClosedAt, row.archived_at)
                .list(Field::Therapists, therapists.collect()),
        );
    }
    Ok(records)
}

/// The emails that were sent to the person. A clinician does not read this list.
pub(super) async fn emails(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    if !of.is_whole() {
        return Ok(vec![]);
    }
    let rows = all!(
        tx,
        (DateTime<Utc>, String, Option<String>),
        "SELECT sent_at, kind, recipient FROM email
         WHERE (person_id = $1 OR account_id = $2) AND state = 'sent' AND sent_at IS NOT NULL
         ORDER BY sent_at, id",
        of.person,
        of.account
    )?;
    Ok(rows
        .into_iter()
        .map(|(at, kind, address)| {
            Record::default()
                .at(Field::SentAt, at)
                .term(Field::Kind, term(&kind).unwrap_or(Term::News))
                .text(Field::Address, address.unwrap_or_default())
        })
        .collect())
}

/// The person's requests for a copy.
pub(super) async fn copies(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let requests = requests_of_person(of.store, tx, PersonId(of.person), of.client.map(ClientId)).await?;
    let mut records = Vec::new();
    for request in requests {
        let mut downloads = Vec::new();
        for copy in copies_of(tx, request.id.0, of.person).await? {
            if copy.client.is_some() && copy.client.map(|client| client.0) != of.client {
                continue;
            }
            downloads.extend(copy.downloads.iter().map(|(at, by_person)| {
                Record::default()
                    .at(Field::OpenedAt, *at)
                    .term(Field::Format, term(copy.format.word()))
                    .term(Field::By, if *by_person { Term::You } else { Term::Therapist })
            }));
        }
        records.push(
            Record::default()
                .day(Field::ReceivedOn, request.received_on)
                .term(Field::Way, term(request.way.word()))
                .term(Field::State, state(&request, of))
                .day(Field::DueOn, request.due_on)
                .text(Field::Reason, request.extension.unwrap_or_default())
                .at(Field::ReadyAt, request.ready_at)
                .list(Field::Downloads, downloads),
        );
    }
    Ok(records)
}

/// The state of a request: this one is ready in its own copy.
fn state(request: &crate::DataRequest, of: &Gather<'_>) -> Option<Term> {
    use domain::records::own_data::RequestState;
    if request.id == of.request {
        return Some(Term::Ready);
    }
    match request.state {
        RequestState::Received | RequestState::Preparing | RequestState::Making => Some(Term::Open),
        RequestState::Ready | RequestState::Over => Some(Term::Ready),
        RequestState::Cancelled => Some(Term::Cancelled),
    }
}
