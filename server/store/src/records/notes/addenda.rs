//! What becomes of text that was typed after a signature: an addendum, or nothing.

use domain::{
    ids::{ClientId, NoteId, NoteLeftoverId},
    records::note::NoteDocument,
};

use super::{
    Row, find,
    leftovers::leftovers_of,
    writing::{NewNote, NoteAbout, SaveKind},
};
use crate::{
    Clinician, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::run,
};

impl Clinician {
    /// Makes an unsigned addendum of what was typed in a note after it was signed,
    /// and returns the addendum. `None`: there is no such text.
    pub async fn leftover_to_addendum(&self, note: NoteId, leftover: NoteLeftoverId) -> Result<Option<NoteId>> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_signed(&mut tx, note).await? else { return Ok(None) };
        let kept = leftovers_of(self, &mut tx, &row).await?.into_iter().find(|kept| kept.id == leftover);
        let Some(kept) = kept else { return Ok(None) };
        // Of two presses at the same moment, one finds the row.
        if run!(&mut tx, "DELETE FROM note_leftover WHERE id = $1 AND note_id = $2", leftover.0, note.0)? == 0 {
            return Ok(None);
        }
        let id = NoteId(self.store().clock().id());
        let root = row.addendum_of.map_or(note, NoteId);
        let about = NoteAbout { addendum_of: Some(root), ..NoteAbout::default() };
        let new = NewNote {
            id,
            client: ClientId(row.client_id),
            about,
            scope: row.scope,
            document: &NoteDocument::free(kept.text),
            header: None,
            without_policy: "",
            end: SaveKind::Saved,
        };
        self.insert_note(&mut tx, new).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Discards what was typed in a note after it was signed. `false`: there is no
    /// such text.
    pub async fn discard_leftover(&self, note: NoteId, leftover: NoteLeftoverId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_signed(&mut tx, note).await? else { return Ok(false) };
        let removed = run!(
            &mut tx,
            "DELETE FROM note_leftover WHERE id = $1 AND note_id = $2 AND account_id = $3",
            leftover.0,
            note.0,
            self.me().0
        )?;
        if removed == 0 {
            return Ok(false);
        }
        let act = Act::by(self.me(), AuditAction::Removed, AuditThing::UnsignedText).id(note.0).client(row.client_id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// One of the clinician's own signed notes.
    async fn find_signed(&self, tx: &mut Tx, note: NoteId) -> Result<Option<Row>> {
        let row = find(self, tx, note).await?;
        Ok(row.filter(|row| row.author_id == self.me().0 && row.signed_at.is_some()))
    }
}
