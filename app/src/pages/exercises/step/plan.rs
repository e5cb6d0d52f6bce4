//! A day and time to plan. It is planned elsewhere on the page.

use domain::exercises::step::Step;
use leptos::prelude::*;

use super::Fields;
use crate::{say, words::words};

/// The step with the hint where it is planned.
pub(super) fn fields(f: Fields<'_>, step: &Step) -> AnyView {
    let w = words();
    view! {
        <section class="step step-read">
            <h2>{step.prompt.clone()}</h2>
            <p class="hint">{if f.document.is_blind(f.responders) {
                say!(w, "step-plan-later")
            } else {
                say!(w, "step-plan-below")
            }}</p>
        </section>
    }
    .into_any()
}

/// The step on paper.
pub(super) fn on_paper() -> AnyView {
    let w = words();
    view! { <p>{say!(w, "paper-day")}" ______________   "{say!(w, "paper-time")}" ______________"</p> }.into_any()
}
