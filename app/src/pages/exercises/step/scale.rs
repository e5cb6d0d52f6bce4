//! Rate from low to high.

use domain::exercises::{
    response::part_field,
    step::{Choice, ScaleStep, Step},
};
use leptos::prelude::*;

use super::{
    FAR, Fields,
    author::StepForm,
    paper::ring_list,
    parts::{error, group, id},
};
use crate::{
    say,
    ui::{Tone, badge},
    words::words,
};

/// The step with its scales.
pub(super) fn fields(f: Fields<'_>, step: &Step, scale: &ScaleStep) -> AnyView {
    let ScaleStep { min, max, low, high, items } = scale;
    let ends = view! {
        <p class="scale-ends"><span>{format!("{min} = {low}")}</span>" "<span>{format!("{max} = {high}")}</span></p>
    }
    .into_any();
    let rows: Vec<AnyView> = items.iter().map(|item| scale_row(f, step, item, *min, *max)).collect();
    group(f, step, view! { {ends} {rows} }.into_any())
}

/// A row of a scale: an item and its radio buttons.
fn scale_row(f: Fields<'_>, step: &Step, item: &Choice, min: u8, max: u8) -> AnyView {
    let name = part_field(&step.key, &item.key);
    let value = f.answers.get(&name).to_owned();
    let marks: Vec<AnyView> = (min..=max)
        .map(|n| {
            let n = n.to_string();
            let checked = n == value;
            view! { <label><input type="radio" name=name.clone() value=n.clone() checked=checked disabled=f.disabled/><span>{n}</span></label> }.into_any()
        })
        .collect();
    let open = step.optional.then(|| {
        let checked = value.is_empty();
        view! {
            <label class="choice"><input type="radio" name=name.clone() value="" checked=checked disabled=f.disabled/><span>{say!(words(), "step-leave-open")}</span></label>
        }
        .into_any()
    });
    let described = f.errors.message(&name).map(|_| format!("{}-error", id(&name)));
    view! {
        <fieldset class="rate" id=id(&name) aria-describedby=described>
            <legend>{item.text.clone()}</legend>
            {error(f, &name)}
            <div class="scale">{marks}</div>
            {open}
        </fieldset>
    }
    .into_any()
}

/// How far two ratings are apart, highlighted from [`FAR`] on.
pub(super) fn difference(scale: &ScaleStep, gap: f32) -> AnyView {
    let apart = (gap * f32::from(scale.max.saturating_sub(scale.min))).round();
    let text = say!(words(), "difference-apart", count = apart as i64);
    if gap >= FAR { badge(Tone::Wait, text) } else { text.into_any() }
}

/// The step on paper.
pub(super) fn on_paper(scale: &ScaleStep) -> AnyView {
    let ScaleStep { min, max, low, high, items } = scale;
    let marks = (*min..=*max).map(|n| n.to_string()).collect::<Vec<_>>().join("   ");
    view! {
        <p class="muted">{format!("{min} = {low}, {max} = {high}. ")}{say!(words(), "paper-ring-number")}</p>
        {ring_list(items, &marks)}
    }
    .into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    view! {
        {form.area("options", "What is rated", "One on each line.", 4)}
        <div class="pair">{form.number("min", "From", 0, 9)}{form.line("low", "which means")}</div>
        <div class="pair">{form.number("max", "To", 1, 10)}{form.line("high", "which means")}</div>
    }
    .into_any()
}
