//! The comparison of two partners' answers to one step, side by side.

use super::{
    exercise::Document,
    response::Answers,
    step::{Step, guess::guess_rows},
};

/// One row of a comparison: a label and what each of the two partners answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: String,
    /// Each partner's answer as text; `None`: no answer that the reader may
    /// see.
    pub cells: [Option<String>; 2],
    /// How far the two answers are apart, from 0 (the same) to 1 (as far as
    /// possible); `None` if a distance has no meaning or an answer is missing.
    pub gap: Option<f32>,
    /// A remark on the two answers together, such as that each says they carry
    /// this alone; often empty.
    pub note: &'static str,
}

impl Row {
    /// A row without a note.
    pub(super) fn new(label: &str, cells: [Option<String>; 2], gap: Option<f32>) -> Self {
        Self { label: label.to_owned(), cells, gap, note: "" }
    }
}

/// The distance of two values as a part of `span`, the largest possible one;
/// `None` if a value is missing.
pub(super) fn value_gap(values: [Option<u8>; 2], span: u8) -> Option<f32> {
    let [a, b] = values;
    Some(f32::from(a?.abs_diff(b?)) / f32::from(span.max(1)))
}

/// The gap of two picks: 0 if they are the same, 1 if they differ, `None` if
/// one is missing.
pub(super) fn pick_gap(cells: &[Option<String>; 2]) -> Option<f32> {
    let [a, b] = cells;
    Some(if a.as_ref()? == b.as_ref()? { 0.0 } else { 1.0 })
}

/// Two partners' answers to one step, compared row by row with the largest
/// differences first.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub rows: Vec<Row>,
    /// The largest gap of all rows; `None` if no row has one.
    pub gap: Option<f32>,
}

/// Compares two people's answers to a step side by side. A missing answer (not
/// given, or not for the reader) leaves its cells empty.
pub fn compare(document: &Document, step: &Step, answers: [Option<&Answers>; 2]) -> Comparison {
    let answers_to = |key: &str| answers.map(|a| a.and_then(|a| a.get(key)));
    let target = step.kind.guessed_step().and_then(|target| document.step(target));
    let mut rows = match target {
        Some(target) => guess_rows(target, answers_to(&step.key), answers_to(&target.key)),
        None => step.kind.rows(answers_to(&step.key)),
    };
    // The sort is stable: rows without a gap follow in the document's order.
    rows.sort_by(|a, b| b.gap.unwrap_or(-1.0).total_cmp(&a.gap.unwrap_or(-1.0)));
    rows.extend(step.kind.summary_row(&rows));
    let gap = rows.iter().filter_map(|r| r.gap).reduce(f32::max);
    Comparison { rows, gap }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercises::{
        exercise::Scope,
        step::{
            AllocateAnswer, AllocateStep, Answer, Choice, Entry, GuessAnswer, GuessStep, LogAnswer, LogStep,
            RankAnswer, RankStep, ScaleAnswer, ScaleStep, StepKind,
        },
    };

    fn scale() -> Step {
        let item = |k: &str| Choice { key: k.into(), text: k.to_uppercase() };
        Step {
            key: "s".into(),
            prompt: "?".into(),
            hint: String::new(),
            scope: Scope::Reveal,
            optional: false,
            bring: false,
            kind: StepKind::Scale(ScaleStep {
                min: 0,
                max: 10,
                low: String::new(),
                high: String::new(),
                items: vec![item("a"), item("b"), item("c")],
            }),
        }
    }

    fn values(of: [u8; 3]) -> Answer {
        Answer::Scale(ScaleAnswer { values: numbers(of) })
    }

    fn reading(step: Step, answers: [Option<Answer>; 2]) -> Comparison {
        let document = Document { steps: vec![step.clone()], ..crate::exercises::response::tests::document() };
        let answers = answers.map(|a| a.map(|a| Answers::from([(step.key.clone(), a)])));
        compare(&document, &step, [answers[0].as_ref(), answers[1].as_ref()])
    }

    fn numbers(of: [u8; 3]) -> std::collections::BTreeMap<String, u8> {
        ["a", "b", "c"].iter().map(|k| (*k).to_owned()).zip(of).collect()
    }

    fn items() -> Vec<Choice> {
        ["a", "b", "c"].map(|k| Choice { key: k.into(), text: k.to_uppercase() }).to_vec()
    }

    #[test]
    fn two_orders_have_a_gap_for_each_item() {
        let step = Step { kind: StepKind::Rank(RankStep { items: items() }), ..scale() };
        let rank = |of| Some(Answer::Rank(RankAnswer { places: numbers(of) }));
        let found = reading(step, [rank([1, 2, 3]), rank([3, 2, 1])]);
        assert_eq!(found.rows.iter().map(|r| r.gap).collect::<Vec<_>>(), [Some(1.0), Some(1.0), Some(0.0), None]);
        assert_eq!(found.rows[3].label, "The two orders as wholes: 4 of 4 places between them");
        assert_eq!(found.rows[2].label, "B");
    }

    #[test]
    fn shares_of_both_are_compared_on_one_axis() {
        let step = Step { kind: StepKind::Allocate(AllocateStep { items: items() }), ..scale() };
        let shares = |of| Some(Answer::Allocate(AllocateAnswer { shares: numbers(of) }));
        // A: each says they carry all of it; B: they agree; C: each says the
        // other carries all of it.
        let found = reading(step, [shares([0, 1, 4]), shares([0, 3, 4])]);
        let note = |label: &str| found.rows.iter().find(|r| r.label == label).unwrap().note;
        assert!(note("A").contains("more than the whole") && note("C").contains("less than the whole"));
        assert_eq!(note("B"), "");
        assert_eq!(found.rows.iter().find(|r| r.label == "B").unwrap().gap, Some(0.0));
    }

    #[test]
    fn a_guess_is_compared_with_the_answer_of_the_other() {
        let rank = Step { key: "r".into(), kind: StepKind::Rank(RankStep { items: items() }), ..scale() };
        let guess = Step { key: "g".into(), kind: StepKind::Guess(GuessStep { of: "r".into() }), ..scale() };
        let document = Document { steps: vec![rank, guess.clone()], ..crate::exercises::response::tests::document() };
        let answers = |own, guessed| {
            let guess = Box::new(Answer::Rank(RankAnswer { places: numbers(guessed) }));
            Answers::from([
                ("r".into(), Answer::Rank(RankAnswer { places: numbers(own) })),
                ("g".into(), Answer::Guess(GuessAnswer { guess })),
            ])
        };
        let (a, b) = (answers([1, 2, 3], [3, 2, 1]), answers([3, 2, 1], [2, 1, 3]));
        let found = compare(&document, &guess, [Some(&a), Some(&b)]);
        let row = |label: &str| found.rows.iter().find(|r| r.label == label).unwrap().cells.clone();
        assert_eq!(row("A"), [Some("3: guessed right".into()), Some("guessed 2, it was 1".into())]);
        assert_eq!(row("C")[1].as_deref(), Some("3: guessed right"));
        assert_eq!(row("Read the other right"), [Some("3 of 3".into()), Some("1 of 3".into())]);
    }

    #[test]
    fn log_entries_are_counted_and_shown_by_day() {
        let tags = vec![Choice { key: "t".into(), text: "Tea".into() }];
        let step = Step { kind: StepKind::Log(LogStep { days: 7, tags }), ..scale() };
        let entry = |on: &str, tag: &str, text: &str| Entry { on: on.into(), tag: tag.into(), text: text.into() };
        let a = Answer::Log(LogAnswer {
            entries: vec![entry("2026-11-24", "t", "later"), entry("2026-11-23", "", "first")],
        });
        let b = Answer::Log(LogAnswer { entries: vec![entry("2026-11-23", "t", "")] });
        let found = reading(step, [Some(a), Some(b)]);
        let rows: Vec<_> =
            found.rows.iter().map(|r| (r.label.as_str(), r.cells[0].as_deref(), r.cells[1].as_deref())).collect();
        assert_eq!(
            rows,
            [
                ("Entries", Some("2"), Some("1")),
                ("Tea", Some("1"), Some("1")),
                ("2026-11-23", Some("first"), Some("Tea")),
                ("2026-11-24", Some("Tea: later"), None),
            ]
        );
    }

    #[test]
    fn the_largest_difference_comes_first() {
        let reading = reading(scale(), [Some(values([5, 9, 4])), Some(values([5, 2, 6]))]);
        let labels: Vec<&str> = reading.rows.iter().map(|r| r.label.as_str()).collect();
        assert_eq!(labels, ["B", "C", "A"]);
        assert_eq!(reading.gap, Some(0.7));
    }

    #[test]
    fn a_single_answer_has_no_gap() {
        let reading = reading(scale(), [Some(values([5, 9, 4])), None]);
        assert_eq!(reading.gap, None);
        assert_eq!(reading.rows[0].cells, [Some("5".into()), None]);
    }
}
