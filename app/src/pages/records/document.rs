//! The page of a document of a client's record.

use domain::{
    ids::DocumentId,
    records::{document::FileType, note::NoteScope},
};
use leptos::prelude::*;

use super::{
    document_parts::{StoredFile, kind_and_size, sample, shown},
    new_document::{kinds, scopes},
};
use crate::ui::{Field, FormState, error_summary, facts, form_key, page_head, submit};

/// The view model of the page of a document.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: DocumentId,
    pub file: StoredFile,
    /// Terms with their values, such as who added it and when.
    pub about: Vec<(String, String)>,
    /// The records that it can belong to; empty: a client handed it in, and it
    /// stays where it is.
    pub scopes: Vec<(NoteScope, String)>,
    /// The fields `title`, `kind`, `dated` and `scope`.
    pub form: FormState,
}

/// Renders the page of a document.
pub fn view(m: &Model) -> AnyView {
    let id = m.id;
    let mut about: Vec<(String, AnyView)> =
        m.about.iter().map(|(term, value)| (term.clone(), value.clone().into_any())).collect();
    about.push(("File".to_owned(), kind_and_size(&m.file).into_any()));
    let scope = (!m.scopes.is_empty())
        .then(|| Field::new(&m.form, "scope", "Whose record does it belong to?").required().radios(scopes(&m.scopes)));
    view! {
        {page_head(m.file.title.clone(), "", vec![])}
        {facts(about)}
        {shown(&m.file)}
        <section aria-labelledby="change">
            <h2 id="change">"Change details"</h2>
            {error_summary(&m.form)}
            <form class="form narrow" method="post" action=format!("/documents/{id}") novalidate>
                {form_key()}
                {Field::new(&m.form, "title", "Title").required().text()}
                <div class="pair">
                    {Field::new(&m.form, "kind", "Kind").required().select(kinds())}
                    {Field::new(&m.form, "dated", "Date").required().hint("The day it is from.").date()}
                </div>
                {scope}
                {submit("Save changes")}
            </form>
        </section>
        <section aria-labelledby="remove">
            <h2 id="remove">"Remove document"</h2>
            <form class="inline-form" method="post" action=format!("/documents/{id}/remove")>
                {form_key()}
                <p class="hint">"You can undo it right after. It’s deleted after thirty days."</p>
                <button class="button" type="submit">"Remove document"</button>
            </form>
        </section>
    }
    .into_any()
}

/// Sample models: a PDF; a picture that a client handed in; a PDF with scripts,
/// with a refused form.
pub fn samples() -> Vec<Model> {
    use domain::form::Form;
    let id = DocumentId::from(uuid::Uuid::from_u128(1));
    let form = Form::from_pairs([("title", "Brief"), ("kind", "letter"), ("dated", "2026-11-24"), ("scope", "joint")]);
    let pdf = Model {
        id,
        file: sample("/documents/1", FileType::Pdf, false),
        about: vec![("Added".into(), "Tue 24 Nov, 10:00, by Dr Ruth Abrahams".into())],
        scopes: NoteScope::ALL.iter().map(|scope| (*scope, scope.label().to_owned())).collect(),
        form: FormState::new(form),
    };
    let picture = Model {
        file: sample("/documents/1", FileType::Jpeg, false),
        about: vec![("Handed in by".into(), "अनन्या शर्मा 💛".into()), ("Whose record".into(), "N".repeat(200))],
        scopes: vec![],
        ..pdf.clone()
    };
    let active = Model {
        file: sample("/documents/1", FileType::Pdf, true),
        form: crate::ui::refused("title", "Enter a title."),
        ..pdf.clone()
    };
    vec![pdf, picture, active]
}
