//! Converts a span of time into days and hours in the practice's wall time.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};
use domain::{
    clients::person::Zone,
    practice::hours::Hours,
    zone::{self, WallInstants},
};

/// The last minute of a day, which ends the hours of a day if an entry continues
/// into the next one.
pub const LAST: NaiveTime = NaiveTime::from_hms_opt(23, 59, 0).expect("a time of day");

/// The days from the first to the last, with hours unless the days are whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// The hours; `None`: whole days.
    pub hours: Option<Hours>,
}

/// The span between two instants as a first day with hours, whole days, and a last
/// day with hours. Empty: the span is not a whole minute long.
pub fn between(begin: DateTime<Utc>, end: DateTime<Utc>, practice: &Zone) -> Vec<Part> {
    if end <= begin {
        return vec![];
    }
    let (mut from, mut until) = (zone::wall_time(begin, practice), shown_until(end, practice));
    if let Some((first, last)) = doubled_hour(begin, end, practice) {
        (from, until) = (from.min(first), until.max(last));
    }
    let (from, until) = (from - Duration::seconds(i64::from(from.second())), whole_minute(until));
    if until <= from {
        return vec![];
    }
    let day = |date: NaiveDate, from: NaiveTime, until: NaiveTime| {
        (from < until).then_some(Part { first: date, last: date, hours: Some(Hours { from, until }) })
    };
    if from.date() == until.date() {
        return day(from.date(), from.time(), until.time()).into_iter().collect();
    }
    let mut parts = Vec::new();
    let mut first_whole = from.date();
    if from.time() != NaiveTime::MIN {
        // Hours can end at the last minute of a day at the latest.
        parts.extend(day(from.date(), from.time().min(LAST - Duration::minutes(1)), LAST));
        first_whole += Duration::days(1);
    }
    let last_whole = until.date() - Duration::days(1);
    if first_whole <= last_whole {
        parts.push(Part { first: first_whole, last: last_whole, hours: None });
    }
    parts.extend(day(until.date(), NaiveTime::MIN, until.time()));
    parts
}

/// Whether an instant is the second of the two at which the clock shows the same
/// wall time.
pub fn is_second_of_two(at: DateTime<Utc>, practice: &Zone) -> bool {
    let meaning = zone::instants_of(zone::wall_time(at, practice), practice);
    matches!(meaning, Ok(WallInstants::Twice { second, .. }) if second == at)
}

/// The wall time until which a span is shown that ends at this instant. If the wall
/// time occurs twice and the second is meant, this is the end of the doubled hour,
/// because a wall time is read as the first of the two.
fn shown_until(end: DateTime<Utc>, practice: &Zone) -> NaiveDateTime {
    let wall = zone::wall_time(end, practice);
    match zone::instants_of(wall, practice) {
        Ok(WallInstants::Twice { first, second }) if second == end => {
            let changes = zone::observances(practice, first, second + Duration::seconds(1)).unwrap_or_default();
            changes.last().map_or(wall, |change| change.onset.max(wall))
        }
        _ => wall,
    }
}

/// The first and the last of the wall times that occur twice because the clocks go
/// back within a span; `None`: they do not.
fn doubled_hour(begin: DateTime<Utc>, end: DateTime<Utc>, practice: &Zone) -> Option<(NaiveDateTime, NaiveDateTime)> {
    if zone::wall(begin, practice).offset <= zone::wall(end, practice).offset {
        return None;
    }
    let changes = zone::observances(practice, begin, end).ok()?;
    let back = changes.iter().skip(1).find(|c| c.offset < c.before)?;
    Some((back.onset - Duration::seconds(i64::from(back.before - back.offset)), back.onset))
}

/// The wall time, rounded up to a whole minute.
fn whole_minute(wall: NaiveDateTime) -> NaiveDateTime {
    match wall.second() {
        0 => wall,
        seconds => wall + Duration::seconds(60 - i64::from(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows_as_text(begin: &str, end: &str) -> Vec<String> {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let parts = between(begin.parse().unwrap(), end.parse().unwrap(), &berlin);
        let hours = |p: &Part| p.hours.map_or_else(|| "all day".to_owned(), |h| h.to_string());
        parts.iter().map(|p| format!("{}..{} {}", p.first, p.last, hours(p))).collect()
    }

    #[test]
    fn a_span_becomes_days_and_hours() {
        for (begin, end, expected) in [
            ("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z", vec!["2026-12-01..2026-12-01 10:00–11:00"]),
            ("2026-12-01T09:00:30Z", "2026-12-01T09:00:45Z", vec!["2026-12-01..2026-12-01 10:00–10:01"]),
            ("2026-12-23T23:00:00Z", "2026-12-26T23:00:00Z", vec!["2026-12-24..2026-12-26 all day"]),
            ("2026-12-01T22:30:00Z", "2026-12-01T23:00:00Z", vec!["2026-12-01..2026-12-01 23:30–23:59"]),
            ("2026-12-01T22:59:00Z", "2026-12-01T23:00:00Z", vec!["2026-12-01..2026-12-01 23:58–23:59"]),
            (
                "2026-12-01T16:00:00Z",
                "2029-12-03T11:00:00Z",
                vec![
                    "2026-12-01..2026-12-01 17:00–23:59",
                    "2026-12-02..2029-12-02 all day",
                    "2029-12-03..2029-12-03 00:00–12:00",
                ],
            ),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z", vec![]),
            // Across the hour that occurs twice, and within each of the two.
            ("2027-10-31T00:30:00Z", "2027-10-31T01:10:00Z", vec!["2027-10-31..2027-10-31 02:00–03:00"]),
            ("2027-10-30T22:30:00Z", "2027-10-31T01:10:00Z", vec!["2027-10-31..2027-10-31 00:30–03:00"]),
            ("2027-10-31T00:10:00Z", "2027-10-31T00:40:00Z", vec!["2027-10-31..2027-10-31 02:10–02:40"]),
            ("2027-10-31T01:10:00Z", "2027-10-31T01:40:00Z", vec!["2027-10-31..2027-10-31 02:10–03:00"]),
            ("2027-10-31T00:00:00Z", "2027-10-31T01:00:00Z", vec!["2027-10-31..2027-10-31 02:00–03:00"]),
        ] {
            assert_eq!(rows_as_text(begin, end), expected, "{begin} to {end}");
        }
    }

    proptest! {
        /// In every zone, the rows of a span cover every wall time in it, except
        /// the last minute of a day.
        #[test]
        fn the_rows_cover_the_whole_span(index in any::<prop::sample::Index>(), from in 0..5_000_000_i64, length in 1..6_000_i64) {
            let zone_ = index.get(zone::all());
            let begin = DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::minutes(from);
            let end = begin + Duration::minutes(length);
            let parts = between(begin, end, zone_);
            for minute in (0..length).step_by(7) {
                let at = begin + Duration::minutes(minute);
                let wall = zone::wall_time(at, zone_);
                let covers = |p: &Part| {
                    (p.first..=p.last).contains(&wall.date())
                        && p.hours.is_none_or(|h| (h.from..h.until).contains(&wall.time()))
                };
                let is_last_minute = wall.time() >= LAST;
                prop_assert!(is_last_minute || parts.iter().any(covers), "{} {at} {parts:?}", zone_.name());
            }
        }
    }
}
