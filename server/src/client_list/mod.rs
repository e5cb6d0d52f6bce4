//! Client lists of other programs as tables of text: CSV in the character sets and
//! with the separators that spreadsheets write, and vCard.
//!
//! What the columns mean is not decided here but in `domain::portability::client_list`.

mod csv;
mod text;
mod vcard;

use domain::portability::client_list::{ClientList, MOST_ROWS};

/// Why a file cannot be read as a client list at all. The texts are for the person who
/// chose the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("This is a spreadsheet’s own format. Open it there, save it as CSV, and choose that file.")]
    Workbook,
    #[error("This is a PDF. Export the list as CSV or vCard, and choose that file.")]
    Pdf,
    #[error("This is a web page. Export the list as CSV or vCard, and choose that file.")]
    WebPage,
    #[error("This is a calendar file. Client lists are CSV or vCard files.")]
    Calendar,
    #[error("This is not a text file. Export the list as CSV or vCard, and choose that file.")]
    NotText,
    #[error("There is no row in this file.")]
    Empty,
    #[error("This file has {0} rows; 20,000 is the most. Split it into several files.")]
    TooManyRows(usize),
    #[error("This file has more than 200 columns. Remove those that you don’t need.")]
    TooManyColumns,
}

/// Reads a file.
///
/// # Errors
/// The file is none of the formats, or too long.
pub fn read(bytes: &[u8]) -> Result<ClientList, Unread> {
    if let Some(why) = other_format(bytes) {
        return Err(why);
    }
    let decoded = text::decode(bytes).ok_or(Unread::NotText)?;
    let start = decoded.text.trim_start();
    let starts = |word: &str| start.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if starts("<!doctype") || starts("<html") || starts("<table") || starts("<?xml") {
        return Err(Unread::WebPage);
    }
    if starts("BEGIN:VCALENDAR") {
        return Err(Unread::Calendar);
    }
    let mut list = if starts("BEGIN:VCARD") { vcard::read(&decoded.text) } else { csv::read(&decoded.text)? };
    if list.rows.is_empty() {
        return Err(Unread::Empty);
    }
    if list.rows.len() > MOST_ROWS {
        return Err(Unread::TooManyRows(list.rows.len()));
    }
    list.remarks.extend(decoded.remark);
    let repaired = text::repair(&mut list);
    if repaired > 0 {
        let cells = if repaired == 1 { "1 cell was".to_owned() } else { format!("{repaired} cells were") };
        list.remarks.push(format!(
            "{cells} garbled by another program (“Ã¼” for “ü”) and repaired. Check the names with accents."
        ));
    }
    Ok(list)
}

/// The format of a file that is told by its first bytes; `None`: it may be text.
fn other_format(bytes: &[u8]) -> Option<Unread> {
    // Zip (.xlsx, .ods, .numbers) and the older compound files of spreadsheets.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        Some(Unread::Workbook)
    } else if bytes.starts_with(b"%PDF") {
        Some(Unread::Pdf)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
