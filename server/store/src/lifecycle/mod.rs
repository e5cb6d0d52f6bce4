//! Acts that touch several areas at once: taking on and archiving clients,
//! changes of a person's details and of the settings, separation, contact
//! settings, restoring from the bin, erasure and retention, and the search for
//! rows that cannot be read.

pub(crate) mod bad_rows;
pub(crate) mod bin;
pub(crate) mod clients;
pub(crate) mod contact;
pub(crate) mod erasure;
pub(crate) mod example;
pub(crate) mod first_steps;
pub(crate) mod own_intake;
pub(crate) mod person;
pub(crate) mod removing;
pub(crate) mod retention;
pub(crate) mod separation;
pub(crate) mod settings;
pub(crate) mod taking_on;
