//! Pages of the practice's settings, staff, hours and audit log.

pub mod audit;
pub mod backups;
pub mod first_steps;
pub mod hours;
pub mod places;
pub mod retention;
pub mod settings;
pub mod staff;
pub mod supervision;
