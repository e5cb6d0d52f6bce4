//! Search for a client while a part of the name is typed. A click, or the
//! arrows and Enter, chooses a client and opens the booking form.
//!
//! Without scripts, the form around the field does the search.

use leptos::{ev, html, prelude::*};

use super::choices::Choices;
use crate::api::{BOOK, Found, MORE};

/// The search field for a client to book, with the matching clients under it.
#[island]
pub fn ClientSearch(
    /// The text that was searched for.
    q: String,
    /// Further query parameters for the booking form, such as
    /// "&date=2026-12-03".
    carried: String,
) -> impl IntoView {
    let choices = Choices::new();
    let rows = Memo::new(move |_| {
        let found = choices.found.get().into_iter().filter(|f| f.act == BOOK || f.act == MORE);
        // The row shows the client's name, because each row leads to a booking.
        found
            .map(|f| match f.href.strip_prefix("/find?") {
                Some(asked) => Found { href: format!("/sessions/new?{asked}{carried}"), ..f },
                None => Found { act: f.title, title: String::new(), href: format!("{}{carried}", f.href) },
            })
            .collect::<Vec<_>>()
    });
    // Until this script has loaded, it is a plain field.
    let ready = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    #[cfg(feature = "hydrate")]
    {
        // No match: submits the form, as Enter would have done after the
        // answer.
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
        // Enter that ends a composition of an input method must not open
        // anything.
        if event.is_composing() {
            return;
        }
        let count = rows.with(Vec::len);
        // There are no rows, and none are awaited.
        let nothing = count == 0 && choices.is_current();
        let key = event.key();
        match key.as_str() {
            // No client has this name, or the text is that of an earlier page:
            // the form tells the reader.
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
            on:input=move |event| choices.set_text(event_target_value(&event))
            on:keydown=keys
        />
        <Show when=any>
            <ul id="q-rows" class="listbox" role="listbox" aria-label="Clients of this name">{choices.rows("q", rows)}</ul>
        </Show>
        <p class="quiet" aria-live="polite">
            {move || match rows.with(Vec::len) {
                0 => String::new(),
                1 => "One client. Enter books with them.".to_owned(),
                n if rows.with(|rows| rows.iter().any(|row| row.act == MORE)) => {
                    format!("The first {} clients, and a link to more. Arrows choose, Enter books.", n - 1)
                }
                n => format!("{n} clients. Arrows choose, Enter books."),
            }}
        </p>
    }
}
