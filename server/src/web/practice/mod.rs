//! Handlers for the practice's settings, rooms, locations, staff, hours and
//! audit log.

pub mod audit;
pub mod first_steps;
pub mod hours;
pub mod locations;
pub mod retention;
pub mod rooms;
pub mod settings;
pub mod staff;
pub mod supervision;
