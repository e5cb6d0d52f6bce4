//! What mails say: plain text with placeholders, as a practice may change it.
//!
//! `{when}` stands for what is known when the mail is written. A part in square
//! brackets is left out where a placeholder in it has nothing to say:
//! `[Where: {place}.]`. There is nothing else to learn, no loops and no
//! conditions, and what cannot work is refused at its place before it is
//! saved: a placeholder this mail does not have, one that may be empty outside
//! of brackets, a bracket that does not close, a mail without the link it is
//! for, a word that says why people come.

use crate::form::{Errors, Form};

crate::words! {
    /// The mails whose wording is the practice's.
    pub enum WordingKind {
        Confirmation = "confirmation", "An appointment was made";
        Reminder = "reminder", "Before an appointment";
        Moved = "moved", "An appointment has moved";
        Cancelled = "cancelled", "An appointment is cancelled";
        Waiting = "waiting", "Something waits on one’s page";
        Planned = "planned", "Something one planned";
        Invitation = "invitation", "An account was prepared";
        PasswordReset = "password_reset", "A new password was asked for";
        ConfirmAddress = "confirm_address", "Is this address right?";
        Test = "test", "A test message";
    }
}

crate::words! {
    /// What stands between braces, and what it becomes.
    pub enum Placeholder {
        Name = "name", "the reader’s name";
        Day = "day", "Thursday 26 November";
        When = "when", "the day, the hours, and the zone they are in";
        Elsewhere = "elsewhere", "the same hours where the practice is, if the reader is in another zone";
        Place = "place", "the room and the way there";
        With = "with", "the therapist’s name";
        Link = "link", "where to meet online";
        Next = "next", "of a series: the appointments that follow, a line each";
        Later = "later", "of a series that ends: that all the later ones are cancelled too";
        Replies = "replies", "the links to say who comes, a line each";
        Url = "url", "the link the mail is for";
        Until = "until", "until when the link works";
        Login = "login", "the name to sign in with";
        Sender = "sender", "the name that mails come from";
        Phone = "phone", "the practice’s phone number";
    }
}

impl WordingKind {
    /// The placeholders of this mail.
    pub const fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{
            Day, Elsewhere, Later, Link, Login, Name, Next, Phone, Place, Replies, Sender, Until, Url, When, With,
        };
        match self {
            Self::Confirmation | Self::Moved => &[Name, Day, When, Elsewhere, Place, With, Link, Next, Sender, Phone],
            Self::Reminder => &[Name, Day, When, Elsewhere, Place, With, Link, Replies, Sender, Phone],
            Self::Cancelled => &[Name, Day, When, Elsewhere, Later, Sender, Phone],
            Self::Waiting => &[Name, Url, Sender, Phone],
            Self::Planned => &[Name, Day, When, Url, Sender, Phone],
            Self::Invitation | Self::ConfirmAddress => &[Name, Url, Until, Sender, Phone],
            Self::PasswordReset => &[Name, Login, Url, Until, Sender, Phone],
            Self::Test => &[Name, Sender, Phone],
        }
    }

    /// Those without which the mail would not do what it is for.
    const fn needs(self) -> &'static [Placeholder] {
        use Placeholder::{Later, Link, Next, Replies, Url, When};
        match self {
            Self::Confirmation | Self::Moved => &[When, Link, Next],
            Self::Reminder => &[When, Link, Replies],
            Self::Cancelled => &[When, Later],
            Self::Waiting | Self::Planned | Self::Invitation | Self::PasswordReset | Self::ConfirmAddress => &[Url],
            Self::Test => &[],
        }
    }
}

impl Placeholder {
    /// Whether there may be nothing to say.
    pub const fn may_be_empty(self) -> bool {
        use Placeholder::{Elsewhere, Later, Link, Name, Next, Phone, Place, Replies, With};
        matches!(self, Name | Elsewhere | Place | With | Link | Next | Later | Replies | Phone)
    }
}

/// A stretch of a wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Plain(String),
    Value(Placeholder),
    /// Left out where a placeholder in it is empty; nothing in it is optional
    /// again.
    Optional(Vec<Part>),
}

/// A wording that can be written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub subject: Vec<Part>,
    pub body: Vec<Part>,
}

/// The longest subject and body, in characters.
pub const SUBJECT_MAX: usize = 150;
pub const BODY_MAX: usize = 4_000;

impl Wording {
    /// Reads the fields `subject` and `body`; each error stands at its field
    /// and names its line.
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
        if errors.of("body").is_none() {
            for needed in kind.needs() {
                if let Err(message) = stands(&body, *needed) {
                    errors.add("body", message);
                    break;
                }
            }
        }
        errors.into_result().map(|()| Self { subject, body })
    }

    /// The same from a file: "Subject: …", an empty line, the body.
    pub fn read_file(kind: WordingKind, file: &str) -> Result<Self, Errors> {
        Self::read(kind, &form_of_file(file))
    }
}

/// A file's subject and body as the form has them.
pub fn form_of_file(file: &str) -> Form {
    let (head, body) = file.split_once("\n\n").unwrap_or((file, ""));
    let subject = head.strip_prefix("Subject: ").unwrap_or(head);
    Form::from_pairs([("subject", subject.trim()), ("body", body.trim_end())])
}

fn read_field(name: &str, text: &str, most: usize, known: &[Placeholder], errors: &mut Errors) -> Vec<Part> {
    let text = text.replace("\r\n", "\n");
    let count = text.chars().count();
    if text.trim().is_empty() {
        errors.add(name, "Please write something here.");
    } else if count > most {
        errors.add(name, format!("Please keep this to {most} characters; it has {count}."));
    } else if let Some(word) = clinical(&text) {
        errors.add(name, format!("“{word}” says why people come, and mails are read by others too."));
    } else {
        match parse(text.trim(), known) {
            Ok(parts) => return parts,
            Err(fault) => errors.add(name, fault.told(text.trim(), name == "subject")),
        }
    }
    vec![]
}

/// What is wrong, and at which byte.
struct Fault {
    at: usize,
    what: String,
}

impl Fault {
    /// With the line, where there are several.
    fn told(self, text: &str, one_line: bool) -> String {
        let line = text.get(..self.at).map_or(1, |before| before.matches('\n').count() + 1);
        if one_line { self.what } else { format!("Line {line}: {}", self.what) }
    }
}

fn parse(text: &str, known: &[Placeholder]) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    // The part in brackets that is being read, and where it begins.
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

/// Whether a placeholder is there whenever it has something to say.
fn stands(parts: &[Part], needed: Placeholder) -> Result<(), String> {
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

/// Words that a mail does not carry, as the beginnings they share in several
/// languages. A practice may well be named after what it does; its mails,
/// which other people see on a lock screen, are not.
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

/// The first word of a text that tells why people come.
pub fn clinical(text: &str) -> Option<&'static str> {
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
        read(kind, "Hello", body).unwrap_err().of("body").unwrap().to_owned()
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
    fn what_cannot_work_is_refused_at_its_place() {
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
        let subject =
            |text: &str| read(WordingKind::Planned, text, "{url}").map_err(|e| e.of("subject").unwrap().to_owned());
        assert!(subject("On {day}").is_ok());
        assert_eq!(subject("On {when}").unwrap_err(), "“{when}” is not known here. There is {day}.");
        assert!(subject("One\nBcc: two").unwrap_err().contains("one line"));
        assert!(subject("").is_err() && subject(&"x".repeat(151)).is_err());
    }

    proptest! {
        /// Whatever is typed is read or refused, and what is read says the
        /// same words again.
        #[test]
        fn nothing_typed_is_lost(text in r"[a-zé अ\n{}\[\]]{0,60}|(\{(url|name|phone)\}|\[| x|\n|\]){0,12}") {
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
