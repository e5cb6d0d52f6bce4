//! Acts that touch several areas: separation and the bin; and rows that cannot
//! be read.

pub mod bad_rows;
pub mod bin;
pub mod separation;
