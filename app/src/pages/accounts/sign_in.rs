//! The sign-in page.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, submit};

/// The view model of the sign-in page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    pub practice: String,
    /// What became of a form whose login ended before it was sent; `None` for
    /// an ordinary sign-in.
    pub ended: Option<Ended>,
    /// Whether the public inquiry page is open.
    pub inquiries: bool,
    /// The accounts of the demo; empty outside the demo.
    pub demo: Vec<DemoAccount>,
}

/// An account of the demo.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// Whose account it is, such as "Front desk".
    pub who: String,
    pub login_name: String,
    pub password: String,
}

/// What became of a form that was sent after its login had ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The form was empty.
    Nothing,
    /// The typed text is in this page, sealed.
    Kept,
    /// The typed text is in this page, sealed, but not the chosen file.
    KeptWithoutFile,
    /// The typed text could not be kept.
    Lost,
}

impl Ended {
    /// The notice for the reader.
    const fn words(self) -> &'static str {
        match self {
            Self::Nothing => "You were signed out. Sign in to go on where you were.",
            Self::Kept => {
                "You were signed out, so nothing was sent. What you typed is kept: sign in, and it is back in the form."
            }
            Self::KeptWithoutFile => {
                "You were signed out, so nothing was sent. What you typed is kept: sign in, and it is back in the form. Choose your file again then."
            }
            Self::Lost => {
                "You were signed out, so nothing was sent. What you typed cannot be kept here: go back in your browser, copy it, then sign in."
            }
        }
    }
}

/// Renders the sign-in page.
pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let ended = m.ended.map(|ended| view! { <p class="notice">{ended.words()}</p> }.into_any());
    let carried = || -> Vec<AnyView> {
        ["next", "kept"]
            .into_iter()
            .filter(|name| !f.form.get(name).is_empty())
            .map(|name| {
                view! { <input type="hidden" name=name value=f.form.get(name).to_owned() autocomplete="off"/> }
                    .into_any()
            })
            .collect()
    };
    let demo: Vec<AnyView> = m
        .demo
        .iter()
        .map(|DemoAccount { who, login_name, password }| {
            view! {
                <li>
                    <form method="post" action="/sign-in">
                        {form_key()}
                        {carried()}
                        <input type="hidden" name="login_name" value=login_name.clone()/>
                        <input type="hidden" name="password" value=password.clone()/>
                        <button class="button" type="submit">{who.clone()}</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    let demo = (!demo.is_empty()).then(|| {
        view! {
            <section class="card demo" aria-labelledby="demo">
                <h2 id="demo">"The demo practice"</h2>
                <p>"All people here are invented. Look around as:"</p>
                <ul class="demo-list">{demo}</ul>
                <p><a href="/mailbox">"The mails it has sent"</a></p>
            </section>
        }
        .into_any()
    });
    view! {
        <div class="sheet">
            <h1>"Sign in"</h1>
            <form class="form" method="post" action="/sign-in">
                {form_key()}
                {ended}
                {error_summary(f)}
                {carried()}
                {Field::new(f, "login_name", "Name to sign in with").required().autocomplete("username").text()}
                {Field::new(f, "password", "Password").required().autocomplete("current-password").password()}
                {submit("Sign in")}
            </form>
            <p><a href="/forgot">"I forgot my password or my name"</a></p>
            {m.inquiries.then(|| view! { <p>"New here? "<a href="/inquire">"Ask for a first meeting"</a></p> })}
            {demo}
        </div>
    }
    .into_any()
}

/// Sample models of the sign-in page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model {
            inquiries: true,
            ended: Some(Ended::Kept),
            form: crate::ui::refused("login_name", "This name and password do not go together."),
            practice: "Lakeside".into(),
            demo: vec![DemoAccount { who: "Therapist".into(), login_name: "ruth".into(), password: "a demo".into() }],
        },
    ]
}
