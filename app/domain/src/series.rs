//! Sessions that come back: every so many weeks, or every month on the same
//! weekday.
//!
//! A series is kept as wall time and zone: Thursday at ten stays at ten when
//! the clocks change. Its dates are pure arithmetic on the calendar; what
//! each means as an instant is for [`crate::zone`].

use chrono::{Datelike as _, Duration, Months, NaiveDate};

use crate::form::{Errors, Form, Reader};

crate::words! {
    /// How the form asks for it.
    pub enum Repeat {
        Once = "once", "Once";
        Weekly = "weekly", "Every week";
        Fortnightly = "fortnightly", "Every two weeks";
        Weeks = "weeks", "Every so many weeks";
        Monthly = "monthly", "Every month, on the same weekday";
    }
}

crate::words! {
    /// Where it ends.
    pub enum Ends {
        Never = "never", "No end";
        Times = "times", "After so many sessions";
        Until = "until", "On a date";
    }
}

crate::words! {
    /// How far a change of one session reaches.
    pub enum Reach {
        One = "one", "Only this one";
        Following = "following", "This one and all that follow";
        All = "all", "All that are still to come";
    }
}

/// Every how many weeks, at most.
pub const WEEKS: std::ops::RangeInclusive<i64> = 1..=26;
/// How many sessions a series may have that says how many.
pub const TIMES: std::ops::RangeInclusive<i64> = 2..=200;
/// A series without an end is booked so far ahead.
pub const AHEAD: Duration = Duration::days(26 * 7);
/// The longest from the first to the last date, in years.
const YEARS: u32 = 5;

/// How a series comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recurrence {
    Weeks(u16),
    /// On the second Tuesday, say: weekday and place in the month are those of
    /// the first date; the fifth is the last.
    MonthlyByWeekday,
}

/// Where a series ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Never,
    Times(u16),
    /// The last day on which a session may be.
    Until(NaiveDate),
}

/// The dates of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub first: NaiveDate,
    pub recurrence: Recurrence,
    pub end: End,
}

impl Rule {
    /// What the form asks for; `None`: a single session.
    pub fn read(form: &Form, first: NaiveDate) -> Result<Option<Self>, Errors> {
        let mut r = Reader::new(form);
        if form.get("repeat").is_empty() {
            return Ok(None);
        }
        let repeat = r.word::<Repeat>("repeat", "Please choose how often.");
        let recurrence = match &repeat {
            Ok(Repeat::Once) => return Ok(None),
            Ok(Repeat::Weekly) | Err(_) => Ok(Recurrence::Weeks(1)),
            Ok(Repeat::Fortnightly) => Ok(Recurrence::Weeks(2)),
            Ok(Repeat::Weeks) => {
                r.number("every_weeks", WEEKS).map(|n| Recurrence::Weeks(u16::try_from(n).unwrap_or(1)))
            }
            Ok(Repeat::Monthly) => Ok(Recurrence::MonthlyByWeekday),
        };
        let ends = r.optional::<Ends>("ends", "Please choose where it ends.");
        let end = match ends {
            Ok(Some(Ends::Times)) => r.number("times", TIMES).map(|n| End::Times(u16::try_from(n).unwrap_or(2))),
            Ok(Some(Ends::Until)) => match r.date("until", "Please give the last day.") {
                Ok(day) if day <= first => r.fail("until", "Please give a day after the first session."),
                Ok(day) if Some(day) > first.checked_add_months(Months::new(12 * YEARS)) => {
                    r.fail("until", format!("Please give a day within {YEARS} years."))
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

    /// The dates in order, the first among them.
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

    /// The dates to book now: all of them, or of a series without an end those
    /// up to a day.
    pub fn until(&self, horizon: NaiveDate) -> Vec<NaiveDate> {
        let endless = self.end == End::Never;
        self.dates().take_while(|day| !endless || *day <= horizon).collect()
    }

    /// "every week on Thursday", "every month on the second Thursday".
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

    /// The same rule begun on another day.
    #[must_use]
    pub fn from(&self, first: NaiveDate, end: End) -> Self {
        Self { first, recurrence: self.recurrence, end }
    }
}

const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "last"];

/// The place of a day among its weekdays in the month, from 0.
fn place(day: NaiveDate) -> usize {
    usize::try_from((day.day() - 1) / 7).unwrap_or(0)
}

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
            // A month has a fifth or a fourth as its last.
            on(wanted).or_else(|| on(wanted - 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{person::Zone, zone};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(first: &str, recurrence: Recurrence, end: End) -> Rule {
        Rule { first: day(first), recurrence, end }
    }

    #[test]
    fn thursday_at_ten_stays_at_ten() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let rule = rule("2027-03-25", Recurrence::Weeks(1), End::Until(day("2027-11-04")));
        let at = |text: &str| {
            let day = rule.dates().find(|d| *d == day(text)).unwrap();
            zone::instant(day.and_hms_opt(10, 0, 0).unwrap(), &berlin).unwrap().to_rfc3339()
        };
        // The examples of the requirement: on both sides of both changes.
        assert_eq!(at("2027-03-25"), "2027-03-25T09:00:00+00:00");
        assert_eq!(at("2027-04-01"), "2027-04-01T08:00:00+00:00");
        assert_eq!(at("2027-10-28"), "2027-10-28T08:00:00+00:00");
        assert_eq!(at("2027-11-04"), "2027-11-04T09:00:00+00:00");
        assert_eq!(rule.dates().last(), Some(day("2027-11-04")), "the last day counts");
    }

    #[test]
    fn a_month_keeps_the_weekday_and_its_place() {
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
    fn without_an_end_it_is_booked_as_far_as_the_horizon() {
        assert_eq!(day("2026-11-26") + AHEAD, day("2027-05-27"), "half a year");
        let endless = rule("2026-11-26", Recurrence::Weeks(2), End::Never);
        assert_eq!(endless.until(day("2026-12-24")), ["2026-11-26", "2026-12-10", "2026-12-24"].map(day));
        let counted = rule("2026-11-26", Recurrence::Weeks(2), End::Times(5));
        assert_eq!(counted.until(day("2026-12-24")).len(), 5, "all of them, however far");
    }

    #[test]
    fn the_form_says_what_is_missing_where_it_is() {
        let read = |pairs: &[(&str, &str)]| Rule::read(&Form::from_pairs(pairs.iter().copied()), day("2026-11-26"));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("repeat", "once"), ("ends", "times")]), Ok(None));
        assert!(read(&[("repeat", "weeks")]).unwrap_err().of("every_weeks").is_some());
        assert!(read(&[("repeat", "weekly"), ("ends", "times"), ("times", "1")]).unwrap_err().of("times").is_some());
        let until = |day: &str| read(&[("repeat", "weekly"), ("ends", "until"), ("until", day)]);
        // The day after the first, and the fifth birthday of it, are the ends.
        for (wrong, says) in [
            ("2026-11-26", "Please give a day after the first session."),
            ("2026-11-25", "Please give a day after the first session."),
            ("2031-11-27", "Please give a day within 5 years."),
            ("2199-11-26", "Please give a day within 5 years."),
            ("", "Please give the last day."),
        ] {
            assert_eq!(until(wrong).unwrap_err().of("until"), Some(says), "{wrong}");
        }
        for right in ["2026-11-27", "2031-11-26"] {
            assert_eq!(until(right).unwrap().unwrap().end, End::Until(day(right)));
        }
        assert!(read(&[("repeat", "yearly")]).unwrap_err().of("repeat").is_some());
        let weekly = read(&[("repeat", "weekly"), ("ends", "times"), ("times", "10")]).unwrap().unwrap();
        assert_eq!((weekly.recurrence, weekly.end), (Recurrence::Weeks(1), End::Times(10)));
    }

    proptest! {
        /// In order, on the weekday of the first, each in its month or at its
        /// distance, and no more than asked for.
        #[test]
        fn dates_are_in_order_and_on_their_weekday(
            offset in 0i64..20_000, weeks in 0u16..27, times in 2u16..60,
        ) {
            let first = day("2000-01-01") + Duration::days(offset);
            let recurrence = if weeks == 0 { Recurrence::MonthlyByWeekday } else { Recurrence::Weeks(weeks) };
            let rule = Rule { first, recurrence, end: End::Times(times) };
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
