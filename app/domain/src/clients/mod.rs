//! Clients in types: couples and individuals, their people, and how these are
//! found and reached.

pub mod client;
pub mod email_address;
pub mod person;
pub mod phone;
pub mod search;
pub mod taking_on;
mod zone_field;
