//! A button of a form that applies each choice at once: with scripts, the form
//! is submitted when a choice has been left alone for a moment, and the button
//! disappears. Without scripts, the button is pressed.

use leptos::prelude::*;

/// The button of the form with the id `form`, which then applies on change.
#[island]
pub fn ApplyOnChange(
    /// The id of the form.
    form: String,
    /// The text of the button.
    label: String,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    {
        watch(form);
        Effect::new(move |_| ready.set(true));
    }
    #[cfg(not(feature = "hydrate"))]
    drop(form);
    view! { <button class="button" type="submit" hidden=move || ready.get()>{label}</button> }
}

/// Submits the form a moment after its last change, so that a date can be typed
/// and a list gone through by keyboard.
#[cfg(feature = "hydrate")]
fn watch(form: String) {
    use std::{cell::RefCell, rc::Rc, time::Duration};

    use leptos::{ev, leptos_dom::helpers::TimeoutHandle};

    use super::browser::{self, is_in};

    /// How long a choice is left alone before it applies.
    const PAUSE: Duration = Duration::from_millis(700);
    let waiting: Rc<RefCell<Option<TimeoutHandle>>> = Rc::default();
    window_event_listener(ev::change, move |event| {
        if !is_in(&event, &form) {
            return;
        }
        if let Some(earlier) = waiting.borrow_mut().take() {
            earlier.clear();
        }
        let form = form.clone();
        let submit = move || {
            if let Some(form) = browser::form(&form) {
                // An unfinished date is not valid, so nothing is submitted.
                let _ = form.request_submit();
            }
        };
        *waiting.borrow_mut() = set_timeout_with_handle(submit, PAUSE).ok();
    });
}
