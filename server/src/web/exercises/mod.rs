//! Handlers for the library, its authoring, pathways and assignments.

pub mod agreements;
pub mod api;
mod aside;
pub mod assignments;
pub mod authoring;
pub mod library;
pub mod pathways;
pub mod plans;
pub mod responses;
pub mod sharing;
