//! A clinician's caseload as a list, with how everyone is getting on.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{
    adherence::Signs,
    client::{ClientKind, title},
    ids::ClientId,
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

/// A row of the caseload.
#[derive(Clone, Debug)]
pub struct CaseRow {
    pub id: ClientId,
    pub kind: ClientKind,
    pub archived: bool,
    pub created_at: DateTime<Utc>,
    /// Name, pronouns, whether they can sign in.
    pub people: Vec<(String, String, PortalState)>,
    pub next: Option<DateTime<Utc>>,
    /// Occurrences that somebody has still to answer.
    pub open: i64,
    /// Whether there was ever an exercise.
    pub any: bool,
    /// What is known of how they are getting on.
    pub signs: Signs,
}

impl CaseRow {
    pub fn title(&self) -> String {
        title(self.people.iter().map(|(name, ..)| name.as_str()))
    }
}

#[derive(FromRow)]
struct CaseClient {
    id: Uuid,
    #[sqlx(try_from = "String")]
    kind: ClientKind,
    created_at: DateTime<Utc>,
    archived_at: Option<DateTime<Utc>>,
    a_name: Option<String>,
    a_pronouns: Option<String>,
    a_invited: bool,
    a_password_at: Option<DateTime<Utc>>,
    a_expires_at: Option<DateTime<Utc>>,
    b_name: Option<String>,
    b_pronouns: Option<String>,
    b_invited: bool,
    b_password_at: Option<DateTime<Utc>>,
    b_expires_at: Option<DateTime<Utc>>,
    next_at: Option<DateTime<Utc>>,
    open: i64,
    given: bool,
}

/// So many clients are asked for by their ids; of more than these, the whole
/// caseload is.
const BY_ID: usize = 40;

/// `$4` for everyone in care, or else those named in the forty after it.
macro_rules! among {
    () => {
        "AND ($4 OR c.id IN ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
         $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44)) "
    };
}

impl Clinician {
    /// Everyone in the caseload; [`Self::signs`] tells how they are getting on.
    pub async fn clients(&self) -> Result<Vec<CaseRow>> {
        let mut tx = self.store().read().await?;
        let (today, now) = (self.today(&mut tx).await?, self.now());
        // One row for each client: a row costs more to hand over than to find.
        // What is open is counted from that, which is little, and not from all
        // there ever was.
        let rows = all!(
            &mut tx,
            CaseClient,
            in_care!(
                "SELECT c.id, c.kind, c.created_at, c.archived_at,
                        pa.name AS a_name, pa.pronouns AS a_pronouns, (ua.id IS NOT NULL) AS a_invited, ua.password_changed_at AS a_password_at,
                        (SELECT max(i.expires_at) FROM invitation i WHERE i.account_id = ua.id AND i.revoked_at IS NULL) AS a_expires_at,
                        pb.name AS b_name, pb.pronouns AS b_pronouns, (ub.id IS NOT NULL) AS b_invited, ub.password_changed_at AS b_password_at,
                        (SELECT max(i.expires_at) FROM invitation i WHERE i.account_id = ub.id AND i.revoked_at IS NULL) AS b_expires_at,
                        (SELECT min(s.starts_at) FROM session s WHERE s.client_id = c.id AND s.starts_at > $3 AND s.state IN ('booked', 'arrived')) AS next_at,
                        (SELECT count(DISTINCT o.id) FROM client_member m JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                         JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                         WHERE m.client_id = c.id AND m.left_at IS NULL AND g.withdrawn_at IS NULL AND g.paused_at IS NULL
                           AND o.number = (SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id)) AS open,
                        EXISTS (SELECT 1 FROM assignment g WHERE g.client_id = c.id) AS given
                 FROM client c
                 LEFT JOIN client_member ma ON ma.client_id = c.id AND ma.left_at IS NULL AND ma.seat = 'a' LEFT JOIN person pa ON pa.id = ma.person_id LEFT JOIN account ua ON ua.person_id = pa.id
                 LEFT JOIN client_member mb ON mb.client_id = c.id AND mb.left_at IS NULL AND mb.seat = 'b' LEFT JOIN person pb ON pb.id = mb.person_id LEFT JOIN account ub ON ub.person_id = pb.id",
                ""
            ),
            self.me().0,
            today,
            now
        )?;
        let portal = |invited, password_at, expires_at| match invited {
            true => portal_state(password_at, expires_at, now),
            false => PortalState::NotInvited,
        };
        Ok(rows
            .into_iter()
            .map(|c| CaseRow {
                people: [
                    (c.a_name, c.a_pronouns, portal(c.a_invited, c.a_password_at, c.a_expires_at)),
                    (c.b_name, c.b_pronouns, portal(c.b_invited, c.b_password_at, c.b_expires_at)),
                ]
                .into_iter()
                .filter_map(|(name, pronouns, portal)| Some((name?, pronouns?, portal)))
                .collect(),
                signs: Signs { any: c.given, has_session: c.next_at.is_some(), ..Signs::default() },
                id: ClientId(c.id),
                kind: c.kind,
                archived: c.archived_at.is_some(),
                created_at: c.created_at,
                next: c.next_at,
                open: c.open,
                any: c.given,
            })
            .collect())
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

    /// Looks at the last four weeks of these rows of the caseload: at what was
    /// given in them and at what repeats, not at all there ever was.
    pub async fn signs(&self, rows: &mut [CaseRow]) -> Result<()> {
        let mut tx = self.store().read().await?;
        let (today, now) = (self.today(&mut tx).await?, self.now());
        let zone = practice_set_up(&mut tx).await?.zone;
        let mut of: Vec<Uuid> = rows.iter().map(|row| row.id.0).take(BY_ID).collect();
        of.resize(BY_ID, Uuid::nil());
        let mut signs: HashMap<Uuid, Signs> = rows.iter().map(|row| (row.id.0, row.signs)).collect();
        let since = now - Duration::weeks(4);
        // Every question takes the same values in the same places.
        macro_rules! ask {
            ($row:ty, $sql:expr) => {
                on!(&mut tx, c => {
                    let query = sqlx::query_as::<_, $row>($sql).bind(self.me().0).bind(today).bind(since).bind(rows.len() > BY_ID);
                    of.iter().fold(query, |query, id| query.bind(*id)).fetch_all(c).await
                })
            };
        }
        let turns = ask!(
            (Uuid, i64, i64),
            concat!(
                "SELECT t.id, CAST(sum(t.asked) AS bigint), CAST(sum(t.done) AS bigint) FROM (",
                in_care!(
                    "SELECT c.id, count(*) AS asked, count(r.submitted_at) AS done FROM client c JOIN assignment g ON g.client_id = c.id AND g.assigned_at >= $3 AND NOT g.repeats
                     JOIN occurrence o ON o.assignment_id = g.id AND o.made_at >= $3 JOIN response r ON r.occurrence_id = o.id",
                    "AND (g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL) "
                ),
                among!(),
                "GROUP BY c.id UNION ALL ",
                in_care!(
                    "SELECT c.id, count(*) AS asked, count(r.submitted_at) AS done FROM client c JOIN assignment g ON g.client_id = c.id AND g.repeats
                     JOIN occurrence o ON o.assignment_id = g.id AND o.made_at >= $3 AND (o.opens_on IS NULL OR o.opens_on <= $2) JOIN response r ON r.occurrence_id = o.id",
                    "AND (g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL) "
                ),
                among!(),
                "GROUP BY c.id) t GROUP BY t.id"
            )
        )?;
        for (client, asked, done) in turns {
            let sign = signs.entry(client).or_default();
            (sign.asked, sign.done) = (asked, done);
        }
        // What somebody sent as another client's is not told here; for whoever
        // belongs to one client only, an index answers.
        let last = ask!(
            (Uuid, Option<DateTime<Utc>>),
            concat!(
                in_care!(
                    "SELECT c.id, max(CASE WHEN (SELECT count(*) FROM client_member x WHERE x.person_id = m.person_id) = 1
                              THEN (SELECT max(r.submitted_at) FROM response r WHERE r.person_id = m.person_id)
                              ELSE (SELECT max(r.submitted_at) FROM response r JOIN occurrence o ON o.id = r.occurrence_id
                                    JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id WHERE r.person_id = m.person_id) END)
                     FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL",
                    ""
                ),
                among!(),
                "GROUP BY c.id"
            )
        )?;
        for (client, at) in last {
            signs.entry(client).or_default().last = at.map(|at| zone::today(at, &zone));
        }
        let out = ask!(
            (Uuid,),
            concat!(
                in_care!(
                    "SELECT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                     JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                     JOIN message x ON x.occurrence_id = r.occurrence_id AND x.person_id = r.person_id AND x.kind = 'nudge' AND x.state = 'sent' AND x.sent_at >= $3",
                    ""
                ),
                among!(),
                "GROUP BY c.id, r.id HAVING count(*) >= 2"
            )
        )?;
        for (client,) in out {
            signs.entry(client).or_default().nudged_out = true;
        }
        for row in rows {
            row.signs = signs.remove(&row.id.0).unwrap_or_default();
        }
        Ok(())
    }
}
