//! Calendar files from elsewhere (RFC 5545), read into what they say about
//! somebody's days.
//!
//! What repeats becomes single entries between two days. A rule is counted on
//! the wall clock of its own zone and each time is converted then, so that
//! ten o'clock stays ten o'clock over the change to summer time, and so that
//! the zones are ours (`domain::zone`) and not the recurrence library's.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use domain::{
    availability::{Exception, ExceptionKind, Hours},
    person::Zone,
    zone,
};
use icalendar::parser::{Component, Property, read_calendar_simple, unfold};
use rrule::{RRule, Tz, Unvalidated};

/// So many entries are read of a file; the rest is counted.
pub const MOST: usize = 300;

/// So many rules are counted through; those that have ended are not counted.
/// One from long ago takes some milliseconds.
const RULES: usize = 500;

/// A component stands in one that stands in the calendar, and no deeper; the
/// parser goes down one call for each level.
const DEEPEST: usize = 4;

/// The last minute of a day, where an entry goes on into the next.
const LAST: NaiveTime = NaiveTime::from_hms_opt(23, 59, 0).expect("a time of day");

/// What a file says of the days asked for, in the wall time of the practice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// In their order.
    pub entries: Vec<Entry>,
    /// Beyond [`MOST`].
    pub more: usize,
    /// Over before the first of the days.
    pub past: usize,
    /// What could not be read as it stands, in words for the reader.
    pub notes: BTreeSet<String>,
    /// Rules met that have not ended before the days.
    rules: usize,
}

/// One entry of one day, or of whole days.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its days, hours and words.
    pub day: Exception,
    /// Marked as free, as most birthdays and holidays are.
    pub free: bool,
}

/// The span of an event: whole days (the end is not in it), or instants.
#[derive(Clone, Copy)]
enum Span {
    Days(NaiveDate, NaiveDate),
    Times(DateTime<Utc>, DateTime<Utc>),
}

/// Reads a file's events from `from` to `until` (not in it). The error is a
/// sentence for whoever chose the file.
pub fn read(text: &str, from: NaiveDate, until: NaiveDate, practice: &Zone) -> Result<Found, String> {
    let unfolded = unfold(text.trim_start_matches('\u{feff}'));
    let mut depth = 0_usize;
    for (n, line) in unfolded.lines().enumerate() {
        let is = |word: &str| line.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        if is("BEGIN:") {
            depth += 1;
        } else if is("END:") {
            depth = depth.saturating_sub(1);
        }
        if depth > DEEPEST {
            return Err(format!("Line {}: this is nested deeper than a calendar file is.", n + 1));
        }
    }
    let roots = read_calendar_simple(&unfolded).map_err(|e| {
        let line = unfolded[..unfolded.len().saturating_sub(e.input.len())].lines().count();
        format!("Line {}: this cannot be read as a calendar file (.ics).", line.max(1))
    })?;
    let calendars: Vec<&Component<'_>> = roots.iter().filter(|c| c.name.as_str() == "VCALENDAR").collect();
    if calendars.is_empty() {
        return Err("This is no calendar file: it has no BEGIN:VCALENDAR.".to_owned());
    }
    let mut found = Found::default();
    for calendar in calendars {
        let own = calendar.properties.iter().find(|p| p.name.as_str() == "X-WR-TIMEZONE");
        let floating = own.and_then(|p| known(p.val.as_str())).unwrap_or_else(|| practice.clone());
        let events: Vec<&Component<'_>> = calendar.components.iter().filter(|c| c.name.as_str() == "VEVENT").collect();
        // Times that stand on their own in place of one that a rule makes.
        let instead: HashSet<(String, NaiveDateTime)> = events
            .iter()
            .filter_map(|e| {
                let time = Time::of(e.find_prop("RECURRENCE-ID")?, &floating, &mut BTreeSet::new())?;
                Some((value(e, "UID"), time.instant()?.naive_utc()))
            })
            .collect();
        for event in events {
            read_event(event, &floating, practice, &instead, (from, until), &mut found);
        }
    }
    if found.rules > RULES {
        let left = found.rules - RULES;
        found
            .notes
            .insert(format!("The file repeats too much to count through: {left} repeating entries are left out."));
    }
    found.entries.sort_by(|a, b| {
        let key = |e: &Entry| (e.day.first, e.day.hours.map(|h| h.from), e.day.reason.clone());
        key(a).cmp(&key(b))
    });
    found.more += found.entries.len().saturating_sub(MOST);
    found.entries.truncate(MOST);
    Ok(found)
}

fn read_event(
    event: &Component<'_>,
    floating: &Zone,
    practice: &Zone,
    instead: &HashSet<(String, NaiveDateTime)>,
    (from, until): (NaiveDate, NaiveDate),
    found: &mut Found,
) {
    if value(event, "STATUS").eq_ignore_ascii_case("CANCELLED") {
        return;
    }
    let title = title(event);
    let Some(start) = event.find_prop("DTSTART").and_then(|p| Time::of(p, floating, &mut found.notes)) else {
        found.notes.insert(format!("“{title}” has no begin that can be read, and is left out."));
        return;
    };
    let Some(length) = length(event, &start, floating, found) else {
        found.notes.insert(format!("“{title}” has no length that can be read, and is left out."));
        return;
    };
    let mut starts = vec![start.wall];
    let is_one_of_many = event.find_prop("RECURRENCE-ID").is_some();
    if let Some(rule) = event.find_prop("RRULE").filter(|_| !is_one_of_many) {
        if ends(rule.val.as_str(), &start).is_some_and(|end| end.date() + Duration::days(2) < from) {
            found.past += 1;
            return;
        }
        found.rules += 1;
        if found.rules > RULES {
            return;
        }
        match repeated(rule.val.as_str(), &start, (from, until)) {
            Ok((times, more)) => {
                found.more += more;
                starts = times;
            }
            Err(why) => {
                found.notes.insert(format!(
                    "“{title}” repeats in a way that is not understood ({why}): its first time only is shown."
                ));
            }
        }
        let listed = |name: &str, notes: &mut BTreeSet<String>| -> Vec<NaiveDateTime> {
            let lists = event.properties.iter().filter(|p| p.name.as_str() == name);
            lists.flat_map(|p| Time::all(p, floating, notes)).filter_map(|t| t.on(&start)).collect()
        };
        let left_out = listed("EXDATE", &mut found.notes);
        starts.retain(|s| !left_out.contains(s));
        starts.extend(listed("RDATE", &mut found.notes));
        starts.sort_unstable();
        starts.dedup();
        let uid = value(event, "UID");
        starts.retain(|s| {
            let at = start.at(*s).instant().map(|at| at.naive_utc());
            at.is_none_or(|at| !instead.contains(&(uid.clone(), at)))
        });
    }
    let free = value(event, "TRANSP").eq_ignore_ascii_case("TRANSPARENT");
    for wall in starts {
        let span = match (&start.zone, length) {
            (None, length) => Span::Days(wall.date(), wall.date() + Duration::days(length.num_days().max(1))),
            (Some(_), length) => {
                let Some(at) = start.at(wall).instant() else { continue };
                Span::Times(at, at + length)
            }
        };
        for day in days(span, practice) {
            let (first, last) = (day.first.max(from), day.last.min(until - Duration::days(1)));
            if day.last < from {
                found.past += 1;
            } else if first <= last {
                found.entries.push(Entry { day: Exception { first, last, reason: title.clone(), ..day }, free });
            }
        }
    }
}

/// Wall times that a rule makes of a begin, until a day; and how many were
/// too many to count on.
fn repeated(
    rule: &str,
    start: &Time,
    (from, until): (NaiveDate, NaiveDate),
) -> Result<(Vec<NaiveDateTime>, usize), String> {
    // The rule's end is an instant, and counting goes on the wall.
    let parts: Vec<String> = rule
        .split(';')
        .map(|part| match part.split_once('=') {
            Some((name, _)) if name.eq_ignore_ascii_case("UNTIL") => {
                let end = ends(part, start).ok_or("its end")?;
                Ok(format!("UNTIL={}", end.format("%Y%m%dT%H%M%SZ")))
            }
            _ => Ok(part.to_owned()),
        })
        .collect::<Result<_, &str>>()?;
    let rule = parts.join(";");
    let often = rule.to_uppercase();
    if ["SECONDLY", "MINUTELY", "HOURLY"].iter().any(|f| often.contains(f)) {
        return Err("more often than once a day".to_owned());
    }
    let on_wall = |wall: NaiveDateTime| Tz::UTC.from_utc_datetime(&wall);
    let rule: RRule<Unvalidated> = rule.parse().map_err(|_| "its rule")?;
    // A day either side: the zones of the file and the practice may differ.
    let first = (from - Duration::days(2)).and_time(NaiveTime::MIN);
    let set = rule.build(on_wall(nearer(&often, start.wall, first))).map_err(|_| "its rule")?;
    let last = (until + Duration::days(2)).and_time(NaiveTime::MIN);
    let result = set.after(on_wall(first)).before(on_wall(last)).all(u16::try_from(MOST + 1).unwrap_or(u16::MAX));
    let more = result.dates.len().saturating_sub(MOST);
    Ok((result.dates.into_iter().take(MOST).map(|d| d.naive_utc()).collect(), more))
}

/// A begin of the same rule not long before `first`: what was each day or week
/// since long ago need not be counted through. Only a rule that counts its
/// times must be.
fn nearer(rule: &str, start: NaiveDateTime, first: NaiveDateTime) -> NaiveDateTime {
    let part = |name: &str| rule.split(';').find_map(|p| p.strip_prefix(name)?.strip_prefix('='));
    let days = match part("FREQ") {
        Some("DAILY") => 1,
        Some("WEEKLY") => 7,
        _ => return start,
    };
    let every: i64 =
        part("INTERVAL").map_or(Some(1), |n| n.parse().ok()).filter(|n| (1..=1000).contains(n)).unwrap_or(0);
    if every == 0 || part("COUNT").is_some() {
        return start;
    }
    let period = days * every;
    // One period is left, so that the first week is whole.
    let periods = (first - start).num_days() / period - 1;
    if periods > 0 { start + Duration::days(periods * period) } else { start }
}

/// The last moment of a rule, on the wall of its begin.
fn ends(rule: &str, start: &Time) -> Option<NaiveDateTime> {
    let end = rule.split(';').find_map(|part| {
        let (name, end) = part.split_once('=')?;
        name.eq_ignore_ascii_case("UNTIL").then_some(end)
    })?;
    let time = Time::parse(end, start.zone.as_ref())?;
    if time.zone.is_none() { Some(time.wall.date().and_time(LAST)) } else { time.on(start) }
}

/// How long an event is; one without a word about it is a day, or no time.
fn length(event: &Component<'_>, start: &Time, floating: &Zone, found: &mut Found) -> Option<Duration> {
    if let Some(end) = event.find_prop("DTEND") {
        let end = Time::of(end, floating, &mut found.notes)?;
        let length = match (&start.zone, &end.zone) {
            (None, None) => end.wall - start.wall,
            _ => end.instant()? - start.instant()?,
        };
        return (length >= Duration::zero() && length <= Duration::days(366)).then_some(length);
    }
    match event.find_prop("DURATION") {
        Some(duration) => {
            let duration = iso8601::duration(duration.val.as_str()).ok()?;
            let length = Duration::from_std(duration.into()).ok()?;
            (length <= Duration::days(366)).then_some(length)
        }
        None if start.zone.is_none() => Some(Duration::days(1)),
        None => Some(Duration::zero()),
    }
}

/// A span as days of the practice: whole ones, or hours of one day each.
fn days(span: Span, practice: &Zone) -> Vec<Exception> {
    let day = |first, last, hours| Exception {
        first,
        last,
        hours,
        kind: ExceptionKind::Away,
        of_all: false,
        reason: String::new(),
    };
    match span {
        Span::Days(first, end) => vec![day(first, end - Duration::days(1), None)],
        Span::Times(at, end) => {
            let (begin, end) = (zone::wall_time(at, practice), zone::wall_time(end, practice));
            let mut days = Vec::new();
            let mut date = begin.date();
            while date <= end.date() {
                let from = if date == begin.date() { begin.time() } else { NaiveTime::MIN };
                let until = if date == end.date() { end.time() } else { LAST };
                if from < until {
                    days.push(day(date, date, Some(Hours { from, until })));
                }
                date += Duration::days(1);
            }
            days
        }
    }
}

/// A time as a file gives it: on the wall of a zone, or a day (no zone).
#[derive(Clone, Debug)]
struct Time {
    wall: NaiveDateTime,
    zone: Option<Zone>,
}

impl Time {
    fn of(property: &Property<'_>, floating: &Zone, notes: &mut BTreeSet<String>) -> Option<Self> {
        Self::all(property, floating, notes).into_iter().next()
    }

    /// Of a property with several values.
    fn all(property: &Property<'_>, floating: &Zone, notes: &mut BTreeSet<String>) -> Vec<Self> {
        let named = property.params.iter().find(|p| p.key.as_str().eq_ignore_ascii_case("TZID"));
        let zone = named.and_then(|p| p.val.as_ref()).map(|name| {
            let name = name.as_str().trim_matches('"');
            known(name).unwrap_or_else(|| {
                notes.insert(format!(
                    "The zone “{name}” is not known here: its times are read as {} time.",
                    floating.city()
                ));
                floating.clone()
            })
        });
        let zone = zone.unwrap_or_else(|| floating.clone());
        property.val.as_str().split(',').filter_map(|text| Self::parse(text, Some(&zone))).collect()
    }

    fn parse(text: &str, zone: Option<&Zone>) -> Option<Self> {
        let text = text.trim();
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y%m%d") {
            return Self { wall: date.and_time(NaiveTime::MIN), zone: None }.within();
        }
        let wall = NaiveDateTime::parse_from_str(text.trim_end_matches(['Z', 'z']), "%Y%m%dT%H%M%S").ok()?;
        let utc = text.ends_with(['Z', 'z']);
        let zone = if utc { Some(Zone::utc()) } else { zone.cloned() };
        Self { wall, zone }.within()
    }

    /// Years that a calendar has; the rest is a slip or an attack.
    fn within(self) -> Option<Self> {
        use chrono::Datelike as _;
        (1970..=2200).contains(&self.wall.year()).then_some(self)
    }

    fn at(&self, wall: NaiveDateTime) -> Self {
        Self { wall, zone: self.zone.clone() }
    }

    fn instant(&self) -> Option<DateTime<Utc>> {
        match &self.zone {
            Some(zone) => zone::instant(self.wall, zone).ok(),
            None => Some(self.wall.and_utc()),
        }
    }

    /// This time on the wall of another's zone.
    fn on(&self, other: &Self) -> Option<NaiveDateTime> {
        match (&self.zone, &other.zone) {
            (Some(_), Some(zone)) => Some(zone::wall_time(self.instant()?, zone)),
            // A day leaves out what begins on it.
            (None, Some(_)) => Some(self.wall.date().and_time(other.wall.time())),
            (_, None) => Some(self.wall.date().and_time(NaiveTime::MIN)),
        }
    }
}

fn known(name: &str) -> Option<Zone> {
    Zone::parse(name).filter(zone::exists)
}

fn value(event: &Component<'_>, name: &str) -> String {
    event.find_prop(name).map(|p| p.val.as_str().to_owned()).unwrap_or_default()
}

/// An event's title on one line, 200 characters at most.
fn title(event: &Component<'_>) -> String {
    let text = event.find_prop("SUMMARY").map(|p| p.val.clone().unescape_text().as_str().to_owned());
    let text: String = text.unwrap_or_default().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: &str = "Europe/Berlin";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn file(events: &str) -> String {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.replace('\n', "\r\n"))
    }

    fn found(events: &str, from: &str, until: &str) -> Found {
        read(&file(events), day(from), day(until), &Zone::parse(BERLIN).unwrap()).unwrap()
    }

    fn told(found: &Found) -> Vec<String> {
        let entries = found.entries.iter();
        entries
            .map(|e| {
                let hours = e.day.hours.map_or_else(|| "all day".to_owned(), |h| h.to_string());
                format!("{}..{} {hours} {}", e.day.first, e.day.last, e.day.reason)
            })
            .collect()
    }

    #[test]
    fn single_entries_of_all_shapes() {
        let found = found(
            "BEGIN:VEVENT\nUID:1\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nSUMMARY:Rosa\\, and\n  Lin\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:2\nDTSTART;TZID=America/New_York:20261201T090000\nDURATION:PT50M\nSUMMARY:From afar\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:3\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christmas\nTRANSP:TRANSPARENT\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:4\nDTSTART:20261202T233000\nDTEND:20261203T002000\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:5\nDTSTART:20261204T100000Z\nDTEND:20261204T110000Z\nSTATUS:CANCELLED\nSUMMARY:Off\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:6\nDTSTART:20201204T100000Z\nDTEND:20201204T110000Z\nSUMMARY:Long ago\nEND:VEVENT\n",
            "2026-11-24",
            "2027-11-24",
        );
        assert_eq!(
            told(&found),
            [
                "2026-12-01..2026-12-01 10:00–11:00 Rosa, and Lin",
                "2026-12-01..2026-12-01 15:00–15:50 From afar",
                "2026-12-02..2026-12-02 23:30–23:59 ",
                "2026-12-03..2026-12-03 00:00–00:20 ",
                "2026-12-25..2026-12-26 all day Christmas",
            ]
        );
        assert_eq!((found.past, found.more, found.entries[4].free, found.entries[0].free), (1, 0, true, false));
    }

    /// Ten o'clock stays ten o'clock over the change; one is left out, one
    /// moved; and the end is an instant.
    #[test]
    fn what_repeats_keeps_its_wall_time() {
        let found = found(
            "BEGIN:VEVENT\nUID:w\nDTSTART;TZID=Europe/Berlin:20270318T100000\nDTEND;TZID=Europe/Berlin:20270318T110000\n\
             RRULE:FREQ=WEEKLY;UNTIL=20270415T080000Z\nEXDATE;TZID=Europe/Berlin:20270401T100000\nSUMMARY:Weekly\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:w\nRECURRENCE-ID;TZID=Europe/Berlin:20270408T100000\nDTSTART;TZID=Europe/Berlin:20270409T120000\n\
             DTEND;TZID=Europe/Berlin:20270409T130000\nSUMMARY:Moved\nEND:VEVENT\n",
            "2027-03-01",
            "2028-03-01",
        );
        assert_eq!(
            told(&found),
            [
                "2027-03-18..2027-03-18 10:00–11:00 Weekly",
                "2027-03-25..2027-03-25 10:00–11:00 Weekly",
                "2027-04-09..2027-04-09 12:00–13:00 Moved",
                "2027-04-15..2027-04-15 10:00–11:00 Weekly",
            ]
        );
    }

    /// Begun long ago, a rule says the same as one that is counted through.
    #[test]
    fn a_rule_from_long_ago_is_not_counted_through() {
        let times = |rule: &str, begin: &str| {
            let found = found(
                &format!(
                    "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin:{begin}\nDURATION:PT1H\nRRULE:{rule}\nEND:VEVENT\n"
                ),
                "2026-11-24",
                "2027-02-01",
            );
            told(&found)
        };
        for rule in [
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;BYDAY=MO,TH",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU;WKST=SU",
            "FREQ=DAILY;BYMONTH=12;BYDAY=FR",
        ] {
            // A count so high that it does not end makes it count through.
            let through = times(&format!("{rule};COUNT=60000"), "20190307T100000");
            assert!(through.len() > 3, "{rule}");
            assert_eq!(times(rule, "20190307T100000"), through, "{rule}");
        }
    }

    #[test]
    fn a_time_that_does_not_exist_is_read_with_the_offset_before() {
        let found = found(
            "BEGIN:VEVENT\nUID:g\nDTSTART;TZID=Europe/Berlin:20270328T023000\nDURATION:PT30M\nEND:VEVENT\n",
            "2027-03-01",
            "2027-04-01",
        );
        assert_eq!(told(&found), ["2027-03-28..2027-03-28 03:30–04:00 "]);
    }

    #[test]
    fn unknown_zones_and_odd_rules_are_said() {
        let found = found(
            "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=\"W. Europe Standard Time\":20261201T090000\nDTEND;TZID=\"W. Europe Standard Time\":20261201T100000\nSUMMARY:A\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:2\nDTSTART:20261201T090000\nDTEND:20261201T100000\nRRULE:FREQ=SECONDLY\nSUMMARY:B\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:3\nDTSTART:soon\nSUMMARY:C\nEND:VEVENT\n",
            "2026-11-24",
            "2027-11-24",
        );
        assert_eq!(found.entries.len(), 2);
        let notes: Vec<_> = found.notes.iter().map(String::as_str).collect();
        assert!(notes.iter().any(|n| n.contains("W. Europe Standard Time") && n.contains("Berlin")), "{notes:?}");
        assert!(
            notes.iter().any(|n| n.contains("“B” repeats")) && notes.iter().any(|n| n.contains("“C” has no begin"))
        );
    }

    /// An endless rule from the first year there is, a nest of a thousand
    /// calendars, half a file: an answer, soon, and no panic.
    #[test]
    fn files_made_to_hurt_are_answered() {
        let endless =
            "BEGIN:VEVENT\nUID:1\nDTSTART:19700101T000000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY\nEND:VEVENT\n".repeat(40);
        let found = found(&endless, "2026-11-24", "2027-11-24");
        assert_eq!(found.entries.len(), MOST);
        assert!(found.more > 1_000);
        let zone = Zone::parse(BERLIN).unwrap();
        let (from, until) = (day("2026-11-24"), day("2027-11-24"));
        let old = "BEGIN:VEVENT\nUID:1\nDTSTART:19700101T000000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n".repeat(RULES + 7);
        let found = self::found(&old, "2026-11-24", "2026-11-25");
        assert!(found.notes.iter().any(|n| n.contains(": 7 repeating entries")), "{:?}", found.notes);
        let ended = "BEGIN:VEVENT\nUID:1\nDTSTART:19700101T000000Z\nRRULE:FREQ=DAILY;UNTIL=20200101\nEND:VEVENT\n";
        let found = self::found(&ended.repeat(RULES * 2), "2026-11-24", "2026-11-25");
        assert_eq!((found.past, found.entries.len(), found.notes.len()), (RULES * 2, 0, 0));
        let nested = "BEGIN:VCALENDAR\r\n".repeat(10_000);
        assert!(read(&nested, from, until, &zone).unwrap_err().starts_with("Line 5:"));
        assert!(read("", from, until, &zone).is_err());
        assert!(read("slug = \"x\"", from, until, &zone).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_file_breaks_it(lines in proptest::collection::vec("(BEGIN|END|DTSTART|DTEND|RRULE|EXDATE|DURATION|SUMMARY|TZID=)?[;:=]?(VEVENT|VCALENDAR|FREQ=(DAILY|WEEKLY|YEARLY)|COUNT=9|UNTIL=2|20270101(T000000Z)?|P[0-9]{1,30}[DWY]|.{0,9})", 0..14)) {
            let text = file(&format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.join("\n")));
            let _ = read(&text, day("2026-11-24"), day("2027-11-24"), &Zone::parse(BERLIN).unwrap());
        }
    }
}
