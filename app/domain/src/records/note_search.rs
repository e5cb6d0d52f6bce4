//! Finding notes within one client's record, and the range of days that is
//! printed.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    clients::search::{Wanted, search_key},
    form::{Errors, Form, Reader},
    ids::AccountId,
};

/// What notes are looked for. A note is found if it fits everything that is
/// asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteSearch {
    /// Words that are all in the note.
    pub words: NoteWords,
    /// The first day; `None`: from the beginning.
    pub from: Option<NaiveDate>,
    /// The last day; `None`: until today.
    pub until: Option<NaiveDate>,
    /// The template, in any of its versions; `None`: any.
    pub template: Option<Uuid>,
    /// The author; `None`: any.
    pub author: Option<AccountId>,
}

/// The longest text that is searched for, in characters.
const WORDS_MAX: usize = 200;

impl NoteSearch {
    /// The fields of the form.
    pub const FIELDS: [&str; 5] = ["words", "from", "until", "template", "author"];

    /// Reads a search from the query of an address.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let words = r.text("words", 0..=WORDS_MAX, "");
        let (from, until) = read_days(&mut r);
        let template = r.optional("template", "Choose a template from the list.");
        let author = r.optional("author", "Choose an author from the list.");
        r.finish()?;
        Ok(Self { words: NoteWords::new(&words?), from: from?, until: until?, template: template?, author: author? })
    }

    /// Whether nothing is asked: every note is found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a day is within the first and the last one.
    pub fn has_day(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// The first and the last day of a search; they are in order.
fn read_days(r: &mut Reader<'_>) -> (Result<Option<NaiveDate>, Errors>, Result<Option<NaiveDate>, Errors>) {
    let from = r.optional_date("from", "Enter the first day, or leave it empty.");
    let mut until = r.optional_date("until", "Enter the last day, or leave it empty.");
    if let (Ok(Some(first)), Ok(Some(last))) = (&from, &until)
        && last < first
    {
        until = r.fail("until", "The last day is before the first.");
    }
    (from, until)
}

/// The range of days whose notes are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoteRange {
    /// The first day; `None`: from the beginning.
    pub from: Option<NaiveDate>,
    /// The last day; `None`: until today.
    pub until: Option<NaiveDate>,
    /// Whether the author's own process notes are printed, and nothing else.
    pub only_process: bool,
}

impl NoteRange {
    /// Reads a range from the query of an address.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let (from, until) = read_days(&mut r);
        let only_process = r.ticked("process");
        r.finish()?;
        Ok(Self { from: from?, until: until?, only_process })
    }
}

/// Words that are looked for in notes, folded as the search for people folds
/// names: without capitals and accents, in either common spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteWords(Vec<[String; 2]>);

impl NoteWords {
    /// Splits a text into words.
    pub fn new(text: &str) -> Self {
        Self(Wanted::new(text).words().cloned().collect())
    }

    /// Whether there is no word.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each word is in the text, also as a part of a longer word.
    pub fn are_in(&self, text: &str) -> bool {
        if self.is_empty() {
            return true;
        }
        let folded = fold(text);
        self.0.iter().all(|word| word.iter().any(|way| folded.contains(way.as_str())))
    }

    /// The first line of the text with one of the words; the first line with any
    /// words if none has one.
    pub fn line_in<'a>(&self, text: &'a str) -> &'a str {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let has_one = |line: &&str| {
            let folded = fold(line);
            self.0.iter().flatten().any(|way| folded.contains(way.as_str()))
        };
        text.lines().find(has_one).or_else(|| lines.next()).unwrap_or_default()
    }
}

/// A text as words are looked for in it: its words folded, with a space between
/// two. A word with a hyphen or a dot is there in its parts, and once more as one
/// word, because a word that is searched for is joined in this way.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        push_folded(word, &mut folded);
        if word.contains(joins) {
            push_folded(&word.replace(joins, ""), &mut folded);
        }
    }
    folded
}

/// Whether a character inside a word joins two parts of it.
const fn joins(c: char) -> bool {
    matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}')
}

/// Appends a space and a folded word. Most words have only letters of ASCII, which
/// need no look at the tables of Unicode.
fn push_folded(word: &str, folded: &mut String) {
    folded.push(' ');
    if !word.is_ascii() {
        folded.push_str(&search_key(word));
        return;
    }
    for c in word.chars() {
        match c {
            '\'' | '`' => {}
            c if c.is_ascii_alphanumeric() => folded.push(c.to_ascii_lowercase()),
            _ => folded.push(' '),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphenated_word_is_found_whole_and_in_parts() {
        for words in ["co-parenting", "coparenting", "parenting", "Co‑Parenting"] {
            assert!(NoteWords::new(words).are_in("About co-parenting, again."), "{words}");
        }
        assert!(!NoteWords::new("therapist").are_in("the rapid ist"), "not across words");
    }

    #[test]
    fn fast_folding_is_that_of_names() {
        for text in ["Don't argue", "It`s (late)", "A1 b_c", "O'Neill"] {
            let fast = fold(text).split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(fast, search_key(text), "{text}");
        }
    }

    #[test]
    fn words_are_found_without_capitals_and_accents() {
        let words = NoteWords::new("muller ETE");
        assert!(words.are_in("L’été chez Müller"));
        assert!(NoteWords::new("mueller").are_in("Herr Müller") || NoteWords::new("müller").are_in("Herr Mueller"));
        assert!(!words.are_in("L’hiver chez Müller"));
        assert!(NoteWords::new("argu").are_in("They argued."), "a part of a word");
        assert!(NoteWords::new("").are_in("anything"));
        assert!(NoteWords::new("सुना").are_in("अमारा ने सुना"));
    }

    #[test]
    fn the_line_with_the_word_is_shown() {
        let text = "Arrived late.\n\nJonas spoke of the LAKE.\nPlan: walks";
        assert_eq!(NoteWords::new("lake").line_in(text), "Jonas spoke of the LAKE.");
        assert_eq!(NoteWords::new("").line_in(text), "Arrived late.");
        assert_eq!(NoteWords::new("x").line_in(""), "");
    }

    #[test]
    fn search_refuses_days_in_the_wrong_order() {
        let form = Form::from_pairs([("from", "2026-11-02"), ("until", "2026-11-01"), ("author", "x")]);
        let errors = NoteSearch::read(&form).unwrap_err();
        assert!(errors.message("until").is_some() && errors.message("author").is_some());
        assert!(NoteRange::read(&form).is_err());
        let empty = NoteSearch::read(&Form::default()).unwrap();
        assert!(empty.is_empty() && empty.has_day("2026-11-01".parse().unwrap()));
        let from = NoteSearch::read(&Form::from_pairs([("from", "2026-11-02")])).unwrap();
        assert!(!from.is_empty() && !from.has_day("2026-11-01".parse().unwrap()));
    }
}
