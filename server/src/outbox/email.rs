//! Emails as bytes (RFC 5322), written from the facts of a claimed email.
//!
//! The bytes are written once, before the first try, and kept: a repeated try sends
//! the same email with the same Message-ID. (lettre chooses its MIME boundary at
//! random, so writing twice would give two different emails.)

use std::time::SystemTime;

use app::mail::{self, About, Appointment, HeaderText, Link, Mail, Rendered};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::{EmailAddress, Language},
    outbox::{reminder::EmailKind, wording::Wording},
};
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use store::{Claimed, EmailFacts, SessionFacts};

use super::calendar::{Invitation, Method};

/// Why an email cannot be written; trying again will not help.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unwritable(pub String);

impl From<mail::Error> for Unwritable {
    fn from(error: mail::Error) -> Self {
        Self(format!("the text cannot be written: {error}"))
    }
}

/// The sender, the recipient and the other header fields of an email.
#[derive(Clone, Debug)]
pub struct Heading<'a> {
    /// The sender's neutral name.
    pub sender: &'a str,
    pub from: &'a EmailAddress,
    /// The recipient's name; it may be empty.
    pub name: &'a HeaderText,
    pub to: &'a EmailAddress,
    /// The Message-ID without angle brackets.
    pub message_id: &'a str,
    pub written_at: DateTime<Utc>,
    /// The address at which the reader can stop emails of this kind (RFC 8058);
    /// `None`: this kind cannot be stopped.
    pub unsubscribe: Option<&'a str>,
}

/// Writes a claimed email.
///
/// # Errors
/// [`Unwritable`] if an address cannot be used in an email, or the facts do not
/// belong to its kind.
pub fn write(
    claimed: &Claimed,
    from: &EmailAddress,
    base_url: &str,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Unwritable> {
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
    let entry = match &mail.about {
        About::Confirmation(a) | About::Moved(a) | About::CalendarUpdate(a) | About::LocalTime(a) => {
            Some((Method::Request, a))
        }
        About::Cancelled(a) => Some((Method::Cancel, a)),
        About::Reminder(_)
        | About::Invitation(_)
        | About::ConfirmAddress(_)
        | About::NewAddress(_)
        | About::AddressChanged { .. }
        | About::Security { .. }
        | About::PasswordReset { .. }
        | About::Waiting { .. }
        | About::Planned { .. }
        | About::Test => None,
    };
    let calendar = match &claimed.facts {
        EmailFacts::Session(facts) => entry.map(|(method, about)| calendar_entry(method, &heading, about, facts)),
        EmailFacts::Invitation { .. }
        | EmailFacts::PasswordReset { .. }
        | EmailFacts::Inquiry { .. }
        | EmailFacts::NewAddress { .. }
        | EmailFacts::AddressChanged { .. }
        | EmailFacts::Security { .. }
        | EmailFacts::Portal
        | EmailFacts::Plan { .. }
        | EmailFacts::Test => None,
    };
    assemble(&heading, &rendered, calendar.as_ref())
}

/// The Message-ID (RFC 5322, 3.6.4): the email's own left side, and the sender's
/// domain as A-labels, which spam filters expect there.
fn message_id(own: &str, from: &EmailAddress) -> String {
    let own = own.split('@').next().unwrap_or_default();
    let from = store::with_ascii_domain(from.as_str());
    let host = from.as_deref().and_then(|from| from.rsplit_once('@')).map_or("appointments.invalid", |(_, host)| host);
    format!("{own}@{host}")
}

/// Writes the email of `send-test`.
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

/// The practice's own wording; `None`: there is none, or it cannot be sent, because
/// a new version of the program may no longer know a placeholder in it.
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

/// What the email is about, from its kind and its facts.
fn about(claimed: &Claimed, base_url: &str) -> Result<About, Unwritable> {
    let base_url = base_url.trim_end_matches('/');
    let link = |path: &str, token: &str, expires_at| Link {
        url: HeaderText::new(&format!("{base_url}/{path}/{token}")),
        expires_at,
        zone: claimed.practice.zone.clone(),
    };
    Ok(match (claimed.kind, &claimed.facts) {
        (EmailKind::Confirmation, EmailFacts::Session(facts)) => About::Confirmation(appointment(facts)),
        (EmailKind::Reminder, EmailFacts::Session(facts)) => {
            let asks = facts.asks.as_ref().map(|token| HeaderText::new(&format!("{base_url}/replies/{token}")));
            About::Reminder(Appointment { asks, ..appointment(facts) })
        }
        (EmailKind::Moved, EmailFacts::Session(facts)) => About::Moved(appointment(facts)),
        (EmailKind::Cancelled, EmailFacts::Session(facts)) => About::Cancelled(appointment(facts)),
        (EmailKind::CalendarUpdate, EmailFacts::Session(facts)) => About::CalendarUpdate(appointment(facts)),
        (EmailKind::LocalTime, EmailFacts::Session(facts)) => About::LocalTime(appointment(facts)),
        (EmailKind::Invitation, EmailFacts::Invitation { token, expires_at, .. }) => {
            About::Invitation(link("invitations", token, *expires_at))
        }
        (EmailKind::PasswordReset, EmailFacts::PasswordReset { token, login_name, expires_at }) => {
            About::PasswordReset { link: link("reset", token, *expires_at), login_name: HeaderText::new(login_name) }
        }
        (EmailKind::Inquiry, EmailFacts::Inquiry { token, expires_at }) => {
            About::ConfirmAddress(link("inquire", token, *expires_at))
        }
        (EmailKind::NewAddress, EmailFacts::NewAddress { token, expires_at }) => {
            About::NewAddress(link("account/address", token, *expires_at))
        }
        (EmailKind::AddressChanged, EmailFacts::AddressChanged { at }) => {
            About::AddressChanged { at: *at, zone: claimed.practice.zone.clone() }
        }
        (EmailKind::Security, EmailFacts::Security { event, at, device }) => About::Security {
            at: *at,
            zone: claimed.practice.zone.clone(),
            event: *event,
            device: HeaderText::new(device),
        },
        (
            EmailKind::Nudge
            | EmailKind::Intake
            | EmailKind::Message
            | EmailKind::Copy
            | EmailKind::Form
            | EmailKind::Request,
            EmailFacts::Portal,
        ) => About::Waiting { url: portal_url(base_url) },
        (EmailKind::Plan, EmailFacts::Plan { starts_at, zone }) => {
            About::Planned { url: portal_url(base_url), starts_at: *starts_at, zone: zone.clone() }
        }
        (EmailKind::Test, EmailFacts::Test) => About::Test,
        (kind, _) => return Err(Unwritable(format!("these are not the facts of a {}", kind.word()))),
    })
}

/// The address of a person's portal, which asks for a sign-in first if that is
/// needed.
fn portal_url(base_url: &str) -> HeaderText {
    HeaderText::new(&format!("{base_url}/portal"))
}

/// The appointment that an email about a session describes.
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

/// The calendar entry of a session.
fn calendar_entry<'a>(
    method: Method,
    heading: &Heading<'a>,
    a: &'a Appointment,
    facts: &'a SessionFacts,
) -> Invitation<'a> {
    Invitation {
        method,
        session: facts.session,
        sequence: facts.sequence,
        entry: &facts.entry,
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

/// Puts the parts of an email together: text, HTML, and the calendar entry if there
/// is one.
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

/// An address with the person's name. [`HeaderText`] cannot contain what makes
/// lettre panic.
fn mailbox(name: &HeaderText, address: &EmailAddress) -> Result<Mailbox, Unwritable> {
    let name = (!name.is_empty()).then(|| name.to_string());
    Ok(Mailbox::new(name, self::address(address)?))
}

/// An address as it is sent, on the envelope and in the headers: an international
/// domain is written as A-labels.
pub fn address(address: &EmailAddress) -> Result<Address, Unwritable> {
    store::with_ascii_domain(address.as_str())
        .and_then(|ascii| parse_address(&ascii))
        .ok_or_else(|| Unwritable("this is no address that mail can be sent to".to_owned()))
}

/// An address that lettre parses, or that `Email` accepts. In other scripts, lettre
/// allows single letters before the `@` but no combining marks (अनन्या); `Email`
/// checks more exactly. `None`: neither accepts it.
fn parse_address(text: &str) -> Option<Address> {
    text.parse().ok().or_else(|| {
        let (local, domain) = text.rsplit_once('@')?;
        EmailAddress::parse(text).is_ok().then(|| Address::new_dangerous(local, domain))
    })
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
        clients::person::{Role, Zone},
        ids::{EmailId, SessionId},
        practice::settings::Practice,
    };
    use mail_parser::{MessageParser, MimeHeaders};
    use uuid::Uuid;

    use super::*;

    fn claimed(kind: EmailKind, name: &str, facts: EmailFacts) -> Claimed {
        Claimed {
            id: EmailId(Uuid::from_u128(1)),
            token: Uuid::from_u128(2),
            attempts: 1,
            kind,
            recipient: EmailAddress::parse("ngozi@example.org").unwrap(),
            recipient_name: name.to_owned(),
            message_id: "1@house.example".to_owned(),
            return_tag: "abc".to_owned(),
            unsubscribe: (kind == EmailKind::Reminder).then(|| "end".to_owned()),
            practice: Practice::new("Bridge Couples Therapy".into(), Zone::parse("Europe/Berlin").unwrap()),
            language: Language::English,
            wording: None,
            facts,
            stored: None,
            not_after: at("2026-11-26T09:00:00Z"),
            uncertain: 0,
            probe: false,
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn session() -> EmailFacts {
        EmailFacts::Session(SessionFacts {
            session: SessionId(Uuid::from_u128(3)),
            sequence: 2,
            entry: "ngozi@example.org".into(),
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

    fn bytes(kind: EmailKind, name: &str, facts: EmailFacts) -> Vec<u8> {
        write(
            &claimed(kind, name, facts),
            &EmailAddress::parse("office@house.example").unwrap(),
            "https://house.example/",
            at("2026-11-23T09:00:00Z"),
        )
        .unwrap()
    }

    #[test]
    fn a_confirmation_has_each_header_once() {
        let raw = bytes(EmailKind::Confirmation, "Ngozi Okafor", session());
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
    fn a_message_id_has_the_senders_domain() {
        let id = |own, from| message_id(own, &EmailAddress::parse(from).unwrap());
        assert_eq!(id("0a1b", "desk@house.example"), "0a1b@house.example");
        assert_eq!(id("0a1b@appointments.invalid", "desk@house.example"), "0a1b@house.example");
        assert_eq!(id("0a1b", "desk@prâxis.example"), "0a1b@xn--prxis-4qa.example");
    }

    #[test]
    fn a_calendar_entry_is_a_part_and_an_attachment() {
        for (kind, method) in [
            (EmailKind::Confirmation, "REQUEST"),
            (EmailKind::Moved, "REQUEST"),
            (EmailKind::CalendarUpdate, "REQUEST"),
            (EmailKind::LocalTime, "REQUEST"),
            (EmailKind::Cancelled, "CANCEL"),
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
    fn reminders_and_emails_with_links_have_no_calendar_entry() {
        let expires_at = at("2026-11-30T09:00:00Z");
        for (kind, facts, link) in [
            (EmailKind::Reminder, session(), "Kolkata time"),
            (
                EmailKind::Invitation,
                EmailFacts::Invitation { token: "abc".into(), role: Role::Clinician, expires_at },
                "https://house.example/invitations/abc",
            ),
            (
                EmailKind::PasswordReset,
                EmailFacts::PasswordReset { token: "abc".into(), login_name: "ngozi".into(), expires_at },
                "https://house.example/reset/abc",
            ),
            (
                EmailKind::Inquiry,
                EmailFacts::Inquiry { token: "abc".into(), expires_at },
                "https://house.example/inquire/abc",
            ),
            (EmailKind::Nudge, EmailFacts::Portal, "https://house.example/portal"),
            (EmailKind::Message, EmailFacts::Portal, "https://house.example/portal"),
            (EmailKind::Form, EmailFacts::Portal, "https://house.example/portal"),
            (EmailKind::Copy, EmailFacts::Portal, "https://house.example/portal"),
            (EmailKind::Intake, EmailFacts::Portal, "https://house.example/portal"),
            (
                EmailKind::Plan,
                EmailFacts::Plan { starts_at: expires_at, zone: Zone::parse("Asia/Kolkata").unwrap() },
                "Kolkata time",
            ),
            (EmailKind::Test, EmailFacts::Test, "test message"),
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
    fn a_reminder_can_be_unsubscribed_with_one_click() {
        let text = |kind, facts| String::from_utf8(bytes(kind, "Ngozi", facts)).unwrap();
        let reminder = text(EmailKind::Reminder, session());
        assert!(reminder.contains("List-Unsubscribe: <https://house.example/unsubscribe/end>\r\n"));
        assert!(reminder.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(!text(EmailKind::Confirmation, session()).contains("List-Unsubscribe"));
    }

    #[test]
    fn any_name_can_be_written_into_an_email() {
        for name in [
            "Ada\r\nBcc: all@example.org",
            "नेहा शर्मा",
            "👩‍👩‍👧 Zoë",
            "\"Quote\" \\ <x@y.z>, (a)",
            "",
            &"ह".repeat(200),
            "\u{0}\u{7f}\u{202e}",
        ] {
            let raw = bytes(EmailKind::Confirmation, name, session());
            let message = MessageParser::default().parse(&raw).unwrap();
            let to = message.to().and_then(|to| to.first()).unwrap();
            assert_eq!(to.address(), Some("ngozi@example.org"), "{name}");
            assert_eq!(to.name().unwrap_or_default(), HeaderText::new(name).as_str());
            assert!(message.bcc().is_none());
            assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 998));
        }
    }

    #[test]
    fn an_international_domain_is_written_as_a_labels() {
        let mut mail = claimed(EmailKind::Confirmation, "Ana", session());
        mail.recipient = EmailAddress::parse("ana@müller-probe.example").unwrap();
        let from = EmailAddress::parse("office@prâxis.example").unwrap();
        let raw = write(&mail, &from, "https://house.example", at("2026-11-23T09:00:00Z")).unwrap();
        let text = String::from_utf8(raw.clone()).unwrap();
        assert!(text.contains("<ana@xn--mller-probe-thb.example>") && text.contains("<office@xn--prxis-4qa.example>"));
        assert!(text.is_ascii());
        let message = MessageParser::default().parse(&raw).unwrap();
        let calendar = message.parts.iter().find(|p| p.is_content_type("text", "calendar")).unwrap();
        let inside = calendar.text_contents().unwrap().replace("\r\n ", "");
        assert!(inside.contains("mailto:ana@xn--mller-probe-thb.example"), "{inside}");
        assert!(inside.contains("mailto:office@xn--prxis-4qa.example"), "{inside}");
    }

    #[test]
    fn facts_that_do_not_fit_the_kind_are_refused() {
        let wrong = claimed(EmailKind::PasswordReset, "Ada", session());
        let from = EmailAddress::parse("office@house.example").unwrap();
        assert!(write(&wrong, &from, "https://house.example", at("2026-11-23T09:00:00Z") + Duration::zero()).is_err());
    }

    #[test]
    fn addresses_in_every_script_can_be_written() {
        for text in ["अनन्या@example.org", "ana@नमस्ते.example", "👧@example.org", "o'neill@example.org", "a@localhost"]
        {
            assert!(address(&EmailAddress::parse(text).unwrap()).is_ok(), "{text}");
        }
        assert!(address(&EmailAddress::from_stored("ana@-example.org").unwrap()).is_err());
        assert!(address(&EmailAddress::from_stored("ana,ben@example.org").unwrap()).is_err());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3000))]

        #[test]
        fn every_address_that_email_accepts_can_be_sent_to(
            text in "[a-zA-Z0-9äßéИनमस\u{94D}\u{93E}'+_.!#$%&*/=?^`{|}~ -]{1,20}[@＠][a-zA-Z0-9äßéИनमस\u{94D}\u{93E}_-]{1,20}(\\.|。)[a-zA-Z0-9éИ-]{1,8}",
            wild in "\\PC{1,10}@\\PC{1,10}\\.\\PC{1,5}",
        ) {
            for text in [text, wild] {
                if let Ok(email) = EmailAddress::parse(&text) {
                    proptest::prop_assert!(address(&email).is_ok(), "{}", email.as_str());
                }
            }
        }
    }
}
