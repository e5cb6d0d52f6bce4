//! Accounts in types: what a password is measured by, and the second step of signing
//! in.

pub mod event;
pub mod factor;
pub mod password;
