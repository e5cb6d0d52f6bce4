//! How the header of a draft is joined when several devices change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    document::{Edits, OtherText, mark},
    header::{Attended, NoteHeader, field},
};
use crate::{form::Form, ids::PersonId};

/// How the fields of a draft's header came about, by the name of the field; a field
/// that nobody changed is not in it. Empty once the note is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HeaderEdits(BTreeMap<String, Edits>);

impl HeaderEdits {
    /// Whether nothing is known of how the header came about.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets what was entered in the fields that hold a time.
    pub(super) fn forget_times(&mut self) {
        let is_time = |name: &str| ["starts", "ends", "late", "left"].iter().any(|end| name.ends_with(end));
        self.0.retain(|name, _| !is_time(name));
    }
}

/// A header as a page sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedHeader {
    pub header: NoteHeader,
    /// The names of the fields that are as the page showed them when it was opened.
    pub untouched: Vec<String>,
}

impl TypedHeader {
    /// A header that replaces whatever is stored.
    pub const fn whole(header: NoteHeader) -> Self {
        Self { header, untouched: Vec::new() }
    }

    /// The fields that the page changed, each with its label and its value in words.
    /// Fields without a value are left out.
    pub fn changed_lines(&self) -> Vec<(String, String)> {
        let mut form = Form::default();
        self.header.fill(&mut form);
        form.0.retain(|(name, value)| !value.is_empty() && !self.untouched.contains(name));
        form.0.iter().map(|(name, value)| self.header.told(name, value)).collect()
    }
}

/// The page that sends a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderPage {
    /// The form key of the page; `None`: it has none.
    pub page: Option<Uuid>,
    /// The revision of the note that the page showed.
    pub shown: i64,
    /// Whether its author pressed a button: what the page showed of other devices is
    /// settled then.
    pub settles: bool,
}

/// The result of [`merge`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedHeader {
    pub header: NoteHeader,
    /// Whether the header has values now that the page does not show.
    pub is_unseen: bool,
}

/// The marks of a header's fields as a page shows them, for the form's field
/// `was_header`: by them the form tells which fields were changed since.
pub fn marks(form: &Form) -> String {
    let mut fields: Vec<String> = form
        .0
        .iter()
        .filter(|(name, _)| name.starts_with("h."))
        .map(|(name, value)| format!("{name}={}", mark(value)))
        .collect();
    fields.sort();
    fields.join(" ")
}

/// The names of the header's fields that have the value which the page showed.
pub(super) fn untouched(form: &Form) -> Vec<String> {
    let pairs = form.get("was_header").split(' ').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, was)| mark(form.get(name)) == **was).map(|(name, _)| name.to_owned()).collect()
}

/// Joins the header that a page sends with the stored one, field by field. A field
/// that only one of two pages changed is as that page left it; of a field that both
/// changed, the first value stays and the other is kept beside it.
pub fn merge(stored: Option<&NoteHeader>, typed: &TypedHeader, from: HeaderPage, revision: i64) -> MergedHeader {
    let mut edits = stored.map(|stored| stored.edits.clone()).unwrap_or_default();
    let (mut before, mut fresh) = (Form::default(), Form::default());
    typed.header.fill(&mut fresh);
    stored.unwrap_or(&typed.header).fill(&mut before);
    let mut is_unseen = false;
    let mut is_changed = stored.is_none();
    let mut joined = fresh.clone();
    for (name, value) in &fresh.0 {
        let was = before.get(name);
        let of_field = edits.0.entry(name.clone()).or_default();
        let by_this_page = from.page.is_some() && of_field.page == from.page;
        let was_shown = by_this_page || of_field.revision <= from.shown;
        let is_touched = stored.is_none() || !typed.untouched.contains(name);
        if was_shown && is_touched {
            if value != was || stored.is_none() {
                (of_field.revision, of_field.page) = (revision, from.page);
                is_changed = true;
            }
        } else {
            joined.set(name, was);
            if is_touched && value != was && !value.is_empty() {
                keep_beside(&mut of_field.others, from.page, value, revision);
            }
        }
        let kept = joined.get(name);
        let others = &mut of_field.others;
        others.retain(|other| other.text != kept && !(from.settles && other.revision <= from.shown));
        let is_others = |other: &OtherText| other.revision > from.shown && Some(other.page) != from.page;
        is_unseen |= (!was_shown && value != was) || others.iter().any(is_others);
    }
    edits.0.retain(|_, edits| *edits != Edits::default());
    let people: Vec<(PersonId, String)> =
        typed.header.attendance.iter().map(|attended| (attended.person, attended.name.clone())).collect();
    let policy = stored.filter(|_| !is_changed).map_or(&typed.header.policy, |stored| &stored.policy);
    let mut header = NoteHeader::read(&joined, &people, policy).ok().flatten().unwrap_or_else(|| typed.header.clone());
    header.edits = edits;
    MergedHeader { header, is_unseen }
}

/// Keeps a value beside that of a field, in place of what the same page entered
/// before.
fn keep_beside(others: &mut Vec<OtherText>, page: Option<Uuid>, value: &str, revision: i64) {
    let own = others.iter().position(|other| page == Some(other.page));
    if let Some(own) = own.and_then(|own| others.get_mut(own)) {
        if own.text != value {
            (own.text, own.revision) = (value.to_owned(), revision);
        }
    } else if others.iter().all(|other| other.text != value) {
        others.push(OtherText { page: page.unwrap_or_default(), revision, text: value.to_owned() });
    }
}

impl NoteHeader {
    /// The header as it is signed: without the history of the draft.
    #[must_use]
    pub fn for_signature(&self) -> Self {
        Self { edits: HeaderEdits::default(), ..self.clone() }
    }

    /// What was entered on another device in fields that a second one had changed:
    /// each with its label and its value in words.
    pub fn other_lines(&self) -> Vec<(String, String)> {
        let others = self.edits.0.iter().flat_map(|(name, edits)| edits.others.iter().map(move |other| (name, other)));
        others.map(|(name, other)| self.told(name, &other.text)).collect()
    }

    /// A field of the form with its label and its value in words.
    fn told(&self, name: &str, value: &str) -> (String, String) {
        let short = name.strip_prefix("h.").unwrap_or(name);
        let label = match short.split_once('.') {
            None => match short {
                "date" => "Date",
                "starts" => "Began",
                "ends" => "Ended",
                "place" => "Place or video",
                "kind" => "Kind of session",
                _ => "Also present",
            }
            .to_owned(),
            Some((seat, part)) => {
                let seat: Option<usize> = seat.parse().ok();
                let person = seat.and_then(|seat| self.attendance.get(seat)).map_or("", |person| person.name.as_str());
                let part = match part {
                    "late" => "late from",
                    "left" => "left at",
                    _ => "attended",
                };
                format!("{person}, {part}")
            }
        };
        let words = match name {
            name if name == field("date") => {
                crate::form::parse_date(value).map(|date| date.format("%a %-d %b %Y").to_string())
            }
            name if name.ends_with(".attended") => value.parse::<Attended>().ok().map(|a| a.label().to_owned()),
            _ => None,
        };
        (label, words.unwrap_or_else(|| value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::{
        super::{NoteScope, header::Attendance},
        *,
    };

    const PLACE: &str = "h.place";

    fn page(n: u128, shown: i64) -> HeaderPage {
        HeaderPage { page: Some(Uuid::from_u128(n)), shown, settles: false }
    }

    fn pressed(n: u128, shown: i64) -> HeaderPage {
        HeaderPage { settles: true, ..page(n, shown) }
    }

    fn header() -> NoteHeader {
        let jonas = Attendance {
            person: PersonId(Uuid::from_u128(1)),
            name: "Jonas".into(),
            attended: Attended::Unknown,
            late_from: None,
            left_at: None,
        };
        NoteHeader {
            date: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            starts: None,
            ends: None,
            place: "Garden room".into(),
            kind: String::new(),
            attendance: vec![jonas],
            others: String::new(),
            policy: "No secrets".into(),
            edits: HeaderEdits::default(),
        }
    }

    /// What a page sends that shows `shown` and has these values now.
    fn typed(shown: &NoteHeader, values: &[(&str, &str)]) -> TypedHeader {
        let mut form = Form::default();
        shown.fill(&mut form);
        form.set("was_header", marks(&form));
        for (name, value) in values {
            form.set(name, *value);
        }
        let people = [(PersonId(Uuid::from_u128(1)), "Jonas".to_owned())];
        let header = NoteHeader::read(&form, &people, "No secrets").unwrap().unwrap();
        TypedHeader { header, untouched: untouched(&form) }
    }

    #[test]
    fn fields_changed_on_two_devices_are_both_kept() {
        let shown = header();
        let a = merge(Some(&shown), &typed(&shown, &[(PLACE, "Video")]), page(1, 1), 2);
        assert_eq!((a.header.place.as_str(), a.is_unseen), ("Video", false));
        // The second device still shows the first header, and changes another field.
        let b = merge(Some(&a.header), &typed(&shown, &[("h.0.attended", "present")]), page(2, 1), 3);
        assert_eq!((b.header.place.as_str(), b.header.attendance[0].attended), ("Video", Attended::Present));
        assert!(b.is_unseen, "the second device does not show the place");
        // It changes the same field, and types on.
        let place = |value| typed(&shown, &[("h.0.attended", "present"), (PLACE, value)]);
        let c = merge(Some(&b.header), &place("Ro"), page(2, 1), 4).header;
        let c = merge(Some(&c), &place("Room 2"), pressed(2, 1), 5);
        let other = ("Place or video".to_owned(), "Room 2".to_owned());
        assert_eq!((c.header.place.as_str(), c.header.other_lines(), c.is_unseen), ("Video", vec![other], true));
        // The first one types on; it does not show what the second one entered.
        let d = merge(Some(&c.header), &typed(&shown, &[(PLACE, "Video call")]), pressed(1, 1), 6);
        assert_eq!((d.header.place.as_str(), d.is_unseen), ("Video call", true));
        assert_eq!(d.header.other_lines().len(), 1);
        // A page that shows both settles it with a press, and not by typing.
        let typing = merge(Some(&d.header), &typed(&d.header, &[]), page(3, 6), 7);
        assert_eq!((typing.header.other_lines().len(), typing.is_unseen), (1, false));
        let settled = merge(Some(&d.header), &typed(&d.header, &[(PLACE, "Room 2")]), pressed(3, 6), 7);
        assert_eq!((settled.header.place.as_str(), settled.header.other_lines()), ("Room 2", vec![]));
        assert!(!settled.is_unseen && settled.header.for_signature().edits.is_empty());
    }

    #[test]
    fn two_devices_that_agree_have_nothing_to_settle() {
        let shown = header();
        let a = merge(Some(&shown), &typed(&shown, &[(PLACE, "Video")]), page(1, 1), 2).header;
        let b = merge(Some(&a), &typed(&shown, &[(PLACE, "Room 2")]), page(2, 1), 3).header;
        let c = merge(Some(&b), &typed(&shown, &[(PLACE, "Video")]), pressed(2, 1), 4);
        assert_eq!((c.header.place.as_str(), c.is_unseen), ("Video", false));
        let d = merge(Some(&a), &typed(&shown, &[(PLACE, "Room 2")]), page(2, 1), 3).header;
        let agreed = merge(Some(&d), &typed(&shown, &[(PLACE, "Room 2")]), page(1, 1), 4);
        assert_eq!((agreed.header.place.as_str(), agreed.header.other_lines()), ("Room 2", vec![]));
    }

    #[test]
    fn first_header_and_unchanged_policy_are_kept() {
        let mut new = typed(&header(), &[(PLACE, "Video")]);
        new.untouched = vec![];
        assert_eq!(merge(None, &new, page(1, 0), 1).header.place, "Video");
        let mut stored = header();
        stored.policy = "No policy signed".into();
        let same = merge(Some(&stored), &typed(&header(), &[]), page(1, 1), 2).header;
        assert_eq!(same.policy, "No policy signed", "the policy of the day it was written");
    }

    #[test]
    fn process_note_keeps_no_time_of_another_device() {
        let shown = header();
        let a = merge(Some(&shown), &typed(&shown, &[("h.starts", "10:00"), (PLACE, "A")]), page(1, 1), 2).header;
        let b = merge(Some(&a), &typed(&shown, &[("h.starts", "10:10"), (PLACE, "B")]), page(2, 1), 3).header;
        assert_eq!(b.other_lines().len(), 2);
        assert_eq!(b.for_scope(NoteScope::Process).other_lines(), [("Place or video".to_owned(), "B".to_owned())]);
    }

    proptest! {
        #[test]
        fn no_entered_value_is_lost(
            writes in proptest::collection::vec((0..3_usize, 0..2_usize, any::<bool>()), 1..12)
        ) {
            // Three devices enter values in two fields; some load the page again first.
            let names = [PLACE, "h.kind"];
            let mut stored = header();
            let mut revision = 1;
            let mut shown = [(stored.clone(), 1), (stored.clone(), 1), (stored.clone(), 1)];
            let mut values: [Vec<(&str, String)>; 3] = Default::default();
            for (n, (device, at, reloads)) in writes.into_iter().enumerate() {
                if reloads {
                    shown[device] = (stored.clone(), revision);
                    values[device].clear();
                }
                let (seen, seen_at) = &shown[device];
                // What this device has on its screen, or replaces itself, is its own to change.
                let own: Vec<String> = values[device].iter().map(|(_, value)| value.clone()).collect();
                let on_screen: Vec<String> =
                    seen.lines().into_iter().chain(seen.other_lines()).map(|(_, value)| value).chain(own).collect();
                values[device].retain(|(name, _)| *name != names[at]);
                values[device].push((names[at], format!("value {n}")));
                let pairs: Vec<(&str, &str)> = values[device].iter().map(|(name, v)| (*name, v.as_str())).collect();
                let key = if reloads { 100 + n as u128 } else { device as u128 };
                let before: Vec<(String, String)> = stored.lines().into_iter().chain(stored.other_lines()).collect();
                revision += 1;
                stored = merge(Some(&stored), &typed(seen, &pairs), pressed(key, *seen_at), revision).header;
                let after: Vec<String> =
                    stored.lines().into_iter().chain(stored.other_lines()).map(|(_, value)| value).collect();
                let entered = format!("value {n}");
                prop_assert!(after.contains(&entered));
                for (_, old) in before {
                    prop_assert!(after.contains(&old) || on_screen.contains(&old), "{after:?} lost {old}");
                }
            }
        }
    }
}
