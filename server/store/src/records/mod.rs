//! Records: clinicians' notes, messages between partners and therapists, and
//! what a therapist looks back on.

pub(crate) mod consents;
pub(crate) mod cosign;
pub(crate) mod cosigning;
pub(crate) mod disclosures;
pub(crate) mod documents;
pub(crate) mod find_notes;
pub(crate) mod goals;
pub(crate) mod handovers;
pub(crate) mod imported;
pub(crate) mod intake;
pub(crate) mod leaving;
pub(crate) mod messages;
pub(crate) mod missing_notes;
pub(crate) mod note_templates;
pub(crate) mod notes;
pub(crate) mod own_data;
pub(crate) mod policies;
pub(crate) mod progress;
pub(crate) mod releases;
pub(crate) mod sending;
pub(crate) mod supervision;
pub(crate) mod todo;
