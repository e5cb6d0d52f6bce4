//! Turn a line into a kinder one.

use domain::exercises::{
    response::part_field,
    step::{Choice, RewriteStep, Step},
};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    paper::blank_lines,
    parts::{entry, error, group, id},
};
use crate::{say, words::words};

/// The step with a text field for each line.
pub(super) fn fields(f: Fields<'_>, step: &Step, rewrite: &RewriteStep) -> AnyView {
    let row = |line: &Choice| {
        let name = part_field(&step.key, &line.key);
        let described = f.errors.message(&name).map(|_| format!("{}-error", id(&name))).unwrap_or_default();
        view! {
            <div class="rewrite">
                <div class="given"><label for=id(&name)><span class="quiet">{say!(words(), "step-rewrite-label")}" "</span>{line.text.clone()}</label></div>
                {error(f, &name)}
                {entry(f, &name, true, &described, None)}
            </div>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rewrite.lines.iter().map(row).collect();
    group(f, step, rows.into_any())
}

/// The step on paper.
pub(super) fn on_paper(rewrite: &RewriteStep) -> AnyView {
    let item = |line: &Choice| view! { <li>{line.text.clone()}{blank_lines(2)}</li> }.into_any();
    let items: Vec<AnyView> = rewrite.lines.iter().map(item).collect();
    view! { <ul class="plain sheet-items">{items}</ul> }.into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.area("options", "The lines to turn", "One on each line.", 4)
}
