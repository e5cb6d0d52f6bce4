//! How a client may be written to: theirs alone to say. The other partner
//! sees neither this page nor its effects.

use domain::{
    availability::field,
    practice::{WEEK, weekday_name},
};
use leptos::prelude::*;

use super::client_form::contact_fields;
use crate::ui::{Field, FormState, error_summary, page_head, submit};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    /// The times that suit, a field for each day.
    pub times: FormState,
    /// The zone they are in, as a person reads it.
    pub zone: String,
}

pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head("How we may write to you", "Your partner does not see this, whatever you choose. Our e-mails never say what they are about beyond a time and a place.", vec![])}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action="/portal/contact" novalidate>
            {contact_fields(&m.form, "", "I")}
            {submit("Save")}
        </form>
        {times(m)}
    }
    .into_any()
}

fn times(m: &Model) -> AnyView {
    let days: Vec<AnyView> =
        WEEK.iter().map(|day| Field::new(&m.times, field(*day), weekday_name(*day)).unmarked().text()).collect();
    view! {
        <section aria-labelledby="times">
            <h2 id="times">"When you like to come"</h2>
            <p class="muted">{format!("Used when somebody looks for a time for you. Nobody reads what stands here, your partner least of all: it only narrows what is offered. By the clock in {}.", m.zone)}</p>
            {error_summary(&m.times)}
            <form class="form narrow" method="post" action="/portal/contact/times" novalidate>
                <p class="hint">"Hours like 9:00–12:30, 17:00–20:00. Leave a day empty where you would rather not come. All empty: any time is fine."</p>
                {days}
                {submit("Save these times")}
            </form>
        </section>
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
        Model { form: FormState::new(all), ..Model::default() },
        Model {
            times: FormState {
                form: Form::from_pairs([("hours.mon", "evenings")]),
                errors: Errors::one(
                    "hours.mon",
                    "“evenings” is not understood: write hours like 9:00–12:30, 14:00–18:00.",
                ),
            },
            zone: "Berlin".to_owned(),
            form: FormState { form: half, errors: Errors::one("safe_until", "Please give both hours, or neither.") },
        },
    ]
}
