//! A partner's own responses: the lists of them, and the one that a query of
//! this partner may open.
//!
//! A partner's own rows and the other's come from different queries, so no row
//! has a column that must be hidden.

use chrono::{DateTime, Utc};
use domain::{
    exercises::{
        assignment::Due,
        exercise::{Document, Scope},
        response::{NotNow, ResponseState},
        step::Answer,
    },
    ids::{ClientId, OccurrenceId},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    After, Error, Paged, Partner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    exercises::{
        due::{DueAt, next_session, rhythm},
        not_now, nudges,
    },
    keys::DataKey,
    limits::{OPEN_RESPONSES, SENT_RESPONSES},
    unreadable::{self, fetched, legible},
};

/// An exercise as the first screen of the portal lists it.
#[derive(Clone, Debug)]
pub struct PortalItem {
    pub occurrence: OccurrenceId,
    pub title: String,
    pub minutes: u16,
    pub due: Due,
    pub due_at: Option<DueAt>,
    /// When it is planned for next, if it is planned.
    pub planned: Option<DateTime<Utc>>,
    /// How it repeats, such as "every day"; empty if it does not.
    pub rhythm: String,
    /// Its time is over; it is listed because this person has begun it.
    pub over: bool,
    /// The therapist withdrew it; what this person began can still be read.
    pub withdrawn: bool,
    /// This person put it off ("not now").
    pub not_now: bool,
    /// This person's own state, never the other partner's.
    pub state: ResponseState,
    pub word_along: String,
    /// The name of the therapist who gave it.
    pub therapist: String,
    /// There is something of the other partner to read.
    pub opened: bool,
    pub submitted_at: Option<DateTime<Utc>>,
}

/// A sealed answer of one step.
#[derive(FromRow)]
pub(crate) struct AnswerRow {
    pub(super) id: Uuid,
    pub step: String,
    #[sqlx(try_from = "String")]
    pub scope: Scope,
    body: Vec<u8>,
}

impl AnswerRow {
    /// Opens the answer with its writer's key.
    pub(crate) fn open(&self, key: &DataKey) -> Result<Answer> {
        let json = key.open("answer", self.id, &self.body)?;
        serde_json::from_slice(&json).map_err(|_| Error::Sealed("it is no answer"))
    }
}

/// The state of a response: submitted, begun or open.
pub(crate) fn response_state(draft_at: Option<DateTime<Utc>>, submitted_at: Option<DateTime<Utc>>) -> ResponseState {
    match (draft_at, submitted_at) {
        (_, Some(_)) => ResponseState::Submitted,
        (Some(_), None) => ResponseState::Draft,
        (None, None) => ResponseState::Open,
    }
}

/// One of this person's own responses, with its occurrence and assignment.
#[derive(FromRow)]
pub(crate) struct OwnResponse {
    pub(super) response_id: Uuid,
    pub(super) occurrence_id: Uuid,
    pub client_id: Uuid,
    pub(super) assignment_id: Uuid,
    pub document: Json<Document>,
    #[sqlx(try_from = "String")]
    pub(super) due: Due,
    pub(super) due_on: Option<chrono::NaiveDate>,
    pub(super) word_along: Option<Vec<u8>>,
    pub(super) therapist: String,
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub revealed_at: Option<DateTime<Utc>>,
    pub(super) draft: Option<Vec<u8>>,
    pub(super) draft_number: i64,
    pub(super) draft_at: Option<DateTime<Utc>>,
    pub(super) submitted_at: Option<DateTime<Utc>>,
    pub(super) not_now: Option<Vec<u8>>,
    pub(super) entered_by: Option<Uuid>,
    pub(super) opened_at: Option<DateTime<Utc>>,
    pub(super) every_days: Option<i64>,
    pub(super) until_on: Option<chrono::NaiveDate>,
    pub(super) each_session: bool,
    pub(super) occurrence_due: Option<chrono::NaiveDate>,
    /// When the occurrence was made, or else when the exercise was given.
    pub(super) given_at: DateTime<Utc>,
    /// Whether a newer occurrence has begun where this person lives.
    pub(super) followed: bool,
    pub(super) responders: i64,
    /// Whether the other has submitted answers that are shared without a reveal
    /// (scope `couple`).
    pub(super) given: bool,
}

impl OwnResponse {
    /// How many people the occurrence was given to.
    pub fn responders(&self) -> usize {
        usize::try_from(self.responders).unwrap_or_default()
    }

    /// How it repeats in words, such as "every day"; empty if it does not.
    pub(super) fn rhythm(&self) -> String {
        match rhythm(self.every_days, self.due_on, self.until_on) {
            Some(rhythm) => rhythm.words(),
            None if self.each_session => "before every session".to_owned(),
            None => String::new(),
        }
    }
}

/// The query for a person's own responses; each query starts from their own
/// rows. `$1` is the person, `$2` today's date where they live; parameters of
/// `$rest` begin with `$3`. An exercise of an archived client counts as
/// withdrawn; those of a separated couple are left out.
macro_rules! own {
    ($rest:literal) => {
        concat!(
            "SELECT r.id AS response_id, r.occurrence_id, g.client_id, g.id AS assignment_id, v.document, g.due,
                    g.due_on, g.word_along, a.display_name AS therapist,
                    COALESCE(g.withdrawn_at, c.archived_at) AS withdrawn_at, o.revealed_at,
                    r.draft, r.draft_number, r.draft_at, r.submitted_at, r.not_now, r.entered_by, r.opened_at,
                    g.every_days, g.until_on, g.each_session, o.due_on AS occurrence_due,
                    COALESCE(o.made_at, g.assigned_at) AS given_at,
                    EXISTS (SELECT 1
                      FROM occurrence n
                      WHERE n.assignment_id = g.id AND n.number > o.number
                        AND (n.opens_on IS NULL OR n.opens_on <= $2)) AS followed,
                    (SELECT count(*) FROM response x WHERE x.occurrence_id = r.occurrence_id) AS responders,
                    EXISTS (SELECT 1
                      FROM answer x
                      WHERE x.occurrence_id = r.occurrence_id AND x.person_id <> r.person_id AND x.scope = 'couple'
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
    /// A page of the exercises that this person has not submitted. The pages go
    /// from the latest given to the oldest; the rows of each page are ordered
    /// by when they are due.
    pub async fn exercises(&self, after: Option<After>) -> Result<Paged<PortalItem>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = self.today();
        let rows = fetched!(
            &mut tx,
            OwnResponse,
            own!(
                "AND r.submitted_at IS NULL
                 AND (r.draft IS NOT NULL OR (g.withdrawn_at IS NULL AND c.archived_at IS NULL AND g.paused_at IS NULL
                   AND (NOT g.repeats OR NOT (COALESCE(o.due_on < $2, false)
                     OR EXISTS (SELECT 1
                       FROM occurrence n
                       WHERE n.assignment_id = g.id AND n.number > o.number
                         AND (n.opens_on IS NULL OR n.opens_on <= $2))))))
                 AND (COALESCE(o.made_at, g.assigned_at), r.id) < ($3, $4)
                 ORDER BY COALESCE(o.made_at, g.assigned_at) DESC, r.id DESC LIMIT $5"
            ),
            self.person().0,
            today,
            after.at,
            after.id,
            OPEN_RESPONSES + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, OPEN_RESPONSES, |row| After::new(row.given_at, row.response_id));
        let mut items = self.items(&mut tx, rows).await?;
        items.sort_by_key(|i| match i.due_at {
            Some(DueAt::Day(day)) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
            Some(DueAt::Session(at)) => at,
            None => DateTime::<Utc>::MAX_UTC,
        });
        Ok(Paged { rows: items, more })
    }

    /// A page of the responses that this person has submitted, the latest
    /// first.
    pub async fn submitted_exercises(&self, after: Option<After>) -> Result<Paged<PortalItem>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let rows = fetched!(
            &mut tx,
            OwnResponse,
            own!(
                "AND r.submitted_at IS NOT NULL AND (r.submitted_at, r.id) < ($3, $4)
                 ORDER BY r.submitted_at DESC, r.id DESC LIMIT $5"
            ),
            self.person().0,
            self.today(),
            after.at,
            after.id,
            SENT_RESPONSES + 1
        )?;
        let place = |row: &OwnResponse| After::new(row.submitted_at.unwrap_or(row.given_at), row.response_id);
        let Paged { rows, more } = Paged::of(rows, SENT_RESPONSES, place);
        Ok(Paged { rows: self.items(&mut tx, rows).await?, more })
    }

    async fn items(&self, tx: &mut Tx, rows: Vec<OwnResponse>) -> Result<Vec<PortalItem>> {
        let today = self.today();
        let plans = all!(
            tx,
            (Uuid, DateTime<Utc>),
            "SELECT p.occurrence_id, min(p.starts_at)
             FROM plan p JOIN response r ON r.occurrence_id = p.occurrence_id AND r.person_id = $1
             WHERE p.state = 'planned' AND (p.person_id IS NULL OR p.person_id = $1) GROUP BY p.occurrence_id",
            self.person().0
        )?;
        let mut items = Vec::new();
        let mut sessions: Vec<(Uuid, Option<DateTime<Utc>>)> = Vec::new();
        for row in rows {
            // An occurrence whose time has passed is not listed, unless the
            // person has begun it.
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
                state: response_state(row.draft_at, row.submitted_at),
                word_along: match row.submitted_at {
                    None => self.word_along(tx, &row).await?,
                    Some(_) => String::new(),
                },
                opened: if row.document.0.is_blind(row.responders()) { row.revealed_at.is_some() } else { row.given },
                therapist: row.therapist,
                submitted_at: row.submitted_at,
            });
        }
        Ok(items)
    }

    /// Today's date where this person lives.
    pub(crate) fn today(&self) -> chrono::NaiveDate {
        zone::date_of(self.now(), &self.visitor().zone)
    }

    /// How many exercises both partners have done, counting only those in which
    /// each could see that the other did them.
    pub async fn done_together(&self) -> Result<i64> {
        let mut tx = self.store().read().await?;
        // An exercise with a reveal counts by its document: a step that the
        // other left blank looks like a step that is not shared. Any other
        // exercise counts only where there is something of the other's to read:
        // the count must not tell that the other answered for the therapist
        // alone.
        let rows = legible!(
            &mut tx,
            (Json<Document>, i64, i64),
            "SELECT v.document, count(*),
                    sum(CASE
                            WHEN EXISTS (SELECT 1
                              FROM answer a
                              WHERE a.occurrence_id = o.id AND a.person_id <> r.person_id AND a.scope = 'couple'
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

    /// Stores why this person puts an exercise off, for the therapist alone,
    /// and ends its reminders; `why: None` takes that back. `false`: it is not
    /// theirs, is withdrawn or is submitted.
    pub async fn set_not_now(&self, occurrence: OccurrenceId, why: Option<NotNow>) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(row) = find_own_response(self, &mut tx, occurrence).await? else { return Ok(false) };
        if row.submitted_at.is_some() || row.withdrawn_at.is_some() {
            return Ok(false);
        }
        let sealed = match why {
            Some(why) => {
                let key = self.store().data_key_or_new(&mut tx, self.person().0).await?;
                Some(not_now::seal(&key, row.response_id, why))
            }
            None => None,
        };
        run!(
            &mut tx,
            "UPDATE response SET not_now = $1, not_now_at = $2 WHERE id = $3 AND submitted_at IS NULL",
            sealed,
            why.map(|_| self.now()),
            row.response_id
        )?;
        nudges::plan_nudges(self.store(), &mut tx, occurrence).await?;
        let action = if why.is_some() { AuditAction::PutOff } else { AuditAction::Resumed };
        self.store()
            .record(&mut tx, Act::by(self.me(), action, AuditThing::Response).id(row.response_id).client(row.client_id))
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The line that the therapist wrote beside the assignment; empty if there is
    /// none, or if it cannot be read.
    pub(super) async fn word_along(&self, tx: &mut Tx, row: &OwnResponse) -> Result<String> {
        match &row.word_along {
            None => Ok(String::new()),
            Some(sealed) => {
                let key = self.store().key_of(tx, row.client_id).await;
                let word = key.and_then(|key| key.open_text("assignment.word_along", row.assignment_id, sealed));
                Ok(unreadable::or_skip(word)?.unwrap_or_default())
            }
        }
    }

    /// The people to whom an occurrence was given, with their names.
    pub(super) async fn responders(&self, tx: &mut Tx, occurrence: OccurrenceId) -> Result<Vec<(Uuid, String)>> {
        Ok(all!(
            tx,
            (Uuid, String),
            "SELECT r.person_id, p.name FROM response r JOIN person p ON p.id = r.person_id WHERE r.occurrence_id = $1",
            occurrence.0
        )?)
    }
}

/// This person's own response to an occurrence. `None`: there is none that
/// they may open.
pub(crate) async fn find_own_response(
    partner: &Partner,
    tx: &mut Tx,
    occurrence: OccurrenceId,
) -> Result<Option<OwnResponse>> {
    Ok(maybe!(tx, OwnResponse, own!("AND r.occurrence_id = $3"), partner.person().0, partner.today(), occurrence.0)?)
}
