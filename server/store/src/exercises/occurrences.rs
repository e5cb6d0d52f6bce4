//! Giving exercises, and making their occurrences when they are due.
//!
//! An occurrence is made when its first day has begun anywhere on Earth, and
//! shown to each partner when that day has begun where they live. So a year of
//! a daily ritual is one row a day, and nobody has to wait for midnight in
//! another zone. Occurrences whose time passed while the server was stopped are
//! not made later: nobody was asked for them.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    exercises::assignment::{Frequency, Rhythm, Window},
    ids::{AccountId, AssignmentId, ClientId, ExerciseVersionId, OccurrenceId, PersonId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::{due::rhythm, nudges},
    limits::MADE_AT_ONCE,
};

/// An exercise to be given: to whom, by whom and how often.
pub(crate) struct Give<'a> {
    pub id: AssignmentId,
    pub client: ClientId,
    pub version: ExerciseVersionId,
    pub by: AccountId,
    pub people: &'a [PersonId],
    pub frequency: Frequency,
    pub word_along: &'a str,
}

/// The first and the last date that is today somewhere on Earth (UTC−12 to
/// UTC+14).
fn days_on_earth(now: DateTime<Utc>) -> (NaiveDate, NaiveDate) {
    ((now - Duration::hours(12)).date_naive(), (now + Duration::hours(14)).date_naive())
}

impl Store {
    /// Creates an assignment with its first occurrence; both are audited.
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
            "INSERT INTO assignment (id, client_id, exercise_version_id, assigned_by, assigned_at, due, due_on,
                 word_along, every_days, each_session, until_on, next_on, repeats)
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
            first.and_then(|w| rhythm.and_then(|r| r.next_window(w.due))),
            give.frequency.repeats()
        )?;
        self.make_occurrence(tx, id, first.map_or(1, |w| w.number), first, give.people).await?;
        self.record(tx, Act::by(give.by, AuditAction::Assigned, AuditThing::Assignment).id(id.0).client(give.client.0))
            .await?;
        Ok(id)
    }

    /// Makes one occurrence with a response for each person, and plans its
    /// reminders. `false`: the occurrence exists already.
    async fn make_occurrence(
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
            "INSERT INTO occurrence (id, assignment_id, number, submissions, opens_on, due_on, made_at)
             VALUES ($1, $2, $3, 0, $4, $5, $6)
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
        nudges::plan_nudges(self, tx, occurrence).await?;
        Ok(true)
    }

    /// Makes the occurrence that follows `number`, after a session has taken
    /// place. `false`: it exists already, or nobody is left to do it.
    async fn make_after_session(&self, id: AssignmentId, number: i64) -> Result<bool> {
        let mut tx = self.write().await?;
        // Locks the assignment: of two processes the second finds the number
        // taken.
        run!(&mut tx, "UPDATE assignment SET each_session = each_session WHERE id = $1", id.0)?;
        let newest = maybe!(&mut tx, (i64,), "SELECT max(number) FROM occurrence WHERE assignment_id = $1", id.0)?;
        if newest != Some((number,)) {
            return Ok(false);
        }
        let people = remaining_people(&mut tx, id).await?;
        if people.is_empty() {
            return Ok(false);
        }
        self.make_occurrence(&mut tx, id, number + 1, None, &people).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Assignments that repeat by days and whose next window has begun by
    /// `latest`, the longest due first. The next query begins after the last of
    /// them, so that an assignment that yields nothing is not found again.
    async fn windows_due(&self, latest: NaiveDate, after: Option<After>) -> Result<Paged<WindowDue>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.read().await?;
        let rows = all!(
            &mut tx,
            WindowDue,
            "SELECT g.id, g.every_days, g.due_on, g.until_on, g.next_on
             FROM assignment g JOIN client c ON c.id = g.client_id AND c.archived_at IS NULL
             WHERE g.next_on IS NOT NULL AND g.next_on <= $1 AND g.withdrawn_at IS NULL AND g.paused_at IS NULL
               AND (g.next_on, g.id) > ($2, $3) ORDER BY g.next_on, g.id LIMIT $4",
            latest,
            after.at.date_naive(),
            after.id,
            MADE_AT_ONCE + 1
        )?;
        Ok(Paged::of(rows, MADE_AT_ONCE, |row| After::day(row.next_on, row.id)))
    }

    /// Makes the occurrences of an assignment's windows from `from` to
    /// `latest`, leaving out those that are over everywhere (due before
    /// `earliest`). Returns how many were made; 0 also where another process
    /// was first.
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
            // The window is over everywhere on Earth: nobody can be asked for
            // it any more.
            if window.due >= earliest {
                windows.push(window);
            }
            next = rhythm.next_window(window.due);
        }
        let mut tx = self.write().await?;
        let mine =
            run!(&mut tx, "UPDATE assignment SET next_on = $1 WHERE id = $2 AND next_on = $3", next, id.0, from)?;
        if mine == 0 {
            return Ok(0);
        }
        let people = remaining_people(&mut tx, id).await?;
        let mut made = 0;
        if !people.is_empty() {
            for window in &windows {
                made += usize::from(self.make_occurrence(&mut tx, id, window.number, Some(*window), &people).await?);
            }
        }
        tx.commit().await?;
        Ok(made)
    }
}

impl Worker {
    /// Makes all occurrences that are due and returns how many. Several
    /// processes may do this at the same time.
    pub async fn make_occurrences(&self) -> Result<usize> {
        let (earliest, latest) = days_on_earth(self.now());
        let (mut made, mut after) = (0, None);
        loop {
            let Paged { rows, more } = self.windows_due(latest, after).await?;
            for row in rows {
                let Some(rhythm) = rhythm(row.every_days, row.due_on, row.until_on) else { continue };
                match self.make_windows(AssignmentId(row.id), rhythm, row.next_on, earliest, latest).await {
                    Ok(more) => made += more,
                    // One that fails does not stop the others.
                    Err(error) => tracing::error!(%error, assignment = %row.id, "its occurrences cannot be made"),
                }
            }
            if more.is_none() {
                break;
            }
            after = more;
        }
        let mut look = self.read().await?;
        // A session with one partner alone must not show to the other: an
        // exercise follows a session only if everybody it was given to took
        // part.
        let sessions = all!(
            &mut look,
            (Uuid, i64),
            "SELECT g.id, o.number FROM assignment g JOIN client c ON c.id = g.client_id AND c.archived_at IS NULL
             JOIN occurrence o ON o.assignment_id = g.id
               AND o.number = (SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id)
             WHERE g.each_session AND g.withdrawn_at IS NULL AND g.paused_at IS NULL
               AND EXISTS (SELECT 1
                 FROM session s
                 WHERE s.client_id = g.client_id AND s.ends_at <= $1 AND s.ends_at > o.made_at
                   AND s.state IN ('booked', 'arrived', 'completed')
                 AND NOT EXISTS (SELECT 1
                   FROM response r
                     JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id
                       AND m.left_at IS NULL
                   WHERE r.occurrence_id = o.id
                     AND NOT EXISTS (SELECT 1
                       FROM session_attendee t
                       WHERE t.session_id = s.id AND t.person_id = r.person_id)))",
            self.now()
        )?;
        drop(look);
        for (id, number) in sessions {
            match self.make_after_session(AssignmentId(id), number).await {
                Ok(more) => made += usize::from(more),
                // One that fails does not stop the others.
                Err(error) => tracing::error!(%error, assignment = %id, "its occurrence cannot be made"),
            }
        }
        Ok(made)
    }
}

/// An assignment whose next window has begun.
#[derive(FromRow)]
struct WindowDue {
    id: Uuid,
    every_days: Option<i64>,
    due_on: Option<NaiveDate>,
    until_on: Option<NaiveDate>,
    next_on: NaiveDate,
}

/// The people who got an assignment and still belong to its client.
async fn remaining_people(tx: &mut Tx, assignment: AssignmentId) -> Result<Vec<PersonId>> {
    let rows = all!(
        tx,
        (Uuid,),
        "SELECT r.person_id
         FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
         JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id AND m.left_at IS NULL
         WHERE g.id = $1 AND o.number = (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = g.id)
         ORDER BY m.seat",
        assignment.0
    )?;
    Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
}
