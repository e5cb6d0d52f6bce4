//! The page that sets a new password, opened by the link of a password reset.

use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, error_summary, form_key, submit},
    words::{marked, words},
};

/// The view model of the page that sets a new password.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub token: String,
    pub login_name: String,
    pub form: FormState,
}

/// Renders the page that sets a new password.
pub fn view(m: &Model) -> AnyView {
    let (w, f) = (words(), &m.form);
    view! {
        <div class="sheet">
            <h1>{say!(w, "reset-heading")}</h1>
            <p class="lead">{marked(&say!(w, "reset-lead", name = &m.login_name), "")}</p>
            <form class="form" method="post" action=format!("/reset/{}", m.token)>
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "password", say!(w, "reset-password")).hint(say!(w, "password-hint")).required().autocomplete("new-password").password()}
                {submit(say!(w, "reset-button"))}
            </form>
        </div>
    }
    .into_any()
}

/// Renders the page of a link that is unknown, used or expired.
pub fn gone() -> AnyView {
    let w = words();
    view! {
        <div class="sheet">
            <h1>{say!(w, "link-gone-heading")}</h1>
            <p>{say!(w, "reset-gone")}</p>
            <p><a class="button" href="/forgot">{say!(w, "reset-gone-again")}</a></p>
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
