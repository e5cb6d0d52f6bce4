//! A text that both agree on. It is written elsewhere on the page, once it is
//! open to both.

use domain::exercises::step::{AgreementStep, Step};
use leptos::prelude::*;

use super::{Fields, author::StepForm, paper::blank_lines};
use crate::{say, words::words};

/// The step with the hint where it is written.
pub(super) fn fields(f: Fields<'_>, step: &Step) -> AnyView {
    let w = words();
    view! {
        <section class="step step-read">
            <h2>{step.prompt.clone()}</h2>
            <p class="hint">{if f.document.is_blind(f.responders) {
                say!(w, "step-agreement-later")
            } else {
                say!(w, "step-agreement-below")
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
        <p>{say!(words(), "paper-agreement")}"  ______________   ______________"</p>
    }
    .into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.area("starter", "How the text might begin", "Optional.", 3)
}
