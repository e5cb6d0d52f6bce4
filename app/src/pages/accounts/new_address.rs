//! The page that the link for a new email address opens. It shows the address
//! and a button, so that a mail scanner that opens the link changes nothing.

use leptos::prelude::*;

use crate::{
    say,
    ui::{form_key, page_head, submit},
    words::words,
};

/// The view model of the page that confirms a new email address.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub token: String,
    pub email: String,
}

/// Renders the page that confirms a new email address.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    view! {
        {page_head(say!(w, "new-address-title"), "", vec![])}
        <p>{say!(w, "new-address-question", email = &m.email)}</p>
        <form class="form narrow" method="post" action=format!("/account/address/{}", m.token)>
            {form_key()}
            {submit(say!(w, "new-address-confirm"))}
        </form>
    }
    .into_any()
}

/// Renders the page of a link that is used or expired, or that another account
/// requested.
pub fn gone() -> AnyView {
    let w = words();
    view! {
        {page_head(say!(w, "link-gone"), "", vec![])}
        <p>{say!(w, "new-address-gone")}</p>
        <p><a href="/account">{say!(w, "new-address-account")}</a></p>
    }
    .into_any()
}

/// Sample models of the page that confirms a new email address, rendered by the
/// page tests.
pub fn samples() -> Vec<Model> {
    vec![Model::default(), Model { token: "abc".into(), email: "<new>@example.org".into() }]
}
