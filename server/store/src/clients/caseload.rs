//! The caseload of a clinician as a list, with signs of how the clients are
//! doing.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::client::{ClientKind, title},
    ids::{ClientId, PersonId},
    records::adherence::{DueCount, Outcome, Signs, WEEKS, outcome},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Result,
    clients::client::{PortalState, in_care, invitation_lost, portal_state},
    database::on,
    practice::settings::{practice_set_up, today},
    unreadable::legible,
};

/// A person of a client in the caseload.
#[derive(Clone, Debug)]
pub struct CasePerson {
    pub id: PersonId,
    /// The seat: 0 is A, 1 is B.
    pub seat: usize,
    pub name: String,
    pub pronouns: String,
    /// Whether an invitation can be sent by email: there is an address, and the
    /// person does not get everything through the portal only.
    pub has_address: bool,
    /// Whether they can sign in; [`Clinician::load_signs`] fills this in.
    pub portal: PortalState,
}

/// A client in the caseload.
#[derive(Clone, Debug)]
pub struct CaseRow {
    pub id: ClientId,
    pub kind: ClientKind,
    pub archived: bool,
    pub created_at: DateTime<Utc>,
    pub people: Vec<CasePerson>,
    /// The start of the next session (`None`: none is booked);
    /// [`Clinician::load_ahead`] fills this in.
    pub next: Option<DateTime<Utc>>,
    /// The start of the last session that took place (`None`: there was none);
    /// [`Clinician::load_ahead`] fills this in.
    pub last_seen: Option<DateTime<Utc>>,
    /// How many occurrences at least one person has not answered yet;
    /// [`Clinician::load_ahead`] fills this in.
    pub open: i64,
    /// What became of the exercises of the last [`WEEKS`] weeks that are due, by
    /// seat, latest first; [`Clinician::load_signs`] fills this in.
    pub outcomes: [Vec<Outcome>; 2],
    /// Signs of how the client is doing, except what is unsafe and what messages
    /// there are; [`Clinician::load_signs`] fills this in.
    pub signs: Signs,
}

impl CaseRow {
    /// The names of the client's people as a title.
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
    a_mail: bool,
    b_id: Option<Uuid>,
    b_name: Option<String>,
    b_pronouns: Option<String>,
    b_mail: bool,
}

/// One person's response to an occurrence of the last weeks: the client, the
/// seat, when the occurrence was made, and whether the response was sent, was put
/// off with a reason, and has no time left.
type Recent = (Uuid, String, DateTime<Utc>, bool, bool, bool);

/// SQL: whether the time of an occurrence `o` of an assignment `g` is over on the
/// day `$today` at the instant `$now`: a later one has begun, its last day is
/// past, or, where it is due before the next session, a session has begun since
/// it was made.
macro_rules! is_over {
    ($today:literal, $now:literal) => {
        concat!(
            "(o.number < COALESCE((SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id
                 AND (x.opens_on IS NULL OR x.opens_on <= ",
            $today,
            ")), 0)
              OR COALESCE(COALESCE(o.due_on, g.due_on) < ",
            $today,
            ", (1 = 0))
              OR (g.due = 'before_next' AND o.due_on IS NULL AND EXISTS (SELECT 1 FROM session z
                  WHERE z.client_id = g.client_id AND z.starts_at > COALESCE(o.made_at, g.assigned_at)
                      AND z.starts_at <= ",
            $now,
            " AND z.state IN ('booked', 'arrived', 'completed'))))"
        )
    };
}
pub(crate) use is_over;

/// Up to this many clients are asked for by their ids. For more, the query
/// covers the whole caseload.
const BY_ID: usize = 40;

/// SQL: a query about clients `c` of the caseload, which are put between
/// `$select` and `$rest`. `$1` is the clinician and `$2` the day. `$4` says
/// whether all clients in care are meant; otherwise those among the forty ids
/// that follow.
macro_rules! of_these {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " (SELECT DISTINCT k.client_id AS id FROM care k \
                 WHERE k.clinician_id = $1 AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2) \
             AND ($4 OR k.client_id IN ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
             $21, $22, $23, $24, \
             $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44))) c ",
            $rest
        )
    };
}

/// Runs a query of `of_these!` about rows of the caseload; its `$3` is
/// `$instant`, and its `$45` is `$now`.
macro_rules! ask {
    ($tx:expr, $me:expr, $today:expr, $instant:expr, $now:expr, $rows:expr, $row:ty, $sql:expr) => {
        on!(&mut $tx, c => {
            let query = sqlx::query_as::<_, $row>($sql).bind($me.0).bind($today).bind($instant).bind($rows.len() > BY_ID);
            let ids = $rows.iter().map(|row| row.id.0).chain(std::iter::repeat(Uuid::nil())).take(BY_ID);
            ids.fold(query, |query, id| query.bind(id)).bind($now).fetch_all(c).await
        })
    };
}

impl Clinician {
    /// All clients in the caseload, archived ones included. [`Self::load_ahead`]
    /// and [`Self::load_signs`] fill in the rest for the rows that are shown.
    pub async fn clients(&self) -> Result<Vec<CaseRow>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        // One row for each client, because fetching a row costs more than
        // finding it.
        let rows = legible!(
            &mut tx,
            CaseClient,
            in_care!(
                "SELECT c.id, c.kind, c.created_at, c.archived_at,
                        pa.id AS a_id, pa.name AS a_name, pa.pronouns AS a_pronouns,
                        (pa.email IS NOT NULL AND COALESCE(NOT pa.portal_only, (1 = 0))) AS a_mail, pb.id AS b_id,
                        pb.name AS b_name, pb.pronouns AS b_pronouns,
                        (pb.email IS NOT NULL AND COALESCE(NOT pb.portal_only, (1 = 0))) AS b_mail
                 FROM client c
                 LEFT JOIN client_member ma ON ma.client_id = c.id AND ma.left_at IS NULL AND ma.seat = 'a'
                 LEFT JOIN person pa ON pa.id = ma.person_id
                 LEFT JOIN client_member mb ON mb.client_id = c.id AND mb.left_at IS NULL AND mb.seat = 'b'
                 LEFT JOIN person pb ON pb.id = mb.person_id",
                ""
            ),
            self.me().0,
            today
        )?;
        Ok(rows
            .into_iter()
            .map(|c| CaseRow {
                people: [(c.a_id, c.a_name, c.a_pronouns, c.a_mail), (c.b_id, c.b_name, c.b_pronouns, c.b_mail)]
                    .into_iter()
                    .enumerate()
                    .filter_map(|(seat, (id, name, pronouns, has_address))| {
                        let (id, name, pronouns) = (PersonId(id?), name?, pronouns?);
                        Some(CasePerson { id, seat, name, pronouns, has_address, portal: PortalState::NotInvited })
                    })
                    .collect(),
                id: ClientId(c.id),
                kind: c.kind,
                archived: c.archived_at.is_some(),
                created_at: c.created_at,
                next: None,
                last_seen: None,
                open: 0,
                outcomes: Default::default(),
                signs: Signs::default(),
            })
            .collect())
    }

    /// Fills in the next and the last session and the number of open occurrences
    /// of these rows.
    pub async fn load_ahead(&self, rows: &mut [CaseRow]) -> Result<()> {
        let mut tx = self.store().read().await?;
        let (today, now) = (today(&mut tx, self.now()).await?, self.now());
        // Open occurrences are counted from the open responses, which are few,
        // and not from all that there ever were.
        let found = ask!(
            tx,
            self.me(),
            today,
            now,
            now,
            rows,
            (Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>, i64, bool),
            of_these!(
                "SELECT c.id,
                        (SELECT min(s.starts_at) FROM session s
                            WHERE s.client_id = c.id AND s.starts_at > $3 AND s.state IN ('booked', 'arrived')),
                        (SELECT max(s.starts_at) FROM session s
                            WHERE s.client_id = c.id AND s.starts_at <= $3 AND s.ends_at <= $3
                              AND s.state IN ('booked', 'arrived', 'completed')),
                        (SELECT count(DISTINCT o.id) FROM client_member m
                            JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                            JOIN occurrence o ON o.id = r.occurrence_id
                            JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                            WHERE m.client_id = c.id AND m.left_at IS NULL AND g.withdrawn_at IS NULL
                              AND g.paused_at IS NULL
                              AND o.number = (SELECT max(x.number) FROM occurrence x WHERE x.assignment_id = g.id)),
                        EXISTS (SELECT 1 FROM assignment g WHERE g.client_id = c.id)
                 FROM",
                ""
            )
        )?;
        let found: HashMap<Uuid, _> =
            found.into_iter().map(|(id, next, last, open, any)| (id, (next, last, open, any))).collect();
        for row in rows {
            let (next, last, open, any) = found.get(&row.id.0).copied().unwrap_or_default();
            (row.next, row.last_seen, row.open) = (next, last, open);
            (row.signs.had_exercise, row.signs.has_session) = (any, next.is_some());
        }
        Ok(())
    }

    /// Fills in how the clients of these rows are doing: who can sign in, the
    /// sessions and the open occurrences ([`Self::load_ahead`]), and the last
    /// [`WEEKS`] weeks. Of these weeks it reads what was assigned in them and what
    /// repeats, not everything that there ever was.
    pub async fn load_signs(&self, rows: &mut [CaseRow]) -> Result<()> {
        self.load_ahead(rows).await?;
        let mut tx = self.store().read().await?;
        let (today, now) = (today(&mut tx, self.now()).await?, self.now());
        let zone = practice_set_up(&mut tx).await?.zone;
        let mut signs: HashMap<Uuid, Signs> = rows.iter().map(|row| (row.id.0, row.signs)).collect();
        let since = now - Duration::weeks(WEEKS);
        macro_rules! ask_these {
            ($row:ty, $sql:expr) => {
                ask!(tx, self.me(), today, since, now, rows, $row, $sql)
            };
        }
        macro_rules! responses {
            ($assignments:literal, $begun:literal) => {
                concat!(
                    "SELECT c.id, m.seat, o.made_at, (r.submitted_at IS NOT NULL), (r.not_now IS NOT NULL), ",
                    is_over!("$2", "$45"),
                    of_these!(" FROM", ""),
                    $assignments,
                    " JOIN occurrence o ON o.assignment_id = g.id AND o.made_at >= $3",
                    $begun,
                    " JOIN response r ON r.occurrence_id = o.id
                     JOIN client_member m ON m.client_id = c.id AND m.person_id = r.person_id AND m.left_at IS NULL
                     WHERE g.withdrawn_at IS NULL OR r.submitted_at IS NOT NULL"
                )
            };
        }
        // `g.repeats = (1 = 1)` and not `g.repeats`: an index on several
        // columns is used as far as its columns are compared with a value.
        let recent = ask_these!(
            Recent,
            concat!(
                responses!("JOIN assignment g ON g.client_id = c.id AND g.assigned_at >= $3 AND NOT g.repeats", ""),
                " UNION ALL ",
                responses!(
                    "JOIN assignment g ON g.client_id = c.id AND g.repeats = (1 = 1)",
                    " AND (o.opens_on IS NULL OR o.opens_on <= $2)"
                )
            )
        )?;
        let mut outcomes = recent_outcomes(recent);
        for (client, [a, b]) in &outcomes {
            signs.entry(*client).or_default().count = DueCount::of(a.iter().chain(b).copied());
        }
        // A response that belongs to another client does not count here. For a
        // person who belongs to only one client an index answers.
        let last = ask_these!(
            (Uuid, Option<DateTime<Utc>>),
            of_these!(
                "SELECT c.id, max(CASE WHEN (SELECT count(*) FROM client_member x WHERE x.person_id = m.person_id) = 1
                              THEN (SELECT max(r.submitted_at) FROM response r WHERE r.person_id = m.person_id)
                              ELSE (SELECT max(r.submitted_at) FROM response r
                                    JOIN occurrence o ON o.id = r.occurrence_id
                                    JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                                    WHERE r.person_id = m.person_id) END)
                 FROM",
                "JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL GROUP BY c.id"
            )
        )?;
        for (client, at) in last {
            signs.entry(client).or_default().last_sent = at.map(|at| zone::date_of(at, &zone));
        }
        // Counted from the open responses, which are few, and not from all
        // emails that were ever sent.
        let out = ask_these!(
            (Uuid,),
            of_these!(
                "SELECT DISTINCT c.id FROM",
                "JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
                 JOIN response r ON r.person_id = m.person_id AND r.submitted_at IS NULL
                 JOIN occurrence o ON o.id = r.occurrence_id
                 JOIN assignment g ON g.id = o.assignment_id AND g.client_id = c.id
                 WHERE (SELECT count(*) FROM email x
                     WHERE x.occurrence_id = r.occurrence_id AND x.person_id = r.person_id
                        AND x.kind = 'nudge' AND x.state = 'sent' AND x.sent_at >= $3) >= 2"
            )
        )?;
        for (client,) in out {
            signs.entry(client).or_default().nudges_ended = true;
        }
        let access = ask_these!(
            (Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>, bool),
            concat!(
                "SELECT u.person_id, u.password_changed_at,
                     (SELECT max(i.expires_at) FROM invitation i WHERE i.account_id = u.id AND i.revoked_at IS NULL), ",
                invitation_lost!("u.id"),
                of_these!(
                    " FROM",
                    "JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
                     JOIN account u ON u.person_id = m.person_id"
                )
            )
        )?;
        let access: HashMap<Uuid, PortalState> = access
            .into_iter()
            .map(|(person, password, expires, lost)| (person, portal_state(password, expires, lost, now)))
            .collect();
        for row in rows {
            for person in &mut row.people {
                person.portal = access.get(&person.id.0).copied().unwrap_or(PortalState::NotInvited);
            }
            row.signs = signs.get(&row.id.0).copied().unwrap_or_default();
            row.signs.signed_in = row.people.iter().any(|person| person.portal == PortalState::Active);
            row.outcomes = outcomes.remove(&row.id.0).unwrap_or_default();
        }
        Ok(())
    }
}

/// What became of responses by client and seat, the latest first. A response that
/// still has time is left out.
fn recent_outcomes(mut rows: Vec<Recent>) -> HashMap<Uuid, [Vec<Outcome>; 2]> {
    rows.sort_by_key(|(_, _, made_at, ..)| std::cmp::Reverse(*made_at));
    let mut found: HashMap<Uuid, [Vec<Outcome>; 2]> = HashMap::new();
    for (client, seat, _, sent, put_off, is_over) in rows {
        found.entry(client).or_default()[usize::from(seat == "b")].extend(outcome(sent, put_off, is_over));
    }
    found
}
