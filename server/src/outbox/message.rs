//! From what a message is about to the bytes that travel (RFC 5322).
//!
//! The bytes are written once, before the first try, and kept: a repeat is
//! the same mail with the same Message-ID. (lettre picks its MIME boundary at
//! random, so writing twice would give two mails.)

use std::time::SystemTime;

use app::mail::{self, About, Appointment, HeaderText, Link, Mail, Rendered};
use chrono::{DateTime, Utc};
use domain::{
    person::{Email, Language},
    reminder::MessageKind,
    wording::Wording,
};
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use store::{Claimed, Facts, SessionFacts};

use super::calendar::{Invitation, Method};

/// Why a message cannot be written; trying again will not help.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unwritable(pub String);

impl From<mail::Error> for Unwritable {
    fn from(error: mail::Error) -> Self {
        Self(format!("the text cannot be written: {error}"))
    }
}

/// Who a mail is from and to, and what it is called.
#[derive(Clone, Debug)]
pub struct Heading<'a> {
    /// A neutral name.
    pub sender: &'a str,
    pub from: &'a Email,
    pub name: &'a HeaderText,
    pub to: &'a Email,
    /// Without angle brackets.
    pub message_id: &'a str,
    pub written_at: DateTime<Utc>,
    /// Where its reader ends mails of this kind (RFC 8058).
    pub unsubscribe: Option<&'a str>,
}

/// Writes a claimed message.
///
/// # Errors
/// [`Unwritable`] where an address cannot stand in a mail, or the facts are
/// not those of its kind.
pub fn write(claimed: &Claimed, from: &Email, base_url: &str, now: DateTime<Utc>) -> Result<Vec<u8>, Unwritable> {
    let practice = &claimed.practice;
    let mail = Mail {
        sender: HeaderText::new(&practice.sender_name),
        phone: HeaderText::new(&practice.phone),
        recipient: HeaderText::new(&claimed.recipient_name),
        language: claimed.language,
        wording: own_wording(claimed),
        about: about(claimed, base_url)?,
    };
    let rendered = mail::render(&mail)?;
    let end =
        claimed.unsubscribe.as_ref().map(|token| format!("{}/unsubscribe/{token}", base_url.trim_end_matches('/')));
    let message_id = message_id(&claimed.message_id, from);
    let heading = Heading {
        unsubscribe: end.as_deref(),
        sender: mail::sender_name(&mail.sender),
        from,
        name: &mail.recipient,
        to: &claimed.recipient,
        message_id: &message_id,
        written_at: now,
    };
    let calendar = match (&mail.about, &claimed.facts) {
        (About::Confirmation(a) | About::Moved(a), Facts::Session(facts)) => {
            Some(invitation(Method::Request, &heading, a, facts))
        }
        (About::Cancelled(a), Facts::Session(facts)) => Some(invitation(Method::Cancel, &heading, a, facts)),
        _ => None,
    };
    assemble(&heading, &rendered, calendar.as_ref())
}

/// A Message-ID (RFC 5322, 3.6.4) from the message's own left side and the
/// sender's domain, which filters like to see there. An international domain
/// cannot stand in it as it is; a name that is nobody's does.
fn message_id(own: &str, from: &Email) -> String {
    let own = own.split('@').next().unwrap_or_default();
    let host = from.as_str().rsplit_once('@').map_or("", |(_, host)| host);
    format!("{own}@{}", if host.is_ascii() { host } else { "appointments.invalid" })
}

/// The mail that `send-test` sends.
pub fn write_test(heading: &Heading<'_>) -> Result<Vec<u8>, Unwritable> {
    let mail = Mail {
        sender: HeaderText::new(heading.sender),
        phone: HeaderText::default(),
        recipient: heading.name.clone(),
        language: Language::English,
        wording: None,
        about: About::Test,
    };
    assemble(heading, &mail::render(&mail)?, None)
}

/// The practice's own words, where they can still be sent: an update of the
/// program may know another placeholder than they were written with.
fn own_wording(claimed: &Claimed) -> Option<Wording> {
    let kind = claimed.kind.wording();
    match Wording::read(kind, claimed.wording.as_ref()?) {
        Ok(wording) => Some(wording),
        Err(errors) => {
            let why: Vec<&str> = errors.iter().map(|(_, message)| message).collect();
            tracing::warn!(
                mail = kind.word(),
                why = why.join(" "),
                "the practice's own wording cannot be sent: ours is"
            );
            None
        }
    }
}

fn about(claimed: &Claimed, base_url: &str) -> Result<About, Unwritable> {
    let base_url = base_url.trim_end_matches('/');
    let link = |path: &str, token: &str, expires_at| Link {
        url: HeaderText::new(&format!("{base_url}/{path}/{token}")),
        expires_at,
        zone: claimed.practice.zone.clone(),
    };
    Ok(match (claimed.kind, &claimed.facts) {
        (MessageKind::Confirmation, Facts::Session(facts)) => About::Confirmation(appointment(facts)),
        (MessageKind::Reminder, Facts::Session(facts)) => {
            let asks = facts.asks.as_ref().map(|token| HeaderText::new(&format!("{base_url}/replies/{token}")));
            About::Reminder(Appointment { asks, ..appointment(facts) })
        }
        (MessageKind::Moved, Facts::Session(facts)) => About::Moved(appointment(facts)),
        (MessageKind::Cancelled, Facts::Session(facts)) => About::Cancelled(appointment(facts)),
        (MessageKind::Invitation, Facts::Invitation { token, expires_at, .. }) => {
            About::Invitation(link("invitations", token, *expires_at))
        }
        (MessageKind::PasswordReset, Facts::PasswordReset { token, login_name, expires_at }) => {
            About::PasswordReset { link: link("reset", token, *expires_at), login_name: HeaderText::new(login_name) }
        }
        (MessageKind::Inquiry, Facts::Inquiry { token, expires_at }) => {
            About::ConfirmAddress(link("inquire", token, *expires_at))
        }
        (MessageKind::Nudge | MessageKind::Letter | MessageKind::Request, Facts::Portal) => {
            About::Waiting { url: portal(base_url) }
        }
        (MessageKind::Plan, Facts::Plan { starts_at, zone }) => {
            About::Planned { url: portal(base_url), starts_at: *starts_at, zone: zone.clone() }
        }
        (MessageKind::Test, Facts::Test) => About::Test,
        (kind, _) => return Err(Unwritable(format!("these are not the facts of a {}", kind.word()))),
    })
}

/// A person's own page: whoever is not signed in is asked to.
fn portal(base_url: &str) -> HeaderText {
    HeaderText::new(&format!("{base_url}/portal"))
}

fn appointment(facts: &SessionFacts) -> Appointment {
    Appointment {
        starts_at: facts.starts_at,
        ends_at: facts.ends_at,
        zone: facts.zone.clone(),
        practice_zone: facts.practice_zone.clone(),
        place: HeaderText::new(&facts.place),
        link: HeaderText::new(&facts.link),
        clinician: HeaderText::new(&facts.clinician),
        next: facts.series.next.clone(),
        more: facts.series.more,
        over: facts.series.over,
        asks: None,
        joint: facts.joint,
    }
}

fn invitation<'a>(method: Method, heading: &Heading<'a>, a: &'a Appointment, facts: &SessionFacts) -> Invitation<'a> {
    Invitation {
        method,
        session: facts.session,
        version: facts.version,
        starts_at: facts.starts_at,
        ends_at: facts.ends_at,
        link: &a.link,
        sender: heading.sender,
        from: heading.from,
        name: heading.name,
        to: heading.to,
        written_at: heading.written_at,
    }
}

fn assemble(
    heading: &Heading<'_>,
    rendered: &Rendered,
    calendar: Option<&Invitation<'_>>,
) -> Result<Vec<u8>, Unwritable> {
    let mut alternatives = MultiPart::alternative()
        .singlepart(SinglePart::plain(rendered.text.clone()))
        .singlepart(SinglePart::html(rendered.html.clone()));
    let body = match calendar {
        None => alternatives,
        Some(invitation) => {
            let text = invitation.write();
            let kind = content_type(&format!("text/calendar; method={}; charset=utf-8", invitation.method.word()))?;
            alternatives = alternatives.singlepart(SinglePart::builder().header(kind).body(text.clone()));
            let file = Attachment::new("appointment.ics".to_owned())
                .body(text, content_type("application/ics; name=\"appointment.ics\"")?);
            MultiPart::mixed().multipart(alternatives).singlepart(file)
        }
    };
    let mut message = Message::builder()
        .from(mailbox(&HeaderText::new(heading.sender), heading.from)?)
        .to(mailbox(heading.name, heading.to)?)
        .subject(rendered.subject.as_str())
        .date(SystemTime::from(heading.written_at))
        .message_id(Some(format!("<{}>", HeaderText::new(heading.message_id))))
        .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
        .raw_header(header(HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"));
    if let Some(url) = heading.unsubscribe {
        message = message
            .raw_header(header(
                HeaderName::new_from_ascii_str("List-Unsubscribe"),
                &format!("<{}>", HeaderText::new(url)),
            ))
            .raw_header(header(HeaderName::new_from_ascii_str("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click"));
    }
    let message =
        message.multipart(body).map_err(|error| Unwritable(format!("the mail cannot be put together: {error}")))?;
    Ok(message.formatted())
}

/// A person's address with their name; [`HeaderText`] cannot hold what makes
/// lettre panic.
fn mailbox(name: &HeaderText, address: &Email) -> Result<Mailbox, Unwritable> {
    let name = (!name.is_empty()).then(|| name.to_string());
    Ok(Mailbox::new(name, self::address(address)?))
}

/// An address as lettre takes it.
pub fn address(address: &Email) -> Result<Address, Unwritable> {
    address.as_str().parse().map_err(|_| Unwritable("this is no address that mail can be sent to".to_owned()))
}

fn header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_owned())
}

fn content_type(text: &str) -> Result<ContentType, Unwritable> {
    ContentType::parse(text).map_err(|error| Unwritable(format!("{text}: {error}")))
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use domain::{
        ids::{MessageId, SessionId},
        person::{Role, Zone},
        practice::Practice,
    };
    use mail_parser::{MessageParser, MimeHeaders};
    use uuid::Uuid;

    use super::*;

    fn claimed(kind: MessageKind, name: &str, facts: Facts) -> Claimed {
        Claimed {
            id: MessageId(Uuid::from_u128(1)),
            token: Uuid::from_u128(2),
            attempts: 1,
            kind,
            recipient: Email::parse("ngozi@example.org").unwrap(),
            recipient_name: name.to_owned(),
            message_id: "1@house.example".to_owned(),
            way_back: "abc".to_owned(),
            unsubscribe: (kind == MessageKind::Reminder).then(|| "end".to_owned()),
            practice: Practice::new("Bridge Couples Therapy".into(), Zone::parse("Europe/Berlin").unwrap()),
            language: Language::English,
            wording: None,
            facts,
            stored: None,
            not_after: at("2026-11-26T09:00:00Z"),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn session() -> Facts {
        Facts::Session(SessionFacts {
            session: SessionId(Uuid::from_u128(3)),
            version: 2,
            starts_at: at("2026-11-26T09:00:00Z"),
            ends_at: at("2026-11-26T09:50:00Z"),
            minutes: 50,
            zone: Zone::parse("Asia/Kolkata").unwrap(),
            practice_zone: Zone::parse("Europe/Berlin").unwrap(),
            place: "Room 2".into(),
            link: String::new(),
            clinician: "Maren Holt".into(),
            cancelled: false,
            asks: None,
            joint: true,
            series: store::SeriesFacts::default(),
        })
    }

    fn bytes(kind: MessageKind, name: &str, facts: Facts) -> Vec<u8> {
        write(
            &claimed(kind, name, facts),
            &Email::parse("office@house.example").unwrap(),
            "https://house.example/",
            at("2026-11-23T09:00:00Z"),
        )
        .unwrap()
    }

    #[test]
    fn a_confirmation_has_every_header_once() {
        let raw = bytes(MessageKind::Confirmation, "Ngozi Okafor", session());
        let text = String::from_utf8(raw.clone()).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap();
        for line in [
            "From: Appointments <office@house.example>",
            "To: \"Ngozi Okafor\" <ngozi@example.org>",
            "Subject: Appointment on Thursday 26 November",
            "Date: Mon, 23 Nov 2026 09:00:00 +0000",
            "Message-ID: <1@house.example>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ] {
            assert_eq!(
                head.lines().filter(|l| *l == line || l.replace('"', "") == line.replace('"', "")).count(),
                1,
                "{line} in\n{head}"
            );
        }
        assert!(text.is_ascii() && !text.contains("Therapy") && !text.contains("Couples"));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "half a line break");
    }

    #[test]
    fn a_message_id_is_of_the_senders_domain() {
        let id = |own, from| message_id(own, &Email::parse(from).unwrap());
        assert_eq!(id("0a1b", "desk@house.example"), "0a1b@house.example");
        assert_eq!(id("0a1b@appointments.invalid", "desk@house.example"), "0a1b@house.example");
        assert_eq!(id("0a1b", "desk@прaктика.example"), "0a1b@appointments.invalid");
    }

    #[test]
    fn the_calendar_stands_in_the_mail_and_as_a_file() {
        for (kind, method) in [
            (MessageKind::Confirmation, "REQUEST"),
            (MessageKind::Moved, "REQUEST"),
            (MessageKind::Cancelled, "CANCEL"),
        ] {
            let raw = bytes(kind, "Ngozi", session());
            let message = MessageParser::default().parse(&raw).unwrap();
            let types: Vec<String> = message
                .parts
                .iter()
                .filter_map(|p| p.content_type())
                .map(|t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or_default()))
                .collect();
            assert_eq!(
                types,
                [
                    "multipart/mixed",
                    "multipart/alternative",
                    "text/plain",
                    "text/html",
                    "text/calendar",
                    "application/ics"
                ]
            );
            let calendar = message.parts.iter().find(|p| p.is_content_type("text", "calendar")).unwrap();
            assert_eq!(calendar.content_type().unwrap().attribute("method"), Some(method));
            let file = message.parts.iter().find(|p| p.is_content_type("application", "ics")).unwrap();
            assert_eq!(file.attachment_name(), Some("appointment.ics"));
            let inside = calendar.text_contents().unwrap().trim().to_owned();
            assert!(inside.contains(&format!("METHOD:{method}\r\n")) && inside.contains("SEQUENCE:2\r\n"));
            assert_eq!(inside, String::from_utf8_lossy(file.contents()).trim());
        }
    }

    #[test]
    fn reminders_and_links_carry_no_calendar() {
        let expires_at = at("2026-11-30T09:00:00Z");
        for (kind, facts, link) in [
            (MessageKind::Reminder, session(), "Kolkata time"),
            (
                MessageKind::Invitation,
                Facts::Invitation { token: "abc".into(), role: Role::Clinician, expires_at },
                "https://house.example/invitations/abc",
            ),
            (
                MessageKind::PasswordReset,
                Facts::PasswordReset { token: "abc".into(), login_name: "ngozi".into(), expires_at },
                "https://house.example/reset/abc",
            ),
            (
                MessageKind::Inquiry,
                Facts::Inquiry { token: "abc".into(), expires_at },
                "https://house.example/inquire/abc",
            ),
            (MessageKind::Nudge, Facts::Portal, "https://house.example/portal"),
            (MessageKind::Letter, Facts::Portal, "https://house.example/portal"),
            (
                MessageKind::Plan,
                Facts::Plan { starts_at: expires_at, zone: Zone::parse("Asia/Kolkata").unwrap() },
                "Kolkata time",
            ),
            (MessageKind::Test, Facts::Test, "test message"),
        ] {
            let raw = bytes(kind, "Ngozi", facts);
            let message = MessageParser::default().parse(&raw).unwrap();
            assert!(message.body_text(0).unwrap().contains(link), "{}", message.body_text(0).unwrap());
            assert!(message.body_html(0).unwrap().contains(link));
            assert_eq!(message.attachment_count(), 0);
            assert!(!String::from_utf8_lossy(&raw).contains("BEGIN:VCALENDAR"));
        }
    }

    #[test]
    fn a_reminder_can_be_ended_with_one_click() {
        let text = |kind, facts| String::from_utf8(bytes(kind, "Ngozi", facts)).unwrap();
        let reminder = text(MessageKind::Reminder, session());
        assert!(reminder.contains("List-Unsubscribe: <https://house.example/unsubscribe/end>\r\n"));
        assert!(reminder.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(!text(MessageKind::Confirmation, session()).contains("List-Unsubscribe"));
    }

    #[test]
    fn any_name_makes_a_mail() {
        for name in [
            "Ada\r\nBcc: all@example.org",
            "नेहा शर्मा",
            "👩‍👩‍👧 Zoë",
            "\"Quote\" \\ <x@y.z>, (a)",
            "",
            &"ह".repeat(200),
            "\u{0}\u{7f}\u{202e}",
        ] {
            let raw = bytes(MessageKind::Confirmation, name, session());
            let message = MessageParser::default().parse(&raw).unwrap();
            let to = message.to().and_then(|to| to.first()).unwrap();
            assert_eq!(to.address(), Some("ngozi@example.org"), "{name}");
            assert_eq!(to.name().unwrap_or_default(), HeaderText::new(name).as_str());
            assert!(message.bcc().is_none());
            assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 998));
        }
    }

    #[test]
    fn facts_of_another_kind_are_refused() {
        let wrong = claimed(MessageKind::PasswordReset, "Ada", session());
        let from = Email::parse("office@house.example").unwrap();
        assert!(write(&wrong, &from, "https://house.example", at("2026-11-23T09:00:00Z") + Duration::zero()).is_err());
    }
}
