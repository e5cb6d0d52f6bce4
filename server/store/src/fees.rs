//! What might be asked for a session that was missed or cancelled late: a
//! suggestion that follows from the state, and is kept or let go by a person.
//! Nothing is charged here.

use chrono::{DateTime, Duration, Utc};
use domain::{
    fee::{FeeState, Missed},
    ids::{ClientId, SessionId},
    practice::Practice,
    session::SessionState,
};

use crate::{
    Bookings, Clinician, Result, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
};

/// A fee that is suggested for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// As the owner wrote it: "60 €".
    pub amount: String,
    pub state: FeeState,
    /// Who decided; empty where nobody has.
    pub by: String,
}

impl Store {
    /// A session came to a state: where it was missed or cancelled late, the
    /// practice's fee is suggested; else nothing is any more.
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
    /// The fee that is suggested for a session of this scope.
    pub async fn fee(&self, id: SessionId) -> Result<Option<Suggestion>> {
        let mut tx = self.store().read().await?;
        if self.find(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        let row = maybe!(
            &mut tx,
            (String, String, Option<String>),
            "SELECT f.amount, f.state, a.display_name FROM fee_suggestion f LEFT JOIN account a ON a.id = f.decided_by WHERE f.session_id = $1",
            id.0
        )?;
        row.map(|(amount, state, by)| Ok(Suggestion { amount, state: state.parse()?, by: by.unwrap_or_default() }))
            .transpose()
    }

    /// Keeps a suggestion or lets it go. `false`: there is none.
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
            self.store().audit(&mut tx, Act::new(self.me(), state.word(), "fee", id.0, session.client.0)).await?;
            tx.commit().await?;
        }
        Ok(decided > 0)
    }
}

impl Clinician {
    /// What became of a client's sessions in the last year that did not take
    /// place as planned.
    pub async fn missed(&self, client: ClientId) -> Result<Missed> {
        let mut tx = self.store().read().await?;
        if self.own(&mut tx, client).await?.is_none() {
            return Ok(Missed::default());
        }
        let since: DateTime<Utc> = self.now() - Duration::days(365);
        let rows = all!(
            &mut tx,
            (String, i64),
            "SELECT state, count(*) FROM session WHERE client_id = $1 AND starts_at > $2 AND starts_at <= $3 AND state IN ('completed', 'no_show', 'late_cancelled') GROUP BY state",
            client.0,
            since,
            self.now()
        )?;
        let of = |state: SessionState| rows.iter().find(|(word, _)| word == state.word()).map_or(0, |(_, n)| *n);
        Ok(Missed {
            took_place: of(SessionState::Completed),
            missed: of(SessionState::NoShow),
            late: of(SessionState::LateCancelled),
        })
    }
}
