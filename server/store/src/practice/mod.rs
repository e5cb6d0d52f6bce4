//! The practice: settings, rooms, locations and therapists' hours.

pub(crate) mod hours;
pub(crate) mod locations;
pub(crate) mod settings;
