//! A list under a text field: what the server finds for the text, one row of
//! it chosen. The arrows choose, Enter goes.

use leptos::prelude::*;

use crate::api::Found;

/// A field's text, what was found for it, and which row is chosen.
#[derive(Clone, Copy)]
pub struct Choices {
    pub text: RwSignal<String>,
    pub found: RwSignal<Vec<Found>>,
    pub chosen: RwSignal<usize>,
}

impl Choices {
    pub fn new() -> Self {
        Self { text: RwSignal::new(String::new()), found: RwSignal::new(Vec::new()), chosen: RwSignal::new(0) }
    }

    /// Chooses by an arrow key; `false`: the key is another one.
    pub fn step(self, key: &str, count: usize) -> bool {
        let count = count.max(1);
        match key {
            "ArrowDown" => self.chosen.update(|n| *n = (*n + 1) % count),
            "ArrowUp" => self.chosen.update(|n| *n = (*n + count - 1) % count),
            _ => return false,
        }
        true
    }

    pub fn typed(self, text: String) {
        self.chosen.set(0);
        self.text.set(text);
    }

    #[cfg(feature = "hydrate")]
    pub fn clear(self) {
        self.typed(String::new());
        self.found.set(Vec::new());
    }

    /// The rows of a list whose options have ids that begin with `name`.
    pub fn rows(self, name: &'static str, rows: Memo<Vec<Found>>) -> impl IntoView {
        move || {
            rows.get()
                .into_iter()
                .enumerate()
                .map(|(n, row)| {
                    let href = row.href.clone();
                    view! {
                        <li id=format!("{name}-{n}") role="option" aria-selected=move || if self.chosen.get() == n { "true" } else { "false" } on:click=move |_| go(&href)>
                            <span>{row.act.clone()}</span>
                            <span class="muted">{row.title.clone()}</span>
                        </li>
                    }
                })
                .collect_view()
        }
    }

    /// Asks the server for each new text.
    #[cfg(feature = "hydrate")]
    pub fn ask(self) {
        let Self { text, found, .. } = self;
        Effect::new(move |_| {
            let wanted = text.get();
            if wanted.trim().is_empty() {
                found.set(Vec::new());
                return;
            }
            leptos::task::spawn_local(async move {
                let answer = crate::api::find(wanted.clone()).await.unwrap_or_default();
                // Answers may overtake each other: only the last question counts.
                if text.get_untracked() == wanted {
                    found.set(answer);
                }
            });
        });
    }
}

/// Leaves for an address of this site.
pub fn go(href: &str) {
    #[cfg(feature = "hydrate")]
    let _ = window().location().set_href(href);
    #[cfg(not(feature = "hydrate"))]
    let _ = href;
}
