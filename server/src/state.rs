//! What all requests of the process share.
//!
//! There are two types, on purpose. Handlers get [`Site`], which has no data. The
//! store is in [`AppState`], which only the guards, the worker and the command line
//! have. A handler without a guard therefore cannot show any data.

use std::sync::Arc;

use axum::Router;
use store::Store;
use tokio::sync::Notify;

use crate::{assets::Assets, config::Config, host::OwnAddress, lanes::Lanes, metrics::Metrics, password::Hasher};

/// What the rest of the server asks of the table of routes ([`crate::routes`]). They
/// are functions because the table names every handler, so that nothing that a
/// handler uses can import it.
#[derive(Clone, Copy)]
pub struct RouteTable {
    /// Whether an address shows a page, so that a form can be opened again there.
    pub shows: fn(&str) -> bool,
    /// All routes behind their guards, without the outer layers.
    pub guarded: fn(&AppState) -> Router,
}

impl RouteTable {
    /// The table without routes, until [`crate::routes::router`] gives the state its
    /// own.
    const EMPTY: Self = Self { shows: |_| false, guarded: |_| Router::new() };
}

/// The state that handlers get with `State<Site>`: settings and helpers, no data.
#[derive(Clone)]
pub struct Site {
    pub config: Arc<Config>,
    /// The address of the settings in its parts; `None`: `base_url` is no address,
    /// and every request is refused.
    pub own: Option<Arc<OwnAddress>>,
    pub assets: Arc<Assets>,
    pub hasher: Arc<Hasher>,
    pub table: RouteTable,
}

/// The whole state, for the guards, the worker and the command line.
#[derive(Clone)]
pub struct AppState {
    site: Site,
    store: Store,
    setup_code: Arc<str>,
    wake: Arc<Notify>,
    lanes: Arc<Lanes>,
    metrics: Option<Arc<Metrics>>,
}

impl AppState {
    /// `setup_code` is the code that the page of the first run asks for.
    pub fn new(config: Config, store: Store, setup_code: &str) -> Self {
        let site = Site {
            own: OwnAddress::read(&config.base_url).map(Arc::new),
            config: Arc::new(config),
            assets: Arc::new(Assets::find()),
            hasher: Arc::new(Hasher::default()),
            table: RouteTable::EMPTY,
        };
        Self {
            site,
            store,
            setup_code: setup_code.into(),
            wake: Arc::new(Notify::new()),
            lanes: Arc::default(),
            metrics: None,
        }
    }

    /// Replaces the files that the build made by others, for tests.
    pub fn with_assets(mut self, assets: Assets) -> Self {
        self.site.assets = Arc::new(assets);
        self
    }

    /// Counts requests for Prometheus.
    pub(crate) fn with_metrics(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// What counts requests; `None`: nothing does.
    pub(crate) fn metrics(&self) -> Option<&Arc<Metrics>> {
        self.metrics.as_ref()
    }

    /// Gives the state the table of routes.
    pub(crate) fn with_table(mut self, table: RouteTable) -> Self {
        self.site.table = table;
        self
    }

    /// The part of the state that handlers may have.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The settings of the program.
    pub fn config(&self) -> &Config {
        &self.site.config
    }

    /// The code that the page of the first run asks for.
    pub fn setup_code(&self) -> &str {
        &self.setup_code
    }

    /// The signal to the worker that there may be email to send.
    pub fn wake(&self) -> &Arc<Notify> {
        &self.wake
    }

    /// The queue in which repeated submissions of one form follow each other.
    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// The store without a scope.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}
