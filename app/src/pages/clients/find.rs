//! The search page of the staff: clients by a part of their name, and what can be
//! done for each. The search field at the top of every page leads here, and shows
//! the same under it while the reader types.

use leptos::prelude::*;

use crate::{
    api::FoundClient,
    ui::{Pager, empty, page_head, pager},
};

/// The view model of the search page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The text that was searched for; it is in the field at the top.
    pub q: String,
    pub people: Vec<FoundClient>,
    pub pager: Pager,
}

/// Renders the search page.
pub fn view(m: &Model) -> AnyView {
    let people: Vec<AnyView> = m.people.iter().map(client).collect();
    let none = (m.people.is_empty() && !m.q.is_empty() && !m.pager.is_later())
        .then(|| empty(format!("No client found for “{}”. Try a part of the name.", m.q), None));
    let lead =
        if m.q.is_empty() { "Type a name above, then choose what to do." } else { "Choose a client and what to do." };
    view! {
        {page_head("Find a client", lead, vec![])}
        {none}
        <div class="stack" id="found">{people}</div>
        {pager(&m.pager)}
        <p class="hint keyboard after">"Press / or Ctrl+K (⌘K) to search from any page."</p>
    }
    .into_any()
}

/// The card of a client: the name, which opens the client, and the other links.
fn client(found: &FoundClient) -> AnyView {
    let FoundClient { title, acts } = found;
    let name = match acts.first() {
        Some(first) => view! { <a href=first.href.clone()>{title.clone()}</a> }.into_any(),
        None => title.clone().into_any(),
    };
    let acts: Vec<AnyView> = acts
        .iter()
        .enumerate()
        .map(|(n, act)| {
            let class = if n == 0 { "button button-primary" } else { "button" };
            view! { <a class=class href=act.href.clone() aria-label=format!("{}: {title}", act.text)>{act.text.clone()}</a> }.into_any()
        })
        .collect();
    view! { <section class="card"><h2>{name}</h2><div class="actions">{acts}</div></section> }.into_any()
}

/// Sample models: no search; no result; two results.
pub fn samples() -> Vec<Model> {
    use crate::api::Act;
    let act = |text: &str, href: &str| Act { text: text.to_owned(), href: href.to_owned() };
    vec![
        Model::default(),
        Model { q: "zzz".to_owned(), ..Model::default() },
        Model {
            q: "<b>a".to_owned(),
            people: vec![
                FoundClient {
                    title: "अनन्या शर्मा 💛 ".repeat(13),
                    acts: vec![act("Open client", "/desk/clients/1"), act("Book", "/sessions/new?client=1")],
                },
                FoundClient {
                    title: "Amara & Jonas".to_owned(),
                    acts: vec![
                        act("Open record", "/clients/2"),
                        act("Reschedule Thu 26 Nov, 10:00", "/sessions/3/move"),
                    ],
                },
            ],
            pager: Pager { first: None, more: Some(("/find?q=a&after=1#found".to_owned(), "More people")) },
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_opens_the_client() {
        let html = view(&samples().pop().unwrap()).to_html();
        assert!(html.contains("<h2><a href=\"/clients/2\">Amara &amp; Jonas</a></h2>"), "{html}");
    }
}
