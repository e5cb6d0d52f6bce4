//! One partner's answers to one occurrence.
//!
//! A draft keeps whatever was typed, fitting or not. What is submitted has
//! been checked, and is never changed again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    exercise::{Choice, Document, SHARES, Scope, Step, StepKind},
    form::{Errors, Form, parse_date},
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
    Text {
        text: String,
    },
    Choice {
        pick: Option<String>,
        own: String,
    },
    Checklist {
        picks: BTreeSet<String>,
        own: String,
    },
    Scale {
        values: BTreeMap<String, u8>,
    },
    Rewrite {
        lines: BTreeMap<String, String>,
    },
    /// The place of each item, from 1.
    Rank {
        places: BTreeMap<String, u8>,
    },
    Guess {
        guess: Box<Answer>,
    },
    /// For each item, an index of [`SHARES`](crate::exercise::SHARES).
    Allocate {
        shares: BTreeMap<String, u8>,
    },
    /// The bucket of each item, and own entries by bucket, one a line.
    Sort {
        places: BTreeMap<String, String>,
        own: BTreeMap<String, String>,
    },
    Timer {
        done: bool,
        minutes: Option<u16>,
        note: String,
    },
    Turns {
        felt: Option<u8>,
        reflection: String,
    },
    Log {
        entries: Vec<Entry>,
    },
}

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// A date as the form sends it; checked before it is submitted.
    pub on: String,
    pub tag: String,
    pub text: String,
}

/// Most entries of a log.
pub const ENTRIES: usize = 120;

impl Answer {
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text { text } => text.trim().is_empty(),
            Self::Choice { pick, own } => pick.is_none() && own.trim().is_empty(),
            Self::Checklist { picks, own } => picks.is_empty() && own.trim().is_empty(),
            Self::Scale { values } => values.is_empty(),
            Self::Rewrite { lines } => lines.values().all(|l| l.trim().is_empty()),
            Self::Rank { places } => places.is_empty(),
            Self::Guess { guess } => guess.is_empty(),
            Self::Allocate { shares } => shares.is_empty(),
            Self::Sort { places, own } => places.is_empty() && own.values().all(|t| t.trim().is_empty()),
            Self::Timer { done, minutes, note } => !done && minutes.is_none() && note.trim().is_empty(),
            Self::Turns { felt, reflection } => felt.is_none() && reflection.trim().is_empty(),
            Self::Log { entries } => entries.is_empty(),
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
        let answer = match document.guessed(step) {
            Some(guessed) => Answer::Guess { guess: Box::new(read_step(&guessed, form)) },
            None => read_step(step, form),
        };
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
        StepKind::Read { .. } | StepKind::Guess { .. } | StepKind::Agreement { .. } | StepKind::Plan => {
            Answer::Text { text: String::new() }
        }
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
        StepKind::Rank { items } => {
            let most = u8::try_from(items.len()).unwrap_or(u8::MAX);
            Answer::Rank { places: numbers(step, items, 1..=most, form) }
        }
        StepKind::Allocate { items } => {
            let most = u8::try_from(SHARES.len() - 1).unwrap_or_default();
            Answer::Allocate { shares: numbers(step, items, 0..=most, form) }
        }
        StepKind::Sort { items, buckets, own, .. } => Answer::Sort {
            places: items
                .iter()
                .filter_map(|item| {
                    let bucket = form.get(&part(key, &item.key));
                    buckets.iter().any(|b| b.key == bucket).then(|| (item.key.clone(), bucket.to_owned()))
                })
                .collect(),
            own: buckets
                .iter()
                .filter(|_| *own)
                .map(|bucket| (bucket.key.clone(), typed(&part(key, &format!("own.{}", bucket.key)))))
                .filter(|(_, text)| !text.trim().is_empty())
                .collect(),
        },
        StepKind::Timer { .. } => Answer::Timer {
            done: !form.get(&part(key, "done")).is_empty(),
            minutes: form.get(&part(key, "minutes")).trim().parse().ok(),
            note: typed(&part(key, "note")),
        },
        StepKind::Turns { .. } => Answer::Turns {
            felt: form.get(&part(key, "felt")).trim().parse().ok().filter(|felt| *felt <= 10),
            reflection: typed(&part(key, "reflection")),
        },
        StepKind::Log { tags, .. } => Answer::Log {
            entries: (0..ENTRIES)
                .map(|n| {
                    let tag = form.get(&part(key, &format!("{n}.tag")));
                    Entry {
                        on: form.get(&part(key, &format!("{n}.on"))).trim().to_owned(),
                        tag: if tags.iter().any(|t| t.key == tag) { tag.to_owned() } else { String::new() },
                        text: typed(&part(key, &format!("{n}.text"))),
                    }
                })
                .filter(|entry| !entry.text.trim().is_empty() || !entry.tag.is_empty())
                .collect(),
        },
    }
}

/// A number within bounds for each item that has one.
fn numbers(step: &Step, items: &[Choice], bounds: std::ops::RangeInclusive<u8>, form: &Form) -> BTreeMap<String, u8> {
    items
        .iter()
        .filter_map(|item| {
            let value = form.get(&part(&step.key, &item.key)).trim().parse::<u8>().ok()?;
            bounds.contains(&value).then(|| (item.key.clone(), value))
        })
        .collect()
}

/// The answers as the form they came from.
pub fn form(answers: &Answers) -> Form {
    let mut form = Form::default();
    for (key, answer) in answers {
        fill(&mut form, key, answer);
    }
    form
}

fn fill(form: &mut Form, key: &str, answer: &Answer) {
    {
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
            Answer::Rank { places: numbers } | Answer::Allocate { shares: numbers } => {
                form.0.extend(numbers.iter().map(|(item, n)| (part(key, item), n.to_string())));
            }
            Answer::Guess { guess } => fill(form, key, guess),
            Answer::Sort { places, own } => {
                form.0.extend(places.iter().map(|(item, bucket)| (part(key, item), bucket.clone())));
                form.0.extend(own.iter().map(|(bucket, text)| (part(key, &format!("own.{bucket}")), text.clone())));
            }
            Answer::Timer { done, minutes, note } => {
                if *done {
                    form.set(&part(key, "done"), "yes");
                }
                if let Some(minutes) = minutes {
                    form.set(&part(key, "minutes"), minutes.to_string());
                }
                form.set(&part(key, "note"), note.clone());
            }
            Answer::Turns { felt, reflection } => {
                if let Some(felt) = felt {
                    form.set(&part(key, "felt"), felt.to_string());
                }
                form.set(&part(key, "reflection"), reflection.clone());
            }
            Answer::Log { entries } => {
                for (n, entry) in entries.iter().enumerate() {
                    form.set(&part(key, &format!("{n}.on")), entry.on.clone());
                    form.set(&part(key, &format!("{n}.tag")), entry.tag.clone());
                    form.set(&part(key, &format!("{n}.text")), entry.text.clone());
                }
            }
        }
    }
}

/// Whether the answers can be submitted: what is asked for is there, and
/// nothing is longer than it may be. Messages stand under the step's field.
pub fn check(document: &Document, answers: &Answers) -> Result<(), Errors> {
    let mut errors = Errors::default();
    for step in document.questions() {
        let answer = answers.get(&step.key);
        match (document.guessed(step), answer) {
            (Some(guessed), Some(Answer::Guess { guess })) => check_step(&guessed, Some(guess), &mut errors),
            (Some(guessed), _) => check_step(&guessed, None, &mut errors),
            (None, answer) => check_step(step, answer, &mut errors),
        }
    }
    errors.into_result()
}

fn check_step(step: &Step, answer: Option<&Answer>, errors: &mut Errors) {
    {
        let name = field(&step.key);
        if answer.is_none_or(Answer::is_empty) {
            if !step.optional {
                errors.add(&name, missing(&step.kind));
            }
            return;
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
            (StepKind::Rank { items }, Some(Answer::Rank { places })) => {
                if places.len() < items.len() {
                    if !step.optional {
                        errors.add(&name, missing(&step.kind));
                    }
                } else if places.values().collect::<BTreeSet<_>>().len() < items.len() {
                    errors.add(&name, "Two lines have the same place. Please give each its own.");
                }
            }
            (StepKind::Allocate { items }, Some(Answer::Allocate { shares: values })) => {
                gaps(step, items, |key| values.contains_key(key), errors);
            }
            (StepKind::Sort { items, own, .. }, Some(Answer::Sort { places, own: texts })) => {
                if !(*own && items.is_empty()) {
                    gaps(step, items, |key| places.contains_key(key), errors);
                }
                if let Some(m) = texts.values().find_map(|text| too_long(text, TEXT_MAX)) {
                    errors.add(&name, m);
                }
            }
            (StepKind::Timer { .. }, Some(Answer::Timer { done, minutes, note })) => {
                if !done && note.trim().is_empty() && !step.optional {
                    errors.add(&name, missing(&step.kind));
                }
                if minutes.is_some_and(|m| m > 600) {
                    errors.add(&part(&step.key, "minutes"), "Please write minutes, 600 at most.");
                }
                if let Some(m) = too_long(note, TEXT_MAX) {
                    errors.add(&name, m);
                }
            }
            (StepKind::Turns { .. }, Some(Answer::Turns { felt, reflection })) => {
                if felt.is_none() && !step.optional {
                    errors.add(&name, missing(&step.kind));
                }
                if let Some(m) = too_long(reflection, TEXT_MAX) {
                    errors.add(&name, m);
                }
            }
            (StepKind::Log { tags, .. }, Some(Answer::Log { entries })) => {
                for (n, entry) in entries.iter().enumerate() {
                    let at = |what: &str| part(&step.key, &format!("{n}.{what}"));
                    if parse_date(&entry.on).is_none() {
                        errors.add(&at("on"), "Please give the day.");
                    }
                    if entry.text.trim().is_empty() && tags.is_empty() {
                        errors.add(&at("text"), "Please write a few words.");
                    }
                    if let Some(m) = too_long(&entry.text, TEXT_MAX) {
                        errors.add(&at("text"), m);
                    }
                }
            }
            _ => errors.add(&name, missing(&step.kind)),
        }
    }
}

/// Each item that was left out, where none may be.
fn gaps(step: &Step, items: &[Choice], is_there: impl Fn(&str) -> bool, errors: &mut Errors) {
    for item in items.iter().filter(|item| !step.optional && !is_there(&item.key)) {
        errors.add(&field(&step.key), missing(&step.kind));
        errors.add(&part(&step.key, &item.key), "Please pick one.");
    }
}

/// What of the other's answers is shown beside one's own: where only what
/// both chose is shared, nothing else of it leaves the server.
pub fn shared(document: &Document, theirs: Answers, own: &Answers) -> Answers {
    theirs
        .into_iter()
        .filter_map(|(key, answer)| {
            let only = match document.step(&key).map(|s| &s.kind) {
                Some(StepKind::Sort { both_only: Some(only), .. }) => only,
                _ => return Some((key, answer)),
            };
            let (Answer::Sort { places, .. }, Some(Answer::Sort { places: mine, .. })) = (answer, own.get(&key)) else {
                return None;
            };
            let both: BTreeMap<_, _> =
                places.into_iter().filter(|(item, bucket)| bucket == only && mine.get(item) == Some(only)).collect();
            (!both.is_empty()).then(|| (key, Answer::Sort { places: both, own: BTreeMap::new() }))
        })
        .collect()
}

const fn missing(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Read { .. } | StepKind::Agreement { .. } | StepKind::Plan => "",
        StepKind::Text { .. } => "Please write a few words.",
        StepKind::Choice { .. } => "Please pick one.",
        StepKind::Checklist { .. } => "Please tick what fits, or write your own.",
        StepKind::Scale { .. } => "Please pick a number for each line.",
        StepKind::Rewrite { .. } => "Please write your version of each line.",
        StepKind::Rank { .. } => "Please give each line a place.",
        StepKind::Guess { .. } => "Please guess.",
        StepKind::Allocate { .. } => "Please say for each line who carries it.",
        StepKind::Sort { .. } => "Please find a place for each line.",
        StepKind::Timer { .. } => "Please say whether you did it, or what came in between.",
        StepKind::Turns { .. } => "Please say how heard you felt.",
        StepKind::Log { .. } => "Please write at least one entry.",
    }
}

crate::words! {
    /// Why somebody does not do an exercise just now: theirs to tell, for
    /// their therapist alone.
    pub enum NotNow {
        NoTime = "no_time", "There was no time";
        Unclear = "unclear", "It is not clear to me";
        NotSafe = "not_safe", "It does not feel safe";
        OurWay = "our_way", "We did it our own way";
        Later = "later", "Not now, another time";
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
pub(crate) mod tests;
