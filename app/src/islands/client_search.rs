//! Search for a client while a part of the name is typed. A click, or the
//! arrows and Enter, chooses a client and opens the booking form.
//!
//! Without scripts, the form around the field does the search.

use leptos::{html, prelude::*};

use super::choices::{Choices, Row};
use crate::api::{BOOK, FoundClient, Hits, MORE};

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
        let Hits { clients, all } = choices.found.get();
        // The row shows the client's name, because each row leads to a booking.
        let to_book = |client: FoundClient| {
            let act = client.acts.into_iter().find(|act| act.text == BOOK)?;
            Some(Row::new(client.title, String::new(), format!("{}{carried}", act.href)))
        };
        let more = all.filter(|act| act.text == MORE).and_then(|act| {
            let asked = act.href.strip_prefix("/find?")?;
            Some(Row::new(MORE.to_owned(), String::new(), format!("/sessions/new?{asked}{carried}")))
        });
        clients.into_iter().filter_map(to_book).chain(more).collect::<Vec<_>>()
    });
    // Until this script has loaded, it is a plain field.
    let ready = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    #[cfg(feature = "hydrate")]
    {
        // No match: submits the form, as Enter would have done after the
        // answer.
        choices.ask(rows, move || super::browser::submit_form_of(field.get_untracked()));
        Effect::new(move |_| ready.set(true));
    }
    let any = move || rows.with(|rows| !rows.is_empty());
    view! {
        <input
            node_ref=field
            id="q"
            type="search"
            name="q"
            value=q
            maxlength="200"
            autocomplete="off"
            autofocus
            required
            role=move || ready.get().then_some("combobox")
            aria-autocomplete=move || ready.get().then_some("list")
            aria-expanded=move || ready.get().then(|| if any() { "true" } else { "false" })
            aria-controls=move || any().then_some("q-rows")
            aria-activedescendant=move || any().then(|| format!("q-{}", choices.chosen(rows.with(Vec::len))))
            on:input=move |event| choices.set_text(event_target_value(&event))
            on:keydown=move |event| choices.key(&event, rows)
        />
        <Show when=any>
            <ul id="q-rows" class="listbox" role="listbox" aria-label="Clients of this name">{choices.rows("q", rows)}</ul>
        </Show>
        <p class="quiet" aria-live="polite">
            {move || match rows.with(Vec::len) {
                0 => String::new(),
                1 => "One client. Enter books with them.".to_owned(),
                n if rows.with(|rows| rows.iter().any(|row| row.text == MORE)) => {
                    format!("The first {} clients, and a link to more. Arrows choose, Enter books.", n - 1)
                }
                n => format!("{n} clients. Arrows choose, Enter books."),
            }}
        </p>
    }
}
