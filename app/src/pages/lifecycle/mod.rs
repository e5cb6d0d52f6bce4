//! Pages of separation, of contact settings, and of the first sign-in.

pub mod contact;
pub mod separation;
pub mod welcome;
