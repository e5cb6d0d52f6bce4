//! The page that requests a password reset. Its answer is the same for every
//! name, known or not.

use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, error_summary, form_key, submit},
    words::words,
};

/// The view model of the page that requests a password reset.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    /// Whether the request has been sent.
    pub done: bool,
}

/// Renders the page that requests a password reset.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    if m.done {
        return view! {
            <div class="sheet">
                <h1>{say!(w, "forgot-sent")}</h1>
                <p>{say!(w, "forgot-sent-text")}</p>
                <p>{say!(w, "forgot-sent-nothing")}</p>
                <p><a class="button" href="/sign-in">{say!(w, "forgot-back")}</a></p>
            </div>
        }
        .into_any();
    }
    let f = &m.form;
    view! {
        <div class="sheet">
            <h1>{say!(w, "forgot-heading")}</h1>
            <p class="lead">{say!(w, "forgot-lead")}</p>
            <form class="form" method="post" action="/forgot">
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "login_name_or_email", say!(w, "forgot-name")).required().autocomplete("username").text()}
                {submit(say!(w, "forgot-button"))}
            </form>
            <p><a href="/sign-in">{say!(w, "forgot-back")}</a></p>
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
