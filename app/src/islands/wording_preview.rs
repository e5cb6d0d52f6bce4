//! The preview of an email wording while it is written.
//!
//! Without scripts, the form has a button for the preview.

use leptos::prelude::*;

/// Renders a preview of the form with the id `form` (fields `subject` and
/// `body`) into the element with the id `preview`.
#[island]
pub fn WordingPreview(form: String, kind: String, language: String, preview: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch(form, kind, language, preview);
    #[cfg(not(feature = "hydrate"))]
    drop((form, kind, language, preview));
}

/// Asks the server for a preview 300 milliseconds after the last change.
#[cfg(feature = "hydrate")]
fn watch(form: String, kind: String, language: String, preview: String) {
    use std::{cell::Cell, rc::Rc, time::Duration};

    use leptos::{ev, task::spawn_local};

    use super::browser::{fields, is_in, put_html};

    // Answers can arrive out of order; only the latest question counts.
    let asked = Rc::new(Cell::new(0_u32));
    window_event_listener(ev::input, move |event| {
        if !is_in(&event, &form) {
            return;
        }
        let question = asked.get().wrapping_add(1);
        asked.set(question);
        let (asked, form, preview) = (Rc::clone(&asked), form.clone(), preview.clone());
        let (kind, language) = (kind.clone(), language.clone());
        set_timeout(
            move || {
                if asked.get() != question {
                    return;
                }
                spawn_local(async move {
                    let answer = crate::api::preview_wording(kind, language, fields(&form)).await;
                    if let (Ok(html), true) = (answer, asked.get() == question) {
                        put_html(&preview, &html);
                    }
                });
            },
            Duration::from_millis(300),
        );
    });
}
