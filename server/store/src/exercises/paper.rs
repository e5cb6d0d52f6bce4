//! Answers on paper that the therapist types in, and the reset of a response:
//! answers that the wrong person gave are taken back before anybody else has
//! read them.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use domain::{
    exercises::{
        exercise::{Document, Scope},
        response::{self, Answers, therapist_may_read},
        step::StepInput,
    },
    form::Errors,
    ids::{AssignmentId, ClientId, PersonId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::{Binned, BinnedAnswer, BinnedResponse},
    clients::client,
    database::{all, maybe, run},
    exercises::{
        answering::{SubmitOutcome, reveal},
        nudges,
    },
};

/// A worksheet that a person filled in on paper.
#[derive(Clone, Debug)]
pub struct Paper {
    pub client: ClientId,
    pub name: String,
    /// The steps that a therapist may type in: none that only its writer may
    /// read.
    pub document: Document,
    pub responders: usize,
    /// Whether it can be typed in: the person has neither begun nor sent a
    /// response. Their own words are never overwritten.
    pub open: bool,
}

/// The outcome of a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetOutcome {
    /// The answers are in the bin, under this id.
    Done(Uuid),
    /// The other partner has read the response, or both are revealed: it cannot
    /// be reset.
    Revealed(ClientId),
    /// There is no such response in this clinician's care, or the couple is
    /// separated.
    Gone,
}

/// The document with only the steps whose answers a therapist may know, all of
/// them optional.
fn paper_document(document: &Document) -> Document {
    let mut document = document.clone();
    document.steps.retain(|step| therapist_may_read(step.scope, true) || step.kind.takes() == StepInput::Nothing);
    // Nobody can be asked any more for what is blank on the paper.
    for step in &mut document.steps {
        step.optional = true;
    }
    document
}

impl Clinician {
    /// The form for one person's paper worksheet of one occurrence. The opening
    /// is audited, because it shows what was given to whom. `None`: it is not
    /// in this clinician's care.
    pub async fn paper_form(&self, assignment: AssignmentId, number: i64, person: PersonId) -> Result<Option<Paper>> {
        let mut tx = self.store().read().await?;
        let Some((row, document)) = self.find_assignment(&mut tx, assignment, Some(number)).await? else {
            return Ok(None);
        };
        let found = maybe!(
            &mut tx,
            (String, bool, i64),
            "SELECT p.name, (r.submitted_at IS NULL AND r.draft IS NULL),
                 (SELECT count(*) FROM response x WHERE x.occurrence_id = r.occurrence_id)
             FROM response r JOIN person p ON p.id = r.person_id
             WHERE r.occurrence_id = $1 AND r.person_id = $2",
            row.occurrence_id,
            person.0
        )?;
        let Some((name, open, responders)) = found else { return Ok(None) };
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Worksheet).id(assignment.0).client(row.client_id),
            )
            .await?;
        Ok(Some(Paper {
            open: open && row.withdrawn_at.is_none(),
            client: ClientId(row.client_id),
            name,
            document: paper_document(&document),
            responders: usize::try_from(responders).unwrap_or_default(),
        }))
    }

    /// Stores what a person wrote on paper, marked as typed in. It counts as
    /// their response, with the scopes that are printed on the worksheet.
    pub async fn submit_paper(
        &self,
        assignment: AssignmentId,
        number: i64,
        person: PersonId,
        answers: &Answers,
    ) -> Result<SubmitOutcome> {
        let mut tx = self.store().write().await?;
        let Some((row, document)) = self.find_assignment(&mut tx, assignment, Some(number)).await? else {
            return Ok(SubmitOutcome::Gone);
        };
        if client::is_separated(&mut tx, ClientId(row.client_id)).await? {
            return Ok(SubmitOutcome::Gone);
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
            return Ok(SubmitOutcome::Gone);
        };
        let sheet = paper_document(&document);
        if answers.is_empty() {
            return Ok(SubmitOutcome::Invalid(Errors::of_form(
                "Nothing of the sheet is typed in yet. It would count as answered, without a word.",
            )));
        }
        if let Err(errors) = response::check(&sheet, answers) {
            return Ok(SubmitOutcome::Invalid(errors));
        }
        let responders = usize::try_from(responders).unwrap_or_default();
        let key = self.store().data_key_or_new(&mut tx, person.0).await?;
        for (step, answer) in answers {
            let Some(step) = sheet.step(step) else { continue };
            let id = self.store().clock().id();
            let json = serde_json::to_vec(answer).map_err(|e| Error::Stored(e.to_string()))?;
            run!(
                &mut tx,
                "INSERT INTO answer (id, response_id, occurrence_id, person_id, step, scope, body)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
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
            "UPDATE response SET submitted_at = $1, started_at = COALESCE(started_at, $1), entered_by = $2
             WHERE id = $3 AND submitted_at IS NULL AND draft IS NULL",
            now,
            self.me().0,
            response
        )?;
        // The person has begun a response at this very moment: theirs is kept.
        if stands == 0 {
            return Ok(SubmitOutcome::Gone);
        }
        reveal(&mut tx, row.occurrence_id, now).await?;
        nudges::plan_nudges(self.store(), &mut tx, row.occurrence_id.into()).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::EnteredFromPaper, AuditThing::Response)
                    .id(response)
                    .client(row.client_id),
            )
            .await?;
        tx.commit().await?;
        Ok(SubmitOutcome::Done)
    }

    /// Resets a response that somebody else gave in this person's place: its
    /// answers go unread into the bin, and the person is asked again. Refused
    /// once it is revealed, or after the other partner has read its shared
    /// answers.
    pub async fn reset_response(
        &self,
        assignment: AssignmentId,
        number: i64,
        person: PersonId,
    ) -> Result<ResetOutcome> {
        let mut tx = self.store().write().await?;
        let Some((row, _)) = self.find_assignment(&mut tx, assignment, Some(number)).await? else {
            return Ok(ResetOutcome::Gone);
        };
        if client::is_separated(&mut tx, ClientId(row.client_id)).await? {
            return Ok(ResetOutcome::Gone);
        }
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions + 1 WHERE id = $1", row.occurrence_id)?;
        let client = ClientId(row.client_id);
        let state = maybe!(
            &mut tx,
            (Uuid, bool),
            "SELECT r.id,
                 (o.revealed_at IS NOT NULL
                     OR EXISTS (SELECT 1
                       FROM audit a
                       WHERE a.client_id = $3 AND a.action = 'opened' AND a.thing = 'shared answers'
                         AND a.thing_id = o.id
                     AND a.account_id IN (SELECT c.id FROM account c WHERE c.person_id <> $2)))
             FROM response r JOIN occurrence o ON o.id = r.occurrence_id
             WHERE r.occurrence_id = $1 AND r.person_id = $2 AND r.submitted_at IS NOT NULL",
            row.occurrence_id,
            person.0,
            client.0
        )?;
        let (response, revealed) = match state {
            None => return Ok(ResetOutcome::Gone),
            Some(state) => state,
        };
        if revealed {
            return Ok(ResetOutcome::Revealed(client));
        }
        let answers = answers(&mut tx, response).await?;
        let acceptances = acceptances(&mut tx, row.occurrence_id, person).await?;
        let (submitted_at, started_at, entered_by) = maybe!(
            &mut tx,
            (DateTime<Utc>, Option<DateTime<Utc>>, Option<Uuid>),
            "SELECT submitted_at, started_at, entered_by FROM response WHERE id = $1",
            response
        )?
        .ok_or_else(|| Error::Stored("a response is gone".to_owned()))?;
        run!(&mut tx, "DELETE FROM answer WHERE response_id = $1", response)?;
        // The person did not accept any agreement there either, nor plan
        // anything.
        run!(
            &mut tx,
            "DELETE FROM acceptance
             WHERE person_id = $1 AND agreement_id IN (SELECT id FROM agreement WHERE occurrence_id = $2)",
            person.0,
            row.occurrence_id
        )?;
        let now = self.now();
        let plans = all!(
            &mut tx,
            (Uuid,),
            "UPDATE plan SET state = 'dropped', closed_by = set_by, closed_at = $1
             WHERE occurrence_id = $2 AND set_by = $3 AND state = 'planned'
             RETURNING id",
            now,
            row.occurrence_id,
            person.0
        )?;
        for (plan,) in &plans {
            nudges::remind_of_plan(self.store(), &mut tx, *plan).await?;
        }
        let (draft_number,) = maybe!(
            &mut tx,
            (i64,),
            "UPDATE response SET submitted_at = NULL, started_at = NULL, draft = NULL, draft_at = NULL,
                 draft_number = draft_number + 1, entered_by = NULL
             WHERE id = $1 RETURNING draft_number",
            response
        )?
        .ok_or_else(|| Error::Stored("a response is gone".to_owned()))?;
        let reset = Binned::Response(BinnedResponse {
            assignment: assignment.0,
            number,
            client: row.client_id,
            occurrence: row.occurrence_id,
            response,
            person: person.0,
            submitted_at,
            started_at,
            entered_by,
            draft_number,
            answers,
            acceptances,
            plans: plans.into_iter().map(|(plan,)| plan).collect(),
            reset_at: now,
        });
        let bin = self.store().put_in_bin(&mut tx, self.me(), &reset).await?;
        nudges::plan_nudges(self.store(), &mut tx, row.occurrence_id.into()).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Reset, AuditThing::Response).id(response).client(row.client_id),
            )
            .await?;
        tx.commit().await?;
        Ok(ResetOutcome::Done(bin))
    }
}

/// The answers of a response, as they are stored.
pub(crate) async fn answers(tx: &mut Tx, response: Uuid) -> Result<Vec<BinnedAnswer>> {
    #[derive(FromRow)]
    struct Row {
        id: Uuid,
        step: String,
        #[sqlx(try_from = "String")]
        scope: Scope,
        body: Vec<u8>,
        shared_at: Option<DateTime<Utc>>,
        shared_from: Option<String>,
        accepted_at: Option<DateTime<Utc>>,
    }
    let rows = all!(
        tx,
        Row,
        "SELECT id, step, scope, body, shared_at, shared_from, accepted_at FROM answer WHERE response_id = $1",
        response
    )?;
    let answer = |row: Row| BinnedAnswer {
        id: row.id,
        step: row.step,
        scope: row.scope,
        body: BASE64.encode(row.body),
        shared_at: row.shared_at,
        shared_from: row.shared_from,
        accepted_at: row.accepted_at,
    };
    Ok(rows.into_iter().map(answer).collect())
}

/// The agreements of an occurrence that a person has accepted, and when.
pub(crate) async fn acceptances(tx: &mut Tx, occurrence: Uuid, person: PersonId) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    Ok(all!(
        tx,
        (Uuid, DateTime<Utc>),
        "SELECT agreement_id, accepted_at FROM acceptance
         WHERE person_id = $1 AND agreement_id IN (SELECT id FROM agreement WHERE occurrence_id = $2)",
        person.0,
        occurrence
    )?)
}
