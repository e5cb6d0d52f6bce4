//! The list of pathways.

use domain::{exercises::exercise::Article, ids::ClientId};
use leptos::prelude::*;

use crate::ui::{Link, Tone, badge, page_head};

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
    let query = m.for_client.as_ref().map(|(id, _)| format!("?client={id}")).unwrap_or_default();
    let rows: Vec<AnyView> = m
        .rows
        .iter()
        .map(|item| {
            let from = if item.author.is_empty() {
                item.article.label().to_owned()
            } else {
                format!("Written by {}", item.author)
            };
            let own = (!item.author.is_empty()).then(|| badge(Tone::Plain, "Of this practice"));
            view! {
                <li class="card">
                    <h2 class="card-title"><a href=format!("/pathways/{}{query}", item.slug)>{item.title.clone()}</a></h2>
                    <p>{item.purpose.clone()}</p>
                    <p class="muted">{format!("{} exercises · {from}", item.steps)}" "{own}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    let lead = match &m.for_client {
        Some((_, title)) => format!("To give to {title}"),
        None => "Exercises in an order, over weeks: given in one step, and changed for one couple without touching the others.".to_owned(),
    };
    view! {
        {page_head("Pathways", lead, vec![Link::new("/pathways/new", "Write a pathway")])}
        <ul class="stack plain">{rows}</ul>
        <p><a href=format!("/library{query}")>"Single exercises"</a></p>
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
