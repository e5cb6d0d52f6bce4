//! The pages for monitors: whether the process runs, and whether it can do its
//! work.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use domain::zone;
use serde::Serialize;
use store::{MailStop, Outage};

use crate::access::Public;

/// The JSON of `/readyz`.
#[derive(Serialize)]
struct Ready {
    /// Whether the database answers.
    database: bool,
    /// `works`, or why nothing can be written: `full`, `read_only`, `disk`,
    /// `unreachable` or `busy`.
    writing: &'static str,
    backend: &'static str,
    zone_database: ZoneDatabase,
    mail: Mail,
}

/// Whether email goes out. It carries no text of a mail server, which could contain
/// addresses.
#[derive(Serialize)]
struct Mail {
    /// `open`; `resting`: the mail server is not available; `stopped`: the fault is
    /// on our side.
    state: &'static str,
    /// Since when email does not go out; `None` while it does.
    since: Option<DateTime<Utc>>,
    /// The code of the reason; `None` while email goes out.
    code: Option<String>,
}

/// The time zone rules that the program uses.
#[derive(Serialize)]
struct ZoneDatabase {
    version: &'static str,
    source: &'static str,
    /// The rules of some zones may have changed since: the program needs an update.
    stale: bool,
}

/// GET /healthz: answers `ok` as long as the process runs.
pub async fn live() -> &'static str {
    "ok"
}

/// GET /readyz: 200 if the database answers and a row was written at most a second
/// ago, otherwise 503. It is 200 again once both work.
pub async fn ready(public: Public) -> Response {
    let health = public.health().await;
    let zones = zone::database();
    let ready = Ready {
        database: health.answers,
        writing: health.writing.err().map_or("works", Outage::word),
        backend: health.backend,
        zone_database: ZoneDatabase {
            version: &zones.version,
            source: zones.source,
            stale: zones.is_stale(public.now().date_naive()),
        },
        mail: mail(public.mail_stop().await),
    };
    let status =
        if health.answers && health.writing.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&ready).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The state of outgoing email; `stop` is `None` while it goes out.
fn mail(stop: Option<MailStop>) -> Mail {
    match stop {
        None => Mail { state: "open", since: None, code: None },
        Some(stop) => Mail {
            state: if stop.ours { "stopped" } else { "resting" },
            since: Some(stop.since),
            code: Some(stop.code),
        },
    }
}
