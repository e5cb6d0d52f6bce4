//! Pages of clients and their people, the caseload and the therapist's day.

pub mod caseload;
pub mod client;
pub mod client_form;
pub mod contacts;
pub mod find;
pub mod taking_on;
pub mod today;
