//! What the page of a note shows beside the note itself.

use chrono::{DateTime, Utc};
use domain::ids::NoteId;
use uuid::Uuid;

use super::{
    Note, Opener, addenda_of, find,
    leftovers::{Leftover, leftovers_of},
    moving::{MovedSection, moves_of},
    unlocking::{Unlocking, unlockable_until, unlockings_of},
};
use crate::{
    Clinician, Result,
    audit::{Act, AuditAction, AuditThing},
    database::maybe,
    records::cosign::{self, CosignState},
};

/// A note with what its page shows beside it.
#[derive(Clone, Debug)]
pub struct NotePage {
    /// The note with its addenda.
    pub note: Note,
    /// Whether the reader is its author.
    pub is_own: bool,
    /// The reader's own addendum to it that is not signed yet; `None`: there is
    /// none.
    pub own_addendum: Option<NoteId>,
    /// What its author typed in it on another device after the signature. Empty
    /// for every other reader.
    pub leftovers: Vec<Leftover>,
    /// The sections that its author has moved out of it and can take back.
    pub moves: Vec<MovedSection>,
    /// How often it was unlocked, by whom and why.
    pub unlockings: Vec<Unlocking>,
    /// Until when the reader may unlock it; `None`: they may not.
    pub unlockable_until: Option<DateTime<Utc>>,
    /// How far its co-signature is.
    pub cosign: CosignState,
}

impl Clinician {
    /// Opens a note with what its page shows; the opening is audited. `None`: there
    /// is no such note in this clinician's care.
    pub async fn note_page(&self, note: NoteId) -> Result<Option<NotePage>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find(self, &mut tx, note).await? else { return Ok(None) };
        let mut opened = Opener::new(self.store()).open(&mut tx, &row).await?;
        opened.addenda = addenda_of(self.store(), &mut tx, note).await?;
        let own_addendum = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM note WHERE addendum_of = $1 AND author_id = $2 AND signed_at IS NULL
             ORDER BY created_at DESC, id DESC LIMIT 1",
            row.id,
            self.me().0
        )?;
        let page = NotePage {
            is_own: row.author_id == self.me().0,
            own_addendum: own_addendum.map(|(id,)| NoteId(id)),
            leftovers: leftovers_of(self, &mut tx, &row).await?,
            moves: moves_of(self, &mut tx, &row).await?,
            unlockings: unlockings_of(self, &mut tx, &row).await?,
            unlockable_until: unlockable_until(self, &mut tx, &row).await?,
            cosign: cosign::state_of(self.store(), &mut tx, note).await?,
            note: opened,
        };
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Note).id(note.0).client(row.client_id);
        self.store().record_opening(tx, act).await?;
        Ok(Some(page))
    }
}
