//! A log over some days: short entries with a date.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Choice, definition::Definition};
use crate::{
    exercises::{
        authoring::{StepRow, StepRowMut},
        lines::{Line, LineLabel},
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, TEXT_MAX},
        side_by_side::Row,
    },
    form::parse_date,
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please write at least one entry.";
/// The fields of the author's form with which a new step begins.
pub(super) const FIRST_FIELDS: &[(&str, &str)] = &[("days", "7")];
/// The highest number of entries in a log.
pub const ENTRIES: usize = 120;

/// A step in which the person writes short entries over some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStep {
    pub days: u16,
    /// The sorts of entries; empty: there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Choice>,
}

/// The entries that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAnswer {
    pub entries: Vec<Entry>,
}

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The date as the form sends it; it is checked before the response is
    /// submitted.
    pub on: String,
    /// The key of the tag; empty: none.
    pub tag: String,
    pub text: String,
}

impl LogStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require((1..=60).contains(&self.days), "days", "enter the days, 1 to 60");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> LogAnswer {
        let entry = |n: usize| {
            let tag = fields.part(&format!("{n}.tag"));
            Entry {
                on: typed::code(fields.part(&format!("{n}.on"))),
                tag: if self.tags.iter().any(|t| t.key == tag) { tag.to_owned() } else { String::new() },
                text: fields.part_text(&format!("{n}.text")),
            }
        };
        let is_written = |entry: &Entry| !typed::is_blank(&entry.text) || !entry.tag.is_empty();
        LogAnswer { entries: (0..ENTRIES).map(entry).filter(is_written).collect() }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &LogAnswer, check: &mut AnswerCheck<'_>) {
        for (n, entry) in answer.entries.iter().enumerate() {
            if parse_date(&entry.on).is_none() {
                check.add_at(&format!("{n}.on"), "Please give the day.");
            }
            let text = format!("{n}.text");
            if typed::is_blank(&entry.text) && self.tags.is_empty() {
                check.add_at(&text, "Write a few words.");
            }
            check.limit_at(&text, &entry.text, TEXT_MAX);
        }
    }

    /// The rows with two answers side by side: the number of entries in all and
    /// for each tag, then the entries day by day.
    pub(super) fn rows(&self, answers: [Option<&LogAnswer>; 2]) -> Vec<Row> {
        let entries = answers.map(|answer| Some(answer?.entries.as_slice()));
        let count = |fits: &dyn Fn(&Entry) -> bool| {
            entries.map(|e| e.map(|e| e.iter().filter(|entry| fits(entry)).count().to_string()))
        };
        let mut rows = vec![Row::new("Entries", count(&|_| true), None)];
        rows.extend(self.tags.iter().map(|tag| Row::new(&tag.text, count(&|e| e.tag == tag.key), None)));
        let days: BTreeSet<&str> = entries.iter().flatten().flat_map(|e| e.iter()).map(|e| e.on.as_str()).collect();
        let words = |entry: &Entry| {
            let tag = self.tag_of(entry).unwrap_or_default();
            let text = entry.text.trim();
            if tag.is_empty() || text.is_empty() { format!("{tag}{text}") } else { format!("{tag}: {text}") }
        };
        rows.extend(days.into_iter().map(|day| {
            let cells = entries.map(|e| {
                let lines: Vec<String> = e?.iter().filter(|entry| entry.on == day).map(words).collect();
                (!lines.is_empty()).then(|| lines.join("\n"))
            });
            Row::new(day, cells, None)
        }));
        rows
    }

    /// The lines of an answer, in the order of the days.
    pub(super) fn lines(&self, answer: &LogAnswer) -> Vec<Line> {
        let mut entries: Vec<_> = answer.entries.iter().collect();
        entries.sort_by(|a, b| a.on.cmp(&b.on));
        let line = |entry: &Entry| {
            let parts = self.tag_of(entry).into_iter().chain([entry.text.trim()]);
            let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
            Line { label: LineLabel::Day(entry.on.clone()), text: parts.join(": ") }
        };
        entries.into_iter().map(line).collect()
    }

    /// The text of an entry's tag; `None`: it has none.
    fn tag_of(&self, entry: &Entry) -> Option<&str> {
        self.tags.iter().find(|t| t.key == entry.tag).map(|t| t.text.as_str())
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &mut StepRow<'_, '_>) -> Self {
        let days = row.number("days", "the days", 1..=60).and_then(|n| u16::try_from(n).ok());
        Self { days: days.unwrap_or(1), tags: row.choices() }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.set("days", self.days.to_string());
    }
}

impl LogAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        for (n, entry) in self.entries.iter().enumerate() {
            fields.add_part(&format!("{n}.on"), entry.on.clone());
            fields.add_part(&format!("{n}.tag"), entry.tag.clone());
            fields.add_part(&format!("{n}.text"), entry.text.clone());
        }
    }

    /// Adds what another device saved of this answer. An entry whose text the
    /// page's entry contains is the same entry, written further.
    pub(super) fn merge(&mut self, kept: &Self) {
        for kept in &kept.entries {
            let is_there = |e: &Entry| e.on == kept.on && e.tag == kept.tag && e.text.contains(&kept.text);
            if !self.entries.iter().any(is_there) {
                self.entries.push(kept.clone());
            }
        }
    }
}
