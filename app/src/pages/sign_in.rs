//! Signing in.

use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, submit};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    pub practice: String,
    /// They were writing when their login ended.
    pub ended: bool,
    /// Somebody new may ask for a first meeting.
    pub inquiries: bool,
    /// In the demo: who, the name, the password.
    pub demo: Vec<(String, String, String)>,
}

pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let ended = m.ended.then(|| {
        view! { <p class="notice">"You were signed out after a while. Sign in, and you are back where you were. If words are missing there, go back in your browser: they are still in the form."</p> }.into_any()
    });
    let demo: Vec<AnyView> = m
        .demo
        .iter()
        .map(|(who, name, password)| {
            view! {
                <li>
                    <form method="post" action="/sign-in">
                        <input type="hidden" name="login_name" value=name.clone()/>
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
                {ended}
                {error_summary(f)}
                <input type="hidden" name="next" value=f.form.get("next").to_owned()/>
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

pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model {
            inquiries: true,
            ended: true,
            form: super::setup::refused("login_name", "This name and password do not go together."),
            practice: "Lakeside".into(),
            demo: vec![("Therapist".into(), "ruth".into(), "a demo".into())],
        },
    ]
}
