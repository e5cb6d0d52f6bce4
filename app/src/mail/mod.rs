//! The emails that the system sends, as pure functions.
//!
//! The folder `wording` holds a file for each kind of email and language; a
//! practice can replace it by its own wording ([`domain::outbox::wording`]). This
//! module fills in the values and renders text and HTML. No email says what the
//! appointments are for: the sender's name is neutral, the practice's own name
//! does not appear, and a place or clinician whose name contains a clinical
//! word is left out. Names are [`HeaderText`], so that none can break a header.
//!
//! The text alone is enough to read, in two or three lines. The HTML is made
//! from it, loads nothing, and sets no colours, so that it follows the reader's
//! light or dark theme.

mod sample;
mod text;
mod when;
mod write;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    accounts::event::AccountEvent,
    clients::person::{Language, Zone},
    outbox::wording::{Placeholder, Wording, WordingKind, form_of_file},
    scheduling::reply::Reply,
};

pub use askama::Error;
pub use sample::sample;
pub use text::HeaderText;
pub use when::{When, instant};
use write::{Value, Values};

use crate::{say, words::Words};

/// The sender's name if the practice's own contains a clinical word or is
/// empty.
const NEUTRAL_SENDER: &str = "Appointments";

/// An email to one person, before it is rendered.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The practice's sender name.
    pub sender: HeaderText,
    /// The practice's phone number; may be empty.
    pub phone: HeaderText,
    pub recipient: HeaderText,
    pub language: Language,
    /// The practice's own wording; `None` for the shipped one, also when the
    /// practice's can no longer be used.
    pub wording: Option<Wording>,
    pub about: About,
}

/// The kind of an email with the facts that it states.
#[derive(Clone, Debug)]
pub enum About {
    Confirmation(Appointment),
    Reminder(Appointment),
    Moved(Appointment),
    Cancelled(Appointment),
    /// A new calendar entry for a session whose wall time for the reader has
    /// not changed.
    CalendarUpdate(Appointment),
    /// A session at the same time at the practice, but at another local time
    /// for the reader.
    LocalTime(Appointment),
    Invitation(Link),
    /// Asks a person to confirm that this email address is right.
    ConfirmAddress(Link),
    /// Asks the owner of an account to confirm a new email address.
    NewAddress(Link),
    /// Tells the old address that the account uses another one since `at`, on
    /// the practice's clock.
    AddressChanged {
        at: DateTime<Utc>,
        zone: Zone,
    },
    /// Tells a member of staff what happened to their account at `at`, on the practice's
    /// clock, in the browser `device`, which may be empty.
    Security {
        at: DateTime<Utc>,
        zone: Zone,
        event: AccountEvent,
        device: HeaderText,
    },
    PasswordReset {
        link: Link,
        login_name: HeaderText,
    },
    /// Tells that something new is on the reader's page, at the address `url`.
    Waiting {
        url: HeaderText,
    },
    /// Reminds of something planned, on the reader's clock.
    Planned {
        url: HeaderText,
        starts_at: DateTime<Utc>,
        zone: Zone,
    },
    Test,
}

/// The facts about a session that an email may state.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The reader's zone.
    pub zone: Zone,
    pub practice_zone: Zone,
    /// The room's name; empty for a session online.
    pub place: HeaderText,
    /// The link for a session online; empty for a session in a room.
    pub link: HeaderText,
    pub clinician: HeaderText,
    /// The starts of the next sessions of the series; empty without a series.
    pub next: Vec<DateTime<Utc>>,
    /// Whether the series has more sessions than `next` lists.
    pub more: bool,
    /// Whether all later sessions of the series were cancelled too.
    pub over: bool,
    /// The address of the reply page if the reminder asks whether they will
    /// come; else `None`.
    pub asks: Option<HeaderText>,
    /// Whether both partners attend.
    pub joint: bool,
}

/// A link for one person and one purpose, with its expiry.
#[derive(Clone, Debug)]
pub struct Link {
    pub url: HeaderText,
    pub expires_at: DateTime<Utc>,
    /// The zone in which the email states the expiry.
    pub zone: Zone,
}

/// An email that is ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: HeaderText,
    pub text: String,
    pub html: String,
}

/// The sender's name of all emails: the practice's if it is neutral, otherwise
/// `NEUTRAL_SENDER`.
pub fn sender_name(sender: &HeaderText) -> &str {
    sender.neutral().unwrap_or(NEUTRAL_SENDER)
}

/// The practice's own name, if the owner lets emails come from it; empty if they
/// come from the neutral name.
fn own_name(sender: &HeaderText) -> &str {
    sender.neutral().filter(|name| *name != NEUTRAL_SENDER).unwrap_or_default()
}

impl About {
    /// The kind of wording that this email uses.
    pub const fn kind(&self) -> WordingKind {
        match self {
            Self::Confirmation(_) => WordingKind::Confirmation,
            Self::Reminder(_) => WordingKind::Reminder,
            Self::Moved(_) => WordingKind::Moved,
            Self::Cancelled(_) => WordingKind::Cancelled,
            Self::CalendarUpdate(_) => WordingKind::CalendarUpdate,
            Self::LocalTime(_) => WordingKind::LocalTime,
            Self::Invitation(_) => WordingKind::Invitation,
            Self::ConfirmAddress(_) => WordingKind::ConfirmAddress,
            Self::NewAddress(_) => WordingKind::NewAddress,
            Self::AddressChanged { .. } => WordingKind::AddressChanged,
            Self::Security { .. } => WordingKind::Security,
            Self::PasswordReset { .. } => WordingKind::PasswordReset,
            Self::Waiting { .. } => WordingKind::Waiting,
            Self::Planned { .. } => WordingKind::Planned,
            Self::Test => WordingKind::Test,
        }
    }
}

/// Matches a kind and a language to the shipped wording file.
macro_rules! files {
    ($kind:expr, $language:expr, $($variant:ident: $file:literal),+) => {
        match ($kind, $language) {
            $((WordingKind::$variant, Language::English) => include_str!(concat!("wording/en/", $file)),
            (WordingKind::$variant, Language::Hindi) => include_str!(concat!("wording/hi/", $file)),)+
        }
    };
}

/// The content of the shipped wording file.
const fn file(kind: WordingKind, language: Language) -> &'static str {
    files!(kind, language,
        Confirmation: "confirmation.txt", Reminder: "reminder.txt", Moved: "moved.txt", Cancelled: "cancelled.txt",
        CalendarUpdate: "calendar_update.txt", LocalTime: "local_time.txt",
        Waiting: "waiting.txt", Planned: "planned.txt", Invitation: "invitation.txt",
        NewAddress: "new_address.txt", AddressChanged: "address_changed.txt", Security: "security.txt",
        PasswordReset: "password_reset.txt", ConfirmAddress: "confirm_address.txt", Test: "test.txt")
}

/// The shipped wording of an email, as the form fields `subject` and `body`.
pub fn shipped(kind: WordingKind, language: Language) -> domain::form::Form {
    form_of_file(file(kind, language))
}

/// Renders an email.
///
/// # Errors
///
/// If the HTML template fails, which does not happen with these types.
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

/// The value of each placeholder that this email knows.
fn values(mail: &Mail) -> Values {
    let w = Words::new(mail.language);
    let text = |text: &str| Value::Text(text.to_owned());
    let mut values = HashMap::from([
        (Placeholder::Name, text(mail.recipient.as_str())),
        (Placeholder::Sender, text(sender_name(&mail.sender))),
        (Placeholder::Practice, text(own_name(&mail.sender))),
        (Placeholder::Phone, text(mail.phone.as_str())),
    ]);
    let button = |url: &HeaderText| Value::Button { label: button_label(w, mail.about.kind()), url: url.to_string() };
    match &mail.about {
        About::Confirmation(a)
        | About::Reminder(a)
        | About::Moved(a)
        | About::Cancelled(a)
        | About::CalendarUpdate(a)
        | About::LocalTime(a) => {
            values.extend(appointment_values(a, w));
        }
        About::Invitation(link)
        | About::ConfirmAddress(link)
        | About::NewAddress(link)
        | About::PasswordReset { link, .. } => {
            values.insert(Placeholder::Url, button(&link.url));
            values.insert(Placeholder::Until, Value::Text(when::instant(link.expires_at, &link.zone, w)));
            if let About::PasswordReset { login_name, .. } = &mail.about {
                values.insert(Placeholder::Login, text(login_name.as_str()));
            }
        }
        About::AddressChanged { at, zone } => {
            values.insert(Placeholder::When, Value::Strong(when::instant(*at, zone, w)));
        }
        About::Security { at, zone, event, device } => {
            let what = w.label(*event);
            let what = if device.as_str().is_empty() { what } else { format!("{what} ({device})") };
            values.insert(Placeholder::What, Value::Strong(what));
            values.insert(Placeholder::When, Value::Text(when::instant(*at, zone, w)));
        }
        About::Waiting { url } => {
            values.insert(Placeholder::Url, button(url));
        }
        About::Planned { url, starts_at, zone } => {
            let day = When::new(*starts_at, *starts_at, zone, zone, w).day;
            values.insert(Placeholder::Day, Value::Text(day));
            values.insert(Placeholder::When, Value::Strong(when::instant(*starts_at, zone, w)));
            values.insert(Placeholder::Url, button(url));
        }
        About::Test => {}
    }
    values
}

/// The label of an email's main button.
fn button_label(w: Words, kind: WordingKind) -> String {
    match kind {
        WordingKind::Invitation => say!(w, "email-button-invitation"),
        WordingKind::PasswordReset => say!(w, "email-button-reset"),
        WordingKind::NewAddress => say!(w, "email-button-new-address"),
        WordingKind::ConfirmAddress => say!(w, "email-button-own-address"),
        WordingKind::Confirmation
        | WordingKind::Reminder
        | WordingKind::Moved
        | WordingKind::Cancelled
        | WordingKind::CalendarUpdate
        | WordingKind::LocalTime
        | WordingKind::AddressChanged
        | WordingKind::Security
        | WordingKind::Waiting
        | WordingKind::Planned
        | WordingKind::Test => say!(w, "email-button-page"),
    }
}

/// The placeholders of an email about a session.
fn appointment_values(a: &Appointment, w: Words) -> Values {
    let when = When::new(a.starts_at, a.ends_at, &a.zone, &a.practice_zone, w);
    let neutral = |text: &HeaderText| Value::Text(text.neutral().unwrap_or_default().to_owned());
    let mut next: Vec<String> = a.next.iter().map(|at| when::instant(*at, &a.zone, w)).collect();
    if a.more && !next.is_empty() {
        next.push(say!(w, "email-and-so-on"));
    }
    // Each link opens a page that asks for confirmation; opening it replies
    // nothing yet.
    let links = |url: &HeaderText| -> Vec<(String, String)> {
        Reply::of(a.joint).map(|reply| (w.reply(reply, a.joint), format!("{url}?reply={}", reply.word()))).collect()
    };
    HashMap::from([
        (Placeholder::Day, Value::Text(when.day)),
        (Placeholder::When, Value::Strong(when.long)),
        (Placeholder::Elsewhere, Value::Text(when.elsewhere.unwrap_or_default())),
        (Placeholder::Place, if a.link.is_empty() { neutral(&a.place) } else { Value::Text(String::new()) }),
        (Placeholder::Link, Value::Link(a.link.to_string())),
        (Placeholder::With, neutral(&a.clinician)),
        (Placeholder::Next, Value::List(next)),
        (Placeholder::Later, Value::Text(if a.over { say!(w, "email-all-later") } else { String::new() })),
        (Placeholder::Replies, Value::Links(a.asks.as_ref().map(links).unwrap_or_default())),
    ])
}

#[cfg(test)]
mod tests;
