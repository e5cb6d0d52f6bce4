//! The library, and what was assigned from it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    assignment::{Due, For, NewAssignment},
    exercise::Document,
    ids::{AssignmentId, ClientId, ExerciseVersionId, OccurrenceId, PersonId},
    response::{Answers, ResponseState, therapist_may_read},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Agreement, Clinician, Error, Result, Store, Tx,
    audit::Act,
    clients::{in_care, members},
    database::{all, maybe, run},
    responses,
};

/// An exercise in its newest version.
#[derive(Clone, Debug)]
pub struct LibraryEntry {
    pub version_id: ExerciseVersionId,
    pub version: i64,
    pub document: Document,
}

/// Where a person stands with an occurrence, as their therapist sees it.
#[derive(Clone, Debug)]
pub struct ResponseStatus {
    pub person: PersonId,
    pub name: String,
    pub state: ResponseState,
    pub submitted_at: Option<DateTime<Utc>>,
}

/// An assignment in a list.
#[derive(Clone, Debug)]
pub struct AssignmentSummary {
    pub id: AssignmentId,
    pub occurrence: OccurrenceId,
    pub title: String,
    pub due: Due,
    /// By its date, or the next session's start; `None`: none is booked.
    pub due_at: Option<DueAt>,
    pub status: Vec<ResponseStatus>,
    pub revealed: bool,
    pub withdrawn: bool,
    pub assigned_at: DateTime<Utc>,
}

/// When something is due: on a day, or at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueAt {
    Day(NaiveDate),
    Session(DateTime<Utc>),
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
}

#[derive(FromRow)]
struct Version {
    id: Uuid,
    version: i64,
    document: Json<Document>,
}

#[derive(FromRow)]
struct AssignmentRow {
    id: Uuid,
    occurrence_id: Uuid,
    client_id: Uuid,
    document: Json<Document>,
    #[sqlx(try_from = "String")]
    due: Due,
    due_on: Option<NaiveDate>,
    word_along: Option<Vec<u8>>,
    assigned_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
    revealed_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Brings the library that the program ships into the database: a changed
    /// document is a new version, an unchanged one is left alone. Tells how
    /// many versions are new.
    pub async fn load_library(&self, documents: &[Document]) -> Result<usize> {
        let mut tx = self.write().await?;
        let mut new = 0;
        for document in documents {
            let now = self.now();
            let fresh = self.clock().id();
            run!(
                &mut tx,
                "INSERT INTO exercise (id, slug, created_at) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING",
                fresh,
                &document.slug,
                now
            )?;
            let exercise = maybe!(&mut tx, (Uuid,), "SELECT id FROM exercise WHERE slug = $1", &document.slug)?
                .ok_or_else(|| Error::Stored("an exercise was not kept".to_owned()))?
                .0;
            let newest = maybe!(
                &mut tx,
                Version,
                "SELECT id, version, document FROM exercise_version WHERE exercise_id = $1 ORDER BY version DESC LIMIT 1",
                exercise
            )?;
            if newest.as_ref().is_some_and(|v| v.document.0 == *document) {
                continue;
            }
            let number = newest.map_or(1, |v| v.version + 1);
            run!(
                &mut tx,
                "INSERT INTO exercise_version (id, exercise_id, version, document, created_at) VALUES ($1, $2, $3, $4, $5)",
                self.clock().id(),
                exercise,
                number,
                Json(document),
                now
            )?;
            new += 1;
        }
        tx.commit().await?;
        Ok(new)
    }
}

/// The start of the client's next session that this person attends, or
/// anyone's.
async fn next_session(
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

/// When an assignment is due for a person, or for anyone.
pub(crate) async fn due_at(
    tx: &mut Tx,
    client: ClientId,
    person: Option<PersonId>,
    due: Due,
    on: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<Option<DueAt>> {
    Ok(match due {
        Due::OnDate => on.map(DueAt::Day),
        Due::BeforeNext => next_session(tx, client, person, now).await?.map(DueAt::Session),
    })
}

impl Clinician {
    /// The library, each exercise in its newest version, by title.
    pub async fn library(&self) -> Result<Vec<LibraryEntry>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Version,
            "SELECT v.id, v.version, v.document FROM exercise_version v
             WHERE v.version = (SELECT max(w.version) FROM exercise_version w WHERE w.exercise_id = v.exercise_id)"
        )?;
        let mut entries: Vec<LibraryEntry> = rows
            .into_iter()
            .map(|r| LibraryEntry { version_id: ExerciseVersionId(r.id), version: r.version, document: r.document.0 })
            .collect();
        entries.sort_by(|a, b| a.document.title.cmp(&b.document.title));
        Ok(entries)
    }

    pub async fn exercise(&self, slug: &str) -> Result<Option<LibraryEntry>> {
        let mut tx = self.store().read().await?;
        self.newest(&mut tx, slug).await
    }

    async fn newest(&self, tx: &mut Tx, slug: &str) -> Result<Option<LibraryEntry>> {
        let row = maybe!(
            tx,
            Version,
            "SELECT v.id, v.version, v.document FROM exercise_version v JOIN exercise e ON e.id = v.exercise_id WHERE e.slug = $1 ORDER BY v.version DESC LIMIT 1",
            slug
        )?;
        Ok(row.map(|r| LibraryEntry {
            version_id: ExerciseVersionId(r.id),
            version: r.version,
            document: r.document.0,
        }))
    }

    /// Whether a session of this client is ahead.
    pub async fn has_next_session(&self, client: ClientId) -> Result<bool> {
        let mut tx = self.store().read().await?;
        Ok(self.own(&mut tx, client).await?.is_some()
            && next_session(&mut tx, client, None, self.now()).await?.is_some())
    }

    /// Assigns an exercise's newest version. `None`: not their client, no
    /// such exercise, or nobody it could be for.
    pub async fn assign(&self, client: ClientId, slug: &str, new: &NewAssignment) -> Result<Option<AssignmentId>> {
        let mut tx = self.store().write().await?;
        if self.own(&mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let Some(entry) = self.newest(&mut tx, slug).await? else { return Ok(None) };
        let people: Vec<PersonId> = members(self.store(), &mut tx, &[client])
            .await?
            .into_iter()
            .map(|(_, m)| m.person)
            .filter(|p| match new.for_whom {
                For::Everyone => true,
                For::One(one) => one == *p,
            })
            .collect();
        if people.is_empty() {
            return Ok(None);
        }
        let id = AssignmentId(self.store().clock().id());
        let now = self.now();
        let word = if new.word_along.is_empty() {
            None
        } else {
            let key = self.store().data_key_or_new(&mut tx, client.0).await?;
            Some(key.seal("assignment.word_along", id.0, new.word_along.as_bytes()))
        };
        run!(
            &mut tx,
            "INSERT INTO assignment (id, client_id, exercise_version_id, assigned_by, assigned_at, due, due_on, word_along) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.0,
            client.0,
            entry.version_id.0,
            self.me().0,
            now,
            new.due.word(),
            new.due_on,
            word
        )?;
        let occurrence = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO occurrence (id, assignment_id, number, submissions) VALUES ($1, $2, 1, 0)",
            occurrence,
            id.0
        )?;
        for person in people {
            run!(
                &mut tx,
                "INSERT INTO response (id, occurrence_id, person_id, draft_number) VALUES ($1, $2, $3, 0)",
                self.store().clock().id(),
                occurrence,
                person.0
            )?;
        }
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "assigned",
                    thing: "assignment",
                    id: Some(id.0),
                    client: Some(client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Withdraws an assignment: nobody is asked for it any more. What was
    /// written stays its writers'.
    pub async fn withdraw(&self, assignment: AssignmentId) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_assignment(&mut tx, assignment).await? else { return Ok(None) };
        run!(
            &mut tx,
            "UPDATE assignment SET withdrawn_at = $1 WHERE id = $2 AND withdrawn_at IS NULL",
            self.now(),
            assignment.0
        )?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "withdrawn",
                    thing: "assignment",
                    id: Some(assignment.0),
                    client: Some(row.client_id),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(ClientId(row.client_id)))
    }

    async fn find_assignment(&self, tx: &mut Tx, assignment: AssignmentId) -> Result<Option<AssignmentRow>> {
        let today = self.today(tx).await?;
        Ok(maybe!(
            tx,
            AssignmentRow,
            in_care!(
                "SELECT g.id, o.id AS occurrence_id, g.client_id, v.document, g.due, g.due_on, g.word_along, g.assigned_at, g.withdrawn_at, o.revealed_at
                 FROM assignment g JOIN client c ON c.id = g.client_id JOIN exercise_version v ON v.id = g.exercise_version_id JOIN occurrence o ON o.assignment_id = g.id",
                "AND g.id = $3 ORDER BY o.number DESC LIMIT 1"
            ),
            self.me().0, today, assignment.0
        )?)
    }

    async fn summary(&self, tx: &mut Tx, row: &AssignmentRow) -> Result<AssignmentSummary> {
        #[derive(FromRow)]
        struct Status {
            person_id: Uuid,
            name: String,
            draft_at: Option<DateTime<Utc>>,
            submitted_at: Option<DateTime<Utc>>,
        }
        let status = all!(
            tx,
            Status,
            "SELECT r.person_id, p.name, r.draft_at, r.submitted_at FROM response r JOIN person p ON p.id = r.person_id
             LEFT JOIN client_member m ON m.person_id = p.id AND m.client_id = $2 WHERE r.occurrence_id = $1 ORDER BY m.seat",
            row.occurrence_id, row.client_id
        )?;
        Ok(AssignmentSummary {
            id: AssignmentId(row.id),
            occurrence: OccurrenceId(row.occurrence_id),
            title: row.document.0.title.clone(),
            due: row.due,
            due_at: due_at(tx, ClientId(row.client_id), None, row.due, row.due_on, self.now()).await?,
            status: status
                .into_iter()
                .map(|s| ResponseStatus {
                    person: PersonId(s.person_id),
                    name: s.name,
                    state: responses::state(s.draft_at, s.submitted_at),
                    submitted_at: s.submitted_at,
                })
                .collect(),
            revealed: row.revealed_at.is_some(),
            withdrawn: row.withdrawn_at.is_some(),
            assigned_at: row.assigned_at,
        })
    }

    /// A client's assignments, the latest first.
    pub async fn assignments(&self, client: ClientId) -> Result<Vec<AssignmentSummary>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            AssignmentRow,
            in_care!(
                "SELECT g.id, o.id AS occurrence_id, g.client_id, v.document, g.due, g.due_on, g.word_along, g.assigned_at, g.withdrawn_at, o.revealed_at
                 FROM assignment g JOIN client c ON c.id = g.client_id JOIN exercise_version v ON v.id = g.exercise_version_id JOIN occurrence o ON o.assignment_id = g.id",
                "AND g.client_id = $3 ORDER BY g.assigned_at DESC LIMIT 50"
            ),
            self.me().0, today, client.0
        )?;
        let mut summaries = Vec::new();
        for row in &rows {
            summaries.push(self.summary(&mut tx, row).await?);
        }
        Ok(summaries)
    }

    /// Opens what came back, on record: what the therapist may read, and
    /// nothing of what a partner kept, not even that it is there.
    pub async fn assignment(&self, assignment: AssignmentId) -> Result<Option<AssignmentView>> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_assignment(&mut tx, assignment).await? else { return Ok(None) };
        let summary = self.summary(&mut tx, &row).await?;
        let mut answers = Vec::new();
        for status in &summary.status {
            let mut readable = Answers::new();
            if status.submitted_at.is_some() {
                let key = self.store().key_of(&mut tx, status.person.0).await?;
                let rows = all!(
                    &mut tx,
                    responses::AnswerRow,
                    "SELECT id, step, scope, body FROM answer WHERE occurrence_id = $1 AND person_id = $2 AND scope IN ('therapist', 'reveal', 'couple')",
                    row.occurrence_id,
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
        let agreements = self.store().agreements_of(&mut tx, OccurrenceId(row.occurrence_id), row.client_id).await?;
        let word_along = match &row.word_along {
            None => String::new(),
            Some(sealed) => {
                self.store().key_of(&mut tx, row.client_id).await?.open_text("assignment.word_along", row.id, sealed)?
            }
        };
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "opened",
                    thing: "assignment",
                    id: Some(assignment.0),
                    client: Some(row.client_id),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(AssignmentView {
            client: ClientId(row.client_id),
            document: row.document.0,
            summary,
            word_along,
            answers,
            agreements,
        }))
    }
}
