//! What the headings of a list probably mean.
//!
//! The aliases are those that practice programs, address books and spreadsheets use,
//! in English and German, in the form of [`search_key`]: lower case, without accents and
//! signs. A person corrects what is guessed wrongly.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    Choices, ClientList, Inactive, Meaning, Pairing, cells,
    dates::{self, Evidence},
    names::{People, people},
};
use crate::clients::{person::Zone, search::search_key};

/// The aliases of each meaning; the more telling ones are first.
const ALIASES: &[(Meaning, &[&str])] = &[
    (
        Meaning::First,
        &[
            "first name",
            "given name",
            "vorname",
            "first",
            "firstname",
            "given",
            "forename",
            "legal first name",
            "givenname",
            "vornamen",
            "rufname",
            "name first",
            "fname",
        ],
    ),
    (
        Meaning::Middle,
        &["middle name", "middle", "middle initial", "additional name", "zweiter vorname", "middlename", "mi"],
    ),
    (
        Meaning::Last,
        &[
            "last name",
            "surname",
            "family name",
            "nachname",
            "familienname",
            "last",
            "lastname",
            "legal last name",
            "zuname",
            "familyname",
            "name last",
            "lname",
            "second name",
        ],
    ),
    (
        Meaning::Name,
        &[
            "full name",
            "name",
            "client name",
            "patient name",
            "client",
            "patient",
            "display name",
            "fullname",
            "klient",
            "klientin",
            "klient in",
            "patientin",
            "couple name",
            "contact name",
            "vollstandiger name",
            "legal name",
            "clients",
            "name vorname",
            "nachname vorname",
            "vor und nachname",
            "klientenname",
            "person",
            "couple",
            "paar",
        ],
    ),
    (Meaning::Pronouns, &["pronouns", "pronomen", "preferred pronouns"]),
    (
        Meaning::Email,
        &[
            "email",
            "e mail",
            "email address",
            "e mail address",
            "e mail adresse",
            "email adresse",
            "mail",
            "primary email",
            "emailaddress",
            "mailadresse",
            "e mail 1 value",
            "email 1 value",
            "home email",
            "personal email",
            "email home",
            "e mail privat",
            "email 1",
            "e mail 1",
            "work email",
            "secondary email",
            "email 2",
            "e mail 2",
            "email 2 value",
            "e mail 2 value",
            "e mail 2 address",
            "other email",
        ],
    ),
    (
        Meaning::Phone,
        &[
            "mobile",
            "mobile phone",
            "mobile number",
            "cell",
            "cell phone",
            "handy",
            "handynummer",
            "mobil",
            "mobilnummer",
            "mobiltelefon",
            "telefon mobil",
            "phone mobile",
            "phone",
            "phone number",
            "primary phone",
            "telephone",
            "tel",
            "telefon",
            "telefonnummer",
            "rufnummer",
            "home phone",
            "phone home",
            "telefon privat",
            "festnetz",
            "phone 1 value",
            "phone 1",
            "work phone",
            "phone work",
            "phone 2",
            "phone 2 value",
            "other phone",
            "mobilephone",
            "cellphone",
            "tel mobil",
            "tel privat",
            "home number",
            "contact number",
        ],
    ),
    (
        Meaning::Birth,
        &[
            "date of birth",
            "dob",
            "birth date",
            "birthdate",
            "birthday",
            "geburtsdatum",
            "geburtstag",
            "geb datum",
            "geb",
            "geboren am",
            "geboren",
            "d o b",
            "born",
            "date of birth dob",
            "bday",
            "gebdatum",
        ],
    ),
    (
        Meaning::Status,
        &[
            "status",
            "client status",
            "patient status",
            "active",
            "aktiv",
            "is active",
            "inactive",
            "archived",
            "inaktiv",
            "archiviert",
            "account status",
        ],
    ),
    (
        Meaning::Therapist,
        &[
            "primary clinician",
            "clinician",
            "therapist",
            "primary therapist",
            "practitioner",
            "primary practitioner",
            "therapeut",
            "therapeutin",
            "therapeut in",
            "provider",
            "primary provider",
            "counsellor",
            "counselor",
            "berater",
            "beraterin",
            "behandler",
            "behandlerin",
            "assigned clinician",
            "assigned to",
            "assigned therapist",
            "zustandig",
            "staff member",
            "usual practitioner",
            "clinician name",
            "therapist name",
        ],
    ),
    (
        Meaning::Couple,
        &[
            "couple id",
            "couple number",
            "couple no",
            "family id",
            "family number",
            "household id",
            "household",
            "family",
            "group id",
            "group",
            "client group",
            "paarnummer",
            "paar nr",
            "paar id",
            "familiennummer",
            "familie",
            "haushalt",
            "fallnummer",
            "fall nr",
            "case number",
            "case id",
            "case",
            "relationship id",
            "couple",
            "paar",
            "linked client id",
            "couple code",
        ],
    ),
    (
        Meaning::PartnerName,
        &[
            "partner",
            "partner name",
            "spouse",
            "spouse name",
            "partner full name",
            "partnerin",
            "ehepartner",
            "ehepartnerin",
            "husband",
            "wife",
            "name of partner",
            "significant other",
            "name partner",
            "client 2",
            "client 2 name",
            "person 2",
            "partner 2",
            "partner b",
            "second client",
            "second partner",
            "partner 2 name",
            "partner in",
            "spouse partner",
            "related client",
        ],
    ),
];

/// What comes before a heading that is about the second partner.
const SECOND: [&str; 20] = [
    "partner ",
    "spouse ",
    "client 2 ",
    "partner 2 ",
    "partner b ",
    "person 2 ",
    "second ",
    "second client ",
    "second partner ",
    "partnerin ",
    "ehepartner ",
    "client b ",
    "person b ",
    "partner s ",
    "spouse s ",
    "partners ",
    "spouses ",
    "p2 ",
    "member 2 ",
    "other partner ",
];
/// What comes behind a heading that is about the second partner.
const SECOND_BEHIND: [&str; 8] =
    [" partner", " partnerin", " spouse", " partner 2", " partner b", " ehepartner", " of partner", " client 2"];
/// What comes before a heading that is about the first of two partners, or the client.
const FIRST: [&str; 13] = [
    "client 1 ",
    "partner 1 ",
    "partner a ",
    "person 1 ",
    "client a ",
    "person a ",
    "client ",
    "patient ",
    "klient ",
    "p1 ",
    "member 1 ",
    "client s ",
    "clients ",
];
/// Columns that are told by a 2 behind them only where they are no second address.
const NUMBERED: [(&str, Meaning); 8] = [
    ("first name 2", Meaning::PartnerFirst),
    ("vorname 2", Meaning::PartnerFirst),
    ("last name 2", Meaning::PartnerLast),
    ("surname 2", Meaning::PartnerLast),
    ("nachname 2", Meaning::PartnerLast),
    ("name 2", Meaning::PartnerName),
    ("date of birth 2", Meaning::PartnerBirth),
    ("dob 2", Meaning::PartnerBirth),
];

/// The meaning for the second partner of a meaning for the first; `None`: there is none.
const fn of_partner(meaning: Meaning) -> Option<Meaning> {
    match meaning {
        Meaning::Name => Some(Meaning::PartnerName),
        Meaning::First => Some(Meaning::PartnerFirst),
        Meaning::Last => Some(Meaning::PartnerLast),
        Meaning::Pronouns => Some(Meaning::PartnerPronouns),
        Meaning::Email => Some(Meaning::PartnerEmail),
        Meaning::Phone => Some(Meaning::PartnerPhone),
        Meaning::Birth => Some(Meaning::PartnerBirth),
        _ => None,
    }
}

/// The meanings that a heading may have, each with how telling its alias is (less is
/// more).
fn meanings(head: &str) -> Vec<(Meaning, usize)> {
    let key = search_key(head);
    let by_alias = |key: &str| -> Vec<(Meaning, usize)> {
        let place = |aliases: &[&str]| aliases.iter().position(|alias| *alias == key);
        ALIASES.iter().filter_map(|(meaning, aliases)| Some((*meaning, place(aliases)?))).collect()
    };
    if let Some((_, meaning)) = NUMBERED.iter().find(|(alias, _)| *alias == key) {
        return vec![(*meaning, 0)];
    }
    let plain = by_alias(&key);
    if !plain.is_empty() {
        return plain;
    }
    let before = SECOND.iter().filter_map(|start| key.strip_prefix(start));
    let behind = SECOND_BEHIND.iter().filter_map(|end| key.strip_suffix(end));
    let second: Vec<_> = before
        .chain(behind)
        .flat_map(by_alias)
        .filter_map(|(meaning, rank)| Some((of_partner(meaning)?, rank)))
        .collect();
    if !second.is_empty() {
        return second;
    }
    let first = FIRST.iter().filter_map(|start| key.strip_prefix(start)).flat_map(by_alias);
    first.map(|(meaning, rank)| (meaning, rank + 100)).collect()
}

/// How many headings of a row mean something: a row with several is the row of
/// headings.
pub fn known_heads<'a>(cells: impl IntoIterator<Item = &'a str>) -> usize {
    cells.into_iter().filter(|cell| !meanings(cell).is_empty()).count()
}

/// How many rows are looked at to tell what a column has.
const LOOKED_AT: usize = 500;

/// Proposes what the columns of a list mean. `zone` is the practice's, from which the
/// habit of writing dates is taken where the dates do not tell.
pub fn guess(list: &ClientList, zone: &Zone, today: NaiveDate) -> Choices {
    let meanings = guess_meanings(list);
    let mut choices = Choices {
        meanings,
        pairing: Pairing::Single,
        dates: dates::habit(zone.name()),
        inactive: Inactive::Archive,
        therapist: None,
        matches: BTreeMap::new(),
    };
    let births = [Meaning::Birth, Meaning::PartnerBirth].into_iter().filter_map(|meaning| choices.column(meaning));
    let texts = births.flat_map(|column| list.rows.iter().map(move |row| row.cell(column)));
    if let Evidence::Proved(order) = dates::evidence(texts, today) {
        choices.dates = order;
    }
    choices.pairing = guess_pairing(list, &choices);
    choices
}

/// Proposes the meaning of each column.
fn guess_meanings(list: &ClientList) -> Vec<Meaning> {
    let looked_at = || list.rows.iter().take(LOOKED_AT);
    let mut candidates: Vec<Vec<(Meaning, usize)>> = list.heads.iter().map(|head| meanings(head)).collect();
    for (column, found) in candidates.iter_mut().enumerate() {
        let texts = || looked_at().map(|row| cells::value(row.cell(column))).filter(|text| !text.is_empty());
        // A column “Couple” has names or numbers.
        if found.iter().any(|(meaning, _)| *meaning == Meaning::Couple) && found.len() > 1 {
            let names = texts().filter(|text| matches!(people(text), People::Two { .. })).count();
            let wrong = if names * 2 > texts().count() { Meaning::Couple } else { Meaning::Name };
            found.retain(|(meaning, _)| *meaning != wrong);
        }
        if found.is_empty() && list.heads[column].is_empty() {
            found.extend(by_values(texts()).map(|meaning| (meaning, 50)));
        }
    }
    let mut meanings = vec![Meaning::Detail; list.heads.len()];
    // First and last names tell more than a column with both.
    let has = |wanted| candidates.iter().flatten().any(|(meaning, _)| *meaning == wanted);
    let apart = has(Meaning::First) && has(Meaning::Last);
    for meaning in Meaning::ALL {
        let mut columns: Vec<(usize, usize)> = candidates
            .iter()
            .enumerate()
            .filter_map(|(at, found)| Some((found.iter().find(|(m, _)| m == meaning)?.1, at)))
            .filter(|(_, at)| meanings[*at] == Meaning::Detail)
            .collect();
        columns.sort_unstable();
        for (n, (_, at)) in columns.into_iter().enumerate() {
            meanings[at] = match (meaning, n) {
                (Meaning::Name, _) if apart => Meaning::Skip,
                (meaning, 0) => *meaning,
                (meaning, _) if meaning.is_repeatable() => *meaning,
                _ => Meaning::Detail,
            };
        }
    }
    for (at, meaning) in meanings.iter_mut().enumerate() {
        if *meaning == Meaning::Detail && list.rows.iter().all(|row| cells::value(row.cell(at)).is_empty()) {
            *meaning = Meaning::Skip;
        }
    }
    meanings
}

/// What a column without a heading probably has, by its texts; `None`: it is not
/// clear.
fn by_values(texts: impl Iterator<Item = String>) -> Option<Meaning> {
    let texts: Vec<String> = texts.collect();
    let most = |is: fn(&str) -> bool| texts.iter().filter(|text| is(text)).count() * 3 > texts.len() * 2;
    if texts.is_empty() {
        None
    } else if most(|text| text.contains('@') && !text.contains(' ')) {
        Some(Meaning::Email)
    } else if most(|text| {
        text.chars().filter(char::is_ascii_digit).count() >= 6
            && !text.chars().any(char::is_alphabetic)
            && text.len() > 8
    }) {
        Some(Meaning::Phone)
    } else if most(|text| text.chars().all(|c| c.is_alphabetic() || " '’-,&.".contains(c)) && text.contains(' ')) {
        Some(Meaning::Name)
    } else {
        None
    }
}

/// Proposes how couples are written.
fn guess_pairing(list: &ClientList, choices: &Choices) -> Pairing {
    let rows = || list.rows.iter().take(LOOKED_AT);
    let of_columns = [Meaning::PartnerFirst, Meaning::PartnerLast, Meaning::PartnerEmail, Meaning::PartnerBirth];
    if of_columns.iter().any(|meaning| choices.column(*meaning).is_some()) {
        return Pairing::Columns;
    }
    let name = |row| super::plan::row_name(row, choices);
    if let Some(column) = choices.column(Meaning::PartnerName) {
        let known: std::collections::BTreeSet<String> = list.rows.iter().map(|row| search_key(&name(row))).collect();
        let partners: Vec<String> =
            rows().map(|row| cells::value(row.cell(column))).filter(|p| !p.is_empty()).collect();
        let found = partners.iter().filter(|p| known.contains(&search_key(&super::names::in_order(p)))).count();
        return if found * 2 >= partners.len().max(1) { Pairing::Rows } else { Pairing::Columns };
    }
    if let Some(column) = choices.column(Meaning::Couple) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for value in list.rows.iter().map(|row| cells::value(row.cell(column))).filter(|value| !value.is_empty()) {
            *counts.entry(value.to_lowercase()).or_default() += 1;
        }
        if counts.values().any(|n| *n == 2) {
            return Pairing::Rows;
        }
    }
    let has_two = |row| matches!(super::plan::row_people(row, choices), People::Two { .. });
    if rows().any(has_two) { Pairing::Names } else { Pairing::Single }
}
