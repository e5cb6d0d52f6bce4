//! A text that both agree on. It is written and accepted outside the response,
//! so the step has no answer of its own.

use serde::{Deserialize, Serialize};

use super::definition::Definition;
use crate::exercises::{
    authoring::{StepRow, StepRowMut},
    exercise::Scope,
};

/// A step in which both partners write one text together; both accept the same
/// version of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementStep {
    /// The begin of the text; it may be empty.
    pub starter: String,
}

impl AgreementStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        let step = definition.step;
        let fit = self.starter.chars().count() <= 2_000;
        definition.require(fit, "starter", "shorten the beginning to 2,000 characters");
        let both = matches!(step.scope, Scope::Reveal | Scope::Couple);
        definition.require(both, "scope", "choose who reads it: an agreement is for both");
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { starter: row.text("starter") }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.set("starter", self.starter.clone());
    }
}
