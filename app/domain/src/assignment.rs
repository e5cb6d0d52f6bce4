//! An exercise given to a couple or to one partner, and how often.

use chrono::{Duration, NaiveDate};

use crate::{
    form::{Errors, Form, Reader},
    ids::PersonId,
};

crate::words! {
    /// When an assignment is due.
    pub enum Due {
        OnDate = "on_date", "By a date";
        BeforeNext = "before_next", "Before the next session";
    }
}

crate::words! {
    /// How often, as the form asks.
    pub enum Often {
        BeforeNext = "before_next", "Once, before the next session";
        OnDate = "on_date", "Once, by a date";
        EachSession = "each_session", "Before every session";
        Daily = "daily", "Every day";
        Weekly = "weekly", "Every week";
        Every = "every", "Every so many days";
    }
}

/// For whom an assignment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Everyone of the treatment unit.
    Everyone,
    One(PersonId),
}

/// How often an exercise is to be done, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// Once, before the next session: it follows the session when that moves.
    BeforeNext,
    /// Once, by a day.
    OnDate(NaiveDate),
    /// Anew for every session.
    EachSession,
    Every(Rhythm),
}

/// Every so many days, from a day on, perhaps until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    pub days: u16,
    pub from: NaiveDate,
    /// The last day on which one may begin.
    pub until: Option<NaiveDate>,
}

/// The days in which one occurrence is to be done, both included. They are
/// days of the reader's own calendar: over a change of the clocks such a day
/// has 23 or 25 hours, and that is all that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From 1, by the calendar: what was not made leaves a gap.
    pub number: i64,
    pub opens: NaiveDate,
    pub due: NaiveDate,
}

/// The longest distance between two occurrences, in days.
pub const EVERY: std::ops::RangeInclusive<i64> = 1..=90;

impl Rhythm {
    /// The window that a day falls into; `None` before the first, and behind
    /// the end.
    pub fn window(&self, day: NaiveDate) -> Option<Window> {
        let length = i64::from(self.days.max(1));
        let since = (day - self.from).num_days();
        if since < 0 {
            return None;
        }
        let turn = since / length;
        let opens = self.from.checked_add_signed(Duration::days(turn * length))?;
        let due = opens.checked_add_signed(Duration::days(length - 1))?;
        self.until.is_none_or(|until| opens <= until).then_some(Window { number: turn + 1, opens, due })
    }

    /// The first day of the window behind the one that a day falls into.
    pub fn next(&self, day: NaiveDate) -> Option<NaiveDate> {
        let next = match self.window(day) {
            Some(window) => window.due.checked_add_signed(Duration::days(1))?,
            None if day < self.from => self.from,
            None => return None,
        };
        self.window(next).map(|w| w.opens)
    }

    /// "every day", "every week until 6 December", "every 3 days".
    pub fn words(&self) -> String {
        let often = match self.days {
            0 | 1 => "every day".to_owned(),
            7 => "every week".to_owned(),
            14 => "every two weeks".to_owned(),
            n => format!("every {n} days"),
        };
        match self.until {
            Some(day) => format!("{often} until {}", day.format("%-d %B")),
            None => often,
        }
    }
}

impl Frequency {
    pub const fn due(&self) -> Due {
        match self {
            Self::BeforeNext | Self::EachSession => Due::BeforeNext,
            Self::OnDate(_) | Self::Every(_) => Due::OnDate,
        }
    }

    pub const fn repeats(&self) -> bool {
        matches!(self, Self::EachSession | Self::Every(_))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssignment {
    pub for_whom: For,
    pub frequency: Frequency,
    /// A line from the therapist that the clients read; may be empty.
    pub word_along: String,
}

impl NewAssignment {
    /// Reads the form; `today` is the practice's.
    pub fn read(form: &Form, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let for_whom = match form.get("for") {
            "everyone" => Ok(For::Everyone),
            id => match id.parse() {
                Ok(person) => Ok(For::One(person)),
                Err(_) => r.fail("for", "Please choose whom this is for."),
            },
        };
        let frequency = read_frequency(&mut r, form, today);
        let word_along = r.lines("word_along", 0..=500, "");
        r.finish()?;
        Ok(Self { for_whom: for_whom?, frequency: frequency?, word_along: word_along? })
    }
}

fn read_frequency(r: &mut Reader<'_>, form: &Form, today: NaiveDate) -> Result<Frequency, Errors> {
    let often: Often = r.word("due", "Please choose how often this is to be done.")?;
    // What was typed is not quietly left aside.
    let mut unused = |name: &str, takes: &str| {
        if form.get(name).trim().is_empty() {
            Ok(())
        } else {
            r.fail::<()>(name, format!("Choose {takes} for this, or leave it empty."))
        }
    };
    let repeats = matches!(often, Often::Daily | Often::Weekly | Often::Every);
    let mut fits = Ok(());
    if !repeats {
        fits = fits.and(unused("until_on", "“Every day”, “Every week” or “Every so many days”"));
    }
    if often != Often::Every {
        fits = fits.and(unused("every_days", "“Every so many days”"));
    }
    if matches!(often, Often::BeforeNext | Often::EachSession) {
        fits = fits.and(unused("due_on", "“Once, by a date”, or something that repeats,"));
    }
    fits?;
    let date = match often {
        Often::BeforeNext => return Ok(Frequency::BeforeNext),
        Often::EachSession => return Ok(Frequency::EachSession),
        Often::OnDate => r.date("due_on", "Please give the date it is due on.")?,
        _ => r.optional_date("due_on", "Please give the first day, such as 2026-11-30.")?.unwrap_or(today),
    };
    if date < today {
        return r.fail("due_on", "This date has passed.");
    }
    let days = match often {
        Often::OnDate => return Ok(Frequency::OnDate(date)),
        Often::Weekly => 7,
        Often::Every => u16::try_from(r.number("every_days", EVERY)?).unwrap_or(1),
        _ => 1,
    };
    let until = r.optional_date("until_on", "Please give the last day, or leave this empty.")?;
    if until.is_some_and(|until| until < date) {
        return r.fail("until_on", "The last day has to come after the first.");
    }
    Ok(Frequency::Every(Rhythm { days, from: date, until }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_past_date_is_refused_and_a_missing_one_too() {
        let today = day("2026-11-23");
        let mut form = Form::from_pairs([("for", "everyone"), ("due", "on_date"), ("due_on", "2026-11-22")]);
        assert!(NewAssignment::read(&form, today).unwrap_err().of("due_on").is_some());
        form.set("due_on", "");
        assert!(NewAssignment::read(&form, today).unwrap_err().of("due_on").is_some());
        form.set("due", "before_next");
        form.set("due_on", "2026-11-30");
        assert!(NewAssignment::read(&form, today).unwrap_err().of("due_on").is_some());
        form.set("due_on", "");
        assert_eq!(NewAssignment::read(&form, today).unwrap().frequency, Frequency::BeforeNext);
    }

    #[test]
    fn what_repeats_begins_today_unless_told_otherwise() {
        let today = day("2026-11-23");
        let mut form = Form::from_pairs([("for", "everyone"), ("due", "weekly")]);
        let read = |form: &Form| NewAssignment::read(form, today);
        let weekly = Rhythm { days: 7, from: today, until: None };
        assert_eq!(read(&form).unwrap().frequency, Frequency::Every(weekly));
        form.set("until_on", "2026-11-01");
        assert!(read(&form).unwrap_err().of("until_on").is_some());
        form.set("until_on", "2026-12-31");
        form.set("every_days", "3");
        assert!(read(&form).unwrap_err().of("every_days").is_some(), "typed, and left aside");
        form.set("due", "every");
        let Frequency::Every(rhythm) = read(&form).unwrap().frequency else { panic!() };
        assert_eq!((rhythm.days, rhythm.until), (3, Some(day("2026-12-31"))));
        form.set("every_days", "0");
        assert!(read(&form).unwrap_err().of("every_days").is_some());
    }

    #[test]
    fn a_week_is_seven_days_and_the_next_begins_behind_it() {
        let weekly = Rhythm { days: 7, from: day("2027-03-25"), until: Some(day("2027-04-01")) };
        // Over the change of the clocks in Berlin.
        let window = weekly.window(day("2027-03-28")).unwrap();
        assert_eq!((window.number, window.opens, window.due), (1, day("2027-03-25"), day("2027-03-31")));
        assert_eq!(weekly.next(day("2027-03-28")), Some(day("2027-04-01")));
        assert_eq!(weekly.next(day("2027-04-03")), None, "behind the end");
        assert_eq!(weekly.window(day("2027-03-24")), None);
        assert_eq!(weekly.next(day("2027-03-01")), Some(day("2027-03-25")));
    }

    proptest! {
        /// Every day is in one window, and windows follow each other without
        /// a gap and without an overlap.
        #[test]
        fn windows_tile_the_calendar(days in 1u16..90, since in 0i64..4000) {
            let from = day("2026-01-31");
            let rhythm = Rhythm { days, from, until: None };
            let today = from + Duration::days(since);
            let window = rhythm.window(today).unwrap();
            prop_assert!(window.opens <= today && today <= window.due);
            prop_assert_eq!((window.due - window.opens).num_days(), i64::from(days) - 1);
            let next = rhythm.next(today).unwrap();
            prop_assert_eq!(next, window.due + Duration::days(1));
            prop_assert_eq!(rhythm.window(next).unwrap().number, window.number + 1);
        }
    }
}
