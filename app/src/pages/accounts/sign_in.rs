//! The sign-in page.

use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, error_summary, form_key, submit},
    words::{Words, marked, words},
};

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
    fn text(self, w: Words) -> String {
        match self {
            Self::Nothing => say!(w, "sign-in-ended"),
            Self::Kept => say!(w, "sign-in-ended-kept"),
            Self::KeptWithoutFile => say!(w, "sign-in-ended-kept-without-file"),
            Self::Lost => say!(w, "sign-in-ended-lost"),
        }
    }
}

/// Renders the sign-in page.
pub fn view(m: &Model) -> AnyView {
    let (w, f) = (words(), &m.form);
    let ended = m.ended.map(|ended| view! { <p class="notice">{ended.text(w)}</p> }.into_any());
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
                <h2 id="demo">{say!(w, "sign-in-demo")}</h2>
                <p>{say!(w, "sign-in-demo-people")}</p>
                <ul class="demo-list">{demo}</ul>
                <p><a href="/mailbox">{say!(w, "sign-in-demo-emails")}</a></p>
            </section>
        }
        .into_any()
    });
    view! {
        <div class="sheet">
            <h1>{say!(w, "sign-in-title")}</h1>
            <form class="form" method="post" action="/sign-in">
                {form_key()}
                {ended}
                {error_summary(f)}
                {carried()}
                {Field::new(f, "login_name", say!(w, "sign-in-name")).required().autocomplete("username").text()}
                {Field::new(f, "password", say!(w, "sign-in-password")).required().autocomplete("current-password").password()}
                {submit(say!(w, "sign-in-button"))}
            </form>
            <p><a href="/forgot">{say!(w, "sign-in-forgot")}</a></p>
            {m.inquiries.then(|| view! { <p>{marked(&say!(w, "sign-in-new"), "/inquire")}</p> })}
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
