//! Pages of notes, messages, the session brief, courses and adherence.

pub mod adherence;
pub mod brief;
pub mod course;
pub mod message_list;
pub mod messages;
pub mod note;
