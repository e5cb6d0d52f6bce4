//! A feed as a calendar reads it (RFC 5545): one's own sessions in their zone,
//! with the zone's own changes of the clock beside them.

use app::mail::HeaderText;
use chrono::{DateTime, Duration, Utc};
use domain::{person::Zone, zone};
use icalendar::{Calendar, CalendarDateTime, Class, Component as _, Event, EventLike as _, EventStatus, Property};
use sha2::{Digest as _, Sha256};
use store::{Feed, FeedEntry};

/// The calendar's text.
pub fn write(feed: &Feed, now: DateTime<Utc>) -> Result<String, zone::UnknownZone> {
    let from = feed.entries.first().map_or(now, |e| e.starts_at) - Duration::days(1);
    let until = feed.entries.last().map_or(now, |e| e.ends_at) + Duration::days(1);
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Duologue//Appointments//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", "PUBLISH"))
        .append_property(("X-WR-CALNAME", "Appointments"))
        .append_property(("X-WR-TIMEZONE", feed.zone.name()))
        // Hourly is enough, and what calendars do at most.
        .append_property(Property::new("REFRESH-INTERVAL", "PT1H").add_parameter("VALUE", "DURATION").done())
        .append_property(("X-PUBLISHED-TTL", "PT1H"));
    for entry in &feed.entries {
        calendar.push(event(feed, entry));
    }
    // The library writes no zone; it stands before what speaks of it.
    let text = calendar.to_string();
    let at = text.find("BEGIN:VEVENT").or_else(|| text.find("END:VCALENDAR")).unwrap_or(text.len());
    let (head, rest) = text.split_at(at);
    Ok([head, &time_zone(&feed.zone, from, until)?, rest].concat())
}

fn event(feed: &Feed, entry: &FeedEntry) -> Event {
    let local = |at| CalendarDateTime::WithTimezone {
        date_time: zone::wall_time(at, &feed.zone),
        tzid: feed.zone.name().to_owned(),
    };
    let digest = Sha256::digest([feed.id.as_bytes().as_slice(), entry.session.0.as_bytes()].concat());
    let uid: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut event = Event::new();
    event
        .uid(&format!("{uid}@appointments.invalid"))
        .timestamp(entry.changed_at)
        .sequence(u32::try_from(entry.version).unwrap_or_default())
        .starts(local(entry.starts_at))
        .ends(local(entry.ends_at))
        .summary(HeaderText::new(&entry.title).as_str())
        .class(Class::Private)
        .status(EventStatus::Confirmed);
    if !entry.place.is_empty() {
        event.location(HeaderText::new(&entry.place).as_str());
    }
    event.done()
}

/// The zone's own component, each change by itself: rules would say less of
/// zones whose changes follow none.
fn time_zone(zone: &Zone, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<String, zone::UnknownZone> {
    let offset = |seconds: i32| {
        let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
        format!("{sign}{:02}{:02}", seconds / 3600, seconds % 3600 / 60)
    };
    let mut text = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    for o in zone::observances(zone, from, until)? {
        let kind = if o.is_summer { "DAYLIGHT" } else { "STANDARD" };
        text.push_str(&format!(
            "BEGIN:{kind}\r\nDTSTART:{}\r\nTZOFFSETFROM:{}\r\nTZOFFSETTO:{}\r\nTZNAME:{}\r\nEND:{kind}\r\n",
            o.onset.format("%Y%m%dT%H%M%S"),
            offset(o.before),
            offset(o.offset),
            o.abbreviation
        ));
    }
    text.push_str("END:VTIMEZONE\r\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use domain::ids::SessionId;
    use uuid::Uuid;

    use super::*;

    fn feed(zone: &str, starts: &[&str]) -> Feed {
        let entries = starts
            .iter()
            .enumerate()
            .map(|(n, at)| {
                let starts_at: DateTime<Utc> = at.parse().unwrap();
                FeedEntry {
                    session: SessionId(Uuid::from_u128(n as u128)),
                    version: 2,
                    title: "अनन्या & Jonas; a, \"b\"\r\nBEGIN:VEVENT".to_owned(),
                    place: String::new(),
                    starts_at,
                    ends_at: starts_at + Duration::minutes(50),
                    changed_at: starts_at - Duration::days(30),
                }
            })
            .collect();
        Feed { id: Uuid::nil(), zone: Zone::parse(zone).unwrap(), entries }
    }

    #[test]
    fn wall_times_with_their_zone_on_both_sides_of_a_change() {
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let text = write(&feed("Europe/Berlin", &["2027-03-25T09:00:00Z", "2027-04-01T08:00:00Z"]), now).unwrap();
        for line in [
            "TZID:Europe/Berlin",
            "BEGIN:DAYLIGHT",
            "DTSTART:20270328T020000",
            "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0200",
            "DTSTART;TZID=Europe/Berlin:20270325T100000",
            "DTSTART;TZID=Europe/Berlin:20270401T100000",
            "SEQUENCE:2",
        ] {
            assert_eq!(text.matches(&format!("{line}\r\n")).count().min(1), 1, "{line}\n{text}");
        }
        assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 2, "a title writes no line of its own");
        assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
        assert!(text.find("END:VTIMEZONE").unwrap() < text.find("BEGIN:VEVENT").unwrap());
    }

    #[test]
    fn an_empty_feed_is_a_calendar_too() {
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let text = write(&feed("Asia/Kathmandu", &[]), now).unwrap();
        assert!(text.contains("TZOFFSETTO:+0545\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    }
}
