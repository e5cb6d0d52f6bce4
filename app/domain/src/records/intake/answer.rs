//! Answers to items of the intake: how they are read from their form fields,
//! checked, filled in again and put into words.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Item, ItemKind, ItemReaders};
use crate::{
    clients::person::{AloneMail, Language, NAME_MAX, SafeContact, Zone, is_within_hours},
    form::{Errors, Form, Reader},
    typed,
};

/// The longest text of an answer, in characters.
pub const ANSWER_MAX: usize = 4_000;
/// The longest line of an answer, in characters.
const LINE_MAX: usize = 200;
/// The longest text that a draft keeps although it is too long for an answer, in
/// characters.
const DRAFT_MAX: usize = 20_000;

/// The beginning of the names of all fields with answers.
pub const PREFIX: &str = "s.";

crate::words! {
    /// A way to reach a person beside the portal.
    pub enum Channel {
        Email = "email", "Email";
        Phone = "phone", "Phone call";
        Message = "message", "Text message";
    }
}

crate::words! {
    /// Whether another person reads the mailbox or opens the phone.
    pub enum OthersRead {
        No = "no", "No";
        Yes = "yes", "Yes";
        Unsure = "unsure", "I’m not sure";
    }
}

/// An answer: the values of each field of its item. It is also the form of a
/// draft, whose values are as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answer(pub BTreeMap<String, Vec<String>>);

/// What a confirmed answer about contact details says of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDetails {
    pub name: String,
    pub pronouns: String,
    pub phone: String,
    pub zone: Zone,
    pub language: Language,
}

/// The name of an item's field in a form.
pub fn field(item: &str, name: &str) -> String {
    format!("{PREFIX}{item}.{name}")
}

/// The keys of the items whose fields a form has, each once.
pub fn touched(form: &Form) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (name, _) in &form.0 {
        if let Some((key, _)) = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.'))
            && !keys.iter().any(|known| known == key)
        {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// The names of the fields of an item, in the order in which they are asked.
pub fn own_fields(item: &Item) -> Vec<&str> {
    match item.kind {
        ItemKind::Text
        | ItemKind::LongText
        | ItemKind::Choice
        | ItemKind::Choices
        | ItemKind::Date
        | ItemKind::Number
        | ItemKind::YesNo => vec!["value"],
        ItemKind::Contact => vec!["name", "pronouns", "birth", "phone", "address", "zone", "language"],
        ItemKind::SafeContact => vec!["channel", "safe_from", "safe_until", "others", "others_note"],
        ItemKind::Emergency => vec!["none", "name", "relation", "phone"],
        ItemKind::Payer => vec!["share", "accepted"],
        ItemKind::Facts | ItemKind::Private => item.parts.iter().map(|part| part.key.as_str()).collect(),
        ItemKind::Consents | ItemKind::Measure => vec![],
    }
}

impl Answer {
    /// The first value of a field; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether no field has a value.
    pub fn is_blank(&self) -> bool {
        self.0.values().flatten().all(|value| typed::is_blank(value))
    }

    /// Sets a field to one value; an empty value removes the field.
    fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), vec![value]);
        }
    }

    /// What a form has for an item, whether it is valid or not.
    pub fn draft(item: &Item, form: &Form) -> Self {
        let mut draft = Self::default();
        for name in own_fields(item) {
            let values: Vec<String> = form
                .all(&field(&item.key, name))
                .map(|value| match (item.kind, name) {
                    // The field sends the place, such as "Berlin (UTC+1)".
                    (ItemKind::Contact, "zone") => zone_name(value),
                    _ => typed::lines(value).trim().chars().take(DRAFT_MAX).collect(),
                })
                .filter(|value| !value.is_empty())
                .collect();
            if !values.is_empty() {
                draft.0.insert(name.to_owned(), values);
            }
        }
        draft
    }

    /// Writes the answer into the form fields of its item.
    pub fn fill(&self, item: &Item, form: &mut Form) {
        for (name, values) in &self.0 {
            let name = field(&item.key, name);
            form.0.extend(values.iter().map(|value| (name.clone(), value.clone())));
        }
    }

    /// A short text that differs for answers that differ. A form carries that of
    /// the answer it shows, to tell what was changed in it. It protects nothing.
    pub fn fingerprint(&self) -> String {
        // FNV-1a, 64 bits.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for (name, values) in &self.0 {
            for byte in [name].into_iter().chain(values).flat_map(|text| text.bytes().chain([0])).chain([1]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{hash:016x}")
    }

    /// The person's own details in an answer about contact details. `None`: it
    /// was stored by a version of the program that knew other zones or languages.
    pub fn own_details(&self) -> Option<OwnDetails> {
        Some(OwnDetails {
            name: self.get("name").to_owned(),
            pronouns: self.get("pronouns").to_owned(),
            phone: self.get("phone").to_owned(),
            zone: Zone::parse(self.get("zone"))?,
            language: self.get("language").parse().ok()?,
        })
    }

    /// The person's contact settings after an answer about safe contact: what was
    /// set before, with these channels and hours. Where another person may read
    /// the mailbox, emails about what they do alone are in the portal only.
    #[must_use]
    pub fn safe_contact(&self, before: &SafeContact) -> SafeContact {
        let time = |name: &str| crate::form::parse_time(self.get(name));
        let hours = time("safe_from").zip(time("safe_until"));
        let channels = self.0.get("channel");
        let is_quiet = matches!(self.get("others"), "yes" | "unsure");
        SafeContact {
            portal_only: !channels.is_some_and(|channels| channels.iter().any(|c| c == Channel::Email.word())),
            hours,
            alone: if is_quiet { AloneMail::PortalOnly } else { before.alone },
            nudge_at: match hours {
                Some(hours) if !is_within_hours(before.nudge_at, hours) => hours.0,
                _ => before.nudge_at,
            },
            ..before.clone()
        }
    }

    /// The part of the answer that the front desk reads, in words; empty: nothing.
    pub fn lines_for_desk(&self, item: &Item) -> Vec<(String, String)> {
        let seen = |name: &str| matches!(name, "channel" | "safe_from" | "safe_until");
        match item.readers {
            ItemReaders::Desk => self.lines(item, Language::English),
            ItemReaders::Channels => {
                let channels = self.0.iter().filter(|(name, _)| seen(name));
                Self(channels.map(|(name, values)| (name.clone(), values.clone())).collect())
                    .lines(item, Language::English)
            }
            ItemReaders::Clinician | ItemReaders::Alone | ItemReaders::Shared | ItemReaders::Joint => vec![],
        }
    }

    /// The answer in words, a line for each field that has a value: its label and
    /// its text. Labels of fields that every list has are in English.
    pub fn lines(&self, item: &Item, language: Language) -> Vec<(String, String)> {
        let label = |name: &str| match item.kind {
            ItemKind::Facts | ItemKind::Private => {
                let part = item.parts.iter().find(|part| part.key == name);
                part.map_or(name, |part| part.label.in_language(language)).to_owned()
            }
            ItemKind::Contact | ItemKind::SafeContact | ItemKind::Emergency | ItemKind::Payer => {
                fixed_label(item.kind, name).to_owned()
            }
            ItemKind::Text
            | ItemKind::LongText
            | ItemKind::Choice
            | ItemKind::Choices
            | ItemKind::Date
            | ItemKind::Number
            | ItemKind::YesNo
            | ItemKind::Consents
            | ItemKind::Measure => item.label.in_language(language).to_owned(),
        };
        own_fields(item)
            .into_iter()
            .filter_map(|name| {
                let values = self.0.get(name).filter(|values| !values.is_empty())?;
                let texts: Vec<String> = values.iter().map(|value| value_text(item, name, value, language)).collect();
                Some((label(name), texts.join(", ")))
            })
            .collect()
    }
}

/// The name of the zone that was typed; what is no zone stays as it was typed.
fn zone_name(typed: &str) -> String {
    let form = Form::from_pairs([("zone", typed)]);
    Reader::new(&form)
        .zone("zone")
        .map_or_else(|_| typed.chars().take(DRAFT_MAX).collect(), |zone| zone.name().to_owned())
}

/// The English label of a field that every list has.
fn fixed_label(kind: ItemKind, name: &str) -> &'static str {
    match (kind, name) {
        (ItemKind::Contact, "name") => "Name used",
        (_, "pronouns") => "Pronouns",
        (_, "birth") => "Date of birth",
        (_, "phone") => "Phone",
        (_, "address") => "Postal address",
        (_, "zone") => "Time zone",
        (_, "language") => "Language",
        (_, "channel") => "Safe channels",
        (_, "safe_from") => "Safe from",
        (_, "safe_until") => "Safe until",
        (_, "others") => "Others read the mailbox or open the phone",
        (_, "others_note") => "More about that",
        (_, "none") => "No emergency contact",
        (_, "name") => "Name",
        (_, "relation") => "Relation",
        (_, "share") => "Share in percent",
        (_, "accepted") => "Accepts this share",
        _ => "Answer",
    }
}

/// A value of an answer in words.
fn value_text(item: &Item, name: &str, value: &str, language: Language) -> String {
    let word = |label: Option<&'static str>| label.unwrap_or(value).to_owned();
    match (item.kind, name) {
        (ItemKind::Choice | ItemKind::Choices, _) => {
            let part = item.parts.iter().find(|part| part.key == value);
            part.map_or(value, |part| part.label.in_language(language)).to_owned()
        }
        (ItemKind::YesNo, _) | (_, "none" | "accepted") => word(Some(if value == "no" { "No" } else { "Yes" })),
        (ItemKind::SafeContact, "channel") => word(value.parse().ok().map(Channel::label)),
        (ItemKind::SafeContact, "others") => word(value.parse().ok().map(OthersRead::label)),
        (ItemKind::Contact, "language") => word(value.parse().ok().map(Language::label)),
        (ItemKind::Date, _) | (ItemKind::Contact, "birth") if language == Language::English => {
            value.parse::<NaiveDate>().map_or_else(|_| value.to_owned(), |day| day.format("%-d %B %Y").to_string())
        }
        _ => value.to_owned(),
    }
}

/// Reads the answer to an item. `Ok(None)`: nothing was answered, and the item is
/// not needed.
///
/// # Errors
/// A field is not valid, or the item is needed and not answered.
pub fn read_item(item: &Item, form: &Form) -> Result<Option<Answer>, Errors> {
    let prefix = field(&item.key, "");
    let mut r = Reader::prefixed(form, &prefix);
    let draft = Answer::draft(item, form);
    if draft.is_blank() && !item.needed && item.kind != ItemKind::Private {
        return Ok(None);
    }
    let mut answer = Answer::default();
    let read = match item.kind {
        ItemKind::Contact => read_contact(&mut r, &mut answer),
        ItemKind::SafeContact => read_safe_contact(&mut r, &mut answer),
        ItemKind::Emergency => read_emergency(&mut r, &mut answer),
        ItemKind::Payer => read_payer(&mut r, &mut answer),
        ItemKind::Facts => read_parts(&mut r, item, &mut answer, true),
        ItemKind::Private => read_parts(&mut r, item, &mut answer, false),
        ItemKind::Consents | ItemKind::Measure => Ok(()),
        ItemKind::Text
        | ItemKind::LongText
        | ItemKind::Choice
        | ItemKind::Choices
        | ItemKind::Date
        | ItemKind::Number
        | ItemKind::YesNo => read_plain(&mut r, item, &mut answer),
    };
    r.finish()?;
    read?;
    Ok((item.kind.is_answered() && (item.kind == ItemKind::Private || !answer.is_blank())).then_some(answer))
}

/// Reads the answer to a plain question.
fn read_plain(r: &mut Reader<'_>, item: &Item, answer: &mut Answer) -> Result<(), Errors> {
    const CHOOSE: &str = "Choose one of these.";
    let least = usize::from(item.needed);
    let is_part = |value: &str| item.parts.iter().any(|part| part.key == value);
    match item.kind {
        ItemKind::Text => answer.set("value", r.text("value", least..=LINE_MAX, "Answer this question.")?),
        ItemKind::Date => {
            let date = r.optional_date("value", "Enter a date.")?;
            match date {
                Some(date) => answer.set("value", date.to_string()),
                None if item.needed => return r.fail("value", "Enter a date."),
                None => {}
            }
        }
        ItemKind::Number => answer.set("value", r.number("value", 0..=1_000_000)?.to_string()),
        ItemKind::YesNo | ItemKind::Choice => {
            let value: String = r.word("value", CHOOSE)?;
            let fits =
                if item.kind == ItemKind::YesNo { matches!(value.as_str(), "yes" | "no") } else { is_part(&value) };
            if !fits {
                return r.fail("value", CHOOSE);
            }
            answer.set("value", value);
        }
        ItemKind::Choices => {
            let values: Vec<String> = r.several::<String>("value").into_iter().filter(|value| is_part(value)).collect();
            if values.is_empty() {
                return r.fail("value", "Choose at least one of these.");
            }
            answer.0.insert("value".to_owned(), values);
        }
        ItemKind::LongText
        | ItemKind::Contact
        | ItemKind::SafeContact
        | ItemKind::Emergency
        | ItemKind::Consents
        | ItemKind::Payer
        | ItemKind::Facts
        | ItemKind::Private
        | ItemKind::Measure => answer.set("value", r.lines("value", least..=ANSWER_MAX, "Answer this question.")?),
    }
    Ok(())
}

/// Reads the contact details.
fn read_contact(r: &mut Reader<'_>, answer: &mut Answer) -> Result<(), Errors> {
    let name = r.text("name", 1..=NAME_MAX, "Enter a name.");
    let pronouns = r.text("pronouns", 0..=40, "");
    let birth = r.date("birth", "Enter your date of birth.");
    let zone = r.zone("zone");
    let phone = match r.phone("phone", zone.as_ref().ok()) {
        Ok(phone) if phone.is_empty() => r.fail("phone", "Enter a phone number."),
        read => read,
    };
    let address = r.lines("address", 0..=500, "");
    let language = r.word::<Language>("language", "Please pick a language from the list.");
    answer.set("name", name?);
    answer.set("pronouns", pronouns?);
    answer.set("birth", birth?.to_string());
    answer.set("phone", phone?);
    answer.set("address", address?);
    answer.set("zone", zone?.name());
    answer.set("language", language?.word());
    Ok(())
}

/// Reads how the person may be reached safely.
fn read_safe_contact(r: &mut Reader<'_>, answer: &mut Answer) -> Result<(), Errors> {
    const MESSAGE: &str = "Enter a time such as 09:00.";
    let channels: Vec<String> = r.several::<Channel>("channel").iter().map(|c| c.word().to_owned()).collect();
    let from = r.optional_time("safe_from", MESSAGE);
    let until = r.optional_time("safe_until", MESSAGE);
    let others = r.word::<OthersRead>("others", "Choose one of these.");
    let note = r.lines("others_note", 0..=500, "");
    let (from, until) = (from?, until?);
    match (from, until) {
        (None, None) => {}
        (Some(from), Some(until)) if from != until => {
            answer.set("safe_from", from.format("%H:%M").to_string());
            answer.set("safe_until", until.format("%H:%M").to_string());
        }
        (Some(_), Some(_)) => return r.fail("safe_until", "These hours are empty: please give a later end."),
        (None, Some(_)) => return r.fail("safe_from", "Please give both hours, or neither."),
        (Some(_), None) => return r.fail("safe_until", "Please give both hours, or neither."),
    }
    if !channels.is_empty() {
        answer.0.insert("channel".to_owned(), channels);
    }
    answer.set("others", others?.word());
    answer.set("others_note", note?);
    Ok(())
}

/// Reads the emergency contact, or that there is none.
fn read_emergency(r: &mut Reader<'_>, answer: &mut Answer) -> Result<(), Errors> {
    if r.ticked("none") {
        answer.set("none", "yes");
        return Ok(());
    }
    let name = r.text("name", 1..=NAME_MAX, "Enter a name, or tick that there is none.");
    let relation = r.text("relation", 0..=LINE_MAX, "");
    let phone = match r.phone("phone", None) {
        Ok(phone) if phone.is_empty() => r.fail("phone", "Enter a phone number."),
        read => read,
    };
    answer.set("name", name?);
    answer.set("relation", relation?);
    answer.set("phone", phone?);
    Ok(())
}

/// Reads the share that the person would pay.
fn read_payer(r: &mut Reader<'_>, answer: &mut Answer) -> Result<(), Errors> {
    let share = r.number("share", 0..=100);
    if !r.ticked("accepted") {
        return r.fail("accepted", "Tick this to accept your share.");
    }
    answer.set("share", share?.to_string());
    answer.set("accepted", "yes");
    Ok(())
}

/// Reads the questions within an item. `least`: at least one must be answered.
fn read_parts(r: &mut Reader<'_>, item: &Item, answer: &mut Answer, least: bool) -> Result<(), Errors> {
    let most = if item.kind == ItemKind::Facts { 500 } else { ANSWER_MAX };
    for part in &item.parts {
        if let Ok(text) = r.lines(&part.key, 0..=most, "") {
            answer.set(&part.key, text);
        }
    }
    if least && answer.is_blank() {
        let first = item.parts.first().map_or("", |part| part.key.as_str());
        return r.fail(first, "Answer at least one of these.");
    }
    Ok(())
}

/// A fact as each of two partners entered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub key: String,
    pub label: String,
    /// The texts of the two; empty: not entered.
    pub texts: [String; 2],
}

impl Fact {
    /// The value on which both agree; `None`: they differ, or only one entered it.
    pub fn agreed(&self) -> Option<&str> {
        let same = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let [a, b] = &self.texts;
        (!a.is_empty() && same(a) == same(b)).then_some(a)
    }

    /// Whether both entered the fact and do not agree.
    pub fn differs(&self) -> bool {
        self.texts.iter().all(|text| !text.is_empty()) && self.agreed().is_none()
    }
}

/// The facts of a couple as each partner entered them; those that neither entered
/// are left out.
pub fn difference(item: &Item, a: Option<&Answer>, b: Option<&Answer>, language: Language) -> Vec<Fact> {
    let text = |answer: Option<&Answer>, key: &str| answer.map_or("", |answer| answer.get(key)).to_owned();
    item.parts
        .iter()
        .map(|part| Fact {
            key: part.key.clone(),
            label: part.label.in_language(language).to_owned(),
            texts: [text(a, &part.key), text(b, &part.key)],
        })
        .filter(|fact| fact.texts.iter().any(|text| !text.is_empty()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::intake::tests::list;

    fn read(key: &str, pairs: &[(&str, &str)]) -> Result<Option<Answer>, Errors> {
        let list = list();
        let item = list.items.iter().find(|item| item.key == key).unwrap();
        read_item(item, &Form::from_pairs(pairs.iter().map(|(name, value)| (field(key, name), *value))))
    }

    #[test]
    fn contact_details_need_name_birth_date_and_phone() {
        let full = [
            ("name", " Amara Okafor "),
            ("pronouns", "she/her"),
            ("birth", "1990-02-28"),
            ("phone", "030 901820"),
            ("address", "Am See 1\n12345 Berlin"),
            ("zone", "Europe/Berlin"),
            ("language", "hi"),
        ];
        let answer = read("contact", &full).unwrap().unwrap();
        let own = answer.own_details().unwrap();
        assert_eq!((own.name.as_str(), own.phone.as_str()), ("Amara Okafor", "+49 30 901820"));
        assert_eq!(own.language, Language::Hindi);
        assert!(
            answer
                .lines(&list().items[0], Language::English)
                .contains(&("Language".into(), Language::Hindi.label().into()))
        );
        for missing in ["name", "birth", "phone", "zone", "language"] {
            let pairs: Vec<_> = full.iter().copied().filter(|(name, _)| *name != missing).collect();
            assert!(read("contact", &pairs).unwrap_err().message(&field("contact", missing)).is_some(), "{missing}");
        }
        let minimal: Vec<_> =
            full.iter().copied().filter(|(name, _)| !["pronouns", "address"].contains(name)).collect();
        assert!(read("contact", &minimal).is_ok());
    }

    #[test]
    fn safe_contact_narrows_the_persons_own_settings() {
        let answer = |pairs: &[(&str, &str)]| read("safe", pairs).unwrap().unwrap();
        let before = SafeContact::default();
        let quiet = answer(&[("channel", "phone"), ("others", "yes")]).safe_contact(&before);
        assert!(quiet.portal_only && quiet.alone == AloneMail::PortalOnly);
        let open = answer(&[("channel", "email"), ("others", "no")]).safe_contact(&before);
        assert_eq!(open, before, "nothing else of the settings changes");
        let pairs = [("channel", "email"), ("others", "no"), ("safe_from", "09:00"), ("safe_until", "17:00")];
        let hours = answer(&pairs).safe_contact(&before);
        assert!(is_within_hours(hours.nudge_at, hours.hours.unwrap()), "the hour of reminders follows");
        assert!(read("safe", &[("others", "no"), ("safe_from", "09:00")]).is_err());
        assert!(read("safe", &[("channel", "email")]).unwrap_err().message("s.safe.others").is_some());
    }

    #[test]
    fn front_desk_reads_channels_and_hours_and_what_is_for_it() {
        let list = list();
        let safe =
            read("safe", &[("channel", "phone"), ("others", "yes"), ("others_note", "canary")]).unwrap().unwrap();
        let lines = safe.lines_for_desk(list.item("safe").unwrap());
        assert_eq!(lines, [("Safe channels".to_owned(), "Phone call".to_owned())]);
        let job = read("job", &[("value", "Baker")]).unwrap().unwrap();
        assert!(job.lines_for_desk(list.item("job").unwrap()).is_empty());
        let for_desk = Item { readers: ItemReaders::Desk, ..list.item("job").unwrap().clone() };
        assert_eq!(job.lines_for_desk(&for_desk).len(), 1);
    }

    #[test]
    fn emergency_contact_is_a_person_or_none() {
        assert!(read("emergency", &[("none", "yes")]).unwrap().is_some());
        assert!(read("emergency", &[("name", "Ada"), ("phone", "+49 30 901820")]).unwrap().is_some());
        assert!(read("emergency", &[("name", "Ada")]).unwrap_err().message("s.emergency.phone").is_some());
        assert!(read("emergency", &[]).is_err());
    }

    #[test]
    fn plain_questions_are_checked_by_their_kind() {
        for (key, good, bad) in [
            ("areas", "money", "moon"),
            ("commitment", "low", "none"),
            ("children", "2", "two"),
            ("moved", "2020-02-29", "2021-02-29"),
            ("pets", "yes", "perhaps"),
        ] {
            let answer = read(key, &[("value", good)]).unwrap_or_else(|e| panic!("{key}: {e:?}"));
            assert_eq!(answer.unwrap().get("value"), good);
            assert!(read(key, &[("value", bad)]).is_err(), "{key}");
            assert_eq!(read(key, &[]), Ok(None), "{key} is not needed");
        }
        assert!(read("why", &[("value", &"x".repeat(ANSWER_MAX + 1))]).is_err());
        let mut list = list();
        list.items[3].needed = true;
        assert!(read_item(&list.items[3], &Form::default()).is_err());
    }

    #[test]
    fn private_questions_are_an_answer_although_blank() {
        assert_eq!(read("private", &[]), Ok(Some(Answer::default())));
        assert_eq!(read("private", &[("afraid", "Yes.")]).unwrap().unwrap().get("afraid"), "Yes.");
    }

    #[test]
    fn who_pays_needs_a_share_that_is_accepted() {
        assert!(read("payer", &[("share", "50"), ("accepted", "yes")]).unwrap().is_some());
        assert!(
            read("payer", &[("share", "50")]).is_err()
                && read("payer", &[("share", "101"), ("accepted", "yes")]).is_err()
        );
    }

    #[test]
    fn facts_that_differ_keep_both_versions() {
        let of =
            |since: &str, together: &str| read("facts", &[("since", since), ("together", together)]).unwrap().unwrap();
        let (a, b) = (of("May 2014", "2016"), of("may  2014", "2017"));
        let list = list();
        let facts = difference(list.item("facts").unwrap(), Some(&a), Some(&b), Language::English);
        assert_eq!(facts[0].agreed(), Some("May 2014"));
        assert!(facts[1].differs() && facts[1].texts == ["2016".to_owned(), "2017".to_owned()]);
        assert!(read("facts", &[]).is_err());
        let one = difference(list.item("facts").unwrap(), Some(&a), None, Language::English);
        assert!(one.iter().all(|fact| fact.agreed().is_none() && !fact.differs()));
    }

    #[test]
    fn draft_keeps_what_is_not_valid_and_its_fingerprint_tells_changes() {
        let list = list();
        let item = list.item("contact").unwrap();
        let mut form = Form::from_pairs([("s.contact.birth", "31 February"), ("s.contact.name", "Amara")]);
        let draft = Answer::draft(item, &form);
        assert_eq!(draft.get("birth"), "31 February");
        let mut filled = Form::default();
        draft.fill(item, &mut filled);
        assert_eq!(Answer::draft(item, &filled), draft);
        form.set("s.contact.name", "Amara O");
        assert_ne!(Answer::draft(item, &form).fingerprint(), draft.fingerprint());
        assert_eq!(touched(&form), ["contact"]);
    }
}
