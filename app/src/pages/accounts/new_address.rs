//! The page that the link for a new email address opens. It shows the address
//! and a button, so that a mail scanner that opens the link changes nothing.

use leptos::prelude::*;

use crate::ui::{form_key, page_head, submit};

/// The title of the page.
pub const TITLE: &str = "Your new address";

/// The view model of the page that confirms a new email address.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub token: String,
    pub email: String,
}

/// Renders the page that confirms a new email address.
pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head(TITLE, "", vec![])}
        <p>{format!("Do you want us to use {} from now on?", m.email)}</p>
        <form class="form narrow" method="post" action=format!("/account/address/{}", m.token)>
            {form_key()}
            {submit("Confirm the address")}
        </form>
    }
    .into_any()
}

/// Renders the page of a link that is used or expired, or that another account
/// requested.
pub fn gone() -> AnyView {
    view! {
        {page_head("This link is no longer valid", "", vec![])}
        <p>"It was used before, a newer one took its place, or its time is over. It works only for the account that asked for it."</p>
        <p><a href="/account">"Go to your account"</a></p>
    }
    .into_any()
}

/// Sample models of the page that confirms a new email address, rendered by the
/// page tests.
pub fn samples() -> Vec<Model> {
    vec![Model::default(), Model { token: "abc".into(), email: "<new>@example.org".into() }]
}
