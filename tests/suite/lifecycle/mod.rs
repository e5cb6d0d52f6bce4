//! Acts that touch several areas: separation, the bin and the first sign-in; and
//! rows that cannot be read.

pub mod bad_rows;
pub mod bin;
mod erasure;
pub mod separation;
pub mod welcome;
