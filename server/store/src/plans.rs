//! A day and time for something: one plan of both partners, or one's own.
//!
//! What is for both is set and moved by either, as a note on the fridge is.
//! A move is a new row, and the old one stands as moved, so that the course
//! shows: planned, kept, moved or missed.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    exercise::{Document, Scope, StepKind},
    ids::{OccurrenceId, PersonId},
    nudge::of_plan,
    person::Zone,
    reminder::{MessageKind, SkipReason},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Partner, Result, Store, Tx,
    audit::Act,
    clients,
    database::{all, run},
    nudges::About,
    responses::Own,
};

domain::words! {
    /// Where a plan stands.
    pub enum PlanState {
        Planned = "planned", "Planned";
        Kept = "kept", "We did it";
        Moved = "moved", "Moved";
        Missed = "missed", "It did not happen";
        Dropped = "dropped", "Taken back";
    }
}

/// A plan, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub id: Uuid,
    pub starts_at: DateTime<Utc>,
    /// Where it was set: the wall time there is what was meant.
    pub starts: NaiveDateTime,
    pub zone: Zone,
    pub state: PlanState,
    pub set_by: String,
    /// Who moved it, took it back or said how it went.
    pub closed_by: Option<String>,
}

impl Planned {
    /// What became of it; who moved or took back what is both partners'.
    pub fn told(&self, shared: bool) -> String {
        match (&self.closed_by, self.state) {
            (Some(by), PlanState::Moved | PlanState::Dropped) if shared => format!("{} by {by}", self.state.label()),
            _ => self.state.label().to_owned(),
        }
    }
}

/// The plans of one step, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanView {
    pub step: String,
    /// Whose they are; `None`: of both.
    pub of: Option<(PersonId, String)>,
    pub plans: Vec<Planned>,
}

impl PlanView {
    /// What lies ahead or waits for a word about how it went.
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
    async fn plans_of(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Vec<Row>> {
        Ok(all!(
            tx,
            Row,
            "SELECT p.id, p.step, p.person_id, w.name AS person_name, p.starts, p.zone, p.starts_at, p.state, s.name AS set_by, c.name AS closed_by
             FROM plan p JOIN person s ON s.id = p.set_by LEFT JOIN person w ON w.id = p.person_id LEFT JOIN person c ON c.id = p.closed_by
             WHERE p.occurrence_id = $1 ORDER BY p.set_at DESC, p.id DESC",
            occurrence.0
        )?)
    }

    /// What the therapist may see of an occurrence's plans.
    pub(crate) async fn plans_for_therapist(
        &self,
        tx: &mut Tx,
        occurrence: OccurrenceId,
        document: &Document,
    ) -> Result<Vec<PlanView>> {
        let mut views: Vec<PlanView> = Vec::new();
        for row in self.plans_of(tx, occurrence).await? {
            if document.step(&row.step).is_none_or(|s| s.scope == Scope::Mine) {
                continue;
            }
            let of = row.person_id.map(PersonId).zip(row.person_name.clone());
            match views.iter_mut().find(|v| v.step == row.step && v.of == of) {
                Some(view) => view.plans.push(row.into()),
                None => views.push(PlanView { step: row.step.clone(), of, plans: vec![row.into()] }),
            }
        }
        Ok(views)
    }

    /// Owes those a plan is for their reminders of it.
    pub(crate) async fn remind_of_plan(&self, tx: &mut Tx, plan: Uuid) -> Result<()> {
        run!(
            tx,
            "UPDATE message SET state = 'superseded', reason = $2 WHERE plan_id = $1 AND state = 'planned' AND attempts = 0",
            plan,
            SkipReason::PlannedAnew.word()
        )?;
        let people = all!(
            tx,
            (Uuid, DateTime<Utc>),
            "SELECT r.person_id, p.starts_at FROM plan p JOIN response r ON r.occurrence_id = p.occurrence_id AND r.person_id = COALESCE(p.person_id, r.person_id)
             WHERE p.id = $1 AND p.state = 'planned'",
            plan
        )?;
        for (person, starts_at) in people {
            let person = clients::person(tx, PersonId(person)).await?;
            if !person.takes_nudges() {
                continue;
            }
            if let Some(nudge) = of_plan(starts_at, &person.reader().recipient, self.now())? {
                let key = format!("plan:{plan}:{}:{}", person.id, nudge.due_at.timestamp());
                self.owe(tx, MessageKind::Plan, &key, person.id, nudge, None, Some(About::Plan(plan))).await?;
            }
        }
        Ok(())
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

impl Own {
    /// Whose a plan of this step is: both partners', or this person's.
    /// `None`: there is no such plan, or it is not open (yet).
    fn plan_of(&self, step: &str, me: PersonId) -> Option<Option<PersonId>> {
        let step = self.document.0.step(step).filter(|s| s.kind == StepKind::Plan && self.agrees())?;
        let shared = step.scope == Scope::Couple && self.responders() > 1;
        Some((!shared).then_some(me))
    }
}

impl Partner {
    /// The plans of an exercise in its order, with those nobody has set.
    pub async fn plans(&self, occurrence: OccurrenceId) -> Result<Vec<PlanView>> {
        let mut tx = self.store().read().await?;
        let Some(own) = self.own(&mut tx, occurrence).await? else { return Ok(vec![]) };
        let rows = self.store().plans_of(&mut tx, occurrence).await?;
        let mut views: Vec<PlanView> = own
            .document
            .0
            .steps
            .iter()
            .filter(|s| own.plan_of(&s.key, self.person()).is_some())
            .map(|s| PlanView { step: s.key.clone(), of: None, plans: vec![] })
            .collect();
        for row in rows {
            let theirs = row.person_id.is_some_and(|p| p != self.person().0);
            if let Some(view) = views.iter_mut().find(|v| v.step == row.step && !theirs) {
                view.plans.push(row.into());
            }
        }
        Ok(views)
    }

    /// Sets a plan, or moves the one that was seen. `false`: not theirs, or
    /// another was set meanwhile.
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
            self.close(&mut tx, open, PlanState::Moved).await?;
        }
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO plan (id, occurrence_id, step, person_id, starts, zone, starts_at, state, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9)",
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
        self.store().remind_of_plan(&mut tx, id).await?;
        let action = if open.is_some() { "moved" } else { "planned" };
        self.store().audit(&mut tx, Act::new(self.me(), action, "plan", id, own.client_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Says what became of a plan, or takes it back. `false`: it is not
    /// theirs, or does not stand any more.
    pub async fn close_plan(&self, occurrence: OccurrenceId, step: &str, plan: Uuid, state: PlanState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some((own, of)) = self.lock_plan(&mut tx, occurrence, step).await? else { return Ok(false) };
        if self.open_plan(&mut tx, occurrence, step, of).await? != Some(plan) || state == PlanState::Planned {
            return Ok(false);
        }
        self.close(&mut tx, plan, state).await?;
        self.store().audit(&mut tx, Act::new(self.me(), state.word(), "plan", plan, own.client_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn close(&self, tx: &mut Tx, plan: Uuid, state: PlanState) -> Result<()> {
        run!(
            tx,
            "UPDATE plan SET state = $1, closed_by = $2, closed_at = $3 WHERE id = $4 AND state = 'planned'",
            state.word(),
            self.person().0,
            self.now(),
            plan
        )?;
        self.store().remind_of_plan(tx, plan).await
    }

    /// Two who plan at once follow each other.
    async fn lock_plan(
        &self,
        tx: &mut Tx,
        occurrence: OccurrenceId,
        step: &str,
    ) -> Result<Option<(Own, Option<PersonId>)>> {
        run!(tx, "UPDATE occurrence SET submissions = submissions WHERE id = $1", occurrence.0)?;
        let own = self.own(tx, occurrence).await?;
        Ok(own.and_then(|own| own.plan_of(step, self.person()).map(|of| (own, of))))
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
