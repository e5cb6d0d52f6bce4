//! The therapist's page of the day: the sessions, and what needs attention.

use domain::{
    ids::{ClientId, SessionId},
    scheduling::session::SessionState,
};
use leptos::prelude::*;

use crate::pages::scheduling::session::state_badge;
use crate::ui::{Link, Pager, empty, page_head, pager};

/// The view model of the therapist's page of the day.
#[derive(Clone, Debug)]
pub struct Model {
    /// The date, such as "Monday 23 November".
    pub date: String,
    pub sessions: Vec<SessionItem>,
    /// Clients that need attention.
    pub waiting: Vec<Waiting>,
    /// The people who said that an exercise does not feel safe, each with a
    /// link to the client's session brief.
    pub not_safe: Vec<Link>,
    /// Unread messages, each with a link to its thread.
    pub messages: Vec<Link>,
    /// How many requests are open.
    pub requests: usize,
    /// Replies to reminders that need attention: text and session.
    pub replies: Vec<(String, SessionId)>,
    pub replies_pager: Pager,
    /// How many people wait for a first meeting.
    pub inquiries: usize,
    /// People whom an email did not reach: text and client.
    pub unreached: Vec<(String, ClientId)>,
}

/// A session of the day.
#[derive(Clone, Debug)]
pub struct SessionItem {
    pub id: SessionId,
    /// The time, such as "10:00–11:00".
    pub time: String,
    pub title: String,
    pub place: String,
    pub state: SessionState,
    pub client: ClientId,
}

/// A client that needs attention, and why.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub title: String,
    pub client: ClientId,
    pub text: String,
}

/// Renders the therapist's page of the day.
pub fn view(m: &Model) -> AnyView {
    let sessions: Vec<AnyView> = m.sessions.iter().map(session_card).collect();
    let sessions = if sessions.is_empty() {
        empty("No session today. A good day for notes, or for none.", Some(Link::new("/calendar", "Look at the week")))
    } else {
        view! { <ul class="stack plain">{sessions}</ul> }.into_any()
    };
    let waiting: Vec<AnyView> = m
        .waiting
        .iter()
        .map(|w| view! { <li><a class="row-link" href=format!("/clients/{}", w.client)>{w.title.clone()}</a>" "<span class="muted">{w.text.clone()}</span></li> }.into_any())
        .collect();
    let messages: Vec<AnyView> = m
        .messages
        .iter()
        .map(|l| view! { <li><a class="row-link" href=l.href.clone()>{l.text.clone()}</a></li> }.into_any())
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
        view! { <li><a class="row-link" href="/waitlist">{text}</a></li> }.into_any()
    });
    let unreached = m.unreached.iter().map(|(text, client)| {
        view! { <li><a class="row-link" href=format!("/clients/{client}#not-delivered")>{text.clone()}</a></li> }
            .into_any()
    });
    let waiting: Vec<AnyView> =
        requests.into_iter().chain(unreached).chain(replies).chain(inquiries).chain(messages).chain(waiting).collect();
    let waiting = if waiting.is_empty() && !m.replies_pager.is_later() {
        view! { <p class="muted">"You’re all caught up."</p> }.into_any()
    } else {
        view! { <ul class="rows" id="replies">{waiting}</ul>{pager(&m.replies_pager)} }.into_any()
    };
    let not_safe: Vec<AnyView> =
        m.not_safe.iter().map(|l| view! { <li><a href=l.href.clone()>{l.text.clone()}</a></li> }.into_any()).collect();
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

/// The card of a session.
fn session_card(s: &SessionItem) -> AnyView {
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

/// Sample models: a day without sessions; a full day; long and foreign names.
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
            messages: vec![],
            requests: 2,
            replies: vec![(
                "Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(),
                SessionId(uuid::Uuid::nil()),
            )],
            replies_pager: Pager { first: None, more: Some(("/today?replies=1#replies".to_owned(), "More replies")) },
            inquiries: 3,
            unreached: vec![("A mail did not reach <b>Amara</b>".to_owned(), ClientId(uuid::Uuid::nil()))],
            not_safe: vec![],
        },
        Model {
            date: "Monday 23 November".into(),
            sessions: SessionState::ALL.iter().map(|s| session("Amara & Jonas", *s)).collect(),
            waiting: vec![waiting("Amara & Jonas")],
            messages: vec![Link::new("/clients/x/messages/y", "अनन्या 💛")],
            requests: 2,
            replies: vec![(
                "Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(),
                SessionId(uuid::Uuid::nil()),
            )],
            replies_pager: Pager { first: None, more: Some(("/today?replies=1#replies".to_owned(), "More replies")) },
            inquiries: 3,
            unreached: vec![],
            not_safe: vec![Link::new("/clients/x/brief", "अनन्या <b>".repeat(20))],
        },
        Model {
            date: "Monday".into(),
            sessions: vec![session(&"N".repeat(200), SessionState::Booked)],
            waiting: vec![waiting("अनन्या & José 💛")],
            messages: vec![],
            requests: 2,
            replies: vec![(
                "Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(),
                SessionId(uuid::Uuid::nil()),
            )],
            replies_pager: Pager { first: None, more: Some(("/today?replies=1#replies".to_owned(), "More replies")) },
            inquiries: 3,
            unreached: vec![],
            not_safe: vec![],
        },
    ]
}
