//! Notes that were sent to a supervisor: the rows, and how each ended. The acts
//! of the supervisor are in `cosigning.rs`.

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, NoteId},
    records::supervision::CosignOutcome,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Store, Tx,
    database::{all, maybe, run},
    unreadable,
};

/// What a supervisor wrote to a note that was returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CosignComment {
    /// The supervisor's name.
    pub by: String,
    pub at: DateTime<Utc>,
    pub text: String,
}

/// How far the co-signature of a note is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CosignState {
    /// The supervisor whom it was sent to and when; `None`: it is not with a
    /// supervisor.
    pub waiting: Option<(String, DateTime<Utc>)>,
    /// Who co-signed it and when; `None`: nobody did.
    pub signed: Option<(String, DateTime<Utc>)>,
    /// The comments with which it was returned, the latest first.
    pub comments: Vec<CosignComment>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    asked_of: String,
    asked_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
    settled_by: Option<String>,
    outcome: Option<String>,
    comment: Option<Vec<u8>>,
    is_locked: bool,
}

/// Sends a signed note to the supervisor. A process note is refused: nobody but
/// its author reads it. A note that is with a supervisor already stays there.
pub(crate) async fn ask(store: &Store, tx: &mut Tx, note: NoteId, supervisor: AccountId) -> Result<()> {
    let found = maybe!(&mut *tx, (Uuid, String), "SELECT author_id, scope FROM note WHERE id = $1", note.0)?;
    let (author, scope) = found.ok_or_else(|| Error::Stored("a note is gone".to_owned()))?;
    if scope == "process" {
        return Err(Error::Refused("A process note goes to no supervisor.".to_owned()));
    }
    run!(
        tx,
        "INSERT INTO cosign (id, note_id, author_id, asked_of, asked_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        store.clock().id(),
        note.0,
        author,
        supervisor.0,
        store.now()
    )?;
    Ok(())
}

/// How far the co-signature of a note is, with the comments opened. The caller
/// has checked that the reader may read the note.
pub(crate) async fn state_of(store: &Store, tx: &mut Tx, note: NoteId) -> Result<CosignState> {
    let rows = all!(
        &mut *tx,
        Row,
        "SELECT x.id, n.client_id, a.display_name AS asked_of, x.asked_at, x.settled_at, b.display_name AS settled_by,
             x.outcome, x.comment, (n.locked_at IS NOT NULL) AS is_locked
         FROM cosign x JOIN note n ON n.id = x.note_id JOIN account a ON a.id = x.asked_of
         LEFT JOIN account b ON b.id = x.settled_by
         WHERE x.note_id = $1 ORDER BY x.asked_at DESC, x.id DESC",
        note.0
    )?;
    let mut state = CosignState::default();
    for (n, row) in rows.into_iter().enumerate() {
        let by = row.settled_by.unwrap_or_default();
        match (row.settled_at, row.outcome.map(|word| word.parse::<CosignOutcome>()).transpose()?) {
            // A note that its author unlocked since then is not co-signed any more.
            (Some(at), Some(CosignOutcome::Signed)) if n == 0 && row.is_locked => state.signed = Some((by, at)),
            (Some(at), Some(CosignOutcome::Returned)) => {
                let key = store.key_of(&mut *tx, row.client_id).await;
                let sealed = row.comment.unwrap_or_default();
                let text = unreadable::or_skip(key.and_then(|key| key.open_text("cosign.comment", row.id, &sealed)))?;
                let text = text.unwrap_or_else(|| "This comment cannot be read.".to_owned());
                state.comments.push(CosignComment { by, at, text });
            }
            (Some(_), Some(CosignOutcome::Signed | CosignOutcome::TakenBack) | None) => {}
            (None, _) => state.waiting = Some((row.asked_of, row.asked_at)),
        }
    }
    Ok(state)
}
