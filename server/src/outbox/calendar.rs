//! The calendar entry (RFC 5545, RFC 5546) in an email about a session.
//!
//! It names nobody but its recipient: the other partner has an email and an entry
//! of their own. The summary is `Appointment`, and the place is left out unless the
//! meeting is online, because people share calendars with families and employers.

use app::mail::HeaderText;
use chrono::{DateTime, Utc};
use domain::{clients::person::EmailAddress, ids::SessionId};
use icalendar::{Calendar, Class, Component, Event, EventLike, EventStatus, Property};
use sha2::{Digest, Sha256};

/// What an entry asks the reader's calendar to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Add or change the entry.
    Request,
    /// Remove the entry.
    Cancel,
}

impl Method {
    /// The word in the calendar file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// A session as an entry in one person's calendar.
#[derive(Clone, Debug)]
pub struct Invitation<'a> {
    pub method: Method,
    pub session: SessionId,
    /// A number that rises with every change that is sent (RFC 5546 §2.1.4).
    pub sequence: i64,
    /// The address that this entry was first sent to. It stays the same in every
    /// later email about the entry, also to another address.
    pub entry: &'a str,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Where to meet online; empty if the session is in a room.
    pub link: &'a HeaderText,
    pub sender: &'a str,
    pub from: &'a EmailAddress,
    pub name: &'a HeaderText,
    pub to: &'a EmailAddress,
    pub written_at: DateTime<Utc>,
}

impl Invitation<'_> {
    /// The text of the calendar file.
    pub fn write(&self) -> String {
        let mut organizer = Property::new("ORGANIZER", mailto(self.from));
        organizer.add_parameter("CN", &parameter(self.sender));
        let mut attendee = Property::new("ATTENDEE", mailto(self.to));
        attendee
            .add_parameter("ROLE", "REQ-PARTICIPANT")
            .add_parameter("PARTSTAT", "NEEDS-ACTION")
            .add_parameter("RSVP", "FALSE");
        let name = parameter(self.name.as_str());
        if !name.is_empty() {
            attendee.add_parameter("CN", &name);
        }
        let mut event = Event::new();
        event
            .uid(&self.uid())
            .timestamp(self.written_at)
            .sequence(u32::try_from(self.sequence).unwrap_or_default())
            .starts(self.starts_at)
            .ends(self.ends_at)
            .summary("Appointment")
            .class(Class::Private)
            .status(match self.method {
                Method::Request => EventStatus::Confirmed,
                Method::Cancel => EventStatus::Cancelled,
            })
            .append_property(organizer)
            .append_property(attendee);
        if !self.link.is_empty() {
            event.location(self.link.as_str());
        }
        let mut calendar = Calendar::empty();
        calendar
            .append_property(("VERSION", "2.0"))
            .append_property(("PRODID", "-//Duologue//Appointments//EN"))
            .append_property(("CALSCALE", "GREGORIAN"))
            .append_property(("METHOD", self.method.word()))
            .push(event.done());
        calendar.to_string()
    }

    /// The UID: one for each session and recipient, the same for every version and
    /// after a change of address. Neither the session nor the address can be found
    /// from it.
    fn uid(&self) -> String {
        let digest = Sha256::digest(format!("{}\n{}", self.session, self.entry.to_lowercase()));
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}@appointments.invalid")
    }
}

/// The value of a parameter, which cannot contain a double quote (RFC 5545 §3.2).
fn parameter(text: &str) -> String {
    text.replace('"', "'")
}

/// An address as a `mailto` URI (RFC 6068): other characters are escaped, and an
/// international domain is written as A-labels.
fn mailto(address: &EmailAddress) -> String {
    let mut uri = String::from("mailto:");
    let ascii = store::with_ascii_domain(address.as_str());
    for byte in ascii.as_deref().unwrap_or(address.as_str()).bytes() {
        if byte.is_ascii_alphanumeric() || b"@.-_~+'!$*=".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn write(method: Method, version: i64, name: &str, to: &str, link: &str) -> String {
        let (from, to) = (EmailAddress::parse("office@house.example").unwrap(), EmailAddress::parse(to).unwrap());
        Invitation {
            method,
            session: SessionId(Uuid::from_u128(7)),
            sequence: version,
            entry: to.as_str(),
            starts_at: "2027-03-28T01:30:00Z".parse().unwrap(),
            ends_at: "2027-03-28T02:20:00Z".parse().unwrap(),
            link: &link.into(),
            sender: "Appointments",
            from: &from,
            name: &name.into(),
            to: &to,
            written_at: "2026-11-23T09:00:00Z".parse().unwrap(),
        }
        .write()
        .replace("\r\n ", "")
    }

    fn line<'a>(calendar: &'a str, name: &str) -> Option<&'a str> {
        calendar.split("\r\n").find(|line| line.starts_with(name))
    }

    #[test]
    fn an_entry_is_in_utc_and_names_one_attendee() {
        let calendar = write(Method::Request, 3, "Ngozi Okafor", "ngozi@example.org", "");
        assert_eq!(line(&calendar, "METHOD"), Some("METHOD:REQUEST"));
        assert_eq!(line(&calendar, "DTSTART"), Some("DTSTART:20270328T013000Z"));
        assert_eq!(line(&calendar, "DTEND"), Some("DTEND:20270328T022000Z"));
        assert_eq!(line(&calendar, "DTSTAMP"), Some("DTSTAMP:20261123T090000Z"));
        assert_eq!(line(&calendar, "SEQUENCE"), Some("SEQUENCE:3"));
        assert_eq!(line(&calendar, "SUMMARY"), Some("SUMMARY:Appointment"));
        assert_eq!(line(&calendar, "ORGANIZER"), Some("ORGANIZER;CN=Appointments:mailto:office@house.example"));
        assert_eq!(calendar.matches("ATTENDEE").count(), 1);
        assert!(line(&calendar, "ATTENDEE").unwrap().ends_with(":mailto:ngozi@example.org"));
        assert_eq!(line(&calendar, "LOCATION"), None);
        assert!(calendar.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    }

    /// Both hours that a clock shows twice, read back by another library.
    #[test]
    fn an_entry_can_name_the_second_of_two_equal_hours() {
        use calcard::{
            Entry, Parser,
            icalendar::{ICalendarProperty, ICalendarValue},
        };
        let (from, to) =
            (EmailAddress::parse("office@house.example").unwrap(), EmailAddress::parse("a@example.org").unwrap());
        for at in ["2027-10-31T00:10:00Z", "2027-10-31T01:10:00Z", "2027-04-03T15:30:00Z", "2027-04-03T16:30:00Z"] {
            let starts_at: DateTime<Utc> = at.parse().unwrap();
            let text = Invitation {
                method: Method::Request,
                session: SessionId(Uuid::from_u128(7)),
                sequence: 1,
                entry: "a@example.org",
                starts_at,
                ends_at: starts_at + chrono::Duration::minutes(50),
                link: &"".into(),
                sender: "Appointments",
                from: &from,
                name: &"A".into(),
                to: &to,
                written_at: starts_at,
            }
            .write();
            let Entry::ICalendar(read) = Parser::new(&text).entry() else { panic!("{text}") };
            let event = read.components.iter().find(|c| c.component_type.as_str() == "VEVENT").unwrap();
            let at = |name: ICalendarProperty| {
                let entry = event.entries.iter().find(|e| e.name == name).unwrap();
                let Some(ICalendarValue::PartialDateTime(at)) = entry.values.first() else { panic!("{entry:?}") };
                assert!(at.tz_hour.is_some() && entry.params.is_empty(), "{entry:?}");
                at.to_timestamp()
            };
            assert_eq!(at(ICalendarProperty::Dtstart), Some(starts_at.timestamp()));
            assert_eq!(at(ICalendarProperty::Dtend), Some(starts_at.timestamp() + 50 * 60));
        }
    }

    #[test]
    fn the_uid_differs_by_person_and_stays_the_same() {
        let uid = |version, to| line(&write(Method::Request, version, "A", to, ""), "UID").unwrap().to_owned();
        assert_eq!(uid(1, "a@example.org"), uid(2, "A@example.org"));
        assert_ne!(uid(1, "a@example.org"), uid(1, "b@example.org"));
        let cancelled = write(Method::Cancel, 2, "A", "a@example.org", "");
        assert_eq!(line(&cancelled, "UID").unwrap(), uid(1, "a@example.org"));
        assert_eq!(line(&cancelled, "STATUS"), Some("STATUS:CANCELLED"));
        assert_eq!(line(&cancelled, "METHOD"), Some("METHOD:CANCEL"));
    }

    #[test]
    fn an_online_meeting_has_its_link_as_place() {
        let calendar = write(Method::Request, 1, "A", "a@example.org", "https://meet.example/r;7,8");
        assert_eq!(line(&calendar, "LOCATION"), Some(r"LOCATION:https://meet.example/r\;7\,8"));
    }

    #[test]
    fn names_and_addresses_cannot_add_a_line() {
        let name = format!("\"Ada\": नेहा, 👩‍👩‍👧;\r\nX-EVIL:1 {}", "é".repeat(200));
        let calendar = write(Method::Request, 1, &name, "o%x?y@пример.рф", "");
        assert_eq!(line(&calendar, "X-EVIL"), None);
        let attendee = line(&calendar, "ATTENDEE").unwrap();
        assert!(attendee.contains("CN=\"'Ada': नेहा, 👩‍👩‍👧; X-EVIL:1 é"), "{attendee}");
        assert!(attendee.contains("mailto:o%25x%3Fy@xn--e1afmkfd.xn--p1ai"), "{attendee}");
    }
}
