//! The library: the exercises as compact rows, with a search and filters.

use domain::ids::ClientId;
use leptos::prelude::*;

use super::catalogue::{Filter, LibItem, filter_form, list, row_texts, sample_item};
use crate::ui::{FilterLink, filters, form_key};

/// The view model of the library.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub filter: Filter,
    /// All exercises, in the order of their titles.
    pub rows: Vec<LibItem>,
    /// The client for whom an exercise is chosen: id and title; `None` if the
    /// reader only looks.
    pub for_client: Option<(ClientId, String)>,
}

/// A page of the library, for its tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Exercises,
    Pathways,
    Drafts,
}

/// The query that keeps the client for whom something is chosen; empty for none.
pub(super) fn client_query(client: Option<&(ClientId, String)>) -> String {
    client.map(|(id, _)| format!("?client={id}")).unwrap_or_default()
}

/// The heading of the library's pages with what can be begun there, and the tabs.
pub(super) fn head(here: Tab, client: Option<&(ClientId, String)>) -> AnyView {
    let query = client_query(client);
    let lead = client.map(|(_, title)| view! { <p class="lead">{format!("Choose for {title}")}</p> }.into_any());
    let begin = match here {
        Tab::Exercises | Tab::Drafts => view! {
            <form class="inline-form" method="post" action="/authoring">{form_key()}<button class="button button-primary" type="submit">"Write an exercise"</button></form>
            <a class="button" href="/library/import">"Import exercise"</a>
        }
        .into_any(),
        Tab::Pathways => view! { <a class="button button-primary" href="/pathways/new">"Write a pathway"</a> }.into_any(),
    };
    let tab = |href: String, text: &str, tab| FilterLink::new(href, text, here == tab);
    view! {
        <header class="page-head"><div><h1>"Library"</h1>{lead}</div><div class="actions">{begin}</div></header>
        {filters("Library", vec![
            tab(format!("/library{query}"), "Exercises", Tab::Exercises),
            tab(format!("/pathways{query}"), "Pathways", Tab::Pathways),
            tab("/authoring".to_owned(), "My drafts", Tab::Drafts),
        ])}
    }
    .into_any()
}

/// Renders the library.
pub fn view(m: &Model) -> AnyView {
    let client = m.for_client.as_ref();
    let query = client_query(client);
    let keep = client.map(|(id, _)| ("client", id.to_string()));
    let row = |item: &LibItem| {
        let title = view! { <a href=format!("/library/{}{query}", item.slug)>{item.title.clone()}</a> }.into_any();
        row_texts(item, title)
    };
    view! {
        {head(Tab::Exercises, client)}
        {filter_form(&m.filter, &m.rows, "/library".to_owned(), keep)}
        {list(&m.filter, &m.rows, format!("/library{query}"), row)}
    }
    .into_any()
}

/// Sample models: no match; a full library; a library for a client with a long
/// name.
pub fn samples() -> Vec<Model> {
    let rows = vec![sample_item("How reachable we are"), sample_item(&"T".repeat(200)), sample_item("अनन्या 💛")];
    let filter = Filter {
        article: "intimacy-in-motion".into(),
        theme: "safety".into(),
        length: "medium".into(),
        ..Filter::default()
    };
    vec![
        Model { filter: Filter { q: "<none>".into(), ..Filter::default() }, rows: rows.clone(), for_client: None },
        Model { rows: rows.clone(), ..Model::default() },
        Model { filter, rows, for_client: Some((ClientId::from(uuid::Uuid::from_u128(1)), "N".repeat(200))) },
    ]
}
