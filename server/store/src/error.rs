//! The errors of the store, and which kind of result a method gives when:
//!
//! - `Ok(None)`: the row does not exist, or is not in the caller's scope. The
//!   answer is the same, because a difference would tell that the row exists.
//!   Handlers turn it into "not found". Any other reason for `None` is in the
//!   method's doc comment.
//! - `Ok(false)`: a write found nothing to change: the row does not exist, is
//!   not in the scope, or is in a state that does not allow the change. As a
//!   rule nothing was written. (For a question such as `is_separated`, `false`
//!   means no.)
//! - An outcome enum (`Accepted`, `Booked`, `Agreed`): there are several
//!   outcomes that a person must be told in different words. Input that does
//!   not fit and conflicts with an act of another person are outcomes, not
//!   errors.
//! - [`Error::Refused`]: this database, key file or backup must not be used, or
//!   a method was called as no page of the program calls it. The text is for
//!   the person who runs the program.
//! - [`Error::PressedBefore`], [`Error::OnlyShown`]: this request may not
//!   write.
//! - [`Error::Sealed`], [`Error::Zone`], [`Error::Stored`]: one row cannot be
//!   read. Lists leave it out (`unreadable.rs`); a page that needs it fails.
//! - Any other error is a fault of the database, the disk or the program. The
//!   transaction that met it is rolled back.

use domain::zone::UnknownZone;

/// A result with the store's [`enum@Error`] unless another error is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a method of the store could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A query, a connection or a transaction failed. [`Error::outage`] tells
    /// whether the whole database is out of order.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A sealed value cannot be opened: it was sealed with another key, copied
    /// from another row, or is damaged. The text names the cause.
    #[error("a sealed value does not open: {0}")]
    Sealed(&'static str),
    /// A row names a time zone that this program does not know.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// A row holds something that this program cannot read, or a row that must
    /// exist is missing. The text says which.
    #[error("stored data cannot be read: {0}")]
    Stored(String),
    /// The program must not continue with this database, key file or backup, or
    /// a value that no page of the program sends was refused. The text is a
    /// sentence for the person who runs the program.
    #[error("{0}")]
    Refused(String),
    /// This form was sent before, or another request is processing it now.
    #[error("the form was sent before")]
    PressedBefore,
    /// The request only shows a form again and may not write.
    #[error("the form is only shown")]
    OnlyShown,
    /// A file could not be read or written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

impl Error {
    /// Whether the database refused the write because a therapist, a room or a
    /// person would be in two places. The constraint has the same name on both
    /// databases.
    pub(crate) fn is_overlap(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(e)) => {
                e.constraint() == Some("occupancy_no_overlap")
                    || e.message().contains("occupancy_no_overlap")
                    // Two PostgreSQL transactions that wait for each other's
                    // rows (a deadlock).
                    || e.code().as_deref() == Some("40P01")
            }
            _ => false,
        }
    }

    /// Whether the database refused the write because a value that must be
    /// unique exists already.
    pub(crate) fn is_unique(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
    }

    /// Whether the database refused the write because the client's record is
    /// frozen after a separation. Handlers answer it like a row that does not
    /// exist.
    pub fn is_frozen(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.message().contains("client_frozen"))
    }

    /// Whether nothing was done because the form was sent before
    /// ([`Error::PressedBefore`]) or is only shown ([`Error::OnlyShown`]).
    pub const fn is_not_done(&self) -> bool {
        matches!(self, Self::PressedBefore | Self::OnlyShown)
    }
}

impl From<domain::UnknownWord> for Error {
    fn from(word: domain::UnknownWord) -> Self {
        Self::Stored(word.to_string())
    }
}
