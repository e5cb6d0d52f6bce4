//! What is typed in a note on another device after its signature: it is kept
//! beside the note, for its author alone.

use chrono::{DateTime, Utc};
use domain::{
    ids::{NoteId, NoteLeftoverId},
    records::note::{NoteDocument, NoteText},
};
use uuid::Uuid;

use super::{Opener, Row, json, read_json};
use crate::{
    Clinician, Error, Result, Tx,
    database::{all, maybe, run},
    unreadable,
};

/// What was typed in a note on another device after it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    pub id: NoteLeftoverId,
    /// The text, each section below its heading.
    pub text: String,
    pub typed_at: DateTime<Utc>,
}

/// Keeps what a page types in a note that is signed meanwhile, in place of what
/// the same page typed before.
pub(super) async fn keep_leftover(clinician: &Clinician, tx: &mut Tx, row: &Row, text: &NoteText) -> Result<()> {
    let Some(page) = text.body.page else { return Ok(()) };
    let signed = Opener::new(clinician.store()).open(tx, row).await?;
    let left = text.left_over(&signed.document, signed.header.as_ref(), signed.scope);
    if left.is_empty() {
        return forget_leftover_of_page(clinician, tx, NoteId(row.id), page).await;
    }
    let key = clinician.store().data_key_or_new(tx, clinician.me().0).await?;
    let (body, now) = (json(&left)?, clinician.now());
    let id = clinician.store().clock().id();
    let is_new = run!(
        &mut *tx,
        "INSERT INTO note_leftover (id, note_id, account_id, page, body, typed_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (note_id, page) DO NOTHING",
        id,
        row.id,
        clinician.me().0,
        page,
        key.seal("note_leftover", id, &body),
        now
    )?;
    if is_new == 0 {
        let before =
            maybe!(&mut *tx, (Uuid,), "SELECT id FROM note_leftover WHERE note_id = $1 AND page = $2", row.id, page)?;
        let (id,) = before.ok_or_else(|| Error::Stored("what was left over of a note is gone".to_owned()))?;
        run!(
            &mut *tx,
            "UPDATE note_leftover SET body = $1, typed_at = $2 WHERE id = $3",
            key.seal("note_leftover", id, &body),
            now,
            id
        )?;
    }
    clinician.store().note_typing(tx, clinician.visitor()).await
}

/// Forgets what a page typed in a signed note, because it is part of an addendum
/// or was removed there.
pub(super) async fn forget_leftover_of_page(
    clinician: &Clinician,
    tx: &mut Tx,
    note: NoteId,
    page: Uuid,
) -> Result<()> {
    run!(
        tx,
        "DELETE FROM note_leftover WHERE note_id = $1 AND page = $2 AND account_id = $3",
        note.0,
        page,
        clinician.me().0
    )?;
    Ok(())
}

/// What this clinician typed in a note after it was signed, the earliest first.
pub(super) async fn leftovers_of(clinician: &Clinician, tx: &mut Tx, row: &Row) -> Result<Vec<Leftover>> {
    let rows = all!(
        &mut *tx,
        (Uuid, Vec<u8>, DateTime<Utc>),
        "SELECT id, body, typed_at FROM note_leftover WHERE note_id = $1 AND account_id = $2 ORDER BY typed_at, id",
        row.id,
        clinician.me().0
    )?;
    let mut found = Vec::new();
    for (id, sealed, typed_at) in rows {
        let key = clinician.store().key_of(tx, clinician.me().0).await;
        let opened = unreadable::or_skip(key.and_then(|key| key.open_text("note_leftover", id, &sealed)))?;
        let Some(text) = opened else { continue };
        let document: NoteDocument = read_json(&text, "what was left over of a note")?;
        found.push(Leftover { id: NoteLeftoverId(id), text: document.plain(), typed_at });
    }
    Ok(found)
}
