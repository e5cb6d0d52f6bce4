//! The import itself: one transaction, all of it or nothing.

use std::collections::BTreeSet;

use domain::{
    clients::{
        client::{ClientKind, Seat},
        person::EmailAddress,
    },
    ids::{AccountId, ClientId, ClientImportId, PersonId},
    portability::client_list::{Plan, PlannedClient, PlannedPerson},
};
use uuid::Uuid;

use super::open;
use crate::{
    Error, Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    lifecycle::clients::{insert_person_row, seat},
    outbox::owed,
    practice::settings::today,
    records::imported::{self, ImportedDetails},
};

/// Whether an import may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportBegun {
    /// It may, as this run.
    Run(ImportRun),
    /// There is no such import that is not imported yet.
    Gone,
    /// The practice has changed since the dry run was shown: it has to be looked at
    /// again.
    Changed,
    /// The therapist of at least one client is not chosen.
    NoTherapist,
    /// No row would be imported.
    Nothing,
}

/// A run of an import that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportRun {
    pub id: ClientImportId,
    /// How many clients it takes on.
    pub clients: usize,
}

impl Owner {
    /// Marks an import as running, if its dry run is still the one that was `seen`, by
    /// [`fingerprint`].
    pub async fn begin_import(&self, id: ClientImportId, seen: &str) -> Result<ImportBegun> {
        let mut tx = self.store().write().await?;
        let Some(found) = open(self.store(), &mut tx, id).await? else { return Ok(ImportBegun::Gone) };
        if fingerprint(&found.plan) != seen {
            return Ok(ImportBegun::Changed);
        }
        if found.plan.clients.is_empty() {
            return Ok(ImportBegun::Nothing);
        }
        let is_therapist = |id: AccountId| found.therapists.iter().any(|therapist| therapist.id == id);
        if !found.plan.clients.iter().all(|client| client.therapist.is_some_and(is_therapist)) {
            return Ok(ImportBegun::NoTherapist);
        }
        let begun = run!(
            &mut tx,
            "UPDATE client_import SET state = 'running', running_at = $1 WHERE id = $2 AND state = 'read'",
            self.now(),
            id.0
        )?;
        if begun == 0 {
            return Ok(ImportBegun::Gone);
        }
        tx.commit().await?;
        Ok(ImportBegun::Run(ImportRun { id, clients: found.plan.clients.len() }))
    }

    /// Imports what [`Self::begin_import`] has marked. `each` is told of how many clients
    /// are there. If anything fails, nothing is imported and the import is open again.
    pub async fn run_import(&self, run: ImportRun, each: impl Fn(usize) + Send) -> Result<()> {
        let outcome = self.import_all(run, each).await;
        if outcome.is_err() {
            let mut tx = self.store().write().await?;
            run!(
                &mut tx,
                "UPDATE client_import SET state = 'read', running_at = NULL WHERE id = $1 AND state = 'running'",
                run.id.0
            )?;
            tx.commit().await?;
        }
        outcome
    }

    async fn import_all(&self, run: ImportRun, each: impl Fn(usize) + Send) -> Result<()> {
        let store = self.store();
        let mut tx = store.write().await?;
        let found = open(store, &mut tx, run.id).await?;
        let Some(found) = found else { return Err(Error::Refused("This import is no longer there.".to_owned())) };
        let plan = found.plan;
        // Who has one of these addresses already gets emails in another way from now on.
        let mut shared = BTreeSet::new();
        for email in plan.clients.iter().flat_map(PlannedClient::people).filter_map(|p| p.details.email.as_ref()) {
            let key = email.key();
            if maybe!(&mut tx, (Uuid,), "SELECT id FROM person WHERE email_key = $1 LIMIT 1", &key)?.is_some() {
                shared.insert(key);
            }
        }
        for (n, client) in plan.clients.iter().enumerate() {
            self.import_client(&mut tx, run.id, client).await?;
            each(n + 1);
        }
        let keys: Vec<&str> = shared.iter().map(String::as_str).collect();
        owed::replan_mailboxes(store, &mut tx, &keys).await?;
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        run!(
            &mut tx,
            "UPDATE client_import SET state = 'done', running_at = NULL, content = NULL, imported_at = $1,
                 clients = $2, people = $3, left_out = $4 WHERE id = $5",
            self.now(),
            number(plan.clients.len()),
            number(plan.new_people()),
            number(plan.left_out()),
            run.id.0
        )?;
        let detail = format!("{} clients", plan.clients.len());
        let act = Act::by(self.me(), AuditAction::Imported, AuditThing::ClientList).id(run.id.0).detail(&detail);
        store.record(&mut tx, act).await?;
        tx.commit().await
    }

    /// Takes on a client of an import.
    async fn import_client(&self, tx: &mut Tx, import: ClientImportId, client: &PlannedClient) -> Result<()> {
        let store = self.store();
        let (id, now) = (ClientId(store.clock().id()), self.now());
        let kind = if client.b.is_some() { ClientKind::Couple } else { ClientKind::Individual };
        let therapist = client.therapist.ok_or_else(|| Error::Stored("an import without a therapist".to_owned()))?;
        run!(
            &mut *tx,
            "INSERT INTO client (id, kind, created_at, created_by, archived_at, import_id)
             VALUES ($1, $2, $3, $4, $5, $6)",
            id.0,
            kind.word(),
            now,
            self.me().0,
            client.is_archived.then_some(now),
            import.0
        )?;
        let today = today(tx, now).await?;
        run!(
            &mut *tx,
            "INSERT INTO care (client_id, clinician_id, covering, starts_on) VALUES ($1, $2, $3, $4)",
            id.0,
            therapist.0,
            false,
            today
        )?;
        for (place, person) in [Seat::A, Seat::B].into_iter().zip(client.people()) {
            let person = self.import_person(tx, import, person).await?;
            seat(store, tx, id, place, person).await?;
        }
        let act = Act::by(self.me(), AuditAction::Imported, AuditThing::Client).id(id.0).client(id.0);
        store.record(tx, act.detail(kind.word())).await
    }

    /// Takes on a person of an import, held, or finds the one who is here already.
    async fn import_person(&self, tx: &mut Tx, import: ClientImportId, person: &PlannedPerson) -> Result<PersonId> {
        if let Some(known) = person.same_as {
            return Ok(known);
        }
        let store = self.store();
        let id = insert_person_row(store, tx, &person.details).await?;
        run!(&mut *tx, "UPDATE person SET held_at = $1 WHERE id = $2", self.now(), id.0)?;
        let details = ImportedDetails { birth: person.birth, texts: person.kept.clone() };
        imported::insert(store, tx, (id.0, import.0), &details).await?;
        Ok(id)
    }
}

/// A short text that is the same for the same plan, by which a form tells which dry run
/// its sender has seen.
pub fn fingerprint(plan: &Plan) -> String {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for client in &plan.clients {
        for person in client.people() {
            let email = person.details.email.as_ref().map_or("", EmailAddress::as_str);
            let same = person.same_as.map(|id| id.to_string()).unwrap_or_default();
            for text in [&person.details.name, email, &person.details.phone, &same] {
                hash.update(text.as_bytes());
                hash.update([0]);
            }
        }
        let therapist = client.therapist.map(|id| id.to_string()).unwrap_or_default();
        hash.update(therapist.as_bytes());
        hash.update([u8::from(client.is_archived), 1]);
    }
    hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
