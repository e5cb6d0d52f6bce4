//! The notes of a clinician: sealed, read by the scope of each, and never
//! changed once they are signed.

use chrono::{DateTime, Utc};
use domain::{
    ids::{ClientId, NoteId, SessionId},
    records::note::{NoteScope, NoteText},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Clinician, FormKey, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::{maybe, run},
    limits::NOTES,
    practice::settings::today,
    unreadable::{self, fetched},
};

/// A clinician's note on a client, opened.
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
    /// Whether the author has not chosen yet whose record it belongs to. Until
    /// then it is a process note.
    pub undecided: bool,
}

/// The note of a client's last session, opened.
#[derive(Clone, Debug)]
pub struct LastNote {
    pub note: Note,
    /// Whether a later note amends it.
    pub is_amended: bool,
}

/// The outcome of writing a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteWrite {
    /// The note is stored under this id.
    Saved(NoteId),
    /// The note is signed already: what corrects it is a new note, an
    /// amendment.
    Signed,
    /// The client, the session or the note does not exist or is not in this
    /// clinician's care, or the record takes no new note.
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
    undecided: bool,
}

/// How a save of a note ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveKind {
    /// The author is still typing: the page saves a moment after a key was
    /// pressed.
    Typing,
    /// The author is still typing and has not chosen whose record the note
    /// belongs to. It is kept as a process note until then.
    Undecided,
    /// The author pressed save; the note can be changed later.
    Saved,
    /// The author signed: the note can never be changed again.
    Signed,
}

impl SaveKind {
    /// Whether the author is still typing.
    const fn is_typing(self) -> bool {
        matches!(self, Self::Typing | Self::Undecided)
    }

    /// The scope in which a note with this scope is kept.
    const fn scope(self, scope: NoteScope) -> NoteScope {
        match self {
            Self::Undecided => NoteScope::Process,
            Self::Typing | Self::Saved | Self::Signed => scope,
        }
    }
}

/// Saves that follow each other within this time belong to one stretch of
/// typing.
const STRETCH: chrono::Duration = chrono::Duration::minutes(10);

fn note(row: Row, body: String) -> Note {
    Note {
        id: NoteId(row.id),
        client: ClientId(row.client_id),
        session: row.session_id.map(SessionId),
        amends: row.amends_id.map(NoteId),
        scope: row.scope,
        body,
        created_at: row.created_at,
        updated_at: row.updated_at,
        signed_at: row.signed_at,
        undecided: row.undecided,
    }
}

impl Clinician {
    /// The owner of the key that seals a note: the author for a process note,
    /// the client for every other note.
    fn note_subject(&self, scope: NoteScope, client: ClientId) -> Uuid {
        if scope == NoteScope::Process { self.me().0 } else { client.0 }
    }

    async fn open_body(&self, tx: &mut Tx, row: &Row) -> Result<String> {
        let subject = if row.scope == NoteScope::Process { row.author_id } else { row.client_id };
        let key = self.store().key_of(tx, subject).await;
        key.and_then(|key| key.open_text("note", row.id, &row.body))
    }

    /// A page of a client's notes, the latest first; the opening is audited. A
    /// process note is shown to its author only.
    pub async fn notes(&self, client: ClientId, after: Option<After>) -> Result<Paged<Note>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            in_care!(
                "SELECT n.id, n.client_id, n.session_id, n.amends_id, n.author_id, n.scope, n.body, n.created_at,
                     n.updated_at, n.signed_at, n.undecided
                 FROM note n JOIN client c ON c.id = n.client_id",
                "AND n.client_id = $3 AND (n.scope <> 'process' OR n.author_id = $1)
                 AND (n.created_at, n.id) < ($4, $5) ORDER BY n.created_at DESC, n.id DESC LIMIT $6"
            ),
            self.me().0,
            today,
            client.0,
            after.at,
            after.id,
            NOTES + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, NOTES, |row| After::new(row.created_at, row.id));
        let mut notes = Vec::new();
        for row in rows {
            let body = unreadable::or_skip(self.open_body(&mut tx, &row).await)?;
            notes.push(note(row, body.unwrap_or_else(|| "This note cannot be read.".to_owned())));
        }
        if !notes.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Notes).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Paged { rows: notes, more })
    }

    /// Opens a note; the opening is audited. `None`: there is no such note in
    /// this clinician's care.
    pub async fn note(&self, note: NoteId) -> Result<Option<Note>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_note(&mut tx, note).await? else { return Ok(None) };
        let client = row.client_id;
        let body = self.open_body(&mut tx, &row).await?;
        let opened = self::note(row, body);
        self.store()
            .record_opening(tx, Act::by(self.me(), AuditAction::Opened, AuditThing::Note).id(note.0).client(client))
            .await?;
        Ok(Some(opened))
    }

    /// The latest note of a client's record that is signed or this clinician's
    /// own; the opening is audited. Process notes and amendments are none of
    /// these. `None`: there is no such note in this clinician's care.
    pub async fn last_note(&self, client: ClientId) -> Result<Option<LastNote>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let found = maybe!(
            &mut tx,
            Row,
            in_care!(
                "SELECT n.id, n.client_id, n.session_id, n.amends_id, n.author_id, n.scope, n.body, n.created_at,
                     n.updated_at, n.signed_at, n.undecided
                 FROM note n JOIN client c ON c.id = n.client_id",
                "AND n.client_id = $3 AND n.scope <> 'process' AND n.amends_id IS NULL
                 AND (n.signed_at IS NOT NULL OR n.author_id = $1) ORDER BY n.created_at DESC, n.id DESC LIMIT 1"
            ),
            self.me().0,
            today,
            client.0
        )?;
        let Some(row) = found else { return Ok(None) };
        let amendment = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM note WHERE client_id = $1 AND amends_id = $2 LIMIT 1",
            client.0,
            row.id
        )?;
        let body = unreadable::or_skip(self.open_body(&mut tx, &row).await)?;
        let note = self::note(row, body.unwrap_or_else(|| "This note cannot be read.".to_owned()));
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Note).id(note.id.0).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(LastNote { note, is_amended: amendment.is_some() }))
    }

    async fn find_note(&self, tx: &mut Tx, note: NoteId) -> Result<Option<Row>> {
        let today = today(tx, self.now()).await?;
        Ok(maybe!(
            tx,
            Row,
            in_care!(
                "SELECT n.id, n.client_id, n.session_id, n.amends_id, n.author_id, n.scope, n.body, n.created_at,
                     n.updated_at, n.signed_at, n.undecided
                 FROM note n JOIN client c ON c.id = n.client_id",
                "AND n.id = $3 AND (n.scope <> 'process' OR n.author_id = $1)"
            ),
            self.me().0,
            today,
            note.0
        )?)
    }

    /// Creates a note. `amends` names a signed note of the same client.
    pub async fn create_note(
        &self,
        client: ClientId,
        session: Option<SessionId>,
        amends: Option<NoteId>,
        text: &NoteText,
        end: SaveKind,
    ) -> Result<NoteWrite> {
        self.create_note_once(client, (session, amends), text, end, None).await
    }

    /// Creates a note, once for each form key: where the page has already
    /// created the note while its author was typing, that note is changed
    /// instead. `about` names the session and the signed note that is amended.
    pub async fn create_note_once(
        &self,
        client: ClientId,
        about: (Option<SessionId>, Option<NoteId>),
        text: &NoteText,
        end: SaveKind,
        form: Option<FormKey>,
    ) -> Result<NoteWrite> {
        let (session, amends) = about;
        let mut tx = self.store().write().await?;
        // The record of a separated couple takes amendments, but no new notes.
        let may = if amends.is_some() {
            client::kind_in_caseload(self, &mut tx, client).await?
        } else {
            client::find_open_client(self, &mut tx, client).await?
        };
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
        if let Some(before) = self.store().claim_form_key(&mut tx, form, self.me(), id.0).await? {
            return self.change_note(tx, NoteId(before), text, end).await;
        }
        let now = self.now();
        let scope = end.scope(text.scope);
        let key = self.store().data_key_or_new(&mut tx, self.note_subject(scope, client)).await?;
        run!(
            &mut tx,
            "INSERT INTO note (id, client_id, session_id, author_id, amends_id, scope, body, created_at, updated_at,
                 signed_at, undecided)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)",
            id.0,
            client.0,
            session.map(|s| s.0),
            self.me().0,
            amends.map(|a| a.0),
            scope.word(),
            key.seal("note", id.0, text.body.as_bytes()),
            now,
            (end == SaveKind::Signed).then_some(now),
            end == SaveKind::Undecided
        )?;
        self.store().note_typing(&mut tx, self.visitor()).await?;
        let action = if end == SaveKind::Signed { AuditAction::Signed } else { AuditAction::Created };
        self.store().record(&mut tx, Act::by(self.me(), action, AuditThing::Note).id(id.0).client(client.0)).await?;
        tx.commit().await?;
        Ok(NoteWrite::Saved(id))
    }

    /// Changes one of the clinician's own notes that is not signed yet, and
    /// signs it if `end` says so.
    pub async fn update_note(&self, note: NoteId, text: &NoteText, end: SaveKind) -> Result<NoteWrite> {
        let tx = self.store().write().await?;
        self.change_note(tx, note, text, end).await
    }

    async fn change_note(&self, mut tx: Tx, note: NoteId, text: &NoteText, end: SaveKind) -> Result<NoteWrite> {
        let Some(row) = self.find_note(&mut tx, note).await?.filter(|n| n.author_id == self.me().0) else {
            return Ok(NoteWrite::Gone);
        };
        if row.signed_at.is_some() {
            return Ok(NoteWrite::Signed);
        }
        let now = self.now();
        let scope = end.scope(text.scope);
        let key = self.store().data_key_or_new(&mut tx, self.note_subject(scope, ClientId(row.client_id))).await?;
        let changed = run!(
            &mut tx,
            "UPDATE note SET scope = $1, body = $2, updated_at = $3, signed_at = $4, undecided = $6
             WHERE id = $5 AND signed_at IS NULL",
            scope.word(),
            key.seal("note", note.0, text.body.as_bytes()),
            now,
            (end == SaveKind::Signed).then_some(now),
            note.0,
            end == SaveKind::Undecided
        )?;
        if changed == 0 {
            return Ok(NoteWrite::Signed);
        }
        let before = match self.open_body(&mut tx, &row).await {
            Ok(body) => Some(body),
            // A text that cannot be read differs from what was typed.
            Err(error) if error.is_of_one_row() => None,
            Err(error) => return Err(error),
        };
        if row.scope != scope || before.as_ref() != Some(&text.body) {
            self.store().note_typing(&mut tx, self.visitor()).await?;
        }
        // A stretch of typing is one entry in the audit log, not one for each
        // pause.
        if end.is_typing() && now - row.updated_at < STRETCH {
            tx.commit().await?;
            return Ok(NoteWrite::Saved(note));
        }
        let action = if end == SaveKind::Signed { AuditAction::Signed } else { AuditAction::Changed };
        self.store()
            .record(&mut tx, Act::by(self.me(), action, AuditThing::Note).id(note.0).client(row.client_id))
            .await?;
        tx.commit().await?;
        Ok(NoteWrite::Saved(note))
    }
}
