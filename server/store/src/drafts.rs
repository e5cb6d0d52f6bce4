//! Exercises that therapists write: drafts as they were typed, and versions.

use chrono::{DateTime, Utc};
use domain::{
    builder,
    exercise::Document,
    form::{Errors, Form},
    ids::{AccountId, ExerciseVersionId},
    person::search_key,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Result, Tx,
    audit::Act,
    database::{all, maybe, run},
};

/// What is being written.
#[derive(Clone, Debug)]
pub struct ExerciseDraft {
    pub id: Uuid,
    pub form: Form,
    /// The exercise it becomes a version of.
    pub slug: Option<String>,
    /// What it is made from.
    pub before: Option<Document>,
    /// Counts the writes: another window shows.
    pub number: i64,
    pub updated_at: DateTime<Utc>,
}

/// What became of keeping a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Under this number.
    Done(i64),
    /// Another window wrote meanwhile; this is its number.
    Elsewhere(i64),
    /// Published, thrown away, or another's.
    Gone,
}

/// What became of publishing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// It stands under this slug, in this version.
    Done(String, i64),
    Unfit(Errors),
    /// This version was published since the draft was begun: publishing again
    /// puts the draft on top of it.
    Behind(i64),
    Gone,
}

/// What became of an exercise that came as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It stands under this slug, in this version.
    Done(String, i64),
    /// One's own exercise under this slug is the same already.
    Same(String),
    /// Another exercise of the library bears its title; nothing was kept.
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
    async fn find_draft(&self, tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
        Ok(maybe!(
            tx,
            Row,
            "SELECT d.id, d.form, d.exercise_id, e.slug, v.document, d.version_id, d.number, d.updated_at FROM exercise_draft d
             LEFT JOIN exercise e ON e.id = d.exercise_id LEFT JOIN exercise_version v ON v.id = d.version_id
             WHERE d.id = $1 AND d.author_id = $2",
            id,
            self.me().0
        )?)
    }

    /// Starts to write: with an empty page, or from an exercise. One's own
    /// becomes its next version; another's, or the program's, an exercise of
    /// one's own.
    pub async fn start_draft(&self, from: Option<&str>, form: &Form) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let mut exercise = None;
        let mut version: Option<ExerciseVersionId> = None;
        let mut form = form.clone();
        if let Some(slug) = from {
            let Some(entry) = self.newest(&mut tx, slug).await? else { return Ok(None) };
            version = Some(entry.version_id);
            if entry.author == Some(self.me()) {
                let row = maybe!(&mut tx, (Uuid,), "SELECT id FROM exercise WHERE slug = $1", slug)?;
                exercise = row.map(|(id,)| id);
            }
            form = builder::form(&entry.document);
            // One that was begun and not touched is taken up.
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
            "INSERT INTO exercise_draft (id, author_id, exercise_id, version_id, form, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
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

    /// One's own drafts, the latest first.
    pub async fn drafts(&self) -> Result<Vec<(Uuid, String, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, Json<Form>, DateTime<Utc>),
            "SELECT id, form, updated_at FROM exercise_draft WHERE author_id = $1 ORDER BY updated_at DESC LIMIT 200",
            self.me().0
        )?;
        Ok(rows.into_iter().map(|(id, form, at)| (id, form.0.get("title").to_owned(), at)).collect())
    }

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

    /// Keeps what was typed on top of the write that the page knew of, fitting
    /// or not.
    pub async fn save_exercise_draft(&self, id: Uuid, form: &Form, seen: i64) -> Result<Saved> {
        let mut tx = self.store().write().await?;
        let kept = maybe!(
            &mut tx,
            (i64,),
            "UPDATE exercise_draft SET form = $1, updated_at = $2, number = number + 1 WHERE id = $3 AND author_id = $4 AND number = $5 RETURNING number",
            Json(form),
            self.now(),
            id,
            self.me().0,
            seen
        )?;
        let saved = match kept {
            Some((number,)) => Saved::Done(number),
            None => match self.find_draft(&mut tx, id).await? {
                // The same once more: its answer was lost on the way.
                Some(row) if row.form.0 == *form => Saved::Done(row.number),
                Some(row) => Saved::Elsewhere(row.number),
                None => Saved::Gone,
            },
        };
        tx.commit().await?;
        Ok(saved)
    }

    /// Where a draft that is gone was published, if it was, with whether these
    /// are the very words that stand there.
    pub async fn published_from(&self, draft: Uuid, form: &Form) -> Result<Option<(String, bool)>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (String, Json<Document>),
            "SELECT e.slug, v.document FROM form_key k JOIN exercise_version v ON v.id = k.made JOIN exercise e ON e.id = v.exercise_id
             WHERE k.id = $1 AND k.account_id = $2",
            draft,
            self.me().0
        )?;
        Ok(row.map(|(slug, Json(document))| {
            let same = builder::read(form, &slug, Some(&document)).is_ok_and(|d| d == document);
            (slug, same)
        }))
    }

    /// Keeps what was typed into a draft that is gone as a new one.
    pub async fn revive_draft(&self, form: &Form) -> Result<Uuid> {
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO exercise_draft (id, author_id, form, number, created_at, updated_at) VALUES ($1, $2, $3, 1, $4, $4)",
            id,
            self.me().0,
            Json(form),
            self.now()
        )?;
        tx.commit().await?;
        Ok(id)
    }

    pub async fn discard_draft(&self, id: Uuid) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let gone = run!(&mut tx, "DELETE FROM exercise_draft WHERE id = $1 AND author_id = $2", id, self.me().0)?;
        tx.commit().await?;
        Ok(gone > 0)
    }

    /// Makes a draft a version of an exercise. What was assigned before stays
    /// on the version it was assigned with.
    pub async fn publish(&self, id: Uuid) -> Result<Published> {
        let mut tx = self.store().write().await?;
        // Pressed twice, the second finds it gone.
        run!(
            &mut tx,
            "UPDATE exercise_draft SET updated_at = updated_at WHERE id = $1 AND author_id = $2",
            id,
            self.me().0
        )?;
        let Some(row) = self.find_draft(&mut tx, id).await? else { return Ok(Published::Gone) };
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
                return Ok(Published::Behind(version));
            }
        }
        let before = row.document.map(|d| d.0);
        let slug = match &row.slug {
            Some(slug) => slug.clone(),
            None => {
                let taken = all!(&mut tx, (String,), "SELECT slug FROM exercise")?;
                builder::slug_of(row.form.0.get("title"), taken.into_iter().map(|(slug,)| slug))
            }
        };
        let document = match builder::read(&row.form.0, &slug, before.as_ref()) {
            Ok(document) => document,
            Err(errors) => return Ok(Published::Unfit(errors)),
        };
        let (version_id, version) = self.put_version(&mut tx, row.exercise_id, &document).await?;
        run!(&mut tx, "DELETE FROM exercise_draft WHERE id = $1", id)?;
        self.store().made_before(&mut tx, Some(id.into()), self.me(), version_id).await?;
        tx.commit().await?;
        Ok(Published::Done(slug, version))
    }

    /// Keeps an exercise that came as a file: under its own slug where that is
    /// free or one's own, else under a free one. Two of one title in a library
    /// would not be told apart.
    pub async fn import_exercise(&self, document: &Document) -> Result<Imported> {
        let mut tx = self.store().write().await?;
        let standing = maybe!(
            &mut tx,
            (Uuid, Option<Uuid>),
            "SELECT id, author_id FROM exercise WHERE slug = $1",
            &document.slug
        )?;
        let (exercise, slug) = match standing {
            None => (None, document.slug.clone()),
            Some((id, Some(author))) if author == self.me().0 => (Some(id), document.slug.clone()),
            Some(_) => {
                let taken = all!(&mut tx, (String,), "SELECT slug FROM exercise")?;
                (None, builder::slug_of(&document.slug, taken.into_iter().map(|(slug,)| slug)))
            }
        };
        let document = Document { slug: slug.clone(), ..document.clone() };
        for entry in self.entries(&mut tx).await? {
            if entry.document.slug == slug {
                if !entry.archived && entry.document == document {
                    return Ok(Imported::Same(slug));
                }
            } else if search_key(&entry.document.title) == search_key(&document.title) {
                return Ok(Imported::Twin);
            }
        }
        let (_, version) = self.put_version(&mut tx, exercise, &document).await?;
        tx.commit().await?;
        Ok(Imported::Done(slug, version))
    }

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
        let act = Act {
            by: Some(self.me()),
            action: "published",
            thing: "exercise",
            id: Some(exercise),
            client: None,
            detail: "",
        };
        self.store().audit(tx, act).await?;
        Ok((id, version))
    }

    /// Puts an exercise of one's own away, or takes it up again: it is not
    /// offered any more. What was assigned goes on.
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

    /// Every version of an exercise, the latest first.
    pub async fn versions(&self, slug: &str) -> Result<Vec<(i64, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        Ok(all!(
            &mut tx,
            (i64, DateTime<Utc>),
            "SELECT v.version, v.created_at FROM exercise_version v JOIN exercise e ON e.id = v.exercise_id WHERE e.slug = $1 ORDER BY v.version DESC",
            slug
        )?)
    }
}

impl crate::LibraryEntry {
    /// Whether this account wrote it.
    pub fn is_of(&self, account: AccountId) -> bool {
        self.author == Some(account)
    }
}
