//! The library of exercises, each in its newest version.

use domain::{
    exercises::exercise::Document,
    ids::{AccountId, ExerciseVersionId},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Store, Tx,
    database::{maybe, run},
    unreadable::{Lenient, legible},
};

/// An exercise in its newest version.
#[derive(Clone, Debug)]
pub struct LibraryEntry {
    pub version_id: ExerciseVersionId,
    pub version: i64,
    pub document: Document,
    /// The account that wrote it; `None`: it is shipped with the program.
    pub author: Option<AccountId>,
    pub author_name: Option<String>,
    pub archived: bool,
}

#[derive(FromRow)]
struct Version {
    id: Uuid,
    version: i64,
    document: Json<Document>,
}

#[derive(FromRow)]
struct Entry {
    author_id: Option<Uuid>,
    author_name: Option<String>,
    archived: bool,
    #[sqlx(flatten)]
    version: Version,
}

impl From<Entry> for LibraryEntry {
    fn from(row: Entry) -> Self {
        Self {
            version_id: ExerciseVersionId(row.version.id),
            version: row.version.version,
            document: row.version.document.0,
            author: row.author_id.map(AccountId),
            author_name: row.author_name,
            archived: row.archived,
        }
    }
}

impl Store {
    /// Loads the exercises that the program ships into the database. A changed
    /// document becomes a new version; an unchanged one is left as it is. Gives
    /// how many versions are new.
    pub async fn load_library(&self, documents: &[Document]) -> Result<usize> {
        let mut tx = self.write().await?;
        let mut new = 0;
        for document in documents {
            let now = self.now();
            let fresh = self.clock().id();
            run!(
                &mut tx,
                "INSERT INTO exercise (id, slug, created_at) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
                fresh,
                &document.slug,
                now
            )?;
            let exercise = maybe!(&mut tx, (Uuid,), "SELECT id FROM exercise WHERE slug = $1", &document.slug)?
                .ok_or_else(|| Error::Stored("an exercise was not kept".to_owned()))?
                .0;
            // A version that cannot be read any more gets a readable one after
            // it.
            let newest = maybe!(
                &mut tx,
                (i64, Lenient<Option<Document>>),
                "SELECT version, document FROM exercise_version WHERE exercise_id = $1 ORDER BY version DESC LIMIT 1",
                exercise
            )?;
            if matches!(&newest, Some((_, Lenient(Some(kept)))) if kept == document) {
                continue;
            }
            let number = newest.map_or(1, |(version, _)| version + 1);
            run!(
                &mut tx,
                "INSERT INTO exercise_version (id, exercise_id, version, document, created_at)
                 VALUES ($1, $2, $3, $4, $5)",
                self.clock().id(),
                exercise,
                number,
                Json(document),
                now
            )?;
            new += 1;
        }
        tx.commit().await?;
        Ok(new)
    }
}

/// SQL: each exercise with its newest version; `$rest` is the condition.
macro_rules! newest {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.version, v.document, e.author_id, a.display_name AS author_name,
                 (e.archived_at IS NOT NULL) AS archived
             FROM exercise e JOIN exercise_version v ON v.exercise_id = e.id
                AND v.version = (SELECT max(w.version) FROM exercise_version w WHERE w.exercise_id = e.id)
             LEFT JOIN account a ON a.id = e.author_id ",
            $rest
        )
    };
}

impl Clinician {
    /// The exercises of the library by title, each in its newest version,
    /// including archived ones of this account.
    pub async fn library(&self) -> Result<Vec<LibraryEntry>> {
        let mut tx = self.store().read().await?;
        let mut entries = self.entries(&mut tx).await?;
        entries.sort_by(|a, b| a.document.title.cmp(&b.document.title));
        Ok(entries)
    }

    /// The exercises of the library in no particular order, including archived
    /// ones of this account.
    pub(crate) async fn entries(&self, tx: &mut Tx) -> Result<Vec<LibraryEntry>> {
        let rows = legible!(tx, Entry, newest!("WHERE e.archived_at IS NULL OR e.author_id = $1"), self.me().0)?;
        Ok(rows.into_iter().map(LibraryEntry::from).collect())
    }

    /// The newest version of an exercise; `None`: there is no such exercise.
    pub async fn exercise(&self, slug: &str) -> Result<Option<LibraryEntry>> {
        let mut tx = self.store().read().await?;
        newest_version(&mut tx, slug).await
    }
}

/// The newest version of an exercise; `None`: there is no such exercise.
pub(crate) async fn newest_version(tx: &mut Tx, slug: &str) -> Result<Option<LibraryEntry>> {
    Ok(maybe!(tx, Entry, newest!("WHERE e.slug = $1"), slug)?.map(LibraryEntry::from))
}
