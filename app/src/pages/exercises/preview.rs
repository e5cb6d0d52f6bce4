//! The preview of an exercise: its steps as its clients will see them.

use domain::{
    exercises::exercise::Document,
    form::{Errors, Form},
};
use leptos::prelude::*;

use super::step::{Fields, steps};

/// The steps of an exercise for a couple, without answers; nothing can be
/// filled in.
pub(crate) fn preview_steps(document: &Document) -> Vec<AnyView> {
    steps(Fields {
        document,
        responders: 2,
        partner: None,
        writer: None,
        therapist: "your therapist",
        answers: &Form::default(),
        errors: &Errors::default(),
        disabled: true,
        today: "",
        clocks: false,
    })
}
