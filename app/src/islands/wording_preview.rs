//! What a mail's words become, while they are written.
//!
//! Without it the form has a button for that.

use leptos::prelude::*;

/// Serves the form with the id `form` (`subject`, `body`); what its words
/// become is put into the element with the id `preview`.
#[island]
pub fn WordingPreview(form: String, kind: String, language: String, preview: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch(form, kind, language, preview);
    #[cfg(not(feature = "hydrate"))]
    drop((form, kind, language, preview));
}

/// Asks when nothing was typed for a moment.
#[cfg(feature = "hydrate")]
fn watch(form: String, kind: String, language: String, preview: String) {
    use std::{cell::Cell, rc::Rc, time::Duration};

    use leptos::{ev, task::spawn_local};

    use super::browser::{fields, is_in, put_html};

    // Answers may overtake each other: only the last question counts.
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
