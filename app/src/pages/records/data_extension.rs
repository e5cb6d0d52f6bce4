//! The form with which a clinician takes two months longer for a request for a copy,
//! with a reason that the person reads.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, page_head, submit};

/// The view model of the form.
#[derive(Clone, Debug)]
pub struct Model {
    pub request: String,
    /// The name of the person who asks.
    pub name: String,
    /// The last day if it takes longer.
    pub until: String,
    /// The field `reason`.
    pub form: FormState,
}

/// Renders the form.
pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head("Extend by two months", format!("{} reads the reason. The new last day is {}.", m.name, m.until), vec![])}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action=format!("/data-requests/{}/extension", m.request) novalidate>
            {form_key()}
            {Field::new(&m.form, "reason", "Reason")
                .required()
                .hint("Don’t mention the other partner, or what is on file.")
                .area(4)}
            {submit("Extend deadline")}
        </form>
    }
    .into_any()
}

/// Sample models: an empty form; a refused form.
pub fn samples() -> Vec<Model> {
    let new = Model {
        request: "00000000-0000-0000-0000-000000000001".into(),
        name: "Amara <b>Nwosu</b> 💛".into(),
        until: "Tuesday 23 February 2027".into(),
        form: FormState::default(),
    };
    vec![new.clone(), Model { form: crate::ui::refused("reason", "Write why it takes longer."), ..new }]
}
