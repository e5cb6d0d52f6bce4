//! Who did what and when; never what it said.

use leptos::prelude::*;

use crate::ui::{empty, page_head, table};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub rows: Vec<AuditItem>,
    /// Where the older rows begin.
    pub older: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct AuditItem {
    pub seq: i64,
    pub at: String,
    pub who: String,
    pub what: String,
}

pub fn view(m: &Model) -> AnyView {
    let rows: Vec<Vec<AnyView>> = m
        .rows
        .iter()
        .map(|r| vec![r.seq.into_any(), r.at.clone().into_any(), r.who.clone().into_any(), r.what.clone().into_any()])
        .collect();
    let list = if rows.is_empty() {
        empty("Nothing has happened yet.", None)
    } else {
        table("Acts on record", &["No.", "When", "Who", "What"], rows)
    };
    let older = m
        .older
        .map(|seq| view! { <p><a class="button" href=format!("/audit?before={seq}")>"Older"</a></p> }.into_any());
    view! {
        {page_head("Audit", "Every opening and change of clinical content, sign-ins and settings. Rows are chained: one that was changed or removed shows in `duologue doctor`.", vec![])}
        {list}
        {older}
    }
    .into_any()
}

pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model {
            rows: vec![AuditItem { seq: 1, at: "now".into(), who: "Ruth".into(), what: "opened client".into() }],
            older: Some(1),
        },
    ]
}
