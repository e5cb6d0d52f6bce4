//! Handlers for notes, messages and what a therapist looks back on.

pub mod api;
pub mod messages;
pub mod notes;
pub mod progress;
