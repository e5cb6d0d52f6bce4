//! Disclosures: parts of a record that leave without the clients' signatures, for a
//! legal ground or in an emergency (door C).

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::release::Manner;
use crate::{
    clients::client::Seat,
    form::{Errors, Form, Reader},
};

crate::words! {
    /// The ground of a disclosure.
    pub enum Ground {
        Court = "court", "Court order";
        Duty = "duty", "Statute or duty to report";
        Danger = "danger", "Danger to life";
        Other = "other", "Other legal ground";
    }
}

crate::words! {
    /// A list of the record that can be disclosed whole.
    pub enum WholeList {
        Attendance = "attendance", "List of joint sessions and attendance";
        Goals = "goals", "Goals";
        Exercises = "exercises", "List of exercises, without answers";
    }
}

/// One thing that is disclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    Note(Uuid),
    Document(Uuid),
    List(WholeList),
}

/// The error of a text that names no item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoItem;

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(id) => write!(f, "note:{id}"),
            Self::Document(id) => write!(f, "document:{id}"),
            Self::List(list) => f.write_str(list.word()),
        }
    }
}

impl FromStr for Item {
    type Err = NoItem;
    fn from_str(text: &str) -> Result<Self, NoItem> {
        let id = |text: &str| text.parse::<Uuid>().map_err(|_| NoItem);
        match text.split_once(':') {
            Some(("note", text)) => id(text).map(Self::Note),
            Some(("document", text)) => id(text).map(Self::Document),
            Some(_) => Err(NoItem),
            None => text.parse().map(Self::List).map_err(|_| NoItem),
        }
    }
}

/// Something of the record that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedItem {
    pub item: Item,
    /// The partner to whose record alone it belongs; `None`: the joint record.
    pub of: Option<Seat>,
}

/// Whether the partners are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Telling {
    /// They are told when it is sent.
    Told,
    /// Telling them is forbidden for this reason; on this day the therapist is asked
    /// again.
    Forbidden { reason: String, ask_again_on: NaiveDate },
}

/// A disclosure that is being prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDisclosure {
    pub ground: Ground,
    pub details: Details,
    /// The order, a document of the record; `None`: there is none.
    pub order: Option<Uuid>,
    /// The colleague who is asked to confirm; `None`: there is no second therapist.
    pub confirmer: Option<Uuid>,
    pub telling: Telling,
}

/// What a disclosure says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The ground in words: the court and its reference, the law, or the danger.
    pub ground_text: String,
    pub recipient: String,
    pub address: String,
    pub manner: Manner,
    /// What leaves, item by item.
    pub items: Vec<OfferedItem>,
    /// Why something of one partner's record alone leaves; empty: nothing does.
    pub partner_reason: String,
}

impl Details {
    /// What leaves of the joint record and of the record of the partner in this seat.
    pub fn items_of(&self, seat: Seat) -> impl Iterator<Item = Item> + '_ {
        self.items.iter().filter(move |offered| offered.of.is_none_or(|of| of == seat)).map(|offered| offered.item)
    }

    /// Whether something leaves that is about the partner in this seat.
    pub fn concerns(&self, seat: Seat) -> bool {
        self.items_of(seat).next().is_some()
    }
}

/// What a disclosure can be made of.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    pub items: Vec<OfferedItem>,
    /// The documents of the record, one of which can be the order.
    pub documents: Vec<Uuid>,
    /// The other therapists of the practice, one of whom confirms.
    pub colleagues: Vec<Uuid>,
}

/// The longest time until the therapist is asked again whether the partners can be
/// told, in days.
pub const MOST_DAYS_UNTOLD: i64 = 366;

impl NewDisclosure {
    /// Reads a disclosure from its form. `offer` is what the record has; `today` is
    /// the day in the practice's zone.
    pub fn read(form: &Form, offer: &Offer, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let ground = r.word::<Ground>("ground", "Choose the ground.");
        let ground_text = r.lines("ground_text", 2..=2_000, "Describe the ground: who demands it, and by which law.");
        let order = read_order(&mut r, offer, ground.as_ref().ok().copied());
        let recipient = r.text("recipient", 2..=120, "Enter the name of the recipient.");
        let address = r.lines("address", 2..=400, "Enter the recipient’s address.");
        let manner = r.word("manner", "Choose how it will be sent.");
        let chosen: Vec<Item> = r.several("items");
        let picked: Vec<&OfferedItem> = offer.items.iter().filter(|offered| chosen.contains(&offered.item)).collect();
        if picked.is_empty() {
            let _ = r.fail::<()>("items", "Choose what leaves, item by item.");
        }
        let names_partner = picked.iter().any(|offered| offered.of.is_some());
        let least = usize::from(names_partner) * 2;
        let partner_reason =
            r.lines("partner_reason", least..=2_000, "Say why something of one partner’s alone has to leave.");
        let confirmer = read_confirmer(&mut r, offer);
        let telling = read_telling(&mut r, today);
        r.finish()?;
        Ok(Self {
            ground: ground?,
            details: Details {
                ground_text: ground_text?,
                recipient: recipient?,
                address: address?,
                manner: manner?,
                items: picked.into_iter().copied().collect(),
                partner_reason: if names_partner { partner_reason? } else { String::new() },
            },
            order: order?,
            confirmer: confirmer?,
            telling: telling?,
        })
    }
}

/// Reads which document is the order. A court order is attached in any case.
fn read_order(r: &mut Reader<'_>, offer: &Offer, ground: Option<Ground>) -> Result<Option<Uuid>, Errors> {
    let order = r.optional::<Uuid>("order", "Choose a document of the record.")?;
    match order {
        Some(id) if !offer.documents.contains(&id) => r.fail("order", "Choose a document of the record."),
        None if ground == Some(Ground::Court) => {
            r.fail("order", "Attach the order: upload it under Documents, then choose it here.")
        }
        order => Ok(order),
    }
}

/// Reads who confirms; a colleague must be chosen where there is one.
fn read_confirmer(r: &mut Reader<'_>, offer: &Offer) -> Result<Option<Uuid>, Errors> {
    if offer.colleagues.is_empty() {
        return Ok(None);
    }
    let chosen = r.optional::<Uuid>("confirmer", "Choose the therapist who confirms.")?;
    match chosen {
        Some(id) if offer.colleagues.contains(&id) => Ok(Some(id)),
        _ => r.fail("confirmer", "Choose the therapist who confirms."),
    }
}

/// Reads whether the partners are told: the fields `telling`, `untold_reason` and
/// `ask_again_on`.
fn read_telling(r: &mut Reader<'_>, today: NaiveDate) -> Result<Telling, Errors> {
    match r.raw("telling") {
        "tell" => return Ok(Telling::Told),
        "forbidden" => {}
        _ => return r.fail("telling", "Choose whether the clients are told."),
    }
    let reason = r.lines("untold_reason", 2..=2_000, "Say what forbids telling them.");
    let day = r.date("ask_again_on", "Enter the day on which you are asked again.");
    if let Ok(day) = day
        && !(1..=MOST_DAYS_UNTOLD).contains(&(day - today).num_days())
    {
        return r.fail("ask_again_on", "Choose a day from tomorrow to a year ahead.");
    }
    Ok(Telling::Forbidden { reason: reason?, ask_again_on: day? })
}

/// Reads the answer to "can the clients be told now?" from its form.
pub fn read_telling_again(form: &Form, today: NaiveDate) -> Result<Telling, Errors> {
    let mut r = Reader::new(form);
    let telling = read_telling(&mut r, today);
    r.finish()?;
    telling
}

/// The answer of the colleague who was asked to confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub is_confirmed: bool,
    /// The reason of a refusal; empty: none was given.
    pub reason: String,
}

impl Answer {
    /// Reads the answer from its form: `do` is `confirm` or `decline`, and a refusal
    /// needs a reason.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let is_confirmed = match form.get("do") {
            "confirm" => true,
            "decline" => false,
            _ => return Err(Errors::of_form("Confirm or decline the disclosure.")),
        };
        let least = usize::from(!is_confirmed) * 2;
        let reason = r.lines("reason", least..=2_000, "Say why you decline.");
        r.finish()?;
        Ok(Self { is_confirmed, reason: reason? })
    }
}

crate::words! {
    /// The state of a disclosure.
    pub enum DisclosureState {
        /// A colleague was asked to confirm and has not answered.
        Confirming = "confirming", "To be confirmed";
        Declined = "declined", "Declined by a colleague";
        Ready = "ready", "Ready to send";
        Sent = "sent", "Sent";
        Dropped = "dropped", "Dropped";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer() -> Offer {
        Offer {
            items: vec![
                OfferedItem { item: Item::Note(Uuid::from_u128(1)), of: None },
                OfferedItem { item: Item::Note(Uuid::from_u128(2)), of: Some(Seat::B) },
                OfferedItem { item: Item::List(WholeList::Attendance), of: None },
            ],
            documents: vec![Uuid::from_u128(5)],
            colleagues: vec![Uuid::from_u128(7)],
        }
    }

    fn filled(more: &[(&str, &str)]) -> Form {
        let mut form = Form::from_pairs([
            ("ground", "danger"),
            ("ground_text", "He said that he would."),
            ("recipient", "Police"),
            ("address", "Platz 1"),
            ("manner", "in_person"),
            ("telling", "tell"),
        ]);
        form.set("confirmer", Uuid::from_u128(7).to_string());
        for (name, value) in more {
            form.set(name, *value);
        }
        form
    }

    fn read(more: &[(&str, &str)]) -> Result<NewDisclosure, Errors> {
        NewDisclosure::read(&filled(more), &offer(), "2026-11-29".parse().unwrap())
    }

    fn error(more: &[(&str, &str)], field: &str) -> String {
        read(more).unwrap_err().message(field).unwrap_or_default().to_owned()
    }

    #[test]
    fn items_are_chosen_one_by_one() {
        assert_eq!(error(&[], "items"), "Choose what leaves, item by item.");
        let note = Item::Note(Uuid::from_u128(1)).to_string();
        let new = read(&[("items", &note)]).unwrap();
        assert_eq!(new.details.items, offer().items[..1]);
        let foreign = Item::Note(Uuid::from_u128(99)).to_string();
        assert!(!error(&[("items", &foreign)], "items").is_empty(), "it is not of this record");
        for item in offer().items {
            assert_eq!(item.item.to_string().parse(), Ok(item.item));
        }
        for text in ["", "note:", "note:x", "x:1", "answers"] {
            assert_eq!(text.parse::<Item>(), Err(NoItem), "{text}");
        }
    }

    #[test]
    fn part_of_one_partner_needs_a_reason() {
        let his = Item::Note(Uuid::from_u128(2)).to_string();
        assert!(!error(&[("items", &his)], "partner_reason").is_empty());
        let new = read(&[("items", &his), ("partner_reason", "It names the weapon.")]).unwrap();
        assert_eq!(new.details.partner_reason, "It names the weapon.");
        assert!(new.details.concerns(Seat::B) && !new.details.concerns(Seat::A), "nothing of it is about the other");
    }

    #[test]
    fn court_order_is_attached() {
        let list = [("items", "attendance"), ("ground", "court")];
        assert!(!error(&list, "order").is_empty());
        let order = Uuid::from_u128(5).to_string();
        assert_eq!(read(&[list[0], list[1], ("order", &order)]).unwrap().order, Some(Uuid::from_u128(5)));
        let foreign = Uuid::from_u128(6).to_string();
        assert!(!error(&[list[0], list[1], ("order", &foreign)], "order").is_empty());
    }

    #[test]
    fn colleague_confirms_where_there_is_one() {
        assert!(!error(&[("items", "attendance"), ("confirmer", "")], "confirmer").is_empty());
        let alone = Offer { colleagues: vec![], ..offer() };
        let form = filled(&[("items", "attendance"), ("confirmer", "")]);
        assert_eq!(NewDisclosure::read(&form, &alone, "2026-11-29".parse().unwrap()).unwrap().confirmer, None);
    }

    #[test]
    fn silence_needs_a_reason_and_a_day() {
        let silent = [("items", "attendance"), ("telling", "forbidden")];
        assert!(!error(&silent, "untold_reason").is_empty());
        let reason = ("untold_reason", "The court forbids it.");
        assert!(!error(&[silent[0], silent[1], reason], "ask_again_on").is_empty());
        for (typed, is_right) in
            [("2026-11-29", false), ("2026-11-30", true), ("2027-11-30", true), ("2028-01-01", false)]
        {
            let told = read(&[silent[0], silent[1], reason, ("ask_again_on", typed)]);
            assert_eq!(told.is_ok(), is_right, "{typed}");
        }
    }

    #[test]
    fn refusal_of_a_colleague_needs_a_reason() {
        let answer = |what, reason| Answer::read(&Form::from_pairs([("do", what), ("reason", reason)]));
        assert!(answer("confirm", "").unwrap().is_confirmed);
        assert!(answer("decline", "").unwrap_err().message("reason").is_some());
        assert!(!answer("decline", "The order names another person.").unwrap().is_confirmed);
        assert!(answer("", "x").is_err());
    }
}
