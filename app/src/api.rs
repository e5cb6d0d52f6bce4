//! Server functions: the requests that islands make to the server while a page
//! is open.
//!
//! Pages and forms do not use them; every task works without them. The function
//! bodies call a [`Backend`], which the server puts into the context for the
//! current visitor, because this crate does not know the store.

use leptos::{
    prelude::*,
    server_fn::{
        codec::{Json, JsonEncoding},
        error::{FromServerFnError, ServerFnErrorErr},
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The server's answer after an autosave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The occurrence whose draft was saved, or the note.
    pub id: Uuid,
    /// The number of saves so far; it grows by more than one when another
    /// device saved too.
    pub number: i64,
    /// The time of the save on the writer's own clock, such as `21:04`.
    pub saved_at: String,
    /// A sentence to show beside it; empty: there is none.
    pub more: String,
}

/// The label of the link that books a session for a client that was found.
pub const BOOK: &str = "Book";

/// The label of the link to the page with all clients of a name, if those that
/// were found are all.
pub const ALL: &str = "Show all of this name";
/// The label of the link to the page with all clients of a name, if there are
/// more than those that were found.
pub const MORE: &str = "Show more of this name";

/// Something that can be done: a label and an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The label, such as "Book" or "Reschedule Thu 26 Nov, 10:00".
    pub text: String,
    pub href: String,
}

/// A client that was found by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundClient {
    /// The names of the client, such as "Amara & Jonas".
    pub title: String,
    /// What can be done for the client; the first opens the client. Never empty.
    pub acts: Vec<Act>,
}

/// The first clients of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hits {
    pub clients: Vec<FoundClient>,
    /// The link to the page with all of them, [`ALL`] or [`MORE`]; `None`:
    /// nobody was found.
    pub all: Option<Act>,
}

/// The reason why a server function returns no result. It reveals nothing about
/// whether the record exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiError {
    /// The record does not exist, belongs to another person, or is closed. A
    /// retry changes nothing.
    Gone,
    /// The server cannot use the arguments, or another window has changed the
    /// exercise draft since.
    Unfit,
    /// The server failed; a retry may succeed.
    Trouble,
    /// There is no connection to the server.
    Unreachable,
    /// The answer is not from this program: the visitor is signed out, or a
    /// proxy answered.
    Refused,
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Unfit,
            ServerFnErrorErr::Deserialization(_) => Self::Refused,
            _ => Self::Trouble,
        }
    }
}

/// The future that a [`Backend`] method returns.
#[cfg(feature = "ssr")]
pub type Answer<T> = std::pin::Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send>>;

/// The work behind the server functions, for one visitor. Each method answers
/// [`ApiError::Gone`] by default, so a kind of visitor can only do what its
/// implementation defines.
#[cfg(feature = "ssr")]
pub trait Backend: Send + Sync {
    /// Saves the draft of an exercise. `number` is that of the draft which the
    /// page shows, `fields` is the whole form as it is now. Only the steps
    /// named in `touched` are taken from it.
    fn save_draft(
        &self,
        _occurrence: Uuid,
        _number: i64,
        _touched: Vec<String>,
        _fields: Vec<(String, String)>,
    ) -> Answer<Saved> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Saves an unsigned note. `note` is `None` before its first save.
    fn save_note(&self, _client: Uuid, _note: Option<Uuid>, _fields: Vec<(String, String)>) -> Answer<Saved> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Saves an exercise draft, and returns the preview that the clients would
    /// see as HTML.
    fn save_exercise(&self, _draft: Uuid, _number: i64, _fields: Vec<(String, String)>) -> Answer<(Saved, String)> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Renders the preview of an email wording as HTML.
    fn preview_wording(&self, _kind: String, _language: String, _fields: Vec<(String, String)>) -> Answer<String> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Searches clients by a part of their name, and lists the actions for
    /// each.
    fn find(&self, _text: String) -> Answer<Hits> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Renders the week of free times for a form with these fields as HTML.
    fn free_times(&self, _fields: Vec<(String, String)>) -> Answer<String> {
        Box::pin(async { Err(ApiError::Gone) })
    }
}

/// Takes the visitor's [`Backend`] from the context; [`ApiError::Trouble`]
/// without one.
#[cfg(feature = "ssr")]
fn backend() -> Result<std::sync::Arc<dyn Backend>, ApiError> {
    use_context().ok_or(ApiError::Trouble)
}

/// Saves the draft of an exercise.
#[server(prefix = "/api", endpoint = "draft", input = Json, output = Json)]
pub async fn save_draft(
    occurrence: Uuid,
    number: i64,
    touched: Vec<String>,
    fields: Vec<(String, String)>,
) -> Result<Saved, ApiError> {
    backend()?.save_draft(occurrence, number, touched, fields).await
}

/// Saves an unsigned note.
#[server(prefix = "/api", endpoint = "note", input = Json, output = Json)]
pub async fn save_note(client: Uuid, note: Option<Uuid>, fields: Vec<(String, String)>) -> Result<Saved, ApiError> {
    backend()?.save_note(client, note, fields).await
}

/// Saves an exercise draft, and returns its preview as HTML.
#[server(prefix = "/api", endpoint = "exercise", input = Json, output = Json)]
pub async fn save_exercise(
    draft: Uuid,
    number: i64,
    fields: Vec<(String, String)>,
) -> Result<(Saved, String), ApiError> {
    backend()?.save_exercise(draft, number, fields).await
}

/// Renders the week of free times for the fields of a form as HTML.
#[server(prefix = "/api", endpoint = "free-times", input = Json, output = Json)]
pub async fn free_times(fields: Vec<(String, String)>) -> Result<String, ApiError> {
    backend()?.free_times(fields).await
}

/// Renders the preview of an email wording as HTML.
#[server(prefix = "/api", endpoint = "wording", input = Json, output = Json)]
pub async fn preview_wording(
    kind: String,
    language: String,
    fields: Vec<(String, String)>,
) -> Result<String, ApiError> {
    backend()?.preview_wording(kind, language, fields).await
}

/// Searches clients by a part of their name, and lists the actions for each.
#[server(prefix = "/api", endpoint = "find", input = Json, output = Json)]
pub async fn find(text: String) -> Result<Hits, ApiError> {
    backend()?.find(text).await
}
