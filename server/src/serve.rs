//! Start and stop.
//!
//! A stop is quiet: no new requests, the running ones are finished, the
//! worker gives its claims back, the database is closed.

use std::{net::SocketAddr, time::Duration};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use store::{Address, Clock, Keys, Store};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, ConfigError},
    jobs, library, outbox, routes,
    state::AppState,
};

/// How long running requests, and then the worker, may take to finish.
const FAREWELL: Duration = Duration::from_secs(20);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Key(#[from] store::KeyFileError),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error("{0}")]
    Refused(String),
}

/// Opens the practice's database with its key, brings the shipped exercises
/// into it, and draws the code of the first run.
pub async fn open(config: &Config, clock: Clock) -> Result<(Store, String), StartError> {
    let address: Address = config.address()?;
    let keys = Keys::load(&config.key_file, !store::has_vault(&address).await?)?;
    let code = setup_code(&keys, &clock);
    let store = Store::open(&address, keys, clock).await?;
    let documents = library::documents()
        .map_err(|e| StartError::Refused(format!("the library of exercises cannot be read: {e}")))?;
    store.load_library(&documents).await?;
    let pathways =
        library::pathways().map_err(|e| StartError::Refused(format!("the library of pathways cannot be read: {e}")))?;
    store.load_pathways(&pathways).await?;
    Ok((store, code))
}

/// Twenty characters that read well aloud: 100 bits that nobody can guess
/// without the key file.
fn setup_code(keys: &Keys, clock: &Clock) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let secret = Sha256::digest(keys.token("set-up code", clock.id()));
    let letters: Vec<char> = secret.iter().take(20).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A server that runs.
pub struct Running {
    pub addr: SocketAddr,
    /// For the terminal, where the practice is not set up yet.
    pub setup_code: Option<String>,
    pub state: AppState,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    worker: JoinHandle<()>,
    jobs: JoinHandle<()>,
    worker_stop: CancellationToken,
}

/// Opens everything and begins to answer. Port 0 takes any free one.
pub async fn serve(config: Config, clock: Clock) -> Result<Running, StartError> {
    let (store, code) = open(&config, clock).await?;
    serve_store(config, store, &code).await
}

/// The same with a store that is open already.
pub async fn serve_store(config: Config, store: Store, code: &str) -> Result<Running, StartError> {
    // A second time in one process it is set already.
    let _ = any_spawner::Executor::init_tokio();
    let listen = config.listen;
    let is_set_up = store.practice().await?.is_some();
    let listener = TcpListener::bind(listen).await.map_err(|e| StartError::Listen(listen, e))?;
    let addr = listener.local_addr().map_err(|e| StartError::Listen(listen, e))?;
    let state = AppState::new(config, store, code);
    let (stop, worker_stop) = (CancellationToken::new(), CancellationToken::new());
    let service = routes::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn({
        let stop = stop.clone();
        async move { axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await }
    });
    let worker = tokio::spawn(outbox::run(state.clone(), worker_stop.clone()));
    let jobs = tokio::spawn(jobs::run(state.clone(), worker_stop.clone()));
    let setup_code = (!is_set_up).then(|| code.to_owned());
    Ok(Running { addr, setup_code, state, stop, server, worker, jobs, worker_stop })
}

impl Running {
    /// Stops when the process is told to (SIGTERM, SIGINT), or when the server
    /// ends by itself.
    pub async fn until_told(mut self) {
        tokio::select! {
            () = told() => tracing::info!("stopping"),
            ended = &mut self.server => {
                tracing::error!(?ended, "the server ended");
                self.server = tokio::spawn(async { Ok(()) });
            }
        }
        self.stop().await;
    }

    /// Finishes what runs and closes the database.
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

    pub fn now(&self) -> DateTime<Utc> {
        self.state.store().now()
    }
}

/// Waits for SIGTERM or SIGINT.
async fn told() {
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
    fn a_code_reads_well_and_is_another_each_time() {
        let keys = Keys::new(&[3; 32]);
        let (one, two) = (setup_code(&keys, &Clock::System), setup_code(&keys, &Clock::System));
        assert_eq!(one.len(), 23);
        assert!(one.chars().all(|c| c == '-' || c.is_ascii_uppercase() || ('2'..='9').contains(&c)));
        assert_ne!(one, two);
    }
}
