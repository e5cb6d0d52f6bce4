//! The contact page of the portal: how and when the practice may contact this
//! partner. The other partner sees neither this page nor its effects.

use domain::practice::{
    hours::field,
    settings::{WEEK, weekday_name},
};
use leptos::prelude::*;

use crate::pages::{
    accounts::own_address::{OwnAddress, PendingAddress, address_card},
    clients::client_form::contact_fields,
};
use crate::ui::{Field, FormState, error_summary, form_key, page_head, submit};

/// The view model of the contact page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    /// The form of the email address, as typed.
    pub address: FormState,
    /// Which email address is used, and why.
    pub own: OwnAddress,
    /// A new email address that is not confirmed yet; `None` if there is none.
    pub pending: Option<PendingAddress>,
    /// The form of the preferred times, with a field for each weekday.
    pub times: FormState,
    /// The name of the partner's zone.
    pub zone: String,
}

/// Renders the contact page.
pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head("How we may write to you", "Your partner does not see this, whatever you choose. Our e-mails never say what they are about beyond a time and a place.", vec![])}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action="/portal/contact" novalidate>
            {form_key()}
            {contact_fields(&m.form, "", "I", true)}
            {submit("Save")}
        </form>
        {address_card(&m.address, "/portal/contact/email", Some(&m.own), m.pending.as_ref())}
        {preferred_times(m)}
    }
    .into_any()
}

/// The section with the preferred times.
fn preferred_times(m: &Model) -> AnyView {
    let days: Vec<AnyView> =
        WEEK.iter().map(|day| Field::new(&m.times, field(*day), weekday_name(*day)).unmarked().text()).collect();
    view! {
        <section aria-labelledby="times">
            <h2 id="times">"When you like to come"</h2>
            <p class="muted">{format!("Narrows what your practice is offered when it looks for a time for you. Your partner sees nothing of it. By the clock in {}.", m.zone)}</p>
            {error_summary(&m.times)}
            <form class="form narrow" method="post" action="/portal/contact/times" novalidate>
                {form_key()}
                <p class="hint">"Hours like 9:00–12:30, 17:00–20:00. Leave a day empty where you would rather not come. All empty: any time is fine."</p>
                {days}
                {submit("Save these times")}
            </form>
        </section>
    }
    .into_any()
}

/// Sample models: nothing chosen; everything chosen; a refused form.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let all = Form::from_pairs([
        ("portal_only", "yes"),
        ("alone", "portal_only"),
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
                errors: Errors::at_field(
                    "hours.mon",
                    "“evenings” is not understood: write hours like 9:00–12:30, 14:00–18:00.",
                ),
            },
            address: FormState::default(),
            pending: Some(PendingAddress::default()),
            own: OwnAddress { email: "a@example.org".to_owned(), ..OwnAddress::default() },
            zone: "Berlin".to_owned(),
            form: FormState {
                form: half,
                errors: Errors::at_field("safe_until", "Please give both hours, or neither."),
            },
        },
    ]
}
