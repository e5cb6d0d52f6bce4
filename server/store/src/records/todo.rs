//! What a therapist still has to do about sessions and exercises: notes to
//! finish, and answers that arrived since they last looked.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::client::title,
    exercises::exercise::Document,
    ids::{AssignmentId, ClientId, NoteId, SessionId},
    records::adherence::WEEKS,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    After, Clinician, Paged, Result, Tx,
    audit::{AuditAction, AuditThing},
    clients::client::in_care,
    database::all,
    limits::{NEW_ANSWERS, NOTES_TO_FINISH},
    practice::settings::today,
    unreadable::{fetched, legible},
};

/// How many days back a session without a note is asked for.
pub const NOTE_DAYS: i64 = 14;

/// A note that the clinician has to write or to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteToFinish {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    pub work: NoteWork,
    /// When the session began, or when the draft was begun.
    pub at: DateTime<Utc>,
}

/// What there is to do about a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteWork {
    /// To sign this draft.
    Sign(NoteId),
    /// To write the note of this session.
    Write(SessionId),
}

/// An exercise with answers that arrived since the clinician last opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnswers {
    pub assignment: AssignmentId,
    pub client: ClientId,
    /// The title of the exercise.
    pub exercise: String,
    /// The names of those who answered.
    pub names: Vec<String>,
    /// When the latest of these answers arrived.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct NoteRow {
    id: Uuid,
    is_draft: bool,
    client_id: Uuid,
    at: DateTime<Utc>,
}

/// A response that was sent: the assignment, its version, the client, the name
/// of the person and when their latest answers arrived.
type Arrived = (Uuid, Uuid, Uuid, String, DateTime<Utc>);

impl Clinician {
    /// A page of the clinician's own drafts that are not signed and of their
    /// sessions of the last [`NOTE_DAYS`] days that took place and have no note,
    /// the latest first; `client` limits it to one client. The caller records
    /// that this was shown.
    pub async fn notes_to_finish(&self, client: Option<ClientId>, after: Option<After>) -> Result<Paged<NoteToFinish>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let (today, now) = (today(&mut tx, self.now()).await?, self.now());
        let rows = fetched!(
            &mut tx,
            NoteRow,
            concat!(
                "SELECT t.id, t.is_draft, t.client_id, t.at FROM (",
                in_care!(
                    "SELECT n.id AS id, (1 = 1) AS is_draft, n.client_id AS client_id, n.created_at AS at
                     FROM client c JOIN note n ON n.client_id = c.id",
                    "AND n.author_id = $1 AND n.signed_at IS NULL AND ($3 IS NULL OR c.id = $3)"
                ),
                " UNION ALL ",
                in_care!(
                    "SELECT s.id AS id, (1 = 0) AS is_draft, s.client_id AS client_id, s.starts_at AS at
                     FROM session s JOIN client c ON c.id = s.client_id",
                    "AND s.clinician_id = $1 AND s.starts_at >= $4 AND s.starts_at <= $5 AND s.ends_at <= $5
                     AND s.state IN ('booked', 'arrived', 'completed') AND c.separated_at IS NULL
                     AND ($3 IS NULL OR c.id = $3)
                     AND NOT EXISTS (SELECT 1 FROM note n WHERE n.client_id = s.client_id AND n.session_id = s.id
                         AND (n.scope <> 'process' OR n.author_id = $1))"
                ),
                ") t WHERE (t.at, t.id) < ($6, $7) ORDER BY t.at DESC, t.id DESC LIMIT $8"
            ),
            self.me().0,
            today,
            client.map(|c| c.0),
            now - Duration::days(NOTE_DAYS),
            now,
            after.at,
            after.id,
            NOTES_TO_FINISH + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, NOTES_TO_FINISH, |row| After::new(row.at, row.id));
        let titles = titles(&mut tx, rows.iter().map(|row| row.client_id)).await?;
        let to_finish = |row: NoteRow| NoteToFinish {
            client: ClientId(row.client_id),
            title: titles.get(&row.client_id).cloned().unwrap_or_default(),
            work: if row.is_draft { NoteWork::Sign(NoteId(row.id)) } else { NoteWork::Write(SessionId(row.id)) },
            at: row.at,
        };
        Ok(Paged { rows: rows.into_iter().map(to_finish).collect(), more })
    }

    /// A page of the exercises of the caseload with answers of the last
    /// [`WEEKS`] weeks that arrived after this clinician last opened the
    /// exercise, by the audit log; the latest answers first. What the clinician
    /// entered from paper is not among them. The caller records that this was
    /// shown.
    pub async fn new_answers(&self, after: Option<After>) -> Result<Paged<NewAnswers>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let since = self.now() - Duration::weeks(WEEKS);
        let arrived = all!(
            &mut tx,
            Arrived,
            in_care!(
                "SELECT g.id, g.exercise_version_id, c.id, p.name, max(r.submitted_at)
                 FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
                 JOIN person p ON p.id = m.person_id
                 JOIN response r ON r.person_id = p.id AND r.submitted_at >= $3 AND r.entered_by IS NULL
                 JOIN occurrence o ON o.id = r.occurrence_id
                 JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id",
                "AND c.archived_at IS NULL GROUP BY g.id, g.exercise_version_id, c.id, p.name, m.seat
                 ORDER BY g.id, m.seat"
            ),
            self.me().0,
            today,
            since
        )?;
        if arrived.is_empty() {
            return Ok(Paged::default());
        }
        let opened: HashMap<Uuid, DateTime<Utc>> = all!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT thing_id, max(at) FROM audit
             WHERE account_id = $1 AND action = $2 AND thing = $3 AND at >= $4 AND thing_id IS NOT NULL
             GROUP BY thing_id",
            self.me().0,
            AuditAction::Opened.word(),
            AuditThing::Assignment.word(),
            since
        )?
        .into_iter()
        .collect();
        let mut found = group(arrived, &opened);
        found.retain(|(_, new)| (new.at, new.assignment.0) < (after.at, after.id));
        let Paged { rows, more } = Paged::of(found, NEW_ANSWERS, |(_, new)| After::new(new.at, new.assignment.0));
        let mut page = Vec::new();
        for (version, mut new) in rows {
            let document =
                legible!(&mut tx, (Json<Document>,), "SELECT document FROM exercise_version WHERE id = $1", version)?;
            new.exercise = document.into_iter().next().map_or_else(String::new, |(document,)| document.0.title);
            page.push(new);
        }
        Ok(Paged { rows: page, more })
    }
}

/// The assignments of which something arrived after they were `opened`, the latest
/// first, each with the version of its exercise and without a title.
fn group(arrived: Vec<Arrived>, opened: &HashMap<Uuid, DateTime<Utc>>) -> Vec<(Uuid, NewAnswers)> {
    let mut found: BTreeMap<Uuid, (Uuid, NewAnswers)> = BTreeMap::new();
    for (assignment, version, client, name, at) in arrived {
        if opened.get(&assignment).is_some_and(|opened| *opened >= at) {
            continue;
        }
        let (_, new) = found.entry(assignment).or_insert_with(|| {
            let (assignment, client) = (AssignmentId(assignment), ClientId(client));
            (version, NewAnswers { assignment, client, exercise: String::new(), names: vec![], at })
        });
        new.names.push(name);
        new.at = new.at.max(at);
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|(_, new)| std::cmp::Reverse((new.at, new.assignment.0)));
    found
}

/// The titles of clients, from the names of their people.
pub(super) async fn titles(tx: &mut Tx, clients: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, String>> {
    let mut found: HashMap<Uuid, String> = HashMap::new();
    for client in clients {
        if found.contains_key(&client) {
            continue;
        }
        let names = all!(
            &mut *tx,
            (String,),
            "SELECT p.name FROM client_member m JOIN person p ON p.id = m.person_id
             WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
            client
        )?;
        found.insert(client, title(names.iter().map(|(name,)| name.as_str())));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_arrived_after_the_last_look_is_new() {
        let at = |minute: i64| DateTime::UNIX_EPOCH + Duration::minutes(minute);
        let (one, two, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(9));
        let row = |assignment, name: &str, minute| (assignment, other, other, name.to_owned(), at(minute));
        let arrived = vec![row(one, "A", 5), row(one, "B", 9), row(two, "A", 3)];
        let names = |found: Vec<(Uuid, NewAnswers)>| found.into_iter().map(|(_, new)| new.names).collect::<Vec<_>>();
        assert_eq!(names(group(arrived.clone(), &HashMap::new())), [vec!["A", "B"], vec!["A"]]);
        let opened = HashMap::from([(one, at(5)), (two, at(3))]);
        assert_eq!(names(group(arrived, &opened)), [vec!["B"]]);
    }
}
