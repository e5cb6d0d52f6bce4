//! The rules for new passwords (NIST SP 800-63B §3.1.1: a length, and a check
//! against the passwords that attackers try first; no rules of composition).
//!
//! Every form and command that sets a password calls [`check`]. It refuses what
//! `zxcvbn` guesses in less than [`GUESSES`] tries: common passwords and words,
//! keyboard patterns, dates, repetitions. `zxcvbn` does not find every variant. So
//! passwords that are made only of the practice's and the person's own words
//! ([`About`]), of common passwords or of keyboard runs are found here, whatever is
//! added to them: capitals, digits, signs, spaces, letters written as digits, words
//! backwards or twice. A sentence that contains such a word among others is
//! allowed.

use std::{collections::HashSet, sync::LazyLock};

use domain::{
    accounts::password::{MAX, MIN, normalize},
    clients::search,
};

/// A password that `zxcvbn` guesses in fewer tries is refused: what it calls
/// "safely unguessable" begins here.
const GUESSES: u64 = 100_000_000;
/// The most letters beside known words, and common passwords beside each other,
/// that still count as easy to guess.
const SPARE: usize = 3;
/// The most runs along a keyboard or an alphabet that still count as easy to guess.
const RUNS: usize = 4;
/// The fewest characters of a run.
const RUN: usize = 3;

/// The program's own name, which attackers would try.
const PROGRAM: &str = "duologue";

/// The roots of the passwords that attackers try first everywhere, in more
/// languages than `zxcvbn` has.
static COMMON: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    include_str!("common_passwords.txt").lines().filter(|l| l.len() >= 4).map(|l| l.chars().collect()).collect()
});

/// Rows of characters that are neighbours on keyboards, in the alphabet and in
/// counting.
const ROWS: [&str; 16] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiopü",
    "asdfghjklöä",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qazwsxedcrfvtgbyhnujm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "147258369",
];

/// The person and the practice that a new password is for; what is not known is
/// empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    pub practice: &'a str,
    /// The person's name.
    pub name: &'a str,
    pub login_name: &'a str,
    pub email: &'a str,
}

impl About<'_> {
    /// The words that an attacker who knows the person would try, in small letters
    /// and digits, with and without accents.
    fn words(&self) -> Vec<Vec<char>> {
        let mut words = HashSet::new();
        for text in [self.practice, self.name, self.login_name, self.email, PROGRAM] {
            for text in [text.to_lowercase(), search::key(text).to_lowercase()] {
                let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
                words.extend(parts.chain([text.chars().filter(|c| c.is_alphanumeric()).collect()]));
            }
        }
        words.into_iter().map(|word| word.chars().collect::<Vec<char>>()).filter(|word| word.len() >= 2).collect()
    }
}

/// Checks a new password. The error says what is wrong and what to do.
pub fn check(password: &str, about: &About<'_>) -> Result<(), &'static str> {
    const SHORT: &str = "Please use at least 10 characters. A short sentence works well.";
    const BLANK: &str = "Spaces at the ends and double spaces do not count. Please use at least 10 other characters.";
    const USUAL: &str =
        "This is among the first passwords an attacker tries. Please use a short sentence of four words or more.";
    const OWN: &str =
        "This is mostly a name or an address that others know. Please use a short sentence of other words.";
    let password = normalize(password);
    if password.chars().count() < MIN {
        return Err(SHORT);
    }
    if password.len() > MAX {
        return Err("Please use at most 512 bytes.");
    }
    let squeezed = password.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ").to_lowercase();
    if squeezed.chars().count() < MIN {
        return Err(BLANK);
    }
    let own = about.words();
    for text in [squeezed.clone(), search::key(&squeezed).to_lowercase()] {
        let text: Vec<char> = repeated_part(text.chars().collect());
        if is_made_of(&text, &own, &[]) {
            return Err(OWN);
        }
        // A single common password may be repeated any number of times, too.
        let is_one = COMMON.iter().any(|usual| is_made_of(&text, std::slice::from_ref(usual), &[]));
        if is_one || is_made_of(&text, &own, &COMMON) || is_of_runs(&text) {
            return Err(USUAL);
        }
    }
    let plain: String = squeezed.chars().filter(|c| c.is_alphanumeric()).collect();
    let inputs: Vec<String> = own.iter().map(|word| word.iter().collect()).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    if [squeezed.as_str(), plain.as_str()].iter().any(|text| zxcvbn::zxcvbn(text, &inputs).guesses() < GUESSES) {
        return Err(USUAL);
    }
    Ok(())
}

/// The part of a text that repeats: `olav ` for `olav olav`. The last repetition
/// may be cut off. A text without a repetition is returned whole.
fn repeated_part(text: Vec<char>) -> Vec<char> {
    let period = (1..=text.len() / 2).find(|n| text.iter().zip(&text[*n..]).all(|(a, b)| a == b));
    match period {
        Some(n) => text[..n].to_vec(),
        None => text,
    }
}

/// Whether a character may be written for a letter or digit of a word.
fn stands_for(written: char, letter: char) -> bool {
    written == letter
        || match letter {
            'a' => matches!(written, '4' | '@'),
            'b' => matches!(written, '8' | '6'),
            'c' => matches!(written, '(' | '<' | '{' | '['),
            'e' => matches!(written, '3' | '€'),
            'g' => matches!(written, '9' | '6'),
            'h' => written == '#',
            'i' | 'l' => matches!(written, '1' | '!' | '|'),
            'o' => written == '0',
            's' => matches!(written, '5' | '$'),
            't' => matches!(written, '7' | '+'),
            'u' => written == 'v',
            'v' => written == 'u',
            'x' => written == '%',
            'z' => written == '2',
            _ => false,
        }
}

/// Whether a text consists only of words of these two lists, and of what adds
/// little: digits and signs anywhere, and at most [`SPARE`] letters. Own words may
/// occur any number of times; each common word counts as one letter.
fn is_made_of(text: &[char], own: &[Vec<char>], usual: &[Vec<char>]) -> bool {
    // For each place of the text, the fewest spare letters and common words up to
    // it: first without a known word before it, then with one.
    let mut least = vec![[usize::MAX; 2]; text.len() + 1];
    least[0] = [0, usize::MAX];
    for at in 0..text.len() {
        let here = least[at];
        let letter = usize::from(text[at].is_alphabetic());
        for (known, cost) in here.into_iter().enumerate().filter(|(_, cost)| *cost <= SPARE) {
            least[at + 1][known] = least[at + 1][known].min(cost + letter);
            for (words, price) in [(own, 0), (usual, 1)] {
                for word in words {
                    for end in ends(text, at, word.iter()).into_iter().chain(ends(text, at, word.iter().rev())) {
                        least[end][1] = least[end][1].min(cost + price);
                    }
                }
            }
        }
    }
    least[text.len()][1] <= SPARE
}

/// The places at which a word that begins at `at` may end. Signs and digits between
/// its letters do not hide it, nor does a letter that is written twice.
fn ends<'a>(text: &[char], at: usize, word: impl Iterator<Item = &'a char>) -> Vec<usize> {
    let mut places = vec![at];
    for (n, letter) in word.enumerate() {
        let mut next = Vec::new();
        for place in places {
            for (skipped, written) in text[place..].iter().enumerate() {
                if stands_for(*written, *letter) && !next.contains(&(place + skipped + 1)) {
                    next.push(place + skipped + 1);
                }
                // The first letter of a word must be at its beginning.
                let hides = n > 0 && (!written.is_alphabetic() || text[place - 1] == *written);
                if !hides {
                    break;
                }
            }
        }
        if next.is_empty() {
            return next;
        }
        places = next;
    }
    places
}

/// Whether a text is at most [`RUNS`] pieces, which are runs along keyboards,
/// alphabets or numbers (at least one) or single characters, as `qwertzuiop`,
/// `1234abcd` and `abcabcabcd`, or has fewer than four different characters.
fn is_of_runs(text: &[char]) -> bool {
    let text: Vec<char> = text.iter().copied().filter(|c| c.is_alphanumeric()).collect();
    let (mut at, mut pieces, mut run) = (0, 0, false);
    while at < text.len() {
        let length = run_length(&text[at..]);
        run |= length >= RUN;
        at += if length >= RUN { length } else { 1 };
        pieces += 1;
    }
    (run && pieces <= RUNS) || text.iter().collect::<HashSet<_>>().len() < 4
}

/// How many characters at the beginning are neighbours in one direction, or the
/// same.
fn run_length(text: &[char]) -> usize {
    let same = text.iter().take_while(|c| **c == text[0]).count();
    let along = |row: &[char]| {
        let places = row.iter().enumerate().filter(|(_, c)| **c == text[0]).map(|(n, _)| n);
        places.map(|n| row[n..].iter().zip(text).take_while(|(a, b)| a == b).count()).max().unwrap_or(0)
    };
    ROWS.iter()
        .flat_map(|row| {
            let mut row: Vec<char> = row.chars().collect();
            let there = along(&row);
            row.reverse();
            [there, along(&row)]
        })
        .max()
        .unwrap_or(0)
        .max(same)
}

#[cfg(test)]
mod tests;
