//! A clinician's caseload as a list, with how everyone is getting on.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{
    adherence::Signs,
    client::{ClientKind, title},
    ids::{ClientId, PersonId},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Result,
    clients::{PortalState, in_care, portal_state},
    database::{all, on},
    practice::practice_set_up,
};

/// Somebody of a client in the caseload.
#[derive(Clone, Debug)]
pub struct CasePerson {
    pub id: PersonId,
    pub name: String,
    pub pronouns: String,
    /// Whether they can sign in; looked up by [`Clinician::signs`].
    pub portal: PortalState,
}

/// A row of the caseload.
#[derive(Clone, Debug)]
pub struct CaseRow {
    pub id: ClientId,
    pub kind: ClientKind,
    pub archived: bool,
    pub created_at: DateTime<Utc>,
    pub people: Vec<CasePerson>,
    /// The next session; looked up by [`Clinician::ahead`], like what is open.
    pub next: Option<DateTime<Utc>>,
    /// Occurrences that somebody has still to answer.
    pub open: i64,
    /// What is known of how they are getting on; looked up by
    /// [`Clinician::signs`].
    pub signs: Signs,
}

impl CaseRow {
    pub fn title(&self) -> String {
        title(self.people.iter().map(|p| p.name.as_str()))
    }
}

#[derive(FromRow)]
struct CaseClient {
    id: Uuid,
    #[sqlx(try_from = "String")]
    kind: ClientKind,
    created_at: DateTime<Utc>,
    archived_at: Option<DateTime<Utc>>,
    a_id: Option<Uuid>,
    a_name: Option<String>,
    a_pronouns: Option<String>,
    b_id: Option<Uuid>,
    b_name: Option<String>,
    b_pronouns: Option<String>,
}

/// So many clients are asked for by their ids; of more than these, the whole
/// caseload is.
const BY_ID: usize = 40;

/// A query about clients `c` of the caseload: between its two parts stands who
/// that is. `$1` is the clinician, `$2` the day, `$4` whether everyone in care
/// is meant, or else those of the forty after it who are.
macro_rules! of_these {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " (SELECT DISTINCT k.client_id AS id FROM care k WHERE k.clinician_id = $1 AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2) \
             AND ($4 OR k.client_id IN ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
             $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44))) c ",
            $rest
        )
    };
}

/// Asks such a query about rows; `$3` is an instant.
macro_rules! ask {
    ($tx:expr, $me:expr, $today:expr, $instant:expr, $rows:expr, $row:ty, $sql:expr) => {
        on!(&mut $tx, c => {
            let query = sqlx::query_as::<_, $row>($sql).bind($me.0).bind($today).bind($instant).bind($rows.len() > BY_ID);
            let ids = $rows.iter().map(|row| row.id.0).chain(std::iter::repeat(Uuid::nil())).take(BY_ID);
            ids.fold(query, |query, id| query.bind(id)).fetch_all(c).await
        })
    };
}

impl Clinician {
    /// Everyone in the caseload; [`Self::ahead`] and [`Self::signs`] tell more
    /// of those who are looked at.
    pub async fn clients(&self) -> Result<Vec<CaseRow>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        // One row for each client: a row costs more to hand over than to find.
        let rows = all!(
            &mut tx,
            CaseClient,
            in_care!(
                "SELECT c.id, c.kind, c.created_at, c.archived_at,
                        pa.id AS a_id, pa.name AS a_name, pa.pronouns AS a_pronouns, pb.id AS b_id, pb.name AS b_name, pb.pronouns AS b_pronouns
                 FROM client c
                 LEFT JOIN client_member ma ON ma.client_id = c.id AND ma.left_at IS NULL AND ma.seat = 'a' LEFT JOIN person pa ON pa.id = ma.person_id
                 LEFT JOIN client_member mb ON mb.client_id = c.id AND mb.left_at IS NULL AND mb.seat = 'b' LEFT JOIN person pb ON pb.id = mb.person_id",
                ""
            ),
            self.me().0,
            today
        )?;
        Ok(rows
            .into_iter()
            .map(|c| CaseRow {
                people: [(c.a_id, c.a_name, c.a_pronouns), (c.b_id, c.b_name, c.b_pronouns)]
                    .into_iter()
                    .filter_map(|(id, name, pronouns)| {
                        let portal = PortalState::NotInvited;
                        Some(CasePerson { id: PersonId(id?), name: name?, pronouns: pronouns?, portal })
                    })
                    .collect(),
                id: ClientId(c.id),
                kind: c.kind,
                archived: c.archived_at.is_some(),
                created_at: c.created_at,
                next: None,
                open: 0,
                signs: Signs::default(),
            })
            .collect())
    }

    /// Looks at what lies ahead of these rows of the caseload: the next
    /// session, and what somebody has still to answer.
    pub async fn ahead(&self, rows: &mut [CaseRow]) -> Result<()> {
        let mut tx = self.store().read().await?;
        let (today, now) = (self.today(&mut tx).await?, self.now());
        // What is open is counted from that, which is little, and not from all
        // there ever was.
        let found = ask!(
            tx,
            self.me(),
            today,
            now,
            rows,
            (Uuid, Option<DateTime<Utc>>, i64, bool),
            of_these!(
                "SELECT c.id,
                        (SELECT min(s.starts_at) FROM session s WHERE s.client_id = c.id AND s.starts_at > $3 AND s.state IN ('booked', 'arrived')),
                        (SELECT count(DISTINCT o.id) FROM client_member m JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                         JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                         WHERE m.client_id = c.id AND m.left_at IS NULL AND g.withdrawn_at IS NULL AND g.paused_at IS NULL
                           AND o.number = (SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id)),
                        EXISTS (SELECT 1 FROM assignment g WHERE g.client_id = c.id)
                 FROM",
                ""
            )
        )?;
        let found: HashMap<Uuid, _> = found.into_iter().map(|(id, next, open, any)| (id, (next, open, any))).collect();
        for row in rows {
            let (next, open, any) = found.get(&row.id.0).copied().unwrap_or_default();
            (row.next, row.open) = (next, open);
            (row.signs.any, row.signs.has_session) = (any, next.is_some());
        }
        Ok(())
    }

    /// Who of the caseload said of something open that it does not feel safe.
    pub async fn not_safe(&self) -> Result<Vec<(ClientId, String)>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            in_care!(
                "SELECT DISTINCT c.id, p.name FROM client c JOIN assignment g ON g.client_id = c.id AND g.withdrawn_at IS NULL JOIN occurrence o ON o.assignment_id = g.id
                 JOIN response r ON r.occurrence_id = o.id AND r.not_now = 'not_safe' AND r.submitted_at IS NULL JOIN person p ON p.id = r.person_id",
                "AND c.archived_at IS NULL ORDER BY p.name"
            ),
            self.me().0,
            today
        )?;
        Ok(rows.into_iter().map(|(client, name)| (ClientId(client), name)).collect())
    }

    /// Looks at how these rows of the caseload are getting on: at who can sign
    /// in, at what lies [ahead](Self::ahead), and at the last four weeks: what
    /// was given in them and what repeats, not all there ever was.
    pub async fn signs(&self, rows: &mut [CaseRow]) -> Result<()> {
        self.ahead(rows).await?;
        let mut tx = self.store().read().await?;
        let (today, now) = (self.today(&mut tx).await?, self.now());
        let zone = practice_set_up(&mut tx).await?.zone;
        let mut signs: HashMap<Uuid, Signs> = rows.iter().map(|row| (row.id.0, row.signs)).collect();
        let since = now - Duration::weeks(4);
        macro_rules! ask_these {
            ($row:ty, $sql:expr) => {
                ask!(tx, self.me(), today, since, rows, $row, $sql)
            };
        }
        // `(1 = 1)`: an index on a column that is compared is used further.
        let turns = ask_these!(
            (Uuid, i64, i64),
            concat!(
                "SELECT t.id, CAST(sum(t.asked) AS bigint), CAST(sum(t.done) AS bigint) FROM (",
                of_these!(
                    "SELECT c.id, count(*) AS asked, count(r.submitted_at) AS done FROM",
                    "JOIN assignment g ON g.client_id = c.id AND g.assigned_at >= $3 AND NOT g.repeats
                     JOIN occurrence o ON o.assignment_id = g.id AND o.made_at >= $3 JOIN response r ON r.occurrence_id = o.id
                     WHERE g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL GROUP BY c.id"
                ),
                " UNION ALL ",
                of_these!(
                    "SELECT c.id, count(*) AS asked, count(r.submitted_at) AS done FROM",
                    "JOIN assignment g ON g.client_id = c.id AND g.repeats = (1 = 1)
                     JOIN occurrence o ON o.assignment_id = g.id AND o.made_at >= $3 AND (o.opens_on IS NULL OR o.opens_on <= $2) JOIN response r ON r.occurrence_id = o.id
                     WHERE g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL GROUP BY c.id"
                ),
                ") t GROUP BY t.id"
            )
        )?;
        for (client, asked, done) in turns {
            let sign = signs.entry(client).or_default();
            (sign.asked, sign.done) = (asked, done);
        }
        // What somebody sent as another client's is not told here; for whoever
        // belongs to one client only, an index answers.
        let last = ask_these!(
            (Uuid, Option<DateTime<Utc>>),
            of_these!(
                "SELECT c.id, max(CASE WHEN (SELECT count(*) FROM client_member x WHERE x.person_id = m.person_id) = 1
                              THEN (SELECT max(r.submitted_at) FROM response r WHERE r.person_id = m.person_id)
                              ELSE (SELECT max(r.submitted_at) FROM response r JOIN occurrence o ON o.id = r.occurrence_id
                                    JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id WHERE r.person_id = m.person_id) END)
                 FROM",
                "JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL GROUP BY c.id"
            )
        )?;
        for (client, at) in last {
            signs.entry(client).or_default().last = at.map(|at| zone::today(at, &zone));
        }
        // From what is open, which is little; not from all mails that ever went.
        let out = ask_these!(
            (Uuid,),
            of_these!(
                "SELECT DISTINCT c.id FROM",
                "JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                 JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                 WHERE (SELECT count(*) FROM message x WHERE x.occurrence_id = r.occurrence_id AND x.person_id = r.person_id
                        AND x.kind = 'nudge' AND x.state = 'sent' AND x.sent_at >= $3) >= 2"
            )
        )?;
        for (client,) in out {
            signs.entry(client).or_default().nudged_out = true;
        }
        let access = ask_these!(
            (Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
            of_these!(
                "SELECT u.person_id, u.password_changed_at, (SELECT max(i.expires_at) FROM invitation i WHERE i.account_id = u.id AND i.revoked_at IS NULL) FROM",
                "JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN account u ON u.person_id = m.person_id"
            )
        )?;
        let access: HashMap<Uuid, PortalState> = access
            .into_iter()
            .map(|(person, password, expires)| (person, portal_state(password, expires, now)))
            .collect();
        for row in rows {
            row.signs = signs.remove(&row.id.0).unwrap_or_default();
            for person in &mut row.people {
                person.portal = access.get(&person.id.0).copied().unwrap_or(PortalState::NotInvited);
            }
        }
        Ok(())
    }
}
