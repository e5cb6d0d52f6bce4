//! Sort into buckets: a bucket for each of several items, and entries in the
//! person's own words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Choice, MAX_ENTRIES, definition::Definition};
use crate::{
    exercises::{
        authoring::{StepRow, StepRowMut, join_lines, read_entries},
        exercise::{Scope, is_key},
        lines::Line,
        merging::{add_missing_picks, append_each},
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, TEXT_MAX},
        side_by_side::{Row, pick_gap},
    },
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please find a place for each line.";
/// The fields of the author's form with which a new step begins.
pub(super) const FIRST_FIELDS: &[(&str, &str)] = &[("buckets", "Keep\nLet go")];

/// A step in which the person puts the items into buckets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortStep {
    #[serde(default)]
    pub items: Vec<Choice>,
    pub buckets: Vec<Choice>,
    /// Whether they may write their own entries.
    #[serde(default)]
    pub own: bool,
    /// The key of a bucket: the other partner is shown only the items that both
    /// put into it, and never anything else of this step. `None`: the answer is
    /// shared as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub both_only: Option<String>,
}

/// The buckets into which a person sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortAnswer {
    /// The key of the bucket of each item.
    pub places: BTreeMap<String, String>,
    /// The person's own entries by bucket, one on each line.
    pub own: BTreeMap<String, String>,
}

impl SortStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        let step = definition.step;
        definition.require((2..=4).contains(&self.buckets.len()), "buckets", "add 2 to 4 buckets");
        definition.require(self.own || !self.items.is_empty(), "options", "add at least one line to sort");
        let fit = self.buckets.iter().all(|b| b.text.chars().count() <= 200);
        definition.require(fit, "buckets", "shorten each bucket to 200 characters");
        for bucket in self.buckets.iter().take(MAX_ENTRIES) {
            definition.require(
                is_key(&bucket.key) && bucket.key != "own",
                "buckets",
                format!("use only a-z, 0-9 and - in the bucket key \"{}\"", bucket.key),
            );
        }
        if let Some(only) = &self.both_only {
            let known = self.buckets.iter().any(|b| b.key == *only);
            definition.require(known, "both_only", format!("name one of the buckets; there is none called \"{only}\""));
            let blind = step.scope == Scope::Reveal;
            definition.require(blind, "scope", "let it open once both have answered, or show all buckets");
            definition.require(!self.own, "own", "untick entries of their own, or show all buckets");
        }
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> SortAnswer {
        let place = |item: &Choice| {
            let bucket = fields.part(&item.key);
            self.buckets.iter().any(|b| b.key == bucket).then(|| (item.key.clone(), bucket.to_owned()))
        };
        let own = |bucket: &Choice| (bucket.key.clone(), fields.part_text(&format!("own.{}", bucket.key)));
        SortAnswer {
            places: self.items.iter().filter_map(place).collect(),
            own: self.buckets.iter().filter(|_| self.own).map(own).filter(|(_, text)| !typed::is_blank(text)).collect(),
        }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &SortAnswer, check: &mut AnswerCheck<'_>) {
        if !(self.own && self.items.is_empty()) {
            check.add_missing_items(&self.items, |key| answer.places.contains_key(key));
        }
        for text in answer.own.values() {
            check.limit(text, TEXT_MAX);
        }
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&SortAnswer>; 2]) -> Vec<Row> {
        let name = |key: &String| self.buckets.iter().find(|b| b.key == *key).map(|b| b.text.clone());
        let row = |item: &Choice| {
            let cells = answers.map(|answer| answer?.places.get(&item.key).and_then(name));
            let gap = pick_gap(&cells);
            Row::new(&item.text, cells, gap)
        };
        let mut rows: Vec<Row> = self.items.iter().map(row).collect();
        for bucket in &self.buckets {
            let cells = answers.map(|answer| answer?.own.get(&bucket.key).map(|text| text.trim().to_owned()));
            if cells.iter().any(Option::is_some) {
                rows.push(Row::new(&format!("In their own words: {}", bucket.text), cells, None));
            }
        }
        rows
    }

    /// The lines of an answer: one for each bucket.
    pub(super) fn lines(&self, answer: &SortAnswer) -> Vec<Line> {
        let line = |bucket: &Choice| {
            let there = self.items.iter().filter(|i| answer.places.get(&i.key) == Some(&bucket.key));
            let own = answer.own.get(&bucket.key).map(|text| text.trim()).filter(|text| !text.is_empty());
            let texts: Vec<&str> = there.map(|i| i.text.as_str()).chain(own).collect();
            Line::exact(&bucket.text, texts.join("\n"))
        };
        self.buckets.iter().map(line).collect()
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        let old = row.before.and_then(|step| Self::of(&step.kind)).map(|sort| sort.buckets.clone()).unwrap_or_default();
        let buckets = read_entries(&row.text("buckets"), &old);
        let only = row.text("both_only");
        let both_only = buckets.iter().find(|b| !only.is_empty() && (b.text == only || b.key == only));
        let both_only = both_only.map_or_else(|| (!only.is_empty()).then(|| only.clone()), |b| Some(b.key.clone()));
        Self { items: row.choices(), buckets, own: row.ticked("own"), both_only }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.set("buckets", join_lines(&self.buckets));
        row.tick("own", self.own);
        let only = self.both_only.as_ref().and_then(|key| self.buckets.iter().find(|b| b.key == *key));
        row.set("both_only", only.map(|b| b.text.clone()).unwrap_or_default());
    }
}

impl SortAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty() && self.own.values().all(|text| typed::is_blank(text))
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        for (item, bucket) in &self.places {
            fields.add_part(item, bucket.clone());
        }
        for (bucket, text) in &self.own {
            fields.add_part(&format!("own.{bucket}"), text.clone());
        }
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        add_missing_picks(&mut self.places, &kept.places);
        append_each(&mut self.own, &kept.own);
    }

    /// The items that this answer and the other one both have in the bucket
    /// `only`; `None` if there are none.
    pub(in crate::exercises) fn in_common(self, other: &Self, only: &str) -> Option<Self> {
        let is_common = |item: &String, bucket: &String| {
            bucket == only && other.places.get(item).is_some_and(|other| other == only)
        };
        let places: BTreeMap<_, _> = self.places.into_iter().filter(|(item, bucket)| is_common(item, bucket)).collect();
        (!places.is_empty()).then(|| Self { places, own: BTreeMap::new() })
    }
}
