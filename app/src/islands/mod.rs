//! Islands: the only code that is sent to browsers.
//!
//! They make a page faster and nicer, never possible: each one is beside or
//! around a form that works without it. They store nothing in the browser,
//! because a phone is often shared.

mod apply_on_change;
mod autosave;
mod calendar_drag;
mod choices;
mod client_search;
mod copy_link;
mod countdown;
mod list_filter;
mod search_field;
mod slot_picker;
mod step_by_step;
mod texts;
mod unsaved_guard;
mod wording_preview;

#[cfg(feature = "hydrate")]
mod browser;

pub use apply_on_change::ApplyOnChange;
pub use autosave::{Autosave, AutosaveDraft, AutosaveNote};
pub use calendar_drag::CalendarDrag;
pub use client_search::ClientSearch;
pub use copy_link::CopyLink;
pub use countdown::Countdown;
pub use list_filter::{ListFilter, count_text, has_words};
pub use search_field::SearchField;
pub use slot_picker::SlotPicker;
pub use step_by_step::StepByStep;
pub use texts::{CountdownTexts, SaveTexts, StepTexts};
pub use unsaved_guard::UnsavedGuard;
pub use wording_preview::WordingPreview;
