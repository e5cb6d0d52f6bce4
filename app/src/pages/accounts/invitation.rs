//! The invitation page, on which a person sets up their account. An invitation
//! is for one person and works once.

use domain::clients::person::Role;
use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, error_summary, form_key, submit},
    words::words,
};

/// The view model of the invitation page.
#[derive(Clone, Debug)]
pub struct Model {
    pub practice: String,
    pub name: String,
    pub role: Role,
    pub token: String,
    pub form: FormState,
    /// Whether the account has no sign-in name yet.
    pub needs_login_name: bool,
}

/// Renders the invitation page.
pub fn view(m: &Model) -> AnyView {
    let (w, f) = (words(), &m.form);
    let what = match m.role {
        Role::Partner => say!(w, "invitation-client"),
        Role::Owner | Role::Clinician | Role::FrontDesk => say!(w, "invitation-staff"),
    };
    let name = m.needs_login_name.then(|| {
        Field::new(f, "login_name", say!(w, "invitation-name"))
            .hint(say!(w, "invitation-name-hint"))
            .required()
            .autocomplete("username")
            .text()
    });
    view! {
        <div class="sheet">
            <h1>{say!(w, "invitation-heading", name = &m.name)}</h1>
            <p class="lead">{say!(w, "invitation-lead", practice = &m.practice, name = &m.name)}</p>
            <p>{what}</p>
            <form class="form" method="post" action=format!("/invitations/{}", m.token)>
                {form_key()}
                {error_summary(f)}
                {name}
                {Field::new(f, "password", say!(w, "invitation-password")).hint(say!(w, "password-hint")).required().autocomplete("new-password").password()}
                {submit(say!(w, "invitation-button"))}
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
            <p>{say!(w, "invitation-gone")}</p>
            <p><a class="button" href="/sign-in">{say!(w, "sign-in-title")}</a></p>
        </div>
    }
    .into_any()
}

/// Sample models of the invitation page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let model = Model {
        practice: "Lakeside Practice".into(),
        name: "अनन्या शर्मा ".repeat(14),
        role: Role::Partner,
        token: "token".into(),
        form: FormState::default(),
        needs_login_name: true,
    };
    vec![
        model.clone(),
        Model {
            form: crate::ui::refused("password", "Please use at least 10 characters."),
            needs_login_name: false,
            ..model
        },
    ]
}
