//! The invitation page, on which a person sets up their account. An invitation
//! is for one person and works once.

use domain::clients::person::Role;
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, submit};

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
    let f = &m.form;
    let what = match m.role {
        Role::Partner => {
            "You choose a password here. Your access is yours alone: nobody else sees what you keep to yourself."
        }
        _ => "You choose a password here. Then you can begin.",
    };
    let name = m.needs_login_name.then(|| {
        Field::new(f, "login_name", "Name to sign in with")
            .hint("Letters, digits and . - _ without spaces.")
            .required()
            .autocomplete("username")
            .text()
    });
    view! {
        <div class="sheet">
            <h1>{format!("Welcome, {}", m.name)}</h1>
            <p class="lead">{format!("{} has invited you. This link is for {} only.", m.practice, m.name)}</p>
            <p>{what}</p>
            <form class="form" method="post" action=format!("/invitations/{}", m.token)>
                {form_key()}
                {error_summary(f)}
                {name}
                {Field::new(f, "password", "Password").hint("At least 10 characters. A short sentence works well.").required().autocomplete("new-password").password()}
                {submit("Start")}
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
            <p>"Each invitation works once, and for seven days. If you have set your password already, sign in. If not, ask the practice for a new link."</p>
            <p><a class="button" href="/sign-in">"Sign in"</a></p>
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
