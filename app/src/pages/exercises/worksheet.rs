//! The worksheet: an exercise to print, with space to write.

// A new scope or input of a step must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::exercises::{
    exercise::{Document, Scope},
    step::{Step, StepInput},
};
use leptos::prelude::*;

use super::{parts::mode_sentence, step};

/// The view model of the worksheet.
#[derive(Clone, Debug)]
pub struct Model {
    pub document: Document,
    /// The link back: address and text.
    pub back: (String, String),
}

/// Renders the worksheet.
pub fn view(m: &Model) -> AnyView {
    let d = &m.document;
    let steps: Vec<AnyView> = d.steps.iter().map(|s| step_on_paper(d, s)).collect();
    view! {
        <article class="worksheet">
            <p class="actions"><a href=m.back.0.clone()>{m.back.1.clone()}</a></p>
            <p class="hint actions">"Print this page. What is for the writer’s eyes only is marked so: they keep that part."</p>
            <header><h1>{d.title.clone()}</h1></header>
            <p class="muted">{format!("About {} minutes. {}", d.minutes, mode_sentence(d.mode, 2))}</p>
            <p class="lead">{d.purpose.clone()}</p>
            {steps}
        </article>
    }
    .into_any()
}

/// The line that says who will read an answer.
fn readers_line(scope: Scope) -> &'static str {
    match scope {
        Scope::Mine => "For your eyes only. Keep this part.",
        Scope::Therapist => "For your therapist.",
        Scope::Reveal => "For your therapist, and for your partner once you have both answered.",
        Scope::Couple => "For your partner and your therapist.",
    }
}

/// A step on paper.
fn step_on_paper(document: &Document, step: &Step) -> AnyView {
    let content = step::on_paper(document, step);
    let hint = (!step.hint.is_empty()).then(|| view! { <p class="muted">{step.hint.clone()}</p> }.into_any());
    let readers = match step.kind.takes() {
        StepInput::Nothing => None,
        StepInput::Answer | StepInput::Agreement | StepInput::Plan => Some(match step.kind.both_only() {
            Some(only) => format!(
                "For your therapist. Your partner is shown what you both put under “{}”, and nothing else.",
                step.kind.bucket(only)
            ),
            None => readers_line(step.scope).to_owned(),
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
