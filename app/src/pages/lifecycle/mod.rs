//! Pages of separation, erasure, contact settings, and the first sign-in.

pub mod contact;
pub mod erasure;
pub mod separation;
pub mod welcome;
