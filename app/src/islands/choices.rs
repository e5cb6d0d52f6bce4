//! The list of results under a search field, in which one row is chosen. The
//! arrow keys choose, Enter opens.
//!
//! The same keys lead to the same row however slow the server is: arrows and
//! Enter that are pressed before the answer arrives apply to the answer.

use leptos::{ev, prelude::*};

use crate::api::Hits;

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is read first: a client’s name, or what can be done for them.
    pub text: String,
    /// What is beside it; only for screen readers in a row that follows.
    pub beside: String,
    pub href: String,
    /// Whether the row is one more for the client of the row above.
    pub follows: bool,
}

impl Row {
    /// The first row of a client, or a row that belongs to no client.
    pub fn new(text: String, beside: String, href: String) -> Self {
        Self { text, beside, href, follows: false }
    }

    /// One more row of the client of the row above.
    pub fn following(text: String, beside: String, href: String) -> Self {
        Self { text, beside, href, follows: true }
    }
}

/// A search field's text, its results, and which row is chosen.
#[derive(Clone, Copy)]
pub struct Choices {
    pub text: RwSignal<String>,
    pub found: RwSignal<Hits>,
    /// How many rows below the first the choice is; negative means up. Past one
    /// end it continues at the other.
    steps: RwSignal<i64>,
    /// The text to which `found` is the answer.
    answered: RwSignal<String>,
    /// Whether Enter was pressed before the answer arrived.
    waits: RwSignal<bool>,
    /// Whether the reader closed the list for this text; an answer that arrives
    /// later is ignored.
    closed: RwSignal<bool>,
}

impl Choices {
    /// An empty list: nothing was typed and nothing was found.
    pub fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            found: RwSignal::new(Hits::default()),
            steps: RwSignal::new(0),
            answered: RwSignal::new(String::new()),
            waits: RwSignal::new(false),
            closed: RwSignal::new(false),
        }
    }

    /// Moves the choice by an arrow key; `false` if it is another key.
    pub fn step(self, key: &str) -> bool {
        match key {
            "ArrowDown" => self.steps.update(|n| *n += 1),
            "ArrowUp" => self.steps.update(|n| *n -= 1),
            _ => return false,
        }
        true
    }

    /// The index of the chosen row among `count` rows.
    pub fn chosen(self, count: usize) -> usize {
        let count = i64::try_from(count).unwrap_or(i64::MAX).max(1);
        usize::try_from(self.steps.get().rem_euclid(count)).unwrap_or_default()
    }

    /// Whether no answer is awaited: the results belong to the current text, or
    /// the list is closed.
    pub fn is_current(self) -> bool {
        self.closed.get() || self.text.with(|text| self.answered.with(|answered| text == answered))
    }

    /// Opens the chosen row. If the answer to the current text has not arrived,
    /// waits for it and opens that row of the answer, because fast typists do
    /// not mean the results of an earlier text.
    pub fn enter(self, rows: Memo<Vec<Row>>) {
        if !self.is_current() {
            self.waits.set(true);
        } else if let Some(row) = rows.with(|rows| rows.get(self.chosen(rows.len())).cloned()) {
            go(&row.href);
        }
    }

    /// Whether the reader closed the list for this text.
    pub fn is_closed(self) -> bool {
        self.closed.get()
    }

    /// Does what a key of the field means for the list: the arrows choose, Enter
    /// opens, Escape closes. With no rows and none awaited, the key is the
    /// form's, which tells the reader that nothing was found.
    pub fn key(self, event: &ev::KeyboardEvent, rows: Memo<Vec<Row>>) {
        // Enter that ends a composition of an input method must not open
        // anything.
        if event.is_composing() || rows.with(Vec::is_empty) && self.is_current() {
            return;
        }
        let key = event.key();
        match key.as_str() {
            "Enter" => self.enter(rows),
            "Escape" => self.close(),
            _ if self.step(&key) => {}
            _ => return,
        }
        event.prevent_default();
    }

    /// Closes the list and ignores answers that arrive later: a closed list
    /// must not open a page.
    pub fn close(self) {
        self.closed.set(true);
        self.waits.set(false);
        self.found.set(Hits::default());
    }

    /// Sets the text after the reader typed, and chooses the first row.
    pub fn set_text(self, text: String) {
        self.closed.set(false);
        self.waits.set(false);
        self.steps.set(0);
        self.text.set(text);
    }

    /// Renders the rows of a list whose options have ids that begin with
    /// `name`.
    pub fn rows(self, name: &'static str, rows: Memo<Vec<Row>>) -> impl IntoView {
        move || {
            let rows = rows.get();
            let count = rows.len();
            rows.into_iter()
                .enumerate()
                .map(|(n, row)| {
                    let href = row.href.clone();
                    view! {
                        <li
                            id=format!("{name}-{n}")
                            class=row.follows.then_some("follows")
                            role="option"
                            aria-selected=move || if self.chosen(count) == n { "true" } else { "false" }
                            on:click=move |_| go(&href)
                        >
                            <span>{row.text.clone()}</span>
                            " "
                            <span class=if row.follows { "quiet" } else { "muted" }>{row.beside.clone()}</span>
                        </li>
                    }
                })
                .collect_view()
        }
    }

    /// Asks the server for each new text. If Enter was pressed before an answer
    /// that has no rows, calls `nobody`.
    #[cfg(feature = "hydrate")]
    pub fn ask(self, rows: Memo<Vec<Row>>, nobody: impl Fn() + Copy + 'static) {
        let answer = move |to: String, answer: Hits| {
            // Answers can arrive out of order; only the latest question counts.
            if self.closed.get_untracked() || self.text.get_untracked() != to {
                return;
            }
            if self.found.with_untracked(|found| *found != answer) {
                self.found.set(answer);
            }
            self.answered.set(to);
            if self.waits.get_untracked() {
                self.waits.set(false);
                if rows.with_untracked(Vec::is_empty) {
                    nobody();
                } else {
                    self.enter(rows);
                }
            }
        };
        Effect::new(move |_| {
            let wanted = self.text.get();
            if wanted.trim().is_empty() {
                answer(wanted, Hits::default());
                return;
            }
            leptos::task::spawn_local(async move {
                let found = crate::api::find(wanted.clone()).await.unwrap_or_default();
                answer(wanted, found);
            });
        });
    }
}

/// Opens an address of this site.
pub fn go(href: &str) {
    #[cfg(feature = "hydrate")]
    let _ = window().location().set_href(href);
    #[cfg(not(feature = "hydrate"))]
    let _ = href;
}
