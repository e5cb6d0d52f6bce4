//! Guess the partner's answer. The step is shown as the one whose answer is
//! guessed.

use leptos::prelude::*;

use super::author::StepForm;
use crate::ui::Field;

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    let earlier = form.earlier.iter().filter(|step| step.kind.kind().can_be_guessed());
    let of: Vec<(String, String)> = std::iter::once((String::new(), "Please choose".to_owned()))
        .chain(earlier.map(|step| (step.key.clone(), step.prompt.clone())))
        .collect();
    Field::new(form.state, form.name("of"), "Which earlier step they guess").required().select(of)
}
