//! The goals and the plan of a client.

use app::{
    pages::records::goals::{self, Event, GoalModel, Item, Model, PlanItem, Summary},
    ui::{FormState, shell::Notice},
};
use chrono::NaiveDate;
use domain::{
    form::{Errors, Form},
    ids::{ClientId, GoalId},
    records::goal::{GoalReview, GoalText, PlanText},
    zone,
};
use store::{ClientGoals, Goal, GoalEvent, GoalPages, GoalView, GoalWrite, OpenGoals, PlanWrite, TreatmentPlan};
use uuid::Uuid;

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
    paging::List,
};

const TITLE: &str = "Goals and plan";

/// How many open goals the record's overview names; the others are counted.
const OPEN: usize = 5;

/// The sentence for a form that shows what another page has changed since.
const CHANGED: &str =
    "This was changed in the meantime. What you wrote is still here: compare it with what is shown, then save again.";

/// A day as it is written, such as "3 November 2026".
fn day(on: NaiveDate) -> String {
    on.format("%-d %B %Y").to_string()
}

/// A goal in a list.
pub(crate) fn item(goal: &Goal) -> Item {
    let mut about = vec![format!("Since {}", day(goal.since))];
    if !goal.body.measure.is_empty() {
        about.push(format!("measured by {}", goal.body.measure));
    }
    if let Some((_, title)) = &goal.exercise {
        about.push(format!("exercise “{title}”"));
    }
    Item {
        id: goal.id, text: goal.body.text.clone(), about: about.join(" · "), state: goal.state, is_due: goal.is_due
    }
}

/// A plan with who wrote it and when.
fn plan_item(page: &Page, plan: &TreatmentPlan) -> PlanItem {
    let written = format!("{}, {}", plan.by, page.stamp(plan.written_at));
    let about = plan.until.map_or_else(|| written.clone(), |until| format!("Until {} · {written}", day(until)));
    PlanItem { text: plan.text.clone(), about }
}

/// The goals and the plan on the record's overview.
pub(crate) async fn summary(clinician: &Clinician, client: ClientId) -> Result<Summary, Failure> {
    let OpenGoals { goals, plan } = clinician.open_goals(client).await?.found()?;
    Ok(Summary {
        more: goals.len().saturating_sub(OPEN),
        goals: goals.iter().take(OPEN).map(item).collect(),
        plan: plan.map(|plan| plan.text).unwrap_or_default(),
    })
}

/// The open goals of a client for the session brief, those that are due first.
pub(crate) async fn for_brief(clinician: &Clinician, client: ClientId) -> Result<Vec<Item>, Failure> {
    let OpenGoals { goals, .. } = clinician.open_goals(client).await?.found()?;
    let mut items: Vec<Item> = goals.iter().map(item).collect();
    items.sort_by_key(|item| !item.is_due);
    Ok(items)
}

/// The exercises that a goal can have: slug and title.
async fn exercises(clinician: &Clinician) -> Result<Vec<(String, String)>, Failure> {
    let library = clinician.library().await?;
    Ok(library.into_iter().map(|entry| (entry.document.slug, entry.document.title)).collect())
}

/// The forms of the page that were refused; `None`: that form was not sent.
#[derive(Default)]
struct Refused {
    goal: Option<FormState>,
    plan: Option<FormState>,
}

/// The page of all goals with its model.
async fn model(
    clinician: &Clinician,
    page: &Page,
    client: ClientId,
    asked: &Form,
    refused: Refused,
) -> Result<(Page, Model), Failure> {
    let address = format!("/clients/{client}/goals");
    let goals_list = List::new(address.as_str(), "goals", "goals", asked);
    let plans_list = List::new(address.as_str(), "plans", "plans", asked);
    let pages = GoalPages { goals: goals_list.after(), plans: plans_list.after() };
    let ClientGoals { title, goals, plans, is_frozen } = clinician.goals(client, pages).await?.found()?;
    let is_first = plans_list.after().is_none();
    let current = plans.rows.first().filter(|_| is_first);
    let new_goal = refused.goal.unwrap_or_else(|| {
        let today = zone::date_of(clinician.now(), &page.practice_zone());
        FormState::new(Form::from_pairs([("since", today.to_string())]))
    });
    let new_plan = refused.plan.unwrap_or_else(|| {
        let until = current.and_then(|plan| plan.until).map(|on| on.to_string()).unwrap_or_default();
        let text = current.map(|plan| plan.text.clone()).unwrap_or_default();
        FormState::new(Form::from_pairs([("plan", text), ("until", until)]))
    });
    let model = Model {
        client,
        is_frozen,
        goals_pager: goals_list.pager(goals.more, ["First goals", "More goals"]),
        goals: goals.rows.iter().map(item).collect(),
        plan: current.map(|plan| plan_item(page, plan)),
        plan_shown: current.map(|plan| plan.id.to_string()).unwrap_or_default(),
        earlier_plans: plans.rows.iter().skip(usize::from(is_first)).map(|plan| plan_item(page, plan)).collect(),
        plans_pager: plans_list.pager(plans.more, ["Latest plans", "Older plans"]),
        exercises: exercises(clinician).await?,
        new_goal,
        new_plan,
    };
    Ok((page.under(format!("/clients/{client}"), title), model))
}

/// GET /clients/{id}/goals?goals=&plans=: the goals and plans of a client. Each
/// parameter chooses the page of one list.
pub async fn index(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let (page, model) = model(&clinician, &page, id, &asked, Refused::default()).await?;
    page.ok(TITLE, model, goals::view).await
}

/// POST /clients/{id}/goals: sets a goal.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let errors = match GoalText::read(&form) {
        Ok(new) => match clinician.create_goal(id, &new).await? {
            GoalWrite::Saved(_) => return Ok(redirect_with(&format!("/clients/{id}/goals"), Notice::Created)),
            GoalWrite::NoExercise => no_exercise(),
            GoalWrite::Changed | GoalWrite::Gone => return Err(Failure::NotFound),
        },
        Err(errors) => errors,
    };
    let refused = Refused { goal: Some(FormState { form, errors }), ..Refused::default() };
    let (page, model) = model(&clinician, &page, id, &Form::default(), refused).await?;
    page.invalid(TITLE, model, goals::view).await
}

/// The error of an exercise that is not in the library.
fn no_exercise() -> Errors {
    Errors::at_field("exercise", "Choose an exercise from the list, or none.")
}

/// POST /clients/{id}/plan: writes the plan.
pub async fn write_plan(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let errors = match PlanText::read(&form) {
        Ok(new) => match clinician.write_plan(id, form.get("shown").parse::<Uuid>().ok(), &new).await? {
            PlanWrite::Saved => return Ok(redirect_with(&format!("/clients/{id}/goals"), Notice::Saved)),
            PlanWrite::Changed => Errors::at_field("plan", CHANGED),
            PlanWrite::Gone => return Err(Failure::NotFound),
        },
        Err(errors) => errors,
    };
    let refused = Refused { plan: Some(FormState { form, errors }), ..Refused::default() };
    let (page, model) = model(&clinician, &page, id, &Form::default(), refused).await?;
    page.invalid(TITLE, model, goals::view).await
}

/// The forms of a goal's page that were refused; `None`: that form was not sent.
#[derive(Default)]
struct GoalRefused {
    change: Option<FormState>,
    review: Option<FormState>,
}

/// The page of one goal with its model.
async fn goal_model(
    clinician: &Clinician,
    page: &Page,
    id: GoalId,
    asked: &Form,
    refused: GoalRefused,
) -> Result<(Page, GoalModel), Failure> {
    let list = List::new(format!("/goals/{id}"), "history", "history", asked);
    let GoalView { goal, title, events, is_frozen } = clinician.goal(id, list.after()).await?.found()?;
    let change = refused.change.unwrap_or_else(|| {
        let mut form = Form::default();
        let exercise = goal.exercise.as_ref().map(|(slug, _)| slug.clone()).unwrap_or_default();
        GoalText { body: goal.body.clone(), since: goal.since, exercise, review: goal.review }.fill(&mut form);
        FormState::new(form)
    });
    let review_form =
        refused.review.unwrap_or_else(|| FormState::new(Form::from_pairs([("state", goal.state.word().to_owned())])));
    let reviewed = goal.reviewed_at.map(|at| format!(". Last reviewed {}", page.stamp(at))).unwrap_or_default();
    let model = GoalModel {
        client: goal.client,
        item: item(&goal),
        review: format!("{}{reviewed}", goal.review.words(day)),
        is_frozen,
        revision: goal.revision,
        exercises: exercises(clinician).await?,
        change,
        review_form,
        events_pager: list.pager(events.more, ["Latest changes", "Older changes"]),
        events: events.rows.iter().map(|event| event_item(page, event)).collect(),
    };
    let page = page.under(format!("/clients/{}", goal.client), title);
    Ok((page.under(format!("/clients/{}/goals", goal.client), TITLE), model))
}

/// A line of a goal's history.
fn event_item(page: &Page, event: &GoalEvent) -> Event {
    let review = if event.is_review { ": review" } else { "" };
    Event {
        when: format!("{}, {}{review}", page.stamp(event.at), event.by),
        state: event.state,
        text: event.body.text.clone(),
        remark: event.remark.clone(),
    }
}

/// GET /goals/{id}?history=: a goal with its history.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<GoalId>, Query(asked): Query) -> Answer {
    let (page, model) = goal_model(&clinician, &page, id, &asked, GoalRefused::default()).await?;
    page.ok("Goal", model, goals::goal_view).await
}

/// The revision of the goal that a form showed; 0: it has none.
fn revision(form: &Form) -> i64 {
    form.get("revision").parse().unwrap_or(0)
}

/// POST /goals/{id}: changes a goal.
pub async fn update(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<GoalId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let errors = match GoalText::read(&form) {
        Ok(new) => match clinician.change_goal(id, revision(&form), &new).await? {
            GoalWrite::Saved(_) => return Ok(redirect_with(&format!("/goals/{id}"), Notice::Saved)),
            GoalWrite::NoExercise => no_exercise(),
            GoalWrite::Changed => Errors::at_field("text", CHANGED),
            GoalWrite::Gone => return Err(Failure::NotFound),
        },
        Err(errors) => errors,
    };
    let refused = GoalRefused { change: Some(FormState { form, errors }), ..GoalRefused::default() };
    let (page, model) = goal_model(&clinician, &page, id, &Form::default(), refused).await?;
    page.invalid("Goal", model, goals::goal_view).await
}

/// POST /goals/{id}/review: records a review of a goal.
pub async fn review(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<GoalId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let errors = match GoalReview::read(&form) {
        Ok(found) => match clinician.review_goal(id, revision(&form), &found).await? {
            GoalWrite::Saved(_) => return Ok(redirect_with(&format!("/goals/{id}"), Notice::Saved)),
            GoalWrite::Changed => Errors::at_field("remark", CHANGED),
            GoalWrite::NoExercise | GoalWrite::Gone => return Err(Failure::NotFound),
        },
        Err(errors) => errors,
    };
    let refused = GoalRefused { review: Some(FormState { form, errors }), ..GoalRefused::default() };
    let (page, model) = goal_model(&clinician, &page, id, &Form::default(), refused).await?;
    page.invalid("Goal", model, goals::goal_view).await
}
