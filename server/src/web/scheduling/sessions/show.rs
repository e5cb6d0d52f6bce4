//! The page of a session.

use app::{
    pages::scheduling::session::{self, AttendeeItem, ChangeLine, EarlierWish, FeeItem, Model, ReplyItem, UndoOffer},
    text,
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::{Role, Zone},
    ids::SessionId,
    scheduling::{reply::Reply, session::SessionState},
};
use store::{Change, FeeSuggestion, ReplyView, SessionView};

use super::shared::{comers, may_change, may_mark, own_clock, timing_text, unmailed_attendee};
use crate::{
    access::Bookings,
    error::{Answer, Found as _},
    form::PathIds,
    page::Page,
    web::{day_time, outbox::log, scheduling::series},
};

/// GET /sessions/{id}: a session.
pub async fn show(bookings: Bookings, page: Page, PathIds(id): PathIds<SessionId>) -> Answer {
    let session = bookings.session(id).await?.found()?;
    let zone = session.timing.zone.clone();
    let now = bookings.now();
    let changes = bookings.changes(id).await?;
    let messages = if bookings.is_desk() {
        Some(bookings.session_emails(id).await?.into_iter().map(|m| log::item(m, &zone)).collect())
    } else {
        None
    };
    let is_own = session.clinician == bookings.me() && bookings.visitor().has(Role::Clinician);
    let title = session.title();
    let model = Model {
        id,
        title: title.clone(),
        attendees: session
            .attendees
            .iter()
            .map(|a| AttendeeItem {
                name: a.name.clone(),
                clock: own_clock(&session.timing, &a.zone),
                phone: a.phone.clone(),
                mails: bookings.is_desk().then_some(a.person),
            })
            .collect(),
        clinician: session.clinician_name.clone(),
        place: session.place_with_address(),
        link: session.link.clone(),
        over: session.over.clone(),
        outside: session.outside,
        when: timing_text(&session.timing),
        kind: session.kind.label().to_owned(),
        state: session.state,
        series: bookings.series_of(&session).await?.map(|s| series::series_summary(&s)),
        comers: comers(&session, now),
        came: session.came(),
        next_states: session.state.next_states().iter().copied().filter(|s| may_mark(*s, &session, now)).collect(),
        can_change: may_change(&session, now),
        undo: bookings.undo_deadline(&session).await?.map(|(until, at)| {
            let moved = !session.state.occupies() || at != session.timing.starts_at;
            UndoOffer {
                until: text::clock(until, &zone),
                was: if moved { text::short(at, &zone) } else { String::new() },
            }
        }),
        waits: bookings
            .earlier_wish(id)
            .await?
            .map(|(since, part)| EarlierWish { since: text::short(since, &zone), part }),
        fee: bookings.fee(id).await?.map(|f| fee_item(f, &session, bookings.is_desk())),
        is_own,
        unmailed: if may_change(&session, now) { unmailed_attendee(&bookings, &session).await? } else { vec![] },
        client: is_own.then_some(session.client),
        replies: bookings.replies(id).await?.iter().map(|r| reply_item(r, &session, &zone, now)).collect(),
        changes: changes.iter().map(|c| change_line(c, &zone)).collect(),
        emails: messages,
    };
    page.ok(&title, model, session::view).await
}

/// A reply of an attendee. `alone` is set where the session could be changed to
/// one with this person alone.
fn reply_item(r: &ReplyView, session: &SessionView, zone: &Zone, now: DateTime<Utc>) -> ReplyItem {
    let joint = session.attendees.len() > 1;
    let alone = r.open && joint && r.reply == Reply::Alone && may_change(session, now);
    ReplyItem {
        person: r.person,
        text: format!("{}: “{}”.", r.name, r.reply.words(joint)),
        at: text::short(r.at, zone),
        open: r.open,
        alone: alone.then(|| r.name.clone()),
    }
}

/// The suggested fee of a session; `has_list`: the reader has the list of fees.
fn fee_item(fee: FeeSuggestion, session: &SessionView, has_list: bool) -> FeeItem {
    let cause = if session.state.occupies() { SessionState::NoShow } else { SessionState::LateCancelled };
    FeeItem {
        amount: fee.amount,
        state: fee.state,
        by: fee.by,
        reason: cause.label().to_lowercase(),
        settled: fee.settled_on.map(text::short_day).unwrap_or_default(),
        has_list,
    }
}

/// What is said of a session that was marked with a state.
const fn state_change(state: SessionState) -> &'static str {
    match state {
        SessionState::Booked => "Set back to Booked",
        SessionState::Arrived => "Checked in",
        SessionState::Completed | SessionState::NoShow | SessionState::LateCancelled | SessionState::Cancelled => {
            state.label()
        }
    }
}

/// A line of a session's history: when, who, what, why.
fn change_line(c: &Change, zone: &Zone) -> ChangeLine {
    let to = |at: Option<DateTime<Utc>>| at.map(|at| day_time(at, zone)).unwrap_or_default();
    let what = match c.what.as_str() {
        "booked" if c.to_at.is_some() => format!("Booked for {}", to(c.to_at)),
        "undone" => format!("Change undone (back to {})", to(c.to_at)),
        "moved" if c.from_at == c.to_at => "Changed place, length or therapist".to_owned(),
        "handed" => "Assigned to another therapist".to_owned(),
        "kind" => "Changed kind".to_owned(),
        "moved" => format!("Moved from {} to {}", to(c.from_at), to(c.to_at)),
        // Whom a mark of the attendance is about is in its reason.
        "present" => format!("{} checked in", c.reason),
        "absent" => format!("No-show of {}", c.reason),
        "expected" => format!("{} set back to expected", c.reason),
        "only" => format!("Completed, only {} came", c.reason),
        word => word.parse::<SessionState>().map_or_else(|_| word.to_owned(), |state| state_change(state).to_owned()),
    };
    let is_attendance = matches!(c.what.as_str(), "present" | "absent" | "expected" | "only");
    let why = if is_attendance { String::new() } else { c.reason.clone() };
    ChangeLine { at: day_time(c.at, zone), who: c.who.clone(), what, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn attendee_in_another_zone_sees_their_own_clock() {
        let starts = "2027-03-18T15:00:00".parse().unwrap();
        let timing = store::timing(starts, &berlin(), 50, None).unwrap();
        assert_eq!(timing_text(&timing), "Thursday 18 March 2027, 15:00–15:50 (Berlin, UTC+1)");
        assert_eq!(own_clock(&timing, &berlin()), "");
        // The same clock under another name needs no second line.
        assert_eq!(own_clock(&timing, &Zone::parse("Europe/Madrid").unwrap()), "");
        assert_eq!(own_clock(&timing, &Zone::parse("America/New_York").unwrap()), "10:00 in New York (UTC−4)");
        assert_eq!(own_clock(&timing, &Zone::parse("Asia/Kolkata").unwrap()), "19:30 in Kolkata (UTC+5:30)");
        assert_eq!(
            own_clock(&timing, &Zone::parse("Pacific/Auckland").unwrap()),
            "Fri 19 Mar, 03:00 in Auckland (UTC+13)"
        );
    }
}
