//! Emails in types: which are owed and when, and the wording of each.

pub mod lead;
pub mod log;
#[cfg(feature = "zones")]
pub mod reminder;
pub mod wording;
