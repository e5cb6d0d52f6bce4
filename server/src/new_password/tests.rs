//! Tests: the practice's and the person's words are refused in every variant, and
//! sentences are allowed.

use proptest::prelude::*;

use super::{About, check};

const ABOUT: About<'static> = About {
    practice: "Lakeside Practice",
    name: "Emeka Okafor",
    login_name: "emeka.o",
    email: "olav@fjordmail.example",
};

/// The words that people around the practice know, and common passwords.
const WORDS: [&str; 17] = [
    "lakeside",
    "practice",
    "lakeside practice",
    "emeka",
    "okafor",
    "emeka okafor",
    "olav",
    "fjordmail",
    "emeka.o",
    "olav@fjordmail.example",
    "duologue",
    "password",
    "trustno1",
    "iloveyou",
    "letmein",
    "qwertzuiop",
    "dragon",
];

/// A way of writing a word so that it looks different.
#[derive(Clone, Debug)]
enum Dress {
    Upper,
    Capital,
    Alternating,
    Leet,
    Reversed,
    Twice(&'static str),
    Thrice,
    After(String),
    Before(String),
    Between(char),
    Blanks,
}

fn dress() -> impl Strategy<Value = Dress> {
    prop_oneof![
        Just(Dress::Upper),
        Just(Dress::Capital),
        Just(Dress::Alternating),
        Just(Dress::Leet),
        Just(Dress::Reversed),
        prop::sample::select(vec!["", " ", "-", "1", "!!"]).prop_map(Dress::Twice),
        Just(Dress::Thrice),
        "[0-9]{1,8}".prop_map(Dress::After),
        "[!?.#*_ -]{1,4}".prop_map(Dress::After),
        "(19|20)[0-9]{2}".prop_map(Dress::After),
        "[0-9!?.#]{1,5}".prop_map(Dress::Before),
        prop::sample::select(vec!['-', '.', '_', ' ', '7', '*']).prop_map(Dress::Between),
        Just(Dress::Blanks),
    ]
}

/// The word, written in that way.
fn written_as(word: &str, dress: &Dress) -> String {
    match dress {
        Dress::Upper => word.to_uppercase(),
        Dress::Capital => word[..1].to_uppercase() + &word[1..],
        Dress::Alternating => {
            word.chars().enumerate().map(|(n, c)| if n % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect()
        }
        Dress::Leet => word
            .chars()
            .map(|c| match c {
                'a' => '4',
                'e' => '3',
                'i' => '1',
                'o' => '0',
                's' => '$',
                't' => '7',
                c => c,
            })
            .collect(),
        Dress::Reversed => word.chars().rev().collect(),
        Dress::Twice(between) => format!("{word}{between}{word}"),
        Dress::Thrice => word.repeat(3),
        Dress::After(text) => format!("{word}{text}"),
        Dress::Before(text) => format!("{text}{word}"),
        Dress::Between(sign) => word.chars().flat_map(|c| [c, *sign]).collect(),
        Dress::Blanks => format!("   {}   ", word.replace(' ', "   ")),
    }
}

/// Words that people use in a sentence; none belongs to the practice.
const PLAIN: [&str; 40] = [
    "three", "tired", "swans", "noon", "kettle", "orbit", "window", "yellow", "carpet", "thunder", "biscuit", "ladder",
    "quiet", "river", "pencil", "mountain", "button", "garden", "whistle", "blanket", "copper", "engine", "feather",
    "harbour", "island", "jacket", "lantern", "marble", "needle", "orange", "pepper", "rabbit", "saddle", "teapot",
    "umbrella", "velvet", "walnut", "bridge", "evening", "candle",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_known_word_is_refused_in_every_variant(
        word in prop::sample::select(WORDS.to_vec()), first in dress(), second in dress(),
    ) {
        let password = written_as(&written_as(word, &first), &second);
        prop_assert!(check(&password, &ABOUT).is_err(), "{password:?} of {word} by {first:?}, {second:?}");
    }

    #[test]
    fn two_known_words_together_are_refused(
        words in prop::sample::subsequence(WORDS[..11].to_vec(), 2), worn in dress(),
    ) {
        let password = written_as(&words.concat(), &worn);
        prop_assert!(check(&password, &ABOUT).is_err(), "{password:?}");
    }

    #[test]
    fn four_ordinary_words_are_allowed(
        words in prop::sample::subsequence(PLAIN.to_vec(), 4).prop_shuffle(),
        between in prop::sample::select(vec![" ", "-", "", "."]),
    ) {
        let password = words.join(between);
        prop_assert_eq!(check(&password, &ABOUT), Ok(()), "{}", password);
    }

    #[test]
    fn a_sentence_with_a_short_name_is_allowed(
        words in prop::sample::subsequence(PLAIN.to_vec(), 4).prop_shuffle(),
        name in prop::sample::select(vec!["Al", "Bo", "Ann", "Eva"]), at in 0..4_usize,
    ) {
        let mut words: Vec<&str> = words;
        words.insert(at, name);
        let about = About { name, login_name: name, ..ABOUT };
        prop_assert_eq!(check(&words.join(" "), &about), Ok(()));
    }
}

#[test]
fn common_passwords_are_refused_in_every_variant() {
    for bad in [
        "password123",
        "P@ssw0rd2026!",
        "aaaaaaaaaaaa",
        "1234567890",
        "abcdefghijk",
        "qwertyuiop",
        "iloveyou!!",
        "letmein1234",
        "lakeside practice",
        "Lakeside2026",
        "Emeka-2026",
        "olav olav1",
        "trustno1trustno1",
        "      spaces      ",
        "spaces      ",
        "qwertzuiop",
        "asdfghjklö",
        "azertyuiop",
        "1qaz2wsx3edc",
        "9876543210",
        "abcabcabcabc",
        "abababababab",
        "qweasdzxc123",
        "D-u-o-l-o-g-u-e",
        "eugoloud2026",
        "Du0l0gu3Du0l0gu3",
        "!!!!!!!!!!!!",
        "          ",
        "passwordpassword",
        "monkeydragon1",
        "E.m.e.k.a.O",
        "rofako akeme",
        "11112222333",
        "lakesidelakeside",
        "emekaemeka99",
        "Ｌａｋｅｓｉｄｅ２０２６",
    ] {
        assert!(check(bad, &ABOUT).is_err(), "{bad}");
    }
}

#[test]
fn sentences_are_allowed_in_any_script() {
    for good in [
        "three tired swans at noon",
        "नमस्ते दुनिया आज",
        "kettle-orbit-77",
        "an evening by the lake",
        "my lakeside walk with a red umbrella",
        "olav sings under yellow lanterns",
        "v8#Lq2!mZr",
        "the practice of patience takes nine years",
        "Wir fahren morgen ans Meer",
        "犬が三匹庭で寝ています",
    ] {
        assert_eq!(check(good, &ABOUT), Ok(()), "{good}");
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    for (password, says) in [
        ("short", "at least 10"),
        ("  spaces   ", "Spaces"),
        ("Lakeside2026", "other words"),
        ("password123", "four words"),
    ] {
        assert!(check(password, &ABOUT).unwrap_err().contains(says), "{password}");
    }
    assert!(check(&"x y".repeat(200), &ABOUT).unwrap_err().contains("512"));
}

#[test]
fn the_longest_password_is_checked_within_five_seconds() {
    let password: String = "1l!i|e3a4".chars().cycle().take(512).collect();
    let about = About { practice: "lililililililililili", ..ABOUT };
    let begun = std::time::Instant::now();
    let _ = check(&password, &about);
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}
