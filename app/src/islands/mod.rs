//! Islands: the only code that is sent to browsers.
//!
//! They make a page faster and nicer, never possible: each one is beside or
//! around a form that works without it. They store nothing in the browser,
//! because a phone is often shared.

mod autosave;
mod calendar_drag;
mod choices;
mod client_search;
mod countdown;
mod palette;
mod slot_picker;
mod unsaved_guard;
mod wording_preview;

#[cfg(feature = "hydrate")]
mod browser;

pub use autosave::{Autosave, AutosaveDraft, AutosaveNote};
pub use calendar_drag::CalendarDrag;
pub use client_search::ClientSearch;
pub use countdown::Countdown;
pub use palette::Palette;
pub use slot_picker::SlotPicker;
pub use unsaved_guard::UnsavedGuard;
pub use wording_preview::WordingPreview;
