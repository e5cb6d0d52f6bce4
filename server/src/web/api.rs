//! What the answers to islands (the parts of a page that run in the browser) have in
//! common. The calls themselves are in the files `api.rs` of their areas; each calls
//! the same function that the page uses.

use std::sync::Arc;

use app::api::{ApiError, Backend};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::form::Form;
use leptos::prelude::provide_context;
use leptos_axum::ResponseOptions;

use crate::form::tidy;

/// Logs an error of the store and hides it from the browser.
pub(super) fn trouble(error: store::Error) -> ApiError {
    tracing::error!(%error, "an island got no answer");
    ApiError::Trouble
}

/// Reads an island's fields with the rules for every other form.
pub(super) fn form(fields: Vec<(String, String)>) -> Result<Form, ApiError> {
    tidy(fields, false).map_err(|_| ApiError::Unfit)
}

/// Sets the HTTP status that belongs to an error, and returns the answer as it
/// is: the server functions themselves know no status.
pub(super) fn with_status<T>(options: Option<&ResponseOptions>, answer: Result<T, ApiError>) -> Result<T, ApiError> {
    if let (Some(options), Err(error)) = (options, &answer) {
        options.set_status(match error {
            ApiError::Gone => StatusCode::NOT_FOUND,
            ApiError::Unfit => StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::Trouble | ApiError::Unreachable | ApiError::Refused => StatusCode::SERVICE_UNAVAILABLE,
        });
    }
    answer
}

/// Answers a request to a server function with this backend.
pub(super) async fn run(backend: Arc<dyn Backend>, mut request: Request) -> Response {
    // Leptos would answer an error to a plain form with a redirect to the
    // address in the Referer header.
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut response =
        leptos_axum::handle_server_fns_with_context(move || provide_context(Arc::clone(&backend)), request)
            .await
            .into_response();
    // Our own errors have set another status: what is left could not be read.
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}
