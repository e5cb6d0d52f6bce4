//! The list that the practice asks, in versions: the one that the program brings,
//! and those that the owner made of it.

use chrono::{DateTime, Utc};
use domain::{exercises::exercise::Document, form::Errors, records::intake::IntakeList};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Error, Owner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    unreadable::Lenient,
};

/// The list in its newest version, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnersList {
    pub version: i64,
    pub list: IntakeList,
    pub made_at: DateTime<Utc>,
    /// Whether it is the one that the program brings.
    pub is_shipped: bool,
}

/// What became of a new version of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListPublished {
    /// It is the version with this number.
    Done(i64),
    /// Nothing differs from the version that is asked now.
    Same,
    /// Another version was made since the form was opened; this is its number.
    Behind(i64),
    /// The list has this fault.
    Unfit(Errors),
}

/// The newest version that can be read: id and list.
pub(crate) async fn current_list(tx: &mut Tx) -> Result<(Uuid, OwnersList)> {
    let row = maybe!(
        tx,
        (Uuid, i64, Json<IntakeList>, DateTime<Utc>, bool),
        "SELECT id, version, list, made_at, (made_by IS NULL) FROM intake_list ORDER BY version DESC LIMIT 1"
    )?;
    let (id, version, Json(list), made_at, is_shipped) =
        row.ok_or_else(|| Error::Refused("the program has not loaded its intake list".to_owned()))?;
    Ok((id, OwnersList { version, list, made_at, is_shipped }))
}

/// Inserts a version of the list.
async fn insert(store: &Store, tx: &mut Tx, version: i64, list: &IntakeList, by: Option<Uuid>) -> Result<Uuid> {
    let id = store.clock().id();
    run!(
        tx,
        "INSERT INTO intake_list (id, version, list, made_at, made_by) VALUES ($1, $2, $3, $4, $5)",
        id,
        version,
        Json(list),
        store.now(),
        by
    )?;
    Ok(id)
}

impl Store {
    /// Loads the list that the program brings. It becomes a new version if it
    /// differs from the newest one and the practice has made no list of its own.
    pub async fn load_intake_list(&self, list: &IntakeList) -> Result<()> {
        let mut tx = self.write().await?;
        let newest = maybe!(
            &mut tx,
            (i64, Lenient<Option<IntakeList>>, bool),
            "SELECT version, list, (made_by IS NULL) FROM intake_list ORDER BY version DESC LIMIT 1"
        )?;
        let next = match newest {
            None => 1,
            Some((_, _, false)) => return Ok(()),
            Some((_, Lenient(Some(kept)), true)) if kept == *list => return Ok(()),
            Some((version, _, true)) => version + 1,
        };
        insert(self, &mut tx, next, list, None).await?;
        tx.commit().await
    }
}

impl Owner {
    /// The list that is asked now.
    pub async fn intake_list(&self) -> Result<OwnersList> {
        let mut tx = self.store().read().await?;
        Ok(current_list(&mut tx).await?.1)
    }

    /// The exercises with a scale, which can be the first measure: slug and title.
    pub async fn intake_exercises(&self) -> Result<Vec<(String, String)>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (String, Lenient<Option<Document>>),
            "SELECT e.slug, v.document FROM exercise e JOIN exercise_version v ON v.exercise_id = e.id
                AND v.version = (SELECT max(w.version) FROM exercise_version w WHERE w.exercise_id = e.id)
             WHERE e.archived_at IS NULL ORDER BY e.slug"
        )?;
        let documents = rows.into_iter().filter_map(|(slug, Lenient(document))| Some((slug, document?)));
        Ok(documents
            .filter(|(_, document)| document.steps.iter().any(|step| step.kind.measure().is_some()))
            .map(|(slug, document)| (slug, document.title))
            .collect())
    }

    /// Makes a new version of the list. `seen` is the version of which it was made.
    /// Intakes that were started keep theirs.
    pub async fn publish_intake_list(&self, seen: i64, list: &IntakeList) -> Result<ListPublished> {
        if let Some(problem) = list.problems().into_iter().next() {
            return Ok(ListPublished::Unfit(Errors::of_form(problem)));
        }
        let mut tx = self.store().write().await?;
        // Of two owners who press at once, the second waits here.
        run!(&mut tx, "UPDATE practice SET updated_at = updated_at WHERE id = 1")?;
        let (_, newest) = current_list(&mut tx).await?;
        if newest.list == *list {
            return Ok(ListPublished::Same);
        }
        if newest.version != seen {
            return Ok(ListPublished::Behind(newest.version));
        }
        let id = insert(self.store(), &mut tx, newest.version + 1, list, Some(self.me().0)).await?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::IntakeList).id(id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(ListPublished::Done(newest.version + 1))
    }
}
