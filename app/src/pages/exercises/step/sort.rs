//! Sort into buckets.

use domain::exercises::{
    response::part_field,
    step::{Choice, SortStep, Step},
};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    paper::{blank_lines, ring_list},
    parts::{entry, group, id, option_row},
};
use crate::{say, ui::Field, words::words};

/// The step with the buckets for each item, and the fields for own entries.
pub(super) fn fields(f: Fields<'_>, step: &Step, sort: &SortStep) -> AnyView {
    let options: Vec<_> = sort.buckets.iter().map(|b| (b.key.clone(), b.text.clone())).collect();
    let mut rows: Vec<AnyView> = sort.items.iter().map(|item| option_row(f, step, item, &options)).collect();
    if sort.own {
        rows.extend(sort.buckets.iter().map(|bucket| own_entries(f, step, bucket)));
    }
    group(f, step, rows.into_any())
}

/// The field for own entries in a bucket.
fn own_entries(f: Fields<'_>, step: &Step, bucket: &Choice) -> AnyView {
    let name = part_field(&step.key, &format!("own.{}", bucket.key));
    view! {
        <div class="bucket">
            <label for=id(&name)>{bucket.text.clone()}</label>
            <p class="hint">{say!(words(), "step-one-each-line")}</p>
            {entry(f, &name, true, "", None)}
        </div>
    }
    .into_any()
}

/// The step on paper.
pub(super) fn on_paper(sort: &SortStep) -> AnyView {
    let marks = sort.buckets.iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join("  ·  ");
    let own: Vec<AnyView> = sort
        .buckets
        .iter()
        .filter(|_| sort.own)
        .map(|b| view! { <p>{format!("{}:", b.text)}</p>{blank_lines(2)} }.into_any())
        .collect();
    view! { <p class="muted">{say!(words(), "paper-ring-one")}</p>{ring_list(&sort.items, &marks)}{own} }.into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    view! {
        {form.area("options", "What is sorted", "One on each line.", 5)}
        {form.area("buckets", "The buckets", "Two to four, one on each line.", 3)}
        {form.tick("own", "They can add entries of their own")}
        {Field::new(form.state, form.name("both_only"), "Show only what both put into this bucket").hint("Name a bucket. Nothing else is ever shown. Empty: show all.").text()}
    }
    .into_any()
}
