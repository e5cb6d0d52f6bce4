//! The search field at the top of every staff page: clients by a part of their
//! name with what can be done for each, and the pages of the navigation. Ctrl+K
//! and `/` move the focus there from anywhere on the page.
//!
//! Without scripts, the form around the field opens the page at `/find`, which
//! shows the same.

use leptos::{html, prelude::*};

use super::choices::{Choices, Row};
use crate::api::{Act, Hits};

/// The most rows that are shown.
const SHOWN: usize = 12;

/// The rows for the answer of the server and the pages whose label has the text.
/// Each client gets the same number of rows: all that can be done for a single
/// client, only the first link for each of many.
fn visible_rows(hits: Hits, places: impl Iterator<Item = (String, String)>) -> Vec<Row> {
    let each = (SHOWN / hits.clients.len().max(1)).max(1);
    let mut rows: Vec<Row> = Vec::new();
    for client in hits.clients {
        for (n, Act { text, href }) in client.acts.into_iter().take(each).enumerate() {
            rows.push(if n == 0 {
                Row::new(client.title.clone(), text, href)
            } else {
                Row::following(text, client.title.clone(), href)
            });
        }
    }
    let all = usize::from(hits.all.is_some());
    rows.truncate(SHOWN - all);
    rows.extend(hits.all.map(|Act { text, href }| Row::new(text, String::new(), href)));
    let left = SHOWN.saturating_sub(rows.len());
    rows.extend(places.take(left.max(1)).map(|(label, href)| Row::new(label, "Page".to_owned(), href)));
    rows
}

/// The search field in its form, with the list of hits under it.
#[island]
pub fn SearchField(
    /// The text that was searched for; empty on other pages.
    q: String,
    /// Whether the field has the focus when the page opens.
    focused: bool,
    /// Whether `/` moves the focus to the field.
    slash: bool,
    /// The pages of the navigation: label and address.
    places: Vec<(String, String)>,
) -> impl IntoView {
    let choices = Choices::new();
    let places = StoredValue::new(places);
    let rows = Memo::new(move |_| {
        let wanted = choices.text.get().trim().to_lowercase();
        let is_meant = |(label, _): &(String, String)| !wanted.is_empty() && label.to_lowercase().contains(&wanted);
        if choices.is_closed() {
            return Vec::new();
        }
        visible_rows(choices.found.get(), places.get_value().into_iter().filter(is_meant))
    });
    // Until this script has loaded, it is a plain field.
    let ready = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    #[cfg(feature = "hydrate")]
    {
        listen(slash);
        choices.ask(rows, move || super::browser::submit_form_of(field.get_untracked()));
        Effect::new(move |_| ready.set(true));
    }
    let any = move || rows.with(|rows| !rows.is_empty());
    view! {
        <form class="find-field" role="search" aria-label="Find" method="get" action="/find">
            <label class="quiet" for="find-text">"Find a client or a page"</label>
            <input
                node_ref=field
                id="find-text"
                type="search"
                name="q"
                value=q
                placeholder="Find a client or a page"
                maxlength="200"
                autocomplete="off"
                autofocus=focused
                role=move || ready.get().then_some("combobox")
                aria-autocomplete=move || ready.get().then_some("list")
                aria-expanded=move || ready.get().then(|| if any() { "true" } else { "false" })
                aria-controls=move || any().then_some("find-rows")
                aria-activedescendant=move || any().then(|| format!("find-{}", choices.chosen(rows.with(Vec::len))))
                aria-keyshortcuts=if slash { "Control+K /" } else { "Control+K" }
                on:input=move |event| choices.set_text(event_target_value(&event))
                on:keydown=move |event| choices.key(&event, rows)
                on:blur=move |_| choices.close()
            />
            <kbd class="keyboard" aria-hidden="true">"Ctrl K"</kbd>
            <button class="button" type="submit">"Find"</button>
            <Show when=any>
                // A press on a row must not take the focus from the field, which
                // would close the list.
                <ul id="find-rows" class="listbox" role="listbox" aria-label="Clients and pages" on:mousedown=|event| event.prevent_default()>
                    {choices.rows("find", rows)}
                </ul>
            </Show>
            <p class="quiet" aria-live="polite">
                {move || match rows.with(Vec::len) {
                    0 => String::new(),
                    1 => "One hit. Enter opens it.".to_owned(),
                    n => format!("{n} hits. Arrows choose, Enter opens."),
                }}
            </p>
        </form>
    }
}

/// Moves the focus to the field at Ctrl+K and, if `slash` is true, at `/` unless
/// the reader types in a field.
#[cfg(feature = "hydrate")]
fn listen(slash: bool) {
    use leptos::ev;

    use super::browser;

    window_event_listener(ev::keydown, move |event| {
        let with_control = event.ctrl_key() || event.meta_key();
        let is_meant = match event.key().as_str() {
            "k" | "K" => with_control && !event.alt_key(),
            "/" => slash && !with_control && !event.alt_key() && !browser::is_typing(),
            _ => false,
        };
        if is_meant && browser::focus_and_select("find-text") {
            event.prevent_default();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::FoundClient;

    fn hits(clients: usize, acts: usize, more: bool) -> Hits {
        let act = |text: String| Act { text, href: "/".to_owned() };
        Hits {
            clients: (0..clients)
                .map(|n| FoundClient {
                    title: format!("client {n}"),
                    acts: (0..acts).map(|a| act(format!("act {a}"))).collect(),
                })
                .collect(),
            all: more.then(|| act("Show all".to_owned())),
        }
    }

    fn places(count: usize) -> impl Iterator<Item = (String, String)> {
        (0..count).map(|n| (format!("place {n}"), "/".to_owned()))
    }

    #[test]
    fn one_client_has_all_links_and_many_have_their_first() {
        assert_eq!(visible_rows(hits(1, 9, false), places(0)).len(), 9);
        let many = visible_rows(hits(8, 9, true), places(0));
        assert_eq!(many.iter().filter(|row| row.beside == "act 0").count(), 8);
        assert_eq!(many.last().map(|row| row.text.as_str()), Some("Show all"));
        assert_eq!(visible_rows(hits(2, 9, false), places(0)).iter().filter(|row| row.beside == "act 0").count(), 2);
    }

    #[test]
    fn pages_follow_the_clients() {
        let rows = visible_rows(hits(1, 9, false), places(9));
        assert!(rows.len() <= SHOWN);
        assert!(rows.last().is_some_and(|row| row.beside == "Page"));
        assert_eq!(visible_rows(Hits::default(), places(2)).len(), 2);
        assert!((0..40).all(|n| visible_rows(hits(n, 4, true), places(3)).len() <= SHOWN + 1));
    }
}
