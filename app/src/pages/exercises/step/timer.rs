//! Do something for a set time.

use domain::exercises::{
    response::part_field,
    step::{Step, TimerStep},
};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    paper::{blank_lines, tick_list},
    parts::{clock, entry, error, group, id, length_in_words},
};
use crate::{say, words::words};

/// The step with its countdown and the fields about how it went.
pub(super) fn fields(f: Fields<'_>, step: &Step, timer: &TimerStep) -> AnyView {
    let w = words();
    let length = length_in_words(timer.seconds);
    let how = if timer.together {
        say!(w, "step-timer-both", length = length)
    } else {
        say!(w, "step-timer-alone", length = length)
    };
    let (done, took, note) =
        (part_field(&step.key, "done"), part_field(&step.key, "minutes"), part_field(&step.key, "note"));
    let checked = !f.answers.get(&done).is_empty();
    let content = view! {
        <p class="timer-how">{how}</p>
        {clock(f, timer.seconds, &step.prompt)}
        <label class="choice"><input type="checkbox" name=done value="yes" checked=checked disabled=f.disabled/><span>{say!(w, "step-timer-done")}</span></label>
        <label class="short-label" for=id(&took)>{say!(w, "step-timer-minutes")}" "<span class="optional">{say!(w, "step-optional")}</span></label>
        {error(f, &took)}
        <input class="short" type="number" id=id(&took) name=took.clone() min="0" max="600" inputmode="numeric" value=f.answers.get(&took).to_owned() disabled=f.disabled autocomplete="off"/>
        <label for=id(&note)>{say!(w, "step-timer-note")}</label>
        {entry(f, &note, true, "", None)}
    }
    .into_any();
    group(f, step, content)
}

/// The step on paper.
pub(super) fn on_paper(timer: &TimerStep) -> AnyView {
    let w = words();
    view! {
        <p>{say!(w, "paper-timer", minutes = (timer.seconds / 60).max(1))}</p>
        {tick_list(std::iter::once(say!(w, "step-timer-done").as_str()))}
        <p>{say!(w, "step-timer-note")}</p>
        {blank_lines(4)}
    }
    .into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    view! { {form.number("minutes", "Minutes", 1, 60)} {form.tick("together", "The two do it together")} }.into_any()
}
