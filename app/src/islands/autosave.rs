//! Autosave for exercises, notes and exercise drafts: saves a moment after each
//! change.
//!
//! Nothing is stored in the browser. When the network is down, the page says
//! so, tries again at growing intervals, and asks before the reader leaves it.

use leptos::prelude::*;
use uuid::Uuid;

use super::SaveTexts;

/// Autosaves a partner's answers to an exercise. Wraps the form with the id
/// `form` and writes the number of the latest draft into its hidden field
/// `draft_number`.
#[island]
pub fn Autosave(
    /// The id of the form.
    form: String,
    occurrence: Uuid,
    /// The number of the draft that the page shows.
    number: i64,
    /// When that draft was saved, such as `21:04`; empty where there is none.
    saved_at: String,
    texts: SaveTexts,
    children: Children,
) -> impl IntoView {
    let said = RwSignal::new(texts.saved(&saved_at));
    let trouble = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    writing::watch((form, texts), writing::What::Exercise(occurrence), number, said, trouble);
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, texts, occurrence, number);
    frame(children, said, trouble)
}

/// Autosaves a therapist's note. The first save of a new note creates it; the
/// hidden field `note` then holds its id. The password is not sent along.
#[island]
pub fn AutosaveNote(
    form: String,
    client: Uuid,
    note: Option<Uuid>,
    /// How often the note was saved when the page was opened.
    revision: i64,
    saved_at: String,
    children: Children,
) -> impl IntoView {
    let texts = SaveTexts::default();
    let said = RwSignal::new(texts.saved(&saved_at));
    let trouble = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    writing::watch(
        (form, texts),
        writing::What::Note { client, note: std::cell::Cell::new(note) },
        revision,
        said,
        trouble,
    );
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, texts, client, note, revision);
    frame(children, said, trouble)
}

/// Autosaves an exercise draft. Each save also returns what the clients would
/// see, which replaces the content of the element with the id `preview`.
#[island]
pub fn AutosaveDraft(
    form: String,
    draft: Uuid,
    number: i64,
    preview: String,
    saved_at: String,
    children: Children,
) -> impl IntoView {
    let texts = SaveTexts::default();
    let said = RwSignal::new(texts.saved(&saved_at));
    let trouble = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    writing::watch((form, texts), writing::What::Draft { draft, preview }, number, said, trouble);
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, texts, draft, number, preview);
    frame(children, said, trouble)
}

/// The wrapper around a form, with the line that tells the state of the last
/// save.
fn frame(children: Children, said: RwSignal<String>, trouble: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="autosave">
            {children()}
            <p class="autosave-status" class:is-silent=move || said.get().is_empty() class:is-unsaved=move || trouble.get() aria-live="polite">{move || said.get()}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod writing {
    use std::{
        cell::{Cell, RefCell},
        collections::BTreeSet,
        rc::Rc,
        time::Duration,
    };

    use leptos::{
        ev,
        leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle, window_event_listener_untyped},
        prelude::*,
        task::spawn_local,
    };
    use uuid::Uuid;
    use web_sys::js_sys::Date;

    use super::SaveTexts;
    use crate::{
        api::{ApiError, Saved, save_draft, save_exercise, save_note},
        islands::browser::{
            ask_before_leaving, changed, field_name, fields, is_in, is_online, now_at, put_html, set_field,
        },
    };

    /// The wait after the last key before a save.
    const PAUSE: Duration = Duration::from_millis(800);
    /// The longest time that steady typing can delay a save, in milliseconds.
    const AT_LAST: f64 = 5_000.0;
    /// The longest wait between two tries, in seconds.
    const LONGEST: u64 = 30;

    /// The record that is being saved.
    pub enum What {
        Exercise(Uuid),
        Note { client: Uuid, note: Cell<Option<Uuid>> },
        Draft { draft: Uuid, preview: String },
    }

    /// The state of one autosaved form.
    struct Writing {
        form: String,
        texts: SaveTexts,
        what: What,
        number: Cell<i64>,
        /// The number of changes so far; the first `kept` of them are saved.
        edits: Cell<u64>,
        kept: Cell<u64>,
        unsaved_since: Cell<f64>,
        /// The steps that were changed in this window. Another window may
        /// change other steps.
        touched: RefCell<BTreeSet<String>>,
        sending: Cell<bool>,
        failures: Cell<u32>,
        /// Whether a field was changed that autosave does not save: a plan or
        /// an agreement.
        aside: Cell<bool>,
        /// Whether the form itself has been submitted.
        leaving: Cell<bool>,
        /// Whether autosave has ended, because a retry would change nothing.
        over: Cell<bool>,
        /// Whether another window or device saved as well.
        elsewhere: Cell<bool>,
        timer: RefCell<Option<TimeoutHandle>>,
        said: RwSignal<String>,
        trouble: RwSignal<bool>,
    }

    /// Starts autosave: listens to the form, the network and the page's
    /// visibility.
    pub fn watch(
        (form, texts): (String, SaveTexts),
        what: What,
        number: i64,
        said: RwSignal<String>,
        trouble: RwSignal<bool>,
    ) {
        let writing = Rc::new(Writing {
            form,
            texts,
            what,
            number: Cell::new(number),
            edits: Cell::new(0),
            kept: Cell::new(0),
            unsaved_since: Cell::new(0.0),
            touched: RefCell::default(),
            sending: Cell::new(false),
            failures: Cell::new(0),
            aside: Cell::new(false),
            leaving: Cell::new(false),
            over: Cell::new(false),
            elsewhere: Cell::new(false),
            timer: RefCell::new(None),
            said,
            trouble,
        });
        let w = Rc::clone(&writing);
        window_event_listener(ev::input, move |event| {
            if is_in(&event, &w.form) {
                w.note_change(&field_name(&event).unwrap_or_default());
            }
        });
        // Text typed before this script loaded counts as well.
        for name in changed(&writing.form) {
            writing.note_change(&name);
        }
        let w = Rc::clone(&writing);
        window_event_listener(ev::submit, move |event| {
            if is_in(&event, &w.form) {
                if w.is_unsaved() && (w.failures.get() > 0 || !is_online()) && !w.over.get() {
                    // A submission without a network would lose the text.
                    event.prevent_default();
                    w.show_status(w.texts.offline.clone(), true);
                    w.send();
                    return;
                }
                w.leaving.set(true);
                w.schedule_save(None);
            }
        });
        // When the page is hidden or the network is back, save at once.
        for name in ["visibilitychange", "online", "pagehide"] {
            let w = Rc::clone(&writing);
            window_event_listener_untyped(name, move |_| {
                if w.is_unsaved() {
                    w.send();
                }
            });
        }
        ask_before_leaving(move || writing.is_unsaved() || (writing.aside.get() && !writing.leaving.get()));
    }

    impl Writing {
        /// Whether there are changes that are not saved and not part of a
        /// submission.
        fn is_unsaved(&self) -> bool {
            self.edits.get() != self.kept.get() && !self.leaving.get()
        }

        /// Notes a change of a field. In an exercise its name is `s.step` or
        /// `s.step.part`; other fields are not autosaved.
        fn note_change(self: &Rc<Self>, name: &str) {
            if matches!(self.what, What::Exercise(_)) {
                let Some(step) = name.strip_prefix("s.").and_then(|n| n.split('.').next()) else {
                    self.aside.set(true);
                    self.leaving.set(false);
                    return;
                };
                self.touched.borrow_mut().insert(step.to_owned());
            }
            self.note_edit();
        }

        /// Notes a change and schedules a save.
        fn note_edit(self: &Rc<Self>) {
            let now = Date::now();
            if self.edits.get() == self.kept.get() {
                self.unsaved_since.set(now);
            }
            self.edits.set(self.edits.get() + 1);
            self.leaving.set(false);
            let is_waiting = self.timer.borrow().is_some();
            // Steady typing is still saved every few seconds. Without a
            // network, the interval between tries does not change.
            if !is_waiting || (self.failures.get() == 0 && now - self.unsaved_since.get() < AT_LAST) {
                self.schedule_save(Some(PAUSE));
            }
        }

        /// Schedules a save after `pause` in place of any earlier one; with
        /// `None` only cancels it.
        fn schedule_save(self: &Rc<Self>, pause: Option<Duration>) {
            if let Some(timer) = self.timer.take() {
                timer.clear();
            }
            let w = Rc::clone(self);
            self.timer.replace(pause.and_then(|pause| set_timeout_with_handle(move || w.send(), pause).ok()));
        }

        /// Saves now, unless a save is running, autosave has ended, or nothing
        /// has changed.
        fn send(self: &Rc<Self>) {
            self.schedule_save(None);
            if self.sending.get() || self.over.get() || !self.is_unsaved() {
                return;
            }
            self.sending.set(true);
            let edit = self.edits.get();
            let fields = fields(&self.form);
            let w = Rc::clone(self);
            spawn_local(async move {
                let answer = match &w.what {
                    What::Exercise(occurrence) => {
                        let answers = fields.into_iter().filter(|(name, _)| name.starts_with("s.")).collect();
                        let touched = w.touched.borrow().iter().cloned().collect();
                        save_draft(*occurrence, w.number.get(), touched, answers).await
                    }
                    What::Note { client, note } => {
                        let fields = fields.into_iter().filter(|(name, _)| name != "current_password").collect();
                        save_note(*client, note.get(), fields).await
                    }
                    What::Draft { draft, preview } => {
                        save_exercise(*draft, w.number.get(), fields).await.map(|(saved, html)| {
                            put_html(preview, &html);
                            saved
                        })
                    }
                };
                w.sending.set(false);
                match answer {
                    Ok(saved) => w.handle_saved(edit, &saved),
                    Err(error) => w.handle_failure(error),
                }
            });
        }

        /// Updates the page after a save; `edit` is the number of changes that
        /// it covered.
        fn handle_saved(self: &Rc<Self>, edit: u64, saved: &Saved) {
            // An earlier try may have been saved although its answer was lost.
            // Only a number that neither this save nor those tries explain
            // means that another window saved. (An exercise draft is refused
            // instead.)
            let explained = self.number.get() + 1 + i64::from(self.failures.get());
            if saved.number > explained {
                self.elsewhere.set(true);
            }
            // This page does not show what another window saved. It keeps its
            // own number, so that the server joins what it sends with that.
            if !self.elsewhere.get() || !matches!(self.what, What::Exercise(_)) {
                self.number.set(saved.number);
            }
            match &self.what {
                What::Draft { .. } => set_field(&self.form, "number", &saved.number.to_string()),
                What::Exercise(_) if self.elsewhere.get() => {}
                What::Exercise(_) => set_field(&self.form, "draft_number", &saved.number.to_string()),
                What::Note { note, .. } => {
                    if note.replace(Some(saved.id)).is_none() {
                        // After a reload the browser opens the note, not an
                        // empty form.
                        set_field(&self.form, "note", &saved.id.to_string());
                        now_at(&format!("/notes/{}", saved.id));
                    }
                }
            }
            self.failures.set(0);
            self.kept.set(edit);
            let text = self.texts.saved(&saved.saved_at);
            let text = if self.elsewhere.get() { format!("{text}. {}", self.texts.elsewhere) } else { text };
            let text = if saved.more.is_empty() { text } else { format!("{text}. {}", saved.more) };
            self.show_status(text, self.elsewhere.get() || !saved.more.is_empty());
            if self.is_unsaved() {
                self.unsaved_since.set(Date::now());
                self.schedule_save(Some(PAUSE));
            }
        }

        /// Tells the reader about a failed save, and schedules the next try if
        /// one can help.
        fn handle_failure(self: &Rc<Self>, error: ApiError) {
            let failures = self.failures.get().saturating_add(1);
            self.failures.set(failures);
            match (error, &self.what) {
                (ApiError::Unfit, What::Note { .. }) => {
                    self.failures.set(0);
                    let fields = fields(&self.form);
                    let is_empty =
                        fields.iter().all(|(name, value)| !name.starts_with("s.") || value.trim().is_empty());
                    let text = if is_empty {
                        "Nothing to save yet: the note is empty."
                    } else {
                        "Not saved: this note is too long. Shorten it."
                    };
                    self.show_status(text.to_owned(), !is_empty);
                }
                (ApiError::Unfit, What::Draft { .. }) => {
                    self.over.set(true);
                    self.show_status(
                        "Not saved: this was also changed in another window. Save with the button to choose which one stays.".to_owned(),
                        true,
                    );
                }
                (ApiError::Gone | ApiError::Unfit, what) => {
                    self.over.set(true);
                    let text = match what {
                        What::Exercise(_) => &self.texts.gone,
                        What::Note { .. } => {
                            "Not saved: this note has been signed, or belongs to someone else. Reload the page to see what changed."
                        }
                        What::Draft { .. } => {
                            "Not saved: this draft was published or deleted. Save with the button, and what you typed becomes a draft of its own."
                        }
                    };
                    self.show_status(text.to_owned(), true);
                }
                (ApiError::Refused, _) if failures > 1 => {
                    self.show_status(self.texts.refused.clone(), true);
                    self.schedule_save(Some(retry_delay(failures)));
                }
                (ApiError::Trouble | ApiError::Unreachable | ApiError::Refused, _) => {
                    self.show_status(self.texts.again.clone(), true);
                    self.schedule_save(Some(retry_delay(failures)));
                }
            }
        }

        /// Shows a text; an unchanged text is not set again, so a screen reader
        /// does not repeat it.
        fn show_status(&self, text: String, trouble: bool) {
            if self.said.get_untracked() != text {
                self.said.set(text);
            }
            self.trouble.set(trouble);
        }
    }

    /// The wait before the next try: 2 seconds, then 4, 8 and so on, at most
    /// [`LONGEST`].
    fn retry_delay(failures: u32) -> Duration {
        Duration::from_secs(2_u64.saturating_pow(failures.min(8)).min(LONGEST))
    }
}
