//! The requests that partners made in the portal, for the staff who may grant
//! them.

use leptos::prelude::*;

use crate::ui::{Pager, empty, form_key, page_head, pager};

/// The view model of the list of requests.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub items: Vec<RequestItem>,
    pub pager: Pager,
}

/// A request with what granting it would do.
#[derive(Clone, Debug)]
pub struct RequestItem {
    pub id: uuid::Uuid,
    /// Who asks for what, such as "Amara Nwosu asks for another time".
    pub title: String,
    /// The details, such as "Thu 26 Nov, 10:00 instead of Wed 25 Nov, 10:00,
    /// with Dr Lin".
    pub text: String,
    /// The address of the session's page; empty for a new session.
    pub session: String,
    /// The label of the button that grants it, such as "Move it".
    pub yes: String,
}

/// Renders the list of requests.
pub fn view(m: &Model) -> AnyView {
    let list = if m.items.is_empty() { empty("Nobody waits for an answer.", None) } else { request_list(&m.items) };
    view! {
        {page_head("Asked for", "What clients would like of their sessions. A yes is carried out at once, and they are told as for any other change.", vec![])}
        <div id="requests">{list}</div>
        {pager(&m.pager)}
    }
    .into_any()
}

/// The list of requests, each with a button to grant and one to decline.
pub(crate) fn request_list(items: &[RequestItem]) -> AnyView {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|q| {
            let link = (!q.session.is_empty())
                .then(|| view! { <a class="button" href=q.session.clone() aria-label=format!("Look at the session: {}", q.title)>"Look at it"</a> }.into_any());
            view! {
                <li>
                    <span><strong>{q.title.clone()}</strong><br/><span class="muted">{q.text.clone()}</span></span>
                    <form class="actions" method="post" action=format!("/requests/{}", q.id)>
                        {form_key()}
                        <button class="button button-primary" type="submit" name="answer" value="yes" aria-label=format!("{}: {}", q.yes, q.title)>{q.yes.clone()}</button>
                        <button class="button" type="submit" name="answer" value="no" aria-label=format!("Not possible: {}", q.title)>"Not possible"</button>
                        {link}
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="rows">{rows}</ul> }.into_any()
}

/// Sample models: an empty list; a list with long names.
pub fn samples() -> Vec<Model> {
    let item = |session: &str| RequestItem {
        id: uuid::Uuid::nil(),
        title: format!("{} asks for another time", "अनन्या 💛 ".repeat(18)),
        text: "Thu 26 Nov, 10:00 instead of Wed 25 Nov, 10:00, with Dr Ngozi Okafor".to_owned(),
        session: session.to_owned(),
        yes: "Move it".to_owned(),
    };
    let pager = Pager { first: None, more: Some(("/requests?after=1#requests".to_owned(), "More requests")) };
    vec![Model::default(), Model { items: vec![item("/sessions/x"), item("")], pager }]
}
