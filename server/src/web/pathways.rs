//! Pathways, and the walks that clients take along them.

use app::{
    pages::{
        pathway::{self, ForClient},
        pathway_form,
        pathways::{self, Item},
        walk,
    },
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    assignment::For,
    builder::slug_of,
    client::title,
    exercise::Article,
    form::{Errors, Form, Reader, rows},
    ids::ClientId,
    pathway::{PathStep, Pathway, fill_steps, read_steps},
};
use store::{Changed, FormKey, LibraryEntry, PathwayEntry, Walk};
use uuid::Uuid;

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect, redirect_with},
};

/// GET /pathways?client=
pub async fn index(clinician: Clinician, page: Page, Asked(asked): Asked) -> Answer {
    let rows = clinician.pathways().await?.into_iter().map(item).collect();
    let for_client = super::library::for_client(&clinician, asked.get("client")).await?;
    page.ok("Pathways", pathways::Model { rows, for_client }, pathways::view).await
}

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

/// GET /pathways/{slug}?client=
pub async fn show(clinician: Clinician, page: Page, At(slug): At<String>, Asked(asked): Asked) -> Answer {
    let mut form = Form::from_pairs([("for", "everyone")]);
    FormKey::give(&mut form);
    let form = FormState::new(form);
    let model = model(&clinician, &slug, asked.get("client"), form).await?;
    page.ok(&model.pathway.title.clone(), model, pathway::view).await
}

async fn model(clinician: &Clinician, slug: &str, client: &str, form: FormState) -> Result<pathway::Model, Failure> {
    let entry = clinician.pathway(slug).await?.found()?;
    let library = clinician.library().await?;
    let for_client = match client.parse::<ClientId>() {
        Ok(id) => clinician.names(id).await?.map(|people| ForClient {
            id,
            title: title(people.iter().map(|(_, name)| name.as_str())),
            people,
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

fn titles(steps: &[PathStep], library: &[LibraryEntry]) -> Vec<String> {
    let title = |slug: &str| library.iter().find(|e| e.document.slug == slug).map(|e| e.document.title.clone());
    steps.iter().map(|s| title(&s.exercise).unwrap_or_else(|| s.exercise.clone())).collect()
}

fn choices(library: &[LibraryEntry]) -> Vec<(String, String)> {
    let open = library.iter().filter(|e| !e.archived);
    open.map(|e| (e.document.slug.clone(), format!("{} ({} min)", e.document.title, e.document.minutes))).collect()
}

/// GET /pathways/new?from=
pub async fn new(clinician: Clinician, page: Page, Asked(asked): Asked) -> Answer {
    let mut form = match asked.get("from") {
        "" => Form::default(),
        slug => clinician.pathway(slug).await?.found()?.pathway.form(),
    };
    while rows::count(&form) < 2 {
        let row = rows::count(&form);
        form.set(&rows::field(row, "exercise"), "");
    }
    let model = form_model(&clinician, None, FormState::new(form)).await?;
    page.ok(&model.title.clone(), model, pathway_form::view).await
}

/// GET /pathways/{slug}/edit
pub async fn edit(clinician: Clinician, page: Page, At(slug): At<String>) -> Answer {
    let entry = clinician.pathway(&slug).await?.filter(|e| e.author == Some(clinician.me())).found()?;
    let model = form_model(&clinician, Some(&entry.pathway), FormState::new(entry.pathway.form())).await?;
    page.ok(&model.title.clone(), model, pathway_form::view).await
}

async fn form_model(
    clinician: &Clinician,
    of: Option<&Pathway>,
    form: FormState,
) -> Result<pathway_form::Model, store::Error> {
    Ok(pathway_form::Model {
        title: of.map_or_else(|| "A new pathway".to_owned(), |p| format!("Change “{}”", p.title)),
        lead: "Whoever walks it already goes on as they were.".to_owned(),
        action: of.map_or_else(|| "/pathways".to_owned(), |p| format!("/pathways/{}/edit", p.slug)),
        named: true,
        exercises: choices(&clinician.library().await?),
        given: None,
        begins: true,
        form,
        back: ("/pathways".to_owned(), "Leave without saving".to_owned()),
    })
}

/// POST /pathways
pub async fn create(clinician: Clinician, page: Page, Typed(form): Typed) -> Answer {
    save(&clinician, &page, None, form).await
}

/// POST /pathways/{slug}/edit
pub async fn update(clinician: Clinician, page: Page, At(slug): At<String>, Typed(form): Typed) -> Answer {
    let entry = clinician.pathway(&slug).await?.filter(|e| e.author == Some(clinician.me())).found()?;
    save(&clinician, &page, Some(entry.pathway), form).await
}

/// What a press makes of the rows; `None`: it is to be saved.
fn pressed(form: &Form) -> Option<Form> {
    match form.get("do") {
        "save" => None,
        "add" => {
            let mut form = form.clone();
            let row = rows::count(&form);
            if row < domain::pathway::STEPS {
                form.set(&rows::field(row, "exercise"), "");
            }
            Some(form)
        }
        press => Some(rows::press(form, press).unwrap_or_else(|| form.clone())),
    }
}

async fn save(clinician: &Clinician, page: &Page, of: Option<Pathway>, form: Form) -> Answer {
    let state = if let Some(form) = pressed(&form) {
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
                    return Ok(redirect_with(&format!("/pathways/{slug}"), Notice::Saved));
                }
                FormState { form, errors: Errors::one("title", "Please choose another title: this one is taken.") }
            }
            Err(errors) => FormState { form, errors },
        }
    };
    let refused = !state.errors.is_empty();
    let model = form_model(clinician, of.as_ref(), state).await?;
    let title = model.title.clone();
    if refused {
        page.again(&title, model, pathway_form::view).await
    } else {
        page.ok(&title, model, pathway_form::view).await
    }
}

/// POST /pathways/{slug}/archive
pub async fn archive(clinician: Clinician, At(slug): At<String>) -> Answer {
    clinician.archive_pathway(&slug).await?.found()?;
    Ok(redirect_with("/pathways", Notice::Archived))
}

/// POST /clients/{id}/walks
pub async fn give(clinician: Clinician, page: Page, At(client): At<ClientId>, Typed(mut form): Typed) -> Answer {
    let slug = form.get("pathway").to_owned();
    let whom = match form.get("for") {
        "everyone" => Some(For::Everyone),
        id => id.parse().ok().map(For::One),
    };
    if let Some(whom) = whom
        && let Some(walk) = clinician.walk(client, &slug, whom, FormKey::read(&form)).await?
    {
        return Ok(redirect_with(&format!("/walks/{walk}"), Notice::PathwayGiven));
    }
    FormKey::give(&mut form);
    let errors = Errors::one("for", "Please choose whom this is for.");
    let model = model(&clinician, &slug, &client.to_string(), FormState { form, errors }).await?;
    model.for_client.is_some().found()?;
    page.again(&model.pathway.title.clone(), model, pathway::view).await
}

/// GET /walks/{id}
pub async fn walk(clinician: Clinician, page: Page, At(id): At<Uuid>) -> Answer {
    let found = clinician.walk_of(id).await?.found()?;
    let zone = page.zone();
    let names = clinician.names(found.client).await?.unwrap_or_default();
    let alone = found.person.as_ref().map(|(_, name)| format!(", for {name} alone")).unwrap_or_default();
    let model = walk::Model {
        id,
        client: found.client,
        client_title: title(names.iter().map(|(_, n)| n.as_str())),
        title: found.title,
        lead: format!("Since {}{alone}", text::short(found.started_at, &zone)),
        over: found.ended_at.is_some(),
        steps: found
            .steps
            .into_iter()
            .map(|s| walk::Step {
                title: s.title,
                step: s.step,
                given: s.given.map(|(id, at)| (id, text::short_day(domain::zone::today(at, &zone)))),
            })
            .collect(),
    };
    page.ok(&model.title.clone(), model, walk::view).await
}

/// GET /walks/{id}/edit
pub async fn edit_walk(clinician: Clinician, page: Page, At(id): At<Uuid>) -> Answer {
    let found = clinician.walk_of(id).await?.filter(|w| w.ended_at.is_none()).found()?;
    let ahead: Vec<PathStep> = found.steps.iter().filter(|s| s.given.is_none()).map(|s| s.step.clone()).collect();
    let mut form = Form::default();
    fill_steps(&mut form, &ahead);
    let given = given(&found);
    let model = walk_model(&clinician, id, &found.title, given, FormState::new(form)).await?;
    page.ok(&model.title.clone(), model, pathway_form::view).await
}

fn given(walk: &Walk) -> usize {
    walk.steps.iter().filter(|s| s.given.is_some()).count()
}

async fn walk_model(
    clinician: &Clinician,
    id: Uuid,
    name: &str,
    given: usize,
    form: FormState,
) -> Result<pathway_form::Model, store::Error> {
    Ok(pathway_form::Model {
        title: format!("What is to come of “{name}”"),
        lead: "For this client alone. What was given stands.".to_owned(),
        action: format!("/walks/{id}/edit"),
        named: false,
        exercises: choices(&clinician.library().await?),
        given: Some(given),
        begins: false,
        form,
        back: (format!("/walks/{id}"), "Leave without saving".to_owned()),
    })
}

/// POST /walks/{id}/edit
pub async fn update_walk(clinician: Clinician, page: Page, At(id): At<Uuid>, Typed(form): Typed) -> Answer {
    let found = clinician.walk_of(id).await?.filter(|w| w.ended_at.is_none()).found()?;
    // A press that only draws the page anew keeps what its reader knows.
    let mut seen = form.get("given").parse().unwrap_or(usize::MAX);
    let state = if let Some(form) = pressed(&form) {
        FormState::new(form)
    } else {
        let library = clinician.library().await?;
        match read_ahead(&form, &found.title, &library) {
            Ok(ahead) => match clinician.change_walk(id, seen, &ahead).await? {
                Changed::Done => return Ok(redirect_with(&format!("/walks/{id}"), Notice::Saved)),
                Changed::Gone => return Err(Failure::NotFound),
                Changed::Meanwhile => {
                    let found = clinician.walk_of(id).await?.found()?;
                    seen = given(&found);
                    let last = found.steps.iter().rev().find(|s| s.given.is_some()).map_or("", |s| s.title.as_str());
                    let errors = Errors::whole(format!(
                        "“{last}” was given in the meantime, and stands. Take it out below unless it is to be given once more, then save again."
                    ));
                    FormState { form, errors }
                }
            },
            Err(errors) => FormState { form, errors },
        }
    };
    let refused = !state.errors.is_empty();
    let model = walk_model(&clinician, id, &found.title, seen, state).await?;
    let title = model.title.clone();
    if refused {
        page.again(&title, model, pathway_form::view).await
    } else {
        page.ok(&title, model, pathway_form::view).await
    }
}

/// The steps ahead of a walk: each has to say when its turn comes.
fn read_ahead(form: &Form, name: &str, library: &[LibraryEntry]) -> Result<Vec<PathStep>, Errors> {
    let mut r = Reader::new(form);
    let steps = read_steps(&mut r, form);
    r.finish()?;
    let steps = steps?;
    // With what was given in front of it, as the pathway it is.
    let given = PathStep { exercise: "given".to_owned(), ..PathStep::default() };
    let whole = Pathway {
        slug: "walk".to_owned(),
        title: name.to_owned(),
        purpose: name.to_owned(),
        article: Article::Own,
        cautions: String::new(),
        steps: std::iter::once(given).chain(steps.iter().cloned()).collect(),
    };
    let mut errors = Errors::default();
    for problem in whole.problems(|slug| slug == "given" || library.iter().any(|e| e.document.slug == slug)) {
        if let Some(row) = problem.step.and_then(|n| n.checked_sub(1)) {
            errors.add(&rows::field(row, "exercise"), problem.sentence());
        }
    }
    errors.into_result().map(|()| steps)
}

/// POST /walks/{id}/next
pub async fn next(clinician: Clinician, At(id): At<Uuid>, Typed(form): Typed) -> Answer {
    // What the page showed as given: a second press gives nothing more.
    let given = form.get("given").parse().unwrap_or(usize::MAX);
    clinician.give_next(id, given).await?.found()?;
    Ok(redirect(&format!("/walks/{id}")))
}

/// POST /walks/{id}/end
pub async fn end(clinician: Clinician, At(id): At<Uuid>) -> Answer {
    clinician.end_walk(id).await?.found()?;
    Ok(redirect_with(&format!("/walks/{id}"), Notice::PathwayEnded))
}
