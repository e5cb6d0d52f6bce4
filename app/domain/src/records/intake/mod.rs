//! The intake list: what each person of a client is asked before or after the
//! first session, as data. Both partners of a couple get the same list.
//!
//! A list has versions. An intake keeps the version with which it was started,
//! so that a change of the list asks nobody anew.

// A new kind of item must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

mod answer;
mod authoring;
#[cfg(feature = "zones")]
mod reminders;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use answer::{
    ANSWER_MAX, Answer, Channel, Fact, OthersRead, OwnDetails, PREFIX, difference, field, own_fields, read_item,
    touched,
};
pub use authoring::{OPTIONS_MAX, blank_row, fill_list, read_list};
#[cfg(feature = "zones")]
pub use reminders::{REMINDER_DAYS, reminders};
pub use state::{ItemState, PersonIntake, Reachable, Standing, first_session_warning, is_ready, progress};

use crate::clients::person::Language;

crate::words! {
    /// How an item is answered.
    pub enum ItemKind {
        Text = "text", "Short text";
        LongText = "long_text", "Long text";
        Choice = "choice", "One choice";
        Choices = "choices", "Several choices";
        Date = "date", "Date";
        Number = "number", "Number";
        YesNo = "yes_no", "Yes or no";
        /// Name, pronouns, date of birth, phone, address, zone and language.
        Contact = "contact", "Contact details";
        SafeContact = "safe_contact", "Safe contact";
        Emergency = "emergency", "Emergency contact";
        /// The consents that the person is asked to sign.
        Consents = "consents", "Consents";
        /// Which share the person would pay, and whether they accept it.
        Payer = "payer", "Who pays";
        /// Facts of the relationship, which either partner enters and the other
        /// confirms or corrects.
        Facts = "facts", "Facts of the relationship";
        /// Questions that are done when they were seen.
        Private = "private", "Private questions";
        /// An exercise with scales, such as a first measure.
        Measure = "measure", "First measure";
    }
}

impl ItemKind {
    /// The kinds of the practice's own questions.
    pub const OWN: &'static [Self] =
        &[Self::Text, Self::LongText, Self::Choice, Self::Choices, Self::Date, Self::Number, Self::YesNo];

    /// Whether the item is a plain question, which a practice can add.
    pub fn is_plain(self) -> bool {
        Self::OWN.contains(&self)
    }

    /// Whether the person types or chooses something for this item. The state of
    /// consents and of a measure is kept where they are signed and answered.
    pub fn is_answered(self) -> bool {
        !matches!(self, Self::Consents | Self::Measure)
    }

    /// Whether the item has a list of choices or of questions.
    pub fn has_parts(self) -> bool {
        matches!(self, Self::Choice | Self::Choices | Self::Facts | Self::Private)
    }
}

crate::words! {
    /// Who reads the answer to an item, beside the person who gave it.
    pub enum ItemReaders {
        Desk = "desk", "Front desk and therapist";
        /// The front desk knows only by which channels and at which hours to
        /// reach the person.
        Channels = "channels", "Therapist; the front desk sees the channels";
        Clinician = "clinician", "Therapist";
        /// The therapist. Neither whether nor how it was answered shows anywhere
        /// else.
        Alone = "alone", "Therapist alone";
        /// The therapist, and the other partner once the writer has shared it.
        Shared = "shared", "Therapist; the partner if its writer shares it";
        Joint = "joint", "Both partners and the therapist";
    }
}

impl ItemReaders {
    /// The readers that a practice can choose for a question of its own.
    pub const OWN: &'static [Self] = &[Self::Clinician, Self::Shared, Self::Alone, Self::Desk];
}

/// A text in several languages, by the language's word. A language that it lacks
/// is read in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(pub BTreeMap<String, String>);

impl Texts {
    /// A text in English only.
    pub fn english(text: &str) -> Self {
        Self(BTreeMap::from([(Language::English.word().to_owned(), text.to_owned())]))
    }

    /// The text in this language, else in English; empty if it has neither.
    pub fn in_language(&self, language: Language) -> &str {
        [language, Language::English]
            .iter()
            .filter_map(|language| self.0.get(language.word()))
            .find(|text| !text.is_empty())
            .map_or("", String::as_str)
    }

    /// The English text; empty if there is none.
    pub fn in_english(&self) -> &str {
        self.in_language(Language::English)
    }
}

/// A choice of an item, or a question within it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The word that is stored with an answer.
    pub key: String,
    pub label: Texts,
}

/// One item of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The name under which answers are stored: lower-case letters, digits and
    /// `_`.
    pub key: String,
    /// The screen on which it is asked: the key of a [`Screen`].
    pub screen: String,
    pub kind: ItemKind,
    pub label: Texts,
    #[serde(default)]
    pub hint: Texts,
    /// Whether the person is ready only with this item.
    #[serde(default)]
    pub needed: bool,
    pub readers: ItemReaders,
    /// Whether the practice does not ask it.
    #[serde(default)]
    pub off: bool,
    /// Whether the practice added it, and can remove it.
    #[serde(default)]
    pub own: bool,
    /// Choices, or the questions within the item.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// The exercise of a [`ItemKind::Measure`], by its slug; empty: none is
    /// chosen, and the item is not asked.
    #[serde(default)]
    pub exercise: String,
}

/// A screen of the list: a few items that are asked together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    pub key: String,
    pub title: Texts,
}

/// One version of the intake list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeList {
    pub screens: Vec<Screen>,
    pub items: Vec<Item>,
}

/// The highest number of items in a list.
pub const ITEMS_MAX: usize = 60;

impl Item {
    /// Whether a person is asked this item.
    pub fn is_asked(&self) -> bool {
        !self.off && (self.kind != ItemKind::Measure || !self.exercise.is_empty())
    }
}

impl IntakeList {
    /// The items that are asked, in the order of their screens.
    pub fn asked(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.is_asked())
    }

    /// The item with this key; `None`: it is not asked in this version.
    pub fn item(&self, key: &str) -> Option<&Item> {
        self.asked().find(|item| item.key == key)
    }

    /// The screens with at least one item that is asked, in the order of their
    /// first items, each with its items.
    pub fn asked_screens(&self) -> Vec<(&Screen, Vec<&Item>)> {
        let mut found: Vec<(&Screen, Vec<&Item>)> = Vec::new();
        for item in self.asked() {
            let Some(screen) = self.screens.iter().find(|screen| screen.key == item.screen) else { continue };
            match found.iter_mut().find(|(known, _)| known.key == screen.key) {
                Some((_, items)) => items.push(item),
                None => found.push((screen, vec![item])),
            }
        }
        found
    }

    /// What is wrong with the list, in words for its author; empty: it can be
    /// used.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.items.len() > ITEMS_MAX {
            problems.push(format!("A list has at most {ITEMS_MAX} items."));
        }
        let screens: BTreeSet<&str> = self.screens.iter().map(|screen| screen.key.as_str()).collect();
        let mut keys = BTreeSet::new();
        for item in &self.items {
            let name = item.label.in_english();
            if !is_key(&item.key) || !keys.insert(item.key.as_str()) {
                problems.push(format!("“{}” is not a key, or is used twice.", item.key));
            }
            if name.is_empty() {
                problems.push(format!("{}: the English label is missing.", item.key));
            }
            if !screens.contains(item.screen.as_str()) {
                problems.push(format!("{name}: there is no screen “{}”.", item.screen));
            }
            let mut parts = BTreeSet::new();
            if item.parts.iter().any(|p| !is_key(&p.key) || !parts.insert(&p.key) || p.label.in_english().is_empty()) {
                problems.push(format!("{name}: a choice has no label, or a key is used twice."));
            }
            if item.kind.has_parts() && item.parts.is_empty() {
                problems.push(format!("{name}: it has no choices."));
            }
            if !readers_fit(item.kind, item.readers) {
                problems.push(format!("{name}: these readers do not fit its kind."));
            }
            if item.kind == ItemKind::Measure && item.needed {
                problems.push(format!("{name}: a measure is never needed to be ready."));
            }
        }
        problems
    }
}

/// Whether a text can be the key of an item or part.
fn is_key(key: &str) -> bool {
    (1..=40).contains(&key.len()) && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether these readers may read items of this kind. The readers of the items that
/// are shipped are part of what the privacy pages promise.
fn readers_fit(kind: ItemKind, readers: ItemReaders) -> bool {
    match kind {
        ItemKind::Contact | ItemKind::Payer => readers == ItemReaders::Desk,
        ItemKind::SafeContact => readers == ItemReaders::Channels,
        ItemKind::Emergency | ItemKind::Consents | ItemKind::Measure => readers == ItemReaders::Clinician,
        ItemKind::Facts => readers == ItemReaders::Joint,
        ItemKind::Private => readers == ItemReaders::Alone,
        ItemKind::Text
        | ItemKind::LongText
        | ItemKind::Choice
        | ItemKind::Choices
        | ItemKind::Date
        | ItemKind::Number
        | ItemKind::YesNo => ItemReaders::OWN.contains(&readers),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A list with one item of each kind, for tests.
    pub(crate) fn list() -> IntakeList {
        let item = |key: &str, kind: ItemKind, readers: ItemReaders| Item {
            key: key.to_owned(),
            screen: "all".to_owned(),
            kind,
            label: Texts::english(key),
            hint: Texts::default(),
            needed: false,
            readers,
            off: false,
            own: false,
            parts: vec![],
            exercise: String::new(),
        };
        let parts = |keys: &[&str]| -> Vec<Part> {
            keys.iter().map(|key| Part { key: (*key).to_owned(), label: Texts::english(key) }).collect()
        };
        IntakeList {
            screens: vec![Screen { key: "all".to_owned(), title: Texts::english("All") }],
            items: vec![
                Item { needed: true, ..item("contact", ItemKind::Contact, ItemReaders::Desk) },
                Item { needed: true, ..item("safe", ItemKind::SafeContact, ItemReaders::Channels) },
                Item { needed: true, ..item("emergency", ItemKind::Emergency, ItemReaders::Clinician) },
                item("why", ItemKind::LongText, ItemReaders::Shared),
                Item { parts: parts(&["money", "time"]), ..item("areas", ItemKind::Choices, ItemReaders::Shared) },
                Item { parts: parts(&["low", "high"]), ..item("commitment", ItemKind::Choice, ItemReaders::Shared) },
                item("children", ItemKind::Number, ItemReaders::Clinician),
                item("moved", ItemKind::Date, ItemReaders::Clinician),
                item("pets", ItemKind::YesNo, ItemReaders::Clinician),
                item("job", ItemKind::Text, ItemReaders::Clinician),
                Item { needed: true, off: true, ..item("payer", ItemKind::Payer, ItemReaders::Desk) },
                Item {
                    needed: true,
                    parts: parts(&["since", "together"]),
                    ..item("facts", ItemKind::Facts, ItemReaders::Joint)
                },
                Item {
                    needed: true,
                    parts: parts(&["afraid"]),
                    ..item("private", ItemKind::Private, ItemReaders::Alone)
                },
                item("measure", ItemKind::Measure, ItemReaders::Clinician),
            ],
        }
    }

    #[test]
    fn usable_list_has_no_problem_and_each_fault_is_named() {
        assert_eq!(list().problems(), Vec::<String>::new());
        let with = |change: fn(&mut IntakeList)| {
            let mut list = list();
            change(&mut list);
            list.problems().len()
        };
        assert_eq!(with(|l| l.items[1].key = "contact".to_owned()), 1);
        assert_eq!(with(|l| l.items[0].label = Texts::default()), 1);
        assert_eq!(with(|l| l.items[0].screen = "none".to_owned()), 1);
        assert_eq!(with(|l| l.items[4].parts.clear()), 1);
        assert_eq!(with(|l| l.items[0].readers = ItemReaders::Clinician), 1, "contact details are for the desk");
        assert_eq!(with(|l| l.items[12].readers = ItemReaders::Desk), 1, "private questions are for the clinician");
        assert_eq!(with(|l| l.items[13].needed = true), 1);
    }

    #[test]
    fn items_that_are_off_and_a_measure_without_an_exercise_are_not_asked() {
        let mut list = list();
        assert!(list.item("payer").is_none() && list.item("measure").is_none());
        list.items[13].exercise = "reachable".to_owned();
        assert!(list.item("measure").is_some());
        assert_eq!(list.asked_screens().len(), 1);
    }

    #[test]
    fn text_that_a_language_lacks_is_read_in_english() {
        let mut text = Texts::english("Why now?");
        assert_eq!(text.in_language(Language::Hindi), "Why now?");
        text.0.insert("hi".to_owned(), "अभी क्यों?".to_owned());
        assert_eq!(text.in_language(Language::Hindi), "अभी क्यों?");
    }
}
