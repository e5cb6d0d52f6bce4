//! The command palette (Ctrl+K): finds a client and opens the next action by
//! keyboard.
//!
//! Without scripts, the page at `/find` does the same.

use leptos::{ev, prelude::*};

use super::choices::Choices;
use crate::api::{Found, MORE};

/// The most rows that are shown.
const SHOWN: usize = 12;

/// The rows to show: results, then places, at most [`SHOWN`]. The last result
/// is the link to all results; it is kept if some are left out or the server
/// has more.
fn visible_rows(mut found: Vec<Found>, places: Vec<Found>) -> Vec<Found> {
    let room = SHOWN.saturating_sub(places.len()).max(SHOWN / 2);
    if let Some(all) = found.pop() {
        let cut = found.len() > room;
        if cut {
            found.truncate(room - 1);
        }
        if cut || all.act == MORE {
            found.push(all);
        }
    }
    found.into_iter().chain(places).collect()
}

/// The palette: a dialog over the page that lists `places` and what the server
/// finds for the text.
#[island]
pub fn Palette(
    /// The pages of the navigation: label and address.
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
        visible_rows(found.get(), places.collect())
    });
    #[cfg(feature = "hydrate")]
    watch(open, choices, rows);
    let close = move || {
        choices.close();
        open.set(false);
    };
    let keys = move |event: ev::KeyboardEvent| {
        // Enter that ends a composition of an input method must not open
        // anything.
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
                        on:input=move |event| choices.set_text(event_target_value(&event))
                        on:keydown=keys
                    />
                    <ul id="palette-rows" class="listbox" role="listbox" aria-label="What can be done">{choices.rows("palette", rows)}</ul>
                    <p class="hint" aria-live="polite">{move || match rows.with(Vec::len) { 0 => "Nothing of this name.", _ => "Arrows choose, Enter goes, Escape closes." }}</p>
                </div>
            </div>
        </Show>
    }
}

/// Opens and closes the palette at Ctrl+K, and asks the server for each new
/// text.
#[cfg(feature = "hydrate")]
fn watch(open: RwSignal<bool>, choices: Choices, rows: Memo<Vec<Found>>) {
    use super::browser::focus;

    // When the palette closes, the focus returns to where it was.
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
                // Moves the focus before the next key arrives, for fast
                // typists.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ALL;

    fn rows(count: usize, last: &str) -> Vec<Found> {
        let row = |act: String| Found { title: String::new(), act, href: String::new() };
        (0..count).map(|n| row(n.to_string())).chain([row(last.to_owned())]).collect()
    }

    #[test]
    fn rows_left_out_are_reached_by_a_last_row() {
        let last = |found, places: usize| {
            let mut places = rows(places, "place");
            places.pop();
            let count = places.len();
            let all = visible_rows(found, places);
            all[..all.len() - count].last().map(|row| row.act.clone()).unwrap_or_default()
        };
        assert_eq!(last(rows(12, ALL), 0), "11", "all of it is there");
        assert_eq!(last(rows(13, ALL), 0), ALL);
        assert_eq!(last(rows(11, ALL), 2), ALL);
        assert_eq!(last(rows(3, MORE), 8), MORE, "there are more people");
        assert_eq!(visible_rows(vec![], rows(1, "place")).len(), 2);
        assert!((0..60).all(|n| visible_rows(rows(n, ALL), vec![]).len() <= SHOWN));
    }
}
