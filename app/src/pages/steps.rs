//! The steps of an exercise as form fields, each with who will be able to
//! read what goes into it before the field.

use domain::{
    exercise::{Choice, Document, SHARES, Scope, Step, StepKind, Turn},
    form::{Errors, Form},
    response::{ENTRIES, field, part},
};
use leptos::prelude::*;

use super::exercise::paragraphs;
use crate::{islands::Countdown, ui::field::raw_text};

/// What the fields of a document are drawn with.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    pub document: &'a Document,
    pub responders: usize,
    pub partner: Option<&'a str>,
    /// Whose answers these are, where another types them in.
    pub writer: Option<&'a str>,
    pub therapist: &'a str,
    pub answers: &'a Form,
    pub errors: &'a Errors,
    /// To look at, not to fill in.
    pub disabled: bool,
    /// The reader's day, as a date field holds it.
    pub today: &'a str,
    /// Whether clocks run: a sample has no request to draw an island in.
    pub clocks: bool,
}

/// The id of a field: what an error links to.
pub(super) fn id(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

/// Who may read an answer, by name where names are known.
pub fn readers(scope: Scope, partner: Option<&str>, therapist: &str) -> String {
    let partner = partner.unwrap_or("your partner");
    match scope {
        Scope::Mine => "Only you".to_owned(),
        Scope::Therapist => format!("You and {therapist}"),
        Scope::Reveal => format!("You and {therapist}, and {partner} once you have both answered"),
        Scope::Couple => format!("You, {partner} and {therapist}"),
    }
}

/// The same, said to the therapist who types in what somebody wrote on paper.
fn readers_of(writer: &str, scope: Scope) -> String {
    match scope {
        Scope::Mine => format!("{writer} alone"),
        Scope::Therapist => format!("{writer} and you"),
        Scope::Reveal => format!("{writer} and you, and their partner once they have both answered"),
        Scope::Couple => format!("{writer}, their partner and you"),
    }
}

/// The same as a badge: an icon and words.
pub fn scope_badge(scope: Scope, partner: Option<&str>, therapist: &str) -> AnyView {
    badge(scope, readers(scope, partner, therapist))
}

fn badge(scope: Scope, readers: String) -> AnyView {
    let icon = match scope {
        Scope::Mine => "●",
        Scope::Therapist => "◐",
        Scope::Reveal => "◑",
        Scope::Couple => "○",
    };
    view! {
        <span class=format!("scope scope-{}", scope.word())>
            <span aria-hidden="true">{icon}</span>" "<span class="quiet">"Read by: "</span>{readers}
        </span>
    }
    .into_any()
}

/// The steps of a document with their fields.
pub fn steps(f: Fields<'_>) -> Vec<AnyView> {
    f.document.steps.iter().map(|step| one(f, step)).collect()
}

/// Those behind the first so many.
pub(super) fn steps_from(f: Fields<'_>, from: usize) -> Vec<AnyView> {
    f.document.steps.iter().skip(from).map(|step| one(f, step)).collect()
}

/// A step outside the form.
pub(super) fn step_alone(f: Fields<'_>, step: &Step) -> AnyView {
    one(f, step)
}

fn one(f: Fields<'_>, step: &Step) -> AnyView {
    let name = field(&step.key);
    match &step.kind {
        StepKind::Guess { .. } => match f.document.guessed(step) {
            Some(guessed) => one(f, &guessed),
            None => ().into_any(),
        },
        StepKind::Rank { items } => {
            let places = (1..=items.len()).map(|n| (n.to_string(), format!("{n}."))).collect::<Vec<_>>();
            let rows: Vec<AnyView> = items.iter().map(|item| pick(f, step, item, "Place", &places)).collect();
            let content = view! { <div class="picks">{rows}</div> }.into_any();
            group(f, step, &name, content)
        }
        StepKind::Allocate { items } => {
            let shares =
                SHARES.iter().enumerate().map(|(n, text)| (n.to_string(), (*text).to_owned())).collect::<Vec<_>>();
            let rows: Vec<AnyView> = items.iter().map(|item| marks(f, step, item, &shares)).collect();
            group(f, step, &name, rows.into_any())
        }
        StepKind::Sort { items, buckets, own, .. } => {
            let options: Vec<_> = buckets.iter().map(|b| (b.key.clone(), b.text.clone())).collect();
            let mut rows: Vec<AnyView> = items.iter().map(|item| marks(f, step, item, &options)).collect();
            if *own {
                rows.extend(buckets.iter().map(|bucket| {
                    let name = part(&step.key, &format!("own.{}", bucket.key));
                    view! {
                        <div class="bucket">
                            <label for=id(&name)>{bucket.text.clone()}</label>
                            <p class="hint">"One on each line."</p>
                            {entry(f, &name, true, "", None)}
                        </div>
                    }
                    .into_any()
                }));
            }
            group(f, step, &name, rows.into_any())
        }
        StepKind::Timer { seconds, together } => {
            let how = if *together { ", both of you." } else { "." };
            let how = format!("{}{how}", minutes(*seconds));
            let (done, took, note) = (part(&step.key, "done"), part(&step.key, "minutes"), part(&step.key, "note"));
            let checked = !f.answers.get(&done).is_empty();
            let content = view! {
                <p class="timer-how">{how}</p>
                {clock(f, *seconds, &step.prompt)}
                <label class="choice"><input type="checkbox" name=done value="yes" checked=checked disabled=f.disabled/><span>"We did it, in our own way"</span></label>
                <label class="short-label" for=id(&took)>"About how many minutes? "<span class="optional">"(if you like)"</span></label>
                {error(f, &took)}
                <input class="short" type="number" id=id(&took) name=took.clone() min="0" max="600" inputmode="numeric" value=f.answers.get(&took).to_owned() disabled=f.disabled autocomplete="off"/>
                <label for=id(&note)>"How was it, or what came in between?"</label>
                {entry(f, &note, true, "", None)}
            }
            .into_any();
            group(f, step, &name, content)
        }
        StepKind::Turns { turns, cards } => group(f, step, &name, dialogue(f, step, turns, cards)),
        StepKind::Log { days, tags } => group(f, step, &name, log(f, step, *days, tags)),
        // It has a place of its own, once it is open to both.
        StepKind::Agreement { .. } => view! {
            <section class="step step-read">
                <h2>{step.prompt.clone()}</h2>
                <p class="hint">{if f.document.is_blind(f.responders) {
                    "You write this together, on this page, once you have both answered."
                } else {
                    "You write this together, at the end of this page."
                }}</p>
            </section>
        }
        .into_any(),
        StepKind::Plan => view! {
            <section class="step step-read">
                <h2>{step.prompt.clone()}</h2>
                <p class="hint">{if f.document.is_blind(f.responders) {
                    "You plan this on this page, once you have both answered."
                } else {
                    "You plan this at the end of this page."
                }}</p>
            </section>
        }
        .into_any(),
        StepKind::Read { body } => view! {
            <section class="step step-read">
                <h2>{step.prompt.clone()}</h2>
                {paragraphs(body)}
            </section>
        }
        .into_any(),
        StepKind::Text { long } => view! {
            <div class="step">
                <label class="step-prompt" for=id(&name)>{step.prompt.clone()}{optional(f, step)}</label>
                {around(f, step, &name)}
                {entry(f, &name, *long, &described(f, step, &name), None)}
            </div>
        }
        .into_any(),
        StepKind::Choice { options, own } => group(f, step, &name, picks(f, step, options, *own, "radio")),
        StepKind::Checklist { options, own } => group(f, step, &name, picks(f, step, options, *own, "checkbox")),
        StepKind::Scale { min, max, low, high, items } => {
            let ends = view! { <p class="scale-ends"><span>{format!("{min} = {low}")}</span>" "<span>{format!("{max} = {high}")}</span></p> }.into_any();
            let rows: Vec<AnyView> = items.iter().map(|item| rate(f, step, item, *min, *max)).collect();
            group(f, step, &name, view! { {ends} {rows} }.into_any())
        }
        StepKind::Rewrite { lines } => {
            let rows: Vec<AnyView> = lines
                .iter()
                .map(|line| {
                    let name = part(&step.key, &line.key);
                    let described = f.errors.of(&name).map(|_| format!("{}-error", id(&name))).unwrap_or_default();
                    view! {
                        <div class="rewrite">
                            <div class="given"><label for=id(&name)><span class="quiet">"Your way of saying: "</span>{line.text.clone()}</label></div>
                            {error(f, &name)}
                            {entry(f, &name, true, &described, None)}
                        </div>
                    }
                    .into_any()
                })
                .collect();
            group(f, step, &name, rows.into_any())
        }
    }
}

fn optional(f: Fields<'_>, step: &Step) -> Option<AnyView> {
    (step.optional && f.writer.is_none()).then(|| view! { <span class="optional">" (if you like)"</span> }.into_any())
}

/// What stands between a prompt and its field: who can read it, the hint,
/// what is wrong.
fn around(f: Fields<'_>, step: &Step, name: &str) -> AnyView {
    let hint = (!step.hint.is_empty())
        .then(|| view! { <p class="hint" id=format!("{}-hint", id(name))>{step.hint.clone()}</p> }.into_any());
    let scope = f.document.scope_for(step.scope, f.responders);
    let readers = f.writer.map_or_else(|| readers(scope, f.partner, f.therapist), |writer| readers_of(writer, scope));
    view! {
        <p class="step-scope" id=format!("{}-scope", id(name))>{badge(scope, readers)}</p>
        {in_common(f, step)}
        {hint}
        {error(f, name)}
    }
    .into_any()
}

/// Where only what both put in one bucket is shown to the other, the badge
/// alone would promise too much.
fn in_common(f: Fields<'_>, step: &Step) -> Option<AnyView> {
    let StepKind::Sort { buckets, both_only: Some(only), .. } = &step.kind else { return None };
    let bucket = buckets.iter().find(|b| b.key == *only)?.text.clone();
    let (partner, both) = match f.writer {
        None => (f.partner.unwrap_or("your partner"), "you both"),
        Some(_) => ("their partner", "they both"),
    };
    (f.responders > 1).then(|| {
        view! { <p class="hint">{format!("Of this, {partner} is shown what {both} put under “{bucket}”, and nothing else of it, ever.")}</p> }.into_any()
    })
}

/// The ids of all that a screen reader says with a field.
fn described(f: Fields<'_>, step: &Step, name: &str) -> String {
    let id = id(name);
    let mut ids = vec![format!("{id}-scope")];
    if !step.hint.is_empty() {
        ids.push(format!("{id}-hint"));
    }
    if f.errors.of(name).is_some() {
        ids.push(format!("{id}-error"));
    }
    ids.join(" ")
}

fn error(f: Fields<'_>, name: &str) -> Option<AnyView> {
    f.errors.of(name).map(|m| view! { <p class="error" id=format!("{}-error", id(name))>{m.to_owned()}</p> }.into_any())
}

fn group(f: Fields<'_>, step: &Step, name: &str, content: AnyView) -> AnyView {
    view! {
        <fieldset class="step" id=id(name) tabindex="-1" aria-describedby=described(f, step, name)>
            <legend class="step-prompt">{step.prompt.clone()}{optional(f, step)}</legend>
            {around(f, step, name)}
            {content}
        </fieldset>
    }
    .into_any()
}

/// A field for words. `label` where no label element stands with it.
fn entry(f: Fields<'_>, name: &str, long: bool, described: &str, label: Option<&'static str>) -> AnyView {
    let value = f.answers.get(name).to_owned();
    let invalid = f.errors.of(name).is_some().then_some("true");
    let described = (!described.is_empty()).then(|| described.to_owned());
    if long {
        view! {
            <textarea id=id(name) name=name.to_owned() rows="4" aria-label=label aria-describedby=described aria-invalid=invalid disabled=f.disabled autocomplete="off">{raw_text(&value)}</textarea>
        }
        .into_any()
    } else {
        // Grows with what is written: a phone's line is short.
        view! {
            <textarea class="line" id=id(name) name=name.to_owned() rows="1" aria-label=label aria-describedby=described aria-invalid=invalid disabled=f.disabled autocomplete="off">{raw_text(&value)}</textarea>
        }
        .into_any()
    }
}

/// Options to pick one or several of, and an own entry.
fn picks(f: Fields<'_>, step: &Step, options: &[Choice], own: bool, kind: &'static str) -> AnyView {
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
        rows.push(pick("own".to_owned(), "Something else:".to_owned(), f.answers.get(&name) == "own"));
    }
    if own {
        let name = part(&step.key, "own");
        let label = if one { "Something else, in your own words" } else { "Something of your own" };
        let hint = (!one).then(|| view! { <span class="own-label">"Something of your own:"</span> }.into_any());
        rows.push(view! { <div class="own">{hint}{entry(f, &name, false, "", Some(label))}</div> }.into_any());
    }
    if one && step.optional {
        // A picked radio button cannot be let go of otherwise.
        rows.push(pick(String::new(), "I leave this open".to_owned(), f.answers.get(&name).is_empty()));
    }
    view! { <div class="choices">{rows}</div> }.into_any()
}

/// One item with a list to choose from.
fn pick(f: Fields<'_>, step: &Step, item: &Choice, what: &'static str, options: &[(String, String)]) -> AnyView {
    let name = part(&step.key, &item.key);
    let value = f.answers.get(&name).to_owned();
    let options: Vec<AnyView> = options
        .iter()
        .map(|(key, text)| {
            let selected = *key == value;
            view! { <option value=key.clone() selected=selected>{text.clone()}</option> }.into_any()
        })
        .collect();
    let invalid = f.errors.of(&name).is_some().then_some("true");
    view! {
        <div class="pick">
            <label for=id(&name)>{item.text.clone()}</label>
            {error(f, &name)}
            <select id=id(&name) name=name.clone() aria-invalid=invalid disabled=f.disabled autocomplete="off">
                <option value="">{what}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// One item with a few marks in a row.
fn marks(f: Fields<'_>, step: &Step, item: &Choice, options: &[(String, String)]) -> AnyView {
    let name = part(&step.key, &item.key);
    let value = f.answers.get(&name).to_owned();
    let radio = |key: String, text: String| {
        let checked = key == value;
        view! { <label class="choice"><input type="radio" name=name.clone() value=key checked=checked disabled=f.disabled/><span>{text}</span></label> }.into_any()
    };
    let mut rows: Vec<AnyView> = options.iter().map(|(key, text)| radio(key.clone(), text.clone())).collect();
    if step.optional {
        rows.push(radio(String::new(), "I leave this open".to_owned()));
    }
    let described = f.errors.of(&name).map(|_| format!("{}-error", id(&name)));
    view! {
        <fieldset class="rate" id=id(&name) aria-describedby=described>
            <legend>{item.text.clone()}</legend>
            {error(f, &name)}
            <div class="marks">{rows}</div>
        </fieldset>
    }
    .into_any()
}

/// A length in words.
fn minutes(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, rest) => format!("{rest} seconds"),
        (1, 0) => "One minute".to_owned(),
        (n, 0) => format!("{n} minutes"),
        (1, rest) => format!("One minute and {rest} seconds"),
        (n, rest) => format!("{n} minutes and {rest} seconds"),
    }
}

/// The clock beside a timer or a turn; a preview has none.
fn clock(f: Fields<'_>, seconds: u32, label: &str) -> Option<AnyView> {
    (!f.disabled && f.clocks).then(|| view! { <Countdown seconds=seconds label=label.to_owned()/> }.into_any())
}

/// The turns of a dialogue, the cards to draw from, and what is noted after.
fn dialogue(f: Fields<'_>, step: &Step, turns: &[Turn], cards: &[Choice]) -> AnyView {
    let turns: Vec<AnyView> = turns
        .iter()
        .map(|turn| {
            view! {
                <li>
                    <p>{turn.text.clone()}</p>
                    <p class="timer-how">{format!("{}.", minutes(turn.seconds))}</p>
                    {clock(f, turn.seconds, &turn.text)}
                </li>
            }
            .into_any()
        })
        .collect();
    // One at a time: the next is not read before it is drawn.
    let cards: Vec<AnyView> = cards
        .iter()
        .enumerate()
        .map(|(n, card)| view! { <details class="card-question"><summary>{format!("Card {}", n + 1)}</summary><p>{card.text.clone()}</p></details> }.into_any())
        .collect();
    let (felt, reflection) = (part(&step.key, "felt"), part(&step.key, "reflection"));
    let value = f.answers.get(&felt).to_owned();
    let scale: Vec<AnyView> = (0..=10)
        .map(|n: u8| {
            let n = n.to_string();
            let checked = n == value;
            view! { <label><input type="radio" name=felt.clone() value=n.clone() checked=checked disabled=f.disabled/><span>{n}</span></label> }.into_any()
        })
        .collect();
    view! {
        <ol class="turns">{turns}</ol>
        <div class="cards">{cards}</div>
        <fieldset class="rate" id=id(&felt)>
            <legend>"How heard did you feel?"</legend>
            <p class="scale-ends"><span>"0 = not at all"</span>" "<span>"10 = fully"</span></p>
            <div class="scale">{scale}</div>
        </fieldset>
        <label for=id(&reflection)>"What stays with you? "<span class="optional">"(if you like)"</span></label>
        {entry(f, &reflection, true, "", None)}
    }
    .into_any()
}

/// Blank rows under what was written so far.
const BLANK: usize = 3;

/// The entries so far, which can be changed, and room for more.
fn log(f: Fields<'_>, step: &Step, days: u16, tags: &[Choice]) -> AnyView {
    let at = |n: usize, what: &str| part(&step.key, &format!("{n}.{what}"));
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
                    <label for=id(&tag)>"What"</label>
                    <select id=id(&tag) name=tag.clone() disabled=f.disabled autocomplete="off">
                        <option value="">"–"</option>
                        {options}
                    </select>
                }
                .into_any()
            });
            view! {
                <fieldset class="log-row">
                    <legend class="quiet">{if n < written { format!("Entry {}", n + 1) } else { "A new entry".to_owned() }}</legend>
                    {error(f, &on)}
                    {error(f, &text)}
                    <label for=id(&on)>"Day"</label>
                    <input type="date" id=id(&on) name=on.clone() value=day disabled=f.disabled autocomplete="off"/>
                    {tag}
                    <label for=id(&text)>"In a few words"</label>
                    {entry(f, &text, false, "", None)}
                </fieldset>
            }
            .into_any()
        })
        .collect();
    view! {
        <p class="hint">{format!("Over {days} days, whenever there is something. Save for later and come back: there is always room for more. Send it when the days are over.")}</p>
        <div class="log">{rows}</div>
    }
    .into_any()
}

/// One item of a scale.
fn rate(f: Fields<'_>, step: &Step, item: &Choice, min: u8, max: u8) -> AnyView {
    let name = part(&step.key, &item.key);
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
            <label class="choice"><input type="radio" name=name.clone() value="" checked=checked disabled=f.disabled/><span>"I leave this open"</span></label>
        }
        .into_any()
    });
    let described = f.errors.of(&name).map(|_| format!("{}-error", id(&name)));
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
