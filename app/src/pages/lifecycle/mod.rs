//! Pages of separation and of contact settings.

pub mod contact;
pub mod separation;
