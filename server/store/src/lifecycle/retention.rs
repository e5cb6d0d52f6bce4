//! Retention: what has been kept for its years and is due for deletion, which an owner
//! confirms, and the legal holds that stop it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::title,
    ids::{AccountId, ClientId},
    records::retention::{RetentionClass, RetentionYears},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    After, Clinician, Owner, Paged, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    lifecycle::removing,
    limits::RETENTION,
    practice::settings::{practice_set_up, today},
    unreadable,
};

/// The place of the sealed reason of a hold.
const WHY: &str = "client.hold_why";

/// A client of whom something is due for deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueForDeletion {
    pub client: ClientId,
    /// The names of its people.
    pub title: String,
    /// The day of the last session of anyone in it, or on which it came.
    pub last: NaiveDate,
    /// What is due; the record is the client with everything in it.
    pub classes: Vec<RetentionClass>,
}

/// A client of whom nothing may be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub client: ClientId,
    pub title: String,
    pub since: DateTime<Utc>,
    /// The name of the member of staff who set it.
    pub by: String,
    pub why: String,
}

/// SQL: the instant of the last session of anyone in the client `c`, or at which it came.
macro_rules! last_seen {
    () => {
        "COALESCE((SELECT max(s.starts_at) FROM session s
             WHERE s.client_id = c.id AND s.state <> 'cancelled'), c.created_at)"
    };
}
pub(crate) use last_seen;

/// SQL: whether a client `c` has content of each class but the record, as columns.
macro_rules! class_columns {
    () => {
        "EXISTS (SELECT 1 FROM note n WHERE n.client_id = c.id AND n.scope = 'process') AS has_process,
         EXISTS (SELECT 1 FROM document d WHERE d.client_id = c.id) AS has_documents,
         EXISTS (SELECT 1 FROM handover h WHERE h.client_id = c.id) AS has_letters,
         EXISTS (SELECT 1 FROM assignment a WHERE a.client_id = c.id) AS has_exercises,
         EXISTS (SELECT 1 FROM message m WHERE m.client_id = c.id) AS has_messages"
    };
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    last_at: DateTime<Utc>,
    has_process: bool,
    has_documents: bool,
    has_letters: bool,
    has_exercises: bool,
    has_messages: bool,
}

impl Row {
    /// Whether there is content of a class.
    const fn has(&self, class: RetentionClass) -> bool {
        match class {
            RetentionClass::Record => true,
            RetentionClass::Process => self.has_process,
            RetentionClass::Documents => self.has_documents,
            RetentionClass::Letters => self.has_letters,
            RetentionClass::Exercises => self.has_exercises,
            RetentionClass::Messages => self.has_messages,
        }
    }
}

/// SQL: the clients without a hold and without anything ahead whose last session was
/// before `$1`, with what there is of them. `$rest` follows.
macro_rules! due_clients {
    ($rest:literal) => {
        concat!(
            "SELECT * FROM (SELECT c.id, ",
            last_seen!(),
            " AS last_at, ",
            class_columns!(),
            " FROM client c
             WHERE c.created_at < $1 AND c.hold_at IS NULL AND c.example_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM data_request_part q JOIN data_request d ON d.id = q.request_id
                   WHERE q.client_id = c.id AND d.ready_at IS NULL AND d.cancelled_at IS NULL)) t
             WHERE t.last_at < $1 AND (t.last_at < $2
                 OR (t.has_process AND t.last_at < $3) OR (t.has_documents AND t.last_at < $4)
                 OR (t.has_letters AND t.last_at < $5) OR (t.has_exercises AND t.last_at < $6)
                 OR (t.has_messages AND t.last_at < $7)) ",
            $rest
        )
    };
}

/// The years of each class.
pub(crate) async fn years(tx: &mut Tx) -> Result<RetentionYears> {
    let row = maybe!(tx, (Json<RetentionYears>,), "SELECT retention FROM practice WHERE id = 1")?;
    Ok(row.map(|(Json(years),)| years).unwrap_or_default())
}

/// The instants before which the last session was, if a class is due: the earliest of
/// all, the record’s, and those of the others in their order.
async fn cutoffs(tx: &mut Tx, now: DateTime<Utc>) -> Result<([DateTime<Utc>; 7], RetentionYears)> {
    let years = years(tx).await?;
    let (today, zone) = (today(tx, now).await?, practice_set_up(tx).await?.zone);
    let at = |class| zone::day_start(years.cutoff(class, today), &zone);
    let of = [
        at(RetentionClass::Record)?,
        at(RetentionClass::Process)?,
        at(RetentionClass::Documents)?,
        at(RetentionClass::Letters)?,
        at(RetentionClass::Exercises)?,
        at(RetentionClass::Messages)?,
    ];
    let any = of.iter().copied().max().unwrap_or(now);
    let [record, process, documents, letters, exercises, messages] = of;
    Ok(([any, record, process, documents, letters, exercises, messages], years))
}

/// The names of a client's people as a title.
async fn title_of(tx: &mut Tx, client: Uuid) -> Result<String> {
    let names = all!(
        &mut *tx,
        (String,),
        "SELECT p.name FROM client_member m JOIN person p ON p.id = m.person_id WHERE m.client_id = $1 ORDER BY m.seat",
        client
    )?;
    Ok(title(names.iter().map(|(name,)| name.as_str())))
}

impl Owner {
    /// For how many years each class is kept.
    pub async fn retention_years(&self) -> Result<RetentionYears> {
        years(&mut *self.store().read().await?).await
    }

    /// Sets for how many years each class is kept.
    pub async fn set_retention_years(&self, years: &RetentionYears) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE practice SET retention = $1 WHERE id = 1", Json(years))?;
        let act = Act::by(self.me(), AuditAction::Set, AuditThing::Retention);
        self.store().record(&mut tx, act).await?;
        tx.commit().await
    }

    /// A page of the clients of whom something is due for deletion, the longest unseen
    /// first.
    pub async fn due_for_deletion(&self, after: Option<After>) -> Result<Paged<DueForDeletion>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let ([any, record, process, documents, letters, exercises, messages], _) = cutoffs(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            Row,
            due_clients!("AND (t.last_at, t.id) > ($8, $9) ORDER BY t.last_at, t.id LIMIT $10"),
            any,
            record,
            process,
            documents,
            letters,
            exercises,
            messages,
            after.at,
            after.id,
            RETENTION + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, RETENTION, |row| After::new(row.last_at, row.id));
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.push(self.due(&mut tx, &row).await?);
        }
        Ok(Paged { rows: found, more })
    }

    /// What is due of a client.
    async fn due(&self, tx: &mut Tx, row: &Row) -> Result<DueForDeletion> {
        let zone = practice_set_up(tx).await?.zone;
        let (today, years) = (today(tx, self.now()).await?, years(tx).await?);
        let last = zone::date_of(row.last_at, &zone);
        let is_due = |class: RetentionClass| row.has(class) && years.until(class, last) <= today;
        let mut classes: Vec<_> = RetentionClass::ALL.iter().copied().filter(|class| is_due(*class)).collect();
        if classes.contains(&RetentionClass::Record) {
            classes = vec![RetentionClass::Record];
        }
        Ok(DueForDeletion { client: ClientId(row.id), title: title_of(tx, row.id).await?, last, classes })
    }

    /// Deletes for good what is due of this client. `false`: nothing is due, or there is
    /// a hold.
    pub async fn delete_due(&self, client: ClientId) -> Result<bool> {
        let store = self.store();
        let mut tx = store.write().await?;
        let ([any, record, process, documents, letters, exercises, messages], _) = cutoffs(&mut tx, self.now()).await?;
        let row = maybe!(
            &mut tx,
            Row,
            due_clients!("AND t.id = $8"),
            any,
            record,
            process,
            documents,
            letters,
            exercises,
            messages,
            client.0
        )?;
        let Some(row) = row else { return Ok(false) };
        let due = self.due(&mut tx, &row).await?;
        for class in &due.classes {
            match class {
                RetentionClass::Record => removing::remove_client(store, &mut tx, client).await?,
                RetentionClass::Process => removing::remove_process_notes(store, &mut tx, client).await?,
                RetentionClass::Documents => removing::remove_documents(&mut tx, client).await?,
                RetentionClass::Letters => removing::remove_letters(store, &mut tx, client).await?,
                RetentionClass::Exercises => removing::remove_exercises(&mut tx, client).await?,
                RetentionClass::Messages => removing::remove_messages(&mut tx, client).await?,
            }
        }
        let words: Vec<&str> = due.classes.iter().map(|class| class.word()).collect();
        let detail = format!("kept long enough: {}", words.join(", "));
        let act = Act::by(self.me(), AuditAction::Removed, AuditThing::Client).id(client.0).client(client.0);
        store.record(&mut tx, act.detail(&detail)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The clients of whom nothing may be deleted, the latest hold first.
    pub async fn holds(&self) -> Result<Vec<Hold>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, DateTime<Utc>, String, Vec<u8>),
            "SELECT c.id, c.hold_at, a.display_name, c.hold_why FROM client c JOIN account a ON a.id = c.hold_by
             WHERE c.hold_at IS NOT NULL ORDER BY c.hold_at DESC, c.id"
        )?;
        let mut holds = Vec::with_capacity(rows.len());
        for (id, since, by, why) in rows {
            let key = self.store().key_of(&mut tx, id).await;
            let why = unreadable::or_skip(key.and_then(|key| key.open_text(WHY, id, &why)))?;
            let title = title_of(&mut tx, id).await?;
            let why = why.unwrap_or_else(|| "This reason cannot be read.".to_owned());
            holds.push(Hold { client: ClientId(id), title, since, by, why });
        }
        Ok(holds)
    }

    /// Stops every deletion of a client that is due, for a reason. `false`: there is no
    /// such client, or a hold is set already.
    pub async fn set_hold(&self, client: ClientId, why: &str) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let set = set_hold(self.store(), &mut tx, client, self.me(), why).await?;
        tx.commit().await?;
        Ok(set)
    }

    /// Ends a hold. `false`: there is none.
    pub async fn end_hold(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let ended = run!(
            &mut tx,
            "UPDATE client SET hold_at = NULL, hold_by = NULL, hold_why = NULL WHERE id = $1 AND hold_at IS NOT NULL",
            client.0
        )?;
        if ended > 0 {
            let act = Act::by(self.me(), AuditAction::Ended, AuditThing::LegalHold).id(client.0).client(client.0);
            self.store().record(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(ended > 0)
    }

    /// Whether anything is due for deletion.
    pub async fn is_deletion_due(&self) -> Result<bool> {
        let mut tx = self.store().read().await?;
        let ([any, record, process, documents, letters, exercises, messages], _) = cutoffs(&mut tx, self.now()).await?;
        let row = maybe!(
            &mut tx,
            Row,
            due_clients!("LIMIT 1"),
            any,
            record,
            process,
            documents,
            letters,
            exercises,
            messages
        )?;
        Ok(row.is_some())
    }
}

impl Clinician {
    /// Stops every deletion of a client of the caseload, for a reason. `false`: not in
    /// the caseload, or a hold is set already.
    pub async fn hold_client(&self, client: ClientId, why: &str) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(false);
        }
        let set = set_hold(self.store(), &mut tx, client, self.me(), why).await?;
        tx.commit().await?;
        Ok(set)
    }
}

/// Sets a hold. `false`: there is no such client, or one is set already.
async fn set_hold(store: &Store, tx: &mut Tx, client: ClientId, by: AccountId, why: &str) -> Result<bool> {
    let there = maybe!(&mut *tx, (Uuid,), "SELECT id FROM client WHERE id = $1 AND hold_at IS NULL", client.0)?;
    if there.is_none() {
        return Ok(false);
    }
    let key = store.data_key_or_new(tx, client.0).await?;
    run!(
        &mut *tx,
        "UPDATE client SET hold_at = $1, hold_by = $2, hold_why = $3 WHERE id = $4",
        store.now(),
        by.0,
        key.seal(WHY, client.0, why.as_bytes()),
        client.0
    )?;
    let act = Act::by(by, AuditAction::Set, AuditThing::LegalHold).id(client.0).client(client.0);
    store.record(tx, act).await?;
    Ok(true)
}
