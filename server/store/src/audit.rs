//! The record of who did what to which thing; never what it said.
//!
//! Rows form a chain: each carries a hash over itself and the row before, so
//! that a row that was changed or removed shows.

use chrono::{DateTime, Utc};
use domain::ids::AccountId;
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Owner, Reading, Result, Store, Tx,
    database::{all, maybe, run},
};

/// What is recorded.
pub(crate) struct Act<'a> {
    pub by: Option<AccountId>,
    pub action: &'a str,
    pub thing: &'a str,
    pub id: Option<Uuid>,
    pub client: Option<Uuid>,
    pub detail: &'a str,
}

impl<'a> Act<'a> {
    /// What an account did to a thing of a client.
    pub(crate) fn new(by: AccountId, action: &'a str, thing: &'a str, id: Uuid, client: Uuid) -> Self {
        Self { by: Some(by), action, thing, id: Some(id), client: Some(client), detail: "" }
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct AuditRow {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub account_id: Option<Uuid>,
    pub action: String,
    pub thing: String,
    pub thing_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    pub detail: String,
    pub hash: Vec<u8>,
}

/// Where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFault {
    pub seq: i64,
}

fn link(before: &[u8], row: &AuditRow) -> Vec<u8> {
    let id = |id: Option<Uuid>| id.map(|i| i.to_string()).unwrap_or_default();
    let mut hash = Sha256::new().chain_update(before);
    for part in [
        &row.seq.to_string(),
        &row.at.timestamp_micros().to_string(),
        &id(row.account_id),
        &row.action,
        &row.thing,
        &id(row.thing_id),
        &id(row.client_id),
        &row.detail,
    ] {
        hash.update(u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

impl Store {
    /// Records an act in the transaction that does it. The head of the chain
    /// takes the row's hash by a trigger.
    pub(crate) async fn audit(&self, tx: &mut Tx, act: Act<'_>) -> Result<()> {
        let head = maybe!(tx, (i64, Vec<u8>), "UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash")?;
        let (seq, before) = head.ok_or_else(|| Error::Stored("the audit log has no head".to_owned()))?;
        let mut row = AuditRow {
            seq,
            at: self.now(),
            account_id: act.by.map(|a| a.0),
            action: act.action.to_owned(),
            thing: act.thing.to_owned(),
            thing_id: act.id,
            client_id: act.client,
            detail: act.detail.to_owned(),
            hash: vec![],
        };
        row.hash = link(&before, &row);
        run!(
            tx,
            "INSERT INTO audit (seq, at, account_id, action, thing, thing_id, client_id, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            row.seq,
            row.at,
            row.account_id,
            &row.action,
            &row.thing,
            row.thing_id,
            row.client_id,
            &row.detail,
            &row.hash
        )?;
        Ok(())
    }

    /// Records that something was opened, after it was read and before it is
    /// handed out: nothing is seen that is not on record, and the one
    /// connection that writes is not kept waiting while pages are read.
    pub(crate) async fn on_record(&self, read: Reading, act: Act<'_>) -> Result<()> {
        drop(read);
        let mut tx = self.write().await?;
        self.audit(&mut tx, act).await?;
        tx.commit().await?;
        self.read_anew();
        Ok(())
    }

    /// Follows the chain from its begin; `Ok(Err(..))` names the first row
    /// that does not hold.
    pub async fn verify_audit(&self) -> Result<Result<i64, ChainFault>> {
        let mut tx = self.read().await?;
        let (mut before, mut expected) = (vec![0u8; 32], 1);
        loop {
            let rows =
                all!(&mut tx, AuditRow, "SELECT * FROM audit WHERE seq >= $1 ORDER BY seq LIMIT 5000", expected)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                if row.seq != expected || link(&before, &row) != row.hash {
                    return Ok(Err(ChainFault { seq: expected }));
                }
                before = row.hash;
                expected += 1;
            }
        }
        let head = maybe!(&mut tx, (i64, Vec<u8>), "SELECT seq, hash FROM audit_head WHERE id = 1")?;
        Ok(match head {
            Some((seq, hash)) if seq == expected - 1 && hash == before => Ok(seq),
            _ => Err(ChainFault { seq: expected }),
        })
    }
}

impl Owner {
    /// The latest acts, with the names of those who did them.
    pub async fn audit_log(&self, before: Option<i64>) -> Result<Vec<(AuditRow, String)>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            AuditRow,
            "SELECT * FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT 100",
            before.unwrap_or(i64::MAX)
        )?;
        let names = all!(&mut tx, (Uuid, String), "SELECT id, display_name FROM account WHERE person_id IS NULL")?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let name = match row.account_id {
                    None => "the program".to_owned(),
                    Some(id) => {
                        names.iter().find(|(a, _)| *a == id).map_or_else(|| "a client".to_owned(), |(_, n)| n.clone())
                    }
                };
                (row, name)
            })
            .collect())
    }
}
