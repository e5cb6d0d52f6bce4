//! Plans: a day and time for something, set for both partners or for one.
//!
//! A plan for both can be set and moved by either partner, like a note on the
//! fridge. A move adds a new row and marks the old one as moved, so that the
//! history shows what was planned, kept, moved or missed.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    clients::person::Zone,
    exercises::{
        exercise::{Document, Scope},
        response::therapist_may_read,
        step::StepInput,
    },
    ids::{OccurrenceId, PersonId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Partner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, run},
    exercises::{
        nudges,
        responses::{self, OwnResponse},
    },
    unreadable::legible,
};

domain::words! {
    /// The state of a plan.
    pub enum PlanState {
        Planned = "planned", "Planned";
        Kept = "kept", "We did it";
        Moved = "moved", "Moved";
        Missed = "missed", "It did not happen";
        Dropped = "dropped", "Taken back";
    }
}

/// The act that brings a plan into a state.
impl From<PlanState> for AuditAction {
    fn from(state: PlanState) -> Self {
        match state {
            PlanState::Planned => Self::Planned,
            PlanState::Kept => Self::Kept,
            PlanState::Moved => Self::Moved,
            PlanState::Missed => Self::Missed,
            PlanState::Dropped => Self::Dropped,
        }
    }
}

/// A plan and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub id: Uuid,
    pub starts_at: DateTime<Utc>,
    /// The wall time in the zone where it was set: this is what the person
    /// meant.
    pub starts: NaiveDateTime,
    pub zone: Zone,
    pub state: PlanState,
    pub set_by: String,
    /// Who moved it, took it back or said how it went.
    pub closed_by: Option<String>,
}

/// The plans of one step, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanView {
    pub step: String,
    /// Whose plans these are. `None`: both partners'.
    pub owner: Option<(PersonId, String)>,
    pub plans: Vec<Planned>,
}

impl PlanView {
    /// The plan that is still open: it is in the future, or nobody has said yet
    /// how it went.
    pub fn open(&self) -> Option<&Planned> {
        self.plans.iter().find(|p| p.state == PlanState::Planned)
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    step: String,
    person_id: Option<Uuid>,
    person_name: Option<String>,
    starts: NaiveDateTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    starts_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    state: PlanState,
    set_by: String,
    closed_by: Option<String>,
}

impl Store {
    /// All plans of an occurrence, the latest set first.
    async fn plans_of(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Vec<Row>> {
        Ok(legible!(
            tx,
            Row,
            "SELECT p.id, p.step, p.person_id, w.name AS person_name, p.starts, p.zone, p.starts_at, p.state,
                 s.name AS set_by, c.name AS closed_by
             FROM plan p JOIN person s ON s.id = p.set_by LEFT JOIN person w ON w.id = p.person_id
               LEFT JOIN person c ON c.id = p.closed_by
             WHERE p.occurrence_id = $1 ORDER BY p.set_at DESC, p.id DESC",
            occurrence.0
        )?)
    }

    /// The plans of an occurrence that the therapist may see.
    pub(crate) async fn plans_for_therapist(
        &self,
        tx: &mut Tx,
        occurrence: OccurrenceId,
        document: &Document,
    ) -> Result<Vec<PlanView>> {
        let mut views: Vec<PlanView> = Vec::new();
        for row in self.plans_of(tx, occurrence).await? {
            if document.step(&row.step).is_none_or(|s| !therapist_may_read(s.scope, true)) {
                continue;
            }
            let of = row.person_id.map(PersonId).zip(row.person_name.clone());
            match views.iter_mut().find(|v| v.step == row.step && v.owner == of) {
                Some(view) => view.plans.push(row.into()),
                None => views.push(PlanView { step: row.step.clone(), owner: of, plans: vec![row.into()] }),
            }
        }
        Ok(views)
    }
}

impl From<Row> for Planned {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            starts_at: row.starts_at,
            starts: row.starts,
            zone: row.zone,
            state: row.state,
            set_by: row.set_by,
            closed_by: row.closed_by,
        }
    }
}

impl OwnResponse {
    /// Whose a plan of this step is: `Some(None)` both partners',
    /// `Some(Some(_))` this person's. `None`: the step has no plan, or is not
    /// open (yet).
    fn plan_owner(&self, step: &str, me: PersonId) -> Option<Option<PersonId>> {
        let step =
            self.document.0.step(step).filter(|s| s.kind.takes() == StepInput::Plan && self.agreements_open())?;
        let shared = step.scope == Scope::Couple && self.responders() > 1;
        Some((!shared).then_some(me))
    }
}

impl Partner {
    /// The plans of an exercise in the order of its steps, including steps
    /// without a plan yet.
    pub async fn plans(&self, occurrence: OccurrenceId) -> Result<Vec<PlanView>> {
        let mut tx = self.store().read().await?;
        let Some(own) = responses::find_own_response(self, &mut tx, occurrence).await? else { return Ok(vec![]) };
        let rows = self.store().plans_of(&mut tx, occurrence).await?;
        let mut views: Vec<PlanView> = own
            .document
            .0
            .steps
            .iter()
            .filter(|s| own.plan_owner(&s.key, self.person()).is_some())
            .map(|s| PlanView { step: s.key.clone(), owner: None, plans: vec![] })
            .collect();
        for row in rows {
            let theirs = row.person_id.is_some_and(|p| p != self.person().0);
            if let Some(view) = views.iter_mut().find(|v| v.step == row.step && !theirs) {
                view.plans.push(row.into());
            }
        }
        Ok(views)
    }

    /// Sets a plan, or moves the open plan `seen`. `false`: the plan is not
    /// this person's, or another was set in the meantime.
    pub async fn set_plan(
        &self,
        occurrence: OccurrenceId,
        step: &str,
        seen: Option<Uuid>,
        starts: NaiveDateTime,
        starts_at: DateTime<Utc>,
    ) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some((own, of)) = self.lock_plan(&mut tx, occurrence, step).await? else { return Ok(false) };
        let open = self.open_plan(&mut tx, occurrence, step, of).await?;
        if open != seen {
            return Ok(false);
        }
        if let Some(open) = open {
            self.close_open_plan(&mut tx, open, PlanState::Moved).await?;
        }
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO plan (id, occurrence_id, step, person_id, starts, zone, starts_at, state, set_by, set_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9)",
            id,
            occurrence.0,
            step,
            of.map(|p| p.0),
            starts,
            self.visitor().zone.name(),
            starts_at,
            self.person().0,
            self.now()
        )?;
        nudges::remind_of_plan(self.store(), &mut tx, id).await?;
        let action = if open.is_some() { AuditAction::Moved } else { AuditAction::Planned };
        self.store().record(&mut tx, Act::by(self.me(), action, AuditThing::Plan).id(id).client(own.client_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Records what became of a plan, or takes it back. `false`: it is not this
    /// person's, or is not open any more.
    pub async fn close_plan(&self, occurrence: OccurrenceId, step: &str, plan: Uuid, state: PlanState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some((own, of)) = self.lock_plan(&mut tx, occurrence, step).await? else { return Ok(false) };
        if self.open_plan(&mut tx, occurrence, step, of).await? != Some(plan) || state == PlanState::Planned {
            return Ok(false);
        }
        self.close_open_plan(&mut tx, plan, state).await?;
        self.store()
            .record(&mut tx, Act::by(self.me(), state.into(), AuditThing::Plan).id(plan).client(own.client_id))
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn close_open_plan(&self, tx: &mut Tx, plan: Uuid, state: PlanState) -> Result<()> {
        run!(
            tx,
            "UPDATE plan SET state = $1, closed_by = $2, closed_at = $3 WHERE id = $4 AND state = 'planned'",
            state.word(),
            self.person().0,
            self.now(),
            plan
        )?;
        nudges::remind_of_plan(self.store(), tx, plan).await
    }

    /// Locks the occurrence, so that two people who plan at the same time do so
    /// one after the other. `None`: this person has no plan in this step.
    async fn lock_plan(
        &self,
        tx: &mut Tx,
        occurrence: OccurrenceId,
        step: &str,
    ) -> Result<Option<(OwnResponse, Option<PersonId>)>> {
        run!(tx, "UPDATE occurrence SET submissions = submissions WHERE id = $1", occurrence.0)?;
        let own = responses::find_own_response(self, tx, occurrence).await?;
        Ok(own.and_then(|own| own.plan_owner(step, self.person()).map(|of| (own, of))))
    }

    async fn open_plan(
        &self,
        tx: &mut Tx,
        occurrence: OccurrenceId,
        step: &str,
        of: Option<PersonId>,
    ) -> Result<Option<Uuid>> {
        let rows = all!(
            tx,
            (Uuid, Option<Uuid>),
            "SELECT id, person_id FROM plan WHERE occurrence_id = $1 AND step = $2 AND state = 'planned'",
            occurrence.0,
            step
        )?;
        Ok(rows.into_iter().find(|(_, person)| *person == of.map(|p| p.0)).map(|(id, _)| id))
    }
}
