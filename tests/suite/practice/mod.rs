//! The practice: hours, locations and the audit log.

pub mod audit_chain;
pub mod hours;
pub mod locations;
pub mod opened;
