//! The program as a whole. Each file is a class of promises.

mod accounts;
mod backup;
mod beside;
mod booking;
mod calendar;
mod calendar_files;
mod exercises;
mod feeds;
mod fees;
mod hours;
mod inquiries;
mod journeys;
mod kill;
mod library;
mod mail_back;
mod mail_once;
mod policy;
mod privacy;
mod replies;
mod requests;
mod reveal;
mod routes;
mod schema;
mod series;
mod slots;
mod undo;
