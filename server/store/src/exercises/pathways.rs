//! Pathways, and the pathway progress of each client.
//!
//! A pathway that is given to a client is copied step by step, so a change on
//! the way concerns this client's copy only. A worker gives each step when it
//! is due.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    exercises::{
        assignment::{Audience, Frequency, Rhythm},
        pathway::{PathStep, Pathway},
    },
    ids::{AccountId, AssignmentId, ClientId, ExerciseVersionId, PersonId},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    After, Clinician, Error, FormKey, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    bin::Binned,
    clients::client::{self, in_care, members_of},
    database::{all, maybe, run},
    exercises::{library, occurrences::Give},
    limits::PATHWAYS_OF,
    practice::settings::{practice_set_up, today},
    unreadable::{self, fetched, legible},
};

/// A pathway of the library.
#[derive(Clone, Debug)]
pub struct PathwayEntry {
    pub pathway: Pathway,
    /// Who wrote it. `None`: it comes with the program.
    pub author: Option<AccountId>,
    pub author_name: Option<String>,
}

/// One client's copy of a pathway, with its progress.
#[derive(Clone, Debug)]
pub struct PathwayProgress {
    pub id: Uuid,
    pub client: ClientId,
    pub title: String,
    /// The person whom it is for. `None`: everybody of the client.
    pub person: Option<(PersonId, String)>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub steps: Vec<ProgressStep>,
}

/// A step of a pathway progress.
#[derive(Clone, Debug)]
pub struct ProgressStep {
    pub step: PathStep,
    pub title: String,
    /// The assignment that was made of it, and when. `None`: it was not given
    /// yet.
    pub given: Option<(AssignmentId, DateTime<Utc>)>,
}

/// The outcome of changing a pathway progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressChange {
    /// It is changed.
    Done,
    /// Another exercise was given after the page was opened; nothing was
    /// changed.
    ChangedMeanwhile,
    /// It is not in this clinician's care, or has ended.
    Gone,
}

/// The outcome of ending something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is ended, by this press or an earlier one; this is the id in the bin.
    Done(Uuid),
    /// It had ended in another way: there is nothing to undo.
    EndedBefore,
    /// It is not in this clinician's care.
    Gone,
}

#[derive(FromRow)]
struct PathwayRow {
    document: Json<Pathway>,
    author_id: Option<Uuid>,
    author_name: Option<String>,
}

impl From<PathwayRow> for PathwayEntry {
    fn from(row: PathwayRow) -> Self {
        Self { pathway: row.document.0, author: row.author_id.map(AccountId), author_name: row.author_name }
    }
}

#[derive(FromRow)]
struct ProgressRow {
    id: Uuid,
    client_id: Uuid,
    title: String,
    person_id: Option<Uuid>,
    person_name: Option<String>,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct StepRow {
    id: Uuid,
    exercise_id: Uuid,
    slug: String,
    after_both: bool,
    after_days: Option<i64>,
    every_days: Option<i64>,
    for_days: Option<i64>,
    assignment_id: Option<Uuid>,
    assigned_at: Option<DateTime<Utc>>,
}

impl StepRow {
    fn step(&self) -> PathStep {
        let days = |n: Option<i64>| n.and_then(|n| u16::try_from(n).ok());
        PathStep {
            exercise: self.slug.clone(),
            both: self.after_both,
            days: days(self.after_days),
            every_days: days(self.every_days),
            for_days: days(self.for_days),
        }
    }
}

/// The steps of a pathway progress, in order.
async fn steps_of(tx: &mut Tx, progress: Uuid) -> Result<Vec<StepRow>> {
    Ok(all!(
        tx,
        StepRow,
        "SELECT s.id, s.exercise_id, e.slug, s.after_both, s.after_days, s.every_days, s.for_days, s.assignment_id,
             g.assigned_at
         FROM progress_step s JOIN exercise e ON e.id = s.exercise_id LEFT JOIN assignment g ON g.id = s.assignment_id
         WHERE s.progress_id = $1 ORDER BY s.position",
        progress
    )?)
}

/// A pathway progress that has not ended.
#[derive(FromRow)]
struct OpenProgress {
    id: Uuid,
    client_id: Uuid,
    person_id: Option<Uuid>,
    started_by: Uuid,
}

/// How far into the day the next step of a pathway may be given at the
/// earliest: at six in the morning.
const MORNING: chrono::Duration = chrono::Duration::hours(6);

impl Store {
    /// Stores the pathways that come with the program, or updates them.
    pub async fn load_pathways(&self, pathways: &[Pathway]) -> Result<()> {
        let mut tx = self.write().await?;
        for pathway in pathways {
            run!(
                &mut tx,
                "INSERT INTO pathway (id, slug, document, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
                 ON CONFLICT (slug) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at
                 WHERE pathway.author_id IS NULL",
                self.clock().id(),
                &pathway.slug,
                Json(pathway),
                self.now()
            )?;
        }
        tx.commit().await
    }

    async fn advance_one(&self, progress: &OpenProgress) -> Result<bool> {
        let mut tx = self.write().await?;
        let given = self.advance(&mut tx, progress).await?;
        if given {
            tx.commit().await?;
        }
        Ok(given)
    }

    /// Gives the next step of a pathway progress if it is due. `false`: it is
    /// not, or cannot be given.
    async fn advance(&self, tx: &mut Tx, progress: &OpenProgress) -> Result<bool> {
        // Of two processes, the second waits here and finds the step given.
        run!(tx, "UPDATE pathway_progress SET title = title WHERE id = $1", progress.id)?;
        match self.due_step(tx, progress.id).await? {
            Some((steps, turn, today)) => self.give_step(tx, progress, &steps, turn, today).await,
            None => Ok(false),
        }
    }

    /// The steps of a pathway progress, the index of the one that is due, and
    /// the practice's date. `None`: no step is due.
    async fn due_step(&self, tx: &mut Tx, progress: Uuid) -> Result<Option<(Vec<StepRow>, usize, NaiveDate)>> {
        let open = maybe!(tx, (Uuid,), "SELECT id FROM pathway_progress WHERE id = $1 AND ended_at IS NULL", progress)?;
        if open.is_none() {
            return Ok(None);
        }
        let steps = steps_of(tx, progress).await?;
        let Some(turn) = steps.iter().position(|s| s.assignment_id.is_none()) else { return Ok(None) };
        let zone = practice_set_up(tx).await?.zone;
        let today = zone::date_of(self.now(), &zone);
        // Not at midnight, which may be minutes after the other partner
        // submitted.
        let morning = zone::date_of(self.now() - MORNING, &zone);
        let due = match turn.checked_sub(1).and_then(|n| steps.get(n)) {
            None => true,
            Some(before) => {
                let Some((assignment, at)) = before.assignment_id.zip(before.assigned_at) else { return Ok(None) };
                let sent = completed_at(tx, assignment).await?.map(|at| zone::date_of(at, &zone));
                steps[turn].step().opens_on(zone::date_of(at, &zone), sent).is_some_and(|day| day <= morning)
            }
        };
        Ok(due.then_some((steps, turn, today)))
    }

    /// Gives a step in the name of the clinician who started the pathway
    /// progress or, if they no longer care for the client, of one who does.
    /// `false`: there is no such clinician, or nobody is left to do it.
    async fn give_step(
        &self,
        tx: &mut Tx,
        progress: &OpenProgress,
        steps: &[StepRow],
        turn: usize,
        today: NaiveDate,
    ) -> Result<bool> {
        let by = maybe!(
            tx,
            (Uuid,),
            "SELECT clinician_id FROM care
             WHERE client_id = $1 AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)
             ORDER BY CASE WHEN clinician_id = $3 THEN 0 ELSE 1 END, covering LIMIT 1",
            progress.client_id,
            today,
            progress.started_by
        )?;
        let Some((by,)) = by else { return Ok(false) };
        let people: Vec<PersonId> = members_of(self, tx, &[ClientId(progress.client_id)])
            .await?
            .into_iter()
            .map(|(_, m)| m.person)
            .filter(|p| progress.person_id.is_none_or(|one| one == p.0))
            .collect();
        if people.is_empty() {
            return Ok(false);
        }
        let row = &steps[turn];
        let version = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM exercise_version WHERE exercise_id = $1 ORDER BY version DESC LIMIT 1",
            row.exercise_id
        )?;
        let Some((version,)) = version else { return Ok(false) };
        let step = row.step();
        let frequency = match (step.every_days, step.days) {
            (Some(days), _) => {
                let until = step.for_days.map(|long| today + chrono::Duration::days(i64::from(long.max(1)) - 1));
                Frequency::Every(Rhythm { days, from: today, until })
            }
            // It is due when the next step is given, if that has a day.
            (None, _) => match steps.get(turn + 1).and_then(|next| next.step().days) {
                Some(days) => Frequency::OnDate(today + chrono::Duration::days(i64::from(days))),
                None => Frequency::BeforeNext,
            },
        };
        let give = Give {
            id: AssignmentId(self.clock().id()),
            client: ClientId(progress.client_id),
            version: ExerciseVersionId(version),
            by: AccountId(by),
            people: &people,
            frequency,
            word_along: "",
        };
        self.give(tx, &give).await?;
        run!(tx, "UPDATE progress_step SET assignment_id = $1 WHERE id = $2", give.id.0, row.id)?;
        if turn + 1 == steps.len() {
            run!(tx, "UPDATE pathway_progress SET ended_at = $1 WHERE id = $2", self.now(), progress.id)?;
        }
        Ok(true)
    }
}

impl Worker {
    /// Gives the due steps of every pathway progress, and returns how many
    /// exercises were given.
    pub async fn give_due_steps(&self) -> Result<usize> {
        let mut look = self.read().await?;
        #[derive(FromRow)]
        struct Next {
            #[sqlx(flatten)]
            progress: OpenProgress,
            after_both: bool,
            after_days: Option<i64>,
            /// When the step before was given.
            given_at: Option<DateTime<Utc>>,
            /// How many responses to the step before are not submitted.
            unsent: i64,
        }
        let pathways = all!(
            &mut look,
            Next,
            "SELECT w.id, w.client_id, w.person_id, w.started_by, s.after_both, s.after_days, g.assigned_at AS given_at,
                    (SELECT count(*)
                      FROM occurrence o JOIN response r ON r.occurrence_id = o.id AND r.submitted_at IS NULL
                     WHERE o.assignment_id = g.id
                       AND o.number = (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = g.id)) AS unsent
             FROM pathway_progress w JOIN client c ON c.id = w.client_id AND c.archived_at IS NULL
             JOIN progress_step s ON s.progress_id = w.id
               AND s.position = (SELECT min(x.position)
                 FROM progress_step x
                 WHERE x.progress_id = w.id AND x.assignment_id IS NULL)
             LEFT JOIN progress_step p ON p.progress_id = w.id AND p.position = s.position - 1
             LEFT JOIN assignment g ON g.id = p.assignment_id
             WHERE w.ended_at IS NULL"
        )?;
        // Most of the time nothing is due: a rough check of all first, then an
        // exact one without the write lock.
        let mut due = Vec::new();
        for Next { progress, after_both, after_days, given_at, unsent } in pathways {
            let days = |days: i64, at: DateTime<Utc>| at + chrono::Duration::days(days - 2) <= self.now();
            let may = given_at.is_none_or(|at| after_both && unsent == 0 || after_days.is_some_and(|n| days(n, at)));
            if !may {
                continue;
            }
            match self.due_step(&mut look, progress.id).await {
                Ok(Some(_)) => due.push(progress),
                Ok(None) => {}
                // One that cannot be read does not stop the others.
                Err(error) if error.is_of_one_row() => {
                    tracing::error!(%error, progress = %progress.id, "its next exercise cannot be looked for");
                }
                Err(error) => return Err(error),
            }
        }
        drop(look);
        let mut given = 0;
        for progress in due {
            match self.advance_one(&progress).await {
                Ok(more) => given += usize::from(more),
                // One that fails does not stop the others.
                Err(error) => tracing::error!(%error, progress = %progress.id, "its next exercise cannot be given"),
            }
        }
        Ok(given)
    }
}

/// When the last of the people submitted the assignment's first occurrence.
/// `None`: not all have.
async fn completed_at(tx: &mut Tx, assignment: Uuid) -> Result<Option<DateTime<Utc>>> {
    let row = maybe!(
        tx,
        (i64, i64, Option<DateTime<Utc>>),
        "SELECT count(*), count(r.submitted_at), max(r.submitted_at)
         FROM response r JOIN occurrence o ON o.id = r.occurrence_id
         WHERE o.assignment_id = $1 AND o.number = (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = $1)",
        assignment
    )?;
    Ok(row.and_then(|(of, sent, at)| at.filter(|_| of > 0 && of == sent)))
}

impl Clinician {
    /// The pathways of the library: the program's and this practice's.
    pub async fn pathways(&self) -> Result<Vec<PathwayEntry>> {
        let mut tx = self.store().read().await?;
        let rows = legible!(
            &mut tx,
            PathwayRow,
            "SELECT p.document, p.author_id, a.display_name AS author_name
             FROM pathway p LEFT JOIN account a ON a.id = p.author_id
             WHERE p.archived_at IS NULL"
        )?;
        let mut entries: Vec<PathwayEntry> = rows.into_iter().map(PathwayEntry::from).collect();
        entries.sort_by(|a, b| (a.author.is_some(), &a.pathway.title).cmp(&(b.author.is_some(), &b.pathway.title)));
        Ok(entries)
    }

    /// The pathway with this slug, if there is one.
    pub async fn pathway(&self, slug: &str) -> Result<Option<PathwayEntry>> {
        Ok(self.pathways().await?.into_iter().find(|p| p.pathway.slug == slug))
    }

    /// Saves a pathway of this clinician, new or changed. `false`: it belongs
    /// to somebody else.
    pub async fn save_pathway(&self, pathway: &Pathway) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        let kept = run!(
            &mut tx,
            "INSERT INTO pathway (id, slug, author_id, document, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT (slug) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at,
                 archived_at = NULL
             WHERE pathway.author_id = excluded.author_id",
            id,
            &pathway.slug,
            self.me().0,
            Json(pathway),
            self.now()
        )?;
        if kept > 0 {
            let act = Act::by(self.me(), AuditAction::Saved, AuditThing::Pathway);
            self.store().record(&mut tx, act).await?;
            tx.commit().await?;
        }
        Ok(kept > 0)
    }

    /// Archives a pathway of this clinician and returns its id in the bin.
    /// Clients who have it keep it. `None`: it is not theirs.
    pub async fn archive_pathway(&self, slug: &str) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let done = run!(
            &mut tx,
            "UPDATE pathway SET archived_at = $1 WHERE slug = $2 AND author_id = $3 AND archived_at IS NULL",
            self.now(),
            slug,
            self.me().0
        )?;
        if done == 0 {
            return self.store().in_bin(&mut tx, self.me(), "pathway", slug).await;
        }
        let bin = self.store().put_in_bin(&mut tx, self.me(), &Binned::Pathway { slug: slug.to_owned() }).await?;
        tx.commit().await?;
        Ok(Some(bin))
    }

    /// Gives a pathway to a client: the first exercise now, each of the others
    /// when it is due. Returns the id of the pathway progress; `None`: the
    /// client is not in the caseload, there is no such pathway, or nobody it
    /// could be for.
    pub async fn start_pathway(
        &self,
        client: ClientId,
        slug: &str,
        for_whom: Audience,
        key: Option<FormKey>,
    ) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none()
            || self.people_concerned(&mut tx, client, for_whom).await?.is_empty()
        {
            return Ok(None);
        }
        let found = maybe!(
            &mut tx,
            (Uuid, Json<Pathway>),
            "SELECT id, document FROM pathway WHERE slug = $1 AND archived_at IS NULL",
            slug
        )?;
        let Some((pathway, Json(document))) = found else { return Ok(None) };
        let id = self.store().clock().id();
        if let Some(before) = self.store().claim_form_key(&mut tx, key, self.me(), id).await? {
            return Ok(Some(before));
        }
        let person = match for_whom {
            Audience::Everyone => None,
            Audience::One(person) => Some(person.0),
        };
        run!(
            &mut tx,
            "INSERT INTO pathway_progress (id, client_id, pathway_id, title, person_id, started_by, started_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            client.0,
            pathway,
            &document.title,
            person,
            self.me().0,
            self.now()
        )?;
        self.put_steps(&mut tx, id, 0, &document.steps).await?;
        let progress = OpenProgress { id, client_id: client.0, person_id: person, started_by: self.me().0 };
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Given, AuditThing::Pathway).id(id).client(client.0))
            .await?;
        self.store().advance(&mut tx, &progress).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Adds steps to a pathway progress, from position `from` on.
    async fn put_steps(&self, tx: &mut Tx, progress: Uuid, from: usize, steps: &[PathStep]) -> Result<()> {
        for (n, step) in steps.iter().enumerate() {
            let exercise = maybe!(tx, (Uuid,), "SELECT id FROM exercise WHERE slug = $1", &step.exercise)?
                .ok_or_else(|| Error::Stored(format!("there is no exercise {}", step.exercise)))?
                .0;
            run!(
                tx,
                "INSERT INTO progress_step (id, progress_id, position, exercise_id, after_both, after_days, every_days,
                     for_days)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                self.store().clock().id(),
                progress,
                i64::try_from(from + n).unwrap_or(i64::MAX),
                exercise,
                step.both,
                step.days.map(i64::from),
                step.every_days.map(i64::from),
                step.for_days.map(i64::from)
            )?;
        }
        Ok(())
    }

    async fn find_progress(&self, tx: &mut Tx, id: Uuid) -> Result<Option<ProgressRow>> {
        let today = today(tx, self.now()).await?;
        Ok(maybe!(
            tx,
            ProgressRow,
            in_care!(
                "SELECT w.id, w.client_id, w.title, w.person_id, p.name AS person_name, w.started_at, w.ended_at
                 FROM pathway_progress w JOIN client c ON c.id = w.client_id LEFT JOIN person p ON p.id = w.person_id",
                "AND w.id = $3"
            ),
            self.me().0,
            today,
            id
        )?)
    }

    /// A pathway progress with its steps.
    async fn with_steps(&self, tx: &mut Tx, row: ProgressRow) -> Result<PathwayProgress> {
        let mut steps = Vec::new();
        for step in steps_of(tx, row.id).await? {
            let entry = unreadable::or_skip(library::newest_version(tx, &step.slug).await)?.flatten();
            let title = entry.map_or_else(|| step.slug.clone(), |entry| entry.document.title);
            steps.push(ProgressStep {
                step: step.step(),
                title,
                given: step.assignment_id.map(AssignmentId).zip(step.assigned_at),
            });
        }
        Ok(PathwayProgress {
            id: row.id,
            client: ClientId(row.client_id),
            title: row.title,
            person: row.person_id.map(PersonId).zip(row.person_name),
            started_at: row.started_at,
            ended_at: row.ended_at,
            steps,
        })
    }

    /// A page of a client's pathways: the open ones first, then the latest
    /// first.
    pub async fn pathways_of(&self, client: ClientId, after: Option<After>) -> Result<Paged<PathwayProgress>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            ProgressRow,
            in_care!(
                "SELECT w.id, w.client_id, w.title, w.person_id, p.name AS person_name, w.started_at, w.ended_at
                 FROM pathway_progress w JOIN client c ON c.id = w.client_id LEFT JOIN person p ON p.id = w.person_id",
                "AND w.client_id = $3
                 AND (CASE WHEN w.ended_at IS NULL THEN 1 ELSE 0 END, w.started_at, w.id) < ($4, $5, $6)
                 ORDER BY CASE WHEN w.ended_at IS NULL THEN 1 ELSE 0 END DESC, w.started_at DESC, w.id DESC LIMIT $7"
            ),
            self.me().0,
            today,
            client.0,
            after.rank,
            after.at,
            after.id,
            PATHWAYS_OF + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, PATHWAYS_OF, |row| {
            After::new(row.started_at, row.id).with_rank(i64::from(row.ended_at.is_none()))
        });
        let mut pathways = Vec::new();
        for row in rows {
            pathways.push(self.with_steps(&mut tx, row).await?);
        }
        Ok(Paged { rows: pathways, more })
    }

    /// A pathway progress. The opening is audited, because it shows what a
    /// client was given and when.
    pub async fn pathway_progress(&self, id: Uuid) -> Result<Option<PathwayProgress>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_progress(&mut tx, id).await? else { return Ok(None) };
        let client = row.client_id;
        let progress = self.with_steps(&mut tx, row).await?;
        self.store()
            .record_opening(tx, Act::by(self.me(), AuditAction::Opened, AuditThing::Pathway).id(id).client(client))
            .await?;
        Ok(Some(progress))
    }

    /// Replaces the steps of a pathway progress that are not given yet. `given`
    /// is how many were given when the page was opened. Steps that were given
    /// do not change.
    pub async fn change_progress(&self, id: Uuid, given: usize, ahead: &[PathStep]) -> Result<ProgressChange> {
        let mut tx = self.store().write().await?;
        // The worker may be giving a step at this moment.
        run!(&mut tx, "UPDATE pathway_progress SET title = title WHERE id = $1", id)?;
        let Some(row) = self.find_progress(&mut tx, id).await?.filter(|w| w.ended_at.is_none()) else {
            return Ok(ProgressChange::Gone);
        };
        let standing = steps_of(&mut tx, id).await?;
        if standing.iter().filter(|s| s.assignment_id.is_some()).count() != given {
            return Ok(ProgressChange::ChangedMeanwhile);
        }
        run!(&mut tx, "DELETE FROM progress_step WHERE progress_id = $1 AND assignment_id IS NULL", id)?;
        self.put_steps(&mut tx, id, given, ahead).await?;
        if ahead.is_empty() {
            run!(&mut tx, "UPDATE pathway_progress SET ended_at = $1 WHERE id = $2", self.now(), id)?;
        }
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Changed, AuditThing::Pathway).id(id).client(row.client_id))
            .await?;
        tx.commit().await?;
        Ok(ProgressChange::Done)
    }

    /// Gives the next step of a pathway progress now, whatever its condition.
    /// `given` is how many steps the page showed as given, so that a double
    /// press gives one step. `None`: it is not in this clinician's care, or has
    /// ended.
    pub async fn give_next(&self, id: Uuid, given: usize) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE pathway_progress SET title = title WHERE id = $1", id)?;
        let Some(row) = self.find_progress(&mut tx, id).await?.filter(|w| w.ended_at.is_none()) else {
            return Ok(None);
        };
        let steps = steps_of(&mut tx, id).await?;
        let Some(turn) = steps.iter().position(|s| s.assignment_id.is_none()).filter(|turn| *turn == given) else {
            return Ok(Some(ClientId(row.client_id)));
        };
        let today = today(&mut tx, self.now()).await?;
        let progress = OpenProgress { id, client_id: row.client_id, person_id: row.person_id, started_by: self.me().0 };
        if self.store().give_step(&mut tx, &progress, &steps, turn, today).await? {
            tx.commit().await?;
        }
        Ok(Some(ClientId(row.client_id)))
    }

    /// Ends a pathway progress: no further exercise is given. Those given
    /// before stay.
    pub async fn end_pathway(&self, id: Uuid) -> Result<Ended> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_progress(&mut tx, id).await? else { return Ok(Ended::Gone) };
        if row.ended_at.is_some() {
            let bin = self.store().in_bin(&mut tx, self.me(), "pathway_progress", &id.to_string()).await?;
            return Ok(bin.map_or(Ended::EndedBefore, Ended::Done));
        }
        let bin = self.store().put_in_bin(&mut tx, self.me(), &Binned::PathwayProgress { id }).await?;
        run!(&mut tx, "UPDATE pathway_progress SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL", self.now(), id)?;
        self.store()
            .record(&mut tx, Act::by(self.me(), AuditAction::Ended, AuditThing::Pathway).id(id).client(row.client_id))
            .await?;
        tx.commit().await?;
        Ok(Ended::Done(bin))
    }
}

/// The client of a pathway progress in this clinician's care.
pub(crate) async fn client_of_progress(clinician: &Clinician, tx: &mut Tx, id: Uuid) -> Result<Option<ClientId>> {
    Ok(clinician.find_progress(tx, id).await?.map(|row| ClientId(row.client_id)))
}
