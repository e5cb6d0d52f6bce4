//! A log over some days.

use domain::exercises::{
    response::part_field,
    step::{Choice, LogStep, Step, log::ENTRIES},
};
use leptos::prelude::*;

use super::{
    Fields,
    author::StepForm,
    parts::{entry, error, group, id},
};
use crate::{say, words::words};

/// The step with its entries.
pub(super) fn fields(f: Fields<'_>, step: &Step, log: &LogStep) -> AnyView {
    group(f, step, log_fields(f, step, log.days, &log.tags))
}

/// How many empty rows follow the entries of a log.
const BLANK: usize = 3;

/// The fields of a log: its entries, and empty rows for new ones.
fn log_fields(f: Fields<'_>, step: &Step, days: u16, tags: &[Choice]) -> AnyView {
    let w = words();
    let at = |n: usize, what: &str| part_field(&step.key, &format!("{n}.{what}"));
    let written = (0..ENTRIES)
        .rev()
        .find(|n| !f.answers.get(&at(*n, "text")).is_empty() || !f.answers.get(&at(*n, "tag")).is_empty())
        .map_or(0, |n| n + 1);
    let rows: Vec<AnyView> = (0..(written + BLANK).min(ENTRIES))
        .map(|n| {
            let (on, tag, text) = (at(n, "on"), at(n, "tag"), at(n, "text"));
            let day = if n < written { f.answers.get(&on).to_owned() } else { f.today.to_owned() };
            let chosen = f.answers.get(&tag).to_owned();
            let options: Vec<AnyView> = tags
                .iter()
                .map(|t| {
                    let selected = t.key == chosen;
                    view! { <option value=t.key.clone() selected=selected>{t.text.clone()}</option> }.into_any()
                })
                .collect();
            let tag = (!tags.is_empty()).then(|| {
                view! {
                    <label for=id(&tag)>{say!(w, "step-log-what")}</label>
                    <select id=id(&tag) name=tag.clone() disabled=f.disabled autocomplete="off">
                        <option value="">"–"</option>
                        {options}
                    </select>
                }
                .into_any()
            });
            view! {
                <fieldset class="log-row">
                    <legend class="quiet">{if n < written { say!(w, "step-log-entry", number = n + 1) } else { say!(w, "step-log-new") }}</legend>
                    {error(f, &on)}
                    {error(f, &text)}
                    <label for=id(&on)>{say!(w, "step-log-day")}</label>
                    <input type="date" id=id(&on) name=on.clone() value=day disabled=f.disabled autocomplete="off"/>
                    {tag}
                    <label for=id(&text)>{say!(w, "step-log-text")}</label>
                    {entry(f, &text, false, "", None)}
                </fieldset>
            }
            .into_any()
        })
        .collect();
    view! {
        <p class="hint">{say!(w, "step-log-how", days = days)}</p>
        <div class="log">{rows}</div>
    }
    .into_any()
}

/// The step on paper.
pub(super) fn on_paper(log: &LogStep) -> AnyView {
    let w = words();
    let rows: Vec<AnyView> = (0..log.days.min(14)).map(|_| view! { <tr><td></td><td></td></tr> }.into_any()).collect();
    let tags = (!log.tags.is_empty()).then(|| {
        let sorts: Vec<String> = log.tags.iter().map(|t| t.text.clone()).collect();
        view! { <p class="muted">{say!(w, "paper-log-sorts", sorts = w.list(&sorts))}</p> }.into_any()
    });
    view! { {tags}<table class="sheet-log"><thead><tr><th scope="col">{say!(w, "step-log-day")}</th><th scope="col">{say!(w, "step-log-what")}</th></tr></thead><tbody>{rows}</tbody></table> }.into_any()
}

/// The fields of the author's form.
pub(super) fn author_fields(form: &StepForm<'_>) -> AnyView {
    view! {
        {form.number("days", "Days", 1, 60)}
        {form.area("options", "Sorts of entries", "Optional. One on each line.", 3)}
    }
    .into_any()
}
