//! Handlers for acts that touch several areas: separation, contact settings
//! and the bin.

pub mod bin;
pub mod contact;
pub mod separation;
