//! Calendar feeds (RFC 5545): a person's own sessions, in UTC.
//!
//! A local time with a zone cannot name the second of two hours that a clock shows
//! twice (RFC 5545 §3.3.5 reads it as the first one), and a calendar program may
//! have older rules of the zone. So the feed names instants in UTC, and the
//! calendar program shows its own wall time.

use app::mail::HeaderText;
use icalendar::{Calendar, Class, Component as _, Event, EventLike as _, EventStatus, Property};
use sha2::{Digest as _, Sha256};
use store::{Feed, FeedEntry};

/// The text of a feed.
pub fn write(feed: &Feed) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Duologue//Appointments//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", "PUBLISH"))
        .append_property(("X-WR-CALNAME", "Appointments"))
        .append_property(("X-WR-TIMEZONE", feed.zone.name()))
        // Once an hour is enough, and calendar programs do not refresh more often.
        .append_property(Property::new("REFRESH-INTERVAL", "PT1H").add_parameter("VALUE", "DURATION").done())
        .append_property(("X-PUBLISHED-TTL", "PT1H"));
    for entry in &feed.entries {
        calendar.push(event(feed, entry));
    }
    calendar.to_string()
}

/// One session of the feed. Its UID is a digest of the feed's and the session's
/// ids, from which neither can be found.
fn event(feed: &Feed, entry: &FeedEntry) -> Event {
    let digest = Sha256::digest([feed.id.as_bytes().as_slice(), entry.session.0.as_bytes()].concat());
    let uid: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut event = Event::new();
    event
        .uid(&format!("{uid}@appointments.invalid"))
        .timestamp(entry.changed_at)
        .sequence(u32::try_from(entry.sequence).unwrap_or_default())
        .starts(entry.starts_at)
        .ends(entry.ends_at)
        .summary(HeaderText::new(&entry.title).as_str())
        .class(Class::Private)
        .status(EventStatus::Confirmed);
    if !entry.place.is_empty() {
        event.location(HeaderText::new(&entry.place).as_str());
    }
    event.done()
}

#[cfg(test)]
mod tests {
    use calcard::{
        Entry, Parser,
        icalendar::{ICalendarProperty, ICalendarValue},
    };
    use chrono::{DateTime, Duration, Utc};
    use domain::{clients::person::Zone, ids::SessionId, zone};
    use uuid::Uuid;

    use super::*;

    fn feed(zone: &Zone, starts: &[DateTime<Utc>]) -> Feed {
        let entry = |(n, starts_at): (usize, &DateTime<Utc>)| FeedEntry {
            session: SessionId(Uuid::from_u128(n as u128)),
            sequence: 2,
            title: "अनन्या & Jonas; a, \"b\"\r\nBEGIN:VEVENT".to_owned(),
            place: String::new(),
            starts_at: *starts_at,
            ends_at: *starts_at + Duration::minutes(50),
            changed_at: *starts_at - Duration::days(30),
        };
        Feed { id: Uuid::nil(), zone: zone.clone(), entries: starts.iter().enumerate().map(entry).collect() }
    }

    /// The start and end of each event, as another library reads them.
    fn read_back(text: &str) -> Vec<(Option<i64>, Option<i64>)> {
        let Entry::ICalendar(read) = Parser::new(text).entry() else { panic!("{text}") };
        let events = read.components.iter().filter(|c| c.component_type.as_str() == "VEVENT");
        events
            .map(|event| {
                let at = |name: ICalendarProperty| {
                    let entry = event.entries.iter().find(|e| e.name == name).unwrap();
                    let Some(ICalendarValue::PartialDateTime(at)) = entry.values.first() else { panic!("{entry:?}") };
                    // No zone is given beside it: the value itself is an instant.
                    assert!(at.tz_hour.is_some() && entry.params.is_empty(), "{entry:?}");
                    at.to_timestamp()
                };
                (at(ICalendarProperty::Dtstart), at(ICalendarProperty::Dtend))
            })
            .collect()
    }

    #[test]
    fn sessions_are_in_utc_and_a_title_cannot_add_a_line() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let text =
            write(&feed(&berlin, &["2027-03-25T09:00:00Z".parse().unwrap(), "2027-10-31T01:10:00Z".parse().unwrap()]));
        for line in [
            "X-WR-TIMEZONE:Europe/Berlin",
            "DTSTART:20270325T090000Z",
            "DTEND:20270325T095000Z",
            "DTSTART:20271031T011000Z",
            "SEQUENCE:2",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line}\n{text}");
        }
        assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 2);
        assert!(!text.contains("TZID"), "{text}");
    }

    #[test]
    fn an_empty_feed_is_a_valid_calendar() {
        let text = write(&feed(&Zone::parse("Asia/Kathmandu").unwrap(), &[]));
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    }

    /// For every change of every zone from 2026 to 2037: sessions around the
    /// change, including both hours that a clock shows twice, are read back as the
    /// same instants.
    #[test]
    fn every_instant_is_read_back_around_every_change_of_every_zone() {
        let (from, until): (DateTime<Utc>, DateTime<Utc>) =
            ("2026-01-01T00:00:00Z".parse().unwrap(), "2038-01-01T00:00:00Z".parse().unwrap());
        let mut changes = 0;
        for zone_ in zone::all() {
            let observances = zone::observances(zone_, from, until).unwrap();
            let starts: Vec<DateTime<Utc>> = observances
                .iter()
                .map(|o| (o.onset - Duration::seconds(i64::from(o.before))).and_utc())
                .flat_map(|change| [-70, -40, -20, 0, 10, 40, 70].map(|minutes| change + Duration::minutes(minutes)))
                .collect();
            changes += observances.len() - 1;
            let read = read_back(&write(&feed(zone_, &starts)));
            let expected: Vec<_> = starts
                .iter()
                .map(|at| (Some(at.timestamp()), Some((*at + Duration::minutes(50)).timestamp())))
                .collect();
            assert_eq!(read, expected, "{}", zone_.name());
        }
        assert!(changes > 2_900, "{changes}");
    }
}
