//! The page with the text typed into a form that cannot be shown again, so that
//! nothing is lost.

use leptos::prelude::*;

use crate::{say, ui::field::raw_text, words::words};

/// The data that the page shows: the form's field names and values.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub typed: Vec<(String, String)>,
}

/// Renders the page with the kept text.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let typed: Vec<AnyView> = m
        .typed
        .iter()
        .enumerate()
        .map(|(n, (name, value))| {
            let id = format!("kept-{n}");
            view! {
                <div class="field">
                    <label for=id.clone()>{name.clone()}</label>
                    <textarea id=id rows="4" readonly>{raw_text(value)}</textarea>
                </div>
            }
            .into_any()
        })
        .collect();
    let hint = (!typed.is_empty()).then(|| view! { <p class="hint">{say!(w, "typed-copy")}</p> }.into_any());
    view! {
        <div class="sheet">
            <h1>{say!(w, "typed-title")}</h1>
            {hint}
            <div class="form">{typed}</div>
        </div>
    }
    .into_any()
}

/// Sample models of the page with the kept text, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model { typed: vec![("text".into(), "</textarea><b>Good evening".into()), ("days".into(), "2".into())] },
    ]
}
