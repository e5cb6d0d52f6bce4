//! Whether a text names a person: a hint for a note about one partner that names
//! the other.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::clients::person::first_name;

/// Whether a text names a person by their first name, alone or within the full
/// name. Capitals and the way in which accents are encoded make no difference. A
/// name inside a longer word does not count, except in scripts that are written
/// without spaces.
pub fn is_named(text: &str, name: &str) -> bool {
    let (text, name) = (fold(text), fold(name));
    let first = first_name(name.trim()).to_owned();
    !first.is_empty() && has_word(&text, &first)
}

/// The text in lower case, composed (NFC).
fn fold(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Whether a text has a word, with no letter, digit or mark on either side.
fn has_word(text: &str, word: &str) -> bool {
    let is_without_spaces = word.chars().any(is_written_without_spaces);
    text.match_indices(word).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + found.len()..].chars();
        let after = after.next();
        // A mark that follows belongs to the last letter, which is then another one.
        let ends = !after.is_some_and(|c| is_part(c) && (!is_without_spaces || is_combining_mark(c)));
        ends && (is_without_spaces || !before.is_some_and(is_part))
    })
}

/// Whether a character is part of a word. A joiner and a mark are, as in
/// Devanagari; an apostrophe and a hyphen are not.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}')
}

/// Whether a letter is of a script that puts no spaces between words: Chinese,
/// Japanese, Thai, Lao, Khmer or Burmese.
const fn is_written_without_spaces(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_words_in_any_script() {
        for (text, name) in [
            ("She said that Jonas left.", "Jonas Lindqvist"),
            ("JONAS’s silence", "Jonas"),
            ("about jonas-related plans", "Jonas Lindqvist"),
            ("Zoe\u{308} called", "Zoë Ward"),
            ("अनन्या ने कहा", "अनन्या शर्मा"),
            ("قالت ليلى إنها", "ليلى حداد"),
            ("昨日は花子さんが来た", "花子"),
            ("Ольга.", "Ольга Петрова"),
        ] {
            assert!(is_named(text, name), "{name} in {text}");
        }
    }

    #[test]
    fn parts_of_other_words_are_no_names() {
        for (text, name) in [
            ("Marketing was hard", "Mark Twain"),
            ("Johannes came", "Hanne"),
            ("Annabel", "Anna"),
            ("x_Jo1", "Jo"),
            ("अनन्याओं", "अनन्या"),
            ("राम", "रा"),
            ("", "Jonas"),
            ("Nobody", ""),
            ("Nobody", "   "),
        ] {
            assert!(!is_named(text, name), "{name} in {text}");
        }
    }
}
