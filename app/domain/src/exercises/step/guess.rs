//! Guess the partner's answer to an earlier step. A guess is asked, read and
//! checked as an answer to that step.

use serde::{Deserialize, Serialize};

use super::{Answer, Step, definition::Definition};
use crate::exercises::{
    authoring::{StepRow, StepRowMut},
    response::AnswerFieldsMut,
    side_by_side::Row,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please guess.";

/// A step in which the person guesses what their partner answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuessStep {
    /// The key of the earlier step.
    pub of: String,
}

/// The answer that a person expects of their partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuessAnswer {
    pub guess: Box<Answer>,
}

impl GuessStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        let key = &definition.step.key;
        let before = definition.steps.iter().take_while(|s| s.key != *key).find(|s| s.key == self.of);
        let fits = before.is_some_and(|s| s.kind.kind().can_be_guessed());
        definition.require(fits, "of", "choose an earlier step whose answer can be guessed");
    }

    /// A row that counts how often each partner guessed the other's answer right;
    /// `None` if nobody guessed.
    pub(super) fn summary_row(&self, rows: &[Row]) -> Option<Row> {
        let count = |who: usize| {
            let said: Vec<&String> = rows.iter().filter_map(|r| r.cells[who].as_ref()).collect();
            let right = said.iter().filter(|c| c.ends_with("guessed right")).count();
            (!said.is_empty()).then(|| format!("{right} of {}", said.len()))
        };
        let cells = [count(0), count(1)];
        cells.iter().any(Option::is_some).then(|| Row::new("Read the other right", cells, None))
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        Self { of: row.text("of") }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        row.set("of", self.of.clone());
    }
}

impl GuessAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.guess.is_empty()
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        self.guess.fill(fields);
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        self.guess.merge(&kept.guess);
    }
}

/// The rows that show what each partner guessed of the answer to `target` beside
/// what the other answered, and how far the guess is off.
pub(in crate::exercises) fn guess_rows(
    target: &Step,
    guessed: [Option<&Answer>; 2],
    said: [Option<&Answer>; 2],
) -> Vec<Row> {
    let [by_a, by_b] = guessed.map(|answer| Some(&*GuessAnswer::of(answer?)?.guess));
    // Each guess is compared with the answer it is about: A's guess with B's
    // answer.
    let about_b = target.kind.rows([by_a, said[1]]);
    let about_a = target.kind.rows([by_b, said[0]]);
    about_b
        .into_iter()
        .map(|row_about_b| {
            // Each pair of answers sorts its rows in its own order.
            let row_about_a = about_a.iter().find(|row| row.label == row_about_b.label);
            let guess_text = |row: &Row| {
                let guess = row.cells[0].clone()?;
                Some(match &row.cells[1] {
                    Some(said) if row.gap == Some(0.0) => format!("{said}: guessed right"),
                    Some(said) => format!("guessed {guess}, it was {said}"),
                    None => format!("guessed {guess}"),
                })
            };
            let gap = [row_about_b.gap, row_about_a.and_then(|row| row.gap)].into_iter().flatten().reduce(f32::max);
            Row::new(&row_about_b.label, [guess_text(&row_about_b), row_about_a.and_then(guess_text)], gap)
        })
        .collect()
}
