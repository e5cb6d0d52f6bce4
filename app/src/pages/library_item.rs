//! One exercise of the library, as the clients will see it, with what only
//! the therapist reads: where it comes from and when not to give it.

use domain::{
    exercise::{Article, Choice, Document, Mode, Scope, Step, StepKind, Turn},
    form::{Errors, Form},
    ids::ClientId,
};
use leptos::prelude::*;

use super::exercise::{Fields, how, steps};
use crate::ui::{empty, facts, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub document: Document,
    pub version: i64,
    /// To whom it can be given.
    pub clients: Vec<(ClientId, String)>,
    /// The client it was looked up for.
    pub for_client: Option<(ClientId, String)>,
    /// Who wrote it; empty: it came with the program.
    pub author: String,
    /// The reader wrote it.
    pub mine: bool,
    pub archived: bool,
}

pub fn view(m: &Model) -> AnyView {
    let d = &m.document;
    let (form, errors) = (Form::default(), Errors::default());
    let fields = Fields {
        document: d,
        responders: 2,
        partner: None,
        writer: None,
        therapist: "your therapist",
        answers: &form,
        errors: &errors,
        disabled: true,
        today: "",
        clocks: false,
    };
    let mut rows = vec![
        ("How".to_owned(), d.mode.label().into_any()),
        ("Time".to_owned(), format!("About {} minutes each", d.minutes).into_any()),
        (
            "Grows out of".to_owned(),
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
        {facts(rows)}
        <section class="card" aria-labelledby="cautions">
            <h2 id="cautions">"Before you give it"</h2>
            <p>{d.cautions.clone()}</p>
            <p class="muted">"Clients do not see this part."</p>
        </section>
        {assign(m)}
        {hand_on(m)}
        <section class="preview" aria-labelledby="preview">
            <h2 id="preview">"As your clients will see it"</h2>
            <p class="muted">{how(d.mode, 2)}</p>
            <div class="form exercise-form">{steps(fields)}</div>
        </section>
    }
    .into_any()
}

/// What can be done with it besides giving it.
fn hand_on(m: &Model) -> AnyView {
    let slug = &m.document.slug;
    let write = if m.mine { "Write a new version" } else { "Make one of your own from it" };
    let away = m.mine.then(|| {
        let (path, text) = if m.archived { ("restore", "Take it up again") } else { ("archive", "Put it away") };
        view! { <form class="inline-form" method="post" action=format!("/library/{slug}/{path}")><button class="button" type="submit">{text}</button></form> }.into_any()
    });
    view! {
        <div class="actions">
            <form class="inline-form" method="post" action="/drafts">
                <input type="hidden" name="from" value=slug.clone()/>
                <button class="button" type="submit">{write}</button>
            </form>
            <a class="button" href=format!("/library/{slug}/worksheet")>"Worksheet to print"</a>
            <a class="button" href=format!("/library/{slug}/file") download=format!("{slug}.toml")>"Export as a file"</a>
            {away}
        </div>
    }
    .into_any()
}

fn assign(m: &Model) -> AnyView {
    if m.archived {
        return view! { <p>{crate::ui::badge(crate::ui::Tone::Wait, "Put away")}" It is not offered any more."</p> }
            .into_any();
    }
    let href = |client: ClientId| format!("/clients/{client}/assignments/new?exercise={}", m.document.slug);
    if let Some((client, title)) = &m.for_client {
        return view! { <p class="actions"><a class="button button-primary" href=href(*client)>{format!("Give this to {title}")}</a></p> }.into_any();
    }
    if m.clients.is_empty() {
        return empty(
            "As soon as you have a client you can give this to them.",
            Some(("/clients/new?kind=couple".to_owned(), "New couple".to_owned())),
        );
    }
    let items: Vec<AnyView> = m
        .clients
        .iter()
        .map(|(id, title)| view! { <li><a class="row-link" href=href(*id)>{title.clone()}</a></li> }.into_any())
        .collect();
    view! {
        <details class="actions">
            <summary class="button button-primary">"Give this to …"</summary>
            <ul class="rows">{items}</ul>
        </details>
    }
    .into_any()
}

/// A document with a step of each kind and of each scope.
pub(super) fn sample_document() -> Document {
    let choices = |keys: &[&str]| {
        keys.iter()
            .map(|k| Choice { key: (*k).into(), text: format!("Text {k} with <b>marks</b> & अनन्या 💛") })
            .collect::<Vec<_>>()
    };
    let step = |key: &str, scope, optional, kind| Step {
        key: key.into(),
        prompt: format!("Prompt of {key}?"),
        hint: "A hint.".into(),
        scope,
        optional,
        bring: false,
        kind,
    };
    Document {
        slug: "sample".into(),
        title: "A sample that has a rather long title, as some exercises do".into(),
        purpose: "What this is for, in a sentence or two.".into(),
        article: Article::Own,
        section: "A section".into(),
        themes: vec!["closeness".into(), "safety".into()],
        minutes: 7,
        mode: Mode::Reveal,
        cautions: "Not in the first weeks.".into(),
        steps: vec![
            step("intro", Scope::Mine, false, StepKind::Read { body: "One paragraph.\n\nAnother.".into() }),
            step("words", Scope::Mine, false, StepKind::Text { long: true }),
            step("line", Scope::Couple, true, StepKind::Text { long: false }),
            step("pick", Scope::Reveal, false, StepKind::Choice { options: choices(&["x", "y"]), own: true }),
            step("maybe", Scope::Reveal, true, StepKind::Choice { options: choices(&["x", "y"]), own: false }),
            step("ticks", Scope::Therapist, true, StepKind::Checklist { options: choices(&["p", "q"]), own: true }),
            step(
                "rate",
                Scope::Reveal,
                false,
                StepKind::Scale {
                    min: 0,
                    max: 10,
                    low: "not at all".into(),
                    high: "very much".into(),
                    items: choices(&["i", "j"]),
                },
            ),
            step(
                "rate-open",
                Scope::Reveal,
                true,
                StepKind::Scale { min: 1, max: 5, low: "low".into(), high: "high".into(), items: choices(&["i"]) },
            ),
            step("turn", Scope::Therapist, false, StepKind::Rewrite { lines: choices(&["l1"]) }),
            step("order", Scope::Reveal, false, StepKind::Rank { items: choices(&["a", "b", "c"]) }),
            step("guess", Scope::Reveal, false, StepKind::Guess { of: "order".into() }),
            step("carry", Scope::Reveal, false, StepKind::Allocate { items: choices(&["a", "b"]) }),
            step(
                "sort",
                Scope::Reveal,
                true,
                StepKind::Sort { items: choices(&["a"]), buckets: choices(&["p", "q"]), own: true, both_only: None },
            ),
            step("sit", Scope::Couple, true, StepKind::Timer { seconds: 300, together: true }),
            step(
                "talk",
                Scope::Reveal,
                true,
                StepKind::Turns {
                    turns: vec![Turn { key: "one".into(), text: "One speaks.".into(), seconds: 90 }],
                    cards: choices(&["c"]),
                },
            ),
            step("days", Scope::Mine, true, StepKind::Log { days: 7, tags: choices(&["t"]) }),
        ],
    }
}

/// Nobody to give it to; several; looked up for one.
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
