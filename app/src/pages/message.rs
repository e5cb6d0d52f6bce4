//! A page with a few words: what went wrong, and where to go.

use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub title: String,
    pub text: String,
    /// Where to, and what it is called.
    pub link: Option<(String, String)>,
}

pub fn view(m: &Model) -> AnyView {
    let link = m.link.clone().map(|(href, text)| view! { <p><a class="button" href=href>{text}</a></p> }.into_any());
    view! {
        <div class="sheet">
            <h1>{m.title.clone()}</h1>
            <p>{m.text.clone()}</p>
            {link}
        </div>
    }
    .into_any()
}

pub fn samples() -> Vec<Model> {
    vec![Model {
        title: "There is nothing here".into(),
        text: "The page may have moved, or it is not yours to see.".into(),
        link: Some(("/".into(), "To the start".into())),
    }]
}
