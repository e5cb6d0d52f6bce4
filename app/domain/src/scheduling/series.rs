//! Series: sessions that repeat every given number of weeks, or every month on
//! the same weekday.
//!
//! A series is stored as wall time and zone: Thursday at ten stays at ten when
//! the clocks change. This module computes its dates by calendar arithmetic
//! only; [`crate::zone`] turns a date and a time into an instant.

use chrono::{Datelike as _, Duration, Months, NaiveDate};

use crate::form::{Errors, Form, Reader};

crate::words! {
    /// How often a session repeats, as the form offers it.
    pub enum Repeat {
        Once = "once", "Does not repeat";
        Weekly = "weekly", "Every week";
        Fortnightly = "fortnightly", "Every two weeks";
        Weeks = "weeks", "Custom interval";
        Monthly = "monthly", "Every month, on the same weekday";
    }
}

crate::words! {
    /// How a series ends, as the form offers it.
    pub enum Ends {
        Never = "never", "No end";
        Times = "times", "After a number of sessions";
        Until = "until", "On a date";
    }
}

crate::words! {
    /// How far a change of one session reaches.
    pub enum Reach {
        One = "one", "This session only";
        Following = "following", "This and all later sessions";
        All = "all", "All upcoming sessions";
    }
}

/// The numbers of weeks after which a series may repeat.
pub const WEEKS: std::ops::RangeInclusive<i64> = 1..=26;
/// The numbers of sessions that a series may have if its form gives a number.
pub const TIMES: std::ops::RangeInclusive<i64> = 2..=200;
/// How far ahead the sessions of a series without an end are booked.
pub const AHEAD: Duration = Duration::days(26 * 7);
/// The longest time from the first date to the last, in years.
const YEARS: u32 = 5;

/// How often a series repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recurrence {
    /// Every this many weeks.
    Weeks(u16),
    /// Every month, for example on the second Tuesday. The weekday and its
    /// place in the month are those of the first date. A fifth weekday means
    /// the last one of each month.
    MonthlyByWeekday,
}

/// The end of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Never,
    /// After this many sessions.
    Times(u16),
    /// The last day on which a session may be.
    Until(NaiveDate),
}

/// The rule that gives the dates of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesRule {
    pub first: NaiveDate,
    pub recurrence: Recurrence,
    pub end: End,
}

impl SeriesRule {
    /// Reads the rule from the booking form. `first` is the day of the first
    /// session; `None`: a single session.
    pub fn read(form: &Form, first: NaiveDate) -> Result<Option<Self>, Errors> {
        let mut r = Reader::new(form);
        if form.get("repeat").is_empty() {
            return Ok(None);
        }
        let repeat = r.word::<Repeat>("repeat", "Choose how often it repeats.");
        let recurrence = match &repeat {
            Ok(Repeat::Once) => return Ok(None),
            Ok(Repeat::Weekly) | Err(_) => Ok(Recurrence::Weeks(1)),
            Ok(Repeat::Fortnightly) => Ok(Recurrence::Weeks(2)),
            Ok(Repeat::Weeks) => {
                r.number("every_weeks", WEEKS).map(|n| Recurrence::Weeks(u16::try_from(n).unwrap_or(1)))
            }
            Ok(Repeat::Monthly) => Ok(Recurrence::MonthlyByWeekday),
        };
        let ends = r.optional::<Ends>("ends", "Choose when it ends.");
        let end = match ends {
            Ok(Some(Ends::Times)) => r.number("times", TIMES).map(|n| End::Times(u16::try_from(n).unwrap_or(2))),
            Ok(Some(Ends::Until)) => match r.date("until", "Enter the last date.") {
                Ok(day) if day <= first => r.fail("until", "Enter a date after the first session."),
                Ok(day) if Some(day) > first.checked_add_months(Months::new(12 * YEARS)) => {
                    r.fail("until", format!("Enter a date within {YEARS} years."))
                }
                read => read.map(End::Until),
            },
            Ok(Some(Ends::Never) | None) => Ok(End::Never),
            Err(errors) => Err(errors),
        };
        r.finish()?;
        repeat?;
        Ok(Some(Self { first, recurrence: recurrence?, end: end? }))
    }

    /// All dates in order, beginning with the first; without an end if the
    /// series has none.
    pub fn dates(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let Self { first, recurrence, end } = *self;
        let times = match end {
            End::Times(times) => usize::from(times),
            End::Never | End::Until(_) => usize::MAX,
        };
        (0_u32..).map_while(move |n| nth(first, recurrence, n)).take(times).take_while(move |day| match end {
            End::Until(until) => *day <= until,
            End::Times(_) | End::Never => true,
        })
    }

    /// The dates to book now. For a series without an end these are the dates
    /// up to `horizon`; for any other series, all dates.
    pub fn dates_to_book(&self, horizon: NaiveDate) -> Vec<NaiveDate> {
        let endless = self.end == End::Never;
        self.dates().take_while(|day| !endless || *day <= horizon).collect()
    }

    /// The rule in words, such as "every week on Thursday" or "every month on
    /// the second Thursday, 4 times".
    pub fn words(&self) -> String {
        let weekday = self.first.format("%A");
        let often = match self.recurrence {
            Recurrence::Weeks(1) => format!("every week on {weekday}"),
            Recurrence::Weeks(2) => format!("every two weeks on {weekday}"),
            Recurrence::Weeks(n) => format!("every {n} weeks on {weekday}"),
            Recurrence::MonthlyByWeekday => format!("every month on the {} {weekday}", ORDINALS[place(self.first)]),
        };
        match self.end {
            End::Never => often,
            End::Times(n) => format!("{often}, {n} times"),
            End::Until(day) => format!("{often}, until {}", day.format("%-d %B %Y")),
        }
    }

    /// This rule with another first day and another end.
    #[must_use]
    pub fn starting_on(&self, first: NaiveDate, end: End) -> Self {
        Self { first, recurrence: self.recurrence, end }
    }
}

const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "last"];

/// Which of its weekdays in the month a day is, from 0: 1 is the second
/// Tuesday, for example.
fn place(day: NaiveDate) -> usize {
    usize::try_from((day.day() - 1) / 7).unwrap_or(0)
}

/// The date number `n` of a series, from 0; `None`: it is beyond the calendar.
fn nth(first: NaiveDate, recurrence: Recurrence, n: u32) -> Option<NaiveDate> {
    match recurrence {
        Recurrence::Weeks(weeks) => {
            first.checked_add_signed(Duration::weeks(i64::from(weeks.max(1)).checked_mul(i64::from(n))?))
        }
        Recurrence::MonthlyByWeekday => {
            let month = first.with_day(1)?.checked_add_months(Months::new(n))?;
            let on =
                |place: u8| NaiveDate::from_weekday_of_month_opt(month.year(), month.month(), first.weekday(), place);
            let wanted = u8::try_from(place(first) + 1).ok()?;
            // The last weekday of a month is its fifth or its fourth.
            on(wanted).or_else(|| on(wanted - 1))
        }
    }
}

#[cfg(test)]
#[cfg(feature = "zones")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{clients::person::Zone, zone};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(first: &str, recurrence: Recurrence, end: End) -> SeriesRule {
        SeriesRule { first: day(first), recurrence, end }
    }

    #[test]
    fn a_series_keeps_its_wall_time_over_clock_changes() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let rule = rule("2027-03-25", Recurrence::Weeks(1), End::Until(day("2027-11-04")));
        let at = |text: &str| {
            let day = rule.dates().find(|d| *d == day(text)).unwrap();
            zone::instant(day.and_hms_opt(10, 0, 0).unwrap(), &berlin).unwrap().to_rfc3339()
        };
        // The examples of the requirement: a date on each side of both clock
        // changes.
        assert_eq!(at("2027-03-25"), "2027-03-25T09:00:00+00:00");
        assert_eq!(at("2027-04-01"), "2027-04-01T08:00:00+00:00");
        assert_eq!(at("2027-10-28"), "2027-10-28T08:00:00+00:00");
        assert_eq!(at("2027-11-04"), "2027-11-04T09:00:00+00:00");
        assert_eq!(rule.dates().last(), Some(day("2027-11-04")), "the last day counts");
    }

    #[test]
    fn a_monthly_series_keeps_its_weekday_and_its_place_in_the_month() {
        let second = rule("2027-01-12", Recurrence::MonthlyByWeekday, End::Times(4));
        assert_eq!(
            second.dates().collect::<Vec<_>>(),
            ["2027-01-12", "2027-02-09", "2027-03-09", "2027-04-13"].map(day)
        );
        assert_eq!(second.words(), "every month on the second Tuesday, 4 times");
        // The fifth Friday is the last one of each month.
        let last = rule("2027-01-29", Recurrence::MonthlyByWeekday, End::Times(3));
        assert_eq!(last.dates().collect::<Vec<_>>(), ["2027-01-29", "2027-02-26", "2027-03-26"].map(day));
        assert_eq!(last.words(), "every month on the last Friday, 3 times");
        let leap = rule("2028-02-29", Recurrence::Weeks(52), End::Times(2));
        assert_eq!(leap.dates().last(), Some(day("2029-02-27")));
    }

    #[test]
    fn a_series_without_an_end_is_booked_up_to_the_horizon() {
        assert_eq!(day("2026-11-26") + AHEAD, day("2027-05-27"), "half a year");
        let endless = rule("2026-11-26", Recurrence::Weeks(2), End::Never);
        assert_eq!(endless.dates_to_book(day("2026-12-24")), ["2026-11-26", "2026-12-10", "2026-12-24"].map(day));
        let counted = rule("2026-11-26", Recurrence::Weeks(2), End::Times(5));
        assert_eq!(counted.dates_to_book(day("2026-12-24")).len(), 5, "all of them, however far");
    }

    #[test]
    fn each_error_of_the_form_is_at_its_field() {
        let read =
            |pairs: &[(&str, &str)]| SeriesRule::read(&Form::from_pairs(pairs.iter().copied()), day("2026-11-26"));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("repeat", "once"), ("ends", "times")]), Ok(None));
        assert!(read(&[("repeat", "weeks")]).unwrap_err().message("every_weeks").is_some());
        assert!(
            read(&[("repeat", "weekly"), ("ends", "times"), ("times", "1")]).unwrap_err().message("times").is_some()
        );
        let until = |day: &str| read(&[("repeat", "weekly"), ("ends", "until"), ("until", day)]);
        // The earliest last day is the day after the first session; the latest
        // is five years after the first session.
        for (wrong, says) in [
            ("2026-11-26", "Enter a date after the first session."),
            ("2026-11-25", "Enter a date after the first session."),
            ("2031-11-27", "Enter a date within 5 years."),
            ("2199-11-26", "Enter a date within 5 years."),
            ("", "Enter the last date."),
        ] {
            assert_eq!(until(wrong).unwrap_err().message("until"), Some(says), "{wrong}");
        }
        for right in ["2026-11-27", "2031-11-26"] {
            assert_eq!(until(right).unwrap().unwrap().end, End::Until(day(right)));
        }
        assert!(read(&[("repeat", "yearly")]).unwrap_err().message("repeat").is_some());
        let weekly = read(&[("repeat", "weekly"), ("ends", "times"), ("times", "10")]).unwrap().unwrap();
        assert_eq!((weekly.recurrence, weekly.end), (Recurrence::Weeks(1), End::Times(10)));
    }

    proptest! {
        /// The dates are in order and on the weekday of the first date, one in
        /// each month or at the given distance, and as many as asked for.
        #[test]
        fn dates_are_in_order_and_on_their_weekday(
            offset in 0i64..20_000, weeks in 0u16..27, times in 2u16..60,
        ) {
            let first = day("2000-01-01") + Duration::days(offset);
            let recurrence = if weeks == 0 { Recurrence::MonthlyByWeekday } else { Recurrence::Weeks(weeks) };
            let rule = SeriesRule { first, recurrence, end: End::Times(times) };
            let dates: Vec<_> = rule.dates().collect();
            prop_assert_eq!(dates.len(), usize::from(times));
            prop_assert_eq!(dates[0], first);
            for pair in dates.windows(2) {
                prop_assert!(pair[0] < pair[1]);
                prop_assert_eq!(pair[1].weekday(), first.weekday());
                match recurrence {
                    Recurrence::Weeks(n) => prop_assert_eq!(pair[1] - pair[0], Duration::weeks(i64::from(n))),
                    Recurrence::MonthlyByWeekday => {
                        let months = |d: NaiveDate| d.year() * 12 + i32::try_from(d.month()).unwrap();
                        prop_assert_eq!(months(pair[1]) - months(pair[0]), 1);
                        prop_assert!((28..=35).contains(&(pair[1] - pair[0]).num_days()));
                    }
                }
            }
        }
    }
}
