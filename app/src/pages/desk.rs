//! The front desk's day on one screen: who comes, who is late, what needs
//! somebody, and what is free.

use domain::{
    ids::{PersonId, SessionId},
    session::SessionState,
};
use leptos::prelude::*;

use super::{requests, session::state_badge};
use crate::ui::{Tone, badge, card, empty, page_head, phone_link};

#[derive(Clone, Debug, Default)]
pub struct Model {
    /// "Tuesday 24 November 2026".
    pub date: String,
    /// Names the zone and the time of the page.
    pub clock: String,
    pub sessions: Vec<DaySession>,
    pub requests: Vec<requests::RequestItem>,
    /// What people said of their sessions that asks for something: how it
    /// reads, and the session.
    pub replies: Vec<(String, SessionId)>,
    /// Whose mail comes back: name, phone number, and what was said.
    pub returned: Vec<ReturnedItem>,
    /// Mails that did not go out: to whom and about what, and the session.
    pub mails: Vec<(String, String)>,
    /// Days on which a series could not be booked.
    pub gaps: usize,
    /// So many wait for a first meeting.
    pub inquiries: usize,
    /// How many would come earlier.
    pub earlier: usize,
    pub rooms: Vec<(String, String, bool)>,
    /// Therapists, and the starts of what is free: how it reads, and the page
    /// to book it on.
    pub free: Vec<(String, Vec<(String, String)>)>,
}

/// Somebody whose mail comes back.
#[derive(Clone, Debug)]
pub struct ReturnedItem {
    pub person: PersonId,
    pub name: String,
    pub phone: String,
    /// "since Mon 23 Nov: 550 no such user".
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct DaySession {
    pub id: SessionId,
    /// "10:00–10:50".
    pub time: String,
    pub title: String,
    /// "Dr Lin, Garden room".
    pub with: String,
    pub state: SessionState,
    /// "12 minutes late"; else empty.
    pub late: String,
    /// Who of a first meeting has not been in the portal yet; else empty.
    pub not_ready: String,
    /// They said that they come; `false`: they were asked, and have not said
    /// so.
    pub confirmed: Option<bool>,
    /// It is time to check them in.
    pub can_arrive: bool,
    /// Its time is over and nobody said whether it took place.
    pub open_end: bool,
}

pub fn view(m: &Model) -> AnyView {
    let (over, ahead): (Vec<_>, Vec<_>) = m.sessions.iter().partition(|s| {
        !s.open_end
            && matches!(
                s.state,
                SessionState::Completed | SessionState::NoShow | SessionState::Cancelled | SessionState::LateCancelled
            )
    });
    // The next who come are checked in with one key each.
    let mut keys = 1..=9;
    let ahead: Vec<AnyView> = ahead
        .into_iter()
        .map(|s| {
            let key = s.can_arrive.then(|| keys.next()).flatten();
            session(s, key)
        })
        .collect();
    let over: Vec<AnyView> = over.into_iter().map(|s| session(s, None)).collect();
    let hint = m.sessions.iter().any(|s| s.can_arrive).then(|| {
        view! { <p class="hint keyboard">"Alt and the number checks in (Firefox: Alt and Shift, Mac: Control and Option)."</p> }.into_any()
    });
    let ahead = if ahead.is_empty() {
        empty("Nobody is expected any more today.", Some(("/calendar".to_owned(), "Look at the calendar".to_owned())))
    } else {
        view! { <ul class="rows">{ahead}</ul> }.into_any()
    };
    let over = (!over.is_empty()).then(|| {
        let head = format!("Done with ({})", over.len());
        view! { <details class="card"><summary>{head}</summary><ul class="rows">{over}</ul></details> }.into_any()
    });
    view! {
        {page_head(m.date.clone(), m.clock.clone(), vec![
            ("/sessions/new".to_owned(), "New session".to_owned()),
            ("/calendar".to_owned(), "Calendar".to_owned()),
        ])}
        {search()}
        {needs(m)}
        <div class="desk">
            <section aria-labelledby="coming">
                <h2 id="coming">"Who comes"</h2>
                {hint}
                {ahead}
                {over}
            </section>
            <div>
                {rooms(m)}
                {free(m)}
            </div>
        </div>
    }
    .into_any()
}

/// Whoever rings is found first.
fn search() -> AnyView {
    view! {
        <form class="search" role="search" method="get" action="/find">
            <label for="q">"Who is it? Part of a name is enough."</label>
            <input id="q" type="search" name="q" maxlength="200" autocomplete="off" accesskey="k"/>
            <button class="button" type="submit">"Find"</button>
        </form>
    }
    .into_any()
}

/// What somebody has to look after; nothing where there is nothing.
fn needs(m: &Model) -> Option<AnyView> {
    let mails: Vec<AnyView> = m
        .mails
        .iter()
        .map(|(text, href)| view! { <li><a class="row-link" href=href.clone()>{text.clone()}</a></li> }.into_any())
        .collect();
    let mails = (!mails.is_empty()).then(|| view! { <h3>"Not delivered"</h3><ul class="rows">{mails}</ul> }.into_any());
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
        view! { <p><a href="/inquiries#earlier">{text}</a></p> }.into_any()
    });
    let inquiries = (m.inquiries > 0).then(|| {
        let text = match m.inquiries {
            1 => "Somebody waits for a first meeting".to_owned(),
            n => format!("{n} wait for a first meeting"),
        };
        view! { <p><a href="/inquiries">{text}</a></p> }.into_any()
    });
    let returned: Vec<AnyView> = m
        .returned
        .iter()
        .map(|r| {
            view! {
                <li>
                    <span>{r.name.clone()}" "<span class="muted">{r.text.clone()}</span></span>
                    {phone_link(&r.phone)}
                    <form class="actions" method="post" action=format!("/people/{}/mail", r.person)>
                        <button class="button" type="submit" aria-label=format!("Try the address of {} again", r.name)>"Try it again"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    let returned = (!returned.is_empty()).then(|| {
        view! { <h3>"Mail comes back"</h3><p class="hint">"Nothing more goes to these addresses. Their therapist can write another one."</p><ul class="rows">{returned}</ul> }.into_any()
    });
    let replies: Vec<AnyView> = m
        .replies
        .iter()
        .map(|(text, id)| {
            view! { <li><a class="row-link" href=format!("/sessions/{id}")>{text.clone()}</a></li> }.into_any()
        })
        .collect();
    let replies =
        (!replies.is_empty()).then(|| view! { <h3>"They wrote"</h3><ul class="rows">{replies}</ul> }.into_any());
    let asked =
        (!m.requests.is_empty()).then(|| view! { <h3>"Asked for"</h3>{requests::list(&m.requests)} }.into_any());
    (mails.is_some()
        || gaps.is_some()
        || asked.is_some()
        || replies.is_some()
        || returned.is_some()
        || inquiries.is_some()
        || earlier.is_some())
    .then(|| card("Needs you", view! { {asked}{replies}{inquiries}{earlier}{returned}{mails}{gaps} }.into_any()))
}

fn session(s: &DaySession, key: Option<u8>) -> AnyView {
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

fn rooms(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m
        .rooms
        .iter()
        .map(|(name, text, is_free)| {
            let tone = if *is_free { Tone::Good } else { Tone::Plain };
            view! { <li><span>{name.clone()}</span>{badge(tone, text.clone())}</li> }.into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    card("Rooms now", view! { <ul class="rows">{rows}</ul> }.into_any())
}

fn free(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m
        .free
        .iter()
        .map(|(name, starts)| {
            let slots: Vec<AnyView> = starts
                .iter()
                .map(|(text, href)| {
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

/// A quiet day; a full one.
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
        sessions: vec![
            session(SessionState::Booked, "12 minutes late", Some(false), true, false),
            session(SessionState::Booked, "", Some(true), true, false),
            session(SessionState::Arrived, "", Some(true), false, true),
            session(SessionState::Completed, "", None, false, false),
        ],
        requests: requests::samples().swap_remove(1).items,
        mails: vec![("Reminder to Jonas Weber: the address was refused".to_owned(), "/sessions/x".to_owned())],
        replies: vec![("Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(), SessionId(uuid::Uuid::nil()))],
        returned: vec![ReturnedItem {
            person: PersonId(uuid::Uuid::nil()),
            name: "अनन्या 💛 ".repeat(18),
            phone: "+49 30 5550 100".to_owned(),
            text: "since Mon 23 Nov: 550 no such user".to_owned(),
        }],
        gaps: 2,
        inquiries: 3,
        earlier: 1,
        rooms: vec![
            ("Garden room ".repeat(8), "Free until 12:00".to_owned(), true),
            ("Attic".to_owned(), "Taken until 10:50".to_owned(), false),
        ],
        free: vec![
            ("Dr Ngozi Okafor".to_owned(), vec![("11:00".to_owned(), "/sessions/new".to_owned())]),
            ("Dr Emeka Obi".to_owned(), vec![]),
        ],
        ..quiet.clone()
    };
    vec![quiet, full]
}
