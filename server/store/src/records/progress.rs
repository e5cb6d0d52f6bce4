//! What a therapist looks back on: the course of a scale over time, the session
//! brief, and the adherence to exercises between sessions.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    exercises::{
        exercise::Document,
        response::{Answers, NotNow},
        step::{Answer, Step},
    },
    ids::{AssignmentId, ClientId, OccurrenceId, PersonId, SessionId},
    records::{
        adherence::{Part, Turn, WEEKS, made_since},
        course::{Course, Point, mean},
    },
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::{
        caseload::is_over,
        client::{self, members_of},
    },
    database::{all, maybe},
    exercises::{
        library::{self, LibraryEntry},
        not_now::Reasons,
        responses::AnswerRow,
    },
    keys::DataKey,
    practice::settings::{practice_set_up, today},
    scheduling::sessions::{self, SessionView},
    unreadable::{self, legible},
};

/// The scales of one exercise over time.
#[derive(Clone, Debug)]
pub struct Courses {
    pub title: String,
    /// The names of the two people, by their seats.
    pub names: [Option<String>; 2],
    /// The prompt of each scale, and its course.
    pub scales: Vec<(String, Course)>,
}

/// One occurrence of an exercise in the session brief.
#[derive(Clone, Debug)]
pub struct BriefItem {
    pub assignment: AssignmentId,
    pub occurrence: OccurrenceId,
    pub document: Document,
    pub made_at: DateTime<Utc>,
    pub revealed_at: Option<DateTime<Utc>>,
    /// Each person's part in it, by seat; `None`: it is not for this person.
    pub parts: [Option<Part>; 2],
    /// By seat: all reminders were sent and the person has not answered.
    pub nudged_out: [bool; 2],
    /// The answers that the therapist may read, by seat; `None`: nothing was
    /// sent.
    pub answers: [Option<Answers>; 2],
}

/// An answer that a person chose to bring to the session.
#[derive(Clone, Debug)]
pub struct BroughtAnswer {
    /// The seat of the person: 0 is A, 1 is B.
    pub seat: usize,
    pub title: String,
    pub step: Step,
    pub document: Document,
    pub answer: Answer,
}

/// The session brief: the page before a session. Arrays of two are by seat.
#[derive(Clone, Debug)]
pub struct Brief {
    pub names: [Option<String>; 2],
    pub people: [Option<PersonId>; 2],
    /// The session that the brief is for; `None`: none is booked.
    pub next: Option<SessionView>,
    /// When the last session began; `None`: there was none.
    pub last: Option<DateTime<Utc>>,
    pub items: Vec<BriefItem>,
    pub brought: Vec<BroughtAnswer>,
    /// The course of the measure ([`MEASURE`]); `None`: nothing was answered.
    pub measure: Option<Courses>,
    /// The occurrences of the last [`WEEKS`] weeks.
    pub turns: Vec<Turn>,
}

/// One person's response to one occurrence.
#[derive(FromRow)]
struct TurnRow {
    occurrence_id: Uuid,
    assignment_id: Uuid,
    made_at: DateTime<Utc>,
    opens_on: Option<NaiveDate>,
    newest: bool,
    /// Whether its time is over.
    is_over: bool,
    withdrawn: bool,
    revealed_at: Option<DateTime<Utc>>,
    person_id: Uuid,
    started_at: Option<DateTime<Utc>>,
    submitted_at: Option<DateTime<Utc>>,
    response_id: Uuid,
    not_now: Option<Vec<u8>>,
    /// The decrypted reason in `not_now`.
    #[sqlx(skip)]
    reason: Option<NotNow>,
    entered_by: Option<Uuid>,
    nudges: i64,
}

/// The slug of the exercise whose scales are the measure that the brief shows
/// over time.
pub const MEASURE: &str = "weekly-connection";

/// The people of a client by seat (0 is A, 1 is B), with their names.
type BySeat = [Option<(PersonId, String)>; 2];

impl Clinician {
    /// The people of a client by seat.
    async fn people_by_seat(&self, tx: &mut Tx, client: ClientId) -> Result<BySeat> {
        let mut two: BySeat = [None, None];
        for (_, member) in members_of(self.store(), tx, &[client]).await? {
            let seat = usize::from(member.seat == domain::clients::client::Seat::B);
            two[seat] = Some((member.person, member.details.name));
        }
        Ok(two)
    }

    /// The scales of an exercise over all responses that were sent, recorded in
    /// the audit log. `None`: the client is not in the caseload, or there is no
    /// such exercise.
    pub async fn courses(&self, client: ClientId, slug: &str) -> Result<Option<Courses>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let Some(entry) = library::newest_version(&mut tx, slug).await? else { return Ok(None) };
        let two = self.people_by_seat(&mut tx, client).await?;
        let courses = self.courses_of(&mut tx, client, &entry, &two).await?;
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Course).id(client.0).client(client.0),
            )
            .await?;
        Ok(Some(courses))
    }

    /// The scales of an exercise over all responses that were sent. An answer
    /// that cannot be decrypted is left out.
    async fn courses_of(&self, tx: &mut Tx, client: ClientId, entry: &LibraryEntry, two: &BySeat) -> Result<Courses> {
        #[derive(FromRow)]
        struct Sent {
            occurrence_id: Uuid,
            person_id: Uuid,
            at: DateTime<Utc>,
            #[sqlx(flatten)]
            answer: AnswerRow,
        }
        let zone = practice_set_up(tx).await?.zone;
        let rows = legible!(
            tx,
            Sent,
            "SELECT a.occurrence_id, a.person_id, COALESCE(o.made_at, r.submitted_at) AS at, a.id, a.step, a.scope,
                 a.body
             FROM assignment g JOIN exercise_version v ON v.id = g.exercise_version_id
             JOIN exercise_version w ON w.id = $2 AND w.exercise_id = v.exercise_id
             JOIN occurrence o ON o.assignment_id = g.id
             JOIN response r ON r.occurrence_id = o.id AND r.submitted_at IS NOT NULL
             JOIN answer a ON a.response_id = r.id AND a.scope IN ('therapist', 'reveal', 'couple')
             WHERE g.client_id = $1 ORDER BY at DESC",
            client.0,
            entry.version_id.0
        )?;
        let mut keys: Vec<(Uuid, DataKey)> = Vec::new();
        let mut scales: Vec<(String, String, Course, Vec<Uuid>)> = entry
            .document
            .questions()
            .filter_map(|s| Some((s.key.clone(), s.prompt.clone(), Course::for_step(&s.kind)?, vec![])))
            .collect();
        for row in rows.iter().rev() {
            let Some((_, _, course, seen)) = scales.iter_mut().find(|(key, ..)| *key == row.answer.step) else {
                continue;
            };
            let Some(seat) = two.iter().position(|p| p.as_ref().is_some_and(|(id, _)| id.0 == row.person_id)) else {
                continue;
            };
            if !keys.iter().any(|(person, _)| *person == row.person_id) {
                keys.push((row.person_id, self.store().key_of(tx, row.person_id).await?));
            }
            let Some((_, key)) = keys.iter().find(|(person, _)| *person == row.person_id) else { continue };
            let Some(step) = entry.document.step(&row.answer.step) else { continue };
            let Some(answer) = unreadable::or_skip(row.answer.open(key))? else { continue };
            let Some(value) = mean(&step.kind, &answer) else { continue };
            let n = match seen.iter().position(|o| *o == row.occurrence_id) {
                Some(n) => n,
                None => {
                    seen.push(row.occurrence_id);
                    course.points.push(Point { on: zone::date_of(row.at, &zone), values: [None, None] });
                    course.points.len() - 1
                }
            };
            course.points[n].values[seat] = Some(value);
        }
        Ok(Courses {
            title: entry.document.title.clone(),
            names: two.clone().map(|p| p.map(|(_, name)| name)),
            scales: scales.into_iter().map(|(_, prompt, course, _)| (prompt, course)).collect(),
        })
    }

    /// The responses to occurrences that were made or answered since then, the
    /// latest first, with the reasons for putting them off decrypted.
    async fn turn_rows(
        &self,
        tx: &mut Tx,
        client: ClientId,
        since: DateTime<Utc>,
        today: NaiveDate,
    ) -> Result<Vec<TurnRow>> {
        let mut rows = all!(
            tx,
            TurnRow,
            concat!(
                "SELECT o.id AS occurrence_id, g.id AS assignment_id, COALESCE(o.made_at, g.assigned_at) AS made_at,
                    o.opens_on,
                    (o.number = (SELECT max(x.number) FROM occurrence x
                        WHERE x.assignment_id = g.id AND (x.opens_on IS NULL OR x.opens_on <= $3))) AS newest, ",
                is_over!("$3", "$4"),
                " AS is_over,
                    (g.withdrawn_at IS NOT NULL) AS withdrawn, o.revealed_at, r.person_id, r.started_at, r.submitted_at,
                    r.id AS response_id, r.not_now, r.entered_by,
                    (SELECT count(*) FROM email m
                        WHERE m.occurrence_id = o.id AND m.person_id = r.person_id AND m.kind = 'nudge'
                        AND m.state = 'sent') AS nudges
             FROM assignment g JOIN occurrence o ON o.assignment_id = g.id JOIN response r ON r.occurrence_id = o.id
             WHERE g.client_id = $1 AND (o.made_at >= $2 OR r.submitted_at >= $2)
             ORDER BY o.made_at DESC, o.id, r.person_id"
            ),
            client.0,
            since,
            today,
            self.now()
        )?;
        let mut reasons = Reasons::default();
        for row in &mut rows {
            row.reason = reasons.open(self.store(), tx, row.person_id, row.response_id, row.not_now.as_deref()).await?;
        }
        Ok(rows)
    }

    /// The adherence to exercises since then and the names of the people by
    /// seat, recorded in the audit log. `None`: not in the caseload.
    pub async fn adherence(
        &self,
        client: ClientId,
        since: DateTime<Utc>,
    ) -> Result<Option<(Vec<Turn>, [Option<String>; 2])>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let two = self.people_by_seat(&mut tx, client).await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = self.turn_rows(&mut tx, client, since, today).await?;
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Adherence).id(client.0).client(client.0),
            )
            .await?;
        let turns = made_since(&turns(&rows, &two, today), since);
        Ok(Some((turns, two.map(|p| p.map(|(_, name)| name)))))
    }

    /// The brief for a client's next session, recorded in the audit log: what
    /// was assigned and done since the last session, what was answered, and
    /// what each person chose to bring. `None`: not in the caseload.
    pub async fn brief(&self, client: ClientId) -> Result<Option<Brief>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let now = self.now();
        let two = self.people_by_seat(&mut tx, client).await?;
        let next = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM session WHERE client_id = $1 AND ends_at > $2 AND state IN ('booked', 'arrived')
             ORDER BY starts_at LIMIT 1",
            client.0,
            now
        )?;
        let next = match next {
            Some((id,)) => unreadable::or_skip(sessions::load(&mut tx, SessionId(id)).await)?.flatten(),
            None => None,
        };
        let last = maybe!(
            &mut tx,
            (Option<DateTime<Utc>>,),
            "SELECT max(starts_at) FROM session
             WHERE client_id = $1 AND ends_at <= $2 AND state IN ('booked', 'arrived', 'completed')",
            client.0,
            now
        )?
        .and_then(|(at,)| at);
        let today = today(&mut tx, self.now()).await?;
        let since = last.unwrap_or(now - Duration::weeks(4));
        let rows = self.turn_rows(&mut tx, client, now - Duration::weeks(12), today).await?;
        let mut items: Vec<BriefItem> = Vec::new();
        let mut documents: Vec<(Uuid, Document)> = Vec::new();
        for row in rows.iter().filter(|r| r.opens_on.is_none_or(|day| day <= today)) {
            let recent = row.made_at >= since || row.submitted_at.is_some_and(|at| at >= since);
            let open = row.newest && row.submitted_at.is_none() && !row.withdrawn;
            if !(recent || open) || (row.withdrawn && row.submitted_at.is_none()) {
                continue;
            }
            let Some(seat) = seat_of(&two, row.person_id) else { continue };
            if !documents.iter().any(|(id, _)| *id == row.assignment_id) {
                let found = legible!(
                    &mut tx,
                    (Json<Document>,),
                    "SELECT v.document FROM assignment g JOIN exercise_version v ON v.id = g.exercise_version_id
                     WHERE g.id = $1",
                    row.assignment_id
                )?;
                documents.extend(found.into_iter().map(|(d,)| (row.assignment_id, d.0)));
            }
            let n = match items.iter().position(|i| i.occurrence.0 == row.occurrence_id) {
                Some(n) => n,
                None => {
                    let Some((_, document)) = documents.iter().find(|(id, _)| *id == row.assignment_id) else {
                        continue;
                    };
                    items.push(BriefItem {
                        assignment: AssignmentId(row.assignment_id),
                        occurrence: OccurrenceId(row.occurrence_id),
                        document: document.clone(),
                        made_at: row.made_at,
                        revealed_at: row.revealed_at,
                        parts: [None, None],
                        nudged_out: [false, false],
                        answers: [None, None],
                    });
                    items.len() - 1
                }
            };
            items[n].parts[seat] = Some(part(row));
            items[n].nudged_out[seat] = row.submitted_at.is_none() && row.nudges >= 2;
        }
        let mut brought = Vec::new();
        for (seat, person) in two.iter().enumerate() {
            let Some((person, _)) = person else { continue };
            self.fill_answers(&mut tx, &mut items, seat, *person, since, &mut brought).await?;
        }
        let measure = match library::newest_version(&mut tx, MEASURE).await? {
            Some(entry) => Some(self.courses_of(&mut tx, client, &entry, &two).await?),
            None => None,
        };
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Brief).id(client.0).client(client.0),
            )
            .await?;
        Ok(Some(Brief {
            turns: made_since(&turns(&rows, &two, today), now - Duration::weeks(WEEKS)),
            people: two.clone().map(|p| p.map(|(id, _)| id)),
            names: two.map(|p| p.map(|(_, name)| name)),
            next,
            last,
            items,
            brought,
            measure: measure.filter(|m| m.scales.iter().any(|(_, c)| !c.points.is_empty())),
        }))
    }

    /// Adds to these items the answers of one person that the therapist may
    /// read, and to `brought` those that the person chose to bring or shared
    /// since then.
    async fn fill_answers(
        &self,
        tx: &mut Tx,
        items: &mut [BriefItem],
        seat: usize,
        person: PersonId,
        since: DateTime<Utc>,
        brought: &mut Vec<BroughtAnswer>,
    ) -> Result<()> {
        #[derive(FromRow)]
        struct Sent {
            shared_at: Option<DateTime<Utc>>,
            #[sqlx(flatten)]
            answer: AnswerRow,
        }
        let mut key: Option<DataKey> = None;
        for item in items.iter_mut() {
            if item.parts[seat].is_none_or(|p| p.submitted_at.is_none()) {
                continue;
            }
            let rows = legible!(
                tx,
                Sent,
                "SELECT shared_at, id, step, scope, body FROM answer
                 WHERE occurrence_id = $1 AND person_id = $2 AND scope IN ('therapist', 'reveal', 'couple')",
                item.occurrence.0,
                person.0
            )?;
            let mut answers = Answers::new();
            for row in rows {
                if key.is_none() {
                    key = Some(self.store().key_of(tx, person.0).await?);
                }
                let Some(key) = &key else { continue };
                let Some(answer) = unreadable::or_skip(row.answer.open(key))? else { continue };
                let step = item.document.step(&row.answer.step).cloned();
                if let Some(step) = step.filter(|s| s.bring || row.shared_at.is_some_and(|at| at >= since)) {
                    brought.push(BroughtAnswer {
                        seat,
                        title: item.document.title.clone(),
                        step,
                        document: item.document.clone(),
                        answer: answer.clone(),
                    });
                }
                answers.insert(row.answer.step.clone(), answer);
            }
            item.answers[seat] = Some(answers);
        }
        Ok(())
    }
}

/// The seat of a person; `None`: not one of the two.
fn seat_of(two: &BySeat, person: Uuid) -> Option<usize> {
    two.iter().position(|p| p.as_ref().is_some_and(|(id, _)| id.0 == person))
}

/// One person's part in an occurrence.
fn part(row: &TurnRow) -> Part {
    Part {
        started_at: row.started_at,
        submitted_at: row.submitted_at,
        reason: row.reason,
        from_paper: row.entered_by.is_some(),
    }
}

/// Groups the responses of single people by occurrence. Occurrences that have
/// not begun are left out, and responses that were not sent before their
/// assignment was withdrawn.
fn turns(rows: &[TurnRow], two: &BySeat, today: NaiveDate) -> Vec<Turn> {
    let mut turns: Vec<(Uuid, Turn)> = Vec::new();
    for row in rows.iter().filter(|r| r.opens_on.is_none_or(|day| day <= today)) {
        if row.withdrawn && row.submitted_at.is_none() {
            continue;
        }
        let Some(seat) = seat_of(two, row.person_id) else { continue };
        let part = part(row);
        match turns.iter_mut().find(|(id, _)| *id == row.occurrence_id) {
            Some((_, turn)) => turn.parts[seat] = Some(part),
            None => {
                let mut turn = Turn { made_at: row.made_at, over: row.is_over, ..Turn::default() };
                turn.parts[seat] = Some(part);
                turns.push((row.occurrence_id, turn));
            }
        }
    }
    turns.into_iter().map(|(_, turn)| turn).collect()
}
