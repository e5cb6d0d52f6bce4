//! What follows an import: it is undone within a day, and its people are released.

use chrono::{DateTime, Utc};
use domain::ids::{ClientId, ClientImportId, PersonId};
use uuid::Uuid;

use super::UNDO;
use crate::{
    Clinician, Error, Owner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    outbox::owed,
};

/// The outcome of undoing an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportUndone {
    /// It is undone. `kept`: this many clients stayed, because they were used.
    Done { kept: usize },
    /// It was imported more than a day ago.
    TooLate,
    /// There is no such import, or it is not imported or undone already.
    Gone,
}

impl Owner {
    /// Undoes an import within a day: removes the clients that came with it, but those
    /// that were used since.
    pub async fn undo_import(&self, id: ClientImportId) -> Result<ImportUndone> {
        let store = self.store();
        let mut tx = store.write().await?;
        let row = maybe!(
            &mut tx,
            (DateTime<Utc>,),
            "UPDATE client_import SET undone_at = $1 WHERE id = $2 AND state = 'done' RETURNING imported_at",
            self.now(),
            id.0
        )?;
        let Some((imported_at,)) = row else { return Ok(ImportUndone::Gone) };
        if self.now() >= imported_at + UNDO {
            return Ok(ImportUndone::TooLate);
        }
        let clients = all!(&mut tx, (Uuid,), "SELECT id FROM client WHERE import_id = $1 ORDER BY id", id.0)?;
        let mut kept = 0;
        for (client,) in &clients {
            if self.remove_unused(&mut tx, *client, imported_at).await? {
                let act = Act::by(self.me(), AuditAction::Removed, AuditThing::Client).id(*client).client(*client);
                store.record(&mut tx, act.detail("import undone")).await?;
            } else {
                kept += 1;
            }
        }
        run!(
            &mut tx,
            "UPDATE client_import SET state = 'undone', kept = $1 WHERE id = $2",
            i64::try_from(kept).unwrap_or(i64::MAX),
            id.0
        )?;
        let act = Act::by(self.me(), AuditAction::TakenBack, AuditThing::ClientList).id(id.0);
        store.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(ImportUndone::Done { kept })
    }

    /// Removes a client that nobody used since its import. `false`: it was used, and
    /// stays as it is.
    async fn remove_unused(&self, tx: &mut Tx, client: Uuid, imported_at: DateTime<Utc>) -> Result<bool> {
        let changed = maybe!(
            &mut *tx,
            (Uuid,),
            "SELECT p.id FROM client_member m JOIN person p ON p.id = m.person_id
             LEFT JOIN imported_details d ON d.person_id = p.id
             WHERE m.client_id = $1 AND d.person_id IS NOT NULL AND (p.updated_at > $2 OR p.held_at IS NULL) LIMIT 1",
            client,
            imported_at
        )?;
        if changed.is_some() {
            return Ok(false);
        }
        let people = all!(
            &mut *tx,
            (Uuid,),
            "SELECT m.person_id FROM client_member m JOIN imported_details d ON d.person_id = m.person_id
             WHERE m.client_id = $1
               AND NOT EXISTS (SELECT 1 FROM client_member o WHERE o.person_id = m.person_id AND o.client_id <> $1)",
            client
        )?;
        let people: Vec<Uuid> = people.into_iter().map(|(person,)| person).collect();
        // Whatever refers to the client or its people keeps them: the database says so.
        run!(&mut *tx, "SAVEPOINT one_client")?;
        match remove(&mut *tx, client, &people).await {
            Ok(()) => {
                run!(&mut *tx, "RELEASE SAVEPOINT one_client")?;
                Ok(true)
            }
            Err(error) if is_refused(&error) => {
                run!(&mut *tx, "ROLLBACK TO SAVEPOINT one_client")?;
                run!(&mut *tx, "RELEASE SAVEPOINT one_client")?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Releases everybody who came with an import and is still held: from now on they get
    /// emails and can be invited. Gives how many they are; `None`: there is no such
    /// import.
    pub async fn release_import(&self, id: ClientImportId) -> Result<Option<usize>> {
        let mut tx = self.store().write().await?;
        if super::find(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        let people = all!(
            &mut tx,
            (Uuid,),
            "SELECT p.id FROM person p JOIN imported_details d ON d.person_id = p.id
             WHERE d.import_id = $1 AND p.held_at IS NOT NULL ORDER BY p.id",
            id.0
        )?;
        for (person,) in &people {
            release(self.store(), &mut tx, PersonId(*person)).await?;
        }
        if !people.is_empty() {
            let act = Act::by(self.me(), AuditAction::EmailsStarted, AuditThing::ClientList).id(id.0);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(Some(people.len()))
    }
}

impl Clinician {
    /// Releases the people of a client of the caseload who came with an import. `false`:
    /// not in the caseload, or nobody is held.
    pub async fn release_client(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(false);
        }
        let people = all!(
            &mut tx,
            (Uuid,),
            "SELECT p.id FROM client_member m JOIN person p ON p.id = m.person_id
             WHERE m.client_id = $1 AND m.left_at IS NULL AND p.held_at IS NOT NULL ORDER BY p.id",
            client.0
        )?;
        for (person,) in &people {
            release(self.store(), &mut tx, PersonId(*person)).await?;
        }
        if people.is_empty() {
            return Ok(false);
        }
        let act = Act::by(self.me(), AuditAction::EmailsStarted, AuditThing::Client).id(client.0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Releases a person: the reminders of their coming sessions are planned.
async fn release(store: &Store, tx: &mut Tx, person: PersonId) -> Result<()> {
    run!(&mut *tx, "UPDATE person SET held_at = NULL WHERE id = $1", person.0)?;
    owed::replan_person(store, tx, person).await
}

/// Removes the rows with which a client and its people came.
async fn remove(tx: &mut Tx, client: Uuid, people: &[Uuid]) -> Result<()> {
    for table in ["DELETE FROM care WHERE client_id = $1", "DELETE FROM client_member WHERE client_id = $1"] {
        run!(&mut *tx, table, client)?;
    }
    run!(&mut *tx, "DELETE FROM client WHERE id = $1", client)?;
    for person in people {
        for table in [
            "DELETE FROM imported_details WHERE person_id = $1",
            "DELETE FROM data_key WHERE subject_id = $1",
            "DELETE FROM person WHERE id = $1",
        ] {
            run!(&mut *tx, table, *person)?;
        }
    }
    Ok(())
}

/// Whether the database has refused a removal because something refers to the row.
fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Database(sqlx::Error::Database(refusal)) if refusal.is_foreign_key_violation())
}
