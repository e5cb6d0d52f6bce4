//! Tests of the area records: notes and messages.

pub mod consents;
pub mod disclosures;
pub mod documents;
pub mod finding;
pub mod goals;
pub mod intake;
pub mod leaving;
pub mod messages;
pub mod missing_notes;
pub mod notes;
mod notes_form;
pub mod notes_writing;
pub mod own_data;
pub mod policy;
pub mod releases;
pub mod supervision;
