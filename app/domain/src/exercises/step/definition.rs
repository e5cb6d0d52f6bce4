//! The check of a step's definition: what every kind of step must fulfil.

use std::collections::HashSet;

use super::{MAX_ENTRIES, Step};
use crate::{
    exercises::exercise::{Scope, is_key},
    typed,
};

/// The check of one step's definition, which collects its errors.
pub(super) struct Definition<'a> {
    pub step: &'a Step,
    /// All steps of the exercise, in their order.
    pub steps: &'a [Step],
    problems: Vec<String>,
}

impl Definition<'_> {
    /// Adds an error, in words for the author, unless the condition holds.
    pub fn require(&mut self, holds: bool, text: String) {
        if !holds {
            self.problems.push(text);
        }
    }
}

impl Step {
    /// The errors in the definition of this step, which is one of `steps`, in
    /// words for its author; empty if it is valid.
    pub(in crate::exercises) fn problems(&self, steps: &[Self]) -> Vec<String> {
        let mut definition = Definition { step: self, steps, problems: Vec::new() };
        check_texts(&mut definition);
        check_entries(&mut definition);
        self.kind.check_definition(&mut definition);
        definition.problems
    }
}

/// Checks what is asked and who reads the answer.
fn check_texts(definition: &mut Definition<'_>) {
    let step = definition.step;
    let key = &step.key;
    definition.require(!typed::is_blank(&step.prompt), format!("step {key} has no prompt"));
    let lengths = step.prompt.chars().count() <= 500 && step.hint.chars().count() <= 2_000;
    definition.require(lengths, format!("step {key}: a prompt takes 500 characters, and a hint 2,000"));
}

/// Checks the options, items, lines, cards or tags of the step.
fn check_entries(definition: &mut Definition<'_>) {
    let step = definition.step;
    let key = &step.key;
    let entries = step.kind.choices();
    let fit = entries.len() <= MAX_ENTRIES && entries.iter().all(|c| c.text.chars().count() <= 500);
    definition.require(fit, format!("step {key} takes {MAX_ENTRIES} entries at most, of 500 characters"));
    let brought = !step.bring || step.scope != Scope::Mine;
    definition.require(brought, format!("step {key}: what is brought to the session cannot stay with its writer"));
    let mut keys = HashSet::new();
    for entry in entries.iter().take(MAX_ENTRIES) {
        let entry_key = &entry.key;
        definition
            .require(is_key(entry_key), format!("step {key}: the key \"{entry_key}\" may hold a-z, 0-9 and - only"));
        definition.require(entry_key != "own", format!("step {key}: the key \"own\" is taken"));
        definition.require(keys.insert(entry_key), format!("step {key}: two entries have the key \"{entry_key}\""));
        definition.require(!typed::is_blank(&entry.text), format!("step {key}: {entry_key} has no text"));
    }
}
