//! A clinician's caseload as a list, with how everyone is getting on.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    adherence::Signs,
    client::{ClientKind, title},
    ids::ClientId,
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Result, Tx,
    clients::{PortalState, in_care, portal_state},
    database::all,
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
    next_at: Option<DateTime<Utc>>,
    open: i64,
    given: bool,
}

#[derive(FromRow)]
struct CasePerson {
    client_id: Uuid,
    name: String,
    pronouns: String,
    invited: bool,
    password_changed_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

impl Clinician {
    /// Everyone in the caseload, with how they are getting on.
    pub async fn caseload(&self) -> Result<Vec<CaseRow>> {
        let mut tx = self.store().read().await?;
        let mut rows = self.case_rows(&mut tx).await?;
        let (today, now) = (self.today(&mut tx).await?, self.now());
        let signs = self.signs(&mut tx, today, now).await?;
        for row in &mut rows {
            row.signs = Signs {
                any: row.any,
                has_session: row.next.is_some(),
                ..signs.get(&row.id.0).copied().unwrap_or_default()
            };
        }
        Ok(rows)
    }

    /// The same without a look at the last weeks.
    pub async fn clients(&self) -> Result<Vec<CaseRow>> {
        let mut tx = self.store().read().await?;
        self.case_rows(&mut tx).await
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

    async fn case_rows(&self, tx: &mut Tx) -> Result<Vec<CaseRow>> {
        let (today, now) = (self.today(tx).await?, self.now());
        // Few queries of one row for each: a row costs more to hand over than to
        // find. What is open is counted from that, which is little, and not
        // from all there ever was.
        let clients = all!(
            tx,
            CaseClient,
            in_care!(
                "SELECT c.id, c.kind, c.created_at, c.archived_at,
                        (SELECT min(s.starts_at) FROM session s WHERE s.client_id = c.id AND s.starts_at > $3 AND s.state IN ('booked', 'arrived')) AS next_at,
                        (SELECT count(DISTINCT o.id) FROM client_member m JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                         JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                         WHERE m.client_id = c.id AND m.left_at IS NULL AND g.withdrawn_at IS NULL AND g.paused_at IS NULL
                           AND o.number = (SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id)) AS open,
                        EXISTS (SELECT 1 FROM assignment g WHERE g.client_id = c.id) AS given
                 FROM client c",
                ""
            ),
            self.me().0,
            today,
            now
        )?;
        let people = all!(
            tx,
            CasePerson,
            in_care!(
                "SELECT c.id AS client_id, p.name, p.pronouns, (a.id IS NOT NULL) AS invited, a.password_changed_at,
                        (SELECT max(i.expires_at) FROM invitation i WHERE i.account_id = a.id AND i.revoked_at IS NULL) AS expires_at
                 FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id LEFT JOIN account a ON a.person_id = p.id",
                "ORDER BY m.seat"
            ),
            self.me().0,
            today
        )?;
        let mut of_client: HashMap<Uuid, Vec<(String, String, PortalState)>> = HashMap::new();
        for p in people {
            let state = if p.invited {
                portal_state(p.password_changed_at, p.expires_at, now)
            } else {
                PortalState::NotInvited
            };
            of_client.entry(p.client_id).or_default().push((p.name, p.pronouns, state));
        }
        Ok(clients
            .into_iter()
            .map(|c| CaseRow {
                signs: Signs::default(),
                id: ClientId(c.id),
                kind: c.kind,
                archived: c.archived_at.is_some(),
                created_at: c.created_at,
                people: of_client.remove(&c.id).unwrap_or_default(),
                next: c.next_at,
                open: c.open,
                any: c.given,
            })
            .collect())
    }

    /// What there is to see of each client of the last four weeks: from what
    /// was given in them and from what repeats, not from all there ever was.
    async fn signs(&self, tx: &mut Tx, today: NaiveDate, now: DateTime<Utc>) -> Result<HashMap<Uuid, Signs>> {
        let since = now - Duration::weeks(4);
        let zone = practice_set_up(tx).await?.zone;
        let mut signs: HashMap<Uuid, Signs> = HashMap::new();
        let turns = all!(
            tx,
            (Uuid, i64, i64),
            concat!(
                "SELECT t.id, CAST(sum(t.asked) AS bigint), CAST(sum(t.done) AS bigint) FROM (",
                in_care!(
                    "SELECT c.id, count(*) AS asked, count(r.submitted_at) AS done FROM client c JOIN assignment g ON g.client_id = c.id AND g.assigned_at >= $3 AND NOT g.repeats
                     JOIN occurrence o ON o.assignment_id = g.id AND o.made_at >= $3 JOIN response r ON r.occurrence_id = o.id",
                    "AND (g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL) GROUP BY c.id"
                ),
                " UNION ALL ",
                in_care!(
                    "SELECT c.id, count(*) AS asked, count(r.submitted_at) AS done FROM client c JOIN assignment g ON g.client_id = c.id AND g.repeats = $4
                     JOIN occurrence o ON o.assignment_id = g.id AND o.made_at >= $3 AND (o.opens_on IS NULL OR o.opens_on <= $2) JOIN response r ON r.occurrence_id = o.id",
                    "AND (g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL) GROUP BY c.id"
                ),
                ") t GROUP BY t.id"
            ),
            self.me().0,
            today,
            since,
            true
        )?;
        for (client, asked, done) in turns {
            let sign = signs.entry(client).or_default();
            sign.asked += asked;
            sign.done += done;
        }
        // What somebody sent as another client's is not told here; for whoever
        // belongs to one client only, an index answers.
        let last = all!(
            tx,
            (Uuid, Option<DateTime<Utc>>),
            in_care!(
                "SELECT c.id, max(CASE WHEN (SELECT count(*) FROM client_member x WHERE x.person_id = m.person_id) = 1
                          THEN (SELECT max(r.submitted_at) FROM response r WHERE r.person_id = m.person_id)
                          ELSE (SELECT max(r.submitted_at) FROM response r JOIN occurrence o ON o.id = r.occurrence_id
                                JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id WHERE r.person_id = m.person_id) END) FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL",
                "GROUP BY c.id"
            ),
            self.me().0,
            today
        )?;
        for (client, at) in last {
            signs.entry(client).or_default().last = at.map(|at| zone::today(at, &zone));
        }
        let out = all!(
            tx,
            (Uuid,),
            in_care!(
                "SELECT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                 JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                 JOIN message x ON x.occurrence_id = r.occurrence_id AND x.person_id = r.person_id AND x.kind = 'nudge' AND x.state = 'sent' AND x.sent_at >= $3",
                "GROUP BY c.id, r.id HAVING count(*) >= 2"
            ),
            self.me().0, today, since
        )?;
        for (client,) in out {
            signs.entry(client).or_default().nudged_out = true;
        }
        Ok(signs)
    }
}
