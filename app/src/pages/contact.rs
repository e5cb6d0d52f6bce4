//! How a client may be written to: theirs alone to say. The other partner
//! sees neither this page nor its effects.

use leptos::prelude::*;

use super::client_form::contact_fields;
use crate::ui::{FormState, error_summary, page_head, submit};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
}

pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head("How we may write to you", "Your partner does not see this, whatever you choose. Our e-mails never say what they are about beyond a time and a place.", vec![])}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action="/portal/contact" novalidate>
            {contact_fields(&m.form, "", "I")}
            {submit("Save")}
        </form>
    }
    .into_any()
}

/// Nothing chosen; all chosen; refused.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let all = Form::from_pairs([
        ("portal_only", "yes"),
        ("reminders", "yes"),
        ("safe_from", "09:00"),
        ("safe_until", "17:30"),
    ]);
    let half = Form::from_pairs([("safe_from", "<late>")]);
    vec![
        Model::default(),
        Model { form: FormState::new(all) },
        Model {
            form: FormState { form: half, errors: Errors::one("safe_until", "Please give both hours, or neither.") },
        },
    ]
}
