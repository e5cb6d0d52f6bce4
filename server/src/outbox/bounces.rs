//! Email that came back: reads the report of a mail server, from a pipe or a
//! mailbox file.
//!
//! The address that the report came to tells which email it is about; our emails
//! carry it as their envelope sender. So the reporting server need not repeat
//! anything of the email, and nobody else can invent such an address. The formats
//! are delivery status notifications (RFC 3464, and RFC 6533 for international
//! addresses), qmail's plain text (QSBMF), and Exim's reports with
//! `X-Failed-Recipients`. Anything else changes nothing: a report that says
//! "delayed", "delivered", "relayed" or "expanded", an automatic reply, or other
//! mail.

use app::mail::HeaderText;
use domain::clients::person::EmailAddress;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use store::{Blame, Report, same_address};

use super::diagnosis::{Enhanced, Meaning, Place, Reply, meaning, qmail_code};

/// A report about one of our emails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// The tag of the email's return address.
    pub tag: String,
    /// What the report says of each recipient.
    groups: Vec<Group>,
}

/// What a report says of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Group {
    /// The address that the email was sent to, before it was forwarded.
    original: Option<String>,
    /// The address that it was last forwarded to.
    last: Option<String>,
    outcome: Outcome,
    reply: Reply,
    /// The text of the refusing server.
    said: String,
}

/// What happened to the email.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Outcome {
    /// It could not be delivered.
    Failed,
    /// It was delivered, relayed to a place that sends no reports, or given to a
    /// list.
    PassedOn,
    /// It is delayed, or nothing is known.
    #[default]
    Open,
}

/// Reads a mail as a report about one of our emails; `base` is the address that our
/// emails come back to. `None`: it is no such report.
pub fn read(mail: &[u8], base: &EmailAddress) -> Option<Bounce> {
    let message = MessageParser::default().parse(mail)?;
    let groups = status_groups(&message).or_else(|| text_groups(&message))?;
    Some(Bounce { tag: tag(&message, base)?, groups })
}

impl Bounce {
    /// What the report means for the email, which was sent to `recipient`; `None`:
    /// the email has not failed.
    pub fn verdict(&self, recipient: Option<&str>) -> Option<Report> {
        let is_ours = |group: &&Group| {
            let is = |address: &Option<String>| {
                address.as_deref().is_some_and(|a| recipient.is_some_and(|ours| same_address(a, ours)))
            };
            is(&group.original) || is(&group.last)
        };
        let failed: Vec<&Group> = self.groups.iter().filter(|g| g.outcome == Outcome::Failed).collect();
        let named: Vec<&Group> = failed.iter().copied().filter(|g| is_ours(g)).collect();
        let counts = if !named.is_empty() {
            named
        } else if self.groups.iter().filter(|g| g.outcome == Outcome::PassedOn).any(|g| is_ours(&g)) {
            // It arrived; a forward of it failed.
            return None;
        } else {
            failed
        };
        // If several recipients failed, the address is bad only if all reports say
        // so.
        let group = counts.into_iter().min_by_key(|group| match blame(group.reply) {
            Blame::Ourselves => 0,
            Blame::Message => 1,
            Blame::Address => 2,
        })?;
        let code = group.reply.to_string();
        let said = HeaderText::new(&group.said).to_string();
        let why = if said.is_empty() { code.clone() } else { said };
        Some(Report { blame: blame(group.reply), why, code })
    }
}

/// Whose fault a reported failure is.
fn blame(reply: Reply) -> Blame {
    match meaning(Place::Report, reply) {
        Meaning::Address => Blame::Address,
        Meaning::Ours => Blame::Ourselves,
        Meaning::Message | Meaning::Later | Meaning::Outage => Blame::Message,
    }
}

/// What a delivery status notification says of each recipient; `None`: the mail has
/// no such part.
fn status_groups(message: &Message<'_>) -> Option<Vec<Group>> {
    let status = message.parts.iter().find(|part| {
        part.is_content_type("message", "delivery-status") || part.is_content_type("message", "global-delivery-status")
    })?;
    let text = match &status.body {
        PartType::Text(text) | PartType::Html(text) => text.to_string(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        PartType::Message(_) | PartType::Multipart(_) => String::from_utf8_lossy(status.contents()).into_owned(),
    };
    let mut groups = Vec::new();
    let mut fields = Fields::default();
    for (name, value) in unfold_fields(&text) {
        if fields.ends_before(&name) {
            groups.extend(std::mem::take(&mut fields).group());
        }
        fields.take(&name, value);
    }
    groups.extend(fields.group());
    Some(groups)
}

/// The fields of a status part, with folded lines joined; names are in small
/// letters. An empty name stands for an empty line, which ends a group.
fn unfold_fields(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            fields.push((String::new(), String::new()));
        } else if line.starts_with([' ', '\t'])
            && let Some((_, value)) = fields.last_mut().filter(|(name, _)| !name.is_empty())
        {
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

/// The fields of one recipient while they are read.
#[derive(Default)]
struct Fields {
    original: Option<String>,
    last: Option<String>,
    action: Option<String>,
    status: Option<Enhanced>,
    diagnosis: Option<String>,
}

impl Fields {
    /// Whether this field belongs to the next group: after an empty line or, if
    /// that is missing, with a second recipient.
    fn ends_before(&self, name: &str) -> bool {
        match name {
            "" => true,
            "final-recipient" | "original-recipient" => self.last.is_some(),
            _ => false,
        }
    }

    /// Keeps one field.
    fn take(&mut self, name: &str, value: String) {
        match name {
            "original-recipient" => self.original = Some(address(&value)),
            "final-recipient" => self.last = Some(address(&value)),
            // RFC 3464, 2.3.3; some servers write more after the word.
            "action" => self.action = value.split([' ', '(', ';']).next().map(str::to_ascii_lowercase),
            "status" => self.status = value.split([' ', '(', ';']).next().and_then(|code| code.parse().ok()),
            "diagnostic-code" => self.diagnosis = Some(value),
            _ => {}
        }
    }

    /// The finished group; `None`: no field of a group was read.
    fn group(self) -> Option<Group> {
        if self.last.is_none() && self.original.is_none() && self.action.is_none() && self.status.is_none() {
            return None;
        }
        let (kind, said) = match self.diagnosis.as_deref().map(|said| said.split_once(';').unwrap_or(("", said))) {
            Some((kind, said)) => (kind.trim().to_ascii_lowercase(), said.trim().to_owned()),
            None => (String::new(), String::new()),
        };
        let answered = if kind == "smtp" { Reply::read(&said) } else { None };
        let outcome = match self.action.as_deref() {
            Some("failed") => Outcome::Failed,
            Some("delivered" | "relayed" | "expanded") => Outcome::PassedOn,
            Some(_) => Outcome::Open,
            None if self.status.is_some_and(|status| status.class == 5) => Outcome::Failed,
            None => Outcome::Open,
        };
        Some(Group {
            original: self.original,
            last: self.last,
            outcome,
            reply: combine_replies(self.status, answered),
            said,
        })
    }
}

/// The status of a group, made more exact by the answer of the other server: some
/// servers write `5.0.0` and leave the detail to the answer.
fn combine_replies(status: Option<Enhanced>, answered: Option<Reply>) -> Reply {
    let status = status.filter(|status| status.class != 2);
    let Some(answered) = answered else { return Reply { basic: None, enhanced: status } };
    let Some(status) = status else { return answered };
    // The server gave up after an answer that only put the email off: the status
    // says why.
    if answered.basic.is_some_and(|basic| basic / 100 != status.class) {
        return Reply { basic: None, enhanced: Some(status) };
    }
    let exact = answered.enhanced.filter(|_| status.subject == 0 || status.detail == 0).unwrap_or(status);
    Reply { basic: answered.basic, enhanced: Some(exact) }
}

/// The address in `rfc822; ana@example.org` or `utf-8; a\x{F1}a@…` (RFC 6533, 3),
/// without quotes around its local part.
fn address(value: &str) -> String {
    let (kind, address) = value.split_once(';').map_or(("", value), |(kind, rest)| (kind.trim(), rest));
    let address = without_quotes(address.trim().trim_start_matches('<').trim_end_matches('>'));
    if !kind.eq_ignore_ascii_case("utf-8") {
        return address;
    }
    let mut out = String::with_capacity(address.len());
    let mut rest = address.as_str();
    while let Some(at) = rest.find("\\x{") {
        let (before, code) = (&rest[..at], &rest[at + 3..]);
        out.push_str(before);
        let Some((hex, after)) = code.split_once('}') else {
            rest = &rest[at..];
            break;
        };
        match u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) {
            Some(c) => out.push(c),
            None => out.push_str(&rest[at..at + 3 + hex.len() + 1]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// An address without the quotes around its local part.
fn without_quotes(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let inner = local.strip_prefix('"').and_then(|l| l.strip_suffix('"')).unwrap_or(local);
            format!("{}@{domain}", inner.replace('\\', ""))
        }
        None => address.to_owned(),
    }
}

/// The failed recipients of a report in plain text; `None`: it has neither qmail's
/// nor Exim's form.
fn text_groups(message: &Message<'_>) -> Option<Vec<Group>> {
    let text = message.body_text(0)?;
    let text = text.replace("\r\n", "\n");
    if let Some(groups) = qmail_groups(&text) {
        return Some(groups);
    }
    // Exim's reports without a status part.
    let failed = message.header_raw("X-Failed-Recipients")?;
    let own = text.lines().take_while(|line| !line.starts_with("------"));
    let (reply, said) =
        own.filter_map(|line| Some((Reply::read(line)?, line.trim().to_owned()))).next().unwrap_or_default();
    let groups = failed.split([',', '\r', '\n']).map(str::trim).filter(|address| !address.is_empty());
    Some(
        groups
            .map(|to| Group {
                original: None,
                last: Some(without_quotes(to)),
                outcome: Outcome::Failed,
                reply,
                said: said.clone(),
            })
            .collect(),
    )
}

/// The failed recipients in qmail's format: a first paragraph that begins with "Hi.
/// This is the", then a paragraph for each recipient, up to a line of hyphens.
/// `None`: the text does not have this format.
fn qmail_groups(text: &str) -> Option<Vec<Group>> {
    let text = text.trim_start();
    if !text.starts_with("Hi. This is the") {
        return None;
    }
    let mut groups = Vec::new();
    for paragraph in text.split("\n\n").skip(1).map(str::trim).take_while(|p| !p.starts_with('-')) {
        let Some((first, rest)) = paragraph.split_once('\n') else { continue };
        let Some(to) = first.trim_end().strip_suffix(':').filter(|to| to.contains('@')) else { continue };
        let answered = rest.lines().find_map(|line| Reply::read(line.trim().strip_prefix("Remote host said:")?.trim()));
        let coded = rest.lines().find_map(qmail_code).map(|code| Reply { basic: None, enhanced: Some(code) });
        groups.push(Group {
            original: None,
            last: Some(without_quotes(to.trim_start_matches('<').trim_end_matches('>'))),
            outcome: Outcome::Failed,
            reply: answered.or(coded).unwrap_or(Reply::NONE),
            said: rest.split_whitespace().collect::<Vec<_>>().join(" "),
        });
    }
    (!groups.is_empty()).then_some(groups)
}

/// The tag after the `+` of the address that the report came to; `None`: it did not
/// come to an address of ours.
fn tag(message: &Message<'_>, base: &EmailAddress) -> Option<String> {
    let (local, domain) = base.as_str().rsplit_once('@')?;
    let prefix = format!("{}+", local.to_lowercase());
    let names = ["To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"];
    message
        .headers_raw()
        .filter(|(name, _)| names.iter().any(|n| n.eq_ignore_ascii_case(name)))
        .flat_map(|(_, value)| value.split([' ', ',', '<', '>', ';', '\r', '\n', '\t']))
        .find_map(|found| {
            let found = without_quotes(found);
            let (local, at) = found.rsplit_once('@')?;
            let tag = local.to_lowercase().strip_prefix(&prefix)?.to_owned();
            same_address(&format!("x@{at}"), &format!("x@{domain}")).then_some(tag)
        })
}

#[cfg(test)]
#[path = "bounces_tests.rs"]
mod tests;
