//! What the process shares.
//!
//! Two types, on purpose. Handlers get [`Site`], which holds no data; the
//! store lives in [`AppState`], which only the guards, the worker and the
//! command line hold. A handler without a guard has nothing to show.

use std::sync::Arc;

use store::Store;
use tokio::sync::Notify;

use crate::{assets::Assets, config::Config, password::Hasher};

/// What handlers may ask for with `State<Site>`: settings and helpers, no data.
#[derive(Clone)]
pub struct Site {
    pub config: Arc<Config>,
    pub assets: Arc<Assets>,
    pub hasher: Arc<Hasher>,
}

/// Everything, for the guards, the worker and the command line.
#[derive(Clone)]
pub struct AppState {
    site: Site,
    store: Store,
    setup_code: Arc<str>,
    wake: Arc<Notify>,
}

impl AppState {
    /// `setup_code` is what the first run's page asks for.
    pub fn new(config: Config, store: Store, setup_code: &str) -> Self {
        let site =
            Site { config: Arc::new(config), assets: Arc::new(Assets::find()), hasher: Arc::new(Hasher::default()) };
        Self { site, store, setup_code: setup_code.into(), wake: Arc::new(Notify::new()) }
    }

    pub fn site(&self) -> &Site {
        &self.site
    }

    pub fn config(&self) -> &Config {
        &self.site.config
    }

    pub fn setup_code(&self) -> &str {
        &self.setup_code
    }

    /// Rings when there may be mail to send.
    pub fn wake(&self) -> &Arc<Notify> {
        &self.wake
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}
