//! An exercise, as the one who does it sees it.
//!
//! Beside each field stands who will be able to read what goes into it, and
//! it stands before the field: nobody types first and learns later. Nothing
//! here tells whether the other partner has answered.

use domain::{
    exercise::{Choice, Document, Mode, SHARES, Scope, Step, StepKind, Turn},
    form::{Errors, Form},
    ids::OccurrenceId,
    response::{ENTRIES, field, part},
};
use leptos::prelude::*;

use super::agreement;
use super::done::{Theirs, answers};
use crate::{
    islands::{Autosave, Countdown},
    ui::field::raw_text,
};

#[derive(Clone, Debug)]
pub struct Model {
    pub occurrence: OccurrenceId,
    pub document: Document,
    /// It is for this person only, so nothing opens to anyone else.
    pub alone: bool,
    /// How many people it is for.
    pub responders: usize,
    pub partner_name: Option<String>,
    pub therapist: String,
    /// What was typed so far.
    pub answers: Form,
    pub errors: Errors,
    pub draft_number: i64,
    /// When the draft was saved, such as `21:04`.
    pub saved_at: Option<String>,
    /// A line from the therapist; may be empty.
    pub word_along: String,
    /// What the other has written for both, where it can be read at once.
    pub theirs: Option<Theirs>,
    /// The reader's day, as a date field holds it.
    pub today: String,
    /// What the two agree on, once it is open.
    pub agreements: Vec<agreement::Item>,
}

/// What the fields of a document are drawn with.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    pub document: &'a Document,
    pub responders: usize,
    pub partner: Option<&'a str>,
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

pub fn view(m: &Model) -> AnyView {
    let fields = Fields {
        document: &m.document,
        responders: m.responders,
        partner: m.partner_name.as_deref(),
        therapist: &m.therapist,
        answers: &m.answers,
        errors: &m.errors,
        disabled: false,
        today: &m.today,
        clocks: true,
    };
    let form = view! {
        <form id="exercise" class="form exercise-form" method="post" action=format!("/portal/exercises/{}", m.occurrence) novalidate>
            <input type="hidden" name="draft_number" value=m.draft_number.to_string() autocomplete="off"/>
            {steps(fields)}
            <div class="form-actions">
                // The first button is what the Enter key presses: it sends nothing yet.
                <button class="button" type="submit" name="do" value="save">"Save for later"</button>
                <button class="button button-primary" type="submit" name="do" value="submit">{if is_private(&m.document) { "Done, keep it for me" } else { "Send" }}</button>
            </div>
            <p class="hint">{sending(m)}</p>
        </form>
    };
    view! {
        <article class="exercise">
            <header class="page-head">
                <h1>{m.document.title.clone()}</h1>
            </header>
            {summary(&m.document, &m.errors)}
            <p class="muted">{format!("About {} minutes. {}", m.document.minutes, how(m.document.mode, m.responders))}{at_once(m)}</p>
            <p class="lead">{m.document.purpose.clone()}</p>
            {word_along(&m.therapist, &m.word_along)}
            {m.theirs.as_ref().map(|theirs| from_the_other(m.partner_name.as_deref(), theirs))}
            <Autosave form="exercise".to_owned() occurrence=m.occurrence.0 number=m.draft_number saved_at=m.saved_at.clone().unwrap_or_default()>
                {form}
            </Autosave>
            {m.agreements.iter().map(agreement::section).collect::<Vec<_>>()}
        </article>
    }
    .into_any()
}

/// To read now or later: what the other wrote for both.
fn from_the_other(partner: Option<&str>, theirs: &Theirs) -> AnyView {
    let name = partner.unwrap_or("Your partner");
    view! {
        <details class="card from-the-other">
            <summary>{format!("{name} has written something for you both")}</summary>
            {answers(theirs)}
        </details>
    }
    .into_any()
}

/// How the two do it, in a sentence.
pub fn how(mode: Mode, responders: usize) -> &'static str {
    match (responders, mode) {
        (0 | 1, _) => "This one is for you alone.",
        (_, Mode::Together) => "Do this one together, and write down what fits for you.",
        (_, Mode::Alone) => "Each of you does this alone.",
        (_, Mode::Reveal) => "Each of you does this alone. Some of it opens to you both once you have both answered.",
    }
}

/// Where nothing is blind, that the other reads it stands at the top.
fn at_once(m: &Model) -> Option<String> {
    let both = m.document.questions().any(|s| s.scope == Scope::Couple);
    let name = m.partner_name.as_deref().unwrap_or("Your partner");
    (both && m.responders > 1 && !m.document.is_blind(m.responders))
        .then(|| format!(" {name} can read what is for you both as soon as you send it."))
}

/// Whether all of it stays with its writer.
pub fn is_private(document: &Document) -> bool {
    document.questions().all(|s| s.scope == Scope::Mine)
}

fn sending(m: &Model) -> &'static str {
    if is_private(&m.document) {
        return "You can stop at any time and come back. Once it is done, the words stay as they are, and with you: nobody else reads them unless you share them.";
    }
    if m.responders > 1
        && m.document.questions().any(|s| s.scope == Scope::Couple)
        && !m.document.is_blind(m.responders)
    {
        "You can stop at any time and come back. What is for both of you can be read as soon as you send it, and answers stay as they are."
    } else if m.document.is_blind(m.responders) {
        "You can stop at any time and come back. Once sent, answers stay as they are; those for both of you open when you have both answered, not before."
    } else {
        "You can stop at any time and come back. Once sent, answers stay as they are."
    }
}

/// The therapist's own line.
pub fn word_along(therapist: &str, word: &str) -> Option<AnyView> {
    (!word.is_empty()).then(|| {
        view! {
            <figure class="quote">
                <blockquote>{paragraphs(word)}</blockquote>
                <figcaption>{therapist.to_owned()}</figcaption>
            </figure>
        }
        .into_any()
    })
}

/// A text of several paragraphs, with a blank line between them.
pub fn paragraphs(text: &str) -> Vec<AnyView> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|p| view! { <p class="lines">{p.to_owned()}</p> }.into_any())
        .collect()
}

fn id(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

/// What is missing, with a link to each place.
fn summary(document: &Document, errors: &Errors) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = document
        .questions()
        .filter_map(|step| {
            let name = field(&step.key);
            let message = errors.of(&name).or_else(|| {
                let inner = format!("{name}.");
                errors.iter().find(|(f, _)| f.starts_with(&inner)).map(|(_, m)| m)
            })?;
            Some(
                view! { <li><a href=format!("#{}", id(&name))>{step.prompt.clone()}</a>" "{message.to_owned()}</li> }
                    .into_any(),
            )
        })
        .collect();
    let whole = errors.of("").map(|m| view! { <p>{m.to_owned()}</p> }.into_any());
    Some(
        view! {
            <div class="summary" role="alert" tabindex="-1" autofocus>
                <h2>"Nearly there"</h2>
                <p>"Not sent yet. Everything you wrote is kept; this needs another look first:"</p>
                {whole}
                <ul>{items}</ul>
            </div>
        }
        .into_any(),
    )
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

/// The same as a badge: an icon and words.
pub fn scope_badge(scope: Scope, partner: Option<&str>, therapist: &str) -> AnyView {
    let icon = match scope {
        Scope::Mine => "●",
        Scope::Therapist => "◐",
        Scope::Reveal => "◑",
        Scope::Couple => "○",
    };
    view! {
        <span class=format!("scope scope-{}", scope.word())>
            <span aria-hidden="true">{icon}</span>" "<span class="quiet">"Read by: "</span>{readers(scope, partner, therapist)}
        </span>
    }
    .into_any()
}

/// The steps of a document with their fields.
pub fn steps(f: Fields<'_>) -> Vec<AnyView> {
    f.document.steps.iter().map(|step| one(f, step)).collect()
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
        StepKind::Read { body } => view! {
            <section class="step step-read">
                <h2>{step.prompt.clone()}</h2>
                {paragraphs(body)}
            </section>
        }
        .into_any(),
        StepKind::Text { long } => view! {
            <div class="step">
                <label class="step-prompt" for=id(&name)>{step.prompt.clone()}{optional(step)}</label>
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

fn optional(step: &Step) -> Option<AnyView> {
    step.optional.then(|| view! { <span class="optional">" (if you like)"</span> }.into_any())
}

/// What stands between a prompt and its field: who can read it, the hint,
/// what is wrong.
fn around(f: Fields<'_>, step: &Step, name: &str) -> AnyView {
    let hint = (!step.hint.is_empty())
        .then(|| view! { <p class="hint" id=format!("{}-hint", id(name))>{step.hint.clone()}</p> }.into_any());
    view! {
        <p class="step-scope" id=format!("{}-scope", id(name))>{scope_badge(f.document.scope_for(step.scope, f.responders), f.partner, f.therapist)}</p>
        {hint}
        {error(f, name)}
    }
    .into_any()
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
            <legend class="step-prompt">{step.prompt.clone()}{optional(step)}</legend>
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
        view! {
            <input type="text" id=id(name) name=name.to_owned() value=value aria-label=label aria-describedby=described aria-invalid=invalid disabled=f.disabled autocomplete="off"/>
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

/// Names of every shape, an empty exercise, a full one, and one with gaps.
pub fn samples() -> Vec<Model> {
    let document = crate::pages::library_item::sample_document();
    let empty = Model {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(7)),
        document: document.clone(),
        alone: false,
        responders: 2,
        partner_name: Some("Jonas".into()),
        therapist: "Dr Ruth Abrahams".into(),
        answers: Form::default(),
        errors: Errors::default(),
        draft_number: 0,
        saved_at: None,
        word_along: String::new(),
        theirs: None,
        today: "2026-11-23".into(),
        agreements: vec![],
    };
    let answers = Form::from_pairs([
        ("s.words", "Zwei Sätze. <b>Keiner davon</b> & „fett“."),
        ("s.pick", "own"),
        ("s.pick.own", "something else 💛"),
        ("s.ticks", "p"),
        ("s.ticks", "q"),
        ("s.rate.i", "0"),
        ("s.turn.l1", "अनन्या"),
    ]);
    let full = Model {
        alone: true,
        responders: 1,
        partner_name: None,
        therapist: "अनन्या शर्मा 💛".into(),
        answers: answers.clone(),
        draft_number: 12,
        saved_at: Some("21:04".into()),
        word_along: "Take your time with this one.\n\nIt is for you.".into(),
        ..empty.clone()
    };
    let errors =
        domain::response::check(&document, &domain::response::read(&document, &answers)).err().unwrap_or_default();
    let theirs = super::done::samples().swap_remove(1).theirs;
    let gaps = Model {
        theirs,
        partner_name: Some("N".repeat(200)),
        therapist: "T".repeat(200),
        answers,
        errors,
        ..empty.clone()
    };
    vec![empty, full, gaps]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(m: &Model, disabled: bool) -> String {
        let f = Fields {
            document: &m.document,
            responders: m.responders,
            partner: m.partner_name.as_deref(),
            therapist: &m.therapist,
            answers: &m.answers,
            errors: &m.errors,
            disabled,
            today: &m.today,
            clocks: false,
        };
        Owner::new().with(|| steps(f).to_html())
    }

    #[test]
    fn who_can_read_it_stands_before_each_field() {
        for m in samples() {
            let html = fields(&m, false);
            let steps: Vec<&str> = html.split("class=\"step").filter(|s| s.contains("name=\"s.")).collect();
            for step in m.document.questions() {
                assert!(html.contains(&format!("name=\"{}", field(&step.key))), "{}", step.key);
            }
            let mut badge = false;
            for part in steps {
                // "step-prompt", "step-scope" and the step itself, in order.
                let (scope, input) = (part.find("class=\"scope "), part.find("name=\"s."));
                badge |= scope.is_some();
                assert!(badge && scope.is_none_or(|s| input.is_some_and(|i| s < i)), "{part}");
            }
            assert_eq!(html.matches("class=\"scope ").count(), m.document.questions().count());
        }
    }

    #[test]
    fn done_alone_nothing_promises_to_open() {
        for m in samples() {
            assert_eq!(fields(&m, false).contains("once you have both answered"), m.responders > 1);
            assert_eq!(m.document.is_blind(m.responders), m.responders > 1);
        }
    }

    #[test]
    fn what_was_typed_is_shown_and_stays_text() {
        let mut m = samples().swap_remove(1);
        m.answers.set("s.words", "</textarea><script>x</script>");
        m.answers.set("s.line", "\"><script>y</script>");
        let html = fields(&m, false);
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;/textarea>&lt;script>x"));
        assert_eq!(html.matches(" checked").count(), 7);
    }

    #[test]
    fn a_preview_cannot_be_filled_in() {
        let html = fields(&samples()[0], true);
        let controls: usize = ["<input", "<textarea", "<select"].iter().map(|c| html.matches(c).count()).sum();
        assert_eq!(html.matches(" disabled").count(), controls);
    }
}
