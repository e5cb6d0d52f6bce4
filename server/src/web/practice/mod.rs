//! Handlers for the practice's settings, rooms, locations, staff, hours and
//! audit log.

pub mod audit;
pub mod hours;
pub mod locations;
pub mod rooms;
pub mod settings;
pub mod staff;
