//! Text that fits a mail's header: one line, and neutral where it must be.

use domain::wording::clinical;

/// Text on one line: it holds no control character, no line break of any
/// kind and no mark that turns the direction of what follows, so it can stand
/// in a header and in a line of a body. (lettre panics on a display name with
/// a line break: with this type there is none.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderText(String);

impl HeaderText {
    /// Takes what can stand in a header; runs of the rest become one space.
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

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it names nothing clinical.
    pub fn is_neutral(&self) -> bool {
        clinical(&self.0).is_none()
    }

    /// The text where it is neutral and not empty.
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

/// Embeddings, overrides and isolates, with which a name could make the rest
/// of a line read backwards. The joiners that emoji and Devanagari need stay.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_becomes_a_space() {
        assert_eq!(HeaderText::new("Ada\r\nBcc: all@example.org").as_str(), "Ada Bcc: all@example.org");
        assert_eq!(HeaderText::new(" \u{2028}Ada\u{2029}\u{0} \t Lovelace\n").as_str(), "Ada Lovelace");
        assert!(HeaderText::new("\r\n\u{85}").is_empty());
    }

    #[test]
    fn joiners_stay_and_overrides_go() {
        assert_eq!(HeaderText::new("नेहा क्‍ष 👩‍👩‍👧").as_str(), "नेहा क्‍ष 👩‍👩‍👧");
        assert_eq!(HeaderText::new("a\u{202e}gnp.exe").as_str(), "agnp.exe");
    }

    #[test]
    fn clinical_words_are_known_in_any_case() {
        for text in ["Bridge THERAPY", "Couples' room", "Psychotherapeutische Praxis", "Marriage desk"] {
            assert!(!HeaderText::new(text).is_neutral(), "{text}");
        }
        for text in ["Appointments", "Room 2", "Maren Holt", "Garden room"] {
            assert!(HeaderText::new(text).is_neutral(), "{text}");
        }
    }
}
