//! The server of Duologue: it receives requests, finds out who sent them, and answers
//! with pages.
//!
//! [`routes`] lists every route, [`access`] decides who may call it and gives the
//! handler its data, and [`web`] has the handlers, in one folder for each area:
//! accounts, practice, clients, exercises, scheduling, records, outbox and lifecycle.
//! [`outbox`] sends emails, [`jobs`] does what is due by date, and [`cli`] has the
//! commands. `docs/architecture.md` follows requests through the code and lists every
//! file that a new feature touches.

pub mod access;
pub mod address;
mod arriving;
pub mod assets;
pub mod audit_heads;
pub mod cli;
pub mod client_list;
pub mod config;
pub mod connections;
pub mod demo;
pub mod doctor;
mod download;
pub mod error;
pub mod fault;
pub mod feeds;
mod file_types;
pub mod form;
pub mod health;
pub mod host;
pub mod host_check;
pub mod ics;
pub mod jobs;
mod lanes;
pub mod library;
pub mod log;
pub mod metrics;
pub mod new_password;
pub mod note_templates;
pub mod outbox;
pub mod own_copies;
pub mod page;
pub mod paging;
pub mod password;
pub mod pdf;
mod pictures;
pub mod portability;

pub mod route;
pub mod routes;
pub mod security;
pub mod sender;
pub mod serve;
pub mod state;
pub mod upload;
pub mod web;

#[cfg(test)]
mod setup_and_sign_in_tests;
