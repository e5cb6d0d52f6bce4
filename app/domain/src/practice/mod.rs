//! The practice's settings, and the hours of its therapists.

#[cfg(feature = "zones")]
pub mod backups;
pub mod first_steps;
pub mod hours;
pub mod settings;
