//! The intake in a client's record: the therapist reads the answers and can do
//! without an item, with a reason.

use chrono::{DateTime, Utc};
use domain::{
    ids::{ClientId, IntakeId, PersonId},
    records::intake::{Answer, IntakeList, Item, ItemState, Standing},
};
use sqlx::types::Json;

use super::{
    ANSWER, AnswerRow, IntakeRow, IntakeStanding, WAIVED, facts_of, find_of_client, open_answer, people_of, row_of,
    rows_of, standing_of, standings,
};
use crate::{
    Clinician, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::run,
    unreadable,
};

/// The intake of a client of the caseload.
#[derive(Clone, Debug)]
pub enum IntakeOpened {
    NotStarted,
    Started(Box<IntakeView>),
}

/// An intake as the therapist sees it.
#[derive(Clone, Debug)]
pub struct IntakeView {
    pub id: IntakeId,
    pub client: ClientId,
    /// The version of the list.
    pub version: i64,
    pub list: IntakeList,
    pub started_at: DateTime<Utc>,
    /// The name of the member of staff who started it.
    pub started_by: String,
    /// When it ended with a separation; `None`: it did not.
    pub ended_at: Option<DateTime<Utc>>,
    pub people: Vec<IntakePerson>,
    /// Whether everyone is ready.
    pub is_ready: bool,
}

/// One person in the intake.
#[derive(Clone, Debug)]
pub struct IntakePerson {
    pub person: PersonId,
    pub name: String,
    pub standing: Standing,
    pub items: Vec<IntakeItem>,
}

/// An item of one person as the therapist reads it.
#[derive(Clone, Debug)]
pub struct IntakeItem {
    pub item: Item,
    pub state: ItemState,
    pub answer: Option<Answer>,
    pub answered_at: Option<DateTime<Utc>>,
    /// The name of the therapist who entered it from paper; `None`: the person
    /// answered it.
    pub entered_by: Option<String>,
    pub is_shared: bool,
    /// Who does without it, and why; `None`: it is not waived.
    pub waiver: Option<Waiver>,
}

/// That the therapist does without an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    pub by: String,
    pub why: String,
}

impl Clinician {
    /// The intake of a client with all answers; the opening is audited. `None`: the
    /// client is not in the caseload.
    pub async fn intake(&self, client: ClientId) -> Result<Option<IntakeOpened>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let Some(row) = find_of_client(&mut tx, client).await? else { return Ok(Some(IntakeOpened::NotStarted)) };
        let view = find_view_of(self, &mut tx, row).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Intake).id(view.id.0).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(IntakeOpened::Started(Box::new(view))))
    }

    /// How far the people of a client are, without what they answered. `None`: the
    /// client is not in the caseload, or no intake was started.
    pub async fn intake_standing(&self, client: ClientId) -> Result<Option<IntakeStanding>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        standings(self.store(), &mut tx, client).await
    }

    /// Does without an item of one person, for a reason; with `None` takes that back.
    /// `false`: the client is not in the caseload, or there is no such item.
    pub async fn waive_intake_item(
        &self,
        client: ClientId,
        person: PersonId,
        item: &str,
        why: Option<&str>,
    ) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(false);
        }
        let Some(row) = find_of_client(&mut tx, client).await?.filter(|row| !row.is_ended()) else {
            return Ok(false);
        };
        let is_member = people_of(&mut tx, client).await?.iter().any(|(id, _)| *id == person);
        if !is_member || row.list().item(item).is_none() {
            return Ok(false);
        }
        let id = ensure_row(self, &mut tx, &row, person, item).await?;
        let key = self.store().data_key_or_new(&mut tx, client.0).await?;
        run!(
            &mut tx,
            "UPDATE intake_answer SET waived_at = $1, waived_by = $2, waived_why = $3 WHERE id = $4",
            why.map(|_| self.now()),
            why.map(|_| self.me().0),
            why.map(|why| key.seal(WAIVED, id, why.as_bytes())),
            id
        )?;
        let action = if why.is_some() { AuditAction::Waived } else { AuditAction::TakenBack };
        let act = Act::by(self.me(), action, AuditThing::IntakeItem).id(id).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// The id of an item's row, which is made if there is none.
async fn ensure_row(
    clinician: &Clinician,
    tx: &mut Tx,
    intake: &IntakeRow,
    person: PersonId,
    item: &str,
) -> Result<uuid::Uuid> {
    let id = clinician.store().clock().id();
    run!(
        tx,
        "INSERT INTO intake_answer (id, intake_id, client_id, person_id, item, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (intake_id, person_id, item) DO NOTHING",
        id,
        intake.id,
        intake.client_id,
        person.0,
        item,
        clinician.now()
    )?;
    let rows = rows_of(tx, intake.id()).await?;
    Ok(row_of(&rows, person, item).map_or(id, |row| row.id))
}

/// An intake with all answers, opened. The caller has found the client through the
/// scope, and records the opening.
pub(crate) async fn find_view_of(clinician: &Clinician, tx: &mut Tx, row: IntakeRow) -> Result<IntakeView> {
    let client = row.client();
    let rows = rows_of(tx, row.id()).await?;
    let facts = facts_of(clinician.store(), tx, &row).await?;
    let mut people = Vec::new();
    for (person, name) in people_of(tx, client).await? {
        let of = standing_of(&row, &rows, &facts, person);
        let standing = of.standing();
        let mut items = Vec::new();
        for (item, state) in of.items {
            let own = row_of(&rows, person, &item.key);
            items.push(open_item(clinician, tx, client, (item, state), own).await?);
        }
        people.push(IntakePerson { person, name, standing, items });
    }
    let each: Vec<Standing> = people.iter().map(|person| person.standing).collect();
    let is_ready = domain::records::intake::is_ready(row.kind.seats().len(), &each);
    let Json(list) = row.list;
    Ok(IntakeView {
        id: IntakeId(row.id),
        client,
        version: row.version,
        list,
        started_at: row.started_at,
        started_by: row.started_by,
        ended_at: row.ended_at,
        people,
        is_ready,
    })
}

/// One item of one person, opened. A value that cannot be read is left out, and the
/// page says so.
async fn open_item(
    clinician: &Clinician,
    tx: &mut Tx,
    client: ClientId,
    (item, state): (Item, ItemState),
    row: Option<&AnswerRow>,
) -> Result<IntakeItem> {
    let mut opened =
        IntakeItem { item, state, answer: None, answered_at: None, entered_by: None, is_shared: false, waiver: None };
    let Some(row) = row else { return Ok(opened) };
    if let Some(sealed) = &row.answer {
        let key = clinician.store().key_of(tx, row.person_id).await;
        opened.answer = unreadable::or_skip(key.and_then(|key| open_answer(&key, ANSWER, row.id, sealed)))?;
    }
    opened.answered_at = row.answered_at;
    opened.entered_by = row.entered_by.clone();
    opened.is_shared = row.shared_at.is_some();
    if let Some(sealed) = &row.waived_why {
        let key = clinician.store().key_of(tx, client.0).await;
        let why = unreadable::or_skip(key.and_then(|key| key.open_text(WAIVED, row.id, sealed)))?;
        opened.waiver = Some(Waiver { by: row.waived_by.clone().unwrap_or_default(), why: why.unwrap_or_default() });
    }
    Ok(opened)
}
