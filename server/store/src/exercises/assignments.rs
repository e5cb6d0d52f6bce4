//! Assignments of clients and the responses to them, as their therapist reads
//! them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    exercises::{
        assignment::{Audience, Due, NewAssignment, Rhythm, Window},
        exercise::Document,
        response::{Answers, NotNow, ResponseState, therapist_may_read},
    },
    ids::{AssignmentId, ClientId, OccurrenceId, PersonId},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    After, Clinician, FormKey, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::Binned,
    clients::client::{self, PortalState, in_care, members_of},
    database::{all, maybe, run},
    exercises::{
        agreements::Agreement,
        due::{DueAt, next_session, rhythm},
        library,
        not_now::Reasons,
        nudges,
        occurrences::Give,
        plans::PlanView,
        responses,
    },
    limits::{ASSIGNMENTS, OCCURRENCES},
    practice::settings::today,
    unreadable::{self, Lenient, fetched, legible},
};

/// The state of one person's response to an occurrence, as their therapist sees
/// it.
#[derive(Clone, Debug)]
pub struct ResponseStatus {
    pub person: PersonId,
    pub name: String,
    pub state: ResponseState,
    pub submitted_at: Option<DateTime<Utc>>,
    /// The reason for putting the exercise off; `None`: none was given.
    pub not_now: Option<NotNow>,
    /// Whether a therapist entered the response from paper.
    pub from_paper: bool,
    /// Whether the person has opened the exercise.
    pub opened: bool,
}

/// How often an assignment is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    Once,
    /// Again for each session.
    EachSession,
    Every(Rhythm),
}

/// An assignment in a list, with its latest occurrence.
#[derive(Clone, Debug)]
pub struct AssignmentSummary {
    pub id: AssignmentId,
    pub occurrence: OccurrenceId,
    /// The number of the occurrence, from 1.
    pub number: i64,
    pub title: String,
    pub due: Due,
    pub repeats: Repeats,
    /// The due date or the start of the next session; `None`: it is due at the
    /// next session and none is booked.
    pub due_at: Option<DueAt>,
    pub status: Vec<ResponseStatus>,
    pub revealed: bool,
    pub paused: bool,
    pub withdrawn: bool,
    pub assigned_at: DateTime<Utc>,
}

/// One occurrence in the list of all occurrences of an assignment.
#[derive(Clone, Debug)]
pub struct OccurrenceLine {
    pub number: i64,
    pub made_at: DateTime<Utc>,
    /// The first and the last day of its window, if it repeats.
    pub window: Option<(NaiveDate, NaiveDate)>,
    pub revealed: bool,
    /// How many people have sent their response.
    pub sent_count: i64,
    /// How many people it is for.
    pub people_count: i64,
}

/// An assignment with one occurrence and its responses, as the therapist may
/// read them.
#[derive(Clone, Debug)]
pub struct AssignmentView {
    pub summary: AssignmentSummary,
    pub client: ClientId,
    pub document: Document,
    /// The therapist's words to the client about the assignment; empty: none.
    pub word_along: String,
    /// The answers that the therapist may read: person, name and answers, in
    /// the order of the seats.
    pub answers: Vec<(PersonId, String, Answers)>,
    pub agreements: Vec<Agreement>,
    pub plans: Vec<PlanView>,
    /// A page of the assignment's occurrences, the latest first.
    pub occurrences: Paged<OccurrenceLine>,
}

/// The title of an exercise document. It is taken from the document in this
/// program, because SQLite would refuse the whole list if one document in it
/// were damaged.
#[derive(serde::Deserialize)]
struct Titled {
    title: String,
}

impl Default for Titled {
    fn default() -> Self {
        Self { title: "An exercise that cannot be read".to_owned() }
    }
}

/// An assignment with one of its occurrences.
#[derive(FromRow)]
pub(crate) struct AssignmentRow {
    pub id: Uuid,
    pub occurrence_id: Uuid,
    pub number: i64,
    pub client_id: Uuid,
    title: Lenient<Titled>,
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
    /// How often the assignment is given.
    fn repeats(&self) -> Repeats {
        rhythm(self.every_days, self.due_on, self.until_on)
            .map_or(if self.each_session { Repeats::EachSession } else { Repeats::Once }, Repeats::Every)
    }
}

/// SQL: an assignment with one of its occurrences, in the caseload of the
/// clinician `$1` on the day `$2`. `$more` is appended to the columns and
/// begins with a comma; `$rest` continues the condition.
macro_rules! assignment {
    ($more:literal, $rest:expr) => {
        in_care!(
            concat!(
                "SELECT g.id, o.id AS occurrence_id, o.number, g.client_id, v.document AS title, g.due, g.due_on,
                         g.every_days, g.each_session, g.until_on, o.due_on AS occurrence_due,
                    g.word_along, g.assigned_at, g.paused_at, g.withdrawn_at, o.revealed_at",
                $more,
                " FROM assignment g JOIN client c ON c.id = g.client_id
              JOIN exercise_version v ON v.id = g.exercise_version_id JOIN occurrence o ON o.assignment_id = g.id"
            ),
            $rest
        )
    };
}

/// SQL: the condition that chooses one occurrence of an assignment: the one
/// with the number in `$number` (which ends with a comma), otherwise the latest
/// that has begun by the day `$2`, otherwise the first of those to come.
macro_rules! latest {
    ($begin:literal, $number:literal, $rest:literal) => {
        concat!(
            $begin,
            "o.number = COALESCE(",
            $number,
            "(SELECT max(x.number) FROM occurrence x \
                 WHERE x.assignment_id = g.id AND (x.opens_on IS NULL OR x.opens_on <= $2)), \
             (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = g.id)) ",
            $rest
        )
    };
}

/// SQL: the state of each person's response to occurrences of the client `$1`,
/// in the order of the seats.
macro_rules! status {
    ($rest:expr) => {
        concat!(
            "SELECT r.occurrence_id, r.person_id, p.name, r.draft_at, r.submitted_at, r.id AS response_id, r.not_now, \
                 r.entered_by, r.opened_at \
             FROM assignment g JOIN occurrence o ON o.assignment_id = g.id JOIN response r ON r.occurrence_id = o.id \
             JOIN person p ON p.id = r.person_id \
             LEFT JOIN client_member m ON m.person_id = p.id AND m.client_id = $1 ",
            $rest,
            "ORDER BY m.seat"
        )
    };
}

/// The outcome of withdrawing an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentWithdrawn {
    pub client: ClientId,
    /// Its id in the bin of the account that withdrew it; `None`: another
    /// account withdrew it.
    pub bin: Option<Uuid>,
}

/// A person of a client for whom an exercise can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub person: PersonId,
    pub name: String,
    /// Whether they can sign in and do the exercise.
    pub portal: PortalState,
    /// Whether an invitation can be sent to them by email.
    pub by_email: bool,
}

impl Clinician {
    /// The people of a client for whom an exercise can be, without opening the
    /// record. `None`: not in the caseload.
    pub async fn recipients(&self, client: ClientId) -> Result<Option<Vec<Recipient>>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let members = members_of(self.store(), &mut tx, &[client]).await?;
        let people = members.into_iter().map(|(_, member)| Recipient {
            person: member.person,
            name: member.details.name,
            portal: member.portal,
            by_email: member.details.email.is_some() && !member.details.contact.portal_only,
        });
        Ok(Some(people.collect()))
    }

    /// Whether a session of this client is still to come. `false` also for a
    /// client outside the caseload.
    pub async fn has_next_session(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().read().await?;
        Ok(client::kind_in_caseload(self, &mut tx, client).await?.is_some()
            && next_session(&mut tx, client, None, self.now()).await?.is_some())
    }

    /// The slugs of a client's exercises that are open or repeat. Their reading
    /// is recorded in the audit log if there are any. Empty also for a client
    /// outside the caseload.
    pub async fn running_exercises(&self, client: ClientId) -> Result<Vec<String>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            (String,),
            in_care!(
                "SELECT DISTINCT e.slug FROM client c
                     JOIN assignment g ON g.client_id = c.id AND g.withdrawn_at IS NULL
                     JOIN exercise_version v ON v.id = g.exercise_version_id JOIN exercise e ON e.id = v.exercise_id",
                "AND c.id = $3 AND (g.next_on IS NOT NULL
                         OR EXISTS (SELECT 1 FROM client_member m
                             JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                             JOIN occurrence o ON o.id = r.occurrence_id
                             WHERE m.client_id = c.id AND o.assignment_id = g.id))"
            ),
            self.me().0,
            today,
            client.0
        )?;
        if !rows.is_empty() {
            self.store()
                .record_opening(
                    tx,
                    Act::by(self.me(), AuditAction::Opened, AuditThing::Assignments).id(client.0).client(client.0),
                )
                .await?;
        }
        Ok(rows.into_iter().map(|(slug,)| slug).collect())
    }

    /// The people of a client that something is for.
    pub(crate) async fn people_concerned(
        &self,
        tx: &mut Tx,
        client: ClientId,
        for_whom: Audience,
    ) -> Result<Vec<PersonId>> {
        let members = members_of(self.store(), tx, &[client]).await?;
        let people = members.into_iter().map(|(_, m)| m.person);
        Ok(people.filter(|p| matches!(for_whom, Audience::Everyone) || for_whom == Audience::One(*p)).collect())
    }

    /// Assigns the newest version of an exercise. A form key that was used
    /// before gives the assignment of the first time. `None`: the client is not
    /// in the caseload or is separated, there is no such exercise, or it would
    /// be for nobody.
    pub async fn assign(
        &self,
        client: ClientId,
        slug: &str,
        new: &NewAssignment,
        key: Option<FormKey>,
    ) -> Result<Option<AssignmentId>> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let Some(entry) = library::newest_version(&mut tx, slug).await? else { return Ok(None) };
        let people = self.people_concerned(&mut tx, client, new.for_whom).await?;
        if people.is_empty() {
            return Ok(None);
        }
        let id = AssignmentId(self.store().clock().id());
        if let Some(before) = self.store().claim_form_key(&mut tx, key, self.me(), id.0).await? {
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

    /// Withdraws an assignment: clients are no longer asked for it, and no
    /// further occurrence is made. Their responses stay theirs. An assignment
    /// that was withdrawn before stays as it is. `None`: not in the caseload.
    pub async fn withdraw(&self, assignment: AssignmentId) -> Result<Option<AssignmentWithdrawn>> {
        let mut tx = self.store().write().await?;
        let Some((row, _)) = self.find_assignment(&mut tx, assignment, None).await? else { return Ok(None) };
        let client = ClientId(row.client_id);
        if row.withdrawn_at.is_some() {
            let bin = self.store().in_bin(&mut tx, self.me(), "assignment", &assignment.to_string()).await?;
            return Ok(Some(AssignmentWithdrawn { client, bin }));
        }
        let repeats = row.paused_at.is_none() && matches!(row.repeats(), Repeats::Every(_));
        let bin =
            self.store().put_in_bin(&mut tx, self.me(), &Binned::Assignment { id: assignment.0, repeats }).await?;
        run!(
            &mut tx,
            "UPDATE assignment SET withdrawn_at = $1, next_on = NULL WHERE id = $2 AND withdrawn_at IS NULL",
            self.now(),
            assignment.0
        )?;
        nudges::replan_assignment(self.store(), &mut tx, assignment).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Withdrawn, AuditThing::Assignment)
                    .id(assignment.0)
                    .client(row.client_id),
            )
            .await?;
        tx.commit().await?;
        Ok(Some(AssignmentWithdrawn { client, bin: Some(bin) }))
    }

    /// Pauses a repeating assignment, or resumes it from today's window without
    /// making up for the days between. Gives its client; `None`: not in the
    /// caseload.
    pub async fn set_paused(&self, assignment: AssignmentId, paused: bool) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        let Some((row, _)) = self.find_assignment(&mut tx, assignment, None).await? else { return Ok(None) };
        if row.withdrawn_at.is_some() || row.paused_at.is_some() == paused {
            return Ok(Some(ClientId(row.client_id)));
        }
        let next = if paused { None } else { next_occurrence_day(self, &mut tx, assignment).await? };
        run!(
            &mut tx,
            "UPDATE assignment SET paused_at = $1, next_on = $2 WHERE id = $3",
            paused.then(|| self.now()),
            next,
            assignment.0
        )?;
        nudges::replan_assignment(self.store(), &mut tx, assignment).await?;
        let action = if paused { AuditAction::Paused } else { AuditAction::Resumed };
        self.store()
            .record(&mut tx, Act::by(self.me(), action, AuditThing::Assignment).id(assignment.0).client(row.client_id))
            .await?;
        tx.commit().await?;
        Ok(Some(ClientId(row.client_id)))
    }

    /// An assignment of the caseload with its exercise and one of its
    /// occurrences: the one with this number, or the latest that has begun.
    /// `None`: there is none, or it is not in the caseload.
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
        let today = today(tx, self.now()).await?;
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

    /// The summary of a row. `next` is the start of the client's next session.
    fn summary(row: &AssignmentRow, next: Option<DateTime<Utc>>, status: Vec<ResponseStatus>) -> AssignmentSummary {
        AssignmentSummary {
            id: AssignmentId(row.id),
            occurrence: OccurrenceId(row.occurrence_id),
            number: row.number,
            title: row.title.0.title.clone(),
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

    /// A page of a client's assignments, each with its latest occurrence: first
    /// those that repeat, then the latest first. Empty for a client outside the
    /// caseload.
    pub async fn assignments(&self, client: ClientId, after: Option<After>) -> Result<Paged<AssignmentSummary>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            AssignmentRow,
            assignment!(
                "",
                latest!(
                    "AND g.client_id = $3 AND ",
                    "",
                    "AND (CASE WHEN g.repeats AND g.withdrawn_at IS NULL THEN 1 ELSE 0 END, g.assigned_at, g.id)
                         < ($4, $5, $6)
                     ORDER BY CASE WHEN g.repeats AND g.withdrawn_at IS NULL THEN 1 ELSE 0 END DESC,
                         g.assigned_at DESC, g.id DESC LIMIT $7"
                )
            ),
            self.me().0,
            today,
            client.0,
            after.rank,
            after.at,
            after.id,
            ASSIGNMENTS + 1
        )?;
        if rows.is_empty() {
            return Ok(Paged::default());
        }
        let page = Paged::of(rows, ASSIGNMENTS, |row| {
            let is_running = row.repeats() != Repeats::Once && row.withdrawn_at.is_none();
            After::new(row.assigned_at, row.id).with_rank(i64::from(is_running))
        });
        let next = next_session(&mut tx, client, None, self.now()).await?;
        let all_of = all!(&mut tx, Status, status!(latest!("WHERE g.client_id = $1 AND ", "", "")), client.0, today)?;
        let mut of: HashMap<Uuid, Vec<ResponseStatus>> = HashMap::new();
        let mut reasons = Reasons::default();
        for row in all_of {
            let not_now = self.reason(&mut tx, &mut reasons, &row).await?;
            of.entry(row.occurrence_id).or_default().push(row.into_response_status(not_now));
        }
        Ok(page.map(|row| Self::summary(&row, next, of.remove(&row.occurrence_id).unwrap_or_default())))
    }

    /// Opens an assignment with the responses that the therapist may read, and
    /// records that in the audit log. Nothing tells that a partner kept an
    /// answer private. `number` chooses the occurrence (`None`: the latest);
    /// `after` chooses the page of its list of occurrences. `None`: not in the
    /// caseload.
    pub async fn assignment(
        &self,
        assignment: AssignmentId,
        number: Option<i64>,
        after: Option<After>,
    ) -> Result<Option<AssignmentView>> {
        let mut tx = self.store().read().await?;
        let Some((row, document)) = self.find_assignment(&mut tx, assignment, number).await? else { return Ok(None) };
        let client = ClientId(row.client_id);
        let next = next_session(&mut tx, client, None, self.now()).await?;
        let status = self.statuses(&mut tx, OccurrenceId(row.occurrence_id), client).await?;
        let summary = Self::summary(&row, next, status);
        let answers = self.readable_answers(&mut tx, &summary).await?;
        let agreements = self.store().agreements_of(&mut tx, summary.occurrence, row.client_id).await?;
        let plans = self.store().plans_for_therapist(&mut tx, summary.occurrence, &document).await?;
        let word_along = match &row.word_along {
            None => String::new(),
            Some(sealed) => {
                let key = self.store().key_of(&mut tx, row.client_id).await;
                let word = key.and_then(|key| key.open_text("assignment.word_along", row.id, sealed));
                unreadable::or_skip(word)?.unwrap_or_default()
            }
        };
        let occurrences = fetched!(
            &mut tx,
            LineRow,
            "SELECT o.number, COALESCE(o.made_at, g.assigned_at) AS made_at, o.opens_on, o.due_on, o.revealed_at,
                    (SELECT count(*) FROM response r
                        WHERE r.occurrence_id = o.id AND r.submitted_at IS NOT NULL) AS done,
                    (SELECT count(*) FROM response r WHERE r.occurrence_id = o.id) AS of
             FROM occurrence o JOIN assignment g ON g.id = o.assignment_id
             WHERE o.assignment_id = $1 AND o.number < $2 ORDER BY o.number DESC LIMIT $3",
            assignment.0,
            after.unwrap_or(After::END).rank,
            OCCURRENCES + 1
        )?;
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Assignment).id(assignment.0).client(row.client_id),
            )
            .await?;
        Ok(Some(AssignmentView {
            client,
            document,
            summary,
            word_along,
            answers,
            agreements,
            plans,
            occurrences: Paged::of(occurrences, OCCURRENCES, |o| After::number(o.number)).map(|o| OccurrenceLine {
                number: o.number,
                made_at: o.made_at,
                window: o.opens_on.zip(o.due_on),
                revealed: o.revealed_at.is_some(),
                sent_count: o.done,
                people_count: o.of,
            }),
        }))
    }

    /// The answers to an occurrence that the therapist may read: person, name
    /// and answers. An answer that cannot be decrypted is left out.
    pub(crate) async fn readable_answers(
        &self,
        tx: &mut Tx,
        summary: &AssignmentSummary,
    ) -> Result<Vec<(PersonId, String, Answers)>> {
        let mut answers = Vec::new();
        for status in &summary.status {
            let mut readable = Answers::new();
            if status.submitted_at.is_some() {
                let key = self.store().key_of(tx, status.person.0).await?;
                let rows = legible!(
                    tx,
                    responses::AnswerRow,
                    "SELECT id, step, scope, body FROM answer
                     WHERE occurrence_id = $1 AND person_id = $2 AND scope IN ('therapist', 'reveal', 'couple')",
                    summary.occurrence.0,
                    status.person.0
                )?;
                for answer in rows {
                    if therapist_may_read(answer.scope, true)
                        && let Some(opened) = unreadable::or_skip(answer.open(&key))?
                    {
                        readable.insert(answer.step.clone(), opened);
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

/// The state of one person's response to an occurrence.
#[derive(FromRow)]
struct Status {
    occurrence_id: Uuid,
    person_id: Uuid,
    name: String,
    draft_at: Option<DateTime<Utc>>,
    submitted_at: Option<DateTime<Utc>>,
    response_id: Uuid,
    not_now: Option<Vec<u8>>,
    entered_by: Option<Uuid>,
    opened_at: Option<DateTime<Utc>>,
}

impl Status {
    /// The status for the therapist. `not_now` is the decrypted reason.
    fn into_response_status(self, not_now: Option<NotNow>) -> ResponseStatus {
        ResponseStatus {
            person: PersonId(self.person_id),
            name: self.name,
            state: responses::response_state(self.draft_at, self.submitted_at),
            submitted_at: self.submitted_at,
            not_now,
            from_paper: self.entered_by.is_some(),
            opened: self.opened_at.is_some(),
        }
    }
}

impl Clinician {
    /// Decrypts the reason for putting an exercise off.
    async fn reason(&self, tx: &mut Tx, reasons: &mut Reasons, row: &Status) -> Result<Option<NotNow>> {
        reasons.open(self.store(), tx, row.person_id, row.response_id, row.not_now.as_deref()).await
    }

    /// The state of each person's response to an occurrence, in the order of
    /// the seats.
    async fn statuses(&self, tx: &mut Tx, occurrence: OccurrenceId, client: ClientId) -> Result<Vec<ResponseStatus>> {
        let rows = all!(tx, Status, status!("WHERE g.client_id = $1 AND o.id = $2 "), client.0, occurrence.0)?;
        let (mut reasons, mut statuses) = (Reasons::default(), Vec::new());
        for row in rows {
            let not_now = self.reason(tx, &mut reasons, &row).await?;
            statuses.push(row.into_response_status(not_now));
        }
        Ok(statuses)
    }
}

/// Whether the occurrence of this window exists.
async fn is_made(tx: &mut Tx, assignment: AssignmentId, window: Option<Window>) -> Result<bool> {
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

/// The client of an assignment; `None`: it is not in the caseload.
pub(crate) async fn client_of_assignment(
    clinician: &Clinician,
    tx: &mut Tx,
    assignment: AssignmentId,
) -> Result<Option<ClientId>> {
    Ok(clinician.find_assignment(tx, assignment, None).await?.map(|(row, _)| ClientId(row.client_id)))
}

/// The day on which a repeating assignment makes its next occurrence: the
/// first day of today's window, or of the next one, if that occurrence has
/// not been made. Missed windows are not made up for. `None`: it does not
/// repeat, has ended, or is not in the caseload.
pub(crate) async fn next_occurrence_day(
    clinician: &Clinician,
    tx: &mut Tx,
    assignment: AssignmentId,
) -> Result<Option<NaiveDate>> {
    let Some((row, _)) = clinician.find_assignment(tx, assignment, None).await? else { return Ok(None) };
    let Repeats::Every(rhythm) = row.repeats() else { return Ok(None) };
    let today = today(tx, clinician.now()).await?;
    let mut begin = rhythm.window(today).map(|w| w.opens).or_else(|| rhythm.next_window(today));
    // The occurrences of today's window and, where it has begun further
    // east, of tomorrow's may exist already and are not made again.
    while let Some(day) = begin
        && is_made(tx, assignment, rhythm.window(day)).await?
    {
        begin = rhythm.window(day).and_then(|w| rhythm.next_window(w.due));
    }
    Ok(begin)
}
