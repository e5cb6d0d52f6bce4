//! What can go wrong in the store, as its callers must tell it apart.

use domain::zone::UnknownZone;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A cipher text that does not open: another key, another row, or damage.
    #[error("a sealed value does not open: {0}")]
    Sealed(&'static str),
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    #[error("stored data cannot be read: {0}")]
    Stored(String),
    #[error("{0}")]
    Refused(String),
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

impl Error {
    /// Whether this is the constraint that keeps anyone from being in two
    /// places, under its name on both databases.
    pub(crate) fn is_overlap(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(e)) => {
                e.constraint() == Some("occupancy_no_overlap")
                    || e.message().contains("occupancy_no_overlap")
                    // Two PostgreSQL transactions waiting for each other's rows.
                    || e.code().as_deref() == Some("40P01")
            }
            _ => false,
        }
    }

    pub(crate) fn is_unique(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
    }

    /// Whether the client's record is frozen: it takes nothing more.
    pub fn is_frozen(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.message().contains("client_frozen"))
    }

    /// Whether the disk is full or read-only: nothing was written.
    pub fn is_no_room(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e))
            if matches!(e.code().as_deref(), Some("13" | "8" | "1032" | "778" | "53100")))
    }
}

impl From<domain::UnknownWord> for Error {
    fn from(word: domain::UnknownWord) -> Self {
        Self::Stored(word.to_string())
    }
}
