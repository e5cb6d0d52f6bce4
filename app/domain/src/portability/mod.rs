//! What comes into a practice from other programs, and what it keeps for how long.

pub mod client_list;
