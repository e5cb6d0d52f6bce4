//! Tests of the area records: notes and messages.

pub mod messages;
pub mod notes;
