//! A day and time to plan. It is planned elsewhere on the page.

use domain::exercises::step::Step;
use leptos::prelude::*;

use super::Fields;

/// The step with the hint where it is planned.
pub(super) fn fields(f: Fields<'_>, step: &Step) -> AnyView {
    view! {
        <section class="step step-read">
            <h2>{step.prompt.clone()}</h2>
            <p class="hint">{if f.document.is_blind(f.responders) {
                "You plan this on this page, once you have both answered."
            } else {
                "You plan this at the end of this page."
            }}</p>
        </section>
    }
    .into_any()
}

/// The step on paper.
pub(super) fn on_paper() -> AnyView {
    view! { <p>"Day: ______________   Time: ______________"</p> }.into_any()
}
