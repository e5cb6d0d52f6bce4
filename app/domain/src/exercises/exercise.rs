//! Exercises, which are data and not code.
//!
//! A [`Document`] is a versioned text with steps. Each step has a kind, which
//! says what the person does, and a [`Scope`], which says who may read the
//! answer. The scope is shown beside the field before anyone types.

// A new scope or input of a step must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::step::{Step, StepInput};

crate::words! {
    /// Who may read an answer, from the narrowest to the widest.
    pub enum Scope {
        Mine = "mine", "Only you";
        Therapist = "therapist", "You and your therapist";
        Reveal = "reveal", "Your partner too, once you have both answered";
        Couple = "couple", "Your partner and your therapist";
    }
}

crate::words! {
    /// The article from which an exercise was made: one of the library's four, or
    /// none for an exercise written in this practice.
    pub enum Article {
        Performance = "connection-vs-performance", "From performance to connection";
        Everyday = "connection-in-everyday-moments", "Connection in everyday moments";
        Motion = "intimacy-in-motion", "Intimacy in motion";
        Ways = "ways-to-improve-connection", "Ways to improve connection";
        Own = "own", "Written in this practice";
    }
}

crate::words! {
    /// How the two partners do an exercise.
    pub enum Mode {
        Together = "together", "Together";
        Alone = "alone", "Each alone";
        Reveal = "reveal", "Each alone, then opened to both";
    }
}

/// One version of an exercise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub slug: String,
    pub title: String,
    /// What the exercise is for, as one paragraph in plain words.
    pub purpose: String,
    pub article: Article,
    /// The part of the article from which it was made.
    pub section: String,
    pub themes: Vec<String>,
    /// An honest estimate of the time for one person, in minutes.
    pub minutes: u16,
    pub mode: Mode,
    /// For the therapist: when not to assign the exercise.
    pub cautions: String,
    pub steps: Vec<Step>,
}

/// The highest number of steps in an exercise. An exercise from a file, too, must
/// be usable on a phone.
pub const MAX_STEPS: usize = 60;

/// The name of the part of an author's form in which steps are added, for errors
/// that belong to no single step.
pub const STEPS_FIELD: &str = "steps";

/// An error in an exercise or a pathway, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The number of the step with the error, from 0; `None`: the error is in the
    /// document itself.
    pub step: Option<usize>,
    /// The field of the author's form with the error: the name of the whole
    /// form's field, or of the field within the step.
    pub field: &'static str,
    /// What to do about it, without a capital letter or full stop.
    pub text: String,
}

impl Problem {
    /// The error as a sentence, such as "Step 2: add at least two options."
    pub fn sentence(&self) -> String {
        let text = self.to_string();
        let mut letters = text.chars();
        let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        format!("{first}{}.", letters.as_str())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.step {
            Some(n) => write!(f, "step {}: {}", n + 1, self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Whether a text is a valid key: 1 to 48 characters of a-z, 0-9 and hyphen.
pub(crate) fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() <= 48 && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl Document {
    /// The errors that keep this document from being a valid exercise; empty if
    /// it is valid.
    pub fn problems(&self) -> Vec<Problem> {
        let of_document = |(field, text)| Problem { step: None, field, text };
        let mut problems: Vec<Problem> = self.own_problems().into_iter().map(of_document).collect();
        let mut keys = HashSet::new();
        // Steps beyond the limit are not checked one by one.
        for (n, step) in self.steps.iter().enumerate().take(MAX_STEPS) {
            let key = &step.key;
            let mut of_step = |(field, text)| problems.push(Problem { step: Some(n), field, text });
            if !is_key(key) {
                of_step(("prompt", format!("use only a-z, 0-9 and - in the key \"{key}\"")));
            }
            if !keys.insert(key) {
                of_step(("prompt", format!("use the key \"{key}\" for one step only")));
            }
            step.problems(&self.steps).into_iter().for_each(of_step);
        }
        problems
    }

    /// The errors in the document apart from its steps: the field of the author's
    /// form, and what to do.
    fn own_problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let mut require = |holds: bool, field, text: &str| {
            if !holds {
                problems.push((field, text.to_owned()));
            }
        };
        let slug = format!("use only a-z, 0-9 and - in the slug \"{}\"", self.slug);
        require(is_key(&self.slug), "title", &slug);
        require(!crate::typed::is_blank(&self.title), "title", "enter a title");
        let fit = [&self.title, &self.section, &self.slug].iter().all(|t| t.chars().count() <= 200);
        require(fit, "title", "shorten the title, section and slug to 200 characters");
        require(!crate::typed::is_blank(&self.purpose), "purpose", "enter the purpose");
        require(self.purpose.chars().count() <= 5_000, "purpose", "shorten the purpose to 5,000 characters");
        require(!crate::typed::is_blank(&self.cautions), "cautions", "enter the cautions");
        require(self.cautions.chars().count() <= 5_000, "cautions", "shorten the cautions to 5,000 characters");
        let fit = self.themes.len() <= 12 && self.themes.iter().all(|t| t.chars().count() <= 60);
        require(fit, "themes", "enter at most twelve themes of 60 characters");
        require((1..=180).contains(&self.minutes), "minutes", "enter the minutes, 1 to 180");
        let asks = self.steps.iter().any(|s| s.kind.takes() != StepInput::Nothing);
        require(asks, STEPS_FIELD, "add a step that asks for something");
        let most = format!("remove steps: {MAX_STEPS} is the most");
        require(self.steps.len() <= MAX_STEPS, STEPS_FIELD, &most);
        problems
    }

    /// The step with this key.
    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.key == key)
    }

    /// Whether the exercise is blind: neither partner reads an answer of the other
    /// before both have answered. It is never blind for one responder.
    pub fn is_blind(&self, responders: usize) -> bool {
        responders > 1 && self.questions().any(|s| s.scope == Scope::Reveal)
    }

    /// The effective scope of an answer, given the scope of its step or the choice
    /// of its writer. For one responder there is nobody to reveal an answer to,
    /// so `Reveal` becomes `Therapist`. In a blind exercise `Couple` becomes
    /// `Reveal`: an answer readable before the reveal would show that the other
    /// partner has answered.
    pub fn scope_for(&self, scope: Scope, responders: usize) -> Scope {
        match scope {
            Scope::Reveal if responders < 2 => Scope::Therapist,
            Scope::Couple if self.is_blind(responders) => Scope::Reveal,
            Scope::Mine | Scope::Therapist | Scope::Reveal | Scope::Couple => scope,
        }
    }

    /// Whether the other partner is shown only what both chose in this step.
    pub fn shares_in_common(&self, key: &str) -> bool {
        self.step(key).is_some_and(|s| s.kind.both_only().is_some())
    }

    /// The step by which a guess is asked and read: the guess with the kind of the
    /// step whose answer is guessed. `None`: the step is not a guess.
    pub fn guess_as_step(&self, step: &Step) -> Option<Step> {
        self.step(step.kind.guessed_step()?).map(|target| Step { kind: target.kind.clone(), ..step.clone() })
    }

    /// The steps that ask each person for an answer.
    pub fn questions(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|s| s.kind.takes() == StepInput::Answer)
    }

    /// The number of steps at the beginning of the page up to the last plan
    /// before the first answer or agreement; 0 if there is no plan there.
    pub fn plans_at_beginning(&self) -> usize {
        let asks = |s: &Step| matches!(s.kind.takes(), StepInput::Answer | StepInput::Agreement);
        let before = self.steps.iter().position(asks).unwrap_or(self.steps.len());
        self.steps[..before].iter().rposition(|s| s.kind.takes() == StepInput::Plan).map_or(0, |n| n + 1)
    }
}
