//! The form for a pathway, and for the open steps of one couple's pathway
//! progress. Both have the same rows: an exercise and when it is assigned.

use domain::{exercises::exercise::STEPS_FIELD, form::rows};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Link, error_summary, form_key, page_head, row_buttons};

/// The view model of the form for a pathway.
#[derive(Clone, Debug)]
pub struct Model {
    pub title: String,
    pub lead: String,
    /// The address to which the form is submitted.
    pub action: String,
    /// Whether title and purpose can be changed: of a pathway they can, of a
    /// pathway progress they cannot.
    pub named: bool,
    /// The exercises to choose from: slug and title.
    pub exercises: Vec<(String, String)>,
    /// For a pathway progress, how many steps were already assigned when the
    /// page was loaded; `None` for a pathway.
    pub given: Option<usize>,
    /// Whether the first row is assigned at once.
    pub begins: bool,
    pub form: FormState,
    /// The link back.
    pub back: Link,
}

/// Renders the form for a pathway.
pub fn view(m: &Model) -> AnyView {
    let state = &m.form;
    let count = rows::count(&state.form);
    let steps: Vec<AnyView> = (0..count).map(|n| step_fieldset(m, n, count)).collect();
    let missing = state.errors.message(STEPS_FIELD).map(str::to_owned);
    let described = missing.as_ref().map(|_| "f-steps-error");
    let missing = missing.map(|error| view! { <p class="error" id="f-steps-error">{error}</p> }.into_any());
    let named = m.named.then(|| {
        view! {
            <div class="card">
                {Field::new(state, "title", "Title").required().text()}
                {Field::new(state, "purpose", "For whom it is, and what it builds").required().area(3)}
                {Field::new(state, "cautions", "When not to assign it").area(3)}
            </div>
        }
        .into_any()
    });
    view! {
        {page_head(m.title.clone(), m.lead.clone(), vec![])}
        {error_summary(state)}
        <form id="pathway" class="form builder" method="post" action=m.action.clone() novalidate>
            {form_key()}
            <button class="quiet" type="submit" name="do" value="look" tabindex="-1" aria-hidden="true">"Look"</button>
            {m.given.map(|n| view! { <input type="hidden" name="given" value=n autocomplete="off"/> })}
            {named}
            {steps}
            <div class="form-actions">
                <button class="button" type="submit" name="do" value="add" id="f-steps" aria-describedby=described>"Add an exercise"</button>
                <button class="button button-primary" type="submit" name="do" value="save">"Save pathway"</button>
                {missing}
            </div>
        </form>
        <p class="back"><a href=m.back.href.clone()>{m.back.text.clone()}</a></p>
    }
    .into_any()
}

/// The fieldset of the step at index `n` of `count`.
fn step_fieldset(m: &Model, n: usize, count: usize) -> AnyView {
    let state = &m.form;
    let name = |field: &str| rows::field(n, field);
    let mut options = vec![(String::new(), "Please choose".to_owned())];
    options.extend(m.exercises.iter().cloned());
    let first = n == 0 && m.begins;
    let turn = if first {
        view! { <p class="hint">"Opens at once."</p> }.into_any()
    } else {
        view! {
            {Field::new(state, name("both"), "Opens the morning after everyone has finished the previous step").hint("Shows each of them that the other has finished, too.").tick()}
            {Field::new(state, name("days"), "Or this many days after the previous step").unmarked().hint("Whichever is first.").number(1, 120)}
        }
        .into_any()
    };
    view! {
        <fieldset class="card builder-step" id=format!("step-{n}")>
            <legend>{format!("Step {}", n + 1)}</legend>
            {Field::new(state, name("exercise"), "Exercise").required().select(options)}
            {turn}
            <div class="pair">
                {Field::new(state, name("every_days"), "Repeats every … days").unmarked().hint("Empty: once. 7: every week.").number(1, 90)}
                {Field::new(state, name("for_days"), "for … days").unmarked().number(1, 365)}
            </div>
            {row_buttons("exercise", n, count)}
        </fieldset>
    }
    .into_any()
}

/// Sample models: a new pathway; the open steps of a pathway progress; a
/// refused form.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let empty = Model {
        title: "A new pathway".into(),
        lead: "Exercises in order, over weeks.".into(),
        action: "/pathways".into(),
        named: true,
        exercises: vec![("sample".into(), "How reachable we are".into()), ("x".into(), "T".repeat(200))],
        given: None,
        begins: true,
        form: FormState::new(Form::from_pairs([("step.0.exercise", "")])),
        back: Link::new("/pathways", "Back without saving"),
    };
    let form = super::pathway::sample_pathway().form();
    let full = Model { form: FormState::new(form.clone()), named: false, begins: false, ..empty.clone() };
    let refused = Model {
        form: FormState { form, errors: Errors::at_field("step.1.both", "Step 2: choose when it opens.") },
        ..empty.clone()
    };
    vec![empty, full, refused]
}
