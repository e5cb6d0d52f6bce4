//! Which passwords are taken (NIST SP 800-63B §3.1.1: length, and a check
//! against common ones; no rules of composition).

use std::{collections::HashSet, sync::LazyLock};

/// Fewest characters.
pub const MIN: usize = 10;
/// Most bytes: far above what a person types, below what costs to hash.
pub const MAX: usize = 512;

/// Roots of the passwords that are tried first everywhere. A password that
/// is only such a root with digits or signs around it falls with the root.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().filter(|l| !l.is_empty()).collect());

/// Says what is wrong with a new password, or `Ok`. `about` are words an
/// attacker would try for this person: the name they sign in with, the
/// practice's name.
pub fn check(password: &str, about: &[&str]) -> Result<(), &'static str> {
    if password.chars().count() < MIN {
        return Err("Please use at least 10 characters. A short sentence works well.");
    }
    if password.len() > MAX {
        return Err("Please use at most 512 bytes.");
    }
    let lower = password.to_lowercase();
    let easy = "This password is among the first an attacker would try. Please choose another.";
    let root = lower.trim_matches(|c: char| !c.is_alphabetic());
    let undressed: Vec<String> = [lower.as_str(), root].map(undress).into();
    let undressed_root = undressed[0].trim_matches(|c: char| !c.is_alphabetic());
    if [lower.as_str(), root, &undressed[0], &undressed[1], undressed_root].iter().any(|w| COMMON.contains(w)) {
        return Err(easy);
    }
    if distinct(&lower) < 5 || is_run(&lower) {
        return Err(easy);
    }
    if about.iter().any(|word| {
        word.chars().count() >= 4 && lower.trim_matches(|c: char| c.is_ascii_digit()) == word.to_lowercase()
    }) {
        return Err("Please do not use your own name as the password.");
    }
    Ok(())
}

/// The letters that signs stand for.
fn undress(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            c => c,
        })
        .collect()
}

fn distinct(text: &str) -> usize {
    text.chars().collect::<HashSet<_>>().len()
}

/// `abcdefghij`, `9876543210`.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    [1, -1].iter().any(|step| codes.windows(2).all(|w| w[1] - w[0] == *step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_ones_fall_in_every_dress() {
        for bad in [
            "password123",
            "P@ssw0rd2026!",
            "aaaaaaaaaaaa",
            "1234567890",
            "abcdefghijk",
            "qwertyuiop",
            "iloveyou!!",
            "short",
            "letmein1234",
        ] {
            assert!(check(bad, &[]).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sentence_is_fine_and_so_is_any_script() {
        for good in ["three tired swans at noon", "नमस्ते दुनिया आज", "kettle-orbit-77"] {
            assert_eq!(check(good, &["kettle"]), Ok(()), "{good}");
        }
        assert!(check("josephine.b", &["josephine.b"]).is_err());
    }
}
