//! Something to read.

use domain::exercises::step::{ReadStep, Step};
use leptos::prelude::*;

use super::{super::parts::paragraphs, author::StepForm};

/// The step with its text.
pub(super) fn fields(step: &Step, read: &ReadStep) -> AnyView {
    view! {
        <section class="step step-read">
            <h2>{step.prompt.clone()}</h2>
            {paragraphs(&read.body)}
        </section>
    }
    .into_any()
}

/// The step on paper.
pub(super) fn on_paper(read: &ReadStep) -> AnyView {
    paragraphs(&read.body).into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.area("body", "The text", "An empty line begins a new paragraph.", 5)
}
