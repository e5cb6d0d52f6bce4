//! A button that copies the text of a field. Without scripts there is no button: the
//! field is selected by hand.

use leptos::prelude::*;

/// The button that copies the text of the field with the id `field`.
#[island]
pub fn CopyLink(
    /// The id of the field.
    field: String,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let text = RwSignal::new("Copy link");
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| ready.set(true));
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        if super::browser::copy_text(&field) {
            text.set("Copied");
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&field, text);
    };
    view! {
        <button class="button button-primary" type="button" hidden=move || !ready.get() on:click=copy aria-live="polite">
            {move || text.get()}
        </button>
    }
}
