//! Assignments: exercises given to clients, and their responses.

use app::{
    pages::{
        exercises::{
            assign::{self, PortalAccess, Recipient},
            assignment::{self, Standing},
            paper, worksheet,
        },
        records::brief::part_words,
    },
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    clients::{client::title, person::Zone},
    exercises::{
        assignment::NewAssignment,
        response::{self, ResponseState},
        side_by_side,
    },
    form::{Errors, Form},
    ids::{AssignmentId, ClientId, PersonId},
    records::{adherence::Part, course::Course},
    zone,
};
use store::{
    AssignmentView, AssignmentWithdrawn, FormKey, PlanView, PortalState, Repeats, ResetOutcome, ResponseStatus,
    SubmitOutcome,
};

use super::library::{filter, item};
use crate::web::clients::client::{due_words, rhythm_words};
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with, redirect_with_undo},
    paging::List,
    web::clients::below_record,
};

/// GET /clients/{id}/assignments/new?exercise=&q=&article=&theme=&length=: the
/// choice of an exercise for a client, filtered by the last four; with `exercise`,
/// the form that assigns it.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let page = below_record(&clinician, &page, id).await?;
    let mut form = Form::from_pairs([("for", "everyone"), ("due", "before_next")]);
    form.set("exercise", asked.get("exercise"));
    let day = zone::date_of(clinician.now(), &page.practice_zone()) + chrono::Duration::days(7);
    form.set("due_on", day.to_string());
    if !clinician.has_next_session(id).await? {
        form.set("due", "on_date");
    }
    let mut model = model(&clinician, id, FormState::new(form)).await?.found()?;
    if model.exercise.is_none() {
        let running = clinician.running_exercises(id).await?;
        let library = clinician.library().await?.into_iter().filter(|e| !e.archived);
        let rows = library.map(|e| {
            let open = running.contains(&e.document.slug);
            item(e, open)
        });
        let rows = rows.collect();
        let choice =
            assign::Choice { client: id, title: model.title, filter: filter(&asked), rows, people: model.people };
        return page.ok("Choose an exercise", choice, assign::choose).await;
    }
    if let [person] = model.people.as_slice() {
        model.form.form.set("for", person.id.to_string());
    }
    page.ok("Assign an exercise", model, assign::view).await
}

/// The model of the form for a new assignment; `None`: no such client in this
/// caseload.
async fn model(clinician: &Clinician, id: ClientId, form: FormState) -> Result<Option<assign::Model>, store::Error> {
    let Some(people) = clinician.recipients(id).await? else { return Ok(None) };
    let library = clinician.library().await?;
    let chosen = library.iter().find(|e| e.document.slug == form.form.get("exercise")).map(|e| e.document.clone());
    let running = clinician.running_exercises(id).await?;
    let mut notes = Vec::new();
    if let Some(document) = &chosen {
        if running.contains(&document.slug) {
            notes.push("This exercise is already open for them. They will see it twice.".to_owned());
        }
        let days = document.steps.iter().filter_map(|s| s.kind.days()).max();
        if let Some(days) = days.filter(|days| *days > 1) {
            notes.push(format!("It is filled in over {days} days. Assign it once, due in {days} days or later."));
        }
    }
    let open = library.iter().filter(|e| !e.archived);
    Ok(Some(assign::Model {
        client: id,
        title: title(people.iter().map(|person| person.name.as_str())),
        exercise: chosen,
        exercises: open
            .map(|e| (e.document.slug.clone(), format!("{} ({} min)", e.document.title, e.document.minutes)))
            .collect(),
        has_next: clinician.has_next_session(id).await?,
        notes,
        people: people.into_iter().map(recipient).collect(),
        form,
    }))
}

/// Invites the people whose boxes are ticked by email. Who is not of this client, or
/// cannot be invited, is left out.
pub(super) async fn invite_ticked(clinician: &Clinician, client: ClientId, form: &Form) -> store::Result<()> {
    for person in form.all("invite").filter_map(|person| person.parse().ok()) {
        clinician.invite_partner(client, person).await?;
    }
    Ok(())
}

/// A person for whom an exercise can be, as the page shows them.
pub(super) fn recipient(person: store::Recipient) -> Recipient {
    let portal = match person.portal {
        PortalState::Active => PortalAccess::Active,
        PortalState::Invited(_) => PortalAccess::Invited,
        PortalState::NotInvited | PortalState::Expired | PortalState::Undelivered(_) => {
            PortalAccess::Missing { by_email: person.by_email }
        }
    };
    Recipient { id: person.person, name: person.name, portal }
}

/// POST /clients/{id}/assignments: assigns an exercise, and invites the people whose
/// boxes are ticked.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let key = FormKey::of_form(&form);
    let errors = match NewAssignment::read(&form, today) {
        Ok(new) => match clinician.assign(id, form.get("exercise"), &new, key).await? {
            Some(_) => {
                invite_ticked(&clinician, id, &form).await?;
                return Ok(redirect_with(&format!("/clients/{id}"), Notice::Assigned));
            }
            None => Errors::at_field("exercise", "Choose an exercise, and whom it is for."),
        },
        Err(errors) => errors,
    };
    let model = model(&clinician, id, FormState { form, errors }).await?.found()?;
    below_record(&clinician, &page, id).await?.invalid("Assign an exercise", model, assign::view).await
}

/// GET /assignments/{id}?number=&occurrences=: an assignment with the responses
/// to the occurrence with this number.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<AssignmentId>, Query(asked): Query) -> Answer {
    let number: Option<i64> = asked.get("number").parse().ok();
    let here = match number {
        Some(number) => format!("/assignments/{id}?number={number}"),
        None => format!("/assignments/{id}"),
    };
    let list = List::new(here, "occurrences", "occurrences", &asked);
    let view = clinician.assignment(id, number, list.after()).await?.found()?;
    let client_title = title(clinician.names(view.client).await?.unwrap_or_default().iter().map(|(_, n)| n.as_str()));
    let side = |n: usize| view.answers.get(n);
    let mut readings: Vec<_> = view
        .document
        .questions()
        .map(|step| {
            let answers = [0, 1].map(|n| side(n).map(|(_, _, answers)| answers));
            (step.clone(), side_by_side::compare(&view.document, step, answers))
        })
        .filter(|(_, reading)| reading.rows.iter().any(|row| row.cells.iter().any(Option::is_some)))
        .collect();
    // The largest differences come first. Steps without one follow in their
    // own order.
    readings.sort_by(|(_, a), (_, b)| b.gap.unwrap_or(-1.0).total_cmp(&a.gap.unwrap_or(-1.0)));
    let has_course = view.document.questions().any(|s| Course::for_step(&s.kind).is_some());
    let model = assignment::Model {
        id,
        client: view.client,
        client_title,
        names: [0, 1].map(|n| side(n).map(|(_, name, _)| name.clone())),
        status: view.summary.status.iter().map(|s| response_standing(&view, s, &page.zone())).collect(),
        revealed: view.summary.revealed && view.document.is_blind(view.summary.status.len()),
        due: due_words(&view.summary, &page.zone()),
        rhythm: rhythm_words(view.summary.repeats),
        paused: view.summary.paused,
        number: view.summary.number,
        occurrences: occurrences(&view, &page.zone()),
        occurrences_from: list.after().map(|after| after.to_string()).unwrap_or_default(),
        pager: list.pager(view.occurrences.more, ["Latest ones", "Older ones"]),
        has_course,
        plans: view.plans.iter().map(|p| plan_lines(&view, p, &page.zone())).collect(),
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
    let page = page.under(format!("/clients/{}", model.client), model.client_title.clone());
    page.ok(&model.document.title.clone(), model, assignment::view).await
}

/// The state of one person's response in words, and whether a therapist can
/// enter it from paper or reset it.
fn response_standing(view: &AssignmentView, s: &ResponseStatus, zone: &Zone) -> Standing {
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

/// The number and label of each occurrence; empty for an assignment that does
/// not repeat.
fn occurrences(view: &AssignmentView, zone: &Zone) -> Vec<(i64, String)> {
    if view.summary.repeats == Repeats::Once {
        return vec![];
    }
    view.occurrences
        .rows
        .iter()
        .map(|o| {
            let day = o.window.map_or_else(|| zone::date_of(o.made_at, zone), |(opens, _)| opens);
            (o.number, format!("{}: {} of {}", text::short_day(day), o.sent_count, o.people_count))
        })
        .collect()
}

/// A planning step's prompt, and a line for each plan made for it.
fn plan_lines(view: &AssignmentView, plan: &PlanView, zone: &Zone) -> (String, Vec<String>) {
    let prompt = view.document.step(&plan.step).map(|s| s.prompt.clone()).unwrap_or_default();
    let prompt = match &plan.owner {
        Some((_, name)) => format!("{prompt} ({name})"),
        None => prompt,
    };
    let lines = plan.plans.iter().map(|p| format!("{}: {}", text::short(p.starts_at, zone), p.state.label()));
    (prompt, lines.collect())
}

/// POST /assignments/{id}/pause: pauses a repeating assignment.
pub async fn pause(clinician: Clinician, PathIds(id): PathIds<AssignmentId>) -> Answer {
    clinician.set_paused(id, true).await?.found()?;
    Ok(redirect_with(&format!("/assignments/{id}"), Notice::Paused))
}

/// POST /assignments/{id}/resume: lets a paused assignment repeat again.
pub async fn resume(clinician: Clinician, PathIds(id): PathIds<AssignmentId>) -> Answer {
    clinician.set_paused(id, false).await?.found()?;
    Ok(redirect_with(&format!("/assignments/{id}"), Notice::Resumed))
}

/// POST /assignments/{id}/reset/{person}: opens one person's response again;
/// refused once it is revealed.
pub async fn reset(
    clinician: Clinician,
    PathIds((id, person)): PathIds<(AssignmentId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let number = form.get("number").parse().unwrap_or(1);
    let here = format!("/assignments/{id}?number={number}");
    match clinician.reset_response(id, number, person).await? {
        ResetOutcome::Done(bin) => Ok(redirect_with_undo(&here, Notice::Reset, bin)),
        ResetOutcome::Revealed(_) => Ok(redirect_with(&here, Notice::NotReset)),
        ResetOutcome::Gone => Err(Failure::NotFound),
    }
}

/// GET /assignments/{id}/paper/{person}?number=: the form for a response that
/// was written on paper; `number` is the occurrence's.
pub async fn paper_form(
    clinician: Clinician,
    page: Page,
    PathIds((id, person)): PathIds<(AssignmentId, PersonId)>,
    Query(asked): Query,
) -> Answer {
    let number = asked.get("number").parse().unwrap_or(1);
    let sheet = clinician.paper_form(id, number, person).await?.filter(|s| s.open).found()?;
    let mut form = Form::default();
    form.set("number", number.to_string());
    let model = paper_model(&clinician, &page, (id, person), sheet, form, Errors::default());
    page.under(format!("/assignments/{id}"), model.document.title.clone()).ok("Paper answers", model, paper::view).await
}

/// The model of the form for a response that was written on paper.
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
        today: zone::date_of(clinician.now(), &page.zone()).to_string(),
    }
}

/// POST /assignments/{id}/paper/{person}: submits a response from paper.
pub async fn paper(
    clinician: Clinician,
    page: Page,
    PathIds((id, person)): PathIds<(AssignmentId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let number = form.get("number").parse().unwrap_or(1);
    let sheet = clinician.paper_form(id, number, person).await?.found()?;
    let answers = response::read(&sheet.document, &form);
    if form.is_shown_again() {
        let errors = form.shown_again_error();
        let model = paper_model(&clinician, &page, (id, person), sheet, form, errors);
        return page
            .under(format!("/assignments/{id}"), model.document.title.clone())
            .invalid("Paper answers", model, paper::view)
            .await;
    }
    let errors = match clinician.submit_paper(id, number, person, &answers).await? {
        SubmitOutcome::Done => {
            return Ok(redirect_with(&format!("/assignments/{id}?number={number}"), Notice::PaperSaved));
        }
        SubmitOutcome::Invalid(errors) => errors,
        // What was typed stays in front of the therapist.
        SubmitOutcome::Gone | SubmitOutcome::ChangedElsewhere => Errors::of_form(format!(
            "Not saved: {} has started or sent this exercise in the meantime, or it was withdrawn.",
            sheet.name
        )),
    };
    let model = paper_model(&clinician, &page, (id, person), sheet, form, errors);
    page.under(format!("/assignments/{id}"), model.document.title.clone())
        .invalid("Paper answers", model, paper::view)
        .await
}

/// GET /library/{slug}/worksheet: an exercise to print and fill in by hand.
pub async fn worksheet(clinician: Clinician, page: Page, PathIds(slug): PathIds<String>) -> Answer {
    let document = clinician.exercise(&slug).await?.found()?.document;
    let model = worksheet::Model { back: (format!("/library/{slug}"), "Back to the exercise".to_owned()), document };
    let page = page.under(format!("/library/{slug}"), model.document.title.clone());
    page.ok("Worksheet", model, worksheet::view).await
}

/// POST /assignments/{id}/withdraw: takes an assignment back.
pub async fn withdraw(clinician: Clinician, PathIds(id): PathIds<AssignmentId>) -> Answer {
    let AssignmentWithdrawn { client, bin } = clinician.withdraw(id).await?.found()?;
    let here = format!("/clients/{client}");
    Ok(match bin {
        Some(bin) => redirect_with_undo(&here, Notice::Withdrawn, bin),
        None => redirect_with(&here, Notice::Withdrawn),
    })
}
