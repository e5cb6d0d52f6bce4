//! The portal's page of a session, with what a client can do about it; the free
//! times to ask for; and the page on which a request is reviewed before it is made.
//! None of them shows sessions that the other partner attends alone.

use domain::{ids::SessionId, scheduling::reply::Reply};
use leptos::prelude::*;

use super::own_sessions::{NextSession, phone_card, session_facts};
use crate::{
    say,
    ui::{empty, form_key, page_head},
    words::words,
};

/// The view model of the portal's page of a session.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub session: NextSession,
    /// The other partner's first name; empty if only the reader attends.
    pub partner: String,
    /// Whether the client can still cancel it here.
    pub can_cancel: bool,
    /// Whether the client can still ask for another time here.
    pub can_move: bool,
    /// The notice time in hours, named when it is too late to cancel.
    pub notice: i64,
    /// The practice's phone number; may be empty.
    pub phone: String,
    /// Their latest reply about this session; `None` if they have not replied.
    pub said: Option<Reply>,
    /// A sentence about an open request, such as "You asked for Thu 26 Nov,
    /// 10:00. …"; `None` if there is none.
    pub open: Option<String>,
}

/// The page with free times to choose from.
#[derive(Clone, Debug)]
pub struct Times {
    pub title: String,
    pub lead: String,
    /// The days with their times.
    pub days: Vec<(String, Vec<TimeItem>)>,
    /// The address of the page with earlier times; `None` if there are none.
    pub earlier: Option<String>,
    /// The address of the page with later times; `None` if there are none.
    pub later: Option<String>,
    /// The last day for which times are offered, such as "Thursday 28 January
    /// 2027".
    pub until: String,
    /// The address of the link back.
    pub back: String,
    /// The practice's phone number; may be empty.
    pub phone: String,
}

/// A free time.
#[derive(Clone, Debug)]
pub struct TimeItem {
    /// The time, such as "10:00".
    pub time: String,
    /// The address of the page on which the request for it is reviewed.
    pub href: String,
    /// The date and time, such as "Thu 26 Nov, 10:00".
    pub label: String,
}

/// A request that is reviewed before it is made.
#[derive(Clone, Debug)]
pub struct Review {
    /// The question, such as "Ask Jonas to move to Tue 1 Dec, 17:30?".
    pub question: String,
    /// The present time and the zone, such as "Now: Mon 30 Nov, 10:00. Berlin
    /// time."
    pub facts: String,
    /// What follows, in sentences.
    pub follows: String,
    /// The text of the button that makes the request.
    pub button: String,
    /// The hidden fields of the form: the session or client, and the instant.
    pub hidden: Vec<(&'static str, String)>,
    /// The address of the free times.
    pub back: String,
}

/// Renders the portal's page of a session.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let open = m.open.as_ref().map(|text| view! { <p class="card">{text.clone()}</p> }.into_any());
    let times = m.can_move.then(|| {
        view! { <a class="button" href=format!("/portal/times?session={}", m.id)>{w.reply(Reply::Another, m.session.joint)}</a> }.into_any()
    });
    let joint = m.session.joint;
    let coming = if m.said == Some(Reply::Coming) {
        view! { <p>{say!(w, "session-said", reply = w.reply(Reply::Coming, joint))}</p> }.into_any()
    } else {
        view! {
            <form method="post" action=format!("/portal/sessions/{}/coming", m.id)>
                {form_key()}
                <button class="button button-primary" type="submit">{w.reply(Reply::Coming, joint)}</button>
            </form>
        }
        .into_any()
    };
    let alone = (m.can_move && m.session.joint).then(|| {
        view! {
            <details>
                <summary>{w.reply(Reply::Alone, joint)}</summary>
                <p>{say!(w, "session-alone-text")}</p>
                <form method="post" action=format!("/portal/sessions/{}/alone", m.id)>{form_key()}<button class="button" type="submit">{say!(w, "session-alone-tell")}</button></form>
            </details>
        }
        .into_any()
    });
    let cancel = m.can_cancel.then(|| {
        let who = if joint {
            say!(w, "session-cancel-both", partner = &m.partner)
        } else {
            say!(w, "session-cancel-one")
        };
        view! {
            <details>
                <summary>{say!(w, "session-cancel")}</summary>
                <p>{who}</p>
                <form method="post" action=format!("/portal/sessions/{}/cancel", m.id)>{form_key()}<button class="button" type="submit">{say!(w, "session-cancel-button")}</button></form>
            </details>
        }
        .into_any()
    });
    let late =
        (!m.can_cancel).then(|| view! { <p class="after">{say!(w, "session-late", hours = m.notice)}</p> }.into_any());
    view! {
        {page_head(say!(w, "session-title"), "", vec![])}
        <section class="card next-session" aria-label=say!(w, "session-when")>
            {session_facts(Some(&m.session))}
        </section>
        {open}
        {late}
        <section class="stack replies" aria-label=say!(w, "session-options")>
            {coming}
            {times}
            {alone}
            {cancel}
        </section>
        {phone_card(&m.phone)}
        <p class="after"><a href="/portal/sessions">{say!(w, "session-back")}</a></p>
    }
    .into_any()
}

/// Renders the page with free times to choose from.
pub fn times_view(m: &Times) -> AnyView {
    let w = words();
    let days: Vec<AnyView> = m
        .days
        .iter()
        .map(|(day, times)| {
            let times: Vec<AnyView> = times
                .iter()
                .map(|t| {
                    view! { <li><a class="button slot" href=t.href.clone() aria-label=t.label.clone()>{t.time.clone()}</a></li> }.into_any()
                })
                .collect();
            view! { <h2>{day.clone()}</h2><ul class="slot-list plain">{times}</ul> }.into_any()
        })
        .collect();
    let times = if days.is_empty() {
        empty(say!(w, "times-none", until = &m.until), None)
    } else {
        view! { <div class="times">{days}</div> }.into_any()
    };
    let earlier = page_link(m.earlier.as_ref(), say!(w, "times-earlier"));
    let later = page_link(m.later.as_ref(), say!(w, "times-later"));
    let pages = (earlier.is_some() || later.is_some()).then(|| {
        view! { <nav class="actions after" aria-label=say!(w, "times-more")>{earlier}{later}</nav> }.into_any()
    });
    let end = (m.later.is_none() && !m.days.is_empty())
        .then(|| view! { <p class="after muted">{say!(w, "times-until", until = &m.until)}</p> }.into_any());
    view! {
        {page_head(m.title.clone(), m.lead.clone(), vec![])}
        {times}
        {end}
        {pages}
        {phone_card(&m.phone)}
        <p class="after"><a href=m.back.clone()>{say!(w, "back")}</a></p>
    }
    .into_any()
}

/// Renders the page on which a request is reviewed.
pub fn review_view(m: &Review) -> AnyView {
    let w = words();
    let hidden: Vec<AnyView> = m
        .hidden
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=*name value=value.clone() autocomplete="off"/> }.into_any()
        })
        .collect();
    view! {
        {page_head(m.question.clone(), "", vec![])}
        <section class="card" aria-label=say!(w, "review-title")>
            <p class="muted">{m.facts.clone()}</p>
            <p>{m.follows.clone()}</p>
            <form class="actions" method="post" action="/portal/requests">
                {form_key()}
                {hidden}
                <button class="button button-primary" type="submit">{m.button.clone()}</button>
                <a class="button" href=m.back.clone()>{say!(w, "review-another")}</a>
            </form>
        </section>
    }
    .into_any()
}

/// The link to another page of times; `None` if `href` is.
pub(crate) fn page_link(href: Option<&String>, label: impl Into<String>) -> Option<AnyView> {
    href.map(|href| view! { <a class="button" href=href.clone()>{label.into()}</a> }.into_any())
}

/// A session for the samples.
fn sample_session(joint: bool) -> NextSession {
    NextSession {
        id: SessionId(uuid::Uuid::nil()),
        when: "Thu 26 Nov, 10:00".to_owned(),
        zone_line: "Berlin time, UTC+1".to_owned(),
        place: "Garden room ".repeat(9),
        link: String::new(),
        with: "Dr Ngozi Okafor".to_owned(),
        joint,
    }
}

/// Sample models: everything can be done; too late; an open request.
pub fn samples() -> Vec<Model> {
    let all = Model {
        id: SessionId(uuid::Uuid::nil()),
        session: sample_session(true),
        partner: "Jonas".to_owned(),
        can_cancel: true,
        can_move: true,
        notice: 24,
        phone: "+49 30 5550 100".to_owned(),
        said: None,
        open: None,
    };
    vec![
        all.clone(),
        Model { can_cancel: false, can_move: false, said: Some(Reply::Coming), ..all.clone() },
        Model {
            can_move: false,
            session: sample_session(false),
            open: Some("You asked for Fri 27 Nov, 10:00. We’ve asked the practice.".to_owned()),
            ..all
        },
    ]
}

/// Sample models of the free times: the first page; the last page; no times.
pub fn time_samples() -> Vec<Times> {
    let some = Times {
        title: "Ask for another time".to_owned(),
        lead: "Free times with Dr Ngozi Okafor. All times are Berlin time.".to_owned(),
        days: vec![(
            "Thursday 26 November 2026".to_owned(),
            vec![TimeItem {
                time: "10:00".to_owned(),
                href: "/portal/times?session=x&at=2026-11-26T09:00:00Z".to_owned(),
                label: "Thu 26 Nov, 10:00".to_owned(),
            }],
        )],
        earlier: None,
        later: Some("/portal/times?session=x&since=2026-11-27T08:00:00Z".to_owned()),
        until: "Thursday 28 January 2027".to_owned(),
        back: "/portal".to_owned(),
        phone: String::new(),
    };
    let last = Times {
        earlier: Some("/portal/times?session=x&before=2026-11-26T09:00:00Z".to_owned()),
        later: None,
        ..some.clone()
    };
    vec![some.clone(), last, Times { days: vec![], later: None, ..some }]
}

/// Sample models of the review: the partner is asked; a long name.
pub fn review_samples() -> Vec<Review> {
    let asks = Review {
        question: "Ask Jonas to move to Tue 1 Dec, 17:30?".to_owned(),
        facts: "Now: Mon 30 Nov, 10:00, with Dr Ruth Abrahams. All times are Berlin time.".to_owned(),
        follows: "Nothing changes until you both agree. You can take it back for 5 minutes.".to_owned(),
        button: "Ask Jonas".to_owned(),
        hidden: vec![("session", "x".to_owned()), ("at", "2026-12-01T16:30:00Z".to_owned())],
        back: "/portal/times?session=x".to_owned(),
    };
    let long = "अनन्या".repeat(30);
    vec![asks.clone(), Review { question: format!("Ask {long}?"), button: format!("Ask {long}"), ..asks }]
}
