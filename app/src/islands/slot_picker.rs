//! Free times beside a booking form: a press puts one into the form.
//!
//! Without it the form still offers free times, after a time that is taken.

use leptos::prelude::*;

use crate::api::FreeTime;

/// Serves the form with the id `form`, which has the fields of a booking
/// (`client`, `attendee`, `clinician`, `place`, `date`, `minutes`) and takes
/// the choice in `date`, `time` and `fold`.
#[island]
pub fn SlotPicker(
    /// The id of the form.
    form: String,
) -> impl IntoView {
    let times = RwSignal::new(Vec::<FreeTime>::new());
    let said = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    watch(form.clone(), times, said);
    let id = StoredValue::new(form);
    view! {
        <div class="slots" role="group" aria-label="Free times">
            <p class="hint" aria-live="polite">{move || said.get()}</p>
            <div class="slot-list">
                {move || {
                    times
                        .get()
                        .into_iter()
                        .map(|time| {
                            let label = time.label.clone();
                            view! { <button class="button slot" type="button" on:click=move |_| take(&id.get_value(), &time, said)>{label}</button> }
                        })
                        .collect_view()
                }}
            </div>
        </div>
    }
}

/// Puts a free time into the form.
fn take(form: &str, time: &FreeTime, said: RwSignal<String>) {
    #[cfg(feature = "hydrate")]
    for (name, value) in [("date", &time.date), ("time", &time.time), ("fold", &time.fold)] {
        super::browser::set_field(form, name, value);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = form;
    said.set(format!("{} is in the form.", time.label));
}

/// Asks anew whenever something changes that free times depend on.
#[cfg(feature = "hydrate")]
fn watch(form: String, times: RwSignal<Vec<FreeTime>>, said: RwSignal<String>) {
    use std::{cell::Cell, rc::Rc};

    use leptos::{ev, task::spawn_local};

    use super::browser::{fields, is_in};

    // Answers may overtake each other: only the last question counts.
    let asked = Rc::new(Cell::new(0_u32));
    let id = form.clone();
    let ask = move || {
        let question = asked.get().wrapping_add(1);
        asked.set(question);
        let (asked, fields) = (Rc::clone(&asked), fields(&id));
        // Before a therapist is chosen there is nobody whose time is free.
        if fields.iter().any(|(name, value)| name == "clinician" && value.is_empty()) {
            said.set(String::new());
            times.set(Vec::new());
            return;
        }
        spawn_local(async move {
            let answer = crate::api::free_times(fields).await.unwrap_or_default();
            if asked.get() == question {
                said.set(answer.lead);
                times.set(answer.times);
            }
        });
    };
    ask();
    window_event_listener(ev::change, move |event| {
        let name = event_target::<web_sys::Element>(&event).get_attribute("name").unwrap_or_default();
        if is_in(&event, &form)
            && ["attendee", "clinician", "place", "date", "kind", "minutes"].contains(&name.as_str())
        {
            ask();
        }
    });
}
