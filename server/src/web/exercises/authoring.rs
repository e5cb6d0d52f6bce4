//! Authoring: exercises that therapists write as exercise drafts, publish as
//! versions, and import or export as files.

use app::{
    pages::exercises::{authoring, drafts, import},
    text,
    ui::{FormState, shell::Notice},
};
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use domain::{
    exercises::authoring::add_step,
    form::{Errors, Form, rows},
    typed,
};
use store::{DraftSaved, ExerciseDraft, ExerciseImported, ExercisePublished, FormKey};
use uuid::Uuid;

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{FormWithFiles, PathIds, PostedForm, Query},
    library,
    page::{Page, redirect, redirect_with, redirect_with_undo},
    paging::List,
};

/// GET /authoring?drafts=: the list of the reader's exercise drafts.
pub async fn index(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let list = List::new("/authoring", "drafts", "drafts", &asked);
    let found = clinician.drafts(list.after()).await?;
    let pager = list.pager(found.more, ["Latest drafts", "Older drafts"]);
    let rows = found.map(|(id, title, at)| (id, title, text::short(at, &page.zone()))).rows;
    page.ok("My drafts", drafts::Model { rows, pager }, drafts::view).await
}

/// POST /authoring: starts an exercise draft; `from` is the slug of an exercise to
/// copy.
pub async fn create(clinician: Clinician, PostedForm(form): PostedForm) -> Answer {
    let from = Some(form.get("from")).filter(|slug| !slug.is_empty());
    let id = clinician.start_draft(from, &Form::default()).await?.found()?;
    Ok(redirect(&format!("/authoring/{id}")))
}

/// GET /authoring/{id}: the editor of an exercise draft.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<Uuid>) -> Answer {
    let draft = clinician.draft(id).await?.found()?;
    let model = model(&page, draft, Errors::default());
    below_drafts(&page).ok(TITLE, model, authoring::view).await
}

/// The editor's model.
fn model(page: &Page, draft: ExerciseDraft, errors: Errors) -> authoring::Model {
    let from = draft.before.as_ref().map(|d| d.title.clone());
    authoring::Model {
        draft: draft.id,
        version_of: from.clone().filter(|_| draft.slug.is_some()),
        made_from: from.filter(|_| draft.slug.is_none()),
        preview: domain::exercises::authoring::preview(&draft.form, draft.before.as_ref()),
        saved_at: text::clock(draft.updated_at, &page.zone()),
        number: draft.number,
        form: FormState { form: draft.form, errors },
    }
}

/// The title of the editor's page.
const TITLE: &str = "Write an exercise";

/// A page that is below the therapist's drafts in the breadcrumbs.
fn below_drafts(page: &Page) -> Page {
    page.under("/authoring", "My drafts")
}

/// POST /authoring/{id}: saves an exercise draft, then does what `do` says:
/// `save`, `preview`, `publish`, `add:kind`, `up:n`, `down:n` or `remove:n`.
pub async fn update(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<Uuid>,
    PostedForm(mut form): PostedForm,
) -> Answer {
    let action = form.get("do").to_owned();
    let seen = form.get("number").parse().unwrap_or(-1);
    form.0.retain(|(name, _)| !matches!(name.as_str(), "do" | "number" | FormKey::FIELD));
    let before = action.starts_with("remove:").then(|| form.clone());
    let place = press(&mut form, &action);
    let here = format!("/authoring/{id}{place}");
    if form.is_shown_again() {
        let (draft, errors) = (clinician.draft(id).await?.found()?, form.shown_again_error());
        form.0.retain(|(name, _)| name != Form::SHOWN_AGAIN);
        return show_draft(&page, ExerciseDraft { form, ..draft }, errors).await;
    }
    match clinician.save_exercise_draft(id, &form, seen).await? {
        DraftSaved::Done(number) => {
            if let Some(before) = before {
                let bin = clinician.keep_removed_step(id, &before, number).await?;
                return Ok(redirect_with_undo(&here, Notice::StepRemoved, bin));
            }
        }
        DraftSaved::Elsewhere(number) => {
            // Both versions are kept: the other window's in the draft, this
            // one in the form. Saving the form again replaces the other.
            let draft = clinician.draft(id).await?.found()?;
            let errors = Errors::of_form(
                "This draft was also changed in another window. Nothing of this window is saved yet. Save again \
                 to replace the other text, or open the draft again to see it.",
            );
            return show_draft(&page, ExerciseDraft { form, number, ..draft }, errors).await;
        }
        DraftSaved::Gone => return revive(&clinician, id, &form).await,
    }
    if action == "publish" { publish(&clinician, &page, id).await } else { Ok(redirect(&here)) }
}

/// Changes the form as a button of the editor asks. Returns the anchor of the place
/// on the page where the change is seen; empty: the page's beginning.
fn press(form: &mut Form, action: &str) -> String {
    if let Some(kind) = action.strip_prefix("add:") {
        if let Some(longer) = add_step(form, kind) {
            *form = longer;
        }
        format!("#step-{}", rows::count(form).saturating_sub(1))
    } else if let Some(moved) = rows::press(form, action) {
        *form = moved;
        let row = action.rsplit(':').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or_default();
        let row = match action.split(':').next() {
            Some("up") => row.saturating_sub(1),
            Some("down") => row + 1,
            _ => row,
        };
        format!("#step-{}", row.min(rows::count(form).saturating_sub(1)))
    } else if action == "preview" {
        format!("#{}", authoring::PREVIEW)
    } else {
        String::new()
    }
}

/// Shows the editor again, with errors.
async fn show_draft(page: &Page, draft: ExerciseDraft, errors: Errors) -> Answer {
    below_drafts(page).invalid(TITLE, model(page, draft, errors), authoring::view).await
}

/// Answers a form whose draft is gone: it was published, or it is in the bin.
async fn revive(clinician: &Clinician, id: Uuid, form: &Form) -> Answer {
    match clinician.published_from(id, form).await? {
        // The button was pressed twice.
        Some((slug, true)) => Ok(redirect_with(&format!("/library/{slug}"), Notice::Published)),
        _ if rows::count(form) == 0 && form.get("title").is_empty() => Err(Failure::NotFound),
        _ => {
            let id = clinician.revive_draft(id, form).await?.found()?;
            Ok(redirect_with(&format!("/authoring/{id}"), Notice::DraftRevived))
        }
    }
}

/// Publishes a draft, or shows it with the reason why it cannot be published.
async fn publish(clinician: &Clinician, page: &Page, id: Uuid) -> Answer {
    let errors = match clinician.publish(id).await? {
        ExercisePublished::Done(slug, _) => {
            return Ok(redirect_with(&format!("/library/{slug}"), Notice::Published));
        }
        ExercisePublished::Gone => return Err(Failure::NotFound),
        ExercisePublished::Unfit(errors) => errors,
        ExercisePublished::Behind(version) => Errors::of_form(format!(
            "You published version {version} after this draft was begun, and its changes are not in here. \
             Look at it in the library first. Publish this again to make it version {}.",
            version + 1
        )),
    };
    let draft = clinician.draft(id).await?.found()?;
    show_draft(page, draft, errors).await
}

/// POST /authoring/{id}/discard: puts an exercise draft into the bin.
pub async fn discard(clinician: Clinician, PathIds(id): PathIds<Uuid>) -> Answer {
    let bin = clinician.discard_draft(id).await?.found()?;
    Ok(redirect_with_undo("/authoring", Notice::Discarded, bin))
}

/// GET /library/import: the form that imports an exercise.
pub async fn import_form(_: Clinician, page: Page) -> Answer {
    page.ok("Import exercise", import::Model::default(), import::view).await
}

/// POST /library/import: imports an exercise from a file or pasted text.
pub async fn import(clinician: Clinician, page: Page, FormWithFiles(mut form): FormWithFiles) -> Answer {
    // The text of a file is shown in the form, where it can be corrected.
    let file = form.get("file").to_owned();
    if !typed::is_blank(&file) {
        form.set("text", file);
    }
    let only_shown = form.shown_again_error();
    form.0.retain(|(name, _)| name == "text" || name == "title");
    if !only_shown.is_empty() {
        let model = import::Model { form: FormState { form, errors: only_shown } };
        return page.invalid("Import exercise", model, import::view).await;
    }
    let read = match form.get("text") {
        text if typed::is_blank(text) => Err("Choose a file, or paste its text.".to_owned()),
        text => library::read_file(text),
    };
    let errors = match read {
        Err(fault) => Errors::at_field("text", fault),
        Ok(mut document) => {
            let title = typed::line(form.get("title"));
            if !title.is_empty() {
                document.title = title;
            }
            match document.problems().first() {
                Some(problem) => Errors::at_field("title", problem.sentence()),
                None => match clinician.import_exercise(&document).await? {
                    ExerciseImported::Done(slug, _) => {
                        return Ok(redirect_with(&format!("/library/{slug}"), Notice::Published));
                    }
                    ExerciseImported::Same(slug) => {
                        return Ok(redirect_with(&format!("/library/{slug}"), Notice::TheSame));
                    }
                    ExerciseImported::Twin => {
                        form.set("title", document.title.clone());
                        Errors::at_field("title", "Enter another title: the library has an exercise with this one.")
                    }
                },
            }
        }
    };
    let model = import::Model { form: FormState { form, errors } };
    page.invalid("Import exercise", model, import::view).await
}

/// GET /library/{slug}/file: downloads an exercise as a TOML file.
pub async fn export(clinician: Clinician, PathIds(slug): PathIds<String>) -> Result<Response, Failure> {
    let entry = clinician.exercise(&slug).await?.found()?;
    let text = library::write_file(&entry.document).map_err(|e| Failure::from(store::Error::Stored(e)))?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}.toml\"", entry.document.slug))
        .map_err(|_| Failure::NotFound)?;
    let kind = HeaderValue::from_static("application/toml; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

/// POST /library/{slug}/archive: archives an exercise.
pub async fn archive(clinician: Clinician, PathIds(slug): PathIds<String>) -> Answer {
    clinician.set_exercise_archived(&slug, true).await?.found()?;
    Ok(redirect_with_undo(&format!("/library/{slug}"), Notice::ExerciseArchived, &slug))
}

/// POST /library/{slug}/restore: takes an exercise out of the archive.
pub async fn restore(clinician: Clinician, PathIds(slug): PathIds<String>) -> Answer {
    clinician.set_exercise_archived(&slug, false).await?.found()?;
    Ok(redirect_with(&format!("/library/{slug}"), Notice::Restored))
}
