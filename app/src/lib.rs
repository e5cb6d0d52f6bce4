//! What people see.
//!
//! Pages are pure functions from a view model to HTML, rendered on the server
//! only; [`islands`] are the one part that is sent to browsers. This crate
//! knows no database and no HTTP.

pub mod api;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod text;
#[cfg(feature = "ssr")]
pub mod ui;

/// The browser's entry: brings the islands on a page to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
