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
        (Role::Clinician.word().to_owned(), "I see couples and clients".to_owned()),
        (Role::FrontDesk.word().to_owned(), "I keep the bookings of the practice".to_owned()),
    ];
    view! {
        <div class="sheet">
            <h1>"Set up your practice"</h1>
            <p class="lead">"This is the first start. It takes two minutes, and everything can be changed later."</p>
            <form class="form" method="post" action="/setup">
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "code", "Set-up code").hint("It stands in the terminal in which Duologue was started.").required().text()}
                {Field::new(f, "name", "Name of the practice").required().autocomplete("organization").text()}
                {zone_select(f, "zone", "Time zone of the practice")}
                <h2>"Your account"</h2>
                {Field::new(f, "display_name", "Your name").required().autocomplete("name").text()}
                {Field::new(f, "email", "Your e-mail address").required().autocomplete("email").email()}
                {Field::new(f, "login_name", "Name to sign in with").hint("Letters, digits and . - _ without spaces.").required().autocomplete("username").text()}
                {Field::new(f, "role", "What else do you do?").hint("You look after the practice's settings in any case, and read no clinical content by that alone.").ticks(roles)}
                {Field::new(f, "password", "Password").hint("At least 10 characters. A short sentence works well.").required().autocomplete("new-password").password()}
                {submit("Set up the practice")}
            </form>
        </div>
    }
    .into_any()
}

/// Sample models of the setup page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![Model::default(), Model { form: crate::ui::refused("code", "This is not the code in the terminal.") }]
}
