//! Pathways, and the copies of them that clients walk along.
//!
//! Given to a client, a pathway is copied step by step: what is changed
//! midway is that couple's copy alone. A worker looks whose turn has come.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    assignment::{For, Frequency, Rhythm},
    ids::{AccountId, AssignmentId, ClientId, ExerciseVersionId, PersonId},
    pathway::{PathStep, Pathway},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Error, FormKey, Result, Store, Tx,
    audit::Act,
    clients::{in_care, members},
    database::{all, maybe, run},
    occurrences::Give,
    practice::practice_set_up,
};

/// A pathway of the library.
#[derive(Clone, Debug)]
pub struct PathwayEntry {
    pub pathway: Pathway,
    /// Who wrote it; `None`: shipped with the program.
    pub author: Option<AccountId>,
    pub author_name: Option<String>,
}

/// A pathway as a client walks it.
#[derive(Clone, Debug)]
pub struct Walk {
    pub id: Uuid,
    pub client: ClientId,
    pub title: String,
    /// For one of them alone.
    pub person: Option<(PersonId, String)>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub steps: Vec<WalkStep>,
}

#[derive(Clone, Debug)]
pub struct WalkStep {
    pub step: PathStep,
    pub title: String,
    /// What it became, and when.
    pub given: Option<(AssignmentId, DateTime<Utc>)>,
}

/// What became of changing a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// An exercise was given since the page was opened.
    Meanwhile,
    /// Not theirs, or over.
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
struct WalkRow {
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

async fn steps_of(tx: &mut Tx, walk: Uuid) -> Result<Vec<StepRow>> {
    Ok(all!(
        tx,
        StepRow,
        "SELECT s.id, s.exercise_id, e.slug, s.after_both, s.after_days, s.every_days, s.for_days, s.assignment_id, g.assigned_at
         FROM walk_step s JOIN exercise e ON e.id = s.exercise_id LEFT JOIN assignment g ON g.id = s.assignment_id
         WHERE s.walk_id = $1 ORDER BY s.position",
        walk
    )?)
}

/// A walk whose turns the worker looks at.
#[derive(FromRow)]
struct OpenWalk {
    id: Uuid,
    client_id: Uuid,
    person_id: Option<Uuid>,
    started_by: Uuid,
}

/// A pathway goes on in the morning, at the earliest.
const MORNING: chrono::Duration = chrono::Duration::hours(6);

impl Store {
    /// Brings the pathways that the program ships into the database.
    pub async fn load_pathways(&self, pathways: &[Pathway]) -> Result<()> {
        let mut tx = self.write().await?;
        for pathway in pathways {
            run!(
                &mut tx,
                "INSERT INTO pathway (id, slug, document, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
                 ON CONFLICT (slug) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at WHERE pathway.author_id IS NULL",
                self.clock().id(),
                &pathway.slug,
                Json(pathway),
                self.now()
            )?;
        }
        tx.commit().await
    }

    /// Gives what has come to its turn on every walk, and tells how many
    /// exercises that were.
    pub async fn advance_walks(&self) -> Result<usize> {
        let mut look = self.read().await?;
        #[derive(FromRow)]
        struct Next {
            #[sqlx(flatten)]
            walk: OpenWalk,
            after_both: bool,
            after_days: Option<i64>,
            /// When the one before was given.
            given_at: Option<DateTime<Utc>>,
            /// Of the one before.
            unsent: i64,
        }
        let walks = all!(
            &mut look,
            Next,
            "SELECT w.id, w.client_id, w.person_id, w.started_by, s.after_both, s.after_days, g.assigned_at AS given_at,
                    (SELECT count(*) FROM occurrence o JOIN response r ON r.occurrence_id = o.id AND r.submitted_at IS NULL
                     WHERE o.assignment_id = g.id AND o.number = (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = g.id)) AS unsent
             FROM walk w JOIN client c ON c.id = w.client_id AND c.archived_at IS NULL
             JOIN walk_step s ON s.walk_id = w.id AND s.position = (SELECT min(x.position) FROM walk_step x WHERE x.walk_id = w.id AND x.assignment_id IS NULL)
             LEFT JOIN walk_step p ON p.walk_id = w.id AND p.position = s.position - 1 LEFT JOIN assignment g ON g.id = p.assignment_id
             WHERE w.ended_at IS NULL"
        )?;
        // Most of the time nothing has come to its turn: a rough look at all
        // first, then a close one without the write lock.
        let mut due = Vec::new();
        for Next { walk, after_both, after_days, given_at, unsent } in walks {
            let days = |days: i64, at: DateTime<Utc>| at + chrono::Duration::days(days - 2) <= self.now();
            let may = given_at.is_none_or(|at| after_both && unsent == 0 || after_days.is_some_and(|n| days(n, at)));
            if may && self.turn_of(&mut look, walk.id).await?.is_some() {
                due.push(walk);
            }
        }
        drop(look);
        let mut given = 0;
        for walk in due {
            match self.advance_one(&walk).await {
                Ok(more) => given += usize::from(more),
                // One that fails stops no other.
                Err(error) => tracing::error!(%error, walk = %walk.id, "its next exercise cannot be given"),
            }
        }
        Ok(given)
    }

    async fn advance_one(&self, walk: &OpenWalk) -> Result<bool> {
        let mut tx = self.write().await?;
        let given = self.advance(&mut tx, walk).await?;
        if given {
            tx.commit().await?;
        }
        Ok(given)
    }

    async fn advance(&self, tx: &mut Tx, walk: &OpenWalk) -> Result<bool> {
        // Two processes follow each other; the second finds the step given.
        run!(tx, "UPDATE walk SET title = title WHERE id = $1", walk.id)?;
        match self.turn_of(tx, walk.id).await? {
            Some((steps, turn, today)) => self.give_step(tx, walk, &steps, turn, today).await,
            None => Ok(false),
        }
    }

    /// The step of a walk whose turn has come, if any, and the practice's day.
    async fn turn_of(&self, tx: &mut Tx, walk: Uuid) -> Result<Option<(Vec<StepRow>, usize, NaiveDate)>> {
        let open = maybe!(tx, (Uuid,), "SELECT id FROM walk WHERE id = $1 AND ended_at IS NULL", walk)?;
        if open.is_none() {
            return Ok(None);
        }
        let steps = steps_of(tx, walk).await?;
        let Some(turn) = steps.iter().position(|s| s.assignment_id.is_none()) else { return Ok(None) };
        let zone = practice_set_up(tx).await?.zone;
        let today = zone::today(self.now(), &zone);
        // Not at midnight, which may be minutes after the other sent theirs.
        let morning = zone::today(self.now() - MORNING, &zone);
        let due = match turn.checked_sub(1).and_then(|n| steps.get(n)) {
            None => true,
            Some(before) => {
                let Some((assignment, at)) = before.assignment_id.zip(before.assigned_at) else { return Ok(None) };
                let sent = all_sent(tx, assignment).await?.map(|at| zone::today(at, &zone));
                steps[turn].step().opens_on(zone::today(at, &zone), sent).is_some_and(|day| day <= morning)
            }
        };
        Ok(due.then_some((steps, turn, today)))
    }

    /// Gives a step in the name of whoever started the walk, or of who has
    /// the client in care now. `false`: nobody has, or nobody is left.
    async fn give_step(
        &self,
        tx: &mut Tx,
        walk: &OpenWalk,
        steps: &[StepRow],
        turn: usize,
        today: NaiveDate,
    ) -> Result<bool> {
        let by = maybe!(
            tx,
            (Uuid,),
            "SELECT clinician_id FROM care WHERE client_id = $1 AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)
             ORDER BY CASE WHEN clinician_id = $3 THEN 0 ELSE 1 END, covering LIMIT 1",
            walk.client_id,
            today,
            walk.started_by
        )?;
        let Some((by,)) = by else { return Ok(false) };
        let people: Vec<PersonId> = members(self, tx, &[ClientId(walk.client_id)])
            .await?
            .into_iter()
            .map(|(_, m)| m.person)
            .filter(|p| walk.person_id.is_none_or(|one| one == p.0))
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
            // Done until the next one's turn, where that has a day.
            (None, _) => match steps.get(turn + 1).and_then(|next| next.step().days) {
                Some(days) => Frequency::OnDate(today + chrono::Duration::days(i64::from(days))),
                None => Frequency::BeforeNext,
            },
        };
        let give = Give {
            id: AssignmentId(self.clock().id()),
            client: ClientId(walk.client_id),
            version: ExerciseVersionId(version),
            by: AccountId(by),
            people: &people,
            frequency,
            word_along: "",
        };
        self.give(tx, &give).await?;
        run!(tx, "UPDATE walk_step SET assignment_id = $1 WHERE id = $2", give.id.0, row.id)?;
        if turn + 1 == steps.len() {
            run!(tx, "UPDATE walk SET ended_at = $1 WHERE id = $2", self.now(), walk.id)?;
        }
        Ok(true)
    }
}

/// When the last of those it was given to sent the assignment's first
/// occurrence; `None`: not all have.
async fn all_sent(tx: &mut Tx, assignment: Uuid) -> Result<Option<DateTime<Utc>>> {
    let row = maybe!(
        tx,
        (i64, i64, Option<DateTime<Utc>>),
        "SELECT count(*), count(r.submitted_at), max(r.submitted_at) FROM response r JOIN occurrence o ON o.id = r.occurrence_id
         WHERE o.assignment_id = $1 AND o.number = (SELECT min(x.number) FROM occurrence x WHERE x.assignment_id = $1)",
        assignment
    )?;
    Ok(row.and_then(|(of, sent, at)| at.filter(|_| of > 0 && of == sent)))
}

impl Clinician {
    /// The pathways there are: the program's, and those of this practice.
    pub async fn pathways(&self) -> Result<Vec<PathwayEntry>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            PathwayRow,
            "SELECT p.document, p.author_id, a.display_name AS author_name FROM pathway p LEFT JOIN account a ON a.id = p.author_id WHERE p.archived_at IS NULL"
        )?;
        let mut entries: Vec<PathwayEntry> = rows.into_iter().map(PathwayEntry::from).collect();
        entries.sort_by(|a, b| (a.author.is_some(), &a.pathway.title).cmp(&(b.author.is_some(), &b.pathway.title)));
        Ok(entries)
    }

    pub async fn pathway(&self, slug: &str) -> Result<Option<PathwayEntry>> {
        Ok(self.pathways().await?.into_iter().find(|p| p.pathway.slug == slug))
    }

    /// Keeps a pathway of one's own: a new one, or a change of one's own.
    /// `false`: it is another's.
    pub async fn save_pathway(&self, pathway: &Pathway) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let id = self.store().clock().id();
        let kept = run!(
            &mut tx,
            "INSERT INTO pathway (id, slug, author_id, document, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT (slug) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at, archived_at = NULL
             WHERE pathway.author_id = excluded.author_id",
            id,
            &pathway.slug,
            self.me().0,
            Json(pathway),
            self.now()
        )?;
        if kept > 0 {
            let act =
                Act { by: Some(self.me()), action: "saved", thing: "pathway", id: None, client: None, detail: "" };
            self.store().audit(&mut tx, act).await?;
            tx.commit().await?;
        }
        Ok(kept > 0)
    }

    /// Puts a pathway of one's own away. Walks along it go on.
    pub async fn archive_pathway(&self, slug: &str) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let done = run!(
            &mut tx,
            "UPDATE pathway SET archived_at = $1 WHERE slug = $2 AND author_id = $3 AND archived_at IS NULL",
            self.now(),
            slug,
            self.me().0
        )?;
        tx.commit().await?;
        Ok(done > 0)
    }

    /// Gives a pathway: the first exercise now, the others in their turn.
    /// `None`: not their client, no such pathway, or nobody it could be for.
    pub async fn walk(
        &self,
        client: ClientId,
        slug: &str,
        for_whom: For,
        key: Option<FormKey>,
    ) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        if self.open(&mut tx, client).await?.is_none() || self.people_for(&mut tx, client, for_whom).await?.is_empty() {
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
        if let Some(before) = self.store().made_before(&mut tx, key, self.me(), id).await? {
            return Ok(Some(before));
        }
        let person = match for_whom {
            For::Everyone => None,
            For::One(person) => Some(person.0),
        };
        run!(
            &mut tx,
            "INSERT INTO walk (id, client_id, pathway_id, title, person_id, started_by, started_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            client.0,
            pathway,
            &document.title,
            person,
            self.me().0,
            self.now()
        )?;
        self.put_steps(&mut tx, id, 0, &document.steps).await?;
        let walk = OpenWalk { id, client_id: client.0, person_id: person, started_by: self.me().0 };
        self.store().audit(&mut tx, Act::new(self.me(), "given", "pathway", id, client.0)).await?;
        self.store().advance(&mut tx, &walk).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    async fn put_steps(&self, tx: &mut Tx, walk: Uuid, from: usize, steps: &[PathStep]) -> Result<()> {
        for (n, step) in steps.iter().enumerate() {
            let exercise = maybe!(tx, (Uuid,), "SELECT id FROM exercise WHERE slug = $1", &step.exercise)?
                .ok_or_else(|| Error::Stored(format!("there is no exercise {}", step.exercise)))?
                .0;
            run!(
                tx,
                "INSERT INTO walk_step (id, walk_id, position, exercise_id, after_both, after_days, every_days, for_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                self.store().clock().id(),
                walk,
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

    async fn find_walk(&self, tx: &mut Tx, id: Uuid) -> Result<Option<WalkRow>> {
        let today = self.today(tx).await?;
        Ok(maybe!(
            tx,
            WalkRow,
            in_care!(
                "SELECT w.id, w.client_id, w.title, w.person_id, p.name AS person_name, w.started_at, w.ended_at FROM walk w JOIN client c ON c.id = w.client_id LEFT JOIN person p ON p.id = w.person_id",
                "AND w.id = $3"
            ),
            self.me().0,
            today,
            id
        )?)
    }

    async fn whole(&self, tx: &mut Tx, row: WalkRow) -> Result<Walk> {
        let mut steps = Vec::new();
        for step in steps_of(tx, row.id).await? {
            let title = self.newest(tx, &step.slug).await?.map(|e| e.document.title).unwrap_or_default();
            steps.push(WalkStep {
                step: step.step(),
                title,
                given: step.assignment_id.map(AssignmentId).zip(step.assigned_at),
            });
        }
        Ok(Walk {
            id: row.id,
            client: ClientId(row.client_id),
            title: row.title,
            person: row.person_id.map(PersonId).zip(row.person_name),
            started_at: row.started_at,
            ended_at: row.ended_at,
            steps,
        })
    }

    /// The pathways a client walks or has walked, the latest first.
    pub async fn walks(&self, client: ClientId) -> Result<Vec<Walk>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            WalkRow,
            in_care!(
                "SELECT w.id, w.client_id, w.title, w.person_id, p.name AS person_name, w.started_at, w.ended_at FROM walk w JOIN client c ON c.id = w.client_id LEFT JOIN person p ON p.id = w.person_id",
                "AND w.client_id = $3 ORDER BY w.started_at DESC LIMIT 10"
            ),
            self.me().0,
            today,
            client.0
        )?;
        let mut walks = Vec::new();
        for row in rows {
            walks.push(self.whole(&mut tx, row).await?);
        }
        Ok(walks)
    }

    /// A walk, on record: it tells what a client was given and when.
    pub async fn walk_of(&self, id: Uuid) -> Result<Option<Walk>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.find_walk(&mut tx, id).await? else { return Ok(None) };
        let client = row.client_id;
        let walk = self.whole(&mut tx, row).await?;
        self.store().on_record(tx, Act::new(self.me(), "opened", "pathway", id, client)).await?;
        Ok(Some(walk))
    }

    /// Changes what is still to come of one client's walk, after those `given`
    /// that the page knew of. What has been given stands.
    pub async fn change_walk(&self, id: Uuid, given: usize, ahead: &[PathStep]) -> Result<Changed> {
        let mut tx = self.store().write().await?;
        // The worker may be giving a step just now.
        run!(&mut tx, "UPDATE walk SET title = title WHERE id = $1", id)?;
        let Some(row) = self.find_walk(&mut tx, id).await?.filter(|w| w.ended_at.is_none()) else {
            return Ok(Changed::Gone);
        };
        let standing = steps_of(&mut tx, id).await?;
        if standing.iter().filter(|s| s.assignment_id.is_some()).count() != given {
            return Ok(Changed::Meanwhile);
        }
        run!(&mut tx, "DELETE FROM walk_step WHERE walk_id = $1 AND assignment_id IS NULL", id)?;
        self.put_steps(&mut tx, id, given, ahead).await?;
        if ahead.is_empty() {
            run!(&mut tx, "UPDATE walk SET ended_at = $1 WHERE id = $2", self.now(), id)?;
        }
        self.store().audit(&mut tx, Act::new(self.me(), "changed", "pathway", id, row.client_id)).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }

    /// Gives the next exercise of a walk now, whatever its condition: the one
    /// after those `given` that the page showed, so that twice pressed is once.
    pub async fn give_next(&self, id: Uuid, given: usize) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE walk SET title = title WHERE id = $1", id)?;
        let Some(row) = self.find_walk(&mut tx, id).await?.filter(|w| w.ended_at.is_none()) else { return Ok(None) };
        let steps = steps_of(&mut tx, id).await?;
        let Some(turn) = steps.iter().position(|s| s.assignment_id.is_none()).filter(|turn| *turn == given) else {
            return Ok(Some(ClientId(row.client_id)));
        };
        let today = self.today(&mut tx).await?;
        let walk = OpenWalk { id, client_id: row.client_id, person_id: row.person_id, started_by: self.me().0 };
        if self.store().give_step(&mut tx, &walk, &steps, turn, today).await? {
            tx.commit().await?;
        }
        Ok(Some(ClientId(row.client_id)))
    }

    /// Ends a walk: nothing more is given. What was given stands.
    pub async fn end_walk(&self, id: Uuid) -> Result<Option<ClientId>> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.find_walk(&mut tx, id).await? else { return Ok(None) };
        run!(&mut tx, "UPDATE walk SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL", self.now(), id)?;
        self.store().audit(&mut tx, Act::new(self.me(), "ended", "pathway", id, row.client_id)).await?;
        tx.commit().await?;
        Ok(Some(ClientId(row.client_id)))
    }
}
