//! The form with which a clinician enters a request for a copy that did not come
//! through the portal.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, page_head, submit};

/// The view model of the form.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: String,
    /// The person who asks, chosen from the client's people.
    pub people: Vec<(String, String)>,
    /// The fields `person`, `received_on` and `checked`.
    pub form: FormState,
}

/// Renders the form.
pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head(
            "Record a request for a copy",
            "For a request that came by letter, by email or in person. The one-month deadline runs from the day it arrived.",
            vec![],
        )}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action=format!("/clients/{}/data-requests", m.client) novalidate>
            {form_key()}
            {Field::new(&m.form, "person", "Who asks?").required().radios(m.people.clone())}
            {Field::new(&m.form, "received_on", "Received on").required().date()}
            {Field::new(&m.form, "checked", "Who asked, and how you checked who they are").required().area(4)}
            {submit("Enter request")}
        </form>
    }
    .into_any()
}

/// Sample models: an empty form; a refused form.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let new = Model {
        client: "00000000-0000-0000-0000-000000000001".into(),
        people: vec![("2".into(), "Amara <b>".into()), ("3".into(), "N".repeat(200))],
        form: FormState::default(),
    };
    let refused = FormState {
        form: Form::from_pairs([("checked", "</textarea><b>")]),
        errors: Errors::at_field("received_on", "Enter a day that is not in the future."),
    };
    vec![new.clone(), Model { form: refused, ..new }]
}
