//! What was given to clients, and what came back, as their therapist reads it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    assignment::{Due, For, NewAssignment, Rhythm, Window},
    exercise::Document,
    ids::{AssignmentId, ClientId, OccurrenceId, PersonId},
    response::{Answers, NotNow, ResponseState, therapist_may_read},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Agreement, Clinician, FormKey, PlanView, Result, Tx,
    audit::Act,
    clients::{in_care, members},
    database::{all, maybe, run},
    occurrences::Give,
    responses,
};

/// Where a person stands with an occurrence, as their therapist sees it.
#[derive(Clone, Debug)]
pub struct ResponseStatus {
    pub person: PersonId,
    pub name: String,
    pub state: ResponseState,
    pub submitted_at: Option<DateTime<Utc>>,
    /// Why not just now, where they said so.
    pub not_now: Option<NotNow>,
    /// Typed in from paper by a therapist.
    pub from_paper: bool,
    /// Opened by the person, if only to read.
    pub opened: bool,
}

/// How often an assignment is to be done, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    Once,
    EachSession,
    Every(Rhythm),
}

/// An assignment in a list, with its latest occurrence.
#[derive(Clone, Debug)]
pub struct AssignmentSummary {
    pub id: AssignmentId,
    pub occurrence: OccurrenceId,
    /// From 1.
    pub number: i64,
    pub title: String,
    pub due: Due,
    pub repeats: Repeats,
    /// By its date, or the next session's start; `None`: none is booked.
    pub due_at: Option<DueAt>,
    pub status: Vec<ResponseStatus>,
    pub revealed: bool,
    pub paused: bool,
    pub withdrawn: bool,
    pub assigned_at: DateTime<Utc>,
}

/// When something is due: on a day, or at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueAt {
    Day(NaiveDate),
    Session(DateTime<Utc>),
}

/// One occurrence of an assignment in the list of all of them.
#[derive(Clone, Debug)]
pub struct OccurrenceLine {
    pub number: i64,
    pub made_at: DateTime<Utc>,
    pub window: Option<(NaiveDate, NaiveDate)>,
    pub revealed: bool,
    /// How many of those it is for have sent it, and how many it is for.
    pub done: i64,
    pub of: i64,
}

/// What came back, as the therapist may read it.
#[derive(Clone, Debug)]
pub struct AssignmentView {
    pub summary: AssignmentSummary,
    pub client: ClientId,
    pub document: Document,
    pub word_along: String,
    /// By person in the order of their seats: what the therapist may read.
    pub answers: Vec<(PersonId, String, Answers)>,
    pub agreements: Vec<Agreement>,
    pub plans: Vec<PlanView>,
    /// All of its occurrences, the latest first.
    pub occurrences: Vec<OccurrenceLine>,
}

/// An assignment with one of its occurrences.
#[derive(FromRow)]
pub(crate) struct AssignmentRow {
    pub id: Uuid,
    pub occurrence_id: Uuid,
    pub number: i64,
    pub client_id: Uuid,
    pub title: String,
    #[sqlx(try_from = "String")]
    pub due: Due,
    pub due_on: Option<NaiveDate>,
    pub every_days: Option<i64>,
    pub each_session: bool,
    pub until_on: Option<NaiveDate>,
    pub occurrence_due: Option<NaiveDate>,
    pub word_along: Option<Vec<u8>>,
    pub assigned_at: DateTime<Utc>,
    pub paused_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub revealed_at: Option<DateTime<Utc>>,
}

impl AssignmentRow {
    fn repeats(&self) -> Repeats {
        rhythm(self.every_days, self.due_on, self.until_on)
            .map_or(if self.each_session { Repeats::EachSession } else { Repeats::Once }, Repeats::Every)
    }
}

/// The rhythm of an assignment's columns, where it has one.
pub(crate) fn rhythm(every: Option<i64>, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Option<Rhythm> {
    let days = u16::try_from(every?).ok()?;
    Some(Rhythm { days, from: from?, until })
}

/// An assignment with one of its occurrences, before the condition; `$more`
/// begins with a comma.
macro_rules! assignment {
    ($more:literal, $rest:expr) => {
        in_care!(
            concat!("SELECT g.id, o.id AS occurrence_id, o.number, g.client_id, v.document ->> 'title' AS title, g.due, g.due_on, g.every_days, g.each_session, g.until_on, o.due_on AS occurrence_due,
                    g.word_along, g.assigned_at, g.paused_at, g.withdrawn_at, o.revealed_at",
             $more,
             " FROM assignment g JOIN client c ON c.id = g.client_id JOIN exercise_version v ON v.id = g.exercise_version_id JOIN occurrence o ON o.assignment_id = g.id"),
            $rest
        )
    };
}

/// Of an assignment's occurrences the one of a number, where that is given with
/// a comma, or else the latest that has begun, or the first that will: `$2` is
/// the day.
macro_rules! latest {
    ($begin:literal, $number:literal, $rest:literal) => {
        concat!(
            $begin,
            "o.number = COALESCE(",
            $number,
            "(SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id AND (x.opens_on IS NULL OR x.opens_on <= $2)), \
             (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = g.id)) ",
            $rest
        )
    };
}

/// Where those stand with it that occurrences of the client `$1` are for, by
/// their seats.
macro_rules! status {
    ($rest:expr) => {
        concat!(
            "SELECT r.occurrence_id, r.person_id, p.name, r.draft_at, r.submitted_at, r.not_now, r.entered_by, r.opened_at \
             FROM assignment g JOIN occurrence o ON o.assignment_id = g.id JOIN response r ON r.occurrence_id = o.id JOIN person p ON p.id = r.person_id \
             LEFT JOIN client_member m ON m.person_id = p.id AND m.client_id = $1 ",
            $rest,
            "ORDER BY m.seat"
        )
    };
}

/// The start of the client's next session that this person attends, or
/// anyone's.
pub(crate) async fn next_session(
    tx: &mut Tx,
    client: ClientId,
    person: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let row = maybe!(
        tx,
        (Option<DateTime<Utc>>,),
        "SELECT min(s.starts_at) FROM session s JOIN session_attendee t ON t.session_id = s.id
         WHERE s.client_id = $1 AND t.person_id = COALESCE($2, t.person_id) AND s.starts_at > $3 AND s.state IN ('booked', 'arrived')",
        client.0, person.map(|p| p.0), now
    )?;
    Ok(row.and_then(|(at,)| at))
}

impl Clinician {
    /// Whether a session of this client is ahead.
    pub async fn has_next_session(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().read().await?;
        Ok(self.own(&mut tx, client).await?.is_some()
            && next_session(&mut tx, client, None, self.now()).await?.is_some())
    }

    /// The slugs of what is open for a client, or repeats.
    pub async fn running(&self, client: ClientId) -> Result<Vec<String>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
                &mut tx,
                (String,),
                in_care!(
                    "SELECT DISTINCT e.slug FROM client c JOIN assignment g ON g.client_id = c.id AND g.withdrawn_at IS NULL
                     JOIN exercise_version v ON v.id = g.exercise_version_id JOIN exercise e ON e.id = v.exercise_id",
                    "AND c.id = $3 AND (g.next_on IS NOT NULL OR EXISTS (SELECT 1 FROM client_member m JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                         JOIN occurrence o ON o.id = r.occurrence_id WHERE m.client_id = c.id AND o.assignment_id = g.id))"
                ),
                self.me().0,
                today,
                client.0
            )?;
        Ok(rows.into_iter().map(|(slug,)| slug).collect())
    }

    /// Those of a client that something is for.
    pub(crate) async fn people_for(&self, tx: &mut Tx, client: ClientId, for_whom: For) -> Result<Vec<PersonId>> {
        let members = members(self.store(), tx, &[client]).await?;
        let people = members.into_iter().map(|(_, m)| m.person);
        Ok(people.filter(|p| matches!(for_whom, For::Everyone) || for_whom == For::One(*p)).collect())
    }

    /// Assigns an exercise's newest version. `None`: not their client, no
    /// such exercise, or nobody it could be for.
    pub async fn assign(
        &self,
        client: ClientId,
        slug: &str,
        new: &NewAssignment,
        key: Option<FormKey>,
    ) -> Result<Option<AssignmentId>> {
        let mut tx = self.store().write().await?;
        if self.open(&mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let Some(entry) = self.newest(&mut tx, slug).await? else { return Ok(None) };
        let people = self.people_for(&mut tx, client, new.for_whom).await?;
        if people.is_empty() {
            return Ok(None);
        }
        let id = AssignmentId(self.store().clock().id());
        if let Some(before) = self.store().made_before(&mut tx, key, self.me(), id.0).await? {
            return Ok(Some(AssignmentId(before)));
        }
        let give = Give {
            id,
            client,
            version: entry.version_id,
            by: self.me(),
            people: &people,
            frequency: new.frequency,
            word_along: &new.word_along,
        };
        self.store().give(&mut tx, &give).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Withdraws an assignment: nobody is asked for it any more, and no
    /// further occurrence is made. What was written stays its writers'.
    pub async fn withdraw(&self, assignment: AssignmentId) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        let Some((row, _)) = self.find_assignment(&mut tx, assignment, None).await? else { return Ok(None) };
        run!(
            &mut tx,
            "UPDATE assignment SET withdrawn_at = $1, next_on = NULL WHERE id = $2 AND withdrawn_at IS NULL",
            self.now(),
            assignment.0
        )?;
        self.store().replan_assignment(&mut tx, assignment).await?;
        self.store()
            .audit(&mut tx, Act::new(self.me(), "withdrawn", "assignment", assignment.0, row.client_id))
            .await?;
        tx.commit().await?;
        Ok(Some(ClientId(row.client_id)))
    }

    /// Lets an assignment that repeats rest, or go on: from today's window,
    /// without the days between.
    pub async fn set_paused(&self, assignment: AssignmentId, paused: bool) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        let Some((row, _)) = self.find_assignment(&mut tx, assignment, None).await? else { return Ok(None) };
        if row.withdrawn_at.is_some() || row.paused_at.is_some() == paused {
            return Ok(Some(ClientId(row.client_id)));
        }
        let next = match (paused, row.repeats()) {
            (false, Repeats::Every(rhythm)) => {
                let today = self.today(&mut tx).await?;
                let mut begin = rhythm.window(today).map(|w| w.opens).or_else(|| rhythm.next(today));
                // Windows that were made before the pause are not made again:
                // today's, and tomorrow's where it has begun further east.
                while let Some(day) = begin
                    && made(&mut tx, assignment, rhythm.window(day)).await?
                {
                    begin = rhythm.window(day).and_then(|w| rhythm.next(w.due));
                }
                begin
            }
            _ => None,
        };
        run!(
            &mut tx,
            "UPDATE assignment SET paused_at = $1, next_on = $2 WHERE id = $3",
            paused.then(|| self.now()),
            next,
            assignment.0
        )?;
        self.store().replan_assignment(&mut tx, assignment).await?;
        let action = if paused { "paused" } else { "resumed" };
        self.store().audit(&mut tx, Act::new(self.me(), action, "assignment", assignment.0, row.client_id)).await?;
        tx.commit().await?;
        Ok(Some(ClientId(row.client_id)))
    }

    /// An assignment of the caseload with one of its occurrences and the exercise: the latest
    /// that has begun, unless a number is given.
    pub(crate) async fn find_assignment(
        &self,
        tx: &mut Tx,
        assignment: AssignmentId,
        number: Option<i64>,
    ) -> Result<Option<(AssignmentRow, Document)>> {
        #[derive(FromRow)]
        struct Found {
            #[sqlx(flatten)]
            row: AssignmentRow,
            document: Json<Document>,
        }
        let today = self.today(tx).await?;
        let found = maybe!(
            tx,
            Found,
            assignment!(", v.document", latest!("AND g.id = $3 AND ", "$4, ", "")),
            self.me().0,
            today,
            assignment.0,
            number
        )?;
        Ok(found.map(|found| (found.row, found.document.0)))
    }

    fn summary(row: &AssignmentRow, next: Option<DateTime<Utc>>, status: Vec<ResponseStatus>) -> AssignmentSummary {
        AssignmentSummary {
            id: AssignmentId(row.id),
            occurrence: OccurrenceId(row.occurrence_id),
            number: row.number,
            title: row.title.clone(),
            due: row.due,
            repeats: row.repeats(),
            due_at: match (row.occurrence_due, row.due) {
                (Some(day), _) => Some(DueAt::Day(day)),
                (None, Due::OnDate) => row.due_on.map(DueAt::Day),
                (None, Due::BeforeNext) => next.map(DueAt::Session),
            },
            status,
            revealed: row.revealed_at.is_some(),
            paused: row.paused_at.is_some(),
            withdrawn: row.withdrawn_at.is_some(),
            assigned_at: row.assigned_at,
        }
    }

    /// A client's assignments, the latest first, each with its latest
    /// occurrence.
    pub async fn assignments(&self, client: ClientId) -> Result<Vec<AssignmentSummary>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            AssignmentRow,
            assignment!(
                "",
                latest!(
                    "AND g.client_id = $3 AND ",
                    "",
                    "ORDER BY (g.repeats AND g.withdrawn_at IS NULL) DESC, g.assigned_at DESC, g.id DESC LIMIT 200"
                )
            ),
            self.me().0,
            today,
            client.0
        )?;
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let next = next_session(&mut tx, client, None, self.now()).await?;
        let all_of = all!(&mut tx, Status, status!(latest!("WHERE g.client_id = $1 AND ", "", "")), client.0, today)?;
        let mut of: HashMap<Uuid, Vec<ResponseStatus>> = HashMap::new();
        for row in all_of {
            of.entry(row.occurrence_id).or_default().push(row.told()?);
        }
        Ok(rows.iter().map(|row| Self::summary(row, next, of.remove(&row.occurrence_id).unwrap_or_default())).collect())
    }

    /// Opens what came back, on record: what the therapist may read, and
    /// nothing of what a partner kept, not even that it is there.
    pub async fn assignment(&self, assignment: AssignmentId, number: Option<i64>) -> Result<Option<AssignmentView>> {
        let mut tx = self.store().read().await?;
        let Some((row, document)) = self.find_assignment(&mut tx, assignment, number).await? else { return Ok(None) };
        let client = ClientId(row.client_id);
        let next = next_session(&mut tx, client, None, self.now()).await?;
        let status = statuses(&mut tx, OccurrenceId(row.occurrence_id), client).await?;
        let summary = Self::summary(&row, next, status);
        let answers = self.readable(&mut tx, &summary).await?;
        let agreements = self.store().agreements_of(&mut tx, summary.occurrence, row.client_id).await?;
        let plans = self.store().plans_for_therapist(&mut tx, summary.occurrence, &document).await?;
        let word_along = match &row.word_along {
            None => String::new(),
            Some(sealed) => {
                self.store().key_of(&mut tx, row.client_id).await?.open_text("assignment.word_along", row.id, sealed)?
            }
        };
        let occurrences = all!(
            &mut tx,
            LineRow,
            "SELECT o.number, COALESCE(o.made_at, g.assigned_at) AS made_at, o.opens_on, o.due_on, o.revealed_at,
                    (SELECT count(*) FROM response r WHERE r.occurrence_id = o.id AND r.submitted_at IS NOT NULL) AS done,
                    (SELECT count(*) FROM response r WHERE r.occurrence_id = o.id) AS of
             FROM occurrence o JOIN assignment g ON g.id = o.assignment_id WHERE o.assignment_id = $1 ORDER BY o.number DESC LIMIT 100",
            assignment.0
        )?;
        self.store().on_record(tx, Act::new(self.me(), "opened", "assignment", assignment.0, row.client_id)).await?;
        Ok(Some(AssignmentView {
            client,
            document,
            summary,
            word_along,
            answers,
            agreements,
            plans,
            occurrences: occurrences
                .into_iter()
                .map(|o| OccurrenceLine {
                    number: o.number,
                    made_at: o.made_at,
                    window: o.opens_on.zip(o.due_on),
                    revealed: o.revealed_at.is_some(),
                    done: o.done,
                    of: o.of,
                })
                .collect(),
        }))
    }

    /// What the therapist may read of an occurrence, by person.
    pub(crate) async fn readable(
        &self,
        tx: &mut Tx,
        summary: &AssignmentSummary,
    ) -> Result<Vec<(PersonId, String, Answers)>> {
        let mut answers = Vec::new();
        for status in &summary.status {
            let mut readable = Answers::new();
            if status.submitted_at.is_some() {
                let key = self.store().key_of(tx, status.person.0).await?;
                let rows = all!(
                    tx,
                    responses::AnswerRow,
                    "SELECT id, step, scope, body FROM answer WHERE occurrence_id = $1 AND person_id = $2 AND scope IN ('therapist', 'reveal', 'couple')",
                    summary.occurrence.0,
                    status.person.0
                )?;
                for answer in rows {
                    if therapist_may_read(answer.scope, true) {
                        readable.insert(answer.step.clone(), answer.open(&key)?);
                    }
                }
            }
            answers.push((status.person, status.name.clone(), readable));
        }
        Ok(answers)
    }
}

#[derive(FromRow)]
struct LineRow {
    number: i64,
    made_at: DateTime<Utc>,
    opens_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    revealed_at: Option<DateTime<Utc>>,
    done: i64,
    of: i64,
}

/// Where one of those an occurrence is for stands with it.
#[derive(FromRow)]
struct Status {
    occurrence_id: Uuid,
    person_id: Uuid,
    name: String,
    draft_at: Option<DateTime<Utc>>,
    submitted_at: Option<DateTime<Utc>>,
    not_now: Option<String>,
    entered_by: Option<Uuid>,
    opened_at: Option<DateTime<Utc>>,
}

impl Status {
    fn told(self) -> Result<ResponseStatus> {
        Ok(ResponseStatus {
            person: PersonId(self.person_id),
            name: self.name,
            state: responses::state(self.draft_at, self.submitted_at),
            submitted_at: self.submitted_at,
            not_now: self.not_now.map(|w| w.parse()).transpose()?,
            from_paper: self.entered_by.is_some(),
            opened: self.opened_at.is_some(),
        })
    }
}

async fn statuses(tx: &mut Tx, occurrence: OccurrenceId, client: ClientId) -> Result<Vec<ResponseStatus>> {
    let rows = all!(tx, Status, status!("WHERE g.client_id = $1 AND o.id = $2 "), client.0, occurrence.0)?;
    rows.into_iter().map(Status::told).collect()
}

/// Whether the occurrence of a window has been made.
async fn made(tx: &mut Tx, assignment: AssignmentId, window: Option<Window>) -> Result<bool> {
    let Some(window) = window else { return Ok(false) };
    Ok(maybe!(
        tx,
        (Uuid,),
        "SELECT id FROM occurrence WHERE assignment_id = $1 AND number = $2",
        assignment.0,
        window.number
    )?
    .is_some())
}
