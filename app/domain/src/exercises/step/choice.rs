//! Pick one: one of several options, or an answer in the person's own words.

use serde::{Deserialize, Serialize};

use super::{Choice, definition::Definition};
use crate::{
    exercises::{
        authoring::{StepRow, StepRowMut},
        lines::Line,
        merging::append_text,
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, LINE_MAX},
        side_by_side::{Row, pick_gap},
    },
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please pick one.";

/// A step in which the person picks one option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceStep {
    pub options: Vec<Choice>,
    /// Whether they may write their own.
    #[serde(default)]
    pub own: bool,
}

/// The option that a person picked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceAnswer {
    /// The key of the option; `own`: the person's own text; `None`: nothing was
    /// picked.
    pub pick: Option<String>,
    /// The person's own text; often empty.
    pub own: String,
}

impl ChoiceStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require(self.options.len() >= 2, "options", "add at least two options");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> ChoiceAnswer {
        let picked = fields.value().to_owned();
        ChoiceAnswer {
            pick: (picked == "own" || self.options.iter().any(|o| o.key == picked)).then_some(picked),
            own: fields.part_text("own"),
        }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &ChoiceAnswer, check: &mut AnswerCheck<'_>) {
        if answer.pick.is_none() {
            check.add_missing();
        } else if self.own && answer.pick.as_deref() == Some("own") && typed::is_blank(&answer.own) {
            check.add("Please write your own answer, or pick another.");
        } else {
            check.limit(&answer.own, LINE_MAX);
        }
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&ChoiceAnswer>; 2]) -> Vec<Row> {
        let cells = answers.map(|answer| {
            let answer = answer?;
            match answer.pick.as_deref()? {
                "own" => Some(answer.own.trim().to_owned()),
                pick => self.options.iter().find(|o| o.key == pick).map(|o| o.text.clone()),
            }
        });
        // Own words written beside another pick are shown as well.
        let beside = answers.map(|answer| {
            let answer = answer?;
            let shown = answer.pick.as_deref() != Some("own") && !typed::is_blank(&answer.own);
            shown.then(|| answer.own.trim().to_owned())
        });
        let gap = pick_gap(&cells);
        let mut rows = vec![Row::new("", cells, gap)];
        if beside.iter().any(Option::is_some) {
            rows.push(Row::new("In their own words", beside, None));
        }
        rows
    }

    /// The lines of an answer.
    pub(super) fn lines(&self, answer: &ChoiceAnswer) -> Vec<Line> {
        let is_own = answer.pick.as_deref() == Some("own");
        let picked = self.options.iter().find(|o| Some(&o.key) == answer.pick.as_ref());
        let own = Line::new(if is_own { "" } else { "In own words" }, &answer.own);
        picked.map(|o| Line::new("", &o.text)).into_iter().chain([own]).collect()
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { options: row.choices(), own: row.ticked("own") }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.tick("own", self.own);
    }
}

impl ChoiceAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.pick.is_none() && typed::is_blank(&self.own)
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        if let Some(pick) = &self.pick {
            fields.add(pick.clone());
        }
        fields.add_part("own", self.own.clone());
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        if self.pick.is_none() {
            self.pick.clone_from(&kept.pick);
        }
        append_text(&mut self.own, &kept.own);
    }
}
