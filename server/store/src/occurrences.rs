//! Giving exercises, and making their occurrences as they fall due.
//!
//! An occurrence is made when its first day has begun anywhere on Earth, and
//! shown to each partner when it has begun where they live. So a year of a
//! daily ritual is one row a day, and nobody waits for midnight elsewhere.
//! What a stopped server missed is not made up for: nobody was asked.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    assignment::{Frequency, Rhythm, Window},
    ids::{AccountId, AssignmentId, ClientId, ExerciseVersionId, OccurrenceId, PersonId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    assignments::rhythm,
    audit::Act,
    database::{all, maybe, run},
};

/// What is given to whom, how often.
pub(crate) struct Give<'a> {
    pub id: AssignmentId,
    pub client: ClientId,
    pub version: ExerciseVersionId,
    pub by: AccountId,
    pub people: &'a [PersonId],
    pub frequency: Frequency,
    pub word_along: &'a str,
}

/// The calendar's first and last day somewhere on Earth (UTC−12 to UTC+14).
fn days_on_earth(now: DateTime<Utc>) -> (NaiveDate, NaiveDate) {
    ((now - Duration::hours(12)).date_naive(), (now + Duration::hours(14)).date_naive())
}

impl Store {
    /// Gives an exercise, on record, and makes its first occurrence.
    pub(crate) async fn give(&self, tx: &mut Tx, give: &Give<'_>) -> Result<AssignmentId> {
        let id = give.id;
        let word = if give.word_along.is_empty() {
            None
        } else {
            let key = self.data_key_or_new(tx, give.client.0).await?;
            Some(key.seal("assignment.word_along", id.0, give.word_along.as_bytes()))
        };
        let rhythm = match give.frequency {
            Frequency::Every(rhythm) => Some(rhythm),
            _ => None,
        };
        let first = rhythm.and_then(|r| r.window(r.from));
        let due_on = match give.frequency {
            Frequency::OnDate(day) => Some(day),
            Frequency::Every(rhythm) => Some(rhythm.from),
            Frequency::BeforeNext | Frequency::EachSession => None,
        };
        run!(
            tx,
            "INSERT INTO assignment (id, client_id, exercise_version_id, assigned_by, assigned_at, due, due_on, word_along, every_days, each_session, until_on, next_on, repeats)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            id.0,
            give.client.0,
            give.version.0,
            give.by.0,
            self.now(),
            give.frequency.due().word(),
            due_on,
            word,
            rhythm.map(|r| i64::from(r.days)),
            give.frequency == Frequency::EachSession,
            rhythm.and_then(|r| r.until),
            first.and_then(|w| rhythm.and_then(|r| r.next(w.due))),
            give.frequency.repeats()
        )?;
        self.make(tx, id, first.map_or(1, |w| w.number), first, give.people).await?;
        self.audit(tx, Act::new(give.by, "assigned", "assignment", id.0, give.client.0)).await?;
        Ok(id)
    }

    /// Makes one occurrence, with a response for each it is for, and plans
    /// its reminders. `false`: it is there.
    async fn make(
        &self,
        tx: &mut Tx,
        assignment: AssignmentId,
        number: i64,
        window: Option<Window>,
        people: &[PersonId],
    ) -> Result<bool> {
        let occurrence = OccurrenceId(self.clock().id());
        let new = run!(
            tx,
            "INSERT INTO occurrence (id, assignment_id, number, submissions, opens_on, due_on, made_at) VALUES ($1, $2, $3, 0, $4, $5, $6)
             ON CONFLICT (assignment_id, number) DO NOTHING",
            occurrence.0,
            assignment.0,
            number,
            window.map(|w| w.opens),
            window.map(|w| w.due),
            self.now()
        )?;
        if new == 0 {
            return Ok(false);
        }
        for person in people {
            run!(
                tx,
                "INSERT INTO response (id, occurrence_id, person_id, draft_number) VALUES ($1, $2, $3, 0)",
                self.clock().id(),
                occurrence.0,
                person.0
            )?;
        }
        self.plan_nudges(tx, occurrence).await?;
        Ok(true)
    }

    /// Makes what has fallen due, and tells how many occurrences that were.
    /// Any number of processes may do so at once.
    pub async fn make_occurrences(&self) -> Result<usize> {
        let (earliest, latest) = days_on_earth(self.now());
        let mut made = 0;
        #[derive(FromRow)]
        struct Due {
            id: Uuid,
            every_days: Option<i64>,
            due_on: Option<NaiveDate>,
            until_on: Option<NaiveDate>,
            next_on: NaiveDate,
        }
        let mut look = self.read().await?;
        let due = all!(
            &mut look,
            Due,
            "SELECT g.id, g.every_days, g.due_on, g.until_on, g.next_on FROM assignment g JOIN client c ON c.id = g.client_id AND c.archived_at IS NULL
             WHERE g.next_on IS NOT NULL AND g.next_on <= $1 AND g.withdrawn_at IS NULL AND g.paused_at IS NULL ORDER BY g.next_on LIMIT 500",
            latest
        )?;
        // A session with one partner alone is not the other's business: only one
        // that all it is for were at is followed.
        let sessions = all!(
            &mut look,
            (Uuid, i64),
            "SELECT g.id, o.number FROM assignment g JOIN client c ON c.id = g.client_id AND c.archived_at IS NULL
             JOIN occurrence o ON o.assignment_id = g.id AND o.number = (SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id)
             WHERE g.each_session AND g.withdrawn_at IS NULL AND g.paused_at IS NULL
               AND EXISTS (SELECT 1 FROM session s WHERE s.client_id = g.client_id AND s.ends_at <= $1 AND s.ends_at > o.made_at AND s.state IN ('booked', 'arrived', 'completed')
                 AND NOT EXISTS (SELECT 1 FROM response r JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id AND m.left_at IS NULL
                   WHERE r.occurrence_id = o.id AND NOT EXISTS (SELECT 1 FROM session_attendee t WHERE t.session_id = s.id AND t.person_id = r.person_id)))",
            self.now()
        )?;
        drop(look);
        for row in due {
            let Some(rhythm) = rhythm(row.every_days, row.due_on, row.until_on) else { continue };
            match self.make_windows(AssignmentId(row.id), rhythm, row.next_on, earliest, latest).await {
                Ok(more) => made += more,
                // One that fails stops no other.
                Err(error) => tracing::error!(%error, assignment = %row.id, "its occurrences cannot be made"),
            }
        }
        for (id, number) in sessions {
            let id = AssignmentId(id);
            let mut tx = self.write().await?;
            // Whoever comes second finds the number taken.
            run!(&mut tx, "UPDATE assignment SET each_session = each_session WHERE id = $1", id.0)?;
            let newest = maybe!(&mut tx, (i64,), "SELECT max(number) FROM occurrence WHERE assignment_id = $1", id.0)?;
            if newest != Some((number,)) {
                continue;
            }
            let people = still_here(&mut tx, id).await?;
            if !people.is_empty() {
                self.make(&mut tx, id, number + 1, None, &people).await?;
                made += 1;
                tx.commit().await?;
            }
        }
        Ok(made)
    }

    async fn make_windows(
        &self,
        id: AssignmentId,
        rhythm: Rhythm,
        from: NaiveDate,
        earliest: NaiveDate,
        latest: NaiveDate,
    ) -> Result<usize> {
        let mut windows = Vec::new();
        let mut next = Some(from);
        while let Some(window) = next.filter(|day| *day <= latest).and_then(|day| rhythm.window(day)) {
            // Over everywhere: nobody can be asked for it any more.
            if window.due >= earliest {
                windows.push(window);
            }
            next = rhythm.next(window.due);
        }
        let mut tx = self.write().await?;
        let mine =
            run!(&mut tx, "UPDATE assignment SET next_on = $1 WHERE id = $2 AND next_on = $3", next, id.0, from)?;
        if mine == 0 {
            return Ok(0);
        }
        let people = still_here(&mut tx, id).await?;
        let mut made = 0;
        if !people.is_empty() {
            for window in &windows {
                made += usize::from(self.make(&mut tx, id, window.number, Some(*window), &people).await?);
            }
        }
        tx.commit().await?;
        Ok(made)
    }
}

/// Those an assignment was given to who still belong to its client.
async fn still_here(tx: &mut Tx, assignment: AssignmentId) -> Result<Vec<PersonId>> {
    let rows = all!(
        tx,
        (Uuid,),
        "SELECT r.person_id FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
         JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id AND m.left_at IS NULL
         WHERE g.id = $1 AND o.number = (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = g.id) ORDER BY m.seat",
        assignment.0
    )?;
    Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
}
