//! What several kinds of step have on paper: lines to write on, boxes to tick and
//! marks to ring.

use domain::exercises::step::Choice;
use leptos::prelude::*;

use crate::{say, words::words};

/// Blank lines to write on.
pub(super) fn blank_lines(count: usize) -> AnyView {
    let lines: Vec<AnyView> = (0..count).map(|_| view! { <div class="blank"></div> }.into_any()).collect();
    view! { <div class="blanks" aria-hidden="true">{lines}</div> }.into_any()
}

/// A list item with a box to tick.
fn tick_item(text: &str) -> AnyView {
    view! { <li><span class="box" aria-hidden="true">"☐"</span>" "{text.to_owned()}</li> }.into_any()
}

/// A list of items with boxes to tick.
pub(super) fn tick_list<'a>(texts: impl Iterator<Item = &'a str>) -> AnyView {
    let items: Vec<AnyView> = texts.map(tick_item).collect();
    view! { <ul class="plain sheet-ticks">{items}</ul> }.into_any()
}

/// The options of a choice or a checklist with boxes to tick, and with `own` a
/// line for an own entry.
pub(super) fn options_on_paper(options: &[Choice], own: bool) -> AnyView {
    let list = tick_list(options.iter().map(|o| o.text.as_str()));
    let own = own.then(|| view! { <p>{say!(words(), "step-own")}</p>{blank_lines(1)} }.into_any());
    view! { {list}{own} }.into_any()
}

/// A list of items, each with `marks` of which the writer rings one.
pub(super) fn ring_list(items: &[Choice], marks: &str) -> AnyView {
    let items: Vec<AnyView> = items
        .iter()
        .map(|i| view! { <li>{i.text.clone()}<br/><span class="rings">{marks.to_owned()}</span></li> }.into_any())
        .collect();
    view! { <ul class="plain sheet-items">{items}</ul> }.into_any()
}
