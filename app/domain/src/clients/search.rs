//! The search for people by name, also in the spelling that others use:
//! `Lukasz` finds Łukasz, `Oneill` finds O’Neill, `Mueller` finds Müller.
//!
//! A name is folded to lower-case letters without accents, and stored in its
//! row as a [`key`] of a few lines:
//!
//! ```text
//! omar al hassan      its words
//! >omaralhassan       its words joined, starting at each word, for readers
//! >alhassan           who write them as one word
//! ```
//!
//! A second group of such lines follows if the name has letters with another
//! common transcription (`müller`: `muller`, `mueller`).
//!
//! Folding leaves out only marks that readers take for an accent: those of
//! Latin and Greek letters, those of Cyrillic letters except where they make
//! another letter (й, ї, ў), the vowel points of Arabic and Hebrew, and the
//! nukta of Devanagari, which many writers leave out themselves. In every other
//! script the marks belong to the letters: अनन्या, がく and ปู are found only with
//! their marks.

use deunicode::deunicode_char;
use icu_properties::{CodePointMapData, props::Script};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::typed::is_invisible;

/// The version of [`key`] and of `Email::key`: rows with another version are
/// computed again when the program starts.
pub const VERSION: i64 = 1;

/// The first character of a line of joined words.
const JOINED: char = '>';
/// The highest number of words that one line joins.
const MOST_JOINED: usize = 6;

/// The transcription by which a letter is folded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The letter without its mark: ü becomes u.
    Plain,
    /// The letters that replace it where it cannot be typed: ü becomes ue.
    Spelt,
}

/// The folded form of a name for comparison: lower-case letters without
/// accents, and one space between words.
pub fn search_key(text: &str) -> String {
    words(text, Way::Plain, char::is_alphanumeric).join(" ")
}

/// The search key that is stored with a name, in which [`Wanted`] searches. The
/// module's head describes its lines.
pub fn key(name: &str) -> String {
    let group = |way| {
        let words = words(name, way, char::is_alphanumeric);
        let mut lines = vec![words.join(" ")];
        for from in 0..words.len().saturating_sub(1) {
            let until = words.len().min(from + MOST_JOINED);
            lines.push(format!("{JOINED}{}", words[from..until].concat()));
        }
        lines.join("\n")
    };
    let (plain, spelt) = (group(Way::Plain), group(Way::Spelt));
    if plain == spelt { plain } else { format!("{plain}\n{spelt}") }
}

/// The longest search text, in characters; the rest is ignored. A query can be
/// sixty thousand characters long, each of its words is searched for in every
/// name, and SQLite accepts no pattern of more than 50,000 bytes.
const LONGEST: usize = 200;

/// A search text, split into words, each with its two transcriptions. A name
/// matches if it has every word in one of its transcriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(Vec<[String; 2]>);

impl Wanted {
    /// Splits a search text into words; only its first 200 characters count.
    pub fn new(text: &str) -> Self {
        // A hyphen or a dot inside a word joins its parts into one word.
        let joins = |c: char| matches!(c, '-' | '.') || is_dash(c);
        let text: &str = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]);
        let typed = |way| -> Vec<String> {
            let words = words(text, way, |c| c.is_alphanumeric() || joins(c));
            words.iter().map(|word| word.replace(joins, "")).filter(|word| !word.is_empty()).collect()
        };
        Self(typed(Way::Plain).into_iter().zip(typed(Way::Spelt)).map(|(plain, spelt)| [plain, spelt]).collect())
    }

    /// Whether there is no word to search for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of words to search for.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The words, each in its two transcriptions.
    pub fn words(&self) -> impl Iterator<Item = &[String; 2]> {
        self.0.iter()
    }

    /// The longest word in its two transcriptions, for a first search in the
    /// database: every name that matches has one of them in its key. `None`:
    /// there is no word.
    pub fn longest(&self) -> Option<&[String; 2]> {
        self.0.iter().max_by_key(|word| word[0].chars().count())
    }

    /// Whether there is exactly one word.
    pub fn is_one_word(&self) -> bool {
        self.0.len() == 1
    }

    /// Whether each word is found in at least one of the names, which are given
    /// by their [`key`]s.
    pub fn matches<'a>(&self, keys: impl IntoIterator<Item = &'a str> + Clone) -> bool {
        self.0.iter().all(|word| {
            let mut lines = keys.clone().into_iter().flat_map(str::lines);
            lines.any(|line| match line.strip_prefix(JOINED) {
                Some(joined) => word.iter().any(|way| joined.starts_with(way.as_str())),
                None => word.iter().any(|way| line.contains(way.as_str())),
            })
        })
    }

    /// Whether each word is found in this name.
    pub fn matches_name(&self, name: &str) -> bool {
        self.matches([key(name).as_str()])
    }
}

/// The folded words of a text; `belongs` tells which characters are part of a
/// word.
fn words(text: &str, way: Way, belongs: impl Fn(char) -> bool) -> Vec<String> {
    let text = fold(text, way);
    let inside = |c: char| belongs(c) || is_combining_mark(c);
    text.split(|c| !inside(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a character is a hyphen or dash other than the ASCII one.
fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{05BE}')
}

/// Whether a character is a sign that some write inside a word and others
/// leave out.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '´'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201B}'
            | '\u{2032}'
            | '\u{FF07}'
            | '\u{05F3}'
            | '\u{A78B}'
            | '\u{A78C}'
            | '\u{02B9}'..='\u{02BF}' | '\u{02C8}' | '\u{02EE}' | '\u{0640}' | '\u{00B7}'
    )
}

/// The text in lower case without accents and apostrophes, by one
/// transcription.
fn fold(text: &str, way: Way) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut base = '\0';
    let text: String = text.nfc().filter(|c| !is_apostrophe(*c) && !is_invisible(*c)).collect();
    for c in text.chars() {
        if let Some(spelt) = (way == Way::Spelt).then(|| transcription(c)).flatten() {
            folded.push_str(spelt);
            base = 'a';
            continue;
        }
        for c in std::iter::once(c).nfkd() {
            if is_combining_mark(c) {
                if is_kept(c, base) {
                    folded.push(if c == '\u{0901}' { '\u{0902}' } else { c });
                }
                continue;
            }
            // A decomposed ligature may contain an apostrophe.
            if is_apostrophe(c) || is_invisible(c) {
                continue;
            }
            base = c;
            for c in c.to_lowercase().filter(|c| !is_combining_mark(*c)) {
                push_folded(c, &mut folded);
            }
        }
    }
    folded.nfc().collect()
}

/// Another common transcription of a letter, for German, Nordic, Croatian and
/// Azerbaijani names among others; `None`: it has none.
fn transcription(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        'đ' | 'Đ' => "dj",
        'ð' | 'Ð' => "dh",
        'ə' | 'Ə' => "e",
        'ñ' | 'Ñ' => "ny",
        'ŋ' | 'Ŋ' => "n",
        _ => return None,
    })
}

/// Appends a lower-case letter without marks in the form that is compared.
fn push_folded(c: char, folded: &mut String) {
    let plain = match c {
        'a'..='z' => c,
        // `deunicode` maps these by sound or shape instead.
        'ə' => 'a',
        'ı' => 'i',
        'ς' => 'σ',
        // Letters that look and sound the same in Arabic, Persian and Urdu.
        '\u{0649}' | '\u{06CC}' | '\u{06D2}' => '\u{064A}',
        '\u{06A9}' => '\u{0643}',
        '\u{0629}' | '\u{06C1}' | '\u{06BE}' => '\u{0647}',
        '\u{0671}' => '\u{0627}',
        c if is_dash(c) => '-',
        c if !c.is_ascii() && script(c) == Script::Latin => {
            let ascii = deunicode_char(c).unwrap_or_default();
            return folded.extend(ascii.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        }
        c => c,
    };
    folded.push(plain);
}

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

/// Whether a mark makes another letter of its base, so that folding keeps it.
fn is_kept(mark: char, base: char) -> bool {
    match script(base) {
        Script::Latin | Script::Greek | Script::Hebrew => false,
        // Without a base letter: a general accent is dropped, a mark of one
        // script is kept.
        Script::Common | Script::Inherited => !matches!(script(mark), Script::Common | Script::Inherited),
        Script::Cyrillic => matches!(
            (base, mark),
            ('и' | 'И' | 'у' | 'У', '\u{306}') | ('і' | 'І', '\u{308}') | ('г' | 'Г' | 'к' | 'К', '\u{301}')
        ),
        // Writers often leave out hamza and madda over an alef, but not over
        // other letters.
        Script::Arabic => matches!(mark, '\u{0653}'..='\u{0655}') && base != '\u{0627}',
        Script::Devanagari => mark != '\u{093C}',
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A name, and three ways in which others type it.
    const NAMES: [(&str, [&str; 3]); 64] = [
        ("Łukasz Wójcik", ["Lukasz", "lukasz wojcik", "WÓJCIK"]),
        ("Søren Kjær", ["Soren", "Soeren", "kjaer"]),
        ("Đorđe Petrović", ["Dorde", "Djordje", "petrovic"]),
        ("Müller", ["Muller", "Mueller", "müller"]),
        ("Jörg Groß", ["Jorg", "Joerg", "Gross"]),
        ("Karl STRAẞE", ["strasse", "Straße", "STRASSE"]),
        ("Weiss", ["Weiß", "WEISS", "weis"]),
        ("Mueller", ["Müller", "mueller", "muel"]),
        ("Åse Ødegård", ["Ase", "Aase Oedegaard", "Odegard"]),
        ("Ægir Þórsson", ["Aegir", "Thorsson", "ægir"]),
        ("Guðrún", ["Gudrun", "Gudhrun", "guðrun"]),
        ("Œuvrard", ["Oeuvrard", "œuvrard", "OEUV"]),
        ("Işık Yılmaz", ["Isik", "Yilmaz", "ışık"]),
        ("İbrahim", ["Ibrahim", "ibrahim", "İBRAHİM"]),
        ("Ħal Borġ", ["Hal", "Borg", "ħal"]),
        ("Ŧeanu", ["Teanu", "ŧeanu", "TEAN"]),
        ("Ŋaio", ["Ngaio", "Naio", "ŋaio"]),
        ("O’Neill", ["O'Neill", "Oneill", "O Neill"]),
        ("O'Brien", ["O’Brien", "OBrien", "o`brien"]),
        ("D´Angelo", ["D'Angelo", "dangelo", "d’angelo"]),
        ("Omar Al-Hassan", ["Al Hassan", "Alhassan", "al-hassan omar"]),
        ("Al Hassan", ["Al-Hassan", "AlHassan", "hassan"]),
        ("Maria de la Cruz", ["Delacruz", "de la cruz", "de-la-Cruz"]),
        ("Mei-Ling Chen", ["Meiling", "Mei Ling", "mei‑ling"]),
        ("Jean‑Luc", ["Jean-Luc", "Jeanluc", "jean luc"]),
        ("J. R. Okafor", ["J.R.", "JR Okafor", "j r okafor"]),
        ("Nwosu, Amara", ["Amara Nwosu", "nwosu amara", "AMARA"]),
        ("Lucía Fernández", ["Lucia", "fernandez lucia", "LUCÍA"]),
        ("Núñez", ["Nunez", "nuñez", "NÚÑEZ"]),
        ("Nguyễn Văn Đức", ["Nguyen", "van duc", "Đức"]),
        ("Šárka Dvořáková", ["Sarka", "Dvorakova", "dvořak"]),
        ("Ştefan Țepeș", ["Stefan", "Tepes", "ștefan"]),
        ("Çağla", ["Cagla", "çagla", "CAĞLA"]),
        ("Zoë", ["Zoe", "ZOË", "zoë"]),
        ("Chloé Lefèvre", ["Chloe", "lefevre", "LEFÈVRE"]),
        ("Ferrer i Montsalvat·lòpez", ["montsalvatlopez", "lopez", "ferrer"]),
        ("Əliyev", ["Aliyev", "Eliyev", "əliyev"]),
        ("ﬁlippa", ["Filippa", "filip", "FILIPPA"]),
        ("Ｍａｒｋ", ["Mark", "mark", "ｍａｒｋ"]),
        ("ĳsbrand", ["IJsbrand", "ijsbrand", "Ĳsbrand"]),
        ("Ɓala Ɗanladi", ["Bala", "Danladi", "ɗan"]),
        ("Ɔfori", ["Ofori", "ɔfori", "OFORI"]),
        ("Ɛkua", ["Ekua", "ɛkua", "EKUA"]),
        ("Γιώργος", ["Γιωργος", "γιωργοσ", "ΓΙΩΡΓΟΣ"]),
        ("Άννα", ["Αννα", "αννα", "ΆΝΝΑ"]),
        ("Семён", ["Семен", "СЕМЁН", "семе"]),
        ("Андрей", ["АНДРЕЙ", "андре\u{438}\u{306}", "рей"]),
        ("Їжакевич", ["їжакевич", "ЇЖАК", "\u{456}\u{308}жак"]),
        ("أحمد", ["احمد", "أَحْمَد", "احم"]),
        ("علی", ["علي", "على", "علی"]),
        ("فاطمة", ["فاطمه", "فَاطِمَة", "فاطمـة"]),
        ("مُحَمَّد", ["محمد", "محمّد", "محم"]),
        ("שָׁלוֹם", ["שלום", "שָׁלוֹם", "שלו"]),
        ("אבו־חצירא", ["אבוחצירא", "אבו חצירא", "אבו-חצירא"]),
        ("अनन्या", ["अनन्या", "अनन्\u{200D}या", "अन"]),
        ("ज़ारा", ["जारा", "ज\u{93C}ारा", "ज़ारा"]),
        ("चाँद", ["चांद", "चाँद", "चाँ"]),
        ("தமிழ்", ["தமிழ்", "தமி", "மிழ்"]),
        ("สมชาย", ["สมชาย", "สม", "ชาย"]),
        ("がく", ["がく", "か\u{3099}く", "ｶﾞク"]),
        ("김민준", ["김민준", "민준", "\u{1100}\u{1175}\u{11B7}"]),
        ("山田 太郎", ["山田", "太郎", "山田太郎"]),
        ("Anna\u{200B}bel\u{AD}le", ["Annabelle", "annabel", "ANNA"]),
        ("Հակոբ", ["հակոբ", "ՀԱԿ", "կոբ"]),
    ];

    #[test]
    fn people_are_found_as_others_write_them() {
        for (name, spellings) in NAMES {
            for typed in spellings {
                // Katakana and hiragana are different letters.
                if typed == "ｶﾞク" {
                    assert!(Wanted::new(typed).matches_name("ガク"));
                    continue;
                }
                assert!(Wanted::new(typed).matches_name(name), "{name} by {typed}: {:?}", key(name));
            }
        }
    }

    #[test]
    fn different_names_do_not_find_each_other() {
        for (one, other) in [
            ("अनन्या", "अनन्यी"),
            ("अनन्या", "अनन्ये"),
            ("मीना", "मेना"),
            ("राम", "रमा"),
            ("किरण", "करण"),
            ("தமிழ்", "தமழ்"),
            ("மலர்", "மாலர்"),
            ("ปู", "ปี"),
            ("ใหม่", "ใหม้"),
            ("か", "が"),
            ("はな", "ばな"),
            ("はな", "ぱな"),
            ("민", "미"),
            ("Андрей", "Андреи"),
            ("Їва", "Іва"),
            ("Michael", "Michal"),
            ("Noel", "Nol"),
            ("Mei", "Noa"),
            ("Anna", "Anja"),
            ("Ala", "Ałła"),
            ("ফরিদা", "ফরীদা"),
            ("ਗੁਰੂ", "ਗੋਰੂ"),
            ("സീത", "സിത"),
            ("مؤمن", "مومن"),
            ("ချို", "ချစ်"),
        ] {
            assert!(!Wanted::new(one).matches_name(other) || one == "민", "{other} by {one}");
            assert!(!Wanted::new(other).matches_name(one) || other.len() < one.len(), "{one} by {other}");
            assert_ne!(search_key(one), search_key(other));
        }
        // The end of one word with the beginning of the next is not a word.
        assert!(!Wanted::new("ran").matches_name("Amara Nwosu"));
        assert!(!Wanted::new("か").matches_name("がく") && !Wanted::new("미").matches_name("민준"));
        assert!(Wanted::new(" - ' ").is_empty());
    }

    #[test]
    fn each_word_may_be_in_either_partners_name() {
        let keys = [key("Amara Nwosu"), key("Jonas O’Neill")];
        let keys = || keys.iter().map(String::as_str);
        assert!(Wanted::new("oneill amara").matches(keys()));
        assert!(!Wanted::new("oneill ruth").matches(keys()));
        assert_eq!(Wanted::new("Al-Hassan b").longest(), Some(&["alhassan".to_owned(), "alhassan".to_owned()]));
        assert_eq!(key("Omar Al-Hassan"), "omar al hassan\n>omaralhassan\n>alhassan");
        assert_eq!(key("Müller"), "muller\nmueller");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn every_name_is_found_by_itself(name in "[\\PC]{1,24}") {
            prop_assert!(Wanted::new(&name).matches_name(&name), "{:?} in {:?}", Wanted::new(&name), key(&name));
            prop_assert!(Wanted::new(&name.to_uppercase()).matches_name(&name) || !name.is_ascii());
            // The word that the database searches for first is in the key of
            // every name found.
            if let Some(longest) = Wanted::new(&name).longest() {
                prop_assert!(longest.iter().any(|way| key(&name).contains(way.as_str())));
            }
        }

        #[test]
        fn folding_twice_changes_nothing(name in "\\p{L}[\\p{L}\\p{N}' .-]{0,20}") {
            prop_assert_eq!(search_key(&search_key(&name)), search_key(&name));
        }
    }
}
