//! The front desk's first page, and the requests of partners.

use app::{
    pages::{
        mail::returned::ReturnedItem,
        scheduling::{
            attendance::Comer,
            desk::{self, Beside, DaySession, FreeTherapist, Model, RoomNow},
            requests::{self, RequestItem},
        },
    },
    text,
    ui::{Link, shell::Notice},
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    clients::person::Zone,
    form::Form,
    ids::{PersonId, SessionId},
    scheduling::{
        attendance::{Presence, came_sentence, first_names, presences},
        outside::OutsideReason,
        request::{RequestKind, RequestState},
        session::SessionState,
    },
    zone,
};
use store::{CalendarRow, Confirmation, DayAttendee, ReplyView, RequestOutcome as Answered, RequestView};
use uuid::Uuid;

use super::sessions::{arrival, marks_for, time_fields};
use crate::web::{outbox::log, records::intake::mark_of};
use crate::{
    access::{Bookings, FrontDesk},
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    paging::List,
};

/// How far the desk's page looks ahead for the next day with sessions.
const NEXT_DAYS: i64 = 14;

/// GET /desk?replies=&returned=&mails=: the front desk's day. Each parameter
/// chooses the page of one list.
pub async fn show(front: FrontDesk, bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let zone = page.practice_zone();
    let now = bookings.now();
    let date = zone::date_of(now, &zone);
    let day = day_sessions(&bookings, date, &zone).await?;
    let list = |field, anchor| List::new("/desk", field, anchor, &q);
    let mails_list = list("mails", "undelivered");
    let mails = front.undelivered(mails_list.after()).await?;
    // Only the first requests: all of them are on their own page.
    let asked = bookings.requests(None).await?;
    let requests_list = List::new("/requests", "after", "requests", &Form::default());
    let replies_list = list("replies", "replies");
    let replies = bookings.open_replies(None, replies_list.after()).await?;
    let returned_list = list("returned", "returned");
    let returned = bookings.returned(returned_list.after()).await?;
    let model = Model {
        date: text::day(date),
        clock: format!("It is {} in {}.", text::clock(now, &zone), zone.city()),
        mail_stop: front.mail_stop().await?.map(|stop| log::mail_stop_item(stop, log::TRY, &zone)),
        beside: beside(&bookings, &day, date, &zone).await?,
        sessions: day.sessions,
        requests_pager: requests_list.pager(asked.more, ["First requests", "More requests"]),
        requests: asked.rows.iter().map(|q| item(q, &zone)).collect(),
        replies_pager: replies_list.pager(replies.more, ["First replies", "More replies"]),
        replies: replies.rows.iter().map(|r| (reply_line(r, &zone), r.session)).collect(),
        returned_pager: returned_list.pager(returned.more, ["First addresses", "More addresses"]),
        returned: returned
            .map(|r| ReturnedItem {
                person: r.person,
                name: r.name,
                phone: r.phone,
                text: format!("since {}: {}", text::short_day(zone::date_of(r.since, &zone)), r.why),
            })
            .rows,
        mails_pager: mails_list.pager(mails.more, ["First emails", "More emails"]),
        mails: mails.rows.iter().map(|m| crate::web::outbox::undelivered::item_for_desk(m, &zone)).collect(),
        gaps: bookings.series_gaps_count().await?,
        inquiries: bookings.inquiries_waiting().await?,
        earlier: bookings.count_earlier_wishes().await?,
    };
    page.ok("Today", model, desk::view).await
}

/// The sessions of one day.
struct Day {
    sessions: Vec<DaySession>,
    /// Whether a session of it is still to come or going on.
    is_left: bool,
}

/// The sessions of a day as the front desk sees them.
async fn day_sessions(bookings: &Bookings, date: NaiveDate, zone: &Zone) -> store::Result<Day> {
    let (from, until) = zone::day(date, zone)?;
    let now = bookings.now();
    let rows = bookings.calendar(from, until, None, None).await?;
    let confirmed = bookings.confirmed(from, until).await?;
    let not_ready = bookings.people_without_login(from, until).await?;
    let people = bookings.attendees_between(from, until).await?;
    let ids: Vec<SessionId> = rows.iter().map(|row| row.id).collect();
    let intakes = bookings.intakes_of_sessions(&ids).await?;
    let of = |row: &CalendarRow| {
        let names = not_ready.get(&row.id).map_or(&[][..], Vec::as_slice);
        let people = people.get(&row.id).map_or(&[][..], Vec::as_slice);
        let intake = intakes.get(&row.id).map(mark_of);
        DaySession { intake, ..session(row, confirmed.get(&row.id), names, people, now, zone) }
    };
    Ok(Day {
        is_left: rows.iter().any(|row| row.state.is_ahead() && row.ends_at > now),
        sessions: rows.iter().map(of).collect(),
    })
}

/// What is beside the sessions of `today`: what is free, or the next day with
/// sessions when nothing is left.
async fn beside(bookings: &Bookings, today: &Day, date: NaiveDate, zone: &Zone) -> store::Result<Beside> {
    let free = free_today(bookings, zone).await?;
    let has_time = matches!(&free, Beside::FreeToday { free, .. } if free.iter().any(|one| !one.times.is_empty()));
    if today.is_left || has_time {
        return Ok(free);
    }
    let (_, from) = zone::day(date, zone)?;
    let until = zone::day_start(date + Duration::days(NEXT_DAYS), zone)?;
    let Some(next) = bookings.session_starts(from, until, None, None).await?.into_iter().min() else {
        return Ok(Beside::Nothing);
    };
    let next = zone::date_of(next, zone);
    Ok(Beside::NextDay {
        date: text::day(next),
        href: format!("/calendar?view=day&date={next}"),
        sessions: day_sessions(bookings, next, zone).await?.sessions,
    })
}

/// What is free now and in the rest of today.
async fn free_today(bookings: &Bookings, zone: &Zone) -> store::Result<Beside> {
    let clock = |at: DateTime<Utc>| text::clock(at, zone);
    let free = bookings.free_today().await?;
    let mut therapists = Vec::new();
    for (id, name, starts) in free.therapists {
        let id = id.to_string();
        let slots = starts.into_iter().map(|start| {
            let [date, time, fold] = time_fields(start.at, zone)?;
            let place = start.room.map_or_else(|| "online".to_owned(), |room| room.to_string());
            let mut asked = vec![("date", date.as_str()), ("time", &time), ("clinician", &id), ("place", &place)];
            if !fold.is_empty() {
                asked.push(("fold", &fold));
            }
            Ok(Link::new(format!("/sessions/new?{}", query(&asked)), clock(start.at)))
        });
        therapists.push(FreeTherapist { name, times: slots.collect::<store::Result<_>>()? });
    }
    let rooms = free.rooms.into_iter().map(|r| {
        let (text, is_free) = match (r.held_until, r.next) {
            (Some(until), _) => (format!("Taken until {}", clock(until)), false),
            (None, Some(next)) => (format!("Free until {}", clock(next)), true),
            (None, None) => ("Free".to_owned(), true),
        };
        RoomNow { name: r.room.name, text, is_free }
    });
    Ok(Beside::FreeToday { rooms: rooms.collect(), free: therapists })
}

/// The line about a reply, such as "Thu 26 Nov, 10:00, Jonas Weber: “Only I can
/// come”".
pub(crate) fn reply_line(r: &ReplyView, zone: &Zone) -> String {
    format!("{}, {}: “{}”", text::short(r.starts_at, zone), r.name, r.reply.label())
}

/// A session of a day as the front desk sees it; `not_ready` names those who come
/// to their intake session and have not signed in to the portal yet.
fn session(
    row: &CalendarRow,
    confirmed: Option<&Confirmation>,
    not_ready: &[String],
    people: &[DayAttendee],
    now: DateTime<Utc>,
    zone: &Zone,
) -> DaySession {
    let late = (now - row.starts_at).num_minutes();
    let waits = row.state == SessionState::Booked && row.starts_at < now && row.ends_at > now;
    let names: Vec<&str> = people.iter().map(|p| p.name.as_str()).collect();
    let marks: Vec<Option<Presence>> = people.iter().map(|p| p.presence).collect();
    let came = came_sentence(row.state, &names, &marks).filter(|_| row.state.occupies());
    DaySession {
        id: row.id,
        time: format!("{}–{}", text::clock(row.starts_at, zone), text::clock(row.ends_at, zone)),
        title: row.title.clone(),
        with: format!("{}, {}", row.clinician_name, row.place),
        state: row.state,
        late: if waits && late >= 5 { format!("{} late", text::minutes(late)) } else { String::new() },
        not_ready: not_ready.join(", "),
        intake: None,
        confirmed: confirmed.and_then(|c| if c.yes { Some(true) } else { c.asked.then_some(false) }),
        comers: comers(row, people, now, zone),
        came: came.unwrap_or_default(),
        open_end: row.state.is_ahead() && row.ends_at <= now,
    }
}

/// The people of a session with what can be marked of them at the desk: until it
/// ends, those who are expected can be checked in on its day.
fn comers(row: &CalendarRow, people: &[DayAttendee], now: DateTime<Utc>, zone: &Zone) -> Vec<Comer> {
    let names: Vec<&str> = people.iter().map(|p| p.name.as_str()).collect();
    let marks: Vec<Option<Presence>> = people.iter().map(|p| p.presence).collect();
    let is_today = zone::date_of(now, zone) >= zone::date_of(row.starts_at, zone);
    let is_open = is_today && row.state.is_ahead() && row.ends_at > now;
    people
        .iter()
        .zip(first_names(&names))
        .zip(presences(row.state, &marks))
        .map(|((p, name), presence)| {
            let arrived_at = p.arrived_at.filter(|_| presence == Some(Presence::Present));
            let [arrived, late] = arrival(row.starts_at, arrived_at, zone);
            Comer {
                person: p.person,
                name,
                presence,
                arrived,
                late,
                marks: if is_open { marks_for(p.person, presence) } else { vec![] },
            }
        })
        .collect()
}

/// POST /people/{person}/mail: sends email again to an address from which email
/// came back.
pub async fn try_again(desk: FrontDesk, PathIds(person): PathIds<PersonId>) -> Answer {
    desk.try_address_again(person).await?;
    Ok(redirect_with("/desk", Notice::AddressRetried))
}

/// GET /requests?after=: the requests that wait for the practice.
pub async fn requests(bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let zone = page.practice_zone();
    let list = List::new("/requests", "after", "requests", &q);
    let found = bookings.requests(list.after()).await?;
    let pager = list.pager(found.more, ["First requests", "More requests"]);
    let items = found.rows.iter().map(|q| item(q, &zone)).collect();
    page.ok("Requests", requests::Model { items, pager }, requests::view).await
}

/// A request as the staff who may grant it see it.
pub(crate) fn item(q: &RequestView, zone: &Zone) -> RequestItem {
    let at = text::short(q.starts_at, zone);
    let (asks, wish, yes) = match q.kind {
        RequestKind::Book => ("asks for a session", at, "Book session"),
        RequestKind::Move => {
            let from = q.from_at.map(|from| format!(" instead of {}", text::short(from, zone))).unwrap_or_default();
            ("asks for another time", format!("{at}{from}"), "Move session")
        }
        RequestKind::Alone => ("can come, the other partner cannot", at, "Book for one partner"),
    };
    RequestItem {
        id: q.id,
        title: format!("{} {asks}", q.name),
        text: format!("{wish}, with {}", q.clinician_name),
        session: q.session.map(|id| format!("/sessions/{id}")).unwrap_or_default(),
        yes: if q.reasons.is_empty() { yes.to_owned() } else { format!("{yes} anyway") },
        reasons: q.reasons.iter().map(OutsideReason::sentence).collect(),
    }
}

/// POST /requests/{id}: grants or declines a request.
pub async fn answer(bookings: Bookings, PathIds(id): PathIds<Uuid>, PostedForm(form): PostedForm) -> Answer {
    let yes = match form.get("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::BadRequest),
    };
    let back = if bookings.is_desk() { "/desk" } else { "/requests" };
    let answered = match yes && !form.get("outside").is_empty() {
        true => bookings.grant_unusual_request(id).await?,
        false => bookings.answer_request(id, yes).await?,
    };
    Ok(match answered.found()? {
        Answered::Done(session) => redirect_with(&format!("/sessions/{session}"), Notice::RequestDone),
        Answered::Pending(RequestState::Declined) => redirect_with(back, Notice::RequestDeclined),
        Answered::Gone | Answered::NotAllowed => redirect_with(back, Notice::RequestGone),
        Answered::Unusual => redirect_with(back, Notice::UnusualRequest),
        Answered::Pending(_) => redirect(back),
        Answered::Unknown => return Err(Failure::NotFound),
    })
}
