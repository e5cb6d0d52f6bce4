//! The list of email wordings that the practice can change.

use domain::{clients::person::Language, outbox::wording::WordingKind};
use leptos::prelude::*;

use super::wording::path;
use crate::ui::{page_head, table};

/// The view model of the list of email wordings.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The wordings that the practice has changed.
    pub own: Vec<(WordingKind, Language)>,
}

/// Whether the practice can change a wording: all except that of the test
/// email.
pub fn changeable(kind: WordingKind) -> bool {
    kind != WordingKind::Test
}

/// Renders the list of email wordings.
pub fn view(m: &Model) -> AnyView {
    let columns: Vec<&str> = std::iter::once("Email").chain(Language::ALL.iter().map(|l| l.label())).collect();
    let rows = WordingKind::ALL
        .iter()
        .filter(|kind| changeable(**kind))
        .map(|kind| {
            let link = |language: &Language| {
                let said = if m.own.contains(&(*kind, *language)) { "Your own text" } else { "Default" };
                let label = format!("{}, {}: {said}", kind.label(), language.label());
                view! { <a href=path(*kind, *language) aria-label=label>{said}</a> }.into_any()
            };
            std::iter::once(kind.label().into_any()).chain(Language::ALL.iter().map(link)).collect()
        })
        .collect();
    view! {
        {page_head("Email templates", "Each person gets emails in the language chosen in their details.", vec![])}
        {table("Email templates and languages", &columns, rows)}
    }
    .into_any()
}

/// Sample models of the list of email wordings, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![Model::default(), Model { own: vec![(WordingKind::Reminder, Language::Hindi)] }]
}
