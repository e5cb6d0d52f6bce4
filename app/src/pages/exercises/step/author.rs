//! The fields of one step in the author's form.

use domain::{exercises::step::Step, form::rows};
use leptos::prelude::*;

use crate::ui::{Field, FormState};

/// What the fields of one step in the author's form are rendered with.
pub(in crate::pages::exercises) struct StepForm<'a> {
    pub state: &'a FormState,
    /// The index of the step.
    pub row: usize,
    /// The steps before it, as far as they are valid.
    pub earlier: &'a [Step],
}

impl StepForm<'_> {
    /// The full name of a field.
    pub fn name(&self, field: &str) -> String {
        rows::field(self.row, field)
    }

    /// A field of several lines.
    pub(super) fn area(&self, field: &str, label: &str, hint: &str, rows: u32) -> AnyView {
        Field::new(self.state, self.name(field), label.to_owned()).unmarked().hint(hint.to_owned()).area(rows)
    }

    /// A field of one line.
    pub(super) fn line(&self, field: &str, label: &str) -> AnyView {
        Field::new(self.state, self.name(field), label.to_owned()).unmarked().text()
    }

    /// A box to tick.
    pub fn tick(&self, field: &str, label: &str) -> AnyView {
        Field::new(self.state, self.name(field), label.to_owned()).tick()
    }

    /// A required whole number.
    pub(super) fn number(&self, field: &str, label: &str, min: i64, max: i64) -> AnyView {
        Field::new(self.state, self.name(field), label.to_owned()).required().number(min, max)
    }

    /// The options of a choice or a checklist.
    pub(super) fn options(&self) -> AnyView {
        view! {
            {self.area("options", "What there is to pick", "One on each line.", 5)}
            {self.tick("own", "They can add something of their own")}
        }
        .into_any()
    }
}
