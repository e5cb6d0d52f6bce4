//! Pages of the library and its authoring, pathways, assignments, and
//! exercises as partners do and read them.

pub mod agreement;
pub mod assign;
pub mod assignment;
pub mod authoring;
pub mod catalogue;
pub mod drafts;
pub mod exercise;
pub mod import;
pub mod library;
pub mod library_item;
pub mod own_exercises;
pub mod paper;
pub mod parts;
pub mod pathway;
pub mod pathway_form;
pub mod pathway_progress;
pub mod pathways;
pub mod plan;
mod preview;
pub mod revealed;
mod screens;
pub(crate) mod step;
pub mod worksheet;
