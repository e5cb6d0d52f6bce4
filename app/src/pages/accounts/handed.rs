//! The page with a link to hand over in the room. It is shown once, to the
//! person who made it.

use leptos::prelude::*;

use crate::ui::page_head;

/// The view model of the page with a link to hand over.
#[derive(Clone, Debug)]
pub struct Model {
    pub name: String,
    pub link: String,
    pub opens: LinkPurpose,
    /// The page from which it was made: address and name.
    pub back: (String, &'static str),
}

/// The purpose of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Sets up an account that has no password yet.
    Invitation,
    /// Chooses a new password for an account.
    Reset,
}

/// Renders the page with a link to hand over.
pub fn view(m: &Model) -> AnyView {
    let works = match m.opens {
        LinkPurpose::Invitation => "It works once, for seven days, and takes the place of any invitation before it.",
        LinkPurpose::Reset => "It works once, for an hour.",
    };
    view! {
        {page_head(format!("A link for {}", m.name), "", vec![])}
        <section class="card">
            <p class="lead">{format!("Give this to {} alone, on paper or on your screen.", m.name)}</p>
            <p class="secret"><code>{m.link.clone()}</code></p>
            <p>{works}" The person who opens it chooses the password: send it nowhere that others can read."</p>
            <p class="hint">"It is shown this one time. If it gets lost, make another."</p>
        </section>
        <p class="after"><a class="button" href=m.back.0.clone()>{format!("Back to {}", m.back.1)}</a></p>
    }
    .into_any()
}

/// Sample models of the page with a link to hand over, rendered by the page
/// tests.
pub fn samples() -> Vec<Model> {
    let model = |opens, back| Model {
        name: "अनन्या शर्मा 💛 ".repeat(13),
        link: format!("https://practice.example/invitations/{}", "k".repeat(43)),
        opens,
        back,
    };
    vec![
        model(LinkPurpose::Invitation, ("/clients/x".to_owned(), "the record")),
        model(LinkPurpose::Reset, ("/staff".to_owned(), "the staff")),
    ]
}
