//! What falls due by the calendar: occurrences of exercises that repeat, the
//! next exercise of a pathway, and sessions of series without an end; what a
//! change of the lead times left to be planned anew; and, at the start, what a
//! newer zone database means for what is booked. Any number of processes may
//! look at once; the store makes each thing once.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use crate::state::AppState;

/// How often the calendar is looked at.
const LOOK: Duration = Duration::from_secs(60);

/// Makes what falls due until told to stop.
pub async fn run(state: AppState, stop: CancellationToken) {
    // The zone database is of this program, and does not change while it runs.
    let mut derived = false;
    loop {
        derived = derived || derive_anew(&state).await;
        round(&state).await;
        tokio::select! {
            () = stop.cancelled() => break,
            () = sleep(LOOK) => {}
        }
    }
}

/// Looks at what is booked ahead with the zone database of this program;
/// `false`: it is to be tried again.
async fn derive_anew(state: &AppState) -> bool {
    match state.store().derive_anew().await {
        Ok(0) => {}
        Ok(sessions) => {
            let version = &domain::zone::database().version;
            warn!(sessions, version, "the rules of a time zone have changed: sessions begin at another instant");
        }
        Err(error) => {
            error!(%error, "sessions cannot be derived anew");
            return false;
        }
    }
    true
}

/// Plans reminders anew, a few in each transaction, until none are left.
async fn replan(state: &AppState) {
    let mut sessions = 0;
    loop {
        match state.store().replan_some().await {
            Ok(0) => break,
            Ok(planned) => sessions += planned,
            Err(error) => {
                error!(%error, "reminders cannot be planned anew");
                break;
            }
        }
    }
    if sessions > 0 {
        debug!(sessions, "reminders were planned anew");
    }
}

async fn round(state: &AppState) {
    replan(state).await;
    match state.store().make_occurrences().await {
        Ok(0) => {}
        Ok(made) => debug!(made, "occurrences were made"),
        Err(error) => error!(%error, "occurrences cannot be made"),
    }
    match state.store().advance_walks().await {
        Ok(0) => {}
        Ok(given) => debug!(given, "pathways went on"),
        Err(error) => error!(%error, "pathways cannot go on"),
    }
    match state.store().extend_series().await {
        Ok(0) => {}
        Ok(made) => debug!(made, "series went on"),
        Err(error) => error!(%error, "series cannot go on"),
    }
    // What was made may owe somebody a mail.
    state.wake().notify_one();
}
