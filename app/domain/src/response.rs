//! One partner's answers to one occurrence.
//!
//! A draft keeps whatever was typed, fitting or not. What is submitted has
//! been checked, and is never changed again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    exercise::{Document, Scope, Step, StepKind},
    form::{Errors, Form},
};

/// Longest text of one field, in characters.
pub const TEXT_MAX: usize = 10_000;
/// Longest one-line entry, in characters.
pub const LINE_MAX: usize = 300;

crate::words! {
    /// Where a partner stands with an occurrence. An opened response may have
    /// a draft; a submitted one stands.
    pub enum ResponseState {
        Open = "open", "Not started";
        Draft = "draft", "Started";
        Submitted = "submitted", "Done";
    }
}

/// An answer to one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    Text { text: String },
    Choice { pick: Option<String>, own: String },
    Checklist { picks: BTreeSet<String>, own: String },
    Scale { values: BTreeMap<String, u8> },
    Rewrite { lines: BTreeMap<String, String> },
}

impl Answer {
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text { text } => text.trim().is_empty(),
            Self::Choice { pick, own } => pick.is_none() && own.trim().is_empty(),
            Self::Checklist { picks, own } => picks.is_empty() && own.trim().is_empty(),
            Self::Scale { values } => values.is_empty(),
            Self::Rewrite { lines } => lines.values().all(|l| l.trim().is_empty()),
        }
    }
}

/// What a person has put down so far, by step key.
pub type Answers = BTreeMap<String, Answer>;

/// The name of a step's form field.
pub fn field(step: &str) -> String {
    format!("s.{step}")
}

/// The name of the form field of a part of a step: an item of a scale, a line
/// to rewrite, or `own` for the own entry.
pub fn part(step: &str, part: &str) -> String {
    format!("s.{step}.{part}")
}

/// Reads what was typed, fitting or not. Nothing that could be a secret of
/// another form is kept: only fields the document names.
pub fn read(document: &Document, form: &Form) -> Answers {
    let mut answers = Answers::new();
    for step in document.questions() {
        let answer = read_step(step, form);
        if !answer.is_empty() {
            answers.insert(step.key.clone(), answer);
        }
    }
    answers
}

fn read_step(step: &Step, form: &Form) -> Answer {
    let key = &step.key;
    let typed = |name: &str| form.get(name).replace("\r\n", "\n");
    match &step.kind {
        StepKind::Read { .. } => Answer::Text { text: String::new() },
        StepKind::Text { .. } => Answer::Text { text: typed(&field(key)) },
        StepKind::Choice { options, .. } => {
            let picked = form.get(&field(key)).to_owned();
            Answer::Choice {
                pick: (picked == "own" || options.iter().any(|o| o.key == picked)).then_some(picked),
                own: typed(&part(key, "own")),
            }
        }
        StepKind::Checklist { options, .. } => Answer::Checklist {
            picks: form.all(&field(key)).filter(|p| options.iter().any(|o| o.key == *p)).map(str::to_owned).collect(),
            own: typed(&part(key, "own")),
        },
        StepKind::Scale { items, min, max, .. } => Answer::Scale {
            values: items
                .iter()
                .filter_map(|item| {
                    let value = form.get(&part(key, &item.key)).trim().parse::<u8>().ok()?;
                    (*min..=*max).contains(&value).then(|| (item.key.clone(), value))
                })
                .collect(),
        },
        StepKind::Rewrite { lines } => Answer::Rewrite {
            lines: lines
                .iter()
                .map(|line| (line.key.clone(), typed(&part(key, &line.key))))
                .filter(|(_, text)| !text.trim().is_empty())
                .collect(),
        },
    }
}

/// The answers as the form they came from.
pub fn form(answers: &Answers) -> Form {
    let mut form = Form::default();
    for (key, answer) in answers {
        match answer {
            Answer::Text { text } => form.set(&field(key), text.clone()),
            Answer::Choice { pick, own } => {
                if let Some(pick) = pick {
                    form.set(&field(key), pick.clone());
                }
                form.set(&part(key, "own"), own.clone());
            }
            Answer::Checklist { picks, own } => {
                form.0.extend(picks.iter().map(|p| (field(key), p.clone())));
                form.set(&part(key, "own"), own.clone());
            }
            Answer::Scale { values } => {
                form.0.extend(values.iter().map(|(item, v)| (part(key, item), v.to_string())));
            }
            Answer::Rewrite { lines } => {
                form.0.extend(lines.iter().map(|(line, text)| (part(key, line), text.clone())));
            }
        }
    }
    form
}

/// Whether the answers can be submitted: what is asked for is there, and
/// nothing is longer than it may be. Messages stand under the step's field.
pub fn check(document: &Document, answers: &Answers) -> Result<(), Errors> {
    let mut errors = Errors::default();
    for step in document.questions() {
        let name = field(&step.key);
        let answer = answers.get(&step.key);
        if answer.is_none_or(Answer::is_empty) {
            if !step.optional {
                errors.add(&name, missing(&step.kind));
            }
            continue;
        }
        let too_long = |text: &str, max: usize| {
            (text.chars().count() > max).then(|| {
                format!(
                    "This is longer than {max} characters. Everything is kept; please shorten it before you finish."
                )
            })
        };
        match (&step.kind, answer) {
            (StepKind::Text { long }, Some(Answer::Text { text })) => {
                if let Some(m) = too_long(text, if *long { TEXT_MAX } else { LINE_MAX }) {
                    errors.add(&name, m);
                }
            }
            (StepKind::Choice { own: true, .. }, Some(Answer::Choice { pick: Some(pick), own }))
                if pick == "own" && own.trim().is_empty() =>
            {
                errors.add(&name, "Please write your own answer, or pick another.");
            }
            (StepKind::Choice { .. }, Some(Answer::Choice { pick: None, .. })) => {
                errors.add(&name, missing(&step.kind));
            }
            (StepKind::Choice { .. }, Some(Answer::Choice { own, .. }))
            | (StepKind::Checklist { .. }, Some(Answer::Checklist { own, .. })) => {
                if let Some(m) = too_long(own, LINE_MAX) {
                    errors.add(&name, m);
                }
            }
            (StepKind::Scale { items, .. }, Some(Answer::Scale { values })) => {
                for item in items {
                    if !step.optional && !values.contains_key(&item.key) {
                        errors.add(&name, missing(&step.kind));
                        errors.add(&part(&step.key, &item.key), "Please pick a number.");
                    }
                }
            }
            (StepKind::Rewrite { lines: given }, Some(Answer::Rewrite { lines })) => {
                for line in given {
                    let field = part(&step.key, &line.key);
                    match lines.get(&line.key) {
                        None if !step.optional => errors.add(&field, "Please write your version of this line."),
                        Some(text) => {
                            if let Some(m) = too_long(text, TEXT_MAX) {
                                errors.add(&field, m);
                            }
                        }
                        None => {}
                    }
                }
            }
            _ => errors.add(&name, missing(&step.kind)),
        }
    }
    errors.into_result()
}

const fn missing(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Read { .. } => "",
        StepKind::Text { .. } => "Please write a few words.",
        StepKind::Choice { .. } => "Please pick one.",
        StepKind::Checklist { .. } => "Please tick what fits, or write your own.",
        StepKind::Scale { .. } => "Please pick a number for each line.",
        StepKind::Rewrite { .. } => "Please write your version of each line.",
    }
}

/// May the other partner read this answer? Never a draft; never what is the
/// writer's or the therapist's; a blind answer only once both have answered.
pub const fn other_partner_may_read(scope: Scope, submitted: bool, revealed: bool) -> bool {
    match scope {
        Scope::Mine | Scope::Therapist => false,
        Scope::Reveal => submitted && revealed,
        Scope::Couple => submitted,
    }
}

/// May the couple's therapist read this answer? Never a draft, never what the
/// writer kept.
pub const fn therapist_may_read(scope: Scope, submitted: bool) -> bool {
    match scope {
        Scope::Mine => false,
        Scope::Therapist | Scope::Reveal | Scope::Couple => submitted,
    }
}

/// To what the writer may widen an answer that stands. Only the writer may,
/// and nobody narrows what others could have read.
pub fn wider(document: &Document, responders: usize, scope: Scope) -> Vec<Scope> {
    let both = document.scope_for(Scope::Couple, responders);
    match scope {
        Scope::Mine if responders > 1 => vec![Scope::Therapist, both],
        Scope::Mine => vec![Scope::Therapist],
        Scope::Therapist if responders > 1 => vec![both],
        Scope::Therapist | Scope::Reveal | Scope::Couple => vec![],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exercise::{Article, Choice, Mode};

    fn choices(keys: &[&str]) -> Vec<Choice> {
        keys.iter().map(|k| Choice { key: (*k).into(), text: format!("Text {k}") }).collect()
    }

    fn step(key: &str, optional: bool, kind: StepKind) -> Step {
        Step { key: key.into(), prompt: "?".into(), hint: String::new(), scope: Scope::Reveal, optional, kind }
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
        ])
    }

    #[test]
    fn a_full_response_can_be_submitted_and_each_gap_is_named() {
        let document = document();
        assert!(document.problems().is_empty(), "{:?}", document.problems());
        assert_eq!(check(&document, &read(&document, &full())), Ok(()));
        for gap in ["s.words", "s.pick.own", "s.rate.j", "s.turn.l1"] {
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
}
