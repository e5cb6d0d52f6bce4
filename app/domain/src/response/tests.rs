use proptest::prelude::*;

use super::*;
use crate::exercise::{Article, Mode, Turn};

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
            step("intro", false, StepKind::Read { body: "b".into() }),
            step("words", false, StepKind::Text { long: true }),
            step("pick", false, StepKind::Choice { options: choices(&["x", "y"]), own: true }),
            step("ticks", true, StepKind::Checklist { options: choices(&["p", "q"]), own: true }),
            step(
                "rate",
                false,
                StepKind::Scale { min: 0, max: 10, low: "l".into(), high: "h".into(), items: choices(&["i", "j"]) },
            ),
            step("turn", false, StepKind::Rewrite { lines: choices(&["l1"]) }),
            step("order", false, StepKind::Rank { items: choices(&["a", "b"]) }),
            step("guess", false, StepKind::Guess { of: "order".into() }),
            step("carry", false, StepKind::Allocate { items: choices(&["a", "b"]) }),
            step(
                "touch",
                false,
                StepKind::Sort {
                    items: choices(&["a", "b"]),
                    buckets: choices(&["yes", "no"]),
                    own: false,
                    both_only: Some("yes".into()),
                },
            ),
            step(
                "wishes",
                false,
                StepKind::Sort { items: vec![], buckets: choices(&["keep", "drop"]), own: true, both_only: None },
            ),
            step("sit", false, StepKind::Timer { seconds: 300, together: true }),
            step(
                "talk",
                false,
                StepKind::Turns {
                    turns: vec![Turn { key: "one".into(), text: "Speak".into(), seconds: 120 }],
                    cards: vec![],
                },
            ),
            step("days", false, StepKind::Log { days: 7, tags: choices(&["t"]) }),
        ],
    }
}

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
fn what_the_document_does_not_offer_is_not_an_answer() {
    let document = document();
    let mut form = full();
    form.set("s.pick", "z");
    form.set("s.rate.i", "11");
    form.set("role", "owner");
    let answers = read(&document, &form);
    assert!(check(&document, &answers).is_err());
    assert_eq!(answers.get("pick"), Some(&Answer::Choice { pick: None, own: "mine".into() }));
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
fn only_what_both_chose_is_ever_shown() {
    let document = document();
    let answers = |a: &str, b: &str| {
        let form = Form::from_pairs([("s.touch.a", a), ("s.touch.b", b), ("s.words", "hello")]);
        read(&document, &form)
    };
    let shown = |theirs: Answers, own: Answers| shared(&document, theirs, &own);
    let both = shown(answers("yes", "yes"), answers("yes", "no"));
    let Some(Answer::Sort { places, .. }) = both.get("touch") else { panic!("{both:?}") };
    assert_eq!(places.keys().collect::<Vec<_>>(), ["a"]);
    assert!(both.contains_key("words"));
    // Refused by one, refused by both, left open: it looks the same.
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
    /// A draft comes back as it was typed, whatever was typed.
    #[test]
    fn drafts_survive(words in ".{0,40}", own in "\\PC{0,20}", rate in 0u8..=10, tick in any::<bool>()) {
        let document = document();
        let mut form = Form::from_pairs([("s.words", words), ("s.pick.own", own), ("s.rate.i", rate.to_string())]);
        if tick { form.0.push(("s.ticks".into(), "q".into())); }
        let answers = read(&document, &form);
        prop_assert_eq!(read(&document, &super::form(&answers)), answers);
    }

    /// A wider scope never hides from anyone what a narrower one showed.
    #[test]
    fn wider_is_wider(submitted in any::<bool>(), revealed in any::<bool>(), responders in 1usize..3) {
        for scope in Scope::ALL {
            for to in wider(&document(), responders, *scope) {
                prop_assert!(therapist_may_read(to, submitted) >= therapist_may_read(*scope, submitted));
                prop_assert!(other_partner_may_read(to, submitted, revealed) >= other_partner_may_read(*scope, submitted, revealed));
            }
        }
    }

    /// Whatever a blind exercise asks for and its writers open, nothing
    /// of it can be read by the other before the reveal.
    #[test]
    fn blind_is_blind(given in 0usize..4, submitted in any::<bool>()) {
        let document = document();
        prop_assert!(document.is_blind(2));
        let scope = document.scope_for(Scope::ALL[given], 2);
        for scope in wider(&document, 2, scope).into_iter().chain([scope]) {
            prop_assert!(!other_partner_may_read(scope, submitted, false), "{:?}", scope);
        }
    }
}

#[test]
fn what_is_not_blind_is_read_at_once_and_alone_there_is_nobody_to_share_with() {
    let mut document = document();
    document.steps.iter_mut().for_each(|s| s.scope = Scope::Couple);
    assert!(!document.is_blind(2));
    assert!(other_partner_may_read(document.scope_for(Scope::Couple, 2), true, false));
    assert_eq!(document.scope_for(Scope::Reveal, 1), Scope::Therapist);
    assert_eq!(wider(&document, 1, Scope::Mine), [Scope::Therapist]);
    assert_eq!(wider(&document, 2, Scope::Mine), [Scope::Therapist, Scope::Couple]);
}

#[test]
fn nobody_else_reads_a_draft() {
    for scope in Scope::ALL {
        assert!(!other_partner_may_read(*scope, false, true));
        assert!(!therapist_may_read(*scope, false));
    }
}
