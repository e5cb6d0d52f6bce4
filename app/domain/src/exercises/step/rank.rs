//! Put in order: a place for each of several items.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Choice, definition::Definition};
use crate::exercises::{
    authoring::StepRow,
    lines::Line,
    merging::add_missing_picks,
    response::{AnswerCheck, AnswerFields, AnswerFieldsMut},
    side_by_side::{Row, value_gap},
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please give each line a place.";

/// A step in which the person puts the items in order, the most important
/// first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankStep {
    pub items: Vec<Choice>,
}

/// The place of each item, from 1, by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankAnswer {
    pub places: BTreeMap<String, u8>,
}

impl RankStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require((2..=12).contains(&self.items.len()), "options", "add 2 to 12 lines");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> RankAnswer {
        let most = u8::try_from(self.items.len()).unwrap_or(u8::MAX);
        RankAnswer { places: fields.numbers(&self.items, 1..=most) }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &RankAnswer, check: &mut AnswerCheck<'_>) {
        if answer.places.len() < self.items.len() {
            if check.is_required() {
                check.add_missing();
            }
        } else if answer.places.values().collect::<BTreeSet<_>>().len() < self.items.len() {
            check.add("Two lines have the same place. Please give each its own.");
        }
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&RankAnswer>; 2]) -> Vec<Row> {
        let span = u8::try_from(self.items.len().saturating_sub(1)).unwrap_or(u8::MAX);
        let places = |item: &Choice| answers.map(|answer| answer?.places.get(&item.key).copied());
        let mut items: Vec<_> = self.items.iter().collect();
        items.sort_by_key(|item| places(item).map(|place| place.unwrap_or(u8::MAX)).into_iter().min());
        let row = |item: &Choice| {
            let places = places(item);
            Row::new(&item.text, places.map(|p| p.map(|p| p.to_string())), value_gap(places, span))
        };
        items.into_iter().map(row).collect()
    }

    /// A row that tells how far two orders are apart as wholes: the sum of the
    /// places between them, and the largest possible sum (Spearman's footrule;
    /// Diaconis and Graham 1977). `None` if a place is missing.
    pub(super) fn summary_row(&self, rows: &[Row]) -> Option<Row> {
        let place = |cell: &Option<String>| cell.as_ref()?.parse::<usize>().ok();
        let sum: usize =
            rows.iter().map(|r| Some(place(&r.cells[0])?.abs_diff(place(&r.cells[1])?))).sum::<Option<usize>>()?;
        let most = self.items.len() * self.items.len() / 2;
        let words = match sum {
            0 => "the same".to_owned(),
            sum => format!("{sum} of {most} places between them"),
        };
        // It is about both partners, so it is in neither's column.
        Some(Row::new(&format!("The two orders as wholes: {words}"), [None, None], None))
    }

    /// The lines of an answer, in the order of the places.
    pub(super) fn lines(&self, answer: &RankAnswer) -> Vec<Line> {
        let mut placed: Vec<_> = self.items.iter().filter_map(|i| Some((answer.places.get(&i.key)?, i))).collect();
        placed.sort_by_key(|(place, _)| **place);
        placed.into_iter().map(|(place, item)| Line::exact("", format!("{place}. {}", item.text))).collect()
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { items: row.choices() }
    }
}

impl RankAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        for (item, place) in &self.places {
            fields.add_part(item, place.to_string());
        }
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        add_missing_picks(&mut self.places, &kept.places);
    }
}
