//! Writing a pathway, and changing what is still to come of one couple's
//! walk: the same rows of exercises with when their turn comes.

use domain::form::rows;
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub title: String,
    pub lead: String,
    /// Where the form goes.
    pub action: String,
    /// A pattern has a title and a purpose; a walk has them already.
    pub named: bool,
    /// What there is to choose from: slug and title.
    pub exercises: Vec<(String, String)>,
    /// How many the page knows as given, where it is a walk.
    pub given: Option<usize>,
    /// The first of its rows is given at once.
    pub begins: bool,
    pub form: FormState,
    pub back: (String, String),
}

pub fn view(m: &Model) -> AnyView {
    let state = &m.form;
    let count = rows::count(&state.form);
    let steps: Vec<AnyView> = (0..count).map(|n| row(m, n, count)).collect();
    let named = m.named.then(|| {
        view! {
            <div class="card">
                {Field::new(state, "title", "Title").required().text()}
                {Field::new(state, "purpose", "For whom it is, and what it builds").required().area(3)}
                {Field::new(state, "cautions", "When not to give it").area(3)}
            </div>
        }
        .into_any()
    });
    view! {
        {page_head(m.title.clone(), m.lead.clone(), vec![])}
        {error_summary(state)}
        <form id="pathway" class="form builder" method="post" action=m.action.clone() novalidate>
            <button class="quiet" type="submit" name="do" value="look" tabindex="-1" aria-hidden="true">"Look"</button>
            {m.given.map(|n| view! { <input type="hidden" name="given" value=n autocomplete="off"/> })}
            {named}
            {steps}
            <div class="form-actions">
                <button class="button" type="submit" name="do" value="add">"Add an exercise"</button>
                <button class="button button-primary" type="submit" name="do" value="save">"Save"</button>
            </div>
        </form>
        <p><a href=m.back.0.clone()>{m.back.1.clone()}</a></p>
    }
    .into_any()
}

fn row(m: &Model, n: usize, count: usize) -> AnyView {
    let state = &m.form;
    let name = |field: &str| rows::field(n, field);
    let mut options = vec![(String::new(), "Please choose".to_owned())];
    options.extend(m.exercises.iter().cloned());
    let first = n == 0 && m.begins;
    let turn = if first {
        view! { <p class="hint">"It is given at once."</p> }.into_any()
    } else {
        view! {
            {Field::new(state, name("both"), "Its turn comes when all have sent the one before: the morning after").hint("Who has sent theirs can tell from it that the other has as well.").tick()}
            {Field::new(state, name("days"), "… or so many days after the one before was given").hint("Whichever is first. At least one of the two.").number(1, 120)}
        }
        .into_any()
    };
    let button = |what: &str, text: &str, off: bool| {
        let label = format!("{text}: exercise {}", n + 1);
        view! { <button class="button" type="submit" name="do" value=format!("{what}:{n}") aria-label=label disabled=off>{text.to_owned()}</button> }.into_any()
    };
    view! {
        <fieldset class="card builder-step" id=format!("step-{n}")>
            <legend>{format!("{}.", n + 1)}</legend>
            {Field::new(state, name("exercise"), "Exercise").required().select(options)}
            {turn}
            <div class="pair">
                {Field::new(state, name("every_days"), "Again every … days").hint("Empty: once. 7: every week.").number(1, 90)}
                {Field::new(state, name("for_days"), "for … days").number(1, 365)}
            </div>
            <div class="actions">
                {button("up", "Up", n == 0)}
                {button("down", "Down", n + 1 == count)}
                {button("remove", "Take out", false)}
            </div>
        </fieldset>
    }
    .into_any()
}

/// New; a pattern; refused.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let empty = Model {
        title: "A new pathway".into(),
        lead: "Exercises in an order, over weeks.".into(),
        action: "/pathways".into(),
        named: true,
        exercises: vec![("sample".into(), "How reachable we are".into()), ("x".into(), "T".repeat(200))],
        given: None,
        begins: true,
        form: FormState::new(Form::from_pairs([("step.0.exercise", "")])),
        back: ("/pathways".into(), "Back without saving".into()),
    };
    let form = super::pathway::sample().form();
    let full = Model { form: FormState::new(form.clone()), named: false, begins: false, ..empty.clone() };
    let refused = Model {
        form: FormState { form, errors: Errors::one("step.1.exercise", "Step 2: say when its turn comes.") },
        ..empty.clone()
    };
    vec![empty, full, refused]
}
