//! What holds for every request, whatever it asks for.
//!
//! From the outside in: an id and a log line, a page for every failure, the
//! headers, a net under panics, an end to waiting, the check that a form came
//! from our own page, and the size of a body. The log holds the route, never
//! the path that was typed, and nothing about the person.

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, uri::Authority},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer};
use tracing::Instrument as _;

use crate::{error::Failure, page::error_pages, state::AppState};

/// The largest body a form may have.
const BODY: usize = 1024 * 1024;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
];

/// Puts the layers around the routes; the last one is the outermost.
pub fn layers(router: Router, state: AppState) -> Router {
    router
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY))
        .layer(from_fn_with_state(state.clone(), same_origin))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), error_pages))
        .layer(from_fn_with_state(state.clone(), headers))
        // With gzip: brotli at the speed that pages need makes them no smaller,
        // and takes nine megabytes for each that is under way.
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state, logged))
}

/// A form that changes something must come from our own page. Browsers say so
/// in `Sec-Fetch-Site`, older ones in `Origin`; who says neither is refused.
async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Sent by a mail program for its reader (RFC 8058): the token is the key,
    // and no cookie is looked at.
    let by_mail = request.uri().path().starts_with("/unsubscribe/");
    if changes && !by_mail && !comes_from_here(request.headers(), request.uri().authority(), state.config().host()) {
        return Failure::Forbidden.into_response();
    }
    next.run(request).await
}

fn comes_from_here(headers: &HeaderMap, authority: Option<&Authority>, known: &str) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let origin = text(header::ORIGIN);
    let same = || {
        let host = text(header::HOST).or_else(|| authority.map(Authority::as_str)).unwrap_or_default();
        origin
            .and_then(|o| o.split_once("://"))
            .is_some_and(|(_, from)| !from.is_empty() && (from == host || from == known))
    };
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin") => true,
        // Typed or opened by the person, which no form is, unless it is sent
        // again from the browser's history: then there is no origin either.
        Some("none") => origin.is_none(),
        Some(_) => false,
        None => same(),
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request took too long");
            Failure::Busy.into_response()
        }
    }
}

/// The panic's own text may hold what somebody typed: it is not logged.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Failure::Broken("a handler panicked".to_owned()).into_response()
}

async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
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
    // Pages bring their own, with a nonce.
    answer.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ));
    response
}

async fn logged(State(state): State<AppState>, request: Request, next: Next) -> Response {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn here(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        comes_from_here(&headers, None, "practice.example")
    }

    #[test]
    fn only_our_own_pages_send_forms() {
        assert!(here(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://practice.example"),
            ("host", "practice.example")
        ]));
        assert!(here(&[("sec-fetch-site", "none")]));
        assert!(!here(&[("sec-fetch-site", "none"), ("origin", "https://evil.example")]));
        assert!(!here(&[("sec-fetch-site", "cross-site")]));
        assert!(!here(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://practice.example"),
            ("host", "practice.example")
        ]));
    }

    #[test]
    fn an_older_browser_is_known_by_its_origin() {
        assert!(here(&[("origin", "http://localhost:3000"), ("host", "localhost:3000")]));
        // Behind a proxy the host may be another.
        assert!(here(&[("origin", "https://practice.example"), ("host", "10.0.0.2:3000")]));
        assert!(!here(&[("origin", "https://evil.example"), ("host", "practice.example")]));
        assert!(!here(&[("origin", "null"), ("host", "practice.example")]));
        assert!(!here(&[("host", "practice.example")]));
    }
}
