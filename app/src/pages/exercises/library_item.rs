//! The page of an exercise in the library: what the clients will see, and what
//! only the therapist reads, such as its source and when not to give it.

use domain::{exercises::exercise::Document, ids::ClientId};
use leptos::prelude::*;

use super::parts::mode_sentence;
use super::preview::preview_steps;
use super::step::sample::sample_document;
use crate::ui::{Link, empty, facts, form_key, page_head};

/// The view model of the page of an exercise.
#[derive(Clone, Debug)]
pub struct Model {
    pub document: Document,
    pub version: i64,
    /// The clients to whom it can be assigned.
    pub clients: Vec<(ClientId, String)>,
    /// The client for whom it was looked up: id and title; `None` if the reader
    /// only looks.
    pub for_client: Option<(ClientId, String)>,
    /// The author's name; empty if it came with the program.
    pub author: String,
    /// Whether the reader wrote it.
    pub mine: bool,
    pub archived: bool,
}

/// Renders the page of an exercise.
pub fn view(m: &Model) -> AnyView {
    let d = &m.document;
    let mut rows = vec![
        ("How".to_owned(), d.mode.label().into_any()),
        ("Time".to_owned(), format!("About {} minutes each", d.minutes).into_any()),
        (
            "Based on".to_owned(),
            if d.section.is_empty() {
                d.article.label().to_owned()
            } else {
                format!("{}: {}", d.article.label(), d.section)
            }
            .into_any(),
        ),
        ("Version".to_owned(), m.version.into_any()),
    ];
    if !m.author.is_empty() {
        rows.push(("Written by".to_owned(), m.author.clone().into_any()));
    }
    if !d.themes.is_empty() {
        rows.insert(2, ("Themes".to_owned(), d.themes.join(", ").into_any()));
    }
    view! {
        {page_head(d.title.clone(), d.purpose.clone(), vec![])}
        {assign_links(m)}
        {exercise_actions(m)}
        {facts(rows)}
        <section class="card" aria-labelledby="cautions">
            <h2 id="cautions">"Before you assign this"</h2>
            <p>{d.cautions.clone()}</p>
            <p class="muted">"Clients don’t see this part."</p>
        </section>
        <section class="preview" aria-labelledby="preview">
            <h2 id="preview">"As your clients will see it"</h2>
            <p class="muted">{mode_sentence(d.mode, 2)}</p>
            <div class="form exercise-form">{preview_steps(d)}</div>
        </section>
    }
    .into_any()
}

/// The actions beside assigning: a new version or a copy, the worksheet, the
/// export, and archiving.
fn exercise_actions(m: &Model) -> AnyView {
    let slug = &m.document.slug;
    let write = if m.mine { "Write a new version" } else { "Duplicate and edit" };
    let away = m.mine.then(|| {
        let (path, text) = if m.archived { ("restore", "Restore exercise") } else { ("archive", "Archive exercise") };
        view! { <form class="inline-form" method="post" action=format!("/library/{slug}/{path}")>{form_key()}<button class="button" type="submit">{text}</button></form> }.into_any()
    });
    view! {
        <div class="actions">
            <form class="inline-form" method="post" action="/authoring">
                {form_key()}
                <input type="hidden" name="from" value=slug.clone()/>
                <button class="button" type="submit">{write}</button>
            </form>
            <a class="button" href=format!("/library/{slug}/worksheet")>"Print worksheet"</a>
            <a class="button" href=format!("/library/{slug}/file") download=format!("{slug}.toml")>"Export exercise"</a>
            {away}
        </div>
    }
    .into_any()
}

/// The links that assign the exercise to a client.
fn assign_links(m: &Model) -> AnyView {
    if m.archived {
        return view! { <p>{crate::ui::badge(crate::ui::Tone::Wait, "Archived")}" Nobody can assign it."</p> }
            .into_any();
    }
    let href = |client: ClientId| format!("/clients/{client}/assignments/new?exercise={}", m.document.slug);
    if let Some((client, title)) = &m.for_client {
        return view! { <p class="actions"><a class="button button-primary" href=href(*client)>{format!("Assign to {title}")}</a></p> }.into_any();
    }
    if m.clients.is_empty() {
        return empty(
            "Add a client first, then you can assign this exercise.",
            Some(Link::new("/clients/new?kind=couple", "New couple")),
        );
    }
    let items: Vec<AnyView> = m
        .clients
        .iter()
        .map(|(id, title)| view! { <li><a class="row-link" href=href(*id)>{title.clone()}</a></li> }.into_any())
        .collect();
    view! {
        <details class="actions">
            <summary class="button button-primary">"Assign to …"</summary>
            <ul class="rows">{items}</ul>
        </details>
    }
    .into_any()
}

/// Sample models: no clients; several clients; looked up for one client.
pub fn samples() -> Vec<Model> {
    let id = |n: u128| ClientId::from(uuid::Uuid::from_u128(n));
    let none = Model {
        document: sample_document(),
        version: 1,
        clients: vec![],
        for_client: None,
        author: String::new(),
        mine: false,
        archived: false,
    };
    let many = Model { clients: vec![(id(1), "Amara & Jonas".into()), (id(2), "N".repeat(200))], ..none.clone() };
    let one = Model {
        for_client: Some((id(1), "अनन्या & José 💛".into())),
        version: 3,
        author: "N".repeat(200),
        mine: true,
        ..many.clone()
    };
    vec![none, many, one]
}
