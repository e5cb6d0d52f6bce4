//! Documents: files that are kept with a client's record.

use chrono::NaiveDate;

use crate::{
    form::{Errors, Form, Reader},
    records::note::NoteScope,
    typed,
};

crate::words! {
    /// What a document is to the practice.
    pub enum DocumentKind {
        SignedForm = "signed_form", "Signed form";
        Letter = "letter", "Letter";
        Picture = "picture", "Picture";
        Other = "other", "Other";
    }
}

crate::words! {
    /// What the bytes of a document are, by their content.
    pub enum FileType {
        Pdf = "pdf", "PDF";
        Jpeg = "jpeg", "JPEG picture";
        Png = "png", "PNG picture";
        Text = "text", "Text";
        Docx = "docx", "Word document";
    }
}

impl FileType {
    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Text => "txt",
            Self::Docx => "docx",
        }
    }

    /// The media type with which it is sent.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Text => "text/plain; charset=utf-8",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    /// Whether it is a picture, which is shown again after we have drawn it anew.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }

    /// The kind that a document of this type is, if nothing else is known.
    pub const fn usual_kind(self) -> DocumentKind {
        if self.is_picture() { DocumentKind::Picture } else { DocumentKind::Other }
    }
}

/// The largest file that is accepted, in bytes.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;

/// The longest title, in characters.
pub const TITLE_MAX: usize = 200;

/// What a therapist says of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentDetails {
    pub scope: NoteScope,
    /// Empty: the name of the file is the title.
    pub title: String,
    pub kind: DocumentKind,
    /// The day that it is of.
    pub dated: NaiveDate,
}

impl DocumentDetails {
    /// Reads the form of a document. `title` may be empty only where a file gives
    /// it (`has_file`); a day after `today` is refused.
    pub fn read(form: &Form, today: NaiveDate, has_file: bool) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let least = usize::from(!has_file);
        let title = r.text("title", least..=TITLE_MAX, "Enter a title.");
        let kind = r.word("kind", "Choose what it is.");
        let dated = r.date("dated", "Enter the day it is from.");
        if let Ok(day) = dated
            && day > today
        {
            let _ = r.fail::<()>("dated", "Choose today or an earlier day.");
        }
        let scope = r.word("scope", "Choose whose record this belongs to.");
        r.finish()?;
        Ok(Self { scope: scope?, title: title?, kind: kind?, dated: dated? })
    }
}

/// Whether a title has visible letters that are more than an ending.
fn says_something(title: &str) -> bool {
    title.chars().any(char::is_alphanumeric)
}

/// A title from the name of a file: without its folders and its ending, and
/// without control and invisible characters, at most [`TITLE_MAX`] characters.
/// Empty: the name says nothing.
pub fn title_of_file(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let stem = match name.rsplit_once('.') {
        Some((stem, ending)) if (1..=5).contains(&ending.chars().count()) && says_something(stem) => stem,
        _ => &name,
    };
    let title: String = typed::line(stem).chars().take(TITLE_MAX).collect();
    if says_something(&title) { title.trim_matches(['.', ' ']).to_owned() } else { String::new() }
}

/// The name under which a document is downloaded: its title in letters that every
/// system allows in a name, with the ending of its type.
pub fn download_name(title: &str, file_type: FileType) -> String {
    let stem: String = typed::line(title)
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|;%"#.contains(c) { '-' } else { c })
        .take(100)
        .collect();
    let stem = stem.trim_matches(['.', ' ', '-']);
    let stem = if stem.is_empty() { "document" } else { stem };
    format!("{stem}.{}", file_type.ending())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_name_becomes_a_title() {
        assert_eq!(title_of_file("C:\\scans\\Letter to GP.PDF"), "Letter to GP");
        assert_eq!(title_of_file("../../etc/passwd"), "passwd");
        assert_eq!(title_of_file("a\u{202e}fdp.exe\u{0}.pdf"), "afdp.exe");
        assert_eq!(title_of_file("प्रमाण पत्र.jpeg"), "प्रमाण पत्र");
        assert_eq!(title_of_file(".pdf"), "pdf");
        assert_eq!(title_of_file("…"), "");
        assert_eq!(title_of_file(&"x".repeat(5_000)).chars().count(), TITLE_MAX);
        assert_eq!(title_of_file("line\nbreak.txt"), "line break");
    }

    #[test]
    fn download_has_a_name_that_every_system_allows() {
        assert_eq!(download_name("Letter: to the “GP”?", FileType::Pdf), "Letter- to the “GP”.pdf");
        assert_eq!(download_name("..\\..\\x", FileType::Docx), "x.docx");
        assert_eq!(download_name("///", FileType::Png), "document.png");
        assert_eq!(download_name("evil.exe", FileType::Jpeg), "evil.exe.jpg");
    }

    #[test]
    fn each_missing_detail_is_said_at_its_field() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let errors = DocumentDetails::read(&Form::default(), today, false).unwrap_err();
        for field in ["title", "kind", "dated", "scope"] {
            assert!(errors.message(field).is_some(), "{field}");
        }
        let form =
            |dated: &str| Form::from_pairs([("kind", "letter"), ("dated", dated), ("scope", "joint"), ("title", "")]);
        let read = DocumentDetails::read(&form("2026-11-24"), today, true).unwrap();
        assert_eq!((read.title.as_str(), read.kind, read.scope), ("", DocumentKind::Letter, NoteScope::Joint));
        let errors = DocumentDetails::read(&form("2026-11-25"), today, true).unwrap_err();
        assert!(errors.message("dated").is_some() && errors.message("title").is_none());
    }
}
