//! Numbers for Prometheus, at an address of their own. They name routes by their
//! patterns, never by what is in an address, and hold nothing about people.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
    routing::get,
};
use prometheus::{Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::error;

/// The limits of the classes of how long a request took, in seconds.
const SECONDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What is counted while requests are answered, and the gauges that are read from the
/// database when somebody asks.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    emails_due: IntGauge,
    oldest_email: IntGauge,
    mail_stopped: IntGauge,
    database_wait: IntGauge,
    last_backup: IntGauge,
    writable: IntGauge,
}

impl Metrics {
    /// New numbers, all at nothing.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str| -> Result<IntGauge, prometheus::Error> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let requests = IntCounterVec::new(
            Opts::new("duologue_requests_total", "Requests, by the pattern of their route and their status."),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("duologue_request_seconds", "How long requests took.").buckets(SECONDS.to_vec()),
            &["method", "route"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        Ok(Self {
            emails_due: gauge("duologue_emails_due", "Emails that are due and not sent.")?,
            oldest_email: gauge(
                "duologue_oldest_email_seconds",
                "How long the oldest email that is due has been due.",
            )?,
            mail_stopped: gauge("duologue_mail_stopped", "1 while no email goes out.")?,
            database_wait: gauge(
                "duologue_database_wait_microseconds",
                "How long a read waited for the database just now.",
            )?,
            last_backup: gauge(
                "duologue_last_backup_timestamp_seconds",
                "When the latest good backup was begun; 0: there is none.",
            )?,
            writable: gauge("duologue_database_writable", "1 while the database can be written.")?,
            registry,
            requests,
            seconds,
        })
    }

    /// Reads the gauges from the database. What cannot be read keeps its value.
    async fn look(&self, store: &Store) {
        let begun = Instant::now();
        match store.emails_due().await {
            Ok((due, oldest)) => {
                self.database_wait.set(i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX));
                self.emails_due.set(due);
                self.oldest_email.set(oldest.map_or(0, |oldest| (store.now() - oldest).num_seconds().max(0)));
            }
            Err(error) => error!(%error, "the emails that are due cannot be counted"),
        }
        if let Ok(stop) = store.mail_stop().await {
            self.mail_stopped.set(i64::from(stop.is_some()));
        }
        if let Ok(last) = store.last_good_backup().await {
            self.last_backup.set(last.map_or(0, |last| last.started_at.timestamp()));
        }
        self.writable.set(i64::from(store.can_write().await.is_ok()));
    }

    /// The numbers in the text format of Prometheus.
    async fn text(&self, store: &Store) -> Result<Vec<u8>, prometheus::Error> {
        self.look(store).await;
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

/// Middleware that counts requests.
pub async fn count(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    metrics.seconds.with_label_values(&[&method, &route]).observe(begun.elapsed().as_secs_f64());
    metrics.requests.with_label_values(&[&method, &route, &response.status().as_str().to_owned()]).inc();
    response
}

/// What answers the address of the numbers.
#[derive(Clone)]
struct Source {
    metrics: Arc<Metrics>,
    store: Store,
}

/// Answers with the numbers.
async fn show(State(source): State<Source>) -> Response {
    match source.metrics.text(&source.store).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => {
            error!(%error, "the numbers for Prometheus cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Binds the address of the numbers.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves the numbers until `stop` is cancelled.
pub async fn serve(listener: TcpListener, metrics: Arc<Metrics>, store: Store, stop: CancellationToken) {
    let router = Router::new().route("/metrics", get(show)).with_state(Source { metrics, store });
    let served = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await;
    if let Err(error) = served {
        error!(%error, "the numbers for Prometheus are no longer served");
    }
}
