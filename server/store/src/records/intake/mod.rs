//! The intake: what each person of a client is asked before or after the first
//! session, each alone in their own login.
//!
//! An intake keeps the version of the list with which it was started. Answers are
//! sealed by the key of the person who gave them. How far each person is follows
//! from their answers, from what they signed and from a first exercise; nothing of
//! it is stored.

mod desk;
mod lists;
pub(crate) mod mail;
mod own;
mod record;
mod start;

use self::lists::current_list;
pub(crate) use self::own::{find_own, stored_of};
pub use self::{
    desk::{DeskAnswers, DeskIntake},
    lists::{ListPublished, OwnersList},
    own::{IntakeShared, OwnIntake, OwnItem, OwnStanding, Sharing},
    record::{IntakeItem, IntakeOpened, IntakePerson, IntakeView, Waiver},
    start::IntakeStarted,
};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    clients::client::ClientKind,
    ids::{ClientId, IntakeId, PersonId},
    records::{
        consents::ConsentKind,
        intake::{Answer, IntakeList, Item, ItemKind, ItemState, PersonIntake, Standing},
    },
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::consents::{self, AskStatus};
use crate::{
    Error, Result, Store, Tx,
    database::{all, maybe},
    keys::DataKey,
};

/// The place to which an answer is sealed.
pub(crate) const ANSWER: &str = "intake_answer.answer";
/// The place to which what was typed and is not an answer yet is sealed.
pub(crate) const DRAFT: &str = "intake_answer.draft";
/// The place to which the reason of a waiver is sealed.
pub(crate) const WAIVED: &str = "intake_answer.waived_why";

/// The sizes to which private answers are filled up, in bytes: their length tells
/// nothing.
const PRIVATE_BLOCK: usize = 64 * 1024;

/// How far the people of a client are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeStanding {
    pub intake: IntakeId,
    pub client: ClientId,
    pub people: Vec<PersonStanding>,
    /// Whether everyone is ready: a couple with a free seat is not.
    pub is_ready: bool,
}

/// How far one person is, and what is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonStanding {
    pub person: PersonId,
    pub name: String,
    pub standing: Standing,
    /// The English labels of the needed items that are open.
    pub open: Vec<String>,
}

/// An intake as it is stored, with its list.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct IntakeRow {
    id: Uuid,
    client_id: Uuid,
    version: i64,
    list: Json<IntakeList>,
    started_at: DateTime<Utc>,
    started_by: String,
    ended_at: Option<DateTime<Utc>>,
    #[sqlx(try_from = "String")]
    kind: ClientKind,
}

/// The row of one item of one person.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct AnswerRow {
    pub(crate) id: Uuid,
    pub(crate) person_id: Uuid,
    pub(crate) item: String,
    pub(crate) answer: Option<Vec<u8>>,
    pub(crate) draft: Option<Vec<u8>>,
    pub(crate) answered_at: Option<DateTime<Utc>>,
    /// The name of the therapist who entered it from paper.
    pub(crate) entered_by: Option<String>,
    pub(crate) shared_at: Option<DateTime<Utc>>,
    pub(crate) waived_at: Option<DateTime<Utc>>,
    pub(crate) waived_by: Option<String>,
    pub(crate) waived_why: Option<Vec<u8>>,
}

/// SQL: the columns of an [`IntakeRow`].
macro_rules! intake_columns {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.client_id, l.version, l.list, i.started_at, a.display_name AS started_by, i.ended_at, c.kind
             FROM intake i JOIN intake_list l ON l.id = i.list_id JOIN account a ON a.id = i.started_by
               JOIN client c ON c.id = i.client_id ",
            $rest
        )
    };
}
pub(crate) use intake_columns;

impl IntakeRow {
    /// The id of the intake.
    pub(crate) fn id(&self) -> IntakeId {
        IntakeId(self.id)
    }

    /// The client whose intake it is.
    pub(crate) fn client(&self) -> ClientId {
        ClientId(self.client_id)
    }

    /// The list that is asked.
    pub(crate) fn list(&self) -> &IntakeList {
        &self.list.0
    }

    /// Whether it ended with a separation.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended_at.is_some()
    }
}

/// The intake of a client; `None`: none was started.
pub(crate) async fn find_of_client(tx: &mut Tx, client: ClientId) -> Result<Option<IntakeRow>> {
    Ok(maybe!(tx, IntakeRow, intake_columns!("WHERE i.client_id = $1"), client.0)?)
}

/// The rows of an intake's items.
pub(crate) async fn rows_of(tx: &mut Tx, intake: IntakeId) -> Result<Vec<AnswerRow>> {
    Ok(all!(
        tx,
        AnswerRow,
        "SELECT w.id, w.person_id, w.item, w.answer, w.draft, w.answered_at, e.display_name AS entered_by, w.shared_at,
             w.waived_at, b.display_name AS waived_by, w.waived_why
         FROM intake_answer w LEFT JOIN account e ON e.id = w.entered_by LEFT JOIN account b ON b.id = w.waived_by
         WHERE w.intake_id = $1 ORDER BY w.id",
        intake.0
    )?)
}

/// Seals an answer of an item: a private one is filled up to the same size whatever
/// was answered.
pub(crate) fn seal_answer(key: &DataKey, place: &str, row: Uuid, item: &Item, answer: &Answer) -> Result<Vec<u8>> {
    let mut plain = serde_json::to_vec(answer).map_err(|_| Error::Stored("an answer to the intake".to_owned()))?;
    if item.kind == ItemKind::Private {
        // Blanks behind a value of JSON are no part of it.
        let size = plain.len().next_multiple_of(PRIVATE_BLOCK);
        plain.resize(size, b' ');
    }
    Ok(key.seal(place, row, &plain))
}

/// Opens an answer.
pub(crate) fn open_answer(key: &DataKey, place: &str, row: Uuid, sealed: &[u8]) -> Result<Answer> {
    let plain = key.open(place, row, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| Error::Stored("an answer to the intake".to_owned()))
}

/// What decides how far people are, beside their answers.
pub(crate) struct Facts {
    /// The people who have signed everything that they were asked to sign, whether or
    /// not they withdrew it later; `false`: something is open.
    signed: BTreeMap<Uuid, bool>,
    /// The people who were given the first exercise, and whether they have sent it.
    measured: BTreeMap<Uuid, bool>,
}

/// Reads what decides how far people are, beside their answers.
pub(crate) async fn facts_of(store: &Store, tx: &mut Tx, intake: &IntakeRow) -> Result<Facts> {
    let mut signed: BTreeMap<Uuid, bool> = BTreeMap::new();
    for state in consents::states(store, tx, intake.client()).await? {
        let is_done = match state.kind {
            ConsentKind::Treatment
            | ConsentKind::Privacy
            | ConsentKind::Policy
            | ConsentKind::Fees
            | ConsentKind::Email
            | ConsentKind::Video
            | ConsentKind::Own => match state.status {
                // The front desk reads how far people are, and not that somebody withdrew.
                AskStatus::Signed(_) | AskStatus::Withdrawn(_) => true,
                AskStatus::Open(_) => false,
                AskStatus::Replaced(_) => continue,
            },
            ConsentKind::Confidences | ConsentKind::Release => continue,
        };
        let all = signed.entry(state.person.0).or_insert(true);
        *all &= is_done;
    }
    let mut measured: BTreeMap<Uuid, bool> = BTreeMap::new();
    for item in intake.list().asked().filter(|item| item.kind == ItemKind::Measure) {
        let rows = all!(
            tx,
            (Uuid, bool),
            "SELECT r.person_id, (r.submitted_at IS NOT NULL)
             FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
               JOIN exercise_version v ON v.id = g.exercise_version_id JOIN exercise e ON e.id = v.exercise_id
             WHERE g.client_id = $1 AND e.slug = $2 AND (g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL)",
            intake.client_id,
            &item.exercise
        )?;
        for (person, sent) in rows {
            *measured.entry(person).or_insert(false) |= sent;
        }
    }
    Ok(Facts { signed, measured })
}

/// How far one person is. `rows` are those of the whole intake.
pub(crate) fn standing_of(intake: &IntakeRow, rows: &[AnswerRow], facts: &Facts, person: PersonId) -> PersonIntake {
    let is_done = |item: &Item| match item.kind {
        ItemKind::Consents => facts.signed.get(&person.0).copied().unwrap_or(false),
        ItemKind::Measure => facts.measured.get(&person.0).copied().unwrap_or(false),
        ItemKind::Facts => rows.iter().any(|row| row.item == item.key && row.answer.is_some()),
        ItemKind::Text
        | ItemKind::LongText
        | ItemKind::Choice
        | ItemKind::Choices
        | ItemKind::Date
        | ItemKind::Number
        | ItemKind::YesNo
        | ItemKind::Contact
        | ItemKind::SafeContact
        | ItemKind::Emergency
        | ItemKind::Payer
        | ItemKind::Private => row_of(rows, person, &item.key).is_some_and(|row| row.answer.is_some()),
    };
    let state = |item: &Item| {
        let is_waived = row_of(rows, person, &item.key).is_some_and(|row| row.waived_at.is_some());
        match (is_done(item), is_waived) {
            (true, _) => ItemState::Done,
            (false, true) => ItemState::Waived,
            (false, false) => ItemState::Open,
        }
    };
    let is_asked = |item: &&Item| item.kind != ItemKind::Measure || facts.measured.contains_key(&person.0);
    PersonIntake { items: intake.list().asked().filter(is_asked).map(|item| (item.clone(), state(item))).collect() }
}

/// The row of one item of one person; `None`: there is none yet.
pub(crate) fn row_of<'a>(rows: &'a [AnswerRow], person: PersonId, item: &str) -> Option<&'a AnswerRow> {
    rows.iter().find(|row| row.person_id == person.0 && row.item == item)
}

/// The people of a client, in the order of their seats, with their names.
pub(crate) async fn people_of(tx: &mut Tx, client: ClientId) -> Result<Vec<(PersonId, String)>> {
    let rows = all!(
        tx,
        (Uuid, String),
        "SELECT p.id, p.name FROM client_member m JOIN person p ON p.id = m.person_id
         WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
        client.0
    )?;
    Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
}

/// How far the people of a client are; `None`: no intake was started.
pub(crate) async fn standings(store: &Store, tx: &mut Tx, client: ClientId) -> Result<Option<IntakeStanding>> {
    let Some(intake) = find_of_client(tx, client).await? else { return Ok(None) };
    let rows = rows_of(tx, intake.id()).await?;
    let facts = facts_of(store, tx, &intake).await?;
    let people: Vec<PersonStanding> = people_of(tx, client)
        .await?
        .into_iter()
        .map(|(person, name)| {
            let of = standing_of(&intake, &rows, &facts, person);
            let open = of.open().map(|item| item.label.in_english().to_owned()).collect();
            PersonStanding { person, name, standing: of.standing(), open }
        })
        .collect();
    let each: Vec<Standing> = people.iter().map(|person| person.standing).collect();
    let is_ready = domain::records::intake::is_ready(intake.kind.seats().len(), &each);
    Ok(Some(IntakeStanding { intake: intake.id(), client, people, is_ready }))
}
