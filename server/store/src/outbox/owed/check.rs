//! The check of an email just before it is sent, as the areas answer it. Each
//! area says of its own emails whether they are still due.

use chrono::{DateTime, Utc};
use domain::{
    clients::person::{EmailAddress, Language},
    outbox::reminder::SkipReason,
};

use super::EmailFacts;

/// Whether an email that was planned is still due.
pub(crate) enum StillDue {
    /// It is. It reports these facts, at the address of its person or account.
    Yes(EmailFacts),
    /// It is. It reports these facts, at this address.
    At { address: String, facts: EmailFacts },
    /// It is not, for this reason.
    No(SkipReason),
}

/// What becomes of an email that was claimed.
pub(crate) enum Look {
    /// It is sent.
    Send(Box<Addressed>),
    /// It is planned again for this time.
    Wait { until: DateTime<Utc> },
    /// It is not sent, for this reason.
    Skip(SkipReason),
}

impl From<Addressed> for Look {
    fn from(addressed: Addressed) -> Self {
        Self::Send(Box::new(addressed))
    }
}

impl From<SkipReason> for Look {
    fn from(reason: SkipReason) -> Self {
        Self::Skip(reason)
    }
}

/// The recipient of an email, their language, and the facts to report.
pub(crate) struct Addressed {
    pub email: EmailAddress,
    pub name: String,
    pub language: Language,
    pub facts: EmailFacts,
}
