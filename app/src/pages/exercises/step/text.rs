//! Something to write.

use domain::exercises::{
    response::field,
    side_by_side::Row,
    step::{Step, TextStep},
};
use leptos::prelude::*;

use super::{
    super::parts::paragraphs,
    Fields,
    author::StepForm,
    paper::blank_lines,
    parts::{description_ids, entry, id, optional, step_notes},
};

/// The step with its text field.
pub(super) fn fields(f: Fields<'_>, step: &Step, text: &TextStep) -> AnyView {
    let name = field(&step.key);
    view! {
        <div class="step">
            <label class="step-prompt" for=id(&name)>{step.prompt.clone()}{optional(f, step)}</label>
            {step_notes(f, step, &name)}
            {entry(f, &name, text.long, &description_ids(f, step, &name), None)}
        </div>
    }
    .into_any()
}

/// The step on paper.
pub(super) fn on_paper(text: &TextStep) -> AnyView {
    blank_lines(if text.long { 9 } else { 2 })
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.tick("long", "Room for more than a line")
}

/// The answers to a text step, in a column for each person.
pub(super) fn columns(names: &[&str], row: Option<&Row>) -> AnyView {
    let cells: Vec<AnyView> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let text = row.and_then(|r| r.cells.get(n)?.clone()).filter(|t| !t.trim().is_empty());
            let text =
                text.map_or_else(|| view! { <p class="muted">"–"</p> }.into_any(), |t| paragraphs(&t).into_any());
            view! { <div><h4>{(*name).to_owned()}</h4>{text}</div> }.into_any()
        })
        .collect();
    view! { <div class="columns">{cells}</div> }.into_any()
}
