//! The portal's first page, made for a phone: the next session in one line, then
//! the open exercises, and nothing that counts or presses. Its parts are in the
//! modules of their areas.

use domain::clients::person::first_name;
use leptos::prelude::*;

use super::{
    exercises::own_exercises::{self, Exercises},
    records::{
        intake::own,
        messages::{self, MessageCount},
        own_documents,
    },
    scheduling::own_sessions::{self, NextSession, Requests},
};
use crate::{say, words::words};

/// The view model of the portal's first page.
#[derive(Clone, Debug)]
pub struct Model {
    /// The reader's whole name.
    pub name: String,
    /// The next session; `None` if none is booked.
    pub next: Option<NextSession>,
    pub requests: Requests,
    pub exercises: Exercises,
    /// The messages; `None` if there is no one to write to.
    pub messages: Option<MessageCount>,
    /// Whether the person can send documents or has some.
    pub has_documents: bool,
    /// How far the person is with the intake; `None`: nothing that is needed is open.
    pub intake: Option<own::Card>,
}

/// Renders the portal's first page.
pub fn view(m: &Model) -> AnyView {
    view! {
        <header class="page-head"><h1>{say!(words(), "portal-hello", name = first_name(&m.name))}</h1></header>
        {own_sessions::next_line(m.next.as_ref())}
        {m.intake.as_ref().map(own::portal_card)}
        {own_sessions::request_card(&m.requests)}
        {own_exercises::open_sections(&m.exercises)}
        {m.messages.as_ref().map(messages::portal_card)}
        {m.has_documents.then(own_documents::portal_card)}
        {own_exercises::done_section(&m.exercises)}
    }
    .into_any()
}

/// Sample models: an empty page; a full page; long and foreign names.
pub fn samples() -> Vec<Model> {
    let names = ["Amara".to_owned(), "अनन्या शर्मा 💛".to_owned(), "N".repeat(200)];
    let messages = [
        None,
        Some(MessageCount { therapists: "Dr Ruth Abrahams".into(), unread: 2 }),
        Some(MessageCount { therapists: "W".repeat(200), unread: 0 }),
    ];
    let (sessions, exercises) = (own_sessions::samples(), own_exercises::samples());
    names
        .into_iter()
        .zip(messages)
        .zip(sessions.into_iter().zip(exercises))
        .map(|((name, messages), (sessions, exercises))| Model {
            name,
            next: sessions.next,
            requests: sessions.requests,
            exercises,
            has_documents: messages.is_some(),
            intake: messages.as_ref().map(|_| own::Card { settled: 3, needed: 6 }),
            messages,
        })
        .collect()
}
