//! The user interface: pages, islands and emails.
//!
//! Pages are pure functions from a view model to HTML, rendered on the server
//! only; [`islands`] are the only part that is sent to browsers. This crate
//! knows neither the database nor HTTP.

pub mod api;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod own_copy;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod sheet;
#[cfg(feature = "ssr")]
pub mod text;
#[cfg(feature = "ssr")]
pub mod ui;
#[cfg(feature = "ssr")]
pub mod words;

/// The entry point in the browser: hydrates the islands of a page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
