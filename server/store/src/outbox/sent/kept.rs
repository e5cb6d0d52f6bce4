//! Emails after they were sent: how long their texts are kept, and the mailbox
//! of the demo.

use chrono::{DateTime, Duration, Utc};
use domain::ids::EmailId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    keys::PRACTICE,
    limits::{FORGOTTEN_AT_ONCE, MAILBOX},
    unreadable,
};

/// How long the text of an email is kept.
const KEPT: Duration = Duration::days(180);

/// An email as it was sent, for the mailbox of the demo.
#[derive(Clone, Debug)]
pub struct SentBytes {
    pub id: EmailId,
    pub recipient: String,
    pub sent_at: DateTime<Utc>,
    /// The email in the format of RFC 5322.
    pub bytes: Vec<u8>,
}

#[derive(FromRow)]
struct SentRow {
    id: Uuid,
    person_id: Option<Uuid>,
    recipient: String,
    sent_at: DateTime<Utc>,
    bytes: Vec<u8>,
}

impl Worker {
    /// Erases the texts of old emails, one batch in each transaction until none
    /// is left; the record that they were sent stays. Returns how many texts
    /// were erased.
    pub async fn forget_bodies(&self) -> Result<u64> {
        let mut all = 0;
        loop {
            let forgotten = self.forget_some_bodies().await?;
            all += forgotten;
            if i64::try_from(forgotten).unwrap_or(i64::MAX) < FORGOTTEN_AT_ONCE {
                return Ok(all);
            }
        }
    }

    async fn forget_some_bodies(&self) -> Result<u64> {
        let mut tx = self.write().await?;
        let forgotten = run!(
            &mut tx,
            "UPDATE email SET bytes = NULL WHERE id IN (
                SELECT id FROM email
                WHERE bytes IS NOT NULL AND due_at < $1 AND state NOT IN ('planned', 'claimed')
                ORDER BY due_at LIMIT $2)",
            self.now() - KEPT,
            FORGOTTEN_AT_ONCE
        )?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

/// SQL: holds back the emails about sessions that may have gone out since the database
/// was written: `true`, [`MAY_HAVE_GONE`], the time.
pub(crate) const HOLD: &str =
    "UPDATE email SET state = 'failed', may_have_arrived = $1, lease_token = NULL, lease_until = NULL,
         last_error = $2, due_at = $3
     WHERE session_id IS NOT NULL AND not_after > $3
       AND (state = 'claimed' OR (state = 'planned' AND due_at <= $3))";

/// Why an email is held back after a restore.
pub(crate) const MAY_HAVE_GONE: &str = "it may have gone out before the database was brought back from a backup";

/// Records that the database was brought back from a backup, and that this many emails
/// were held back.
async fn record_restore(store: &Store, tx: &mut Tx, held: u64) -> Result<()> {
    store.record(tx, Act::by_program(AuditAction::RestoredFromABackup, AuditThing::Database)).await?;
    if held > 0 {
        store.record(tx, Act::by_program(AuditAction::HeldAfterARestore, AuditThing::Email)).await?;
    }
    Ok(())
}

impl Store {
    /// How many emails are due and not sent, and since when the oldest of them is due.
    pub async fn emails_due(&self) -> Result<(i64, Option<DateTime<Utc>>)> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (i64, Option<DateTime<Utc>>),
            "SELECT count(*), min(due_at) FROM email WHERE state IN ('planned', 'claimed') AND due_at <= $1",
            self.now()
        )?;
        Ok(row.unwrap_or_default())
    }

    /// Holds back emails after the database was restored from a backup: what it
    /// owes may have been sent since. An email about a session that was due is
    /// marked as failed, so that the front desk sees it as not delivered and
    /// sends it again or not. Emails that are due later are sent as planned. So
    /// are links and the news that something is in the portal: they say nothing
    /// wrong if they arrive twice. Returns how many emails are held back.
    pub async fn hold_after_restore(&self) -> Result<u64> {
        let mut tx = self.write().await?;
        let held = run!(&mut tx, HOLD, true, MAY_HAVE_GONE, self.now())?;
        record_restore(self, &mut tx, held).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// Records that the database was brought back from a backup, and that this many
    /// emails were held back.
    pub async fn record_restore(&self, held: u64) -> Result<()> {
        let mut tx = self.write().await?;
        record_restore(self, &mut tx, held).await?;
        tx.commit().await
    }

    /// A page of the emails that were sent, the latest first, for the mailbox
    /// of the demo.
    pub async fn sent_emails(&self, after: Option<After>) -> Result<Paged<SentBytes>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.read().await?;
        let rows = all!(
            &mut tx,
            SentRow,
            "SELECT id, person_id, recipient, sent_at, bytes
             FROM email
             WHERE state = 'sent' AND bytes IS NOT NULL AND recipient IS NOT NULL
                AND (sent_at, id) < ($1, $2) ORDER BY sent_at DESC, id DESC LIMIT $3",
            after.at,
            after.id,
            MAILBOX + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, MAILBOX, |row| After::new(row.sent_at, row.id));
        let mut mails = Vec::new();
        for row in rows {
            mails.extend(unreadable::or_skip(self.open_sent(&mut tx, row).await)?);
        }
        Ok(Paged { rows: mails, more })
    }

    /// An email that was sent, for the mailbox of the demo. `None`: there is
    /// none with this id, or its text is erased.
    pub async fn sent_email(&self, id: EmailId) -> Result<Option<SentBytes>> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            SentRow,
            "SELECT id, person_id, recipient, sent_at, bytes
             FROM email
             WHERE id = $1 AND state = 'sent' AND bytes IS NOT NULL AND recipient IS NOT NULL",
            id.0
        )?;
        Ok(match row {
            Some(row) => Some(self.open_sent(&mut tx, row).await?),
            None => None,
        })
    }

    async fn open_sent(&self, tx: &mut Tx, row: SentRow) -> Result<SentBytes> {
        let key = self.key_of(tx, row.person_id.unwrap_or(PRACTICE)).await?;
        let bytes = key.open("email", row.id, &row.bytes)?.to_vec();
        Ok(SentBytes { id: EmailId(row.id), recipient: row.recipient, sent_at: row.sent_at, bytes })
    }
}
