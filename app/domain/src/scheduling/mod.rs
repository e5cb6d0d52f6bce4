//! Sessions in types: attendance, series, free slots, requests, replies,
//! inquiries and fees.

pub mod attendance;
pub mod fee;
pub mod inquiry;
pub mod outside;
pub mod preferred;
pub mod reply;
pub mod request;
pub mod series;
pub mod session;
pub mod slots;
