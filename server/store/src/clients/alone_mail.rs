//! Whether a person gets emails about what they do alone, without their
//! partner.

use domain::clients::person::AloneMail;

use crate::unreadable;

/// The stored choice about emails of what a person does alone. A word that this
/// program does not know counts as the strictest choice: it stops every email
/// about one person and none about both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AloneWord(pub AloneMail);

impl From<String> for AloneWord {
    fn from(word: String) -> Self {
        Self(word.parse().inspect_err(|error| unreadable::note_row(error)).unwrap_or(AloneMail::PortalOnly))
    }
}
