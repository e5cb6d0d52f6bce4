//! A guard that asks before the reader leaves a page with unsaved changes in a
//! form.

use leptos::prelude::*;

/// Guards the form with the id `form`.
#[island]
pub fn UnsavedGuard(
    /// The id of the form.
    form: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch(form);
    #[cfg(not(feature = "hydrate"))]
    drop(form);
}

/// Asks before the page is left, from the first change of the form until its
/// submission.
#[cfg(feature = "hydrate")]
fn watch(form: String) {
    use std::{cell::Cell, rc::Rc};

    use leptos::ev;

    use super::browser::{ask_before_leaving, changed, is_in};

    let unsaved = Rc::new(Cell::new(!changed(&form).is_empty()));
    let (typed, sent, id) = (Rc::clone(&unsaved), Rc::clone(&unsaved), form.clone());
    window_event_listener(ev::input, move |event| {
        if is_in(&event, &form) {
            typed.set(true);
        }
    });
    window_event_listener(ev::submit, move |event| {
        if is_in(&event, &id) {
            sent.set(false);
        }
    });
    ask_before_leaving(move || unsaved.get());
}
