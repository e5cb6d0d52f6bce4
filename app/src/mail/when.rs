//! Times in emails: the reader's wall time with the zone named, and the
//! practice's time beside it if the zones differ.

use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    zone::{self, Wall},
};

use crate::{say, words::Words};

/// A span of time, written for a reader in one zone and a practice in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// The day for the subject: `Thursday 26 November`.
    pub day: String,
    /// The whole span: `Thursday 26 November 2026, 10:00 to 10:50, Berlin time
    /// (UTC+1)`.
    pub long: String,
    /// The span at the practice: `10:00 to 10:50 in Berlin (UTC+1)`. `None` if
    /// the reader's zone is the practice's.
    pub elsewhere: Option<String>,
}

impl When {
    /// Writes a span of time for a reader in the zone `reader`, in their
    /// language.
    pub fn new(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, reader: &Zone, practice: &Zone, w: Words) -> Self {
        let (from, until) = (zone::wall(starts_at, reader), zone::wall(ends_at, reader));
        let elsewhere = (reader != practice).then(|| {
            let (from_there, until_there) = (zone::wall(starts_at, practice), zone::wall(ends_at, practice));
            let city = practice.city();
            if from_there.time == from.time && until_there.time == until.time {
                let same = say!(w, "email-same-time-in", city = city);
                return format!("{same} ({})", from_there.utc_offset());
            }
            let day = if from_there.time.date() == from.time.date() {
                String::new()
            } else {
                format!("{}, ", w.day_of_year(from_there.time.date()))
            };
            let hours = say!(w, "email-hours-in", hours = hours(&from_there, &until_there, w), city = city);
            format!("{day}{hours}{}", offset(&from_there, &until_there))
        });
        Self {
            day: w.day_of_year(from.time.date()),
            long: format!(
                "{}, {}, {}",
                w.day(from.time.date()),
                hours(&from, &until, w),
                zone_label(reader, &from, &until, w)
            ),
            elsewhere,
        }
    }
}

/// An instant with its zone: `Thursday 26 November 2026, 10:00, Berlin time
/// (UTC+1)`.
pub fn instant(at: DateTime<Utc>, reader: &Zone, w: Words) -> String {
    let wall = zone::wall(at, reader);
    let time = wall.time.format("%H:%M");
    format!("{}, {time}, {}", w.day(wall.time.date()), zone_label(reader, &wall, &wall, w))
}

/// The hours of a span: `10:00 to 10:50`. The end names its day if that
/// differs, and both times have their offsets if the clocks change in between.
fn hours(from: &Wall, until: &Wall, w: Words) -> String {
    let changes = from.offset != until.offset;
    let with_offset = |wall: &Wall| {
        let time = wall.time.format("%H:%M");
        if changes { format!("{time} ({})", wall.utc_offset()) } else { time.to_string() }
    };
    let (starts, ends) = (with_offset(from), with_offset(until));
    if from.time.date() == until.time.date() {
        say!(w, "email-hours", from = starts, until = ends)
    } else {
        let day = w.day_of_year(until.time.date());
        say!(w, "email-hours-until-day", from = starts, until = ends, day = day)
    }
}

/// The offset, ` (UTC+1)`; empty if [`hours`] has already named both offsets.
fn offset(from: &Wall, until: &Wall) -> String {
    if from.offset == until.offset { format!(" ({})", from.utc_offset()) } else { String::new() }
}

/// The zone's name with the offset: `Berlin time (UTC+1)`; only `UTC` for UTC.
fn zone_label(zone: &Zone, from: &Wall, until: &Wall, w: Words) -> String {
    match zone.city().as_str() {
        "UTC" => "UTC".to_owned(),
        city => format!("{}{}", say!(w, "email-time-of", city = city), offset(from, until)),
    }
}

#[cfg(test)]
mod tests {
    use domain::clients::person::Language;

    use super::*;

    fn when(from: &str, until: &str, reader: &str, practice: &str) -> When {
        let zone = |name| Zone::parse(name).unwrap();
        When::new(from.parse().unwrap(), until.parse().unwrap(), &zone(reader), &zone(practice), Words::ENGLISH)
    }

    #[test]
    fn a_single_zone_is_named_once() {
        let w = when("2026-11-26T09:00:00Z", "2026-11-26T09:50:00Z", "Europe/Berlin", "Europe/Berlin");
        assert_eq!(w.day, "Thursday 26 November");
        assert_eq!(w.long, "Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1)");
        assert_eq!(w.elsewhere, None);
    }

    #[test]
    fn summer_time_has_its_own_offset() {
        let w = when("2027-04-01T08:00:00Z", "2027-04-01T08:50:00Z", "Europe/Berlin", "Europe/Berlin");
        assert_eq!(w.long, "Thursday 1 April 2027, 10:00 to 10:50, Berlin time (UTC+2)");
    }

    #[test]
    fn kolkata_and_berlin_are_both_named() {
        let w = when("2026-11-26T09:00:00Z", "2026-11-26T09:50:00Z", "Asia/Kolkata", "Europe/Berlin");
        assert_eq!(w.long, "Thursday 26 November 2026, 14:30 to 15:20, Kolkata time (UTC+5:30)");
        assert_eq!(w.elsewhere.as_deref(), Some("10:00 to 10:50 in Berlin (UTC+1)"));
    }

    #[test]
    fn new_york_has_the_right_offset_between_both_clock_changes() {
        let w = when("2027-03-18T14:00:00Z", "2027-03-18T14:50:00Z", "America/New_York", "Europe/Berlin");
        assert_eq!(w.long, "Thursday 18 March 2027, 10:00 to 10:50, New York time (UTC−4)");
        assert_eq!(w.elsewhere.as_deref(), Some("15:00 to 15:50 in Berlin (UTC+1)"));
    }

    #[test]
    fn another_day_at_the_practice_is_named() {
        let w = when("2026-11-26T18:30:00Z", "2026-11-26T19:20:00Z", "Asia/Kolkata", "Europe/Berlin");
        assert_eq!(w.day, "Friday 27 November");
        assert_eq!(w.elsewhere.as_deref(), Some("Thursday 26 November, 19:30 to 20:20 in Berlin (UTC+1)"));
    }

    #[test]
    fn spans_over_midnight_and_a_clock_change_are_clear() {
        let w = when("2026-11-26T22:30:00Z", "2026-11-26T23:20:00Z", "Europe/Berlin", "Europe/Paris");
        assert_eq!(w.long, "Thursday 26 November 2026, 23:30 to 00:20 on Friday 27 November, Berlin time (UTC+1)");
        assert_eq!(w.elsewhere.as_deref(), Some("the same time in Paris (UTC+1)"));
        let w = when("2027-10-31T00:30:00Z", "2027-10-31T01:20:00Z", "Europe/Berlin", "Europe/Berlin");
        assert_eq!(w.long, "Sunday 31 October 2027, 02:30 (UTC+2) to 02:20 (UTC+1), Berlin time");
    }

    #[test]
    fn hindi_has_its_own_names_of_days_and_months() {
        let when = |from: &str, until: &str, reader: &str| {
            let zone = |name| Zone::parse(name).unwrap();
            When::new(
                from.parse().unwrap(),
                until.parse().unwrap(),
                &zone(reader),
                &zone("Europe/Berlin"),
                Words::new(Language::Hindi),
            )
        };
        let w = when("2026-11-26T09:00:00Z", "2026-11-26T09:50:00Z", "Asia/Kolkata");
        assert_eq!(w.day, "गुरुवार 26 नवंबर");
        assert_eq!(w.long, "गुरुवार 26 नवंबर 2026, 14:30 से 15:20 तक, Kolkata का समय (UTC+5:30)");
        assert_eq!(w.elsewhere.as_deref(), Some("Berlin में 10:00 से 10:50 तक (UTC+1)"));
        let w = when("2027-01-03T22:30:00Z", "2027-01-03T23:20:00Z", "Europe/Berlin");
        assert_eq!(w.long, "रविवार 3 जनवरी 2027, 23:30 से सोमवार 4 जनवरी 00:20 तक, Berlin का समय (UTC+1)");
    }

    #[test]
    fn utc_is_not_named_twice() {
        assert_eq!(
            instant("2026-11-26T09:00:00Z".parse().unwrap(), &Zone::utc(), Words::ENGLISH),
            "Thursday 26 November 2026, 09:00, UTC"
        );
    }
}
