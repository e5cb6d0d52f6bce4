//! An exercise one step at a time. All its steps are in the page and in its form,
//! so that saving, sending and printing are the same as without this island: it
//! only decides which of them is in sight.

use leptos::prelude::*;

use super::StepTexts;

/// Turns the `screens` screens of an exercise, beginning with the one at index
/// `start`.
#[island]
pub fn StepByStep(screens: usize, start: usize, texts: StepTexts) -> impl IntoView {
    let at = RwSignal::new(start);
    let StepTexts { back, next, place } = texts;
    let place = StoredValue::new(place);
    #[cfg(feature = "hydrate")]
    turning::watch(screens, at, place);
    #[cfg(not(feature = "hydrate"))]
    let _ = place;
    let turn = move |back: bool| {
        let to = if back { at.get_untracked().saturating_sub(1) } else { at.get_untracked() + 1 };
        at.set(to.min(screens.saturating_sub(1)));
        #[cfg(feature = "hydrate")]
        turning::arrive(at.get_untracked(), screens, place);
    };
    view! {
        <div class="screens-nav">
            <button class="button" type="button" class:is-silent={move || at.get() == 0} on:click={move |_| turn(true)}>{back}</button>
            <button class="button button-primary" type="button" class:is-silent={move || at.get() + 1 >= screens} on:click={move |_| turn(false)}>{next}</button>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod turning {
    use std::time::Duration;

    use leptos::{ev, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlElement};

    use crate::islands::browser::{children, now_at, put_text};

    /// The beginning of the part of the address that names a screen, counted from 1.
    const HASH: &str = "#step-";

    /// The exercise that is turned.
    fn exercise() -> Option<Element> {
        document().query_selector(".exercise.is-stepped").ok().flatten()
    }

    /// The screens of the exercise.
    fn screens() -> Vec<Element> {
        exercise().map(|exercise| children(&exercise, ".screen")).unwrap_or_default()
    }

    /// The index of the screen that contains an element. What is behind the form is
    /// on the last screen. `None`: it is on every screen.
    fn screen_of(element: &Element) -> Option<usize> {
        let screens = screens();
        if element.closest(".exercise-end").ok().flatten().is_some() {
            return screens.len().checked_sub(1);
        }
        let own = element.closest(".screen").ok().flatten()?;
        screens.iter().position(|screen| *screen == own)
    }

    /// Starts turning: with the screen of the field in use, which may have been
    /// typed in before this script had loaded, or the one that the address names,
    /// or the one that the server chose.
    pub fn watch(all: usize, at: RwSignal<usize>, place: StoredValue<String>) {
        let Some(exercise) = exercise() else { return };
        let refused = exercise.query_selector(".summary").ok().flatten().is_some();
        let in_use = document().active_element().and_then(|field| screen_of(&field));
        let named = window().location().hash().ok().and_then(|hash| hash.strip_prefix(HASH)?.parse::<usize>().ok());
        let named = named.filter(|n| !refused && (1..=all).contains(n)).map(|n| n - 1);
        let screen = in_use.or(named).unwrap_or_else(|| at.get_untracked());
        let _ = exercise.class_list().add_1("is-stepping");
        show(screen, all, place);
        if refused {
            focus_on_heading(screen);
        }
        // Once the buttons are there: while they start, they are taken to be as the
        // server drew them.
        set_timeout(move || at.set(screen), Duration::ZERO);
        // The summary of errors links to fields that may be out of sight.
        window_event_listener(ev::click, move |event| {
            if let Some(screen) = link_target(&event).and_then(|field| screen_of(&field)) {
                at.set(screen);
                show(screen, all, place);
            }
        });
        window_event_listener(ev::input, |event| {
            if let Some(field) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                // What was wrong is being mended.
                let _ = field.remove_attribute("aria-invalid");
            }
        });
    }

    /// The element within the page to which a clicked link leads.
    fn link_target(event: &Event) -> Option<Element> {
        let clicked = event.target()?.dyn_into::<Element>().ok()?;
        let link = clicked.closest("a[href^='#']").ok().flatten()?;
        document().get_element_by_id(link.get_attribute("href")?.trim_start_matches('#'))
    }

    /// Shows a screen, and names it above and in the address, where a reload finds
    /// it.
    fn show(at: usize, all: usize, place: StoredValue<String>) {
        for (n, screen) in screens().iter().enumerate() {
            let _ = screen.class_list().toggle_with_force("is-current", n == at);
        }
        let data_at = match (at == 0, at + 1 >= all) {
            (true, true) => "first last",
            (true, false) => "first",
            (false, true) => "last",
            (false, false) => "",
        };
        if let Some(exercise) = exercise() {
            let _ = exercise.set_attribute("data-at", data_at);
            for bar in children(&exercise, ".screens-progress > progress") {
                let _ = bar.set_attribute("value", &(at + 1).to_string());
            }
        }
        let text = place.get_value().replace("{at}", &(at + 1).to_string()).replace("{all}", &all.to_string());
        put_text("progress", &text);
    }

    /// Shows a screen that the reader turned to, from its beginning.
    pub fn arrive(at: usize, all: usize, place: StoredValue<String>) {
        show(at, all, place);
        now_at(&format!("{HASH}{}", at + 1));
        window().scroll_to_with_x_and_y(0.0, 0.0);
        focus_on_heading(at);
    }

    /// Moves the focus to the heading of a screen, so that a screen reader reads it.
    fn focus_on_heading(at: usize) {
        let heading = screens().get(at).and_then(|s| s.query_selector(".step-prompt, h2").ok().flatten());
        if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
            let _ = heading.set_attribute("tabindex", "-1");
            let _ = heading.focus();
        }
    }
}
