//! Decides whose fault it is that an email was not accepted, or came back.
//!
//! The decision rests on the basic reply code (RFC 5321, 4.2), the enhanced status
//! code (RFC 3463, with the registry of RFC 5248) and the place in the dialogue. It
//! never rests on a word of the text, which may contain anything: an address, the
//! name of a server, another language.

use std::{fmt, str::FromStr};

/// The place in the dialogue at which a reply was given, or a report of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before any email: greeting, EHLO, STARTTLS, AUTH.
    Session,
    /// MAIL FROM: our own address.
    Sender,
    /// RCPT TO: the recipient's address.
    Recipient,
    /// DATA, and the content after it.
    Content,
    /// A report (RFC 3464) that says "failed": the place is not known, and the
    /// server does not try again.
    Report,
}

/// What a refusal means for the email, its address and the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The mail server is not available or has a problem: all email waits until it
    /// works again.
    Outage,
    /// The server asks for this email later, as with greylisting.
    Later,
    /// This email does not arrive: expired, too large, mailbox full, content
    /// refused. Its address may be good.
    Message,
    /// The address is bad.
    Address,
    /// The fault is ours: sign-in, relaying, signatures, reputation, sender.
    Ours,
}

/// An enhanced status code (RFC 3463), such as `5.1.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enhanced {
    /// 2, 4 or 5.
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

impl FromStr for Enhanced {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |part: Option<&str>| {
            let part = part.filter(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit())).ok_or(())?;
            part.parse::<u16>().map_err(|_| ())
        };
        let mut parts = text.split('.');
        let (class, subject, detail) = (number(parts.next())?, number(parts.next())?, number(parts.next())?);
        if parts.next().is_some() || !matches!(class, 2 | 4 | 5) {
            return Err(());
        }
        Ok(Self { class, subject, detail })
    }
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The codes of a refusal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The basic code, 400 to 599; `None`: not known.
    pub basic: Option<u16>,
    /// The enhanced code; `None`: not known.
    pub enhanced: Option<Enhanced>,
}

impl Reply {
    /// A reply without any code.
    pub const NONE: Self = Self { basic: None, enhanced: None };

    /// A basic code with the text beside it. The text begins with the enhanced code
    /// (RFC 2034, 4) or, with qmail, ends with it as `(#5.1.1)`.
    pub fn new(basic: u16, text: &str) -> Self {
        let first = text.split_whitespace().next().and_then(|word| word.trim_end_matches([':', ';', ',']).parse().ok());
        let enhanced = first.or_else(|| qmail_code(text));
        // A code of another class than the reply's means nothing (RFC 2034, 4).
        Self { basic: Some(basic), enhanced: enhanced.filter(|e: &Enhanced| e.class == basic / 100) }
    }

    /// Reads a line of text that is a reply, as `550-5.1.1 No such user`; `None`:
    /// it is none.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim();
        let basic: u16 = line.get(..3)?.parse().ok().filter(|code| (400..600).contains(code))?;
        match line.as_bytes().get(3) {
            None => Some(Self { basic: Some(basic), enhanced: None }),
            Some(b' ' | b'-') => Some(Self::new(basic, &line[4..])),
            // Gmail and others write a hash before the enhanced code.
            Some(_) => None,
        }
    }

    /// The enhanced code, unless its subject is undefined (X.0.0).
    fn specific(self) -> Option<Enhanced> {
        self.enhanced.filter(|e| e.subject != 0)
    }

    /// Whether the reply is final; `false`: it is temporary, or has no code.
    fn is_permanent(self) -> bool {
        match (self.basic, self.enhanced) {
            (Some(basic), _) => basic >= 500,
            (None, Some(enhanced)) => enhanced.class == 5,
            (None, None) => false,
        }
    }

    /// Whether the codes alone say what a refusal is about. A bare `550` after
    /// RCPT, or most replies to an email's content, could also be a fault of ours
    /// that the server does not name.
    pub fn is_certain(self, place: Place) -> bool {
        match (self.specific(), place) {
            (None, _) => false,
            (Some(_), Place::Session | Place::Sender | Place::Recipient | Place::Report) => true,
            (Some(enhanced), Place::Content) => matches!((enhanced.subject, enhanced.detail), (1 | 2, _) | (3, 4)),
        }
    }
}

/// As `550 5.1.1`, or the codes that there are.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.basic, self.enhanced) {
            (Some(basic), Some(enhanced)) => write!(f, "{basic} {enhanced}"),
            (Some(basic), None) => write!(f, "{basic}"),
            (None, Some(enhanced)) => write!(f, "{enhanced}"),
            (None, None) => Ok(()),
        }
    }
}

/// The code at the end of a text such as `Sorry, no mailbox here. (#5.1.1)`;
/// `None`: there is none.
pub fn qmail_code(text: &str) -> Option<Enhanced> {
    let text = text.trim_end().strip_suffix(')')?;
    text[text.rfind("(#")? + 2..].parse().ok()
}

/// What a refusal, or a report of failure, means.
pub fn meaning(place: Place, reply: Reply) -> Meaning {
    match reply.basic {
        // "Service not available, closing transmission channel" (RFC 5321, 3.8).
        Some(421) if place != Place::Report => return Meaning::Outage,
        // The server wants a sign-in, or refuses it as wrong or too weak (RFC 4954,
        // 6).
        Some(530 | 534 | 535 | 538) => return Meaning::Ours,
        _ => {}
    }
    if !reply.is_permanent() {
        return transient(place, reply);
    }
    match (place, reply.specific()) {
        (Place::Session, _) => Meaning::Ours,
        (Place::Sender, Some(Enhanced { subject: 3, detail: 4, .. } | Enhanced { subject: 2, .. })) => Meaning::Message,
        // Exceeded storage: the size that MAIL announced is too large.
        (Place::Sender, None) if reply.basic == Some(552) => Meaning::Message,
        (Place::Sender, _) => Meaning::Ours,
        (Place::Recipient | Place::Content | Place::Report, Some(enhanced)) => permanent(reply.basic, enhanced),
        (Place::Recipient, None) => match reply.basic {
            // Mailbox unavailable; not local; name not allowed; no mail for the
            // domain (RFC 5321, 4.2.3; RFC 7504).
            Some(550 | 551 | 553 | 556) => Meaning::Address,
            // "Transaction failed" at RCPT: what servers say to an unknown sender
            // who wants to relay.
            Some(554) => Meaning::Ours,
            _ => Meaning::Message,
        },
        (Place::Content | Place::Report, None) => Meaning::Message,
    }
}

/// What a temporary refusal means.
fn transient(place: Place, reply: Reply) -> Meaning {
    let specific = reply.specific();
    match place {
        Place::Session | Place::Sender => Meaning::Outage,
        // "Temporary authentication failure" (RFC 4954, 6), and what Postfix
        // answers at first to a sender who may not relay.
        Place::Recipient if reply.basic == Some(454) => Meaning::Outage,
        // X.3.X is the mail system (RFC 3463, 3.4).
        Place::Recipient | Place::Content if specific.is_some_and(|e| e.subject == 3) => Meaning::Outage,
        Place::Recipient | Place::Content => Meaning::Later,
        // The server gave up because the email expired. If it was put off because
        // of our signatures until then, the fault is ours.
        Place::Report => match specific {
            Some(Enhanced { subject: 7, detail: 20..=27 | 29, .. }) => Meaning::Ours,
            _ => Meaning::Message,
        },
    }
}

/// What a permanent refusal with a specific enhanced code means.
fn permanent(basic: Option<u16>, enhanced: Enhanced) -> Meaning {
    match (enhanced.subject, enhanced.detail) {
        // X.1.X, addressing (RFC 3463, 3.2): 7 and 8 are the sender's; 5 is
        // "valid"; 9 is a relay on the way. 10 is a null MX (RFC 7505).
        (1, 7 | 8) => Meaning::Ours,
        (1, 5 | 9) => Meaning::Message,
        (1, _) => Meaning::Address,
        // X.2.X, the mailbox (3.3): 1 is "disabled"; 2 is full, 3 too long.
        (2, 1) => Meaning::Address,
        // X.4.1, "no answer from host" (3.5), is meant for temporary refusals only;
        // with 550, Exchange says that it does not know the recipient.
        (4, 1) if basic == Some(550) => Meaning::Address,
        // X.5.0, "other protocol status": with 550, outlook.com says that there is
        // no mailbox.
        (5, 0) if basic == Some(550) => Meaning::Address,
        // X.7.17 and 18: the mailbox or the domain has another owner now (RFC
        // 7293).
        (7, 17 | 18) => Meaning::Address,
        // X.7.2: a list's rules (3.8); X.7.15 and 16: priorities (RFC 6710). With
        // 124 and 133 to 136, Exchange says that this mailbox accepts only internal
        // mail.
        (7, 2 | 15 | 16 | 124 | 133..=136) => Meaning::Message,
        // X.7.X, security or policy: relaying, sign-in, encryption, SPF, DKIM,
        // DMARC, reverse names (RFC 7372), block lists.
        (7, _) => Meaning::Ours,
        // The rest of X.2.X, X.3.X the mail system, X.4.X the network, X.5.X the
        // protocol, X.6.X the content, and codes that are not known yet.
        _ => Meaning::Message,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn meaning_of_line(place: Place, line: &str) -> Meaning {
        meaning(place, Reply::read(line).unwrap_or_else(|| panic!("{line}")))
    }

    #[test]
    fn each_reply_has_its_meaning() {
        use Meaning::{Address, Later, Message, Ours, Outage};
        use Place::{Content, Recipient, Sender, Session};
        for (place, line, meaning) in [
            // The server is not available, or has a problem.
            (Session, "421 4.3.2 Service shutting down", Outage),
            (Session, "450 4.3.2 try later", Outage),
            (Session, "454 4.7.0 Temporary authentication failure", Outage),
            (Sender, "452 4.3.1 Insufficient system storage", Outage),
            (Recipient, "421 4.7.0 Too many errors", Outage),
            (Recipient, "451 4.3.0 <x@y.example>: Temporary lookup failure", Outage),
            (Recipient, "454 4.7.1 <x@y.example>: Relay access denied", Outage),
            (Content, "452 4.3.1 Out of space", Outage),
            // This email, later.
            (Recipient, "450 4.2.0 <x@y.example>: Recipient address rejected: Greylisted", Later),
            (Recipient, "451 greylisted", Later),
            (Recipient, "450 4.7.1 Client host rejected: cannot find your reverse hostname", Later),
            (Recipient, "452 4.2.2 mailbox full", Later),
            (Content, "451 4.7.1 try again", Later),
            // This email does not arrive.
            (Recipient, "552 5.2.2 <x@y.example>: user is over quota", Message),
            (Recipient, "552 over quota", Message),
            (Recipient, "550 5.3.0 rejected by the access map", Message),
            (Recipient, "550 5.4.4 unable to route", Message),
            (Recipient, "501 5.5.4 syntax", Message),
            (Sender, "552 5.3.4 Message size exceeds fixed limit", Message),
            (Sender, "552 too big", Message),
            (Content, "552 5.3.4 too big", Message),
            (Content, "554 5.6.0 bad content", Message),
            (Content, "554 no", Message),
            (Content, "550 no", Message),
            (Recipient, "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup", Message),
            // This address is bad.
            (Recipient, "550 5.1.1 <x@y.example>: User unknown (relay07.two.example)", Address),
            (Recipient, "550 5.1.0 Address rejected", Address),
            (Recipient, "553 5.1.2 bad destination system", Address),
            (Recipient, "501 5.1.3 bad address syntax", Address),
            (Recipient, "551 5.1.6 mailbox has moved", Address),
            (Recipient, "556 5.1.10 null MX", Address),
            (Recipient, "550 5.2.1 mailbox disabled", Address),
            (Recipient, "550 5.4.1 Recipient address rejected: Access denied.", Address),
            (Recipient, "550 5.5.0 Requested action not taken: mailbox unavailable", Address),
            (Recipient, "550 no such person", Address),
            (Recipient, "550 <relay@denied.example> is unknown: relay, spam, blocked", Address),
            (Recipient, "550 5.0.0 no such person", Address),
            (Recipient, "550", Address),
            (Content, "550 5.1.1 unknown", Address),
            (Recipient, "550 5.7.17 mailbox owner has changed", Address),
            // The fault is ours.
            (Session, "554 5.7.1 Your address is on a block list", Ours),
            (Session, "535 5.7.8 wrong password", Ours),
            (Session, "535 wrong", Ours),
            (Session, "554 no", Ours),
            (Sender, "550 5.1.8 bad sender", Ours),
            (Sender, "553 5.1.1 you are nobody", Ours),
            (Sender, "550 not you", Ours),
            (Recipient, "530 5.7.0 Authentication required", Ours),
            (Recipient, "550 5.7.1 Service unavailable, client host [192.0.2.1] blocked using a list", Ours),
            (Recipient, "554 5.7.1 <x@y.example>: Relay access denied", Ours),
            (Recipient, "554 Relay access denied", Ours),
            (Recipient, "550 Relaying denied. (#5.7.1)", Ours),
            (Recipient, "553 5.1.8 sender's domain does not exist", Ours),
            (Recipient, "553 5.1.7 bad sender", Ours),
            (Content, "550 5.7.26 Unauthenticated email is not accepted due to DMARC policy", Ours),
            (Content, "554 5.7.1 rejected as spam", Ours),
        ] {
            assert_eq!(meaning_of_line(place, line), meaning, "{place:?} {line}");
        }
    }

    #[test]
    fn each_report_has_its_meaning() {
        use Meaning::{Address, Message, Ours};
        let report =
            |basic: Option<u16>, status: &str| meaning(Place::Report, Reply { basic, enhanced: status.parse().ok() });
        for (basic, status, meaning) in [
            (None, "4.4.1", Message),
            (None, "4.4.7", Message),
            (Some(421), "4.4.2", Message),
            (Some(451), "4.7.1", Message),
            (None, "4.7.26", Ours),
            (None, "5.2.2", Message),
            (None, "5.3.4", Message),
            (None, "5.4.7", Message),
            (None, "5.4.1", Message),
            (Some(550), "5.4.1", Address),
            (None, "5.1.1", Address),
            (Some(550), "5.1.10", Address),
            (Some(550), "5.2.1", Address),
            (Some(550), "5.7.26", Ours),
            (None, "5.7.1", Ours),
            (Some(554), "5.7.1", Ours),
            (None, "5.1.8", Ours),
            (None, "5.0.0", Message),
            (Some(550), "5.0.0", Message),
            (Some(550), "", Message),
            (None, "", Message),
        ] {
            assert_eq!(report(basic, status), meaning, "{basic:?} {status}");
        }
    }

    #[test]
    fn codes_are_read_only_from_their_places() {
        let code = |line: &str| Reply::read(line).and_then(|r| r.enhanced).map(|e| e.to_string());
        assert_eq!(code("550-5.1.1 No such user").as_deref(), Some("5.1.1"));
        assert_eq!(code("550 5.1.1: No such user").as_deref(), Some("5.1.1"));
        assert_eq!(code("550 sorry, no mailbox here by that name (#5.1.1)").as_deref(), Some("5.1.1"));
        assert_eq!(code("550 <5.7.1@y.example> is unknown, see 5.7.1"), None);
        assert_eq!(code("550 mailbox 5.7.1 unknown"), None);
        assert_eq!(code("450 5.7.1 not of this class"), None);
        for none in ["", "55", "250 fine", "5505.1.1", "5.1.1", "600 x", "５５０ x", "äöü"] {
            assert_eq!(Reply::read(none), None, "{none}");
        }
        for none in ["5.1", "5.1.1.1", "3.1.1", "5.1.1000", "5..1", "+5.1.1", "5.1.x", ""] {
            assert!(none.parse::<Enhanced>().is_err(), "{none}");
        }
    }

    #[test]
    fn a_refusal_without_a_specific_code_is_not_certain() {
        let certain = |place, line: &str| Reply::read(line).unwrap().is_certain(place);
        assert!(certain(Place::Recipient, "550 5.1.1 x") && certain(Place::Content, "552 5.3.4 x"));
        assert!(!certain(Place::Recipient, "550 x") && !certain(Place::Recipient, "550 5.0.0 x"));
        assert!(!certain(Place::Content, "554 5.6.0 x") && !certain(Place::Content, "554 x"));
    }

    proptest! {
        #[test]
        fn the_text_of_a_reply_does_not_change_its_meaning(
            place in prop_oneof![Just(Place::Session), Just(Place::Sender), Just(Place::Recipient), Just(Place::Content), Just(Place::Report)],
            basic in 400u16..600,
            enhanced in proptest::option::of((0u16..9, 0u16..40)),
            text in "(relay|spam|blocked|denied|unknown|user|DMARC|<[a-z]{1,9}@[a-z]{1,9}> ?| |[a-z]{0,9}){0,8}",
        ) {
            let code = enhanced.map(|(subject, detail)| Enhanced { class: basic / 100, subject, detail });
            let bare = Reply { basic: Some(basic), enhanced: code };
            let line = match code {
                Some(code) => format!("{basic} {code} {text}"),
                None => format!("{basic} {text}"),
            };
            prop_assert_eq!(Reply::read(&line), Some(bare));
            prop_assert_eq!(meaning(place, bare), meaning_of_line(place, &line));
        }

        #[test]
        fn any_line_can_be_read_without_a_panic(line in ".{0,60}") {
            let _ = Reply::read(&line);
        }
    }
}
