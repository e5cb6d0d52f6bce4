//! A clinician's records in types: notes, the course of a scale, and adherence
//! to exercises.

pub mod adherence;
pub mod agreed;
pub mod course;
pub mod note;
