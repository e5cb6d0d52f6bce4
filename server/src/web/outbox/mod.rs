//! Handlers for the email log, undelivered emails, wordings, and ending emails
//! of a kind.

pub mod api;
pub mod log;
pub mod mailbox;
pub(crate) mod undelivered;
pub mod unsubscribe;
pub mod wordings;
