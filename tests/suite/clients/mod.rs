//! Clients: what each person may learn of another, and the therapist's day.

pub mod privacy;
pub mod taking_on;
pub mod therapist_day;
pub mod unseen;
