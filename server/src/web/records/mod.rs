//! Handlers for notes, messages and what a therapist looks back on.

pub mod api;
pub mod consents;
pub mod cosign;
pub mod data_requests;
pub mod disclosures;
pub mod documents;
pub mod find_notes;
pub(crate) mod form_words;
pub mod goals;
pub mod handovers;
pub mod intake;
pub mod messages;
pub mod note_acts;
pub mod note_lists;
mod note_model;
pub mod note_templates;
pub mod notes;
pub mod own_data;
pub mod own_documents;
pub mod own_forms;
pub mod own_releases;
pub mod policies;
pub mod printing;
pub mod progress;
mod release_words;
pub mod releases;
pub mod texts;
