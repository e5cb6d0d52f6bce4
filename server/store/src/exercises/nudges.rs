//! Reminders of exercises and plans (nudges) in the outbox: planned together
//! with the exercise or plan, planned again when it changes, and checked once
//! more before they are sent.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    exercises::{
        assignment::{Due, Window},
        nudge::{self, MAX_NUDGES, NudgeTime, Reader},
    },
    ids::{AssignmentId, ClientId, OccurrenceId, PersonId},
    outbox::reminder::{EmailKind, SkipReason},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Store, Tx, Worker,
    clients::client::{self, PersonRow},
    database::{all, maybe, run},
    exercises::due::next_session,
    outbox::owed::{self, About, EmailFacts, OnConflict, Owed, StillDue, To},
    unreadable,
};

/// An occurrence and its assignment, as far as its nudges depend on them.
#[derive(FromRow)]
struct DueOccurrence {
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    due: Due,
    due_on: Option<NaiveDate>,
    opens_on: Option<NaiveDate>,
    occurrence_due: Option<NaiveDate>,
    number: i64,
    rests: bool,
}

impl PersonRow {
    /// Whether reminders of exercises reach this person at all: they want them,
    /// have an email address, and have not chosen the portal only.
    pub(crate) fn takes_nudges(&self) -> bool {
        self.nudges && !self.portal_only && self.email.is_some()
    }

    /// This person as the reader of a nudge.
    pub(crate) fn reader(&self) -> Reader {
        let mut reader = Reader::new(PersonId(self.id), self.email.is_some(), self.zone.clone(), self.contact());
        reader.recipient.alone = self.alone_skip();
        reader
    }
}

/// Plans the nudges of an occurrence and replaces those planned before.
pub(crate) async fn plan_nudges(store: &Store, tx: &mut Tx, occurrence: OccurrenceId) -> Result<()> {
    let now = store.now();
    run!(
        tx,
        "UPDATE email SET state = 'superseded', reason = $2
         WHERE occurrence_id = $1 AND kind = 'nudge' AND state = 'planned' AND attempts = 0",
        occurrence.0,
        SkipReason::PlannedAnew.word()
    )?;
    let asked = maybe!(
        tx,
        DueOccurrence,
        "SELECT g.client_id, g.due, g.due_on, o.opens_on, o.due_on AS occurrence_due, o.number,
                (g.withdrawn_at IS NOT NULL OR g.paused_at IS NOT NULL OR c.archived_at IS NOT NULL
                 OR EXISTS (SELECT 1
                   FROM occurrence x
                   WHERE x.assignment_id = g.id AND x.number > o.number AND x.opens_on IS NULL)) AS rests
         FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
         WHERE o.id = $1",
        occurrence.0
    )?;
    let Some(asked) = asked.filter(|a| !a.rests) else { return Ok(()) };
    let people = all!(
        tx,
        (Uuid,),
        "SELECT person_id FROM response WHERE occurrence_id = $1 AND submitted_at IS NULL AND not_now IS NULL",
        occurrence.0
    )?;
    for (person,) in people {
        let Some(person) = unreadable::or_skip(client::find_person(tx, PersonId(person)).await)? else { continue };
        if !person.takes_nudges() {
            continue;
        }
        let window = asked.opens_on.zip(asked.occurrence_due);
        let ask = match (window, asked.due) {
            (Some((opens, due)), _) => NudgeTime::Within(Window { number: asked.number, opens, due }),
            (None, Due::OnDate) => match asked.due_on {
                Some(day) => NudgeTime::By(day),
                None => continue,
            },
            (None, Due::BeforeNext) => {
                match next_session(tx, ClientId(asked.client_id), Some(PersonId(person.id)), now).await? {
                    Some(at) => NudgeTime::BeforeSession(at),
                    None => continue,
                }
            }
        };
        let Some(nudges) = unreadable::or_skip(nudge::plan_nudges(ask, &person.reader(), now).map_err(Into::into))?
        else {
            continue;
        };
        for nudge in nudges {
            let owed = Owed {
                about: About::Occurrence(occurrence),
                to: To::Person(PersonId(person.id)),
                kind: EmailKind::Nudge,
                key: format!("nudge:{occurrence}:{}:{}", person.id, nudge.due_at.timestamp()),
                due_at: nudge.due_at,
                not_after: nudge.not_after,
                skip: None,
                on_conflict: OnConflict::Revive,
            };
            owed::owe(store, tx, owed).await?;
        }
    }
    Ok(())
}

/// The first day whose evening may still be ahead somewhere on Earth.
/// Nobody is reminded of what was due before it.
fn first_nudged_day(store: &Store) -> NaiveDate {
    store.now().date_naive() - Duration::days(1)
}

/// Plans the nudges of an assignment's open occurrences again, except those
/// that were due too long ago.
pub(crate) async fn replan_assignment(store: &Store, tx: &mut Tx, assignment: AssignmentId) -> Result<()> {
    let open = all!(
        tx,
        (Uuid,),
        "SELECT o.id FROM occurrence o WHERE o.assignment_id = $1 AND (o.due_on IS NULL OR o.due_on >= $2)
           AND EXISTS (SELECT 1 FROM response r WHERE r.occurrence_id = o.id AND r.submitted_at IS NULL)",
        assignment.0,
        first_nudged_day(store)
    )?;
    for (id,) in open {
        plan_nudges(store, tx, OccurrenceId(id)).await?;
    }
    Ok(())
}

/// Plans the nudges of a client's "before the next session" exercises
/// again, after a session was booked, moved or cancelled.
pub(crate) async fn replan_before_session(store: &Store, tx: &mut Tx, client: ClientId) -> Result<()> {
    let open = all!(
        tx,
        (Uuid,),
        "SELECT o.id FROM assignment g JOIN occurrence o ON o.assignment_id = g.id
         WHERE g.client_id = $1 AND g.due = 'before_next' AND g.withdrawn_at IS NULL AND g.paused_at IS NULL
           AND o.number = (SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id)
           AND EXISTS (SELECT 1 FROM response r WHERE r.occurrence_id = o.id AND r.submitted_at IS NULL)",
        client.0
    )?;
    for (id,) in open {
        plan_nudges(store, tx, OccurrenceId(id)).await?;
    }
    Ok(())
}

/// Plans the nudges of a person's open exercises and plans again after
/// their settings changed: at the new hour, or not at all.
pub(crate) async fn replan_nudges_of(store: &Store, tx: &mut Tx, person: PersonId) -> Result<()> {
    let open = all!(
        tx,
        (Uuid,),
        "SELECT r.occurrence_id
         FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
         WHERE r.person_id = $1 AND r.submitted_at IS NULL AND g.withdrawn_at IS NULL
           AND (o.due_on IS NULL OR o.due_on >= $2) AND (g.repeats OR g.due_on IS NULL OR g.due_on >= $2)",
        person.0,
        first_nudged_day(store)
    )?;
    for (id,) in open {
        plan_nudges(store, tx, OccurrenceId(id)).await?;
    }
    let plans = all!(
        tx,
        (Uuid,),
        "SELECT p.id FROM plan p JOIN response r ON r.occurrence_id = p.occurrence_id
         WHERE r.person_id = $1 AND p.state = 'planned' AND p.starts_at > $2",
        person.0,
        store.now()
    )?;
    for (id,) in plans {
        remind_of_plan(store, tx, id).await?;
    }
    Ok(())
}

impl Worker {
    /// Plans the nudges of "before the next session" exercises again for
    /// clients whose session ended within the last 30 hours: for them the next
    /// session is now another one. To be called every few hours; a call at any
    /// other time does no harm.
    pub async fn replan_after_sessions(&self) -> Result<()> {
        let mut look = self.read().await?;
        let over = all!(
            &mut look,
            (Uuid,),
            "SELECT DISTINCT client_id FROM session
             WHERE starts_at > $3 AND starts_at <= $2 AND ends_at > $1 AND ends_at <= $2",
            self.now() - Duration::hours(30),
            self.now(),
            self.now() - Duration::days(3)
        )?;
        drop(look);
        for (client,) in over {
            let mut tx = self.write().await?;
            match replan_before_session(self, &mut tx, ClientId(client)).await {
                // One client that cannot be read does not stop the others.
                Err(error) if error.is_of_one_row() => {
                    tracing::error!(%error, %client, "its exercises cannot be planned again");
                }
                planned => {
                    planned?;
                    tx.commit().await?;
                }
            }
        }
        Ok(())
    }
}

/// Checks whether a planned nudge is still due.
pub(crate) async fn check_nudge(tx: &mut Tx, occurrence: OccurrenceId, person: &PersonRow) -> Result<StillDue> {
    #[derive(FromRow)]
    struct State {
        assignment_id: Uuid,
        done: bool,
        rests: bool,
        stopped: bool,
    }
    let state = maybe!(
        tx,
        State,
        "SELECT g.id AS assignment_id, (r.submitted_at IS NOT NULL) AS done,
                (g.withdrawn_at IS NOT NULL OR g.paused_at IS NOT NULL OR c.archived_at IS NOT NULL
                    OR m.left_at IS NOT NULL) AS rests,
                EXISTS (SELECT 1 FROM response n JOIN occurrence p ON p.id = n.occurrence_id
                        WHERE p.assignment_id = g.id AND n.person_id = r.person_id AND n.not_now IS NOT NULL
                          AND NOT EXISTS (SELECT 1 FROM response d JOIN occurrence q ON q.id = d.occurrence_id
                                          WHERE q.assignment_id = g.id AND d.person_id = r.person_id
                                            AND d.submitted_at > n.not_now_at)) AS stopped
         FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
           JOIN client c ON c.id = g.client_id
         JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id
         WHERE r.occurrence_id = $1 AND r.person_id = $2",
        occurrence.0,
        person.id
    )?;
    let Some(state) = state else { return Ok(StillDue::No(SkipReason::Left)) };
    if state.done || state.rests || state.stopped {
        return Ok(StillDue::No(SkipReason::NothingToDo));
    }
    if !person.nudges {
        return Ok(StillDue::No(SkipReason::RemindersOff));
    }
    // Two nudges without an answer are enough, counted over all occurrences
    // of the assignment.
    let sent = maybe!(
        tx,
        (i64,),
        "SELECT count(*) FROM email x JOIN occurrence o ON o.id = x.occurrence_id
         WHERE o.assignment_id = $1 AND x.person_id = $2 AND x.kind = 'nudge' AND x.state = 'sent'
           AND x.sent_at > COALESCE((SELECT max(d.submitted_at)
               FROM response d JOIN occurrence q ON q.id = d.occurrence_id
               WHERE q.assignment_id = $1 AND d.person_id = $2),
               x.created_at)",
        state.assignment_id,
        person.id
    )?;
    let sent = usize::try_from(sent.map_or(0, |(n,)| n)).unwrap_or(usize::MAX);
    Ok(if sent >= MAX_NUDGES { StillDue::No(SkipReason::NothingToDo) } else { StillDue::Yes(EmailFacts::Portal) })
}

/// Checks whether an email about a plan is still due.
pub(crate) async fn check_plan(tx: &mut Tx, plan: Uuid, person: &PersonRow) -> Result<StillDue> {
    let row = maybe!(
        tx,
        (DateTime<Utc>, bool),
        "SELECT p.starts_at,
             (p.state = 'planned' AND r.not_now IS NULL AND g.withdrawn_at IS NULL AND c.archived_at IS NULL
                 AND m.left_at IS NULL)
         FROM plan p JOIN response r ON r.occurrence_id = p.occurrence_id AND r.person_id = $2
           JOIN occurrence o ON o.id = p.occurrence_id
         JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
         JOIN client_member m ON m.client_id = g.client_id AND m.person_id = $2
         WHERE p.id = $1",
        plan,
        person.id
    )?;
    Ok(match row {
        None => StillDue::No(SkipReason::Left),
        Some((_, false)) => StillDue::No(SkipReason::NothingToDo),
        Some(_) if !person.nudges => StillDue::No(SkipReason::RemindersOff),
        Some((starts_at, true)) => StillDue::Yes(EmailFacts::Plan { starts_at, zone: person.zone.clone() }),
    })
}

/// Plans the reminders of a plan for everybody it concerns, and replaces
/// those planned before.
pub(crate) async fn remind_of_plan(store: &Store, tx: &mut Tx, plan: Uuid) -> Result<()> {
    run!(
        tx,
        "UPDATE email SET state = 'superseded', reason = $2
         WHERE plan_id = $1 AND state = 'planned' AND attempts = 0",
        plan,
        SkipReason::PlannedAnew.word()
    )?;
    let people = all!(
        tx,
        (Uuid, DateTime<Utc>),
        "SELECT r.person_id, p.starts_at
         FROM plan p
           JOIN response r ON r.occurrence_id = p.occurrence_id
             AND r.person_id = COALESCE(p.person_id, r.person_id)
         WHERE p.id = $1 AND p.state = 'planned'",
        plan
    )?;
    for (person, starts_at) in people {
        let person = client::find_person(tx, PersonId(person)).await?;
        if !person.takes_nudges() {
            continue;
        }
        let planned = nudge::plan_nudge(starts_at, &person.recipient(), store.now()).map_err(Into::into);
        if let Some(Some(nudge)) = unreadable::or_skip(planned)? {
            let owed = Owed {
                about: About::Plan(plan),
                to: To::Person(PersonId(person.id)),
                kind: EmailKind::Plan,
                key: format!("plan:{plan}:{}:{}", person.id, nudge.due_at.timestamp()),
                due_at: nudge.due_at,
                not_after: nudge.not_after,
                skip: None,
                on_conflict: OnConflict::Revive,
            };
            owed::owe(store, tx, owed).await?;
        }
    }
    Ok(())
}
