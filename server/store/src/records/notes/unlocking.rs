//! Unlocking: within the hours that the practice allows, the author of a signed
//! note may open it again, with a reason that stays on record.

use chrono::{DateTime, Duration, Utc};
use domain::ids::NoteId;
use uuid::Uuid;

use super::{Row, find, take_turn};
use crate::{
    Clinician, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    practice::settings::practice_set_up,
    unreadable,
};

/// The outcome of unlocking a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlocked {
    /// It is a draft again.
    Done,
    /// The hours are over, or the practice allows none.
    TooLate,
    /// It has an addendum, which is about its text.
    HasAddenda,
    /// There is no such locked note of this clinician, or its record is frozen.
    Gone,
}

/// An unlocking on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlocking {
    /// The name of the author.
    pub by: String,
    /// When the note was locked before.
    pub locked_at: DateTime<Utc>,
    pub unlocked_at: DateTime<Utc>,
    pub reason: String,
}

/// Until when the reader may unlock the note; `None`: they may not.
pub(super) async fn unlockable_until(clinician: &Clinician, tx: &mut Tx, row: &Row) -> Result<Option<DateTime<Utc>>> {
    let Some(locked_at) = row.locked_at.filter(|_| row.author_id == clinician.me().0) else { return Ok(None) };
    let hours = practice_set_up(tx).await?.note_unlock_hours;
    let until = locked_at + Duration::hours(hours);
    if hours == 0 || until <= clinician.now() || has_addenda(tx, row.id).await? {
        return Ok(None);
    }
    Ok(Some(until))
}

async fn has_addenda(tx: &mut Tx, note: Uuid) -> Result<bool> {
    let found =
        maybe!(tx, (Uuid,), "SELECT id FROM note WHERE addendum_of = $1 AND signed_at IS NOT NULL LIMIT 1", note)?;
    Ok(found.is_some())
}

/// Whether a note has an addendum, even one that is not signed yet: it belongs to the
/// record of its note, which stays where it is.
pub(super) async fn has_any_addendum(tx: &mut Tx, note: Uuid) -> Result<bool> {
    let found = maybe!(tx, (Uuid,), "SELECT id FROM note WHERE addendum_of = $1 LIMIT 1", note)?;
    Ok(found.is_some())
}

/// The unlockings of a note, the earliest first.
pub(super) async fn unlockings_of(clinician: &Clinician, tx: &mut Tx, row: &Row) -> Result<Vec<Unlocking>> {
    let rows = all!(
        &mut *tx,
        (Uuid, String, DateTime<Utc>, DateTime<Utc>, Vec<u8>),
        "SELECT u.id, a.display_name, u.locked_at, u.unlocked_at, u.reason
         FROM note_unlock u JOIN account a ON a.id = u.account_id
         WHERE u.note_id = $1 ORDER BY u.unlocked_at, u.id",
        row.id
    )?;
    let mut found = Vec::new();
    for (id, by, locked_at, unlocked_at, sealed) in rows {
        let key = clinician.store().key_of(tx, row.client_id).await;
        let opened = unreadable::or_skip(key.and_then(|key| key.open_text("note_unlock.reason", id, &sealed)))?;
        let reason = opened.unwrap_or_else(|| "This reason cannot be read.".to_owned());
        found.push(Unlocking { by, locked_at, unlocked_at, reason });
    }
    Ok(found)
}

impl Clinician {
    /// Unlocks one of the clinician's own notes: it is a draft again.
    pub async fn unlock_note(&self, note: NoteId, reason: &str) -> Result<Unlocked> {
        let mut tx = self.store().write().await?;
        // Addenda and unlocking follow each other: each sees the other.
        take_turn(&mut tx, note).await?;
        let Some(row) = find(self, &mut tx, note).await?.filter(|row| row.author_id == self.me().0) else {
            return Ok(Unlocked::Gone);
        };
        let Some(locked_at) = row.locked_at else { return Ok(Unlocked::Gone) };
        if client::is_separated(&mut tx, row.client_id.into()).await? {
            return Ok(Unlocked::Gone);
        }
        if has_addenda(&mut tx, row.id).await? {
            return Ok(Unlocked::HasAddenda);
        }
        if unlockable_until(self, &mut tx, &row).await?.is_none() {
            return Ok(Unlocked::TooLate);
        }
        let id = self.store().clock().id();
        // The note is a draft again and may change its record: the reason is sealed
        // with the client's key whatever it becomes.
        let key = self.store().data_key_or_new(&mut tx, row.client_id).await?;
        let is_first = run!(
            &mut tx,
            "INSERT INTO note_unlock (id, note_id, account_id, locked_at, unlocked_at, reason)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            id,
            note.0,
            self.me().0,
            locked_at,
            self.now(),
            key.seal("note_unlock.reason", id, reason.as_bytes())
        )?;
        if is_first == 0 {
            return Ok(Unlocked::Gone);
        }
        run!(&mut tx, "UPDATE note SET locked_at = NULL, signed_at = NULL WHERE id = $1", note.0)?;
        let act = Act::by(self.me(), AuditAction::Unlocked, AuditThing::Note).id(note.0).client(row.client_id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Unlocked::Done)
    }
}
