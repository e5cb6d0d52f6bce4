//! Emails: each reaches its recipient once in effect, and what happens where
//! it does not.

pub mod alone;
pub mod kill;
mod log;
pub mod once;
pub mod reports;
pub mod returned;
pub mod trouble;
pub mod undelivered;
pub mod wordings;
