//! Duologue's process: it takes requests, asks who calls, and answers with
//! pages.
//!
//! A new page touches, in this order: a type in `domain`, two migrations, a
//! file of `store`, a line in [`routes`], a file in [`web`], a file in
//! `app::pages`. [`access`] tells how a handler gets at data.

pub mod access;
pub mod assets;
pub mod cli;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod error;
pub mod fault;
pub mod feeds;
pub mod form;
pub mod health;
pub mod ics;
pub mod jobs;
pub mod library;
pub mod log;
pub mod outbox;
pub mod page;
pub mod password;
pub mod routes;
pub mod security;
pub mod serve;
pub mod state;
pub mod web;

#[cfg(test)]
mod door_tests;
