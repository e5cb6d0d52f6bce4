//! Pick several.

use domain::exercises::step::{ChecklistStep, Step};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    paper::options_on_paper,
    parts::{group, option_list},
};

/// The step with its options.
pub(super) fn fields(f: Fields<'_>, step: &Step, checklist: &ChecklistStep) -> AnyView {
    group(f, step, option_list(f, step, &checklist.options, checklist.own, "checkbox"))
}

/// The step on paper.
pub(super) fn on_paper(step: &ChecklistStep) -> AnyView {
    options_on_paper(&step.options, step.own)
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.options()
}
