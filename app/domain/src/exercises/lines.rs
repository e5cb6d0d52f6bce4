//! An answer told in plain lines, as its writer and the other partner read it.

use super::{
    exercise::Document,
    step::{Answer, GuessAnswer, Step},
};

/// One line of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: LineLabel,
    pub text: String,
}

/// What is written before the text of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineLabel {
    /// A text; empty: the line has no label.
    Text(String),
    /// A date as the form sent it.
    Day(String),
}

impl Line {
    /// A line with a text that a person wrote, without blanks at either end.
    pub(super) fn new(label: &str, text: &str) -> Self {
        Self { label: LineLabel::Text(label.to_owned()), text: text.trim().to_owned() }
    }

    /// A line with a text as it is.
    pub(super) fn exact(label: &str, text: String) -> Self {
        Self { label: LineLabel::Text(label.to_owned()), text }
    }
}

/// The lines of an answer, without empty ones. Empty if the answer is of another
/// kind than its step, because the step was of another kind when it was
/// answered.
pub fn lines(document: &Document, step: &Step, answer: &Answer) -> Vec<Line> {
    let lines = match document.guess_as_step(step) {
        Some(guessed) => GuessAnswer::of(answer).and_then(|answer| guessed.kind.lines(&answer.guess)),
        None => step.kind.lines(answer),
    };
    lines.unwrap_or_default().into_iter().filter(|line| !line.text.is_empty()).collect()
}
