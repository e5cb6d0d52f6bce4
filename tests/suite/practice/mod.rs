//! The practice: settings, staff, hours, locations and the audit log.

pub mod audit_chain;
pub mod audit_page;
pub mod example;
pub mod hours;
pub mod locations;
pub mod opened;
pub mod settings;
pub mod staff;
