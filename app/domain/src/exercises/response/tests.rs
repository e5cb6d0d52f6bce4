//! Tests of responses, and a sample document for tests of other modules.

use proptest::prelude::*;

use super::*;
use crate::exercises::{
    exercise::{Article, Mode},
    step::{
        AllocateStep, ChecklistStep, ChoiceAnswer, ChoiceStep, GuessStep, LogStep, RankStep, ReadStep, RewriteStep,
        ScaleStep, SortAnswer, SortStep, StepKind, TextStep, TimerStep, Turn, TurnsStep,
    },
};

fn choices(keys: &[&str]) -> Vec<Choice> {
    keys.iter().map(|k| Choice { key: (*k).into(), text: format!("Text {k}") }).collect()
}

fn step(key: &str, optional: bool, kind: StepKind) -> Step {
    Step {
        key: key.into(),
        prompt: "?".into(),
        hint: String::new(),
        scope: Scope::Reveal,
        optional,
        bring: false,
        kind,
    }
}

/// A sample exercise with a step of each kind except agreement and plan.
pub fn document() -> Document {
    Document {
        slug: "sample".into(),
        title: "Sample".into(),
        purpose: "p".into(),
        article: Article::Own,
        section: "s".into(),
        themes: vec![],
        minutes: 5,
        mode: Mode::Reveal,
        cautions: "c".into(),
        steps: vec![
            step("intro", false, StepKind::Read(ReadStep { body: "b".into() })),
            step("words", false, StepKind::Text(TextStep { long: true })),
            step("pick", false, StepKind::Choice(ChoiceStep { options: choices(&["x", "y"]), own: true })),
            step("ticks", true, StepKind::Checklist(ChecklistStep { options: choices(&["p", "q"]), own: true })),
            step(
                "rate",
                false,
                StepKind::Scale(ScaleStep {
                    min: 0,
                    max: 10,
                    low: "l".into(),
                    high: "h".into(),
                    items: choices(&["i", "j"]),
                }),
            ),
            step("turn", false, StepKind::Rewrite(RewriteStep { lines: choices(&["l1"]) })),
            step("order", false, StepKind::Rank(RankStep { items: choices(&["a", "b"]) })),
            step("guess", false, StepKind::Guess(GuessStep { of: "order".into() })),
            step("carry", false, StepKind::Allocate(AllocateStep { items: choices(&["a", "b"]) })),
            step(
                "touch",
                false,
                StepKind::Sort(SortStep {
                    items: choices(&["a", "b"]),
                    buckets: choices(&["yes", "no"]),
                    own: false,
                    both_only: Some("yes".into()),
                }),
            ),
            step(
                "wishes",
                false,
                StepKind::Sort(SortStep {
                    items: vec![],
                    buckets: choices(&["keep", "drop"]),
                    own: true,
                    both_only: None,
                }),
            ),
            step("sit", false, StepKind::Timer(TimerStep { seconds: 300, together: true })),
            step(
                "talk",
                false,
                StepKind::Turns(TurnsStep {
                    turns: vec![Turn { key: "one".into(), text: "Speak".into(), seconds: 120 }],
                    cards: vec![],
                }),
            ),
            step("days", false, StepKind::Log(LogStep { days: 7, tags: choices(&["t"]) })),
        ],
    }
}

/// A form with a valid answer to each required step of [`document`].
fn full() -> Form {
    Form::from_pairs([
        ("s.words", "some words"),
        ("s.pick", "own"),
        ("s.pick.own", "mine"),
        ("s.rate.i", "0"),
        ("s.rate.j", "10"),
        ("s.turn.l1", "a warmer line"),
        ("s.order.a", "2"),
        ("s.order.b", "1"),
        ("s.guess.a", "1"),
        ("s.guess.b", "2"),
        ("s.carry.a", "0"),
        ("s.carry.b", "4"),
        ("s.touch.a", "yes"),
        ("s.touch.b", "no"),
        ("s.wishes.own.keep", "Sunday mornings"),
        ("s.sit.done", "yes"),
        ("s.talk.felt", "7"),
        ("s.days.0.on", "2026-11-23"),
        ("s.days.0.text", "tea"),
    ])
}

#[test]
fn a_full_response_can_be_submitted_and_each_gap_is_named() {
    let document = document();
    assert!(document.problems().is_empty(), "{:?}", document.problems());
    assert_eq!(check(&document, &read(&document, &full())), Ok(()));
    let gaps = ["s.words", "s.pick.own", "s.rate.j", "s.turn.l1", "s.order.a", "s.guess.b", "s.carry.a"];
    let more = ["s.touch.b", "s.wishes.own.keep", "s.sit.done", "s.talk.felt", "s.days.0.on", "s.days.0.text"];
    for gap in gaps.into_iter().chain(more) {
        let form = Form(full().0.into_iter().filter(|(n, _)| n != gap).collect());
        assert!(check(&document, &read(&document, &form)).is_err(), "{gap} may be left out");
    }
}

#[test]
fn values_that_the_document_does_not_offer_are_not_answers() {
    let document = document();
    let mut form = full();
    form.set("s.pick", "z");
    form.set("s.rate.i", "11");
    form.set("role", "owner");
    let answers = read(&document, &form);
    assert!(check(&document, &answers).is_err());
    assert_eq!(answers.get("pick"), Some(&Answer::Choice(ChoiceAnswer { pick: None, own: "mine".into() })));
    assert!(!answers.contains_key("role"));
    for (field, value) in
        [("s.order.a", "3"), ("s.order.a", "1"), ("s.carry.a", "5"), ("s.touch.a", "maybe"), ("s.talk.felt", "11")]
    {
        let mut form = full();
        form.set(field, value);
        assert!(check(&document, &read(&document, &form)).is_err(), "{field} {value}");
    }
}

#[test]
fn a_shared_sort_shows_only_what_both_chose() {
    let document = document();
    let answers = |a: &str, b: &str| {
        let form = Form::from_pairs([("s.touch.a", a), ("s.touch.b", b), ("s.words", "hello")]);
        read(&document, &form)
    };
    let shown = |theirs: Answers, own: Answers| visible_to_partner(&document, theirs, &own);
    let both = shown(answers("yes", "yes"), answers("yes", "no"));
    let Some(Answer::Sort(SortAnswer { places, .. })) = both.get("touch") else { panic!("{both:?}") };
    assert_eq!(places.keys().collect::<Vec<_>>(), ["a"]);
    assert!(both.contains_key("words"));
    // Refused by one, refused by both, or left open: all look the same.
    for (theirs, own) in [
        (("no", "no"), ("yes", "yes")),
        (("no", ""), ("no", "")),
        (("", ""), ("yes", "yes")),
        (("yes", "yes"), ("", "")),
    ] {
        assert!(!shown(answers(theirs.0, theirs.1), answers(own.0, own.1)).contains_key("touch"));
    }
}

proptest! {
    /// A draft is read back as it was typed, for any text.
    #[test]
    fn a_draft_is_read_back_as_it_was_typed(words in ".{0,40}", own in "\\PC{0,20}", rate in 0u8..=10, tick in any::<bool>()) {
        let document = document();
        let mut form = Form::from_pairs([("s.words", words), ("s.pick.own", own), ("s.rate.i", rate.to_string())]);
        if tick { form.0.push(("s.ticks".into(), "q".into())); }
        let answers = read(&document, &form);
        prop_assert_eq!(read(&document, &super::form(&answers)), answers);
    }

    /// A wider scope never hides from anyone what a narrower one showed.
    #[test]
    fn a_wider_scope_hides_nothing_that_a_narrower_one_showed(submitted in any::<bool>(), revealed in any::<bool>(), responders in 1usize..3) {
        for scope in Scope::ALL {
            for to in wider_scopes(&document(), responders, *scope) {
                prop_assert!(therapist_may_read(to, submitted) >= therapist_may_read(*scope, submitted));
                prop_assert!(other_partner_may_read(to, submitted, revealed) >= other_partner_may_read(*scope, submitted, revealed));
            }
        }
    }

    /// In a blind exercise, the other partner can read nothing before the
    /// reveal, for any scope of a step and any scope to which the writer widens
    /// an answer.
    #[test]
    fn no_answer_of_a_blind_exercise_is_readable_before_the_reveal(given in 0usize..4, submitted in any::<bool>()) {
        let document = document();
        prop_assert!(document.is_blind(2));
        let scope = document.scope_for(Scope::ALL[given], 2);
        for scope in wider_scopes(&document, 2, scope).into_iter().chain([scope]) {
            prop_assert!(!other_partner_may_read(scope, submitted, false), "{:?}", scope);
        }
    }
}

#[test]
fn answers_that_are_not_blind_are_readable_at_once_and_one_responder_shares_with_nobody() {
    let mut document = document();
    document.steps.iter_mut().for_each(|s| s.scope = Scope::Couple);
    assert!(!document.is_blind(2));
    assert!(other_partner_may_read(document.scope_for(Scope::Couple, 2), true, false));
    assert_eq!(document.scope_for(Scope::Reveal, 1), Scope::Therapist);
    assert_eq!(wider_scopes(&document, 1, Scope::Mine), [Scope::Therapist]);
    assert_eq!(wider_scopes(&document, 2, Scope::Mine), [Scope::Therapist, Scope::Couple]);
}

#[test]
fn nobody_but_its_writer_may_read_a_draft() {
    for scope in Scope::ALL {
        assert!(!other_partner_may_read(*scope, false, true));
        assert!(!therapist_may_read(*scope, false));
    }
}

/// Steps and answers are stored as they were first written: exercise files and
/// rows of every earlier version stay readable.
#[test]
fn stored_steps_and_answers_keep_their_form() {
    let steps = [
        r#"{"key":"when","prompt":"?","scope":"couple","kind":"plan"}"#,
        r#"{"key":"words","prompt":"?","hint":"h","scope":"mine","optional":true,"kind":"text","long":true}"#,
        r#"{"key":"rate","prompt":"?","scope":"reveal","kind":"scale","min":0,"max":10,"low":"l","high":"h","items":[{"key":"i","text":"I"}]}"#,
        r#"{"key":"guess","prompt":"?","scope":"reveal","bring":true,"kind":"guess","of":"rate"}"#,
        r#"{"key":"touch","prompt":"?","scope":"reveal","kind":"sort","items":[],"buckets":[],"own":false,"both_only":"yes"}"#,
    ];
    for stored in steps {
        let step: Step = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&step).unwrap(), stored);
    }
    let short: Step = serde_json::from_str(
        r#"{"key":"rate","prompt":"?","scope":"reveal","kind":"scale","low":"l","high":"h","items":[]}"#,
    )
    .unwrap();
    let StepKind::Scale(scale) = short.kind else { panic!("no scale") };
    assert_eq!((scale.min, scale.max), (0, 10), "the numbers that a file may leave out");
    let answers = [
        r#"{"kind":"text","text":"words"}"#,
        r#"{"kind":"choice","pick":null,"own":"mine"}"#,
        r#"{"kind":"guess","guess":{"kind":"rank","places":{"a":1,"b":2}}}"#,
        r#"{"kind":"sort","places":{"a":"yes"},"own":{}}"#,
        r#"{"kind":"log","entries":[{"on":"2026-11-23","tag":"","text":"tea"}]}"#,
    ];
    for stored in answers {
        let answer: Answer = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), stored);
    }
}
