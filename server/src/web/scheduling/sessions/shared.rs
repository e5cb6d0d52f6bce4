//! What booking, showing, moving and cancelling a session have in common.

use app::{pages::mail::unmailed::UnmailedItem, text};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{PersonId, RoomId, SessionId},
    scheduling::session::{SessionState, Timing},
    zone,
};
use store::SessionView;

use super::time;
use crate::{access::Bookings, error::Failure};

/// The address of a session's page.
pub(super) fn page_of(id: SessionId) -> String {
    format!("/sessions/{id}")
}

/// Whether a value looks like an id, a date, a time or a number; other texts in
/// a link are ignored.
pub(super) fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.len() <= 40 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-:".contains(c))
}

/// Whether a session can still be moved or cancelled: not once it has begun.
pub(super) fn may_change(session: &SessionView, now: DateTime<Utc>) -> bool {
    session.state.is_ahead() && session.timing.starts_at > now
}

/// Whether a session can be marked with a state now: not completed or missed
/// before it begins, and not arrived before its day.
pub(super) fn may_mark(state: SessionState, session: &SessionView, now: DateTime<Utc>) -> bool {
    let timing = &session.timing;
    match state {
        SessionState::Completed | SessionState::NoShow => timing.starts_at <= now,
        // A session that is ahead is cancelled by the form, which also tells the
        // attendees.
        SessionState::LateCancelled if session.state.occupies() => timing.starts_at <= now,
        SessionState::Arrived => zone::date_of(now, &timing.zone) >= timing.starts.date(),
        _ => true,
    }
}

/// The rooms to choose from: id and name.
pub(super) async fn rooms(bookings: &Bookings) -> Result<Vec<(RoomId, String)>, Failure> {
    Ok(bookings.rooms().await?.into_iter().map(|r| (r.id, r.name)).collect())
}

/// The rule of a session's series in words; `None`: it is in none.
pub(super) async fn series_words(bookings: &Bookings, session: &SessionView) -> Result<Option<String>, Failure> {
    Ok(bookings.series_of(session).await?.map(|s| s.rule.words()))
}

/// Those of the people to whom no email is sent about what they do alone: another
/// person has the same address, or they chose so.
pub(super) async fn unmailed_people(bookings: &Bookings, people: &[PersonId]) -> Result<Vec<UnmailedItem>, Failure> {
    let found = bookings.unmailed(people).await?;
    Ok(found.into_iter().map(|person| UnmailedItem { name: person.name, also: person.shared_with }).collect())
}

/// The single attendee of a session, if no email about it is sent to them; empty
/// for a joint session.
pub(super) async fn unmailed_attendee(
    bookings: &Bookings,
    session: &SessionView,
) -> Result<Vec<UnmailedItem>, Failure> {
    match session.attendees.as_slice() {
        [attendee] => unmailed_people(bookings, &[attendee.person]).await,
        _ => Ok(vec![]),
    }
}

/// A session's time as text, such as
/// `Monday 23 November 2026, 10:00–10:50 (Berlin, UTC+1)`.
pub(super) fn timing_text(timing: &Timing) -> String {
    let wall = zone::wall(timing.starts_at, &timing.zone);
    let (from, until) = (text::clock(timing.starts_at, &timing.zone), text::clock(timing.ends_at, &timing.zone));
    format!("{}, {from}–{until} ({}, {})", text::day(wall.time.date()), timing.zone.city(), wall.utc_offset())
}

/// A free time as the fields `date`, `time` and `fold` of the booking form.
/// `fold` says which of the two is meant where the wall time occurs twice, and is
/// empty otherwise.
pub(crate) fn time_fields(at: DateTime<Utc>, zone: &Zone) -> store::Result<[String; 3]> {
    let (date, when) = time::offer(at, zone)?;
    let (time, fold) = when.split_once(' ').unwrap_or((&when, ""));
    Ok([date, time.to_owned(), fold.to_owned()])
}
