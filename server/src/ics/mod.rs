//! Imports calendar files of other programs (RFC 5545, and what programs write that
//! claim to follow it) as rows for the days of one practice.
//!
//! 1. [`normalise`] makes logical lines of the bytes and cuts them into components.
//! 2. [`events`] gives each component to `calcard`'s parser and reads the result;
//!    [`zones`] finds the clocks of its times.
//! 3. [`series`] decides between versions of one entry, and lets [`rules`] compute
//!    the times of what repeats.
//! 4. Each time becomes rows of whole days, or of hours in the practice's wall
//!    time.
//!
//! Every entry of the file is accounted for: it is shown, past, later, or left out
//! with a reason. A row with a doubt says so, and the time is not blocked unless a
//! person chooses it.

mod component;
mod days;
mod events;
mod normalise;
mod rules;
mod series;
#[cfg(test)]
mod tests;
mod zones;

use std::{collections::BTreeMap, sync::atomic::AtomicBool};

use calcard::icalendar::{ICalendarMethod, ICalendarValue};
use chrono::{Duration, NaiveDate};
use domain::{clients::person::Zone, practice::hours::Exception};

use self::{
    component::parse_component,
    events::{Event, Unreadable},
    normalise::{CalendarText, property},
    rules::{Budget, STEPS, Spent},
    zones::{Clock, Zones},
};

/// What a file contains for the days that were asked for, in the practice's wall
/// time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The rows, ordered by their days.
    pub rows: Vec<Row>,
    /// How many entries (VEVENTs) have rows.
    pub shown: usize,
    /// How many entries end before the first day.
    pub past: usize,
    /// How many entries have times only after the last day.
    pub later: usize,
    /// The entries that have no row for another reason, in the order of the file.
    pub left_out: Vec<LeftOut>,
    /// Other remarks about the file, as sentences.
    pub remarks: Vec<String>,
}

/// A day with hours, or whole days, at which an entry takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The days and hours, as an exception to a therapist's hours.
    pub day: Exception,
    /// Whether the entry is marked as free time, as most birthdays and holidays
    /// are.
    pub is_free: bool,
    /// Why the entry may mean something else; empty: its meaning is certain.
    pub doubts: Vec<String>,
    /// What was changed when the entry was read, which a reader may wonder about;
    /// `None`: nothing.
    pub hint: Option<&'static str>,
}

/// An entry that has no row, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The entry's title; empty: it has none.
    pub title: String,
    /// The line of the file at which the entry begins.
    pub line: usize,
    /// The reason, as a part of a sentence.
    pub why: String,
}

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The file contains neither a calendar nor an event.
    NoCalendar,
    /// The stop flag was set while the file was read.
    Stopped,
}

/// The days that are asked for: the first day, and the day after the last.
pub type Days = (NaiveDate, NaiveDate);

/// Reads a file. Setting `stop` ends the work early, when nobody waits for the
/// result.
pub fn read(bytes: &[u8], days: Days, practice: &Zone, stop: &AtomicBool) -> Result<Found, Unread> {
    let calendars = normalise::calendars(bytes).ok_or(Unread::NoCalendar)?;
    read_all(&calendars, days, practice, &Budget::new(STEPS, stop))
}

/// Reads calendars that are already cut into components.
fn read_all(calendars: &[CalendarText], days: Days, practice: &Zone, budget: &Budget<'_>) -> Result<Found, Unread> {
    let mut found = Found::default();
    let mut entries = Vec::new();
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for calendar in calendars {
        if !calendar.events.is_empty() {
            read_calendar(calendar, days, practice, budget, &mut entries, &mut found)?;
        }
        for (name, count) in &calendar.others {
            *others.entry(name).or_default() += count;
        }
    }
    found.remarks.extend(others.into_iter().map(|(name, count)| others_text(name, count)));
    series::lay_out(entries, days, practice, budget, &mut found)?;
    found.left_out.sort_by_key(|l| l.line);
    found.rows.sort_by(|a, b| {
        let key = |r: &Row| (r.day.first, r.day.hours.map(|h| h.from), r.day.last);
        key(a).cmp(&key(b)).then_with(|| a.day.reason.cmp(&b.day.reason))
    });
    Ok(found)
}

/// The steps that reading an entry takes from the budget. Files of 16 MB have some
/// thirty thousand entries.
const ENTRY: u64 = 40;

/// The reason of an entry that is left out because the budget is used up.
const TOO_MUCH: &str = "the file is too long or repeats too much";

/// An event, and the clock of its times without a zone.
struct Entry {
    event: Event,
    floating: Clock,
}

/// The properties of a calendar that apply to all its entries.
struct Head {
    /// What the calendar was sent for; `None`: it does not say.
    method: Option<ICalendarMethod>,
    /// The name of the zone of times without a zone; `None`: it names none.
    zone: Option<String>,
}

impl Head {
    fn read(calendar: &CalendarText) -> Self {
        let mut text = String::from("BEGIN:VCALENDAR\r\n");
        for line in &calendar.lines {
            if matches!(property(&line.text), Some((name, _)) if matches!(name.as_str(), "METHOD" | "X-WR-TIMEZONE")) {
                text.push_str(&line.text);
                text.push_str("\r\n");
            }
        }
        text.push_str("END:VCALENDAR\r\n");
        let head = parse_component(&text);
        let mut found = Self { method: None, zone: None };
        for entry in head.iter().flat_map(|h| &h.components).flat_map(|c| &c.entries) {
            match entry.values.first() {
                Some(ICalendarValue::Method(m)) => found.method = Some(m.clone()),
                Some(ICalendarValue::Text(text)) => {
                    found.zone = Some(text.trim().to_owned()).filter(|t| !t.is_empty());
                }
                _ => {}
            }
        }
        found
    }

    /// Why no entry of the calendar is an appointment; `None`: its entries are
    /// appointments.
    fn why_no_appointments(&self) -> Option<&'static str> {
        match self.method {
            Some(ICalendarMethod::Reply | ICalendarMethod::Refresh) => {
                Some("it is an answer to an invitation, not an appointment")
            }
            Some(ICalendarMethod::Counter | ICalendarMethod::Declinecounter) => {
                Some("it is a proposal for another time, not an appointment")
            }
            Some(
                ICalendarMethod::Publish | ICalendarMethod::Request | ICalendarMethod::Add | ICalendarMethod::Cancel,
            )
            | None => None,
        }
    }
}

/// The clocks of a calendar. `named` is the zone that the calendar names for times
/// without one. What cannot be used is added to the remarks of `found`.
fn clocks(
    calendar: &CalendarText,
    named: Option<String>,
    (_, last): Days,
    practice: &Zone,
    budget: &Budget<'_>,
    found: &mut Found,
) -> Result<Zones, Unread> {
    // A VTIMEZONE is computed for two years beyond the days, because an entry that
    // begins in them may end later.
    let until = last + Duration::days(800);
    let mut zones = match Zones::new(&calendar.zones, practice.clone(), until, budget) {
        Ok(zones) => zones,
        Err(Spent::Stopped) => return Err(Unread::Stopped),
        Err(Spent::Steps) => {
            found.remarks.push(
                "The time zones in this file are too long to read; its own descriptions were left out.".to_owned(),
            );
            Zones::new(&[], practice.clone(), until, budget).map_err(|_| Unread::Stopped)?
        }
    };
    if let Some(name) = named {
        let named = zones.clock_named(&name);
        if named.is_sure {
            zones.floating = named.clock;
        } else {
            found.remarks.push(format!(
                "The time zone of this calendar, “{name}”, isn’t known: times without a zone were read as {} time.",
                practice.city()
            ));
        }
    }
    Ok(zones)
}

/// Reads the events of one calendar into `entries`; what cannot be used is added to
/// `found`.
fn read_calendar(
    calendar: &CalendarText,
    days: Days,
    practice: &Zone,
    budget: &Budget<'_>,
    entries: &mut Vec<Entry>,
    found: &mut Found,
) -> Result<(), Unread> {
    let head = Head::read(calendar);
    let why_no_appointments = head.why_no_appointments();
    let is_cancelled = head.method == Some(ICalendarMethod::Cancel);
    let zones = clocks(calendar, head.zone, days, practice, budget, found)?;
    for block in &calendar.events {
        match budget.spend(ENTRY) {
            Ok(()) => {}
            Err(Spent::Stopped) => return Err(Unread::Stopped),
            Err(Spent::Steps) => {
                found.left_out.push(LeftOut { title: String::new(), line: block.number, why: TOO_MUCH.to_owned() });
                continue;
            }
        }
        match Event::read(block, &zones, is_cancelled) {
            Ok(event) => match why_no_appointments {
                Some(why) => found.left_out.push(LeftOut { title: event.title, line: event.line, why: why.to_owned() }),
                None => {
                    for bad in block.bad.iter().filter(|b| b.is_wrapped_text) {
                        found.remarks.push(format!(
                            "{}: line {} isn’t understood and was left out.",
                            quoted_title(&event.title),
                            bad.number
                        ));
                    }
                    entries.push(Entry { event, floating: zones.floating.clone() });
                }
            },
            Err(Unreadable { title, line, why }) => found.left_out.push(LeftOut { title, line, why }),
        }
    }
    Ok(())
}

/// A title as it is named in a sentence.
pub fn quoted_title(title: &str) -> String {
    if title.is_empty() { "An entry without a title".to_owned() } else { format!("“{title}”") }
}

/// The sentence about components that are not appointments.
fn others_text(name: &str, count: usize) -> String {
    let kind = match (name, count) {
        ("VTODO", 1) => "1 task",
        ("VTODO", _) => "tasks",
        ("VJOURNAL", 1) => "1 journal entry",
        ("VJOURNAL", _) => "journal entries",
        ("VFREEBUSY", 1) => "1 list of busy times",
        ("VFREEBUSY", _) => "lists of busy times",
        (_, 1) => return format!("1 part of another kind ({name}) was left out: only appointments are imported."),
        (_, n) => return format!("{n} parts of another kind ({name}) were left out: only appointments are imported."),
    };
    match count {
        1 => format!("{kind} was left out: only appointments are imported."),
        n => format!("{n} {kind} were left out: only appointments are imported."),
    }
}
