//! Turn a line into a kinder one: a new text for each given line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Choice, definition::Definition};
use crate::{
    exercises::{
        authoring::StepRow,
        lines::Line,
        merging::append_each,
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, TEXT_MAX},
        side_by_side::Row,
    },
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please write your version of each line.";

/// A step in which the person turns each given line into a connecting one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewriteStep {
    pub lines: Vec<Choice>,
}

/// The new text of each line, by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewriteAnswer {
    pub lines: BTreeMap<String, String>,
}

impl RewriteStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require(!self.lines.is_empty(), "options", "add at least one line");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> RewriteAnswer {
        let texts = self.lines.iter().map(|line| (line.key.clone(), fields.part_text(&line.key)));
        RewriteAnswer { lines: texts.filter(|(_, text)| !typed::is_blank(text)).collect() }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &RewriteAnswer, check: &mut AnswerCheck<'_>) {
        for line in &self.lines {
            match answer.lines.get(&line.key) {
                None if check.is_required() => check.add_at(&line.key, "Please write your version of this line."),
                None => {}
                Some(text) => check.limit_at(&line.key, text, TEXT_MAX),
            }
        }
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&RewriteAnswer>; 2]) -> Vec<Row> {
        let row =
            |line: &Choice| Row::new(&line.text, answers.map(|answer| answer?.lines.get(&line.key).cloned()), None);
        self.lines.iter().map(row).collect()
    }

    /// The lines of an answer.
    pub(super) fn lines(&self, answer: &RewriteAnswer) -> Vec<Line> {
        let line = |line: &Choice| Some(Line::new(&line.text, answer.lines.get(&line.key)?));
        self.lines.iter().filter_map(line).collect()
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { lines: row.choices() }
    }
}

impl RewriteAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.values().all(|line| typed::is_blank(line))
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        for (line, text) in &self.lines {
            fields.add_part(line, text.clone());
        }
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        append_each(&mut self.lines, &kept.lines);
    }
}
