//! Sessions: booking, attendance, series, slots, calendars, requests, replies,
//! the waitlist, fees and feeds.

pub mod attendance;
pub mod booking;
pub mod calendar;
pub mod calendar_files;
pub mod clocks;
pub mod days;
pub mod feeds;
pub mod fees;
pub mod free_times;
pub mod outside;
pub mod replies;
pub mod requests;
pub mod series;
pub mod series_overrides;
pub mod slots;
pub mod told_again;
pub mod undo;
pub mod waitlist;
