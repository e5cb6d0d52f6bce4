//! Put in order.

use domain::exercises::{
    response::part_field,
    step::{Choice, RankStep, Step},
};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    parts::{error, group, id},
};
use crate::{say, words::words};

/// The step with a place to select for each item.
pub(super) fn fields(f: Fields<'_>, step: &Step, rank: &RankStep) -> AnyView {
    let places = (1..=rank.items.len()).map(|n| (n.to_string(), format!("{n}."))).collect::<Vec<_>>();
    let rows: Vec<AnyView> =
        rank.items.iter().map(|item| pick(f, step, item, &say!(words(), "step-place"), &places)).collect();
    group(f, step, view! { <div class="picks">{rows}</div> }.into_any())
}

/// A row with an item and a select field.
fn pick(f: Fields<'_>, step: &Step, item: &Choice, what: &str, options: &[(String, String)]) -> AnyView {
    let name = part_field(&step.key, &item.key);
    let value = f.answers.get(&name).to_owned();
    let options: Vec<AnyView> = options
        .iter()
        .map(|(key, text)| {
            let selected = *key == value;
            view! { <option value=key.clone() selected=selected>{text.clone()}</option> }.into_any()
        })
        .collect();
    let invalid = f.errors.message(&name).is_some().then_some("true");
    view! {
        <div class="pick">
            <label for=id(&name)>{item.text.clone()}</label>
            {error(f, &name)}
            <select id=id(&name) name=name.clone() aria-invalid=invalid disabled=f.disabled autocomplete="off">
                <option value="">{what.to_owned()}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// How many places two ranks of an item are apart.
pub(super) fn difference(rank: &RankStep, gap: f32) -> AnyView {
    let places = (gap * (rank.items.len().saturating_sub(1)) as f32).round();
    say!(words(), "difference-places", count = places as i64).into_any()
}

/// The step on paper.
pub(super) fn on_paper(rank: &RankStep) -> AnyView {
    let item = |item: &Choice| {
        view! { <li><span class="place" aria-hidden="true">"___"</span>" "{item.text.clone()}</li> }.into_any()
    };
    let items: Vec<AnyView> = rank.items.iter().map(item).collect();
    view! {
        <p class="muted">{say!(words(), "paper-rank")}</p>
        <ul class="plain sheet-items">{items}</ul>
    }
    .into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    form.area("options", "The lines", "One on each line.", 5)
}
