//! Pages of clients and their people, the caseload and the therapist's day.

pub mod caseload;
pub mod client;
pub mod client_form;
pub mod find;
pub mod today;
