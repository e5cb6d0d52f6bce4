//! The clean-up of text that people type and paste.
//!
//! Text copied from a contact list, a web page or a chat contains invisible
//! characters: direction marks, soft hyphens, zero-width and non-breaking
//! spaces. Keyboards of other scripts type other digits. Each field uses one
//! of these functions, depending on how much its text may change:
//!
//! - [`lines`]: for notes, answers and messages. The text is kept as written;
//!   only control characters are removed.
//! - [`line`]: for names, titles and other text of one line. Invisible
//!   characters are removed, spaces and hyphens become the ASCII ones, and the
//!   rest is normalised to NFC.
//! - [`code`]: for numbers, dates, times, codes, phone numbers and email
//!   addresses. Like [`line`], and digits and signs become ASCII too.
//!
//! A line keeps the invisible characters that a script or an emoji needs: the
//! joiners of Persian and Devanagari, the selectors of emoji and of Han
//! variants, the tags of a flag. Each function applied twice gives the same
//! result as applied once.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, Emoji, ExtendedPictographic, GeneralCategory, Script},
};
use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};

/// The highest number of characters on each side that are looked at to decide
/// whether an invisible character is needed. No writing has longer runs of
/// invisible characters, but a form can be sent a megabyte of them; with this
/// limit, the time is proportional to the length of the text.
const NEAR: usize = 16;

/// The longest text that can be a number, date, time, code, phone number or
/// email address, in bytes.
const LONGEST_CODE: usize = 2_000;

const ZWNJ: char = '\u{200C}';
const ZWJ: char = '\u{200D}';
/// The black flag, which a sequence of tags turns into the flag of a region.
const FLAG: char = '\u{1F3F4}';
const TAGS: std::ops::RangeInclusive<char> = '\u{E0020}'..='\u{E007E}';
const END_OF_TAGS: char = '\u{E007F}';
/// The combining class of a virama (UAX #44).
const VIRAMA: u8 = 9;

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

/// Whether a character is invisible by itself: joiners, direction marks, soft
/// hyphens, fillers, selectors, tags (`Default_Ignorable_Code_Point`), and the
/// marks of interlinear notes. It is `false` for visible format characters such
/// as the Arabic number sign.
pub fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) || ('\u{FFF9}'..='\u{FFFB}').contains(&c)
}

/// Whether the text shows nothing to a reader.
pub fn is_blank(text: &str) -> bool {
    // U+2800, the Braille cell without a dot, is not in the class of spaces.
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || c == '\u{2800}')
}

/// Text of several lines, kept as written: line ends become `\n`, and control
/// characters other than line ends and tabs are removed.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// Text of one line, without invisible characters and without spaces at its
/// ends; empty if nothing would be visible. Line ends stay, so that the field
/// can refuse them.
pub fn line(text: &str) -> String {
    let mut read = line_once(text);
    // Marks may change their order when a character between them is removed,
    // and then other joiners are needed than before.
    for _ in 0..3 {
        let again = line_once(&read);
        if again == read {
            break;
        }
        read = again;
    }
    read
}

/// One pass of [`line`].
fn line_once(text: &str) -> String {
    let typed: Vec<char> = text.trim_matches(|c: char| c.is_whitespace()).nfc().map(plain_space_or_hyphen).collect();
    let mut kept: Vec<char> = Vec::with_capacity(typed.len());
    let mut at = 0;
    while let Some(&c) = typed.get(at) {
        at += 1;
        if c == FLAG {
            kept.push(c);
            let tags = typed[at..].iter().take_while(|c| TAGS.contains(*c)).take(NEAR).count();
            if tags > 0 && typed.get(at + tags) == Some(&END_OF_TAGS) {
                kept.extend_from_slice(&typed[at..=at + tags]);
                at += tags + 1;
            }
        } else if !is_invisible(c) || is_needed(c, &kept, &typed[at..]) {
            kept.push(c);
        }
    }
    let text: String = kept.into_iter().nfc().collect();
    if is_blank(&text) { String::new() } else { text.trim().to_owned() }
}

/// A number, date, time, code, phone number or email address: a [`line`] whose
/// digits, hyphens and wide letters become the ASCII ones. Text of more than
/// 2,000 bytes cannot be any of these and is returned as typed.
pub fn code(text: &str) -> String {
    if text.len() > LONGEST_CODE {
        return text.to_owned();
    }
    let text: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
    let ascii = |c: char| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        // The Arabic decimal sign and comma.
        '\u{066B}' => '.',
        '\u{060C}' => ',',
        c => ascii_digit(c).unwrap_or(c),
    };
    line(&text.chars().map(ascii).collect::<String>())
}

/// The ASCII digit for a decimal digit of another script; `None` for every
/// other character, ASCII digits included. Unicode has the digits of a script
/// together and in order (UAX #44, `Nd`), so the value is the distance from the
/// first one.
pub(crate) fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() || category(c) != GeneralCategory::DecimalNumber {
        return None;
    }
    let before = (1..60).take_while(|back| {
        u32::from(c).checked_sub(*back).and_then(char::from_u32).map(category) == Some(GeneralCategory::DecimalNumber)
    });
    char::from_digit(u32::try_from(before.count()).ok()? % 10, 10)
}

/// The ASCII space for each kind of space, and the ASCII hyphen for hyphens
/// (U+2010 to U+2012); any other character as it is.
fn plain_space_or_hyphen(c: char) -> char {
    match c {
        '\n' | '\r' => c,
        '\u{2010}'..='\u{2012}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Whether an invisible character changes what is visible after the `kept`
/// characters and before those `ahead`.
fn is_needed(c: char, kept: &[char], ahead: &[char]) -> bool {
    let Some(&last) = kept.last() else { return false };
    match c {
        ZWJ | ZWNJ => {
            // Explicit virama and half forms: क्‍ (RFC 5892, appendix A).
            let after_virama = canonical_combining_class(last) == VIRAMA;
            let next = ahead.iter().copied().take(NEAR).find(|c| !is_invisible(*c));
            after_virama || next.is_some_and(|next| (c == ZWJ && joins_emoji(kept, next)) || joins_letters(kept, next))
        }
        // The variation selectors of emoji and keycaps; those of Han,
        // Mongolian and other characters follow.
        '\u{FE0E}' | '\u{FE0F}' => {
            is_pictograph(last)
                || (CodePointSetData::new::<Emoji>().contains(last)
                    && ahead.iter().copied().take(NEAR).find(|c| !is_invisible(*c)) == Some('\u{20E3}'))
        }
        '\u{FE00}'..='\u{FE0D}' => matches!(script(last), Script::Han | Script::Myanmar | Script::PhagsPa),
        '\u{E0100}'..='\u{E01EF}' => script(last) == Script::Han,
        '\u{180B}'..='\u{180F}' => script(last) == Script::Mongolian,
        _ => false,
    }
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

/// Whether a joiner makes one emoji of two: a family, a profession.
fn joins_emoji(kept: &[char], next: char) -> bool {
    let dress = |c: &char| matches!(c, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
    is_pictograph(next) && kept.iter().rev().copied().take(NEAR).find(|c| !dress(c)).is_some_and(is_pictograph)
}

/// Whether both sides are letters of a script whose letters change their shape
/// by their neighbours.
fn joins_letters(kept: &[char], next: char) -> bool {
    let last = kept.iter().rev().copied().take(NEAR).find(|c| script(*c) != Script::Inherited);
    last.is_some_and(|last| {
        !kept.last().is_some_and(|c| is_invisible(*c)) && has_joined_letters(last) && has_joined_letters(next)
    })
}

/// Whether a character is a letter or virama of a script whose letters change
/// their shape by their neighbours.
fn has_joined_letters(c: char) -> bool {
    (c.is_alphabetic() || canonical_combining_class(c) == VIRAMA)
        && !matches!(
            script(c),
            Script::Armenian
                | Script::Bopomofo
                | Script::Common
                | Script::Cyrillic
                | Script::Ethiopic
                | Script::Georgian
                | Script::Greek
                | Script::Han
                | Script::Hangul
                | Script::Hebrew
                | Script::Hiragana
                | Script::Inherited
                | Script::Katakana
                | Script::Lao
                | Script::Latin
                | Script::Thai
                | Script::Unknown
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Before [`NEAR`], each of these texts took time by the square of its
    /// length, some of them hours.
    #[test]
    fn a_megabyte_of_invisible_characters_is_read_in_linear_time() {
        for (first, run) in [
            ("a", "\u{200D}"),
            ("न\u{94D}", "\u{200D}"),
            ("a", "\u{301}\u{200D}"),
            ("\u{1F469}", "\u{1F3FB}\u{200D}"),
            ("\u{1F3F4}", "\u{E0067}"),
            ("1", "\u{FE0F}"),
            ("a", "\u{200B}"),
            ("", "\u{1F3F4}\u{E0067}"),
        ] {
            let text = format!("{first}{}b", run.repeat(200_000));
            let begun = std::time::Instant::now();
            let _ = (line(&text), code(&text), lines(&text));
            assert!(begun.elapsed().as_secs() < 10, "{run:?}: {:?}", begun.elapsed());
        }
        assert_eq!(code(&"٣".repeat(3_000)), "٣".repeat(3_000), "no number is as long as that");
    }

    #[test]
    fn a_line_loses_invisible_characters() {
        for (typed, read) in [
            ("\u{200B}Ana", "Ana"),
            ("A\u{AD}na\u{FEFF}", "Ana"),
            ("\u{202A}Ana\u{202C}", "Ana"),
            ("\u{2067}Ana\u{2069}\u{200F}", "Ana"),
            ("A\u{2060}n\u{200D}a\u{200C}", "Ana"),
            ("A\u{E0041}na\u{FE0F}", "Ana"),
            ("\u{A0}Ana\u{3000}Lena\u{2028}", "Ana Lena"),
            ("Ana\u{2029}Lena", "Ana Lena"),
            ("Anna\u{2011}Lena \u{2012}", "Anna-Lena -"),
            ("Lucı\u{301}a", "Lucı\u{301}a"),
            ("Luci\u{301}a", "Lucía"),
            ("a\u{200B}\u{301}", "á"),
            ("Anna  Maria", "Anna  Maria"),
            ("Lucía – Noa", "Lucía – Noa"),
            ("", ""),
            ("\u{200B}\u{2800}\u{3164} \u{FFA0}", ""),
        ] {
            assert_eq!(line(typed), read, "{typed:?}");
        }
    }

    #[test]
    fn a_line_keeps_the_joiners_that_a_script_or_an_emoji_needs() {
        for kept in [
            "👨\u{200D}👩\u{200D}👧",
            "👩🏽\u{200D}⚕\u{FE0F}",
            "❤\u{FE0F}",
            "1\u{FE0F}\u{20E3}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "می\u{200C}خواهم",
            "क\u{94D}\u{200D}ष",
            "क\u{94D}\u{200D}",
            "र\u{200D}\u{94D}य",
            "ක\u{DCA}\u{200D}ර",
            "葛\u{E0100}城",
            "\u{0601}123",
            "é𝒜 अनन्या 민준 がか",
        ] {
            assert_eq!(line(kept), kept.nfc().collect::<String>(), "{kept:?}");
        }
    }

    #[test]
    fn invisible_format_characters_are_removed_and_visible_ones_kept() {
        for c in ('\0'..=char::MAX).filter(|c| category(*c) == GeneralCategory::Format) {
            let read = line(&format!("a{c}b"));
            let seen = matches!(
                c,
                '\u{600}'..='\u{605}'
                    | '\u{6DD}'
                    | '\u{70F}'
                    | '\u{890}'
                    | '\u{891}'
                    | '\u{8E2}'
                    | '\u{110BD}'
                    | '\u{110CD}'
                    | '\u{13430}'..='\u{1343F}'
            );
            assert_eq!(read == "ab", !seen, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn digits_of_every_script_become_ascii() {
        for c in ('\0'..=char::MAX).filter(|c| category(*c) == GeneralCategory::DecimalNumber) {
            assert!(code(&c.to_string()).parse::<u8>().is_ok(), "{c:?}");
        }
        assert_eq!(
            code("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ ०१२३४५६७८९ ０１２３４５６７８９ 𝟘𝟡𝟬𝟵"),
            "0123456789 0123456789 0123456789 0123456789 0909"
        );
        assert_eq!(code("\u{200F}۲۰۲۶‑۱۱‑۲۹"), "2026-11-29");
        assert_eq!(code("１２：３０"), "12:30");
        assert_eq!(code("−5"), "-5");
    }

    #[test]
    fn text_of_several_lines_is_kept_as_written() {
        let written = "می\u{200C}خواهم \u{202B}x\u{202C}\u{A0}‑ \u{AD}\n\tLucı\u{301}a  👨\u{200D}👩";
        assert_eq!(lines(written), written);
        assert_eq!(lines("a\r\nb\rc\u{7}\u{1B}\u{9B}d\0"), "a\nb\ncd");
    }

    #[test]
    fn text_that_shows_nothing_is_blank() {
        for blank in ["", " \u{A0}\t", "\u{200B}\u{2060}", "\u{3164}\u{115F}", "\u{2800}", "\u{FE0F}\u{E0041}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in [".", "अ", "👧", "\u{0601}", "0"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    /// Letters, marks, joiners, selectors, emoji, spaces and digits, close
    /// together.
    fn mixed() -> impl Strategy<Value = String> {
        let pool: Vec<char> = concat!(
            "aÁı ß-\u{301}\u{308}\u{200B}\u{200C}\u{200D}\u{AD}\u{FE0F}\u{FE0E}\u{FE00}\u{E0100}\u{E0067}\u{E007F}\u{180B}",
            "🏴👨👩🏽❤1#\u{20E3}میकष\u{94D}र葛ᠠ\u{1885}",
            "가\u{1100}\u{1161}\u{115F}\u{3164}\u{A0}\u{2011}\u{2028}٣３\u{600}\u{2800}\u{FFF9}",
        )
            .chars()
            .collect();
        proptest::collection::vec(prop_oneof![4 => proptest::sample::select(pool), 1 => any::<char>()], 0..12)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn a_second_cleaning_changes_nothing(text in mixed()) {
            prop_assert_eq!(line(&line(&text)), line(&text));
            prop_assert_eq!(code(&code(&text)), code(&text));
            prop_assert_eq!(lines(&lines(&text)), lines(&text));
        }

        #[test]
        fn visible_characters_are_kept(text in mixed()) {
            let seen = |text: &str| -> String {
                text.nfd().map(plain_space_or_hyphen).filter(|c| !is_invisible(*c)).collect::<String>().nfc().collect()
            };
            if !is_blank(&text) {
                let all = seen(&text);
                prop_assert_eq!(seen(&line(&text)), all.trim());
            }
            let written = |text: &str| -> String { text.chars().filter(|c| !c.is_control()).collect() };
            prop_assert_eq!(written(&lines(&text)), written(&text));
        }
    }
}
