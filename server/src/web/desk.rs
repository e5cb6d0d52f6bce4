//! The front desk's day, and what partners asked for.

use app::{
    pages::{
        desk::{self, DaySession, Model, ReturnedItem},
        requests::{self, RequestItem},
    },
    text,
    ui::shell::Notice,
};
use chrono::{DateTime, Utc};
use domain::{
    ids::PersonId,
    person::Zone,
    reminder::MessageState,
    request::{RequestKind, RequestState},
    session::SessionState,
    zone,
};
use store::{Asked, CalendarRow, Confirmed, ReplyView, RequestView};
use uuid::Uuid;

use crate::{
    access::{Bookings, FrontDesk, query},
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect, redirect_with},
};

/// GET /desk
pub async fn show(front: FrontDesk, bookings: Bookings, page: Page) -> Answer {
    let zone = page.practice_zone();
    let now = bookings.now();
    let date = zone::today(now, &zone);
    let (from, until) = zone::day(date, &zone).map_err(store::Error::from)?;
    let sessions = bookings.calendar(from, until, None, None).await?;
    let mails = front.messages(Some(MessageState::Failed)).await?;
    let free = bookings.free_today().await?;
    let asked = bookings.requests().await?;
    let confirmed = bookings.confirmed(from, until).await?;
    let not_ready = bookings.not_ready(from, until).await?;
    let replies = bookings.open_replies().await?;
    let clock = |at: DateTime<Utc>| text::clock(at, &zone);
    let model = Model {
        date: text::day(date),
        clock: format!("It is {} in {}.", clock(now), zone.city()),
        sessions: sessions
            .iter()
            .map(|row| {
                let names = not_ready.get(&row.id).map_or(&[][..], Vec::as_slice);
                session(row, confirmed.get(&row.id), names, now, &zone)
            })
            .collect(),
        requests: asked.iter().map(|q| item(q, &zone)).collect(),
        replies: replies.iter().map(|r| (said(r, &zone), r.session)).collect(),
        returned: bookings
            .returned()
            .await?
            .into_iter()
            .map(|r| ReturnedItem {
                person: r.person,
                name: r.name,
                phone: r.phone,
                text: format!("since {}: {}", text::short_day(zone::today(r.since, &zone)), r.why),
            })
            .collect(),
        mails: mails
            .into_iter()
            .filter(|m| m.about_at.is_some_and(|at| at > now))
            .take(20)
            .map(|m| {
                let href = m.session_id.map_or_else(|| "/messages".to_owned(), |id| format!("/sessions/{id}"));
                let why = m.last_error.clone().unwrap_or_default();
                (format!("{} to {}: {why}", m.kind.label(), m.person), href)
            })
            .collect(),
        gaps: bookings.series_gaps().await?.len(),
        inquiries: bookings.inquiries_waiting().await?,
        earlier: bookings.waiting_earlier().await?,
        rooms: free
            .rooms
            .into_iter()
            .map(|r| match (r.held_until, r.next) {
                (Some(until), _) => (r.room.name, format!("Taken until {}", clock(until)), false),
                (None, Some(next)) => (r.room.name, format!("Free until {}", clock(next)), true),
                (None, None) => (r.room.name, "Free".to_owned(), true),
            })
            .collect(),
        free: free
            .therapists
            .into_iter()
            .map(|(id, name, starts)| {
                let slots = starts
                    .into_iter()
                    .map(|at| {
                        let (time, id, date) = (clock(at), id.to_string(), date.to_string());
                        let asked = [("clinician", id.as_str()), ("date", &date), ("time", &time)];
                        (time.clone(), format!("/sessions/new?{}", query(&asked)))
                    })
                    .collect();
                (name, slots)
            })
            .collect(),
    };
    page.ok("Today at the desk", model, desk::view).await
}

/// "Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".
pub(super) fn said(r: &ReplyView, zone: &Zone) -> String {
    format!("{}, {}: “{}”", text::short(r.starts_at, zone), r.name, r.reply.label())
}

fn session(
    row: &CalendarRow,
    confirmed: Option<&Confirmed>,
    not_ready: &[String],
    now: DateTime<Utc>,
    zone: &Zone,
) -> DaySession {
    let late = (now - row.starts_at).num_minutes();
    let waits = row.state == SessionState::Booked && row.starts_at < now && row.ends_at > now;
    DaySession {
        id: row.id,
        time: format!("{}–{}", text::clock(row.starts_at, zone), text::clock(row.ends_at, zone)),
        title: row.title.clone(),
        with: format!("{}, {}", row.clinician_name, row.place),
        state: row.state,
        late: if waits && late >= 5 { format!("{} late", text::minutes(late)) } else { String::new() },
        not_ready: not_ready.join(", "),
        confirmed: confirmed.and_then(|c| if c.yes { Some(true) } else { c.asked.then_some(false) }),
        can_arrive: row.state == SessionState::Booked && row.ends_at > now,
        open_end: row.state.is_ahead() && row.ends_at <= now,
    }
}

/// POST /people/{person}/mail: an address whose mail came back is tried again.
pub async fn try_again(desk: FrontDesk, At(person): At<PersonId>) -> Answer {
    desk.try_address_again(person).await?;
    Ok(redirect_with("/desk", Notice::Noted))
}

/// GET /requests
pub async fn requests(bookings: Bookings, page: Page) -> Answer {
    let zone = page.practice_zone();
    let items = bookings.requests().await?.iter().map(|q| item(q, &zone)).collect();
    page.ok("Asked for", requests::Model { items }, requests::view).await
}

/// A request as whoever may say yes reads it.
pub(super) fn item(q: &RequestView, zone: &Zone) -> RequestItem {
    let at = text::short(q.starts_at, zone);
    let (asks, wish, yes) = match q.kind {
        RequestKind::Book => ("asks for a session", at, "Book it"),
        RequestKind::Move => {
            let from = q.from_at.map(|from| format!(" instead of {}", text::short(from, zone))).unwrap_or_default();
            ("asks for another time", format!("{at}{from}"), "Move it")
        }
        RequestKind::Alone => ("can come, the other partner cannot", at, "Make it theirs alone"),
    };
    RequestItem {
        id: q.id,
        title: format!("{} {asks}", q.name),
        text: format!("{wish}, with {}", q.clinician_name),
        session: q.session.map(|id| format!("/sessions/{id}")).unwrap_or_default(),
        yes: yes.to_owned(),
    }
}

/// POST /requests/{id}
pub async fn answer(bookings: Bookings, At(id): At<Uuid>, Typed(form): Typed) -> Answer {
    let yes = match form.get("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::BadRequest),
    };
    let back = if bookings.is_desk() { "/desk" } else { "/requests" };
    Ok(match bookings.answer_request(id, yes).await?.found()? {
        Asked::Done(session) => redirect_with(&format!("/sessions/{session}"), Notice::RequestDone),
        Asked::Waits(RequestState::Declined) => redirect_with(back, Notice::RequestDeclined),
        Asked::Gone | Asked::NotAllowed => redirect_with(back, Notice::RequestGone),
        Asked::Waits(_) => redirect(back),
    })
}
