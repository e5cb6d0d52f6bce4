//! Tests of the program as a whole. Each file tests one group of promises.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod accounts;
mod batches;
mod claims;
mod clients;
mod columns;
mod connections;
mod demo;
mod exercises;
mod faults;
mod headers;
mod hosts;
mod journeys;
mod layers;
mod lifecycle;
mod lists;
mod matrix;
mod nonsense;
mod outbox;
mod policy;
mod portability;
mod practice;
mod presses;
mod reading;
mod recipes;
mod records;
mod routes;
mod scheduling;
mod schema;
