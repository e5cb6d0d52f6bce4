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
    /// The author's field with each error, and the error.
    problems: Vec<(&'static str, String)>,
}

impl Definition<'_> {
    /// Adds an error unless the condition holds: the author's field that has it,
    /// and in words what to do about it.
    pub fn require(&mut self, holds: bool, field: &'static str, text: impl Into<String>) {
        if !holds {
            self.problems.push((field, text.into()));
        }
    }
}

impl Step {
    /// The errors in the definition of this step, which is one of `steps`: for
    /// each, the field of the author's form and what to do, without a capital
    /// letter or full stop. Empty if the step is valid.
    pub(in crate::exercises) fn problems(&self, steps: &[Self]) -> Vec<(&'static str, String)> {
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
    definition.require(!typed::is_blank(&step.prompt), "prompt", "enter what is asked");
    let fits = step.prompt.chars().count() <= 500;
    definition.require(fits, "prompt", "shorten what is asked to 500 characters");
    definition.require(step.hint.chars().count() <= 2_000, "hint", "shorten the hint to 2,000 characters");
}

/// Checks the options, items, lines, cards or tags of the step.
fn check_entries(definition: &mut Definition<'_>) {
    let step = definition.step;
    let entries = step.kind.choices();
    let fit = entries.len() <= MAX_ENTRIES && entries.iter().all(|c| c.text.chars().count() <= 500);
    definition.require(fit, "options", format!("use at most {MAX_ENTRIES} lines of 500 characters"));
    let brought = !step.bring || step.scope != Scope::Mine;
    definition.require(brought, "bring", "untick this, or let the therapist read the answer");
    let mut keys = HashSet::new();
    for entry in entries.iter().take(MAX_ENTRIES) {
        let entry_key = &entry.key;
        let plain = is_key(entry_key);
        definition.require(plain, "options", format!("use only a-z, 0-9 and - in the key \"{entry_key}\""));
        definition.require(entry_key != "own", "options", "use another key than \"own\"");
        definition.require(keys.insert(entry_key), "options", format!("use the key \"{entry_key}\" only once"));
        definition.require(!typed::is_blank(&entry.text), "options", format!("add a text to \"{entry_key}\""));
    }
}
