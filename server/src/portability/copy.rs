//! Moves a practice from its database into an empty one, without a file between.

use std::path::Path;

use store::{Address, AuditHead, Clock, Counts, Inflow, InflowStart, Keys, LastStep, Outflow, Store};
use tokio::sync::mpsc;

use super::{Stage, Step, Trouble, Watch};

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub rows: Counts,
    /// The last entry of the audit log; `None`: there is none.
    pub audit: Option<AuditHead>,
}

/// Copies everything that is in one database at this instant into another, which must be
/// empty, and compares every row. The source is only read. If the process is killed,
/// the target is empty, and the copy begins again.
pub async fn copy(
    from: &Address,
    to: &Address,
    key_file: &Path,
    clock: Clock,
    watch: &Watch,
) -> Result<Copied, Trouble> {
    if from == to {
        return Err(Trouble::refused("This is the database that is in use: name another."));
    }
    let keys = Keys::load(key_file, false)?;
    let mut outflow = Outflow::begin(from).await?;
    let rows = outflow.counts().await?;
    let audit = outflow.audit_head().await?;
    let mut inflow = match Inflow::begin(to, outflow.contents().clone()).await? {
        InflowStart::Begun(inflow) => inflow,
        InflowStart::NotEmpty => {
            return Err(Trouble::refused(
                "The database that you name is not empty. Give one that was just created: nothing is ever overwritten.",
            ));
        }
    };
    let (sender, mut parts) = mpsc::channel(2);
    let all: u64 = rows.values().sum();
    let reading = tokio::spawn(async move {
        let sent = outflow.send(&sender).await;
        drop(sender);
        sent
    });
    let mut done = 0;
    while let Some(part) = parts.recv().await {
        inflow.write(&part).await?;
        done += part.rows;
        watch(Step { stage: Stage::Writing, table: &part.table, done, all });
    }
    reading.await.map_err(std::io::Error::from)??;
    let mut done = 0;
    let last = LastStep { keys: &keys, held_at: None };
    inflow
        .finish(&rows, last, |table, rows| {
            done += rows;
            watch(Step { stage: Stage::Checking, table, done, all });
        })
        .await?;
    let store = Store::open(to, keys, clock).await?;
    let verified = store.verify_audit().await;
    store.close().await;
    match verified? {
        Ok(_) => Ok(Copied { rows, audit }),
        Err(fault) => Err(Trouble::refused(format!("The audit log that was copied is not whole: {fault}"))),
    }
}
