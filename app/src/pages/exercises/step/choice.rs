//! Pick one.

use domain::exercises::step::{ChoiceStep, Step};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    paper::options_on_paper,
    parts::{group, option_list},
};

/// The step with its options.
pub(super) fn fields(f: Fields<'_>, step: &Step, choice: &ChoiceStep) -> AnyView {
    group(f, step, option_list(f, step, &choice.options, choice.own, "radio"))
}

/// The step on paper.
pub(super) fn on_paper(step: &ChoiceStep) -> AnyView {
    options_on_paper(&step.options, step.own)
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.options()
}
