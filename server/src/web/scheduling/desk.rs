//! The front desk's first page, and the requests of partners.

use app::{
    pages::{
        mail::returned::ReturnedItem,
        scheduling::{
            desk::{self, DaySession, FreeTherapist, Model, RoomNow},
            requests::{self, RequestItem},
        },
    },
    text,
    ui::{Link, shell::Notice},
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    form::Form,
    ids::PersonId,
    scheduling::{
        request::{RequestKind, RequestState},
        session::SessionState,
    },
    zone,
};
use store::{CalendarRow, Confirmation, ReplyView, RequestOutcome as Answered, RequestView};
use uuid::Uuid;

use super::sessions::time_fields;
use crate::web::outbox::log;
use crate::{
    access::{Bookings, FrontDesk},
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    paging::List,
};

/// GET /desk?replies=&returned=&mails=: the front desk's day. Each parameter
/// chooses the page of one list.
pub async fn show(front: FrontDesk, bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let zone = page.practice_zone();
    let now = bookings.now();
    let date = zone::date_of(now, &zone);
    let (from, until) = zone::day(date, &zone).map_err(store::Error::from)?;
    let sessions = bookings.calendar(from, until, None, None).await?;
    let list = |field, anchor| List::new("/desk", field, anchor, &q);
    let mails_list = list("mails", "undelivered");
    let mails = front.undelivered(mails_list.after()).await?;
    let free = bookings.free_today().await?;
    // Only the first requests: all of them are on their own page.
    let asked = bookings.requests(None).await?;
    let requests_list = List::new("/requests", "after", "requests", &Form::default());
    let confirmed = bookings.confirmed(from, until).await?;
    let not_ready = bookings.people_without_login(from, until).await?;
    let replies_list = list("replies", "replies");
    let replies = bookings.open_replies(None, replies_list.after()).await?;
    let returned_list = list("returned", "returned");
    let returned = bookings.returned(returned_list.after()).await?;
    let clock = |at: DateTime<Utc>| text::clock(at, &zone);
    let mut therapists = Vec::new();
    for (id, name, starts) in free.therapists {
        let id = id.to_string();
        let slots = starts.into_iter().map(|at| {
            let [date, time, fold] = time_fields(at, &zone)?;
            let asked = [("clinician", id.as_str()), ("date", &date), ("time", &time), ("fold", &fold)];
            Ok(Link::new(format!("/sessions/new?{}", query(&asked)), clock(at)))
        });
        therapists.push(FreeTherapist { name, times: slots.collect::<store::Result<_>>()? });
    }
    let model = Model {
        date: text::day(date),
        clock: format!("It is {} in {}.", clock(now), zone.city()),
        mail_stop: front.mail_stop().await?.map(|stop| log::mail_stop_item(stop, log::TRY, &zone)),
        sessions: sessions
            .iter()
            .map(|row| {
                let names = not_ready.get(&row.id).map_or(&[][..], Vec::as_slice);
                session(row, confirmed.get(&row.id), names, now, &zone)
            })
            .collect(),
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
        rooms: free
            .rooms
            .into_iter()
            .map(|r| {
                let (text, is_free) = match (r.held_until, r.next) {
                    (Some(until), _) => (format!("Taken until {}", clock(until)), false),
                    (None, Some(next)) => (format!("Free until {}", clock(next)), true),
                    (None, None) => ("Free".to_owned(), true),
                };
                RoomNow { name: r.room.name, text, is_free }
            })
            .collect(),
        free: therapists,
    };
    page.ok("Today at the desk", model, desk::view).await
}

/// The line about a reply, such as "Thu 26 Nov, 10:00, Jonas Weber: “Only I can
/// come”".
pub(crate) fn reply_line(r: &ReplyView, zone: &Zone) -> String {
    format!("{}, {}: “{}”", text::short(r.starts_at, zone), r.name, r.reply.label())
}

/// A session of today as the front desk sees it; `not_ready` names those who
/// come to their first meeting and have not signed in to the portal yet.
fn session(
    row: &CalendarRow,
    confirmed: Option<&Confirmation>,
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

/// POST /people/{person}/mail: sends email again to an address from which email
/// came back.
pub async fn try_again(desk: FrontDesk, PathIds(person): PathIds<PersonId>) -> Answer {
    desk.try_address_again(person).await?;
    Ok(redirect_with("/desk", Notice::Noted))
}

/// GET /requests?after=: the requests that wait for the practice.
pub async fn requests(bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let zone = page.practice_zone();
    let list = List::new("/requests", "after", "requests", &q);
    let found = bookings.requests(list.after()).await?;
    let pager = list.pager(found.more, ["First requests", "More requests"]);
    let items = found.rows.iter().map(|q| item(q, &zone)).collect();
    page.ok("Asked for", requests::Model { items, pager }, requests::view).await
}

/// A request as the staff who may grant it see it.
pub(crate) fn item(q: &RequestView, zone: &Zone) -> RequestItem {
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

/// POST /requests/{id}: grants or declines a request.
pub async fn answer(bookings: Bookings, PathIds(id): PathIds<Uuid>, PostedForm(form): PostedForm) -> Answer {
    let yes = match form.get("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::BadRequest),
    };
    let back = if bookings.is_desk() { "/desk" } else { "/requests" };
    Ok(match bookings.answer_request(id, yes).await?.found()? {
        Answered::Done(session) => redirect_with(&format!("/sessions/{session}"), Notice::RequestDone),
        Answered::Pending(RequestState::Declined) => redirect_with(back, Notice::RequestDeclined),
        Answered::Gone | Answered::NotAllowed => redirect_with(back, Notice::RequestGone),
        Answered::Pending(_) => redirect(back),
        Answered::Unknown => return Err(Failure::NotFound),
    })
}
