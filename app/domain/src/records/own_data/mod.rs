//! A person's request for a copy of their own data (GDPR articles 15 and 20, 45
//! CFR 164.524): its clock, and what the clinician decides item by item.
//!
//! The person asks alone: no second signature is needed, and the other partner
//! of a couple learns nothing of it. What the copy contains is in [`copy`].

pub mod copy;

use chrono::{Months, NaiveDate};

use crate::form::{Errors, Form, Reader};

/// How many days a finished copy can be fetched before it is removed.
pub const READY_DAYS: i64 = 14;

/// How many days before the last day a reminder of it is shown.
pub const REMIND_DAYS: i64 = 7;

/// The longest reason or account of a check, in characters.
pub const REASON_MAX: usize = 2_000;

/// The longest redacted text, in characters: as long as a note can be.
pub const TEXT_MAX: usize = 40_000;

crate::words! {
    /// How a request reached the practice.
    pub enum Way {
        Portal = "portal", "In the portal";
        Letter = "letter", "By letter, by email or in person";
    }
}

crate::words! {
    /// The state of a request, as the person reads it.
    pub enum RequestState {
        /// Nothing has been decided yet.
        Received = "received", "Received";
        /// The clinicians have begun to decide.
        Preparing = "preparing", "Being prepared";
        /// All is decided, and the two files are being written.
        Making = "making", "Being written";
        /// The copy can be fetched.
        Ready = "ready", "Ready";
        /// The files were removed after their time.
        Over = "over", "No longer available";
        /// The person took the request back.
        Cancelled = "cancelled", "Cancelled";
    }
}

impl RequestState {
    /// Whether there is still something to do about a request in this state.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Received | Self::Preparing | Self::Making => true,
            Self::Ready | Self::Over | Self::Cancelled => false,
        }
    }
}

crate::words! {
    /// The kind of an item that is decided about.
    pub enum ItemKind {
        JointNote = "joint_note", "Joint note";
        OwnNote = "own_note", "Note about them only";
        /// A note of the other partner's record that names the person who asks.
        OtherNote = "other_note", "Note about the other partner that names them";
        ProcessNote = "process_note", "Your process note";
        JointDocument = "joint_document", "Joint document";
        OwnDocument = "own_document", "Document of their own";
    }
}

impl ItemKind {
    /// What applies while nobody has decided. `None`: the item is open, and the
    /// request cannot be finished before it is decided.
    pub const fn default_decision(self) -> Option<Decision> {
        match self {
            Self::OwnNote | Self::OwnDocument => Some(Decision::In),
            Self::OtherNote => Some(Decision::Out),
            Self::JointNote | Self::ProcessNote | Self::JointDocument => None,
        }
    }

    /// The decisions that can be made about an item of this kind. A note of the
    /// other partner never leaves whole, and a document cannot be edited.
    pub const fn decisions(self) -> &'static [Decision] {
        match self {
            Self::JointNote | Self::OwnNote | Self::ProcessNote => &[Decision::In, Decision::Redacted, Decision::Out],
            Self::OtherNote => &[Decision::Out, Decision::Redacted],
            Self::JointDocument | Self::OwnDocument => &[Decision::In, Decision::Out],
        }
    }

    /// Whether the person is told that an item of this kind was left out. For the
    /// other kinds the same general sentence is in everybody's copy, so that
    /// nothing shows whether there was such an item.
    pub const fn tells_refusal(self) -> bool {
        match self {
            Self::JointNote | Self::OwnNote | Self::JointDocument | Self::OwnDocument => true,
            Self::OtherNote | Self::ProcessNote => false,
        }
    }

    /// Whether one press includes all open items of this kind. Each process note
    /// takes a decision of its own.
    pub const fn is_included_at_once(self) -> bool {
        match self {
            Self::JointNote | Self::JointDocument => true,
            Self::OwnNote | Self::OwnDocument | Self::OtherNote | Self::ProcessNote => false,
        }
    }
}

crate::words! {
    /// What a clinician decides about an item.
    pub enum Decision {
        In = "in", "Include";
        /// A copy that the clinician has edited is included; the note itself is
        /// not touched.
        Redacted = "redacted", "Include an edited copy";
        Out = "out", "Leave out";
    }
}

crate::words! {
    /// The ground on which an item is left out, as the person is told it.
    pub enum Ground {
        Harm = "harm", "It could seriously harm them or another person";
        Others = "others", "It is about another person";
        Law = "law", "The law does not allow it";
    }
}

/// A decision about an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub decision: Decision,
    /// The ground that the person is told; `None`: the item is not left out.
    pub ground: Option<Ground>,
    /// The clinician's reason, which is kept and not shown to the person. Empty
    /// for an item that is included whole.
    pub reason: String,
    /// The edited copy; empty unless the decision is [`Decision::Redacted`].
    pub text: String,
}

impl Decided {
    /// The decision to include an item as it is.
    pub const INCLUDED: Self =
        Self { decision: Decision::In, ground: None, reason: String::new(), text: String::new() };

    /// Reads a decision about an item of this kind from its form.
    pub fn read(form: &Form, kind: ItemKind) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let decision = r.word::<Decision>("decision", CHOOSE);
        let decision = match decision {
            Ok(decision) if !kind.decisions().contains(&decision) => r.fail("decision", CHOOSE),
            other => other,
        };
        let is = |which| decision.as_ref().is_ok_and(|decision| *decision == which);
        let ground =
            if is(Decision::Out) { r.word("ground", "Choose what they are told.").map(Some) } else { Ok(None) };
        let reason = if is(Decision::Out) {
            r.lines("reason", 1..=REASON_MAX, "Write the reason for leaving it out.")
        } else {
            r.lines("reason", 0..=REASON_MAX, "")
        };
        let text = if is(Decision::Redacted) {
            r.lines("text", 1..=TEXT_MAX, "Write the edited copy.")
        } else {
            Ok(String::new())
        };
        r.finish()?;
        Ok(Self { decision: decision?, ground: ground?, reason: reason?, text: text? })
    }
}

/// The error of a decision that was not made.
const CHOOSE: &str = "Choose whether to include it.";

/// Reads the reason for which a request takes longer than a month. The person is
/// told it.
pub fn read_extension(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let reason = r.lines("reason", 1..=REASON_MAX, "Write why it takes longer. They will read it.");
    r.finish()?;
    reason
}

/// A request that did not come through the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The day on which the practice received it, from which the month counts.
    pub received_on: NaiveDate,
    /// Who asked, and how their identity was checked.
    pub checked: String,
}

impl Letter {
    /// Reads a request by letter from its form; `today` is the practice's date.
    pub fn read(form: &Form, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let received_on = r.date("received_on", "Enter the day on which the request arrived.");
        let received_on = match received_on {
            Ok(day) if day > today => r.fail("received_on", "Enter a day that is not in the future."),
            Ok(day) if day < today - Months::new(3) => {
                r.fail("received_on", "Enter a day within the last three months.")
            }
            other => other,
        };
        let checked = r.lines("checked", 1..=REASON_MAX, "Write who asked, and how you checked who they are.");
        r.finish()?;
        Ok(Self { received_on: received_on?, checked: checked? })
    }
}

/// The last day on which a request is answered in time: one calendar month after
/// the day on which it was received, or three if it was extended (GDPR article
/// 12(3)). A month that has no such day ends earlier: 31 January is followed by
/// the last day of February.
pub fn due_on(received: NaiveDate, is_extended: bool) -> NaiveDate {
    received.checked_add_months(Months::new(if is_extended { 3 } else { 1 })).unwrap_or(received)
}

/// How near the last day of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressure {
    /// It is more than a week away.
    InTime,
    /// It is at most a week away, in this many days.
    Soon(i64),
    /// It was this many days ago.
    Late(i64),
}

/// How near the last day of a request is, today.
pub fn pressure(due: NaiveDate, today: NaiveDate) -> Pressure {
    match (due - today).num_days() {
        days if days < 0 => Pressure::Late(-days),
        days if days <= REMIND_DAYS => Pressure::Soon(days),
        _ => Pressure::InTime,
    }
}

/// Whether a text names a person by their first name, as a word of its own.
pub fn names(text: &str, name: &str) -> bool {
    let first = crate::clients::person::first_name(name).to_lowercase();
    !first.is_empty()
        && text
            .to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| first.split_whitespace().any(|f| f == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_a_calendar_month() {
        assert_eq!(due_on(day("2026-11-23"), false), day("2026-12-23"));
        assert_eq!(due_on(day("2027-01-31"), false), day("2027-02-28"));
        assert_eq!(due_on(day("2028-01-31"), false), day("2028-02-29"));
        assert_eq!(due_on(day("2026-11-30"), true), day("2027-02-28"), "one month and two more");
    }

    #[test]
    fn the_last_day_is_in_time_and_the_week_before_reminds() {
        let due = day("2026-12-23");
        assert_eq!(pressure(due, day("2026-12-15")), Pressure::InTime);
        assert_eq!(pressure(due, day("2026-12-16")), Pressure::Soon(7));
        assert_eq!(pressure(due, due), Pressure::Soon(0));
        assert_eq!(pressure(due, day("2026-12-25")), Pressure::Late(2));
    }

    #[test]
    fn leaving_out_takes_a_ground_and_a_reason() {
        let read = |pairs: &[(&str, &str)], kind| Decided::read(&Form::from_pairs(pairs.iter().copied()), kind);
        let errors = read(&[("decision", "out")], ItemKind::JointNote).unwrap_err();
        assert!(errors.message("ground").is_some() && errors.message("reason").is_some());
        let out = [("decision", "out"), ("ground", "harm"), ("reason", "She is at risk."), ("text", "not kept")];
        let decided = read(&out, ItemKind::JointNote).unwrap();
        assert_eq!((decided.ground, decided.text.as_str()), (Some(Ground::Harm), ""));
        assert_eq!(read(&[("decision", "in")], ItemKind::OwnNote).unwrap(), Decided::INCLUDED);
        let errors = read(&[("decision", "redacted"), ("text", " ")], ItemKind::JointNote).unwrap_err();
        assert!(errors.message("text").is_some());
    }

    #[test]
    fn a_note_of_the_other_partner_never_leaves_whole() {
        let form = Form::from_pairs([("decision", "in")]);
        assert!(Decided::read(&form, ItemKind::OtherNote).unwrap_err().message("decision").is_some());
        let edited = Form::from_pairs([("decision", "redacted"), ("text", "About you.")]);
        assert_eq!(Decided::read(&edited, ItemKind::OtherNote).unwrap().text, "About you.");
        assert!(Decided::read(&edited, ItemKind::JointDocument).is_err(), "a document is not edited");
    }

    #[test]
    fn what_is_always_told_is_never_about_the_other_partner() {
        for kind in ItemKind::ALL {
            assert!(!kind.tells_refusal() || !matches!(kind, ItemKind::OtherNote | ItemKind::ProcessNote));
            if let Some(decision) = kind.default_decision() {
                assert!(kind.decisions().contains(&decision), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_letter_says_when_it_arrived_and_how_its_writer_was_checked() {
        let today = day("2026-11-23");
        let read = |on: &str, checked: &str| {
            Letter::read(&Form::from_pairs([("received_on", on), ("checked", checked)]), today)
        };
        assert!(read("2026-11-24", "x").unwrap_err().message("received_on").is_some());
        assert!(read("2026-05-01", "x").unwrap_err().message("received_on").is_some());
        assert!(read("2026-11-20", " ").unwrap_err().message("checked").is_some());
        assert_eq!(read("2026-11-20", "Passport seen.").unwrap().received_on, day("2026-11-20"));
    }

    #[test]
    fn a_name_is_found_as_a_word() {
        assert!(names("Told me that amara’s mother was there.", "Amara Nwosu"));
        assert!(!names("The samaras of the maple.", "Amara Nwosu"));
        assert!(!names("Anything", ""));
    }
}
