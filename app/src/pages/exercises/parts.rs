//! What several pages of exercises have in common: the form of an exercise, its
//! error summary, the texts of a therapist, and the people who may read an
//! answer.

use domain::{
    exercises::{
        exercise::{Document, Mode, Scope},
        response::field,
    },
    form::Errors,
};
use leptos::prelude::*;

use crate::{say, ui::field::id, words::words};

/// The id of the form to which every field of an exercise belongs.
pub const FORM: &str = "exercise";

/// The hidden first button of the form, which the Enter key activates. It saves
/// the draft and does not send it.
pub fn first_button() -> AnyView {
    view! { <button class="quiet" type="submit" form=FORM name="do" value="save" tabindex="-1" aria-hidden="true">{say!(words(), "exercise-save")}</button> }
        .into_any()
}

/// A sentence on how the two do the exercise.
pub fn mode_sentence(mode: Mode, responders: usize) -> String {
    let w = words();
    match (responders, mode) {
        (0 | 1, _) => say!(w, "mode-one"),
        (_, Mode::Together) => say!(w, "mode-together"),
        (_, Mode::Alone) => say!(w, "mode-alone"),
        (_, Mode::Reveal) => say!(w, "mode-reveal"),
    }
}

/// Whether all answers stay with their writer.
pub fn is_private(document: &Document) -> bool {
    document.questions().all(|s| s.scope == Scope::Mine)
}

/// The therapist's line; `None` if it is empty.
pub fn word_along(therapist: &str, word: &str) -> Option<AnyView> {
    (!word.is_empty()).then(|| {
        view! {
            <figure class="quote">
                <blockquote>{paragraphs(word)}</blockquote>
                <figcaption>{therapist.to_owned()}</figcaption>
            </figure>
        }
        .into_any()
    })
}

/// The paragraphs of a text; a blank line separates them.
pub fn paragraphs(text: &str) -> Vec<AnyView> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|p| view! { <p class="lines">{p.to_owned()}</p> }.into_any())
        .collect()
}

/// A date as people read it; any other label unchanged.
pub(crate) fn day_or(label: &str) -> String {
    domain::form::parse_date(label).map_or_else(|| label.to_owned(), |date| words().short_day(date))
}

/// The error summary of an exercise, with a link to each field; `None` without
/// errors.
pub fn step_errors(document: &Document, errors: &Errors) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let w = words();
    let mut items: Vec<AnyView> = document
        .questions()
        .filter_map(|step| {
            let name = field(&step.key);
            let message = errors.message(&name).or_else(|| {
                let inner = format!("{name}.");
                errors.iter().find(|(f, _)| f.starts_with(&inner)).map(|(_, m)| m)
            })?;
            Some(
                view! { <li><a href=format!("#{}", id(&name))>{step.prompt.clone()}</a>" "{w.sentence(message)}</li> }
                    .into_any(),
            )
        })
        .collect();
    let whole = errors.message("").map(|m| view! { <p class="lines">{w.sentence(m)}</p> }.into_any());
    let nearly = whole.is_some() || !items.is_empty();
    for (name, message) in errors.iter() {
        let mut parts = name.split('.');
        let (what, step) = (parts.next().unwrap_or_default(), parts.next().and_then(|key| document.step(key)));
        if let (true, Some(step)) = (matches!(what, "agree" | "plan"), step) {
            let link = view! { <a href=format!("#{}", id(name))>{step.prompt.clone()}</a> }.into_any();
            items.push(view! { <li>{link}" "{w.sentence(message)}</li> }.into_any());
        }
    }
    let (head, lead) = if nearly {
        (say!(w, "exercise-nearly"), say!(w, "exercise-nearly-text"))
    } else {
        (say!(w, "form-errors"), say!(w, "exercise-kept"))
    };
    Some(
        view! {
            <div class="summary" role="alert" tabindex="-1" autofocus>
                <h2>{head}</h2>
                <p>{lead}</p>
                {whole}
                <ul class="errors">{items}</ul>
            </div>
        }
        .into_any(),
    )
}
