//! The mailbox of the demo: shows the emails that a real practice would have
//! sent. It exists in the demo only.

use app::{
    pages::mail::mailbox::{self, MailItem, Model, OpenMail},
    text,
};
use domain::{clients::person::Zone, ids::EmailId, zone};
use mail_parser::{Message, MessageParser, MimeHeaders};

use store::SentBytes;

use crate::{
    access::Public,
    error::{Answer, Found as _},
    form::{PathIds, Query},
    page::Page,
    paging::List,
};

/// GET /mailbox?after=: the list of emails.
pub async fn index(public: Public, page: Page, Query(asked): Query) -> Answer {
    let list = List::new("/mailbox", "after", "mails", &asked);
    let sent = public.mailbox(list.after()).await?.found()?;
    let pager = list.pager(sent.more, ["Latest emails", "Older emails"]);
    page.ok("Mailbox", Model { mails: items(&sent.rows, &page.zone()), pager, open: None }, mailbox::view).await
}

/// GET /mailbox/{id}: one email.
pub async fn show(public: Public, page: Page, PathIds(id): PathIds<EmailId>) -> Answer {
    let open = open_mail(&public.mail(id).await?.found()?, &page.zone());
    let title = open.subject.clone();
    page.ok(&title, Model { open: Some(open), ..Model::default() }, mailbox::view).await
}

/// The rows of the list; times are in the reader's zone.
fn items(sent: &[SentBytes], reader: &Zone) -> Vec<MailItem> {
    sent.iter()
        .map(|mail| MailItem {
            id: mail.id.to_string(),
            to: mail.recipient.clone(),
            subject: subject(MessageParser::default().parse_headers(&mail.bytes).as_ref()),
            when: sent_text(mail.sent_at, reader),
        })
        .collect()
}

/// An email as its page shows it; the time is in the reader's zone.
fn open_mail(mail: &SentBytes, reader: &Zone) -> OpenMail {
    mail_parts(&mail.recipient, sent_text(mail.sent_at, reader), &mail.bytes)
}

/// The parts of an email, read from its bytes: subject, text, HTML, and whether
/// it has a calendar entry. `when` is the text for the time it was sent.
pub(crate) fn mail_parts(to: &str, when: String, bytes: &[u8]) -> OpenMail {
    let email = MessageParser::default().parse(bytes);
    OpenMail {
        to: to.to_owned(),
        subject: subject(email.as_ref()),
        when,
        text: email.as_ref().and_then(|m| m.body_text(0)).map(|text| text.replace("\r\n", "\n")).unwrap_or_default(),
        has_calendar: email
            .as_ref()
            .is_some_and(|m| m.parts.iter().any(|part| part.is_content_type("text", "calendar"))),
        html: email.as_ref().and_then(|m| m.body_html(0)).map(std::borrow::Cow::into_owned),
    }
}

/// The subject of an email, or a text that says it has none.
fn subject(email: Option<&Message<'_>>) -> String {
    email.and_then(|m| m.subject()).unwrap_or("(no subject)").to_owned()
}

/// The day and time at which an email was sent, in the reader's zone.
fn sent_text(at: chrono::DateTime<chrono::Utc>, reader: &Zone) -> String {
    format!("{}, {}", zone::date_of(at, reader).format("%A %-d %B"), text::clock(at, reader))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn sent(bytes: &[u8]) -> SentBytes {
        SentBytes {
            id: EmailId(Uuid::from_u128(1)),
            recipient: "ngozi@example.org".to_owned(),
            sent_at: "2026-11-23T09:00:00Z".parse().unwrap(),
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn email_is_split_into_its_parts() {
        let raw = "Subject: =?utf-8?B?4KSo4KWH4KS54KS+?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
                   --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\nthere\r\n\
                   --x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n\
                   --x\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n--x--\r\n";
        let mail = open_mail(&sent(raw.as_bytes()), &Zone::parse("Asia/Kolkata").unwrap());
        assert_eq!(mail.subject, "नेहा");
        assert_eq!(mail.when, "Monday 23 November, 14:30");
        assert!(mail.text.starts_with("Hello\nthere"));
        assert!(mail.has_calendar && mail.html.unwrap().contains("<p>Hello</p>"));
    }

    #[test]
    fn bytes_that_are_no_email_are_still_shown() {
        for bytes in [&b""[..], b"\xff\xfe", b"no headers"] {
            let mail = open_mail(&sent(bytes), &Zone::utc());
            assert_eq!(mail.subject, "(no subject)");
        }
        assert_eq!(items(&[sent(b"")], &Zone::utc()).len(), 1);
    }
}
