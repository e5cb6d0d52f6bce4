//! The worksheet: an exercise to print, with space to write.

// A new scope or input of a step must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::exercises::{
    exercise::{Document, Scope},
    step::{Step, StepInput},
};
use leptos::prelude::*;

use super::{parts::mode_sentence, step};
use crate::{say, words::words};

/// The view model of the worksheet.
#[derive(Clone, Debug)]
pub struct Model {
    pub document: Document,
    /// The link back: address and text.
    pub back: (String, String),
}

/// Renders the worksheet.
pub fn view(m: &Model) -> AnyView {
    let (w, d) = (words(), &m.document);
    let steps: Vec<AnyView> = d.steps.iter().map(|s| step_on_paper(d, s)).collect();
    view! {
        <article class="worksheet">
            <p class="actions"><a href=m.back.0.clone()>{m.back.1.clone()}</a></p>
            <p class="hint actions">{say!(w, "paper-print")}</p>
            <header><h1>{d.title.clone()}</h1></header>
            <p class="muted">{say!(w, "exercise-about", minutes = d.minutes)}" "{mode_sentence(d.mode, 2)}</p>
            <p class="lead">{d.purpose.clone()}</p>
            {steps}
        </article>
    }
    .into_any()
}

/// The line that says who will read an answer.
fn readers_line(scope: Scope) -> String {
    let w = words();
    match scope {
        Scope::Mine => say!(w, "paper-mine"),
        Scope::Therapist => say!(w, "paper-therapist"),
        Scope::Reveal => say!(w, "paper-reveal"),
        Scope::Couple => say!(w, "paper-couple"),
    }
}

/// A step on paper.
fn step_on_paper(document: &Document, step: &Step) -> AnyView {
    let content = step::on_paper(document, step);
    let hint = (!step.hint.is_empty()).then(|| view! { <p class="muted">{step.hint.clone()}</p> }.into_any());
    let readers = match step.kind.takes() {
        StepInput::Nothing => None,
        StepInput::Answer | StepInput::Agreement | StepInput::Plan => Some(match step.kind.both_only() {
            Some(only) => say!(words(), "paper-both-only", bucket = step.kind.bucket(only)),
            None => readers_line(step.scope),
        }),
    };
    let reads = readers.map(|text| view! { <p class="sheet-readers">{text}</p> }.into_any());
    view! {
        <section class="sheet-step">
            <h2>{step.prompt.clone()}</h2>
            {reads}
            {hint}
            {content}
        </section>
    }
    .into_any()
}

/// Sample models: a worksheet with almost every kind of step.
pub fn samples() -> Vec<Model> {
    vec![Model {
        document: super::step::sample::sample_document(),
        back: ("/library/sample".into(), "Back to the exercise".into()),
    }]
}
