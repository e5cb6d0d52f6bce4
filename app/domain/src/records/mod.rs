//! A clinician's records in types: notes, the course of a scale, and adherence
//! to exercises.

pub mod adherence;
pub mod agreed;
pub mod consents;
pub mod course;
pub mod disclosure;
pub mod document;
pub mod goal;
pub mod handover;
pub mod intake;
pub mod note;
pub mod note_search;
pub mod own_data;
pub mod packet;
pub mod policy;
pub mod release;
pub mod retention;
pub mod shipped;
pub mod supervision;
