//! A page with a short text: what went wrong, and where to go next.

use leptos::prelude::*;

use crate::ui::Link;

/// The view model of the page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub title: String,
    pub text: String,
    /// The link; `None` for none.
    pub link: Option<Link>,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let link = m.link.clone().map(|link| view! { <p><a class="button" href=link.href>{link.text}</a></p> }.into_any());
    view! {
        <div class="sheet">
            <h1>{m.title.clone()}</h1>
            <p>{m.text.clone()}</p>
            {link}
        </div>
    }
    .into_any()
}

/// Sample models of the page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![Model {
        title: "Page not found".into(),
        text: "It doesn’t exist, or you don’t have access.".into(),
        link: Some(Link::new("/", "To the start")),
    }]
}
