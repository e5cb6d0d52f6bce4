//! A text that both agree on. It is written elsewhere on the page, once it is
//! open to both.

use domain::exercises::step::{AgreementStep, Step};
use leptos::prelude::*;

use super::{Fields, author::StepForm, paper::blank_lines};

/// The step with the hint where it is written.
pub(super) fn fields(f: Fields<'_>, step: &Step) -> AnyView {
    view! {
        <section class="step step-read">
            <h2>{step.prompt.clone()}</h2>
            <p class="hint">{if f.document.is_blind(f.responders) {
                "You write this together, on this page, once you have both answered."
            } else {
                "You write this together, at the end of this page."
            }}</p>
        </section>
    }
    .into_any()
}

/// The step on paper.
pub(super) fn on_paper(agreement: &AgreementStep) -> AnyView {
    view! {
        <p class="muted">{agreement.starter.clone()}</p>
        {blank_lines(6)}
        <p>"We both agree to these words:  ______________   ______________"</p>
    }
    .into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.area("starter", "How the text might begin", "", 3)
}
