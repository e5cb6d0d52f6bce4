//! What partners asked for from their portal, for whoever may say yes.

use leptos::prelude::*;

use crate::ui::{empty, page_head};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub items: Vec<RequestItem>,
}

/// A request with what it comes to.
#[derive(Clone, Debug)]
pub struct RequestItem {
    pub id: uuid::Uuid,
    /// "Amara Nwosu asks for another time".
    pub title: String,
    /// "Thu 26 Nov, 10:00 instead of Wed 25 Nov, 10:00, with Dr Lin".
    pub text: String,
    /// Where the session is looked at; empty for a new one.
    pub session: String,
    /// What a yes does: "Move it".
    pub yes: String,
}

pub fn view(m: &Model) -> AnyView {
    let list = if m.items.is_empty() { empty("Nobody waits for an answer.", None) } else { list(&m.items) };
    view! {
        {page_head("Asked for", "What clients would like of their sessions. A yes is carried out at once, and they are told as for any other change.", vec![])}
        {list}
    }
    .into_any()
}

/// The requests with a yes and a no for each.
pub(super) fn list(items: &[RequestItem]) -> AnyView {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|q| {
            let link = (!q.session.is_empty())
                .then(|| view! { <a class="button" href=q.session.clone() aria-label=format!("Look at the session: {}", q.title)>"Look at it"</a> }.into_any());
            view! {
                <li>
                    <span><strong>{q.title.clone()}</strong><br/><span class="muted">{q.text.clone()}</span></span>
                    <form class="actions" method="post" action=format!("/requests/{}", q.id)>
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

/// None; some, with long names.
pub fn samples() -> Vec<Model> {
    let item = |session: &str| RequestItem {
        id: uuid::Uuid::nil(),
        title: format!("{} asks for another time", "अनन्या 💛 ".repeat(18)),
        text: "Thu 26 Nov, 10:00 instead of Wed 25 Nov, 10:00, with Dr Ngozi Okafor".to_owned(),
        session: session.to_owned(),
        yes: "Move it".to_owned(),
    };
    vec![Model::default(), Model { items: vec![item("/sessions/x"), item("")] }]
}
