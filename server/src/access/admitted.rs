//! What the guard hands to the extractors of a request.

use std::sync::Arc;

use store::{Store, Visitor};
use tokio::sync::Notify;

use crate::{
    route::Access,
    state::{AppState, Site},
};

/// The guard's result for a request; only the extractors of [`crate::access`] read
/// it.
#[derive(Clone)]
pub(super) struct Admitted {
    pub(super) access: Access,
    pub(super) visitor: Option<Visitor>,
    pub(super) store: Store,
    pub(super) setup_code: Arc<str>,
    pub(super) site: Site,
    pub(super) wake: Arc<Notify>,
}

impl Admitted {
    /// What a visitor holds on a route of this class.
    pub(super) fn new(state: &AppState, access: Access, visitor: Option<Visitor>, store: Store) -> Self {
        Self {
            access,
            visitor,
            store,
            setup_code: state.setup_code().into(),
            site: state.site().clone(),
            wake: state.wake().clone(),
        }
    }
}
