//! The pages on which data come into the practice from other programs, or are removed.

pub mod client_list;
pub mod client_lists;
