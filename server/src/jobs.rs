//! The periodic jobs: occurrences of exercises that repeat, the next exercise of a
//! pathway, sessions of series without an end, and forms that a new version renews; reminders that must be planned
//! again after the lead times changed; at the start, sessions whose instant changes
//! with a newer zone database; the head of the audit log; and the backup that is due. Any number of
//! processes may run them at once; the store makes each thing once.

use std::time::Duration;

use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use crate::{audit_heads::Heads, own_copies, portability::backups, state::AppState};

/// How often the jobs run.
const LOOK: Duration = Duration::from_secs(60);

/// Runs the jobs until `stop` is cancelled.
pub async fn run(state: AppState, stop: CancellationToken) {
    // The zone database is part of this program and does not change while it runs.
    let mut derived = false;
    let mut heads = Heads::default();
    // A backup takes long, and nothing else waits for it.
    let mut backup: Option<JoinHandle<()>> = None;
    let mut rekeyed = false;
    loop {
        heads.look(state.config(), state.store()).await;
        derived = derived || derive_anew(&state).await;
        seal_anew(&state, &mut rekeyed).await;
        run_once(&state).await;
        if backup.as_ref().is_none_or(JoinHandle::is_finished) {
            let state = state.clone();
            backup = Some(tokio::spawn(async move { backups::make_if_due(state.config(), state.store()).await }));
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = sleep(LOOK) => {}
        }
    }
    if let Some(backup) = backup {
        backup.abort();
    }
    // Notes what was recorded since the last round.
    heads.look(state.config(), state.store()).await;
}

/// Computes the instants of booked sessions again with the zone database of this
/// program. `false`: it failed and must be tried again.
async fn derive_anew(state: &AppState) -> bool {
    match state.store().worker().apply_new_zone_rules().await {
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

/// Seals anew what an older key has sealed: at the start, and after another process has
/// put a new key into the key file. What this server has sealed with the older one
/// meanwhile is sealed anew, too. `done`: whether it was done for the present key.
async fn seal_anew(state: &AppState, done: &mut bool) {
    let store = state.store();
    *done = *done && !store.refresh_keys();
    if *done {
        return;
    }
    match store.is_key_in_use().await {
        Ok(true) => {}
        // The key file is being copied to the other machines first.
        Ok(false) => return,
        Err(error) => return error!(%error, "whether the key was changed cannot be read"),
    }
    match store.sealed_with_older_key().await {
        Ok(0) => *done = true,
        Ok(_) => match store.seal_anew(|_| {}).await {
            Ok(rekeyed) => debug!(rekeyed.anew, "values were sealed with the new key"),
            Err(error) => error!(%error, "values cannot be sealed with the new key"),
        },
        Err(error) => error!(%error, "what an older key has sealed cannot be counted"),
    }
}

/// Plans reminders again, a few in each transaction, until none is left.
async fn replan(state: &AppState) {
    let mut sessions = 0;
    loop {
        match state.store().worker().replan_some().await {
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

/// Runs each job once.
async fn run_once(state: &AppState) {
    replan(state).await;
    match state.store().worker().make_occurrences().await {
        Ok(0) => {}
        Ok(made) => debug!(made, "occurrences were made"),
        Err(error) => error!(%error, "occurrences cannot be made"),
    }
    match state.store().worker().give_due_steps().await {
        Ok(0) => {}
        Ok(given) => debug!(given, "pathways went on"),
        Err(error) => error!(%error, "pathways cannot go on"),
    }
    match state.store().worker().extend_series().await {
        Ok(0) => {}
        Ok(made) => debug!(made, "series went on"),
        Err(error) => error!(%error, "series cannot go on"),
    }
    match state.store().worker().renew_consents().await {
        Ok(0) => {}
        Ok(asked) => debug!(asked, "people were asked to sign a new version"),
        Err(error) => error!(%error, "nobody can be asked to sign a new version"),
    }
    match own_copies::make_copies(state.store()).await {
        Ok(0) => {}
        Ok(made) => debug!(made, "copies of people's data were made"),
        Err(error) => error!(%error, "copies of people's data cannot be made"),
    }
    if let Err(error) = state.store().worker().tidy_client_imports().await {
        error!(%error, "client lists that nobody imported cannot be removed");
    }
    // Something of what was made may need an email.
    state.wake().notify_one();
}
