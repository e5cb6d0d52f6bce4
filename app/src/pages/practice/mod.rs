//! Pages of the practice's settings, staff, hours and audit log.

pub mod audit;
pub mod hours;
pub mod settings;
pub mod staff;
