//! Exercises: assigning, library, step kinds, occurrences and the reveal.

pub mod assigning;
pub mod beside;
pub mod library;
pub mod occurrences;
pub mod reveal;
pub mod step_kinds;
