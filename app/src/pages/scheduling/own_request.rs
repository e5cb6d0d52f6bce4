//! The portal's page of a session, with what a client can do about it. It does
//! not show sessions that the other partner attends alone.

use domain::{ids::SessionId, scheduling::reply::Reply};
use leptos::prelude::*;

use super::own_sessions::{NextSession, session_facts};
use crate::ui::{empty, form_key, page_head, phone_line};

/// The view model of the portal's page of a session.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub session: NextSession,
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
    /// The hidden field sent with a choice, which names the session or the
    /// client.
    pub field: HiddenField,
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

/// A hidden field of a form.
#[derive(Clone, Debug)]
pub struct HiddenField {
    pub name: String,
    pub value: String,
}

/// A free time.
#[derive(Clone, Debug)]
pub struct TimeItem {
    /// The time, such as "10:00".
    pub time: String,
    /// The instant that the form sends.
    pub at: String,
    /// The date and time, such as "Thu 26 Nov, 10:00".
    pub label: String,
}

/// Renders the portal's page of a session.
pub fn view(m: &Model) -> AnyView {
    let open = m.open.as_ref().map(|text| view! { <p class="card">{text.clone()}</p> }.into_any());
    let times = m.can_move.then(|| {
        view! { <a class="button button-primary" href=format!("/portal/times?session={}", m.id)>"We need another time"</a> }.into_any()
    });
    let joint = m.session.joint;
    let coming = if m.said == Some(Reply::Coming) {
        view! { <p>{format!("You said: “{}”.", Reply::Coming.words(joint))}</p> }.into_any()
    } else {
        view! {
            <form method="post" action=format!("/portal/sessions/{}/coming", m.id)>
                {form_key()}
                <button class="button" type="submit">{Reply::Coming.words(joint)}</button>
            </form>
        }
        .into_any()
    };
    let alone = (m.can_move && m.session.joint).then(|| {
        view! {
            <details>
                <summary>"Only I can come"</summary>
                <p>"Your practice decides with you what is right: to meet you alone, or another time for both."</p>
                <form method="post" action=format!("/portal/sessions/{}/alone", m.id)>{form_key()}<button class="button" type="submit">"Tell the practice"</button></form>
            </details>
        }
        .into_any()
    });
    let cancel = m.can_cancel.then(|| {
        let who = if m.session.joint { "The session is cancelled for both of you, and your partner is told." } else { "Your practice is told." };
        view! {
            <details>
                <summary>"Cancel this session"</summary>
                <p>{who}</p>
                <form method="post" action=format!("/portal/sessions/{}/cancel", m.id)>{form_key()}<button class="button" type="submit">"Cancel it now"</button></form>
            </details>
        }
        .into_any()
    });
    let late = (!m.can_cancel).then(|| {
        view! { <p class="after">{format!("To change or cancel it, please call: that can be done here up to {} hours before, where your practice offers it.", m.notice)}</p> }.into_any()
    });
    view! {
        {page_head("Your session", "", vec![])}
        <section class="card next-session" aria-label="When and where">
            {session_facts(Some(&m.session))}
            {phone_line(&m.phone)}
        </section>
        {open}
        {late}
        <section class="stack" aria-label="What you can do">
            {coming}
            {times}
            {alone}
            {cancel}
        </section>
        <p class="after"><a href="/portal">"Back"</a></p>
    }
    .into_any()
}

/// Renders the page with free times to choose from.
pub fn times_view(m: &Times) -> AnyView {
    let HiddenField { name, value } = &m.field;
    let days: Vec<AnyView> = m
        .days
        .iter()
        .map(|(day, times)| {
            let times: Vec<AnyView> = times
                .iter()
                .map(|t| {
                    view! { <li><button class="button slot" type="submit" name="at" value=t.at.clone() aria-label=t.label.clone()>{t.time.clone()}</button></li> }.into_any()
                })
                .collect();
            view! { <h2>{day.clone()}</h2><ul class="slot-list plain">{times}</ul> }.into_any()
        })
        .collect();
    let times = if days.is_empty() {
        empty(format!("There is no free time until {}. Please call your practice.", m.until), None)
    } else {
        view! {
            <form class="times" method="post" action="/portal/requests">
                {form_key()}
                <input type="hidden" name=name.clone() value=value.clone()/>
                {days}
            </form>
        }
        .into_any()
    };
    let earlier = page_link(m.earlier.as_ref(), "Earlier times");
    let later = page_link(m.later.as_ref(), "Later times");
    let pages = (earlier.is_some() || later.is_some())
        .then(|| view! { <nav class="actions" aria-label="More times">{earlier}{later}</nav> }.into_any());
    let end = (m.later.is_none() && !m.days.is_empty())
        .then(|| view! { <p class="after muted">{format!("Times are offered until {}.", m.until)}</p> }.into_any());
    view! {
        {page_head(m.title.clone(), m.lead.clone(), vec![])}
        {times}
        {end}
        {pages}
        {phone_line(&m.phone)}
        <p><a href=m.back.clone()>"Back"</a></p>
    }
    .into_any()
}

/// The link to another page of times; `None` if `href` is.
pub(crate) fn page_link(href: Option<&String>, label: &'static str) -> Option<AnyView> {
    href.map(|href| view! { <a class="button" href=href.clone()>{label}</a> }.into_any())
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
            open: Some("You asked for Fri 27 Nov, 10:00. Your practice will say whether it can be.".to_owned()),
            ..all
        },
    ]
}

/// Sample models of the free times: the first page; the last page; no times.
pub fn time_samples() -> Vec<Times> {
    let some = Times {
        title: "Another time".to_owned(),
        lead: "Free for both of you, with Dr Ngozi Okafor. All times are Berlin time.".to_owned(),
        field: HiddenField { name: "session".to_owned(), value: "x".to_owned() },
        days: vec![(
            "Thursday 26 November 2026".to_owned(),
            vec![TimeItem {
                time: "10:00".to_owned(),
                at: "2026-11-26T09:00:00Z".to_owned(),
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
