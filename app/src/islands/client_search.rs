//! Clients by a part of a name, while it is typed: one is chosen with a press
//! or with the arrows and Enter, and the booking form opens.
//!
//! Without it the form around the field finds them.

use leptos::{ev, html, prelude::*};

use super::choices::Choices;
use crate::api::{BOOK, Found};

/// The text field of a search for a client to book, with those of the name
/// under it.
#[island]
pub fn ClientSearch(
    /// What was searched for.
    q: String,
    /// What else the booking form is to open with: "&date=2026-12-03".
    carried: String,
) -> impl IntoView {
    let choices = Choices::new();
    let rows = Memo::new(move |_| {
        let found = choices.found.get().into_iter().filter(|f| f.act == BOOK);
        // The name is what is read here, and all are for booking.
        found
            .map(|f| Found { act: f.title, title: String::new(), href: format!("{}{carried}", f.href) })
            .collect::<Vec<_>>()
    });
    // Before our script is there, it is a field like any other.
    let ready = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    #[cfg(feature = "hydrate")]
    {
        // As Enter would have sent it, had the answer been there before.
        let send = move || {
            if let Some(form) = field.get_untracked().and_then(|field| field.form()) {
                let _ = form.request_submit();
            }
        };
        choices.ask(rows, send);
        Effect::new(move |_| ready.set(true));
    }
    let any = move || rows.with(|rows| !rows.is_empty());
    let keys = move |event: ev::KeyboardEvent| {
        // Enter ends a word that an input method composes, and goes nowhere.
        if event.is_composing() {
            return;
        }
        let count = rows.with(Vec::len);
        // Nothing to choose, and nothing to come.
        let nothing = count == 0 && choices.current();
        let key = event.key();
        match key.as_str() {
            // Nobody of that name, or what an earlier page has searched for:
            // the form says so.
            _ if nothing => return,
            "Enter" => choices.enter(rows),
            "Escape" => choices.close(),
            _ if choices.step(&key) => {}
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <input
            node_ref=field
            id="q"
            type="search"
            name="q"
            value=q
            maxlength="200"
            autocomplete="off"
            required
            role=move || ready.get().then_some("combobox")
            aria-autocomplete=move || ready.get().then_some("list")
            aria-expanded=move || ready.get().then(|| if any() { "true" } else { "false" })
            aria-controls=move || any().then_some("q-rows")
            aria-activedescendant=move || any().then(|| format!("q-{}", choices.chosen(rows.with(Vec::len))))
            on:input=move |event| choices.typed(event_target_value(&event))
            on:keydown=keys
        />
        <Show when=any>
            <ul id="q-rows" class="choices" role="listbox" aria-label="Clients of this name">{choices.rows("q", rows)}</ul>
        </Show>
        <p class="quiet" aria-live="polite">
            {move || match rows.with(Vec::len) {
                0 => String::new(),
                1 => "One client. Enter books with them.".to_owned(),
                n => format!("{n} clients. Arrows choose, Enter books."),
            }}
        </p>
    }
}
