//! Rate from low to high: a number for each of several items.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Choice, definition::Definition};
use crate::exercises::{
    authoring::{StepRow, StepRowMut},
    lines::Line,
    merging::add_missing_picks,
    response::{AnswerCheck, AnswerFields, AnswerFieldsMut},
    side_by_side::{Row, value_gap},
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please pick a number for each line.";
/// The fields of the author's form with which a new step begins.
pub(super) const FIRST_FIELDS: &[(&str, &str)] =
    &[("min", "0"), ("max", "10"), ("low", "Not at all"), ("high", "Very much")];

/// A step in which the person rates each item from `min` to `max`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScaleStep {
    #[serde(default)]
    pub min: u8,
    #[serde(default = "ten")]
    pub max: u8,
    /// What the lowest number means.
    pub low: String,
    /// What the highest number means.
    pub high: String,
    pub items: Vec<Choice>,
}

/// The default of the highest number.
const fn ten() -> u8 {
    10
}

/// The number that a person gave to each item, by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScaleAnswer {
    pub values: BTreeMap<String, u8>,
}

impl ScaleStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        let fit = [&self.low, &self.high].iter().all(|t| t.chars().count() <= 200);
        definition.require(fit, "low", "shorten the words at the ends to 200 characters");
        definition.require(
            self.min < self.max && self.max <= 10,
            "max",
            "enter a highest number above the lowest, 10 at most",
        );
        definition.require(!self.items.is_empty(), "options", "add at least one line to rate");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> ScaleAnswer {
        ScaleAnswer { values: fields.numbers(&self.items, self.min..=self.max) }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &ScaleAnswer, check: &mut AnswerCheck<'_>) {
        for item in &self.items {
            if check.is_required() && !answer.values.contains_key(&item.key) {
                check.add_missing();
                check.add_at(&item.key, "Please pick a number.");
            }
        }
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&ScaleAnswer>; 2]) -> Vec<Row> {
        let span = self.max.saturating_sub(self.min);
        self.items
            .iter()
            .map(|item| {
                let values = answers.map(|answer| answer?.values.get(&item.key).copied());
                Row::new(&item.text, values.map(|v| v.map(|v| v.to_string())), value_gap(values, span))
            })
            .collect()
    }

    /// The lines of an answer.
    pub(super) fn lines(&self, answer: &ScaleAnswer) -> Vec<Line> {
        let line =
            |item: &Choice| Some(Line::exact(&item.text, format!("{} of {}", answer.values.get(&item.key)?, self.max)));
        self.items.iter().filter_map(line).collect()
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &mut StepRow<'_, '_>) -> Self {
        let (min, max) =
            (row.number("min", "the lowest number", 0..=9), row.number("max", "the highest number", 1..=10));
        let small = |n: Option<i64>| n.and_then(|n| u8::try_from(n).ok()).unwrap_or_default();
        Self { min: small(min), max: small(max), low: row.text("low"), high: row.text("high"), items: row.choices() }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.set("min", self.min.to_string());
        row.set("max", self.max.to_string());
        row.set("low", self.low.clone());
        row.set("high", self.high.clone());
    }
}

impl ScaleAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        for (item, value) in &self.values {
            fields.add_part(item, value.to_string());
        }
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        add_missing_picks(&mut self.values, &kept.values);
    }
}
