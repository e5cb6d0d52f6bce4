//! What two people agree on: one text in versions, and who said yes to which.
//!
//! An agreement is open to both as soon as nothing of the exercise is blind
//! any more: at the reveal, or from the start where there is nothing to
//! reveal. Whoever writes a version accepts it; a new one asks both again.

use chrono::{DateTime, Utc};
use domain::{
    exercise::StepKind,
    ids::{OccurrenceId, PersonId},
    response::TEXT_MAX,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Partner, Result, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    responses::Own,
};

/// The newest version of an agreement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    pub step: String,
    /// 0: nothing has been written yet.
    pub version: i64,
    pub text: String,
    /// Who said yes to this version, and when.
    pub accepted: Vec<(PersonId, String, DateTime<Utc>)>,
}

/// What became of writing or accepting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    Done,
    /// The other wrote in the meantime: look at it first.
    Changed,
    /// Not theirs, or not open (yet).
    Gone,
    /// Empty, or longer than may be.
    Unfit,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    step: String,
    version: i64,
    body: Vec<u8>,
}

impl Store {
    /// The newest version of each agreement of an occurrence.
    pub(crate) async fn agreements_of(
        &self,
        tx: &mut Tx,
        occurrence: OccurrenceId,
        client: Uuid,
    ) -> Result<Vec<Agreement>> {
        let rows = all!(
            tx,
            Row,
            "SELECT g.id, g.step, g.version, g.body FROM agreement g WHERE g.occurrence_id = $1
                AND g.version = (SELECT max(x.version) FROM agreement x WHERE x.occurrence_id = g.occurrence_id AND x.step = g.step)",
            occurrence.0
        )?;
        let mut agreements = Vec::new();
        for row in rows {
            let accepted = all!(
                tx,
                (Uuid, String, DateTime<Utc>),
                "SELECT p.id, p.name, a.accepted_at FROM acceptance a JOIN person p ON p.id = a.person_id WHERE a.agreement_id = $1 ORDER BY a.accepted_at",
                row.id
            )?;
            agreements.push(Agreement {
                text: self.key_of(tx, client).await?.open_text("agreement", row.id, &row.body)?,
                step: row.step,
                version: row.version,
                accepted: accepted.into_iter().map(|(person, name, at)| (PersonId(person), name, at)).collect(),
            });
        }
        Ok(agreements)
    }
}

impl Own {
    /// Whether what is agreed on can be seen and written.
    pub(crate) fn agrees(&self) -> bool {
        self.withdrawn_at.is_none() && (self.revealed_at.is_some() || !self.document.0.is_blind(self.responders()))
    }

    fn has_agreement(&self, step: &str) -> bool {
        self.agrees() && self.document.0.step(step).is_some_and(|s| matches!(s.kind, StepKind::Agreement { .. }))
    }
}

impl Partner {
    /// The agreements of an exercise, in its order, with those nobody has
    /// begun; none before they are open.
    pub async fn agreements(&self, occurrence: OccurrenceId) -> Result<Vec<Agreement>> {
        let mut tx = self.store().read().await?;
        let Some(own) = self.own(&mut tx, occurrence).await?.filter(Own::agrees) else { return Ok(vec![]) };
        let mut written = self.store().agreements_of(&mut tx, occurrence, own.client_id).await?;
        let steps = own.document.0.steps.iter().filter(|s| matches!(s.kind, StepKind::Agreement { .. }));
        Ok(steps
            .map(|step| match written.iter().position(|a| a.step == step.key) {
                Some(n) => written.swap_remove(n),
                None => Agreement { step: step.key.clone(), ..Agreement::default() },
            })
            .collect())
    }

    /// Writes the next version, after `seen`; its writer accepts it by that.
    pub async fn write_agreement(&self, occurrence: OccurrenceId, step: &str, seen: i64, text: &str) -> Result<Agreed> {
        let text = text.trim();
        let mut tx = self.store().write().await?;
        let Some(own) = self.lock_agreement(&mut tx, occurrence, step).await? else { return Ok(Agreed::Gone) };
        if text.is_empty() || text.chars().count() > TEXT_MAX {
            return Ok(Agreed::Unfit);
        }
        if newest(&mut tx, occurrence, step).await?.map_or(0, |(_, version)| version) != seen {
            return Ok(Agreed::Changed);
        }
        let id = self.store().clock().id();
        let key = self.store().data_key_or_new(&mut tx, own.client_id).await?;
        run!(
            &mut tx,
            "INSERT INTO agreement (id, occurrence_id, step, version, body, written_by, written_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            occurrence.0,
            step,
            seen + 1,
            key.seal("agreement", id, text.as_bytes()),
            self.person().0,
            self.now()
        )?;
        self.accept(&mut tx, id, own.client_id, "written").await?;
        tx.commit().await?;
        Ok(Agreed::Done)
    }

    /// Says yes to the version that was seen, where it is still the newest.
    pub async fn accept_agreement(&self, occurrence: OccurrenceId, step: &str, seen: i64) -> Result<Agreed> {
        let mut tx = self.store().write().await?;
        let Some(own) = self.lock_agreement(&mut tx, occurrence, step).await? else { return Ok(Agreed::Gone) };
        match newest(&mut tx, occurrence, step).await? {
            Some((id, version)) if version == seen => {
                self.accept(&mut tx, id, own.client_id, "accepted").await?;
                tx.commit().await?;
                Ok(Agreed::Done)
            }
            _ => Ok(Agreed::Changed),
        }
    }

    /// Takes one's yes to the version that was seen back: it stands no more.
    pub async fn unaccept_agreement(&self, occurrence: OccurrenceId, step: &str, seen: i64) -> Result<Agreed> {
        let mut tx = self.store().write().await?;
        let Some(own) = self.lock_agreement(&mut tx, occurrence, step).await? else { return Ok(Agreed::Gone) };
        let Some((id, _)) = newest(&mut tx, occurrence, step).await?.filter(|(_, version)| *version == seen) else {
            return Ok(Agreed::Changed);
        };
        run!(&mut tx, "DELETE FROM acceptance WHERE agreement_id = $1 AND person_id = $2", id, self.person().0)?;
        self.store().audit(&mut tx, Act::new(self.me(), "taken back", "agreement", id, own.client_id)).await?;
        tx.commit().await?;
        Ok(Agreed::Done)
    }

    /// Two who write at once follow each other.
    async fn lock_agreement(&self, tx: &mut Tx, occurrence: OccurrenceId, step: &str) -> Result<Option<Own>> {
        run!(tx, "UPDATE occurrence SET submissions = submissions WHERE id = $1", occurrence.0)?;
        Ok(self.own(tx, occurrence).await?.filter(|own| own.has_agreement(step)))
    }

    async fn accept(&self, tx: &mut Tx, agreement: Uuid, client: Uuid, action: &str) -> Result<()> {
        let (person, now) = (self.person().0, self.now());
        run!(
            tx,
            "INSERT INTO acceptance (agreement_id, person_id, accepted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            agreement,
            person,
            now
        )?;
        let by = Some(self.me());
        let act = Act { by, action, thing: "agreement", id: Some(agreement), client: Some(client), detail: "" };
        self.store().audit(tx, act).await
    }
}

/// The newest version, if any: its id and number.
async fn newest(tx: &mut Tx, occurrence: OccurrenceId, step: &str) -> Result<Option<(Uuid, i64)>> {
    Ok(maybe!(
        tx,
        (Uuid, i64),
        "SELECT id, version FROM agreement WHERE occurrence_id = $1 AND step = $2 ORDER BY version DESC LIMIT 1",
        occurrence.0,
        step
    )?)
}
