//! Passwords: their length, and the form in which they are compared. The server
//! decides which passwords it accepts (`new_password`), since the list of known
//! passwords is too large for a browser.

use unicode_normalization::UnicodeNormalization as _;

/// The lowest number of characters.
pub const MIN: usize = 10;
/// The highest number of bytes: far more than a person types, and few enough to
/// hash quickly.
pub const MAX: usize = 512;

/// The form of a password that is hashed and compared: spaces of other keyboards
/// become the ASCII space, and letters with marks are composed (RFC 8265 §4.2,
/// OpaqueString). No character is removed, not even spaces at the ends.
pub fn normalize(password: &str) -> String {
    password.chars().map(|c| if c.is_whitespace() && !c.is_control() { ' ' } else { c }).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_equal_from_different_keyboards() {
        assert_eq!(normalize("mari\u{301}a\u{A0}am\u{3000}see "), "mar\u{ED}a am see ");
        assert_eq!(normalize(" a\u{200D}b\u{AD}\t"), " a\u{200D}b\u{AD}\t");
    }
}
