//! Assignments: exercises given to a client or to one partner, and how often
//! they are to be done.

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
    /// How often an exercise is to be done, as the form offers it.
    pub enum FrequencyChoice {
        BeforeNext = "before_next", "Once, before the next session";
        OnDate = "on_date", "Once, by a date";
        EachSession = "each_session", "Before every session";
        Daily = "daily", "Every day";
        Weekly = "weekly", "Every week";
        Every = "every", "Every few days";
    }
}

/// The people whom an assignment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone of the client.
    Everyone,
    One(PersonId),
}

/// How often an exercise is to be done, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// Once, before the next session. If the session moves, the due time moves
    /// with it.
    BeforeNext,
    /// Once, on this day or earlier.
    OnDate(NaiveDate),
    /// Once before each session.
    EachSession,
    /// Once in each window of a rhythm.
    Every(Rhythm),
}

/// A repetition every given number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// The length of a window in days.
    pub days: u16,
    /// The day on which the first window opens.
    pub from: NaiveDate,
    /// The last day on which a window may open; `None`: without an end.
    pub until: Option<NaiveDate>,
}

/// The days in which one occurrence is to be done, `opens` and `due` included.
/// They are days of the reader's own calendar: at a clock change such a day has
/// 23 or 25 hours, with no other effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The number of the window by the calendar, from 1; windows for which no
    /// occurrence was created are counted too.
    pub number: i64,
    pub opens: NaiveDate,
    pub due: NaiveDate,
}

/// The numbers of days that a rhythm may have.
pub const RHYTHM_DAYS: std::ops::RangeInclusive<i64> = 1..=90;

impl Rhythm {
    /// The window that contains a day; `None` before the first window and after
    /// the last.
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

    /// The first day of the next window after the one that contains `day`;
    /// `None`: there is no later window.
    pub fn next_window(&self, day: NaiveDate) -> Option<NaiveDate> {
        let next = match self.window(day) {
            Some(window) => window.due.checked_add_signed(Duration::days(1))?,
            None if day < self.from => self.from,
            None => return None,
        };
        self.window(next).map(|w| w.opens)
    }

    /// The rhythm in words, such as "every day", "every week until 6 December"
    /// or "every 3 days".
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
    /// When an occurrence is due: before a session, or on a date.
    pub const fn due(&self) -> Due {
        match self {
            Self::BeforeNext | Self::EachSession => Due::BeforeNext,
            Self::OnDate(_) | Self::Every(_) => Due::OnDate,
        }
    }

    /// Whether there is more than one occurrence.
    pub const fn repeats(&self) -> bool {
        matches!(self, Self::EachSession | Self::Every(_))
    }
}

/// The details of an assignment that a therapist makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssignment {
    pub for_whom: Audience,
    pub frequency: Frequency,
    /// A few words from the therapist that the clients read; may be empty.
    pub word_along: String,
}

impl NewAssignment {
    /// Reads the form of an assignment; `today` is the date in the practice's
    /// zone.
    pub fn read(form: &Form, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let for_whom = match form.get("for") {
            "everyone" => Ok(Audience::Everyone),
            id => match id.parse() {
                Ok(person) => Ok(Audience::One(person)),
                Err(_) => r.fail("for", "Choose whom it is for."),
            },
        };
        let frequency = read_frequency(&mut r, today);
        let word_along = r.lines("word_along", 0..=500, "");
        r.finish()?;
        Ok(Self { for_whom: for_whom?, frequency: frequency?, word_along: word_along? })
    }
}

/// Reads how often the exercise is to be done. The page shows only the fields that
/// the choice needs, and the others are not read.
fn read_frequency(r: &mut Reader<'_>, today: NaiveDate) -> Result<Frequency, Errors> {
    let days = match r.word("due", "Choose how often.")? {
        FrequencyChoice::BeforeNext => return Ok(Frequency::BeforeNext),
        FrequencyChoice::EachSession => return Ok(Frequency::EachSession),
        FrequencyChoice::OnDate => {
            let date = r.date("due_on", "Enter the date it is due.")?;
            return if date < today {
                r.fail("due_on", "Choose a date from today on.")
            } else {
                Ok(Frequency::OnDate(date))
            };
        }
        FrequencyChoice::Daily => Ok(1),
        FrequencyChoice::Weekly => Ok(7),
        FrequencyChoice::Every => r.number("every_days", RHYTHM_DAYS),
    };
    let from = r.optional_date("from_on", "Enter the first day, or leave it empty.").map(|day| day.unwrap_or(today));
    let from = match from {
        Ok(day) if day < today => r.fail("from_on", "Choose a first day from today on."),
        from => from,
    };
    let until = match r.optional_date("until_on", "Enter the last day, or leave it empty.") {
        Ok(Some(last)) if from.as_ref().is_ok_and(|from| last < *from) => {
            r.fail("until_on", "Choose a last day after the first.")
        }
        until => until,
    };
    Ok(Frequency::Every(Rhythm { days: u16::try_from(days?).unwrap_or(1), from: from?, until: until? }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_missing_or_past_date_is_refused_and_one_that_is_not_needed_is_not_read() {
        let today = day("2026-11-23");
        let mut form = Form::from_pairs([("for", "everyone"), ("due", "on_date"), ("due_on", "2026-11-22")]);
        assert!(NewAssignment::read(&form, today).unwrap_err().message("due_on").is_some());
        form.set("due_on", "");
        assert!(NewAssignment::read(&form, today).unwrap_err().message("due_on").is_some());
        form.set("due", "before_next");
        form.set("due_on", "soon");
        assert_eq!(NewAssignment::read(&form, today).unwrap().frequency, Frequency::BeforeNext);
    }

    #[test]
    fn a_rhythm_begins_today_by_default_and_its_fields_are_checked() {
        let today = day("2026-11-23");
        let mut form = Form::from_pairs([("for", "everyone"), ("due", "weekly")]);
        let read = |form: &Form| NewAssignment::read(form, today);
        let weekly = Rhythm { days: 7, from: today, until: None };
        assert_eq!(read(&form).unwrap().frequency, Frequency::Every(weekly));
        form.set("until_on", "2026-11-01");
        assert!(read(&form).unwrap_err().message("until_on").is_some());
        form.set("until_on", "2026-12-31");
        form.set("every_days", "3");
        form.set("due", "every");
        let Frequency::Every(rhythm) = read(&form).unwrap().frequency else { panic!() };
        assert_eq!((rhythm.days, rhythm.until), (3, Some(day("2026-12-31"))));
        for (field, wrong) in [("every_days", "0"), ("from_on", "2026-11-22"), ("until_on", "then")] {
            form.set(field, wrong);
        }
        assert_eq!(read(&form).unwrap_err().iter().count(), 3, "all errors are found at once");
    }

    #[test]
    fn weekly_windows_have_seven_days_and_follow_each_other() {
        let weekly = Rhythm { days: 7, from: day("2027-03-25"), until: Some(day("2027-04-01")) };
        // With the clock change in Berlin between.
        let window = weekly.window(day("2027-03-28")).unwrap();
        assert_eq!((window.number, window.opens, window.due), (1, day("2027-03-25"), day("2027-03-31")));
        assert_eq!(weekly.next_window(day("2027-03-28")), Some(day("2027-04-01")));
        assert_eq!(weekly.next_window(day("2027-04-03")), None, "behind the end");
        assert_eq!(weekly.window(day("2027-03-24")), None);
        assert_eq!(weekly.next_window(day("2027-03-01")), Some(day("2027-03-25")));
    }

    proptest! {
        /// Every day is in exactly one window, and the windows have no gap and no
        /// overlap.
        #[test]
        fn every_day_is_in_exactly_one_window(days in 1u16..90, since in 0i64..4000) {
            let from = day("2026-01-31");
            let rhythm = Rhythm { days, from, until: None };
            let today = from + Duration::days(since);
            let window = rhythm.window(today).unwrap();
            prop_assert!(window.opens <= today && today <= window.due);
            prop_assert_eq!((window.due - window.opens).num_days(), i64::from(days) - 1);
            let next = rhythm.next_window(today).unwrap();
            prop_assert_eq!(next, window.due + Duration::days(1));
            prop_assert_eq!(rhythm.window(next).unwrap().number, window.number + 1);
        }
    }
}
