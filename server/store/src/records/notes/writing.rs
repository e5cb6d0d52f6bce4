//! Writing a note: drafts that are saved from several devices, and the signature.

use domain::{
    ids::{AccountId, ClientId, NoteId, NoteTemplateVersionId, SessionId},
    records::note::{
        NoteDocument, NoteHeader, NoteScope, NoteText,
        document::{self, Merged},
        header_edits::{self, HeaderPage, MergedHeader},
    },
};
use uuid::Uuid;

use super::{Note, Opener, Row, find, form, json, leftovers, subject, take_turn, unlocking::has_any_addendum};
use crate::{
    Clinician, FormKey, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{maybe, run},
    practice::settings::today,
    records::{cosign, supervision},
};

/// What a new note is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoteAbout {
    pub session: Option<SessionId>,
    /// The signed note that it adds to; `None`: it is no addendum.
    pub addendum_of: Option<NoteId>,
    /// The version of the template; `None`: free text.
    pub template: Option<NoteTemplateVersionId>,
    /// The page on which the addendum's text was typed into the note, after the
    /// note was signed on another device; `None`: it was not.
    pub leftover_page: Option<Uuid>,
}

/// The outcome of writing a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteWrite {
    /// The note is stored under this id.
    Saved(NoteId),
    /// What was typed is stored, but the note is not signed: another device wrote
    /// something that this page does not show.
    Unseen(NoteId),
    /// The note is signed already: what is added to it is an addendum. What is
    /// still being typed is kept beside the note for that.
    Signed,
    /// Nothing is stored: a joint note of a couple without a secrets policy in
    /// force needs a reason.
    NoPolicy,
    /// The client, the session or the note does not exist or is not in this
    /// clinician's care, or the record takes no new note.
    Gone,
}

/// The outcome of writing a note while it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteSaved {
    pub write: NoteWrite,
    /// How often the note was saved.
    pub revision: i64,
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

/// A note to insert.
pub(super) struct NewNote<'a> {
    pub id: NoteId,
    pub client: ClientId,
    pub about: NoteAbout,
    pub scope: NoteScope,
    pub document: &'a NoteDocument,
    pub header: Option<NoteHeader>,
    pub without_policy: &'a str,
    pub end: SaveKind,
}

/// A note's sealed columns.
struct SealedNote {
    body: Vec<u8>,
    header: Option<Vec<u8>>,
    without_policy: Option<Vec<u8>>,
}

/// The header as it is kept: a process note has no times, once its author has
/// chosen that it is one.
fn kept_header(header: Option<NoteHeader>, scope: NoteScope, end: SaveKind) -> Option<NoteHeader> {
    match end {
        SaveKind::Undecided => header,
        SaveKind::Typing | SaveKind::Saved | SaveKind::Signed => header.map(|header| header.for_scope(scope)),
    }
}

/// The header after a change of a note, and whether it has values that the page does
/// not show.
fn merge_header(
    before: Option<&NoteHeader>,
    text: &NoteText,
    revision: i64,
    end: SaveKind,
) -> (Option<NoteHeader>, bool) {
    let Some(typed) = &text.header else { return (before.cloned(), false) };
    let from = HeaderPage { page: text.body.page, shown: text.body.revision, settles: !end.is_typing() };
    let MergedHeader { header, is_unseen } = header_edits::merge(before, typed, from, revision);
    (Some(header), is_unseen)
}

impl Clinician {
    /// Creates a note. `addendum_of` names a signed note of the same client.
    pub async fn create_note(
        &self,
        client: ClientId,
        session: Option<SessionId>,
        addendum_of: Option<NoteId>,
        text: &NoteText,
        end: SaveKind,
    ) -> Result<NoteWrite> {
        let about = NoteAbout { session, addendum_of, ..NoteAbout::default() };
        self.create_note_once(client, about, text, end, None).await
    }

    /// Creates a note, once for each form key: where the page has already
    /// created the note while its author was typing, that note is changed
    /// instead.
    pub async fn create_note_once(
        &self,
        client: ClientId,
        about: NoteAbout,
        text: &NoteText,
        end: SaveKind,
        form: Option<FormKey>,
    ) -> Result<NoteWrite> {
        Ok(self.write_new(client, about, text, end, form).await?.write)
    }

    /// Changes one of the clinician's own notes that is not signed yet, and
    /// signs it if `end` says so.
    pub async fn update_note(&self, note: NoteId, text: &NoteText, end: SaveKind) -> Result<NoteWrite> {
        let tx = self.store().write().await?;
        Ok(self.change_note(tx, note, text, end).await?.write)
    }

    /// Saves a note while it is typed; `note` is `None` before its first save,
    /// which creates it.
    pub async fn type_note(
        &self,
        client: ClientId,
        note: Option<NoteId>,
        about: NoteAbout,
        text: &NoteText,
        end: SaveKind,
        form: Option<FormKey>,
    ) -> Result<NoteSaved> {
        match note {
            Some(note) => {
                let tx = self.store().write().await?;
                self.change_note(tx, note, text, end).await
            }
            None => self.write_new(client, about, text, end, form).await,
        }
    }

    async fn write_new(
        &self,
        client: ClientId,
        mut about: NoteAbout,
        text: &NoteText,
        end: SaveKind,
        form: Option<FormKey>,
    ) -> Result<NoteSaved> {
        let not_done = |write| NoteSaved { write, revision: 0 };
        let mut tx = self.store().write().await?;
        let Some(root) = self.may_write(&mut tx, client, &about).await? else { return Ok(not_done(NoteWrite::Gone)) };
        about.addendum_of = root.map(|(note, _)| note);
        let id = NoteId(self.store().clock().id());
        if let Some(before) = self.store().claim_form_key(&mut tx, form, self.me(), id.0).await? {
            return self.change_note(tx, NoteId(before), text, end).await;
        }
        // An addendum belongs to the record of its note.
        let (scope, end) = match root {
            Some((_, scope)) if end == SaveKind::Undecided => (scope, SaveKind::Typing),
            Some((_, scope)) => (scope, end),
            None => (end.scope(text.scope), end),
        };
        let needs_reason = root.is_none() && form::needs_reason(self.store(), &mut tx, client, scope).await?;
        if needs_reason && !end.is_typing() && text.without_policy.is_empty() {
            return Ok(not_done(NoteWrite::NoPolicy));
        }
        let document = document::merge(&NoteDocument::default(), &text.body, 1).document;
        let (header, _) = merge_header(None, text, 1, end);
        let header = kept_header(header, scope, end);
        let without_policy = if needs_reason { text.without_policy.as_str() } else { "" };
        let new = NewNote { id, client, about, scope, document: &document, header, without_policy, end };
        self.insert_note(&mut tx, new).await?;
        if let (Some((note, _)), Some(page)) = (root, about.leftover_page) {
            leftovers::forget_leftover_of_page(self, &mut tx, note, page).await?;
        }
        self.store().note_typing(&mut tx, self.visitor()).await?;
        tx.commit().await?;
        Ok(NoteSaved { write: NoteWrite::Saved(id), revision: 1 })
    }

    /// Whether the clinician may write such a note: the note that it adds to, with
    /// its scope; `Some(None)` for a note of its own. `None`: they may not.
    async fn may_write(
        &self,
        tx: &mut Tx,
        client: ClientId,
        about: &NoteAbout,
    ) -> Result<Option<Option<(NoteId, NoteScope)>>> {
        // The record of a separated couple takes addenda, but no new notes.
        let may = if about.addendum_of.is_some() {
            client::kind_in_caseload(self, tx, client).await?
        } else {
            client::find_open_client(self, tx, client).await?
        };
        if may.is_none() {
            return Ok(None);
        }
        if let Some(session) = about.session
            && maybe!(
                &mut *tx,
                (Uuid,),
                "SELECT id FROM session WHERE id = $1 AND client_id = $2",
                session.0,
                client.0
            )?
            .is_none()
        {
            return Ok(None);
        }
        if let Some(version) = about.template
            && maybe!(&mut *tx, (Uuid,), "SELECT id FROM note_template_version WHERE id = $1", version.0)?.is_none()
        {
            return Ok(None);
        }
        let Some(note) = about.addendum_of else { return Ok(Some(None)) };
        take_turn(tx, note).await?;
        let Some(row) = find(self, tx, note).await?.filter(|n| n.client_id == client.0 && n.signed_at.is_some()) else {
            return Ok(None);
        };
        // What is added to an addendum is added to its note.
        Ok(Some(Some((row.addendum_of.map_or(note, NoteId), row.scope))))
    }

    /// Inserts a note, signs it if `end` says so, and records that.
    pub(super) async fn insert_note(&self, tx: &mut Tx, new: NewNote<'_>) -> Result<()> {
        let is_signed = new.end == SaveKind::Signed;
        let document = if is_signed { new.document.for_signature() } else { new.document.clone() };
        let header = new.header.map(|header| if is_signed { header.for_signature() } else { header });
        let sealed = self
            .seal_note(tx, (new.id, new.client, new.scope), (&document, header.as_ref(), new.without_policy))
            .await?;
        let supervisor = if is_signed { self.supervisor(tx, new.scope).await? } else { None };
        let now = self.now();
        run!(
            &mut *tx,
            "INSERT INTO note (id, client_id, session_id, author_id, addendum_of, scope, body, created_at, updated_at,
                 signed_at, undecided, template_version_id, header, without_policy, revision, locked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13, 1, $14)",
            new.id.0,
            new.client.0,
            new.about.session.map(|s| s.0),
            self.me().0,
            new.about.addendum_of.map(|a| a.0),
            new.scope.word(),
            sealed.body,
            now,
            is_signed.then_some(now),
            new.end == SaveKind::Undecided,
            new.about.template.map(|t| t.0),
            sealed.header,
            sealed.without_policy,
            (is_signed && supervisor.is_none()).then_some(now)
        )?;
        if let Some(supervisor) = supervisor {
            cosign::ask(self.store(), tx, new.id, supervisor).await?;
        }
        let action = if is_signed { AuditAction::Signed } else { AuditAction::Created };
        let act = Act::by(self.me(), action, AuditThing::Note).id(new.id.0).client(new.client.0);
        self.store().record(tx, act).await
    }

    /// The supervisor who co-signs what this clinician signs today in this scope;
    /// `None`: nobody does.
    async fn supervisor(&self, tx: &mut Tx, scope: NoteScope) -> Result<Option<AccountId>> {
        match scope {
            // Nobody but its author reads a process note.
            NoteScope::Process => Ok(None),
            NoteScope::Joint | NoteScope::PartnerA | NoteScope::PartnerB => {
                let today = today(tx, self.now()).await?;
                supervision::supervisor_of(tx, self.me(), today).await
            }
        }
    }

    /// Seals the columns of one of the clinician's own notes.
    async fn seal_note(
        &self,
        tx: &mut Tx,
        (id, client, scope): (NoteId, ClientId, NoteScope),
        (document, header, without_policy): (&NoteDocument, Option<&NoteHeader>, &str),
    ) -> Result<SealedNote> {
        let key = self.store().data_key_or_new(tx, subject(scope, self.me().0, client.0)).await?;
        let header = header.map(json).transpose()?;
        Ok(SealedNote {
            body: key.seal("note", id.0, &json(document)?),
            header: header.map(|header| key.seal("note.header", id.0, &header)),
            without_policy: (!without_policy.is_empty())
                .then(|| key.seal("note.without_policy", id.0, without_policy.as_bytes())),
        })
    }

    /// One of the clinician's own drafts, for a change in this transaction: until
    /// it ends, no other changes the draft. `Err`: why there is nothing to change.
    pub(super) async fn own_draft(&self, tx: &mut Tx, note: NoteId) -> Result<Result<Row, (NoteWrite, Option<Row>)>> {
        // Two devices that save at the same moment follow each other.
        run!(
            &mut *tx,
            "UPDATE note SET updated_at = updated_at WHERE id = $1 AND author_id = $2 AND signed_at IS NULL",
            note.0,
            self.me().0
        )?;
        let Some(row) = find(self, tx, note).await?.filter(|n| n.author_id == self.me().0) else {
            return Ok(Err((NoteWrite::Gone, None)));
        };
        if row.signed_at.is_some() {
            return Ok(Err((NoteWrite::Signed, Some(row))));
        }
        Ok(Ok(row))
    }

    async fn change_note(&self, mut tx: Tx, note: NoteId, text: &NoteText, end: SaveKind) -> Result<NoteSaved> {
        let row = match self.own_draft(&mut tx, note).await? {
            Ok(row) => row,
            Err((write, Some(signed))) if end.is_typing() => {
                leftovers::keep_leftover(self, &mut tx, &signed, text).await?;
                tx.commit().await?;
                return Ok(NoteSaved { write, revision: signed.revision });
            }
            Err((write, _)) => return Ok(NoteSaved { write, revision: 0 }),
        };
        let before = match Opener::new(self.store()).open(&mut tx, &row).await {
            Ok(before) => Some(before),
            // A text that cannot be read differs from what was typed.
            Err(error) if error.is_of_one_row() => None,
            Err(error) => return Err(error),
        };
        let stored = before.as_ref().map(|before| before.document.clone()).unwrap_or_default();
        let revision = row.revision + 1;
        let Merged { document, is_unseen } = document::merge(&stored, &text.body, revision);
        let wanted = end;
        let header_before = before.as_ref().and_then(|before| before.header.as_ref());
        let (header, header_is_unseen) = merge_header(header_before, text, revision, wanted);
        let is_unseen = (is_unseen || header_is_unseen) && wanted == SaveKind::Signed;
        let end = if is_unseen { SaveKind::Saved } else { wanted };
        let (scope, end) = scope_of_change(&row, text, end);
        let scope = if scope != row.scope && has_any_addendum(&mut tx, row.id).await? { row.scope } else { scope };
        let reason = self.policy_reason(&mut tx, &row, text, before.as_ref(), scope).await?;
        let Reason::Given(without_policy) = reason.or_later(end) else {
            return Ok(NoteSaved { write: NoteWrite::NoPolicy, revision: row.revision });
        };
        let header = kept_header(header, scope, end);
        let is_changed = row.scope != scope || stored.plain() != document.plain();
        self.store_draft(&mut tx, &row, (scope, end, revision), (&document, header.as_ref(), &without_policy)).await?;
        if is_changed {
            self.store().note_typing(&mut tx, self.visitor()).await?;
        }
        // A stretch of typing is one entry in the audit log, not one for each
        // pause.
        if !(end.is_typing() && self.now() - row.updated_at < STRETCH) {
            let action = if end == SaveKind::Signed { AuditAction::Signed } else { AuditAction::Changed };
            let act = Act::by(self.me(), action, AuditThing::Note).id(note.0).client(row.client_id);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await?;
        let write = if is_unseen { NoteWrite::Unseen(note) } else { NoteWrite::Saved(note) };
        Ok(NoteSaved { write, revision })
    }

    /// The reason that is kept with a change of a draft.
    async fn policy_reason(
        &self,
        tx: &mut Tx,
        row: &Row,
        text: &NoteText,
        before: Option<&Note>,
        scope: NoteScope,
    ) -> Result<Reason> {
        let kept = before.map(|before| before.without_policy.clone()).unwrap_or_default();
        // A draft of before there were policies was not begun without one.
        let is_new = row.revision > 0 && row.addendum_of.is_none();
        let needs_reason = is_new && form::needs_reason(self.store(), tx, ClientId(row.client_id), scope).await?;
        let typed = text.without_policy.as_str();
        Ok(match (needs_reason, typed, scope) {
            (true, "", _) if kept.is_empty() => Reason::Missing,
            (true, "", _) => Reason::Given(kept),
            (true, typed, _) => Reason::Given(typed.to_owned()),
            (false, _, NoteScope::Joint) => Reason::Given(kept),
            (false, _, NoteScope::PartnerA | NoteScope::PartnerB | NoteScope::Process) => Reason::Given(String::new()),
        })
    }

    /// Writes a changed draft, and signs it if `end` says so.
    pub(super) async fn store_draft(
        &self,
        tx: &mut Tx,
        row: &Row,
        (scope, end, revision): (NoteScope, SaveKind, i64),
        (document, header, without_policy): (&NoteDocument, Option<&NoteHeader>, &str),
    ) -> Result<()> {
        let is_signed = end == SaveKind::Signed;
        let signed = is_signed.then(|| document.for_signature());
        let document = signed.as_ref().unwrap_or(document);
        let signed_header = header.filter(|_| is_signed).map(NoteHeader::for_signature);
        let header = signed_header.as_ref().or(header);
        let (id, client) = (NoteId(row.id), ClientId(row.client_id));
        let sealed = self.seal_note(tx, (id, client, scope), (document, header, without_policy)).await?;
        let supervisor = if is_signed { self.supervisor(tx, scope).await? } else { None };
        let now = self.now();
        run!(
            &mut *tx,
            "UPDATE note SET scope = $1, body = $2, header = $3, without_policy = $4, revision = $5, updated_at = $6,
                 signed_at = $7, locked_at = $8, undecided = $9
             WHERE id = $10 AND signed_at IS NULL",
            scope.word(),
            sealed.body,
            sealed.header,
            sealed.without_policy,
            revision,
            now,
            is_signed.then_some(now),
            (is_signed && supervisor.is_none()).then_some(now),
            end == SaveKind::Undecided,
            id.0
        )?;
        if let Some(supervisor) = supervisor {
            cosign::ask(self.store(), tx, id, supervisor).await?;
        }
        Ok(())
    }
}

/// Why a joint note is written without a secrets policy in force.
enum Reason {
    /// This reason; empty: none is needed.
    Given(String),
    /// A reason is needed, and none is given.
    Missing,
}

impl Reason {
    /// The reason for this save: while the author is still typing, it may be given
    /// later.
    fn or_later(self, end: SaveKind) -> Self {
        match self {
            Self::Missing if end.is_typing() => Self::Given(String::new()),
            Self::Missing | Self::Given(_) => self,
        }
    }
}

/// The scope of a draft after a change, and how the save ends.
fn scope_of_change(row: &Row, text: &NoteText, end: SaveKind) -> (NoteScope, SaveKind) {
    let is_addendum = row.addendum_of.is_some();
    match end {
        // A page on which no record is chosen does not undo a choice on another.
        SaveKind::Undecided if is_addendum || !row.undecided => (row.scope, SaveKind::Typing),
        SaveKind::Undecided => (NoteScope::Process, SaveKind::Undecided),
        SaveKind::Typing | SaveKind::Saved | SaveKind::Signed => {
            let keeps = is_addendum || (!row.undecided && !text.is_scope_touched);
            (if keeps { row.scope } else { text.scope }, end)
        }
    }
}
