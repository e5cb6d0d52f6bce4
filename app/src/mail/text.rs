//! Text that is safe in an email header: one line, with a check for clinical
//! words.

use domain::outbox::wording::clinical_stem;

/// Text on one line: it contains no control character, no line break and no
/// mark that changes the direction of the text after it, so it can be used in a
/// header and in a line of a body. (lettre panics on a display name with a line
/// break; this type makes that impossible.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderText(String);

impl HeaderText {
    /// Keeps the characters that a header can hold; each run of control
    /// characters or white space becomes one space.
    pub fn new(text: &str) -> Self {
        let mut line = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_control() || c.is_whitespace() {
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
            } else if !turns_direction(c) {
                line.push(c);
            }
        }
        line.truncate(line.trim_end().len());
        Self(line)
    }

    /// The text on one line.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the text contains no clinical word.
    pub fn is_neutral(&self) -> bool {
        clinical_stem(&self.0).is_none()
    }

    /// The text; `None` if it is empty or contains a clinical word.
    pub(super) fn neutral(&self) -> Option<&str> {
        (!self.is_empty() && self.is_neutral()).then_some(self.as_str())
    }
}

impl From<&str> for HeaderText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl std::fmt::Display for HeaderText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a character is an embedding, override or isolate, with which a name
/// could make the rest of a line read backwards. The joiners that emoji and
/// Devanagari need are not among them.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_become_spaces() {
        assert_eq!(HeaderText::new("Ada\r\nBcc: all@example.org").as_str(), "Ada Bcc: all@example.org");
        assert_eq!(HeaderText::new(" \u{2028}Ada\u{2029}\u{0} \t Lovelace\n").as_str(), "Ada Lovelace");
        assert!(HeaderText::new("\r\n\u{85}").is_empty());
    }

    #[test]
    fn joiners_are_kept_and_overrides_removed() {
        assert_eq!(HeaderText::new("नेहा क्‍ष 👩‍👩‍👧").as_str(), "नेहा क्‍ष 👩‍👩‍👧");
        assert_eq!(HeaderText::new("a\u{202e}gnp.exe").as_str(), "agnp.exe");
    }

    #[test]
    fn clinical_words_are_found_in_any_case() {
        for text in ["Bridge THERAPY", "Couples' room", "Psychotherapeutische Praxis", "Marriage desk"] {
            assert!(!HeaderText::new(text).is_neutral(), "{text}");
        }
        for text in ["Appointments", "Room 2", "Maren Holt", "Garden room"] {
            assert!(HeaderText::new(text).is_neutral(), "{text}");
        }
    }
}
