//! Handlers for acts that touch several areas: separation, contact settings, the
//! first sign-in and the bin.

pub mod bin;
pub mod contact;
pub mod erasure;
pub mod separation;
pub mod welcome;
