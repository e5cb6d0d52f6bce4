//! One partner's own answers, and what the other has opened to them.
//!
//! A partner's own rows and the other's are different queries: there is no
//! row with a column to hide. Drafts live in one sealed value that only its
//! writer's queries touch; a submission turns it into answers, each with its
//! scope, in one transaction with the reveal.

use chrono::{DateTime, Utc};
use domain::{
    assignment::Due,
    draft::{join, together},
    exercise::{Document, Scope},
    form::Errors,
    ids::{AnswerId, ClientId, OccurrenceId},
    response::{self, Answer, Answers, NotNow, ResponseState},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Partner, Result, SessionView, Tx,
    assignments::{DueAt, next_session, rhythm},
    audit::Act,
    database::{all, maybe, run},
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
    /// What is planned for it next.
    pub planned: Option<DateTime<Utc>>,
    /// "every day", where it repeats; else empty.
    pub rhythm: String,
    /// Its time is over; it is here because there is something in it.
    pub over: bool,
    /// The therapist took it back; what was begun can be read.
    pub withdrawn: bool,
    /// This person said "not now".
    pub not_now: bool,
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

/// So many that were sent stand on one page.
pub const SENT: i64 = 50;

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
    /// This person's own word why not just now.
    pub not_now: Option<NotNow>,
    /// The therapist typed it in from paper.
    pub from_paper: bool,
    /// This person has opened it before.
    pub opened: bool,
    pub client: ClientId,
    /// "every day", where it repeats; else empty.
    pub rhythm: String,
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
    /// What it was before its writer opened it wider.
    pub shared_from: Option<Scope>,
    pub answer: Answer,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submit {
    /// It stands; sent twice, it is the same.
    Done,
    /// Something is missing; the draft was kept.
    Unfit(Errors),
    /// Another device kept words that the page did not have: all stands in the
    /// draft.
    Elsewhere,
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
    not_now: Option<String>,
    entered_by: Option<Uuid>,
    opened_at: Option<DateTime<Utc>>,
    every_days: Option<i64>,
    until_on: Option<chrono::NaiveDate>,
    each_session: bool,
    occurrence_due: Option<chrono::NaiveDate>,
    /// A newer occurrence has begun where this person lives.
    followed: bool,
    responders: i64,
    /// The other has answers that are for both at once.
    given: bool,
}

impl Own {
    pub fn responders(&self) -> usize {
        usize::try_from(self.responders).unwrap_or_default()
    }

    fn rhythm(&self) -> String {
        match rhythm(self.every_days, self.due_on, self.until_on) {
            Some(rhythm) => rhythm.words(),
            None if self.each_session => "before every session".to_owned(),
            None => String::new(),
        }
    }
}

/// A person's own responses: every query starts from their own rows.
/// `$1` is the person, `$2` the day where they live. What was given to a client
/// whose record is put away counts as taken back.
macro_rules! own {
    ($rest:literal) => {
        concat!(
            "SELECT r.id AS response_id, r.occurrence_id, g.client_id, g.id AS assignment_id, v.document, g.due, g.due_on, g.word_along,
                    a.display_name AS therapist, COALESCE(g.withdrawn_at, c.archived_at) AS withdrawn_at, o.revealed_at, r.draft, r.draft_number, r.draft_at, r.submitted_at,
                    r.not_now, r.entered_by, r.opened_at, g.every_days, g.until_on, g.each_session, o.due_on AS occurrence_due,
                    EXISTS (SELECT 1 FROM occurrence n WHERE n.assignment_id = g.id AND n.number > o.number AND (n.opens_on IS NULL OR n.opens_on <= $2)) AS followed,
                    (SELECT count(*) FROM response x WHERE x.occurrence_id = r.occurrence_id) AS responders,
                    EXISTS (SELECT 1 FROM answer x WHERE x.occurrence_id = r.occurrence_id AND x.person_id <> r.person_id AND x.scope = 'couple'
                            AND (x.shared_from IS NULL OR x.accepted_at IS NOT NULL)) AS given
             FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
             JOIN exercise_version v ON v.id = g.exercise_version_id JOIN account a ON a.id = g.assigned_by
             JOIN client c ON c.id = g.client_id AND c.separated_at IS NULL
             JOIN client_member m ON m.client_id = g.client_id AND m.person_id = r.person_id AND m.left_at IS NULL
             WHERE r.person_id = $1 AND (o.opens_on IS NULL OR o.opens_on <= $2) ",
            $rest
        )
    };
}

impl Partner {
    /// The exercises of this person: those to do first, by when they are due.
    pub async fn exercises(&self) -> Result<Vec<PortalItem>> {
        let mut tx = self.store().read().await?;
        let today = self.today();
        let mut rows = all!(
            &mut tx,
            Own,
            own!(
                "AND r.submitted_at IS NULL AND (r.draft IS NOT NULL OR (g.withdrawn_at IS NULL AND c.archived_at IS NULL AND g.paused_at IS NULL
                   AND (NOT g.repeats OR NOT (COALESCE(o.due_on < $2, false)
                     OR EXISTS (SELECT 1 FROM occurrence n WHERE n.assignment_id = g.id AND n.number > o.number AND (n.opens_on IS NULL OR n.opens_on <= $2))))))
                 ORDER BY COALESCE(o.made_at, g.assigned_at) DESC LIMIT 200"
            ),
            self.person().0,
            today
        )?;
        rows.extend(self.sent_rows(&mut tx, 0).await?);
        self.items(&mut tx, rows).await
    }

    /// What this person has sent, the latest first, [`SENT`] on a page.
    pub async fn sent(&self, page: i64) -> Result<Vec<PortalItem>> {
        let mut tx = self.store().read().await?;
        let rows = self.sent_rows(&mut tx, page).await?;
        self.items(&mut tx, rows).await
    }

    async fn sent_rows(&self, tx: &mut Tx, page: i64) -> Result<Vec<Own>> {
        Ok(all!(
            tx,
            Own,
            own!("AND r.submitted_at IS NOT NULL ORDER BY r.submitted_at DESC, r.id LIMIT $3 OFFSET $4"),
            self.person().0,
            self.today(),
            SENT,
            page * SENT
        )?)
    }

    async fn items(&self, tx: &mut Tx, rows: Vec<Own>) -> Result<Vec<PortalItem>> {
        let today = self.today();
        let plans = all!(
            tx,
            (Uuid, DateTime<Utc>),
            "SELECT p.occurrence_id, min(p.starts_at) FROM plan p JOIN response r ON r.occurrence_id = p.occurrence_id AND r.person_id = $1
             WHERE p.state = 'planned' AND (p.person_id IS NULL OR p.person_id = $1) GROUP BY p.occurrence_id",
            self.person().0
        )?;
        let mut items = Vec::new();
        let mut sessions: Vec<(Uuid, Option<DateTime<Utc>>)> = Vec::new();
        for row in rows {
            // What has passed goes quietly, but for what somebody has begun.
            let repeats = row.every_days.is_some() || row.each_session;
            let withdrawn = row.withdrawn_at.is_some();
            let over = withdrawn || repeats && (row.followed || row.occurrence_due.is_some_and(|day| day < today));
            let due_at = match (row.occurrence_due, row.due) {
                (Some(day), _) => Some(DueAt::Day(day)),
                (None, Due::OnDate) => row.due_on.map(DueAt::Day),
                (None, Due::BeforeNext) => {
                    let next = match sessions.iter().find(|(client, _)| *client == row.client_id) {
                        Some((_, next)) => *next,
                        None => {
                            let client = ClientId(row.client_id);
                            let next = next_session(tx, client, Some(self.person()), self.now()).await?;
                            sessions.push((row.client_id, next));
                            next
                        }
                    };
                    next.map(DueAt::Session)
                }
            };
            items.push(PortalItem {
                rhythm: row.rhythm(),
                over,
                withdrawn,
                not_now: row.not_now.is_some(),
                planned: plans.iter().find(|(of, _)| *of == row.occurrence_id).map(|(_, at)| *at),
                occurrence: OccurrenceId(row.occurrence_id),
                title: row.document.0.title.clone(),
                minutes: row.document.0.minutes,
                due: row.due,
                due_at,
                state: state(row.draft_at, row.submitted_at),
                word_along: match row.submitted_at {
                    None => self.word_along(tx, &row).await?,
                    Some(_) => String::new(),
                },
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

    /// The day where this person lives.
    pub(crate) fn today(&self) -> chrono::NaiveDate {
        zone::today(self.now(), &self.visitor().zone)
    }

    /// How many exercises the two have both done: those in which each saw
    /// that the other did them.
    pub async fn done_together(&self) -> Result<i64> {
        let mut tx = self.store().read().await?;
        // Where it opens to both at once, by the document: a step that they left
        // open looks like one that is not told. Elsewhere only where there is
        // something of theirs to read: what goes to the therapist alone is not
        // told by a count.
        let rows = all!(
            &mut tx,
            (Json<Document>, i64, i64),
            "SELECT v.document, count(*),
                    sum(CASE WHEN EXISTS (SELECT 1 FROM answer a WHERE a.occurrence_id = o.id AND a.person_id <> r.person_id AND a.scope = 'couple'
                                            AND (a.shared_from IS NULL OR a.accepted_at IS NOT NULL)) THEN 1 ELSE 0 END)
             FROM response r JOIN occurrence o ON o.id = r.occurrence_id AND o.revealed_at IS NOT NULL
             JOIN assignment g ON g.id = o.assignment_id JOIN exercise_version v ON v.id = g.exercise_version_id
             JOIN client c ON c.id = g.client_id AND c.separated_at IS NULL
             WHERE r.person_id = $1 AND r.submitted_at IS NOT NULL
               AND EXISTS (SELECT 1 FROM response x WHERE x.occurrence_id = o.id AND x.person_id <> r.person_id)
             GROUP BY v.id",
            self.person().0
        )?;
        Ok(rows
            .into_iter()
            .map(|(document, sent, readable)| if document.0.is_blind(2) { sent } else { readable })
            .sum())
    }

    /// Says why not just now, to the therapist alone, and ends the reminders
    /// of it; or takes that back. `false`: not theirs, or sent.
    pub async fn set_not_now(&self, occurrence: OccurrenceId, why: Option<NotNow>) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.own(&mut tx, occurrence).await? else { return Ok(false) };
        if row.submitted_at.is_some() || row.withdrawn_at.is_some() {
            return Ok(false);
        }
        run!(
            &mut tx,
            "UPDATE response SET not_now = $1, not_now_at = $2 WHERE id = $3 AND submitted_at IS NULL",
            why.map(NotNow::word),
            why.map(|_| self.now()),
            row.response_id
        )?;
        self.store().plan_nudges(&mut tx, occurrence).await?;
        let action = if why.is_some() { "put off" } else { "taken up" };
        self.store().audit(&mut tx, Act::new(self.me(), action, "response", row.response_id, row.client_id)).await?;
        tx.commit().await?;
        Ok(true)
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
        Ok(maybe!(tx, Own, own!("AND r.occurrence_id = $3"), self.person().0, self.today(), occurrence.0)?)
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
            not_now: row.not_now.as_deref().map(str::parse).transpose()?,
            from_paper: row.entered_by.is_some(),
            opened: row.opened_at.is_some(),
            client: ClientId(row.client_id),
            rhythm,
            document: row.document.0,
        }))
    }

    /// Notes that this person has opened an exercise: for their therapist, who
    /// sees whether what is there to read was looked at.
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

    async fn open_draft(&self, tx: &mut Tx, row: &Own) -> Result<Answers> {
        let Some(sealed) = &row.draft else { return Ok(Answers::new()) };
        let key = self.store().key_of(tx, self.person().0).await?;
        let json = key.open("response.draft", row.response_id, sealed)?;
        serde_json::from_slice(&json).map_err(|_| Error::Sealed("it is no draft"))
    }

    /// Keeps a draft. With `touched`, of these steps only: what another window
    /// wrote to the others stays. `number` is that of the draft the writer saw;
    /// where another device wrote since, the page is put [`together`] with that,
    /// and the answer tells that there was another. `None`: not theirs,
    /// withdrawn, or submitted.
    pub async fn save_draft(
        &self,
        occurrence: OccurrenceId,
        answers: &Answers,
        number: i64,
        touched: Option<&[String]>,
    ) -> Result<Option<(Draft, bool)>> {
        let mut tx = self.store().write().await?;
        // The lock: two windows that save at once follow each other.
        run!(
            &mut tx,
            "UPDATE response SET draft_number = draft_number WHERE occurrence_id = $1 AND person_id = $2",
            occurrence.0,
            self.person().0
        )?;
        let Some(row) = self.own(&mut tx, occurrence).await? else { return Ok(None) };
        if row.submitted_at.is_some() || row.withdrawn_at.is_some() {
            return Ok(None);
        }
        let kept = self.open_draft(&mut tx, &row).await?;
        let answers = match touched {
            None if row.draft_number != number => together(answers, &kept),
            None => answers.clone(),
            Some(touched) => {
                let mut all = kept;
                for step in touched {
                    let behind = row.draft_number != number;
                    match (answers.get(step).cloned(), all.get(step)) {
                        (Some(mut answer), Some(kept)) if behind => {
                            join(&mut answer, kept);
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
            "UPDATE response SET draft = $1, draft_number = draft_number + 1, draft_at = $2, started_at = COALESCE(started_at, $2) WHERE id = $3 AND submitted_at IS NULL",
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
        self.submit_page(occurrence, answers, None).await
    }

    /// Submits a page that showed the draft of this `number`. Where another
    /// device kept words since that the page does not have, nothing is sent:
    /// the two are put together for their writer to see.
    pub async fn submit_page(
        &self,
        occurrence: OccurrenceId,
        answers: &Answers,
        number: Option<i64>,
    ) -> Result<Submit> {
        let mut tx = self.store().write().await?;
        // The lock: submissions to one occurrence follow each other, so that
        // the last one sees all before it.
        run!(&mut tx, "UPDATE occurrence SET submissions = submissions + 1 WHERE id = $1", occurrence.0)?;
        // And a draft that is saved in this moment is seen, or comes too late.
        run!(
            &mut tx,
            "UPDATE response SET draft_number = draft_number WHERE occurrence_id = $1 AND person_id = $2",
            occurrence.0,
            self.person().0
        )?;
        let Some(row) = self.own(&mut tx, occurrence).await? else { return Ok(Submit::Gone) };
        if row.submitted_at.is_some() {
            return Ok(Submit::Done);
        }
        if row.withdrawn_at.is_some() {
            return Ok(Submit::Gone);
        }
        let document = &row.document.0;
        if number.is_some_and(|number| number != row.draft_number) {
            let all = together(answers, &self.open_draft(&mut tx, &row).await?);
            if all != *answers {
                self.put_draft(&mut tx, &row, &all).await?;
                tx.commit().await?;
                return Ok(Submit::Elsewhere);
            }
        }
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
            "UPDATE response SET submitted_at = $1, draft = NULL, started_at = COALESCE(started_at, $1), not_now = NULL, not_now_at = NULL WHERE id = $2 AND submitted_at IS NULL",
            now,
            row.response_id
        )?;
        reveal(&mut tx, occurrence.0, now).await?;
        // Only those who are still asked are reminded.
        self.store().plan_nudges(&mut tx, occurrence).await?;
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
        if self.own(&mut tx, occurrence).await?.is_none() {
            return Ok(vec![]);
        }
        self.answers_of(&mut tx, occurrence).await
    }

    pub(crate) async fn answers_of(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Vec<OwnAnswer>> {
        let rows = all!(
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
        rows.into_iter()
            .map(|row| {
                let r = row.answer;
                Ok(OwnAnswer {
                    id: AnswerId(r.id),
                    step: r.step.clone(),
                    scope: r.scope,
                    shared_from: row.shared_from.map(|s| s.parse()).transpose()?,
                    answer: r.open(&key)?,
                })
            })
            .collect()
    }
}

/// Opens an occurrence to all whom it is for, once all have sent it: in the
/// transaction of the last one.
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
