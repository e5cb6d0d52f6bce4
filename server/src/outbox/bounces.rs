//! Mail that came back: a report of a mail server (a delivery status
//! notification, RFC 3464), read from a pipe or a mailbox file.
//!
//! Which message it was stands in the address it came back to, which our mails
//! carry as their sender: the server that reports need not repeat anything of
//! the mail. Without such an address set, the Message-ID in what it repeats is
//! looked at. A report that says "later", a holiday note, anything that is no
//! report: nothing is done.

use domain::person::Email;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

/// What a report says of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What stood in its way back.
    pub tag: String,
    /// What the other server said, on one line.
    pub why: String,
}

/// Reads a mail as a report that something came back for good; `base` is the
/// address that our mails come back to.
pub fn read(mail: &[u8], base: &Email) -> Option<Report> {
    let message = MessageParser::default().parse(mail)?;
    let status = message.parts.iter().find(|part| {
        part.is_content_type("message", "delivery-status") || part.is_content_type("message", "global-delivery-status")
    })?;
    let status = match &status.body {
        PartType::Text(text) => text.to_string(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::from_utf8_lossy(status.contents()).into_owned(),
    };
    let field = |name: &str| {
        status.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let failed = field("Action").is_some_and(|action| action.eq_ignore_ascii_case("failed"));
    let code = field("Status").unwrap_or_default();
    if !failed || !code.starts_with('5') {
        return None;
    }
    let said = field("Diagnostic-Code")
        .map(|said| said.split_once(';').map_or(said.clone(), |(_, said)| said.trim().to_owned()));
    let why = app::mail::HeaderText::new(&said.filter(|said| !said.is_empty()).unwrap_or(code)).to_string();
    Some(Report { tag: tag(&message, base)?, why })
}

/// What stands after the `+` of the address that it came back to.
fn tag(message: &Message<'_>, base: &Email) -> Option<String> {
    let (local, domain) = base.as_str().rsplit_once('@')?;
    let addresses = ["To", "Delivered-To", "X-Original-To", "Envelope-To"].into_iter().flat_map(|name| {
        let to = message.header_raw(name).unwrap_or_default();
        to.split([' ', ',', '<', '>', '\r', '\n', '\t']).map(str::to_owned).collect::<Vec<_>>()
    });
    for address in addresses {
        let Some((found, at)) = address.rsplit_once('@') else { continue };
        let prefix = format!("{}+", local.to_lowercase());
        if at.eq_ignore_ascii_case(domain)
            && let Some(tag) = found.to_lowercase().strip_prefix(&prefix)
        {
            return Some(tag.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Email {
        Email::parse("Back@practice.example").unwrap()
    }

    fn report(to: &str, action: &str, status: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; amara@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Reminder\r\n\r\nx\r\n--b--\r\n"
        )
    }

    #[test]
    fn what_came_back_for_good_is_read() {
        let mail = report("<back+0123ab@PRACTICE.example>", "failed", "5.1.1");
        let found = read(mail.as_bytes(), &base()).unwrap();
        assert_eq!(found, Report { tag: "0123ab".to_owned(), why: "550 5.1.1 no such user".to_owned() });
    }

    #[test]
    fn what_is_late_or_no_report_is_left_alone() {
        for (to, action, status) in [
            ("back+1@practice.example", "delayed", "4.4.1"),
            ("back+1@practice.example", "failed", "4.2.2"),
            ("back+1@practice.example", "delivered", "2.0.0"),
            ("back@practice.example", "failed", "5.1.1"),
            ("back+1@elsewhere.example", "failed", "5.1.1"),
        ] {
            assert_eq!(read(report(to, action, status).as_bytes(), &base()), None, "{to} {action} {status}");
        }
        assert_eq!(read(b"To: back+1@practice.example\r\nSubject: I am away\r\n\r\n550 5.1.1", &base()), None);
        assert_eq!(read(b"", &base()), None);
    }

    proptest::proptest! {
        #[test]
        fn no_mail_breaks_it(lines in proptest::collection::vec("(To: back\\+|Content-Type: |--b|Action: failed|Status: 5|boundary=b)?(multipart/report; ?|message/delivery-status|message/rfc822|.{0,12})", 0..20)) {
            let _ = read(lines.join("\r\n").as_bytes(), &base());
        }
    }
}
