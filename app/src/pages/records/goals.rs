//! The goals and the plan of a client: their page, the page of one goal, and the
//! parts that the record's overview and the session brief show.

use domain::{
    ids::{ClientId, GoalId},
    records::goal::GoalState,
};
use leptos::prelude::*;

use crate::pages::exercises::parts::paragraphs;
use crate::ui::{
    Field, FormState, Pager, Tone, badge, card, empty, error_summary, facts, form_key, page_head, pager, submit,
};

/// A goal in a list.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: GoalId,
    pub text: String,
    /// Since when, how it is measured, and its exercise, in one line.
    pub about: String,
    pub state: GoalState,
    /// Whether a review is due.
    pub is_due: bool,
}

/// The goals and the plan as the record's overview shows them.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The first open goals.
    pub goals: Vec<Item>,
    /// How many more open goals there are.
    pub more: usize,
    /// The plan in use; empty: none is written.
    pub plan: String,
}

/// A plan of a client.
#[derive(Clone, Debug)]
pub struct PlanItem {
    pub text: String,
    /// Until when, who wrote it and when.
    pub about: String,
}

/// The view model of the page of all goals.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    /// Whether nothing can be changed, because the couple separated.
    pub is_frozen: bool,
    pub goals: Vec<Item>,
    pub goals_pager: Pager,
    /// The plan in use; `None`: none is written, or a later page is shown.
    pub plan: Option<PlanItem>,
    /// The id of the plan in use; empty: there is none.
    pub plan_shown: String,
    pub earlier_plans: Vec<PlanItem>,
    pub plans_pager: Pager,
    /// The exercises that a goal can have: slug and title.
    pub exercises: Vec<(String, String)>,
    /// The form of a new goal.
    pub new_goal: FormState,
    /// The form of the plan.
    pub new_plan: FormState,
}

/// A line of a goal's history.
#[derive(Clone, Debug)]
pub struct Event {
    /// When and by whom, and whether it was a review.
    pub when: String,
    pub state: GoalState,
    pub text: String,
    /// What was noted; empty: nothing.
    pub remark: String,
}

/// The view model of the page of one goal.
#[derive(Clone, Debug)]
pub struct GoalModel {
    pub client: ClientId,
    pub item: Item,
    /// When it is reviewed, as a sentence.
    pub review: String,
    /// Whether nothing can be changed, because the couple separated.
    pub is_frozen: bool,
    /// The number of changes that the forms are based on.
    pub revision: i64,
    /// The exercises that a goal can have: slug and title.
    pub exercises: Vec<(String, String)>,
    pub change: FormState,
    pub review_form: FormState,
    pub events: Vec<Event>,
    pub events_pager: Pager,
}

/// The badge of a goal's state.
fn state_badge(item: &Item) -> AnyView {
    let state = match item.state {
        GoalState::Open => None,
        GoalState::Reached => Some(badge(Tone::Good, item.state.label())),
        GoalState::Dropped => Some(badge(Tone::Plain, item.state.label())),
    };
    let due = item.is_due.then(|| badge(Tone::Wait, "Review due"));
    view! { {state}" "{due} }.into_any()
}

/// A goal in its list.
fn row(item: &Item) -> AnyView {
    view! {
        <li>
            <a class="row-link" href=format!("/goals/{}", item.id)>{item.text.clone()}</a>
            " "{state_badge(item)}
            <span class="muted">{format!(" {}", item.about)}</span>
        </li>
    }
    .into_any()
}

/// The goals and the plan on the record's overview.
pub fn summary(client: ClientId, s: &Summary) -> AnyView {
    let rows: Vec<AnyView> = s.goals.iter().map(row).collect();
    let goals = if rows.is_empty() {
        view! { <p class="muted">"No open goal."</p> }.into_any()
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let plan = (!s.plan.is_empty())
        .then(|| view! { <h3>"Plan"</h3><div class="excerpt">{paragraphs(&s.plan)}</div> }.into_any());
    let link = match s.more {
        0 => "All goals, and the plan".to_owned(),
        n => format!("All goals, {n} more open ones, and the plan"),
    };
    view! { {goals}{plan}<p><a href=format!("/clients/{client}/goals")>{link}</a></p> }.into_any()
}

/// The open goals in the session brief; `None`: there are none.
pub fn in_brief(client: ClientId, items: &[Item]) -> Option<AnyView> {
    let rows: Vec<AnyView> = items.iter().map(row).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="goals">
                <h2 id="goals">"Goals"</h2>
                <ul class="rows">{rows}</ul>
                <p class="actions"><a href=format!("/clients/{client}/goals")>"Goals and plan"</a></p>
            </section>
        }
        .into_any()
    })
}

/// The sentence on the pages of a frozen record.
fn frozen() -> AnyView {
    view! { <p class="notice">"This record is frozen: the couple has separated. Goals and plan stay as they were."</p> }
        .into_any()
}

/// Renders the page of all goals.
pub fn view(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.goals.iter().map(row).collect();
    let list = if rows.is_empty() && !m.goals_pager.is_later() {
        empty("No goal yet.", None)
    } else {
        view! { <ul class="rows">{rows}</ul>{pager(&m.goals_pager)} }.into_any()
    };
    let new = (!m.is_frozen).then(|| {
        card(
            "Add a goal",
            view! {
                <form class="form" method="post" action=format!("/clients/{}/goals", m.client) novalidate>
                    {form_key()}
                    {error_summary(&m.new_goal)}
                    {goal_fields(&m.new_goal, &m.exercises)}
                    {submit("Add goal")}
                </form>
            }
            .into_any(),
        )
    });
    view! {
        {page_head("Goals and plan", "Clients never see this page.", vec![])}
        {m.is_frozen.then(frozen)}
        <section aria-labelledby="goals"><h2 id="goals">"Goals"</h2>{list}</section>
        {new}
        {plan_section(m)}
    }
    .into_any()
}

/// The plan in use, the form for another one, and the earlier ones.
fn plan_section(m: &Model) -> AnyView {
    let show = |plan: &PlanItem| view! { <p class="muted">{plan.about.clone()}</p>{paragraphs(&plan.text)} }.into_any();
    let current = match &m.plan {
        Some(plan) => show(plan),
        None => view! { <p class="muted">"No plan yet."</p> }.into_any(),
    };
    let current = (!m.plans_pager.is_later()).then_some(current);
    let form =
        (!m.is_frozen && !m.plans_pager.is_later()).then(|| {
            card("Change the plan", view! {
            <form class="form" method="post" action=format!("/clients/{}/plan", m.client) novalidate>
                {form_key()}
                {error_summary(&m.new_plan)}
                <input type="hidden" name="shown" value=m.plan_shown.clone() autocomplete="off"/>
                {Field::new(&m.new_plan, "plan", "Plan").hint("Earlier plans are kept below.").required().area(8)}
                {Field::new(&m.new_plan, "until", "Until").date()}
                {submit("Save plan")}
            </form>
        }.into_any())
        });
    let earlier: Vec<AnyView> = m.earlier_plans.iter().map(|plan| view! { <li>{show(plan)}</li> }.into_any()).collect();
    let earlier = (!earlier.is_empty() || m.plans_pager.is_later()).then(|| {
        view! {
            <section aria-labelledby="plans">
                <h2 id="plans">"Earlier plans"</h2>
                <ul class="rows">{earlier}</ul>
                {pager(&m.plans_pager)}
            </section>
        }
        .into_any()
    });
    view! {
        <section aria-labelledby="plan"><h2 id="plan">"Plan"</h2>{current}</section>
        {form}
        {earlier}
    }
    .into_any()
}

/// The fields of a goal.
fn goal_fields(f: &FormState, exercises: &[(String, String)]) -> AnyView {
    let options = std::iter::once((String::new(), "None".to_owned())).chain(exercises.iter().cloned()).collect();
    view! {
        {Field::new(f, "text", "Goal").hint("In the clients’ own words.").required().area(2)}
        {Field::new(f, "measure", "Measured by").hint("How you notice a change.").text()}
        {Field::new(f, "exercise", "Exercise").select(options)}
        {Field::new(f, "since", "Since").required().date()}
        {Field::new(f, "review_sessions", "Review after this many sessions").number(1, 100)}
        {Field::new(f, "review_on", "Review on").date()}
    }
    .into_any()
}

/// Renders the page of one goal.
pub fn goal_view(m: &GoalModel) -> AnyView {
    let id = m.item.id;
    let revision = || view! { <input type="hidden" name="revision" value=m.revision.to_string() autocomplete="off"/> };
    let states = GoalState::ALL.iter().map(|state| (state.word().to_owned(), state.label().to_owned())).collect();
    let forms = (!m.is_frozen).then(|| {
        let review = view! {
            <form class="form" method="post" action=format!("/goals/{id}/review") novalidate>
                {form_key()}
                {error_summary(&m.review_form)}
                {revision()}
                {Field::new(&m.review_form, "state", "What became of it").required().radios(states)}
                {Field::new(&m.review_form, "remark", "Remark").area(3)}
                {Field::new(&m.review_form, "next_on", "Next review on").date()}
                {submit("Save review")}
            </form>
        };
        let change = view! {
            <form class="form" method="post" action=format!("/goals/{id}") novalidate>
                {form_key()}
                {error_summary(&m.change)}
                {revision()}
                {goal_fields(&m.change, &m.exercises)}
                {submit("Save goal")}
            </form>
        };
        view! { <div class="columns after">{card("Review", review.into_any())}{card("Change", change.into_any())}</div> }
            .into_any()
    });
    let events: Vec<AnyView> = m.events.iter().map(event).collect();
    view! {
        {page_head("Goal", "", vec![])}
        {m.is_frozen.then(frozen)}
        {paragraphs(&m.item.text)}
        {facts(vec![
            ("State".to_owned(), view! { {m.item.state.label()}" "{m.item.is_due.then(|| badge(Tone::Wait, "Review due"))} }.into_any()),
            ("About".to_owned(), m.item.about.clone().into_any()),
            ("Review".to_owned(), m.review.clone().into_any()),
        ])}
        {forms}
        <section aria-labelledby="history">
            <h2 id="history">"History"</h2>
            <ul class="rows">{events}</ul>
            {pager(&m.events_pager)}
        </section>
        <p class="after"><a class="button" href=format!("/clients/{}/goals", m.client)>"Goals and plan"</a></p>
    }
    .into_any()
}

/// A line of a goal's history.
fn event(e: &Event) -> AnyView {
    let remark = (!e.remark.is_empty()).then(|| paragraphs(&e.remark));
    view! {
        <li>
            <p class="muted">{format!("{} · {}", e.when, e.state.label())}</p>
            <p class="lines">{e.text.clone()}</p>
            {remark}
        </li>
    }
    .into_any()
}

/// A goal for the samples.
fn sample_item(text: &str, state: GoalState, is_due: bool) -> Item {
    Item {
        id: GoalId::from(uuid::Uuid::from_u128(7)),
        text: text.into(),
        about: "Since 3 November 2026 · measured by evenings a week · exercise “Listening”".into(),
        state,
        is_due,
    }
}

/// Sample parts: nothing, and some goals with a plan.
pub(crate) fn summary_samples() -> Vec<Summary> {
    let goals = vec![
        sample_item("To argue without <leaving> the room", GoalState::Open, true),
        sample_item(&"अनन्या 💛 ".repeat(30), GoalState::Open, false),
    ];
    vec![Summary::default(), Summary { goals, more: 2, plan: "Walks on Sundays.\n\nThen <we> see.".into() }]
}

/// Sample models of the page of all goals: none; many with a refused form; a frozen
/// record.
pub fn samples() -> Vec<Model> {
    let plan = |text: &str| PlanItem { text: text.into(), about: "Until 24 December 2026 · Ruth, 3 Nov".into() };
    let none = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        is_frozen: false,
        goals: vec![],
        goals_pager: Pager::default(),
        plan: None,
        plan_shown: String::new(),
        earlier_plans: vec![],
        plans_pager: Pager::default(),
        exercises: vec![("listening".into(), "Listening <b>".into())],
        new_goal: FormState::default(),
        new_plan: FormState::default(),
    };
    let later = || Pager {
        first: Some(("/x#goals".into(), "First goals")),
        more: Some(("/x?goals=1#goals".into(), "More goals")),
    };
    let full = Model {
        goals: GoalState::ALL.iter().map(|state| sample_item("To <talk>", *state, *state == GoalState::Open)).collect(),
        goals_pager: later(),
        plan: Some(plan("Walks.\n\n<Then> rest.")),
        plan_shown: "7".into(),
        earlier_plans: vec![plan(&"N".repeat(200))],
        new_goal: crate::ui::refused("text", "Write the goal."),
        ..none.clone()
    };
    let refused_plan = Model {
        new_goal: FormState::default(),
        new_plan: crate::ui::refused("plan", "Write the plan."),
        ..full.clone()
    };
    let frozen = Model { is_frozen: true, plans_pager: later(), ..refused_plan.clone() };
    vec![none, full, refused_plan, frozen]
}

/// Sample models of the page of one goal: one that is due, a refused review, and
/// one of a frozen record.
pub fn goal_samples() -> Vec<GoalModel> {
    let event = |remark: &str| Event {
        when: "3 November 2026, 10:00, Ruth: review".into(),
        state: GoalState::Open,
        text: "To <talk>".into(),
        remark: remark.into(),
    };
    let due = GoalModel {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        item: sample_item("To argue\n\nwithout <leaving>", GoalState::Open, true),
        review: "Review every 4 sessions".into(),
        is_frozen: false,
        revision: 3,
        exercises: vec![("listening".into(), "Listening <b>".into())],
        change: FormState::default(),
        review_form: FormState::default(),
        events: vec![event("Better <since> May."), event("")],
        events_pager: Pager { first: None, more: Some(("/x?after=1#history".into(), "Older changes")) },
    };
    let refused =
        GoalModel { review_form: crate::ui::refused("state", "Choose what became of the goal."), ..due.clone() };
    let frozen = GoalModel { is_frozen: true, item: sample_item("To rest", GoalState::Reached, false), ..due.clone() };
    vec![due, refused, frozen]
}
