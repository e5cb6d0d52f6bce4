//! The page on which the therapist types in a paper worksheet for the person
//! who wrote it. The response is marked as typed in.

use domain::{
    exercises::exercise::Document,
    form::{Errors, Form},
    ids::{AssignmentId, PersonId},
};
use leptos::prelude::*;

use super::step::{Fields, steps};
use crate::ui::{FormState, error_summary, form_key, page_head};

/// The view model of the page that types in a worksheet.
#[derive(Clone, Debug)]
pub struct Model {
    pub assignment: AssignmentId,
    pub person: PersonId,
    pub name: String,
    /// The exercise without its private steps.
    pub document: Document,
    pub responders: usize,
    pub answers: Form,
    pub errors: Errors,
    pub today: String,
}

/// Renders the page that types in a worksheet.
pub fn view(m: &Model) -> AnyView {
    let fields = Fields {
        document: &m.document,
        responders: m.responders,
        partner: None,
        writer: Some(&m.name),
        therapist: "you",
        answers: &m.answers,
        errors: &m.errors,
        disabled: false,
        today: &m.today,
        clocks: false,
    };
    let state = FormState { form: m.answers.clone(), errors: m.errors.clone() };
    view! {
        {page_head(format!("Enter {}’s paper answers", m.name), format!("“{}”. The answers count as theirs and are marked as entered by you. Leave blank what the sheet leaves blank. Private steps are not asked for here.", m.document.title), vec![])}
        {error_summary(&state)}
        <form class="form exercise-form" method="post" action=format!("/assignments/{}/paper/{}", m.assignment, m.person) novalidate>
            {form_key()}
            <input type="hidden" name="number" value=m.answers.get("number").to_owned()/>
            {steps(fields)}
            <p class="form-actions"><button class="button button-primary" type="submit">"Save answers"</button></p>
        </form>
        <p class="back"><a href=format!("/assignments/{}", m.assignment)>"Back without saving"</a></p>
    }
    .into_any()
}

/// Sample models: an empty form; one with errors.
pub fn samples() -> Vec<Model> {
    let mut document = super::step::sample::sample_document();
    document.steps.retain(|s| s.scope != domain::exercises::exercise::Scope::Mine);
    let empty = Model {
        assignment: AssignmentId::from(uuid::Uuid::from_u128(1)),
        person: PersonId::from(uuid::Uuid::from_u128(2)),
        name: "अनन्या 💛".into(),
        responders: 2,
        answers: Form::default(),
        errors: Errors::default(),
        today: "2026-11-23".into(),
        document: document.clone(),
    };
    let answers = domain::exercises::response::read(&document, &Form::default());
    let errors = domain::exercises::response::check(&document, &answers).err().unwrap_or_default();
    vec![empty.clone(), Model { errors, name: "N".repeat(200), ..empty }]
}
