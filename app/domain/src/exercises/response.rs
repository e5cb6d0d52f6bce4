//! Responses: one partner's answers to one occurrence.
//!
//! A draft keeps all that was typed, valid or not. A response is checked before
//! it is submitted, and never changes after that.

// A new scope must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::BTreeMap;

use super::{
    exercise::{Document, Scope},
    step::{Answer, Choice, GuessAnswer, Step},
};
use crate::{
    form::{Errors, Form},
    typed,
};

/// The longest text of one field, in characters.
pub const TEXT_MAX: usize = 10_000;
/// The longest one-line entry, in characters.
pub const LINE_MAX: usize = 300;

crate::words! {
    /// How far one partner is with an occurrence.
    pub enum ResponseState {
        /// Nothing has been written.
        Open = "open", "Not started";
        /// There is a draft.
        Draft = "draft", "Started";
        /// The response has been sent and cannot change.
        Submitted = "submitted", "Done";
    }
}

/// One person's answers by step key.
pub type Answers = BTreeMap<String, Answer>;

/// The name of a step's form field.
pub fn field(step: &str) -> String {
    format!("s.{step}")
}

/// The name of the form field for a part of a step: an item of a scale, a line
/// to rewrite, or `own` for the person's own text.
pub fn part_field(step: &str, part: &str) -> String {
    format!("s.{step}.{part}")
}

/// The form fields with the answer to one step, for reading.
pub(super) struct AnswerFields<'a> {
    /// The key of the step.
    key: &'a str,
    form: &'a Form,
}

impl<'a> AnswerFields<'a> {
    /// The value of the step's own field, as typed; empty if there is none.
    pub(super) fn value(&self) -> &'a str {
        self.form.get(&field(self.key))
    }

    /// All values of the step's own field, such as the ticked boxes.
    pub(super) fn values(&self) -> Vec<String> {
        self.form.all(&field(self.key)).map(str::to_owned).collect()
    }

    /// The text of the step's own field.
    pub(super) fn text(&self) -> String {
        typed::lines(self.value())
    }

    /// The value of the field for a part, as typed; empty if there is none.
    pub(super) fn part(&self, part: &str) -> &'a str {
        self.form.get(&part_field(self.key, part))
    }

    /// The text of the field for a part.
    pub(super) fn part_text(&self, part: &str) -> String {
        typed::lines(self.part(part))
    }

    /// The number in the field for a part; `None`: there is none.
    pub(super) fn part_number<T: std::str::FromStr>(&self, part: &str) -> Option<T> {
        typed::code(self.part(part)).parse().ok()
    }

    /// The numbers within `bounds`, by item; items without one are left out.
    pub(super) fn numbers(&self, items: &[Choice], bounds: std::ops::RangeInclusive<u8>) -> BTreeMap<String, u8> {
        let number = |item: &Choice| {
            let value = self.part_number::<u8>(&item.key)?;
            bounds.contains(&value).then(|| (item.key.clone(), value))
        };
        items.iter().filter_map(number).collect()
    }
}

/// Reads the answers from a form, complete or not. Only fields of the document
/// are read, so that no secret of another form is stored.
pub fn read(document: &Document, form: &Form) -> Answers {
    let mut answers = Answers::new();
    for step in document.questions() {
        let fields = AnswerFields { key: &step.key, form };
        let answer = match document.guess_as_step(step) {
            Some(guessed) => {
                guessed.kind.read(&fields).map(|guess| Answer::Guess(GuessAnswer { guess: Box::new(guess) }))
            }
            None => step.kind.read(&fields),
        };
        if let Some(answer) = answer.filter(|answer| !answer.is_empty()) {
            answers.insert(step.key.clone(), answer);
        }
    }
    answers
}

/// The form fields with the answer to one step, for writing.
pub(super) struct AnswerFieldsMut<'a> {
    /// The key of the step.
    key: &'a str,
    form: &'a mut Form,
}

impl AnswerFieldsMut<'_> {
    /// Adds a value of the step's own field.
    pub(super) fn add(&mut self, value: impl Into<String>) {
        self.form.0.push((field(self.key), value.into()));
    }

    /// Adds the value of the field for a part.
    pub(super) fn add_part(&mut self, part: &str, value: impl Into<String>) {
        self.form.0.push((part_field(self.key, part), value.into()));
    }
}

/// The form from which [`read`] reads these answers.
pub fn form(answers: &Answers) -> Form {
    let mut form = Form::default();
    for (key, answer) in answers {
        answer.fill(&mut AnswerFieldsMut { key, form: &mut form });
    }
    form
}

/// The check of one answer, which adds errors to the fields of its step.
pub(super) struct AnswerCheck<'a> {
    step: &'a Step,
    errors: &'a mut Errors,
}

impl AnswerCheck<'_> {
    /// Whether the answer may not be left empty.
    pub(super) fn is_required(&self) -> bool {
        !self.step.optional
    }

    /// Adds an error to the step.
    pub(super) fn add(&mut self, message: impl Into<String>) {
        self.errors.add(&field(&self.step.key), message);
    }

    /// Adds an error to the field for a part.
    pub(super) fn add_at(&mut self, part: &str, message: impl Into<String>) {
        self.errors.add(&part_field(&self.step.key, part), message);
    }

    /// Adds the error for a missing answer.
    pub(super) fn add_missing(&mut self) {
        self.add(self.step.kind.kind().missing_text());
    }

    /// Adds an error for each missing item, unless the step is optional.
    pub(super) fn add_missing_items(&mut self, items: &[Choice], is_there: impl Fn(&str) -> bool) {
        for item in items {
            if self.is_required() && !is_there(&item.key) {
                self.add_missing();
                self.add_at(&item.key, "Please pick one.");
            }
        }
    }

    /// Adds an error to the step if a text has more than `max` characters.
    pub(super) fn limit(&mut self, text: &str, max: usize) {
        if let Some(message) = too_long(text, max) {
            self.add(message);
        }
    }

    /// Adds an error to the field for a part if its text has more than `max`
    /// characters.
    pub(super) fn limit_at(&mut self, part: &str, text: &str, max: usize) {
        if let Some(message) = too_long(text, max) {
            self.add_at(part, message);
        }
    }
}

/// The error for a text of more than `max` characters; `None`: it is not too
/// long.
fn too_long(text: &str, max: usize) -> Option<String> {
    (text.chars().count() > max).then(|| {
        format!("This is longer than {max} characters. Everything is kept; please shorten it before you finish.")
    })
}

/// Checks whether the answers can be submitted: each required answer is there,
/// and no text is too long. Errors are at the fields of their steps.
pub fn check(document: &Document, answers: &Answers) -> Result<(), Errors> {
    let mut errors = Errors::default();
    for step in document.questions() {
        let answer = answers.get(&step.key);
        match document.guess_as_step(step) {
            Some(guessed) => {
                let guess = answer.and_then(GuessAnswer::of).map(|answer| &*answer.guess);
                check_step(&guessed, guess, &mut errors);
            }
            None => check_step(step, answer, &mut errors),
        }
    }
    errors.into_result()
}

/// Checks the answer to one step and adds its errors.
fn check_step(step: &Step, answer: Option<&Answer>, errors: &mut Errors) {
    let mut check = AnswerCheck { step, errors };
    let missing = match answer.filter(|answer| !answer.is_empty()) {
        // An answer of another kind than its step counts as missing.
        Some(answer) => step.kind.check(answer, &mut check).is_none(),
        None => check.is_required(),
    };
    if missing {
        check.add_missing();
    }
}

/// The part of the other partner's answers that is shown beside the reader's
/// `own` answers. In a step that shares only what both chose, everything else
/// is removed, so that it does not leave the server.
pub fn visible_to_partner(document: &Document, theirs: Answers, own: &Answers) -> Answers {
    theirs
        .into_iter()
        .filter_map(|(key, answer)| {
            let Some(only) = document.step(&key).and_then(|step| step.kind.both_only()) else {
                return Some((key, answer));
            };
            let (Answer::Sort(theirs), Some(Answer::Sort(own))) = (answer, own.get(&key)) else { return None };
            theirs.in_common(own, only).map(|common| (key, Answer::Sort(common)))
        })
        .collect()
}

crate::words! {
    /// A person's reason for not doing an exercise now. It is optional, and only
    /// their therapist reads it.
    pub enum NotNow {
        NoTime = "no_time", "There was no time";
        Unclear = "unclear", "I wasn’t sure what to do";
        NotSafe = "not_safe", "It does not feel safe";
        OurWay = "our_way", "We did it our own way";
        Later = "later", "Not now, another time";
    }
}

/// Whether the other partner may read this answer: never a draft, never one for
/// the writer or the therapist only, and one of scope `Reveal` only after the
/// reveal, when both have answered.
pub const fn other_partner_may_read(scope: Scope, submitted: bool, revealed: bool) -> bool {
    match scope {
        Scope::Mine | Scope::Therapist => false,
        Scope::Reveal => submitted && revealed,
        Scope::Couple => submitted,
    }
}

/// Whether the couple's therapist may read this answer: never a draft, and never
/// one that the writer keeps to themselves (`Mine`).
pub const fn therapist_may_read(scope: Scope, submitted: bool) -> bool {
    match scope {
        Scope::Mine => false,
        Scope::Therapist | Scope::Reveal | Scope::Couple => submitted,
    }
}

/// The scopes to which the writer may widen a submitted answer. Only the writer
/// may do so, and a scope is never narrowed, since others could have read the
/// answer already.
pub fn wider_scopes(document: &Document, responders: usize, scope: Scope) -> Vec<Scope> {
    let both = document.scope_for(Scope::Couple, responders);
    match scope {
        Scope::Mine if responders > 1 => vec![Scope::Therapist, both],
        Scope::Mine => vec![Scope::Therapist],
        Scope::Therapist if responders > 1 => vec![both],
        Scope::Therapist | Scope::Reveal | Scope::Couple => vec![],
    }
}

#[cfg(test)]
pub(crate) mod tests;
