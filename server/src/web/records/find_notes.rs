//! Finding notes within one client's record.

use app::{pages::records::find_notes::Model, ui::FormState};
use domain::{
    form::{Errors, Form},
    ids::ClientId,
    records::note_search::NoteSearch,
};

use crate::{
    access::Clinician,
    address::query,
    error::{Failure, Found as _},
};

/// The search above a client's notes, and what it asks for; `None`: nothing, or it
/// was refused and its form has the errors.
pub(crate) async fn read(
    clinician: &Clinician,
    client: ClientId,
    asked: &Form,
) -> Result<(Model, Option<NoteSearch>), Failure> {
    let filters = clinician.note_filters(client).await?.found()?;
    let typed = NoteSearch::FIELDS.map(|name| (name, asked.get(name)));
    let form = Form::from_pairs(typed);
    let (search, errors) = match NoteSearch::read(&form) {
        Ok(search) => (Some(search).filter(|search| !search.is_empty()), Errors::default()),
        Err(errors) => (None, errors),
    };
    let model = Model {
        form: FormState { form, errors },
        any: !filters.authors.is_empty(),
        templates: filters.templates.into_iter().map(|(id, title)| (id.to_string(), title)).collect(),
        authors: filters.authors.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        is_search: search.is_some(),
    };
    Ok((model, search))
}

/// The address of the notes that this search finds.
pub(crate) fn address(client: ClientId, asked: &Form) -> String {
    let mut fields = vec![("tab", "notes")];
    fields.extend(
        NoteSearch::FIELDS.map(|name| (name, asked.get(name))).into_iter().filter(|(_, value)| !value.is_empty()),
    );
    format!("/clients/{client}?{}", query(&fields))
}
