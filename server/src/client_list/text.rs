//! The characters of a file.

use domain::portability::client_list::ClientList;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file.
pub(super) struct Decoded {
    pub text: String,
    /// What is to be said about its characters; `None`: nothing.
    pub remark: Option<String>,
}

/// Decodes a file: UTF-16 and UTF-8 with or without a mark, otherwise Windows-1252.
/// `None`: it is no text.
pub(super) fn decode(bytes: &[u8]) -> Option<Decoded> {
    let wide = match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = wide {
        let (text, _) = encoding.decode_with_bom_removal(bytes);
        return is_text(&text).then(|| Decoded { text: text.into_owned(), remark: None });
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        return is_text(text).then(|| Decoded { text: text.to_owned(), remark: None });
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let remark = "The file is not in UTF-8 and was read as Windows-1252. Check the names with accents.".to_owned();
    is_text(&text).then(|| Decoded { text: text.into_owned(), remark: Some(remark) })
}

/// Whether characters are those of a text: nearly no control characters.
fn is_text(text: &str) -> bool {
    let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' | '\u{85}');
    let looked_at = text.chars().take(100_000).count();
    text.chars().take(100_000).filter(control).count() * 200 <= looked_at
}

/// Repairs the cells whose UTF-8 another program had read as Windows-1252: “MÃ¼ller”.
/// Gives how many they are.
pub(super) fn repair(list: &mut ClientList) -> usize {
    let cells = list.rows.iter_mut().flat_map(|row| row.cells.iter_mut()).chain(list.heads.iter_mut());
    let mut repaired = 0;
    for cell in cells {
        if let Some(text) = repaired_text(cell) {
            *cell = text;
            repaired += 1;
        }
    }
    repaired
}

/// A text without the damage; `None`: it has none.
fn repaired_text(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â', 'Å', 'Ä', 'à', 'â', 'Ð', 'Ñ', 'ð']) {
        return None;
    }
    let (bytes, _, unmapped) = WINDOWS_1252.encode(text);
    if unmapped {
        return None;
    }
    let repaired = std::str::from_utf8(&bytes).ok()?;
    (repaired != text && repaired.chars().count() < text.chars().count()).then(|| repaired.to_owned())
}
