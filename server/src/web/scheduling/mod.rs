//! Handlers for sessions, series, slots, the calendar, the front desk,
//! requests, replies, the waitlist and feeds.

pub mod api;
pub mod calendar;
pub mod calendar_files;
pub mod desk;
pub mod feeds;
pub mod fees;
pub(crate) mod free_times;
pub mod own_requests;
pub mod replies;
pub mod series;
pub mod sessions;
pub mod slots;
pub mod waitlist;
