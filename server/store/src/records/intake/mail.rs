//! Reminders of an intake: only to a person with open items, at most two, and none
//! after the last of them is settled, the client is archived or the couple has
//! separated.

use super::{IntakeRow, facts_of, find_of_client, intake_columns, people_of, rows_of, standing_of};
use crate::{
    Result, Store, Tx,
    clients::client::{self, PersonRow},
    database::{all, maybe, run},
    outbox::owed::{self, About, EmailFacts, OnConflict, Owed, StillDue, To},
    unreadable,
};
use domain::{
    ids::{ClientId, IntakeId, PersonId},
    outbox::reminder::{EmailKind, SkipReason},
    records::intake::{REMINDER_DAYS, reminders},
};

/// Plans the reminders of a client's intake for each of its people.
pub(crate) async fn plan(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    let Some(intake) = find_of_client(tx, client).await? else { return Ok(()) };
    for (person, _) in people_of(tx, client).await? {
        plan_for(store, tx, &intake, person).await?;
    }
    Ok(())
}

/// Plans the reminders of a person's intakes again after their settings changed, or
/// after they were added to a client.
pub(crate) async fn replan_of(store: &Store, tx: &mut Tx, person: PersonId) -> Result<()> {
    let intakes = all!(
        tx,
        IntakeRow,
        intake_columns!(
            "JOIN client_member m ON m.client_id = i.client_id AND m.left_at IS NULL
             WHERE m.person_id = $1 AND i.ended_at IS NULL AND c.archived_at IS NULL"
        ),
        person.0
    )?;
    for intake in intakes {
        run!(
            tx,
            "UPDATE email SET state = 'superseded', reason = $3
             WHERE intake_id = $1 AND person_id = $2 AND state = 'planned' AND attempts = 0",
            intake.id,
            person.0,
            SkipReason::PlannedAnew.word()
        )?;
        plan_for(store, tx, &intake, person).await?;
    }
    Ok(())
}

/// Plans the reminders of one person.
async fn plan_for(store: &Store, tx: &mut Tx, intake: &IntakeRow, person: PersonId) -> Result<()> {
    let Some(row) = unreadable::or_skip(client::find_person(tx, person).await)? else { return Ok(()) };
    if !row.takes_nudges() {
        return Ok(());
    }
    let planned = reminders(intake.started_at, &row.reader(), store.now()).map_err(Into::into);
    for one in unreadable::or_skip(planned)?.unwrap_or_default() {
        let owed = Owed {
            about: About::Intake(intake.id()),
            to: To::Person(person),
            kind: EmailKind::Intake,
            key: format!("intake:{}:{person}:{}", intake.id(), one.due_at.timestamp()),
            due_at: one.due_at,
            not_after: one.not_after,
            skip: None,
            on_conflict: OnConflict::Revive,
        };
        owed::owe(store, tx, owed).await?;
    }
    Ok(())
}

/// Checks whether a planned reminder of an intake is still due.
pub(crate) async fn check(store: &Store, tx: &mut Tx, intake: IntakeId, person: &PersonRow) -> Result<StillDue> {
    let found = maybe!(
        tx,
        IntakeRow,
        intake_columns!(
            "JOIN client_member m ON m.client_id = i.client_id AND m.left_at IS NULL
             WHERE i.id = $1 AND m.person_id = $2 AND i.ended_at IS NULL AND c.archived_at IS NULL
                 AND c.separated_at IS NULL"
        ),
        intake.0,
        person.id
    )?;
    let Some(row) = found else { return Ok(StillDue::No(SkipReason::Left)) };
    if !person.nudges {
        return Ok(StillDue::No(SkipReason::RemindersOff));
    }
    let rows = rows_of(tx, intake).await?;
    let facts = facts_of(store, tx, &row).await?;
    if standing_of(&row, &rows, &facts, PersonId(person.id)).standing().is_ready() {
        return Ok(StillDue::No(SkipReason::NothingToDo));
    }
    let sent = maybe!(
        tx,
        (i64,),
        "SELECT count(*) FROM email WHERE intake_id = $1 AND person_id = $2 AND state = 'sent'",
        intake.0,
        person.id
    )?;
    let sent = usize::try_from(sent.map_or(0, |(n,)| n)).unwrap_or(usize::MAX);
    Ok(if sent >= REMINDER_DAYS.len() {
        StillDue::No(SkipReason::NothingToDo)
    } else {
        StillDue::Yes(EmailFacts::Portal)
    })
}
