//! Ctrl+K: somebody found and the next thing done, without leaving the keys.
//!
//! Without it the page at `/find` does the same.

use leptos::{ev, prelude::*};

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
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Found>::new());
    let chosen = RwSignal::new(0_usize);
    let places = StoredValue::new(places);
    let rows = Memo::new(move |_| {
        let wanted = text.get().to_lowercase();
        let places = places.get_value().into_iter().filter(|(label, _)| label.to_lowercase().contains(wanted.trim()));
        let places = places.map(|(act, href)| Found { title: String::new(), act, href });
        found.get().into_iter().chain(places).take(SHOWN).collect::<Vec<_>>()
    });
    #[cfg(feature = "hydrate")]
    watch(open, text, found, chosen);
    let keys = move |event: ev::KeyboardEvent| {
        let count = rows.with(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|n| *n = (*n + 1) % count),
            "ArrowUp" => chosen.update(|n| *n = (*n + count - 1) % count),
            "Escape" => open.set(false),
            "Enter" => {
                if let Some(row) = rows.with(|rows| rows.get(chosen.get()).cloned()) {
                    go(&row.href);
                }
            }
            "Tab" => {}
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Show when=move || open.get()>
            <div class="palette" on:click=move |_| open.set(false)>
                <div role="dialog" aria-modal="true" aria-label="Find and do" on:click=|event| event.stop_propagation()>
                    <input
                        id="palette-text"
                        type="text"
                        role="combobox"
                        aria-label="Part of a name, or where to go"
                        aria-expanded="true"
                        aria-controls="palette-rows"
                        aria-activedescendant=move || format!("palette-{}", chosen.get())
                        placeholder="Part of a name, or where to go"
                        autocomplete="off"
                        maxlength="200"
                        prop:value=move || text.get()
                        on:input=move |event| { chosen.set(0); text.set(event_target_value(&event)); }
                        on:keydown=keys
                    />
                    <ul id="palette-rows" role="listbox" aria-label="What can be done">
                        {move || {
                            rows.get()
                                .into_iter()
                                .enumerate()
                                .map(|(n, row)| {
                                    let href = row.href.clone();
                                    view! {
                                        <li id=format!("palette-{n}") role="option" aria-selected=move || if chosen.get() == n { "true" } else { "false" } on:click=move |_| go(&href)>
                                            <span>{row.act.clone()}</span>
                                            <span class="muted">{row.title.clone()}</span>
                                        </li>
                                    }
                                })
                                .collect_view()
                        }}
                    </ul>
                    <p class="hint" aria-live="polite">{move || match rows.with(Vec::len) { 0 => "Nothing of this name.", _ => "Arrows choose, Enter goes, Escape closes." }}</p>
                </div>
            </div>
        </Show>
    }
}

/// Leaves for an address of this site.
fn go(href: &str) {
    #[cfg(feature = "hydrate")]
    let _ = window().location().set_href(href);
    #[cfg(not(feature = "hydrate"))]
    let _ = href;
}

/// Opens at Ctrl+K, and asks the server for each new text.
#[cfg(feature = "hydrate")]
fn watch(open: RwSignal<bool>, text: RwSignal<String>, found: RwSignal<Vec<Found>>, chosen: RwSignal<usize>) {
    use leptos::task::spawn_local;

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
            text.set(String::new());
            found.set(Vec::new());
            chosen.set(0);
            if !open.get_untracked() {
                before.set_value(document().active_element());
            }
            open.update(|open| *open = !*open);
            if open.get_untracked() {
                request_animation_frame(|| focus("palette-text"));
            }
        }
    });
    Effect::new(move |_| {
        let wanted = text.get();
        if wanted.trim().is_empty() {
            found.set(Vec::new());
            return;
        }
        spawn_local(async move {
            let answer = crate::api::find(wanted.clone()).await.unwrap_or_default();
            // Answers may overtake each other: only the last question counts.
            if text.get_untracked() == wanted {
                found.set(answer);
            }
        });
    });
}
