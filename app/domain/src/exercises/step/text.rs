//! Something to write: a short text or a long one.

use serde::{Deserialize, Serialize};

use crate::{
    exercises::{
        authoring::{StepRow, StepRowMut},
        lines::Line,
        merging::append_text,
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, LINE_MAX, TEXT_MAX},
        side_by_side::Row,
    },
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Write a few words.";

/// A step in which the person writes a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextStep {
    /// Whether there is room for more than one line.
    #[serde(default)]
    pub long: bool,
}

/// The text that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextAnswer {
    pub text: String,
}

impl TextStep {
    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> TextAnswer {
        TextAnswer { text: fields.text() }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &TextAnswer, check: &mut AnswerCheck<'_>) {
        check.limit(&answer.text, if self.long { TEXT_MAX } else { LINE_MAX });
    }

    /// The row with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&TextAnswer>; 2]) -> Vec<Row> {
        vec![Row::new("", answers.map(|answer| Some(answer?.text.clone())), None)]
    }

    /// The line of an answer.
    pub(super) fn lines(&self, answer: &TextAnswer) -> Vec<Line> {
        vec![Line::new("", &answer.text)]
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { long: row.ticked("long") }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.tick("long", self.long);
    }
}

impl TextAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        typed::is_blank(&self.text)
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        fields.add(self.text.clone());
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        append_text(&mut self.text, &kept.text);
    }
}
