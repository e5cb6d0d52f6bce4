//! The backups that were made or tried: what the owner and `duologue doctor` see of
//! them, and which process makes the next one.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::{
    Owner, Result, Store, Worker,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
};

/// How many backups the owner sees.
const SHOWN: i64 = 30;
/// A try that failed is repeated after this long.
const AGAIN_AFTER: Duration = Duration::hours(1);
/// A try that has not ended after this long was interrupted.
const INTERRUPTED_AFTER: Duration = Duration::hours(6);

/// A backup that was made or tried.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BackupRun {
    pub id: Uuid,
    /// `None`: it was made by hand.
    pub due_at: Option<DateTime<Utc>>,
    pub started_at: DateTime<Utc>,
    /// `None`: it is under way, or was interrupted.
    pub ended_at: Option<DateTime<Utc>>,
    /// The file; empty: there is none yet.
    pub place: String,
    /// The length of the file.
    pub bytes: i64,
    pub row_count: i64,
    /// Why there is no good backup; empty: it was made and verified.
    pub trouble: String,
}

/// How a try to make a backup ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupEnd {
    /// It was made and verified.
    Good { place: String, bytes: u64, rows: u64 },
    /// There is no good backup, for this reason. `place` is the file, if there is
    /// one.
    Bad { place: String, trouble: String },
}

impl Worker {
    /// Notes that a backup begins. `due` is the time of the schedule that it belongs
    /// to. `None`: another process makes it or has made it, or a try failed a short
    /// time ago.
    pub async fn begin_backup(&self, due: Option<DateTime<Utc>>) -> Result<Option<Uuid>> {
        let (mut tx, now) = (self.write().await?, self.now());
        let begun = maybe!(
            &mut tx,
            (Uuid,),
            "INSERT INTO backup_run (id, due_at, started_at) VALUES ($1, $2, $3)
             ON CONFLICT (due_at) DO UPDATE SET started_at = $3, ended_at = NULL, trouble = ''
             WHERE (backup_run.trouble <> '' AND backup_run.ended_at <= $4)
                OR (backup_run.ended_at IS NULL AND backup_run.started_at <= $5)
             RETURNING id",
            self.clock().id(),
            due,
            now,
            now - AGAIN_AFTER,
            now - INTERRUPTED_AFTER
        )?;
        tx.commit().await?;
        Ok(begun.map(|(id,)| id))
    }

    /// Notes how a backup ended.
    pub async fn end_backup(&self, run: Uuid, end: &BackupEnd) -> Result<()> {
        let mut tx = self.write().await?;
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (place, bytes, rows, trouble) = match end {
            BackupEnd::Good { place, bytes, rows } => (place, number(*bytes), number(*rows), ""),
            BackupEnd::Bad { place, trouble } => (place, 0, 0, trouble.as_str()),
        };
        run!(
            &mut tx,
            "UPDATE backup_run SET ended_at = $1, place = $2, bytes = $3, row_count = $4, trouble = $5 WHERE id = $6",
            self.now(),
            place,
            bytes,
            rows,
            trouble,
            run
        )?;
        if matches!(end, BackupEnd::Good { .. }) {
            self.record(&mut tx, Act::by_program(AuditAction::BackedUp, AuditThing::Database)).await?;
        }
        tx.commit().await
    }
}

impl Store {
    /// The latest good backup; `None`: there is none.
    pub async fn last_good_backup(&self) -> Result<Option<BackupRun>> {
        let mut tx = self.read().await?;
        Ok(maybe!(
            &mut tx,
            BackupRun,
            "SELECT * FROM backup_run WHERE ended_at IS NOT NULL AND trouble = '' ORDER BY started_at DESC, id DESC LIMIT 1"
        )?)
    }
}

impl Store {
    /// Records that the whole practice was exported from the command line.
    pub async fn record_export(&self) -> Result<()> {
        let mut tx = self.write().await?;
        self.record(&mut tx, Act::by_program(AuditAction::Exported, AuditThing::Database)).await?;
        tx.commit().await
    }
}

impl Owner {
    /// The latest backups that were made or tried, the latest first.
    pub async fn backups(&self) -> Result<Vec<BackupRun>> {
        let mut tx = self.store().read().await?;
        Ok(all!(&mut tx, BackupRun, "SELECT * FROM backup_run ORDER BY started_at DESC, id DESC LIMIT $1", SHOWN)?)
    }

    /// The latest good backup; `None`: there is none.
    pub async fn last_good_backup(&self) -> Result<Option<BackupRun>> {
        self.store().last_good_backup().await
    }
}
