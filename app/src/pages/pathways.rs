//! The pathways there are.

use domain::{exercise::Article, ids::ClientId};
use leptos::prelude::*;

use crate::ui::{Tone, badge, page_head};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub rows: Vec<Item>,
    /// The client it is looked up for.
    pub for_client: Option<(ClientId, String)>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub slug: String,
    pub title: String,
    pub purpose: String,
    pub article: Article,
    pub steps: usize,
    /// Who wrote it; empty: it came with the program.
    pub author: String,
}

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
        {page_head("Pathways", lead, vec![("/pathways/new".to_owned(), "Write a pathway".to_owned())])}
        <ul class="stack plain">{rows}</ul>
        <p><a href=format!("/library{query}")>"Single exercises"</a></p>
    }
    .into_any()
}

/// None; some.
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
