//! Records: clinicians' notes, messages between partners and therapists, and
//! what a therapist looks back on.

pub(crate) mod messages;
pub(crate) mod notes;
pub(crate) mod progress;
pub(crate) mod todo;
