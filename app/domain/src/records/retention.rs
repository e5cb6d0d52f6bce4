//! How long content is kept: classes of content, years, and what may be deleted when.
//!
//! The years count from the last session of anyone in the couple. While they run, the
//! content must be kept, also if a person asks for its erasure; when they are over, it
//! is due for deletion, which a person confirms. A legal hold stops both.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::form::{Errors, Form};

crate::words! {
    /// A class of content with its own number of years.
    pub enum RetentionClass {
        Record = "record", "Record: notes, goals, intake, forms";
        Process = "process", "Process notes";
        Documents = "documents", "Documents";
        Letters = "letters", "What was sent to others";
        Exercises = "exercises", "Exercises and measures";
        Messages = "messages", "Messages";
    }
}

/// The most years that content can be kept.
pub const MOST_YEARS: u32 = 50;

impl RetentionClass {
    /// The years unless the practice chooses others.
    pub const fn default_years(self) -> u32 {
        match self {
            Self::Record | Self::Process | Self::Documents | Self::Letters => 10,
            Self::Exercises | Self::Messages => 3,
        }
    }
}

/// For how many years each class is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetentionYears(BTreeMap<RetentionClass, u32>);

impl RetentionYears {
    /// The years of a class.
    pub fn of(&self, class: RetentionClass) -> u32 {
        self.0.get(&class).copied().unwrap_or_else(|| class.default_years())
    }

    /// The day from which a class may be deleted, if the last session was on `last`. The
    /// record is what the others belong to: it is kept as long as the longest of them.
    pub fn until(&self, class: RetentionClass, last: NaiveDate) -> NaiveDate {
        last.checked_add_months(self.months(class)).unwrap_or(NaiveDate::MAX)
    }

    /// The last day of a last session after which a class is due on `today`.
    pub fn cutoff(&self, class: RetentionClass, today: NaiveDate) -> NaiveDate {
        today.checked_sub_months(self.months(class)).unwrap_or(NaiveDate::MIN)
    }

    /// For how long a class is kept: the record as long as the longest of all.
    fn months(&self, class: RetentionClass) -> Months {
        let years = match class {
            RetentionClass::Record => RetentionClass::ALL.iter().map(|class| self.of(*class)).max().unwrap_or_default(),
            RetentionClass::Process
            | RetentionClass::Documents
            | RetentionClass::Letters
            | RetentionClass::Exercises
            | RetentionClass::Messages => self.of(class),
        };
        Months::new(years * 12)
    }

    /// The years as the fields of their form.
    pub fn form(&self) -> Form {
        Form::from_pairs(RetentionClass::ALL.iter().map(|class| (class.word(), self.of(*class).to_string())))
    }

    /// Reads the years from their form.
    ///
    /// # Errors
    /// A field has no whole number from 0 to [`MOST_YEARS`].
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let (mut years, mut errors) = (BTreeMap::new(), Errors::default());
        for class in RetentionClass::ALL {
            match crate::typed::code(form.get(class.word())).parse::<u32>() {
                Ok(n) if n <= MOST_YEARS => {
                    years.insert(*class, n);
                }
                _ => errors.add(class.word(), format!("Enter a number of years from 0 to {MOST_YEARS}.")),
            }
        }
        errors.and(form.shown_again_error()).into_result()?;
        Ok(Self(years))
    }
}

crate::words! {
    /// What becomes of a class of content when a person asks for erasure.
    pub enum ErasureFate {
        Erased = "erased", "Erased";
        /// The practice has to keep it until a day.
        Kept = "kept", "Kept";
        /// It is the other partner’s as well.
        Shared = "shared", "Kept for the other partner";
        /// It belongs to the person and not to this client: an owner erases it once
        /// nothing else of the person must be kept.
        Last = "last", "Erased with the last of their data";
    }
}

crate::words! {
    /// A line of the report about an erasure.
    pub enum ErasureThing {
        SignIn = "sign_in", "Sign-in, devices and calendar address";
        Emails = "emails", "Emails to this person";
        Answers = "answers", "Answers to exercises and measures";
        Messages = "messages", "Messages with the therapist";
        Documents = "documents", "Documents of this person";
        OwnRecord = "own_record", "Notes about this person alone, intake, signed forms, details from an import";
        Process = "process", "Process notes of therapists";
        JointRecord = "joint_record", "Joint notes, goals, agreements and sessions";
        Letters = "letters", "What was sent to others";
        Identity = "identity", "Name and contact details";
        Log = "log", "Who opened and changed what, without contents";
        Backups = "backups", "Copies in backups";
    }
}

impl ErasureThing {
    /// The class whose years decide; `None`: no class does.
    pub const fn class(self) -> Option<RetentionClass> {
        match self {
            Self::Answers => Some(RetentionClass::Exercises),
            Self::Messages => Some(RetentionClass::Messages),
            Self::Documents => Some(RetentionClass::Documents),
            Self::OwnRecord | Self::JointRecord => Some(RetentionClass::Record),
            Self::Process => Some(RetentionClass::Process),
            Self::Letters => Some(RetentionClass::Letters),
            Self::SignIn | Self::Emails | Self::Identity | Self::Log | Self::Backups => None,
        }
    }
}

/// What becomes of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureLine {
    pub thing: ErasureThing,
    pub fate: ErasureFate,
    /// Until when it is kept; `None`: it is erased, or no day is set.
    pub until: Option<NaiveDate>,
}

impl ErasureLine {
    /// Why a thing is kept, as a sentence; empty: it is erased.
    pub fn reason(&self) -> &'static str {
        match (self.fate, self.thing) {
            (ErasureFate::Erased, _) => "",
            (ErasureFate::Last, _) => "An owner confirms it when nothing else about this person must be kept.",
            (ErasureFate::Shared, _) => "It is the other partner’s as well and stays as it is.",
            (ErasureFate::Kept, ErasureThing::Log) => {
                "It shows that the practice kept its duties, and names no contents."
            }
            (ErasureFate::Kept, ErasureThing::Backups) => {
                "They are encrypted, and gone when newer backups replace them."
            }
            (ErasureFate::Kept, _) => "The practice keeps it for the years that it has set.",
        }
    }
}

/// What decides about an erasure.
#[derive(Clone, Debug)]
pub struct ErasureFacts {
    pub today: NaiveDate,
    /// The day of the last session of anyone in the couple, or on which the client came.
    pub last: NaiveDate,
    /// Whether another person is in the client.
    pub has_partner: bool,
    /// The things of which there is something.
    pub there: Vec<ErasureThing>,
}

/// What an erasure erases and keeps, in the order of [`ErasureThing`]. It depends on
/// nothing outside of the client: a therapist does not learn from it whether the person
/// is a client of a colleague, too.
pub fn erasure(facts: &ErasureFacts, years: &RetentionYears) -> Vec<ErasureLine> {
    let line = |thing: ErasureThing| {
        let until = thing.class().map(|class| years.until(class, facts.last)).filter(|until| *until > facts.today);
        let fate = match thing {
            ErasureThing::SignIn | ErasureThing::Emails | ErasureThing::Identity => ErasureFate::Last,
            ErasureThing::Log | ErasureThing::Backups => ErasureFate::Kept,
            ErasureThing::JointRecord | ErasureThing::Process | ErasureThing::Letters if facts.has_partner => {
                ErasureFate::Shared
            }
            _ if until.is_some() => ErasureFate::Kept,
            _ => ErasureFate::Erased,
        };
        ErasureLine { thing, fate, until: until.filter(|_| fate == ErasureFate::Kept) }
    };
    let always =
        [ErasureThing::SignIn, ErasureThing::Emails, ErasureThing::Identity, ErasureThing::Log, ErasureThing::Backups];
    let there = |thing: &&ErasureThing| facts.there.contains(thing) || always.contains(thing);
    ErasureThing::ALL.iter().filter(there).map(|thing| line(*thing)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn years_count_from_the_last_session_and_the_record_is_kept_longest() {
        let years = RetentionYears::default();
        let last = day("2024-02-29");
        assert_eq!(years.until(RetentionClass::Messages, last), day("2027-02-28"));
        assert_eq!(years.until(RetentionClass::Record, last), day("2034-02-28"));
        let mut form = years.form();
        form.set("record", "3");
        form.set("documents", "20");
        let years = RetentionYears::read(&form).unwrap();
        assert_eq!(years.until(RetentionClass::Record, last), day("2044-02-29"), "documents belong to the record");
        assert_eq!(years.cutoff(RetentionClass::Messages, day("2027-02-28")), day("2024-02-28"));
        for wrong in ["", "-1", "51", "ten"] {
            let mut form = years.form();
            form.set("messages", wrong);
            assert!(RetentionYears::read(&form).unwrap_err().message("messages").is_some(), "{wrong}");
        }
    }

    #[test]
    fn erasure_keeps_what_has_to_be_kept_with_a_day_and_a_reason() {
        let facts = ErasureFacts {
            today: day("2026-12-01"),
            last: day("2023-06-01"),
            has_partner: true,
            there: ErasureThing::ALL.to_vec(),
        };
        let fates = |facts: &ErasureFacts, years: &RetentionYears| {
            erasure(facts, years).into_iter().map(|line| (line.thing, line.fate)).collect::<BTreeMap<_, _>>()
        };
        let found = fates(&facts, &RetentionYears::default());
        assert_eq!(found[&ErasureThing::Answers], ErasureFate::Erased, "three years are over");
        assert_eq!(found[&ErasureThing::OwnRecord], ErasureFate::Kept);
        assert_eq!(found[&ErasureThing::JointRecord], ErasureFate::Shared);
        assert_eq!(found[&ErasureThing::Identity], ErasureFate::Last);
        let later = ErasureFacts { today: day("2033-06-01"), ..facts.clone() };
        assert_eq!(fates(&later, &RetentionYears::default())[&ErasureThing::OwnRecord], ErasureFate::Erased);
        for line in erasure(&facts, &RetentionYears::default()) {
            assert_eq!(line.reason().is_empty(), line.fate == ErasureFate::Erased, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_erased_before_its_day(days in 0_i64..20_000, years in 0_u32..=50) {
            let mut form = RetentionYears::default().form();
            for class in RetentionClass::ALL {
                form.set(class.word(), years.to_string());
            }
            let years = RetentionYears::read(&form).unwrap();
            let last = day("2000-01-01");
            let today = last + chrono::Duration::days(days);
            let facts = ErasureFacts { today, last, has_partner: false, there: ErasureThing::ALL.to_vec() };
            for line in erasure(&facts, &years) {
                if let (ErasureFate::Erased, Some(class)) = (line.fate, line.thing.class()) {
                    prop_assert!(years.until(class, last) <= today);
                }
            }
        }
    }
}
