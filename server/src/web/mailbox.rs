//! The demo's mailbox: what would have been sent, to look at. It exists in
//! the demo only.

use app::pages::mailbox::{self, MailItem, Model, OpenMail};
use domain::{ids::MessageId, person::Zone, zone};
use mail_parser::{Message, MessageParser, MimeHeaders};

use crate::{
    access::Public,
    error::{Answer, Found as _},
    form::At,
    page::Page,
};

/// The page shows the latest of them.
const MOST: i64 = 100;

type Sent = (MessageId, String, chrono::DateTime<chrono::Utc>, Vec<u8>);

/// GET /mailbox
pub async fn index(public: Public, page: Page) -> Answer {
    let sent = public.mailbox(MOST).await?.found()?;
    page.ok("Mailbox", Model { mails: items(&sent, &page.zone()), open: None }, mailbox::view).await
}

/// GET /mailbox/{id}
pub async fn show(public: Public, page: Page, At(id): At<MessageId>) -> Answer {
    let sent = public.mailbox(MOST).await?.found()?;
    let open = open(sent.iter().find(|mail| mail.0 == id).found()?, &page.zone());
    let title = open.subject.clone();
    page.ok(&title, Model { mails: items(&sent, &page.zone()), open: Some(open) }, mailbox::view).await
}

fn items(sent: &[Sent], reader: &Zone) -> Vec<MailItem> {
    sent.iter()
        .map(|(id, to, at, bytes)| MailItem {
            id: id.to_string(),
            to: to.clone(),
            subject: subject(MessageParser::default().parse_headers(bytes).as_ref()),
            when: when(*at, reader),
        })
        .collect()
}

fn open((_, to, at, bytes): &Sent, reader: &Zone) -> OpenMail {
    opened(to, when(*at, reader), bytes)
}

/// A mail in its parts.
pub(super) fn opened(to: &str, when: String, bytes: &[u8]) -> OpenMail {
    let message = MessageParser::default().parse(bytes);
    OpenMail {
        to: to.to_owned(),
        subject: subject(message.as_ref()),
        when,
        text: message.as_ref().and_then(|m| m.body_text(0)).map(|text| text.replace("\r\n", "\n")).unwrap_or_default(),
        has_calendar: message
            .as_ref()
            .is_some_and(|m| m.parts.iter().any(|part| part.is_content_type("text", "calendar"))),
        html: message.as_ref().and_then(|m| m.body_html(0)).map(std::borrow::Cow::into_owned),
    }
}

fn subject(message: Option<&Message<'_>>) -> String {
    message.and_then(|m| m.subject()).unwrap_or("(no subject)").to_owned()
}

fn when(at: chrono::DateTime<chrono::Utc>, reader: &Zone) -> String {
    zone::wall_time(at, reader).format("%A %-d %B, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn sent(bytes: &[u8]) -> Sent {
        (
            MessageId(Uuid::from_u128(1)),
            "ngozi@example.org".to_owned(),
            "2026-11-23T09:00:00Z".parse().unwrap(),
            bytes.to_vec(),
        )
    }

    #[test]
    fn a_mail_is_opened_in_its_parts() {
        let raw = "Subject: =?utf-8?B?4KSo4KWH4KS54KS+?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
                   --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\nthere\r\n\
                   --x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n\
                   --x\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n--x--\r\n";
        let mail = open(&sent(raw.as_bytes()), &Zone::parse("Asia/Kolkata").unwrap());
        assert_eq!(mail.subject, "नेहा");
        assert_eq!(mail.when, "Monday 23 November, 14:30");
        assert!(mail.text.starts_with("Hello\nthere"));
        assert!(mail.has_calendar && mail.html.unwrap().contains("<p>Hello</p>"));
    }

    #[test]
    fn bytes_that_are_no_mail_are_still_shown() {
        for bytes in [&b""[..], b"\xff\xfe", b"no headers"] {
            let mail = open(&sent(bytes), &Zone::utc());
            assert_eq!(mail.subject, "(no subject)");
        }
        assert_eq!(items(&[sent(b"")], &Zone::utc()).len(), 1);
    }
}
