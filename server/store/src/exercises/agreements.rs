//! Agreements: one text of two people, in versions, and who accepted which
//! version.
//!
//! Both people can see an agreement as soon as no answer of the exercise is
//! hidden from the other any more: after the reveal, or from the start if there
//! is nothing to reveal. The person who writes a version accepts it by writing
//! it. A new version has to be accepted by both again.

use chrono::{DateTime, Utc};
use domain::{
    exercises::{response::TEXT_MAX, step::StepInput},
    ids::{OccurrenceId, PersonId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Partner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::responses::{self, OwnResponse},
    unreadable,
};

/// The newest version of an agreement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// The key of the exercise's step.
    pub step: String,
    /// Counts from 1; 0: nothing has been written yet.
    pub version: i64,
    pub text: String,
    /// Who accepted this version: id, name and time.
    pub accepted: Vec<(PersonId, String, DateTime<Utc>)>,
}

/// The outcome of writing, accepting or taking back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementOutcome {
    /// It was done.
    Done,
    /// The other person wrote a newer version in the meantime, which must be
    /// read first.
    Changed,
    /// The exercise is not this person's, was withdrawn, has no such step, or
    /// the agreement is not open yet.
    Gone,
    /// The text is empty or too long.
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
    /// The newest version of each agreement of an occurrence. A text that
    /// cannot be read is replaced by a sentence that says so.
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
                AND g.version = (SELECT max(x.version) FROM agreement x
                    WHERE x.occurrence_id = g.occurrence_id AND x.step = g.step)",
            occurrence.0
        )?;
        let mut agreements = Vec::new();
        for row in rows {
            let accepted = all!(
                tx,
                (Uuid, String, DateTime<Utc>),
                "SELECT p.id, p.name, a.accepted_at FROM acceptance a JOIN person p ON p.id = a.person_id
                 WHERE a.agreement_id = $1 ORDER BY a.accepted_at",
                row.id
            )?;
            let key = self.key_of(tx, client).await;
            let text = unreadable::or_skip(key.and_then(|key| key.open_text("agreement", row.id, &row.body)))?;
            agreements.push(Agreement {
                text: text.unwrap_or_else(|| "This agreement cannot be read.".to_owned()),
                step: row.step,
                version: row.version,
                accepted: accepted.into_iter().map(|(person, name, at)| (PersonId(person), name, at)).collect(),
            });
        }
        Ok(agreements)
    }
}

impl OwnResponse {
    /// Whether the agreements of this occurrence may be read and written.
    pub(crate) fn agreements_open(&self) -> bool {
        self.withdrawn_at.is_none() && (self.revealed_at.is_some() || !self.document.0.is_blind(self.responders()))
    }

    /// Whether this step is an agreement that may be read and written.
    fn has_agreement(&self, step: &str) -> bool {
        self.agreements_open() && self.document.0.step(step).is_some_and(|s| s.kind.takes() == StepInput::Agreement)
    }
}

impl Partner {
    /// The agreements of an exercise in the order of its steps, with those that
    /// nobody has begun. Empty: not this person's exercise, or the agreements
    /// are not open yet.
    pub async fn agreements(&self, occurrence: OccurrenceId) -> Result<Vec<Agreement>> {
        let mut tx = self.store().read().await?;
        let Some(own) =
            responses::find_own_response(self, &mut tx, occurrence).await?.filter(OwnResponse::agreements_open)
        else {
            return Ok(vec![]);
        };
        let mut written = self.store().agreements_of(&mut tx, occurrence, own.client_id).await?;
        let steps = own.document.0.steps.iter().filter(|s| s.kind.takes() == StepInput::Agreement);
        Ok(steps
            .map(|step| match written.iter().position(|a| a.step == step.key) {
                Some(n) => written.swap_remove(n),
                None => Agreement { step: step.key.clone(), ..Agreement::default() },
            })
            .collect())
    }

    /// Writes the next version after version `seen`, and accepts it for the
    /// writer.
    pub async fn write_agreement(
        &self,
        occurrence: OccurrenceId,
        step: &str,
        seen: i64,
        text: &str,
    ) -> Result<AgreementOutcome> {
        let text = text.trim();
        let mut tx = self.store().write().await?;
        let Some(own) = self.lock_agreement(&mut tx, occurrence, step).await? else {
            return Ok(AgreementOutcome::Gone);
        };
        if domain::typed::is_blank(text) || text.chars().count() > TEXT_MAX {
            return Ok(AgreementOutcome::Unfit);
        }
        if newest(&mut tx, occurrence, step).await?.map_or(0, |(_, version)| version) != seen {
            return Ok(AgreementOutcome::Changed);
        }
        let id = self.store().clock().id();
        let key = self.store().data_key_or_new(&mut tx, own.client_id).await?;
        run!(
            &mut tx,
            "INSERT INTO agreement (id, occurrence_id, step, version, body, written_by, written_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            occurrence.0,
            step,
            seen + 1,
            key.seal("agreement", id, text.as_bytes()),
            self.person().0,
            self.now()
        )?;
        self.accept(&mut tx, id, own.client_id, AuditAction::Written).await?;
        tx.commit().await?;
        Ok(AgreementOutcome::Done)
    }

    /// Accepts version `seen`, if it is still the newest.
    pub async fn accept_agreement(&self, occurrence: OccurrenceId, step: &str, seen: i64) -> Result<AgreementOutcome> {
        let mut tx = self.store().write().await?;
        let Some(own) = self.lock_agreement(&mut tx, occurrence, step).await? else {
            return Ok(AgreementOutcome::Gone);
        };
        match newest(&mut tx, occurrence, step).await? {
            Some((id, version)) if version == seen => {
                self.accept(&mut tx, id, own.client_id, AuditAction::Accepted).await?;
                tx.commit().await?;
                Ok(AgreementOutcome::Done)
            }
            _ => Ok(AgreementOutcome::Changed),
        }
    }

    /// Takes back this person's acceptance of version `seen`, if it is still
    /// the newest.
    pub async fn unaccept_agreement(
        &self,
        occurrence: OccurrenceId,
        step: &str,
        seen: i64,
    ) -> Result<AgreementOutcome> {
        let mut tx = self.store().write().await?;
        let Some(own) = self.lock_agreement(&mut tx, occurrence, step).await? else {
            return Ok(AgreementOutcome::Gone);
        };
        let Some((id, _)) = newest(&mut tx, occurrence, step).await?.filter(|(_, version)| *version == seen) else {
            return Ok(AgreementOutcome::Changed);
        };
        run!(&mut tx, "DELETE FROM acceptance WHERE agreement_id = $1 AND person_id = $2", id, self.person().0)?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::TakenBack, AuditThing::Agreement).id(id).client(own.client_id),
            )
            .await?;
        tx.commit().await?;
        Ok(AgreementOutcome::Done)
    }

    /// Locks the occurrence, so that two people who write at the same time do
    /// so one after the other. `None`: the agreement may not be written (see
    /// [`Agreed::Gone`]).
    async fn lock_agreement(&self, tx: &mut Tx, occurrence: OccurrenceId, step: &str) -> Result<Option<OwnResponse>> {
        run!(tx, "UPDATE occurrence SET submissions = submissions WHERE id = $1", occurrence.0)?;
        Ok(responses::find_own_response(self, tx, occurrence).await?.filter(|own| own.has_agreement(step)))
    }

    /// Records that this person accepts a version, with the given action in the
    /// audit log.
    async fn accept(&self, tx: &mut Tx, agreement: Uuid, client: Uuid, action: AuditAction) -> Result<()> {
        let (person, now) = (self.person().0, self.now());
        run!(
            tx,
            "INSERT INTO acceptance (agreement_id, person_id, accepted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            agreement,
            person,
            now
        )?;
        let by = Some(self.me());
        let act = Act::by(by, action, AuditThing::Agreement).id(agreement).client(client);
        self.store().record(tx, act).await
    }
}

/// The id and the number of the newest version; `None`: nothing has been
/// written yet.
async fn newest(tx: &mut Tx, occurrence: OccurrenceId, step: &str) -> Result<Option<(Uuid, i64)>> {
    Ok(maybe!(
        tx,
        (Uuid, i64),
        "SELECT id, version FROM agreement WHERE occurrence_id = $1 AND step = $2 ORDER BY version DESC LIMIT 1",
        occurrence.0,
        step
    )?)
}
