//! The handlers, in one file for each resource. A handler reads a request, calls
//! a scope of the store, and answers with a page or a redirect.

pub mod accounts;
pub mod api;
pub mod clients;
pub mod exercises;
pub mod lifecycle;
pub mod outbox;
pub mod portability;
pub mod portal;
pub mod practice;
pub mod records;
pub mod scheduling;

use app::text;
use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use chrono::{DateTime, Utc};
use domain::{clients::person::Zone, zone};

/// Adds a cookie to a response; `None`: leaves the response as it is.
pub(crate) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// An instant as text, such as `Mon 23 Nov 2026, 10:00`.
pub(crate) fn day_time(at: DateTime<Utc>, zone: &Zone) -> String {
    format!("{}, {}", zone::date_of(at, zone).format("%a %-d %b %Y"), text::clock(at, zone))
}
