//! Say who carries what.

use domain::exercises::step::{AllocateStep, Step, allocate::SHARES};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    paper::ring_list,
    parts::{group, option_row},
};
use crate::{say, words::words};

/// The step with the shares for each item.
pub(super) fn fields(f: Fields<'_>, step: &Step, allocate: &AllocateStep) -> AnyView {
    let w = words();
    let shares = SHARES.iter().enumerate().map(|(n, text)| (n.to_string(), w.sentence(text))).collect::<Vec<_>>();
    let rows: Vec<AnyView> = allocate.items.iter().map(|item| option_row(f, step, item, &shares)).collect();
    group(f, step, rows.into_any())
}

/// The step on paper.
pub(super) fn on_paper(allocate: &AllocateStep) -> AnyView {
    let w = words();
    let items = ring_list(&allocate.items, &SHARES.map(|share| w.sentence(share)).join("  ·  "));
    view! { <p class="muted">{say!(w, "paper-ring-one")}</p>{items} }.into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.area("options", "The lines", "One on each line.", 5)
}
