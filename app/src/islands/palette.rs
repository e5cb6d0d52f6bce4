//! Ctrl+K: somebody found and the next thing done, without leaving the keys.
//!
//! Without it the page at `/find` does the same.

use leptos::{ev, prelude::*};

use super::choices::Choices;
use crate::api::Found;

/// So many rows are shown.
const SHOWN: usize = 12;

/// A list over the page of what can be done: `places` always, and what the
/// server finds for the text.
#[island]
pub fn Palette(
    /// Where the reader can go: label and address.
    places: Vec<(String, String)>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let choices = Choices::new();
    let Choices { text, found, .. } = choices;
    let places = StoredValue::new(places);
    let rows = Memo::new(move |_| {
        let wanted = text.get().to_lowercase();
        let places = places.get_value().into_iter().filter(|(label, _)| label.to_lowercase().contains(wanted.trim()));
        let places = places.map(|(act, href)| Found { title: String::new(), act, href });
        found.get().into_iter().chain(places).take(SHOWN).collect::<Vec<_>>()
    });
    #[cfg(feature = "hydrate")]
    watch(open, choices, rows);
    let close = move || {
        choices.close();
        open.set(false);
    };
    let keys = move |event: ev::KeyboardEvent| {
        // Enter ends a word that an input method composes, and goes nowhere.
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            key if choices.step(key) => {}
            "Escape" => close(),
            "Enter" => choices.enter(rows),
            "Tab" => {}
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Show when=move || open.get()>
            <div class="palette" on:click=move |_| close()>
                <div role="dialog" aria-modal="true" aria-label="Find and do" on:click=|event| event.stop_propagation()>
                    <input
                        id="palette-text"
                        type="text"
                        role="combobox"
                        aria-label="Part of a name, or where to go"
                        aria-expanded="true"
                        aria-controls="palette-rows"
                        aria-activedescendant=move || format!("palette-{}", choices.chosen(rows.with(Vec::len)))
                        placeholder="Part of a name, or where to go"
                        autocomplete="off"
                        maxlength="200"
                        prop:value=move || text.get()
                        on:input=move |event| choices.typed(event_target_value(&event))
                        on:keydown=keys
                    />
                    <ul id="palette-rows" class="choices" role="listbox" aria-label="What can be done">{choices.rows("palette", rows)}</ul>
                    <p class="hint" aria-live="polite">{move || match rows.with(Vec::len) { 0 => "Nothing of this name.", _ => "Arrows choose, Enter goes, Escape closes." }}</p>
                </div>
            </div>
        </Show>
    }
}

/// Opens at Ctrl+K, and asks the server for each new text.
#[cfg(feature = "hydrate")]
fn watch(open: RwSignal<bool>, choices: Choices, rows: Memo<Vec<Found>>) {
    use super::browser::focus;

    // Closed, the cursor is back where it was.
    let before = StoredValue::new_local(None);
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            before.with_value(|element| super::browser::focus_on(element.as_ref()));
        }
        is
    });
    window_event_listener(ev::keydown, move |event| {
        if event.key().eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            choices.clear();
            if !open.get_untracked() {
                before.set_value(document().active_element());
            }
            open.update(|open| *open = !*open);
            if open.get_untracked() {
                // Before the next key arrives: a quick hand types on.
                leptos::task::spawn_local(async {
                    for _ in 0..20 {
                        if focus("palette-text") {
                            break;
                        }
                        leptos::task::tick().await;
                    }
                });
            }
        }
    });
    choices.ask(rows, || ());
}
