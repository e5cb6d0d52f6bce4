//! The documents of a client, as a tab of the record.

use domain::ids::{ClientId, DocumentId};
use leptos::prelude::*;

use crate::ui::{Link, Pager, Tone, badge, empty, pager};

/// The documents of a client.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    pub documents: Vec<DocumentItem>,
    pub documents_pager: Pager,
    /// Whether documents can be added.
    pub can_add: bool,
}

/// A document in the client's list.
#[derive(Clone, Debug)]
pub struct DocumentItem {
    pub id: DocumentId,
    /// Its title; of one that a client handed in and nobody has opened, who it is
    /// from.
    pub title: String,
    /// Whose record it belongs to, in words.
    pub scope: String,
    /// What it is and of which day, such as "Letter of 24 Nov".
    pub about: String,
    /// Whether a client handed it in and no therapist has opened it.
    pub is_new: bool,
}

/// Renders the tab.
pub(crate) fn tab(client: ClientId, d: &Documents) -> AnyView {
    let add = Link::new(format!("/clients/{client}/documents/new"), "Add a document");
    let list = if d.documents.is_empty() && !d.documents_pager.is_later() {
        empty("No documents yet.", d.can_add.then_some(add))
    } else {
        let rows: Vec<AnyView> = d.documents.iter().map(row).collect();
        let add = d.can_add.then(|| view! { <p><a class="button" href=add.href>{add.text}</a></p> }.into_any());
        view! { {add}<ul class="rows">{rows}</ul>{pager(&d.documents_pager)} }.into_any()
    };
    view! { <section aria-labelledby="documents"><h2 id="documents">"Documents"</h2>{list}</section> }.into_any()
}

/// A document in the list.
fn row(d: &DocumentItem) -> AnyView {
    let new = d.is_new.then(|| badge(Tone::Good, "New"));
    view! {
        <li>
            <a class="row-link" href=format!("/documents/{}", d.id)>{d.title.clone()}</a>
            " "{new}
            <span class="muted">{format!(" {} · {}", d.about, d.scope)}</span>
        </li>
    }
    .into_any()
}

/// Documents for samples.
pub(crate) fn sample() -> Documents {
    let item = |n: u128, title: &str, is_new: bool| DocumentItem {
        id: DocumentId::from(uuid::Uuid::from_u128(n)),
        title: title.into(),
        scope: "Joint record".into(),
        about: "Letter of Tue 24 Nov".into(),
        is_new,
    };
    Documents {
        documents: vec![item(1, "Brief <an> 💛", false), item(2, &"N".repeat(200), true)],
        documents_pager: Pager {
            first: None,
            more: Some(("/clients/1?tab=documents&documents=1#documents".into(), "Older documents")),
        },
        can_add: true,
    }
}
