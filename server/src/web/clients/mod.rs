//! Handlers for clients, their people, the caseload and the search for a
//! person.

pub mod api;
pub mod caseload;
pub mod client;
pub mod find;
