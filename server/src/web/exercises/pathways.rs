//! Pathways, and each client's pathway progress: the client's own copy of a
//! pathway.

use app::{
    pages::exercises::{
        pathway::{self, ForClient},
        pathway_form, pathway_progress,
        pathways::{self, Item},
    },
    text,
    ui::{FormState, Link, shell::Notice},
};
use domain::{
    clients::client::title,
    exercises::{
        assignment::Audience,
        authoring::slug_of,
        pathway::{PathStep, Pathway, fill_steps, read_ahead},
    },
    form::{Errors, Form, rows},
    ids::ClientId,
};
use store::{Ended, FormKey, LibraryEntry, PathwayEntry, PathwayProgress, ProgressChange};
use uuid::Uuid;

use super::assignments::{invite_ticked, recipient};
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with, redirect_with_undo},
    web::clients::below_record,
};

/// GET /pathways?client=: the list of pathways.
pub async fn index(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let rows = clinician.pathways().await?.into_iter().map(item).collect();
    let for_client = super::library::for_client(&clinician, asked.get("client")).await?;
    page.ok("Pathways", pathways::Model { rows, for_client }, pathways::view).await
}

/// A page that is below the list of pathways in the breadcrumbs.
fn below_pathways(page: &Page) -> Page {
    page.under("/pathways", "Pathways")
}

/// A pathway as the list shows it.
fn item(entry: PathwayEntry) -> Item {
    Item {
        author: entry.author_name.unwrap_or_default(),
        slug: entry.pathway.slug,
        title: entry.pathway.title,
        purpose: entry.pathway.purpose,
        article: entry.pathway.article,
        steps: entry.pathway.steps.len(),
    }
}

/// GET /pathways/{slug}?client=: a pathway, with the form that gives it to a
/// client.
pub async fn show(clinician: Clinician, page: Page, PathIds(slug): PathIds<String>, Query(asked): Query) -> Answer {
    let form = Form::from_pairs([("for", "everyone")]);
    let form = FormState::new(form);
    let model = model(&clinician, &slug, asked.get("client"), form).await?;
    below_pathways(&page).ok(&model.pathway.title.clone(), model, pathway::view).await
}

/// The model of a pathway's page. `client` is a client's id or empty.
async fn model(clinician: &Clinician, slug: &str, client: &str, form: FormState) -> Result<pathway::Model, Failure> {
    let entry = clinician.pathway(slug).await?.found()?;
    let library = clinician.library().await?;
    let for_client = match client.parse::<ClientId>() {
        Ok(id) => clinician.recipients(id).await?.map(|people| ForClient {
            id,
            title: title(people.iter().map(|person| person.name.as_str())),
            people: people.into_iter().map(recipient).collect(),
        }),
        Err(_) => None,
    };
    let clients = match for_client {
        Some(_) => vec![],
        None => clinician.clients().await?.iter().filter(|c| !c.archived).map(|c| (c.id, c.title())).collect(),
    };
    Ok(pathway::Model {
        titles: titles(&entry.pathway.steps, &library),
        mine: entry.author == Some(clinician.me()),
        pathway: entry.pathway,
        clients,
        for_client,
        form,
    })
}

/// The titles of the steps' exercises; the slug where an exercise is gone.
fn titles(steps: &[PathStep], library: &[LibraryEntry]) -> Vec<String> {
    let title = |slug: &str| library.iter().find(|e| e.document.slug == slug).map(|e| e.document.title.clone());
    steps.iter().map(|s| title(&s.exercise).unwrap_or_else(|| s.exercise.clone())).collect()
}

/// The exercises that a step can have: slug and label.
fn exercise_choices(library: &[LibraryEntry]) -> Vec<(String, String)> {
    let open = library.iter().filter(|e| !e.archived);
    open.map(|e| (e.document.slug.clone(), format!("{} ({} min)", e.document.title, e.document.minutes))).collect()
}

/// GET /pathways/new?from=: the form for a new pathway; `from` is the slug of a
/// pathway to copy.
pub async fn new(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let mut form = match asked.get("from") {
        "" => Form::default(),
        slug => clinician.pathway(slug).await?.found()?.pathway.form(),
    };
    while rows::count(&form) < 2 {
        let row = rows::count(&form);
        form.set(&rows::field(row, "exercise"), "");
    }
    let model = form_model(&clinician, None, FormState::new(form)).await?;
    below_pathways(&page).ok(&model.title.clone(), model, pathway_form::view).await
}

/// GET /pathways/{slug}/edit: the form that changes a pathway; only its author
/// may.
pub async fn edit(clinician: Clinician, page: Page, PathIds(slug): PathIds<String>) -> Answer {
    let entry = clinician.pathway(&slug).await?.filter(|e| e.author == Some(clinician.me())).found()?;
    let model = form_model(&clinician, Some(&entry.pathway), FormState::new(entry.pathway.form())).await?;
    below_pathways(&page).ok(&model.title.clone(), model, pathway_form::view).await
}

/// The model of a pathway's form; `of` is `None` for a new pathway.
async fn form_model(
    clinician: &Clinician,
    of: Option<&Pathway>,
    form: FormState,
) -> Result<pathway_form::Model, store::Error> {
    Ok(pathway_form::Model {
        title: of.map_or_else(|| "A new pathway".to_owned(), |p| format!("Edit “{}”", p.title)),
        lead: match of {
            Some(_) => "Couples already on this pathway are not affected.".to_owned(),
            None => "Exercises in order, over weeks.".to_owned(),
        },
        action: of.map_or_else(|| "/pathways".to_owned(), |p| format!("/pathways/{}/edit", p.slug)),
        named: true,
        exercises: exercise_choices(&clinician.library().await?),
        given: None,
        begins: true,
        form,
        back: Link::new("/pathways", "Back without saving"),
    })
}

/// POST /pathways: creates a pathway.
pub async fn create(clinician: Clinician, page: Page, PostedForm(form): PostedForm) -> Answer {
    save(&clinician, &page, None, form).await
}

/// POST /pathways/{slug}/edit: changes a pathway.
pub async fn update(
    clinician: Clinician,
    page: Page,
    PathIds(slug): PathIds<String>,
    PostedForm(form): PostedForm,
) -> Answer {
    let entry = clinician.pathway(&slug).await?.filter(|e| e.author == Some(clinician.me())).found()?;
    save(&clinician, &page, Some(entry.pathway), form).await
}

/// The form after a button that changes its rows; `None`: the button saves it.
fn changed_rows(form: &Form) -> Option<Form> {
    match form.get("do") {
        "save" => None,
        "add" => {
            let mut form = form.clone();
            let row = rows::count(&form);
            if row < domain::exercises::pathway::MAX_STEPS {
                form.set(&rows::field(row, "exercise"), "");
            }
            Some(form)
        }
        press => Some(rows::press(form, press).unwrap_or_else(|| form.clone())),
    }
}

/// Saves a pathway, or shows its form again with errors or changed rows.
async fn save(clinician: &Clinician, page: &Page, of: Option<Pathway>, form: Form) -> Answer {
    let state = if let Some(form) = changed_rows(&form) {
        FormState::new(form)
    } else {
        let library = clinician.library().await?;
        let slug = match &of {
            Some(pathway) => pathway.slug.clone(),
            None => slug_of(form.get("title"), clinician.pathways().await?.into_iter().map(|e| e.pathway.slug)),
        };
        match Pathway::read(&form, &slug, |slug| library.iter().any(|e| e.document.slug == slug)) {
            Ok(pathway) => {
                if clinician.save_pathway(&pathway).await? {
                    return Ok(redirect_with(&format!("/pathways/{slug}"), Notice::PathwaySaved));
                }
                FormState { form, errors: Errors::at_field("title", "Choose another title: this one is taken.") }
            }
            Err(errors) => FormState { form, errors },
        }
    };
    let refused = !state.errors.is_empty();
    let model = form_model(clinician, of.as_ref(), state).await?;
    let page = below_pathways(page);
    let title = model.title.clone();
    if refused {
        page.invalid(&title, model, pathway_form::view).await
    } else {
        page.ok(&title, model, pathway_form::view).await
    }
}

/// POST /pathways/{slug}/archive: archives a pathway.
pub async fn archive(clinician: Clinician, PathIds(slug): PathIds<String>) -> Answer {
    let bin = clinician.archive_pathway(&slug).await?.found()?;
    Ok(redirect_with_undo("/pathways", Notice::PathwayArchived, bin))
}

/// POST /clients/{id}/pathways: gives a pathway to a client.
pub async fn give(
    clinician: Clinician,
    page: Page,
    PathIds(client): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let slug = form.get("pathway").to_owned();
    let whom = match form.get("for") {
        "everyone" => Some(Audience::Everyone),
        id => id.parse().ok().map(Audience::One),
    };
    if let Some(whom) = whom
        && let Some(progress) = clinician.start_pathway(client, &slug, whom, FormKey::of_form(&form)).await?
    {
        invite_ticked(&clinician, client, &form).await?;
        return Ok(redirect_with(&format!("/pathway-progress/{progress}"), Notice::PathwayGiven));
    }
    let errors = Errors::at_field("for", "Choose whom it is for.");
    let model = model(&clinician, &slug, &client.to_string(), FormState { form, errors }).await?;
    model.for_client.is_some().found()?;
    below_pathways(&page).invalid(&model.pathway.title.clone(), model, pathway::view).await
}

/// GET /pathway-progress/{id}: a pathway progress.
pub async fn progress(clinician: Clinician, page: Page, PathIds(id): PathIds<Uuid>) -> Answer {
    let found = clinician.pathway_progress(id).await?.found()?;
    let zone = page.zone();
    let names = clinician.names(found.client).await?.unwrap_or_default();
    let alone = found.person.as_ref().map(|(_, name)| format!(", for {name} alone")).unwrap_or_default();
    let model = pathway_progress::Model {
        id,
        client: found.client,
        client_title: title(names.iter().map(|(_, n)| n.as_str())),
        title: found.title,
        lead: format!("Since {}{alone}", text::short(found.started_at, &zone)),
        over: found.ended_at.is_some(),
        steps: found
            .steps
            .into_iter()
            .map(|s| pathway_progress::Step {
                title: s.title,
                step: s.step,
                given: s.given.map(|(id, at)| (id, text::short_day(domain::zone::date_of(at, &zone)))),
            })
            .collect(),
    };
    page.under(format!("/clients/{}", model.client), model.client_title.clone())
        .ok(&model.title.clone(), model, pathway_progress::view)
        .await
}

/// GET /pathway-progress/{id}/edit: the form that changes the steps ahead.
pub async fn edit_progress(clinician: Clinician, page: Page, PathIds(id): PathIds<Uuid>) -> Answer {
    let found = clinician.pathway_progress(id).await?.filter(|w| w.ended_at.is_none()).found()?;
    let ahead: Vec<PathStep> = found.steps.iter().filter(|s| s.given.is_none()).map(|s| s.step.clone()).collect();
    let mut form = Form::default();
    fill_steps(&mut form, &ahead);
    let given = given_count(&found);
    let model = progress_model(&clinician, id, &found.title, given, FormState::new(form)).await?;
    let page = below_record(&clinician, &page, found.client).await?;
    let page = page.under(format!("/pathway-progress/{id}"), found.title);
    page.ok(&model.title.clone(), model, pathway_form::view).await
}

/// How many steps of a pathway progress have been given.
fn given_count(progress: &PathwayProgress) -> usize {
    progress.steps.iter().filter(|s| s.given.is_some()).count()
}

/// The model of the form that changes the steps ahead; `given` counts the steps
/// that are given already.
async fn progress_model(
    clinician: &Clinician,
    id: Uuid,
    name: &str,
    given: usize,
    form: FormState,
) -> Result<pathway_form::Model, store::Error> {
    Ok(pathway_form::Model {
        title: format!("Next steps of “{name}”"),
        lead: "For this client only. Assigned exercises are not affected.".to_owned(),
        action: format!("/pathway-progress/{id}/edit"),
        named: false,
        exercises: exercise_choices(&clinician.library().await?),
        given: Some(given),
        begins: false,
        form,
        back: Link::new(format!("/pathway-progress/{id}"), "Back without saving"),
    })
}

/// POST /pathway-progress/{id}/edit: changes the steps ahead.
pub async fn update_progress(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<Uuid>,
    PostedForm(form): PostedForm,
) -> Answer {
    let found = clinician.pathway_progress(id).await?.filter(|w| w.ended_at.is_none()).found()?;
    // A button that only changes the rows keeps the number that the page showed.
    let mut seen = form.get("given").parse().unwrap_or(usize::MAX);
    let state = if let Some(form) = changed_rows(&form) {
        FormState::new(form)
    } else {
        let library = clinician.library().await?;
        match read_ahead(&form, |slug| library.iter().any(|e| e.document.slug == slug)) {
            Ok(ahead) => match clinician.change_progress(id, seen, &ahead).await? {
                ProgressChange::Done => {
                    return Ok(redirect_with(&format!("/pathway-progress/{id}"), Notice::ProgressSaved));
                }
                ProgressChange::Gone => return Err(Failure::NotFound),
                ProgressChange::ChangedMeanwhile => {
                    let found = clinician.pathway_progress(id).await?.found()?;
                    seen = given_count(&found);
                    let last = found.steps.iter().rev().find(|s| s.given.is_some()).map_or("", |s| s.title.as_str());
                    let errors = Errors::of_form(format!(
                        "“{last}” was assigned in the meantime. Remove it below unless it is to be assigned once more, then save again."
                    ));
                    FormState { form, errors }
                }
            },
            Err(errors) => FormState { form, errors },
        }
    };
    let refused = !state.errors.is_empty();
    let model = progress_model(&clinician, id, &found.title, seen, state).await?;
    let page = below_record(&clinician, &page, found.client).await?;
    let page = page.under(format!("/pathway-progress/{id}"), found.title);
    let title = model.title.clone();
    if refused {
        page.invalid(&title, model, pathway_form::view).await
    } else {
        page.ok(&title, model, pathway_form::view).await
    }
}

/// POST /pathway-progress/{id}/next: gives the next step now.
pub async fn next(clinician: Clinician, PathIds(id): PathIds<Uuid>, PostedForm(form): PostedForm) -> Answer {
    // How many steps the page showed as given: a second press gives nothing more.
    let given = form.get("given").parse().unwrap_or(usize::MAX);
    clinician.give_next(id, given).await?.found()?;
    Ok(redirect(&format!("/pathway-progress/{id}")))
}

/// POST /pathway-progress/{id}/end: ends a pathway progress.
pub async fn end(clinician: Clinician, PathIds(id): PathIds<Uuid>) -> Answer {
    let here = format!("/pathway-progress/{id}");
    match clinician.end_pathway(id).await? {
        Ended::Done(bin) => Ok(redirect_with_undo(&here, Notice::PathwayEnded, bin)),
        Ended::EndedBefore => Ok(redirect_with(&here, Notice::PathwayEnded)),
        Ended::Gone => Err(Failure::NotFound),
    }
}
