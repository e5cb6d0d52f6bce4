//! Moving text between notes: a section into the author's process note and back,
//! goals and plan forward into the next note, and a draft into another template.

use chrono::{DateTime, Utc};
use domain::{
    ids::{ClientId, NoteId, NoteMoveId, NoteTemplateVersionId, SessionId},
    records::note::{NoteDocument, NoteScope, NoteSection, document::Edits},
};
use uuid::Uuid;

use super::{
    Note, Opener, Row, form, json, latest_before, open, read_json,
    writing::{NewNote, NoteAbout, NoteWrite, SaveKind},
};
use crate::{
    Clinician, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    records::{goals, note_templates},
    unreadable,
};

/// The outcome of copying goals and plan forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopiedForward {
    /// They are in the note, marked as copied.
    Done,
    /// There is nothing to copy, or the sections have words already.
    Nothing,
    /// The author has not chosen yet whose record the note belongs to.
    Undecided,
    /// There is no such draft of this clinician.
    Gone,
}

/// The outcome of moving a section into the author's process note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionMoved {
    /// It is in this process note.
    Done(NoteId),
    /// The section is empty, or there is none.
    Nothing,
    /// The note is a process note itself, or may become one.
    NotFromHere,
    /// There is no such draft of this clinician, or its record takes no new note.
    Gone,
}

/// The outcome of taking a moved section back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveUndone {
    /// The text is in its note again.
    Done(NoteId),
    /// One of the two notes is signed.
    TooLate(NoteId),
    /// There is no such section of this clinician, or it was taken back before.
    Gone,
}

/// A section that was moved from a draft into the author's process note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedSection {
    pub id: NoteMoveId,
    /// The heading of the section.
    pub label: String,
    /// The process note that has it.
    pub to: NoteId,
    pub moved_at: DateTime<Utc>,
}

/// The sections that this clinician has moved out of a draft and can take back, the
/// latest first.
pub(super) async fn moves_of(clinician: &Clinician, tx: &mut Tx, row: &Row) -> Result<Vec<MovedSection>> {
    let rows = all!(
        &mut *tx,
        (Uuid, Uuid, Vec<u8>, DateTime<Utc>),
        "SELECT m.id, m.to_note_id, m.body, m.moved_at
         FROM note_move m JOIN note f ON f.id = m.from_note_id JOIN note t ON t.id = m.to_note_id
         WHERE m.from_note_id = $1 AND m.account_id = $2 AND m.undone_at IS NULL
             AND f.signed_at IS NULL AND t.signed_at IS NULL
         ORDER BY m.moved_at DESC, m.id DESC",
        row.id,
        clinician.me().0
    )?;
    let mut found = Vec::new();
    for (id, to, sealed, moved_at) in rows {
        let Some(section) = unreadable::or_skip(moved_section(clinician, tx, id, &sealed).await)? else { continue };
        found.push(MovedSection { id: NoteMoveId(id), label: section.label, to: NoteId(to), moved_at });
    }
    Ok(found)
}

/// Opens a section as it was moved.
async fn moved_section(clinician: &Clinician, tx: &mut Tx, id: Uuid, sealed: &[u8]) -> Result<NoteSection> {
    let key = clinician.store().key_of(tx, clinician.me().0).await?;
    read_json(&key.open_text("note_move", id, sealed)?, "a section that was moved")
}

/// Puts a text at the end of a section, which is added if the document has none
/// with this key.
fn append(document: &mut NoteDocument, section: &NoteSection, text: &str, revision: i64) {
    let edits = Edits { revision, ..Edits::default() };
    match document.sections.iter_mut().find(|own| own.key == section.key) {
        Some(own) => {
            let before = own.joined();
            let gap = if before.trim().is_empty() { "" } else { "\n\n" };
            own.text = format!("{}{gap}{text}", before.trim_end());
            (own.edits, own.copied) = (edits, false);
        }
        None => {
            let added = NoteSection::new(section.key.as_str(), section.label.as_str(), text);
            document.sections.push(NoteSection { edits, ..added });
        }
    }
}

impl Clinician {
    /// Copies goals and plan into one of the clinician's own drafts: from the
    /// client's record and the latest earlier note of the same scope.
    pub async fn copy_forward(&self, note: NoteId) -> Result<CopiedForward> {
        let mut tx = self.store().write().await?;
        let Ok(row) = self.own_draft(&mut tx, note).await? else { return Ok(CopiedForward::Gone) };
        if row.undecided {
            return Ok(CopiedForward::Undecided);
        }
        let draft = Opener::new(self.store()).open(&mut tx, &row).await?;
        let place = ((draft.client, row.scope), (Some(note), row.created_at));
        let Some(mut document) = self.with_copies(&mut tx, place, &draft.document).await? else {
            return Ok(CopiedForward::Nothing);
        };
        for section in document.sections.iter_mut().filter(|section| section.copied) {
            section.edits = Edits { revision: row.revision + 1, ..Edits::default() };
        }
        self.store_moved(&mut tx, &row, &draft, document).await?;
        tx.commit().await?;
        Ok(CopiedForward::Done)
    }

    /// What a note that is not saved yet is with goals and plan copied into it; the
    /// opening is audited. `None`: there is nothing to copy, or the client is not in
    /// the caseload.
    pub async fn copies_for_new(
        &self,
        client: ClientId,
        scope: NoteScope,
        document: &NoteDocument,
    ) -> Result<Option<NoteDocument>> {
        let mut tx = self.store().read().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let copied = self.with_copies(&mut tx, ((client, scope), (None, self.now())), document).await?;
        if copied.is_some() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Notes).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(copied)
    }

    /// A document with what is copied forward; `None`: there is nothing to copy.
    async fn with_copies(
        &self,
        tx: &mut Tx,
        (of, before): ((ClientId, NoteScope), (Option<NoteId>, DateTime<Utc>)),
        document: &NoteDocument,
    ) -> Result<Option<NoteDocument>> {
        let (client, scope) = of;
        let earlier = match latest_before(self, tx, of, before).await? {
            Some(earlier) => open(self.store(), tx, earlier).await?.map(|earlier| earlier.document),
            None => None,
        };
        let mut source = earlier.unwrap_or_default();
        match scope {
            NoteScope::Joint => {
                let lines = goals::lines_for_note(self.store(), tx, client).await?;
                let is_written = |source: &NoteDocument, key: &str| source.written().any(|section| section.key == key);
                if !lines.goals.is_empty() {
                    source.sections.retain(|section| section.key != "goals");
                    source.sections.push(NoteSection::new("goals", "Goals", lines.goals));
                }
                if !lines.plan.is_empty() && !is_written(&source, "plan") {
                    source.sections.retain(|section| section.key != "plan");
                    source.sections.push(NoteSection::new("plan", "Plan", lines.plan));
                }
            }
            NoteScope::PartnerA | NoteScope::PartnerB | NoteScope::Process => {}
        }
        Ok(document.copied_forward(&source))
    }

    /// Changes one of the clinician's own drafts to a version of a template. Texts
    /// of sections that it does not have are kept at the end. `false`: there is no
    /// such draft or version.
    pub async fn set_note_template(&self, note: NoteId, version: NoteTemplateVersionId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Ok(row) = self.own_draft(&mut tx, note).await? else { return Ok(false) };
        let Some(entry) = note_templates::version(&mut tx, version).await? else { return Ok(false) };
        if row.addendum_of.is_some() {
            return Ok(false);
        }
        let draft = Opener::new(self.store()).open(&mut tx, &row).await?;
        let people = form::people_of(&mut tx, draft.client).await?;
        let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
        let document = draft.document.in_template(&entry.template.for_people(&names));
        self.store_moved(&mut tx, &row, &draft, document).await?;
        run!(&mut tx, "UPDATE note SET template_version_id = $1 WHERE id = $2", version.0, note.0)?;
        tx.commit().await?;
        Ok(true)
    }

    /// Moves a section of one of the clinician's own drafts into their process note
    /// about the same session, which is created if there is no draft of one.
    pub async fn move_section(&self, note: NoteId, key: &str) -> Result<SectionMoved> {
        let mut tx = self.store().write().await?;
        let Ok(row) = self.own_draft(&mut tx, note).await? else { return Ok(SectionMoved::Gone) };
        if row.scope == NoteScope::Process || row.addendum_of.is_some() {
            return Ok(SectionMoved::NotFromHere);
        }
        let client = ClientId(row.client_id);
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(SectionMoved::Gone);
        }
        let draft = Opener::new(self.store()).open(&mut tx, &row).await?;
        let mut document = draft.document.clone();
        let section = document.sections.iter_mut().find(|section| section.key == key);
        let Some(section) = section.filter(|section| !section.joined().trim().is_empty()) else {
            return Ok(SectionMoved::Nothing);
        };
        let text = section.joined();
        let moved = NoteSection::new(section.key.as_str(), section.label.as_str(), text.as_str());
        (section.text, section.copied) = (String::new(), false);
        section.edits = Edits { revision: row.revision + 1, ..Edits::default() };
        self.store_moved(&mut tx, &row, &draft, document).await?;
        let to = self.put_into_process_note(&mut tx, &draft, &moved).await?;
        let id = self.store().clock().id();
        let own = self.store().data_key_or_new(&mut tx, self.me().0).await?;
        run!(
            &mut tx,
            "INSERT INTO note_move (id, from_note_id, to_note_id, account_id, body, moved_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            note.0,
            to.0,
            self.me().0,
            own.seal("note_move", id, &json(&moved)?),
            self.now()
        )?;
        tx.commit().await?;
        Ok(SectionMoved::Done(to))
    }

    /// Puts a section into the clinician's draft of a process note about the same
    /// session.
    async fn put_into_process_note(&self, tx: &mut Tx, from: &Note, section: &NoteSection) -> Result<NoteId> {
        if let Some(row) = self.process_draft(tx, from.client, from.session).await? {
            let target = Opener::new(self.store()).open(tx, &row).await?;
            let mut document = target.document.clone();
            append(&mut document, section, &section.text, row.revision + 1);
            self.store_moved(tx, &row, &target, document).await?;
            return Ok(NoteId(row.id));
        }
        let id = NoteId(self.store().clock().id());
        let mut document = NoteDocument::default();
        append(&mut document, section, &section.text, 1);
        let new = NewNote {
            id,
            client: from.client,
            about: NoteAbout { session: from.session, template: from.template, ..NoteAbout::default() },
            scope: NoteScope::Process,
            document: &document,
            header: from.header.as_ref().map(|header| header.for_signature().for_scope(NoteScope::Process)),
            without_policy: "",
            end: SaveKind::Saved,
        };
        self.insert_note(tx, new).await?;
        Ok(id)
    }

    /// The clinician's latest draft of a process note about this session of the
    /// client; without a session, the latest that is about none.
    async fn process_draft(&self, tx: &mut Tx, client: ClientId, session: Option<SessionId>) -> Result<Option<Row>> {
        let found = maybe!(
            &mut *tx,
            (Uuid,),
            "SELECT id FROM note WHERE client_id = $1 AND author_id = $2 AND scope = 'process' AND signed_at IS NULL
                 AND addendum_of IS NULL AND NOT undecided AND session_id IS NOT DISTINCT FROM $3
             ORDER BY created_at DESC, id DESC LIMIT 1",
            client.0,
            self.me().0,
            session.map(|session| session.0)
        )?;
        match found {
            Some((id,)) => Ok(self.own_draft(tx, NoteId(id)).await?.ok()),
            None => Ok(None),
        }
    }

    /// Takes a moved section back into its note, while both are drafts. What was
    /// written into the process note since stays there.
    pub async fn undo_move(&self, moved: NoteMoveId) -> Result<MoveUndone> {
        let mut tx = self.store().write().await?;
        let found = maybe!(
            &mut tx,
            (Uuid, Uuid, Vec<u8>, DateTime<Utc>),
            "SELECT from_note_id, to_note_id, body, moved_at FROM note_move
             WHERE id = $1 AND account_id = $2 AND undone_at IS NULL",
            moved.0,
            self.me().0
        )?;
        let Some((from, to, sealed, moved_at)) = found else { return Ok(MoveUndone::Gone) };
        let (from, to) = (NoteId(from), NoteId(to));
        let source = match self.own_draft(&mut tx, from).await? {
            Ok(source) => source,
            Err((NoteWrite::Signed, _)) => return Ok(MoveUndone::TooLate(from)),
            Err(_) => return Ok(MoveUndone::Gone),
        };
        let Ok(target) = self.own_draft(&mut tx, to).await? else { return Ok(MoveUndone::TooLate(from)) };
        // Of two presses at the same moment, one finds the row.
        let first = run!(
            &mut tx,
            "UPDATE note_move SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL",
            self.now(),
            moved.0
        )?;
        if first == 0 {
            return Ok(MoveUndone::Gone);
        }
        let section = moved_section(self, &mut tx, moved.0, &sealed).await?;
        let opened = Opener::new(self.store()).open(&mut tx, &source).await?;
        let mut document = opened.document.clone();
        append(&mut document, &section, &section.text, source.revision + 1);
        self.store_moved(&mut tx, &source, &opened, document).await?;
        let is_as_made = target.revision == 1 && target.created_at == moved_at;
        let is_empty = self.take_out(&mut tx, &target, &section).await?;
        if is_as_made && is_empty {
            self.remove_made_note(&mut tx, &target).await?;
        }
        tx.commit().await?;
        Ok(MoveUndone::Done(from))
    }

    /// Takes a text that was moved out of the process note again. Words that were
    /// changed there since stay. Gives whether the process note is empty then.
    async fn take_out(&self, tx: &mut Tx, target: &Row, section: &NoteSection) -> Result<bool> {
        let opened = Opener::new(self.store()).open(tx, target).await?;
        let mut document = opened.document.clone();
        let Some(own) = document.sections.iter_mut().find(|own| own.key == section.key) else { return Ok(false) };
        let joined = own.joined();
        if !joined.contains(&section.text) {
            return Ok(false);
        }
        own.text = joined.replacen(&section.text, "", 1).trim().to_owned();
        own.edits = Edits { revision: target.revision + 1, ..Edits::default() };
        let is_empty = document.is_empty();
        self.store_moved(tx, target, &opened, document).await?;
        Ok(is_empty)
    }

    /// Removes a process note that the move has made and in which nobody has
    /// written since.
    async fn remove_made_note(&self, tx: &mut Tx, note: &Row) -> Result<()> {
        run!(&mut *tx, "DELETE FROM note_move WHERE to_note_id = $1 AND undone_at IS NOT NULL", note.id)?;
        run!(&mut *tx, "DELETE FROM note WHERE id = $1 AND signed_at IS NULL", note.id)?;
        let act = Act::by(self.me(), AuditAction::Removed, AuditThing::Note).id(note.id).client(note.client_id);
        self.store().record(tx, act).await
    }

    /// Stores a draft whose text was moved, and records the change.
    async fn store_moved(&self, tx: &mut Tx, row: &Row, before: &Note, document: NoteDocument) -> Result<()> {
        let end = if row.undecided { SaveKind::Undecided } else { SaveKind::Saved };
        let kept = (&document, before.header.as_ref(), before.without_policy.as_str());
        self.store_draft(tx, row, (row.scope, end, row.revision + 1), kept).await?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Note).id(row.id).client(row.client_id);
        self.store().record(tx, act).await
    }
}
