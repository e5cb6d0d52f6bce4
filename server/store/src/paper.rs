//! Answers on paper, typed in by the therapist; and what was answered by the
//! wrong person, taken back before anyone else has read it.

use domain::{
    exercise::{Document, Scope},
    form::Errors,
    ids::{AssignmentId, ClientId, PersonId},
    response::{self, Answers},
};
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Submit,
    audit::Act,
    database::{all, maybe, run},
    responses::reveal,
};

/// A worksheet that came back on paper.
#[derive(Clone, Debug)]
pub struct Paper {
    pub client: ClientId,
    pub name: String,
    /// What of it a therapist may type in: nothing that is its writer's alone.
    pub document: Document,
    pub responders: usize,
    /// Neither sent nor begun by the person, whose words are not written over.
    pub open: bool,
}

/// What became of a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    Done(ClientId),
    /// The other has read it, or both each other's: it stands.
    Revealed(ClientId),
    Gone,
}

/// The steps that a therapist may know the answers to.
fn on_paper(document: &Document) -> Document {
    let mut document = document.clone();
    document.steps.retain(|s| s.scope != Scope::Mine || matches!(s.kind, domain::exercise::StepKind::Read { .. }));
    // What a sheet leaves blank cannot be asked for any more.
    for step in &mut document.steps {
        step.optional = true;
    }
    document
}

impl Clinician {
    /// The form for a worksheet of a person's, of one of the assignment's
    /// occurrences. `None`: not theirs.
    pub async fn paper(&self, assignment: AssignmentId, number: i64, person: PersonId) -> Result<Option<Paper>> {
        let mut tx = self.store().read().await?;
        let Some((row, document)) = self.find_assignment(&mut tx, assignment, Some(number)).await? else {
            return Ok(None);
        };
        let found = maybe!(
            &mut tx,
            (String, bool, i64),
            "SELECT p.name, (r.submitted_at IS NULL AND r.draft IS NULL), (SELECT count(*) FROM response x WHERE x.occurrence_id = r.occurrence_id) FROM response r JOIN person p ON p.id = r.person_id
             WHERE r.occurrence_id = $1 AND r.person_id = $2",
            row.occurrence_id, person.0
        )?;
        Ok(found.map(|(name, open, responders)| Paper {
            open: open && row.withdrawn_at.is_none(),
            client: ClientId(row.client_id),
            name,
            document: on_paper(&document),
            responders: usize::try_from(responders).unwrap_or_default(),
        }))
    }

    /// Keeps what a person wrote on paper, marked as typed in. It counts as
    /// their answers, with the scopes that stood on the sheet.
    pub async fn submit_paper(
        &self,
        assignment: AssignmentId,
        number: i64,
        person: PersonId,
        answers: &Answers,
    ) -> Result<Submit> {
        let mut tx = self.store().write().await?;
        let Some((row, document)) = self.find_assignment(&mut tx, assignment, Some(number)).await? else {
            return Ok(Submit::Gone);
        };
        if self.is_separated(&mut tx, ClientId(row.client_id)).await? {
            return Ok(Submit::Gone);
        }
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions + 1 WHERE id = $1", row.occurrence_id)?;
        let found = maybe!(
            &mut tx,
            (Uuid, i64),
            "SELECT r.id, (SELECT count(*) FROM response x WHERE x.occurrence_id = r.occurrence_id) FROM response r
             WHERE r.occurrence_id = $1 AND r.person_id = $2 AND r.submitted_at IS NULL AND r.draft IS NULL",
            row.occurrence_id,
            person.0
        )?;
        let Some((response, responders)) = found.filter(|_| row.withdrawn_at.is_none()) else {
            return Ok(Submit::Gone);
        };
        let sheet = on_paper(&document);
        if answers.is_empty() {
            return Ok(Submit::Unfit(Errors::whole(
                "Nothing of the sheet is typed in yet. It would count as answered, without a word.",
            )));
        }
        if let Err(errors) = response::check(&sheet, answers) {
            return Ok(Submit::Unfit(errors));
        }
        let responders = usize::try_from(responders).unwrap_or_default();
        let key = self.store().data_key_or_new(&mut tx, person.0).await?;
        for (step, answer) in answers {
            let Some(step) = sheet.step(step) else { continue };
            let id = self.store().clock().id();
            let json = serde_json::to_vec(answer).map_err(|e| Error::Stored(e.to_string()))?;
            run!(
                &mut tx,
                "INSERT INTO answer (id, response_id, occurrence_id, person_id, step, scope, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                id,
                response,
                row.occurrence_id,
                person.0,
                &step.key,
                document.scope_for(step.scope, responders).word(),
                key.seal("answer", id, &json)
            )?;
        }
        let now = self.now();
        let stands = run!(
            &mut tx,
            "UPDATE response SET submitted_at = $1, started_at = COALESCE(started_at, $1), entered_by = $2 WHERE id = $3 AND submitted_at IS NULL AND draft IS NULL",
            now,
            self.me().0,
            response
        )?;
        // They began in this very moment: theirs stands.
        if stands == 0 {
            return Ok(Submit::Gone);
        }
        reveal(&mut tx, row.occurrence_id, now).await?;
        self.store().plan_nudges(&mut tx, row.occurrence_id.into()).await?;
        self.store()
            .audit(&mut tx, Act::new(self.me(), "entered from paper", "response", response, row.client_id))
            .await?;
        tx.commit().await?;
        Ok(Submit::Done)
    }

    /// Somebody else answered in this person's place: what was sent is erased
    /// unread, and the person is asked anew. Not once it was revealed, or the
    /// other has read of it.
    pub async fn reset_response(&self, assignment: AssignmentId, number: i64, person: PersonId) -> Result<Reset> {
        let mut tx = self.store().write().await?;
        let Some((row, _)) = self.find_assignment(&mut tx, assignment, Some(number)).await? else {
            return Ok(Reset::Gone);
        };
        if self.is_separated(&mut tx, ClientId(row.client_id)).await? {
            return Ok(Reset::Gone);
        }
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions + 1 WHERE id = $1", row.occurrence_id)?;
        let client = ClientId(row.client_id);
        let state = maybe!(
            &mut tx,
            (Uuid, bool),
            "SELECT r.id, (o.revealed_at IS NOT NULL OR EXISTS (SELECT 1 FROM audit a WHERE a.client_id = $3 AND a.action = 'opened' AND a.thing = 'shared answers' AND a.thing_id = o.id
                     AND a.account_id IN (SELECT c.id FROM account c WHERE c.person_id <> $2))) FROM response r JOIN occurrence o ON o.id = r.occurrence_id
             WHERE r.occurrence_id = $1 AND r.person_id = $2 AND r.submitted_at IS NOT NULL",
            row.occurrence_id,
            person.0,
            client.0
        )?;
        let (response, revealed) = match state {
            None => return Ok(Reset::Gone),
            Some(state) => state,
        };
        if revealed {
            return Ok(Reset::Revealed(client));
        }
        run!(&mut tx, "DELETE FROM answer WHERE response_id = $1", response)?;
        // Nor did they agree to anything there, or plan it.
        run!(
            &mut tx,
            "DELETE FROM acceptance WHERE person_id = $1 AND agreement_id IN (SELECT id FROM agreement WHERE occurrence_id = $2)",
            person.0,
            row.occurrence_id
        )?;
        let plans = all!(
            &mut tx,
            (Uuid,),
            "UPDATE plan SET state = 'dropped', closed_by = set_by, closed_at = $1 WHERE occurrence_id = $2 AND set_by = $3 AND state = 'planned' RETURNING id",
            self.now(),
            row.occurrence_id,
            person.0
        )?;
        for (plan,) in plans {
            self.store().remind_of_plan(&mut tx, plan).await?;
        }
        run!(
            &mut tx,
            "UPDATE response SET submitted_at = NULL, started_at = NULL, draft = NULL, draft_at = NULL, draft_number = draft_number + 1, entered_by = NULL WHERE id = $1",
            response
        )?;
        self.store().plan_nudges(&mut tx, row.occurrence_id.into()).await?;
        self.store().audit(&mut tx, Act::new(self.me(), "reset", "response", response, row.client_id)).await?;
        tx.commit().await?;
        Ok(Reset::Done(client))
    }
}
