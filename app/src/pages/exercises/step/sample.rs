//! The sample steps of each kind, for the samples of pages.

// A new kind must fail to compile until it has samples.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::exercises::{
    exercise::{Article, Document, Mode, Scope},
    step::{
        AllocateStep, ChecklistStep, Choice, ChoiceStep, GuessStep, Kind, LogStep, RankStep, ReadStep, RewriteStep,
        ScaleStep, SortStep, Step, StepKind, TextStep, TimerStep, Turn, TurnsStep,
    },
};

/// Choices with these keys and long texts.
fn choices(keys: &[&str]) -> Vec<Choice> {
    let choice = |key: &&str| Choice {
        key: (*key).into(), text: format!("Text {key} with <b>marks</b> & अनन्या 💛")
    };
    keys.iter().map(choice).collect()
}

/// A step that must be answered.
fn step(key: &str, scope: Scope, kind: StepKind) -> Step {
    Step {
        key: key.into(),
        prompt: format!("Prompt of {key}?"),
        hint: "A hint.".into(),
        scope,
        optional: false,
        bring: false,
        kind,
    }
}

/// A step that may be left open.
fn open_step(key: &str, scope: Scope, kind: StepKind) -> Step {
    Step { optional: true, ..step(key, scope, kind) }
}

/// The sample steps of a kind; empty for an agreement and a plan, whose pages
/// have samples of their own.
fn samples(kind: Kind) -> Vec<Step> {
    match kind {
        Kind::Read => {
            let body = "One paragraph.\n\nAnother.".into();
            vec![step("intro", Scope::Mine, StepKind::Read(ReadStep { body }))]
        }
        Kind::Text => vec![
            step("words", Scope::Mine, StepKind::Text(TextStep { long: true })),
            open_step("line", Scope::Couple, StepKind::Text(TextStep { long: false })),
        ],
        Kind::Choice => {
            let choice = |own| StepKind::Choice(ChoiceStep { options: choices(&["x", "y"]), own });
            vec![step("pick", Scope::Reveal, choice(true)), open_step("maybe", Scope::Reveal, choice(false))]
        }
        Kind::Checklist => {
            let kind = StepKind::Checklist(ChecklistStep { options: choices(&["p", "q"]), own: true });
            vec![open_step("ticks", Scope::Therapist, kind)]
        }
        Kind::Scale => scales(),
        Kind::Rewrite => {
            vec![step("turn", Scope::Therapist, StepKind::Rewrite(RewriteStep { lines: choices(&["l1"]) }))]
        }
        Kind::Rank => {
            vec![step("order", Scope::Reveal, StepKind::Rank(RankStep { items: choices(&["a", "b", "c"]) }))]
        }
        Kind::Guess => vec![step("guess", Scope::Reveal, StepKind::Guess(GuessStep { of: "order".into() }))],
        Kind::Allocate => {
            vec![step("carry", Scope::Reveal, StepKind::Allocate(AllocateStep { items: choices(&["a", "b"]) }))]
        }
        Kind::Sort => {
            let (items, buckets) = (choices(&["a"]), choices(&["p", "q"]));
            let kind = StepKind::Sort(SortStep { items, buckets, own: true, both_only: None });
            vec![open_step("sort", Scope::Reveal, kind)]
        }
        Kind::Timer => {
            vec![open_step("sit", Scope::Couple, StepKind::Timer(TimerStep { seconds: 300, together: true }))]
        }
        Kind::Turns => {
            let turns = vec![Turn { key: "one".into(), text: "One speaks.".into(), seconds: 90 }];
            let kind = StepKind::Turns(TurnsStep { turns, cards: choices(&["c"]) });
            vec![open_step("talk", Scope::Reveal, kind)]
        }
        Kind::Log => vec![open_step("days", Scope::Mine, StepKind::Log(LogStep { days: 7, tags: choices(&["t"]) }))],
        Kind::Agreement | Kind::Plan => vec![],
    }
}

/// The sample scales: a long one, and a short one that may be left open.
fn scales() -> Vec<Step> {
    let long =
        ScaleStep { min: 0, max: 10, low: "not at all".into(), high: "very much".into(), items: choices(&["i", "j"]) };
    let short = ScaleStep { min: 1, max: 5, low: "low".into(), high: "high".into(), items: choices(&["i"]) };
    vec![
        step("rate", Scope::Reveal, StepKind::Scale(long)),
        open_step("rate-open", Scope::Reveal, StepKind::Scale(short)),
    ]
}

/// A document with the sample steps of all kinds.
pub(crate) fn sample_document() -> Document {
    Document {
        slug: "sample".into(),
        title: "A sample that has a rather long title, as some exercises do".into(),
        purpose: "What this is for, in a sentence or two.".into(),
        article: Article::Own,
        section: "A section".into(),
        themes: vec!["closeness".into(), "safety".into()],
        minutes: 7,
        mode: Mode::Reveal,
        cautions: "Not in the first weeks.".into(),
        steps: Kind::ALL.iter().flat_map(|kind| samples(*kind)).collect(),
    }
}
