//! Exercises in types: what an exercise is, how it is assigned, answered and
//! written, and when a person is reminded of it.

pub mod assignment;
pub mod authoring;
pub mod exercise;
pub mod lines;
pub mod merging;
#[cfg(feature = "zones")]
pub mod nudge;
pub mod pathway;
pub mod response;
pub mod side_by_side;
pub mod step;
