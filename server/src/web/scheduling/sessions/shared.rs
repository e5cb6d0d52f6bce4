//! What booking, showing, moving and cancelling a session have in common.

use app::{
    pages::{
        mail::unmailed::UnmailedItem,
        scheduling::{attendance::Comer, when::TakenView},
    },
    text,
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    form::Form,
    ids::{PersonId, RoomId, SessionId},
    scheduling::{
        attendance::{Mark, Presence, first_names, minutes_late},
        session::{SessionState, Timing},
    },
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

/// Whether this can be marked of a session's attendees now.
pub(crate) fn may_attend(mark: Mark, session: &SessionView, now: DateTime<Utc>) -> bool {
    session.state.occupies() && !session.frozen && mark.needs().is_none_or(|state| may_mark(state, session, now))
}

/// The people of a session with what can be marked of them now; none before the day
/// of the session, or if it is cancelled.
pub(super) fn comers(session: &SessionView, now: DateTime<Utc>) -> Vec<Comer> {
    if !session.state.occupies() || !may_mark(SessionState::Arrived, session, now) {
        return vec![];
    }
    let names: Vec<&str> = session.attendees.iter().map(|a| a.name.as_str()).collect();
    let (timing, presences) = (&session.timing, session.presences());
    session
        .attendees
        .iter()
        .zip(first_names(&names))
        .zip(presences)
        .map(|((a, name), presence)| {
            let mut marks = marks_for(a.person, presence);
            let others_came = names.len() > 1 && others_may_have_come(session, a.person);
            if others_came && presence != Some(Presence::Absent) {
                marks.push(Mark::Only(a.person));
            }
            marks.retain(|mark| may_attend(*mark, session, now));
            let arrived = a.arrived_at.filter(|_| presence == Some(Presence::Present));
            let [arrived, late] = arrival(timing.starts_at, arrived, &timing.zone);
            Comer { person: a.person, name, presence, arrived, late, marks }
        })
        .collect()
}

/// Whether it is not known of everyone else that they are no-shows.
fn others_may_have_come(session: &SessionView, person: PersonId) -> bool {
    let known = session.attendees.iter().zip(session.presences());
    known.into_iter().any(|(a, presence)| a.person != person && presence != Some(Presence::Absent))
}

/// The marks that change what is known of a person.
pub(crate) fn marks_for(person: PersonId, presence: Option<Presence>) -> Vec<Mark> {
    match presence {
        None => vec![Mark::Arrived(Some(person)), Mark::Absent(person)],
        Some(Presence::Present) => vec![Mark::Expected(person)],
        Some(Presence::Absent) => vec![Mark::Arrived(Some(person)), Mark::Expected(person)],
    }
}

/// When a person was checked in and how late that was, such as "10:12" and "12
/// minutes late"; each may be empty.
pub(crate) fn arrival(starts_at: DateTime<Utc>, arrived_at: Option<DateTime<Utc>>, zone: &Zone) -> [String; 2] {
    let Some(at) = arrived_at else { return <[String; 2]>::default() };
    let late = minutes_late(starts_at, at).map(|late| format!("{} late", text::minutes(late)));
    [text::clock(at, zone), late.unwrap_or_default()]
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

/// A session's start on a person's own clock, such as "21:30 in Karachi
/// (UTC+5)"; empty where it shows the same time.
pub(super) fn own_clock(timing: &Timing, theirs: &Zone) -> String {
    let (here, there) = (zone::wall(timing.starts_at, &timing.zone), zone::wall(timing.starts_at, theirs));
    if here.time == there.time {
        return String::new();
    }
    let day = if here.time.date() == there.time.date() {
        String::new()
    } else {
        format!("{}, ", text::short_day(there.time.date()))
    };
    format!("{day}{} in {} ({})", text::time(there.time.time()), theirs.city(), there.utc_offset())
}

/// The lines with the start of a session on the clock of each person for whom it
/// is another one.
pub(super) fn clock_lines<'a>(timing: &Timing, people: impl Iterator<Item = (&'a str, &'a Zone)>) -> Vec<String> {
    people
        .map(|(name, zone)| (name, own_clock(timing, zone)))
        .filter(|(_, clock)| !clock.is_empty())
        .map(|(name, clock)| format!("{name}: {clock}"))
        .collect()
}

/// The fields of a form that a page sends along unseen, without those that are
/// its own.
pub(super) fn hidden_fields(form: &Form, own: &[&str]) -> Vec<(String, String)> {
    let left_out = ["key", "panel", "edit", "outside", "outside_asked", "over", "over_seen", "over_reason"];
    let is_sent = |name: &str, value: &str| !value.is_empty() && !left_out.contains(&name) && !own.contains(&name);
    form.0.iter().filter(|(name, value)| is_sent(name, value)).cloned().collect()
}

/// Whether a refused page was the short one, and only the question about an
/// unusual time is open: then it is shown again.
pub(super) fn asks_only_for_the_tick(form: &Form, taken: Option<&TakenView>) -> bool {
    form.has("panel") && taken.is_some_and(|taken| !taken.reasons.is_empty() && taken.what.is_empty())
}

/// A free time as the fields `date`, `time` and `fold` of the booking form.
/// `fold` says which of the two is meant where the wall time occurs twice, and is
/// empty otherwise.
pub(crate) fn time_fields(at: DateTime<Utc>, zone: &Zone) -> store::Result<[String; 3]> {
    let (date, when) = time::offer(at, zone)?;
    let (time, fold) = when.split_once(' ').unwrap_or((&when, ""));
    Ok([date, time.to_owned(), fold.to_owned()])
}
