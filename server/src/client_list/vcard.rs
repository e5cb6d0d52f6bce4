//! vCard (RFC 6350, and the older 2.1 and 3.0), as address books write it: each card
//! becomes a row.

use calcard::{
    Entry, Parser,
    common::IanaString as _,
    vcard::{VCard, VCardEntry, VCardParameterName, VCardParameterValue, VCardProperty, VCardType, VCardValue},
};
use domain::portability::client_list::{ClientList, Row};

/// The headings of the rows.
const HEADS: [&str; 13] = [
    "Name",
    "Pronouns",
    "Email",
    "Email 2",
    "Other email",
    "Mobile",
    "Phone",
    "Phone 2",
    "Date of birth",
    "Partner",
    "Address",
    "Organisation",
    "Notes",
];

/// The columns of [`HEADS`].
const NAME: usize = 0;
const PRONOUNS: usize = 1;
const EMAILS: [usize; 3] = [2, 3, 4];
const PHONES: [usize; 3] = [5, 6, 7];
const BIRTH: usize = 8;
const PARTNER: usize = 9;
const ADDRESS: usize = 10;
const ORGANISATION: usize = 11;
const NOTES: usize = 12;

/// Reads a text that begins with a card.
pub(super) fn read(text: &str) -> ClientList {
    let mut list = ClientList { heads: HEADS.map(str::to_owned).to_vec(), ..ClientList::default() };
    let mut unread = 0_usize;
    for (n, card) in cards(text).iter().enumerate() {
        match Parser::new(card).entry() {
            Entry::VCard(card) => list.rows.push(Row { number: n + 1, cells: cells(&card) }),
            _ => unread += 1,
        }
    }
    if unread > 0 {
        let cards = if unread == 1 { "1 card was".to_owned() } else { format!("{unread} cards were") };
        list.remarks.push(format!("{cards} not understood and left out."));
    }
    list
}

/// The cards of a text. A card that does not end ends where the next begins, so that it
/// takes no other with it.
fn cards(text: &str) -> Vec<String> {
    let mut cards: Vec<String> = Vec::new();
    for line in text.lines() {
        let is = |word: &str| line.trim().eq_ignore_ascii_case(word);
        if is("BEGIN:VCARD") {
            cards.push(String::new());
        }
        if let Some(card) = cards.last_mut() {
            // The end is written once, below.
            if !is("END:VCARD") {
                card.push_str(line);
                card.push_str("\r\n");
            }
        }
    }
    cards.iter_mut().for_each(|card| card.push_str("END:VCARD\r\n"));
    cards
}

/// The cells of a card's row.
fn cells(card: &VCard) -> Vec<String> {
    let mut cells = vec![String::new(); HEADS.len()];
    let all = |property: VCardProperty| card.entries.iter().filter(move |entry| entry.name == property);
    let first = |property: VCardProperty| all(property).next().map(text_of).unwrap_or_default();
    cells[NAME] = all(VCardProperty::N)
        .next()
        .map(name_of)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| first(VCardProperty::Fn));
    cells[PRONOUNS] = first(VCardProperty::Pronouns);
    for (place, entry) in EMAILS.into_iter().zip(all(VCardProperty::Email)) {
        cells[place] = text_of(entry);
    }
    // Mobile numbers first.
    let mut phones: Vec<&VCardEntry> =
        all(VCardProperty::Tel).filter(|entry| !is_type(entry, &VCardType::Fax)).collect();
    phones.sort_by_key(|entry| !is_type(entry, &VCardType::Cell));
    for (place, entry) in PHONES.into_iter().zip(phones) {
        cells[place] = text_of(entry).trim_start_matches("tel:").to_owned();
    }
    cells[BIRTH] = all(VCardProperty::Bday).next().map(date_of).unwrap_or_default();
    cells[PARTNER] = partner_of(card);
    cells[ADDRESS] = joined(all(VCardProperty::Adr).map(|entry| parts_of(entry).join(", ")));
    cells[ORGANISATION] = first(VCardProperty::Org);
    cells[NOTES] = joined(all(VCardProperty::Note).map(text_of));
    cells
}

/// Texts that are not empty, each on a line.
fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether an entry has this type.
fn is_type(entry: &VCardEntry, wanted: &VCardType) -> bool {
    entry.parameters(&VCardParameterName::Type).any(|value| match value {
        VCardParameterValue::Type(own) => own == wanted,
        VCardParameterValue::Text(own) => own.eq_ignore_ascii_case(wanted.as_str()),
        _ => false,
    })
}

/// The texts of an entry's parts, without empty ones.
fn parts_of(entry: &VCardEntry) -> Vec<String> {
    let parts = entry.values.iter().map(|value| match value {
        VCardValue::Component(parts) => parts.join(" "),
        other => other.as_text().unwrap_or_default().to_owned(),
    });
    parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The text of an entry.
fn text_of(entry: &VCardEntry) -> String {
    parts_of(entry).join(", ")
}

/// The name in the order in which it is said: given, additional, family (RFC 6350
/// §6.2.2).
fn name_of(entry: &VCardEntry) -> String {
    let part = |at: usize| match entry.values.get(at) {
        Some(VCardValue::Component(parts)) => parts.join(" "),
        Some(other) => other.as_text().unwrap_or_default().trim().to_owned(),
        None => String::new(),
    };
    let (family, given, additional) = (part(0), part(1), part(2));
    let words = [given, additional, family];
    words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// A date of birth; a day without a year begins with `--`.
fn date_of(entry: &VCardEntry) -> String {
    match entry.values.first() {
        Some(VCardValue::PartialDateTime(date)) => match (date.year, date.month, date.day) {
            (Some(year), Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
            (None, Some(month), Some(day)) => format!("--{month:02}-{day:02}"),
            (Some(year), _, _) => year.to_string(),
            _ => String::new(),
        },
        Some(_) => text_of(entry),
        None => String::new(),
    }
}

/// The name of the partner, by RELATED (RFC 6350 §6.6.6) or as older address books write
/// it; empty: none is named.
fn partner_of(card: &VCard) -> String {
    let related = card.entries.iter().find(|entry| {
        entry.name == VCardProperty::Related
            && [VCardType::Spouse, VCardType::Sweetheart].iter().any(|kind| is_type(entry, kind))
    });
    let other = |entry: &VCardEntry, name: &str| match &entry.name {
        VCardProperty::Other(own) => own.eq_ignore_ascii_case(name),
        _ => false,
    };
    let spouse = card.entries.iter().find(|entry| {
        ["X-SPOUSE", "X-EVOLUTION-SPOUSE", "X-MS-SPOUSE", "X-KADDRESSBOOK-X-SPOUSESNAME"]
            .iter()
            .any(|name| other(entry, name))
    });
    // item1.X-ABRELATEDNAMES:Ben, item1.X-ABLabel:_$!<Spouse>!$_
    let labelled = card.entries.iter().find(|entry| {
        other(entry, "X-ABRELATEDNAMES")
            && card.entries.iter().any(|label| {
                let text = text_of(label).to_lowercase();
                other(label, "X-ABLABEL")
                    && label.group.is_some()
                    && label.group == entry.group
                    && (text.contains("spouse") || text.contains("partner"))
            })
    });
    let name = related.or(spouse).or(labelled).map(text_of).unwrap_or_default();
    // An address of another card is no name.
    if name.starts_with("urn:") || name.contains("://") { String::new() } else { name }
}
