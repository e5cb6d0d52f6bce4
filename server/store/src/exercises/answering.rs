//! The page on which a partner answers an exercise: its draft, and how answers
//! are submitted and revealed.
//!
//! A draft is one sealed value that only its writer's queries touch. Submitting
//! turns it into answers, each with its scope, in the same transaction as the
//! reveal.

use chrono::{DateTime, Utc};
use domain::{
    exercises::{
        exercise::{Document, Scope},
        merging::merge_answers,
        response::{self, Answers, NotNow},
        step::Answer,
    },
    form::Errors,
    ids::{AnswerId, ClientId, OccurrenceId},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Partner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::run,
    exercises::{
        not_now::Reasons,
        nudges,
        responses::{AnswerRow, OwnResponse, find_own_response},
    },
    unreadable::{self, legible},
};

/// An occurrence as the page shows it, to be answered or read.
#[derive(Clone, Debug)]
pub struct OccurrenceView {
    pub occurrence: OccurrenceId,
    pub document: Document,
    pub word_along: String,
    pub therapist: String,
    /// How many people it was given to.
    pub responders: usize,
    /// The name of the other person it was given to, if there is one.
    pub partner: Option<String>,
    pub withdrawn: bool,
    pub revealed: bool,
    pub submitted_at: Option<DateTime<Utc>>,
    pub draft: Draft,
    /// This person's own reason for putting it off. `None`: they did not.
    pub not_now: Option<NotNow>,
    /// The therapist typed the response in from paper.
    pub from_paper: bool,
    /// This person has opened it before.
    pub opened: bool,
    pub client: ClientId,
    /// How it repeats, such as "every day"; empty if it does not.
    pub rhythm: String,
}

/// A response that is not submitted yet.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub answers: Answers,
    /// Counts the saves: by it a page notices that another device has saved.
    pub number: i64,
    pub saved_at: Option<DateTime<Utc>>,
}

/// A draft that was saved.
#[derive(Clone, Debug)]
pub struct SavedDraft {
    /// The draft as it is stored now.
    pub draft: Draft,
    /// Whether another device had saved since the page was opened: what it
    /// wrote was merged with the page.
    pub merged: bool,
}

/// An answer that this person has submitted.
#[derive(Clone, Debug)]
pub struct OwnAnswer {
    pub id: AnswerId,
    pub step: String,
    pub scope: Scope,
    /// The scope it was submitted with. `None`: its writer has not widened the
    /// scope.
    pub shared_from: Option<Scope>,
    pub answer: Answer,
}

/// The outcome of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// It is submitted, now or by an earlier try.
    Done,
    /// An answer is missing or wrong; the draft is saved.
    Invalid(Errors),
    /// Another device saved words that the page did not have. Nothing is
    /// submitted; the draft holds both.
    ChangedElsewhere,
    /// It is not this person's, or is withdrawn.
    Gone,
}

impl Partner {
    /// An occurrence with this person's own draft. `None`: it is not theirs.
    pub async fn occurrence(&self, occurrence: OccurrenceId) -> Result<Option<OccurrenceView>> {
        let mut tx = self.store().read().await?;
        let Some(row) = find_own_response(self, &mut tx, occurrence).await? else { return Ok(None) };
        let people = self.responders(&mut tx, occurrence).await?;
        let answers = self.open_draft(&mut tx, &row).await?;
        let not_now = Reasons::default()
            .open(self.store(), &mut tx, self.person().0, row.response_id, row.not_now.as_deref())
            .await?;
        let rhythm = row.rhythm();
        Ok(Some(OccurrenceView {
            occurrence,
            word_along: self.word_along(&mut tx, &row).await?,
            therapist: row.therapist,
            responders: people.len(),
            partner: people.into_iter().find(|(id, _)| *id != self.person().0).map(|(_, name)| name),
            withdrawn: row.withdrawn_at.is_some(),
            revealed: row.revealed_at.is_some(),
            submitted_at: row.submitted_at,
            draft: Draft { answers, number: row.draft_number, saved_at: row.draft_at },
            not_now,
            from_paper: row.entered_by.is_some(),
            opened: row.opened_at.is_some(),
            client: ClientId(row.client_id),
            rhythm,
            document: row.document.0,
        }))
    }

    /// Records that this person has opened an exercise. Their therapist sees by
    /// it whether they looked at what is there to read.
    pub async fn mark_opened(&self, occurrence: OccurrenceId) -> Result<()> {
        let mut tx = self.store().write().await?;
        run!(
            &mut tx,
            "UPDATE response SET opened_at = $1 WHERE occurrence_id = $2 AND person_id = $3 AND opened_at IS NULL",
            self.now(),
            occurrence.0,
            self.person().0
        )?;
        tx.commit().await
    }

    async fn open_draft(&self, tx: &mut Tx, row: &OwnResponse) -> Result<Answers> {
        let Some(sealed) = &row.draft else { return Ok(Answers::new()) };
        let key = self.store().key_of(tx, self.person().0).await;
        let json = key.and_then(|key| key.open("response.draft", row.response_id, sealed));
        let draft = json.and_then(|json| serde_json::from_slice(&json).map_err(|_| Error::Sealed("it is no draft")));
        // A draft that cannot be read is written anew.
        Ok(unreadable::or_skip(draft)?.unwrap_or_default())
    }

    /// Saves a draft. With `touched`, only these steps are saved: what another
    /// window wrote in the others stays. `number` is that of the draft that the
    /// writer saw; if another device has saved since, the page is merged with
    /// that draft. `None`: it is not this person's, is withdrawn or is
    /// submitted.
    pub async fn save_draft(
        &self,
        occurrence: OccurrenceId,
        answers: &Answers,
        number: i64,
        touched: Option<&[String]>,
    ) -> Result<Option<SavedDraft>> {
        let mut tx = self.store().write().await?;
        // The lock: of two windows that save at once, the second waits for the
        // first.
        run!(
            &mut tx,
            "UPDATE response SET draft_number = draft_number WHERE occurrence_id = $1 AND person_id = $2",
            occurrence.0,
            self.person().0
        )?;
        let Some(row) = find_own_response(self, &mut tx, occurrence).await? else { return Ok(None) };
        if row.submitted_at.is_some() || row.withdrawn_at.is_some() {
            return Ok(None);
        }
        let kept = self.open_draft(&mut tx, &row).await?;
        let before = kept.clone();
        let answers = match touched {
            None if row.draft_number != number => merge_answers(answers, &kept),
            None => answers.clone(),
            Some(touched) => {
                let mut all = kept;
                for step in touched {
                    let behind = row.draft_number != number;
                    match (answers.get(step).cloned(), all.get(step)) {
                        (Some(mut answer), Some(kept)) if behind => {
                            answer.merge(kept);
                            all.insert(step.clone(), answer);
                        }
                        (None, Some(_)) if behind => {}
                        (Some(answer), _) => drop(all.insert(step.clone(), answer)),
                        (None, _) => drop(all.remove(step)),
                    }
                }
                all
            }
        };
        let saved = self.put_draft(&mut tx, &row, &answers).await?;
        if saved.is_some() {
            if answers != before {
                self.store().note_typing(&mut tx, self.visitor()).await?;
            }
            tx.commit().await?;
        }
        Ok(saved.map(|draft| SavedDraft { draft, merged: row.draft_number != number }))
    }

    async fn put_draft(&self, tx: &mut Tx, row: &OwnResponse, answers: &Answers) -> Result<Option<Draft>> {
        let key = self.store().data_key_or_new(tx, self.person().0).await?;
        let json = serde_json::to_vec(answers).map_err(|_| Error::Stored("a draft cannot be written".to_owned()))?;
        let now = self.now();
        let changed = run!(
            tx,
            "UPDATE response SET draft = $1, draft_number = draft_number + 1, draft_at = $2,
                 started_at = COALESCE(started_at, $2)
             WHERE id = $3 AND submitted_at IS NULL",
            key.seal("response.draft", row.response_id, &json),
            now,
            row.response_id
        )?;
        Ok((changed > 0).then(|| Draft { answers: answers.clone(), number: row.draft_number + 1, saved_at: Some(now) }))
    }

    /// Submits a response, once. The last person's submission reveals the
    /// occurrence in the same transaction: both responses become readable, or
    /// neither.
    pub async fn submit(&self, occurrence: OccurrenceId, answers: &Answers) -> Result<SubmitOutcome> {
        self.submit_page(occurrence, answers, None).await
    }

    /// Submits a page that showed the draft of this `number`. If another device
    /// has saved words since that the page does not have, nothing is submitted:
    /// both are joined in the draft for the writer to see.
    pub async fn submit_page(
        &self,
        occurrence: OccurrenceId,
        answers: &Answers,
        number: Option<i64>,
    ) -> Result<SubmitOutcome> {
        let mut tx = self.store().write().await?;
        // The lock: submissions to one occurrence follow each other, so that
        // the last one sees all before it.
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions + 1 WHERE id = $1", occurrence.0)?;
        // A draft that is saved at this moment is either seen here or comes too
        // late.
        run!(
            &mut tx,
            "UPDATE response SET draft_number = draft_number WHERE occurrence_id = $1 AND person_id = $2",
            occurrence.0,
            self.person().0
        )?;
        let Some(row) = find_own_response(self, &mut tx, occurrence).await? else { return Ok(SubmitOutcome::Gone) };
        if row.submitted_at.is_some() {
            return Ok(SubmitOutcome::Done);
        }
        if row.withdrawn_at.is_some() {
            return Ok(SubmitOutcome::Gone);
        }
        let document = &row.document.0;
        if number.is_some_and(|number| number != row.draft_number) {
            let all = merge_answers(answers, &self.open_draft(&mut tx, &row).await?);
            if all != *answers {
                self.put_draft(&mut tx, &row, &all).await?;
                tx.commit().await?;
                return Ok(SubmitOutcome::ChangedElsewhere);
            }
        }
        if let Err(errors) = response::check(document, answers) {
            // What was typed is kept although a field is missing.
            self.put_draft(&mut tx, &row, answers).await?;
            tx.commit().await?;
            return Ok(SubmitOutcome::Invalid(errors));
        }
        let key = self.store().data_key_or_new(&mut tx, self.person().0).await?;
        for (step, answer) in answers {
            let Some(step) = document.step(step) else { continue };
            let id = self.store().clock().id();
            let json =
                serde_json::to_vec(answer).map_err(|_| Error::Stored("an answer cannot be written".to_owned()))?;
            run!(
                &mut tx,
                "INSERT INTO answer (id, response_id, occurrence_id, person_id, step, scope, body)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                id,
                row.response_id,
                occurrence.0,
                self.person().0,
                &step.key,
                document.scope_for(step.scope, row.responders()).word(),
                key.seal("answer", id, &json)
            )?;
        }
        let now = self.now();
        run!(
            &mut tx,
            "UPDATE response SET submitted_at = $1, draft = NULL, started_at = COALESCE(started_at, $1),
                 not_now = NULL, not_now_at = NULL
             WHERE id = $2 AND submitted_at IS NULL",
            now,
            row.response_id
        )?;
        reveal(&mut tx, occurrence.0, now).await?;
        // From now on only those who have not submitted are reminded.
        nudges::plan_nudges(self.store(), &mut tx, occurrence).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Submitted, AuditThing::Response)
                    .id(row.response_id)
                    .client(row.client_id),
            )
            .await?;
        tx.commit().await?;
        Ok(SubmitOutcome::Done)
    }

    /// This person's own submitted answers to an occurrence.
    pub async fn own_answers(&self, occurrence: OccurrenceId) -> Result<Vec<OwnAnswer>> {
        let mut tx = self.store().read().await?;
        if find_own_response(self, &mut tx, occurrence).await?.is_none() {
            return Ok(vec![]);
        }
        self.answers_of(&mut tx, occurrence).await
    }

    /// This person's own submitted answers; the caller has checked that the
    /// occurrence is theirs.
    pub(crate) async fn answers_of(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Vec<OwnAnswer>> {
        let rows = legible!(
            tx,
            OwnRow,
            "SELECT id, step, scope, shared_from, body FROM answer WHERE occurrence_id = $1 AND person_id = $2",
            occurrence.0,
            self.person().0
        )?;
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let key = self.store().key_of(tx, self.person().0).await?;
        let mut answers = Vec::new();
        for OwnRow { shared_from, answer: row } in rows {
            let Some(answer) = unreadable::or_skip(row.open(&key))? else { continue };
            answers.push(OwnAnswer {
                id: AnswerId(row.id),
                step: row.step,
                scope: row.scope,
                shared_from: shared_from.map(|s| s.parse()).transpose()?,
                answer,
            });
        }
        Ok(answers)
    }
}

/// Reveals an occurrence to everybody it was given to, once all of them have
/// submitted: in the transaction of the last submission.
pub(crate) async fn reveal(tx: &mut Tx, occurrence: Uuid, now: DateTime<Utc>) -> Result<()> {
    run!(
        tx,
        "UPDATE occurrence SET revealed_at = $1 WHERE id = $2 AND revealed_at IS NULL
            AND (SELECT count(*) FROM response r WHERE r.occurrence_id = $2) > 1
            AND NOT EXISTS (SELECT 1 FROM response r WHERE r.occurrence_id = $2 AND r.submitted_at IS NULL)",
        now,
        occurrence
    )?;
    Ok(())
}

#[derive(FromRow)]
struct OwnRow {
    shared_from: Option<String>,
    #[sqlx(flatten)]
    answer: AnswerRow,
}
