//! The practice's settings, and the hours of its therapists.

pub mod hours;
pub mod settings;
