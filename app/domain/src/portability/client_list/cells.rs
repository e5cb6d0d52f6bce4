//! Cells as spreadsheets and other programs write them.

use crate::typed;

/// What programs write for a value that is not there.
const NOTHING: [&str; 14] =
    ["null", "n/a", "na", "#n/a", "none", "nil", "-", "--", "—", "unknown", "(none)", "(blank)", "nan", "undefined"];

/// What spreadsheets write into a cell that they cannot compute.
const FORMULA_ERRORS: [&str; 10] =
    ["#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#error!", "#wert!", "#bezug!", "#name!"];

/// The text of a cell on one line, without what spreadsheets put around a text so that
/// it is not read as a number or a formula: `="0123"`, `'0123`.
pub(super) fn text(cell: &str) -> String {
    let line = typed::line(&cell.replace(['\r', '\n', '\t'], " "));
    let line = line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let quoted = line.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let line = quoted.map_or(line.as_str(), |inner| inner);
    let marked =
        line.strip_prefix('\'').filter(|rest| rest.starts_with(|c: char| "=+-@".contains(c) || c.is_ascii_digit()));
    marked.unwrap_or(line).trim().to_owned()
}

/// The text of a cell that is no name; empty where a program wrote that there is none.
pub(super) fn value(cell: &str) -> String {
    let text = text(cell);
    if NOTHING.contains(&text.to_lowercase().as_str()) { String::new() } else { text }
}

/// Whether a spreadsheet could not compute the cell.
pub(super) fn is_formula_error(text: &str) -> bool {
    FORMULA_ERRORS.contains(&text.to_lowercase().as_str())
}

/// Whether a spreadsheet has written a long number in its short form, with its last
/// digits lost: `4.91512E+12`.
pub(super) fn is_rounded(text: &str) -> bool {
    let upper = text.to_uppercase();
    let Some((mantissa, exponent)) = upper.split_once("E+") else { return false };
    !mantissa.is_empty()
        && mantissa.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
        && (1..=3).contains(&exponent.len())
        && exponent.bytes().all(|b| b.is_ascii_digit())
}

/// A number without the decimals that a spreadsheet has put behind it: `49301234.0`.
pub(super) fn without_decimals(text: &str) -> &str {
    match text.strip_suffix(".0") {
        Some(whole) if whole.len() > 3 && whole.bytes().all(|b| b.is_ascii_digit()) => whole,
        _ => text,
    }
}

/// Whether a text is the word for yes or no, in the languages of the headings.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" | "ja" | "wahr" | "✓" => Some(true),
        "no" | "n" | "false" | "0" | "nein" | "falsch" => Some(false),
        _ => None,
    }
}

/// Whether a status says that a client is active; `None`: it does not say.
pub(super) fn is_active(status: &str) -> Option<bool> {
    const ACTIVE: [&str; 14] = [
        "active",
        "current",
        "open",
        "ongoing",
        "existing",
        "new",
        "aktiv",
        "laufend",
        "offen",
        "neu",
        "enabled",
        "in treatment",
        "in therapy",
        "active client",
    ];
    const INACTIVE: [&str; 18] = [
        "inactive",
        "archived",
        "archive",
        "discharged",
        "closed",
        "terminated",
        "former",
        "past",
        "ended",
        "deleted",
        "disabled",
        "inaktiv",
        "archiviert",
        "abgeschlossen",
        "beendet",
        "ehemalig",
        "completed",
        "inactive client",
    ];
    let word = status.to_lowercase();
    if ACTIVE.contains(&word.as_str()) {
        Some(true)
    } else if INACTIVE.contains(&word.as_str()) {
        Some(false)
    } else {
        None
    }
}

/// The parts of a cell with several addresses or numbers.
pub(super) fn several(text: &str) -> Vec<&str> {
    text.split([';', ',', '|', '\u{3001}'])
        .flat_map(|part| part.split(" / "))
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect()
}
