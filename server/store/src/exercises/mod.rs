//! Exercises: the library and its authoring, pathways, assignments,
//! occurrences, responses, reveal, plans and nudges.

pub(crate) mod agreements;
pub(crate) mod answering;
pub(crate) mod assignments;
pub(crate) mod authoring;
pub(crate) mod due;
pub(crate) mod library;
pub(crate) mod not_now;
pub(crate) mod nudges;
pub(crate) mod occurrences;
pub(crate) mod paper;
pub(crate) mod pathways;
pub(crate) mod plans;
pub(crate) mod responses;
pub(crate) mod sharing;
