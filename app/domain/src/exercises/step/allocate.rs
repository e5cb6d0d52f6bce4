//! Say who carries what: a share for each of several items.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Choice, definition::Definition};
use crate::exercises::{
    authoring::StepRow,
    lines::Line,
    merging::add_missing_picks,
    response::{AnswerCheck, AnswerFields, AnswerFieldsMut},
    side_by_side::{Row, value_gap},
};

/// Who carries something, from all of it to none.
pub const SHARES: [&str; 5] = ["All me", "Mostly me", "Both alike", "Mostly my partner", "All my partner"];

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please say for each line who carries it.";

/// A step in which the person says who carries each item: one of [`SHARES`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocateStep {
    pub items: Vec<Choice>,
}

/// The share of each item, as an index of [`SHARES`], by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocateAnswer {
    pub shares: BTreeMap<String, u8>,
}

impl AllocateStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require(!self.items.is_empty(), "options", "add at least one line");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> AllocateAnswer {
        let most = u8::try_from(SHARES.len() - 1).unwrap_or_default();
        AllocateAnswer { shares: fields.numbers(&self.items, 0..=most) }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &AllocateAnswer, check: &mut AnswerCheck<'_>) {
        check.add_missing_items(&self.items, |key| answer.shares.contains_key(key));
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&AllocateAnswer>; 2]) -> Vec<Row> {
        let row = |item: &Choice| {
            let shares = answers.map(|answer| answer?.shares.get(&item.key).copied());
            let whole = u8::try_from(SHARES.len() - 1).unwrap_or(4);
            // Both on one axis: how much the first partner carries, as each of
            // the two says.
            let seen = [shares[0].map(|a| whole - a.min(whole)), shares[1]];
            let words = shares.map(|s| s.and_then(|s| Some((*SHARES.get(usize::from(s))?).to_owned())));
            let note = match seen {
                [Some(a), Some(b)] if a > b => "Together more than the whole: each says they carry it.",
                [Some(a), Some(b)] if a < b => "Together less than the whole: each says the other carries it.",
                _ => "",
            };
            Row { note, ..Row::new(&item.text, words, value_gap(seen, whole)) }
        };
        self.items.iter().map(row).collect()
    }

    /// The lines of an answer.
    pub(super) fn lines(&self, answer: &AllocateAnswer) -> Vec<Line> {
        let share = |item: &Choice| SHARES.get(usize::from(*answer.shares.get(&item.key)?));
        self.items.iter().filter_map(|item| Some(Line::new(&item.text, share(item)?))).collect()
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { items: row.choices() }
    }
}

impl AllocateAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        for (item, share) in &self.shares {
            fields.add_part(item, share.to_string());
        }
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        add_missing_picks(&mut self.shares, &kept.shares);
    }
}
