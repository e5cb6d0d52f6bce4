//! Clients: what each person may learn of another.

pub mod privacy;
pub mod unseen;
