//! A client's own session, and what they can do about it from their phone.
//! Nothing here tells what the other partner comes to alone.

use domain::{ids::SessionId, reply::Reply};
use leptos::prelude::*;

use super::portal::{NextSession, next};
use crate::ui::{empty, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub session: NextSession,
    pub can_cancel: bool,
    pub can_move: bool,
    /// Hours of notice, for those who are too late.
    pub notice: i64,
    /// The practice's number; empty where there is none.
    pub phone: String,
    /// What they said of it last.
    pub said: Option<Reply>,
    /// What is open about it: "You asked for Thu 26 Nov, 10:00. …".
    pub open: Option<String>,
}

/// Times to choose from.
#[derive(Clone, Debug)]
pub struct Times {
    pub title: String,
    pub lead: String,
    /// What goes along with a choice: the session, or the client.
    pub field: (String, String),
    /// Days with their times: how a time reads, its instant, and both.
    pub days: Vec<(String, Vec<TimeItem>)>,
    pub later: Option<String>,
    pub back: String,
    pub phone: String,
}

#[derive(Clone, Debug)]
pub struct TimeItem {
    /// "10:00".
    pub time: String,
    /// As it is sent.
    pub at: String,
    /// "Thu 26 Nov, 10:00".
    pub label: String,
}

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
                <form method="post" action=format!("/portal/sessions/{}/alone", m.id)><button class="button" type="submit">"Tell the practice"</button></form>
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
                <form method="post" action=format!("/portal/sessions/{}/cancel", m.id)><button class="button" type="submit">"Cancel it now"</button></form>
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
            {next(Some(&m.session))}
            {super::portal::call(&m.phone)}
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

pub fn times(m: &Times) -> AnyView {
    let (name, value) = &m.field;
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
        empty("There is no free time to choose from. Please call your practice.", None)
    } else {
        view! {
            <form class="times" method="post" action="/portal/requests">
                <input type="hidden" name=name.clone() value=value.clone()/>
                {days}
            </form>
        }
        .into_any()
    };
    let later =
        m.later.as_ref().map(|href| view! { <p><a class="button" href=href.clone()>"Later times"</a></p> }.into_any());
    view! {
        {page_head(m.title.clone(), m.lead.clone(), vec![])}
        {times}
        {later}
        {super::portal::call(&m.phone)}
        <p><a href=m.back.clone()>"Back"</a></p>
    }
    .into_any()
}

fn session(joint: bool) -> NextSession {
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

/// All can be done; too late; one that is asked for.
pub fn samples() -> Vec<Model> {
    let all = Model {
        id: SessionId(uuid::Uuid::nil()),
        session: session(true),
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
            session: session(false),
            open: Some("You asked for Fri 27 Nov, 10:00. Your practice will say whether it can be.".to_owned()),
            ..all
        },
    ]
}

/// Times; none.
pub fn time_samples() -> Vec<Times> {
    let some = Times {
        title: "Another time".to_owned(),
        lead: "Free for both of you, with Dr Ngozi Okafor. All times are Berlin time.".to_owned(),
        field: ("session".to_owned(), "x".to_owned()),
        days: vec![(
            "Thursday 26 November 2026".to_owned(),
            vec![TimeItem {
                time: "10:00".to_owned(),
                at: "2026-11-26T09:00:00Z".to_owned(),
                label: "Thu 26 Nov, 10:00".to_owned(),
            }],
        )],
        later: Some("/portal/times?session=x&from=2026-11-27".to_owned()),
        back: "/portal".to_owned(),
        phone: String::new(),
    };
    vec![some.clone(), Times { days: vec![], later: None, ..some }]
}
