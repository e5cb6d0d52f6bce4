//! Tests of the area records: notes.

pub mod notes;
