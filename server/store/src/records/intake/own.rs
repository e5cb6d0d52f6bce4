//! The intake in a person's own portal. Nothing that it shows depends on what the
//! other partner did alone: only the facts of the relationship and what the other
//! shared by an act of their own are seen by both.

use domain::{
    clients::person::PersonDetails,
    ids::{ClientId, IntakeId, PersonId},
    records::intake::{Answer, IntakeList, Item, ItemReaders, ItemState, Standing},
};
use sqlx::types::Json;

use super::{
    ANSWER, AnswerRow, DRAFT, IntakeRow, facts_of, intake_columns, open_answer, people_of, row_of, rows_of, standing_of,
};
use crate::{
    Partner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    keys::DataKey,
    unreadable,
};

/// An intake as one of its people sees it.
#[derive(Clone, Debug)]
pub struct OwnIntake {
    pub id: IntakeId,
    pub client: ClientId,
    pub list: IntakeList,
    pub items: Vec<OwnItem>,
    /// How many needed items are settled.
    pub standing: Standing,
    /// The name of the other partner; `None`: there is none.
    pub partner: Option<String>,
    /// The person's details, from which the first form is filled.
    pub details: PersonDetails,
}

/// How far a person is with an intake, without any answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnStanding {
    pub id: IntakeId,
    /// How many needed items are settled.
    pub standing: Standing,
}

/// An item as the person who answers it sees it.
#[derive(Clone, Debug)]
pub struct OwnItem {
    pub item: Item,
    pub state: ItemState,
    pub answer: Option<Answer>,
    /// What was typed and is not an answer yet; `None`: nothing.
    pub draft: Option<Answer>,
    /// Whether the therapist entered the answer from paper.
    pub is_from_paper: bool,
    /// Whether the person shares the answer with the other partner.
    pub is_shared: bool,
    /// What the other partner entered for both, or shared; `None`: nothing.
    pub theirs: Option<Answer>,
}

/// Whether an answer is shared with the other partner from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing<'a> {
    /// It is shared if it still is what the person has seen, which has this
    /// [`Answer::fingerprint`].
    Share { seen: &'a str },
    /// Sharing is taken back.
    Hide,
}

/// The outcome of sharing an answer, or of taking that back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeShared {
    Done,
    /// The answer was changed on another device since it was shown. Nothing is shared.
    Changed,
    /// There is no such answer, it cannot be shared, or there is no other partner.
    Gone,
}

impl OwnItem {
    /// What the fields show: what was typed last, or the answer.
    pub fn shown(&self) -> Option<&Answer> {
        self.draft.as_ref().or(self.answer.as_ref())
    }
}

impl OwnIntake {
    /// The mark of the answer to an item, by which sharing it tells whether it was
    /// changed meanwhile; `None`: there is no such answer.
    pub fn mark(&self, item: &str) -> Option<String> {
        let one = self.items.iter().find(|one| one.item.key == item)?;
        one.answer.as_ref().map(Answer::fingerprint)
    }
}

/// What is stored of an item: what was typed last, or the answer. `None`: nothing.
pub(crate) fn stored_of(key: &DataKey, row: &AnswerRow) -> Result<Option<Answer>> {
    match (&row.draft, &row.answer) {
        (Some(draft), _) => Ok(Some(open_answer(key, DRAFT, row.id, draft)?)),
        (None, Some(answer)) => Ok(Some(open_answer(key, ANSWER, row.id, answer)?)),
        (None, None) => Ok(None),
    }
}

/// An intake that a person can answer; `None`: it is not theirs, has ended, or the
/// client is archived.
pub(crate) async fn find_own(tx: &mut Tx, intake: IntakeId, person: PersonId) -> Result<Option<IntakeRow>> {
    Ok(maybe!(
        tx,
        IntakeRow,
        intake_columns!(
            "JOIN client_member m ON m.client_id = i.client_id AND m.left_at IS NULL
             WHERE i.id = $1 AND m.person_id = $2 AND i.ended_at IS NULL AND c.archived_at IS NULL
                 AND c.separated_at IS NULL"
        ),
        intake.0,
        person.0
    )?)
}

/// Opens one item of a person, with what the other partner lets them read.
async fn own_item(
    store: &Store,
    tx: &mut Tx,
    (item, state): (Item, ItemState),
    rows: &[AnswerRow],
    (person, other): (PersonId, Option<PersonId>),
) -> Result<OwnItem> {
    let (mut answer, mut draft, mut theirs) = (None, None, None);
    let own = row_of(rows, person, &item.key);
    if let Some(row) = own {
        let key = store.data_key_or_new(tx, person.0).await?;
        let opened = |place, sealed: &Option<Vec<u8>>| {
            sealed.as_ref().map(|sealed| open_answer(&key, place, row.id, sealed)).transpose()
        };
        answer = unreadable::or_skip(opened(ANSWER, &row.answer))?.flatten();
        draft = unreadable::or_skip(opened(DRAFT, &row.draft))?.flatten();
    }
    if let Some(other) = other
        && let Some(row) = row_of(rows, other, &item.key)
        && let Some(sealed) = row.answer.as_ref().filter(|_| is_open_to_the_other(&item, row))
    {
        let key = store.key_of(tx, other.0).await;
        theirs = unreadable::or_skip(key.and_then(|key| open_answer(&key, ANSWER, row.id, sealed)))?;
    }
    Ok(OwnItem {
        state,
        answer,
        draft,
        is_from_paper: own.is_some_and(|row| row.entered_by.is_some()),
        is_shared: own.is_some_and(|row| row.shared_at.is_some()),
        theirs,
        item,
    })
}

/// Whether the other partner reads the answer in this row.
fn is_open_to_the_other(item: &Item, row: &AnswerRow) -> bool {
    match item.readers {
        ItemReaders::Joint => true,
        ItemReaders::Shared => row.shared_at.is_some(),
        ItemReaders::Desk | ItemReaders::Channels | ItemReaders::Clinician | ItemReaders::Alone => false,
    }
}

impl Partner {
    /// How far this person is with each intake that they can answer, that of a couple
    /// first. It opens no answer.
    pub async fn intake_standings(&self) -> Result<Vec<OwnStanding>> {
        let mut tx = self.store().read().await?;
        let found = all!(
            &mut tx,
            IntakeRow,
            intake_columns!(
                "JOIN client_member m ON m.client_id = i.client_id AND m.left_at IS NULL
                 WHERE m.person_id = $1 AND i.ended_at IS NULL AND c.archived_at IS NULL AND c.separated_at IS NULL
                 ORDER BY c.kind, c.created_at, i.id"
            ),
            self.person().0
        )?;
        let mut standings = Vec::new();
        for row in found {
            let rows = rows_of(&mut tx, row.id()).await?;
            let facts = facts_of(self.store(), &mut tx, &row).await?;
            let standing = standing_of(&row, &rows, &facts, self.person()).standing();
            standings.push(OwnStanding { id: row.id(), standing });
        }
        Ok(standings)
    }

    /// The intakes that this person can answer, that of a couple first.
    pub async fn intakes(&self) -> Result<Vec<OwnIntake>> {
        let mut intakes = Vec::new();
        for OwnStanding { id, .. } in self.intake_standings().await? {
            intakes.extend(self.intake(id).await?);
        }
        Ok(intakes)
    }

    /// An intake with this person's answers. What the other partner lets them read is
    /// recorded in the audit log. `None`: it is not theirs, has ended, or the client is
    /// archived.
    pub async fn intake(&self, intake: IntakeId) -> Result<Option<OwnIntake>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find_own(&mut tx, intake, self.person()).await? else { return Ok(None) };
        let rows = rows_of(&mut tx, intake).await?;
        let facts = facts_of(self.store(), &mut tx, &row).await?;
        let of = standing_of(&row, &rows, &facts, self.person());
        let standing = of.standing();
        let other = people_of(&mut tx, row.client()).await?.into_iter().find(|(id, _)| *id != self.person());
        let who = (self.person(), other.as_ref().map(|(id, _)| *id));
        let mut items = Vec::new();
        for asked in of.items {
            items.push(own_item(self.store(), &mut tx, asked, &rows, who).await?);
        }
        let details = client::find_person(&mut tx, self.person()).await?.details();
        let Json(list) = row.list.clone();
        let opened = items.iter().any(|item| item.theirs.is_some());
        if opened {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::SharedAnswers).id(intake.0);
            self.store().record_opening(tx, act.client(row.client_id)).await?;
        }
        Ok(Some(OwnIntake {
            id: intake,
            client: row.client(),
            list,
            items,
            standing,
            partner: other.map(|(_, name)| name),
            details,
        }))
    }

    /// Shares this person's answer to an item with the other partner, or takes that
    /// back.
    pub async fn share_intake_item(&self, intake: IntakeId, item: &str, to: Sharing<'_>) -> Result<IntakeShared> {
        let mut tx = self.store().write().await?;
        // Saving the same answer and sharing it follow each other.
        run!(&mut tx, "UPDATE intake SET started_at = started_at WHERE id = $1", intake.0)?;
        let Some(row) = find_own(&mut tx, intake, self.person()).await? else { return Ok(IntakeShared::Gone) };
        let can_share = row.list().item(item).is_some_and(|item| item.readers == ItemReaders::Shared);
        if !can_share || people_of(&mut tx, row.client()).await?.len() < 2 {
            return Ok(IntakeShared::Gone);
        }
        let share = match to {
            Sharing::Share { seen } => {
                let rows = rows_of(&mut tx, intake).await?;
                let own = row_of(&rows, self.person(), item);
                let Some((row, sealed)) = own.and_then(|row| Some((row, row.answer.as_ref()?))) else {
                    return Ok(IntakeShared::Gone);
                };
                let key = self.store().key_of(&mut tx, self.person().0).await?;
                if open_answer(&key, ANSWER, row.id, sealed)?.fingerprint() != seen {
                    return Ok(IntakeShared::Changed);
                }
                true
            }
            Sharing::Hide => false,
        };
        let changed = run!(
            &mut tx,
            "UPDATE intake_answer SET shared_at = CASE WHEN $4 THEN COALESCE(shared_at, $5) END
             WHERE intake_id = $1 AND person_id = $2 AND item = $3 AND answer IS NOT NULL",
            intake.0,
            self.person().0,
            item,
            share,
            self.now()
        )?;
        if changed == 0 {
            return Ok(IntakeShared::Gone);
        }
        let action = if share { AuditAction::Shared } else { AuditAction::TakenBack };
        let act = Act::by(self.me(), action, AuditThing::Intake).id(intake.0).client(row.client_id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(IntakeShared::Done)
    }
}
