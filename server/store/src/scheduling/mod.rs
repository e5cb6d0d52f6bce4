//! Sessions: bookings, attendance, series, slots, the calendar, the front desk,
//! requests, replies, the waitlist, fees and feeds.

pub(crate) mod attendance;
pub(crate) mod calendar;
pub(crate) mod contacts;
pub(crate) mod day;
pub(crate) mod desk;
pub(crate) mod feeds;
pub(crate) mod fees;
pub(crate) mod holds;
pub(crate) mod openings;
pub(crate) mod replies;
pub(crate) mod requests;
pub(crate) mod series;
pub(crate) mod sessions;
pub(crate) mod slots;
pub(crate) mod undo;
pub(crate) mod waitlist;
pub(crate) mod zones;
