//! The pages. Each module holds a page's view model, its view, and sample
//! models.

pub mod accounts;
pub mod clients;
pub mod exercises;
pub mod lifecycle;
pub mod mail;
pub mod plain;
pub mod portability;
pub mod portal;
pub mod practice;
pub mod records;
pub mod scheduling;

#[cfg(test)]
mod tests;
