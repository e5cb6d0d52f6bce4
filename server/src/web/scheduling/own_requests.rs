//! A partner's own sessions in the portal: viewing and cancelling them, asking
//! for another time, and answering the other partner's request.

use app::{
    pages::scheduling::{
        own_request::{self, Model, Review, TimeItem, Times},
        own_sessions::{self, Asking, NextSession, Requests},
    },
    say, text,
    ui::shell::Notice,
    words::Words,
};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use domain::{
    clients::person::{Zone, first_name},
    form::{parse_date, parse_instant},
    ids::{ClientId, SessionId},
    scheduling::{
        request::{PortalRule, RequestKind, RequestState},
        slots::Cursor,
    },
    zone,
};
use store::{RequestOutcome, RequestReview, RequestView, SessionView, Withdrawal};
use uuid::Uuid;

use crate::{
    access::Partner,
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    paging::List,
};

/// The portal's page of sessions.
const SESSIONS: &str = "/portal/sessions";

/// How many times one page offers: about one day's.
const SHOWN: usize = 48;

/// A session as the portal shows it; a second clock is added where the session's
/// zone has another time than the reader's.
pub(crate) fn session_item(s: &SessionView, zone: &Zone, w: Words) -> NextSession {
    let at = s.timing.starts_at;
    let mut zone_line = say!(w, "session-zone", city = zone.city(), offset = zone::wall(at, zone).utc_offset());
    if s.timing.zone != *zone && zone::wall(at, &s.timing.zone).offset != zone::wall(at, zone).offset {
        let (time, city) = (text::clock(at, &s.timing.zone), s.timing.zone.city());
        zone_line = format!("{zone_line} · {}", say!(w, "session-elsewhere", time = time, city = city));
    }
    NextSession {
        id: s.id,
        when: w.short(at, zone),
        zone_line,
        place: s.place_with_address(),
        link: s.link.clone(),
        with: s.clinician_name.clone(),
        joint: s.attendees.len() > 1,
    }
}

/// A request as the two partners see it; `own` is true for the partner who
/// asked.
fn request_item(q: &RequestView, zone: &Zone, own: bool, w: Words) -> Asking {
    let at = w.short(q.starts_at, zone);
    let from = q.from_at.map(|at| w.short(at, zone)).unwrap_or_default();
    let asker = first_name(&q.name);
    let what = match (q.kind, own) {
        (RequestKind::Book, true) => say!(w, "request-book-own", at = at, therapist = &q.clinician_name),
        (RequestKind::Book, false) => {
            say!(w, "request-book-other", name = asker, at = at, therapist = &q.clinician_name)
        }
        (RequestKind::Move, true) => say!(w, "request-move-own", at = at, from = from),
        (RequestKind::Move, false) => say!(w, "request-move-other", name = asker, at = at, from = from),
        // Only the partner who asked sees this one.
        (RequestKind::Alone, _) => say!(w, "request-alone", at = at),
    };
    let how = match (own, q.state) {
        (true, RequestState::Partner | RequestState::Desk) => next_sentence(q, zone, w),
        (false, RequestState::Partner) => say!(w, "request-works"),
        (false, RequestState::Desk) => say!(w, "request-unconfirmed"),
        (_, RequestState::Declined) => say!(w, "request-declined"),
        (_, RequestState::Done | RequestState::Withdrawn) => String::new(),
    };
    let withdraw = q.state.is_open().then(|| match q.quiet_until {
        Some(_) => say!(w, "request-take-back"),
        None => say!(w, "request-withdraw"),
    });
    Asking { id: q.id, text: format!("{what} {how}").trim_end().to_owned(), withdraw }
}

/// The sentence that tells the partner who asked who is told of an open request,
/// and when.
fn next_sentence(q: &RequestView, zone: &Zone, w: Words) -> String {
    let partner = partner_name(q.partner.as_deref(), w);
    match (q.state, q.quiet_until.map(|until| text::clock(until, zone))) {
        (RequestState::Partner, Some(until)) => say!(w, "request-will-ask", partner = partner, at = until),
        (RequestState::Partner, None) => say!(w, "request-asked", partner = partner),
        (_, Some(until)) => say!(w, "request-will-tell", at = until),
        (_, None) => say!(w, "request-told"),
    }
}

/// The other partner's first name, or "your partner" if it is not known.
fn partner_name(name: Option<&str>, w: Words) -> String {
    name.map_or_else(|| say!(w, "your-partner"), |name| first_name(name).to_owned())
}

/// The open requests about a partner's sessions: those that they must answer, and
/// their own.
pub(crate) async fn requests(partner: &Partner, zone: &Zone, w: Words) -> store::Result<Requests> {
    let (asked, own) = partner.requests().await?;
    let items = |requests: &[RequestView], own| requests.iter().map(|q| request_item(q, zone, own, w)).collect();
    Ok(Requests { asked: items(&asked, false), own: items(&own, true) })
}

/// GET /portal/sessions?after=: the partner's sessions that are still to come, with
/// the requests about them. `after` chooses a page of those after the next one.
pub async fn index(partner: Partner, page: Page, Query(asked): Query) -> Answer {
    let (zone, w) = (page.zone(), page.words());
    let list = List::new(SESSIONS, "after", "later", &asked);
    let item = |session: SessionView| session_item(&session, &zone, w);
    let first = partner.sessions_ahead(None).await?;
    let mut ahead = first.rows.into_iter().map(item);
    let next = ahead.next();
    let (later, more) = match list.after() {
        None => (ahead.collect(), first.more),
        Some(after) => {
            let page = partner.sessions_ahead(Some(after)).await?;
            (page.rows.into_iter().map(item).collect(), page.more)
        }
    };
    let may_book = partner.bookable_clients().await?.into_iter().map(|(client, _, name)| (client, name)).collect();
    let model = own_sessions::Model {
        phone: phone(&page),
        next,
        later,
        later_pager: list.pager(more, ["Next sessions", "Later sessions"]),
        requests: requests(&partner, &zone, w).await?,
        may_book,
    };
    page.ok(&say!(w, "sessions-title"), model, own_sessions::view).await
}

/// GET /portal/sessions/{id}: one of the partner's own sessions.
pub async fn show(partner: Partner, page: Page, PathIds(id): PathIds<SessionId>) -> Answer {
    let own = partner.own_session(id).await?.found()?;
    let (zone, w) = (page.zone(), page.words());
    let me = partner.person();
    let other = own.session.attendees.iter().find(|attendee| attendee.person != me);
    let model = Model {
        id,
        partner: other.map(|other| first_name(&other.name).to_owned()).unwrap_or_default(),
        session: session_item(&own.session, &zone, w),
        can_cancel: own.can_cancel,
        can_move: own.can_move,
        notice: page.practice().map_or(0, |p| p.notice_hours),
        phone: phone(&page),
        said: partner.own_reply(id).await?,
        open: own.open.map(|q| request_item(&q, &zone, q.person == me, w).text),
    };
    page.ok(&say!(w, "session-title"), model, own_request::view).await
}

/// POST /portal/sessions/{id}/cancel: cancels a session, while the practice's
/// rule and notice time allow it.
pub async fn cancel(partner: Partner, PathIds(id): PathIds<SessionId>) -> Answer {
    answer(partner.cancel_own_session(id).await?, Notice::Cancelled)
}

/// POST /portal/sessions/{id}/alone: tells the practice that only this partner
/// can come.
pub async fn alone(partner: Partner, page: Page, PathIds(id): PathIds<SessionId>) -> Answer {
    answer_request(&page, partner.request_alone(id).await?)
}

/// The session that a request is to move, or the client for whom a new one is asked
/// for.
#[derive(Clone, Copy)]
enum Wanted {
    Move(SessionId),
    New(ClientId),
}

impl Wanted {
    /// Reads it from a query or a form; `None`: it names neither.
    fn read(form: &domain::form::Form) -> Option<Self> {
        let session = form.get("session").parse().ok().map(Self::Move);
        session.or_else(|| form.get("client").parse().ok().map(Self::New))
    }

    const fn session(self) -> Option<SessionId> {
        match self {
            Self::Move(session) => Some(session),
            Self::New(_) => None,
        }
    }

    const fn client(self) -> Option<ClientId> {
        match self {
            Self::Move(_) => None,
            Self::New(client) => Some(client),
        }
    }

    /// The name and the value of the field that says which it is.
    fn field(self) -> (&'static str, String) {
        match self {
            Self::Move(session) => ("session", session.to_string()),
            Self::New(client) => ("client", client.to_string()),
        }
    }

    /// The address of the free times, with a further field.
    fn times(self, field: &str, value: &str) -> String {
        let (name, id) = self.field();
        format!("/portal/times?{}", query(&[(name, &id), (field, value)]))
    }

    /// The page to which the free times lead back.
    fn back(self) -> String {
        match self {
            Self::Move(session) => format!("{SESSIONS}/{session}"),
            Self::New(_) => SESSIONS.to_owned(),
        }
    }
}

/// An instant as an address or a form contains it.
fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// GET /portal/times?session=… or ?client=…: the free times to which a session
/// can be moved, or for a new session. `from` is a day, in the reader's zone,
/// from which to list them; a cursor chooses another page; `at` is one of the
/// times, for which the request is shown before it is made.
pub async fn times(partner: Partner, page: Page, Query(q): Query) -> Answer {
    let wanted = Wanted::read(&q).found()?;
    if let Some(at) = parse_instant(q.get("at")) {
        return review(&partner, &page, wanted, at).await;
    }
    let (zone, w) = (page.zone(), page.words());
    let from = parse_date(q.get("from")).and_then(|date| zone::day_start(date, &zone).ok());
    let cursor = Cursor::read(&q).or_else(|| from.map(Cursor::From));
    let Some(times) = partner.requestable_times(wanted.session(), wanted.client(), cursor, SHOWN).await? else {
        return no_times(&partner, wanted).await;
    };
    let mut days: Vec<(NaiveDate, Vec<TimeItem>)> = Vec::new();
    for slot in &times.found {
        let date = zone::date_of(slot.at, &zone);
        let item = TimeItem {
            time: text::clock(slot.at, &zone),
            href: wanted.times("at", &stamp(slot.at)),
            label: w.short(slot.at, &zone),
        };
        match days.last_mut() {
            Some((last, items)) if *last == date => items.push(item),
            _ => days.push((date, vec![item])),
        }
    }
    let link = |cursor: Cursor| {
        let (field, at) = cursor.field();
        wanted.times(field, &at)
    };
    let lead = match times.found.first() {
        Some(slot) => say!(w, "times-lead-with", therapist = &slot.clinician_name, city = zone.city()),
        None => say!(w, "times-lead", city = zone.city()),
    };
    let model = Times {
        title: match wanted {
            Wanted::Move(_) => say!(w, "times-move"),
            Wanted::New(_) => say!(w, "times-new"),
        },
        lead,
        days: days.into_iter().map(|(date, items)| (w.day(date), items)).collect(),
        earlier: times.earlier.map(link),
        later: times.later.map(link),
        until: w.day(zone::date_of(times.offered.until, &zone)),
        back: wanted.back(),
        phone: phone(&page),
    };
    page.ok(&say!(w, "times-title"), model, own_request::times_view).await
}

/// The answer where no times may be asked for: the session has become too near to
/// be moved since the link was shown. Its own page says so, if it is this
/// partner's.
async fn no_times(partner: &Partner, wanted: Wanted) -> Answer {
    let id = wanted.session().found()?;
    partner.own_session(id).await?.found()?;
    Ok(redirect(&format!("{SESSIONS}/{id}")))
}

/// The page on which a request for the time `at` is reviewed before it is made.
async fn review(partner: &Partner, page: &Page, wanted: Wanted, at: DateTime<Utc>) -> Answer {
    let Some(found) = partner.review_request(wanted.session(), wanted.client(), at).await? else {
        return no_times(partner, wanted).await;
    };
    let (zone, w) = (page.zone(), page.words());
    let confirms = page.practice().is_none_or(|p| p.portal.rule == PortalRule::Ask);
    let (name, id) = wanted.field();
    let (therapist, city) = (&found.clinician_name, zone.city());
    let facts = match found.from_at {
        Some(at) => say!(w, "review-facts-now", now = w.short(at, &zone), therapist = therapist, city = city),
        None => say!(w, "review-facts", therapist = therapist, city = city),
    };
    let (question, button) = question(&found, &w.short(at, &zone), w);
    let model = Review {
        question,
        facts,
        follows: follows(&found, confirms, w),
        button,
        hidden: vec![(name, id), ("at", stamp(at))],
        back: wanted.times("from", &zone::date_of(at, &zone).to_string()),
    };
    page.ok(&say!(w, "review-title"), model, own_request::review_view).await
}

/// The question above a request for the time `when`, and the button that makes it.
fn question(found: &RequestReview, when: &str, w: Words) -> (String, String) {
    let moves = found.from_at.is_some();
    let partner = partner_name(found.partner.as_deref(), w);
    let ask = || say!(w, "review-ask-partner", partner = &partner);
    match (found.next, moves) {
        (RequestState::Done, true) => (say!(w, "review-move", when = when), say!(w, "review-move-button")),
        (RequestState::Done, false) => (say!(w, "review-book", when = when), say!(w, "review-book-button")),
        (RequestState::Partner, true) => (say!(w, "review-partner-move", partner = &partner, when = when), ask()),
        (RequestState::Partner, false) => (say!(w, "review-partner-book", partner = &partner, when = when), ask()),
        (_, true) => (say!(w, "review-practice-move", when = when), say!(w, "review-ask-practice")),
        (_, false) => (say!(w, "review-practice-book", when = when), say!(w, "review-ask-practice")),
    }
}

/// What follows when the request is made; `confirms`: the practice has to say yes as
/// well.
fn follows(found: &RequestReview, confirms: bool, w: Words) -> String {
    let minutes = found.quiet_minutes;
    let (until, back) = match found.next {
        RequestState::Done => return say!(w, "review-at-once"),
        RequestState::Partner => {
            let until = if confirms { say!(w, "review-until-both-and-practice") } else { say!(w, "review-until-both") };
            let partner = partner_name(found.partner.as_deref(), w);
            (until, say!(w, "review-take-back-partner", minutes = minutes, partner = partner))
        }
        RequestState::Desk | RequestState::Declined | RequestState::Withdrawn => {
            (say!(w, "review-until-practice"), say!(w, "review-take-back-practice", minutes = minutes))
        }
    };
    if minutes == 0 { until } else { format!("{until} {back}") }
}

/// POST /portal/requests: asks for a time.
pub async fn create(partner: Partner, page: Page, PostedForm(form): PostedForm) -> Answer {
    let at = parse_instant(form.get("at")).ok_or(Failure::BadRequest)?;
    let (session, client) = (form.get("session").parse().ok(), form.get("client").parse().ok());
    answer_request(&page, partner.request_time(session, client, at).await?)
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
        RequestOutcome::Pending(RequestState::Declined) => Ok(redirect_with(SESSIONS, Notice::AnswerGiven)),
        asked => answer(asked, Notice::TimeTaken),
    }
}

/// POST /portal/requests/{id}/withdraw: withdraws the partner's own request.
pub async fn withdraw(partner: Partner, PathIds(id): PathIds<Uuid>) -> Answer {
    let notice = match partner.withdraw_request(id).await? {
        Withdrawal::Unseen => Notice::TakenBack,
        Withdrawal::Told => Notice::RequestWithdrawn,
        Withdrawal::Unknown => return Err(Failure::NotFound),
    };
    Ok(redirect_with(SESSIONS, notice))
}

/// The practice's phone number; empty: it has none.
fn phone(page: &Page) -> String {
    page.practice().map(|p| p.phone.clone()).unwrap_or_default()
}

/// The redirect after a request was made, with its notice: as long as it can be
/// taken back, nobody else was asked.
fn answer_request(page: &Page, asked: RequestOutcome) -> Answer {
    let is_quiet = page.practice().is_some_and(|p| p.quiet_minutes > 0);
    match asked {
        RequestOutcome::Pending(_) if is_quiet => Ok(redirect_with(SESSIONS, Notice::RequestSaved)),
        asked => answer(asked, Notice::TimeTaken),
    }
}

/// The redirect after an act on a session or a request, with its notice.
fn answer(asked: RequestOutcome, done: Notice) -> Answer {
    Ok(redirect_with(SESSIONS, notice(asked, done).found()?))
}

/// The notice for a request's outcome; `None`: what it is about does not exist.
/// `done` is the notice for a request that was carried out at once.
const fn notice(asked: RequestOutcome, done: Notice) -> Option<Notice> {
    Some(match asked {
        RequestOutcome::Unknown => return None,
        RequestOutcome::Done(_) => done,
        RequestOutcome::Pending(RequestState::Partner) => Notice::AskedPartner,
        RequestOutcome::Pending(_) => Notice::AskedPractice,
        RequestOutcome::Gone | RequestOutcome::Unusual => Notice::RequestGone,
        RequestOutcome::NotAllowed => Notice::PleaseCall,
    })
}
