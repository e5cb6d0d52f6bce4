//! The mails: what the system writes to people, as pure functions.
//!
//! `wording` holds a file for each mail and language; a practice may put its
//! own in place of one ([`domain::wording`]). This module gives them typed
//! inputs, and writes them out as text and as HTML. Nothing here says what the
//! appointments are for (rule 7 of the house): the sender's name is the neutral
//! one, the practice's own name appears nowhere, and a place or a person whose
//! name gives it away is left out. Names are [`HeaderText`], so that none can
//! break a header.
//!
//! The text stands by itself in two or three lines. The HTML is made from it,
//! sets no colours of its own but for what follows the reader's light or dark
//! theme, and fetches nothing.

pub(crate) mod phrases;
mod sample;
mod text;
mod when;
mod write;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    person::{Language, Zone},
    reply::Reply,
    wording::{Placeholder, Wording, WordingKind, form_of_file},
};

pub use askama::Error;
pub use sample::sample;
pub use text::HeaderText;
pub use when::{When, instant};
use write::{Value, Values};

/// Where the practice's own sender name gives away what it is.
const NEUTRAL_SENDER: &str = "Appointments";

/// A mail to one person.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The practice's sender name.
    pub sender: HeaderText,
    /// The practice's phone number; may be empty.
    pub phone: HeaderText,
    pub recipient: HeaderText,
    pub language: Language,
    /// The practice's own wording; without one, or where it cannot be used any
    /// more, ours.
    pub wording: Option<Wording>,
    pub about: About,
}

/// What a mail is about.
#[derive(Clone, Debug)]
pub enum About {
    Confirmation(Appointment),
    Reminder(Appointment),
    Moved(Appointment),
    Cancelled(Appointment),
    Invitation(Link),
    /// Is this address right?
    ConfirmAddress(Link),
    PasswordReset {
        link: Link,
        login_name: HeaderText,
    },
    /// Something waits on the reader's page, at this address.
    Waiting {
        url: HeaderText,
    },
    /// Something was planned, by the reader's clock.
    Planned {
        url: HeaderText,
        starts_at: DateTime<Utc>,
        zone: Zone,
    },
    Test,
}

/// A session as its attendee may know it.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The reader's.
    pub zone: Zone,
    pub practice_zone: Zone,
    /// A room's name; left out where the meeting is online.
    pub place: HeaderText,
    /// Where to meet online; empty for a meeting in a room.
    pub link: HeaderText,
    pub clinician: HeaderText,
    /// Of a series: the starts of those that follow.
    pub next: Vec<DateTime<Utc>>,
    /// More follow than these.
    pub more: bool,
    /// Cancelled together with all that would have followed.
    pub over: bool,
    /// Where a reminder asks whether they come: the page that the replies
    /// lead to.
    pub asks: Option<HeaderText>,
    /// Two come.
    pub joint: bool,
}

/// A link for one person and one purpose.
#[derive(Clone, Debug)]
pub struct Link {
    pub url: HeaderText,
    pub expires_at: DateTime<Utc>,
    /// In which the expiry is told.
    pub zone: Zone,
}

/// A mail as it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: HeaderText,
    pub text: String,
    pub html: String,
}

/// The name a mail of this practice comes from, which gives nothing away.
pub fn sender_name(sender: &HeaderText) -> &str {
    sender.neutral().unwrap_or(NEUTRAL_SENDER)
}

impl About {
    /// Whose wording it has.
    pub const fn kind(&self) -> WordingKind {
        match self {
            Self::Confirmation(_) => WordingKind::Confirmation,
            Self::Reminder(_) => WordingKind::Reminder,
            Self::Moved(_) => WordingKind::Moved,
            Self::Cancelled(_) => WordingKind::Cancelled,
            Self::Invitation(_) => WordingKind::Invitation,
            Self::ConfirmAddress(_) => WordingKind::ConfirmAddress,
            Self::PasswordReset { .. } => WordingKind::PasswordReset,
            Self::Waiting { .. } => WordingKind::Waiting,
            Self::Planned { .. } => WordingKind::Planned,
            Self::Test => WordingKind::Test,
        }
    }
}

macro_rules! files {
    ($kind:expr, $language:expr, $($variant:ident: $file:literal),+) => {
        match ($kind, $language) {
            $((WordingKind::$variant, Language::English) => include_str!(concat!("wording/en/", $file)),
            (WordingKind::$variant, Language::Hindi) => include_str!(concat!("wording/hi/", $file)),)+
        }
    };
}

/// The file with our wording of a mail.
const fn file(kind: WordingKind, language: Language) -> &'static str {
    files!(kind, language,
        Confirmation: "confirmation.txt", Reminder: "reminder.txt", Moved: "moved.txt", Cancelled: "cancelled.txt",
        Waiting: "waiting.txt", Planned: "planned.txt", Invitation: "invitation.txt",
        PasswordReset: "password_reset.txt", ConfirmAddress: "confirm_address.txt", Test: "test.txt")
}

/// Our wording of a mail, as the fields `subject` and `body`.
pub fn shipped(kind: WordingKind, language: Language) -> domain::form::Form {
    form_of_file(file(kind, language))
}

/// Writes a mail.
///
/// # Errors
/// Only where the layout cannot be written out, which it can.
pub fn render(mail: &Mail) -> Result<Rendered, Error> {
    let kind = mail.about.kind();
    let wording = match &mail.wording {
        Some(own) => own.clone(),
        None => Wording::read(kind, &shipped(kind, mail.language)).unwrap_or(Wording { subject: vec![], body: vec![] }),
    };
    let values = values(mail);
    let subject = HeaderText::new(&write::text(&wording.subject, &values));
    Ok(Rendered {
        text: write::text(&wording.body, &values),
        html: write::html(mail.language, &subject, &wording.body, &values)?,
        subject,
    })
}

/// What is known of a mail.
fn values(mail: &Mail) -> Values {
    let language = mail.language;
    let text = |text: &str| Value::Text(text.to_owned());
    let mut values = HashMap::from([
        (Placeholder::Name, text(mail.recipient.as_str())),
        (Placeholder::Sender, text(sender_name(&mail.sender))),
        (Placeholder::Phone, text(mail.phone.as_str())),
    ]);
    let button =
        |url: &HeaderText| Value::Button { label: phrases::button(language, mail.about.kind()), url: url.to_string() };
    match &mail.about {
        About::Confirmation(a) | About::Reminder(a) | About::Moved(a) | About::Cancelled(a) => {
            values.extend(appointment_values(a, language));
        }
        About::Invitation(link) | About::ConfirmAddress(link) | About::PasswordReset { link, .. } => {
            values.insert(Placeholder::Url, button(&link.url));
            values.insert(Placeholder::Until, Value::Text(when::instant(link.expires_at, &link.zone, language)));
            if let About::PasswordReset { login_name, .. } = &mail.about {
                values.insert(Placeholder::Login, text(login_name.as_str()));
            }
        }
        About::Waiting { url } => {
            values.insert(Placeholder::Url, button(url));
        }
        About::Planned { url, starts_at, zone } => {
            let day = When::new(*starts_at, *starts_at, zone, zone, language).day;
            values.insert(Placeholder::Day, Value::Text(day));
            values.insert(Placeholder::When, Value::Strong(when::instant(*starts_at, zone, language)));
            values.insert(Placeholder::Url, button(url));
        }
        About::Test => {}
    }
    values
}

fn appointment_values(a: &Appointment, language: Language) -> Values {
    let when = When::new(a.starts_at, a.ends_at, &a.zone, &a.practice_zone, language);
    let neutral = |text: &HeaderText| Value::Text(text.neutral().unwrap_or_default().to_owned());
    let mut next: Vec<String> = a.next.iter().map(|at| when::instant(*at, &a.zone, language)).collect();
    if a.more && !next.is_empty() {
        next.push(phrases::and_so_on(language).to_owned());
    }
    // Each opens a page that says nothing yet.
    let links = |url: &HeaderText| -> Vec<(&'static str, String)> {
        Reply::of(a.joint)
            .map(|reply| (phrases::reply(language, reply, a.joint), format!("{url}?reply={}", reply.word())))
            .collect()
    };
    HashMap::from([
        (Placeholder::Day, Value::Text(when.day)),
        (Placeholder::When, Value::Strong(when.long)),
        (Placeholder::Elsewhere, Value::Text(when.elsewhere.unwrap_or_default())),
        (Placeholder::Place, if a.link.is_empty() { neutral(&a.place) } else { Value::Text(String::new()) }),
        (Placeholder::Link, Value::Link(a.link.to_string())),
        (Placeholder::With, neutral(&a.clinician)),
        (Placeholder::Next, Value::List(next)),
        (Placeholder::Later, Value::Text(if a.over { phrases::all_later(language) } else { "" }.to_owned())),
        (Placeholder::Replies, Value::Links(a.asks.as_ref().map(links).unwrap_or_default())),
    ])
}

#[cfg(test)]
mod tests;
