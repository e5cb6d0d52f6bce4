//! A list under a text field: what the server finds for the text, one row of
//! it chosen. The arrows choose, Enter goes.
//!
//! The same keys lead to the same place however slow the server is: arrows and
//! Enter that came before the answer are of the answer.

use leptos::prelude::*;

use crate::api::Found;

/// A field's text, what was found for it, and which row is chosen.
#[derive(Clone, Copy)]
pub struct Choices {
    pub text: RwSignal<String>,
    pub found: RwSignal<Vec<Found>>,
    /// Rows down from the first, negative for up; past an end it goes on at
    /// the other.
    steps: RwSignal<i64>,
    /// The text that `found` is the answer to.
    answered: RwSignal<String>,
    /// Enter was pressed before the answer was there.
    waits: RwSignal<bool>,
    /// Put away for the text as it stands: what is still to come counts no more.
    closed: RwSignal<bool>,
}

impl Choices {
    pub fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            found: RwSignal::new(Vec::new()),
            steps: RwSignal::new(0),
            answered: RwSignal::new(String::new()),
            waits: RwSignal::new(false),
            closed: RwSignal::new(false),
        }
    }

    /// Chooses by an arrow key; `false`: the key is another one.
    pub fn step(self, key: &str) -> bool {
        match key {
            "ArrowDown" => self.steps.update(|n| *n += 1),
            "ArrowUp" => self.steps.update(|n| *n -= 1),
            _ => return false,
        }
        true
    }

    /// Which of so many rows is chosen.
    pub fn chosen(self, count: usize) -> usize {
        let count = i64::try_from(count).unwrap_or(i64::MAX).max(1);
        usize::try_from(self.steps.get().rem_euclid(count)).unwrap_or_default()
    }

    /// Whether the rows are those of the text as it stands.
    pub fn current(self) -> bool {
        self.closed.get() || self.text.with(|text| self.answered.with(|answered| text == answered))
    }

    /// Goes to the chosen row; where the answer to what was typed is still to
    /// come, to that row of the answer: a quick hand does not mean what an
    /// earlier text had found.
    pub fn enter(self, rows: Memo<Vec<Found>>) {
        if !self.current() {
            self.waits.set(true);
        } else if let Some(row) = rows.with(|rows| rows.get(self.chosen(rows.len())).cloned()) {
            go(&row.href);
        }
    }

    /// Puts the rows away, and those to come with them: nobody is led anywhere
    /// by what they have closed.
    pub fn close(self) {
        self.closed.set(true);
        self.waits.set(false);
        self.found.set(Vec::new());
    }

    pub fn typed(self, text: String) {
        self.closed.set(false);
        self.waits.set(false);
        self.steps.set(0);
        self.text.set(text);
    }

    #[cfg(feature = "hydrate")]
    pub fn clear(self) {
        self.typed(String::new());
        self.found.set(Vec::new());
        self.answered.set(String::new());
    }

    /// The rows of a list whose options have ids that begin with `name`.
    pub fn rows(self, name: &'static str, rows: Memo<Vec<Found>>) -> impl IntoView {
        move || {
            let rows = rows.get();
            let count = rows.len();
            rows.into_iter()
                .enumerate()
                .map(|(n, row)| {
                    let href = row.href.clone();
                    view! {
                        <li id=format!("{name}-{n}") role="option" aria-selected=move || if self.chosen(count) == n { "true" } else { "false" } on:click=move |_| go(&href)>
                            <span>{row.act.clone()}</span>
                            <span class="muted">{row.title.clone()}</span>
                        </li>
                    }
                })
                .collect_view()
        }
    }

    /// Asks the server for each new text. Enter that came before an answer
    /// without a row is for `nobody`.
    #[cfg(feature = "hydrate")]
    pub fn ask(self, rows: Memo<Vec<Found>>, nobody: impl Fn() + Copy + 'static) {
        let answer = move |to: String, answer: Vec<Found>| {
            // Answers may overtake each other: only the last question counts.
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
                answer(wanted, Vec::new());
                return;
            }
            leptos::task::spawn_local(async move {
                let found = crate::api::find(wanted.clone()).await.unwrap_or_default();
                answer(wanted, found);
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
