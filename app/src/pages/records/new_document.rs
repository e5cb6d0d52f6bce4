//! The page on which a therapist adds a document to a client's record.

use domain::{
    ids::ClientId,
    records::{document::DocumentKind, note::NoteScope},
};
use leptos::prelude::*;

use super::document_parts::{ChosenFile, file_field};
use crate::ui::{Field, FormState, error_summary, form_key, page_head};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    /// The records that it can belong to, with the names of the people.
    pub scopes: Vec<(NoteScope, String)>,
    /// The fields `title`, `kind`, `dated` and `scope`.
    pub form: FormState,
    /// The file that has arrived already; `None`: none.
    pub file: Option<ChosenFile>,
    /// Whether the same file is in this record already.
    pub is_same: bool,
}

/// The options of what a document is.
pub(crate) fn kinds() -> Vec<(String, String)> {
    DocumentKind::ALL.iter().map(|kind| (kind.word().to_owned(), kind.label().to_owned())).collect()
}

/// The options of whose record a document belongs to.
pub(crate) fn scopes(scopes: &[(NoteScope, String)]) -> Vec<(String, String)> {
    scopes.iter().map(|(scope, label)| (scope.word().to_owned(), label.clone())).collect()
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let again = m.is_same.then(|| {
        view! { <button class="button" type="submit" name="again" value="yes">"Add it again"</button> }.into_any()
    });
    view! {
        {page_head("Add a document", "Not shown in the portal. A client’s copy of their data may include it.", vec![])}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action=format!("/clients/{}/documents", m.client) enctype="multipart/form-data" novalidate>
            {form_key()}
            {file_field(&m.form, m.file.as_ref())}
            {Field::new(&m.form, "title", "Title").hint("Without one, the file’s name is used.").text()}
            <div class="pair">
                {Field::new(&m.form, "kind", "Kind").required().select(kinds())}
                {Field::new(&m.form, "dated", "Date").required().hint("The day it is from.").date()}
            </div>
            {Field::new(&m.form, "scope", "Whose record does it belong to?").required().radios(scopes(&m.scopes))}
            <p class="form-actions">
                <button class="button button-primary" type="submit">"Add document"</button>
                {again}
            </p>
        </form>
    }
    .into_any()
}

/// Sample models: an empty form; a refused one; the same file again.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let new = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        scopes: NoteScope::ALL.iter().map(|scope| (*scope, scope.label().to_owned())).collect(),
        form: FormState::new(Form::from_pairs([("dated", "2026-11-24"), ("kind", "other")])),
        file: None,
        is_same: false,
    };
    let refused = Model {
        form: FormState {
            form: Form::from_pairs([("title", "</script><b>"), ("scope", "joint")]),
            errors: Errors::at_field("file", "Choose a file.")
                .and(Errors::at_field("dated", "Enter the day it is from.")),
        },
        scopes: vec![(NoteScope::Joint, "N".repeat(200))],
        ..new.clone()
    };
    let same = Model {
        file: Some(ChosenFile { name: "अनन्या <scan>.pdf".into(), token: "abc".into() }),
        is_same: true,
        form: FormState {
            form: Form::from_pairs([("title", "Letter"), ("scope", "process")]),
            errors: Errors::at_field("file", "This file is in the record already: “Letter”."),
        },
        ..new.clone()
    };
    vec![new, refused, same]
}
