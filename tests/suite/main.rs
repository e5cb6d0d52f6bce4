//! The program as a whole. Each file is a class of promises.

mod accounts;
mod backup;
mod booking;
mod journeys;
mod kill;
mod mail_once;
mod policy;
mod privacy;
mod reveal;
mod routes;
mod schema;
