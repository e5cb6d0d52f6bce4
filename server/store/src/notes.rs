//! A clinician's notes: sealed, theirs, and once signed never changed.

use chrono::{DateTime, Utc};
use domain::{
    ids::{ClientId, NoteId, SessionId},
    note::{NoteScope, NoteText},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Result, Tx,
    audit::Act,
    clients::in_care,
    database::{all, maybe, run},
};

#[derive(Clone, Debug)]
pub struct Note {
    pub id: NoteId,
    pub client: ClientId,
    pub session: Option<SessionId>,
    pub amends: Option<NoteId>,
    pub scope: NoteScope,
    pub body: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub signed_at: Option<DateTime<Utc>>,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteWrite {
    Kept(NoteId),
    /// It is signed: an amendment is a note of its own.
    Signed,
    Gone,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    session_id: Option<Uuid>,
    amends_id: Option<Uuid>,
    author_id: Uuid,
    #[sqlx(try_from = "String")]
    scope: NoteScope,
    body: Vec<u8>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    signed_at: Option<DateTime<Utc>>,
}

/// How a writing of a note ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteEnd {
    /// It goes on: kept by the page a moment after a key.
    Typing,
    Saved,
    Signed,
}

/// Pauses no longer than this belong to one stretch of typing.
const STRETCH: chrono::Duration = chrono::Duration::minutes(10);

impl Clinician {
    /// The key a note is sealed with: its author's for a process note, the
    /// treatment unit's for the record.
    fn note_subject(&self, scope: NoteScope, client: ClientId) -> Uuid {
        if scope == NoteScope::Process { self.me().0 } else { client.0 }
    }

    async fn open_note(&self, tx: &mut Tx, row: Row) -> Result<Note> {
        let subject = if row.scope == NoteScope::Process { row.author_id } else { row.client_id };
        let body = self.store().key_of(tx, subject).await?.open_text("note", row.id, &row.body)?;
        Ok(Note {
            id: NoteId(row.id),
            client: ClientId(row.client_id),
            session: row.session_id.map(SessionId),
            amends: row.amends_id.map(NoteId),
            scope: row.scope,
            body,
            created_at: row.created_at,
            updated_at: row.updated_at,
            signed_at: row.signed_at,
        })
    }

    /// A client's notes, the latest first, on record. A process note is its
    /// author's alone.
    pub async fn notes(&self, client: ClientId) -> Result<Vec<Note>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            Row,
            in_care!(
                "SELECT n.id, n.client_id, n.session_id, n.amends_id, n.author_id, n.scope, n.body, n.created_at, n.updated_at, n.signed_at FROM note n JOIN client c ON c.id = n.client_id",
                "AND n.client_id = $3 AND (n.scope <> 'process' OR n.author_id = $1) ORDER BY n.created_at DESC LIMIT 50"
            ),
            self.me().0,
            today,
            client.0
        )?;
        let mut notes = Vec::new();
        for row in rows {
            notes.push(self.open_note(&mut tx, row).await?);
        }
        if !notes.is_empty() {
            let act = Act { id: None, ..Act::new(self.me(), "opened", "notes", client.0, client.0) };
            self.store().on_record(tx, act).await?;
        }
        Ok(notes)
    }

    /// Opens a note, on record.
    pub async fn note(&self, note: NoteId) -> Result<Option<Note>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_note(&mut tx, note).await? else { return Ok(None) };
        let client = row.client_id;
        let opened = self.open_note(&mut tx, row).await?;
        self.store().on_record(tx, Act::new(self.me(), "opened", "note", note.0, client)).await?;
        Ok(Some(opened))
    }

    async fn find_note(&self, tx: &mut Tx, note: NoteId) -> Result<Option<Row>> {
        let today = self.today(tx).await?;
        Ok(maybe!(
            tx,
            Row,
            in_care!(
                "SELECT n.id, n.client_id, n.session_id, n.amends_id, n.author_id, n.scope, n.body, n.created_at, n.updated_at, n.signed_at FROM note n JOIN client c ON c.id = n.client_id",
                "AND n.id = $3 AND (n.scope <> 'process' OR n.author_id = $1)"
            ),
            self.me().0,
            today,
            note.0
        )?)
    }

    /// Starts a note. `amends` names a signed note of the same client.
    pub async fn create_note(
        &self,
        client: ClientId,
        session: Option<SessionId>,
        amends: Option<NoteId>,
        text: &NoteText,
        end: NoteEnd,
    ) -> Result<NoteWrite> {
        let mut tx = self.store().write().await?;
        // A frozen record takes what corrects it, and nothing new.
        let may = if amends.is_some() { self.own(&mut tx, client).await? } else { self.open(&mut tx, client).await? };
        if may.is_none() {
            return Ok(NoteWrite::Gone);
        }
        if let Some(session) = session
            && maybe!(&mut tx, (Uuid,), "SELECT id FROM session WHERE id = $1 AND client_id = $2", session.0, client.0)?
                .is_none()
        {
            return Ok(NoteWrite::Gone);
        }
        if let Some(amends) = amends
            && self.find_note(&mut tx, amends).await?.is_none_or(|n| n.client_id != client.0 || n.signed_at.is_none())
        {
            return Ok(NoteWrite::Gone);
        }
        let id = NoteId(self.store().clock().id());
        let now = self.now();
        let key = self.store().data_key_or_new(&mut tx, self.note_subject(text.scope, client)).await?;
        run!(
            &mut tx,
            "INSERT INTO note (id, client_id, session_id, author_id, amends_id, scope, body, created_at, updated_at, signed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
            id.0,
            client.0,
            session.map(|s| s.0),
            self.me().0,
            amends.map(|a| a.0),
            text.scope.word(),
            key.seal("note", id.0, text.body.as_bytes()),
            now,
            (end == NoteEnd::Signed).then_some(now)
        )?;
        let action = if end == NoteEnd::Signed { "signed" } else { "created" };
        self.store()
            .audit(
                &mut tx,
                Act { by: Some(self.me()), action, thing: "note", id: Some(id.0), client: Some(client.0), detail: "" },
            )
            .await?;
        tx.commit().await?;
        Ok(NoteWrite::Kept(id))
    }

    /// Changes one's own note that is not signed yet, and signs it if asked.
    pub async fn update_note(&self, note: NoteId, text: &NoteText, end: NoteEnd) -> Result<NoteWrite> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_note(&mut tx, note).await?.filter(|n| n.author_id == self.me().0) else {
            return Ok(NoteWrite::Gone);
        };
        if row.signed_at.is_some() {
            return Ok(NoteWrite::Signed);
        }
        let now = self.now();
        let key = self.store().data_key_or_new(&mut tx, self.note_subject(text.scope, ClientId(row.client_id))).await?;
        let changed = run!(
            &mut tx,
            "UPDATE note SET scope = $1, body = $2, updated_at = $3, signed_at = $4 WHERE id = $5 AND signed_at IS NULL",
            text.scope.word(),
            key.seal("note", note.0, text.body.as_bytes()),
            now,
            (end == NoteEnd::Signed).then_some(now),
            note.0
        )?;
        if changed == 0 {
            return Ok(NoteWrite::Signed);
        }
        // A stretch of typing is one change on record, not one for each pause.
        if end == NoteEnd::Typing && now - row.updated_at < STRETCH {
            tx.commit().await?;
            return Ok(NoteWrite::Kept(note));
        }
        let action = if end == NoteEnd::Signed { "signed" } else { "changed" };
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action,
                    thing: "note",
                    id: Some(note.0),
                    client: Some(row.client_id),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(NoteWrite::Kept(note))
    }
}
