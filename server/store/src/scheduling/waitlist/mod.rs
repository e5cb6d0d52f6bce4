//! The waitlist: people who asked for a first meeting, and clients who would
//! like an earlier session.

pub(crate) mod earlier_wishes;
pub(crate) mod inquiries;
