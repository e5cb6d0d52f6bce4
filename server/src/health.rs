//! Whether the process lives, and whether it can work.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::zone;
use serde::Serialize;

use crate::access::Public;

#[derive(Serialize)]
struct Ready {
    database: bool,
    backend: &'static str,
    zone_database: ZoneDatabase,
}

#[derive(Serialize)]
struct ZoneDatabase {
    version: &'static str,
    source: &'static str,
    /// Zones may have changed since: the program wants an update.
    stale: bool,
}

/// GET /healthz: the process answers.
pub async fn live() -> &'static str {
    "ok"
}

/// GET /readyz: the database answers too; 503 where it does not.
pub async fn ready(public: Public) -> Response {
    let (database, backend) = public.health().await;
    let zones = zone::database();
    let ready = Ready {
        database,
        backend,
        zone_database: ZoneDatabase {
            version: &zones.version,
            source: zones.source,
            stale: zones.is_stale(public.now().date_naive()),
        },
    };
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&ready).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
