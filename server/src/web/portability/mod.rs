//! Data that come into the practice from other programs.

pub mod client_lists;
