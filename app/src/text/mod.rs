//! Dates and times as people read them, in a zone that is named.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use domain::{person::Zone, zone};

/// "Thursday 26 November 2026, 10:00 (Berlin, UTC+1)".
pub fn long(at: DateTime<Utc>, in_zone: &Zone) -> String {
    let wall = zone::wall(at, in_zone);
    format!("{}, {} ({}, {})", day(wall.time.date()), time(wall.time.time()), in_zone.city(), wall.utc_offset())
}

/// "Thu 26 Nov, 10:00".
pub fn short(at: DateTime<Utc>, in_zone: &Zone) -> String {
    let wall = zone::wall_time(at, in_zone);
    format!("{}, {}", short_day(wall.date()), time(wall.time()))
}

/// "Thursday 26 November 2026".
pub fn day(date: NaiveDate) -> String {
    format!("{} {} {} {}", date.format("%A"), date.day(), date.format("%B"), date.year())
}

/// "Thu 26 Nov".
pub fn short_day(date: NaiveDate) -> String {
    format!("{} {} {}", date.format("%a"), date.day(), date.format("%b"))
}

/// "10:00".
pub fn time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// "10:00" of an instant.
pub fn clock(at: DateTime<Utc>, in_zone: &Zone) -> String {
    time(zone::wall_time(at, in_zone).time())
}

/// "Berlin time, UTC+1".
pub fn zone_line(at: DateTime<Utc>, in_zone: &Zone) -> String {
    format!("{} time, {}", in_zone.city(), zone::wall(at, in_zone).utc_offset())
}

/// "just now", "5 minutes ago", "yesterday", else the day.
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

/// "50 minutes", "1 hour", "1 h 20 min".
pub fn minutes(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 1) => "1 minute".to_owned(),
        (0, rest) => format!("{rest} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_in_two_zones() {
        let at = "2026-11-26T09:00:00Z".parse().unwrap();
        let zone = |name: &str| Zone::parse(name).unwrap();
        assert_eq!(long(at, &zone("Europe/Berlin")), "Thursday 26 November 2026, 10:00 (Berlin, UTC+1)");
        assert_eq!(long(at, &zone("Asia/Kathmandu")), "Thursday 26 November 2026, 14:45 (Kathmandu, UTC+5:45)");
        assert_eq!(short(at, &zone("America/New_York")), "Thu 26 Nov, 04:00");
    }

    #[test]
    fn lengths() {
        assert_eq!(minutes(50), "50 minutes");
        assert_eq!(minutes(80), "1 h 20 min");
    }
}
