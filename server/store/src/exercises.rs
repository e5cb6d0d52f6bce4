//! The library: each exercise in its newest version.

use domain::{
    exercise::Document,
    ids::{AccountId, ExerciseVersionId},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Store, Tx,
    database::{all, maybe, run},
};

/// An exercise in its newest version.
#[derive(Clone, Debug)]
pub struct LibraryEntry {
    pub version_id: ExerciseVersionId,
    pub version: i64,
    pub document: Document,
    /// Who wrote it; `None`: shipped with the program.
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
    /// Brings the library that the program ships into the database: a changed
    /// document is a new version, an unchanged one is left alone. Tells how
    /// many versions are new.
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
            let newest = maybe!(
                &mut tx,
                Version,
                "SELECT id, version, document FROM exercise_version WHERE exercise_id = $1 ORDER BY version DESC LIMIT 1",
                exercise
            )?;
            if newest.as_ref().is_some_and(|v| v.document.0 == *document) {
                continue;
            }
            let number = newest.map_or(1, |v| v.version + 1);
            run!(
                &mut tx,
                "INSERT INTO exercise_version (id, exercise_id, version, document, created_at) VALUES ($1, $2, $3, $4, $5)",
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

/// The newest version of each exercise, before the condition.
macro_rules! newest {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.version, v.document, e.author_id, a.display_name AS author_name, (e.archived_at IS NOT NULL) AS archived
             FROM exercise e JOIN exercise_version v ON v.exercise_id = e.id AND v.version = (SELECT max(w.version) FROM exercise_version w WHERE w.exercise_id = e.id)
             LEFT JOIN account a ON a.id = e.author_id ",
            $rest
        )
    };
}

impl Clinician {
    /// The library, each exercise in its newest version, by title; with those
    /// of one's own that were put away.
    pub async fn library(&self) -> Result<Vec<LibraryEntry>> {
        let mut tx = self.store().read().await?;
        let mut entries = self.entries(&mut tx).await?;
        entries.sort_by(|a, b| a.document.title.cmp(&b.document.title));
        Ok(entries)
    }

    pub(crate) async fn entries(&self, tx: &mut Tx) -> Result<Vec<LibraryEntry>> {
        let rows = all!(tx, Entry, newest!("WHERE e.archived_at IS NULL OR e.author_id = $1"), self.me().0)?;
        Ok(rows.into_iter().map(LibraryEntry::from).collect())
    }

    pub async fn exercise(&self, slug: &str) -> Result<Option<LibraryEntry>> {
        let mut tx = self.store().read().await?;
        self.newest(&mut tx, slug).await
    }

    pub(crate) async fn newest(&self, tx: &mut Tx, slug: &str) -> Result<Option<LibraryEntry>> {
        Ok(maybe!(tx, Entry, newest!("WHERE e.slug = $1"), slug)?.map(LibraryEntry::from))
    }
}
