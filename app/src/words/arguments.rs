//! The values that a message is written with.

use fluent_bundle::FluentValue;

/// A value that a message is written with. A message can choose its words by a
/// number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    Text(String),
    Number(i64),
}

impl Argument {
    /// The value as Fluent reads it.
    pub(super) fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) if is_right_to_left(text) => format!("{FIRST_STRONG}{text}{END}").into(),
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
        }
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl From<$number> for Argument {
            fn from(number: $number) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )+};
}

numbers!(i32, i64, u8, u16, u32, u64, usize);

/// Begins a part of a text whose direction is that of its first letter (Unicode
/// Standard Annex 9, "First Strong Isolate").
const FIRST_STRONG: char = '\u{2068}';
/// Ends such a part.
const END: char = '\u{2069}';

/// Whether a text has a letter of a script that is written from right to left.
///
/// Fluent's own isolation is off. It puts the two marks around every value, which
/// changes nothing between texts of one direction, but remains in what is copied,
/// searched and compared, and in emails, whose addresses must be plain. So the
/// marks are put around values that would turn the words around them, and only
/// those; the languages that there are so far are written from left to right.
fn is_right_to_left(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_of_the_other_direction_are_isolated() {
        for (text, written) in [
            ("Amara, नेहा, 10:00", "Amara, नेहा, 10:00"),
            ("פרח", "\u{2068}פרח\u{2069}"),
            ("زهرة 2", "\u{2068}زهرة 2\u{2069}"),
        ] {
            assert_eq!(Argument::from(text).value(), FluentValue::from(written));
        }
    }
}
