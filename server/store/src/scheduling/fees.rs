//! Fees for sessions that were missed or cancelled late. A fee follows from the
//! state of the session and the attendance, and is only a suggestion, which a
//! person charges or waives, and notes when it is settled. Nothing is charged
//! here.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    ids::{ClientId, SessionId},
    practice::settings::Practice,
    scheduling::{
        attendance::{Presence, first_names},
        fee::{self, AttendanceCounts, FeeList, FeeState},
        session::SessionState,
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, Clinician, Paged, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    limits::FEES,
    unreadable::{fetched, legible},
};

/// The suggested fee for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeSuggestion {
    /// The amount as the owner wrote it, such as "60 €".
    pub amount: String,
    pub state: FeeState,
    /// The name of the person who decided; empty: nobody has decided yet.
    pub by: String,
    /// The day on which it was settled; `None`: it is not.
    pub settled_on: Option<NaiveDate>,
}

/// A fee in the list of fees.
#[derive(Clone, Debug)]
pub struct FeeView {
    pub session: SessionId,
    /// The start of the session.
    pub starts_at: DateTime<Utc>,
    pub clinician_name: String,
    /// The names of the people who were expected, as a title.
    pub title: String,
    /// The reason, such as "No-show of Yusuf".
    pub reason: String,
    /// The amount as the owner wrote it, such as "60 €".
    pub amount: String,
    pub state: FeeState,
    /// The name of the person who decided; empty: nobody has decided yet.
    pub by: String,
    /// The day on which it was settled; `None`: it is not.
    pub settled_on: Option<NaiveDate>,
}

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    made_at: DateTime<Utc>,
    starts_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    session_state: SessionState,
    clinician_name: String,
    amount: String,
    #[sqlx(try_from = "String")]
    state: FeeState,
    by_name: Option<String>,
    settled_on: Option<NaiveDate>,
}

/// The query for the columns of a [`Row`] in one list; `$rest` follows the
/// conditions. $1 is the therapist in whose scope it is read, or NULL.
macro_rules! fees {
    (@ $which:literal, $rest:literal) => {
        concat!(
            "SELECT f.session_id, f.made_at, s.starts_at, s.state AS session_state, a.display_name AS clinician_name,
                 f.amount, f.state, d.display_name AS by_name, f.settled_on
             FROM fee_suggestion f JOIN session s ON s.id = f.session_id JOIN account a ON a.id = s.clinician_id
             LEFT JOIN account d ON d.id = f.decided_by
             WHERE s.clinician_id = COALESCE($1, s.clinician_id) AND ",
            $which,
            $rest
        )
    };
    ($list:expr, $run:ident, $tx:expr, $rest:literal, $($bind:expr),*) => {
        match $list {
            FeeList::Open => {
                $run!($tx, Row, fees!(@ "f.state <> 'waived' AND f.settled_on IS NULL", $rest), $($bind),*)
            }
            FeeList::Settled => $run!($tx, Row, fees!(@ "f.settled_on IS NOT NULL", $rest), $($bind),*),
            FeeList::Waived => {
                $run!($tx, Row, fees!(@ "f.state = 'waived' AND f.settled_on IS NULL", $rest), $($bind),*)
            }
        }
    };
}

impl Store {
    /// Updates the suggested fee when a session changes its state or what is
    /// marked of its attendees. A fee that is due keeps what was decided, and
    /// one that was settled stays.
    pub(crate) async fn suggest_fee(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        state: SessionState,
        marks: &[Option<Presence>],
    ) -> Result<()> {
        if !fee::is_due(state, marks, practice.fee_if_one_absent) {
            run!(tx, "DELETE FROM fee_suggestion WHERE session_id = $1 AND settled_on IS NULL", id.0)?;
            return Ok(());
        }
        if practice.late_fee.is_empty() {
            return Ok(());
        }
        run!(
            tx,
            "INSERT INTO fee_suggestion (session_id, amount, state, made_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (session_id) DO NOTHING",
            id.0,
            &practice.late_fee,
            FeeState::Suggested.word(),
            self.now()
        )?;
        Ok(())
    }
}

impl Bookings {
    /// The suggested fee for a session; `None`: there is none, or the session
    /// is not in this scope.
    pub async fn fee(&self, id: SessionId) -> Result<Option<FeeSuggestion>> {
        let mut tx = self.store().read().await?;
        if self.find(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        let row = maybe!(
            &mut tx,
            (String, String, Option<String>, Option<NaiveDate>),
            "SELECT f.amount, f.state, a.display_name, f.settled_on
             FROM fee_suggestion f LEFT JOIN account a ON a.id = f.decided_by
             WHERE f.session_id = $1",
            id.0
        )?;
        row.map(|(amount, state, by, settled_on)| {
            Ok(FeeSuggestion { amount, state: state.parse()?, by: by.unwrap_or_default(), settled_on })
        })
        .transpose()
    }

    /// A page of the fees of one list in this scope, the latest first.
    pub async fn fees(&self, list: FeeList, after: Option<After>) -> Result<Paged<FeeView>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let rows = fees!(
            list,
            fetched,
            &mut tx,
            " AND (f.made_at, f.session_id) < ($2, $3) ORDER BY f.made_at DESC, f.session_id DESC LIMIT $4",
            self.only.map(|a| a.0),
            after.at,
            after.id,
            FEES + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, FEES, |row| After::new(row.made_at, row.session_id));
        Ok(Paged { rows: with_people(&mut tx, rows).await?, more })
    }

    /// All fees of one list in this scope, the latest first, for a file; the
    /// export is recorded in the audit log.
    pub async fn export_fees(&self, list: FeeList) -> Result<Vec<FeeView>> {
        let mut tx = self.store().read().await?;
        let rows =
            fees!(list, legible, &mut tx, " ORDER BY f.made_at DESC, f.session_id DESC", self.only.map(|a| a.0))?;
        let fees = with_people(&mut tx, rows).await?;
        self.store().record_opening(tx, Act::by(self.me(), AuditAction::Exported, AuditThing::Fees)).await?;
        Ok(fees)
    }

    /// Charges or waives a suggested fee, or opens the decision again. `false`:
    /// there is none, it is settled, or the session is not in this scope.
    pub async fn decide_fee(&self, id: SessionId, state: FeeState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(false) };
        let decided = (state != FeeState::Suggested).then(|| self.me().0);
        let changed = run!(
            &mut tx,
            "UPDATE fee_suggestion SET state = $1, decided_by = $2, decided_at = $3
             WHERE session_id = $4 AND settled_on IS NULL",
            state.word(),
            decided,
            decided.map(|_| self.now()),
            id.0
        )?;
        if changed > 0 {
            self.store()
                .record(&mut tx, Act::by(self.me(), state.into(), AuditThing::Fee).id(id.0).client(session.client.0))
                .await?;
            tx.commit().await?;
        }
        Ok(changed > 0)
    }

    /// Notes the day on which a fee was settled, which also charges it; `None`:
    /// it is not settled after all. `false`: there is no such fee, it is waived,
    /// or the session is not in this scope.
    pub async fn settle_fee(&self, id: SessionId, on: Option<NaiveDate>) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(false) };
        let now = self.now();
        let changed = run!(
            &mut tx,
            "UPDATE fee_suggestion SET settled_on = $1, settled_by = $2, settled_at = $3, state = 'kept',
                 decided_by = COALESCE(decided_by, $4), decided_at = COALESCE(decided_at, $5)
             WHERE session_id = $6 AND state <> 'waived' AND ($1 IS NOT NULL OR settled_on IS NOT NULL)",
            on,
            on.map(|_| self.me().0),
            on.map(|_| now),
            self.me().0,
            now,
            id.0
        )?;
        if changed > 0 {
            let action = if on.is_some() { AuditAction::Settled } else { AuditAction::Reopened };
            self.store()
                .record(&mut tx, Act::by(self.me(), action, AuditThing::Fee).id(id.0).client(session.client.0))
                .await?;
            tx.commit().await?;
        }
        Ok(changed > 0)
    }
}

/// The fees with the names of the people who were expected.
async fn with_people(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<FeeView>> {
    let made = || rows.iter().map(|row| row.made_at);
    let (Some(first), Some(last)) = (made().min(), made().max()) else { return Ok(vec![]) };
    let people = all!(
        tx,
        (Uuid, String, Option<String>),
        "SELECT f.session_id, p.name, t.presence
         FROM fee_suggestion f JOIN session_attendee t ON t.session_id = f.session_id
         JOIN session s ON s.id = f.session_id JOIN person p ON p.id = t.person_id
         LEFT JOIN client_member m ON m.client_id = s.client_id AND m.person_id = p.id
         WHERE f.made_at >= $1 AND f.made_at <= $2 ORDER BY m.seat, p.id",
        first,
        last
    )?;
    let mut by_session: HashMap<Uuid, Vec<(String, Option<Presence>)>> = HashMap::new();
    for (session, name, presence) in people {
        let presence = presence.and_then(|word| word.parse().ok());
        by_session.entry(session).or_default().push((name, presence));
    }
    let view = |row: Row| {
        let people = by_session.remove(&row.session_id).unwrap_or_default();
        let names: Vec<&str> = people.iter().map(|(name, _)| name.as_str()).collect();
        let short = first_names(&names);
        let is_absent = |n: usize| people.get(n).is_some_and(|(_, presence)| *presence == Some(Presence::Absent));
        let absent: Vec<&str> =
            short.iter().enumerate().filter(|(n, _)| is_absent(*n)).map(|(_, name)| name.as_str()).collect();
        FeeView {
            session: SessionId(row.session_id),
            starts_at: row.starts_at,
            clinician_name: row.clinician_name,
            title: domain::clients::client::title(names),
            reason: fee::reason(row.session_state, &absent),
            amount: row.amount,
            state: row.state,
            by: row.by_name.unwrap_or_default(),
            settled_on: row.settled_on,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

impl Clinician {
    /// How many of a client's sessions in the last year took place, were
    /// missed, or were cancelled late. All zero for a client outside the
    /// caseload.
    pub async fn attendance(&self, client: ClientId) -> Result<AttendanceCounts> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(AttendanceCounts::default());
        }
        let since: DateTime<Utc> = self.now() - Duration::days(365);
        let rows = all!(
            &mut tx,
            (String, i64),
            "SELECT state, count(*) FROM session
             WHERE client_id = $1 AND starts_at > $2 AND starts_at <= $3
                AND state IN ('completed', 'no_show', 'late_cancelled') GROUP BY state",
            client.0,
            since,
            self.now()
        )?;
        let of = |state: SessionState| rows.iter().find(|(word, _)| word == state.word()).map_or(0, |(_, n)| *n);
        Ok(AttendanceCounts {
            took_place: of(SessionState::Completed),
            missed: of(SessionState::NoShow),
            cancelled_late: of(SessionState::LateCancelled),
        })
    }
}
