//! Accounts in types: what a password is measured by.

pub mod password;
