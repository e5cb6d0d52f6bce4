//! Recurrence rules (RFC 5545 §3.3.10): computes their times in wall time, within
//! one budget of steps for a whole file.
//!
//! A rule that names a day which never exists must be given up between two of its
//! periods, and work for a request that was closed must stop. The libraries that
//! compute rules can do neither, so this is written here. A property test below
//! compares it with one of them (`rrule`).

use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
};

use calcard::icalendar::{ICalendarFrequency, ICalendarRecurrenceRule, ICalendarWeekday};
use chrono::{Datelike as _, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Weekday};

use super::normalise::{DateLine, date_line};

/// The steps that a whole file may take: one for each day that a rule looks at. A
/// debug build takes about a second for them.
pub const STEPS: u64 = 2_000_000;

/// The steps that a file may still take, and whether the result is still wanted.
#[derive(Debug)]
pub struct Budget<'a> {
    left: Cell<u64>,
    stop: &'a AtomicBool,
}

/// Why computing ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// The budget is used up.
    Steps,
    /// Nobody waits for the result any more.
    Stopped,
}

impl<'a> Budget<'a> {
    /// A budget of this many steps, which ends early when `stop` is set.
    pub fn new(steps: u64, stop: &'a AtomicBool) -> Self {
        Self { left: Cell::new(steps), stop }
    }

    /// Takes steps from the budget.
    pub fn spend(&self, steps: u64) -> Result<(), Spent> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Spent::Stopped);
        }
        match self.left.get().checked_sub(steps) {
            Some(left) => self.left.set(left),
            None => {
                self.left.set(0);
                return Err(Spent::Steps);
            }
        }
        Ok(())
    }
}

/// The period of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// A recurrence rule of which every part is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    every: Every,
    interval: i64,
    count: Option<u32>,
    /// The last instant, in the wall time of the rule's start.
    pub until: Option<NaiveDateTime>,
    months: Vec<u32>,
    week_numbers: Vec<i32>,
    year_days: Vec<i32>,
    month_days: Vec<i32>,
    /// With a number: the nth such weekday of the month or year, counted from the
    /// end if negative.
    weekdays: Vec<(Option<i32>, Weekday)>,
    /// The hours of the day; empty: the hour of the start. Minutes and seconds
    /// likewise.
    hours: Vec<u32>,
    minutes: Vec<u32>,
    seconds: Vec<u32>,
    /// Which times of a period count (BYSETPOS), counted from the end if negative;
    /// empty: all.
    positions: Vec<i32>,
    week_start: Weekday,
}

/// The times of a rule within some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    pub times: Vec<NaiveDateTime>,
    /// Whether the rule has no times after them.
    pub is_over: bool,
}

/// The text of a rule in the one form that the parser reads without guessing; the
/// error says what is not understood. The parser itself skips what it does not know
/// and lets numbers wrap around: COUNT=0 would be endless.
pub fn checked(text: &str) -> Result<String, &'static str> {
    let mut parts = Vec::new();
    for part in text.to_ascii_uppercase().split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let (name, value) = part.split_once('=').ok_or("a part without a value")?;
        let numbers = |range: std::ops::RangeInclusive<i64>, zero: bool| {
            let fit = |n: &str| n.trim().parse().is_ok_and(|n: i64| range.contains(&n) && (zero || n != 0));
            value.split(',').all(fit)
        };
        let fits = match name.trim() {
            "FREQ" => match value {
                "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" => true,
                "HOURLY" | "MINUTELY" | "SECONDLY" => return Err("it repeats more often than once a day"),
                _ => return Err("its FREQ"),
            },
            "UNTIL" => match date_line(&format!("UNTIL:{value}")) {
                DateLine::Clear(line) => {
                    let (_, end) = line.split_once(':').ok_or("its UNTIL")?;
                    parts.push(format!("UNTIL={end}"));
                    continue;
                }
                DateLine::Doubtful(..) | DateLine::Unreadable => return Err("its UNTIL"),
            },
            "COUNT" => numbers(1..=1_000_000, false),
            "INTERVAL" => numbers(1..=10_000, false),
            "BYSECOND" => numbers(0..=59, true),
            "BYMINUTE" => numbers(0..=59, true),
            "BYHOUR" => numbers(0..=23, true),
            "BYMONTH" => numbers(1..=12, false),
            "BYMONTHDAY" => numbers(-31..=31, false),
            "BYYEARDAY" | "BYSETPOS" => numbers(-366..=366, false),
            "BYWEEKNO" => numbers(-53..=53, false),
            "BYDAY" => value.split(',').all(is_weekday),
            "WKST" => matches!(value, "MO" | "TU" | "WE" | "TH" | "FR" | "SA" | "SU"),
            "RSCALE" => matches!(value, "GREGORIAN" | "GREGORY"),
            "SKIP" => value == "OMIT",
            name if name.starts_with("X-") => continue,
            _ => return Err("a part that isn’t known"),
        };
        if !fits {
            return Err("a value that isn’t allowed");
        }
        parts.push(format!("{}={value}", name.trim()));
    }
    let has = |name: &str| parts.iter().filter(|p| p.starts_with(name)).count();
    if has("FREQ=") != 1 {
        return Err("its FREQ");
    }
    if has("COUNT=") + has("UNTIL=") > 1 {
        return Err("it has both COUNT and UNTIL");
    }
    Ok(parts.join(";"))
}

/// Whether a text is a weekday of BYDAY, as `TU`, `-1FR` or `+2MO`.
fn is_weekday(text: &str) -> bool {
    let text = text.trim();
    let Some(at) = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at)) else { return false };
    let (number, day) = text.split_at(at);
    matches!(day, "MO" | "TU" | "WE" | "TH" | "FR" | "SA" | "SU")
        && (number.is_empty() || number.parse().is_ok_and(|n: i64| n != 0 && (-53..=53).contains(&n)))
}

/// The weekday as `chrono` has it.
const fn weekday(day: ICalendarWeekday) -> Weekday {
    match day {
        ICalendarWeekday::Monday => Weekday::Mon,
        ICalendarWeekday::Tuesday => Weekday::Tue,
        ICalendarWeekday::Wednesday => Weekday::Wed,
        ICalendarWeekday::Thursday => Weekday::Thu,
        ICalendarWeekday::Friday => Weekday::Fri,
        ICalendarWeekday::Saturday => Weekday::Sat,
        ICalendarWeekday::Sunday => Weekday::Sun,
    }
}

impl Rule {
    /// A rule whose text has passed [`checked`], as the parser read it; `until` is
    /// its end in the wall time of its start. The error says what is not
    /// understood.
    pub fn new(rule: &ICalendarRecurrenceRule, until: Option<NaiveDateTime>) -> Result<Self, &'static str> {
        let every = match rule.freq {
            ICalendarFrequency::Daily => Every::Day,
            ICalendarFrequency::Weekly => Every::Week,
            ICalendarFrequency::Monthly => Every::Month,
            ICalendarFrequency::Yearly => Every::Year,
            ICalendarFrequency::Hourly | ICalendarFrequency::Minutely | ICalendarFrequency::Secondly => {
                return Err("it repeats more often than once a day");
            }
        };
        let weekdays: Vec<(Option<i32>, Weekday)> =
            rule.byday.iter().map(|d| (d.ordwk.map(i32::from), weekday(d.weekday))).collect();
        if matches!(every, Every::Day | Every::Week) && weekdays.iter().any(|(number, _)| number.is_some()) {
            return Err("a numbered weekday that isn’t of a month or year");
        }
        Ok(Self {
            every,
            interval: rule.interval.map_or(1, i64::from),
            count: rule.count,
            until,
            months: rule.bymonth.iter().map(|m| u32::from(m.month())).collect(),
            week_numbers: rule.byweekno.iter().map(|n| i32::from(*n)).collect(),
            year_days: rule.byyearday.iter().map(|n| i32::from(*n)).collect(),
            month_days: rule.bymonthday.iter().map(|n| i32::from(*n)).collect(),
            weekdays,
            hours: rule.byhour.iter().map(|n| u32::from(*n)).collect(),
            minutes: rule.byminute.iter().map(|n| u32::from(*n)).collect(),
            seconds: rule.bysecond.iter().map(|n| u32::from(*n)).collect(),
            positions: rule.bysetpos.clone(),
            week_start: rule.wkst.map_or(Weekday::Mon, weekday),
        })
    }

    /// The times of the rule from `first` on and before `last`, but not before its
    /// start. Only a rule with a COUNT is computed from its start on if that was
    /// long ago.
    pub fn times(
        &self,
        start: NaiveDateTime,
        (first, last): (NaiveDate, NaiveDate),
        budget: &Budget<'_>,
    ) -> Result<Series, Spent> {
        let rule = self.completed_from(start);
        let clock = rule.clock(start);
        let mut series = Series::default();
        let mut counted = 0;
        let mut period = if rule.count.is_some() { 0 } else { rule.periods_before(start.date(), first) };
        loop {
            let Some((begin, end)) = rule.period(start.date(), period) else {
                series.is_over = true;
                return Ok(series);
            };
            if rule.until.is_some_and(|until| begin.and_time(NaiveTime::MIN) > until) {
                series.is_over = true;
                return Ok(series);
            }
            if begin >= last {
                return Ok(series);
            }
            period += 1;
            for at in rule.at_positions(rule.days(begin, end, budget)?, &clock) {
                if rule.until.is_some_and(|until| at > until) {
                    series.is_over = true;
                    return Ok(series);
                }
                if at < start {
                    continue;
                }
                if (first..last).contains(&at.date()) {
                    budget.spend(1)?;
                    series.times.push(at);
                }
                counted += 1;
                if rule.count == Some(counted) {
                    series.is_over = true;
                    return Ok(series);
                }
            }
        }
    }

    /// The rule with the parts that it does not name taken from its start.
    fn completed_from(&self, start: NaiveDateTime) -> Self {
        let mut rule = self.clone();
        let day = i32::try_from(start.day()).unwrap_or(1);
        match rule.every {
            Every::Day => {}
            Every::Week => {
                if rule.weekdays.is_empty() {
                    rule.weekdays.push((None, start.weekday()));
                }
            }
            Every::Month => {
                if rule.weekdays.is_empty() && rule.month_days.is_empty() && rule.year_days.is_empty() {
                    rule.month_days.push(day);
                }
            }
            Every::Year => {
                let names_days = !rule.weekdays.is_empty() || !rule.month_days.is_empty() || !rule.year_days.is_empty();
                if !rule.week_numbers.is_empty() {
                    if !names_days {
                        rule.weekdays.push((None, start.weekday()));
                    }
                } else if !names_days {
                    rule.month_days.push(day);
                    if rule.months.is_empty() {
                        rule.months.push(start.month());
                    }
                }
            }
        }
        rule
    }

    /// The times of a day, in order.
    fn clock(&self, start: NaiveDateTime) -> Vec<NaiveTime> {
        let or = |given: &[u32], own: u32| if given.is_empty() { vec![own] } else { given.to_vec() };
        let mut times = Vec::new();
        for hour in or(&self.hours, start.hour()) {
            for minute in or(&self.minutes, start.minute()) {
                for second in or(&self.seconds, start.second()) {
                    times.extend(NaiveTime::from_hms_opt(hour, minute, second));
                }
            }
        }
        times.sort_unstable();
        times.dedup();
        times
    }

    /// How many periods can be skipped: those before the one that precedes
    /// `first`'s.
    fn periods_before(&self, start: NaiveDate, first: NaiveDate) -> i64 {
        let months = |d: NaiveDate| i64::from(d.year()) * 12 + i64::from(d.month0());
        let passed = match self.every {
            Every::Day => (first - start).num_days(),
            Every::Week => (first - start).num_days() / 7,
            Every::Month => months(first) - months(start),
            Every::Year => i64::from(first.year() - start.year()),
        };
        (passed / self.interval - 1).max(0)
    }

    /// The first day of the nth period and the day after its last; `None`: beyond
    /// all years.
    fn period(&self, start: NaiveDate, nth: i64) -> Option<(NaiveDate, NaiveDate)> {
        let steps = nth.checked_mul(self.interval)?;
        match self.every {
            Every::Day => {
                let day = start.checked_add_signed(Duration::try_days(steps)?)?;
                Some((day, day.succ_opt()?))
            }
            Every::Week => {
                let week = start - Duration::days(i64::from(start.weekday().days_since(self.week_start)));
                let begin = week.checked_add_signed(Duration::try_days(steps.checked_mul(7)?)?)?;
                Some((begin, begin.checked_add_signed(Duration::days(7))?))
            }
            Every::Month => {
                let month = i64::from(start.year()) * 12 + i64::from(start.month0()) + steps;
                let first = |month: i64| {
                    let year = i32::try_from(month.div_euclid(12)).ok()?;
                    NaiveDate::from_ymd_opt(year, u32::try_from(month.rem_euclid(12)).ok()? + 1, 1)
                };
                Some((first(month)?, first(month + 1)?))
            }
            Every::Year => {
                let year = i32::try_from(i64::from(start.year()) + steps).ok()?;
                Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 1)?))
            }
        }
    }

    /// The days of a period that the rule names, in order.
    fn days(&self, begin: NaiveDate, end: NaiveDate, budget: &Budget<'_>) -> Result<Vec<NaiveDate>, Spent> {
        let mut days = Vec::new();
        let mut day = begin;
        while day < end {
            budget.spend(1)?;
            if !self.months.is_empty() && !self.months.contains(&day.month()) {
                // Skip to the next month at once.
                let days_left = i64::from(day.num_days_in_month()) - i64::from(day.day()) + 1;
                day += Duration::days(days_left);
                continue;
            }
            if self.names(day) {
                days.push(day);
            }
            day += Duration::days(1);
        }
        Ok(days)
    }

    /// Whether the rule names a day.
    fn names(&self, day: NaiveDate) -> bool {
        let number = |n: u32| i32::try_from(n).unwrap_or(0);
        let days_of_year = if day.leap_year() { 366 } else { 365 };
        // Counted from the beginning, and from the end as a negative number.
        let is_one =
            |of: &[i32], nth: i32, all: i32| of.is_empty() || of.contains(&nth) || of.contains(&(nth - all - 1));
        let (of_month, of_year) = (number(day.day()), number(day.ordinal()));
        let days_of_month = i32::from(day.num_days_in_month());
        is_one(&self.month_days, of_month, days_of_month)
            && is_one(&self.year_days, of_year, days_of_year)
            && (self.week_numbers.is_empty() || {
                let (week, weeks) = self.week_number(day);
                is_one(&self.week_numbers, week, weeks)
            })
            && (self.weekdays.is_empty()
                || self.weekdays.iter().any(|(nth, weekday)| {
                    *weekday == day.weekday()
                        && nth.is_none_or(|nth| {
                            let (at, all) = if self.every == Every::Month || !self.months.is_empty() {
                                (of_month, days_of_month)
                            } else {
                                (of_year, days_of_year)
                            };
                            nth == (at - 1) / 7 + 1 || nth == -((all - at) / 7 + 1)
                        })
                }))
    }

    /// The number of the week of a day, where the first week has at least four days
    /// of its year, and how many weeks that year has.
    fn week_number(&self, day: NaiveDate) -> (i32, i32) {
        // The fourth day of a week decides which year it belongs to.
        let middle = |day: NaiveDate| {
            day - Duration::days(i64::from(day.weekday().days_since(self.week_start))) + Duration::days(3)
        };
        let of = |day: NaiveDate| i32::try_from(day.ordinal0() / 7).unwrap_or(0) + 1;
        let here = middle(day);
        let last = NaiveDate::from_ymd_opt(here.year(), 12, 31).unwrap_or(here);
        let last = if middle(last).year() == here.year() { middle(last) } else { middle(last - Duration::days(7)) };
        (of(here), of(last))
    }

    /// The times on some days; with BYSETPOS only those at its positions.
    fn at_positions(&self, days: Vec<NaiveDate>, clock: &[NaiveTime]) -> Vec<NaiveDateTime> {
        let all: Vec<NaiveDateTime> = days.iter().flat_map(|d| clock.iter().map(|t| d.and_time(*t))).collect();
        if self.positions.is_empty() {
            return all;
        }
        let length = i32::try_from(all.len()).unwrap_or(i32::MAX);
        let chosen =
            all.into_iter().zip(1..).filter(|(_, n)| self.positions.iter().any(|p| p == n || *p == n - length - 1));
        chosen.map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use calcard::{Entry, Parser, icalendar::ICalendarValue};
    use chrono::{TimeZone as _, Utc};
    use proptest::prelude::*;

    use super::*;

    static GO: AtomicBool = AtomicBool::new(false);

    fn rule(text: &str) -> Rule {
        let text = format!("BEGIN:VEVENT\r\nRRULE:{}\r\nEND:VEVENT\r\n", checked(text).unwrap());
        let Entry::ICalendar(read) = Parser::new(&text).entry() else { panic!("{text}") };
        let ICalendarValue::RecurrenceRule(rule) = &read.components[0].entries[0].values[0] else { panic!("{text}") };
        let until = rule.until.as_ref().map(|u| {
            let day = NaiveDate::from_ymd_opt(u.year.unwrap().into(), u.month.unwrap().into(), u.day.unwrap().into());
            day.unwrap().and_hms_opt(u.hour.unwrap_or(23).into(), u.minute.unwrap_or(59).into(), 0).unwrap()
        });
        Rule::new(rule, until).unwrap()
    }

    fn times(text: &str, start: &str, first: &str, last: &str) -> Series {
        let days = (first.parse().unwrap(), last.parse().unwrap());
        rule(text).times(start.parse().unwrap(), days, &Budget::new(STEPS, &GO)).unwrap()
    }

    fn days(text: &str, start: &str, first: &str, last: &str) -> Vec<String> {
        times(text, start, first, last).times.iter().map(|t| t.format("%Y-%m-%d").to_string()).collect()
    }

    #[test]
    fn rules_of_every_frequency_give_their_days() {
        for (text, start, expected) in [
            ("FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25T10:00:00", vec!["2026-12-25", "2027-01-29", "2027-02-26"]),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "2026-12-31T10:00:00",
                vec!["2026-12-31", "2027-01-29", "2027-02-26"],
            ),
            ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-12-31T10:00:00", vec!["2026-12-31", "2027-01-31"]),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-12-31T10:00:00", vec!["2026-12-31", "2027-01-31", "2027-02-28"]),
            (
                "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU;COUNT=4",
                "2026-12-01T10:00:00",
                vec!["2026-12-01", "2026-12-13", "2026-12-15", "2026-12-27"],
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=TU,SU;COUNT=4",
                "2026-12-01T10:00:00",
                vec!["2026-12-01", "2026-12-06", "2026-12-15", "2026-12-20"],
            ),
            ("FREQ=DAILY;COUNT=2", "2026-12-01T10:00:00", vec!["2026-12-01", "2026-12-02"]),
            ("FREQ=YEARLY", "1604-12-15T00:00:00", vec!["2026-12-15"]),
            ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2020-01-06T10:00:00", vec!["2027-01-04"]),
            ("FREQ=YEARLY;BYWEEKNO=-1", "2020-12-30T10:00:00", vec!["2026-12-30"]),
            ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=2", "2000-02-27T02:00:00", vec!["2027-02-28"]),
            ("FREQ=YEARLY;BYYEARDAY=-31", "2026-12-01T10:00:00", vec!["2026-12-01"]),
            ("FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2", "2026-12-01T10:00:00", vec![]),
            (
                "freq=weekly;until=20261215;byday=tu;",
                "2026-12-01T10:00:00",
                vec!["2026-12-01", "2026-12-08", "2026-12-15"],
            ),
        ] {
            assert_eq!(days(text, start, "2026-12-01", "2027-03-01"), expected, "{text}");
        }
        let twice = times("FREQ=DAILY;BYHOUR=9,14;BYMINUTE=0", "2026-12-01T09:00:00", "2026-12-01", "2026-12-03");
        assert_eq!(twice.times.len(), 4);
        assert!(times("FREQ=DAILY;COUNT=3", "2020-01-01T09:00:00", "2026-12-01", "2026-12-03").is_over);
        assert!(times("FREQ=DAILY;UNTIL=20200101", "2019-01-01T09:00:00", "2026-12-01", "2026-12-03").is_over);
        assert!(!times("FREQ=YEARLY;INTERVAL=9", "2020-01-01T09:00:00", "2026-12-01", "2026-12-03").is_over);
    }

    #[test]
    fn a_rule_that_is_not_understood_is_refused() {
        for text in [
            "",
            "FREQ=FORTNIGHTLY",
            "FREQ=SECONDLY",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;COUNT=-4",
            "FREQ=MONTHLY;BYMONTHDAY=300",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=DAILY;BYEASTER=0",
            "FREQ=DAILY;UNTIL=soon",
            "W1 TU #0",
            "FREQ=DAILY;COUNT=2;UNTIL=20270101",
            "FREQ=YEARLY;SKIP=FORWARD;RSCALE=HEBREW",
            "FREQ=WEEKLY;BYDAY=ä",
        ] {
            assert!(checked(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_budget_and_the_stop_flag_end_computing() {
        let stop = AtomicBool::new(false);
        let endless = rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2");
        let start = "1604-01-01T00:00:00".parse().unwrap();
        let days = ("2026-12-01".parse().unwrap(), "2027-12-01".parse().unwrap());
        let budget = Budget::new(1_000, &stop);
        assert_eq!(endless.times(start, days, &budget), Err(Spent::Steps));
        assert_eq!(budget.spend(1), Err(Spent::Steps), "what is used up stays so");
        stop.store(true, Ordering::Relaxed);
        assert_eq!(endless.times(start, days, &Budget::new(STEPS, &stop)), Err(Spent::Stopped));
    }

    /// The text of a rule from parts that its frequency allows.
    fn any_rule() -> impl Strategy<Value = String> {
        let day = prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
        let plain = prop::collection::vec(day.clone(), 0..3).prop_map(|d| d.join(","));
        // Either all with a number or none: RFC 5545 and the library read a mixture
        // differently, as the days of either kind and of both kinds.
        let of_numbers =
            |days: Vec<(&str, &str)>| days.iter().map(|(n, d)| format!("{n}{d}")).collect::<Vec<_>>().join(",");
        let numbered = prop_oneof![
            plain.clone(),
            prop::collection::vec((prop::sample::select(vec!["1", "2", "-1", "5", "-2"]), day), 0..3)
                .prop_map(of_numbers)
        ];
        let numbers = |all: Vec<i32>| {
            prop::collection::vec(prop::sample::select(all), 0..3)
                .prop_map(|n| n.iter().map(i32::to_string).collect::<Vec<_>>().join(","))
        };
        let part = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!(";{name}={value}") };
        let common = (1..5_u32, prop::option::of(1..40_u32), prop::sample::select(vec!["MO", "SU", "TH"]));
        let daily = (plain.clone(), numbers(vec![1, 2, 6, 12]), numbers(vec![1, 15, 28, 31, -1, -3]));
        let set = numbers(vec![1, 2, -1, -2]);
        let long = (numbered, numbers(vec![1, 2, 6, 12]), numbers(vec![1, 13, 29, 31, -1, -30]), set);
        (0..4_usize, common, plain, daily, long).prop_map(move |(freq, (interval, count, wkst), week, daily, long)| {
            let count = count.map(|c| format!(";COUNT={c}")).unwrap_or_default();
            let head = |freq: &str| format!("FREQ={freq};INTERVAL={interval};WKST={wkst}{count}");
            let named = !long.0.is_empty() || !long.2.is_empty();
            let set = if named { part("BYSETPOS", &long.3) } else { String::new() };
            let long = part("BYDAY", &long.0) + &part("BYMONTH", &long.1) + &part("BYMONTHDAY", &long.2) + &set;
            match freq {
                0 => {
                    head("DAILY")
                        + &part("BYDAY", &daily.0)
                        + &part("BYMONTH", &daily.1)
                        + &part("BYMONTHDAY", &daily.2)
                }
                1 => head("WEEKLY") + &part("BYDAY", &week) + &part("BYMONTH", &daily.1),
                2 => head("MONTHLY") + &long,
                _ => head("YEARLY") + &long,
            }
        })
    }

    proptest! {
        /// The times are the same as those of a library that computes them in
        /// another way.
        #[test]
        fn times_are_those_of_another_library(text in any_rule(), day in 0..9000_i64, window in 0..2000_i64) {
            let start = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().and_hms_opt(10, 0, 0).unwrap() + Duration::days(day);
            let first = (start + Duration::days(window)).date();
            let last = first + Duration::days(500);
                let ours = rule(&text).times(start, (first, last), &Budget::new(STEPS, &GO)).unwrap().times;
            let wall = |t: NaiveDateTime| rrule::Tz::UTC.from_utc_datetime(&t);
            let theirs: rrule::RRule<rrule::Unvalidated> = text.parse().unwrap();
            let Ok(theirs) = theirs.build(wall(start)) else { return Ok(()) };
            let (first, last) = (first.and_time(NaiveTime::MIN), last.and_time(NaiveTime::MIN) - Duration::seconds(1));
            let theirs = theirs.after(wall(first)).before(wall(last)).all(1000).dates;
            let theirs: Vec<NaiveDateTime> = theirs.iter().map(|t| t.with_timezone(&Utc).naive_utc()).collect();
            prop_assert_eq!(ours, theirs, "{} from {}", text, start);
        }
    }
}
