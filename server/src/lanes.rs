//! The order in which submissions of one form are answered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// The queue in which submissions of one form to this process follow each other.
/// (Between processes the database sees to it: `Store::of_one_press`.)
#[derive(Default)]
pub(crate) struct Lanes(Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>);

impl Lanes {
    /// Waits for the turn of a submission of this form.
    pub(crate) async fn enter(&self, press: Uuid) -> OwnedMutexGuard<()> {
        let lane = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
            Arc::clone(lanes.entry(press).or_default())
        };
        lane.lock_owned().await
    }
}
