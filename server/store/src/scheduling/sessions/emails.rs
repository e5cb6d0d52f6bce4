//! Emails about a session, just before they are sent: whether they are still
//! true, and what they say.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::person::EmailAddress,
    ids::{EmailId, PersonId},
    outbox::lead::Lead,
    outbox::reminder::{EmailKind, SkipReason},
    practice::settings::Practice,
};

use super::SessionView;
use crate::{
    Result, Store, Tx,
    clients::client::PersonRow,
    database::{all, maybe},
    outbox::owed::{SeriesFacts, SessionFacts, email_kinds},
    scheduling::replies,
};

/// How many sessions of a series an email names at most.
const NAMED: usize = 12;

/// An email about a session that is about to be sent.
pub(crate) struct SessionEmail<'a> {
    pub id: EmailId,
    pub kind: EmailKind,
    /// The lead time of a reminder.
    pub lead: Option<Lead>,
    pub session: &'a SessionView,
    pub reader: &'a PersonRow,
    /// The reader's address in use.
    pub address: &'a EmailAddress,
}

/// Checks that what an email says of a session still applies, and gives the
/// session. `version` is the one that the email was planned for. `Err`: why the
/// email is not sent.
pub(crate) fn still_announced(
    session: Option<&SessionView>,
    version: i64,
    kind: EmailKind,
    reader: PersonId,
) -> Result<&SessionView, SkipReason> {
    let Some(session) = session else { return Err(SkipReason::SessionChanged) };
    if session.frozen {
        return Err(SkipReason::Separated);
    }
    let is_cancelled = !session.state.occupies();
    if version != session.version || is_cancelled != (kind == EmailKind::Cancelled) {
        return Err(SkipReason::SessionChanged);
    }
    if !session.attendees.iter().any(|attendee| attendee.person == reader) {
        return Err(SkipReason::Left);
    }
    Ok(session)
}

/// The facts that an email about a session reports.
pub(crate) async fn session_facts(
    store: &Store,
    tx: &mut Tx,
    practice: &Practice,
    email: &SessionEmail<'_>,
) -> Result<SessionFacts> {
    let SessionEmail { id, kind, lead, session, reader, address } = email;
    let series =
        if kind.names_series() { series_facts(tx, session, *kind, store.now()).await? } else { SeriesFacts::default() };
    let entry = if kind.carries_entry() { first_recipient(tx, email).await? } else { None };
    // By the email's links a reader answers for this one person and sees their
    // reply, so a shared address gets none.
    let asks = *kind == EmailKind::Reminder
        && reader.alone_skip().is_none()
        && lead.is_some_and(|lead| practice.asks_at(session.kind, &reader.contact().leads, lead));
    Ok(SessionFacts {
        asks: asks.then(|| replies::reply_token(store, *id)),
        joint: session.attendees.len() > 1,
        series,
        session: session.id,
        sequence: session.sequence,
        entry: entry.unwrap_or_else(|| address.as_str().to_owned()).into(),
        starts_at: session.timing.starts_at,
        ends_at: session.timing.ends_at,
        minutes: session.timing.minutes,
        zone: reader.zone.clone(),
        practice_zone: practice.zone.clone(),
        place: session.place_with_address(),
        link: session.link.clone(),
        clinician: session.clinician_name.clone(),
        cancelled: !session.state.occupies(),
    })
}

/// The address that a person's calendar entry of a session was first sent to.
/// `None`: this email is the first.
async fn first_recipient(tx: &mut Tx, email: &SessionEmail<'_>) -> Result<Option<String>> {
    let first = maybe!(
        tx,
        (String,),
        concat!(
            "SELECT recipient FROM email
             WHERE session_id = $1 AND person_id = $2 AND id <> $3
               AND recipient IS NOT NULL AND (state = 'sent' OR may_have_arrived) AND kind IN ",
            email_kinds!(invites),
            " ORDER BY due_at, created_at LIMIT 1"
        ),
        email.session.id.0,
        email.reader.id,
        email.id.0
    )?;
    Ok(first.map(|(recipient,)| recipient))
}

/// What an email about a session says of its series. If the session is the
/// first of those to come, or the first at another hour by the reader's clock:
/// what follows it. If it is cancelled: whether all that would have followed
/// are cancelled too.
async fn series_facts(tx: &mut Tx, session: &SessionView, kind: EmailKind, now: DateTime<Utc>) -> Result<SeriesFacts> {
    let Some((series, on)) = session.series else { return Ok(SeriesFacts::default()) };
    let rows = all!(
        tx,
        (NaiveDate, DateTime<Utc>, bool),
        "SELECT series_on, starts_at, (state IN ('cancelled', 'late_cancelled'))
         FROM session
         WHERE series_id = $1 AND id <> $2 AND starts_at > $3
         ORDER BY starts_at",
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
    if !first && kind != EmailKind::LocalTime {
        return Ok(SeriesFacts::default());
    }
    let next: Vec<DateTime<Utc>> = later.iter().filter(|(.., gone)| !gone).map(|(_, at, _)| *at).collect();
    Ok(SeriesFacts { more: next.len() > NAMED, next: next.into_iter().take(NAMED).collect(), over: false })
}
