//! Keeps what is being written in an exercise or a note, a moment after each
//! change.
//!
//! Nothing is kept in the browser. Where the network is dead the page says
//! so, tries again at growing intervals, and asks before it is left.

use leptos::prelude::*;
use uuid::Uuid;

/// Stands around the form with the id `form`, whose hidden field
/// `draft_number` follows the drafts.
#[island]
pub fn Autosave(
    /// The id of the form.
    form: String,
    occurrence: Uuid,
    /// The number of the draft that the page shows.
    number: i64,
    /// When that draft was saved, such as `21:04`; empty where there is none.
    saved_at: String,
    children: Children,
) -> impl IntoView {
    let said = RwSignal::new(if saved_at.is_empty() { String::new() } else { format!("Saved {saved_at}") });
    let trouble = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    writing::watch(form, writing::What::Exercise(occurrence), number, said, trouble);
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, occurrence, number);
    frame(children, said, trouble)
}

/// The same for a therapist's note. A new one becomes a note with the first
/// save; the hidden field `note` then names it.
#[island]
pub fn AutosaveNote(
    form: String,
    client: Uuid,
    note: Option<Uuid>,
    saved_at: String,
    children: Children,
) -> impl IntoView {
    let said = RwSignal::new(if saved_at.is_empty() { String::new() } else { format!("Saved {saved_at}") });
    let trouble = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    writing::watch(form, writing::What::Note { client, note: std::cell::Cell::new(note) }, 0, said, trouble);
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, client, note);
    frame(children, said, trouble)
}

/// The same for an exercise that is being written; each save also brings what
/// the clients would see, for the element with the id `preview`.
#[island]
pub fn AutosaveDraft(
    form: String,
    draft: Uuid,
    number: i64,
    preview: String,
    saved_at: String,
    children: Children,
) -> impl IntoView {
    let said = RwSignal::new(if saved_at.is_empty() { String::new() } else { format!("Saved {saved_at}") });
    let trouble = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    writing::watch(form, writing::What::Draft { draft, preview }, number, said, trouble);
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, draft, number, preview);
    frame(children, said, trouble)
}

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

    use crate::{
        api::{ApiError, Saved, save_draft, save_exercise, save_note},
        islands::browser::{
            ask_before_leaving, changed, field_name, fields, is_in, is_online, now_at, put_html, set_field,
        },
    };

    /// How long to wait for the next key.
    const PAUSE: Duration = Duration::from_millis(800);
    /// The longest that steady typing puts a save off, in milliseconds.
    const AT_LAST: f64 = 5_000.0;
    /// The longest wait between two tries, in seconds.
    const LONGEST: u64 = 30;

    /// What is being written.
    pub enum What {
        Exercise(Uuid),
        Note { client: Uuid, note: Cell<Option<Uuid>> },
        Draft { draft: Uuid, preview: String },
    }

    struct Writing {
        form: String,
        what: What,
        number: Cell<i64>,
        /// Counts the changes; those up to `kept` are with the server.
        edits: Cell<u64>,
        kept: Cell<u64>,
        unsaved_since: Cell<f64>,
        /// The steps that were written to here: another window has others.
        touched: RefCell<BTreeSet<String>>,
        sending: Cell<bool>,
        failures: Cell<u32>,
        /// Something was typed that is not saved by itself: a plan, an
        /// agreement.
        aside: Cell<bool>,
        /// The form itself is on its way.
        leaving: Cell<bool>,
        /// Asking again changes nothing.
        over: Cell<bool>,
        elsewhere: Cell<bool>,
        timer: RefCell<Option<TimeoutHandle>>,
        said: RwSignal<String>,
        trouble: RwSignal<bool>,
    }

    pub fn watch(form: String, what: What, number: i64, said: RwSignal<String>, trouble: RwSignal<bool>) {
        let writing = Rc::new(Writing {
            form,
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
                w.typed_in(&field_name(&event).unwrap_or_default());
            }
        });
        // What was typed before this script arrived counts as well.
        for name in changed(&writing.form) {
            writing.typed_in(&name);
        }
        let w = Rc::clone(&writing);
        window_event_listener(ev::submit, move |event| {
            if is_in(&event, &w.form) {
                if w.is_unsaved() && (w.failures.get() > 0 || !is_online()) && !w.over.get() {
                    // The form would leave for nowhere, and its words with it.
                    event.prevent_default();
                    w.say("Nothing was sent: the practice cannot be reached just now. Your words are still here; try again in a moment.".to_owned(), true);
                    w.send();
                    return;
                }
                w.leaving.set(true);
                w.wait(None);
            }
        });
        // A phone that is put away, a network that is back: not a moment to
        // wait any longer.
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
        fn is_unsaved(&self) -> bool {
            self.edits.get() != self.kept.get() && !self.leaving.get()
        }

        /// A field was written to: `s.step` or `s.step.part` of an exercise.
        fn typed_in(self: &Rc<Self>, name: &str) {
            if matches!(self.what, What::Exercise(_)) {
                let Some(step) = name.strip_prefix("s.").and_then(|n| n.split('.').next()) else {
                    self.aside.set(true);
                    self.leaving.set(false);
                    return;
                };
                self.touched.borrow_mut().insert(step.to_owned());
            }
            self.edited();
        }

        fn edited(self: &Rc<Self>) {
            let now = Date::now();
            if self.edits.get() == self.kept.get() {
                self.unsaved_since.set(now);
            }
            self.edits.set(self.edits.get() + 1);
            self.leaving.set(false);
            let is_waiting = self.timer.borrow().is_some();
            // Whoever types on is saved now and then all the same; whoever
            // has no network is tried for at its own pace.
            if !is_waiting || (self.failures.get() == 0 && now - self.unsaved_since.get() < AT_LAST) {
                self.wait(Some(PAUSE));
            }
        }

        /// Saves after a while, in place of any earlier plan; or not at all.
        fn wait(self: &Rc<Self>, pause: Option<Duration>) {
            if let Some(timer) = self.timer.take() {
                timer.clear();
            }
            let w = Rc::clone(self);
            self.timer.replace(pause.and_then(|pause| set_timeout_with_handle(move || w.send(), pause).ok()));
        }

        fn send(self: &Rc<Self>) {
            self.wait(None);
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
                    What::Note { client, note } => save_note(*client, note.get(), fields).await,
                    What::Draft { draft, preview } => {
                        save_exercise(*draft, w.number.get(), fields).await.map(|(saved, html)| {
                            put_html(preview, &html);
                            saved
                        })
                    }
                };
                w.sending.set(false);
                match answer {
                    Ok(saved) => w.saved(edit, &saved),
                    Err(error) => w.failed(error),
                }
            });
        }

        fn saved(self: &Rc<Self>, edit: u64, saved: &Saved) {
            // A try whose answer was lost may have been written: only what
            // neither this write nor those can explain came from elsewhere.
            // A draft of a therapist is refused instead.
            let explained = self.number.get() + 1 + i64::from(self.failures.get());
            if saved.number > explained {
                self.elsewhere.set(true);
            }
            // What came from elsewhere is not on this page: it keeps its own
            // number, so that what it sends is put beside that.
            if !self.elsewhere.get() || !matches!(self.what, What::Exercise(_)) {
                self.number.set(saved.number);
            }
            match &self.what {
                What::Draft { .. } => set_field(&self.form, "number", &saved.number.to_string()),
                What::Exercise(_) if self.elsewhere.get() => {}
                What::Exercise(_) => set_field(&self.form, "draft_number", &saved.number.to_string()),
                What::Note { note, .. } => {
                    if note.replace(Some(saved.id)).is_none() {
                        // A reload finds the note and not an empty form.
                        set_field(&self.form, "note", &saved.id.to_string());
                        now_at(&format!("/notes/{}", saved.id));
                    }
                }
            }
            self.failures.set(0);
            self.kept.set(edit);
            let note = if self.elsewhere.get() {
                ". This was also changed in another window or device. Both are kept; reload the page to see all of it."
            } else {
                ""
            };
            self.say(format!("Saved {}{note}", saved.saved_at), self.elsewhere.get());
            if self.is_unsaved() {
                self.unsaved_since.set(Date::now());
                self.wait(Some(PAUSE));
            }
        }

        fn failed(self: &Rc<Self>, error: ApiError) {
            let failures = self.failures.get().saturating_add(1);
            self.failures.set(failures);
            match (error, &self.what) {
                (ApiError::Unfit, What::Note { .. }) => {
                    self.failures.set(0);
                    self.say(
                        "Not saved yet: choose whose record this belongs to, and write something.".to_owned(),
                        true,
                    );
                }
                (ApiError::Unfit, What::Draft { .. }) => {
                    self.over.set(true);
                    self.say("Not saved: this was also changed in another window. Save with the button to choose which one stays.".to_owned(), true);
                }
                (ApiError::Gone | ApiError::Unfit, what) => {
                    self.over.set(true);
                    let what = match what {
                        What::Exercise(_) => "this exercise has been sent or is no longer open",
                        What::Note { .. } => "this note has been signed, or is another’s to write",
                        What::Draft { .. } => {
                            self.say("Not saved: this draft has been put into the library, or thrown away. Save with the button, and what you typed becomes a draft of its own.".to_owned(), true);
                            return;
                        }
                    };
                    self.say(format!("Not saved: {what}. Reload the page to see how it stands."), true);
                }
                (ApiError::Refused, _) if failures > 1 => {
                    self.say("Not saved yet, trying again. If this stays, sign in again in another tab and leave this one open.".to_owned(), true);
                    self.wait(Some(pace(failures)));
                }
                (ApiError::Trouble | ApiError::Unreachable | ApiError::Refused, _) => {
                    self.say("Not saved yet, trying again".to_owned(), true);
                    self.wait(Some(pace(failures)));
                }
            }
        }

        /// Says something once: a screen reader need not hear it again.
        fn say(&self, text: String, trouble: bool) {
            if self.said.get_untracked() != text {
                self.said.set(text);
            }
            self.trouble.set(trouble);
        }
    }

    /// Two seconds, four, eight, and so on.
    fn pace(failures: u32) -> Duration {
        Duration::from_secs(2_u64.saturating_pow(failures.min(8)).min(LONGEST))
    }
}
