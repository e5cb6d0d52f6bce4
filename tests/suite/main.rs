//! The program as a whole. Each file is a class of promises.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod accounts;
mod backup;
mod beside;
mod booking;
mod calendar;
mod calendar_files;
mod clocks;
mod exercises;
mod feeds;
mod fees;
mod hours;
mod inquiries;
mod journeys;
mod kill;
mod library;
mod locations;
mod mail_back;
mod mail_once;
mod policy;
mod privacy;
mod reading;
mod replies;
mod requests;
mod reveal;
mod routes;
mod schema;
mod separation;
mod series;
mod slots;
mod undo;
mod wordings;
