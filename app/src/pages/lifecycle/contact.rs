//! The portal's settings: the overview, how and when the practice may contact this
//! partner, and the times that suit them. The other partner sees neither these
//! pages nor their effects.

use domain::{
    clients::person::AloneMail,
    outbox::lead::Lead,
    practice::{hours::field, settings::WEEK},
    scheduling::preferred::{PARTS, WeekPart},
};
use leptos::prelude::*;

use crate::pages::{
    accounts::own_address::{OwnAddress, PendingAddress, address_card},
    scheduling::own_sessions::phone_card,
};
use crate::{
    say,
    ui::{Field, FormState, error_summary, form_key, page_head, submit},
    words::words,
};

/// The view model of the page of notifications.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    /// The form of the email address, as typed.
    pub address: FormState,
    /// Which email address is used, and why.
    pub own: OwnAddress,
    /// A new email address that is not confirmed yet; `None` if there is none.
    pub pending: Option<PendingAddress>,
}

/// The view model of the page of preferred times.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// The form with the parts of the week and a field for each weekday.
    pub form: FormState,
    /// The name of the partner's zone.
    pub zone: String,
}

/// The view model of the overview of settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The practice's phone number; may be empty.
    pub phone: String,
}

/// Renders the overview of settings.
pub fn settings_view(m: &Settings) -> AnyView {
    let w = words();
    let row = |href: &'static str, text: String, hint: String| {
        view! { <li><a class="row-link" href=href>{text}</a><span class="muted">" "{hint}</span></li> }.into_any()
    };
    view! {
        {page_head(say!(w, "settings-title"), "", vec![])}
        <ul class="rows settings-rows">
            {row("/portal/contact", say!(w, "contact-title"), say!(w, "settings-contact"))}
            {row("/portal/contact/times", say!(w, "wish-title"), say!(w, "settings-wish"))}
            {row("/account", say!(w, "settings-account"), say!(w, "settings-account-hint"))}
            {row("/portal/data", say!(w, "settings-data"), say!(w, "settings-data-hint"))}
            {row("/portal/welcome", say!(w, "settings-privacy"), say!(w, "settings-privacy-hint"))}
        </ul>
        {phone_card(&m.phone)}
        <form class="after" method="post" action="/sign-out">{form_key()}<button class="button" type="submit">{say!(w, "sign-out")}</button></form>
    }
    .into_any()
}

/// Renders the page of notifications.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    view! {
        {page_head(say!(w, "contact-title"), say!(w, "contact-lead"), vec![])}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action="/portal/contact" novalidate>
            {form_key()}
            {main_fields(&m.form)}
            {alone_field(&m.form)}
            <details open=!m.form.errors.is_empty()>
                <summary>{say!(w, "contact-when")}</summary>
                {hours_fields(&m.form)}
            </details>
            {submit(say!(w, "contact-save"))}
        </form>
        {address_card(&m.address, "/portal/contact/email", Some(&m.own), m.pending.as_ref())}
        {back_to_settings()}
    }
    .into_any()
}

/// The link to the overview of settings.
fn back_to_settings() -> AnyView {
    view! { <p class="after"><a href="/portal/settings">{say!(words(), "settings-back")}</a></p> }.into_any()
}

/// The choices of safe contact that matter most.
pub(super) fn main_fields(state: &FormState) -> AnyView {
    let w = words();
    view! {
        {Field::new(state, "portal_only", say!(w, "contact-portal-only")).hint(say!(w, "contact-portal-only-hint")).tick()}
        {Field::new(state, "reminders", say!(w, "contact-reminders")).hint(say!(w, "contact-reminders-hint")).tick()}
        {Field::new(state, "nudges", say!(w, "contact-nudges")).hint(say!(w, "contact-nudges-hint")).tick()}
    }
    .into_any()
}

/// The choice about emails on what a person does alone.
pub(super) fn alone_field(state: &FormState) -> AnyView {
    let w = words();
    Field::new(state, "alone", say!(w, "contact-alone"))
        .hint(say!(w, "contact-alone-hint"))
        .required()
        .radios(w.options(AloneMail::ALL))
}

/// The choices of when emails are sent.
pub(super) fn hours_fields(state: &FormState) -> AnyView {
    let w = words();
    let leads = Lead::OWN.iter().map(|lead| (lead.to_string(), w.lead(*lead))).collect();
    view! {
        {Field::new(state, "lead", say!(w, "contact-leads")).hint(say!(w, "contact-leads-hint")).unmarked().ticks(leads)}
        {Field::new(state, "nudge_at", say!(w, "contact-nudge-at")).hint(say!(w, "contact-nudge-at-hint")).time()}
        {Field::new(state, "safe_from", say!(w, "contact-safe-from")).hint(say!(w, "contact-safe-from-hint")).time()}
        {Field::new(state, "safe_until", say!(w, "contact-safe-until")).time()}
    }
    .into_any()
}

/// Renders the page of preferred times.
pub fn times_view(m: &Times) -> AnyView {
    let w = words();
    let days: Vec<AnyView> =
        WEEK.iter().map(|day| Field::new(&m.form, field(*day), w.weekday(*day)).unmarked().text()).collect();
    let own = !m.form.errors.is_empty() || WEEK.iter().any(|day| !m.form.form.get(&field(*day)).is_empty());
    view! {
        {page_head(say!(w, "wish-title"), say!(w, "wish-lead"), vec![])}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action="/portal/contact/times" novalidate>
            {form_key()}
            {Field::new(&m.form, PARTS, say!(w, "wish-parts")).hint(say!(w, "wish-parts-hint", city = &m.zone)).unmarked().ticks(w.options(WeekPart::ALL))}
            <details open=own>
                <summary>{say!(w, "wish-other")}</summary>
                <p class="hint">{say!(w, "wish-other-hint")}</p>
                {days}
            </details>
            {submit(say!(w, "wish-save"))}
        </form>
        {back_to_settings()}
    }
    .into_any()
}

/// Sample models of the notifications: nothing chosen; everything chosen; a refused
/// form.
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
            address: FormState::default(),
            pending: Some(PendingAddress::default()),
            own: OwnAddress { email: "a@example.org".to_owned(), ..OwnAddress::default() },
            form: FormState {
                form: half,
                errors: Errors::at_field("safe_until", "Please give both hours, or neither."),
            },
        },
    ]
}

/// Sample models of the preferred times: none; a part and own hours; a refused form.
pub fn times_samples() -> Vec<Times> {
    use domain::form::{Errors, Form};
    let chosen = Form::from_pairs([(PARTS, "weekday_evenings"), ("hours.sat", "09:00–12:30")]);
    let refused = FormState {
        form: Form::from_pairs([("hours.mon", "evenings")]),
        errors: Errors::at_field(
            "hours.mon",
            "“evenings” is not understood: write hours like 9:00–12:30, 14:00–18:00.",
        ),
    };
    vec![
        Times { zone: "Berlin".to_owned(), ..Times::default() },
        Times { form: FormState::new(chosen), zone: "Kolkata".to_owned() },
        Times { form: refused, zone: "Berlin".to_owned() },
    ]
}

/// Sample models of the overview: with and without a phone number.
pub fn settings_samples() -> Vec<Settings> {
    vec![Settings::default(), Settings { phone: "+49 30 5550 100".to_owned() }]
}
