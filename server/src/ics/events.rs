//! Events: one VEVENT, read into what it says, with a doubt for every part of it
//! that is not understood.

use calcard::icalendar::{
    ICalendarComponent, ICalendarDuration, ICalendarEntry, ICalendarParameterName, ICalendarPeriod, ICalendarProperty,
    ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{
    component::parse_component,
    normalise::{Block, DateLine, date_line, property},
    rules::{Rule, checked},
    zones::{Clock, Time, Zones, add_doubt, partial, wall_of},
};

/// The length of an event: days by the calendar, then time by the clock (RFC 5545
/// §3.3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    pub days: i64,
    pub exact: Duration,
}

/// The times of a series that an event describes.
#[derive(Clone, Debug)]
pub enum Part {
    /// The whole series, or an event that is no series.
    Whole,
    /// The occurrence that would begin at this time.
    One(Time),
    /// The occurrence that would begin at this time, and all later ones.
    Following(Time),
}

/// What an event says.
#[derive(Clone, Debug)]
pub struct Event {
    /// The line of its BEGIN.
    pub line: usize,
    pub title: String,
    /// The id; empty: none.
    pub uid: String,
    /// When it begins.
    pub start: Time,
    /// How long it takes.
    pub length: Length,
    /// Which times of its series it describes.
    pub part: Part,
    /// The rules by which it repeats; empty: it does not repeat.
    pub rules: Vec<Rule>,
    /// Rules whose times are removed from the series (EXRULE, RFC 2445).
    pub except: Vec<Rule>,
    /// Further times of the series (RDATE), some with a length of their own.
    pub extra: Vec<(Time, Option<Length>)>,
    /// Times that are removed from the series (EXDATE).
    pub left_out: Vec<Time>,
    /// Its version: SEQUENCE, LAST-MODIFIED and DTSTAMP. The highest one counts.
    pub version: (i64, Option<NaiveDateTime>, Option<NaiveDateTime>),
    /// Whether it is cancelled.
    pub is_cancelled: bool,
    /// Whether it is marked as free time.
    pub is_free: bool,
    /// Whether it is marked as whole days, even if it has times.
    pub is_all_day: bool,
    /// Why it may mean something else than it was read as.
    pub doubts: Vec<String>,
    /// Whether its RRULE was not understood.
    pub is_rule_lost: bool,
}

/// An event that cannot be read, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub title: String,
    pub line: usize,
    pub why: String,
}

/// The properties that are read; all others of an event are ignored.
const READ: [&str; 21] = [
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "EXRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "SEQUENCE",
    "DTSTAMP",
    "LAST-MODIFIED",
    "SUMMARY",
    "STATUS",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
    "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT",
    "X-FUNAMBOL-ALLDAY",
    "X-ALLDAY",
    "X-MICROSOFT-CDO-INTENDEDSTATUS",
];

/// The properties that an event may have only once.
const SINGLE: [&str; 5] = ["DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "UID"];

/// The longest event, in days: a longer one is cut, far beyond the days that are
/// asked for.
const LONGEST: i64 = 400 * 366;

impl Event {
    /// Reads a component; `is_cancelled` says that the whole calendar cancels its
    /// events.
    pub fn read(block: &Block, zones: &Zones, is_cancelled: bool) -> Result<Self, Unreadable> {
        let mut doubts = Vec::new();
        let EventText { text, is_rule_lost, unread } = event_text(block, &mut doubts);
        let read = parse_component(&text);
        let empty = ICalendarComponent::default();
        let read = read.as_ref().and_then(|r| r.components.first()).unwrap_or(&empty);
        let title = title(read);
        let refuse = |why: &str| Unreadable { title: title.clone(), line: block.number, why: why.to_owned() };

        let start = entry(read, &ICalendarProperty::Dtstart).map(|e| Time::all(e, zones, &mut doubts));
        let start = match start.map(|times| times.into_iter().next()) {
            Some(Some(start)) => start,
            Some(None) => return Err(refuse("its start can’t be read")),
            None if unread.contains(&"DTSTART") => return Err(refuse("its start can’t be read")),
            None => return Err(refuse("it has no start")),
        };
        if unread.contains(&"DTEND") || unread.contains(&"DURATION") {
            return Err(refuse("its end can’t be read"));
        }
        let length = length(read, &start, zones, &mut doubts).map_err(refuse)?;
        let part = match entry(read, &ICalendarProperty::RecurrenceId) {
            Some(entry) => match Time::all(entry, zones, &mut doubts).into_iter().next() {
                Some(at) if is_range(entry) => Part::Following(at),
                Some(at) => Part::One(at),
                None => return Err(refuse("which date of its series it replaces can’t be read")),
            },
            None if unread.contains(&"RECURRENCE-ID") => {
                return Err(refuse("which date of its series it replaces can’t be read"));
            }
            None => Part::Whole,
        };
        let mut rules = rules(read, &ICalendarProperty::Rrule, &start, zones);
        let mut except = rules_named(read, "EXRULE", &start, zones);
        let is_part = !matches!(part, Part::Whole);
        if is_part && (!rules.is_empty() || !except.is_empty()) {
            add_doubt(&mut doubts, "it replaces a date of a series and repeats itself".to_owned());
            rules.clear();
            except.clear();
        }
        let status = entry(read, &ICalendarProperty::Status).and_then(|e| e.values.first());
        let is_cancelled = is_cancelled || matches!(status, Some(ICalendarValue::Status(ICalendarStatus::Cancelled)));
        let busy = text_of(read, "X-MICROSOFT-CDO-BUSYSTATUS").to_uppercase();
        if matches!(status, Some(ICalendarValue::Status(ICalendarStatus::Tentative))) || busy == "TENTATIVE" {
            add_doubt(&mut doubts, "it is marked as tentative".to_owned());
        } else if busy == "WORKINGELSEWHERE" {
            add_doubt(&mut doubts, "it is marked as working elsewhere".to_owned());
        }
        let transparent = matches!(
            entry(read, &ICalendarProperty::Transp).and_then(|e| e.values.first()),
            Some(ICalendarValue::Transparency(ICalendarTransparency::Transparent))
        );
        let is_true = |name: &str| matches!(text_of(read, name).to_uppercase().as_str(), "TRUE" | "1");
        let stamp = |name| entry(read, &name).and_then(|e| e.values.first()).and_then(partial).and_then(wall_of);
        let sequence = match entry(read, &ICalendarProperty::Sequence).and_then(|e| e.values.first()) {
            Some(ICalendarValue::Integer(n)) => *n,
            _ => 0,
        };
        Ok(Self {
            line: block.number,
            uid: text_of(read, "UID"),
            length,
            part,
            rules,
            except,
            extra: extra(read, zones, &mut doubts),
            left_out: all(read, &ICalendarProperty::Exdate).flat_map(|e| Time::all(e, zones, &mut doubts)).collect(),
            version: (sequence, stamp(ICalendarProperty::LastModified), stamp(ICalendarProperty::Dtstamp)),
            is_cancelled,
            // Outlook's own property is more exact.
            is_free: busy == "FREE" || (busy.is_empty() && transparent),
            is_all_day: is_true("X-MICROSOFT-CDO-ALLDAYEVENT")
                || is_true("X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT")
                || is_true("X-FUNAMBOL-ALLDAY")
                || is_true("X-ALLDAY"),
            start,
            title,
            doubts,
            is_rule_lost,
        })
    }
}

/// The text of an event for the parser.
struct EventText {
    /// The lines that are read, each in its one form.
    text: String,
    /// Whether an RRULE was not understood.
    is_rule_lost: bool,
    /// The names of the date properties that could not be read.
    unread: Vec<&'static str>,
}

/// Writes the lines of an event for the parser.
fn event_text(block: &Block, doubts: &mut Vec<String>) -> EventText {
    let mut text = String::from("BEGIN:VEVENT\r\n");
    let (mut is_rule_lost, mut unread) = (false, Vec::new());
    let mut seen: Vec<(&'static str, &str)> = Vec::new();
    for line in &block.lines {
        let Some((name, value)) = property(&line.text) else { continue };
        let Some(name) = READ.into_iter().find(|n| *n == name) else { continue };
        if SINGLE.contains(&name) {
            match seen.iter().find(|(n, _)| *n == name) {
                Some((_, same)) if *same == line.text => continue,
                Some(_) => {
                    add_doubt(doubts, format!("line {}: a second {name} was left out", line.number));
                    continue;
                }
                None => seen.push((name, &line.text)),
            }
        }
        let line_text = match name {
            "DTSTART" | "DTEND" | "RECURRENCE-ID" | "RDATE" | "EXDATE" | "DTSTAMP" | "LAST-MODIFIED" => {
                match date_line(&line.text) {
                    DateLine::Clear(text) => text,
                    DateLine::Doubtful(text, why) => {
                        if !doubts.iter().any(|d| d.ends_with(why)) {
                            add_doubt(doubts, format!("line {}: {why}", line.number));
                        }
                        text
                    }
                    DateLine::Unreadable => {
                        unread.push(name);
                        // Nobody needs to know when it was written.
                        let is_minor = matches!(name, "DTSTAMP" | "LAST-MODIFIED")
                            || (name == "EXDATE" && value.trim().is_empty());
                        if !is_minor {
                            add_doubt(doubts, format!("line {}: its {name} can’t be read", line.number));
                        }
                        continue;
                    }
                }
            }
            "RRULE" | "EXRULE" => match checked(value) {
                Ok(rule) => format!("{name};VALUE=RECUR:{rule}"),
                Err(why) => {
                    is_rule_lost |= name == "RRULE";
                    add_doubt(doubts, format!("line {}: how it repeats isn’t understood ({why})", line.number));
                    continue;
                }
            },
            _ => line.text.clone(),
        };
        text.push_str(&line_text);
        text.push_str("\r\n");
    }
    text.push_str("END:VEVENT\r\n");
    for bad in &block.bad {
        if !bad.is_wrapped_text {
            add_doubt(doubts, format!("line {} isn’t understood and was left out", bad.number));
        }
    }
    if block.is_cut {
        add_doubt(doubts, "its end is missing in the file".to_owned());
    }
    EventText { text, is_rule_lost, unread }
}

/// The first property of this name; `None`: there is none.
fn entry<'a>(read: &'a ICalendarComponent, name: &ICalendarProperty) -> Option<&'a ICalendarEntry> {
    read.entries.iter().find(|e| e.name == *name)
}

/// All properties of this name.
fn all<'a>(read: &'a ICalendarComponent, name: &'a ICalendarProperty) -> impl Iterator<Item = &'a ICalendarEntry> {
    read.entries.iter().filter(move |e| e.name == *name)
}

/// The text of a property; empty: there is none.
fn text_of(read: &ICalendarComponent, name: &str) -> String {
    let entry = read.entries.iter().find(|e| e.name.as_str().eq_ignore_ascii_case(name));
    match entry.and_then(|e| e.values.first()) {
        Some(ICalendarValue::Text(text)) => text.trim().to_owned(),
        _ => String::new(),
    }
}

/// The title of an event on one line, at most 200 characters.
fn title(read: &ICalendarComponent) -> String {
    let text: String = text_of(read, "SUMMARY").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// Whether a RECURRENCE-ID means all later times as well.
fn is_range(entry: &ICalendarEntry) -> bool {
    entry.params.iter().any(|p| p.name == ICalendarParameterName::Range)
}

/// The length of an event. Without DTEND and DURATION, a whole day has one day and
/// a time has no length. The error is the reason for leaving it out.
fn length(
    read: &ICalendarComponent,
    start: &Time,
    zones: &Zones,
    doubts: &mut Vec<String>,
) -> Result<Length, &'static str> {
    if let Some(entry) = entry(read, &ICalendarProperty::Dtend) {
        let end = Time::all(entry, zones, doubts).into_iter().next().ok_or("its end can’t be read")?;
        return length_until(start, &end, zones, doubts);
    }
    let length = match entry(read, &ICalendarProperty::Duration).map(|e| e.values.first()) {
        Some(Some(ICalendarValue::Duration(duration))) => length_of_duration(duration)?,
        Some(_) => return Err("its DURATION can’t be read"),
        None if start.clock.is_none() => Length { days: 1, exact: Duration::zero() },
        None => Length::default(),
    };
    Ok(if start.clock.is_none() {
        Length { days: (length.days + length.exact.num_days()).max(1), ..Length::default() }
    } else {
        length
    })
}

/// The length from a start to an end. The error is the reason for leaving the event
/// out.
fn length_until(start: &Time, end: &Time, zones: &Zones, doubts: &mut Vec<String>) -> Result<Length, &'static str> {
    const BACKWARDS: &str = "it ends before it starts";
    if start.clock.is_none() {
        if end.clock.is_some() {
            add_doubt(doubts, "it starts as a whole day but ends at a time".to_owned());
        }
        let days = (end.on(start, &zones.floating).date() - start.wall.date()).num_days();
        return if days < 0 {
            Err(BACKWARDS)
        } else {
            Ok(Length { days: days.clamp(1, LONGEST), exact: Duration::zero() })
        };
    }
    let end = match &end.clock {
        Some(_) => end.clone(),
        None => {
            add_doubt(doubts, "it starts at a time but ends as a whole day".to_owned());
            start.at(end.wall)
        }
    };
    let exact = end.instant() - start.instant();
    let on_the_wall = end.on(start, &zones.floating) - start.wall;
    if on_the_wall < Duration::zero() && exact < Duration::zero() {
        return Err(BACKWARDS);
    }
    // The clocks skip its start: it starts later, and takes as long as it says.
    let skipped = start.clock.as_ref().is_some_and(|clock| clock.skips(start.wall));
    let exact =
        if exact <= Duration::zero() && on_the_wall > Duration::zero() && skipped { on_the_wall } else { exact };
    if exact < Duration::zero() {
        return Err(BACKWARDS);
    }
    Ok(Length { days: 0, exact: exact.min(Duration::days(LONGEST)) })
}

/// The length in a DURATION; the error: it is negative.
fn length_of_duration(duration: &ICalendarDuration) -> Result<Length, &'static str> {
    let days = i64::from(duration.weeks) * 7 + i64::from(duration.days);
    let exact = i64::from(duration.hours) * 3600 + i64::from(duration.minutes) * 60 + i64::from(duration.seconds);
    if duration.neg && (days, exact) != (0, 0) {
        return Err("its DURATION is negative");
    }
    Ok(Length { days: days.min(LONGEST), exact: Duration::seconds(exact.min(LONGEST * 86_400)) })
}

impl Length {
    /// The instants at which an event of this length begins and ends.
    pub fn span(&self, start: &Time, clock: &Clock) -> (DateTime<Utc>, DateTime<Utc>) {
        let begin = start.instant();
        let end = if self.days == 0 { begin } else { clock.instant(start.wall + Duration::days(self.days)) };
        (begin, end + self.exact)
    }
}

/// The rules of a property, except those that cannot be read.
fn rules(read: &ICalendarComponent, name: &ICalendarProperty, start: &Time, zones: &Zones) -> Vec<Rule> {
    all(read, name).filter_map(|e| rule(e, start, zones)).collect()
}

/// The rules of a property that the parser has no name for.
fn rules_named(read: &ICalendarComponent, name: &str, start: &Time, zones: &Zones) -> Vec<Rule> {
    let named = read.entries.iter().filter(|e| e.name.as_str().eq_ignore_ascii_case(name));
    named.filter_map(|e| rule(e, start, zones)).collect()
}

/// The rule of a property; `None`: it cannot be read.
fn rule(entry: &ICalendarEntry, start: &Time, zones: &Zones) -> Option<Rule> {
    let Some(ICalendarValue::RecurrenceRule(rule)) = entry.values.first() else { return None };
    let until = rule.until.as_ref().and_then(|until| {
        // An end without a zone is in the start's wall time; an end that is a day
        // includes the whole day (RFC 5545 §3.3.10, and what programs write
        // instead).
        let here = start.clock.clone().unwrap_or_else(|| zones.floating.clone());
        let end = Time::read(until, &here)?;
        let on_the_wall = end.on(start, &zones.floating);
        Some(if end.clock.is_none() { on_the_wall.date().and_time(LAST) } else { on_the_wall })
    });
    if rule.until.is_some() && until.is_none() {
        return None;
    }
    Rule::new(rule, until).ok()
}

/// The last second of a day.
const LAST: NaiveTime = NaiveTime::from_hms_opt(23, 59, 59).expect("a time of day");

/// The times of RDATE. A period has a length of its own; for other times it is
/// `None`.
fn extra(read: &ICalendarComponent, zones: &Zones, doubts: &mut Vec<String>) -> Vec<(Time, Option<Length>)> {
    let mut extra = Vec::new();
    for entry in all(read, &ICalendarProperty::Rdate) {
        let clock = Time::clock_of(entry, zones, doubts);
        for value in &entry.values {
            let read = match value {
                ICalendarValue::PartialDateTime(at) => Time::read(at, &clock).map(|at| (at, None)),
                ICalendarValue::Period(ICalendarPeriod::Range { start, end }) => {
                    let (start, end) = (Time::read(start, &clock), Time::read(end, &clock));
                    start.zip(end).and_then(|(start, end)| {
                        let length = length_until(&start, &end, zones, doubts).ok()?;
                        Some((start, Some(length)))
                    })
                }
                ICalendarValue::Period(ICalendarPeriod::Duration { start, duration }) => Time::read(start, &clock)
                    .zip(length_of_duration(duration).ok())
                    .map(|(start, length)| (start, Some(length))),
                _ => None,
            };
            match read {
                Some(read) => extra.push(read),
                None => add_doubt(doubts, "one of its RDATEs can’t be read".to_owned()),
            }
        }
    }
    extra
}

/// Whether the day is in the years in which a file's times are read.
pub fn is_within(day: NaiveDate) -> bool {
    use chrono::Datelike as _;
    (1..=9000).contains(&day.year())
}
