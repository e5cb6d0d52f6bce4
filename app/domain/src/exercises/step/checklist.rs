//! Pick several: any of several options, and an entry in the person's own words.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Choice, definition::Definition};
use crate::{
    exercises::{
        authoring::{StepRow, StepRowMut},
        lines::Line,
        merging::append_text,
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, LINE_MAX},
        side_by_side::Row,
    },
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please tick what fits, or write your own.";

/// A step in which the person picks several options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistStep {
    pub options: Vec<Choice>,
    /// Whether they may write their own.
    #[serde(default)]
    pub own: bool,
}

/// The options that a person ticked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistAnswer {
    /// The keys of the options.
    pub picks: BTreeSet<String>,
    /// The person's own text; often empty.
    pub own: String,
}

impl ChecklistStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require(self.options.len() >= 2, "options", "add at least two options");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> ChecklistAnswer {
        let offered = |pick: &String| self.options.iter().any(|o| o.key == *pick);
        ChecklistAnswer { picks: fields.values().into_iter().filter(offered).collect(), own: fields.part_text("own") }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &ChecklistAnswer, check: &mut AnswerCheck<'_>) {
        check.limit(&answer.own, LINE_MAX);
    }

    /// The rows with two answers side by side: a row for each option that either
    /// of the two ticked.
    pub(super) fn rows(&self, answers: [Option<&ChecklistAnswer>; 2]) -> Vec<Row> {
        let together = answers.iter().all(Option::is_some);
        let ticked = |key: &str| answers.map(|answer| answer.map(|a| a.picks.contains(key)));
        let mut rows: Vec<Row> = self
            .options
            .iter()
            .filter(|o| ticked(&o.key).contains(&Some(true)))
            .map(|o| {
                let ticked = ticked(&o.key);
                let cells = ticked.map(|t| t.map(|t| if t { "Yes" } else { "–" }.to_owned()));
                Row::new(&o.text, cells, together.then(|| if ticked[0] == ticked[1] { 0.0 } else { 1.0 }))
            })
            .collect();
        let own = answers.map(|answer| Some(answer?.own.trim()).filter(|own| !own.is_empty()).map(str::to_owned));
        if own.iter().any(Option::is_some) {
            rows.push(Row::new("In their own words", own, None));
        }
        rows
    }

    /// The lines of an answer.
    pub(super) fn lines(&self, answer: &ChecklistAnswer) -> Vec<Line> {
        let picked = self.options.iter().filter(|o| answer.picks.contains(&o.key));
        picked.map(|o| Line::new("", &o.text)).chain([Line::new("In own words", &answer.own)]).collect()
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

impl ChecklistAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.picks.is_empty() && typed::is_blank(&self.own)
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        for pick in &self.picks {
            fields.add(pick.clone());
        }
        fields.add_part("own", self.own.clone());
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        self.picks.extend(kept.picks.iter().cloned());
        append_text(&mut self.own, &kept.own);
    }
}
