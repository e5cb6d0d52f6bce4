//! The page of a session.

use app::{
    pages::scheduling::session::{self, AttendeeItem, ChangeLine, EarlierWish, FeeItem, Model, ReplyItem, UndoOffer},
    text,
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::{Role, Zone},
    ids::SessionId,
    scheduling::{
        reply::Reply,
        session::{SessionState, Timing},
    },
    zone,
};
use store::{Change, ReplyView, SessionView};

use super::shared::{may_change, may_mark, timing_text, unmailed_attendee};
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
        when: timing_text(&session.timing),
        kind: session.kind.label().to_owned(),
        state: session.state,
        series: bookings.series_of(&session).await?.map(|s| series::series_summary(&s)),
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
        fee: bookings.fee(id).await?.map(|f| FeeItem { amount: f.amount, state: f.state, by: f.by }),
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

/// A session's start on an attendee's own clock; empty where it shows the same
/// time.
fn own_clock(timing: &Timing, theirs: &Zone) -> String {
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

/// A line of a session's history: when, who, what, why.
fn change_line(c: &Change, zone: &Zone) -> ChangeLine {
    let to = |at: Option<DateTime<Utc>>| at.map(|at| day_time(at, zone)).unwrap_or_default();
    let what = match c.what.as_str() {
        "booked" if c.to_at.is_some() => format!("Booked for {}", to(c.to_at)),
        "undone" => format!("Undone: it stands at {} again, and nobody was told", to(c.to_at)),
        "moved" if c.from_at == c.to_at => "Changed place, length or therapist".to_owned(),
        "handed" => "Given to another therapist".to_owned(),
        "kind" => "Of another kind".to_owned(),
        "moved" => format!("Moved from {} to {}", to(c.from_at), to(c.to_at)),
        word => word.parse::<SessionState>().map_or_else(|_| word.to_owned(), |s| format!("Marked as: {}", s.label())),
    };
    ChangeLine { at: day_time(c.at, zone), who: c.who.clone(), what, why: c.reason.clone() }
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
