//! The page that requests a password reset. Its answer is the same for every
//! name, known or not.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, submit};

/// The view model of the page that requests a password reset.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    /// Whether the request has been sent.
    pub done: bool,
}

/// Renders the page that requests a password reset.
pub fn view(m: &Model) -> AnyView {
    if m.done {
        return view! {
            <div class="sheet">
                <h1>"Look at your mail"</h1>
                <p>"If this name or address is known here, a link is on its way to the address we have. It works for one hour, and names what you sign in with."</p>
                <p>"Nothing arrived? Look in the junk folder, or ask the practice: they can send you a new invitation."</p>
                <p><a class="button" href="/sign-in">"Back to sign in"</a></p>
            </div>
        }
        .into_any();
    }
    let f = &m.form;
    view! {
        <div class="sheet">
            <h1>"A new password"</h1>
            <p class="lead">"We send a link to the address that the practice has of you."</p>
            <form class="form" method="post" action="/forgot">
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "login_name_or_email", "Your name to sign in with, or your e-mail address").required().autocomplete("username").text()}
                {submit("Send the link")}
            </form>
            <p><a href="/sign-in">"Back to sign in"</a></p>
        </div>
    }
    .into_any()
}

/// Sample models of the page that requests a password reset, rendered by the
/// page tests.
pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model { done: true, ..Model::default() },
        Model { form: crate::ui::refused("login_name_or_email", "Please write your name."), done: false },
    ]
}
