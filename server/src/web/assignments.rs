//! Exercises given to clients, and what came back.

use app::{
    pages::{
        assign,
        assignment::{self, Standing},
        brief::part_words,
        paper, worksheet,
    },
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    adherence::Part,
    assignment::NewAssignment,
    client::title,
    exercise::StepKind,
    form::{Errors, Form},
    ids::{AssignmentId, ClientId, PersonId},
    person::Zone,
    reading,
    response::{self, ResponseState},
    zone,
};
use store::{AssignmentView, FormKey, PlanView, Repeats, Reset, ResponseStatus, Submit};

use super::clients::{due_words, rhythm_words};
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect_with},
};

/// GET /clients/{id}/assignments/new?exercise=
pub async fn new(clinician: Clinician, page: Page, At(id): At<ClientId>, Asked(asked): Asked) -> Answer {
    let mut form = Form::from_pairs([("for", "everyone"), ("due", "before_next")]);
    FormKey::give(&mut form);
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
    let running = clinician.running(id).await?;
    let runs = |slug: &str| running.iter().any(|r| r == slug);
    let mut notes = Vec::new();
    if let Some(entry) = chosen {
        if runs(&entry.document.slug) {
            notes.push("This one is open for them already. Given again, it stands there twice.".to_owned());
        }
        let days = entry.document.steps.iter().filter_map(|s| match s.kind {
            StepKind::Log { days, .. } => Some(days),
            _ => None,
        });
        if let Some(days) = days.max().filter(|days| *days > 1) {
            notes.push(format!(
                "It is written in over {days} days and sent at their end: give it once, due in {days} days or later."
            ));
        }
    }
    Ok(Some(assign::Model {
        client: id,
        title: title(people.iter().map(|(_, n)| n.as_str())),
        exercise: chosen.map(|e| (e.document.slug.clone(), e.document.title.clone())),
        cautions: chosen.map(|e| e.document.cautions.clone()).unwrap_or_default(),
        exercises: library
            .iter()
            .filter(|e| !e.archived)
            .map(|e| {
                let open = if runs(&e.document.slug) { ", open already" } else { "" };
                (e.document.slug.clone(), format!("{} ({} min{open})", e.document.title, e.document.minutes))
            })
            .collect(),
        has_next: clinician.has_next_session(id).await?,
        notes,
        people,
        form,
    }))
}

/// POST /clients/{id}/assignments
pub async fn create(clinician: Clinician, page: Page, At(id): At<ClientId>, Typed(mut form): Typed) -> Answer {
    let today = zone::today(clinician.now(), &page.practice_zone());
    let key = FormKey::read(&form);
    let errors = match NewAssignment::read(&form, today) {
        Ok(new) => match clinician.assign(id, form.get("exercise"), &new, key).await? {
            Some(_) => return Ok(redirect_with(&format!("/clients/{id}"), Notice::Assigned)),
            None => Errors::one("exercise", "Please choose an exercise, and somebody it is for."),
        },
        Err(errors) => errors,
    };
    FormKey::give(&mut form);
    let model = model(&clinician, id, FormState { form, errors }).await?.found()?;
    page.again("Assign an exercise", model, assign::view).await
}

/// GET /assignments/{id}?number=
pub async fn show(clinician: Clinician, page: Page, At(id): At<AssignmentId>, Asked(asked): Asked) -> Answer {
    let view = clinician.assignment(id, asked.get("number").parse().ok()).await?.found()?;
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
    let has_course = view.document.questions().any(|s| matches!(s.kind, StepKind::Scale { .. }));
    let model = assignment::Model {
        id,
        client: view.client,
        client_title,
        names: [0, 1].map(|n| side(n).map(|(_, name, _)| name.clone())),
        status: view.summary.status.iter().map(|s| standing(&view, s, &page.zone())).collect(),
        revealed: view.summary.revealed && view.document.is_blind(view.summary.status.len()),
        due: due_words(&view.summary, &page.zone()),
        rhythm: rhythm_words(view.summary.repeats),
        paused: view.summary.paused,
        number: view.summary.number,
        occurrences: occurrences(&view, &page.zone()),
        has_course,
        plans: view.plans.iter().map(|p| planned(&view, p, &page.zone())).collect(),
        word_along: view.word_along.clone(),
        readings,
        agreements: view
            .agreements
            .iter()
            .map(|a| {
                let prompt = view.document.step(&a.step).map(|s| s.prompt.clone()).unwrap_or_default();
                let said = a.accepted.iter();
                let said = said.map(|(_, name, at)| format!("{name} agreed: {}", text::short(*at, &page.zone())));
                (prompt, a.text.clone(), said.collect())
            })
            .collect(),
        withdrawn: view.summary.withdrawn,
        document: view.document,
    };
    page.ok(&model.document.title.clone(), model, assignment::view).await
}

/// Where somebody stands, in words, and what can be done in their place.
fn standing(view: &AssignmentView, s: &ResponseStatus, zone: &Zone) -> Standing {
    let when = s.submitted_at.map(|at| text::short(at, zone));
    let part = Part { started_at: None, submitted_at: s.submitted_at, reason: s.not_now, from_paper: s.from_paper };
    let words = match (s.state, s.not_now) {
        (ResponseState::Submitted, _) | (_, Some(_)) => part_words(&part, when),
        (ResponseState::Open, None) if s.opened => "opened, nothing written yet".to_owned(),
        (state, None) => state.label().to_lowercase(),
    };
    Standing {
        person: s.person,
        name: s.name.clone(),
        words,
        paper: s.state == ResponseState::Open,
        reset: s.state == ResponseState::Submitted && !view.summary.revealed,
    }
}

/// All occurrences of something that repeats: number, and what to call it.
fn occurrences(view: &AssignmentView, zone: &Zone) -> Vec<(i64, String)> {
    if view.summary.repeats == Repeats::Once {
        return vec![];
    }
    view.occurrences
        .iter()
        .map(|o| {
            let day = o.window.map_or_else(|| zone::today(o.made_at, zone), |(opens, _)| opens);
            (o.number, format!("{}: {} of {}", text::short_day(day), o.done, o.of))
        })
        .collect()
}

fn planned(view: &AssignmentView, plan: &PlanView, zone: &Zone) -> (String, Vec<String>) {
    let prompt = view.document.step(&plan.step).map(|s| s.prompt.clone()).unwrap_or_default();
    let prompt = match &plan.of {
        Some((_, name)) => format!("{prompt} ({name})"),
        None => prompt,
    };
    let lines = plan.plans.iter().map(|p| format!("{}: {}", text::short(p.starts_at, zone), p.state.label()));
    (prompt, lines.collect())
}

/// POST /assignments/{id}/pause
pub async fn pause(clinician: Clinician, At(id): At<AssignmentId>) -> Answer {
    clinician.set_paused(id, true).await?.found()?;
    Ok(redirect_with(&format!("/assignments/{id}"), Notice::Paused))
}

/// POST /assignments/{id}/resume
pub async fn resume(clinician: Clinician, At(id): At<AssignmentId>) -> Answer {
    clinician.set_paused(id, false).await?.found()?;
    Ok(redirect_with(&format!("/assignments/{id}"), Notice::Resumed))
}

/// POST /assignments/{id}/reset/{person}
pub async fn reset(clinician: Clinician, At((id, person)): At<(AssignmentId, PersonId)>, Typed(form): Typed) -> Answer {
    let number = form.get("number").parse().unwrap_or(1);
    let notice = match clinician.reset_response(id, number, person).await? {
        Reset::Done(_) => Notice::Reset,
        Reset::Revealed(_) => Notice::NotReset,
        Reset::Gone => return Err(Failure::NotFound),
    };
    Ok(redirect_with(&format!("/assignments/{id}?number={number}"), notice))
}

/// GET /assignments/{id}/paper/{person}: `?number=` is the occurrence's.
pub async fn paper_form(
    clinician: Clinician,
    page: Page,
    At((id, person)): At<(AssignmentId, PersonId)>,
    Asked(asked): Asked,
) -> Answer {
    let number = asked.get("number").parse().unwrap_or(1);
    let sheet = clinician.paper(id, number, person).await?.filter(|s| s.open).found()?;
    let mut form = Form::default();
    form.set("number", number.to_string());
    let model = paper_model(&clinician, &page, (id, person), sheet, form, Errors::default());
    page.ok("From paper", model, paper::view).await
}

fn paper_model(
    clinician: &Clinician,
    page: &Page,
    (assignment, person): (AssignmentId, PersonId),
    sheet: store::Paper,
    answers: Form,
    errors: Errors,
) -> paper::Model {
    paper::Model {
        assignment,
        person,
        name: sheet.name,
        document: sheet.document,
        responders: sheet.responders,
        answers,
        errors,
        today: zone::today(clinician.now(), &page.zone()).to_string(),
    }
}

/// POST /assignments/{id}/paper/{person}
pub async fn paper(
    clinician: Clinician,
    page: Page,
    At((id, person)): At<(AssignmentId, PersonId)>,
    Typed(form): Typed,
) -> Answer {
    let number = form.get("number").parse().unwrap_or(1);
    let sheet = clinician.paper(id, number, person).await?.found()?;
    let answers = response::read(&sheet.document, &form);
    let errors = match clinician.submit_paper(id, number, person, &answers).await? {
        Submit::Done => return Ok(redirect_with(&format!("/assignments/{id}?number={number}"), Notice::Saved)),
        Submit::Unfit(errors) => errors,
        // What was typed stays in front of the therapist.
        Submit::Gone | Submit::Elsewhere => Errors::whole(format!(
            "{} has begun or sent this on their own meanwhile, or it was taken back, so the sheet is not kept.",
            sheet.name
        )),
    };
    let model = paper_model(&clinician, &page, (id, person), sheet, form, errors);
    page.again("From paper", model, paper::view).await
}

/// GET /library/{slug}/worksheet
pub async fn worksheet(clinician: Clinician, page: Page, At(slug): At<String>) -> Answer {
    let document = clinician.exercise(&slug).await?.found()?.document;
    let model = worksheet::Model { back: (format!("/library/{slug}"), "Back to the exercise".to_owned()), document };
    page.ok(&model.document.title.clone(), model, worksheet::view).await
}

/// POST /assignments/{id}/withdraw
pub async fn withdraw(clinician: Clinician, At(id): At<AssignmentId>) -> Answer {
    let client = clinician.withdraw(id).await?.found()?;
    Ok(redirect_with(&format!("/clients/{client}"), Notice::Withdrawn))
}
