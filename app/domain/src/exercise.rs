//! What an exercise is: data, not code.
//!
//! A [`Document`] is a versioned text with steps. Each step has a kind, which
//! says what the person does, and a [`Scope`], which says who may read the
//! answer and stands beside the field before anyone types.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

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
    /// The four texts the library grows out of.
    pub enum Article {
        Performance = "connection-vs-performance", "From performance to connection";
        Everyday = "connection-in-everyday-moments", "Connection in everyday moments";
        Motion = "intimacy-in-motion", "Intimacy in motion";
        Ways = "ways-to-improve-connection", "Ways to improve connection";
        Own = "own", "Written in this practice";
    }
}

crate::words! {
    /// How the two do it.
    pub enum Mode {
        Together = "together", "Together";
        Alone = "alone", "Each alone";
        Reveal = "reveal", "Each alone, then opened to both";
    }
}

/// An exercise as it is written down: one version of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub slug: String,
    pub title: String,
    /// One paragraph in plain words: what this is for.
    pub purpose: String,
    pub article: Article,
    /// The part of the article it grows out of.
    pub section: String,
    pub themes: Vec<String>,
    /// An honest estimate for one person, in minutes.
    pub minutes: u16,
    pub mode: Mode,
    /// For the therapist: when not to assign it.
    pub cautions: String,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Names the step within its document and for ever.
    pub key: String,
    pub prompt: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    pub scope: Scope,
    /// May be left empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// What is written here is brought to the session: it stands in the
    /// therapist's brief.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bring: bool,
    #[serde(flatten)]
    pub kind: StepKind,
}

/// What the person does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepKind {
    /// Reads a short passage.
    Read { body: String },
    /// Writes, short (one line) or long.
    Text {
        #[serde(default)]
        long: bool,
    },
    /// Picks one, with an optional own entry.
    Choice {
        options: Vec<Choice>,
        #[serde(default)]
        own: bool,
    },
    /// Picks several, with an optional own entry.
    Checklist {
        options: Vec<Choice>,
        #[serde(default)]
        own: bool,
    },
    /// Rates each item from `min` to `max`.
    Scale {
        #[serde(default)]
        min: u8,
        #[serde(default = "ten")]
        max: u8,
        low: String,
        high: String,
        items: Vec<Choice>,
    },
    /// Turns each given line into a connecting one.
    Rewrite { lines: Vec<Choice> },
    /// Puts the items in order, the first is the most.
    Rank { items: Vec<Choice> },
    /// Guesses what the partner answers to an earlier step.
    Guess { of: String },
    /// Says who carries each item: one of [`SHARES`].
    Allocate { items: Vec<Choice> },
    /// Puts the items into buckets, with own entries if allowed.
    Sort {
        #[serde(default)]
        items: Vec<Choice>,
        buckets: Vec<Choice>,
        #[serde(default)]
        own: bool,
        /// The other partner is shown what both put into this bucket, and
        /// nothing else of it, ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        both_only: Option<String>,
    },
    /// Does something for a set time, then notes how it went.
    Timer {
        seconds: u32,
        #[serde(default)]
        together: bool,
    },
    /// A dialogue in turns; then each rates feeling heard, 0 to 10.
    Turns {
        turns: Vec<Turn>,
        /// Questions to draw from, one at a time.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cards: Vec<Choice>,
    },
    /// Short entries over some days.
    Log {
        days: u16,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<Choice>,
    },
    /// Both write one text, and both accept that same version.
    Agreement { starter: String },
    /// Sets a day and time, is reminded, and says afterwards whether it was
    /// kept. What is for both is one plan of the two.
    Plan,
}

/// Who carries something, from all of it to none.
pub const SHARES: [&str; 5] = ["All me", "Mostly me", "Both alike", "Mostly my partner", "All my partner"];

/// One turn of a dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    pub key: String,
    pub text: String,
    pub seconds: u32,
}

/// Most steps of an exercise, and most entries of a step: what comes as a file
/// from elsewhere is to be shown on a phone.
pub const MOST_STEPS: usize = 60;
pub const MOST_ENTRIES: usize = 60;

/// The shortest and longest time of a timer or a turn, in seconds.
pub const SECONDS: std::ops::RangeInclusive<u32> = 30..=3600;

const fn ten() -> u8 {
    10
}

/// An option, an item or a line: a key for ever and the text that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub text: String,
}

impl StepKind {
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::Text { .. } => "text",
            Self::Choice { .. } => "choice",
            Self::Checklist { .. } => "checklist",
            Self::Scale { .. } => "scale",
            Self::Rewrite { .. } => "rewrite",
            Self::Rank { .. } => "rank",
            Self::Guess { .. } => "guess",
            Self::Allocate { .. } => "allocate",
            Self::Sort { .. } => "sort",
            Self::Timer { .. } => "timer",
            Self::Turns { .. } => "turns",
            Self::Log { .. } => "log",
            Self::Agreement { .. } => "agreement",
            Self::Plan => "plan",
        }
    }

    pub(crate) fn choices(&self) -> &[Choice] {
        match self {
            Self::Read { .. }
            | Self::Text { .. }
            | Self::Guess { .. }
            | Self::Timer { .. }
            | Self::Agreement { .. }
            | Self::Plan => &[],
            Self::Choice { options, .. } | Self::Checklist { options, .. } => options,
            Self::Scale { items, .. } | Self::Rank { items } | Self::Allocate { items } | Self::Sort { items, .. } => {
                items
            }
            Self::Rewrite { lines } => lines,
            Self::Turns { cards, .. } => cards,
            Self::Log { tags, .. } => tags,
        }
    }
}

/// What keeps a document from being what it should, in words for its writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The step it lies in, from 0; `None`: the document itself.
    pub step: Option<usize>,
    pub text: String,
}

impl Problem {
    /// As a sentence: with a capital letter and a full stop.
    pub fn sentence(&self) -> String {
        let mut letters = self.text.chars();
        let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        format!("{first}{}.", letters.as_str())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a text may name something for ever.
pub(crate) fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() <= 48 && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl Document {
    /// What keeps this document from being an exercise, in words for its
    /// writer.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let at = std::cell::Cell::new(None);
        let mut say = |ok: bool, text: String| {
            if !ok {
                problems.push(Problem { step: at.get(), text });
            }
        };
        say(is_key(&self.slug), format!("the slug \"{}\" may hold a-z, 0-9 and - only", self.slug));
        say(!self.title.trim().is_empty(), "the title is missing".into());
        say(!self.purpose.trim().is_empty(), "the purpose is missing".into());
        say(!self.cautions.trim().is_empty(), "the cautions are missing".into());
        say((1..=180).contains(&self.minutes), "the time has to be 1 to 180 minutes".into());
        say(self.steps.iter().any(|s| !matches!(s.kind, StepKind::Read { .. })), "there is nothing to answer".into());
        say(self.steps.len() <= MOST_STEPS, format!("there are more than {MOST_STEPS} steps"));
        let texts = [&self.title, &self.section, &self.slug];
        say(texts.iter().all(|t| t.chars().count() <= 200), "the title and the section take 200 characters".into());
        let texts = [&self.purpose, &self.cautions];
        say(texts.iter().all(|t| t.chars().count() <= 5_000), "purpose and cautions take 5,000 characters".into());
        let themes = self.themes.len() <= 12 && self.themes.iter().all(|t| t.chars().count() <= 60);
        say(themes, "there are twelve themes at most, of 60 characters".into());
        let mut keys = HashSet::new();
        for (n, step) in self.steps.iter().enumerate() {
            at.set(Some(n));
            let key = &step.key;
            say(is_key(key), format!("the step key \"{key}\" may hold a-z, 0-9 and - only"));
            say(keys.insert(key), format!("two steps have the key \"{key}\""));
            say(!step.prompt.trim().is_empty(), format!("step {key} has no prompt"));
            let lengths = step.prompt.chars().count() <= 500 && step.hint.chars().count() <= 2_000;
            say(lengths, format!("step {key}: a prompt takes 500 characters, and a hint 2,000"));
            let entries = step.kind.choices();
            let fit = entries.len() <= MOST_ENTRIES && entries.iter().all(|c| c.text.chars().count() <= 500);
            say(fit, format!("step {key} takes {MOST_ENTRIES} entries at most, of 500 characters"));
            let brought = !step.bring || step.scope != Scope::Mine;
            say(brought, format!("step {key}: what is brought to the session cannot stay with its writer"));
            let mut inner = HashSet::new();
            for choice in step.kind.choices() {
                say(
                    is_key(&choice.key),
                    format!("step {key}: the key \"{}\" may hold a-z, 0-9 and - only", choice.key),
                );
                say(choice.key != "own", format!("step {key}: the key \"own\" is taken"));
                say(inner.insert(&choice.key), format!("step {key}: two entries have the key \"{}\"", choice.key));
                say(!choice.text.trim().is_empty(), format!("step {key}: {} has no text", choice.key));
            }
            match &step.kind {
                StepKind::Read { body } => {
                    say(!body.trim().is_empty(), format!("step {key} has nothing to read"));
                    say(body.chars().count() <= 10_000, format!("step {key} has more than 10,000 characters to read"));
                }
                StepKind::Text { .. } => {}
                StepKind::Plan => {
                    let open = step.scope != Scope::Reveal;
                    say(open, format!("step {key}: a plan is for its writer, the therapist or both, and never blind"));
                }
                StepKind::Choice { options, .. } | StepKind::Checklist { options, .. } => {
                    say(options.len() >= 2, format!("step {key} offers fewer than two options"));
                }
                StepKind::Scale { min, max, items, .. } => {
                    say(
                        min < max && *max <= 10,
                        format!("step {key}: a scale goes from a lower to a higher number, 10 at most"),
                    );
                    say(!items.is_empty(), format!("step {key} has nothing to rate"));
                }
                StepKind::Rewrite { lines } => say(!lines.is_empty(), format!("step {key} has no line to rewrite")),
                StepKind::Rank { items } => {
                    say((2..=12).contains(&items.len()), format!("step {key} has to rank 2 to 12 items"));
                }
                StepKind::Guess { of } => {
                    let before = self.steps.iter().take_while(|s| s.key != *key).find(|s| s.key == *of);
                    let fits = before.is_some_and(|s| {
                        matches!(s.kind, StepKind::Rank { .. } | StepKind::Choice { .. } | StepKind::Scale { .. })
                    });
                    say(fits, format!("step {key}: \"{of}\" is no earlier step whose answer can be guessed"));
                }
                StepKind::Allocate { items } => {
                    say(!items.is_empty(), format!("step {key} has nothing to allocate"));
                }
                StepKind::Sort { items, buckets, own, both_only } => {
                    say((2..=4).contains(&buckets.len()), format!("step {key} has to have 2 to 4 buckets"));
                    say(*own || !items.is_empty(), format!("step {key} has nothing to sort"));
                    for bucket in buckets {
                        say(
                            is_key(&bucket.key) && bucket.key != "own",
                            format!("step {key}: the bucket \"{}\" may hold a-z, 0-9 and - only", bucket.key),
                        );
                    }
                    if let Some(only) = both_only {
                        let known = buckets.iter().any(|b| b.key == *only);
                        say(known, format!("step {key}: there is no bucket \"{only}\""));
                        say(step.scope == Scope::Reveal, format!("step {key}: what both share has to open blind"));
                        say(!own, format!("step {key}: own entries cannot be shared"));
                    }
                }
                StepKind::Timer { seconds, .. } => {
                    say(SECONDS.contains(seconds), format!("step {key}: a timer runs from half a minute to an hour"));
                }
                StepKind::Turns { turns, .. } => {
                    say((1..=20).contains(&turns.len()), format!("step {key} has to have 1 to 20 turns"));
                    let fit = turns.iter().all(|t| is_key(&t.key) && SECONDS.contains(&t.seconds));
                    say(fit, format!("step {key}: a turn has a key, and takes from half a minute to an hour"));
                }
                StepKind::Agreement { .. } => {
                    let both = matches!(step.scope, Scope::Reveal | Scope::Couple);
                    say(both, format!("step {key}: an agreement is for both"));
                }
                StepKind::Log { days, .. } => {
                    say((1..=60).contains(days), format!("step {key}: a log runs for 1 to 60 days"));
                }
            }
        }
        problems
    }

    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.key == key)
    }

    /// Whether the partners answer without seeing each other: nothing of it
    /// is theirs to read before both have answered.
    pub fn is_blind(&self, responders: usize) -> bool {
        responders > 1 && self.questions().any(|s| s.scope == Scope::Reveal)
    }

    /// The scope an answer really has, of what its step or its writer says.
    /// Where one person answers alone, nobody is there to reveal to: such an
    /// answer is for the therapist. In a blind exercise, what is for both
    /// waits as well: read before the reveal it would tell that the other has
    /// answered.
    pub fn scope_for(&self, scope: Scope, responders: usize) -> Scope {
        match scope {
            Scope::Reveal if responders < 2 => Scope::Therapist,
            Scope::Couple if self.is_blind(responders) => Scope::Reveal,
            scope => scope,
        }
    }

    /// Whether of this step only what both chose alike is shown to the other.
    pub fn shares_in_common(&self, key: &str) -> bool {
        self.step(key).is_some_and(|s| matches!(s.kind, StepKind::Sort { both_only: Some(_), .. }))
    }

    /// A guess as the step whose answer is guessed: its kind, under the
    /// guess's own key. `None` where the step is no guess.
    pub fn guessed(&self, step: &Step) -> Option<Step> {
        let StepKind::Guess { of } = &step.kind else { return None };
        self.step(of).map(|target| Step { kind: target.kind.clone(), ..step.clone() })
    }

    /// The steps that ask each for an answer of their own.
    pub fn questions(&self) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .filter(|s| !matches!(s.kind, StepKind::Read { .. } | StepKind::Agreement { .. } | StepKind::Plan))
    }

    /// How many steps its page begins with before anything is asked, up to the
    /// last plan among them; 0 where it begins with no plan.
    pub fn begins_with_plans(&self) -> usize {
        let asks = |s: &Step| !matches!(s.kind, StepKind::Read { .. } | StepKind::Plan);
        let before = self.steps.iter().position(asks).unwrap_or(self.steps.len());
        self.steps[..before].iter().rposition(|s| s.kind == StepKind::Plan).map_or(0, |n| n + 1)
    }

    /// Whether the two see of each other's doing that it was done: there is
    /// something in it for both.
    pub fn is_for_both(&self) -> bool {
        self.steps
            .iter()
            .any(|s| matches!(s.scope, Scope::Reveal | Scope::Couple) && !matches!(s.kind, StepKind::Read { .. }))
    }
}
