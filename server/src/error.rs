//! Failures of handlers, and how they become pages.
//!
//! A [`Failure`] does not know who is signed in, so it makes no page itself: it
//! marks its response with [`Failed`], and the layer that knows the visitor
//! ([`crate::access::guard()`], or [`crate::page::error_pages`] outside of the
//! routes) turns the mark into a page. The internal cause is logged with the
//! request's id and never shown.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use store::Outage;

/// The result of every handler.
pub type Answer = Result<Response, Failure>;

/// Why a request cannot be done.
#[derive(Debug)]
pub enum Failure {
    /// The thing does not exist, or the visitor may not see it: both look the same.
    NotFound,
    /// The request is from another site, or one that no page of ours sends.
    Forbidden,
    /// The form is of our own page, opened without encryption although the practice
    /// has an https address; the address.
    Unencrypted(String),
    /// The request cannot be read.
    BadRequest,
    /// The form is from a page that was opened under another account, or before the
    /// sign-in: its content may not be of the person who is signed in now.
    OtherAccount,
    /// The form was sent before, or is only shown again: nothing was done.
    NotDone,
    /// The body is larger than a form may be.
    TooLarge,
    /// The calendar file is so long that its form was not read to the end.
    FileTooLarge,
    /// The document is so long that its form was not read to the end.
    DocumentTooLarge,
    /// There were too many tries; the text says what to do.
    TooMany(String),
    /// There is more work than can be done in time.
    Busy,
    /// The database cannot be used.
    Outage(Outage),
    /// A row that this page needs cannot be read; the text is for the log.
    Unreadable(String),
    /// An internal fault; the text is for the log.
    Broken(String),
}

/// The mark on a response that a layer turns into a page.
#[derive(Clone, Debug)]
pub struct FailurePage {
    pub status: StatusCode,
    pub title: &'static str,
    pub text: String,
    pub link: Option<(&'static str, &'static str)>,
}

impl FailurePage {
    /// The texts for a status: what a person reads if a response has this status
    /// and no page.
    pub fn for_status(status: StatusCode) -> Self {
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
            StatusCode::CONFLICT => (
                "Nothing was sent",
                "This page was opened before you signed in, or by someone else. Open it again to send the form in your own name.",
                home,
            ),
            StatusCode::NOT_FOUND => ("Page not found", "It doesn’t exist, or you don’t have access.", home),
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

    /// The texts for a database that cannot be used.
    fn for_outage(outage: Outage) -> Self {
        let unavailable = |title, text: &str| Self {
            title,
            text: text.to_owned(),
            link: None,
            ..Self::for_status(StatusCode::SERVICE_UNAVAILABLE)
        };
        match outage {
            Outage::Full => Self::for_status(StatusCode::INSUFFICIENT_STORAGE),
            Outage::ReadOnly => unavailable(
                "Nothing can be saved right now",
                "The practice’s computer takes no changes, so nothing was saved. Please keep this page open, tell the practice, and send it again later.",
            ),
            Outage::Disk => unavailable(
                "The practice’s computer has a problem",
                "Its disk does not work properly, so nothing was saved. Please keep this page open, tell the practice, and send it again later.",
            ),
            // The connection may have broken after the database had saved the
            // change.
            Outage::Unreachable => unavailable(
                "The practice’s records cannot be reached",
                "If you sent something, it may not have been saved. Please keep this page open, try again in a minute, and check the result.",
            ),
            Outage::Busy => Self::for_status(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let failed = match self {
            Self::NotFound => FailurePage::for_status(StatusCode::NOT_FOUND),
            Self::Forbidden => FailurePage::for_status(StatusCode::FORBIDDEN),
            Self::Unencrypted(base_url) => FailurePage {
                title: "This connection is not encrypted",
                text: format!("You can’t sign in or send anything here. Open {base_url} instead."),
                link: None,
                ..FailurePage::for_status(StatusCode::FORBIDDEN)
            },
            Self::BadRequest => FailurePage::for_status(StatusCode::BAD_REQUEST),
            Self::OtherAccount | Self::NotDone => FailurePage::for_status(StatusCode::CONFLICT),
            Self::TooLarge => FailurePage::for_status(StatusCode::PAYLOAD_TOO_LARGE),
            Self::FileTooLarge => FailurePage {
                title: "This file is too large",
                text: "A calendar file can be 16 MB at most. Export fewer years from the other calendar, then go back and choose that file.".to_owned(),
                ..FailurePage::for_status(StatusCode::PAYLOAD_TOO_LARGE)
            },
            Self::DocumentTooLarge => FailurePage {
                title: "This file is too large",
                text: "A document can be 20 MB at most. Make the file smaller, then go back and choose it again.".to_owned(),
                ..FailurePage::for_status(StatusCode::PAYLOAD_TOO_LARGE)
            },
            Self::TooMany(text) => FailurePage { text, ..FailurePage::for_status(StatusCode::TOO_MANY_REQUESTS) },
            Self::Busy => FailurePage::for_status(StatusCode::SERVICE_UNAVAILABLE),
            Self::Outage(outage) => FailurePage::for_outage(outage),
            Self::Unreadable(why) => {
                tracing::error!(why, "an entry cannot be read: run `duologue doctor`");
                FailurePage {
                    title: "This cannot be read",
                    text: "An entry of this page is damaged, so it cannot be shown; everything else works. Tell the person who runs Duologue: “duologue doctor” names the entry.".to_owned(),
                    ..FailurePage::for_status(StatusCode::INTERNAL_SERVER_ERROR)
                }
            }
            Self::Broken(why) => {
                tracing::error!(why, "a request failed");
                FailurePage::for_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        };
        let mut response = failed.status.into_response();
        response.extensions_mut().insert(failed);
        response
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        if let Some(outage) = error.outage() {
            tracing::error!(%error, "the database is out of order");
            Self::Outage(outage)
        } else if error.is_not_done() {
            Self::NotDone
        } else if error.is_frozen() {
            // A separation was made in between: the thing is not there any more.
            Self::NotFound
        } else if error.is_of_one_row() {
            Self::Unreadable(error.to_string())
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

/// Values of store functions for "there is nothing here": `None` and `false` become
/// a 404.
pub trait Found {
    /// What [`Found::found`] returns if the thing is there.
    type Thing;
    /// The thing, or [`Failure::NotFound`].
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
