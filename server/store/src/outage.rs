//! Outages: what keeps the database from being read or written at all (unlike
//! an error of one statement), and the check whether it can be written now.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{postgres::PgDatabaseError, sqlite::SqliteError};
use tokio::{sync::Mutex, time::Instant};

use crate::{Error, Result, Store, database::run, keys::random};

/// Why the database does not work. An outage ends by itself, or when the person
/// who runs the machine repairs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The disk has no space left, or the database may not grow any more.
    Full,
    /// The file, the disk or the server takes no changes.
    ReadOnly,
    /// The disk answers with errors, or the file cannot be opened or is damaged.
    Disk,
    /// There is no connection: it was lost or refused, or none became free in
    /// time.
    Unreachable,
    /// Another writer did not finish in time, or the statement was cancelled.
    Busy,
}

impl Outage {
    /// The word for this outage in logs and in `/readyz`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::Disk => "disk",
            Self::Unreachable => "unreachable",
            Self::Busy => "busy",
        }
    }

    /// The outage of one of SQLite's extended result codes
    /// (<https://sqlite.org/rescode.html>). `None`: an error of one statement.
    fn of_sqlite(code: i32) -> Option<Self> {
        // SQLite reports a used-up quota as a failed write (IOERR_WRITE), and a
        // shared memory file that cannot grow as IOERR_SHMSIZE.
        const IOERR_WRITE: i32 = 778;
        const IOERR_SHMSIZE: i32 = 4874;
        match (code, code & 0xff) {
            (IOERR_WRITE | IOERR_SHMSIZE, _) | (_, 13) => Some(Self::Full),
            (_, 8) => Some(Self::ReadOnly),
            // IOERR, CORRUPT, CANTOPEN, NOTADB.
            (_, 10 | 11 | 14 | 26) => Some(Self::Disk),
            // BUSY, LOCKED.
            (_, 5 | 6) => Some(Self::Busy),
            _ => None,
        }
    }

    /// The outage of one of PostgreSQL's SQLSTATE codes (appendix A of its
    /// manual). `None`: an error of one statement.
    fn of_postgres(state: &str) -> Option<Self> {
        match state {
            "53100" => Some(Self::Full),
            "25006" => Some(Self::ReadOnly),
            // Data corrupted, index corrupted.
            "XX001" | "XX002" => Some(Self::Disk),
            // Cancelled, no lock in time, no serial order, a deadlock.
            "57014" | "55P03" | "40001" | "40P01" => Some(Self::Busy),
            _ if state.starts_with("58") => Some(Self::Disk),
            // Connection exceptions, out of resources, shut down or starting.
            _ if ["08", "53", "57P"].iter().any(|class| state.starts_with(class)) => Some(Self::Unreachable),
            _ => None,
        }
    }

    /// The outage behind an error. `None`: an error of one statement.
    pub(crate) fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Database(e) => {
                if let Some(sqlite) = e.try_downcast_ref::<SqliteError>() {
                    use sqlx::error::DatabaseError as _;
                    sqlite.code().and_then(|code| code.parse().ok()).and_then(Self::of_sqlite)
                } else {
                    e.try_downcast_ref::<PgDatabaseError>().and_then(|e| Self::of_postgres(e.code()))
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Some(Self::Unreachable),
            _ => None,
        }
    }
}

/// Whether a connection was lost, so that another one may work.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    !matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
        && Outage::of(error) == Some(Outage::Unreachable)
}

/// The outcome of the latest test write for `/readyz`, and when it was made.
pub(crate) type LatestProbe = Arc<Mutex<Option<(Instant, Result<(), Outage>)>>>;

/// How long the outcome of a test write is used again: anybody may call
/// `/readyz`, and each test is a commit.
const FRESH: Duration = Duration::from_secs(1);
/// How long a test write may wait for other writers.
const PATIENCE: Duration = Duration::from_secs(5);

impl Store {
    /// Tests whether the database can be written now: changes one row of a
    /// table that exists for this and commits it, at most once a second.
    pub async fn can_write(&self) -> Result<(), Outage> {
        let mut latest = self.0.probe.lock().await;
        if let Some((at, outcome)) = *latest
            && at.elapsed() < FRESH
        {
            return outcome;
        }
        let outcome = match tokio::time::timeout(PATIENCE, self.probe()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(%error, "the database cannot be written");
                Err(error.outage().unwrap_or(Outage::Disk))
            }
            Err(_) => Err(Outage::Busy),
        };
        *latest = Some((Instant::now(), outcome));
        outcome
    }

    async fn probe(&self) -> Result<()> {
        // On a full disk, one small row may still fit where a note does not. So
        // after such an error the test writes as much as a large form would.
        let no_room = NO_ROOM.swap(false, Ordering::Relaxed);
        let filler: Vec<u8> =
            if no_room { (0..FILLER / 32).flat_map(|_| random::<32>()).collect() } else { Vec::new() };
        let probed = self.write_probe(&filler).await;
        if no_room && probed.is_err() {
            NO_ROOM.store(true, Ordering::Relaxed);
        }
        probed
    }

    async fn write_probe(&self, filler: &[u8]) -> Result<()> {
        let mut tx = self.write().await?;
        // A new value each time: SQLite does not write a page that has not
        // changed.
        run!(
            &mut tx,
            "INSERT INTO write_probe (id, mark, filler)
             VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET mark = $1, filler = $2",
            self.clock().id(),
            filler
        )?;
        tx.commit().await
    }
}

/// Whether a write of this process found the disk full, and no test write of
/// `FILLER` bytes has worked since.
static NO_ROOM: AtomicBool = AtomicBool::new(false);

/// How many bytes a test writes after the disk was full: more than any form
/// needs with its audit entry and its emails.
const FILLER: usize = 256 * 1024;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if Outage::of(&error) == Some(Outage::Full) {
            NO_ROOM.store(true, Ordering::Relaxed);
        }
        Self::Database(error)
    }
}

impl Error {
    /// The outage behind this error. `None`: an error of one statement.
    pub fn outage(&self) -> Option<Outage> {
        match self {
            Self::Database(error) => Outage::of(error),
            Self::Migration(_)
            | Self::Sealed(_)
            | Self::Zone(_)
            | Self::Stored(_)
            | Self::Refused(_)
            | Self::File(_)
            | Self::PressedBefore
            | Self::OnlyShown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_error_codes_map_to_outages() {
        for (code, outage) in [
            (13, Some(Outage::Full)),
            (778, Some(Outage::Full)),
            (4874, Some(Outage::Full)),
            (8, Some(Outage::ReadOnly)),
            (1032, Some(Outage::ReadOnly)),
            (10, Some(Outage::Disk)),
            (1034, Some(Outage::Disk)),
            (14, Some(Outage::Disk)),
            (5, Some(Outage::Busy)),
            (517, Some(Outage::Busy)),
            (2067, None),
            (1811, None),
        ] {
            assert_eq!(Outage::of_sqlite(code), outage, "{code}");
        }
        for (state, outage) in [
            ("53100", Some(Outage::Full)),
            ("25006", Some(Outage::ReadOnly)),
            ("58030", Some(Outage::Disk)),
            ("57P01", Some(Outage::Unreachable)),
            ("57P03", Some(Outage::Unreachable)),
            ("08006", Some(Outage::Unreachable)),
            ("53300", Some(Outage::Unreachable)),
            ("57014", Some(Outage::Busy)),
            ("23505", None),
            ("23P01", None),
        ] {
            assert_eq!(Outage::of_postgres(state), outage, "{state}");
        }
    }

    #[test]
    fn pool_timeout_is_not_a_lost_connection() {
        assert_eq!(Outage::of(&sqlx::Error::PoolTimedOut), Some(Outage::Unreachable));
        assert!(!is_lost(&sqlx::Error::PoolTimedOut));
        assert!(is_lost(&sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into())));
    }
}
