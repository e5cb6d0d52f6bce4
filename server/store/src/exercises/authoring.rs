//! Exercises that therapists write: exercise drafts, kept as they were typed,
//! and published versions.

use chrono::{DateTime, Utc};
use domain::{
    clients::person::search_key,
    exercises::{authoring, exercise::Document},
    form::{Errors, Form},
    ids::{AccountId, ExerciseVersionId},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    After, Clinician, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::{Binned, BinnedDraft},
    database::{all, maybe, run},
    exercises::library,
    limits::DRAFTS,
    unreadable::{Lenient, fetched},
};

/// An exercise draft: an exercise that is being written.
#[derive(Clone, Debug)]
pub struct ExerciseDraft {
    pub id: Uuid,
    pub form: Form,
    /// The slug of the exercise that it will be a new version of; `None`: it
    /// will be a new exercise.
    pub slug: Option<String>,
    /// The version that it was begun from; `None`: it was begun empty.
    pub before: Option<Document>,
    /// How often it was written. A window that knows an older number would
    /// overwrite another window's text.
    pub number: i64,
    pub updated_at: DateTime<Utc>,
}

/// The outcome of saving an exercise draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftSaved {
    /// Saved; this is the new number.
    Done(i64),
    /// Not saved, because another window wrote in the meantime; this is its
    /// number.
    Elsewhere(i64),
    /// Not saved: the draft was published or discarded, or belongs to another
    /// account.
    Gone,
}

/// The outcome of publishing an exercise draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExercisePublished {
    /// Published under this slug as this version.
    Done(String, i64),
    /// Not published: these fields do not fit.
    Unfit(Errors),
    /// Not published: this version was published after the draft was begun.
    /// Publishing once more makes the draft the version after it.
    Behind(i64),
    /// The draft was published or discarded before, or belongs to another
    /// account.
    Gone,
}

/// The outcome of importing an exercise from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExerciseImported {
    /// Imported under this slug as this version.
    Done(String, i64),
    /// The account's own exercise under this slug is identical; nothing was
    /// stored.
    Same(String),
    /// Another exercise in the library has the same title; nothing was stored.
    Twin,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    form: Json<Form>,
    exercise_id: Option<Uuid>,
    slug: Option<String>,
    document: Option<Json<Document>>,
    version_id: Option<Uuid>,
    number: i64,
    updated_at: DateTime<Utc>,
}

impl Clinician {
    /// An own exercise draft; `None`: there is none, or it belongs to another
    /// account.
    async fn find_draft(&self, tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
        Ok(maybe!(
            tx,
            Row,
            "SELECT d.id, d.form, d.exercise_id, e.slug, v.document, d.version_id, d.number, d.updated_at
             FROM exercise_draft d
             LEFT JOIN exercise e ON e.id = d.exercise_id LEFT JOIN exercise_version v ON v.id = d.version_id
             WHERE d.id = $1 AND d.author_id = $2",
            id,
            self.me().0
        )?)
    }

    /// Starts an exercise draft with this form, or from the exercise `from`. An
    /// own exercise will get a new version; another's exercise, or one of the
    /// program's, will become a new exercise of this account. Gives the id of
    /// the draft; `None`: there is no such exercise.
    pub async fn start_draft(&self, from: Option<&str>, form: &Form) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let mut exercise = None;
        let mut version: Option<ExerciseVersionId> = None;
        let mut form = form.clone();
        if let Some(slug) = from {
            let Some(entry) = library::newest_version(&mut tx, slug).await? else { return Ok(None) };
            version = Some(entry.version_id);
            if entry.author == Some(self.me()) {
                let row = maybe!(&mut tx, (Uuid,), "SELECT id FROM exercise WHERE slug = $1", slug)?;
                exercise = row.map(|(id,)| id);
            }
            form = authoring::to_form(&entry.document);
            // A draft of this version that was never written to is used again.
            let untouched = maybe!(
                &mut tx,
                (Uuid,),
                "SELECT id FROM exercise_draft WHERE author_id = $1 AND version_id = $2 AND number = 0 LIMIT 1",
                self.me().0,
                entry.version_id.0
            )?;
            if let Some((id,)) = untouched {
                return Ok(Some(id));
            }
        }
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO exercise_draft (id, author_id, exercise_id, version_id, form, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)",
            id,
            self.me().0,
            exercise,
            version.map(|v| v.0),
            Json(&form),
            self.now()
        )?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// A page of the account's own exercise drafts, the latest first: id, title
    /// and last change.
    pub async fn drafts(&self, after: Option<After>) -> Result<Paged<(Uuid, String, DateTime<Utc>)>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let rows = fetched!(
            &mut tx,
            (Uuid, Lenient<Option<Form>>, DateTime<Utc>),
            "SELECT id, form, updated_at FROM exercise_draft WHERE author_id = $1 AND (updated_at, id) < ($2, $3)
             ORDER BY updated_at DESC, id DESC LIMIT $4",
            self.me().0,
            after.at,
            after.id,
            DRAFTS + 1
        )?;
        let page = Paged::of(rows, DRAFTS, |(id, _, at)| After::new(*at, *id));
        let title = |form: Option<Form>| {
            form.map_or_else(|| "A draft that cannot be read".to_owned(), |form| form.get("title").to_owned())
        };
        Ok(page.map(|(id, form, at)| (id, title(form.0), at)))
    }

    /// An own exercise draft; `None`: there is none, or it belongs to another
    /// account.
    pub async fn draft(&self, id: Uuid) -> Result<Option<ExerciseDraft>> {
        let mut tx = self.store().read().await?;
        Ok(self.find_draft(&mut tx, id).await?.map(|row| ExerciseDraft {
            id: row.id,
            form: row.form.0,
            slug: row.slug,
            before: row.document.map(|d| d.0),
            number: row.number,
            updated_at: row.updated_at,
        }))
    }

    /// Saves an exercise draft as it was typed, valid or not, if `seen` is
    /// still its number.
    pub async fn save_exercise_draft(&self, id: Uuid, form: &Form, seen: i64) -> Result<DraftSaved> {
        let mut tx = self.store().write().await?;
        let before = self.find_draft(&mut tx, id).await?.map(|row| row.form.0);
        let kept = maybe!(
            &mut tx,
            (i64,),
            "UPDATE exercise_draft SET form = $1, updated_at = $2, number = number + 1
             WHERE id = $3 AND author_id = $4 AND number = $5 RETURNING number",
            Json(form),
            self.now(),
            id,
            self.me().0,
            seen
        )?;
        let saved = match kept {
            Some((number,)) => {
                if before.as_ref() != Some(form) {
                    self.store().note_typing(&mut tx, self.visitor()).await?;
                }
                DraftSaved::Done(number)
            }
            None => match self.find_draft(&mut tx, id).await? {
                // The same form was sent again, because the answer to the first
                // request was lost.
                Some(row) if row.form.0 == *form => DraftSaved::Done(row.number),
                Some(row) => DraftSaved::Elsewhere(row.number),
                None => DraftSaved::Gone,
            },
        };
        tx.commit().await?;
        Ok(saved)
    }

    /// The slug under which a draft was published, and whether the form is
    /// identical to that version. `None`: it was not published by this account,
    /// or longer ago than form keys are kept (thirty days).
    pub async fn published_from(&self, draft: Uuid, form: &Form) -> Result<Option<(String, bool)>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (String, Json<Document>),
            "SELECT e.slug, v.document FROM form_key k JOIN exercise_version v ON v.id = k.made
             JOIN exercise e ON e.id = v.exercise_id
             WHERE k.id = $1 AND k.account_id = $2",
            draft,
            self.me().0
        )?;
        Ok(row.map(|(slug, Json(document))| {
            let same = authoring::read(form, &slug, Some(&document)).is_ok_and(|d| d == document);
            (slug, same)
        }))
    }

    /// Saves a form whose own draft was published or discarded as a new draft,
    /// and gives its id. `None`: the draft did not belong to this account, or
    /// was removed more than thirty days ago.
    pub async fn revive_draft(&self, gone: Uuid, form: &Form) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let published =
            maybe!(&mut tx, (Uuid,), "SELECT id FROM form_key WHERE id = $1 AND account_id = $2", gone, self.me().0)?;
        if published.is_none() && self.store().in_bin(&mut tx, self.me(), "draft", &gone.to_string()).await?.is_none() {
            return Ok(None);
        }
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO exercise_draft (id, author_id, form, number, created_at, updated_at)
             VALUES ($1, $2, $3, 1, $4, $4)",
            id,
            self.me().0,
            Json(form),
            self.now()
        )?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Moves an own exercise draft to the bin. Gives its id there, also if it
    /// was discarded before. `None`: there is no such draft, or it belongs to
    /// another account.
    pub async fn discard_draft(&self, id: Uuid) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let Some(draft) = draft_to_bin(self, &mut tx, id).await? else {
            return self.store().in_bin(&mut tx, self.me(), "draft", &id.to_string()).await;
        };
        let bin = self.store().put_in_bin(&mut tx, self.me(), &draft).await?;
        run!(&mut tx, "DELETE FROM exercise_draft WHERE id = $1 AND author_id = $2", id, self.me().0)?;
        tx.commit().await?;
        Ok(Some(bin))
    }

    /// Makes an exercise draft a version of an exercise. Assignments keep the
    /// version with which they were assigned.
    pub async fn publish(&self, id: Uuid) -> Result<ExercisePublished> {
        let mut tx = self.store().write().await?;
        // If the button is pressed twice, the second request waits here and
        // finds the draft gone.
        run!(
            &mut tx,
            "UPDATE exercise_draft SET updated_at = updated_at WHERE id = $1 AND author_id = $2",
            id,
            self.me().0
        )?;
        let Some(row) = self.find_draft(&mut tx, id).await? else { return Ok(ExercisePublished::Gone) };
        if let Some(exercise) = row.exercise_id {
            run!(&mut tx, "UPDATE exercise SET archived_at = archived_at WHERE id = $1", exercise)?;
            let newest = maybe!(
                &mut tx,
                (Uuid, i64),
                "SELECT id, version FROM exercise_version WHERE exercise_id = $1 ORDER BY version DESC LIMIT 1",
                exercise
            )?;
            if let Some((newest, version)) = newest.filter(|(newest, _)| row.version_id != Some(*newest)) {
                run!(&mut tx, "UPDATE exercise_draft SET version_id = $1 WHERE id = $2", newest, id)?;
                tx.commit().await?;
                return Ok(ExercisePublished::Behind(version));
            }
        }
        let before = row.document.map(|d| d.0);
        let slug = match &row.slug {
            Some(slug) => slug.clone(),
            None => {
                let taken = all!(&mut tx, (String,), "SELECT slug FROM exercise")?;
                authoring::slug_of(row.form.0.get("title"), taken.into_iter().map(|(slug,)| slug))
            }
        };
        let document = match authoring::read(&row.form.0, &slug, before.as_ref()) {
            Ok(document) => document,
            Err(errors) => return Ok(ExercisePublished::Unfit(errors)),
        };
        let (version_id, version) = self.put_version(&mut tx, row.exercise_id, &document).await?;
        run!(&mut tx, "DELETE FROM exercise_draft WHERE id = $1", id)?;
        self.store().claim_form_key(&mut tx, Some(id.into()), self.me(), version_id).await?;
        tx.commit().await?;
        Ok(ExercisePublished::Done(slug, version))
    }

    /// Imports an exercise from a file: under its own slug if that is free or
    /// belongs to this account, otherwise under a free slug. Two exercises with
    /// the same title could not be told apart in the library, so a second one
    /// is refused.
    pub async fn import_exercise(&self, document: &Document) -> Result<ExerciseImported> {
        let mut tx = self.store().write().await?;
        let existing = maybe!(
            &mut tx,
            (Uuid, Option<Uuid>),
            "SELECT id, author_id FROM exercise WHERE slug = $1",
            &document.slug
        )?;
        let (exercise, slug) = match existing {
            None => (None, document.slug.clone()),
            Some((id, Some(author))) if author == self.me().0 => (Some(id), document.slug.clone()),
            Some(_) => {
                let taken = all!(&mut tx, (String,), "SELECT slug FROM exercise")?;
                (None, authoring::slug_of(&document.slug, taken.into_iter().map(|(slug,)| slug)))
            }
        };
        let document = Document { slug: slug.clone(), ..document.clone() };
        for entry in self.entries(&mut tx).await? {
            if entry.document.slug == slug {
                if !entry.archived && entry.document == document {
                    return Ok(ExerciseImported::Same(slug));
                }
            } else if search_key(&entry.document.title) == search_key(&document.title) {
                return Ok(ExerciseImported::Twin);
            }
        }
        let (_, version) = self.put_version(&mut tx, exercise, &document).await?;
        tx.commit().await?;
        Ok(ExerciseImported::Done(slug, version))
    }

    /// Stores a document as the next version of an exercise (`None`: of a new
    /// one) and records it in the audit log. An archived exercise is in use
    /// again. Gives the id and the number of the version.
    async fn put_version(&self, tx: &mut Tx, exercise: Option<Uuid>, document: &Document) -> Result<(Uuid, i64)> {
        let now = self.now();
        let exercise = match exercise {
            Some(id) => {
                run!(tx, "UPDATE exercise SET archived_at = NULL WHERE id = $1", id)?;
                id
            }
            None => {
                let id = self.store().clock().id();
                run!(
                    tx,
                    "INSERT INTO exercise (id, slug, created_at, author_id) VALUES ($1, $2, $3, $4)",
                    id,
                    &document.slug,
                    now,
                    self.me().0
                )?;
                id
            }
        };
        let version =
            maybe!(tx, (Option<i64>,), "SELECT max(version) FROM exercise_version WHERE exercise_id = $1", exercise)?
                .and_then(|(n,)| n)
                .unwrap_or(0)
                + 1;
        let id = self.store().clock().id();
        run!(
            tx,
            "INSERT INTO exercise_version (id, exercise_id, version, document, created_at) VALUES ($1, $2, $3, $4, $5)",
            id,
            exercise,
            version,
            Json(document),
            now
        )?;
        let act = Act::by(self.me(), AuditAction::Published, AuditThing::Exercise).id(exercise);
        self.store().record(tx, act).await?;
        Ok((id, version))
    }

    /// Archives an own exercise, or restores it from the archive. An archived
    /// exercise is no longer offered, but what was assigned continues. `false`:
    /// there is no such own exercise.
    pub async fn set_exercise_archived(&self, slug: &str, archived: bool) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let done = run!(
            &mut tx,
            "UPDATE exercise SET archived_at = $1 WHERE slug = $2 AND author_id = $3",
            archived.then(|| self.now()),
            slug,
            self.me().0
        )?;
        tx.commit().await?;
        Ok(done > 0)
    }

    /// The number and date of every version of an exercise, the latest first.
    pub async fn versions(&self, slug: &str) -> Result<Vec<(i64, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        Ok(all!(
            &mut tx,
            (i64, DateTime<Utc>),
            "SELECT v.version, v.created_at FROM exercise_version v JOIN exercise e ON e.id = v.exercise_id
             WHERE e.slug = $1 ORDER BY v.version DESC",
            slug
        )?)
    }

    /// Stores in the bin an exercise draft as it was before a step was removed,
    /// and returns its id there.
    pub async fn keep_removed_step(&self, draft: Uuid, before: &Form, number: i64) -> Result<Uuid> {
        let mut tx = self.store().write().await?;
        let what = Binned::DraftStep { id: draft, form: before.clone(), number };
        let bin = self.store().put_in_bin(&mut tx, self.me(), &what).await?;
        tx.commit().await?;
        Ok(bin)
    }
}

impl crate::exercises::library::LibraryEntry {
    /// Whether this account wrote the exercise.
    pub fn is_of(&self, account: AccountId) -> bool {
        self.author == Some(account)
    }
}

/// One of the clinician's own exercise drafts as it is stored, for the bin.
pub(crate) async fn draft_to_bin(clinician: &Clinician, tx: &mut Tx, id: Uuid) -> Result<Option<Binned>> {
    let row = maybe!(
        tx,
        BinnedDraft,
        "SELECT id, exercise_id, version_id, form, number, created_at, updated_at
         FROM exercise_draft
         WHERE id = $1 AND author_id = $2",
        id,
        clinician.me().0
    )?;
    Ok(row.map(Binned::Draft))
}
