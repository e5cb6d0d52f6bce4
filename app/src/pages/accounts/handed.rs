//! The page with a link to hand over in the room. It is shown once, to the
//! person who made it.

use leptos::prelude::*;

use crate::{islands::CopyLink, ui::page_head};

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

/// The id of the field with the link.
const FIELD: &str = "handed-link";

/// Renders the page with a link to hand over. The button that copies it appears where
/// scripts run; the field can be selected everywhere.
pub fn view(m: &Model) -> AnyView {
    let works = match m.opens {
        LinkPurpose::Invitation => "It works once, for seven days, and takes the place of any invitation before it.",
        LinkPurpose::Reset => "It works once, for an hour.",
    };
    view! {
        {page_head(format!("Link for {}", m.name), "", vec![])}
        <section class="card">
            <p class="lead">{format!("Give it to {} only: on paper, on your screen or in a message.", m.name)}</p>
            <div class="field">
                <label for=FIELD>"Link"</label>
                <input id=FIELD class="handed-link" name="link" type="text" readonly value=m.link.clone() autocomplete="off"/>
            </div>
            <p class="form-actions"><CopyLink field=FIELD.to_owned()/></p>
            <p>{works}" The person who opens it chooses the password."</p>
            <p class="hint">"You see it only once. You can make another."</p>
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
        model(LinkPurpose::Reset, ("/staff".to_owned(), "staff")),
    ]
}
