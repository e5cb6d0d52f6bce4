//! The facts that emails report. The areas collect them when an email is about
//! to be sent.

use chrono::{DateTime, Utc};
use domain::{
    accounts::event::AccountEvent,
    clients::person::{Role, Zone},
    ids::SessionId,
};

/// The facts that an email reports.
#[derive(Clone, Debug)]
pub enum EmailFacts {
    /// About a session.
    Session(SessionFacts),
    /// Invites a person to set up their account.
    Invitation { token: String, role: Role, expires_at: DateTime<Utc> },
    /// Contains a link that sets a new password.
    PasswordReset { token: String, login_name: String, expires_at: DateTime<Utc> },
    /// Asks a person who is not known yet to confirm their email address.
    Inquiry { token: String, expires_at: DateTime<Utc> },
    /// Asks the owner of an account to confirm the new email address that they
    /// asked for.
    NewAddress { token: String, expires_at: DateTime<Utc> },
    /// Tells the old email address since when another one is used.
    AddressChanged { at: DateTime<Utc> },
    /// Tells a member of staff what happened to their account. `device` may be empty.
    Security { event: AccountEvent, at: DateTime<Utc>, device: String },
    /// There is something new in the portal; the email does not say what.
    Portal,
    /// Something was planned for this time.
    Plan { starts_at: DateTime<Utc>, zone: Zone },
    /// A test of the mail server.
    Test,
}

/// The facts of a session that an email may name: nothing clinical.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    pub session: SessionId,
    /// The SEQUENCE of its calendar entry (RFC 5545).
    pub sequence: i64,
    /// The email address that the reader's calendar entry was first sent to.
    /// The entry is recognised by it, also after the reader's address has
    /// changed.
    pub entry: Box<str>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub minutes: i64,
    /// The reader's zone.
    pub zone: Zone,
    pub practice_zone: Zone,
    pub place: String,
    pub link: String,
    pub clinician: String,
    pub cancelled: bool,
    /// The token of the reply links. `None`: the email does not ask whether the
    /// reader is coming.
    pub asks: Option<String>,
    /// Whether two people attend.
    pub joint: bool,
    /// The other sessions of a series that the email reports.
    pub series: SeriesFacts,
}

/// What an email about the first session of a series says of the others.
#[derive(Clone, Debug, Default)]
pub struct SeriesFacts {
    /// The starts of the sessions that follow, at most twelve.
    pub next: Vec<DateTime<Utc>>,
    /// Whether more sessions follow than `next` lists.
    pub more: bool,
    /// Whether all that would have followed was cancelled too.
    pub over: bool,
}
