//! Exercises given to clients, and what came back.

use app::{
    pages::{assign, assignment},
    ui::{FormState, shell::Notice},
};
use domain::{
    assignment::NewAssignment,
    client::title,
    form::{Errors, Form},
    ids::{AssignmentId, ClientId},
    reading, zone,
};

use super::clients::due_words;
use crate::{
    access::Clinician,
    error::{Answer, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect_with},
};

/// GET /clients/{id}/assignments/new?exercise=
pub async fn new(clinician: Clinician, page: Page, At(id): At<ClientId>, Asked(asked): Asked) -> Answer {
    let mut form = Form::from_pairs([("for", "everyone"), ("due", "before_next")]);
    form.set("exercise", asked.get("exercise"));
    if !clinician.has_next_session(id).await? {
        form.set("due", "on_date");
        let day = zone::today(clinician.now(), &page.practice_zone()) + chrono::Duration::days(7);
        form.set("due_on", day.to_string());
    }
    let mut model = model(&clinician, id, FormState::new(form)).await?.found()?;
    if let [(one, _)] = model.people.as_slice() {
        model.form.form.set("for", one.to_string());
    }
    page.ok("Assign an exercise", model, assign::view).await
}

async fn model(clinician: &Clinician, id: ClientId, form: FormState) -> Result<Option<assign::Model>, store::Error> {
    let Some(people) = clinician.names(id).await? else { return Ok(None) };
    let library = clinician.library().await?;
    let chosen = library.iter().find(|e| e.document.slug == form.form.get("exercise"));
    Ok(Some(assign::Model {
        client: id,
        title: title(people.iter().map(|(_, n)| n.as_str())),
        exercise: chosen.map(|e| (e.document.slug.clone(), e.document.title.clone())),
        exercises: library
            .iter()
            .map(|e| (e.document.slug.clone(), e.document.title.clone(), e.document.minutes))
            .collect(),
        has_next: clinician.has_next_session(id).await?,
        people,
        form,
    }))
}

/// POST /clients/{id}/assignments
pub async fn create(clinician: Clinician, page: Page, At(id): At<ClientId>, Typed(form): Typed) -> Answer {
    let today = zone::today(clinician.now(), &page.practice_zone());
    let errors = match NewAssignment::read(&form, today) {
        Ok(new) => match clinician.assign(id, form.get("exercise"), &new).await? {
            Some(_) => return Ok(redirect_with(&format!("/clients/{id}"), Notice::Assigned)),
            None => Errors::one("exercise", "Please choose an exercise, and somebody it is for."),
        },
        Err(errors) => errors,
    };
    let model = model(&clinician, id, FormState { form, errors }).await?.found()?;
    page.again("Assign an exercise", model, assign::view).await
}

/// GET /assignments/{id}
pub async fn show(clinician: Clinician, page: Page, At(id): At<AssignmentId>) -> Answer {
    let view = clinician.assignment(id).await?.found()?;
    let client_title = title(clinician.names(view.client).await?.unwrap_or_default().iter().map(|(_, n)| n.as_str()));
    let side = |n: usize| view.answers.get(n);
    let mut readings: Vec<_> = view
        .document
        .questions()
        .map(|step| {
            let answers = [0, 1].map(|n| side(n).map(|(_, _, answers)| answers));
            (step.clone(), reading::read(&view.document, step, answers))
        })
        .filter(|(_, reading)| reading.rows.iter().any(|row| row.cells.iter().any(Option::is_some)))
        .collect();
    // The largest differences first; what has none keeps its order, behind.
    readings.sort_by(|(_, a), (_, b)| b.gap.unwrap_or(-1.0).total_cmp(&a.gap.unwrap_or(-1.0)));
    let model = assignment::Model {
        id,
        client: view.client,
        client_title,
        names: [0, 1].map(|n| side(n).map(|(_, name, _)| name.clone())),
        status: view.summary.status.iter().map(|s| (s.name.clone(), s.state.label().to_owned())).collect(),
        revealed: view.summary.revealed,
        due: due_words(&view.summary, &page.zone()),
        word_along: view.word_along.clone(),
        readings,
        agreements: view
            .agreements
            .iter()
            .map(|a| {
                let prompt = view.document.step(&a.step).map(|s| s.prompt.clone()).unwrap_or_default();
                let said = a.accepted.iter();
                let said = said.map(|(_, name, at)| format!("{name} agreed: {}", app::text::short(*at, &page.zone())));
                (prompt, a.text.clone(), said.collect())
            })
            .collect(),
        withdrawn: view.summary.withdrawn,
        document: view.document,
    };
    page.ok(&model.document.title.clone(), model, assignment::view).await
}

/// POST /assignments/{id}/withdraw
pub async fn withdraw(clinician: Clinician, At(id): At<AssignmentId>) -> Answer {
    let client = clinician.withdraw(id).await?.found()?;
    Ok(redirect_with(&format!("/clients/{client}"), Notice::Withdrawn))
}
