//! Fees for sessions that were missed or cancelled late. A fee follows from the
//! state of the session and is only a suggestion, which a person keeps or
//! waives. Nothing is charged here.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{ClientId, SessionId},
    practice::settings::Practice,
    scheduling::{
        fee::{AttendanceCounts, FeeState},
        session::SessionState,
    },
};

use crate::{
    Bookings, Clinician, Result, Store, Tx,
    audit::{Act, AuditThing},
    clients::client,
    database::{all, maybe, run},
};

/// The suggested fee for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeSuggestion {
    /// The amount as the owner wrote it, such as "60 €".
    pub amount: String,
    pub state: FeeState,
    /// The name of the person who decided; empty: nobody has decided yet.
    pub by: String,
}

impl Store {
    /// Updates the suggested fee when a session changes its state. A session
    /// that was missed or cancelled late gets the practice's fee; any other
    /// session gets none.
    pub(crate) async fn suggest_fee(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        id: SessionId,
        state: SessionState,
    ) -> Result<()> {
        run!(tx, "DELETE FROM fee_suggestion WHERE session_id = $1", id.0)?;
        if matches!(state, SessionState::NoShow | SessionState::LateCancelled) && !practice.late_fee.is_empty() {
            run!(
                tx,
                "INSERT INTO fee_suggestion (session_id, amount, state, made_at) VALUES ($1, $2, $3, $4)",
                id.0,
                &practice.late_fee,
                FeeState::Suggested.word(),
                self.now()
            )?;
        }
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
            (String, String, Option<String>),
            "SELECT f.amount, f.state, a.display_name FROM fee_suggestion f LEFT JOIN account a ON a.id = f.decided_by
             WHERE f.session_id = $1",
            id.0
        )?;
        row.map(|(amount, state, by)| Ok(FeeSuggestion { amount, state: state.parse()?, by: by.unwrap_or_default() }))
            .transpose()
    }

    /// Keeps or waives a suggested fee. `false`: there is none, or the session
    /// is not in this scope.
    pub async fn decide_fee(&self, id: SessionId, state: FeeState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(false) };
        let decided = run!(
            &mut tx,
            "UPDATE fee_suggestion SET state = $1, decided_by = $2, decided_at = $3 WHERE session_id = $4",
            state.word(),
            self.me().0,
            self.now(),
            id.0
        )?;
        if decided > 0 {
            self.store()
                .record(&mut tx, Act::by(self.me(), state.into(), AuditThing::Fee).id(id.0).client(session.client.0))
                .await?;
            tx.commit().await?;
        }
        Ok(decided > 0)
    }
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
