//! Sessions in types: series, free slots, requests, replies, inquiries and
//! fees.

pub mod fee;
pub mod inquiry;
pub mod reply;
pub mod request;
pub mod series;
pub mod session;
pub mod slots;
