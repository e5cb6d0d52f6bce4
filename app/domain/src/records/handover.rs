//! Handovers: what left the practice, by any of the three doors, kept for ever.

use serde::{Deserialize, Serialize};

use super::release::Manner;

crate::words! {
    /// The door by which something left.
    pub enum Door {
        Release = "release", "Release";
        Legal = "legal", "Law or emergency";
        OwnData = "own_data", "A person’s own request";
    }
}

crate::words! {
    /// To whose record the content of a file belongs.
    pub enum FilePart {
        Joint = "joint", "Joint record";
        PartnerA = "partner_a", "The first partner’s own";
        PartnerB = "partner_b", "The second partner’s own";
        Process = "process", "Process notes";
    }
}

/// What is kept about a handover beside its files, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverDetails {
    pub recipient: String,
    pub address: String,
    /// How it was sent; `None`: fetched in the portal by the person themselves.
    pub manner: Option<Manner>,
    pub purpose: String,
    /// What left, a line for each item.
    pub items: Vec<String>,
}

/// The SHA-256 of a file as it is shown: in lower-case hexadecimal digits, in groups
/// of eight.
pub fn hash_words(sha256: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (n, byte) in sha256.iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            text.push(' ');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_shown_in_groups() {
        assert_eq!(hash_words(&[0, 1, 2, 255, 16]), "000102ff 10");
        let shown = hash_words(&[7; 32]);
        assert_eq!(shown.split(' ').count(), 8);
        assert_eq!(shown.len(), 71);
    }
}
