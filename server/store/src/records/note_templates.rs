//! Templates of notes: shipped with the program, changed and added by the
//! practice, in versions that are never changed.

use std::collections::HashMap;

use domain::{
    clients::client::ClientKind,
    ids::{AccountId, NoteTemplateId, NoteTemplateVersionId},
    records::note::NoteTemplate,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Error, FormKey, Owner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    unreadable::{Lenient, legible},
};

/// A template of notes in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteTemplateEntry {
    pub id: NoteTemplateId,
    pub version_id: NoteTemplateVersionId,
    /// The number of the version, from 1.
    pub version: i64,
    pub template: NoteTemplate,
    /// The name of the shipped template; `None`: the practice's own.
    pub slug: Option<String>,
    /// The name of the owner who wrote this version; `None`: it is as shipped.
    pub made_by: Option<String>,
    pub archived: bool,
}

/// The outcome of changing a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteTemplateChange {
    /// This version is the newest now.
    Done(NoteTemplateVersionId),
    /// It is as it was; there is no new version.
    TheSame,
    /// Another version was made since the page was opened.
    Behind,
    /// There is no such template.
    Gone,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version_id: Uuid,
    version: i64,
    document: Json<NoteTemplate>,
    slug: Option<String>,
    made_by: Option<String>,
    archived: bool,
}

impl From<Row> for NoteTemplateEntry {
    fn from(row: Row) -> Self {
        Self {
            id: NoteTemplateId(row.id),
            version_id: NoteTemplateVersionId(row.version_id),
            version: row.version,
            template: row.document.0,
            slug: row.slug,
            made_by: row.made_by,
            archived: row.archived,
        }
    }
}

/// SQL: templates with a version `v` of each; `$rest` is the condition.
macro_rules! templates {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, v.id AS version_id, v.version, v.document, t.slug, a.display_name AS made_by,
                 (t.archived_at IS NOT NULL) AS archived
             FROM note_template t JOIN note_template_version v ON v.template_id = t.id
             LEFT JOIN account a ON a.id = v.made_by ",
            $rest
        )
    };
}

/// SQL condition: the version is the newest one of its template.
macro_rules! is_newest {
    () => {
        "v.version = (SELECT max(w.version) FROM note_template_version w WHERE w.template_id = t.id)"
    };
}

/// A version of a template; `None`: there is no such version.
pub(crate) async fn version(tx: &mut Tx, version: NoteTemplateVersionId) -> Result<Option<NoteTemplateEntry>> {
    Ok(maybe!(tx, Row, templates!("WHERE v.id = $1"), version.0)?.map(NoteTemplateEntry::from))
}

/// The newest version of a template; `None`: there is no such template.
pub(crate) async fn newest(tx: &mut Tx, template: NoteTemplateId) -> Result<Option<NoteTemplateEntry>> {
    let row = maybe!(tx, Row, concat!(templates!("WHERE t.id = $1 AND "), is_newest!()), template.0)?;
    Ok(row.map(NoteTemplateEntry::from))
}

/// All templates in their newest versions, by title.
async fn all_newest(tx: &mut Tx) -> Result<Vec<NoteTemplateEntry>> {
    let rows = legible!(tx, Row, concat!(templates!("WHERE "), is_newest!()))?;
    let mut entries: Vec<NoteTemplateEntry> = rows.into_iter().map(NoteTemplateEntry::from).collect();
    entries.sort_by_cached_key(|entry| (entry.template.title.to_lowercase(), entry.id));
    Ok(entries)
}

/// The template with which a clinician begins a note about a client of this kind:
/// the one that they chose, or the practice's for such clients. `None`: there is
/// none in use, and the note is free text.
pub(crate) async fn first_choice(
    tx: &mut Tx,
    clinician: AccountId,
    kind: ClientKind,
) -> Result<Option<NoteTemplateEntry>> {
    let chosen = maybe!(
        &mut *tx,
        (Uuid,),
        "SELECT d.template_id FROM note_template_default d JOIN note_template t ON t.id = d.template_id
         WHERE d.account_id = $1 AND t.archived_at IS NULL",
        clinician.0
    )?;
    if let Some((template,)) = chosen {
        return newest(tx, NoteTemplateId(template)).await;
    }
    let slug = match kind {
        ClientKind::Couple => "couple-session",
        ClientKind::Individual => "free-text",
    };
    let usual =
        maybe!(&mut *tx, (Uuid,), "SELECT id FROM note_template WHERE slug = $1 AND archived_at IS NULL", slug)?;
    match usual {
        Some((template,)) => newest(tx, NoteTemplateId(template)).await,
        None => Ok(None),
    }
}

/// Adds a version to a template.
async fn add_version(
    store: &Store,
    tx: &mut Tx,
    (template, number): (Uuid, i64),
    document: &NoteTemplate,
    by: Option<AccountId>,
) -> Result<NoteTemplateVersionId> {
    let id = store.clock().id();
    run!(
        tx,
        "INSERT INTO note_template_version (id, template_id, version, title, document, created_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        template,
        number,
        &document.title,
        Json(document),
        store.now(),
        by.map(|by| by.0)
    )?;
    Ok(NoteTemplateVersionId(id))
}

impl Store {
    /// Loads the templates that the program ships into the database, each with the
    /// name of its file. A changed template becomes a new version, unless the
    /// practice has written one of its own. Gives how many versions are new.
    pub async fn load_note_templates(&self, templates: &[(String, NoteTemplate)]) -> Result<usize> {
        let mut tx = self.write().await?;
        let mut new = 0;
        for (slug, template) in templates {
            run!(
                &mut tx,
                "INSERT INTO note_template (id, slug, created_at) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
                self.clock().id(),
                slug,
                self.now()
            )?;
            let (id,) = maybe!(&mut tx, (Uuid,), "SELECT id FROM note_template WHERE slug = $1", slug)?
                .ok_or_else(|| Error::Stored("a note template was not kept".to_owned()))?;
            let newest = maybe!(
                &mut tx,
                (i64, Lenient<Option<NoteTemplate>>, Option<Uuid>),
                "SELECT version, document, made_by FROM note_template_version WHERE template_id = $1
                 ORDER BY version DESC LIMIT 1",
                id
            )?;
            let number = match newest {
                None => 1,
                Some((_, _, Some(_))) => continue,
                Some((_, Lenient(Some(kept)), None)) if kept == *template => continue,
                Some((number, _, None)) => number + 1,
            };
            add_version(self, &mut tx, (id, number), template, None).await?;
            new += 1;
        }
        tx.commit().await?;
        Ok(new)
    }
}

impl Clinician {
    /// The templates in use, by title.
    pub async fn note_templates(&self) -> Result<Vec<NoteTemplateEntry>> {
        let mut tx = self.store().read().await?;
        let mut entries = all_newest(&mut tx).await?;
        entries.retain(|entry| !entry.archived);
        Ok(entries)
    }

    /// The template that this clinician has chosen to begin with; `None`: none.
    pub async fn default_note_template(&self) -> Result<Option<NoteTemplateId>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT template_id FROM note_template_default WHERE account_id = $1",
            self.me().0
        )?;
        Ok(row.map(|(id,)| NoteTemplateId(id)))
    }

    /// Sets the template with which this clinician's notes begin. `false`: there is
    /// no such template in use.
    pub async fn set_default_note_template(&self, template: NoteTemplateId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if newest(&mut tx, template).await?.is_none_or(|entry| entry.archived) {
            return Ok(false);
        }
        run!(
            &mut tx,
            "INSERT INTO note_template_default (account_id, template_id) VALUES ($1, $2)
             ON CONFLICT (account_id) DO UPDATE SET template_id = excluded.template_id",
            self.me().0,
            template.0
        )?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Owner {
    /// All templates in their newest versions by title, archived ones among them,
    /// each with how many signed notes have a version of it.
    pub async fn note_templates(&self) -> Result<Vec<(NoteTemplateEntry, i64)>> {
        let mut tx = self.store().read().await?;
        let counts: HashMap<Uuid, i64> = legible!(
            &mut tx,
            (Uuid, i64),
            "SELECT v.template_id, count(*) FROM note n JOIN note_template_version v ON v.id = n.template_version_id
             WHERE n.signed_at IS NOT NULL GROUP BY v.template_id"
        )?
        .into_iter()
        .collect();
        let entries = all_newest(&mut tx).await?.into_iter();
        let counted = entries.map(|entry| {
            let count = counts.get(&entry.id.0).copied().unwrap_or(0);
            (entry, count)
        });
        Ok(counted.collect())
    }

    /// A template in its newest version; `None`: there is no such template.
    pub async fn note_template(&self, template: NoteTemplateId) -> Result<Option<NoteTemplateEntry>> {
        let mut tx = self.store().read().await?;
        newest(&mut tx, template).await
    }

    /// Adds a template, once for each form key.
    pub async fn add_note_template(&self, document: &NoteTemplate, form: Option<FormKey>) -> Result<NoteTemplateId> {
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        if let Some(before) = self.store().claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(NoteTemplateId(before));
        }
        run!(&mut tx, "INSERT INTO note_template (id, created_at) VALUES ($1, $2)", id, self.now())?;
        add_version(self.store(), &mut tx, (id, 1), document, Some(self.me())).await?;
        self.record_template(&mut tx, AuditAction::Created, id).await?;
        tx.commit().await?;
        Ok(NoteTemplateId(id))
    }

    /// Writes a new version of a template; `seen` is the number of the version that
    /// the page showed.
    pub async fn change_note_template(
        &self,
        template: NoteTemplateId,
        seen: i64,
        document: &NoteTemplate,
    ) -> Result<NoteTemplateChange> {
        let mut tx = self.store().write().await?;
        // Two owners' changes follow each other.
        run!(&mut tx, "UPDATE note_template SET created_at = created_at WHERE id = $1", template.0)?;
        let Some(before) = newest(&mut tx, template).await? else { return Ok(NoteTemplateChange::Gone) };
        if before.template == *document {
            return Ok(NoteTemplateChange::TheSame);
        }
        if before.version != seen {
            return Ok(NoteTemplateChange::Behind);
        }
        let made =
            add_version(self.store(), &mut tx, (template.0, before.version + 1), document, Some(self.me())).await?;
        self.record_template(&mut tx, AuditAction::Changed, template.0).await?;
        tx.commit().await?;
        Ok(NoteTemplateChange::Done(made))
    }

    /// Archives a template, or brings it back: new notes are begun only with
    /// templates in use. `false`: there is no such template.
    pub async fn archive_note_template(&self, template: NoteTemplateId, archived: bool) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let now = self.now();
        let changed = run!(
            &mut tx,
            "UPDATE note_template SET archived_at = $1 WHERE id = $2 AND (archived_at IS NULL) = $3",
            archived.then_some(now),
            template.0,
            archived
        )?;
        if changed == 0 {
            return Ok(newest(&mut tx, template).await?.is_some());
        }
        let action = if archived { AuditAction::Archived } else { AuditAction::Restored };
        self.record_template(&mut tx, action, template.0).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn record_template(&self, tx: &mut Tx, action: AuditAction, id: Uuid) -> Result<()> {
        self.store().record(tx, Act::by(self.me(), action, AuditThing::NoteTemplate).id(id)).await
    }
}
