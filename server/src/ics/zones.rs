//! The clocks of the times in a file.
//!
//! A name that `domain::zone` knows means that zone, even if the file describes it
//! differently: descriptions in files are often old. An unknown name is read by the
//! file's own VTIMEZONE (RFC 5545 §3.6.5), then by the names that Windows and
//! Outlook give to zones.

use std::{cell::RefCell, collections::HashMap, rc::Rc, str::FromStr as _};

use calcard::{
    common::{PartialDateTime, timezone::Tz},
    icalendar::{
        ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName, ICalendarProperty,
        ICalendarValue,
    },
};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use domain::{
    clients::person::Zone,
    zone::{self, WallInstants},
};

use super::{
    component::parse_component,
    normalise::{Block, DateLine, date_line, property},
    rules::{Budget, Rule, Spent, checked},
};

/// Converts wall times into instants and back.
#[derive(Clone, Debug)]
pub enum Clock {
    /// A zone of the IANA database.
    Known(Zone),
    /// A zone as the file describes it.
    File(Rc<FileZone>),
    /// A fixed offset that is written with the time itself, in seconds east of UTC.
    Fixed(i32),
}

/// The changes of a zone's clock that a VTIMEZONE describes, in their order.
#[derive(Debug)]
pub struct FileZone {
    changes: Vec<Change>,
}

/// One change of a zone's clock.
#[derive(Clone, Copy, Debug)]
struct Change {
    at: DateTime<Utc>,
    /// The offset before the change, in seconds east of UTC.
    before: i32,
    /// The offset after the change, in seconds east of UTC.
    after: i32,
}

impl Clock {
    /// The clock of UTC.
    pub fn utc() -> Self {
        Self::Known(Zone::utc())
    }

    fn is_utc(&self) -> bool {
        matches!(self, Self::Known(zone) if *zone == Zone::utc())
    }

    /// The instant of a wall time. A time that the clocks skip gets the offset
    /// before the change; of a time that occurs twice, the first is meant (RFC 5545
    /// §3.3.5).
    pub fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Self::Known(zone) => zone::instant(wall, zone).unwrap_or_else(|_| wall.and_utc()),
            Self::File(zone) => zone.instant(wall),
            Self::Fixed(offset) => wall.and_utc() - seconds(*offset),
        }
    }

    /// The wall time at an instant.
    pub fn wall(&self, at: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Self::Known(zone) => zone::wall_time(at, zone),
            Self::File(zone) => at.naive_utc() + seconds(zone.offset(at)),
            Self::Fixed(offset) => at.naive_utc() + seconds(*offset),
        }
    }

    /// Whether the clocks skip a wall time.
    pub fn skips(&self, wall: NaiveDateTime) -> bool {
        match self {
            Self::Known(zone) => matches!(zone::instants_of(wall, zone), Ok(WallInstants::Never { .. })),
            Self::File(_) => self.wall(self.instant(wall)) != wall,
            Self::Fixed(_) => false,
        }
    }
}

/// An offset as a duration.
fn seconds(offset: i32) -> Duration {
    Duration::seconds(i64::from(offset))
}

impl FileZone {
    /// The offset at an instant, in seconds east of UTC.
    fn offset(&self, at: DateTime<Utc>) -> i32 {
        let passed = self.changes.partition_point(|c| c.at <= at);
        match passed.checked_sub(1).and_then(|last| self.changes.get(last)) {
            Some(change) => change.after,
            None => self.changes.first().map_or(0, |c| c.before),
        }
    }

    /// The instant of a wall time, as [`Clock::instant`] says.
    fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        let at = |offset: i32| wall.and_utc() - seconds(offset);
        // No offset is more than a day from UTC, and no clock changes often.
        let after = |days: i64| self.changes.partition_point(|c| c.at < wall.and_utc() + Duration::days(days));
        let near = || self.changes.iter().take(after(2)).skip(after(-2)).take(16);
        let mut offsets: Vec<i32> = vec![self.offset(wall.and_utc() - Duration::days(2))];
        offsets.extend(near().flat_map(|c| [c.before, c.after]));
        let meant =
            offsets.iter().map(|o| (at(*o), *o)).filter(|(at, o)| self.offset(*at) == *o).map(|(at, _)| at).min();
        meant.unwrap_or_else(|| {
            let skipped = |c: &&Change| {
                let local = c.at.naive_utc();
                (local + seconds(c.before)..local + seconds(c.after)).contains(&wall)
            };
            let gap = near().find(skipped);
            at(gap.map_or_else(|| self.offset(wall.and_utc()), |c| c.before))
        })
    }

    /// Reads the parts of a VTIMEZONE up to the day `last`; `None`: no part can be
    /// read.
    fn read(parts: &[&ICalendarComponent], last: NaiveDate, budget: &Budget<'_>) -> Result<Option<Self>, Spent> {
        let mut changes = Vec::new();
        for part in parts {
            let entry = |name: ICalendarProperty| part.entries.iter().find(move |e| e.name == name);
            let offset = |name| entry(name).and_then(|e| offset_of(e.values.first()?));
            let (Some(before), Some(after)) =
                (offset(ICalendarProperty::Tzoffsetfrom), offset(ICalendarProperty::Tzoffsetto))
            else {
                continue;
            };
            let start = entry(ICalendarProperty::Dtstart).and_then(|e| wall_of(partial(e.values.first()?)?));
            let mut onsets: Vec<NaiveDateTime> = start.into_iter().collect();
            for entry in &part.entries {
                match (&entry.name, start) {
                    (ICalendarProperty::Rdate, _) => {
                        onsets.extend(entry.values.iter().filter_map(|v| wall_of(partial(v)?)));
                    }
                    (ICalendarProperty::Rrule, Some(start)) => {
                        let Some(ICalendarValue::RecurrenceRule(rule)) = entry.values.first() else { continue };
                        let until = rule.until.as_ref().and_then(|until| {
                            let shift = if until.tz_hour == Some(0) { seconds(before) } else { Duration::zero() };
                            Some(wall_of(until)? + shift)
                        });
                        let Ok(rule) = Rule::new(rule, until) else { continue };
                        let days = (NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default(), last);
                        onsets.extend(rule.times(start, days, budget)?.times);
                    }
                    _ => {}
                }
            }
            changes.extend(onsets.into_iter().map(|wall| Change {
                at: wall.and_utc() - seconds(before),
                before,
                after,
            }));
        }
        changes.sort_unstable_by_key(|c| (c.at, c.after));
        changes.dedup_by_key(|c| c.at);
        Ok((!changes.is_empty()).then_some(Self { changes }))
    }
}

/// The meaning of a zone's name in a file.
#[derive(Clone, Debug)]
pub struct Named {
    pub clock: Clock,
    /// Whether the clock is certain; `false`: it is the best guess.
    pub is_sure: bool,
}

/// The clocks of one file.
#[derive(Debug)]
pub struct Zones {
    /// The clock of times without a zone.
    pub floating: Clock,
    /// The zones that the file describes, by their names in small letters.
    described: HashMap<String, Described>,
    /// The names that were looked up already.
    found: RefCell<HashMap<String, Named>>,
}

/// A zone as a VTIMEZONE describes it.
#[derive(Clone, Debug)]
struct Described {
    /// The zone of its X-LIC-LOCATION; `None`: it has none that is known.
    location: Option<Zone>,
    /// The zone by its own rules; `None`: they cannot be read.
    own: Option<Rc<FileZone>>,
    /// Whether all of its rules were understood.
    is_whole: bool,
}

impl Zones {
    /// The clocks of a file. Times without a zone have the clock of `floating`;
    /// VTIMEZONEs are read up to the day `last`.
    pub fn new(blocks: &[Block], floating: Zone, last: NaiveDate, budget: &Budget<'_>) -> Result<Self, Spent> {
        let mut described = HashMap::new();
        for block in blocks {
            budget.spend(10)?;
            let (text, is_whole) = zone_text(block);
            let Some(read) = parse_component(&text) else { continue };
            let Some(root) = read.components.first() else { continue };
            let text_of = |wanted: &str| {
                root.entries.iter().find(|e| e.name.as_str().eq_ignore_ascii_case(wanted)).and_then(|e| {
                    match e.values.first() {
                        Some(ICalendarValue::Text(text)) => Some(text.trim().trim_matches('"').to_owned()),
                        _ => None,
                    }
                })
            };
            let Some(name) = text_of("TZID") else { continue };
            let parts: Vec<&ICalendarComponent> = read
                .components
                .iter()
                .filter(|c| {
                    matches!(c.component_type, ICalendarComponentType::Standard | ICalendarComponentType::Daylight)
                })
                .collect();
            let location = text_of("X-LIC-LOCATION").and_then(|text| iana_zone(&text).or_else(|| zone_in_path(&text)));
            let own = FileZone::read(&parts, last, budget)?.map(Rc::new);
            described.entry(name.to_lowercase()).or_insert(Described { location, own, is_whole });
        }
        let floating = Clock::Known(floating);
        Ok(Self { floating, described, found: RefCell::default() })
    }

    /// The clock of a zone's name.
    pub fn clock_named(&self, name: &str) -> Named {
        let name = name.trim();
        if let Some(found) = self.found.borrow().get(name) {
            return found.clone();
        }
        let found = self.find(name);
        self.found.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    /// Looks up the clock of a zone's name.
    fn find(&self, name: &str) -> Named {
        let sure = |clock| Named { clock, is_sure: true };
        let known = |zone| sure(Clock::Known(zone));
        // "EST" and similar names mean one offset to one program and a zone with
        // summer time to another: for these, the file's own description comes
        // first.
        if let Some(zone) = iana_zone(name).filter(|z| z.name().contains('/') || is_universal(z.name())) {
            return known(zone);
        }
        let described = self.described.get(&name.to_lowercase());
        if let Some(zone) = described.and_then(|d| d.location.clone()).or_else(|| zone_in_path(name)) {
            return known(zone);
        }
        if let Some(described) = described
            && let Some(own) = &described.own
        {
            return Named { clock: Clock::File(Rc::clone(own)), is_sure: described.is_whole };
        }
        if let Some(zone) = iana_zone(name) {
            return known(zone);
        }
        match zone_of_windows_name(name) {
            // A bare offset, taken from "(UTC+01:00) Somewhere".
            Some(zone) if zone.name().starts_with("Etc/GMT") => match zone_of_place_list(name) {
                Some(zone) => known(zone),
                None => Named { clock: Clock::Known(zone), is_sure: false },
            },
            Some(zone) => known(zone),
            None => match zone_of_place_list(name) {
                Some(zone) => known(zone),
                None => Named { clock: self.floating.clone(), is_sure: false },
            },
        }
    }
}

/// The lines of a VTIMEZONE that are read, each in its one form; and whether
/// nothing that matters was left out.
fn zone_text(block: &Block) -> (String, bool) {
    let mut text = String::from("BEGIN:VTIMEZONE\r\n");
    let mut is_whole = !block.is_cut && block.bad.is_empty();
    for line in &block.lines {
        let Some((name, value)) = property(&line.text) else { continue };
        let line = match name.as_str() {
            "DTSTART" | "RDATE" => match date_line(&line.text) {
                DateLine::Clear(line) => line,
                DateLine::Doubtful(..) | DateLine::Unreadable => {
                    is_whole = false;
                    continue;
                }
            },
            "RRULE" => match checked(value) {
                Ok(rule) => format!("RRULE:{rule}"),
                Err(_) => {
                    is_whole = false;
                    continue;
                }
            },
            "BEGIN" | "END" | "TZID" | "X-LIC-LOCATION" | "TZOFFSETFROM" | "TZOFFSETTO" => line.text.clone(),
            _ => continue,
        };
        text.push_str(&line);
        text.push_str("\r\n");
    }
    text.push_str("END:VTIMEZONE\r\n");
    (text, is_whole)
}

/// The zone of this name; `None`: it is not known.
fn iana_zone(name: &str) -> Option<Zone> {
    Zone::parse(name).filter(zone::exists)
}

/// Whether a name means UTC.
fn is_universal(name: &str) -> bool {
    ["UTC", "GMT", "Z", "Zulu", "UCT"].iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// The zone at the end of a path, as in `/citadel.org/20190914_1/Europe/Berlin`;
/// `None`: there is none.
fn zone_in_path(name: &str) -> Option<Zone> {
    let slashes: Vec<usize> = name.match_indices('/').map(|(at, _)| at + 1).collect();
    slashes.into_iter().filter_map(|at| iana_zone(name.get(at..)?)).find(|zone| zone.name().contains('/'))
}

/// The zone of a name that Windows or Outlook uses. The table of names is the
/// parser's; the rules of the zone are ours.
fn zone_of_windows_name(name: &str) -> Option<Zone> {
    let zone = Tz::from_str(name).ok()?;
    iana_zone(&zone.name()?)
}

/// The zone of the first place that has one in "(UTC+01:00) Amsterdam, Berlin,
/// Bern"; `None`: the text is not of this form, or no place has one.
fn zone_of_place_list(name: &str) -> Option<Zone> {
    let (head, places) = name.strip_prefix('(')?.split_once(')')?;
    let head = head.to_ascii_uppercase();
    if !head.starts_with("UTC") && !head.starts_with("GMT") {
        return None;
    }
    places.split([',', '&', '/']).map(str::trim).find_map(|place| {
        zone::all().iter().find(|zone| zone.name() != "UTC" && zone.city().eq_ignore_ascii_case(place)).cloned()
    })
}

/// A time in a file: a wall time of a clock, or a whole day.
#[derive(Clone, Debug)]
pub struct Time {
    /// The wall time; for a whole day its midnight.
    pub wall: NaiveDateTime,
    /// The clock; `None`: a whole day, wherever its reader is.
    pub clock: Option<Clock>,
}

impl Time {
    /// The times of a property. Doubts about them are added to `doubts`; values
    /// that are no time are left out.
    pub fn all(entry: &ICalendarEntry, zones: &Zones, doubts: &mut Vec<String>) -> Vec<Self> {
        let clock = Self::clock_of(entry, zones, doubts);
        entry.values.iter().filter_map(|v| Self::read(partial(v)?, &clock)).collect()
    }

    /// The clock of a property: of its TZID or, without one, the floating clock.
    pub fn clock_of(entry: &ICalendarEntry, zones: &Zones, doubts: &mut Vec<String>) -> Clock {
        let name = entry.params.iter().find(|p| p.name == ICalendarParameterName::Tzid);
        let Some(name) = name.and_then(|p| p.value.as_text()) else { return zones.floating.clone() };
        let named = zones.clock_named(name);
        if !named.is_sure {
            let read_as = match &named.clock {
                Clock::Known(zone) => format!("read as {} time", zone.city()),
                Clock::File(_) | Clock::Fixed(_) => "read as the file describes it, in part".to_owned(),
            };
            let doubt = format!("its time zone “{name}” isn’t known and was {read_as}");
            add_doubt(doubts, doubt);
        }
        named.clock
    }

    /// A date or time as the parser read it; `None`: there is no such day or time.
    pub fn read(value: &PartialDateTime, clock: &Clock) -> Option<Self> {
        let wall = wall_of(value)?;
        if value.hour.is_none() {
            return Some(Self { wall, clock: None });
        }
        let clock = match (value.tz_hour, value.tz_minute.unwrap_or(0)) {
            (None, _) => clock.clone(),
            (Some(0), 0) => Clock::utc(),
            (Some(hours), minutes) => {
                let offset = i32::from(hours) * 3600 + i32::from(minutes) * 60;
                Clock::Fixed(if value.tz_minus { -offset } else { offset })
            }
        };
        Some(Self { wall, clock: Some(clock) })
    }

    /// Another wall time of the same clock.
    pub fn at(&self, wall: NaiveDateTime) -> Self {
        Self { wall, clock: self.clock.clone() }
    }

    /// The instant of the time; for a whole day, its midnight as if it were in UTC.
    pub fn instant(&self) -> DateTime<Utc> {
        self.clock.as_ref().map_or_else(|| self.wall.and_utc(), |clock| clock.instant(self.wall))
    }

    /// This time in the wall time of another time's clock. A whole day becomes the
    /// other's time on that day; if the other is a whole day, a time becomes its
    /// day.
    pub fn on(&self, other: &Self, floating: &Clock) -> NaiveDateTime {
        match (&self.clock, &other.clock) {
            (Some(_), Some(clock)) => clock.wall(self.instant()),
            (None, Some(_)) => self.wall.date().and_time(other.wall.time()),
            (None, None) => self.wall,
            (Some(clock), None) => {
                // The writer's midnight, given in UTC. A time that looks like a
                // midnight was meant as a date.
                let is_date = self.wall.time() == NaiveTime::MIN || self.wall.time() >= LAST_MINUTE;
                let wall = if clock.is_utc() && !is_date { floating.wall(self.instant()) } else { self.wall };
                wall.date().and_time(NaiveTime::MIN)
            }
        }
    }
}

/// The most doubts that are kept of an entry, because each of its rows shows all of
/// them.
const MOST_DOUBTS: usize = 5;

/// Adds a reason why an entry may mean something else, unless it is there already.
pub fn add_doubt(doubts: &mut Vec<String>, doubt: String) {
    if doubts.len() < MOST_DOUBTS && !doubts.contains(&doubt) {
        doubts.push(doubt);
    }
}

/// The last minute of a day.
const LAST_MINUTE: NaiveTime = NaiveTime::from_hms_opt(23, 59, 0).expect("a time of day");

/// A date with its time, or with midnight if it has none; 24:00 is midnight of the
/// next day. `None`: there is no such date or time.
pub fn wall_of(value: &PartialDateTime) -> Option<NaiveDateTime> {
    let day = NaiveDate::from_ymd_opt(value.year?.into(), value.month?.into(), value.day?.into())?;
    let (hour, minute) = (value.hour.unwrap_or(0), value.minute.unwrap_or(0));
    if (hour, minute) == (24, 0) {
        return Some(day.succ_opt()?.and_time(NaiveTime::MIN));
    }
    // A leap second is read as the second before it.
    let second = value.second.unwrap_or(0).min(59);
    Some(day.and_time(NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into())?))
}

/// The date or time in a value; `None`: it is another kind of value.
pub fn partial(value: &ICalendarValue) -> Option<&PartialDateTime> {
    match value {
        ICalendarValue::PartialDateTime(value) => Some(value),
        _ => None,
    }
}

/// The offset in a value, in seconds east of UTC; `None`: it is none, or more than
/// 26 hours.
fn offset_of(value: &ICalendarValue) -> Option<i32> {
    let value = partial(value)?;
    let offset = i32::from(value.tz_hour?) * 3600 + i32::from(value.tz_minute.unwrap_or(0)) * 60;
    (offset <= 26 * 3600).then_some(if value.tz_minus { -offset } else { offset })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::ics::{normalise::calendars, rules::STEPS};

    fn zones(vtimezones: &str) -> Zones {
        let stop = AtomicBool::new(false);
        let text = format!("BEGIN:VCALENDAR\n{vtimezones}END:VCALENDAR\n");
        let blocks = calendars(text.as_bytes()).unwrap().remove(0).zones;
        let last = NaiveDate::from_ymd_opt(2038, 1, 1).unwrap();
        Zones::new(&blocks, Zone::parse("Europe/Berlin").unwrap(), last, &Budget::new(STEPS, &stop)).unwrap()
    }

    fn zone_of(zones: &Zones, name: &str) -> String {
        match zones.clock_named(name) {
            Named { clock: Clock::Known(zone), is_sure } => {
                format!("{}{}", zone.name(), if is_sure { "" } else { "?" })
            }
            Named { clock: Clock::File(_), is_sure } => format!("file{}", if is_sure { "" } else { "?" }),
            Named { clock: Clock::Fixed(offset), .. } => offset.to_string(),
        }
    }

    /// The parts of a zone with the rules of Berlin, as Outlook writes them.
    const BERLIN: &str = "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
                          BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n";

    #[test]
    fn zone_names_of_many_programs_are_understood() {
        let zones = zones(&format!(
            "BEGIN:VTIMEZONE\nTZID:tzone://Microsoft/Custom\n{BERLIN}BEGIN:VTIMEZONE\nTZID:Mine\nX-LIC-LOCATION:Asia/Kolkata\n{BERLIN}\
             BEGIN:VTIMEZONE\nTZID:EST\n{BERLIN}BEGIN:VTIMEZONE\nTZID:Europe/Paris\n{BERLIN}BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
             DTSTART:20000101T000000\nRRULE:FREQ=LUNAR\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VTIMEZONE\nTZID:Empty\nEND:VTIMEZONE\n"
        ));
        for (name, expected) in [
            ("Europe/Paris", "Europe/Paris"),
            ("UTC", "UTC"),
            ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
            ("/citadel.org/20190914_1/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
            ("tzone://Microsoft/Custom", "file"),
            ("TZONE://microsoft/custom", "file"),
            ("Mine", "Asia/Kolkata"),
            ("EST", "file"),
            ("MST", "MST"),
            ("Odd", "file?"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("Eastern Standard Time", "America/New_York"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
            ("(UTC+01:00) Vienna, Somewhere", "Europe/Vienna"),
            ("(UTC+01:00) Somewhere", "Etc/GMT-1?"),
            ("Empty", "Europe/Berlin?"),
            ("Mitteleuropäische Zeit", "Europe/Berlin?"),
        ] {
            assert_eq!(zone_of(&zones, name), expected, "{name}");
        }
    }

    /// A zone that the file describes with Berlin's rules is read as Berlin, for
    /// each quarter of an hour around each change.
    #[test]
    fn a_zone_with_the_rules_of_berlin_is_read_as_berlin() {
        let zones = zones(&format!("BEGIN:VTIMEZONE\nTZID:X\n{BERLIN}"));
        let (ours, berlin) = (zones.clock_named("X").clock, Clock::Known(Zone::parse("Europe/Berlin").unwrap()));
        assert!(matches!(ours, Clock::File(_)));
        for change in ["2026-10-25T01:00:00Z", "2027-03-28T01:00:00Z", "2036-10-26T01:00:00Z", "1999-10-31T01:00:00Z"] {
            let change: DateTime<Utc> = change.parse().unwrap();
            for quarter in -12..=12 {
                let at = change + Duration::minutes(15 * quarter);
                assert_eq!(ours.wall(at), berlin.wall(at), "{at}");
                let wall = at.naive_utc() + Duration::hours(1);
                assert_eq!(ours.instant(wall), berlin.instant(wall), "{wall}");
                assert_eq!(ours.skips(wall), berlin.skips(wall), "{wall}");
            }
        }
    }

    #[test]
    fn a_zone_with_single_changes_is_read() {
        let zones = zones(
            "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nEND:STANDARD\n\
             BEGIN:DAYLIGHT\nDTSTART:20260301T020000\nRDATE:20270307T020000,20280305T020000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0630\nEND:DAYLIGHT\n\
             BEGIN:STANDARD\nDTSTART:20261101T020000\nRDATE:20271107T020000\nTZOFFSETFROM:+0630\nTZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n",
        );
        let clock = zones.clock_named("X").clock;
        for (wall, instant) in [
            ("1990-06-01T12:00:00", "1990-06-01T06:30:00Z"),
            ("2026-06-01T12:00:00", "2026-06-01T05:30:00Z"),
            ("2026-12-01T12:00:00", "2026-12-01T06:30:00Z"),
            ("2027-06-01T12:00:00", "2027-06-01T05:30:00Z"),
            ("2029-12-01T12:00:00", "2029-12-01T05:30:00Z"),
            ("2027-03-07T02:30:00", "2027-03-06T21:00:00Z"),
            ("2027-11-07T01:30:00", "2027-11-06T19:00:00Z"),
        ] {
            assert_eq!(clock.instant(wall.parse().unwrap()), instant.parse::<DateTime<Utc>>().unwrap(), "{wall}");
        }
    }
}
