//! Start and stop of the server.
//!
//! A stop loses nothing: no new requests are accepted, running ones are finished,
//! the worker gives its claimed emails back, and the database is closed.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use store::{Address, Clock, Keys, Store};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    audit_heads,
    config::{Config, ConfigError},
    connections::{self, Limits, Places},
    jobs, library, metrics, note_templates, outbox, routes,
    state::AppState,
};

/// How long the running requests, and then the worker, may take to finish at a
/// stop.
const FAREWELL: Duration = Duration::from_secs(20);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The key file cannot be read or written.
    #[error(transparent)]
    Key(#[from] store::KeyFileError),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The address cannot be listened on.
    #[error("{}", cannot_listen(*.0, .1))]
    Listen(SocketAddr, std::io::Error),
    /// Another reason, in words.
    #[error("{0}")]
    Refused(String),
}

/// Why an address cannot be listened on, and how to choose another.
fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> String {
    if error.kind() != std::io::ErrorKind::AddrInUse {
        return format!("cannot listen on {address}: {error}");
    }
    let next = match address.port().checked_add(1) {
        Some(port) => SocketAddr::new(address.ip(), port),
        None => SocketAddr::new(address.ip(), 3000),
    };
    format!(
        "port {} is used by another program: stop that one, or take another port with DUOLOGUE_LISTEN={next} DUOLOGUE_BASE_URL=http://localhost:{}",
        address.port(),
        next.port()
    )
}

/// Binds the address before anything else is opened: requests then wait until the
/// server answers them.
pub async fn listen(config: &Config) -> Result<TcpListener, StartError> {
    TcpListener::bind(config.listen).await.map_err(|e| StartError::Listen(config.listen, e))
}

/// Opens the practice's database with its key, loads the exercises and pathways of
/// the program into it, and returns the store and the code for the first run.
pub async fn open(config: &Config, clock: Clock) -> Result<(Store, String), StartError> {
    let address: Address = config.address()?;
    if let Some(copy) = store::copy_before_upgrade(&address).await? {
        tracing::info!(copy = %copy.display(), "the database was copied before its schema is changed");
    }
    let is_new = !store::has_vault(&address).await?;
    let keys = Keys::load(&config.key_file, is_new)?;
    let code = setup_code(&keys, &clock);
    let store = Store::open(&address, keys, clock).await?;
    if is_new && let Err(error) = audit_heads::set_aside(config) {
        tracing::warn!(%error, "what was noted of another audit log cannot be set aside");
    }
    let documents = library::documents()
        .map_err(|e| StartError::Refused(format!("the library of exercises cannot be read: {e}")))?;
    store.load_library(&documents).await?;
    let pathways =
        library::pathways().map_err(|e| StartError::Refused(format!("the library of pathways cannot be read: {e}")))?;
    store.load_pathways(&pathways).await?;
    let intake =
        library::intake_list().map_err(|e| StartError::Refused(format!("the intake list cannot be read: {e}")))?;
    store.load_intake_list(&intake).await?;
    let templates = note_templates::templates()
        .map_err(|e| StartError::Refused(format!("the note templates cannot be read: {e}")))?;
    store.load_note_templates(&templates).await?;
    Ok((store, code))
}

/// A code of twenty characters that are easy to read aloud: 100 bits, which nobody
/// can guess without the key file.
fn setup_code(keys: &Keys, clock: &Clock) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let secret = Sha256::digest(keys.token("set-up code", clock.id()));
    let letters: Vec<char> = secret.iter().take(20).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A running server.
pub struct Running {
    pub addr: SocketAddr,
    /// The code for the terminal; `None`: the practice is set up already.
    pub setup_code: Option<String>,
    pub state: AppState,
    places: Arc<Places>,
    stop: CancellationToken,
    server: JoinHandle<()>,
    worker: JoinHandle<()>,
    jobs: JoinHandle<()>,
    worker_stop: CancellationToken,
}

/// Opens the database and starts to answer. Port 0 in the settings takes any free
/// port.
pub async fn serve(config: Config, clock: Clock) -> Result<Running, StartError> {
    let listener = listen(&config).await?;
    let (store, code) = open(&config, clock).await?;
    serve_store(config, listener, store, &code).await
}

/// Starts to answer with a store that is open already.
pub async fn serve_store(
    config: Config,
    listener: TcpListener,
    store: Store,
    code: &str,
) -> Result<Running, StartError> {
    // The second call in one process changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    let is_set_up = store.guest().practice().await?.is_some();
    let addr = listener.local_addr().map_err(|e| StartError::Listen(config.listen, e))?;
    let metrics = match config.metrics.listen {
        Some(address) => {
            let listener = metrics::listen(address).await.map_err(|e| StartError::Listen(address, e))?;
            let metrics = metrics::Metrics::new().map_err(|e| StartError::Refused(e.to_string()))?;
            Some((listener, Arc::new(metrics)))
        }
        None => None,
    };
    let mut state = AppState::new(config, store, code);
    let (stop, worker_stop) = (CancellationToken::new(), CancellationToken::new());
    if let Some((listener, metrics)) = metrics {
        state = state.with_metrics(Arc::clone(&metrics));
        tokio::spawn(metrics::serve(listener, metrics, state.store().clone(), stop.clone()));
    }
    let places = Arc::new(Places::new(Limits::new(state.config(), connections::open_files())));
    tracing::info!(
        base_url = state.config().base_url,
        connections = places.limits().most,
        "answering requests for this address and no other"
    );
    let router = routes::router(state.clone());
    let server = tokio::spawn(connections::serve(listener, router, Arc::clone(&places), stop.clone()));
    let worker = tokio::spawn(outbox::run(state.clone(), worker_stop.clone()));
    let jobs = tokio::spawn(jobs::run(state.clone(), worker_stop.clone()));
    let setup_code = (!is_set_up).then(|| code.to_owned());
    Ok(Running { addr, setup_code, state, places, stop, server, worker, jobs, worker_stop })
}

impl Running {
    /// Runs until the process gets SIGTERM or SIGINT, or the server ends by itself;
    /// then stops.
    pub async fn until_told(mut self) {
        tokio::select! {
            () = stop_signal() => tracing::info!("stopping"),
            ended = &mut self.server => {
                tracing::error!(?ended, "the server ended");
                self.server = tokio::spawn(async {});
            }
        }
        self.stop().await;
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.places.count()
    }

    /// Finishes what is running and closes the database.
    pub async fn stop(self) {
        let Self { stop, server, worker, jobs, worker_stop, state, .. } = self;
        stop.cancel();
        let server_abort = server.abort_handle();
        if tokio::time::timeout(FAREWELL, server).await.is_err() {
            tracing::warn!("some requests were not finished in time");
            server_abort.abort();
        }
        worker_stop.cancel();
        let jobs_abort = jobs.abort_handle();
        if tokio::time::timeout(FAREWELL, jobs).await.is_err() {
            jobs_abort.abort();
        }
        let worker_abort = worker.abort_handle();
        if tokio::time::timeout(FAREWELL, worker).await.is_err() {
            tracing::warn!("the worker did not finish in time; its claims run out by themselves");
            worker_abort.abort();
        }
        state.store().close().await;
    }

    /// The present instant of the store's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.state.store().now()
    }
}

/// Waits for SIGTERM or SIGINT.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_port_in_use_names_another_port() {
        let used =
            StartError::Listen("127.0.0.1:3000".parse().unwrap(), std::io::Error::from(std::io::ErrorKind::AddrInUse));
        assert_eq!(
            used.to_string(),
            "port 3000 is used by another program: stop that one, or take another port with DUOLOGUE_LISTEN=127.0.0.1:3001 DUOLOGUE_BASE_URL=http://localhost:3001"
        );
        let other = StartError::Listen(
            "127.0.0.1:80".parse().unwrap(),
            std::io::Error::from(std::io::ErrorKind::PermissionDenied),
        );
        assert!(other.to_string().starts_with("cannot listen on 127.0.0.1:80: "), "{other}");
    }

    #[test]
    fn a_setup_code_is_readable_and_new_each_time() {
        let keys = Keys::new(&[3; 32]);
        let (one, two) = (setup_code(&keys, &Clock::System), setup_code(&keys, &Clock::System));
        assert_eq!(one.len(), 23);
        assert!(one.chars().all(|c| c == '-' || c.is_ascii_uppercase() || ('2'..='9').contains(&c)));
        assert_ne!(one, two);
    }
}
