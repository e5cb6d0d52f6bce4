//! The question for a code, after the right password.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, submit};

/// The view model of the page.
#[derive(Clone, Debug, Default)]
pub struct CodeModel {
    /// The form, with the hidden fields of the first step.
    pub form: FormState,
    /// For how many days this browser may be remembered; 0: not at all.
    pub days: i64,
    /// Whether the person just said that app and codes are lost.
    pub is_lost: bool,
}

/// The hidden fields that carry the first step on.
fn carried(m: &CodeModel) -> Vec<AnyView> {
    ["first", "next", "kept"]
        .into_iter()
        .filter(|name| !m.form.form.get(name).is_empty())
        .map(|name| {
            let value = m.form.form.get(name).to_owned();
            view! { <input type="hidden" name=name value=value autocomplete="off"/> }.into_any()
        })
        .collect()
}

/// Renders the page.
pub fn view(m: &CodeModel) -> AnyView {
    if m.is_lost {
        return view! {
            <div class="sheet">
                <h1>"Ask a practice owner"</h1>
                <p>"Your request is noted. An owner has to see you and confirm it under Staff."</p>
                <p>"24 hours after that, you can sign in with your password and set up two-step sign-in again. If you find your phone or a recovery code before then, sign in as usual. This cancels the request."</p>
                <p><a class="button" href="/sign-in">"Back to sign-in"</a></p>
            </div>
        }
        .into_any();
    }
    let f = &m.form;
    let is_recovery = f.errors.message("recovery").is_some();
    let remember = (m.days > 0).then(|| {
        Field::new(f, "remember", format!("Don’t ask again on this device for {} days", m.days))
            .hint("Only on a device that nobody else uses.")
            .tick()
    });
    view! {
        <div class="sheet">
            <h1>"Two-step sign-in"</h1>
            <form class="form" method="post" action="/sign-in/code" novalidate>
                {form_key()}
                {error_summary(f)}
                {carried(m)}
                {Field::new(f, "code", "Code from your authenticator app").hint("Six digits, such as 492 039.").unmarked().autocomplete("one-time-code").text()}
                <details class="field" open=is_recovery>
                    <summary>"Use a recovery code"</summary>
                    {Field::new(f, "recovery", "Recovery code").hint("Such as 3-ABCD-EFGH-JKMN-PQRS. Each works once.").unmarked().autocomplete("off").text()}
                </details>
                {remember}
                {submit("Sign in")}
            </form>
            <details class="after">
                <summary>"I have lost my phone and my codes"</summary>
                <form class="form" method="post" action="/sign-in/lost">
                    {form_key()}
                    {carried(m)}
                    <p>"A practice owner can confirm that it is you. The old app is removed 24 hours later."</p>
                    <p class="form-actions"><button class="button" type="submit">"Ask for a reset"</button></p>
                </form>
            </details>
        </div>
    }
    .into_any()
}

/// Sample models, rendered by the page tests.
pub fn samples() -> Vec<CodeModel> {
    let form = domain::form::Form::from_pairs([("first", "x".repeat(120)), ("next", "/calendar".into())]);
    vec![
        CodeModel { form: FormState::new(form), days: 30, is_lost: false },
        CodeModel {
            form: crate::ui::refused("recovery", "This recovery code is wrong or was used before. Enter another one."),
            ..CodeModel::default()
        },
        CodeModel { is_lost: true, ..CodeModel::default() },
    ]
}
