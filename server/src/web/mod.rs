//! The handlers: a file for each resource, which takes a request apart, asks
//! a scope of the store, and answers with a page or a redirect.

pub mod account;
pub mod api;
pub mod assignments;
pub mod audit;
pub mod calendar;
pub mod calendar_files;
pub mod caseload;
pub mod clients;
pub mod contact;
pub mod courses;
pub mod desk;
pub mod drafts;
pub mod feeds;
pub mod find;
pub mod home;
pub mod hours;
pub mod inquiries;
pub mod invitations;
pub mod letters;
pub mod library;
pub mod locations;
pub mod mailbox;
pub mod messages;
pub mod notes;
pub mod own_sessions;
pub mod pathways;
pub mod portal;
pub mod practice;
pub mod replies;
pub mod resets;
pub mod rooms;
pub mod separation;
pub mod series;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod slots;
pub mod staff;
pub mod unsubscribe;
pub mod wordings;

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use domain::form::Form;

/// What was typed, but for passwords: they are not sent back.
pub(crate) fn without_passwords(mut form: Form) -> Form {
    form.0.retain(|(name, _)| !matches!(name.as_str(), "password" | "current" | "current_password"));
    form
}

/// A response that also sets a cookie.
pub(crate) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
