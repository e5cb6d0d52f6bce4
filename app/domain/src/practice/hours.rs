//! Hours: when a therapist works. There are weekly hours from a given day on,
//! and exceptions on some days.
//!
//! Hours are wall time in the practice's zone. A change next month is a new week
//! of hours that begins then, and has no effect on earlier days. The hours of a
//! day are computed in this order: the hours of the week, minus the times when
//! the practice is closed, plus the times opened in addition, minus the times
//! when the therapist is away.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

#[cfg(feature = "zones")]
use crate::{
    clients::person::Zone,
    span::Span,
    zone::{self, UnknownZone},
};
use crate::{
    form::{Errors, Form, Reader, parse_time},
    ids::LocationId,
    practice::settings::WEEK,
    typed,
};

/// A span of wall time within a day: `from` belongs to it, `until` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hours {
    pub from: NaiveTime,
    pub until: NaiveTime,
}

/// Hours that end at this time or later end at midnight, since no form can name
/// the midnight at the end of a day.
const LAST_MINUTE: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl Hours {
    /// The whole day.
    pub const DAY: Self = Self { from: NaiveTime::MIN, until: LAST_MINUTE };

    /// The span of instants on a date: from the first instant at which the clock
    /// reaches `self.from` to the first at which it reaches `self.until`. `None`:
    /// the clocks skip these hours.
    #[cfg(feature = "zones")]
    pub fn span(&self, date: NaiveDate, zone: &Zone) -> Result<Option<Span>, UnknownZone> {
        let from = zone::first_instant_at(date.and_time(self.from), zone)?;
        let until = if self.until < LAST_MINUTE {
            zone::first_instant_at(date.and_time(self.until), zone)?
        } else {
            zone::day_start(date + Duration::days(1), zone)?
        };
        Ok((from < until).then_some(Span { from, until }))
    }
}

/// The hours of a week, Monday first. The hours of a day are in order and do not
/// overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week(pub [Vec<Hours>; 7]);

/// When and where a therapist works in a week. Nobody is at two places at once,
/// so the hours of a day do not overlap across locations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingWeek {
    /// The hours for all rooms and for online sessions.
    pub anywhere: Week,
    /// The hours for the rooms of one location and for online sessions.
    pub at: BTreeMap<LocationId, Week>,
}

crate::words! {
    /// What an exception changes.
    pub enum ExceptionKind {
        Away = "away", "Away or closed";
        Open = "open", "Extra hours";
    }
}

/// An exception from the weekly hours on some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The first day.
    pub first: NaiveDate,
    /// The last day, which is included.
    pub last: NaiveDate,
    /// The hours of each day that change; `None`: the whole day.
    pub hours: Option<Hours>,
    pub kind: ExceptionKind,
    /// Whether it applies to the whole practice and not to one therapist only.
    pub whole_practice: bool,
    pub reason: String,
}

/// The minutes that a therapist keeps free before and after each session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    pub before: i64,
    pub after: i64,
}

/// The shortest and the longest buffer, in minutes.
pub const BUFFER: std::ops::RangeInclusive<i64> = 0..=120;

/// The name of the form field for the hours of a weekday.
pub fn field(day: Weekday) -> String {
    format!("hours.{}", day.to_string().to_lowercase())
}

/// The name of the form field for the hours of a weekday at one location.
pub fn field_at(day: Weekday, location: LocationId) -> String {
    format!("{}.{location}", field(day))
}

/// Reads hours such as "9–12, 14:00-18:30"; empty: a day off.
///
/// # Errors
/// A sentence for the field that says what is wrong.
pub fn read_hours(text: &str) -> Result<Vec<Hours>, String> {
    let mut hours = Vec::new();
    let text = typed::code(text);
    for part in text.split([',', ';']).map(str::trim).filter(|p| !p.is_empty()) {
        let wrong = || format!("“{part}” is not a time span. Enter hours like 9:00–12:30, 14:00–18:00.");
        let (from, until) = part.split_once(['-', '–', '—']).ok_or_else(wrong)?;
        if from.trim().is_empty() || until.trim().is_empty() {
            return Err("Enter both a start and an end.".to_owned());
        }
        let time = |text: &str| {
            let text = text.trim();
            let whole = if text.len() <= 2 { format!("{text}:00") } else { text.replace('.', ":") };
            parse_time(&if whole.len() == 4 { format!("0{whole}") } else { whole })
        };
        let (from, until) = time(from).zip(time(until)).ok_or_else(wrong)?;
        if until <= from {
            return Err(format!("{part} ends before it starts."));
        }
        hours.push(Hours { from, until });
    }
    hours.sort_unstable();
    match hours.windows(2).find(|w| w[1].from < w[0].until) {
        Some(w) => Err(format!("{} and {} overlap.", w[0], w[1])),
        None => Ok(hours),
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}–{}", self.from.format("%H:%M"), self.until.format("%H:%M"))
    }
}

/// Hours as people write them: "09:00–12:00, 14:00–18:30".
pub fn hours_text(hours: &[Hours]) -> String {
    hours.iter().map(Hours::to_string).collect::<Vec<_>>().join(", ")
}

impl Buffers {
    /// Reads the buffers from their form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let (before, after) = (r.number("buffer_before", BUFFER), r.number("buffer_after", BUFFER));
        r.finish()?;
        Ok(Self { before: before?, after: after? })
    }
}

impl Week {
    /// Reads the hours of each weekday.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        Self::read_from(form, field)
    }

    /// Reads the hours of each weekday; `field` gives the name of its field.
    fn read_from(form: &Form, field: impl Fn(Weekday) -> String) -> Result<Self, Errors> {
        let mut errors = Errors::default();
        let mut week = Self::default();
        for (day, hours) in WEEK.into_iter().zip(&mut week.0) {
            match read_hours(form.get(&field(day))) {
                Ok(read) => *hours = read,
                Err(message) => errors.add(&field(day), message),
            }
        }
        errors.and(form.shown_again_error()).into_result().map(|()| week)
    }

    /// Writes the hours of each weekday into its form field.
    pub fn fill(&self, form: &mut Form) {
        self.fill_into(form, field);
    }

    /// Writes the hours of each weekday; `field` gives the name of its field.
    fn fill_into(&self, form: &mut Form, field: impl Fn(Weekday) -> String) {
        for (day, hours) in WEEK.into_iter().zip(&self.0) {
            form.set(&field(day), hours_text(hours));
        }
    }

    /// The hours of a weekday.
    pub fn on(&self, day: Weekday) -> &[Hours] {
        usize::try_from(day.num_days_from_monday()).ok().and_then(|n| self.0.get(n)).map_or(&[], Vec::as_slice)
    }

    /// The week of the practice's opening hours: the same hours on each of the
    /// given days. No hours if it does not open before it closes.
    pub fn of_practice(days: &[Weekday], opens: NaiveTime, closes: NaiveTime) -> Self {
        let mut week = Self::default();
        for (day, hours) in WEEK.into_iter().zip(&mut week.0) {
            if days.contains(&day) && opens < closes {
                hours.push(Hours { from: opens, until: closes });
            }
        }
        week
    }
}

impl From<Week> for WorkingWeek {
    /// A working week with the same hours at every location.
    fn from(anywhere: Week) -> Self {
        Self { anywhere, at: BTreeMap::new() }
    }
}

impl WorkingWeek {
    /// Reads the hours for all locations and those for each of the given ones.
    pub fn read(form: &Form, locations: &[LocationId]) -> Result<Self, Errors> {
        let mut errors = Errors::default();
        let mut read = |week: Result<Week, Errors>| {
            week.unwrap_or_else(|wrong| {
                errors = std::mem::take(&mut errors).and(wrong);
                Week::default()
            })
        };
        let anywhere = read(Week::read(form));
        let mut at = BTreeMap::new();
        for location in locations {
            let week = read(Week::read_from(form, |day| field_at(day, *location)));
            if week != Week::default() {
                at.insert(*location, week);
            }
        }
        for day in WEEK {
            let mut spans: Vec<(Hours, String)> = anywhere.on(day).iter().map(|h| (*h, field(day))).collect();
            for (location, week) in &at {
                spans.extend(week.on(day).iter().map(|h| (*h, field_at(day, *location))));
            }
            spans.sort_unstable();
            if let Some([(first, _), (second, field)]) = spans.array_windows().find(|[a, b]| b.0.from < a.0.until) {
                errors.add(field, format!("{second} overlaps {first} of another place on that day."));
            }
        }
        errors.into_result().map(|()| Self { anywhere, at })
    }

    /// Writes all hours into their form fields.
    pub fn fill(&self, form: &mut Form) {
        self.anywhere.fill(form);
        for (location, week) in &self.at {
            week.fill_into(form, |day| field_at(day, *location));
        }
    }

    /// The hours of a weekday, in order and without overlap: those in which a
    /// room of the location can be used; with `None`, all hours.
    pub fn on(&self, day: Weekday, location: Option<LocationId>) -> Vec<Hours> {
        let there = self.at.iter().filter(|(at, _)| location.is_none_or(|only| only == **at));
        join_hours(self.anywhere.on(day).iter().chain(there.flat_map(|(_, week)| week.on(day))).copied().collect())
    }
}

impl Exception {
    /// Reads an exception from its form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let first = r.date("first", "Enter the first day.");
        let last = r.optional_date("last", "Enter the last day, or leave it blank.");
        let message = "Enter a time such as 09:00.";
        let (from, until) = (r.optional_time("from", message), r.optional_time("until", message));
        let kind = r.word::<ExceptionKind>("kind", "Choose time off or extra hours.");
        let reason = r.text("reason", 0..=200, "");
        let of_all = r.ticked("of_all");
        let hours = match (&from, &until) {
            (Ok(Some(from)), Ok(Some(until))) if from < until => Ok(Some(Hours { from: *from, until: *until })),
            (Ok(Some(_)), Ok(Some(_))) => r.fail("until", "Enter an end after the start."),
            (Ok(Some(_)), Ok(None)) => r.fail("until", "Enter both times, or neither for the whole day."),
            (Ok(None), Ok(Some(_))) => r.fail("from", "Enter both times, or neither for the whole day."),
            (Ok(None), Ok(None)) => match kind {
                Ok(ExceptionKind::Open) => r.fail("from", "Enter the extra hours."),
                _ => Ok(None),
            },
            _ => Ok(None),
        };
        if let (Ok(first), Ok(Some(last))) = (&first, &last)
            && (last < first || *last - *first > Duration::days(366))
        {
            let _ = r.fail::<()>("last", "Enter a last day on or after the first, within a year.");
        }
        r.finish()?;
        let first = first?;
        Ok(Self {
            first,
            last: last?.unwrap_or(first),
            hours: hours?,
            kind: kind?,
            whole_practice: of_all,
            reason: reason?,
        })
    }

    /// Whether the exception applies on this day.
    pub fn covers(&self, date: NaiveDate) -> bool {
        (self.first..=self.last).contains(&date)
    }
}

/// The open hours of a date, in order and without overlap. `week` has the hours
/// of that weekday.
pub fn open_hours(date: NaiveDate, week: &[Hours], exceptions: &[Exception]) -> Vec<Hours> {
    let changes = |kind: ExceptionKind, of_all: Option<bool>| {
        exceptions
            .iter()
            .filter(move |e| e.covers(date) && e.kind == kind && of_all.is_none_or(|all| e.whole_practice == all))
            .map(|e| e.hours)
    };
    let mut open = week.to_vec();
    for closed in changes(ExceptionKind::Away, Some(true)) {
        open = cut_out(&open, closed);
    }
    open.extend(changes(ExceptionKind::Open, None).flatten());
    open = join_hours(open);
    for away in changes(ExceptionKind::Away, Some(false)) {
        open = cut_out(&open, away);
    }
    open
}

/// The hours without a part of the day; a `part` of `None` is the whole day.
fn cut_out(hours: &[Hours], part: Option<Hours>) -> Vec<Hours> {
    let Some(part) = part else { return vec![] };
    let mut kept = Vec::new();
    for h in hours {
        let before = Hours { from: h.from, until: h.until.min(part.from) };
        let after = Hours { from: h.from.max(part.until), until: h.until };
        if part.until <= h.from || h.until <= part.from {
            kept.push(*h);
        } else {
            kept.extend([before, after].into_iter().filter(|h| h.from < h.until));
        }
    }
    kept
}

/// Sorts hours and joins those that touch or overlap into one.
fn join_hours(mut hours: Vec<Hours>) -> Vec<Hours> {
    hours.sort_unstable();
    let mut joined: Vec<Hours> = Vec::new();
    for h in hours {
        match joined.last_mut() {
            Some(last) if h.from <= last.until => last.until = last.until.max(h.until),
            _ => joined.push(h),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn t(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn h(from: u32, until: u32) -> Hours {
        Hours { from: t(from, 0), until: t(until, 0) }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn exception(kind: ExceptionKind, hours: Option<Hours>, of_all: bool) -> Exception {
        Exception {
            first: day("2026-12-24"),
            last: day("2026-12-26"),
            hours,
            kind,
            whole_practice: of_all,
            reason: String::new(),
        }
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        assert_eq!(read_hours("9-12, 14:00–18:30").unwrap(), [h(9, 12), Hours { from: t(14, 0), until: t(18, 30) }]);
        assert_eq!(read_hours("14.00-18.00;08:00 - 9:30").unwrap()[0], Hours { from: t(8, 0), until: t(9, 30) });
        assert_eq!(read_hours("  "), Ok(vec![]));
        assert_eq!(read_hours("12-14, 9-12"), Ok(vec![h(9, 12), h(12, 14)]), "touching ends are no overlap");
        for wrong in ["nine to five", "9", "12-9", "9-9", "9-12, 11-13", "25-26"] {
            assert!(read_hours(wrong).is_err(), "{wrong}");
        }
        assert_eq!(hours_text(Week::of_practice(&WEEK[..5], t(8, 0), t(20, 0)).on(Weekday::Fri)), "08:00–20:00");
        assert!(Week::of_practice(&WEEK[..5], t(8, 0), t(20, 0)).on(Weekday::Sat).is_empty());
        for never in [t(8, 0), t(7, 0)] {
            assert_eq!(Week::of_practice(&WEEK, t(8, 0), never), Week::default(), "it does not open");
        }
        let mut form = Form::default();
        let week = Week::of_practice(&WEEK[..5], t(8, 0), t(20, 0));
        week.fill(&mut form);
        assert_eq!(Week::read(&form), Ok(week));
        form.set("hours.tue", "early");
        assert!(Week::read(&form).unwrap_err().message("hours.tue").unwrap().contains("early"));
    }

    #[test]
    fn buffers_have_at_most_two_hours() {
        let read = |before: &str, after: &str| {
            Buffers::read(&Form::from_pairs([("buffer_before", before), ("buffer_after", after)]))
        };
        assert_eq!(read("5", "120"), Ok(Buffers { before: 5, after: 120 }));
        let errors = read("-1", "121").unwrap_err();
        assert!(errors.message("buffer_before").is_some() && errors.message("buffer_after").is_some());
    }

    #[test]
    fn each_error_of_an_exception_is_at_its_field() {
        let read = |pairs: &[(&str, &str)]| {
            let mut form = Form::from_pairs([("first", "2026-12-24"), ("kind", "away")]);
            for (name, value) in pairs {
                form.set(name, *value);
            }
            Exception::read(&form)
        };
        let all_day = read(&[]).unwrap();
        assert_eq!((all_day.first, all_day.last, all_day.hours), (day("2026-12-24"), day("2026-12-24"), None));
        assert_eq!(read(&[("last", "2026-12-24")]).unwrap(), all_day);
        let hours = read(&[("from", "09:00"), ("until", "12:00"), ("last", "2027-12-25"), ("of_all", "yes")]).unwrap();
        assert_eq!((hours.hours, hours.last, hours.whole_practice), (Some(h(9, 12)), day("2027-12-25"), true));
        for (pairs, field, says) in [
            (&[("from", "09:00"), ("until", "09:00")][..], "until", "Enter an end after the start."),
            (&[("from", "12:00"), ("until", "09:00")], "until", "Enter an end after the start."),
            (&[("from", "09:00")], "until", "Enter both times, or neither for the whole day."),
            (&[("until", "09:00")], "from", "Enter both times, or neither for the whole day."),
            (&[("kind", "open")], "from", "Enter the extra hours."),
            (&[("last", "2026-12-23")], "last", "Enter a last day on or after the first, within a year."),
            (&[("last", "2027-12-26")], "last", "Enter a last day on or after the first, within a year."),
            (&[("first", "")], "first", "Enter the first day."),
            (&[("kind", "other")], "kind", "Choose time off or extra hours."),
        ] {
            assert_eq!(read(pairs).unwrap_err().message(field), Some(says), "{pairs:?}");
        }
        assert_eq!(read(&[("kind", "open"), ("from", "09:00"), ("until", "12:00")]).unwrap().hours, Some(h(9, 12)));
    }

    #[test]
    fn opening_hours_override_a_holiday_and_absence_overrides_both() {
        let week = [h(9, 12), h(14, 18)];
        let open_on = |exceptions: &[Exception]| open_hours(day("2026-12-24"), &week, exceptions);
        let holiday = exception(ExceptionKind::Away, None, true);
        let opened = exception(ExceptionKind::Open, Some(h(10, 11)), false);
        let ill = exception(ExceptionKind::Away, None, false);
        assert_eq!(open_on(std::slice::from_ref(&holiday)), []);
        assert_eq!(open_on(&[opened.clone(), holiday.clone()]), [h(10, 11)]);
        assert_eq!(open_on(&[opened, ill, holiday]), []);
        assert_eq!(open_on(&[exception(ExceptionKind::Away, Some(h(11, 15)), false)]), [h(9, 11), h(15, 18)]);
        assert_eq!(open_on(&[exception(ExceptionKind::Open, Some(h(12, 14)), false)]), [h(9, 18)]);
        assert_eq!(open_hours(day("2026-12-27"), &week, &[exception(ExceptionKind::Away, None, true)]), week);
    }

    #[test]
    fn hours_at_a_location_apply_to_its_rooms_and_online() {
        let [lake, town] = [1, 2].map(|n| LocationId(uuid::Uuid::from_u128(n)));
        let mut form = Form::from_pairs([("hours.mon", "8-9"), ("hours.tue", "9-12")]);
        form.set(&field_at(Weekday::Mon, lake), "9-12");
        form.set(&field_at(Weekday::Mon, town), "14-18");
        let week = WorkingWeek::read(&form, &[lake, town]).unwrap();
        assert_eq!(week.on(Weekday::Mon, None), [h(8, 12), h(14, 18)]);
        assert_eq!(week.on(Weekday::Mon, Some(lake)), [h(8, 12)]);
        assert_eq!(week.on(Weekday::Mon, Some(town)), [h(8, 9), h(14, 18)]);
        assert_eq!(week.on(Weekday::Tue, Some(town)), [h(9, 12)]);
        let mut again = Form::default();
        week.fill(&mut again);
        assert_eq!(WorkingWeek::read(&again, &[lake, town]), Ok(week.clone()));
        assert!(WorkingWeek::read(&again, &[]).unwrap().at.is_empty(), "a location that is not known has no hours");
        let anywhere = WorkingWeek::from(Week::of_practice(&WEEK[..1], t(9, 0), t(12, 0)));
        assert_eq!((anywhere.on(Weekday::Mon, Some(town)), anywhere.on(Weekday::Tue, None)), (vec![h(9, 12)], vec![]));
        again.set(&field_at(Weekday::Mon, town), "11:30-18");
        let errors = WorkingWeek::read(&again, &[lake, town]).unwrap_err();
        assert!(
            errors.message(&field_at(Weekday::Mon, town)).unwrap().contains("09:00–12:00"),
            "nobody is at two places"
        );
        again.set(&field_at(Weekday::Mon, town), "late");
        assert!(WorkingWeek::read(&again, &[lake, town]).unwrap_err().message(&field_at(Weekday::Mon, town)).is_some());
    }

    proptest! {
        /// Open hours are in order, do not overlap, are never empty, and never
        /// contain a time when the therapist is away.
        #[test]
        fn open_hours_do_not_overlap_and_leave_out_absences(
            week in prop::collection::vec((0u32..23, 1u32..6), 0..4),
            others in prop::collection::vec((0u32..23, 1u32..6, any::<bool>(), any::<bool>()), 0..5),
        ) {
            let span = |from: u32, long: u32| h(from, (from + long).min(23).max(from + 1).min(23));
            let fits = |s: &Hours| s.from < s.until;
            let week = join_hours(week.into_iter().map(|(f, l)| span(f, l)).filter(fits).collect());
            let exceptions: Vec<Exception> = others
                .into_iter()
                .map(|(f, l, away, all)| (span(f, l), away, all))
                .filter(|(s, ..)| fits(s))
                .map(|(s, away, all)| exception(if away { ExceptionKind::Away } else { ExceptionKind::Open }, Some(s), all))
                .collect();
            let found = open_hours(day("2026-12-25"), &week, &exceptions);
            for s in &found {
                prop_assert!(s.from < s.until);
                for e in exceptions.iter().filter(|e| e.kind == ExceptionKind::Away && !e.whole_practice) {
                    let away = e.hours.unwrap();
                    prop_assert!(s.until <= away.from || away.until <= s.from, "{s} {away}");
                }
            }
            for pair in found.windows(2) {
                prop_assert!(pair[0].until <= pair[1].from);
            }
        }
    }
}
