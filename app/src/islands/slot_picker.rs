//! Free times beside a form: when a field changes on which they depend, the
//! server is asked for them again.
//!
//! Without scripts, the buttons of the week of free times send the form, and so
//! show the times for what is in it.

use leptos::prelude::*;

/// Keeps the free times in the element with the id `times` up to date with the
/// form with the id `form`.
#[island]
pub fn SlotPicker(
    /// The id of the form.
    form: String,
    /// The id of the element with the free times.
    times: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch(form, times);
    #[cfg(not(feature = "hydrate"))]
    drop((form, times));
}

/// Asks for free times after each change of a field that they depend on.
#[cfg(feature = "hydrate")]
fn watch(form: String, times: String) {
    use std::{cell::Cell, rc::Rc};

    use leptos::{ev, task::spawn_local};

    use super::browser::{field_name, fields, is_in, put_html};

    /// The fields on which free times depend.
    const ASKED: [&str; 5] = ["attendee", "clinician", "place", "kind", "minutes"];

    // Answers can arrive out of order; only the latest question counts.
    let asked = Rc::new(Cell::new(0_u32));
    window_event_listener(ev::change, move |event| {
        if !is_in(&event, &form) || !field_name(&event).is_some_and(|name| ASKED.contains(&name.as_str())) {
            return;
        }
        let question = asked.get().wrapping_add(1);
        asked.set(question);
        let (asked, times, fields) = (Rc::clone(&asked), times.clone(), fields(&form));
        spawn_local(async move {
            if let Ok(html) = crate::api::free_times(fields).await
                && asked.get() == question
            {
                put_html(&times, &html);
            }
        });
    });
}
