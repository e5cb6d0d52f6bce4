//! Names: of one person, and of two in one cell.

use crate::clients::search::search_key;

/// What follows a name after a comma and is not a first name.
const SUFFIXES: [&str; 16] =
    ["jr", "sr", "ii", "iii", "iv", "md", "phd", "esq", "ma", "msc", "ba", "bsc", "lmft", "lcsw", "dr", "rn"];

/// What goes before a name.
const TITLES: [&str; 16] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "sir",
    "herr",
    "frau",
    "hr",
    "fr",
    "familie",
    "family",
    "mr and mrs",
    "eheleute",
];

/// A name whose words are in the order in which they are said: “Lind, Anna” becomes
/// “Anna Lind”.
pub(super) fn in_order(name: &str) -> String {
    let Some((last, first)) = name.split_once(',') else { return name.to_owned() };
    let (last, first) = (last.trim(), first.trim());
    let is_suffix = SUFFIXES.contains(&search_key(first).as_str());
    if last.is_empty() || first.is_empty() {
        return last.to_owned() + first;
    }
    if first.contains(',') || is_suffix { name.to_owned() } else { format!("{first} {last}") }
}

/// A name that may be of two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum People {
    One(String),
    /// `shared`: the first got the last name of the second.
    Two {
        a: String,
        b: String,
        shared: bool,
    },
    /// It is only titles and a last name.
    OnlyTitles,
    /// It is of three people or more.
    Many,
}

/// The parts of a text between `&`, `+`, “and”, “und” and their like.
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.replace('&', " & ").replace('+', " + ").split(' ').filter(|word| !word.is_empty()) {
        let is_between = matches!(word.to_lowercase().as_str(), "&" | "+" | "and" | "und" | "et" | "/");
        match (is_between, parts.last_mut()) {
            (true, _) => parts.push(String::new()),
            (false, Some(part)) => {
                if !part.is_empty() {
                    part.push(' ');
                }
                part.push_str(word);
            }
            (false, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Whether a text is nothing but titles.
fn is_title(text: &str) -> bool {
    let key = search_key(text);
    !key.is_empty() && (TITLES.contains(&key.as_str()) || key.split(' ').all(|word| TITLES.contains(&word)))
}

/// The people that a name is of.
pub(super) fn people(name: &str) -> People {
    let parts = parts(name);
    let (first, second) = match parts.as_slice() {
        [] => return People::One(String::new()),
        [one] => return People::One(in_order(one)),
        [first, second] => (first.as_str(), second.as_str()),
        _ => return People::Many,
    };
    // “Mr & Mrs Lind”: a title before a last name names nobody.
    if is_title(first) && second.split(' ').any(is_title) || is_title(second) {
        return People::OnlyTitles;
    }
    if first.split(' ').chain(second.split(' ')).filter(|word| word.ends_with(',')).count() > 2 {
        return People::Many;
    }
    // “Lind, Anna & Ben”: both have the last name before the comma.
    if let Some((last, anna)) = first.split_once(',')
        && !second.contains(',')
        && !last.trim().is_empty()
        && !anna.trim().is_empty()
    {
        let (last, anna) = (last.trim(), anna.trim());
        let shared = !second.contains(' ');
        let b = if shared { format!("{second} {last}") } else { second.to_owned() };
        return People::Two { a: format!("{anna} {last}"), b, shared };
    }
    let (a, b) = (in_order(first), in_order(second));
    // “Anna & Ben Lind”: both have the last name of the second.
    match (a.contains(' '), b.rsplit_once(' ')) {
        (false, Some((_, last))) => People::Two { a: format!("{a} {last}"), b, shared: true },
        (true, _) | (false, None) => People::Two { a, b, shared: false },
    }
}

/// The names of two people whose first and last names are in columns of their own.
pub(super) fn joined(first: &str, last: &str) -> People {
    let (firsts, lasts) = (parts(first), parts(last));
    match (firsts.as_slice(), lasts.as_slice()) {
        ([a, b], [one]) => People::Two { a: format!("{a} {one}"), b: format!("{b} {one}"), shared: true },
        ([a, b], [la, lb]) => People::Two { a: format!("{a} {la}"), b: format!("{b} {lb}"), shared: false },
        ([a, b], []) => People::Two { a: a.clone(), b: b.clone(), shared: false },
        (firsts, lasts) if firsts.len() > 2 || lasts.len() > 2 => People::Many,
        _ => People::One(format!("{first} {last}").trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(a: &str, b: &str, shared: bool) -> People {
        People::Two { a: a.into(), b: b.into(), shared }
    }

    #[test]
    fn name_of_two_people_is_read_as_both() {
        for (text, expected) in [
            ("Anna & Ben Lind", two("Anna Lind", "Ben Lind", true)),
            ("Anna&Ben Lind", two("Anna Lind", "Ben Lind", true)),
            ("Anna and Ben Lind", two("Anna Lind", "Ben Lind", true)),
            ("Anna UND Ben Lind", two("Anna Lind", "Ben Lind", true)),
            ("Lind, Anna & Ben", two("Anna Lind", "Ben Lind", true)),
            ("Lind, Anna & Ben Osei", two("Anna Lind", "Ben Osei", false)),
            ("Lind, Anna & Osei, Ben", two("Anna Lind", "Ben Osei", false)),
            ("Anna Lind + Ben Osei", two("Anna Lind", "Ben Osei", false)),
            ("Anna Lind & Ben", two("Anna Lind", "Ben", false)),
            ("Anna & Ben", two("Anna", "Ben", false)),
            ("अनन्या & रवि शर्मा", two("अनन्या शर्मा", "रवि शर्मा", true)),
            ("Anna Lind", People::One("Anna Lind".into())),
            ("Anderson, Andy", People::One("Andy Anderson".into())),
            ("Sandra Undset", People::One("Sandra Undset".into())),
            ("Mr & Mrs Lind", People::OnlyTitles),
            ("Herr und Frau Lind", People::OnlyTitles),
            ("Anna & Ben & Cara Lind", People::Many),
            ("Anna and", People::One("Anna".into())),
        ] {
            assert_eq!(people(text), expected, "{text}");
        }
        assert_eq!(joined("Anna & Ben", "Lind"), two("Anna Lind", "Ben Lind", true));
        assert_eq!(joined("Anna & Ben", "Lind & Osei"), two("Anna Lind", "Ben Osei", false));
        assert_eq!(joined("Anna", "Lind"), People::One("Anna Lind".into()));
        assert_eq!(joined("Anna", "Lind-Osei & Partner"), People::One("Anna Lind-Osei & Partner".into()));
        assert_eq!(joined("", "Lind"), People::One("Lind".into()));
    }

    #[test]
    fn last_name_before_a_comma_goes_behind() {
        for (text, expected) in [
            ("Lind, Anna", "Anna Lind"),
            ("de la Cruz, María José", "María José de la Cruz"),
            ("Anna Lind, PhD", "Anna Lind, PhD"),
            ("Lind,", "Lind"),
            (", Anna", "Anna"),
            ("Lind, Anna, Dr.", "Lind, Anna, Dr."),
        ] {
            assert_eq!(in_order(text), expected, "{text}");
        }
    }
}
