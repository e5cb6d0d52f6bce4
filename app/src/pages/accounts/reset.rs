//! The page that sets a new password, opened by the link of a password reset.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, submit};

/// The view model of the page that sets a new password.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub token: String,
    pub login_name: String,
    pub form: FormState,
}

/// Renders the page that sets a new password.
pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    view! {
        <div class="sheet">
            <h1>"Choose a new password"</h1>
            <p class="lead">"You sign in as "<strong>{m.login_name.clone()}</strong>". Every browser that is signed in now will be signed out."</p>
            <form class="form" method="post" action=format!("/reset/{}", m.token)>
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "password", "New password").hint("At least 10 characters. A short sentence works well.").required().autocomplete("new-password").password()}
                {submit("Set the password")}
            </form>
        </div>
    }
    .into_any()
}

/// Renders the page of a link that is unknown, used or expired.
pub fn gone() -> AnyView {
    view! {
        <div class="sheet">
            <h1>"This link does not work any more"</h1>
            <p>"A link works once, and for one hour."</p>
            <p><a class="button" href="/forgot">"Ask for a new link"</a></p>
        </div>
    }
    .into_any()
}

/// Sample models of the page that sets a new password, rendered by the page
/// tests.
pub fn samples() -> Vec<Model> {
    vec![Model {
        token: "t".into(),
        login_name: "amara".into(),
        form: crate::ui::refused("password", "Please use at least 10 characters."),
    }]
}
