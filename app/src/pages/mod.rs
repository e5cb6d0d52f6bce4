//! A module for each page: its view model, its view, and samples of it.

pub mod account;
pub mod agreement;
pub mod assign;
pub mod assignment;
pub mod audit;
pub mod booking;
pub mod calendar;
pub mod cancel;
pub mod caseload;
pub mod client;
pub mod client_form;
pub mod contact;
pub mod done;
pub mod exercise;
pub mod forgot;
pub mod handed;
pub mod invitation;
pub mod library;
pub mod library_item;
pub mod mailbox;
pub mod message;
pub mod messages;
pub mod move_session;
pub mod note;
pub mod portal;
pub mod practice;
pub mod reset;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod staff;
mod steps;
pub mod today;
mod when;

#[cfg(test)]
mod tests;
