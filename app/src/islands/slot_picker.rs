//! Free times beside a booking form: a click on one puts it into the form.
//!
//! Without scripts, the form offers free times after a refused time.

use leptos::prelude::*;

use crate::api::FreeTime;

/// Offers free times for the form with the id `form`, which has the fields of a
/// booking (`client`, `attendee`, `clinician`, `place`, `date`, `minutes`). The
/// chosen time is put into `date`, `time` and `fold`.
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
                            view! { <button class="button slot" type="button" on:click=move |_| put_into_form(&id.get_value(), &time, said)>{label}</button> }
                        })
                        .collect_view()
                }}
            </div>
        </div>
    }
}

/// Puts a free time into the form's fields.
fn put_into_form(form: &str, time: &FreeTime, said: RwSignal<String>) {
    #[cfg(feature = "hydrate")]
    for (name, value) in [("date", &time.date), ("time", &time.time), ("fold", &time.fold)] {
        super::browser::set_field(form, name, value);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = form;
    said.set(format!("{} is in the form.", time.label));
}

/// Asks for free times now and after each change of a field that they depend
/// on.
#[cfg(feature = "hydrate")]
fn watch(form: String, times: RwSignal<Vec<FreeTime>>, said: RwSignal<String>) {
    use std::{cell::Cell, rc::Rc};

    use leptos::{ev, task::spawn_local};

    use super::browser::{fields, is_in};

    // Answers can arrive out of order; only the latest question counts.
    let asked = Rc::new(Cell::new(0_u32));
    let id = form.clone();
    let ask = move || {
        let question = asked.get().wrapping_add(1);
        asked.set(question);
        let (asked, fields) = (Rc::clone(&asked), fields(&id));
        // Without a therapist there is no calendar to search.
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
