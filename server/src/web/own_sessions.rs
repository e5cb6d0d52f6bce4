//! A partner's own sessions in the portal: looked at, cancelled in time,
//! another time asked for, and the other's wish answered.

use app::{
    pages::{
        own_session::{self, Model, TimeItem, Times},
        portal::{Asking, NextSession},
    },
    text,
    ui::shell::Notice,
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    form::parse_date,
    ids::{ClientId, SessionId},
    person::Zone,
    request::{RequestKind, RequestState},
    zone,
};
use store::{Asked, RequestView, SessionView};
use uuid::Uuid;

use crate::{
    access::{Partner, query},
    error::{Answer, Failure, Found as _},
    form::{Asked as Query, At, Typed},
    page::{Page, redirect, redirect_with},
};

/// So many times are offered at once.
const SHOWN: usize = 24;

/// A session in the words of the portal.
pub(super) fn told(s: &SessionView, zone: &Zone) -> NextSession {
    let at = s.timing.starts_at;
    let mut zone_line = text::zone_line(at, zone);
    if s.timing.zone != *zone && zone::wall(at, &s.timing.zone).offset != zone::wall(at, zone).offset {
        zone_line = format!("{zone_line} · {} in {}", text::clock(at, &s.timing.zone), s.timing.zone.city());
    }
    NextSession {
        id: s.id,
        when: text::short(at, zone),
        zone_line,
        place: s.way(),
        link: s.link.clone(),
        with: s.clinician_name.clone(),
        joint: s.attendees.len() > 1,
    }
}

/// A request as those who share it read it.
pub(super) fn asking(q: &RequestView, zone: &Zone, own: bool) -> Asking {
    let at = text::short(q.starts_at, zone);
    let from = q.from_at.map(|at| text::short(at, zone)).unwrap_or_default();
    let who = if own { "You" } else { q.name.as_str() };
    let what = match q.kind {
        RequestKind::Book => format!("{who} asked for a session on {at}, with {}.", q.clinician_name),
        RequestKind::Move => format!("{who} asked for {at} instead of {from}."),
        // Shown to the asker alone.
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

/// GET /portal/sessions/{id}
pub async fn show(partner: Partner, page: Page, At(id): At<SessionId>) -> Answer {
    let own = partner.own_session(id).await?.found()?;
    let zone = page.zone();
    let me = partner.person();
    let model = Model {
        id,
        session: told(&own.session, &zone),
        can_cancel: own.can_cancel,
        can_move: own.can_move,
        notice: page.practice().map_or(0, |p| p.notice_hours),
        phone: phone(&page),
        said: partner.own_reply(id).await?,
        open: own.open.map(|q| asking(&q, &zone, q.person == me).text),
    };
    page.ok("Your session", model, own_session::view).await
}

/// POST /portal/sessions/{id}/cancel
pub async fn cancel(partner: Partner, At(id): At<SessionId>) -> Answer {
    answer(partner.cancel_own(id).await?, Notice::Cancelled)
}

/// POST /portal/sessions/{id}/alone
pub async fn alone(partner: Partner, At(id): At<SessionId>) -> Answer {
    answer(partner.only_me(id).await?, Notice::AskedPractice)
}

/// GET /portal/times?session=…, or ?client=… for a new one; from `from` on.
pub async fn times(partner: Partner, page: Page, Query(q): Query) -> Answer {
    let zone = page.zone();
    let (session, client): (Option<SessionId>, Option<ClientId>) =
        (q.get("session").parse().ok(), q.get("client").parse().ok());
    let today = zone::today(partner.now(), &zone);
    let latest = today + Duration::days(366);
    let from = parse_date(q.get("from")).unwrap_or(today).clamp(today, latest);
    let Some(slots) = partner.times(session, client, from, SHOWN).await? else {
        // It has come too near since the way here was shown: its own page
        // says so, or is not there.
        return session.map(|id| redirect(&format!("/portal/sessions/{id}"))).ok_or(Failure::NotFound);
    };
    let (name, value, back) = match (session, client) {
        (Some(id), _) => ("session", id.to_string(), format!("/portal/sessions/{id}")),
        (None, Some(id)) => ("client", id.to_string(), "/portal".to_owned()),
        (None, None) => return Err(Failure::NotFound),
    };
    let mut days: Vec<(NaiveDate, Vec<TimeItem>)> = Vec::new();
    for slot in &slots {
        let date = zone::wall_time(slot.at, &zone).date();
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
    let later = days.last().filter(|_| slots.len() >= SHOWN).map(|(last, _)| {
        let next = if days.len() > 1 { *last } else { *last + Duration::days(1) };
        format!("/portal/times?{}", query(&[(name, &value), ("from", &next.to_string())]))
    });
    let with = slots.first().map(|s| format!(" with {}", s.clinician_name)).unwrap_or_default();
    let model = Times {
        title: if session.is_some() { "Another time".to_owned() } else { "A time for a session".to_owned() },
        lead: format!("What is free{with}. All times are {} time.", zone.city()),
        field: (name.to_owned(), value),
        days: days.into_iter().map(|(date, items)| (text::day(date), items)).collect(),
        later,
        back,
        phone: phone(&page),
    };
    page.ok("Choose a time", model, own_session::times).await
}

/// POST /portal/requests
pub async fn create(partner: Partner, Typed(form): Typed) -> Answer {
    let at: DateTime<Utc> = form.get("at").parse().map_err(|_| Failure::BadRequest)?;
    let (session, client) = (form.get("session").parse().ok(), form.get("client").parse().ok());
    answer(partner.ask_for(session, client, at).await?, Notice::TimeTaken)
}

/// POST /portal/requests/{id}/answer
pub async fn reply(partner: Partner, At(id): At<Uuid>, Typed(form): Typed) -> Answer {
    let yes = match form.get("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::BadRequest),
    };
    match partner.answer_request(id, yes).await? {
        Asked::Waits(RequestState::Declined) => Ok(redirect_with("/portal", Notice::Noted)),
        asked => answer(asked, Notice::TimeTaken),
    }
}

/// POST /portal/requests/{id}/withdraw
pub async fn withdraw(partner: Partner, At(id): At<Uuid>) -> Answer {
    partner.withdraw_request(id).await?.found()?;
    Ok(redirect_with("/portal", Notice::TakenBackPlain))
}

fn phone(page: &Page) -> String {
    page.practice().map(|p| p.phone.clone()).unwrap_or_default()
}

fn answer(asked: Asked, done: Notice) -> Answer {
    Ok(redirect_with("/portal", notice(asked, done)))
}

const fn notice(asked: Asked, done: Notice) -> Notice {
    match asked {
        Asked::Done(_) => done,
        Asked::Waits(RequestState::Partner) => Notice::AskedPartner,
        Asked::Waits(_) => Notice::AskedPractice,
        Asked::Gone => Notice::RequestGone,
        Asked::NotAllowed => Notice::PleaseCall,
    }
}
