//! Phone numbers: reading them as people type and paste them.
//!
//! A number that is valid by the numbering plan of its country (libphonenumber,
//! by the crate `phonenumber`) is stored in its international form, with its
//! extension: `+49 30 901820 ext. 12`. This form is shown, and fills the form
//! field again. A number without a country code is taken as one of the country
//! of the person's, or the practice's, time zone.
//!
//! A number that no numbering plan knows is stored as typed, without invisible
//! characters: an internal extension, a short number, two numbers in one field,
//! a number with a word. Text with fewer than two digits is not a number.

use std::{collections::HashMap, str::FromStr as _, sync::LazyLock};

use phonenumber::{Mode, PhoneNumber, country};

use crate::{
    clients::person::Zone,
    form::{Read, Reader},
    typed,
};

/// The highest number of characters in a phone number.
pub const MAX_LENGTH: usize = 60;

const WRONG: &str = "Enter a phone number, such as +49 30 901820.";

/// The words and signs before an extension, in lower case. Of two with the same
/// ending, the longer is first.
const EXTENSIONS: [&str; 13] =
    [";ext", "extension", "extn", "ext", "durchwahl", "apparat", "poste", "anexo", "int", "app", "dw", "x", "#"];

/// The country of each time zone, by IANA's `zone.tab`.
static COUNTRIES: LazyLock<HashMap<&str, country::Id>> = LazyLock::new(|| {
    let lines = include_str!("zone_countries.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (code, zones) = line.split_once(' ')?;
            let country = country::Id::from_str(code).ok()?;
            Some(zones.split(' ').map(move |zone| (zone, country)))
        })
        .flatten()
        .collect()
});

/// Reads a phone number. Without a country code it is taken as one of the
/// country of `zone`. The result is empty if nothing was typed.
///
/// # Errors
/// A sentence for the field that says what is wrong.
pub fn read(text: &str, zone: Option<&Zone>) -> Result<String, &'static str> {
    let text = typed::code(text);
    if text.is_empty() {
        return Ok(text);
    }
    if text.chars().count() > MAX_LENGTH {
        return Err("Enter a shorter phone number: 60 characters at most.");
    }
    if text.contains('@') || text.chars().any(char::is_control) || text.chars().filter(char::is_ascii_digit).count() < 2
    {
        return Err(WRONG);
    }
    let country = zone.and_then(|zone| COUNTRIES.get(zone.name()).copied());
    Ok(international(&text, country).unwrap_or(text))
}

/// The `tel:` link that dials a stored number (RFC 3966); `None` if it is not
/// clear which digits to dial.
pub fn tel_link(kept: &str) -> Option<String> {
    let (base, extension) = split_extension(kept);
    let digits: String = base.chars().filter(char::is_ascii_digit).collect();
    if base.chars().any(char::is_alphabetic) || !(2..=15).contains(&digits.len()) {
        return None;
    }
    let plus = if base.trim_start().starts_with('+') { "+" } else { "" };
    let extension = extension.map(|digits| format!(";ext={digits}")).unwrap_or_default();
    Some(format!("tel:{plus}{digits}{extension}"))
}

/// The international form of a number; `None`: it is not valid in its country.
fn international(text: &str, country: Option<country::Id>) -> Option<String> {
    let text = match text.split_at_checked(4) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
        _ => text,
    };
    let (base, extension) = split_extension(text);
    if base.chars().any(char::is_alphabetic) {
        return None;
    }
    let split_direct_dial = || {
        let (base, direct) = base.rsplit_once('-')?;
        let direct = direct.trim();
        let fits = (1..=5).contains(&direct.len()) && direct.bytes().all(|b| b.is_ascii_digit());
        fits.then_some((base, direct))
    };
    let formatted = |number: &PhoneNumber| number.format().mode(Mode::International).to_string();
    let extended = |number: &PhoneNumber, extension: &str| format!("{} ext. {extension}", formatted(number));
    match (valid(base, country), extension) {
        (Some(number), Some(extension)) => Some(extended(&number, extension)),
        // +49 30 901820-12: the number of an office and a direct extension,
        // dialled together (DIN 5008). The hyphen is kept for the reader.
        (Some(number), None) => {
            Some(match split_direct_dial().and_then(|(b, direct)| Some((valid(b, country)?, direct))) {
                Some((office, direct)) => format!("{}-{direct}", formatted(&office)),
                None => formatted(&number),
            })
        }
        (None, None) => {
            let (base, direct) = split_direct_dial()?;
            Some(extended(&valid(base, country)?, direct))
        }
        (None, Some(_)) => None,
    }
}

/// Parses a number; `None`: it is not valid in its country, or the parser left
/// out typed digits. The national number must end the typed digits, with at
/// most seven digits (prefix and country code) before it.
fn valid(text: &str, country: Option<country::Id>) -> Option<PhoneNumber> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let whole = |number: &PhoneNumber| {
        let national = number.national().to_string();
        number.is_valid() && digits.ends_with(&national) && digits.len() - national.len() <= 7
    };
    let read = |text: &str| phonenumber::parse(country, text).ok().filter(whole);
    read(text).or_else(|| {
        // 00 is the international prefix of most countries, and people also
        // type it where their own country has another one.
        let abroad = text.trim_start().strip_prefix("00")?;
        read(&format!("+{abroad}"))
    })
}

/// Splits a number into the number itself and the digits of its extension;
/// `None`: no word for an extension is before the last digits.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let text = text.trim_end();
    let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (before, extension) = text.split_at(text.len() - digits);
    let before = before.trim_end_matches([' ', '.', ':', '=', '-']);
    let word = EXTENSIONS.iter().find(|word| {
        let tail = before.len().checked_sub(word.len()).and_then(|from| before.get(from..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    });
    match word {
        Some(word) if (1..=7).contains(&digits) => {
            let base = before.get(..before.len() - word.len()).unwrap_or_default();
            (base.trim_end_matches([' ', ',', ';', '-', '/', '(']), Some(extension))
        }
        _ => (text, None),
    }
}

impl Reader<'_> {
    /// Reads a phone number, which may be empty. A number without a country code
    /// is taken as one of the country of `zone`.
    pub fn phone(&mut self, name: &str, zone: Option<&Zone>) -> Read<String> {
        match read(self.raw(name), zone) {
            Ok(phone) => Ok(phone),
            Err(message) => self.fail(name, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(zone: &str, text: &str) -> String {
        read(text, Some(&Zone::parse(zone).unwrap())).unwrap_or_else(|e| format!("refused: {e}"))
    }

    #[test]
    fn valid_numbers_get_their_international_form() {
        for (zone, typed, kept) in [
            ("Europe/Berlin", "\u{202A}+49 1512 3456789\u{202C}", "+49 1512 3456789"),
            ("Europe/Berlin", "+49 (0)1512/3456789", "+49 1512 3456789"),
            ("Europe/Berlin", "01512.3456789", "+49 1512 3456789"),
            ("Europe/Berlin", "0049\u{A0}1512\u{2011}3456789", "+49 1512 3456789"),
            ("Europe/Berlin", "tel:+4915123456789", "+49 1512 3456789"),
            ("Europe/Berlin", "TEL:+49-1512-3456789", "+49 1512 3456789"),
            ("Europe/Berlin", "+٤٩ ١٥١٢ ٣٤٥٦٧٨٩", "+49 1512 3456789"),
            ("Europe/Berlin", "＋４９（０）１５１２／３４５６７８９", "+49 1512 3456789"),
            ("Europe/Berlin", "030 901820", "+49 30 901820"),
            ("Europe/Berlin", "030/901820 ext. 12", "+49 30 901820 ext. 12"),
            ("Europe/Berlin", "030 901820 x12", "+49 30 901820 ext. 12"),
            ("Europe/Berlin", "tel:+49-30-901820;ext=12", "+49 30 901820 ext. 12"),
            ("Europe/Berlin", "030 901820, Durchwahl 12", "+49 30 901820 ext. 12"),
            ("Europe/Berlin", "030 901820-12", "+49 30 901820-12"),
            ("Europe/London", "(020) 7946 0018", "+44 20 7946 0018"),
            ("Europe/London", "+44 (0) 20 7946 0018 Ext 7", "+44 20 7946 0018 ext. 7"),
            ("America/New_York", "(212) 555-2368", "+1 212-555-2368"),
            ("America/New_York", "212-555-2368-12", "+1 212-555-2368 ext. 12"),
            ("America/New_York", "0049 30 901820", "+49 30 901820"),
            ("America/New_York", "011 49 30 901820", "+49 30 901820"),
            ("Asia/Kolkata", "०९८७६५ ४३२१०", "+91 98765 43210"),
            ("Asia/Calcutta", "98765-43210", "+91 98765 43210"),
            ("Europe/Rome", "06 6982 1234", "+39 06 6982 1234"),
            ("UTC", "+49 30 901820", "+49 30 901820"),
            ("Europe/Berlin", " \u{200B} ", ""),
        ] {
            assert_eq!(at(zone, typed), kept, "{typed:?} in {zone}");
            assert_eq!(at("UTC", kept), kept, "kept as it is read");
        }
    }

    #[test]
    fn a_number_without_a_numbering_plan_is_kept_as_typed() {
        for kept in [
            "ext. 12",
            "112",
            "+49 30 1",
            "+234 1 234",
            "030 901820 / 0151 23456789",
            "0151 23456789 evenings",
            "Mum: 030 901820",
            "1-800-FLOWERS",
            "0800 RING 12",
        ] {
            assert_eq!(at("Europe/Berlin", kept), kept);
        }
        assert_eq!(at("UTC", "030 901820"), "030 901820", "no country");
        for bad in ["call me", "1", "ana99@example.org", "99\n88", &"1 ".repeat(40)] {
            assert!(read(bad, None).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_stored_number_has_a_link_that_dials_it() {
        for (kept, dialled) in [
            ("+49 30 901820 ext. 12", Some("tel:+4930901820;ext=12")),
            ("+49 30 901820-12", Some("tel:+493090182012")),
            ("112", Some("tel:112")),
            ("(030) 901 820", Some("tel:030901820")),
            ("ext. 12", None),
            ("030 901820 / 0151 23456789", None),
            ("Mum: 030 901820", None),
            ("", None),
        ] {
            assert_eq!(tel_link(kept).as_deref(), dialled, "{kept}");
        }
    }

    #[test]
    fn time_zones_have_their_country() {
        assert!(COUNTRIES.len() > 400);
        for (zone, code) in
            [("Europe/Berlin", "DE"), ("Africa/Lagos", "NG"), ("US/Pacific", "US"), ("Asia/Calcutta", "IN")]
        {
            assert_eq!(COUNTRIES.get(zone).map(AsRef::as_ref), Some(code));
        }
        assert!(!COUNTRIES.contains_key("UTC"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_digit_is_lost_and_a_second_reading_changes_nothing(text in "(\\+|00|0|tel:)?[0-9 ()/.-]{4,18}( ?(ext\\.|x|-|#|;ext=) ?[0-9]{1,5})?") {
            let zone = Zone::parse("Europe/Berlin").unwrap();
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            if let Ok(kept) = read(&text, Some(&zone)) {
                prop_assert_eq!(read(&kept, Some(&zone)), Ok(kept.clone()));
                let significant = digits(&text).trim_start_matches('0').to_owned();
                let tail: String = significant.chars().skip(significant.len().saturating_sub(6)).collect();
                prop_assert!(digits(&kept).ends_with(&tail), "{} of {}", kept, text);
            }
        }

        #[test]
        fn any_text_can_be_read_without_a_panic(text in "\\PC{0,30}") {
            let _ = read(&text, Some(&Zone::parse("Europe/Berlin").unwrap())).map(|kept| tel_link(&kept));
        }
    }
}
