//! Where the demo practice is: in a place where it is about mid-morning when the
//! demo starts.
//!
//! The demo is always opened on a working day: a morning is behind it and an
//! afternoon ahead. Its clock is the machine's own. At an hour at which nobody
//! works in Berlin, the practice is in another city, where it is mid-morning.

use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc, Weekday};
use domain::{clients::person::Zone, practice::settings::WEEK, zone};

use super::people::BERLIN;

/// The practice is in Berlin if it is not earlier than this there.
const EARLIEST: NaiveTime = hour(9, 30);
/// The practice is in Berlin if it is earlier than this there.
const LATEST: NaiveTime = hour(15, 0);
/// The local time that the place comes closest to, if it is not Berlin.
const BEST: NaiveTime = hour(10, 40);

/// A time of day; midnight for one that does not exist.
const fn hour(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

/// Cities all around the world: somewhere among them it is mid-morning.
const PLACES: [&str; 24] = [
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Halifax",
    "America/Sao_Paulo",
    "America/Noronha",
    "Atlantic/Cape_Verde",
    "Europe/Lisbon",
    BERLIN,
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Brisbane",
    "Pacific/Guadalcanal",
    "Pacific/Fiji",
    "Pacific/Tongatapu",
];

/// The zone of the demo practice for a demo that starts at this instant: Berlin
/// in the middle of its day, otherwise where it is closest to mid-morning.
pub(super) fn zone_at(now: DateTime<Utc>) -> Zone {
    let local = |zone: &Zone| zone::wall_time(now, zone).time();
    let berlin = Zone::parse(BERLIN).unwrap_or_else(Zone::utc);
    if (EARLIEST..LATEST).contains(&local(&berlin)) {
        return berlin;
    }
    let distance = |zone: &Zone| (local(zone) - BEST).num_minutes().abs();
    PLACES.iter().filter_map(|name| Zone::parse(name)).min_by_key(distance).unwrap_or(berlin)
}

/// The weekdays on which the demo practice is open: Monday to Friday, and the day
/// on which the demo starts.
pub(super) fn open_days(today: Weekday) -> Vec<Weekday> {
    WEEK.into_iter().filter(|day| day.num_days_from_monday() < 5 || *day == today).collect()
}

/// The full hour of the clock in the practice.
pub(super) fn full_hour_of(now: DateTime<Utc>, zone: &Zone) -> i64 {
    i64::from(zone::wall_time(now, zone).hour())
}

/// The weekday in the practice.
pub(super) fn weekday_of(now: DateTime<Utc>, zone: &Zone) -> Weekday {
    zone::date_of(now, zone).weekday()
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[test]
    fn it_is_a_working_hour_in_the_practice_at_every_instant() {
        let begin: DateTime<Utc> = "2026-11-28T00:07:00Z".parse().unwrap();
        for quarter in 0..4 * 24 * 7 {
            // Two weeks of the year, with and without summer time in the north.
            for start in [begin, begin + Duration::days(220)] {
                let now = start + Duration::minutes(15 * quarter);
                let zone = zone_at(now);
                let hour = full_hour_of(now, &zone);
                assert!((9..15).contains(&hour), "{now} is {hour} in {}", zone.name());
                assert!(open_days(weekday_of(now, &zone)).contains(&weekday_of(now, &zone)));
            }
        }
    }

    #[test]
    fn practice_is_in_berlin_in_the_middle_of_its_day() {
        let noon: DateTime<Utc> = "2026-11-25T11:00:00Z".parse().unwrap();
        assert_eq!(zone_at(noon).name(), BERLIN);
        assert_eq!(open_days(Weekday::Wed).len(), 5);
        assert_eq!(open_days(Weekday::Sun).len(), 6);
    }
}
