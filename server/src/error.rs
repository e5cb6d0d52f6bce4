//! What a handler answers when it cannot do what was asked.
//!
//! A [`Failure`] does not know who is looking, so it makes no page itself: it
//! marks its response with [`Failed`], and the layer that knows the visitor
//! ([`crate::access::guard`], or [`crate::page::error_pages`] outside of any
//! route) turns the mark into a page. What went wrong inside is logged with
//! the request's id and never shown.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// What every handler answers.
pub type Answer = Result<Response, Failure>;

/// Why a request has no answer.
#[derive(Debug)]
pub enum Failure {
    /// Not there, or not yours: the same to whoever asks.
    NotFound,
    /// A request from another site, or one that no page of ours sends.
    Forbidden,
    BadRequest,
    TooLarge,
    /// Too many tries; the text says what to do.
    TooMany(String),
    /// More work waits than can be done in time.
    Busy,
    /// The disk is full or read-only: nothing was written.
    NoRoom,
    /// Something broke; the text is for the log.
    Broken(String),
}

/// The mark on a response that shall become a page.
#[derive(Clone, Debug)]
pub struct Failed {
    pub status: StatusCode,
    pub title: &'static str,
    pub text: String,
    pub link: Option<(&'static str, &'static str)>,
}

impl Failed {
    /// What a person reads where a response has this status and no page.
    pub fn of(status: StatusCode) -> Self {
        let home = Some(("/", "Go to your start page"));
        let (title, text, link) = match status {
            StatusCode::BAD_REQUEST => {
                ("This did not arrive whole", "The request could not be read. Please go back and try once more.", home)
            }
            StatusCode::UNAUTHORIZED => {
                ("Please sign in", "You need to be signed in for this.", Some(("/sign-in", "Sign in")))
            }
            StatusCode::FORBIDDEN => (
                "This did not come from here",
                "For your safety, forms are only taken from Duologue's own pages. Please open the page again and repeat what you did.",
                home,
            ),
            StatusCode::NOT_FOUND => {
                ("There is nothing here", "This page does not exist, or it is not yours to see.", home)
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                ("This cannot be done here", "The page exists, but not for what was asked of it.", home)
            }
            StatusCode::PAYLOAD_TOO_LARGE => (
                "This is too much at once",
                "What you sent is larger than a form may be. Your browser's back button brings back what you typed.",
                None,
            ),
            StatusCode::TOO_MANY_REQUESTS => (
                "Please wait a little",
                "There were too many tries in a short time. Please try again in some minutes.",
                None,
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                "A moment, please",
                "There is more to do right now than can be done in time. Nothing was lost: please try again in a minute.",
                None,
            ),
            StatusCode::INSUFFICIENT_STORAGE => (
                "There is no room to save this",
                "The practice's computer has no space left, so nothing was saved. Please keep this page open, tell the practice, and send it again later.",
                None,
            ),
            _ => (
                "Something went wrong",
                "This is our fault, not yours. Please try again; if it stays so, tell the practice.",
                home,
            ),
        };
        Self { status, title, text: text.to_owned(), link }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let failed = match self {
            Self::NotFound => Failed::of(StatusCode::NOT_FOUND),
            Self::Forbidden => Failed::of(StatusCode::FORBIDDEN),
            Self::BadRequest => Failed::of(StatusCode::BAD_REQUEST),
            Self::TooLarge => Failed::of(StatusCode::PAYLOAD_TOO_LARGE),
            Self::TooMany(text) => Failed { text, ..Failed::of(StatusCode::TOO_MANY_REQUESTS) },
            Self::Busy => Failed::of(StatusCode::SERVICE_UNAVAILABLE),
            Self::NoRoom => {
                tracing::error!("the database has no room to write");
                Failed::of(StatusCode::INSUFFICIENT_STORAGE)
            }
            Self::Broken(why) => {
                tracing::error!(why, "a request failed");
                Failed::of(StatusCode::INTERNAL_SERVER_ERROR)
            }
        };
        let mut response = failed.status.into_response();
        response.extensions_mut().insert(failed);
        response
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        if error.is_no_room() {
            Self::NoRoom
        } else if error.is_frozen() {
            // A separation came in between: it is there no more.
            Self::NotFound
        } else {
            Self::Broken(error.to_string())
        }
    }
}

impl From<crate::password::Busy> for Failure {
    fn from(_: crate::password::Busy) -> Self {
        Self::Busy
    }
}

/// What may be missing: not there is a page that says so.
pub trait Found {
    type Thing;
    fn found(self) -> Result<Self::Thing, Failure>;
}

impl<T> Found for Option<T> {
    type Thing = T;
    fn found(self) -> Result<T, Failure> {
        self.ok_or(Failure::NotFound)
    }
}

impl Found for bool {
    type Thing = ();
    fn found(self) -> Result<(), Failure> {
        if self { Ok(()) } else { Err(Failure::NotFound) }
    }
}
