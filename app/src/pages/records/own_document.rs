//! The page of a document in a client's portal.

use domain::{ids::DocumentId, records::document::FileType};
use leptos::prelude::*;

use super::document_parts::{StoredFile, kind_and_size, sample, shown};
use crate::{
    say,
    ui::{facts, form_key, page_head},
    words::words,
};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: DocumentId,
    pub file: StoredFile,
    /// When it was sent, such as "Mon 23 Nov, 21:04".
    pub when: String,
    /// Who can read it, in words: the partner who shared it, that it is shared, or
    /// that it is private.
    pub readers: String,
    /// Whether the reader can share it with their partner.
    pub can_share: bool,
    /// Whether the reader can withdraw it.
    pub can_withdraw: bool,
    /// Whether it was not withdrawn because it may have been read.
    pub is_too_late: bool,
}

/// Renders the page of a document.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let about = vec![
        (say!(w, "document-sent-on"), m.when.clone().into_any()),
        (say!(w, "document-what"), format!("{} · {}", kind_and_size(&m.file), m.readers).into_any()),
    ];
    let form = |act: &str, lead: String, label: String| {
        view! {
            <form class="card" method="post" action=format!("/portal/documents/{}/{act}", m.id)>
                {form_key()}
                <p>{lead}</p>
                <button class="button" type="submit">{label}</button>
            </form>
        }
        .into_any()
    };
    let too_late = m.is_too_late.then(|| view! { <p class="notice">{say!(w, "document-too-late")}</p> }.into_any());
    let share = m.can_share.then(|| form("share", say!(w, "document-share-lead"), say!(w, "document-share")));
    let withdraw =
        m.can_withdraw.then(|| form("withdraw", say!(w, "document-withdraw-lead"), say!(w, "document-withdraw")));
    view! {
        {page_head(m.file.title.clone(), "", vec![])}
        {too_late}
        {facts(about)}
        {shown(&m.file)}
        {share}
        {withdraw}
    }
    .into_any()
}

/// Sample models: a photo that is private; a shared PDF with scripts; what could not
/// be withdrawn.
pub fn samples() -> Vec<Model> {
    let id = DocumentId::from(uuid::Uuid::from_u128(1));
    let photo = Model {
        id,
        file: sample("/portal/documents/1", FileType::Png, false),
        when: "Mon 23 Nov, 21:04".into(),
        readers: "Private".into(),
        can_share: true,
        can_withdraw: true,
        is_too_late: false,
    };
    let shared = Model {
        file: sample("/portal/documents/1", FileType::Pdf, true),
        readers: "N".repeat(200),
        can_share: false,
        can_withdraw: false,
        ..photo.clone()
    };
    let late =
        Model { file: sample("/portal/documents/1", FileType::Docx, false), is_too_late: true, ..shared.clone() };
    vec![photo, shared, late]
}
