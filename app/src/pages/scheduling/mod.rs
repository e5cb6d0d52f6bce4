//! Pages of sessions, attendance, fees, series, slots, the calendar, the front
//! desk, requests, replies and the waitlist.

pub mod attendance;
pub mod booking;
pub mod calendar;
pub mod calendar_file;
pub mod cancel;
pub mod confirm;
pub mod desk;
pub mod fees;
pub mod free_times;
pub mod inquire;
pub mod move_session;
pub mod own_request;
pub mod own_sessions;
pub mod reply;
pub mod requests;
pub mod series;
pub mod session;
pub mod slots;
pub mod waitlist;
pub mod when;
