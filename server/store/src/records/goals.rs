//! The goals and the plan of a client, which its therapists keep: sealed, with a
//! history, and reviewed after some sessions or on a day.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::title,
    ids::{ClientId, GoalId},
    records::goal::{self, GoalBody, GoalReview, GoalState, GoalText, PlanText, ReviewRule},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Clinician, Paged, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::{maybe, run},
    exercises::library,
    keys::DataKey,
    limits::{GOAL_EVENTS, GOALS, PLANS},
    practice::settings::today,
    unreadable::{self, fetched, legible},
};

/// A goal of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    pub id: GoalId,
    pub client: ClientId,
    pub body: GoalBody,
    pub since: NaiveDate,
    /// The exercise that belongs to it: slug and title; `None`: none does.
    pub exercise: Option<(String, String)>,
    pub state: GoalState,
    pub review: ReviewRule,
    /// When it was last reviewed; `None`: not yet.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// Whether a review is due: only of an open goal.
    pub is_due: bool,
    /// The number of changes. A form that shows an older one changes nothing.
    pub revision: i64,
}

/// What was changed or found at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalEvent {
    pub at: DateTime<Utc>,
    /// The name of who did it.
    pub by: String,
    /// What the goal was from then on.
    pub state: GoalState,
    pub body: GoalBody,
    /// What was noted; empty: nothing.
    pub remark: String,
    /// Whether it was a review.
    pub is_review: bool,
}

/// A goal with its history.
#[derive(Clone, Debug)]
pub struct GoalView {
    pub goal: Goal,
    /// The names of the client's people.
    pub title: String,
    /// A page of the history, the latest first.
    pub events: Paged<GoalEvent>,
    /// Whether the record is frozen by a separation: nothing can be changed.
    pub is_frozen: bool,
}

/// The plan of a client, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatmentPlan {
    pub id: Uuid,
    pub text: String,
    /// Until when it is to be done; `None`: no day is set.
    pub until: Option<NaiveDate>,
    pub written_at: DateTime<Utc>,
    /// The name of who wrote it.
    pub by: String,
}

/// The open goals of a client and its plan.
#[derive(Clone, Debug, Default)]
pub struct OpenGoals {
    /// The oldest first.
    pub goals: Vec<Goal>,
    /// `None`: none is written.
    pub plan: Option<TreatmentPlan>,
}

/// The goals of a client and its plans.
#[derive(Clone, Debug)]
pub struct ClientGoals {
    /// The names of the client's people.
    pub title: String,
    /// A page of the goals: open ones first, then by the day since when.
    pub goals: Paged<Goal>,
    /// A page of the plans, the latest first: the first of the first page is in
    /// use.
    pub plans: Paged<TreatmentPlan>,
    /// Whether the record is frozen by a separation: nothing can be changed.
    pub is_frozen: bool,
}

/// What a note copies of the goals and the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoalLines {
    /// A line for each open goal; empty: there is none.
    pub goals: String,
    /// The plan in use; empty: there is none.
    pub plan: String,
}

/// The outcome of writing a goal or a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalWrite {
    Saved(GoalId),
    /// The exercise is not in the library.
    NoExercise,
    /// Another page changed it in the meantime: nothing was written.
    Changed,
    /// It does not exist, is not in this clinician's care, or the record is
    /// frozen.
    Gone,
}

/// The outcome of writing a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanWrite {
    Saved,
    /// Another page wrote a plan in the meantime: nothing was written.
    Changed,
    /// The client is not in this clinician's care, or its record is frozen.
    Gone,
}

/// Which page of each list of [`ClientGoals`] is wanted; `None`: the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct GoalPages {
    pub goals: Option<After>,
    pub plans: Option<After>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    body: Vec<u8>,
    since_on: NaiveDate,
    slug: Option<String>,
    #[sqlx(try_from = "String")]
    state: GoalState,
    review_sessions: Option<i64>,
    review_on: Option<NaiveDate>,
    reviewed_at: Option<DateTime<Utc>>,
    held: i64,
    revision: i64,
}

#[derive(FromRow)]
struct EventRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    state: GoalState,
    body: Vec<u8>,
    remark: Option<Vec<u8>>,
    reviewed: bool,
    at: DateTime<Utc>,
    by: String,
}

#[derive(FromRow)]
struct PlanRow {
    id: Uuid,
    body: Vec<u8>,
    until_on: Option<NaiveDate>,
    written_at: DateTime<Utc>,
    by: String,
}

/// SQL: goals `g` with how many sessions took place since the latest review, up
/// to the time `$2`.
macro_rules! goals {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.client_id, g.body, g.since_on, e.slug, g.state, g.review_sessions, g.review_on,
                 g.reviewed_at, g.revision,
                 (SELECT count(*) FROM session s
                     WHERE s.client_id = g.client_id AND s.starts_at > COALESCE(g.reviewed_at, g.made_at)
                     AND s.ends_at <= $2 AND s.state IN ('booked', 'arrived', 'completed')) AS held
             FROM goal g LEFT JOIN exercise e ON e.id = g.exercise_id ",
            $rest
        )
    };
}

/// A goal of a row, opened with the client's key.
async fn goal(tx: &mut Tx, key: &Result<DataKey>, row: Row, today: NaiveDate) -> Result<Goal> {
    let exercise = match row.slug {
        Some(slug) => {
            let found = library::newest_version(tx, &slug).await?;
            found.map(|entry| (slug, entry.document.title))
        }
        None => None,
    };
    let review = ReviewRule { sessions: row.review_sessions, on: row.review_on };
    Ok(Goal {
        id: GoalId(row.id),
        client: ClientId(row.client_id),
        body: open_body(key, "goal", row.id, &row.body)?,
        since: row.since_on,
        exercise,
        state: row.state,
        review,
        reviewed_at: row.reviewed_at,
        is_due: row.state == GoalState::Open && review.is_due(row.held, today),
        revision: row.revision,
    })
}

/// The words of a goal, or a sentence that they cannot be read.
fn open_body(key: &Result<DataKey>, place: &str, id: Uuid, sealed: &[u8]) -> Result<GoalBody> {
    let text = open_text(key, place, id, sealed)?;
    let body = text.and_then(|text| match serde_json::from_str(&text) {
        Ok(body) => Some(body),
        Err(error) => {
            unreadable::note_row(&error);
            None
        }
    });
    Ok(body.unwrap_or_else(|| GoalBody { text: "This goal cannot be read.".to_owned(), measure: String::new() }))
}

/// A sealed text; `None`: it cannot be read, which is noted.
fn open_text(key: &Result<DataKey>, place: &str, id: Uuid, sealed: &[u8]) -> Result<Option<String>> {
    match key {
        Ok(key) => unreadable::or_skip(key.open_text(place, id, sealed)),
        Err(error) => {
            unreadable::note_row(error);
            Ok(None)
        }
    }
}

/// The client's key. An error of this one client is kept for each of its values;
/// any other ends the read.
async fn key_of(store: &Store, tx: &mut Tx, client: ClientId) -> Result<Result<DataKey>> {
    match store.key_of(tx, client.0).await {
        Err(error) if !error.is_of_one_row() => Err(error),
        key => Ok(key),
    }
}

/// The names of a client's people.
async fn title_of(store: &Store, tx: &mut Tx, client: ClientId) -> Result<String> {
    let members = client::members_of(store, tx, &[client]).await?;
    Ok(title(members.iter().map(|(_, member)| member.details.name.as_str())))
}

/// The open goals of a client, the oldest first. The caller has checked the right
/// to read them.
async fn open_goals(store: &Store, tx: &mut Tx, client: ClientId) -> Result<Vec<Goal>> {
    let today = today(tx, store.now()).await?;
    let rows = legible!(
        &mut *tx,
        Row,
        goals!("WHERE g.client_id = $1 AND g.state = 'open' ORDER BY g.since_on, g.id"),
        client.0,
        store.now()
    )?;
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let key = key_of(store, tx, client).await?;
    let mut goals = Vec::new();
    for row in rows {
        goals.push(goal(tx, &key, row, today).await?);
    }
    Ok(goals)
}

/// A page of a client's plans, the latest first. The caller has checked the right
/// to read them.
async fn plans(store: &Store, tx: &mut Tx, client: ClientId, after: After, most: i64) -> Result<Paged<TreatmentPlan>> {
    let rows = fetched!(
        &mut *tx,
        PlanRow,
        "SELECT p.id, p.body, p.until_on, p.written_at, a.display_name AS by
         FROM treatment_plan p JOIN account a ON a.id = p.written_by
         WHERE p.client_id = $1 AND (p.written_at, p.id) < ($2, $3) ORDER BY p.written_at DESC, p.id DESC LIMIT $4",
        client.0,
        after.at,
        after.id,
        most + 1
    )?;
    let page = Paged::of(rows, most, |row| After::new(row.written_at, row.id));
    if page.rows.is_empty() {
        return Ok(Paged::default());
    }
    let key = key_of(store, tx, client).await?;
    let mut plans = Vec::new();
    for row in page.rows {
        let text = open_text(&key, "treatment_plan", row.id, &row.body)?;
        plans.push(TreatmentPlan {
            id: row.id,
            text: text.unwrap_or_else(|| "This plan cannot be read.".to_owned()),
            until: row.until_on,
            written_at: row.written_at,
            by: row.by,
        });
    }
    Ok(Paged { rows: plans, more: page.more })
}

/// What a note copies of the client's open goals and of the plan in use. The
/// caller has checked the right to read them, and audits the opening.
pub(crate) async fn lines_for_note(store: &Store, tx: &mut Tx, client: ClientId) -> Result<GoalLines> {
    let day = |on: NaiveDate| on.format("%-d %B %Y").to_string();
    let goals = open_goals(store, tx, client).await?;
    let lines: Vec<String> = goals.iter().map(|goal| goal::line(&goal.body, goal.since, day)).collect();
    let plan = plans(store, tx, client, After::END, 1).await?.rows.into_iter().next();
    Ok(GoalLines { goals: lines.join("\n"), plan: plan.map(|plan| plan.text).unwrap_or_default() })
}

/// The exercise with this slug; `None`: the field is empty. `Err` of the inner
/// result: there is no such exercise.
async fn exercise_id(tx: &mut Tx, slug: &str) -> Result<Option<Option<Uuid>>> {
    if slug.is_empty() {
        return Ok(Some(None));
    }
    let found = maybe!(tx, (Uuid,), "SELECT id FROM exercise WHERE slug = $1", slug)?;
    Ok(found.map(|(id,)| Some(id)))
}

impl Clinician {
    /// The open goals of a client and its plan; the opening is audited. `None`:
    /// not in the caseload.
    pub async fn open_goals(&self, client: ClientId) -> Result<Option<OpenGoals>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let goals = open_goals(self.store(), &mut tx, client).await?;
        let plan = plans(self.store(), &mut tx, client, After::END, 1).await?.rows.into_iter().next();
        if !goals.is_empty() || plan.is_some() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Goals).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Some(OpenGoals { goals, plan }))
    }

    /// A page of the goals and of the plans of a client; the opening is audited.
    /// `None`: not in the caseload.
    pub async fn goals(&self, client: ClientId, pages: GoalPages) -> Result<Option<ClientGoals>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let today = today(&mut tx, self.now()).await?;
        let after = pages.goals.unwrap_or(After { rank: i64::MIN, ..After::END });
        let rows = fetched!(
            &mut tx,
            Row,
            goals!(
                "WHERE g.client_id = $1
                 AND (CASE g.state WHEN 'open' THEN 0 ELSE 1 END > $3
                     OR (CASE g.state WHEN 'open' THEN 0 ELSE 1 END = $3 AND (g.since_on, g.id) < ($4, $5)))
                 ORDER BY CASE g.state WHEN 'open' THEN 0 ELSE 1 END, g.since_on DESC, g.id DESC LIMIT $6"
            ),
            client.0,
            self.now(),
            after.rank,
            after.at.date_naive(),
            after.id,
            GOALS + 1
        )?;
        let rank = |state| i64::from(state != GoalState::Open);
        let page = Paged::of(rows, GOALS, |row| After::day(row.since_on, row.id).with_rank(rank(row.state)));
        let key = key_of(self.store(), &mut tx, client).await?;
        let mut goals = Vec::new();
        for row in page.rows {
            goals.push(goal(&mut tx, &key, row, today).await?);
        }
        let plans = plans(self.store(), &mut tx, client, pages.plans.unwrap_or(After::END), PLANS).await?;
        let title = title_of(self.store(), &mut tx, client).await?;
        let is_frozen = client::is_separated(&mut tx, client).await?;
        if !goals.is_empty() || !plans.rows.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Goals).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Some(ClientGoals { title, goals: Paged { rows: goals, more: page.more }, plans, is_frozen }))
    }

    /// Opens a goal with a page of its history; the opening is audited. `None`:
    /// there is no such goal in this clinician's care.
    pub async fn goal(&self, id: GoalId, after: Option<After>) -> Result<Option<GoalView>> {
        let mut tx = self.store().read().await?;
        let Some(client) = self.client_of_goal(&mut tx, id).await? else { return Ok(None) };
        let today = today(&mut tx, self.now()).await?;
        let row = maybe!(&mut tx, Row, goals!("WHERE g.id = $1"), id.0, self.now())?;
        let Some(row) = row else { return Ok(None) };
        let key = key_of(self.store(), &mut tx, client).await?;
        let goal = goal(&mut tx, &key, row, today).await?;
        let events = events(&mut tx, &key, id, after.unwrap_or(After::END)).await?;
        let title = title_of(self.store(), &mut tx, client).await?;
        let is_frozen = client::is_separated(&mut tx, client).await?;
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Goal).id(id.0).client(client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(GoalView { goal, title, events, is_frozen }))
    }

    /// The client of a goal; `None`: there is no such goal in this clinician's
    /// care.
    async fn client_of_goal(&self, tx: &mut Tx, id: GoalId) -> Result<Option<ClientId>> {
        let today = today(tx, self.now()).await?;
        let found = maybe!(
            tx,
            (Uuid,),
            in_care!("SELECT g.client_id FROM goal g JOIN client c ON c.id = g.client_id", "AND g.id = $3"),
            self.me().0,
            today,
            id.0
        )?;
        Ok(found.map(|(client,)| ClientId(client)))
    }

    /// Sets a goal of a client.
    pub async fn create_goal(&self, client: ClientId, new: &GoalText) -> Result<GoalWrite> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(GoalWrite::Gone);
        }
        let Some(exercise) = exercise_id(&mut tx, &new.exercise).await? else { return Ok(GoalWrite::NoExercise) };
        let key = self.store().data_key_or_new(&mut tx, client.0).await?;
        let id = GoalId(self.store().clock().id());
        let body = body_json(&new.body)?;
        run!(
            &mut tx,
            "INSERT INTO goal (id, client_id, body, since_on, exercise_id, state, review_sessions, review_on, revision,
                 made_at, made_by)
             VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, 1, $8, $9)",
            id.0,
            client.0,
            key.seal("goal", id.0, &body),
            new.since,
            exercise,
            new.review.sessions,
            new.review.on,
            self.now(),
            self.me().0
        )?;
        self.add_event(&mut tx, &key, id, (GoalState::Open, &body), None).await?;
        let act = Act::by(self.me(), AuditAction::Added, AuditThing::Goal).id(id.0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(GoalWrite::Saved(id))
    }

    /// Changes a goal of which the form showed this revision.
    pub async fn change_goal(&self, id: GoalId, revision: i64, new: &GoalText) -> Result<GoalWrite> {
        let mut tx = self.store().write().await?;
        let Some(client) = self.open_client_of_goal(&mut tx, id).await? else { return Ok(GoalWrite::Gone) };
        let Some(exercise) = exercise_id(&mut tx, &new.exercise).await? else { return Ok(GoalWrite::NoExercise) };
        let key = self.store().data_key_or_new(&mut tx, client.0).await?;
        let body = body_json(&new.body)?;
        let changed = maybe!(
            &mut tx,
            (String,),
            "UPDATE goal SET body = $3, since_on = $4, exercise_id = $5, review_sessions = $6, review_on = $7,
                 revision = revision + 1
             WHERE id = $1 AND revision = $2 RETURNING state",
            id.0,
            revision,
            key.seal("goal", id.0, &body),
            new.since,
            exercise,
            new.review.sessions,
            new.review.on
        )?;
        let Some((state,)) = changed else { return Ok(GoalWrite::Changed) };
        self.add_event(&mut tx, &key, id, (state.parse()?, &body), None).await?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Goal).id(id.0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(GoalWrite::Saved(id))
    }

    /// Records a review of a goal of which the form showed this revision.
    pub async fn review_goal(&self, id: GoalId, revision: i64, review: &GoalReview) -> Result<GoalWrite> {
        let mut tx = self.store().write().await?;
        let Some(client) = self.open_client_of_goal(&mut tx, id).await? else { return Ok(GoalWrite::Gone) };
        let key = self.store().data_key_or_new(&mut tx, client.0).await?;
        let changed = maybe!(
            &mut tx,
            (Vec<u8>,),
            "UPDATE goal SET state = $3, review_on = $4, reviewed_at = $5, revision = revision + 1
             WHERE id = $1 AND revision = $2 RETURNING body",
            id.0,
            revision,
            review.state.word(),
            review.next_on,
            self.now()
        )?;
        let Some((sealed,)) = changed else { return Ok(GoalWrite::Changed) };
        let body = key.open("goal", id.0, &sealed)?;
        self.add_event(&mut tx, &key, id, (review.state, &body), Some(&review.remark)).await?;
        let act = Act::by(self.me(), AuditAction::Reviewed, AuditThing::Goal).id(id.0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(GoalWrite::Saved(id))
    }

    /// The client of a goal whose record takes additions; `None`: there is none.
    async fn open_client_of_goal(&self, tx: &mut Tx, id: GoalId) -> Result<Option<ClientId>> {
        let Some(client) = self.client_of_goal(tx, id).await? else { return Ok(None) };
        Ok(client::find_open_client(self, tx, client).await?.map(|_| client))
    }

    /// Adds a line to the history of a goal. `remark` is what a review noted;
    /// `None`: it is no review.
    async fn add_event(
        &self,
        tx: &mut Tx,
        key: &DataKey,
        goal: GoalId,
        (state, body): (GoalState, &[u8]),
        remark: Option<&str>,
    ) -> Result<()> {
        let id = self.store().clock().id();
        let noted = remark.filter(|remark| !remark.is_empty());
        run!(
            tx,
            "INSERT INTO goal_event (id, goal_id, state, body, remark, reviewed, at, made_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            goal.0,
            state.word(),
            key.seal("goal_event", id, body),
            noted.map(|remark| key.seal("goal_event.remark", id, remark.as_bytes())),
            remark.is_some(),
            self.now(),
            self.me().0
        )?;
        Ok(())
    }

    /// Writes the plan of a client. `shown` is the plan that the form showed;
    /// `None`: there was none.
    pub async fn write_plan(&self, client: ClientId, shown: Option<Uuid>, new: &PlanText) -> Result<PlanWrite> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(PlanWrite::Gone);
        }
        // Two pages of one client write one after the other.
        run!(&mut tx, "UPDATE client SET archived_at = archived_at WHERE id = $1", client.0)?;
        let latest = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM treatment_plan WHERE client_id = $1 ORDER BY written_at DESC, id DESC LIMIT 1",
            client.0
        )?;
        if latest.map(|(id,)| id) != shown {
            return Ok(PlanWrite::Changed);
        }
        let key = self.store().data_key_or_new(&mut tx, client.0).await?;
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO treatment_plan (id, client_id, body, until_on, written_at, written_by)
             VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            client.0,
            key.seal("treatment_plan", id, new.text.as_bytes()),
            new.until,
            self.now(),
            self.me().0
        )?;
        let act = Act::by(self.me(), AuditAction::Written, AuditThing::TreatmentPlan).id(id).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(PlanWrite::Saved)
    }
}

/// A page of the history of a goal, the latest first.
async fn events(tx: &mut Tx, key: &Result<DataKey>, goal: GoalId, after: After) -> Result<Paged<GoalEvent>> {
    let rows = fetched!(
        &mut *tx,
        EventRow,
        "SELECT h.id, h.state, h.body, h.remark, h.reviewed, h.at, a.display_name AS by
         FROM goal_event h JOIN account a ON a.id = h.made_by
         WHERE h.goal_id = $1 AND (h.at, h.id) < ($2, $3) ORDER BY h.at DESC, h.id DESC LIMIT $4",
        goal.0,
        after.at,
        after.id,
        GOAL_EVENTS + 1
    )?;
    let page = Paged::of(rows, GOAL_EVENTS, |row| After::new(row.at, row.id));
    let mut events = Vec::new();
    for row in page.rows {
        let remark = match &row.remark {
            Some(sealed) => open_text(key, "goal_event.remark", row.id, sealed)?
                .unwrap_or_else(|| "This remark cannot be read.".to_owned()),
            None => String::new(),
        };
        events.push(GoalEvent {
            at: row.at,
            by: row.by,
            state: row.state,
            body: open_body(key, "goal_event", row.id, &row.body)?,
            remark,
            is_review: row.reviewed,
        });
    }
    Ok(Paged { rows: events, more: page.more })
}

/// The words of a goal as they are sealed.
fn body_json(body: &GoalBody) -> Result<Vec<u8>> {
    serde_json::to_vec(body).map_err(|error| crate::Error::Stored(error.to_string()))
}
