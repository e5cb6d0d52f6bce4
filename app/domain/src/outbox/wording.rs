//! Wordings: the template texts of emails, which a practice may change.
//!
//! A wording is plain text with placeholders. `{when}` is replaced when the
//! email is written. A part in square brackets is left out if a placeholder in
//! it is empty: `[Where: {place}.]`. There are no loops and no conditions.
//!
//! A wording that cannot work is refused before it is saved, with the place of
//! the error: a placeholder that this email does not have, a placeholder that
//! may be empty outside brackets, a bracket that does not close, an email
//! without the link that it is for, or a clinical word, which tells other
//! readers why people come.

use crate::{
    form::{Errors, Form},
    typed,
};

crate::words! {
    /// The emails whose wording the practice may change.
    pub enum WordingKind {
        Confirmation = "confirmation", "Booking confirmation";
        Reminder = "reminder", "Appointment reminder";
        Moved = "moved", "Appointment rescheduled";
        Cancelled = "cancelled", "Appointment cancelled";
        CalendarUpdate = "calendar_update", "Calendar correction";
        LocalTime = "local_time", "New local time";
        Waiting = "waiting", "New activity";
        Planned = "planned", "Plan reminder";
        Invitation = "invitation", "Invitation";
        PasswordReset = "password_reset", "Password reset";
        NewAddress = "new_address", "Confirm new address";
        AddressChanged = "address_changed", "Address changed";
        Security = "security", "Sign-in notice";
        ConfirmAddress = "confirm_address", "Confirm email address";
        Test = "test", "Test email";
    }
}

crate::words! {
    /// The words allowed between braces, and what replaces them.
    pub enum Placeholder {
        Name = "name", "the reader’s name";
        Day = "day", "Thursday 26 November";
        When = "when", "the day, the time and its time zone";
        What = "what", "what happened to the account";
        Elsewhere = "elsewhere", "the time at the practice, for readers in another time zone";
        Place = "place", "the room and directions";
        With = "with", "the therapist’s name";
        Link = "link", "the link for an online session";
        Next = "next", "of a series: the appointments that follow, one per line";
        Later = "later", "that all later appointments of a series are cancelled too";
        Replies = "replies", "the links to reply, one per line";
        Url = "url", "the link the email is for";
        Until = "until", "when the link expires";
        Login = "login", "the sign-in name";
        Sender = "sender", "the name that emails come from";
        Practice = "practice", "the sender name, if it is your practice’s own";
        Phone = "phone", "the practice’s phone number";
    }
}

impl WordingKind {
    /// The placeholders that this email has.
    pub const fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{
            Day, Elsewhere, Later, Link, Login, Name, Next, Phone, Place, Practice, Replies, Sender, Until, Url, What,
            When, With,
        };
        match self {
            Self::Confirmation | Self::Moved | Self::LocalTime => {
                &[Name, Day, When, Elsewhere, Place, With, Link, Next, Sender, Phone]
            }
            Self::CalendarUpdate => &[Name, Day, When, Elsewhere, Link, Sender, Phone],
            Self::Reminder => &[Name, Day, When, Elsewhere, Place, With, Link, Replies, Sender, Phone],
            Self::Cancelled => &[Name, Day, When, Elsewhere, Later, Sender, Phone],
            Self::Waiting => &[Name, Url, Sender, Phone],
            Self::Planned => &[Name, Day, When, Url, Sender, Phone],
            Self::Invitation => &[Name, Practice, Url, Until, Sender, Phone],
            Self::ConfirmAddress | Self::NewAddress => &[Name, Url, Until, Sender, Phone],
            Self::AddressChanged => &[Name, When, Sender, Phone],
            Self::Security => &[Name, When, What, Sender, Phone],
            Self::PasswordReset => &[Name, Login, Url, Until, Sender, Phone],
            Self::Test => &[Name, Sender, Phone],
        }
    }

    /// The placeholders that the body must have for the email to serve its
    /// purpose.
    const fn required_placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{Later, Link, Next, Replies, Url, What, When};
        match self {
            Self::Confirmation | Self::Moved | Self::LocalTime => &[When, Link, Next],
            Self::CalendarUpdate => &[When, Link],
            Self::Reminder => &[When, Link, Replies],
            Self::Cancelled => &[When, Later],
            Self::Waiting
            | Self::Planned
            | Self::Invitation
            | Self::PasswordReset
            | Self::ConfirmAddress
            | Self::NewAddress => &[Url],
            Self::AddressChanged => &[When],
            Self::Security => &[When, What],
            Self::Test => &[],
        }
    }
}

impl Placeholder {
    /// Whether the placeholder is empty in some emails.
    pub const fn may_be_empty(self) -> bool {
        use Placeholder::{Elsewhere, Later, Link, Name, Next, Phone, Place, Practice, Replies, With};
        matches!(self, Name | Elsewhere | Place | With | Link | Next | Later | Replies | Practice | Phone)
    }
}

/// A part of a wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that is written as it is.
    Plain(String),
    /// A placeholder that is replaced by its value.
    Value(Placeholder),
    /// A part in brackets, left out if a placeholder in it is empty. It contains
    /// no other optional part.
    Optional(Vec<Part>),
}

/// A valid wording, split into its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub subject: Vec<Part>,
    pub body: Vec<Part>,
}

/// The longest subject, in characters.
pub const SUBJECT_MAX: usize = 150;
/// The longest body, in characters.
pub const BODY_MAX: usize = 4_000;

impl Wording {
    /// Reads the fields `subject` and `body`. Each error is at its field; an error
    /// in the body names its line.
    pub fn read(kind: WordingKind, form: &Form) -> Result<Self, Errors> {
        let (subject, body) = (form.get("subject"), form.get("body"));
        let mut errors = Errors::default();
        if subject.lines().count() > 1 {
            errors.add("subject", "Please keep the subject on one line.");
        }
        let only_day: Vec<Placeholder> =
            kind.placeholders().iter().copied().filter(|p| *p == Placeholder::Day).collect();
        let subject = read_field("subject", subject, SUBJECT_MAX, &only_day, &mut errors);
        let body = read_field("body", body, BODY_MAX, kind.placeholders(), &mut errors);
        if errors.message("body").is_none() {
            for needed in kind.required_placeholders() {
                if let Err(message) = check_required(&body, *needed) {
                    errors.add("body", message);
                    break;
                }
            }
        }
        errors.and(form.shown_again_error()).into_result().map(|()| Self { subject, body })
    }

    /// Reads a wording from a file: "Subject: …", an empty line, the body.
    pub fn read_file(kind: WordingKind, file: &str) -> Result<Self, Errors> {
        Self::read(kind, &form_of_file(file))
    }
}

/// The form with the subject and body of a wording file.
pub fn form_of_file(file: &str) -> Form {
    let (head, body) = file.split_once("\n\n").unwrap_or((file, ""));
    let subject = head.strip_prefix("Subject: ").unwrap_or(head);
    Form::from_pairs([("subject", subject.trim()), ("body", body.trim_end())])
}

/// Reads one field into its parts; empty if it has an error, which is added to
/// `errors`. `most` is in characters; `known` are the allowed placeholders.
fn read_field(name: &str, text: &str, most: usize, known: &[Placeholder], errors: &mut Errors) -> Vec<Part> {
    let text = if name == "subject" { typed::line(text) } else { typed::lines(text) };
    let count = text.chars().count();
    if typed::is_blank(&text) {
        errors.add(name, "Please write something here.");
    } else if count > most {
        errors.add(name, format!("Please keep this to {most} characters; it has {count}."));
    } else if let Some(word) = clinical_stem(&text) {
        errors.add(name, format!("“{word}” says why people come, and mails are read by others too."));
    } else {
        match parse(text.trim(), known) {
            Ok(parts) => return parts,
            Err(fault) => errors.add(name, fault.message(text.trim(), name == "subject")),
        }
    }
    vec![]
}

/// An error in a wording, and the byte at which it is.
struct Fault {
    at: usize,
    what: String,
}

impl Fault {
    /// The error message, with the line number unless the field has `one_line`.
    fn message(self, text: &str, one_line: bool) -> String {
        let line = text.get(..self.at).map_or(1, |before| before.matches('\n').count() + 1);
        if one_line { self.what } else { format!("Line {line}: {}", self.what) }
    }
}

/// Splits a text into its parts; `known` are the allowed placeholders.
fn parse(text: &str, known: &[Placeholder]) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    // The open part in brackets, and the byte at which it begins.
    let mut optional: Option<(usize, Vec<Part>)> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        let fault = |what: String| Err(Fault { at, what });
        let into = optional.as_mut().map_or(&mut parts, |(_, parts)| parts);
        match c {
            '{' => {
                let inside = rest.split(['}', '\n']).next().unwrap_or_default();
                if !rest.get(inside.len()..).is_some_and(|after| after.starts_with('}')) {
                    return fault("a brace “{” does not close.".to_owned());
                }
                let word = inside.trim_start_matches('{').trim();
                let Some(found) = known.iter().find(|p| p.word() == word) else {
                    let known: Vec<String> = known.iter().map(|p| format!("{{{}}}", p.word())).collect();
                    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                    return fault(format!("“{{{word}}}” is not known here. There is {known}."));
                };
                into.push(Part::Value(*found));
                if found.may_be_empty() && optional.is_none() {
                    return fault(format!(
                        "{{{word}}} may be empty: put it into square brackets with the words that go with it."
                    ));
                }
                rest = rest.get(inside.len() + 1..).unwrap_or_default();
            }
            '}' => return fault("a brace “}” stands alone.".to_owned()),
            '[' => {
                if optional.is_some() {
                    return fault("a bracket “[” stands within brackets.".to_owned());
                }
                optional = Some((at, Vec::new()));
                rest = rest.get(1..).unwrap_or_default();
            }
            ']' => {
                let Some((begin, inside)) = optional.take() else {
                    return fault("a bracket “]” stands alone.".to_owned());
                };
                if !inside.iter().any(|p| matches!(p, Part::Value(v) if v.may_be_empty())) {
                    let what = "nothing in these brackets is ever left out: take them away.".to_owned();
                    return Err(Fault { at: begin, what });
                }
                parts.push(Part::Optional(inside));
                rest = rest.get(1..).unwrap_or_default();
            }
            _ => {
                let plain = rest.split(['{', '}', '[', ']']).next().unwrap_or_default();
                into.push(Part::Plain(plain.to_owned()));
                rest = rest.get(plain.len()..).unwrap_or_default();
            }
        }
    }
    match optional {
        Some((at, _)) => Err(Fault { at, what: "a bracket “[” does not close.".to_owned() }),
        None => Ok(parts),
    }
}

/// Checks that a required placeholder is in the wording, and that it is not left
/// out because another placeholder in the same brackets is empty.
///
/// # Errors
/// A sentence for the field that says what is wrong.
fn check_required(parts: &[Part], needed: Placeholder) -> Result<(), String> {
    let word = needed.word();
    for part in parts {
        match part {
            Part::Value(value) if *value == needed => return Ok(()),
            Part::Optional(inside) if inside.contains(&Part::Value(needed)) => {
                let other = inside.iter().find_map(|p| match p {
                    Part::Value(other) if *other != needed && other.may_be_empty() => Some(other.word()),
                    _ => None,
                });
                return match other {
                    None => Ok(()),
                    Some(other) => {
                        Err(format!("{{{word}}} would be left out with {{{other}}}: give each its own brackets."))
                    }
                };
            }
            _ => {}
        }
    }
    let why = Placeholder::label(needed);
    Err(format!("Without {{{word}}} this mail does not say what it is for: {why}."))
}

/// The stems of words that an email must not contain, in several languages. A
/// practice may be named after what it does, but other people can see its emails
/// on a lock screen.
const CLINICAL: &[&str] = &[
    "therap",
    "terap",
    "psych",
    "psic",
    "psik",
    "counsel",
    "couple",
    "marriage",
    "marital",
    "relationship",
    "clinic",
    "exercise",
    "homework",
    "trauma",
    "intima",
    "paarberat",
    "eheberat",
    "थेरेप",
    "थैरेप",
    "चिकित्स",
    "परामर्श",
    "मनोवैज्ञ",
    "मनोचिक",
    "वैवाहिक",
    "दंपत",
    "दम्पत",
    "अभ्यास",
];

/// The first clinical stem that a text contains; `None`: it contains none.
pub fn clinical_stem(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    CLINICAL.iter().find(|word| lower.contains(**word)).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(kind: WordingKind, subject: &str, body: &str) -> Result<Wording, Errors> {
        Wording::read(kind, &Form::from_pairs([("subject", subject), ("body", body)]))
    }

    fn refused(kind: WordingKind, body: &str) -> String {
        read(kind, "Hello", body).unwrap_err().message("body").unwrap().to_owned()
    }

    #[test]
    fn a_wording_is_read_into_its_parts() {
        let wording = read(WordingKind::Waiting, " News ", "Hello[ {name}]: { url }\r\nBye").unwrap();
        assert_eq!(wording.subject, [Part::Plain("News".into())]);
        assert_eq!(
            wording.body,
            [
                Part::Plain("Hello".into()),
                Part::Optional(vec![Part::Plain(" ".into()), Part::Value(Placeholder::Name)]),
                Part::Plain(": ".into()),
                Part::Value(Placeholder::Url),
                Part::Plain("\nBye".into()),
            ]
        );
    }

    #[test]
    fn each_error_of_a_wording_names_its_line() {
        let waiting = |body: &str| refused(WordingKind::Waiting, body);
        assert_eq!(
            waiting("{url}\nat {hour}"),
            "Line 2: “{hour}” is not known here. There is {name}, {url}, {sender}, {phone}."
        );
        assert!(waiting("{url}\n\n{name}").starts_with("Line 3: {name} may be empty"));
        assert_eq!(waiting("{url"), "Line 1: a brace “{” does not close.");
        assert_eq!(waiting("{\nurl}"), "Line 1: a brace “{” does not close.");
        assert_eq!(waiting("url}"), "Line 1: a brace “}” stands alone.");
        assert_eq!(waiting("{url}\n[{name}"), "Line 2: a bracket “[” does not close.");
        assert_eq!(waiting("{url}]"), "Line 1: a bracket “]” stands alone.");
        assert_eq!(waiting("[{name}[{phone}]]{url}"), "Line 1: a bracket “[” stands within brackets.");
        assert!(waiting("[Go to {url}]").contains("nothing in these brackets"));
        assert!(waiting("Nothing to see").contains("Without {url}"));
        assert!(waiting("[{phone} {url}]").contains("left out with {phone}"));
        assert!(waiting("{url} of your Therapist").contains("“therap”"));
        assert!(waiting("आपका परामर्श {url}").contains("परामर्श"));
        assert!(waiting(" \n ").contains("write something"));
        assert!(waiting(&"x".repeat(4_001)).contains("4001"));
        assert!(refused(WordingKind::Confirmation, "{when} [{link}]").contains("Without {next}"));
        assert!(refused(WordingKind::Reminder, "{when} [{link}] [{phone} {replies}]").contains("{replies} would be"));
        let subject = |text: &str| {
            read(WordingKind::Planned, text, "{url}").map_err(|e| e.message("subject").unwrap().to_owned())
        };
        assert!(subject("On {day}").is_ok());
        assert_eq!(subject("On {when}").unwrap_err(), "“{when}” is not known here. There is {day}.");
        assert!(subject("One\nBcc: two").unwrap_err().contains("one line"));
        assert!(subject("").is_err() && subject(&"x".repeat(151)).is_err());
    }

    proptest! {
        /// Any text is either refused or read, and a text that was read has the
        /// same words when it is written again.
        #[test]
        fn a_text_that_was_read_is_written_back_unchanged(text in r"[a-zé अ\n{}\[\]]{0,60}|(\{(url|name|phone)\}|\[| x|\n|\]){0,12}") {
            fn written(parts: &[Part]) -> String {
                parts.iter().map(|p| match p {
                    Part::Plain(text) => text.clone(),
                    Part::Value(value) => format!("{{{}}}", value.word()),
                    Part::Optional(inside) => format!("[{}]", written(inside)),
                }).collect()
            }
            if let Ok(parts) = parse(&text, WordingKind::Waiting.placeholders()) {
                prop_assert_eq!(written(&parts).replace(' ', ""), text.replace(' ', ""));
            }
        }
    }
}
