//! The whole practice in one file, and into another database.
//!
//! An *archive* is the one format for exports and backups: a tar file encrypted in the
//! age format, with every row as a line of JSON, the key file, and a manifest of
//! checksums. `docs/archive.md` describes it for other programs. `archive` writes and
//! reads the file, `import` puts one into an empty database, `copy` moves a practice to
//! PostgreSQL without a file, and `backups` makes archives by a schedule.

pub mod archive;
pub mod backups;
pub mod copy;
pub mod drill;
pub mod import;
pub mod locks;

use std::{io, sync::Arc};

pub use self::{
    archive::{Manifest, export, verify},
    locks::{Lock, Unlock},
};

/// Why an archive cannot be written, read or put into a database. Every text is a
/// sentence for the person who runs the program.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database refused, or cannot be reached.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] store::KeyFileError),
    /// A file cannot be read or written.
    #[error("{0}")]
    File(#[from] io::Error),
    /// Another reason.
    #[error("{0}")]
    Refused(String),
}

impl Trouble {
    /// A refusal with this sentence.
    pub fn refused(text: impl Into<String>) -> Self {
        Self::Refused(text.into())
    }
}

/// What a long act is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Rows are read and written.
    Writing,
    /// What was written is read again and compared.
    Checking,
}

/// How far a long act is.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub stage: Stage,
    /// The table that it is in.
    pub table: &'a str,
    /// The rows that are done.
    pub done: u64,
    /// All rows; 0: not known.
    pub all: u64,
}

/// Who is told how far a long act is.
pub type Watch = Arc<dyn Fn(Step<'_>) + Send + Sync>;

/// Tells nobody.
pub fn unwatched() -> Watch {
    Arc::new(|_| {})
}
