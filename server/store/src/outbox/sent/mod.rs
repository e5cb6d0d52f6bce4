//! The emails that are due: claimed, checked again, sent, returned.
//!
//! A worker claims the emails that are due, under a lease with a random token,
//! and checks each of them again in the same transaction: a session that has
//! been moved or cancelled is not announced at its old time. The rendered bytes
//! are stored before the first try, so a repeat is the same email with the same
//! Message-ID. A worker whose lease has ended cannot record an outcome.

mod alone;
mod claim;
mod finish;
pub(crate) mod kept;
pub(crate) mod log;
mod look;
mod queue;
pub(crate) mod returned;
mod row;
pub(crate) mod undelivered;
pub(crate) mod wordings;

pub use self::{
    alone::Unmailed,
    claim::Claimed,
    finish::StillClaimed,
    kept::SentBytes,
    log::{EmailRow, Resent, SentMail},
    queue::{Blame, MailStop, Obstacle, Refusal},
    returned::{BouncedPerson, EmailGroup, Report, ReportOutcome, UnsubscribeLink},
    undelivered::{HandedInvitation, HandedLink, NotReached, SentAgain, Undelivered, UndeliveredInquiry},
    wordings::OwnWording,
};
