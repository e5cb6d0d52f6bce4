//! Finding notes within one client's record, and the notes that are printed. The
//! texts are sealed, so they are opened in memory for a clinician who may read
//! them, and compared there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    clients::{client::title, person::Zone},
    ids::{AccountId, ClientId, NoteId},
    records::{
        note::{NoteScope, NoteSection},
        note_search::{NoteRange, NoteSearch},
    },
    zone,
};
use uuid::Uuid;

use super::{
    cosign::{self, CosignState},
    notes::{self, Note, Opener, Row, note_columns},
};
use crate::{
    After, Clinician, Paged, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::all,
    limits::{FOUND_NOTES, OPENED_AT_ONCE},
    practice::settings::{practice_set_up, today},
    unreadable::fetched,
};

/// What notes of one client can be found by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteFilters {
    /// The templates that its notes are written with: id and latest title.
    pub templates: Vec<(Uuid, String)>,
    /// Who wrote its notes: account and name.
    pub authors: Vec<(AccountId, String)>,
}

/// A note that was found.
#[derive(Clone, Debug)]
pub struct FoundNote {
    pub note: Note,
    /// The line of the note with one of the words; its first line if no words were
    /// looked for.
    pub line: String,
}

/// A note as it is printed.
#[derive(Clone, Debug)]
pub struct PrintedNote {
    pub note: Note,
    /// How far its co-signature is.
    pub cosign: CosignState,
    /// The co-signatures of its addenda, in their order.
    pub cosigned_addenda: Vec<CosignState>,
}

/// The notes that are printed.
#[derive(Clone, Debug)]
pub struct PrintedNotes {
    /// The names of the client's people, by seat.
    pub names: Vec<String>,
    /// In the order of their days.
    pub notes: Vec<PrintedNote>,
    /// How many more notes the range has than are printed at once.
    pub left_out: usize,
    /// How many notes of the range are not signed and therefore not printed.
    pub drafts: usize,
}

impl PrintedNotes {
    /// The names of the client's people as a title.
    pub fn title(&self) -> String {
        title(self.names.iter().map(String::as_str))
    }
}

/// The most notes that are printed at once.
const PRINTED_MOST: usize = 200;

/// SQL: a client's notes (`$3`) that the clinician `$1` may read on the day `$2`,
/// with the columns of [`Row`].
macro_rules! readable_notes {
    ($rest:literal) => {
        in_care!(
            concat!("SELECT ", note_columns!(), " FROM note n JOIN client c ON c.id = n.client_id"),
            concat!("AND n.client_id = $3 AND (n.scope <> 'process' OR n.author_id = $1) ", $rest)
        )
    };
}

/// The day of a note: that of its header, or the day on which it was begun.
fn day_of(note: &Note, zone: &Zone) -> NaiveDate {
    note.header.as_ref().map_or_else(|| zone::date_of(note.created_at, zone), |header| header.date)
}

/// The words of a note, without its headings.
fn words_of(note: &Note) -> String {
    note.document.written().map(NoteSection::joined).collect::<Vec<_>>().join("\n")
}

impl Clinician {
    /// What the notes of a client can be found by. Only notes that this clinician
    /// may read count. `None`: not in the caseload.
    pub async fn note_filters(&self, client: ClientId) -> Result<Option<NoteFilters>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let templates = all!(
            &mut tx,
            (Uuid, String),
            "SELECT v.template_id, v.title FROM note_template_version v
             WHERE v.id IN (SELECT n.template_version_id FROM note n
                 WHERE n.client_id = $1 AND (n.scope <> 'process' OR n.author_id = $2))
             ORDER BY v.version",
            client.0,
            self.me().0
        )?;
        // Of several versions, the latest has the title.
        let latest: BTreeMap<Uuid, String> = templates.into_iter().collect();
        let mut templates: Vec<(Uuid, String)> = latest.into_iter().collect();
        templates.sort_by(|a, b| a.1.cmp(&b.1));
        let authors = all!(
            &mut tx,
            (Uuid, String),
            "SELECT a.id, a.display_name FROM account a
             WHERE a.id IN (SELECT n.author_id FROM note n
                 WHERE n.client_id = $1 AND (n.scope <> 'process' OR n.author_id = $2))
             ORDER BY a.display_name, a.id",
            client.0,
            self.me().0
        )?;
        let authors = authors.into_iter().map(|(id, name)| (AccountId(id), name)).collect();
        Ok(Some(NoteFilters { templates, authors }))
    }

    /// A page of a client's notes that fit the search, the latest first; the
    /// opening is audited. `None`: not in the caseload.
    pub async fn find_notes(
        &self,
        client: ClientId,
        search: &NoteSearch,
        after: Option<After>,
    ) -> Result<Option<Paged<FoundNote>>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let today = today(&mut tx, self.now()).await?;
        let zone = practice_set_up(&mut tx).await?.zone;
        let mut opener = Opener::new(self.store());
        let (mut found, mut place, mut opened_any) = (Vec::new(), after.unwrap_or(After::END), false);
        loop {
            let rows = fetched!(
                &mut tx,
                Row,
                readable_notes!(
                    "AND (n.created_at, n.id) < ($4, $5) AND ($6 IS NULL OR n.author_id = $6)
                     AND ($7 IS NULL OR n.template_version_id IN
                         (SELECT w.id FROM note_template_version w WHERE w.template_id = $7))
                     ORDER BY n.created_at DESC, n.id DESC LIMIT $8"
                ),
                self.me().0,
                today,
                client.0,
                place.at,
                place.id,
                search.author.map(|author| author.0),
                search.template,
                OPENED_AT_ONCE + 1
            )?;
            let Paged { rows, more } = Paged::of(rows, OPENED_AT_ONCE, |row| After::new(row.created_at, row.id));
            opened_any |= !rows.is_empty();
            for row in &rows {
                let note = opener.open_or_say(&mut tx, row).await?;
                let text = words_of(&note);
                if search.has_day(day_of(&note, &zone)) && search.words.are_in(&text) {
                    let line = search.words.line_in(&text).to_owned();
                    found.push(FoundNote { note, line });
                }
            }
            match more {
                Some(more) if i64::try_from(found.len()).is_ok_and(|count| count <= FOUND_NOTES) => place = more,
                Some(_) | None => break,
            }
        }
        if opened_any {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Notes).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Some(Paged::of(found, FOUND_NOTES, |hit: &FoundNote| After::new(hit.note.created_at, hit.note.id.0))))
    }

    /// A note to print, with its addenda and signatures; the printing is audited.
    /// `None`: there is no such note in this clinician's care, or it is a
    /// colleague's process note.
    pub async fn note_to_print(&self, id: NoteId) -> Result<Option<PrintedNotes>> {
        let mut tx = self.store().read().await?;
        let Some(row) = notes::find(self, &mut tx, id).await? else { return Ok(None) };
        let note = Opener::new(self.store()).open(&mut tx, &row).await?;
        let client = note.client;
        let notes = vec![printed(self.store(), &mut tx, note).await?];
        let names = names_of(self.store(), &mut tx, client).await?;
        let act = Act::by(self.me(), AuditAction::Printed, AuditThing::Note).id(id.0).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(PrintedNotes { names, notes, left_out: 0, drafts: 0 }))
    }

    /// The signed notes of a client within a range of days, with their addenda and
    /// signatures; the printing is audited. Process notes are printed only by
    /// themselves, and only their author's own. `None`: not in the caseload.
    pub async fn notes_to_print(&self, client: ClientId, range: NoteRange) -> Result<Option<PrintedNotes>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let today = today(&mut tx, self.now()).await?;
        let zone = practice_set_up(&mut tx).await?.zone;
        let rows = all!(
            &mut tx,
            Row,
            readable_notes!("AND n.addendum_of IS NULL ORDER BY n.created_at, n.id"),
            self.me().0,
            today,
            client.0
        )?;
        let search = NoteSearch { from: range.from, until: range.until, ..NoteSearch::default() };
        let mut opener = Opener::new(self.store());
        let (mut chosen, mut drafts) = (Vec::new(), 0);
        for row in rows.iter().filter(|row| (row.scope == NoteScope::Process) == range.only_process) {
            let note = opener.open_or_say(&mut tx, row).await?;
            let day = day_of(&note, &zone);
            match note.signed_at {
                _ if !search.has_day(day) => {}
                Some(_) => chosen.push((day, note)),
                None => drafts += 1,
            }
        }
        chosen.sort_by_key(|(day, note)| (*day, note.created_at, note.id));
        let left_out = chosen.len().saturating_sub(PRINTED_MOST);
        let mut notes = Vec::new();
        for (_, note) in chosen.into_iter().take(PRINTED_MOST) {
            notes.push(printed(self.store(), &mut tx, note).await?);
        }
        let names = names_of(self.store(), &mut tx, client).await?;
        let act = Act::by(self.me(), AuditAction::Printed, AuditThing::Notes).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(PrintedNotes { names, notes, left_out, drafts }))
    }
}

/// A note with its addenda and the state of all co-signatures.
async fn printed(store: &Store, tx: &mut Tx, mut note: Note) -> Result<PrintedNote> {
    note.addenda = notes::addenda_of(store, tx, note.id).await?;
    let cosign = cosign::state_of(store, tx, note.id).await?;
    let mut cosigned_addenda = Vec::new();
    for addendum in &note.addenda {
        cosigned_addenda.push(cosign::state_of(store, tx, addendum.id).await?);
    }
    Ok(PrintedNote { note, cosign, cosigned_addenda })
}

/// The names of a client's people, by seat.
async fn names_of(store: &Store, tx: &mut Tx, client: ClientId) -> Result<Vec<String>> {
    let members = client::members_of(store, tx, &[client]).await?;
    Ok(members.into_iter().map(|(_, member)| member.details.name).collect())
}
