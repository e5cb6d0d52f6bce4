//! Reminders of exercises and plans in the outbox: planned with the fact,
//! planned again when it changes, and looked at once more before they go.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    assignment::{Due, Window},
    ids::{AssignmentId, ClientId, OccurrenceId, PersonId},
    nudge::{self, Ask, MOST, Nudge, Reader},
    reminder::{MessageKind, Recipient, SkipReason},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    assignments::next_session,
    clients::{self, PersonRow},
    database::{all, maybe, run},
};

#[derive(FromRow)]
struct Asked {
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
    /// Whether reminders of exercises reach this person at all.
    pub(crate) fn takes_nudges(&self) -> bool {
        self.nudges && !self.portal_only && self.email.is_some()
    }

    pub(crate) fn recipient(&self) -> Recipient {
        self.reader().recipient
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::new(PersonId(self.id), self.email.is_some(), self.zone.clone(), self.contact())
    }
}

impl Store {
    /// Plans the nudges of an occurrence, in place of what was planned.
    pub(crate) async fn plan_nudges(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<()> {
        let now = self.now();
        run!(
            tx,
            "UPDATE message SET state = 'superseded', reason = $2 WHERE occurrence_id = $1 AND kind = 'nudge' AND state = 'planned' AND attempts = 0",
            occurrence.0,
            SkipReason::PlannedAnew.word()
        )?;
        let asked = maybe!(
            tx,
            Asked,
            "SELECT g.client_id, g.due, g.due_on, o.opens_on, o.due_on AS occurrence_due, o.number,
                    (g.withdrawn_at IS NOT NULL OR g.paused_at IS NOT NULL OR c.archived_at IS NOT NULL
                     OR EXISTS (SELECT 1 FROM occurrence x WHERE x.assignment_id = g.id AND x.number > o.number AND x.opens_on IS NULL)) AS rests
             FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id WHERE o.id = $1",
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
            let person = clients::person(tx, PersonId(person)).await?;
            if !person.takes_nudges() {
                continue;
            }
            let window = asked.opens_on.zip(asked.occurrence_due);
            let ask = match (window, asked.due) {
                (Some((opens, due)), _) => Ask::Within(Window { number: asked.number, opens, due }),
                (None, Due::OnDate) => match asked.due_on {
                    Some(day) => Ask::By(day),
                    None => continue,
                },
                (None, Due::BeforeNext) => {
                    match next_session(tx, ClientId(asked.client_id), Some(PersonId(person.id)), now).await? {
                        Some(at) => Ask::BeforeSession(at),
                        None => continue,
                    }
                }
            };
            for nudge in nudge::plan(ask, &person.reader(), now)? {
                let key = format!("nudge:{occurrence}:{}:{}", person.id, nudge.due_at.timestamp());
                self.owe(tx, MessageKind::Nudge, &key, person.id, nudge, Some(occurrence.0), None).await?;
            }
        }
        Ok(())
    }

    /// Owes a person a mail about something in their portal.
    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    pub(crate) async fn owe(
        &self,
        tx: &mut Tx,
        kind: MessageKind,
        key: &str,
        person: Uuid,
        nudge: Nudge,
        occurrence: Option<Uuid>,
        about: Option<About>,
    ) -> Result<()> {
        let (plan, letter) = match about {
            Some(About::Plan(id)) => (Some(id), None),
            Some(About::Letter(id)) => (None, Some(id)),
            None => (None, None),
        };
        run!(
            tx,
            "INSERT INTO message (id, dedupe, kind, person_id, occurrence_id, plan_id, letter_id, due_at, not_after, state, attempts, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'planned', 0, $10)
             ON CONFLICT (dedupe) DO UPDATE SET state = 'planned', reason = NULL, not_after = excluded.not_after
             WHERE message.state = 'superseded' AND message.attempts = 0",
            self.clock().id(), key, kind.word(), person, occurrence, plan, letter, nudge.due_at, nudge.not_after, self.now()
        )?;
        Ok(())
    }

    /// Plans the nudges of an assignment's open occurrences again.
    pub(crate) async fn replan_assignment(&self, tx: &mut Tx, assignment: AssignmentId) -> Result<()> {
        let open = all!(
            tx,
            (Uuid,),
            "SELECT o.id FROM occurrence o WHERE o.assignment_id = $1 AND EXISTS (SELECT 1 FROM response r WHERE r.occurrence_id = o.id AND r.submitted_at IS NULL)
             ORDER BY o.number DESC LIMIT 3",
            assignment.0
        )?;
        for (id,) in open {
            self.plan_nudges(tx, OccurrenceId(id)).await?;
        }
        Ok(())
    }

    /// A session was booked, moved or cancelled: what is due before it
    /// follows.
    pub(crate) async fn replan_before_session(&self, tx: &mut Tx, client: ClientId) -> Result<()> {
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
            self.plan_nudges(tx, OccurrenceId(id)).await?;
        }
        Ok(())
    }

    /// Sessions of the last day are over: what is due before the next one now
    /// means another. To be called every few hours, and harmless at any time.
    pub async fn replan_after_sessions(&self) -> Result<()> {
        let mut look = self.read().await?;
        let over = all!(
            &mut look,
            (Uuid,),
            "SELECT DISTINCT client_id FROM session WHERE starts_at > $3 AND starts_at <= $2 AND ends_at > $1 AND ends_at <= $2",
            self.now() - Duration::hours(30),
            self.now(),
            self.now() - Duration::days(3)
        )?;
        drop(look);
        for (client,) in over {
            let mut tx = self.write().await?;
            self.replan_before_session(&mut tx, ClientId(client)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// A person's settings changed: their open exercises and plans are
    /// thought of at the new hour, or not at all.
    pub(crate) async fn replan_nudges_of(&self, tx: &mut Tx, person: PersonId) -> Result<()> {
        let open = all!(
            tx,
            (Uuid,),
            "SELECT r.occurrence_id FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
             WHERE r.person_id = $1 AND r.submitted_at IS NULL AND g.withdrawn_at IS NULL ORDER BY o.made_at DESC LIMIT 60",
            person.0
        )?;
        for (id,) in open {
            self.plan_nudges(tx, OccurrenceId(id)).await?;
        }
        let plans = all!(
            tx,
            (Uuid,),
            "SELECT p.id FROM plan p JOIN response r ON r.occurrence_id = p.occurrence_id WHERE r.person_id = $1 AND p.state = 'planned' AND p.starts_at > $2",
            person.0,
            self.now()
        )?;
        for (id,) in plans {
            self.remind_of_plan(tx, id).await?;
        }
        Ok(())
    }

    /// Whether a nudge still says what is true.
    pub(crate) async fn nudge_holds(
        &self,
        tx: &mut Tx,
        occurrence: Uuid,
        person: &PersonRow,
    ) -> Result<Result<(), SkipReason>> {
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
                    (g.withdrawn_at IS NOT NULL OR g.paused_at IS NOT NULL OR c.archived_at IS NOT NULL OR m.left_at IS NOT NULL) AS rests,
                    EXISTS (SELECT 1 FROM response n JOIN occurrence p ON p.id = n.occurrence_id
                            WHERE p.assignment_id = g.id AND n.person_id = r.person_id AND n.not_now IS NOT NULL
                              AND NOT EXISTS (SELECT 1 FROM response d JOIN occurrence q ON q.id = d.occurrence_id
                                              WHERE q.assignment_id = g.id AND d.person_id = r.person_id AND d.submitted_at > n.not_now_at)) AS stopped
             FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
             JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id
             WHERE r.occurrence_id = $1 AND r.person_id = $2",
            occurrence,
            person.id
        )?;
        let Some(state) = state else { return Ok(Err(SkipReason::Left)) };
        if state.done || state.rests || state.stopped {
            return Ok(Err(SkipReason::NothingToDo));
        }
        if !person.nudges {
            return Ok(Err(SkipReason::RemindersOff));
        }
        // Two without an answer are enough, over all its occurrences.
        let sent = maybe!(
            tx,
            (i64,),
            "SELECT count(*) FROM message x JOIN occurrence o ON o.id = x.occurrence_id
             WHERE o.assignment_id = $1 AND x.person_id = $2 AND x.kind = 'nudge' AND x.state = 'sent'
               AND x.sent_at > COALESCE((SELECT max(d.submitted_at) FROM response d JOIN occurrence q ON q.id = d.occurrence_id WHERE q.assignment_id = $1 AND d.person_id = $2), x.created_at)",
            state.assignment_id,
            person.id
        )?;
        let sent = usize::try_from(sent.map_or(0, |(n,)| n)).unwrap_or(usize::MAX);
        Ok(if sent >= MOST { Err(SkipReason::NothingToDo) } else { Ok(()) })
    }
}

/// What else a mail is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    Plan(Uuid),
    Letter(Uuid),
}

/// A plan's start, where a mail about it still says what is true.
pub(crate) async fn plan_holds(
    tx: &mut Tx,
    plan: Uuid,
    person: &PersonRow,
) -> Result<Result<DateTime<Utc>, SkipReason>> {
    let row = maybe!(
        tx,
        (DateTime<Utc>, bool),
        "SELECT p.starts_at, (p.state = 'planned' AND r.not_now IS NULL AND g.withdrawn_at IS NULL AND c.archived_at IS NULL AND m.left_at IS NULL)
         FROM plan p JOIN response r ON r.occurrence_id = p.occurrence_id AND r.person_id = $2 JOIN occurrence o ON o.id = p.occurrence_id
         JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id JOIN client_member m ON m.client_id = g.client_id AND m.person_id = $2
         WHERE p.id = $1",
        plan, person.id
    )?;
    Ok(match row {
        None => Err(SkipReason::Left),
        Some((_, false)) => Err(SkipReason::NothingToDo),
        Some(_) if !person.nudges => Err(SkipReason::RemindersOff),
        Some((at, true)) => Ok(at),
    })
}
