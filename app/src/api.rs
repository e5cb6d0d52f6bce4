//! Server functions: what islands ask the server while a page is open.
//!
//! Pages and forms do not come this way; every task works without it. The
//! bodies call a [`Backend`] that the server puts in the context for the
//! visitor at hand, because this crate knows no store.

use leptos::{
    prelude::*,
    server_fn::{
        codec::{Json, JsonEncoding},
        error::{FromServerFnError, ServerFnErrorErr},
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A draft that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// What was kept: an occurrence's draft, or a note.
    pub id: Uuid,
    /// Counts the writes: a jump tells that another device wrote as well.
    pub number: i64,
    /// On the writer's own clock, such as `21:04`.
    pub saved_at: String,
}

/// A time at which everyone who has to come is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeTime {
    /// As a date field holds it.
    pub date: String,
    /// As a time field holds it.
    pub time: String,
    /// Which of the two, where this wall time comes twice; else empty.
    pub fold: String,
    /// As a person reads it.
    pub label: String,
}

/// Free times, and what is to be said of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Whose preferred times they suit, or that they suit nobody's.
    pub lead: String,
    /// The soonest first.
    pub times: Vec<FreeTime>,
}

/// The first thing that can be done for each: a session is booked.
pub const BOOK: &str = "Book";

/// Something that can be done, for whom, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Whose it is: "Amara & Jonas".
    pub title: String,
    /// "Book", "Move Thu 26 Nov, 10:00".
    pub act: String,
    pub href: String,
}

/// Why there is no answer. It says what to do next and nothing about what is
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiError {
    /// Not there, not yours, or finished: asking again changes nothing.
    Gone,
    /// What was sent makes no sense to the server.
    Unfit,
    /// The server cannot do it now.
    Trouble,
    /// No connection.
    Unreachable,
    /// An answer that is none of ours: signed out, or something in between.
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

/// What an answer of the server takes its time for.
#[cfg(feature = "ssr")]
pub type Answer<T> = std::pin::Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send>>;

/// What the server does for one visitor. What a visitor of this kind may not
/// do is not there.
#[cfg(feature = "ssr")]
pub trait Backend: Send + Sync {
    /// Keeps a draft; `number` is that of the draft the writer saw, `fields`
    /// the form as it stands.
    /// Only the steps `touched` here are kept of it.
    fn save_draft(
        &self,
        _occurrence: Uuid,
        _number: i64,
        _touched: Vec<String>,
        _fields: Vec<(String, String)>,
    ) -> Answer<Saved> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Keeps a note that is not signed; `note` where it has been kept before.
    fn save_note(&self, _client: Uuid, _note: Option<Uuid>, _fields: Vec<(String, String)>) -> Answer<Saved> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Keeps an exercise that is being written, and draws what its clients
    /// would see.
    fn save_exercise(&self, _draft: Uuid, _number: i64, _fields: Vec<(String, String)>) -> Answer<(Saved, String)> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// Draws what a mail's words become.
    fn preview_wording(&self, _kind: String, _language: String, _fields: Vec<(String, String)>) -> Answer<String> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// What can be done for those whom the text names.
    fn find(&self, _text: String) -> Answer<Vec<Found>> {
        Box::pin(async { Err(ApiError::Gone) })
    }

    /// The next free times for a booking form as it stands.
    fn free_times(&self, _fields: Vec<(String, String)>) -> Answer<Offer> {
        Box::pin(async { Err(ApiError::Gone) })
    }
}

#[cfg(feature = "ssr")]
fn backend() -> Result<std::sync::Arc<dyn Backend>, ApiError> {
    use_context().ok_or(ApiError::Trouble)
}

/// Keeps a draft of an exercise.
#[server(prefix = "/api", endpoint = "draft", input = Json, output = Json)]
pub async fn save_draft(
    occurrence: Uuid,
    number: i64,
    touched: Vec<String>,
    fields: Vec<(String, String)>,
) -> Result<Saved, ApiError> {
    backend()?.save_draft(occurrence, number, touched, fields).await
}

/// Keeps a note.
#[server(prefix = "/api", endpoint = "note", input = Json, output = Json)]
pub async fn save_note(client: Uuid, note: Option<Uuid>, fields: Vec<(String, String)>) -> Result<Saved, ApiError> {
    backend()?.save_note(client, note, fields).await
}

/// Keeps an exercise that is being written.
#[server(prefix = "/api", endpoint = "exercise", input = Json, output = Json)]
pub async fn save_exercise(
    draft: Uuid,
    number: i64,
    fields: Vec<(String, String)>,
) -> Result<(Saved, String), ApiError> {
    backend()?.save_exercise(draft, number, fields).await
}

/// Free times for a booking that is being written.
#[server(prefix = "/api", endpoint = "free-times", input = Json, output = Json)]
pub async fn free_times(fields: Vec<(String, String)>) -> Result<Offer, ApiError> {
    backend()?.free_times(fields).await
}

/// What a mail's words become.
#[server(prefix = "/api", endpoint = "wording", input = Json, output = Json)]
pub async fn preview_wording(
    kind: String,
    language: String,
    fields: Vec<(String, String)>,
) -> Result<String, ApiError> {
    backend()?.preview_wording(kind, language, fields).await
}

/// Somebody by a part of their name, and what can be done.
#[server(prefix = "/api", endpoint = "find", input = Json, output = Json)]
pub async fn find(text: String) -> Result<Vec<Found>, ApiError> {
    backend()?.find(text).await
}
