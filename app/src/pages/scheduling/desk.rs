//! The front desk's page of the day: who is expected, who is late, what needs
//! attention, and which times are free.

use domain::{ids::SessionId, scheduling::session::SessionState};
use leptos::prelude::*;

use super::{requests, session::state_badge};
use crate::pages::mail::{
    returned::{self, ReturnedItem},
    stopped::{self, MailStop},
    undelivered::{self, UndeliveredItem},
};
use crate::ui::{Link, Pager, Tone, badge, card, empty, form_key, page_head, pager};

/// The view model of the front desk's page of the day.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The date, such as "Tuesday 24 November 2026".
    pub date: String,
    /// The current time with its zone.
    pub clock: String,
    /// The outage of outgoing email; `None` if emails go out.
    pub mail_stop: Option<MailStop>,
    pub sessions: Vec<DaySession>,
    pub requests: Vec<requests::RequestItem>,
    pub requests_pager: Pager,
    /// Replies to reminders that need attention: text and session.
    pub replies: Vec<(String, SessionId)>,
    pub replies_pager: Pager,
    /// The people whose email address is returned.
    pub returned: Vec<ReturnedItem>,
    pub returned_pager: Pager,
    /// Emails that were not delivered.
    pub mails: Vec<UndeliveredItem>,
    pub mails_pager: Pager,
    /// How many days of series could not be booked.
    pub gaps: usize,
    /// How many people wait for a first meeting.
    pub inquiries: usize,
    /// How many clients would like an earlier session.
    pub earlier: usize,
    /// The rooms as they are now.
    pub rooms: Vec<RoomNow>,
    /// The therapists with their free times of today.
    pub free: Vec<FreeTherapist>,
}

/// A room at this moment.
#[derive(Clone, Debug)]
pub struct RoomNow {
    pub name: String,
    /// The state, such as "Free until 12:00".
    pub text: String,
    pub is_free: bool,
}

/// The free times of a therapist today.
#[derive(Clone, Debug)]
pub struct FreeTherapist {
    pub name: String,
    /// The free times, each with a link to the form that books it.
    pub times: Vec<Link>,
}

/// A session of the day.
#[derive(Clone, Debug)]
pub struct DaySession {
    pub id: SessionId,
    /// The time, such as "10:00–10:50".
    pub time: String,
    pub title: String,
    /// Therapist and room, such as "Dr Lin, Garden room".
    pub with: String,
    pub state: SessionState,
    /// The delay, such as "12 minutes late"; otherwise empty.
    pub late: String,
    /// Before a first meeting, the attendees who have not signed in yet;
    /// otherwise empty.
    pub not_ready: String,
    /// Whether they confirmed that they will come: `false` if they were asked
    /// and have not confirmed, `None` if they were not asked.
    pub confirmed: Option<bool>,
    /// Whether they can be checked in now.
    pub can_arrive: bool,
    /// Whether the session's time is over and nobody recorded if it took place.
    pub open_end: bool,
}

/// Renders the front desk's page of the day.
pub fn view(m: &Model) -> AnyView {
    let (over, ahead): (Vec<_>, Vec<_>) = m.sessions.iter().partition(|s| {
        !s.open_end
            && matches!(
                s.state,
                SessionState::Completed | SessionState::NoShow | SessionState::Cancelled | SessionState::LateCancelled
            )
    });
    // The first nine sessions to check in each have an access key.
    let mut keys = 1..=9;
    let ahead: Vec<AnyView> = ahead
        .into_iter()
        .map(|s| {
            let key = s.can_arrive.then(|| keys.next()).flatten();
            session_row(s, key)
        })
        .collect();
    let over: Vec<AnyView> = over.into_iter().map(|s| session_row(s, None)).collect();
    let hint = m.sessions.iter().any(|s| s.can_arrive).then(|| {
        view! { <p class="hint keyboard">"Alt and the number checks in (Firefox: Alt and Shift, Mac: Control and Option)."</p> }.into_any()
    });
    let ahead = if ahead.is_empty() {
        empty("Nobody is expected any more today.", Some(Link::new("/calendar", "Look at the calendar")))
    } else {
        view! { <ul class="rows">{ahead}</ul> }.into_any()
    };
    let over = (!over.is_empty()).then(|| {
        let head = format!("Done with ({})", over.len());
        view! { <details class="card"><summary>{head}</summary><ul class="rows">{over}</ul></details> }.into_any()
    });
    view! {
        {page_head(m.date.clone(), m.clock.clone(), vec![
            Link::new("/sessions/new", "New session"),
            Link::new("/calendar", "Calendar"),
        ])}
        {search_form()}
        {m.mail_stop.as_ref().map(stopped::view)}
        {needs_card(m)}
        <div class="desk">
            <section aria-labelledby="coming">
                <h2 id="coming">"Who comes"</h2>
                {hint}
                {ahead}
                {over}
            </section>
            <div>
                {room_card(m)}
                {free_card(m)}
            </div>
        </div>
    }
    .into_any()
}

/// The search for a person, first on the page because of phone calls.
fn search_form() -> AnyView {
    view! {
        <form class="search" role="search" method="get" action="/find">
            <label for="q">"Who is it? Part of a name is enough."</label>
            <input id="q" type="search" name="q" maxlength="200" autocomplete="off" accesskey="k"/>
            <button class="button" type="submit">"Find"</button>
        </form>
    }
    .into_any()
}

/// The card with everything that needs attention; `None` if there is nothing.
fn needs_card(m: &Model) -> Option<AnyView> {
    let rows = undelivered::rows(&m.mails);
    let mails = (rows.is_some() || m.mails_pager.is_later())
        .then(|| view! { <h3 id="undelivered">"Not delivered"</h3>{rows}{pager(&m.mails_pager)} }.into_any());
    let gaps = (m.gaps > 0).then(|| {
        let text = match m.gaps {
            1 => "One session of a series could not be booked".to_owned(),
            n => format!("{n} sessions of series could not be booked"),
        };
        view! { <p><a href="/calendar">{text}</a></p> }.into_any()
    });
    let earlier = (m.earlier > 0).then(|| {
        let text = match m.earlier {
            1 => "One would come earlier, should something be free.".to_owned(),
            n => format!("{n} would come earlier, should something be free."),
        };
        view! { <p><a href="/waitlist#earlier">{text}</a></p> }.into_any()
    });
    let inquiries = (m.inquiries > 0).then(|| {
        let text = match m.inquiries {
            1 => "Somebody waits for a first meeting".to_owned(),
            n => format!("{n} wait for a first meeting"),
        };
        view! { <p><a href="/waitlist">{text}</a></p> }.into_any()
    });
    let returned = returned::section(&m.returned, &m.returned_pager);
    let replies: Vec<AnyView> = m
        .replies
        .iter()
        .map(|(text, id)| {
            view! { <li><a class="row-link" href=format!("/sessions/{id}")>{text.clone()}</a></li> }.into_any()
        })
        .collect();
    let replies = (!replies.is_empty() || m.replies_pager.is_later()).then(|| {
        view! { <h3 id="replies">"They wrote"</h3><ul class="rows">{replies}</ul>{pager(&m.replies_pager)} }.into_any()
    });
    let asked = (!m.requests.is_empty()).then(|| {
        view! { <h3>"Asked for"</h3>{requests::request_list(&m.requests)}{pager(&m.requests_pager)} }.into_any()
    });
    (mails.is_some()
        || gaps.is_some()
        || asked.is_some()
        || replies.is_some()
        || returned.is_some()
        || inquiries.is_some()
        || earlier.is_some())
    .then(|| card("Needs you", view! { {asked}{replies}{inquiries}{earlier}{returned}{mails}{gaps} }.into_any()))
}

/// A session of the day; `key` is its access key for the check-in.
fn session_row(s: &DaySession, key: Option<u8>) -> AnyView {
    let late = (!s.late.is_empty()).then(|| view! { " "{badge(Tone::Care, s.late.clone())} }.into_any());
    let confirmed = s.confirmed.filter(|_| s.state == SessionState::Booked).map(|yes| {
        let mark = if yes { badge(Tone::Good, "Confirmed") } else { badge(Tone::Wait, "No reply yet") };
        view! { " "{mark} }.into_any()
    });
    let not_ready = (!s.not_ready.is_empty()).then(|| {
        let text = format!("Has not signed in yet: {}", s.not_ready);
        view! { <br/>{badge(Tone::Wait, "Not ready")}" "<span class="muted">{text}</span> }.into_any()
    });
    let state = |state: SessionState, text: &'static str, first: bool| {
        let class = if first { "button button-primary" } else { "button" };
        let key = key.filter(|_| state == SessionState::Arrived).map(|key| key.to_string());
        let shown = key.clone().map(|key| view! { <kbd class="keyboard" aria-hidden="true">{key}</kbd> }.into_any());
        view! {
            {shown}
            <button class=class type="submit" name="state" value=state.word() accesskey=key aria-label=format!("{text}: {} {}", s.time, s.title)>{text}</button>
        }
        .into_any()
    };
    let mut acts = Vec::new();
    if s.can_arrive {
        acts.push(state(SessionState::Arrived, "Arrived", true));
    }
    if s.open_end {
        acts.push(state(SessionState::Completed, "It took place", true));
        if s.state == SessionState::Booked {
            acts.push(state(SessionState::NoShow, "They did not come", false));
        }
    }
    let acts = (!acts.is_empty()).then(|| {
        view! {
            <form class="actions" method="post" action=format!("/sessions/{}/state", s.id)>
                {form_key()}
                <input type="hidden" name="back" value="desk"/>
                {acts}
            </form>
        }
        .into_any()
    });
    view! {
        <li class="row">
            <span>
                <a class="row-link" href=format!("/sessions/{}", s.id)>{format!("{} {}", s.time, s.title)}</a>
                <br/>
                <span class="muted">{s.with.clone()}</span>" "{state_badge(s.state)}{confirmed}{late}
                {not_ready}
            </span>
            {acts}
        </li>
    }
    .into_any()
}

/// The card with the state of each room.
fn room_card(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m
        .rooms
        .iter()
        .map(|RoomNow { name, text, is_free }| {
            let tone = if *is_free { Tone::Good } else { Tone::Plain };
            view! { <li><span>{name.clone()}</span>{badge(tone, text.clone())}</li> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    card("Rooms now", view! { <ul class="rows">{rows}</ul> }.into_any())
}

/// The card with the free times of today.
fn free_card(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m
        .free
        .iter()
        .map(|FreeTherapist { name, times }| {
            let slots: Vec<AnyView> = times
                .iter()
                .map(|Link { href, text }| {
                    view! { <li><a class="button slot" href=href.clone() aria-label=format!("Book {text} with {name}")>{text.clone()}</a></li> }.into_any()
                })
                .collect();
            let slots = if slots.is_empty() {
                view! { <p class="muted">"Nothing free any more today."</p> }.into_any()
            } else {
                view! { <ul class="slot-list plain">{slots}</ul> }.into_any()
            };
            view! { <li><span>{name.clone()}</span>{slots}</li> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    card("Free today, from", view! { <ul class="rows">{rows}</ul> }.into_any())
}

/// Sample models: a day without sessions; a full day.
pub fn samples() -> Vec<Model> {
    let session = |state, late: &str, confirmed, can_arrive, open_end| DaySession {
        confirmed,
        not_ready: if can_arrive {
            "<b>Amara</b> Nwosu, अनन्या शर्मा".to_owned()
        } else {
            String::new()
        },
        id: SessionId(uuid::Uuid::nil()),
        time: "10:00–10:50".to_owned(),
        title: "अनन्या 💛 ".repeat(18),
        with: "Dr Ngozi Okafor, Garden room".to_owned(),
        state,
        late: late.to_owned(),
        can_arrive,
        open_end,
    };
    let quiet = Model {
        date: "Tuesday 24 November 2026".to_owned(),
        clock: "09:00, Berlin time".to_owned(),
        ..Model::default()
    };
    let full = Model {
        mail_stop: stopped::samples().pop(),
        sessions: vec![
            session(SessionState::Booked, "12 minutes late", Some(false), true, false),
            session(SessionState::Booked, "", Some(true), true, false),
            session(SessionState::Arrived, "", Some(true), false, true),
            session(SessionState::Completed, "", None, false, false),
        ],
        requests: requests::samples().swap_remove(1).items,
        mails: undelivered::samples(),
        mails_pager: Pager::default(),
        replies: vec![("Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(), SessionId(uuid::Uuid::nil()))],
        returned: vec![ReturnedItem {
            person: domain::ids::PersonId(uuid::Uuid::nil()),
            name: "अनन्या 💛 ".repeat(18),
            phone: "+49 30 5550 100".to_owned(),
            text: "since Mon 23 Nov: 550 no such user".to_owned(),
        }],
        gaps: 2,
        inquiries: 3,
        earlier: 1,
        rooms: vec![
            RoomNow { name: "Garden room ".repeat(8), text: "Free until 12:00".to_owned(), is_free: true },
            RoomNow { name: "Attic".to_owned(), text: "Taken until 10:50".to_owned(), is_free: false },
        ],
        free: vec![
            FreeTherapist { name: "Dr Ngozi Okafor".to_owned(), times: vec![Link::new("/sessions/new", "11:00")] },
            FreeTherapist { name: "Dr Emeka Obi".to_owned(), times: vec![] },
        ],
        ..quiet.clone()
    };
    vec![quiet, full]
}
