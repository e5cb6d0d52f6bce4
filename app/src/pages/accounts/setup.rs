//! The setup page of the first run: the practice and its first account.

use domain::clients::person::Role;
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, submit, zone_select};

/// The view model of the setup page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
}

/// Renders the setup page.
pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let roles = vec![
        (Role::Clinician.word().to_owned(), "Therapist: I see couples and individual clients".to_owned()),
        (Role::FrontDesk.word().to_owned(), "Front desk: I manage bookings".to_owned()),
    ];
    view! {
        <div class="sheet">
            <h1>"Set up your practice"</h1>
            <p class="lead">"It takes two minutes. You can change everything later."</p>
            <form class="form" method="post" action="/setup">
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "code", "Set-up code").hint("You’ll find it in the terminal where you started Duologue.").required().text()}
                {Field::new(f, "name", "Practice name").required().autocomplete("organization").text()}
                {zone_select(f, "zone", "Practice time zone")}
                <h2>"Your account"</h2>
                {Field::new(f, "display_name", "Your name").required().autocomplete("name").text()}
                {Field::new(f, "email", "Your email address").required().autocomplete("email").email()}
                {Field::new(f, "login_name", "Sign-in name").hint("Letters, digits and . - _ without spaces.").required().autocomplete("username").text()}
                {Field::new(f, "role", "Your other roles").hint("You’re the owner in any case. Owners read no clinical content.").ticks(roles)}
                {Field::new(f, "password", "Password").hint("At least 10 characters. A short sentence works well.").required().autocomplete("new-password").password()}
                {submit("Set up the practice")}
            </form>
        </div>
    }
    .into_any()
}

/// Sample models of the setup page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![Model::default(), Model { form: crate::ui::refused("code", "That code doesn’t match.") }]
}
