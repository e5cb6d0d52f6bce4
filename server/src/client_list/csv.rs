//! CSV (RFC 4180) as spreadsheets and practice programs write it.

use csv::{ByteRecord, ReaderBuilder};
use domain::portability::client_list::{ClientList, MOST_COLUMNS, Row, known_heads};

use super::Unread;

/// The separators that are tried, the most usual first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How many rows are read to tell the separator and the row of headings.
const LOOKED_AT: usize = 30;

/// Reads a text.
pub(super) fn read(text: &str) -> Result<ClientList, Unread> {
    // The reader counts lines by their `\n`, of which it takes one in `\r\n` too late.
    let text = text.replace("\r\n", "\n");
    let (named, text) = named_separator(&text);
    let separator = named.unwrap_or_else(|| guess_separator(text));
    let mut rows = rows(text, separator, usize::MAX);
    let at = head_row(&rows);
    let mut list = ClientList::default();
    if let Some(at) = at {
        let before = rows[..at].iter().filter(|row| row.cells.iter().any(|cell| !cell.trim().is_empty())).count();
        if before > 0 {
            let rows = if before == 1 { "1 row".to_owned() } else { format!("{before} rows") };
            list.remarks.push(format!("{rows} before the headings were not read."));
        }
        let head = rows.drain(..=at).next_back().unwrap_or_default();
        list.heads = head.cells.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        while list.heads.last().is_some_and(String::is_empty) {
            list.heads.pop();
        }
    } else {
        list.remarks.push("No row with headings was found. Choose what each column means.".to_owned());
        list.heads = vec![String::new(); widest(&rows)];
    }
    if list.heads.len() > MOST_COLUMNS {
        return Err(Unread::TooManyColumns);
    }
    rows.retain(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()));
    list.rows = rows;
    Ok(list)
}

/// The separator that the first line names, as spreadsheets do (`sep=;`), and the text
/// after it. `None`: no line names one.
fn named_separator(text: &str) -> (Option<u8>, &str) {
    let first = text.lines().next().unwrap_or_default();
    let named = first.trim().trim_matches('"').strip_prefix("sep=").or_else(|| first.trim().strip_prefix("SEP="));
    match named.map(str::as_bytes) {
        Some([separator]) => (Some(*separator), &text[first.len()..]),
        Some([]) if first.contains('\t') => (Some(b'\t'), &text[first.len()..]),
        _ => (None, text),
    }
}

/// The separator with which the rows have the same number of cells most often.
fn guess_separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let rows = rows(text, separator, LOOKED_AT);
        let counts: Vec<usize> = rows.iter().map(|row| row.cells.len()).filter(|n| *n > 1).collect();
        let most = counts.iter().map(|n| counts.iter().filter(|other| *other == n).count()).max().unwrap_or_default();
        (most, counts.iter().max().copied().unwrap_or_default())
    };
    // Of equal ones, the first counts.
    SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator)).unwrap_or(b',')
}

/// The first rows of a text, each with its number as a spreadsheet shows it: blank lines
/// count, line breaks in quotes do not.
fn rows(text: &str, separator: u8, most: usize) -> Vec<Row> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let (mut rows, mut number) = (Vec::new(), 0_u64);
    let mut record = ByteRecord::new();
    let mut line = reader.position().line();
    while rows.len() < most && reader.read_byte_record(&mut record).unwrap_or(false) {
        // Blank lines before a record are read with it.
        let inside: usize = record.iter().map(|cell| cell.iter().filter(|byte| **byte == b'\n').count()).sum();
        let read = reader.position().line() - line;
        number += 1 + read.saturating_sub(1 + u64::try_from(inside).unwrap_or_default());
        line = reader.position().line();
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        rows.push(Row { number: usize::try_from(number).unwrap_or(usize::MAX), cells });
    }
    rows
}

/// The place of the row of headings; `None`: no row has any.
fn head_row(rows: &[Row]) -> Option<usize> {
    let known = |row: &Row| known_heads(row.cells.iter().map(String::as_str));
    let is_data = |row: &Row| {
        row.cells.iter().any(|cell| cell.contains('@') || cell.bytes().filter(u8::is_ascii_digit).count() > 3)
    };
    let looked_at = || rows.iter().take(LOOKED_AT).enumerate();
    looked_at()
        .find(|(_, row)| known(row) >= 2)
        .or_else(|| looked_at().take(1).find(|(_, row)| known(row) == 1 && !is_data(row)))
        .map(|(at, _)| at)
}

/// The most cells that a row has, without empty ones at its end.
fn widest(rows: &[Row]) -> usize {
    let filled = |row: &Row| row.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |at| at + 1);
    rows.iter().map(filled).max().unwrap_or_default()
}
