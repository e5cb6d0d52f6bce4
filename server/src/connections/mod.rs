//! The connections of browsers: limits on their number and on how long each may
//! take.
//!
//! The server needs no proxy before it to survive slow or silent callers. Each of
//! these ends after a time limit of its own, while all others are answered: a
//! connection that sends nothing, the head of a request that arrives in drops, a
//! connection that is kept after an answer, an answer that the caller does not
//! read. (A request whose body does not arrive ends with 503:
//! `security::with_time_limit`.) There are never more connections than the process
//! may have files open for. When all places are taken, the connection that has
//! waited longest is ended for a new one, first of all in the network with the most
//! connections: a caller who opens a thousand connections only ends their own.
//!
//! The server speaks HTTP/1.1 only: HTTP/2 is spoken by the web server with TLS
//! before it, and without TLS no browser uses it.

mod limits;
mod places;
#[cfg(test)]
mod tests;
mod watched;

use std::{
    convert::Infallible,
    io::{Error, ErrorKind},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub use self::{
    limits::{Limits, most},
    places::Places,
};
use self::{
    places::{Connection, Entry},
    watched::{Answering, Receiving, Watched},
};

/// The number of open files that the process asks for, if it may.
const WANTED: u64 = 4_096;
/// The longest head of a request, in bytes; a longer one is answered with 431.
const LONGEST_HEAD: usize = 32 * 1024;
/// How long connections that wait for a request are kept once the server stops.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long the server pauses after a connection could not be accepted.
const AFTER_A_FAULT: Duration = Duration::from_millis(200);
/// How long connections that were opened before the server stopped are still
/// accepted.
const LAST_CALL: Duration = Duration::from_millis(500);

/// How many files this process may have open. It first asks for more, as far as the
/// system allows without special rights.
pub fn open_files() -> usize {
    let now = getrlimit(Resource::Nofile);
    // `None` means no limit.
    let Some(current) = now.current else { return usize::MAX };
    let wanted = now.maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    let more = Rlimit { current: Some(wanted), maximum: now.maximum };
    let current = if wanted > current && setrlimit(Resource::Nofile, more).is_ok() { wanted } else { current };
    usize::try_from(current).unwrap_or(usize::MAX)
}

/// Accepts and answers connections until `stop` is cancelled; requests that are in
/// progress then are still answered.
pub async fn serve(listener: TcpListener, router: Router, places: Arc<Places>, stop: CancellationToken) {
    let router: Router = router.with_state(());
    // If this future is dropped, its connections end.
    let all = CancellationToken::new();
    let _end = all.clone().drop_guard();
    let accepting = async {
        loop {
            let (stream, peer) = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                taken = accept(&listener, &places) => taken,
            };
            spawn_answer(stream, peer, &router, &places, (&all, &stop)).await;
        }
        // Connections that were opened before the stop are still answered.
        let until = Instant::now() + LAST_CALL;
        while Instant::now() < until {
            let Ok(Ok((stream, peer))) = timeout(Duration::from_millis(20), listener.accept()).await else { break };
            spawn_answer(stream, peer, &router, &places, (&all, &stop)).await;
        }
        drop(listener);
        places.wait_until_empty().await;
    };
    let looking = async {
        loop {
            sleep(places.limits().check_interval()).await;
            places.end_overdue(stop.is_cancelled().then_some(FAREWELL));
        }
    };
    tokio::select! {
        () = accepting => {}
        () = looking => {}
    }
}

/// Accepts the next connection. After an error it waits and tries again.
async fn accept(listener: &TcpListener, places: &Places) -> (TcpStream, SocketAddr) {
    let mut said: Option<Instant> = None;
    loop {
        match listener.accept().await {
            Ok(taken) => return taken,
            Err(error) if is_of_the_caller(&error) => {}
            Err(error) => {
                // Mostly too few open files: one connection less may help.
                if said.is_none_or(|at| at.elapsed() > Duration::from_secs(60)) {
                    tracing::error!(%error, "a connection could not be taken");
                    said = Some(Instant::now());
                }
                places.make_room();
                sleep(AFTER_A_FAULT).await;
            }
        }
    }
}

/// Whether the caller was gone before the connection was accepted.
fn is_of_the_caller(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
    )
}

/// Finds a place for a connection and answers its requests in a task.
async fn spawn_answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: &Router,
    places: &Arc<Places>,
    (all, stop): (&CancellationToken, &CancellationToken),
) {
    let place = loop {
        match Places::enter(places, peer.ip(), all, stop.is_cancelled()) {
            Entry::In(place) => break place,
            // All connections of its network are at work.
            Entry::Refused => return,
            Entry::Full => places.wait_for_place().await,
        }
    };
    tokio::spawn(answer(stream, peer, router.clone(), place, stop.clone()));
}

/// Answers the requests of one connection.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: places::OccupiedPlace,
    stop: CancellationToken,
) {
    let connection: Arc<Connection> = place.connection();
    let io = TokioIo::new(Watched::new(stream, Arc::clone(&connection)));
    let asked = Arc::clone(&connection);
    let service = service_fn(move |request: Request<Incoming>| {
        asked.note_request();
        let mut request = request.map(|body| Body::new(Receiving::new(body, Arc::clone(&asked))));
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, answered) = (router.clone(), Arc::clone(&asked));
        async move {
            let response = router.oneshot(request).await?;
            Ok::<_, Infallible>(response.map(|body| Answering::new(body, answered)))
        }
    });
    let serving =
        http1::Builder::new().header_read_timeout(None).max_header_size(LONGEST_HEAD).serve_connection(io, service);
    let mut serving = std::pin::pin!(serving);
    let mut is_last = false;
    loop {
        tokio::select! {
            biased;
            done = serving.as_mut() => {
                if let Err(error) = done {
                    tracing::debug!(%error, "a connection ended");
                }
                break;
            }
            () = connection.wait_for_end() => break,
            () = stop.cancelled(), if !is_last => {
                is_last = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}
