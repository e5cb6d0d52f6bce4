//! The import of a client list: read, looked at, imported in one transaction, and
//! undone within a day.
//!
//! Until it is imported, the rows of the file are kept sealed by the practice's data
//! key; afterwards they are removed. Everybody who comes with an import is held
//! ([`person.held_at`]): they get no email and no invitation until somebody releases
//! them.

mod importing;
mod undoing;

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{AccountId, ClientImportId},
    portability::client_list::{Choices, ClientList, KnownPerson, Plan, Practice, Therapist, guess, plan, plan_names},
};
use sqlx::{FromRow, types::Json};

pub use importing::{ImportBegun, ImportRun};
pub use undoing::ImportUndone;

use crate::{
    After, Error, Owner, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    keys::PRACTICE,
    limits::CLIENT_IMPORTS,
    practice::settings::{practice_set_up, today},
    records::imported,
    scheduling::slots::therapists,
};

/// The place of the sealed rows.
const CONTENT: &str = "client_import";
/// How long an import can be undone.
const UNDO: Duration = Duration::hours(24);
/// How long the rows of a file are kept that nobody imports.
const KEPT: Duration = Duration::days(7);
/// After this long without an end, an import was interrupted.
const INTERRUPTED: Duration = Duration::minutes(10);

domain::words! {
    /// How far an import is.
    pub enum ImportState {
        /// The file was read; nothing is imported.
        Read = "read", "Not imported yet";
        Running = "running", "In progress";
        Done = "done", "Imported";
        Undone = "undone", "Undone";
        Discarded = "discarded", "Discarded";
    }
}

/// An import of a client list.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ClientImport {
    #[sqlx(try_from = "uuid::Uuid")]
    pub id: ClientImportId,
    pub created_at: DateTime<Utc>,
    /// The name of the member of staff who chose the file.
    pub created_by: String,
    pub file_name: String,
    #[sqlx(try_from = "String")]
    pub state: ImportState,
    /// Since when it is running; `None`: it is not.
    pub running_at: Option<DateTime<Utc>>,
    /// `None`: it was not imported.
    pub imported_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
    pub clients: i64,
    pub people: i64,
    pub left_out: i64,
    /// How many clients stayed because they were used before it was undone.
    pub kept: i64,
    /// How many of its people are still held.
    pub held: i64,
}

impl ClientImport {
    /// Until when it can be undone; `None`: it was not imported, or is undone.
    pub fn undo_until(&self) -> Option<DateTime<Utc>> {
        self.imported_at.filter(|_| self.state == ImportState::Done).map(|at| at + UNDO)
    }

    /// Whether it is running for so long that the program must have been stopped.
    pub fn is_interrupted(&self, now: DateTime<Utc>) -> bool {
        self.state == ImportState::Running && self.running_at.is_none_or(|since| since < now - INTERRUPTED)
    }
}

/// An import that is not imported yet, with its dry run.
#[derive(Clone, Debug)]
pub struct OpenImport {
    pub import: ClientImport,
    pub list: ClientList,
    pub choices: Choices,
    pub plan: Plan,
    pub therapists: Vec<Therapist>,
}

impl OpenImport {
    /// A short text that is the same for the same dry run.
    pub fn fingerprint(&self) -> String {
        importing::fingerprint(&self.plan)
    }
}

/// SQL: the columns of a [`ClientImport`] `i`.
macro_rules! import_columns {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.created_at, a.display_name AS created_by, i.file_name, i.state, i.running_at, i.imported_at,
                 i.undone_at, i.clients, i.people, i.left_out, i.kept,
                 (SELECT count(*) FROM imported_details d JOIN person p ON p.id = d.person_id
                  WHERE d.import_id = i.id AND p.held_at IS NOT NULL) AS held
             FROM client_import i JOIN account a ON a.id = i.created_by ",
            $rest
        )
    };
}

impl Owner {
    /// Keeps the rows of a file with what is guessed of its columns.
    pub async fn read_client_list(&self, file_name: &str, list: &ClientList) -> Result<ClientImportId> {
        let store = self.store();
        let mut tx = store.write().await?;
        let zone = practice_set_up(&mut tx).await?.zone;
        let mut choices = guess(list, &zone, today(&mut tx, self.now()).await?);
        // Where there is one therapist, it is theirs.
        if let [one] = therapists(&mut tx, None).await?.as_slice() {
            choices.therapist = Some(AccountId(one.id));
        }
        let id = store.clock().id();
        let key = store.data_key_or_new(&mut tx, PRACTICE).await?;
        let rows = serde_json::to_vec(list).map_err(|error| Error::Stored(error.to_string()))?;
        let name: String = file_name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200).collect();
        run!(
            &mut tx,
            "INSERT INTO client_import (id, created_at, created_by, file_name, state, content, choices)
             VALUES ($1, $2, $3, $4, 'read', $5, $6)",
            id,
            self.now(),
            self.me().0,
            name,
            key.seal(CONTENT, id, &rows),
            Json(&choices)
        )?;
        store.record(&mut tx, Act::by(self.me(), AuditAction::Opened, AuditThing::ClientList).id(id)).await?;
        tx.commit().await?;
        Ok(ClientImportId(id))
    }

    /// A page of the imports, the latest first.
    pub async fn client_imports(&self, after: Option<After>) -> Result<Paged<ClientImport>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            ClientImport,
            import_columns!("WHERE (i.created_at, i.id) < ($1, $2) ORDER BY i.created_at DESC, i.id DESC LIMIT $3"),
            after.at,
            after.id,
            CLIENT_IMPORTS + 1
        )?;
        Ok(Paged::of(rows, CLIENT_IMPORTS, |row| After::new(row.created_at, row.id.0)))
    }

    /// An import; `None`: there is none with this id.
    pub async fn client_import(&self, id: ClientImportId) -> Result<Option<ClientImport>> {
        find(&mut *self.store().read().await?, id).await
    }

    /// An import that is not imported yet, with its dry run. `None`: there is none.
    pub async fn open_client_import(&self, id: ClientImportId) -> Result<Option<OpenImport>> {
        let mut tx = self.store().read().await?;
        open(self.store(), &mut tx, id).await
    }

    /// Keeps what was chosen for the columns and rows. `false`: there is no such import
    /// that is not imported yet.
    pub async fn choose_for_import(&self, id: ClientImportId, choices: &Choices) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let set = run!(
            &mut tx,
            "UPDATE client_import SET choices = $1 WHERE id = $2 AND state = 'read'",
            Json(choices),
            id.0
        )?;
        tx.commit().await?;
        Ok(set > 0)
    }

    /// Removes the rows of a file without importing them. `false`: there is no such
    /// import that is not imported yet.
    pub async fn discard_import(&self, id: ClientImportId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let set = run!(
            &mut tx,
            "UPDATE client_import SET state = 'discarded', content = NULL WHERE id = $1 AND state = 'read'",
            id.0
        )?;
        if set > 0 {
            let act = Act::by(self.me(), AuditAction::Dropped, AuditThing::ClientList);
            self.store().record(&mut tx, act.id(id.0)).await?;
        }
        tx.commit().await?;
        Ok(set > 0)
    }
}

/// An import; `None`: there is none with this id.
async fn find(tx: &mut Tx, id: ClientImportId) -> Result<Option<ClientImport>> {
    Ok(maybe!(tx, ClientImport, import_columns!("WHERE i.id = $1"), id.0)?)
}

/// An import that is not imported yet, with its dry run; `None`: there is none.
async fn open(store: &Store, tx: &mut Tx, id: ClientImportId) -> Result<Option<OpenImport>> {
    let Some(import) = find(tx, id).await? else { return Ok(None) };
    let row = maybe!(
        &mut *tx,
        (Option<Vec<u8>>, Json<Choices>),
        "SELECT content, choices FROM client_import WHERE id = $1 AND state IN ('read', 'running')",
        id.0
    )?;
    let Some((Some(content), Json(choices))) = row else { return Ok(None) };
    let key = store.key_of(tx, PRACTICE).await?;
    let list: ClientList = serde_json::from_slice(&key.open(CONTENT, id.0, &content)?)
        .map_err(|error| Error::Stored(error.to_string()))?;
    let zone = practice_set_up(tx).await?.zone;
    let today = today(tx, store.now()).await?;
    let therapists: Vec<Therapist> = therapists(tx, None)
        .await?
        .into_iter()
        .map(|therapist| Therapist { id: AccountId(therapist.id), name: therapist.display_name })
        .collect();
    let known = known_people(store, tx, &list, &choices).await?;
    let practice = Practice { today, zone: &zone, therapists: &therapists, known: &known };
    let plan = plan(&list, &choices, &practice);
    Ok(Some(OpenImport { import, list, choices, plan, therapists }))
}

/// The people of the practice whose name is in a list.
async fn known_people(store: &Store, tx: &mut Tx, list: &ClientList, choices: &Choices) -> Result<Vec<KnownPerson>> {
    let names = plan_names(list, choices);
    let mut known = Vec::new();
    // The first line of the search key is the name as it is compared.
    let people = all!(&mut *tx, (uuid::Uuid, String, String), "SELECT id, name, search_name FROM person")?;
    for (id, name, search_name) in people {
        if names.contains(search_name.lines().next().unwrap_or_default()) {
            let birth = imported::birth_of(store, tx, id).await?;
            known.push(KnownPerson { id: id.into(), name, birth });
        }
    }
    Ok(known)
}

impl Worker {
    /// Removes the rows of files that nobody imported for a week, and opens again what
    /// was interrupted. Gives how many there were.
    pub async fn tidy_client_imports(&self) -> Result<u64> {
        let mut tx = self.write().await?;
        let dropped = run!(
            &mut tx,
            "UPDATE client_import SET state = 'discarded', content = NULL WHERE state = 'read' AND created_at < $1",
            self.now() - KEPT
        )?;
        let opened = run!(
            &mut tx,
            "UPDATE client_import SET state = 'read', running_at = NULL WHERE state = 'running' AND running_at < $1",
            self.now() - INTERRUPTED
        )?;
        tx.commit().await?;
        Ok(dropped + opened)
    }
}
