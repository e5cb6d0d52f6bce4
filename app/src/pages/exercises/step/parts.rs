//! Parts of the form fields that several kinds of steps share.

// A new scope must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::exercises::{
    exercise::Scope,
    response::{field, part_field},
    step::{Choice, Step},
};
use leptos::prelude::*;

use super::Fields;
use crate::{
    islands::{Countdown, CountdownTexts},
    say,
    ui::field::raw_text,
    words::words,
};

/// The id of a field's element, to which an error links.
pub(in crate::pages::exercises) fn id(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

/// The people who may read an answer, in words for its writer.
pub fn readers(scope: Scope, partner: Option<&str>, therapist: &str) -> String {
    let w = words();
    let partner = partner.map_or_else(|| say!(w, "your-partner"), str::to_owned);
    match scope {
        Scope::Mine => say!(w, "readers-mine"),
        Scope::Therapist => say!(w, "readers-therapist", therapist = therapist),
        Scope::Reveal => say!(w, "readers-reveal", therapist = therapist, partner = partner),
        Scope::Couple => say!(w, "readers-couple", therapist = therapist, partner = partner),
    }
}

/// The people who may read an answer, in words for the therapist who types it
/// in from paper.
fn readers_of(writer: &str, scope: Scope) -> String {
    match scope {
        Scope::Mine => format!("{writer} alone"),
        Scope::Therapist => format!("{writer} and you"),
        Scope::Reveal => format!("{writer} and you, and their partner once they have both answered"),
        Scope::Couple => format!("{writer}, their partner and you"),
    }
}

/// The badge with the people who may read an answer.
pub fn scope_badge(scope: Scope, partner: Option<&str>, therapist: &str) -> AnyView {
    badge(scope, readers(scope, partner, therapist))
}

/// The badge of a scope: an icon and `readers`.
fn badge(scope: Scope, readers: String) -> AnyView {
    let icon = match scope {
        Scope::Mine => "●",
        Scope::Therapist => "◐",
        Scope::Reveal => "◑",
        Scope::Couple => "○",
    };
    view! {
        <span class=format!("scope scope-{}", scope.word())>
            <span aria-hidden="true">{icon}</span>" "<span class="quiet">{say!(words(), "readers-label")}" "</span>{readers}
        </span>
    }
    .into_any()
}

/// The mark of an optional step; `None` for the others.
pub(super) fn optional(f: Fields<'_>, step: &Step) -> Option<AnyView> {
    (step.optional && f.writer.is_none())
        .then(|| view! { <span class="optional">" "{say!(words(), "step-optional")}</span> }.into_any())
}

/// The lines between a step's prompt and its field: the readers, the hint and
/// the error.
pub(super) fn step_notes(f: Fields<'_>, step: &Step, name: &str) -> AnyView {
    let hint = (!step.hint.is_empty())
        .then(|| view! { <p class="hint" id=format!("{}-hint", id(name))>{step.hint.clone()}</p> }.into_any());
    let scope = f.document.scope_for(step.scope, f.responders);
    let readers = f.writer.map_or_else(|| readers(scope, f.partner, f.therapist), |writer| readers_of(writer, scope));
    view! {
        <p class="step-scope" id=format!("{}-scope", id(name))>{badge(scope, readers)}</p>
        {common_bucket_hint(f, step)}
        {hint}
        {error(f, name)}
    }
    .into_any()
}

/// The hint that the other partner sees only the entries that both put into one
/// bucket, because the badge alone would promise too much. `None` for steps
/// without such a bucket.
fn common_bucket_hint(f: Fields<'_>, step: &Step) -> Option<AnyView> {
    let bucket = step.kind.bucket(step.kind.both_only()?);
    let w = words();
    (f.responders > 1).then(|| {
        let hint = match (f.writer, f.partner) {
            (Some(_), _) => {
                format!(
                    "Of this, their partner is shown what they both put under “{bucket}”, and nothing else of it, ever."
                )
            }
            (None, Some(partner)) => say!(w, "step-both-only", partner = partner, bucket = bucket),
            (None, None) => say!(w, "step-both-only-partner", bucket = bucket),
        };
        view! { <p class="hint">{hint}</p> }.into_any()
    })
}

/// The ids of all elements that describe a field to a screen reader.
pub(super) fn description_ids(f: Fields<'_>, step: &Step, name: &str) -> String {
    let id = id(name);
    let mut ids = vec![format!("{id}-scope")];
    if !step.hint.is_empty() {
        ids.push(format!("{id}-hint"));
    }
    if f.errors.message(name).is_some() {
        ids.push(format!("{id}-error"));
    }
    ids.join(" ")
}

/// The error of a field; `None` if it has none.
pub(super) fn error(f: Fields<'_>, name: &str) -> Option<AnyView> {
    f.errors
        .message(name)
        .map(|m| view! { <p class="error" id=format!("{}-error", id(name))>{words().sentence(m)}</p> }.into_any())
}

/// A fieldset with the step's prompt around its fields.
pub(super) fn group(f: Fields<'_>, step: &Step, content: AnyView) -> AnyView {
    let name = field(&step.key);
    view! {
        <fieldset class="step" id=id(&name) tabindex="-1" aria-describedby=description_ids(f, step, &name)>
            <legend class="step-prompt">{step.prompt.clone()}{optional(f, step)}</legend>
            {step_notes(f, step, &name)}
            {content}
        </fieldset>
    }
    .into_any()
}

/// A text field, of several lines if `long`. `label` is its name for screen
/// readers where there is no label element.
pub(super) fn entry(f: Fields<'_>, name: &str, long: bool, described: &str, label: Option<String>) -> AnyView {
    let value = f.answers.get(name).to_owned();
    let invalid = f.errors.message(name).is_some().then_some("true");
    let described = (!described.is_empty()).then(|| described.to_owned());
    if long {
        view! {
            <textarea id=id(name) name=name.to_owned() rows="4" aria-label=label aria-describedby=described aria-invalid=invalid disabled=f.disabled autocomplete="off">{raw_text(&value)}</textarea>
        }
        .into_any()
    } else {
        // The field grows with its text, because a line on a phone is short.
        view! {
            <textarea class="line" id=id(name) name=name.to_owned() rows="1" aria-label=label aria-describedby=described aria-invalid=invalid disabled=f.disabled autocomplete="off">{raw_text(&value)}</textarea>
        }
        .into_any()
    }
}

/// The options of a choice (`kind` "radio") or a checklist ("checkbox"), with a
/// field for an own entry if `own`.
pub(super) fn option_list(f: Fields<'_>, step: &Step, options: &[Choice], own: bool, kind: &'static str) -> AnyView {
    let w = words();
    let name = field(&step.key);
    let one = kind == "radio";
    let pick = |value: String, text: String, checked: bool| {
        view! {
            <label class="choice">
                <input type=kind name=name.clone() value=value checked=checked disabled=f.disabled/>
                <span>{text}</span>
            </label>
        }
        .into_any()
    };
    let mut rows: Vec<AnyView> =
        options.iter().map(|o| pick(o.key.clone(), o.text.clone(), f.answers.all(&name).any(|v| v == o.key))).collect();
    if own && one {
        rows.push(pick("own".to_owned(), say!(w, "step-something-else"), f.answers.get(&name) == "own"));
    }
    if own {
        let name = part_field(&step.key, "own");
        let label = if one { say!(w, "step-own-instead") } else { say!(w, "step-own-label") };
        let hint = (!one).then(|| view! { <span class="own-label">{say!(w, "step-own")}</span> }.into_any());
        rows.push(view! { <div class="own">{hint}{entry(f, &name, false, "", Some(label))}</div> }.into_any());
    }
    if one && step.optional {
        // A chosen radio button cannot be cleared in any other way.
        rows.push(pick(String::new(), say!(w, "step-leave-open"), f.answers.get(&name).is_empty()));
    }
    view! { <div class="choices">{rows}</div> }.into_any()
}

/// A row with an item and radio buttons for a few options.
pub(super) fn option_row(f: Fields<'_>, step: &Step, item: &Choice, options: &[(String, String)]) -> AnyView {
    let name = part_field(&step.key, &item.key);
    let value = f.answers.get(&name).to_owned();
    let radio = |key: String, text: String| {
        let checked = key == value;
        view! { <label class="choice"><input type="radio" name=name.clone() value=key checked=checked disabled=f.disabled/><span>{text}</span></label> }.into_any()
    };
    let mut rows: Vec<AnyView> = options.iter().map(|(key, text)| radio(key.clone(), text.clone())).collect();
    if step.optional {
        rows.push(radio(String::new(), say!(words(), "step-leave-open")));
    }
    let described = f.errors.message(&name).map(|_| format!("{}-error", id(&name)));
    view! {
        <fieldset class="rate" id=id(&name) aria-describedby=described>
            <legend>{item.text.clone()}</legend>
            {error(f, &name)}
            <div class="marks">{rows}</div>
        </fieldset>
    }
    .into_any()
}

/// A length in words, such as "2 minutes and 30 seconds".
pub(super) fn length_in_words(seconds: u32) -> String {
    let w = words();
    match (seconds / 60, seconds % 60) {
        (0, rest) => say!(w, "step-seconds", seconds = rest),
        (minutes, 0) => say!(w, "step-minutes", minutes = minutes),
        (minutes, rest) => say!(w, "step-minutes-seconds", minutes = minutes, seconds = rest),
    }
}

/// The countdown beside a timer or a turn; `None` in a preview and in samples.
pub(super) fn clock(f: Fields<'_>, seconds: u32, label: &str) -> Option<AnyView> {
    let w = words();
    let texts = || CountdownTexts {
        start: say!(w, "clock-start"),
        pause: say!(w, "clock-pause"),
        go_on: say!(w, "clock-go-on"),
        again: say!(w, "clock-again"),
        over: say!(w, "clock-over"),
    };
    (!f.disabled && f.clocks)
        .then(|| view! { <Countdown seconds=seconds label=label.to_owned() texts=texts()/> }.into_any())
}
