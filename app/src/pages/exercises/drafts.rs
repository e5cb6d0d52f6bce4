//! The list of the reader's exercise drafts.

use leptos::prelude::*;
use uuid::Uuid;

use super::library::{Tab, head};
use crate::ui::{Pager, empty, pager};

/// The view model of the list of drafts.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The drafts, the latest first: id, title, and time of the last save.
    pub rows: Vec<(Uuid, String, String)>,
    pub pager: Pager,
}

/// Renders the list of drafts.
pub fn view(m: &Model) -> AnyView {
    let items: Vec<AnyView> = m
        .rows
        .iter()
        .map(|(id, title, when)| {
            let title = if title.trim().is_empty() { "Untitled exercise" } else { title };
            view! {
                <li>
                    <span class="compact-title"><a href=format!("/authoring/{id}")>{title.to_owned()}</a></span>
                    <span class="compact-facts">{format!("Saved {when}")}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let list = if items.is_empty() && !m.pager.is_later() {
        empty("You have no drafts. Only you can see an exercise until you publish it.", None)
    } else {
        view! {
            <section aria-labelledby="drafts">
                <h2 id="drafts" class="quiet">"My drafts"</h2>
                <ul class="compact">{items}</ul>
                {pager(&m.pager)}
            </section>
        }
        .into_any()
    };
    view! { {head(Tab::Drafts, None)} {list} }.into_any()
}

/// Sample models: no drafts; a page of drafts, one of them without a title.
pub fn samples() -> Vec<Model> {
    let row = |n: u128, title: &str| (Uuid::from_u128(n), title.to_owned(), "Mon 23 Nov, 21:04".to_owned());
    vec![
        Model::default(),
        Model {
            rows: vec![row(1, ""), row(2, &"T".repeat(200)), row(3, "अनन्या <b>")],
            pager: Pager {
                first: Some(("/authoring#drafts".into(), "Latest drafts")),
                more: Some(("/authoring?drafts=1#drafts".into(), "Older drafts")),
            },
        },
    ]
}
