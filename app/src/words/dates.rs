//! Dates, times, lengths and lists in the reader's language.

use chrono::{DateTime, NaiveDate, Utc, Weekday};
use domain::{clients::person::Zone, outbox::lead::Lead, zone};

use super::{Words, icu};
use crate::{say, text};

impl Words {
    /// A full date: "Thursday 26 November 2026".
    pub fn day(self, date: NaiveDate) -> String {
        self.date(&say!(self, "date-day"), date)
    }

    /// A date without its year: "Thursday 26 November".
    pub fn day_of_year(self, date: NaiveDate) -> String {
        self.date(&say!(self, "date-day-of-year"), date)
    }

    /// A short date: "Thu 26 Nov".
    pub fn short_day(self, date: NaiveDate) -> String {
        self.date(&say!(self, "date-short"), date)
    }

    /// A full date and time with its zone: "Thursday 26 November 2026, 10:00
    /// (Berlin, UTC+1)".
    pub fn long(self, at: DateTime<Utc>, in_zone: &Zone) -> String {
        let wall = zone::wall(at, in_zone);
        let (day, time) = (self.day(wall.time.date()), text::time(wall.time.time()));
        say!(self, "time-long", day = day, time = time, city = in_zone.city(), offset = wall.utc_offset())
    }

    /// A short date and time: "Thu 26 Nov, 10:00". It has the offset in the
    /// cases described at [`text::clock`].
    pub fn short(self, at: DateTime<Utc>, in_zone: &Zone) -> String {
        let day = self.short_day(zone::date_of(at, in_zone));
        say!(self, "time-short", day = day, time = text::clock(at, in_zone))
    }

    /// A date and time without the day of the week: "26 November 2026, 10:00".
    pub fn stamp(self, at: DateTime<Utc>, in_zone: &Zone) -> String {
        let day = self.date(&say!(self, "date-stamp"), zone::date_of(at, in_zone));
        say!(self, "time-short", day = day, time = text::clock(at, in_zone))
    }

    /// The distance to a past instant: "just now", "5 minutes ago", "11 hours
    /// ago"; after twelve hours the date and time as in [`Self::short`].
    pub fn ago(self, at: DateTime<Utc>, now: DateTime<Utc>, in_zone: &Zone) -> String {
        let minutes = (now - at).num_minutes();
        match minutes {
            ..1 => say!(self, "time-just-now"),
            1..60 => say!(self, "time-minutes-ago", count = minutes),
            60..720 => say!(self, "time-hours-ago", count = minutes / 60),
            _ => self.short(at, in_zone),
        }
    }

    /// A length in words: "50 minutes", "1 hour", "1 h 20 min".
    pub fn minutes(self, minutes: i64) -> String {
        match (minutes / 60, minutes % 60) {
            (0, rest) => say!(self, "length-minutes", count = rest),
            (hours, 0) => say!(self, "length-hours", count = hours),
            (hours, rest) => say!(self, "length-hours-minutes", hours = hours, minutes = rest),
        }
    }

    /// Things in a list: "Amara and Jonas", "a, b and c".
    pub fn list(self, things: &[String]) -> String {
        icu::list(self.language(), things).unwrap_or_else(|| things.join(", "))
    }

    /// How long before a session a reminder is sent: "A day before", "4 hours
    /// before".
    pub fn lead(self, lead: Lead) -> String {
        match lead {
            Lead::Days(days) => say!(self, "lead-days", count = days),
            Lead::Hours(hours) => say!(self, "lead-hours", count = hours),
        }
    }

    /// The name of a day of the week.
    pub fn weekday(self, day: Weekday) -> String {
        // 2 November 2026 was a Monday.
        let date = NaiveDate::from_ymd_opt(2026, 11, 2 + day.num_days_from_monday()).unwrap_or_default();
        self.date("EEEE", date)
    }

    /// A date in a pattern; in English if this language cannot write it.
    fn date(self, pattern: &str, date: NaiveDate) -> String {
        icu::date(self.language(), pattern, date).unwrap_or_else(|| text::day(date))
    }
}

#[cfg(test)]
mod tests {
    use domain::clients::person::Language;

    use super::*;

    const HINDI: Words = Words::new(Language::Hindi);

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    #[test]
    fn english_dates_are_those_of_the_staffs_pages() {
        let w = Words::ENGLISH;
        let at: DateTime<Utc> = "2026-01-01T09:00:00Z".parse().unwrap();
        for days in 0..366 {
            let (at, berlin) = (at + chrono::Duration::days(days), zone("Europe/Berlin"));
            let date = at.date_naive();
            assert_eq!(w.day(date), text::day(date));
            assert_eq!(w.short_day(date), text::short_day(date));
            assert_eq!(w.short(at, &berlin), text::short(at, &berlin));
            assert_eq!(w.long(at, &berlin), text::long(at, &berlin));
            assert_eq!(w.day_of_year(date), date.format("%A %-d %B").to_string());
        }
        assert_eq!(w.stamp("2026-11-23T14:04:00Z".parse().unwrap(), &zone("Europe/Berlin")), "23 November 2026, 15:04");
    }

    #[test]
    fn hindi_dates_have_hindi_names() {
        let at = "2026-11-26T09:00:00Z".parse().unwrap();
        assert_eq!(HINDI.short(at, &zone("Asia/Kolkata")), "गुरु 26 नव॰, 14:30");
        assert_eq!(HINDI.long(at, &zone("Asia/Kolkata")), "गुरुवार 26 नवंबर 2026, 14:30 (Kolkata, UTC+5:30)");
    }

    #[test]
    fn lengths_and_distances_are_those_of_the_staffs_pages() {
        let (w, now) = (Words::ENGLISH, "2026-11-26T09:00:00Z".parse::<DateTime<Utc>>().unwrap());
        for minutes in [0, 1, 2, 50, 59, 60, 61, 80, 120, 719, 720] {
            assert_eq!(w.minutes(minutes), text::minutes(minutes));
        }
        for minutes in [0, 2, 59, 120, 719, 720, 5000] {
            let at = now - chrono::Duration::minutes(minutes);
            assert_eq!(w.ago(at, now, &Zone::utc()), text::ago(at, now, &Zone::utc()));
        }
    }

    #[test]
    fn days_of_the_week_and_lead_times_have_names() {
        assert_eq!(Words::ENGLISH.weekday(Weekday::Sun), "Sunday");
        assert_eq!(HINDI.weekday(Weekday::Mon), "सोमवार");
        for lead in Lead::OWN {
            assert_eq!(Words::ENGLISH.lead(lead), text::capitalised(&lead.words()));
        }
    }

    #[test]
    fn lists_are_joined_as_the_language_does() {
        let names = ["Amara", "Jonas", "Ruth"].map(str::to_owned);
        assert_eq!(Words::ENGLISH.list(&names[..2]), "Amara and Jonas");
        assert_eq!(Words::ENGLISH.list(&names), "Amara, Jonas and Ruth");
        assert_eq!(HINDI.list(&names[..2]), "Amara और Jonas");
        assert_eq!(HINDI.list(&[]), "");
    }
}
