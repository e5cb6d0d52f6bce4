//! Steps of exercises: a file for each kind.
//!
//! The file of a kind has all that is particular to it: the data of its
//! definition and of its answer, how a definition is checked, how an answer is
//! read from its form fields and written back to them, checked, merged from two
//! drafts, compared side by side and told in lines, and its part of the form in
//! which an author writes it. What is the same for all kinds is in the module of
//! the operation: [`response`](super::response), [`merging`](super::merging),
//! [`side_by_side`](super::side_by_side), [`lines`](super::lines),
//! [`authoring`](super::authoring), and [`definition`] for the check of a
//! definition.
//!
//! This file says for each operation, in one match, which kind does what.

// A new kind must fail to compile until it has each operation.
#![deny(clippy::wildcard_enum_match_arm)]

use serde::{Deserialize, Serialize};

use super::{
    authoring::{StepRow, StepRowMut},
    exercise::Scope,
    lines::Line,
    response::{AnswerCheck, AnswerFields, AnswerFieldsMut},
    side_by_side::Row,
};

pub mod agreement;
pub mod allocate;
pub mod checklist;
pub mod choice;
mod definition;
pub mod guess;
pub mod log;
pub mod plan;
pub mod rank;
pub mod read;
pub mod rewrite;
pub mod scale;
pub mod sort;
pub mod text;
pub mod timer;
pub mod turns;

pub use agreement::AgreementStep;
pub use allocate::{AllocateAnswer, AllocateStep};
pub use checklist::{ChecklistAnswer, ChecklistStep};
pub use choice::{ChoiceAnswer, ChoiceStep};
use definition::Definition;
pub use guess::{GuessAnswer, GuessStep};
pub use log::{Entry, LogAnswer, LogStep};
pub use rank::{RankAnswer, RankStep};
pub use read::ReadStep;
pub use rewrite::{RewriteAnswer, RewriteStep};
pub use scale::{ScaleAnswer, ScaleStep};
pub use sort::{SortAnswer, SortStep};
pub use text::{TextAnswer, TextStep};
pub use timer::{TimerAnswer, TimerStep};
pub use turns::{Turn, TurnsAnswer, TurnsStep};

/// One step of an exercise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The name of the step within its document. It never changes.
    pub key: String,
    pub prompt: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    pub scope: Scope,
    /// Whether the answer may be left empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Whether the answer is brought to the session: the session brief shows it
    /// to the therapist.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bring: bool,
    #[serde(flatten)]
    pub kind: StepKind,
}

/// An option, an item or a line: a key that never changes, and the text that is
/// shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub text: String,
}

/// The highest number of entries in a step. An exercise from a file, too, must
/// be usable on a phone.
pub const MAX_ENTRIES: usize = 60;

/// The shortest and the longest time of a timer or a turn, in seconds.
pub const SECONDS: std::ops::RangeInclusive<u32> = 30..=3600;

crate::words! {
    /// The kinds of steps, with the labels that an author of exercises reads.
    pub enum Kind {
        Read = "read", "Something to read";
        Text = "text", "Something to write";
        Choice = "choice", "Pick one";
        Checklist = "checklist", "Pick several";
        Scale = "scale", "Rate from low to high";
        Rewrite = "rewrite", "Turn a line into a kinder one";
        Rank = "rank", "Put in order";
        Guess = "guess", "Guess the partner’s answer";
        Allocate = "allocate", "Say who carries what";
        Sort = "sort", "Sort into buckets";
        Timer = "timer", "Do something for a set time";
        Turns = "turns", "A talk in turns";
        Log = "log", "A log over some days";
        Agreement = "agreement", "A text that both agree on";
        Plan = "plan", "A day and time to plan";
    }
}

/// What a person does in a step, with the details of the kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepKind {
    Read(ReadStep),
    Text(TextStep),
    Choice(ChoiceStep),
    Checklist(ChecklistStep),
    Scale(ScaleStep),
    Rewrite(RewriteStep),
    Rank(RankStep),
    Guess(GuessStep),
    Allocate(AllocateStep),
    Sort(SortStep),
    Timer(TimerStep),
    Turns(TurnsStep),
    Log(LogStep),
    Agreement(AgreementStep),
    /// Sets a day and time, is reminded, and says afterwards whether it was kept.
    /// A step for both has one plan for both.
    Plan,
}

/// An answer to one step. Items, options and buckets are named by their keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    Text(TextAnswer),
    Choice(ChoiceAnswer),
    Checklist(ChecklistAnswer),
    Scale(ScaleAnswer),
    Rewrite(RewriteAnswer),
    Rank(RankAnswer),
    Guess(GuessAnswer),
    Allocate(AllocateAnswer),
    Sort(SortAnswer),
    Timer(TimerAnswer),
    Turns(TurnsAnswer),
    Log(LogAnswer),
}

/// Gives the data of each kind a function `of` that takes it out of its enum.
macro_rules! data_of {
    ($($enum:ident: $($kind:ident($data:ident))+;)+) => {
        $($(impl $data {
            /// The data of this kind; `None`: it is of another kind.
            pub fn of(of: &$enum) -> Option<&Self> {
                if let $enum::$kind(data) = of { Some(data) } else { None }
            }
        })+)+
    };
}

data_of! {
    StepKind: Sort(SortStep) Turns(TurnsStep);
    Answer: Text(TextAnswer) Choice(ChoiceAnswer) Checklist(ChecklistAnswer) Scale(ScaleAnswer)
        Rewrite(RewriteAnswer) Rank(RankAnswer) Guess(GuessAnswer) Allocate(AllocateAnswer) Sort(SortAnswer)
        Timer(TimerAnswer) Turns(TurnsAnswer) Log(LogAnswer);
}

/// What a step asks of the people who do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepInput {
    /// Nothing: the step is only read.
    Nothing,
    /// An answer from each person.
    Answer,
    /// A text that both write and accept.
    Agreement,
    /// A day and a time.
    Plan,
}

impl Kind {
    /// What a step of this kind asks of the people who do it.
    pub const fn input(self) -> StepInput {
        match self {
            Self::Read => StepInput::Nothing,
            Self::Agreement => StepInput::Agreement,
            Self::Plan => StepInput::Plan,
            Self::Text
            | Self::Choice
            | Self::Checklist
            | Self::Scale
            | Self::Rewrite
            | Self::Rank
            | Self::Guess
            | Self::Allocate
            | Self::Sort
            | Self::Timer
            | Self::Turns
            | Self::Log => StepInput::Answer,
        }
    }

    /// Whether the partner can guess the answer to this step in a later step.
    pub const fn can_be_guessed(self) -> bool {
        match self {
            Self::Choice | Self::Scale | Self::Rank => true,
            Self::Read
            | Self::Text
            | Self::Checklist
            | Self::Rewrite
            | Self::Guess
            | Self::Allocate
            | Self::Sort
            | Self::Timer
            | Self::Turns
            | Self::Log
            | Self::Agreement
            | Self::Plan => false,
        }
    }

    /// Whether a difference between two answers is meaningful, because both are
    /// views of the same thing. It is not where each picks what fits themselves.
    pub const fn is_compared(self) -> bool {
        match self {
            Self::Choice | Self::Checklist => false,
            Self::Read
            | Self::Text
            | Self::Scale
            | Self::Rewrite
            | Self::Rank
            | Self::Guess
            | Self::Allocate
            | Self::Sort
            | Self::Timer
            | Self::Turns
            | Self::Log
            | Self::Agreement
            | Self::Plan => true,
        }
    }

    /// The scope with which a new step begins in the author's form.
    pub(super) const fn first_scope(self) -> Scope {
        match self {
            Self::Read => Scope::Mine,
            Self::Agreement | Self::Plan | Self::Log | Self::Timer => Scope::Couple,
            Self::Text
            | Self::Choice
            | Self::Checklist
            | Self::Scale
            | Self::Rewrite
            | Self::Rank
            | Self::Guess
            | Self::Allocate
            | Self::Sort
            | Self::Turns => Scope::Reveal,
        }
    }

    /// The names and values of the fields with which a new step begins in the
    /// author's form.
    pub(super) const fn first_fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Scale => scale::FIRST_FIELDS,
            Self::Timer => timer::FIRST_FIELDS,
            Self::Log => log::FIRST_FIELDS,
            Self::Sort => sort::FIRST_FIELDS,
            Self::Read
            | Self::Text
            | Self::Choice
            | Self::Checklist
            | Self::Rewrite
            | Self::Rank
            | Self::Guess
            | Self::Allocate
            | Self::Turns
            | Self::Agreement
            | Self::Plan => &[],
        }
    }

    /// The error sentence for a missing answer.
    pub(super) const fn missing_text(self) -> &'static str {
        match self {
            Self::Read | Self::Agreement | Self::Plan => "",
            Self::Text => text::MISSING,
            Self::Choice => choice::MISSING,
            Self::Checklist => checklist::MISSING,
            Self::Scale => scale::MISSING,
            Self::Rewrite => rewrite::MISSING,
            Self::Rank => rank::MISSING,
            Self::Guess => guess::MISSING,
            Self::Allocate => allocate::MISSING,
            Self::Sort => sort::MISSING,
            Self::Timer => timer::MISSING,
            Self::Turns => turns::MISSING,
            Self::Log => log::MISSING,
        }
    }

    /// Reads the definition of a step of this kind from the author's form.
    pub(super) fn read_definition(self, row: &mut StepRow<'_, '_>) -> StepKind {
        match self {
            Self::Read => StepKind::Read(ReadStep::read_definition(row)),
            Self::Text => StepKind::Text(TextStep::read_definition(row)),
            Self::Choice => StepKind::Choice(ChoiceStep::read_definition(row)),
            Self::Checklist => StepKind::Checklist(ChecklistStep::read_definition(row)),
            Self::Scale => StepKind::Scale(ScaleStep::read_definition(row)),
            Self::Rewrite => StepKind::Rewrite(RewriteStep::read_definition(row)),
            Self::Rank => StepKind::Rank(RankStep::read_definition(row)),
            Self::Guess => StepKind::Guess(GuessStep::read_definition(row)),
            Self::Allocate => StepKind::Allocate(AllocateStep::read_definition(row)),
            Self::Sort => StepKind::Sort(SortStep::read_definition(row)),
            Self::Timer => StepKind::Timer(TimerStep::read_definition(row)),
            Self::Turns => StepKind::Turns(TurnsStep::read_definition(row)),
            Self::Log => StepKind::Log(LogStep::read_definition(row)),
            Self::Agreement => StepKind::Agreement(AgreementStep::read_definition(row)),
            Self::Plan => StepKind::Plan,
        }
    }
}

impl StepKind {
    /// The kind without its details.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Read(_) => Kind::Read,
            Self::Text(_) => Kind::Text,
            Self::Choice(_) => Kind::Choice,
            Self::Checklist(_) => Kind::Checklist,
            Self::Scale(_) => Kind::Scale,
            Self::Rewrite(_) => Kind::Rewrite,
            Self::Rank(_) => Kind::Rank,
            Self::Guess(_) => Kind::Guess,
            Self::Allocate(_) => Kind::Allocate,
            Self::Sort(_) => Kind::Sort,
            Self::Timer(_) => Kind::Timer,
            Self::Turns(_) => Kind::Turns,
            Self::Log(_) => Kind::Log,
            Self::Agreement(_) => Kind::Agreement,
            Self::Plan => Kind::Plan,
        }
    }

    /// The stored word of the kind.
    pub const fn word(&self) -> &'static str {
        self.kind().word()
    }

    /// What the step asks of the people who do it.
    pub const fn takes(&self) -> StepInput {
        self.kind().input()
    }

    /// The options, items, lines, cards or tags of the step; empty if its kind
    /// has none.
    pub(super) fn choices(&self) -> &[Choice] {
        match self {
            Self::Read(_) | Self::Text(_) | Self::Guess(_) | Self::Timer(_) | Self::Agreement(_) | Self::Plan => &[],
            Self::Choice(step) => &step.options,
            Self::Checklist(step) => &step.options,
            Self::Scale(step) => &step.items,
            Self::Rewrite(step) => &step.lines,
            Self::Rank(step) => &step.items,
            Self::Allocate(step) => &step.items,
            Self::Sort(step) => &step.items,
            Self::Turns(step) => &step.cards,
            Self::Log(step) => &step.tags,
        }
    }

    /// The key of the bucket for which the other partner is shown only the items
    /// that both put there. `None`: the answer is shown as a whole.
    pub fn both_only(&self) -> Option<&str> {
        match self {
            Self::Sort(step) => step.both_only.as_deref(),
            Self::Read(_)
            | Self::Text(_)
            | Self::Choice(_)
            | Self::Checklist(_)
            | Self::Scale(_)
            | Self::Rewrite(_)
            | Self::Rank(_)
            | Self::Guess(_)
            | Self::Allocate(_)
            | Self::Timer(_)
            | Self::Turns(_)
            | Self::Log(_)
            | Self::Agreement(_)
            | Self::Plan => None,
        }
    }

    /// The text of the bucket with this key; empty if there is none.
    pub fn bucket(&self, key: &str) -> &str {
        let buckets = SortStep::of(self).map(|step| step.buckets.as_slice()).unwrap_or_default();
        buckets.iter().find(|bucket| bucket.key == key).map_or("", |bucket| bucket.text.as_str())
    }

    /// The key of the step whose answer is guessed; `None` for every kind but a
    /// guess.
    pub fn guessed_step(&self) -> Option<&str> {
        match self {
            Self::Guess(step) => Some(&step.of),
            Self::Read(_)
            | Self::Text(_)
            | Self::Choice(_)
            | Self::Checklist(_)
            | Self::Scale(_)
            | Self::Rewrite(_)
            | Self::Rank(_)
            | Self::Allocate(_)
            | Self::Sort(_)
            | Self::Timer(_)
            | Self::Turns(_)
            | Self::Log(_)
            | Self::Agreement(_)
            | Self::Plan => None,
        }
    }

    /// The number of days over which a log is written; `None` for every other
    /// kind.
    pub const fn days(&self) -> Option<u16> {
        match self {
            Self::Log(step) => Some(step.days),
            Self::Read(_)
            | Self::Text(_)
            | Self::Choice(_)
            | Self::Checklist(_)
            | Self::Scale(_)
            | Self::Rewrite(_)
            | Self::Rank(_)
            | Self::Guess(_)
            | Self::Allocate(_)
            | Self::Sort(_)
            | Self::Timer(_)
            | Self::Turns(_)
            | Self::Agreement(_)
            | Self::Plan => None,
        }
    }

    /// The scale whose ratings can be followed from one occurrence to the next;
    /// `None` for a kind without numbers to follow.
    pub const fn measure(&self) -> Option<&ScaleStep> {
        match self {
            Self::Scale(step) => Some(step),
            Self::Read(_)
            | Self::Text(_)
            | Self::Choice(_)
            | Self::Checklist(_)
            | Self::Rewrite(_)
            | Self::Rank(_)
            | Self::Guess(_)
            | Self::Allocate(_)
            | Self::Sort(_)
            | Self::Timer(_)
            | Self::Turns(_)
            | Self::Log(_)
            | Self::Agreement(_)
            | Self::Plan => None,
        }
    }

    /// Checks the part of a definition that is particular to the kind.
    fn check_definition(&self, definition: &mut Definition<'_>) {
        match self {
            // Every text that fits its form is right.
            Self::Text(_) => {}
            Self::Plan => plan::check_definition(definition),
            Self::Read(step) => step.check_definition(definition),
            Self::Choice(step) => step.check_definition(definition),
            Self::Checklist(step) => step.check_definition(definition),
            Self::Scale(step) => step.check_definition(definition),
            Self::Rewrite(step) => step.check_definition(definition),
            Self::Rank(step) => step.check_definition(definition),
            Self::Guess(step) => step.check_definition(definition),
            Self::Allocate(step) => step.check_definition(definition),
            Self::Sort(step) => step.check_definition(definition),
            Self::Timer(step) => step.check_definition(definition),
            Self::Turns(step) => step.check_definition(definition),
            Self::Log(step) => step.check_definition(definition),
            Self::Agreement(step) => step.check_definition(definition),
        }
    }

    /// Fills the author's form with the details of the kind, apart from
    /// [`Self::choices`].
    pub(super) fn fill_definition(&self, row: &mut StepRowMut<'_>) {
        match self {
            Self::Rewrite(_) | Self::Rank(_) | Self::Allocate(_) | Self::Plan => {}
            Self::Read(step) => step.fill_definition(row),
            Self::Text(step) => step.fill_definition(row),
            Self::Choice(step) => step.fill_definition(row),
            Self::Checklist(step) => step.fill_definition(row),
            Self::Scale(step) => step.fill_definition(row),
            Self::Guess(step) => step.fill_definition(row),
            Self::Sort(step) => step.fill_definition(row),
            Self::Timer(step) => step.fill_definition(row),
            Self::Turns(step) => step.fill_definition(row),
            Self::Log(step) => step.fill_definition(row),
            Self::Agreement(step) => step.fill_definition(row),
        }
    }

    /// Reads an answer from its form fields, complete or not. `None`: a step of
    /// this kind has no answer of its own; a guess is read as the step whose
    /// answer is guessed.
    pub(super) fn read(&self, fields: &AnswerFields<'_>) -> Option<Answer> {
        Some(match self {
            Self::Read(_) | Self::Guess(_) | Self::Agreement(_) | Self::Plan => return None,
            Self::Text(step) => Answer::Text(step.read(fields)),
            Self::Choice(step) => Answer::Choice(step.read(fields)),
            Self::Checklist(step) => Answer::Checklist(step.read(fields)),
            Self::Scale(step) => Answer::Scale(step.read(fields)),
            Self::Rewrite(step) => Answer::Rewrite(step.read(fields)),
            Self::Rank(step) => Answer::Rank(step.read(fields)),
            Self::Allocate(step) => Answer::Allocate(step.read(fields)),
            Self::Sort(step) => Answer::Sort(step.read(fields)),
            Self::Timer(step) => Answer::Timer(step.read(fields)),
            Self::Turns(step) => Answer::Turns(step.read(fields)),
            Self::Log(step) => Answer::Log(step.read(fields)),
        })
    }

    /// Checks an answer that is not empty. `None`: the answer is of another kind,
    /// or the step has no answer of its own; a guess is checked as the step whose
    /// answer is guessed.
    pub(super) fn check(&self, answer: &Answer, check: &mut AnswerCheck<'_>) -> Option<()> {
        match self {
            Self::Read(_) | Self::Guess(_) | Self::Agreement(_) | Self::Plan => None,
            Self::Text(step) => TextAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Choice(step) => ChoiceAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Checklist(step) => ChecklistAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Scale(step) => ScaleAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Rewrite(step) => RewriteAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Rank(step) => RankAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Allocate(step) => AllocateAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Sort(step) => SortAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Timer(step) => TimerAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Turns(step) => TurnsAnswer::of(answer).map(|answer| step.check(answer, check)),
            Self::Log(step) => LogAnswer::of(answer).map(|answer| step.check(answer, check)),
        }
    }

    /// The rows with two answers side by side; empty for a step without answers
    /// of its own. An answer of another kind, which can remain after an exercise
    /// was changed, counts as missing.
    pub(super) fn rows(&self, answers: [Option<&Answer>; 2]) -> Vec<Row> {
        match self {
            Self::Read(_) | Self::Guess(_) | Self::Agreement(_) | Self::Plan => vec![],
            Self::Text(step) => step.rows(answers.map(|answer| TextAnswer::of(answer?))),
            Self::Choice(step) => step.rows(answers.map(|answer| ChoiceAnswer::of(answer?))),
            Self::Checklist(step) => step.rows(answers.map(|answer| ChecklistAnswer::of(answer?))),
            Self::Scale(step) => step.rows(answers.map(|answer| ScaleAnswer::of(answer?))),
            Self::Rewrite(step) => step.rows(answers.map(|answer| RewriteAnswer::of(answer?))),
            Self::Rank(step) => step.rows(answers.map(|answer| RankAnswer::of(answer?))),
            Self::Allocate(step) => step.rows(answers.map(|answer| AllocateAnswer::of(answer?))),
            Self::Sort(step) => step.rows(answers.map(|answer| SortAnswer::of(answer?))),
            Self::Timer(step) => step.rows(answers.map(|answer| TimerAnswer::of(answer?))),
            Self::Turns(step) => step.rows(answers.map(|answer| TurnsAnswer::of(answer?))),
            Self::Log(step) => step.rows(answers.map(|answer| LogAnswer::of(answer?))),
        }
    }

    /// The row about two answers as wholes, made from all rows of a comparison;
    /// `None`: there is none.
    pub(super) fn summary_row(&self, rows: &[Row]) -> Option<Row> {
        match self {
            Self::Rank(step) => step.summary_row(rows),
            Self::Guess(step) => step.summary_row(rows),
            Self::Read(_)
            | Self::Text(_)
            | Self::Choice(_)
            | Self::Checklist(_)
            | Self::Scale(_)
            | Self::Rewrite(_)
            | Self::Allocate(_)
            | Self::Sort(_)
            | Self::Timer(_)
            | Self::Turns(_)
            | Self::Log(_)
            | Self::Agreement(_)
            | Self::Plan => None,
        }
    }

    /// The lines of an answer. `None`: the answer is of another kind, or the step
    /// has no answer of its own; a guess is told as the step whose answer is
    /// guessed.
    pub(super) fn lines(&self, answer: &Answer) -> Option<Vec<Line>> {
        match self {
            Self::Read(_) | Self::Guess(_) | Self::Agreement(_) | Self::Plan => None,
            Self::Text(step) => TextAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Choice(step) => ChoiceAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Checklist(step) => ChecklistAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Scale(step) => ScaleAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Rewrite(step) => RewriteAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Rank(step) => RankAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Allocate(step) => AllocateAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Sort(step) => SortAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Timer(step) => TimerAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Turns(step) => TurnsAnswer::of(answer).map(|answer| step.lines(answer)),
            Self::Log(step) => LogAnswer::of(answer).map(|answer| step.lines(answer)),
        }
    }
}

impl Answer {
    /// Whether nothing has been answered.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(answer) => answer.is_empty(),
            Self::Choice(answer) => answer.is_empty(),
            Self::Checklist(answer) => answer.is_empty(),
            Self::Scale(answer) => answer.is_empty(),
            Self::Rewrite(answer) => answer.is_empty(),
            Self::Rank(answer) => answer.is_empty(),
            Self::Guess(answer) => answer.is_empty(),
            Self::Allocate(answer) => answer.is_empty(),
            Self::Sort(answer) => answer.is_empty(),
            Self::Timer(answer) => answer.is_empty(),
            Self::Turns(answer) => answer.is_empty(),
            Self::Log(answer) => answer.is_empty(),
        }
    }

    /// Fills the form fields from which this answer is read.
    pub(super) fn fill(&self, fields: &mut AnswerFieldsMut<'_>) {
        match self {
            Self::Text(answer) => answer.fill(fields),
            Self::Choice(answer) => answer.fill(fields),
            Self::Checklist(answer) => answer.fill(fields),
            Self::Scale(answer) => answer.fill(fields),
            Self::Rewrite(answer) => answer.fill(fields),
            Self::Rank(answer) => answer.fill(fields),
            Self::Guess(answer) => answer.fill(fields),
            Self::Allocate(answer) => answer.fill(fields),
            Self::Sort(answer) => answer.fill(fields),
            Self::Timer(answer) => answer.fill(fields),
            Self::Turns(answer) => answer.fill(fields),
            Self::Log(answer) => answer.fill(fields),
        }
    }

    /// Adds the answer that another device saved to a page's answer. Two
    /// different kinds of answer mean that the exercise has changed; then the
    /// page's answer stays as it is.
    pub fn merge(&mut self, kept: &Self) {
        // `None` if the kinds differ.
        let _: Option<()> = match self {
            Self::Text(answer) => TextAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Choice(answer) => ChoiceAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Checklist(answer) => ChecklistAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Scale(answer) => ScaleAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Rewrite(answer) => RewriteAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Rank(answer) => RankAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Guess(answer) => GuessAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Allocate(answer) => AllocateAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Sort(answer) => SortAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Timer(answer) => TimerAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Turns(answer) => TurnsAnswer::of(kept).map(|kept| answer.merge(kept)),
            Self::Log(answer) => LogAnswer::of(kept).map(|kept| answer.merge(kept)),
        };
    }
}
