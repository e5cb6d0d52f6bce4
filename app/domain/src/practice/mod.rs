//! The practice's settings, and the hours of its therapists.

pub mod first_steps;
pub mod hours;
pub mod settings;
