//! The list of pathways.

use domain::{exercises::exercise::Article, ids::ClientId};
use leptos::prelude::*;

use super::library::{Tab, client_query, head};
use crate::ui::{Tone, badge};

/// The view model of the list of pathways.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub rows: Vec<Item>,
    /// The client for whom a pathway is chosen: id and title; `None` if the
    /// reader only looks.
    pub for_client: Option<(ClientId, String)>,
}

/// A pathway in the list.
#[derive(Clone, Debug)]
pub struct Item {
    pub slug: String,
    pub title: String,
    pub purpose: String,
    pub article: Article,
    /// How many steps it has.
    pub steps: usize,
    /// The author's name; empty if it came with the program.
    pub author: String,
}

/// Renders the list of pathways.
pub fn view(m: &Model) -> AnyView {
    let query = client_query(m.for_client.as_ref());
    let rows: Vec<AnyView> = m
        .rows
        .iter()
        .map(|item| {
            let own = (!item.author.is_empty()).then(|| badge(Tone::Plain, format!("By {}", item.author)));
            view! {
                <li>
                    <span class="compact-title"><a href=format!("/pathways/{}{query}", item.slug)>{item.title.clone()}</a>" "{own}</span>
                    <span class="compact-line">{item.purpose.clone()}</span>
                    <span class="compact-facts">{format!("{} exercises", item.steps)}</span>
                    <span class="compact-more">{item.article.label()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        {head(Tab::Pathways, m.for_client.as_ref())}
        <p class="muted">"Exercises in order, over weeks. You can change the copy of one couple at any time."</p>
        <ul class="compact">{rows}</ul>
    }
    .into_any()
}

/// Sample models: an empty list; a list for a client.
pub fn samples() -> Vec<Model> {
    let item = |title: &str, author: &str| Item {
        slug: "x".into(),
        title: title.into(),
        purpose: "For two who have lost the small moments.".into(),
        article: Article::Everyday,
        steps: 6,
        author: author.into(),
    };
    vec![
        Model::default(),
        Model {
            rows: vec![item("Small moments", ""), item(&"T".repeat(120), "अनन्या <b>")],
            for_client: Some((ClientId::from(uuid::Uuid::from_u128(1)), "N".repeat(200))),
        },
    ]
}
