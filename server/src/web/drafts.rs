//! Exercises that therapists write: drafts, versions, files.

use app::{
    pages::{builder, import},
    text,
    ui::{FormState, shell::Notice},
};
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use domain::{
    builder::add,
    form::{Errors, Form, rows},
};
use store::{ExerciseDraft, Imported, Published, Saved};
use uuid::Uuid;

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{At, Typed, Uploaded},
    library,
    page::{Page, redirect, redirect_with},
};

/// POST /drafts: `from` names an exercise to begin with.
pub async fn create(clinician: Clinician, Typed(form): Typed) -> Answer {
    let from = Some(form.get("from")).filter(|slug| !slug.is_empty());
    let id = clinician.start_draft(from, &Form::default()).await?.found()?;
    Ok(redirect(&format!("/drafts/{id}")))
}

/// GET /drafts/{id}
pub async fn show(clinician: Clinician, page: Page, At(id): At<Uuid>) -> Answer {
    let draft = clinician.draft(id).await?.found()?;
    let model = model(&page, draft, Errors::default());
    page.ok("Write an exercise", model, builder::view).await
}

fn model(page: &Page, draft: ExerciseDraft, errors: Errors) -> builder::Model {
    let from = draft.before.as_ref().map(|d| d.title.clone());
    builder::Model {
        draft: draft.id,
        version_of: from.clone().filter(|_| draft.slug.is_some()),
        made_from: from.filter(|_| draft.slug.is_none()),
        preview: domain::builder::preview(&draft.form, draft.before.as_ref()),
        saved_at: text::clock(draft.updated_at, &page.zone()),
        number: draft.number,
        form: FormState { form: draft.form, errors },
    }
}

/// POST /drafts/{id}: `do` is `save`, `preview`, `publish`, `add:kind`,
/// `up:n`, `down:n` or `remove:n`.
pub async fn update(clinician: Clinician, page: Page, At(id): At<Uuid>, Typed(mut form): Typed) -> Answer {
    let action = form.get("do").to_owned();
    let seen = form.get("number").parse().unwrap_or(-1);
    form.0.retain(|(name, _)| name != "do" && name != "number");
    let here = format!("/drafts/{id}");
    let mut place = String::new();
    if let Some(kind) = action.strip_prefix("add:") {
        if let Some(longer) = add(&form, kind) {
            form = longer;
        }
        place = format!("#step-{}", rows::count(&form).saturating_sub(1));
    } else if let Some(moved) = rows::press(&form, &action) {
        form = moved;
        let row = action.rsplit(':').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or_default();
        let row = match action.split(':').next() {
            Some("up") => row.saturating_sub(1),
            Some("down") => row + 1,
            _ => row,
        };
        place = format!("#step-{}", row.min(rows::count(&form).saturating_sub(1)));
    } else if action == "preview" {
        place = format!("#{}", builder::PREVIEW);
    }
    match clinician.save_exercise_draft(id, &form, seen).await? {
        Saved::Done(_) => {}
        Saved::Elsewhere(number) => {
            // Both stay: the other's in the draft, and these in front of who
            // typed them, to be put on top by one more press.
            let draft = clinician.draft(id).await?.found()?;
            let draft = ExerciseDraft { form, number, ..draft };
            let errors = Errors::whole(
                "This draft was also changed in another window. Nothing of this window is saved yet: save again to put it in place of the other, or open the draft anew to see that one.",
            );
            return page.again("Write an exercise", model(&page, draft, errors), builder::view).await;
        }
        Saved::Gone => {
            return match clinician.published_from(id, &form).await? {
                // Pressed twice.
                Some((slug, true)) => Ok(redirect_with(&format!("/library/{slug}"), Notice::Published)),
                _ if rows::count(&form) == 0 && form.get("title").is_empty() => Err(Failure::NotFound),
                _ => {
                    let id = clinician.revive_draft(&form).await?;
                    Ok(redirect_with(&format!("/drafts/{id}"), Notice::DraftRevived))
                }
            };
        }
    }
    if action != "publish" {
        return Ok(redirect(&format!("{here}{place}")));
    }
    match clinician.publish(id).await? {
        Published::Done(slug, _) => Ok(redirect_with(&format!("/library/{slug}"), Notice::Published)),
        Published::Gone => Err(Failure::NotFound),
        Published::Unfit(errors) => {
            let draft = clinician.draft(id).await?.found()?;
            page.again("Write an exercise", model(&page, draft, errors), builder::view).await
        }
        Published::Behind(version) => {
            let draft = clinician.draft(id).await?.found()?;
            let errors = Errors::whole(format!(
                "You published version {version} after this draft was begun, and what it changed is not in here. Look at it in the library first; put this into the library once more to let it follow as version {}.",
                version + 1
            ));
            page.again("Write an exercise", model(&page, draft, errors), builder::view).await
        }
    }
}

/// POST /drafts/{id}/discard
pub async fn discard(clinician: Clinician, At(id): At<Uuid>) -> Answer {
    clinician.discard_draft(id).await?.found()?;
    Ok(redirect_with("/library", Notice::Discarded))
}

/// GET /library/import
pub async fn import_form(_: Clinician, page: Page) -> Answer {
    page.ok("Take in an exercise", import::Model::default(), import::view).await
}

/// POST /library/import
pub async fn import(clinician: Clinician, page: Page, Uploaded(mut form): Uploaded) -> Answer {
    // A file is shown as text where it has to be mended.
    let file = form.get("file").to_owned();
    if !file.trim().is_empty() {
        form.set("text", file);
    }
    form.0.retain(|(name, _)| name == "text" || name == "title");
    let read = match form.get("text").trim() {
        "" => Err("Please choose a file, or paste its text.".to_owned()),
        _ => library::read_file(form.get("text")),
    };
    let errors = match read {
        Err(fault) => Errors::one("text", fault),
        Ok(mut document) => {
            let title = form.get("title").trim();
            if !title.is_empty() {
                document.title = title.to_owned();
            }
            match document.problems().first() {
                Some(problem) => Errors::one("title", problem.sentence()),
                None => match clinician.import_exercise(&document).await? {
                    Imported::Done(slug, _) => {
                        return Ok(redirect_with(&format!("/library/{slug}"), Notice::Published));
                    }
                    Imported::Same(slug) => return Ok(redirect_with(&format!("/library/{slug}"), Notice::TheSame)),
                    Imported::Twin => {
                        form.set("title", document.title.clone());
                        Errors::one(
                            "title",
                            "The library has an exercise of this title. Another one keeps the two apart; where it is the same, nothing has to be taken in.",
                        )
                    }
                },
            }
        }
    };
    let model = import::Model { form: FormState { form, errors } };
    page.again("Take in an exercise", model, import::view).await
}

/// GET /library/{slug}/file
pub async fn export(clinician: Clinician, At(slug): At<String>) -> Result<Response, Failure> {
    let entry = clinician.exercise(&slug).await?.found()?;
    let text = library::write_file(&entry.document).map_err(|e| Failure::from(store::Error::Stored(e)))?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}.toml\"", entry.document.slug))
        .map_err(|_| Failure::NotFound)?;
    let kind = HeaderValue::from_static("application/toml; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

/// POST /library/{slug}/archive
pub async fn archive(clinician: Clinician, At(slug): At<String>) -> Answer {
    clinician.set_exercise_archived(&slug, true).await?.found()?;
    Ok(redirect_with(&format!("/library/{slug}"), Notice::Archived))
}

/// POST /library/{slug}/restore
pub async fn restore(clinician: Clinician, At(slug): At<String>) -> Answer {
    clinician.set_exercise_archived(&slug, false).await?.found()?;
    Ok(redirect_with(&format!("/library/{slug}"), Notice::Restored))
}
