//! A talk in turns: a dialogue, after which each rates how heard they felt.

use serde::{Deserialize, Serialize};

use super::{Choice, MAX_ENTRIES, SECONDS, definition::Definition};
use crate::{
    exercises::{
        authoring::{StepRow, StepRowMut, read_entries},
        exercise::is_key,
        lines::Line,
        merging::append_text,
        response::{AnswerCheck, AnswerFields, AnswerFieldsMut, TEXT_MAX},
        side_by_side::{Row, value_gap},
    },
    typed,
};

/// The error for a missing answer.
pub(super) const MISSING: &str = "Please say how heard you felt.";
/// The length of a turn for which the author gives none, in seconds.
const TURN: u32 = 120;

/// A step in which the person takes part in a dialogue in turns, then rates how
/// heard they felt, from 0 to 10.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnsStep {
    pub turns: Vec<Turn>,
    /// Questions to draw, one at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Choice>,
}

/// One turn of a dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    pub key: String,
    pub text: String,
    pub seconds: u32,
}

/// What a person says after a dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnsAnswer {
    /// How heard the person felt, from 0 to 10; `None`: not said.
    pub felt: Option<u8>,
    /// What they think about it; often empty.
    pub reflection: String,
}

impl TurnsStep {
    /// Checks the definition of the step.
    pub(super) fn check_definition(&self, definition: &mut Definition<'_>) {
        definition.require((1..=20).contains(&self.turns.len()), "turns", "add 1 to 20 turns");
        let fit = self.turns.iter().all(|t| is_key(&t.key) && SECONDS.contains(&t.seconds));
        definition.require(fit, "turns", "give each turn between 30 and 3,600 seconds");
        let fit = self.turns.iter().all(|t| t.text.chars().count() <= 500);
        definition.require(fit, "turns", "shorten each turn to 500 characters");
    }

    /// Reads an answer from its form fields.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> TurnsAnswer {
        TurnsAnswer {
            felt: fields.part_number("felt").filter(|felt| *felt <= 10),
            reflection: fields.part_text("reflection"),
        }
    }

    /// Checks whether an answer can be submitted.
    pub(super) fn check(&self, answer: &TurnsAnswer, check: &mut AnswerCheck<'_>) {
        if answer.felt.is_none() && check.is_required() {
            check.add_missing();
        }
        check.limit(&answer.reflection, TEXT_MAX);
    }

    /// The rows with two answers side by side.
    pub(super) fn rows(&self, answers: [Option<&TurnsAnswer>; 2]) -> Vec<Row> {
        let felt = answers.map(|answer| answer?.felt);
        let reflections = answers.map(|answer| {
            let reflection = &answer?.reflection;
            (!typed::is_blank(reflection)).then(|| reflection.trim().to_owned())
        });
        vec![
            Row::new("Felt heard, of 10", felt.map(|f| f.map(|f| f.to_string())), value_gap(felt, 10)),
            Row::new("What stays with them", reflections, None),
        ]
    }

    /// The lines of an answer.
    pub(super) fn lines(&self, answer: &TurnsAnswer) -> Vec<Line> {
        let felt = answer.felt.map(|felt| Line::new("Felt heard", &format!("{felt} of 10")));
        felt.into_iter().chain([Line::new("", &answer.reflection)]).collect()
    }

    /// Reads the definition from the author's form.
    pub(super) fn read_definition(row: &StepRow<'_, '_>) -> Self {
        let old = row.before.and_then(|step| Self::of(&step.kind)).map(|step| step.turns.as_slice());
        Self { turns: read_turns(&row.text("turns"), old.unwrap_or_default()), cards: row.choices() }
    }

    /// Fills the author's form with the definition.
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        let lines: Vec<String> = self.turns.iter().map(|t| format!("{} {}", t.seconds, t.text)).collect();
        row.set("turns", lines.join("\n"));
    }
}

/// Reads the turns of a dialogue, one on each line, with the seconds first:
/// `90 One of you speaks.` A turn with the text of an `old` one keeps its key.
fn read_turns(text: &str, old: &[Turn]) -> Vec<Turn> {
    let old: Vec<Choice> = old.iter().map(|t| Choice { key: t.key.clone(), text: t.text.clone() }).collect();
    let split = |line: &str| -> (u32, String) {
        match line.split_once(' ') {
            Some((seconds, rest)) => {
                typed::code(seconds).parse().map_or((TURN, line.to_owned()), |s| (s, rest.trim().to_owned()))
            }
            None => (TURN, line.to_owned()),
        }
    };
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty()).take(MAX_ENTRIES + 1);
    let read: Vec<(u32, String)> = lines.map(split).collect();
    let texts: Vec<&str> = read.iter().map(|(_, text)| text.as_str()).collect();
    read_entries(&texts.join("\n"), &old)
        .into_iter()
        .zip(&read)
        .map(|(choice, (seconds, _))| Turn { key: choice.key, text: choice.text, seconds: *seconds })
        .collect()
}

impl TurnsAnswer {
    /// Whether nothing has been answered.
    pub(super) fn is_empty(&self) -> bool {
        self.felt.is_none() && typed::is_blank(&self.reflection)
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        if let Some(felt) = self.felt {
            fields.add_part("felt", felt.to_string());
        }
        fields.add_part("reflection", self.reflection.clone());
    }

    /// Adds what another device saved of this answer.
    pub(super) fn merge(&mut self, kept: &Self) {
        self.felt = self.felt.or(kept.felt);
        append_text(&mut self.reflection, &kept.reflection);
    }
}
