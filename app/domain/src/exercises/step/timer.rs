//! Do something for a set time, then note how it went.

use serde::{Deserialize, Serialize};

use super::{SECONDS, definition::Definition};
use crate::{
    exercises::{
        authoring::{StepRow, StepRowMut},
        lines::Line,
        merging::append_text,
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, TEXT_MAX},
        side_by_side::Row,
    },
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please say whether you did it, or what came in between.";
/// The fields of the author's form with which a new step begins.
pub(super) const FIRST_FIELDS: &[(&str, &str)] = &[("minutes", "5")];

/// A step in which the person does something for a set time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerStep {
    pub seconds: u32,
    /// Whether both partners do it together.
    #[serde(default)]
    pub together: bool,
}

/// What a person says about the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerAnswer {
    /// Whether it was done.
    pub done: bool,
    /// The minutes it took; `None`: not said.
    pub minutes: Option<u16>,
    /// How it went; often empty.
    pub note: String,
}

impl TimerStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        let fits = SECONDS.contains(&self.seconds);
        definition.require(fits, "minutes", "set the timer to between half a minute and an hour");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> TimerAnswer {
        TimerAnswer {
            done: !fields.part("done").is_empty(),
            minutes: fields.part_number("minutes"),
            note: fields.part_text("note"),
        }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &TimerAnswer, check: &mut AnswerCheck<'_>) {
        if !answer.done && typed::is_blank(&answer.note) && check.is_required() {
            check.add_missing();
        }
        if answer.minutes.is_some_and(|m| m > 600) {
            check.add_at("minutes", "Please write minutes, 600 at most.");
        }
        check.limit(&answer.note, TEXT_MAX);
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&TimerAnswer>; 2]) -> Vec<Row> {
        let done = answers.map(|answer| {
            let answer = answer?;
            Some(match (answer.done, answer.minutes) {
                (true, Some(minutes)) => format!("Yes, {minutes} minutes"),
                (true, None) => "Yes".to_owned(),
                (false, Some(minutes)) => format!("Not this time, {minutes} minutes"),
                (false, None) => "Not this time".to_owned(),
            })
        });
        let notes = answers.map(|answer| Some(answer?.note.trim()).filter(|note| !note.is_empty()).map(str::to_owned));
        vec![Row::new("Done", done, None), Row::new("How it went", notes, None)]
    }

    /// The lines of an answer.
    pub(super) fn lines(&self, answer: &TimerAnswer) -> Vec<Line> {
        let took = answer.minutes.map(|m| format!(", {m} minutes")).unwrap_or_default();
        let done = if answer.done { "Done" } else { "Not this time" };
        vec![Line::new("", &format!("{done}{took}")), Line::new("", &answer.note)]
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &mut StepRow<'_, '_>) -> Self {
        let minutes = row.number("minutes", "the minutes", 1..=60).and_then(|n| u32::try_from(n).ok());
        Self { seconds: minutes.unwrap_or(1) * 60, together: row.ticked("together") }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.set("minutes", (self.seconds / 60).max(1).to_string());
        row.tick("together", self.together);
    }
}

impl TimerAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        !self.done && self.minutes.is_none() && typed::is_blank(&self.note)
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        if self.done {
            fields.add_part("done", "yes");
        }
        if let Some(minutes) = self.minutes {
            fields.add_part("minutes", minutes.to_string());
        }
        fields.add_part("note", self.note.clone());
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        self.done |= kept.done;
        self.minutes = self.minutes.or(kept.minutes);
        append_text(&mut self.note, &kept.note);
    }
}
