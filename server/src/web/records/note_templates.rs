//! The templates of notes, as the owner changes them.

use app::{
    pages::records::note_templates::{self, Item, List, Model},
    ui::{FormState, shell::Notice},
};
use domain::{
    form::{Errors, Form, rows},
    ids::NoteTemplateId,
    records::note::{NoteTemplate, template::SECTIONS_MAX},
};
use store::{FormKey, NoteTemplateChange, NoteTemplateEntry};

use crate::{
    access::Owner,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
};

/// The address of the list.
const LIST: &str = "/practice/note-templates";

/// GET /practice/note-templates: the list of the templates.
pub async fn index(owner: Owner, page: Page) -> Answer {
    let items = owner.note_templates().await?.into_iter().map(|(entry, notes)| item(entry, notes)).collect();
    page.under("/practice/notes", "Notes").ok("Note templates", List { items }, note_templates::list).await
}

/// A template as the list shows it.
fn item(entry: NoteTemplateEntry, notes: i64) -> Item {
    Item {
        id: entry.id,
        title: entry.template.title,
        purpose: entry.template.purpose,
        sections: entry.template.sections.len(),
        version: entry.version,
        by: entry.made_by.map_or_else(|| "as shipped".to_owned(), |name| format!("by {name}")),
        notes,
        archived: entry.archived,
    }
}

/// GET /practice/note-templates/new: the form for a new template.
pub async fn new(_: Owner, page: Page) -> Answer {
    let form = Form::from_pairs([(rows::field(0, "label"), "")]);
    let model = Model { form: FormState::new(form), ..Model::default() };
    below(&page).ok("New note template", model, note_templates::view).await
}

/// GET /practice/note-templates/{id}: the form that changes a template.
pub async fn show(owner: Owner, page: Page, PathIds(id): PathIds<NoteTemplateId>) -> Answer {
    let entry = owner.note_template(id).await?.found()?;
    let mut form = Form::default();
    entry.template.fill(&mut form);
    below(&page).ok("Note template", model(&entry, FormState::new(form)), note_templates::view).await
}

/// The form's model for a template.
fn model(entry: &NoteTemplateEntry, form: FormState) -> Model {
    Model { id: Some(entry.id), version: entry.version, archived: entry.archived, form }
}

/// The page below the list in the breadcrumbs.
fn below(page: &Page) -> Page {
    page.under("/practice/notes", "Notes").under(LIST, "Note templates")
}

/// The form after a button that changes its rows or only shows it; `None`: the
/// button saves it.
fn changed_rows(form: &Form) -> Option<Form> {
    match form.get("do") {
        "save" => None,
        "add" => {
            let mut form = form.clone();
            let row = rows::count(&form);
            if row < SECTIONS_MAX {
                form.set(&rows::field(row, "label"), "");
            }
            Some(form)
        }
        press => Some(rows::press(form, press).unwrap_or_else(|| form.clone())),
    }
}

/// POST /practice/note-templates: adds a template, or shows the form again with
/// changed rows.
pub async fn create(owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    let state = match changed_rows(&form) {
        Some(changed) => FormState::new(changed),
        None => match NoteTemplate::read(&form) {
            Ok(template) => {
                owner.add_note_template(&template, FormKey::of_form(&form)).await?;
                return Ok(redirect_with(LIST, Notice::NoteTemplateSaved));
            }
            Err(errors) => FormState { form, errors },
        },
    };
    let model = Model { form: state, ..Model::default() };
    below(&page).invalid("New note template", model, note_templates::view).await
}

/// POST /practice/note-templates/{id}: writes a new version of a template, or shows
/// the form again with changed rows.
pub async fn update(
    owner: Owner,
    page: Page,
    PathIds(id): PathIds<NoteTemplateId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let entry = owner.note_template(id).await?.found()?;
    let mut seen = form.get("version").parse().unwrap_or(0);
    let state = match changed_rows(&form) {
        Some(changed) => FormState::new(changed),
        None => match NoteTemplate::read(&form) {
            Ok(template) => match owner.change_note_template(id, seen, &template).await? {
                NoteTemplateChange::Done(_) | NoteTemplateChange::TheSame => {
                    return Ok(redirect_with(LIST, Notice::NoteTemplateSaved));
                }
                NoteTemplateChange::Behind => {
                    seen = entry.version;
                    let errors = Errors::of_form(format!(
                        "Version {} was made in the meantime. Your text is below; save again to make it the next one.",
                        entry.version
                    ));
                    FormState { form, errors }
                }
                NoteTemplateChange::Gone => return Err(Failure::NotFound),
            },
            Err(errors) => FormState { form, errors },
        },
    };
    let model = Model { version: seen, ..model(&entry, state) };
    below(&page).invalid("Note template", model, note_templates::view).await
}

/// POST /practice/note-templates/{id}/archive: archives a template, or brings it
/// back with `do` as `restore`.
pub async fn archive(owner: Owner, PathIds(id): PathIds<NoteTemplateId>, PostedForm(form): PostedForm) -> Answer {
    let archived = form.get("do") != "restore";
    owner.archive_note_template(id, archived).await?.then_some(()).found()?;
    let notice = if archived { Notice::NoteTemplateArchived } else { Notice::NoteTemplateRestored };
    Ok(redirect_with(LIST, notice))
}
