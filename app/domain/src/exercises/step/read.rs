//! Something to read: a short passage without an answer.

use serde::{Deserialize, Serialize};

use super::definition::Definition;
use crate::{
    exercises::authoring::{StepRow, StepRowMut},
    typed,
};

/// A step in which the person reads a short passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadStep {
    pub body: String,
}

impl ReadStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require(!typed::is_blank(&self.body), "body", "enter the text");
        let fits = self.body.chars().count() <= 10_000;
        definition.require(fits, "body", "shorten the text to 10,000 characters");
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { body: row.text("body") }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.set("body", self.body.clone());
    }
}
