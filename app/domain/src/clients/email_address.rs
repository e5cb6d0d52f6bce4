//! Email addresses: cleaning, checking and comparing them.

use std::{
    hash::{Hash, Hasher},
    net::IpAddr,
};

use icu_properties::{CodePointMapData, props::GeneralCategory};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    form::{Read, Reader},
    typed,
};

const WRONG: &str = "Enter an email address such as name@example.org.";
const LONG: &str = "Enter a shorter email address: this one is too long to be delivered.";
const NUMBERS: &str = "Enter an address that ends in a name such as example.org, not in numbers.";

/// The highest number of octets in an address (RFC 5321 §4.5.3.1.3: a path has
/// 256 with its angle brackets).
const LONGEST: usize = 254;
/// The highest number of bytes in an address as typed, with the spaces around it
/// and the invisible characters in it.
const LONGEST_TYPED: usize = 4_000;
/// The highest number of octets before the `@` (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// An email address that is valid by its form: a dot-atom (RFC 5321 §4.1.2, with
/// UTF-8 by RFC 6531) and a domain by the rules of IDNA (UTS #46). The domain is
/// stored in Unicode and lower case, the part before the `@` as written.
///
/// Two addresses are equal if their [`Email::key`]s are: as mail servers are run,
/// mail to both then reaches the same mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as typed or pasted.
    ///
    /// # Errors
    /// A sentence for the field that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        // The IDNA rules are slow for long text.
        if text.len() > LONGEST_TYPED {
            return Err(LONG);
        }
        let text = typed::line(text);
        if text.chars().any(char::is_control) {
            return Err(WRONG);
        }
        let text = text.replace(['\u{FF20}', '\u{FE6B}'], "@");
        let text = strip_scheme(&text);
        let (local, domain) = text.rsplit_once('@').ok_or(WRONG)?;
        let local = read_local(local)?;
        let (unicode, ascii) = read_domain(domain)?;
        if local.len() + 1 + unicode.len().max(ascii.len()) > LONGEST {
            return Err(LONG);
        }
        Ok(Self(format!("{local}@{unicode}")))
    }

    /// Reads an address from the database. An address that an earlier version
    /// accepted and this version refuses is kept as it is, so that a person can
    /// see and correct it. `None`: the text is not an address at all.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::parse(text).ok().or_else(|| {
            let shaped = text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
            (shaped && !text.chars().any(|c| c.is_control() || c.is_whitespace())).then(|| Self(text.to_owned()))
        })
    }

    /// The address as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which addresses are searched and compared: in lower case, with
    /// the domain in A-labels (`xn--…`).
    pub fn key(&self) -> String {
        let Some((local, domain)) = self.0.rsplit_once('@') else { return self.0.to_lowercase() };
        let local: String = local.to_lowercase().nfc().collect();
        match to_ascii(domain) {
            Some(domain) => format!("{local}@{domain}"),
            None => format!("{local}@{}", domain.to_lowercase()),
        }
    }

    /// The key of an address as typed; empty, which is the key of no address, if
    /// the text is not an address.
    pub fn key_of(text: &str) -> String {
        Self::parse(text).ok().or_else(|| Self::from_stored(text.trim())).map_or_else(String::new, |email| email.key())
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.key() == other.key()
    }
}

impl Eq for EmailAddress {}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// Removes the `mailto:` of a copied link.
fn strip_scheme(text: &str) -> &str {
    match text.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
        _ => text,
    }
}

/// Reads the part before the `@`: atoms with dots between them.
fn read_local(text: &str) -> Result<String, &'static str> {
    // Wide letters and digits of other scripts become ASCII if the whole part is
    // ASCII then; a name in another script is kept as written.
    let plain = typed::code(text);
    let local = if plain.is_ascii() { plain } else { text.to_owned() };
    if local.len() > LONGEST_LOCAL {
        return Err(LONG);
    }
    let fits = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext));
    if fits { Ok(local) } else { Err(WRONG) }
}

/// Whether a character may be in an atom (RFC 5322 §3.2.3). Beyond ASCII, all
/// may but spaces, separators, and control, private-use and unassigned
/// characters.
fn is_atext(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    }
    !c.is_whitespace()
        && !matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            GeneralCategory::Control
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate
                | GeneralCategory::Unassigned
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::SpaceSeparator
        )
}

/// Reads the part after the `@`. The result has the domain in Unicode and in
/// A-labels.
fn read_domain(text: &str) -> Result<(String, String), &'static str> {
    // The full stop of a sentence, or of a fully qualified name.
    let text = text.strip_suffix(['.', '\u{3002}', '\u{FF0E}', '\u{FF61}']).unwrap_or(text);
    let text: String = text.chars().map(|c| typed::ascii_digit(c).unwrap_or(c)).collect();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if text.starts_with('[') || bare.parse::<IpAddr>().is_ok() {
        return Err(NUMBERS);
    }
    let ascii = to_ascii(&text).ok_or(if text.len() > LONGEST { LONG } else { WRONG })?;
    match ascii.rsplit_once('.') {
        Some((_, last)) if last.bytes().all(|b| b.is_ascii_digit()) => return Err(NUMBERS),
        Some(_) => {}
        // The machine itself, for tests. No other name without a dot is resolved
        // for mail (RFC 5321 §2.3.5).
        None if ascii == "localhost" => {}
        None => return Err(WRONG),
    }
    let (unicode, fits) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    if fits.is_err() {
        return Err(WRONG);
    }
    Ok((unicode.into_owned(), ascii))
}

/// A domain in A-labels and lower case; `None` if it is not valid. A label has
/// at most 63 octets: letters, digits, and hyphens inside.
pub fn to_ascii(domain: &str) -> Option<String> {
    let uts46 = Uts46::new();
    uts46
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

impl Reader<'_> {
    /// Reads an email address.
    pub fn email(&mut self, name: &str) -> Read<EmailAddress> {
        match EmailAddress::parse(self.raw(name)) {
            Ok(email) => Ok(email),
            Err(message) => self.fail(name, message),
        }
    }

    /// Reads an email address; `None` if the field is blank.
    pub fn optional_email(&mut self, name: &str) -> Read<Option<EmailAddress>> {
        if typed::is_blank(self.raw(name)) { Ok(None) } else { self.email(name).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        EmailAddress::parse(text).map_or_else(|e| format!("refused: {e}"), |email| email.as_str().to_owned())
    }

    #[test]
    fn addresses_are_cleaned() {
        for (typed, kept) in [
            ("\u{200B}ana@example.org", "ana@example.org"),
            ("ana\u{AD}@example.org", "ana@example.org"),
            ("\u{2068}ana@example.org\u{2069} ", "ana@example.org"),
            ("ana＠example．org", "ana@example.org"),
            ("ana@example。org", "ana@example.org"),
            ("ａｎａ７@example.org", "ana7@example.org"),
            ("ana٧@example٧.org", "ana7@example7.org"),
            ("mailto:Ana.M@Example.ORG", "Ana.M@example.org"),
            ("ana@example.org.", "ana@example.org"),
            ("ana@xn--mller-probe-thb.example", "ana@müller-probe.example"),
            ("ana@Müller-Probe.example", "ana@müller-probe.example"),
            ("अनन्या@example.org", "अनन्या@example.org"),
            ("o'neill+a/b=c@example.org", "o'neill+a/b=c@example.org"),
            ("maría@пример.рф", "maría@пример.рф"),
            ("x+y@localhost", "x+y@localhost"),
            ("ana@3com.example", "ana@3com.example"),
            ("ana@r3---sn.example", "ana@r3---sn.example"),
        ] {
            assert_eq!(read(typed), kept, "{typed:?}");
        }
    }

    #[test]
    fn invalid_addresses_are_refused() {
        let label = "a".repeat(64);
        let long = format!("a@{}.example", ["b".repeat(61), "c".repeat(61), "d".repeat(61), "e".repeat(61)].join("."));
        let local = format!("{}@example.org", "a".repeat(65));
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a b@c.example",
            "a@b..example",
            "a@.example",
            "a\n@b.example",
            "a@b.example\r\nBcc: d@e.example",
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "<a@b.example>",
            "Ana <a@b.example>",
            "a@b.example, c@d.example",
            "\"a b\"@c.example",
            "a(b)@c.example",
            "ana@-example.org",
            "ana@example-.org",
            "ana@exa_mple.org",
            "ana@example.123",
            "ana@192.0.2.1",
            "ana@[192.0.2.1]",
            "ana@[IPv6:2001:db8::1]",
            "ana@2001:db8::1",
            "ana@intranet",
            "ana@xn--a.example",
            "ana@☃\u{E000}.example",
            "a\u{E000}@example.org",
            &format!("ana@{label}.example"),
            &long,
            &local,
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?} is {}", read(bad));
        }
        assert_eq!(EmailAddress::parse("ana@[192.0.2.1]"), Err(NUMBERS));
        assert_eq!(EmailAddress::parse(&local), Err(LONG));
    }

    #[test]
    fn addresses_of_one_mailbox_are_equal() {
        let email = |text| EmailAddress::parse(text).unwrap();
        assert_eq!(email("ana@MÜLLER.example"), email("Ana@xn--mller-kva.example"));
        assert_eq!(email("MARÍA@example.org"), email("mari\u{301}a@EXAMPLE.org"));
        assert_ne!(email("ana@muller.example"), email("ana@müller.example"));
        assert_ne!(email("ana@example.org"), email("anna@example.org"));
        assert_eq!(EmailAddress::key_of(" ANA\u{200B}@Müller.example "), "ana@xn--mller-kva.example");
        assert_eq!(EmailAddress::key_of("ana"), "");
        // An address that an earlier version accepted is kept, and compared as
        // it is.
        assert_eq!(EmailAddress::from_stored("Ana@-example.org").unwrap().key(), "ana@-example.org");
        assert!(EmailAddress::from_stored("").is_none() && EmailAddress::from_stored("no address").is_none());
    }

    proptest! {
            #![proptest_config(ProptestConfig::with_cases(2000))]

            #[test]
            fn parsing_twice_changes_nothing(text in "[a-zA-ZäÄéß٣３.+_'\u{200B}-]{1,12}[@＠][a-zA-Z0-9äßéИн٣３.。-]{1,12}\\.[a-zé]{2,5}") {
                if let Ok(email) = EmailAddress::parse(&text) {
                    prop_assert_eq!(read(email.as_str()), email.as_str());
                    let key = email.key();
                    prop_assert_eq!(EmailAddress::parse(&key).map(|email| email.key()), Ok(key.clone()));
    if !text.contains('ß') {
                        prop_assert_eq!(EmailAddress::parse(&text.to_uppercase()).map(|email| email.key()), Ok(key));
                    }
                }
            }
        }
}
