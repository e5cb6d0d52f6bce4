//! Consents: texts that people sign, with blanks that are filled in for each of
//! them.
//!
//! A text is plain: paragraphs between blank lines, headings that begin with `## `
//! and items that begin with `- `. A blank is a name in braces, such as
//! `{practice}`. What a person signs is the title and the text with every blank
//! filled in ([`Filled::document`]): exactly these characters are hashed and kept.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    clients::person::Language,
    form::{Errors, Form, Reader},
    ids::{ConsentTextId, DocumentId, PersonId},
};

crate::words! {
    /// What a text is about.
    pub enum ConsentKind {
        Treatment = "treatment", "Treatment";
        Privacy = "privacy", "Privacy notice";
        Policy = "policy", "Secrets policy";
        Fees = "fees", "Fees and cancellation";
        Email = "email", "Email";
        Video = "video", "Video sessions";
        /// One person allows that the therapist tells the other partner what they
        /// said alone.
        Confidences = "confidences", "Telling the other partner";
        Release = "release", "Release to a third party";
        /// A text that the practice wrote itself.
        Own = "own", "The practice’s own form";
    }
}

impl ConsentKind {
    /// Whether a therapist asks for this kind by choosing it from the list. The
    /// secrets policy and a release are asked for on pages of their own.
    pub const fn is_chosen(self) -> bool {
        match self {
            Self::Treatment
            | Self::Privacy
            | Self::Fees
            | Self::Email
            | Self::Video
            | Self::Confidences
            | Self::Own => true,
            Self::Policy | Self::Release => false,
        }
    }

    /// Whether signing asks for the password, unless it was typed a moment ago.
    pub const fn needs_password(self) -> bool {
        match self {
            Self::Policy | Self::Release | Self::Confidences => true,
            Self::Treatment | Self::Privacy | Self::Fees | Self::Email | Self::Video | Self::Own => false,
        }
    }

    /// Whether the front desk reads whether it is signed. What is asked of one person
    /// because of something that was said, and who asks for the record, is not the
    /// desk's to know.
    pub const fn is_seen_by_desk(self) -> bool {
        match self {
            Self::Treatment | Self::Privacy | Self::Policy | Self::Fees | Self::Email | Self::Video | Self::Own => true,
            Self::Confidences | Self::Release => false,
        }
    }

    /// Whether a person who signs it says that they have read it, and agrees to
    /// nothing.
    pub const fn is_notice(self) -> bool {
        match self {
            Self::Privacy => true,
            Self::Treatment
            | Self::Policy
            | Self::Fees
            | Self::Email
            | Self::Video
            | Self::Confidences
            | Self::Release
            | Self::Own => false,
        }
    }

    /// Whether people can be asked to sign a new version because they signed an
    /// older one. A policy and a release are proposed anew instead, because a
    /// change never reaches back.
    pub const fn can_renew(self) -> bool {
        match self {
            Self::Treatment | Self::Privacy | Self::Fees | Self::Email | Self::Video | Self::Own => true,
            Self::Policy | Self::Release | Self::Confidences => false,
        }
    }

    /// Whether a person has at most one open request for a text of this kind.
    pub const fn is_asked_once(self) -> bool {
        match self {
            Self::Treatment | Self::Privacy | Self::Fees | Self::Email | Self::Video | Self::Own => true,
            Self::Policy | Self::Release | Self::Confidences => false,
        }
    }
}

crate::words! {
    /// How a text was signed.
    pub enum SignMethod {
        Portal = "portal", "in the portal";
        /// In the room, on the practice's device: the therapist opened the text,
        /// the person read it, ticked the statement and typed their name.
        Room = "room", "in the room, on the practice’s device";
        Paper = "paper", "on paper";
    }
}

crate::words! {
    /// How it was last proven who uses the login.
    pub enum Proof {
        SignIn = "sign_in", "signed in";
        Password = "password", "typed the password again";
    }
}

crate::words! {
    /// What a person was given as a copy.
    pub enum CopyGiven {
        Portal = "portal", "in the portal, as a page and a PDF";
        Printed = "printed", "on paper";
    }
}

crate::words! {
    /// How a signature was withdrawn.
    pub enum WithdrawnHow {
        Portal = "portal", "by the person, in the portal";
        Told = "told", "told to the therapist";
    }
}

crate::words! {
    /// A blank that a text may have. The label is what the therapist reads beside
    /// its field.
    pub enum Blank {
        Practice = "practice", "Practice";
        Therapist = "therapist", "Therapist";
        /// The person who signs.
        Name = "name", "Name of the person who signs";
        Fee = "fee", "Fee for a session";
        LateFee = "late_fee", "Fee for a missed session";
        /// How many hours before a session a cancellation is free.
        Hours = "hours", "Hours of notice";
        Contact = "contact", "How to reach the practice";
        Topic = "topic", "What may be told";
        Recipient = "recipient", "Recipient";
        Purpose = "purpose", "Purpose";
        /// What is released.
        What = "what", "What is released";
        /// Until when a release applies.
        Until = "until", "Until when";
        /// The decisions of a secrets policy, in words.
        Decisions = "decisions", "Decisions";
    }
}

impl Blank {
    /// Whether the program fills it in, so that no one types it.
    pub const fn is_automatic(self) -> bool {
        match self {
            Self::Name | Self::Decisions | Self::Recipient | Self::Purpose | Self::What | Self::Until => true,
            Self::Practice
            | Self::Therapist
            | Self::Fee
            | Self::LateFee
            | Self::Hours
            | Self::Contact
            | Self::Topic => false,
        }
    }

    /// What the preview of a text shows in this blank.
    pub const fn sample(self) -> &'static str {
        match self {
            Self::Practice => "Lakeside Practice",
            Self::Therapist => "Dr Robin Vale",
            Self::Name => "Kim Sample",
            Self::Fee => "120 €",
            Self::LateFee => "60 €",
            Self::Hours => "24",
            Self::Contact => "030 555 0100",
            Self::Topic => "what I said about changing my job",
            Self::Recipient => "Dr Alex Reader, 1 High Street",
            Self::Purpose => "further treatment",
            Self::What => "the notes of the joint sessions in 2026",
            Self::Until => "31 March 2027",
            Self::Decisions => "- An example of a decision.\n- Another decision.",
        }
    }
}

/// What fills the blanks of a text: the name of a blank and its value. A name with
/// a language, such as `decisions.hi`, is for the text in that language.
pub type BlankValues = Vec<(String, String)>;

/// What is shown where a blank is not filled in.
pub const GAP: &str = "________";

/// The longest value of a blank, in characters.
pub const BLANK_MAX: usize = 2_000;
/// The longest title of a text, in characters.
pub const TITLE_MAX: usize = 120;
/// The longest text, in characters.
pub const BODY_MAX: usize = 30_000;
/// The longest name that a person types to sign, in characters.
pub const NAME_MAX: usize = 120;

/// A title and a text in one language, with blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    pub title: String,
    pub body: String,
}

/// A text as a person reads it, with its blanks filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    pub title: String,
    pub body: String,
    /// Whether a blank has no value: then it cannot be signed.
    pub has_gaps: bool,
}

impl Filled {
    /// The exact characters that are signed: the title, a blank line and the text.
    pub fn document(&self) -> String {
        format!("{}\n\n{}", self.title, self.body)
    }
}

/// A part of a text that the page and the PDF set in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Heading(String),
    Paragraph(String),
    Items(Vec<String>),
}

/// The parts of a text, in their order.
pub fn parts(body: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut is_open = false;
    for line in body.lines() {
        let line = line.trim_end();
        if line.trim().is_empty() {
            is_open = false;
        } else if let Some(heading) = line.strip_prefix("## ") {
            parts.push(Part::Heading(heading.to_owned()));
            is_open = false;
        } else if let Some(item) = line.strip_prefix("- ") {
            match parts.last_mut() {
                Some(Part::Items(items)) if is_open => items.push(item.to_owned()),
                _ => parts.push(Part::Items(vec![item.to_owned()])),
            }
            is_open = true;
        } else {
            match parts.last_mut() {
                Some(Part::Paragraph(text)) if is_open => {
                    text.push('\n');
                    text.push_str(line);
                }
                _ => parts.push(Part::Paragraph(line.to_owned())),
            }
            is_open = true;
        }
    }
    parts
}

/// The pieces of a text between its blanks: plain text, or the name in braces.
enum Piece<'a> {
    Plain(&'a str),
    Name(&'a str),
}

/// The pieces of a text. A brace without its partner is plain text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        match after.split_once('}') {
            Some((name, behind)) if is_name(name) => {
                pieces.push(Piece::Plain(before));
                pieces.push(Piece::Name(name));
                rest = behind;
            }
            _ => {
                pieces.push(Piece::Plain(&rest[..=before.len()]));
                rest = after;
            }
        }
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// Whether the characters between two braces look like the name of a blank.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ' ')
}

impl Wording {
    /// The blanks that the text has, each once, in the order of the closed set.
    pub fn blanks(&self) -> Vec<Blank> {
        let names: Vec<&str> = self.names();
        Blank::ALL.iter().copied().filter(|blank| names.contains(&blank.word())).collect()
    }

    /// The names in braces that are no blanks.
    pub fn unknown_blanks(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.names().iter().filter(|n| n.parse::<Blank>().is_err()).map(|n| (*n).to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    fn names(&self) -> Vec<&str> {
        let name = |piece| match piece {
            Piece::Name(name) => Some(name),
            Piece::Plain(_) => None,
        };
        pieces(&self.title).into_iter().chain(pieces(&self.body)).filter_map(name).collect()
    }

    /// The text in this language with its blanks filled in.
    pub fn fill(&self, values: &[(String, String)], language: Language) -> Filled {
        let mut has_gaps = false;
        let mut of = |text: &str| {
            let mut filled = String::new();
            for piece in pieces(text) {
                match piece {
                    Piece::Plain(text) => filled.push_str(text),
                    Piece::Name(name) => match value(values, name, language) {
                        Some(value) => filled.push_str(value),
                        None => {
                            has_gaps = true;
                            filled.push_str(GAP);
                        }
                    },
                }
            }
            filled
        };
        let (title, body) = (of(&self.title), of(&self.body));
        Filled { title, body, has_gaps }
    }

    /// The text with an example in each blank.
    pub fn sample(&self, language: Language) -> Filled {
        let samples: BlankValues = Blank::ALL.iter().map(|b| (b.word().to_owned(), b.sample().to_owned())).collect();
        self.fill(&samples, language)
    }
}

/// The value of a blank for a text in this language; `None`: it has none.
fn value<'a>(values: &'a [(String, String)], name: &str, language: Language) -> Option<&'a str> {
    let own = format!("{name}.{}", language.word());
    [own.as_str(), name]
        .into_iter()
        .find_map(|wanted| values.iter().find(|(n, v)| n == wanted && !v.trim().is_empty()).map(|(_, v)| v.as_str()))
}

/// A text in its languages, as the owner writes it. English is always there: it is
/// what people read whose language the text does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewVersion {
    pub wordings: BTreeMap<Language, Wording>,
}

impl NewVersion {
    /// Reads the form with the fields `title.en`, `body.en`, `title.hi` and so on.
    /// A language other than English may be left empty.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let mut wordings = BTreeMap::new();
        for language in Language::ALL {
            let (title_field, body_field) = fields(*language);
            let is_english = *language == Language::English;
            if !is_english && form.get(&title_field).trim().is_empty() && form.get(&body_field).trim().is_empty() {
                continue;
            }
            let title = r.text(&title_field, 1..=TITLE_MAX, "Enter a title.");
            let body = r.lines(&body_field, 1..=BODY_MAX, "Write the text.");
            if let (Ok(title), Ok(body)) = (title, body) {
                let wording = Wording { title, body };
                if let [unknown, ..] = wording.unknown_blanks().as_slice() {
                    let _ = r.fail::<()>(&body_field, format!("{{{unknown}}} is not a blank. Use one from the list."));
                }
                // Lists show the title to everyone alike.
                if !(Wording { title: wording.title.clone(), body: String::new() }).blanks().is_empty() {
                    let _ = r.fail::<()>(&title_field, "Leave the blanks out of the title.");
                }
                wordings.insert(*language, wording);
            }
        }
        r.finish()?;
        Ok(Self { wordings })
    }

    /// Fills the fields of the form.
    pub fn fill_form(&self, form: &mut Form) {
        for (language, wording) in &self.wordings {
            let (title, body) = fields(*language);
            form.set(&title, wording.title.as_str());
            form.set(&body, wording.body.as_str());
        }
    }
}

/// The names of the fields of a language: title and body.
pub fn fields(language: Language) -> (String, String) {
    (format!("title.{}", language.word()), format!("body.{}", language.word()))
}

/// A person's signature as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedSignature {
    pub typed_name: String,
    /// The SHA-256 of the text that the page showed, in hexadecimal.
    pub shown: String,
}

impl TypedSignature {
    /// Reads the form of a text to sign: the ticked statement (`agree`), the typed
    /// name (`typed_name`) and the hash of the text that was shown (`shown`). Any
    /// name with a visible character is accepted and kept as it was typed: people
    /// sign with the name they use, which need not be the one on file.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        if form.get("agree").is_empty() {
            let _ = r.fail::<()>("agree", "Tick the box to agree.");
        }
        let typed_name = r.text("typed_name", 1..=NAME_MAX, "Type your name.");
        r.finish()?;
        Ok(Self { typed_name: typed_name?, shown: form.get("shown").chars().take(64).collect() })
    }
}

/// Texts that people are to be asked to sign, as the therapist chose them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAsks {
    pub texts: Vec<ConsentTextId>,
    pub people: Vec<PersonId>,
    pub blanks: BlankValues,
}

impl NewAsks {
    /// Reads the form: the ticked texts (`text`) and people (`person`), and the blanks
    /// (`blank.fee` and so on). `blanks` are the blanks of each text that may be
    /// chosen; each of a ticked text needs a value.
    pub fn read(form: &Form, blanks: &[(ConsentTextId, Vec<Blank>)]) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let mut texts: Vec<ConsentTextId> = r.several("text");
        texts.sort_unstable();
        texts.dedup();
        if texts.is_empty() {
            let _ = r.fail::<()>("text", "Choose at least one text.");
        }
        let mut people: Vec<PersonId> = r.several("person");
        people.sort_unstable();
        people.dedup();
        if people.is_empty() {
            let _ = r.fail::<()>("person", "Choose who is to sign.");
        }
        let needed = |blank: Blank| blanks.iter().any(|(text, blanks)| texts.contains(text) && blanks.contains(&blank));
        let mut values = BlankValues::new();
        for blank in Blank::ALL.iter().copied().filter(|blank| !blank.is_automatic()) {
            let least = usize::from(needed(blank));
            if let Ok(value) = r.lines(&blank_field(blank), least..=BLANK_MAX, "Fill this in: a chosen text needs it.")
            {
                values.push((blank.word().to_owned(), value));
            }
        }
        r.finish()?;
        Ok(Self { texts, people, blanks: values })
    }
}

/// The name of the field of a blank.
pub fn blank_field(blank: Blank) -> String {
    format!("blank.{}", blank.word())
}

/// A signature on paper, as the therapist records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperSignature {
    /// The version and the language of the text that was printed.
    pub version: i64,
    pub language: Language,
    pub typed_name: String,
    pub signed_on: NaiveDate,
    /// The scan, a document of the record; `None`: there is none.
    pub scan: Option<DocumentId>,
}

impl PaperSignature {
    /// Reads the form. `today` is the last day on which it can have been signed.
    pub fn read(form: &Form, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let version = r.number("version", 1..=100_000);
        let language = r.word("language", "Choose the language of the printed text.");
        let typed_name = r.text("typed_name", 1..=NAME_MAX, "Enter the name as it is signed.");
        let signed_on = r.date("signed_on", "Enter the day of the signature.");
        if signed_on.as_ref().is_ok_and(|day| *day > today) {
            let _ = r.fail::<()>("signed_on", "This day is still to come. Enter the day of the signature.");
        }
        let scan = r.optional("scan", "Choose a document of this record.");
        if form.get("is_signed").is_empty() {
            let _ = r.fail::<()>("is_signed", "Tick this once you have seen the signature.");
        }
        r.finish()?;
        Ok(Self { version: version?, language: language?, typed_name: typed_name?, signed_on: signed_on?, scan: scan? })
    }
}

/// A hash in hexadecimal, as a page shows it.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(body: &str) -> Wording {
        Wording { title: "Fees at {practice}".to_owned(), body: body.to_owned() }
    }

    #[test]
    fn blanks_are_filled_in_and_gaps_are_seen() {
        let text = wording("A session costs {fee}. A { brace } is text, and so is {.");
        assert_eq!(text.blanks(), [Blank::Practice, Blank::Fee]);
        let values = vec![("practice".to_owned(), "Lakeside".to_owned()), ("fee".to_owned(), " ".to_owned())];
        let filled = text.fill(&values, Language::English);
        assert_eq!(filled.title, "Fees at Lakeside");
        assert!(filled.has_gaps && filled.body.starts_with("A session costs ________."), "{}", filled.body);
        assert!(filled.body.ends_with("so is {."));
        let filled =
            text.fill(&[values, vec![("fee".to_owned(), "{practice}".to_owned())]].concat(), Language::English);
        assert!(filled.body.contains("costs {practice}."), "a value is not filled in again");
    }

    #[test]
    fn value_of_a_language_comes_before_the_general_one() {
        let text = wording("{decisions}");
        let values = vec![
            ("practice".to_owned(), "x".to_owned()),
            ("decisions".to_owned(), "general".to_owned()),
            ("decisions.hi".to_owned(), "hindi".to_owned()),
        ];
        assert_eq!(text.fill(&values, Language::Hindi).body, "hindi");
        assert_eq!(text.fill(&values, Language::English).body, "general");
    }

    #[test]
    fn text_has_headings_paragraphs_and_items() {
        let found = parts("## One\nFirst line\nsecond line\n\n- a\n- b\n\nLast\n- c");
        assert_eq!(
            found,
            [
                Part::Heading("One".into()),
                Part::Paragraph("First line\nsecond line".into()),
                Part::Items(vec!["a".into(), "b".into()]),
                Part::Paragraph("Last".into()),
                Part::Items(vec!["c".into()]),
            ]
        );
    }

    #[test]
    fn version_needs_english_and_known_blanks() {
        let form = Form::from_pairs([("title.en", "Fees"), ("body.en", "It costs {price}.")]);
        let errors = NewVersion::read(&form).unwrap_err();
        assert_eq!(errors.message("body.en"), Some("{price} is not a blank. Use one from the list."));
        let form = Form::from_pairs([("title.en", ""), ("body.en", ""), ("title.hi", "x")]);
        let errors = NewVersion::read(&form).unwrap_err();
        for field in ["title.en", "body.en", "body.hi"] {
            assert!(errors.message(field).is_some(), "{field}");
        }
        let form = Form::from_pairs([("title.en", "Fees of {name}"), ("body.en", "{fee}")]);
        assert!(NewVersion::read(&form).unwrap_err().message("title.en").is_some());
        let form = Form::from_pairs([("title.en", "Fees"), ("body.en", "{fee}")]);
        assert_eq!(NewVersion::read(&form).unwrap().wordings.len(), 1);
    }

    #[test]
    fn asking_needs_a_text_a_person_and_the_blanks_of_the_ticked_texts() {
        let (fees, plain) = (ConsentTextId(uuid::Uuid::from_u128(1)), ConsentTextId(uuid::Uuid::from_u128(2)));
        let blanks = [(fees, vec![Blank::Fee]), (plain, vec![])];
        let errors = NewAsks::read(&Form::default(), &blanks).unwrap_err();
        assert!(errors.message("text").is_some() && errors.message("person").is_some());
        let form = |text: ConsentTextId| {
            Form::from_pairs([("text", text.to_string()), ("person", uuid::Uuid::from_u128(3).to_string())])
        };
        assert!(NewAsks::read(&form(fees), &blanks).unwrap_err().message("blank.fee").is_some());
        assert!(NewAsks::read(&form(plain), &blanks).is_ok(), "the blanks of other texts may stay empty");
    }

    #[test]
    fn paper_signature_is_of_a_day_that_has_come() {
        let today: NaiveDate = "2026-11-30".parse().unwrap();
        let form = |day: &str| {
            let fields = [("version", "1"), ("language", "en"), ("typed_name", "Amara"), ("is_signed", "yes")];
            let mut form = Form::from_pairs(fields);
            form.set("signed_on", day);
            form
        };
        assert_eq!(PaperSignature::read(&form("2026-11-30"), today).unwrap().scan, None);
        assert!(PaperSignature::read(&form("2026-12-01"), today).unwrap_err().message("signed_on").is_some());
        assert!(PaperSignature::read(&Form::default(), today).unwrap_err().message("is_signed").is_some());
    }

    #[test]
    fn signature_needs_the_tick_and_a_visible_name() {
        let errors = TypedSignature::read(&Form::from_pairs([("typed_name", "\u{200b} ")])).unwrap_err();
        assert!(errors.message("agree").is_some() && errors.message("typed_name").is_some());
        let form = Form::from_pairs([("agree", "yes"), ("typed_name", "अमारा"), ("shown", "ab")]);
        assert_eq!(TypedSignature::read(&form).unwrap().typed_name, "अमारा");
    }
}
