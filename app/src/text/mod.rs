//! Dates and times as people read them, in a named zone.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use domain::{
    clients::person::Zone,
    zone::{self, WallInstants},
};

/// A full date and time with its zone: "Thursday 26 November 2026, 10:00
/// (Berlin, UTC+1)".
pub fn long(at: DateTime<Utc>, in_zone: &Zone) -> String {
    let wall = zone::wall(at, in_zone);
    format!("{}, {} ({}, {})", day(wall.time.date()), time(wall.time.time()), in_zone.city(), wall.utc_offset())
}

/// A short date and time: "Thu 26 Nov, 10:00". It has the offset in the cases
/// described at [`clock`].
pub fn short(at: DateTime<Utc>, in_zone: &Zone) -> String {
    format!("{}, {}", short_day(zone::date_of(at, in_zone)), clock(at, in_zone))
}

/// A full date: "Thursday 26 November 2026".
pub fn day(date: NaiveDate) -> String {
    format!("{} {} {} {}", date.format("%A"), date.day(), date.format("%B"), date.year())
}

/// A short date: "Thu 26 Nov".
pub fn short_day(date: NaiveDate) -> String {
    format!("{} {} {}", date.format("%a"), date.day(), date.format("%b"))
}

/// A wall time: "10:00".
pub fn time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// The wall time of an instant: "10:00". When the clocks show that time twice,
/// it has the offset: "02:30 (UTC+1)". For people only: forms use [`time`].
pub fn clock(at: DateTime<Utc>, in_zone: &Zone) -> String {
    let wall = zone::wall_time(at, in_zone);
    match zone::instants_of(wall, in_zone) {
        Ok(WallInstants::Twice { .. }) => format!("{} ({})", time(wall.time()), zone::wall(at, in_zone).utc_offset()),
        Ok(WallInstants::Once(_) | WallInstants::Never { .. }) | Err(_) => time(wall.time()),
    }
}

/// The zone's name with the offset: "Berlin time, UTC+1".
pub fn zone_line(at: DateTime<Utc>, in_zone: &Zone) -> String {
    format!("{} time, {}", in_zone.city(), zone::wall(at, in_zone).utc_offset())
}

/// The distance to a past instant: "just now", "5 minutes ago", "11 hours ago";
/// after twelve hours the date and time as in [`short`].
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>, in_zone: &Zone) -> String {
    let minutes = (now - at).num_minutes();
    match minutes {
        ..1 => "just now".to_owned(),
        1 => "a minute ago".to_owned(),
        2..60 => format!("{minutes} minutes ago"),
        60..120 => "an hour ago".to_owned(),
        120..720 => format!("{} hours ago", minutes / 60),
        _ => short(at, in_zone),
    }
}

/// A length of a file in words, such as "84 kB".
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", (bytes + 999) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// A length in words: "50 minutes", "1 hour", "1 h 20 min".
pub fn minutes(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 1) => "1 minute".to_owned(),
        (0, rest) => format!("{rest} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

/// The text with its first letter as a capital.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instant_is_shown_in_the_readers_zone() {
        let at = "2026-11-26T09:00:00Z".parse().unwrap();
        let zone = |name: &str| Zone::parse(name).unwrap();
        assert_eq!(long(at, &zone("Europe/Berlin")), "Thursday 26 November 2026, 10:00 (Berlin, UTC+1)");
        assert_eq!(long(at, &zone("Asia/Kathmandu")), "Thursday 26 November 2026, 14:45 (Kathmandu, UTC+5:45)");
        assert_eq!(short(at, &zone("America/New_York")), "Thu 26 Nov, 04:00");
    }

    /// The offset appears in both passes of the repeated hour and at no other
    /// time: in Berlin, and also for a reader in Sydney whose session is an
    /// afternoon in Berlin.
    #[test]
    fn repeated_time_has_its_offset() {
        let zone = |name: &str| Zone::parse(name).unwrap();
        for (at, name, shown) in [
            ("2027-10-30T23:59:00Z", "Europe/Berlin", "Sun 31 Oct, 01:59"),
            ("2027-10-31T00:30:00Z", "Europe/Berlin", "Sun 31 Oct, 02:30 (UTC+2)"),
            ("2027-10-31T01:30:00Z", "Europe/Berlin", "Sun 31 Oct, 02:30 (UTC+1)"),
            ("2027-10-31T02:00:00Z", "Europe/Berlin", "Sun 31 Oct, 03:00"),
            ("2027-04-03T15:30:00Z", "Australia/Sydney", "Sun 4 Apr, 02:30 (UTC+11)"),
            ("2027-04-03T16:30:00Z", "Australia/Sydney", "Sun 4 Apr, 02:30 (UTC+10)"),
            ("2027-04-03T15:10:00Z", "Australia/Lord_Howe", "Sun 4 Apr, 01:40 (UTC+10:30)"),
            ("2027-11-07T06:10:00Z", "America/New_York", "Sun 7 Nov, 01:10 (UTC−5)"),
            ("2027-03-28T01:30:00Z", "Europe/Berlin", "Sun 28 Mar, 03:30"),
        ] {
            assert_eq!(short(at.parse().unwrap(), &zone(name)), shown);
        }
    }

    #[test]
    fn lengths_are_written_in_words() {
        assert_eq!(minutes(50), "50 minutes");
        assert_eq!(minutes(80), "1 h 20 min");
    }

    #[test]
    fn sizes_are_said_in_words() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(12_001), "13 kB");
        assert_eq!(size(3_450_000), "3.4 MB");
    }
}
