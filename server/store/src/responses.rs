//! One partner's own answers, and what the other has opened to them.
//!
//! A partner's own rows and the other's are different queries: there is no
//! row with a column to hide. Drafts live in one sealed value that only its
//! writer's queries touch; a submission turns it into answers, each with its
//! scope, in one transaction with the reveal.

use chrono::{DateTime, Utc};
use domain::{
    assignment::Due,
    exercise::{Document, Scope},
    form::Errors,
    ids::{AnswerId, OccurrenceId},
    response::{self, Answer, Answers, ResponseState, other_partner_may_read, wider},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Partner, Result, SessionView, Tx,
    audit::Act,
    database::{all, maybe, run},
    exercises::{DueAt, due_at},
    keys::DataKey,
    sessions,
};

/// An exercise on the portal's first screen.
#[derive(Clone, Debug)]
pub struct PortalItem {
    pub occurrence: OccurrenceId,
    pub title: String,
    pub minutes: u16,
    pub due: Due,
    pub due_at: Option<DueAt>,
    /// This person's own state; never the other's.
    pub state: ResponseState,
    pub word_along: String,
    /// Who gave it.
    pub therapist: String,
    /// There is something of the other to read: revealed, or of the kind that
    /// is for both at once.
    pub opened: bool,
    pub submitted_at: Option<DateTime<Utc>>,
}

/// An occurrence to be done or read.
#[derive(Clone, Debug)]
pub struct OccurrenceView {
    pub occurrence: OccurrenceId,
    pub document: Document,
    pub word_along: String,
    pub therapist: String,
    /// How many people it is for.
    pub responders: usize,
    /// The other person it is for.
    pub partner: Option<String>,
    pub withdrawn: bool,
    pub revealed: bool,
    pub submitted_at: Option<DateTime<Utc>>,
    pub draft: Draft,
}

/// What is kept before it is submitted.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub answers: Answers,
    /// Counts the writes: a second device shows.
    pub number: i64,
    pub saved_at: Option<DateTime<Utc>>,
}

/// One's own submitted answer.
#[derive(Clone, Debug)]
pub struct OwnAnswer {
    pub id: AnswerId,
    pub step: String,
    pub scope: Scope,
    pub answer: Answer,
}

/// What the other has opened to this person, by step.
pub type Theirs = Answers;

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submit {
    /// It stands; sent twice, it is the same.
    Done,
    /// Something is missing; the draft was kept.
    Unfit(Errors),
    /// Not theirs, or withdrawn.
    Gone,
}

#[derive(FromRow)]
pub(crate) struct AnswerRow {
    id: Uuid,
    pub step: String,
    #[sqlx(try_from = "String")]
    pub scope: Scope,
    body: Vec<u8>,
}

impl AnswerRow {
    pub(crate) fn open(&self, key: &DataKey) -> Result<Answer> {
        let json = key.open("answer", self.id, &self.body)?;
        serde_json::from_slice(&json).map_err(|_| Error::Sealed("it is no answer"))
    }
}

pub(crate) fn state(draft_at: Option<DateTime<Utc>>, submitted_at: Option<DateTime<Utc>>) -> ResponseState {
    match (draft_at, submitted_at) {
        (_, Some(_)) => ResponseState::Submitted,
        (Some(_), None) => ResponseState::Draft,
        (None, None) => ResponseState::Open,
    }
}

#[derive(FromRow)]
pub(crate) struct Own {
    response_id: Uuid,
    occurrence_id: Uuid,
    pub client_id: Uuid,
    assignment_id: Uuid,
    pub document: Json<Document>,
    #[sqlx(try_from = "String")]
    due: Due,
    due_on: Option<chrono::NaiveDate>,
    word_along: Option<Vec<u8>>,
    therapist: String,
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub revealed_at: Option<DateTime<Utc>>,
    draft: Option<Vec<u8>>,
    draft_number: i64,
    draft_at: Option<DateTime<Utc>>,
    submitted_at: Option<DateTime<Utc>>,
    responders: i64,
    /// The other has answers that are for both at once.
    given: bool,
}

impl Own {
    pub fn responders(&self) -> usize {
        usize::try_from(self.responders).unwrap_or_default()
    }
}

/// A person's own responses: every query starts from their own rows.
macro_rules! own {
    ($rest:literal) => {
        concat!(
            "SELECT r.id AS response_id, r.occurrence_id, g.client_id, g.id AS assignment_id, v.document, g.due, g.due_on, g.word_along,
                    a.display_name AS therapist, g.withdrawn_at, o.revealed_at, r.draft, r.draft_number, r.draft_at, r.submitted_at,
                    (SELECT count(*) FROM response x WHERE x.occurrence_id = r.occurrence_id) AS responders,
                    EXISTS (SELECT 1 FROM answer x WHERE x.occurrence_id = r.occurrence_id AND x.person_id <> r.person_id AND x.scope = 'couple') AS given
             FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
             JOIN exercise_version v ON v.id = g.exercise_version_id JOIN account a ON a.id = g.assigned_by
             JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id AND m.left_at IS NULL
             WHERE r.person_id = $1 ",
            $rest
        )
    };
}

impl Partner {
    /// The exercises of this person: those to do first, by when they are due.
    pub async fn exercises(&self) -> Result<Vec<PortalItem>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Own,
            own!("AND (g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL) ORDER BY g.assigned_at DESC LIMIT 40"),
            self.person().0
        )?;
        let mut items = Vec::new();
        for row in rows {
            let due_at =
                due_at(&mut tx, row.client_id.into(), Some(self.person()), row.due, row.due_on, self.now()).await?;
            items.push(PortalItem {
                occurrence: OccurrenceId(row.occurrence_id),
                title: row.document.0.title.clone(),
                minutes: row.document.0.minutes,
                due: row.due,
                due_at,
                state: state(row.draft_at, row.submitted_at),
                word_along: self.word_along(&mut tx, &row).await?,
                opened: if row.document.0.is_blind(row.responders()) { row.revealed_at.is_some() } else { row.given },
                therapist: row.therapist,
                submitted_at: row.submitted_at,
            });
        }
        items.sort_by_key(|i| match i.due_at {
            Some(DueAt::Day(day)) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
            Some(DueAt::Session(at)) => at,
            None => DateTime::<Utc>::MAX_UTC,
        });
        Ok(items)
    }

    async fn word_along(&self, tx: &mut Tx, row: &Own) -> Result<String> {
        match &row.word_along {
            None => Ok(String::new()),
            Some(sealed) => self.store().key_of(tx, row.client_id).await?.open_text(
                "assignment.word_along",
                row.assignment_id,
                sealed,
            ),
        }
    }

    /// This person's next session.
    pub async fn next_session(&self) -> Result<Option<SessionView>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT s.id FROM session s JOIN session_attendee t ON t.session_id = s.id
             WHERE t.person_id = $1 AND s.ends_at > $2 AND s.state IN ('booked', 'arrived') ORDER BY s.starts_at LIMIT 1",
            self.person().0, self.now()
        )?;
        match row {
            Some((id,)) => sessions::load(&mut tx, id.into()).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn own(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Option<Own>> {
        Ok(maybe!(tx, Own, own!("AND r.occurrence_id = $2"), self.person().0, occurrence.0)?)
    }

    async fn responders(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Vec<(Uuid, String)>> {
        Ok(all!(
            tx,
            (Uuid, String),
            "SELECT r.person_id, p.name FROM response r JOIN person p ON p.id = r.person_id WHERE r.occurrence_id = $1",
            occurrence.0
        )?)
    }

    /// An occurrence with this person's own draft.
    pub async fn occurrence(&self, occurrence: OccurrenceId) -> Result<Option<OccurrenceView>> {
        let mut tx = self.store().read().await?;
        let Some(row) = self.own(&mut tx, occurrence).await? else { return Ok(None) };
        let people = self.responders(&mut tx, occurrence).await?;
        let answers = self.open_draft(&mut tx, &row).await?;
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
            document: row.document.0,
        }))
    }

    async fn open_draft(&self, tx: &mut Tx, row: &Own) -> Result<Answers> {
        let Some(sealed) = &row.draft else { return Ok(Answers::new()) };
        let key = self.store().key_of(tx, self.person().0).await?;
        let json = key.open("response.draft", row.response_id, sealed)?;
        serde_json::from_slice(&json).map_err(|_| Error::Sealed("it is no draft"))
    }

    /// Keeps a draft. With `touched`, of these steps only: what another window
    /// wrote to the others stays. `number` is that of the draft the writer saw; where
    /// another device wrote since, both stand for the writer to see: the newer
    /// write wins, and the answer tells that there was another. `None`: not
    /// theirs, withdrawn, or submitted.
    pub async fn save_draft(
        &self,
        occurrence: OccurrenceId,
        answers: &Answers,
        number: i64,
        touched: Option<&[String]>,
    ) -> Result<Option<(Draft, bool)>> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.own(&mut tx, occurrence).await? else { return Ok(None) };
        if row.submitted_at.is_some() || row.withdrawn_at.is_some() {
            return Ok(None);
        }
        let answers = match touched {
            None => answers.clone(),
            Some(touched) => {
                let mut all = self.open_draft(&mut tx, &row).await?;
                for step in touched {
                    match answers.get(step) {
                        Some(answer) => drop(all.insert(step.clone(), answer.clone())),
                        None => drop(all.remove(step)),
                    }
                }
                all
            }
        };
        let saved = self.put_draft(&mut tx, &row, &answers).await?;
        if saved.is_some() {
            tx.commit().await?;
        }
        Ok(saved.map(|draft| (draft, row.draft_number != number)))
    }

    async fn put_draft(&self, tx: &mut Tx, row: &Own, answers: &Answers) -> Result<Option<Draft>> {
        let key = self.store().data_key_or_new(tx, self.person().0).await?;
        let json = serde_json::to_vec(answers).map_err(|_| Error::Stored("a draft cannot be written".to_owned()))?;
        let now = self.now();
        let changed = run!(
            tx,
            "UPDATE response SET draft = $1, draft_number = draft_number + 1, draft_at = $2 WHERE id = $3 AND submitted_at IS NULL",
            key.seal("response.draft", row.response_id, &json),
            now,
            row.response_id
        )?;
        Ok((changed > 0).then(|| Draft { answers: answers.clone(), number: row.draft_number + 1, saved_at: Some(now) }))
    }

    /// Submits what was written, once. With the last one's submission the
    /// occurrence is revealed, in the same transaction: both at once, or
    /// neither.
    pub async fn submit(&self, occurrence: OccurrenceId, answers: &Answers) -> Result<Submit> {
        let mut tx = self.store().write().await?;
        // The lock: submissions to one occurrence follow each other, so that
        // the last one sees all before it.
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions + 1 WHERE id = $1", occurrence.0)?;
        let Some(row) = self.own(&mut tx, occurrence).await? else { return Ok(Submit::Gone) };
        if row.submitted_at.is_some() {
            return Ok(Submit::Done);
        }
        if row.withdrawn_at.is_some() {
            return Ok(Submit::Gone);
        }
        let document = &row.document.0;
        if let Err(errors) = response::check(document, answers) {
            // Nothing that was typed is lost over a missing field.
            self.put_draft(&mut tx, &row, answers).await?;
            tx.commit().await?;
            return Ok(Submit::Unfit(errors));
        }
        let key = self.store().data_key_or_new(&mut tx, self.person().0).await?;
        for (step, answer) in answers {
            let Some(step) = document.step(step) else { continue };
            let id = self.store().clock().id();
            let json =
                serde_json::to_vec(answer).map_err(|_| Error::Stored("an answer cannot be written".to_owned()))?;
            run!(
                &mut tx,
                "INSERT INTO answer (id, response_id, occurrence_id, person_id, step, scope, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
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
            "UPDATE response SET submitted_at = $1, draft = NULL WHERE id = $2 AND submitted_at IS NULL",
            now,
            row.response_id
        )?;
        run!(
            &mut tx,
            "UPDATE occurrence SET revealed_at = $1 WHERE id = $2 AND revealed_at IS NULL
                AND (SELECT count(*) FROM response r WHERE r.occurrence_id = $2) > 1
                AND NOT EXISTS (SELECT 1 FROM response r WHERE r.occurrence_id = $2 AND r.submitted_at IS NULL)",
            now,
            occurrence.0
        )?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "submitted",
                    thing: "response",
                    id: Some(row.response_id),
                    client: Some(row.client_id),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Submit::Done)
    }

    /// One's own submitted answers, by the document's steps.
    pub async fn own_answers(&self, occurrence: OccurrenceId) -> Result<Vec<OwnAnswer>> {
        let mut tx = self.store().read().await?;
        self.answers_of(&mut tx, occurrence).await
    }

    async fn answers_of(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Vec<OwnAnswer>> {
        let rows = all!(
            tx,
            AnswerRow,
            "SELECT id, step, scope, body FROM answer WHERE occurrence_id = $1 AND person_id = $2",
            occurrence.0,
            self.person().0
        )?;
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let key = self.store().key_of(tx, self.person().0).await?;
        rows.into_iter()
            .map(|r| Ok(OwnAnswer { id: AnswerId(r.id), step: r.step.clone(), scope: r.scope, answer: r.open(&key)? }))
            .collect()
    }

    /// What the other has opened to this person, on record. `None` where
    /// there is nothing to read (yet): it looks the same whether the other
    /// has answered or not.
    pub async fn their_answers(&self, occurrence: OccurrenceId) -> Result<Option<Theirs>> {
        let mut tx = self.store().write().await?;
        let Some(own) = self.own(&mut tx, occurrence).await? else { return Ok(None) };
        let rows = all!(
            &mut tx,
            TheirRow,
            "SELECT a.id, a.step, a.scope, a.body, a.person_id FROM answer a
             JOIN response r ON r.id = a.response_id AND r.submitted_at IS NOT NULL
             JOIN occurrence o ON o.id = a.occurrence_id
             WHERE a.occurrence_id = $1 AND a.person_id <> $2
               AND (a.scope = 'couple' OR (a.scope = 'reveal' AND o.revealed_at IS NOT NULL))",
            occurrence.0,
            self.person().0
        )?;
        let mut theirs = Theirs::new();
        for row in rows {
            if !other_partner_may_read(row.answer.scope, true, own.revealed_at.is_some()) {
                continue;
            }
            let key = self.store().key_of(&mut tx, row.person_id).await?;
            theirs.insert(row.answer.step.clone(), row.answer.open(&key)?);
        }
        let document = &own.document.0;
        if theirs.keys().any(|key| document.shares_in_common(key)) {
            let mine = self.answers_of(&mut tx, occurrence).await?;
            let mine = mine.into_iter().map(|answer| (answer.step, answer.answer)).collect();
            theirs = response::shared(document, theirs, &mine);
        }
        if theirs.is_empty() {
            return Ok(None);
        }
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "opened",
                    thing: "shared answers",
                    id: Some(occurrence.0),
                    client: Some(own.client_id),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(theirs))
    }

    /// Opens one's own answer to more readers: the writer's act alone, and
    /// never to fewer. Gives the occurrence; `None`: not theirs, or no wider.
    pub async fn share(&self, answer: AnswerId, to: Scope) -> Result<Option<OccurrenceId>> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, String),
            "SELECT occurrence_id, scope FROM answer WHERE id = $1 AND person_id = $2",
            answer.0,
            self.person().0
        )?;
        let Some((occurrence, scope)) = row else { return Ok(None) };
        let Some(own) = self.own(&mut tx, OccurrenceId(occurrence)).await? else { return Ok(None) };
        let scope: Scope = scope.parse()?;
        if !wider(&own.document.0, own.responders(), scope).contains(&to) {
            return Ok(None);
        }
        run!(
            &mut tx,
            "UPDATE answer SET scope = $1, shared_at = $2 WHERE id = $3 AND person_id = $4 AND scope = $5",
            to.word(),
            self.now(),
            answer.0,
            self.person().0,
            scope.word()
        )?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "shared",
                    thing: "answer",
                    id: Some(answer.0),
                    client: None,
                    detail: to.word(),
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(OccurrenceId(occurrence)))
    }
}

#[derive(FromRow)]
struct TheirRow {
    person_id: Uuid,
    #[sqlx(flatten)]
    answer: AnswerRow,
}
