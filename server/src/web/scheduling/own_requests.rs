//! A partner's own sessions in the portal: viewing and cancelling them, asking
//! for another time, and answering the other partner's request.

use app::{
    pages::scheduling::{
        own_request::{self, HiddenField, Model, TimeItem, Times},
        own_sessions::{Asking, NextSession},
    },
    text,
    ui::shell::Notice,
};
use chrono::NaiveDate;
use domain::{
    clients::person::Zone,
    form::{parse_date, parse_instant},
    ids::{ClientId, SessionId},
    scheduling::{
        request::{RequestKind, RequestState},
        slots::Cursor,
    },
    zone,
};
use store::{RequestOutcome, RequestView, SessionView};
use uuid::Uuid;

use crate::{
    access::Partner,
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
};

/// How many times one page offers: about one day's.
const SHOWN: usize = 48;

/// A session as the portal shows it; a second clock is added where the session's
/// zone has another time than the reader's.
pub(crate) fn session_item(s: &SessionView, zone: &Zone) -> NextSession {
    let at = s.timing.starts_at;
    let mut zone_line = text::zone_line(at, zone);
    if s.timing.zone != *zone && zone::wall(at, &s.timing.zone).offset != zone::wall(at, zone).offset {
        zone_line = format!("{zone_line} · {} in {}", text::clock(at, &s.timing.zone), s.timing.zone.city());
    }
    NextSession {
        id: s.id,
        when: text::short(at, zone),
        zone_line,
        place: s.place_with_address(),
        link: s.link.clone(),
        with: s.clinician_name.clone(),
        joint: s.attendees.len() > 1,
    }
}

/// A request as the two partners see it; `own` is true for the partner who
/// asked.
pub(crate) fn request_item(q: &RequestView, zone: &Zone, own: bool) -> Asking {
    let at = text::short(q.starts_at, zone);
    let from = q.from_at.map(|at| text::short(at, zone)).unwrap_or_default();
    let who = if own { "You" } else { q.name.as_str() };
    let what = match q.kind {
        RequestKind::Book => format!("{who} asked for a session on {at}, with {}.", q.clinician_name),
        RequestKind::Move => format!("{who} asked for {at} instead of {from}."),
        // Only the partner who asked sees this one.
        RequestKind::Alone => format!("You told the practice that only you can come on {at}."),
    };
    let how = match q.state {
        RequestState::Partner if own => " Your partner is asked first.",
        RequestState::Partner => " Does that suit you?",
        RequestState::Desk => " Your practice will say whether it can be.",
        RequestState::Declined => " It could not be. Please choose another time, or call.",
        RequestState::Done | RequestState::Withdrawn => "",
    };
    Asking { id: q.id, text: format!("{what}{how}"), open: q.state.is_open() }
}

/// GET /portal/sessions/{id}: one of the partner's own sessions.
pub async fn show(partner: Partner, page: Page, PathIds(id): PathIds<SessionId>) -> Answer {
    let own = partner.own_session(id).await?.found()?;
    let zone = page.zone();
    let me = partner.person();
    let model = Model {
        id,
        session: session_item(&own.session, &zone),
        can_cancel: own.can_cancel,
        can_move: own.can_move,
        notice: page.practice().map_or(0, |p| p.notice_hours),
        phone: phone(&page),
        said: partner.own_reply(id).await?,
        open: own.open.map(|q| request_item(&q, &zone, q.person == me).text),
    };
    page.ok("Your session", model, own_request::view).await
}

/// POST /portal/sessions/{id}/cancel: cancels a session, while the practice's
/// rule and notice time allow it.
pub async fn cancel(partner: Partner, PathIds(id): PathIds<SessionId>) -> Answer {
    answer(partner.cancel_own_session(id).await?, Notice::Cancelled)
}

/// POST /portal/sessions/{id}/alone: tells the practice that only this partner
/// can come.
pub async fn alone(partner: Partner, PathIds(id): PathIds<SessionId>) -> Answer {
    answer(partner.request_alone(id).await?, Notice::AskedPractice)
}

/// GET /portal/times?session=… or ?client=…: the free times to which a session
/// can be moved, or for a new session. `from` is a day, in the reader's zone,
/// from which to list them; a cursor chooses another page.
pub async fn times(partner: Partner, page: Page, Query(q): Query) -> Answer {
    let zone = page.zone();
    let (session, client): (Option<SessionId>, Option<ClientId>) =
        (q.get("session").parse().ok(), q.get("client").parse().ok());
    let from = parse_date(q.get("from")).and_then(|date| zone::day_start(date, &zone).ok());
    let cursor = Cursor::read(&q).or_else(|| from.map(Cursor::From));
    let Some(times) = partner.requestable_times(session, client, cursor, SHOWN).await? else {
        // The session has become too near to be moved since the link was
        // shown: its own page says so, if it is this partner's.
        let id = session.found()?;
        partner.own_session(id).await?.found()?;
        return Ok(redirect(&format!("/portal/sessions/{id}")));
    };
    let (name, value, back) = match (session, client) {
        (Some(id), _) => ("session", id.to_string(), format!("/portal/sessions/{id}")),
        (None, Some(id)) => ("client", id.to_string(), "/portal".to_owned()),
        (None, None) => return Err(Failure::NotFound),
    };
    let mut days: Vec<(NaiveDate, Vec<TimeItem>)> = Vec::new();
    for slot in &times.found {
        let date = zone::date_of(slot.at, &zone);
        let item = TimeItem {
            time: text::clock(slot.at, &zone),
            at: slot.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            label: text::short(slot.at, &zone),
        };
        match days.last_mut() {
            Some((last, items)) if *last == date => items.push(item),
            _ => days.push((date, vec![item])),
        }
    }
    let link = |cursor: Cursor| {
        let (field, at) = cursor.field();
        format!("/portal/times?{}", query(&[(name, &value), (field, &at)]))
    };
    let with = times.found.first().map(|s| format!(" with {}", s.clinician_name)).unwrap_or_default();
    let model = Times {
        title: if session.is_some() { "Another time".to_owned() } else { "A time for a session".to_owned() },
        lead: format!("What is free{with}. All times are {} time.", zone.city()),
        field: HiddenField { name: name.to_owned(), value: value.clone() },
        days: days.into_iter().map(|(date, items)| (text::day(date), items)).collect(),
        earlier: times.earlier.map(link),
        later: times.later.map(link),
        until: text::day(zone::date_of(times.offered.until, &zone)),
        back,
        phone: phone(&page),
    };
    page.ok("Choose a time", model, own_request::times_view).await
}

/// POST /portal/requests: asks for a time.
pub async fn create(partner: Partner, PostedForm(form): PostedForm) -> Answer {
    let at = parse_instant(form.get("at")).ok_or(Failure::BadRequest)?;
    let (session, client) = (form.get("session").parse().ok(), form.get("client").parse().ok());
    answer(partner.request_time(session, client, at).await?, Notice::TimeTaken)
}

/// POST /portal/requests/{id}/answer: accepts or declines the other partner's
/// request.
pub async fn reply(partner: Partner, PathIds(id): PathIds<Uuid>, PostedForm(form): PostedForm) -> Answer {
    let yes = match form.get("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::BadRequest),
    };
    match partner.answer_request(id, yes).await? {
        RequestOutcome::Pending(RequestState::Declined) => Ok(redirect_with("/portal", Notice::Noted)),
        asked => answer(asked, Notice::TimeTaken),
    }
}

/// POST /portal/requests/{id}/withdraw: withdraws the partner's own request.
pub async fn withdraw(partner: Partner, PathIds(id): PathIds<Uuid>) -> Answer {
    partner.withdraw_request(id).await?.found()?;
    Ok(redirect_with("/portal", Notice::RequestWithdrawn))
}

/// The practice's phone number; empty: it has none.
fn phone(page: &Page) -> String {
    page.practice().map(|p| p.phone.clone()).unwrap_or_default()
}

/// The redirect after a request, with its notice.
fn answer(asked: RequestOutcome, done: Notice) -> Answer {
    Ok(redirect_with("/portal", notice(asked, done).found()?))
}

/// The notice for a request's outcome; `None`: what it is about does not exist.
/// `done` is the notice for a request that was carried out at once.
const fn notice(asked: RequestOutcome, done: Notice) -> Option<Notice> {
    Some(match asked {
        RequestOutcome::Unknown => return None,
        RequestOutcome::Done(_) => done,
        RequestOutcome::Pending(RequestState::Partner) => Notice::AskedPartner,
        RequestOutcome::Pending(_) => Notice::AskedPractice,
        RequestOutcome::Gone => Notice::RequestGone,
        RequestOutcome::NotAllowed => Notice::PleaseCall,
    })
}
