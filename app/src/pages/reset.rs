//! Setting a new password by the link in a mail.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, submit};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub token: String,
    pub login_name: String,
    pub form: FormState,
}

pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    view! {
        <div class="sheet">
            <h1>"Choose a new password"</h1>
            <p class="lead">"You sign in as "<strong>{m.login_name.clone()}</strong>". Every browser that is signed in now will be signed out."</p>
            <form class="form" method="post" action=format!("/reset/{}", m.token)>
                {error_summary(f)}
                {Field::new(f, "password", "New password").hint("At least 10 characters. A short sentence works well.").required().autocomplete("new-password").password()}
                {submit("Set the password")}
            </form>
        </div>
    }
    .into_any()
}

/// A link that does not work (any more).
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

pub fn samples() -> Vec<Model> {
    vec![Model {
        token: "t".into(),
        login_name: "amara".into(),
        form: super::setup::refused("password", "Please use at least 10 characters."),
    }]
}
