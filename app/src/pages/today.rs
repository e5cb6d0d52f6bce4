//! The therapist's day: who comes, and what waits.

use domain::{
    ids::{ClientId, SessionId},
    session::SessionState,
};
use leptos::prelude::*;

use super::session::state_badge;
use crate::ui::{empty, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    /// "Monday 23 November".
    pub date: String,
    pub sessions: Vec<SessionItem>,
    pub waiting: Vec<Waiting>,
    /// Who said that something does not feel safe, and where that stands.
    pub not_safe: Vec<(String, String)>,
    /// Letters to read: whose, and where.
    pub letters: Vec<(String, String)>,
    /// So many ask for a time.
    pub requests: usize,
    /// What people said of their sessions: how it reads, and the session.
    pub replies: Vec<(String, SessionId)>,
    /// So many wait for a first meeting.
    pub inquiries: usize,
}

#[derive(Clone, Debug)]
pub struct SessionItem {
    pub id: SessionId,
    /// "10:00–11:00".
    pub time: String,
    pub title: String,
    pub place: String,
    pub state: SessionState,
    pub client: ClientId,
}

/// Something to look after.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub title: String,
    pub client: ClientId,
    pub text: String,
}

pub fn view(m: &Model) -> AnyView {
    let sessions: Vec<AnyView> = m.sessions.iter().map(session).collect();
    let sessions = if sessions.is_empty() {
        empty(
            "No session today. A good day for notes, or for none.",
            Some(("/calendar".to_owned(), "Look at the week".to_owned())),
        )
    } else {
        view! { <ul class="stack plain">{sessions}</ul> }.into_any()
    };
    let waiting: Vec<AnyView> = m
        .waiting
        .iter()
        .map(|w| view! { <li><a class="row-link" href=format!("/clients/{}", w.client)>{w.title.clone()}</a>" "<span class="muted">{w.text.clone()}</span></li> }.into_any())
        .collect();
    let letters: Vec<AnyView> = m
        .letters
        .iter()
        .map(|(words, href)| view! { <li><a class="row-link" href=href.clone()>{words.clone()}</a></li> }.into_any())
        .collect();
    let requests = (m.requests > 0).then(|| {
        let text = match m.requests {
            1 => "Somebody asks for a time".to_owned(),
            n => format!("{n} requests for a time"),
        };
        view! { <li><a class="row-link" href="/requests">{text}</a></li> }.into_any()
    });
    let replies = m.replies.iter().map(|(text, id)| {
        view! { <li><a class="row-link" href=format!("/sessions/{id}")>{text.clone()}</a></li> }.into_any()
    });
    let inquiries = (m.inquiries > 0).then(|| {
        let text = match m.inquiries {
            1 => "Somebody waits for a first meeting".to_owned(),
            n => format!("{n} wait for a first meeting"),
        };
        view! { <li><a class="row-link" href="/inquiries">{text}</a></li> }.into_any()
    });
    let waiting: Vec<AnyView> =
        requests.into_iter().chain(replies).chain(inquiries).chain(letters).chain(waiting).collect();
    let waiting = if waiting.is_empty() {
        view! { <p class="muted">"Nothing waits for you."</p> }.into_any()
    } else {
        view! { <ul class="rows">{waiting}</ul> }.into_any()
    };
    let not_safe: Vec<AnyView> = m
        .not_safe
        .iter()
        .map(|(name, href)| view! { <li><a href=href.clone()>{name.clone()}</a></li> }.into_any())
        .collect();
    let not_safe = (!not_safe.is_empty()).then(|| {
        view! {
            <section class="summary" aria-labelledby="not-safe">
                <h2 id="not-safe">"Something does not feel safe"</h2>
                <p>"Said of an exercise that is open. The partner does not know of it. Speak with them alone, and take the exercise back if that is right."</p>
                <ul>{not_safe}</ul>
            </section>
        }
        .into_any()
    });
    view! {
        {page_head(m.date.clone(), "", vec![])}
        {not_safe}
        <section aria-labelledby="sessions">
            <h2 id="sessions">"Your sessions"</h2>
            {sessions}
        </section>
        <section aria-labelledby="waiting">
            <h2 id="waiting">"To look after"</h2>
            {waiting}
        </section>
    }
    .into_any()
}

fn session(s: &SessionItem) -> AnyView {
    let write = (s.state.occupies())
        .then(|| view! { <a class="button" href=format!("/clients/{}/notes/new?session={}", s.client, s.id) aria-label=format!("Write a note for {}", s.title)>"Write a note"</a> }.into_any());
    view! {
        <li class="card">
            <h3><a href=format!("/sessions/{}", s.id)>{format!("{} {}", s.time, s.title)}</a></h3>
            <p class="muted">{s.place.clone()}" "{state_badge(s.state)}</p>
            <p class="actions">
                <a class="button button-primary" href=format!("/clients/{}/brief", s.client) aria-label=format!("The brief on {}", s.title)>"The brief"</a>
                " "
                <a class="button" href=format!("/clients/{}", s.client) aria-label=format!("Open the record of {}", s.title)>"Open the record"</a>
                " "
                {write}
            </p>
        </li>
    }
    .into_any()
}

/// A free day; a full one; long and foreign names.
pub fn samples() -> Vec<Model> {
    let session = |title: &str, state| SessionItem {
        id: SessionId::from(uuid::Uuid::from_u128(1)),
        time: "10:00–11:00".into(),
        title: title.into(),
        place: "Garden room".into(),
        state,
        client: ClientId::from(uuid::Uuid::from_u128(2)),
    };
    let waiting = |title: &str| Waiting {
        title: title.into(),
        client: ClientId::from(uuid::Uuid::from_u128(2)),
        text: "No next session is booked".into(),
    };
    vec![
        Model {
            date: "Monday 23 November".into(),
            sessions: vec![],
            waiting: vec![],
            letters: vec![],
            requests: 2,
            replies: vec![(
                "Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(),
                SessionId(uuid::Uuid::nil()),
            )],
            inquiries: 3,
            not_safe: vec![],
        },
        Model {
            date: "Monday 23 November".into(),
            sessions: SessionState::ALL.iter().map(|s| session("Amara & Jonas", *s)).collect(),
            waiting: vec![waiting("Amara & Jonas")],
            letters: vec![("अनन्या 💛".into(), "/clients/x/letters/y".into())],
            requests: 2,
            replies: vec![(
                "Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(),
                SessionId(uuid::Uuid::nil()),
            )],
            inquiries: 3,
            not_safe: vec![("अनन्या <b>".repeat(20), "/clients/x/brief".into())],
        },
        Model {
            date: "Monday".into(),
            sessions: vec![session(&"N".repeat(200), SessionState::Booked)],
            waiting: vec![waiting("अनन्या & José 💛")],
            letters: vec![],
            requests: 2,
            replies: vec![(
                "Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(),
                SessionId(uuid::Uuid::nil()),
            )],
            inquiries: 3,
            not_safe: vec![],
        },
    ]
}
