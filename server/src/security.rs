//! Layers around every request.
//!
//! From the outside in: a request id and a log line, compression, the security
//! headers, a page for every failure, a catch for panics, a time limit, the check
//! that the request is for our own address, the check that a form came from our own
//! page, and the limit of a body's size. The log contains the route, never the path
//! that was typed, and nothing about the person.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use http_body_util::Limited;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate as _},
    },
};
use tracing::Instrument as _;

use crate::{
    arriving::keeps_file,
    download::AsItIs,
    error::Failure,
    host::Place,
    host_check,
    page::error_pages,
    sender::{Sender, sender},
    state::AppState,
    upload::LONGEST_BODY,
};

/// The largest body that a form may have, in bytes.
const BODY: usize = 1024 * 1024;
/// The time limit of a request with a calendar file: uploading takes minutes on a
/// slow line.
const FILE_PATIENCE: Duration = Duration::from_secs(180);
/// The time limit of a request with a document, which is sent over slow lines as
/// well.
const DOCUMENT_PATIENCE: Duration = Duration::from_secs(600);
/// The one route with a calendar file.
const FILE_ROUTE: &str = "/clinicians/{id}/calendar-file";

/// The headers that every response gets.
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    // Not `no-referrer`: with that, a browser sends the forms of its own site with
    // `Origin: null` (Fetch, "append a request Origin header"). `same-origin` tells
    // other sites just as little: no address, and no token in one.
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    // No page is for search engines. robots.txt keeps them from reading most pages;
    // this keeps the pages that they read anyway out of their results.
    ("x-robots-tag", "noindex, nofollow"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
];

/// Puts the layers around the routes; the last one in the list is the outermost.
pub fn layers(router: Router, state: AppState) -> Router {
    router
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(from_fn(limit_body))
        .layer(from_fn_with_state(state.clone(), same_origin))
        .layer(from_fn_with_state(state.clone(), host_check::require_own))
        .layer(from_fn_with_state(state.clone(), with_time_limit))
        .layer(CatchPanicLayer::custom(panic_response))
        .layer(from_fn_with_state(state.clone(), error_pages))
        .layer(from_fn_with_state(state.clone(), add_headers))
        // With gzip: brotli at the speed that pages need makes them no smaller, and
        // takes nine megabytes for each response in progress.
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(may_compress)))
        .layer(from_fn_with_state(state, log_request))
}

/// Refuses a form that changes something unless it came from our own page.
async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // A mail program sends this form for its reader (RFC 8058): the token in the
    // path is what authorises it, and no cookie is read.
    let by_mail = request.uri().path().starts_with("/unsubscribe/");
    if changes && !by_mail {
        let config = state.config();
        let sender = match (state.site().own.as_deref(), request.extensions().get::<Place>()) {
            (Some(own), Some(asked)) => sender(request.headers(), own, asked),
            (None, _) | (_, None) => Sender::Elsewhere,
        };
        match sender {
            Sender::OwnPage => {}
            Sender::Unencrypted => return Failure::Unencrypted(config.base_url.clone()).into_response(),
            Sender::Elsewhere => return Failure::Forbidden.into_response(),
        }
    }
    next.run(request).await
}

/// Whether a response may be compressed: a file is sent as it is, with its length.
fn may_compress(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<AsItIs>().is_none()
}

/// Whether a request may contain a calendar file, which may be longer than other
/// forms.
pub(crate) fn brings_file(method: &Method, extensions: &Extensions) -> bool {
    *method == Method::POST && extensions.get::<MatchedPath>().is_some_and(|path| path.as_str() == FILE_ROUTE)
}

/// Refuses a body that is larger than its route allows: at once if its length is
/// declared, otherwise when the limit is reached.
async fn limit_body(request: Request, next: Next) -> Response {
    let (limit, refusal) = if brings_file(request.method(), request.extensions()) {
        (LONGEST_BODY, Failure::FileTooLarge)
    } else if keeps_file(request.method(), request.extensions()) {
        (LONGEST_BODY, Failure::DocumentTooLarge)
    } else {
        (BODY, Failure::TooLarge)
    };
    if request.body().size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return refusal.into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, limit)))).await
}

/// Answers with 503 if a request takes longer than its time limit.
async fn with_time_limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let patience = if brings_file(request.method(), request.extensions()) {
        FILE_PATIENCE
    } else if keeps_file(request.method(), request.extensions()) {
        DOCUMENT_PATIENCE
    } else {
        state.config().connections.request()
    };
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request took too long");
            Failure::Busy.into_response()
        }
    }
}

/// Turns a panic into a failure. The panic's own text may contain what a person
/// typed: it is not logged.
fn panic_response(_: Box<dyn std::any::Any + Send>) -> Response {
    Failure::Broken("a handler panicked".to_owned()).into_response()
}

/// Adds the security headers and a default for the cache and content policies.
async fn add_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let answer = response.headers_mut();
    for (name, value) in HEADERS {
        answer.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if state.config().is_https() {
        answer
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    answer.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // Pages have their own policy, with a nonce.
    answer.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ));
    response
}

/// Gives a request its id and logs its route, status and duration.
async fn log_request(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = state.store().clock().id();
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "(none)".to_owned(), |p| p.as_str().to_owned());
    let span = tracing::info_span!("request", %id, %method, route);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let _inside = span.enter();
    if response.status() >= StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(status, ms, "answered");
    } else if route == "/healthz" || route == "/readyz" {
        tracing::debug!(status, ms, "answered");
    } else {
        tracing::info!(status, ms, "answered");
    }
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
