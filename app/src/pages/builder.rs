//! Writing an exercise, step by step, beside what the clients will see.
//!
//! Every press (another step, up, out) is a form of its own, so it works
//! without scripts; with them the draft is kept and the preview follows while
//! one types.

use domain::{
    builder::KINDS,
    exercise::{Document, Mode, Scope, StepKind},
    form::{Errors, Form, rows},
};
use leptos::prelude::*;
use uuid::Uuid;

use super::exercise::{Fields, how, steps};
use crate::{
    islands::AutosaveDraft,
    ui::{Field, FormState, error_summary, page_head},
};

#[derive(Clone, Debug)]
pub struct Model {
    pub draft: Uuid,
    /// The exercise it becomes a version of, by its title.
    pub version_of: Option<String>,
    /// What it is made from, where that is another's.
    pub made_from: Option<String>,
    pub form: FormState,
    /// As it would look.
    pub preview: Document,
    pub saved_at: String,
    /// The write that the page knows of.
    pub number: i64,
}

/// The id of the element that holds the preview: the island puts the newer
/// one there.
pub const PREVIEW: &str = "live-preview";

pub fn view(m: &Model) -> AnyView {
    let form = writing(m);
    view! {
        {head(m)}
        <div class="builder-room">
            <AutosaveDraft form="builder".to_owned() draft=m.draft number=m.number preview=PREVIEW.to_owned() saved_at=m.saved_at.clone()>
                {form}
            </AutosaveDraft>
            {beside(m)}
        </div>
        {below(m)}
    }
    .into_any()
}

/// The same without the island, for samples: it needs a request.
#[cfg(test)]
pub(super) fn plain(m: &Model) -> AnyView {
    view! { {head(m)} <div class="builder-room">{writing(m)}{beside(m)}</div> {below(m)} }.into_any()
}

fn head(m: &Model) -> AnyView {
    let title = match (&m.version_of, m.form.form.get("title")) {
        (Some(title), _) => format!("A new version of “{title}”"),
        (None, "") => "A new exercise".to_owned(),
        (None, title) => title.to_owned(),
    };
    let lead = match (&m.version_of, &m.made_from) {
        (Some(_), _) => "What was given before stays on the version it was given with.".to_owned(),
        (None, Some(from)) => format!("Made from “{from}”, which stays as it is."),
        (None, None) => "Nobody sees it before you put it into the library.".to_owned(),
    };
    view! { {page_head(title, lead, vec![])} {error_summary(&m.form)} }.into_any()
}

fn writing(m: &Model) -> AnyView {
    let state = &m.form;
    let modes = Mode::ALL.iter().map(|m| (m.word().to_owned(), m.label().to_owned())).collect();
    let count = rows::count(&state.form);
    let steps: Vec<AnyView> = (0..count).map(|n| step(m, n, count)).collect();
    let kinds: Vec<AnyView> = KINDS
        .iter()
        .map(|(kind, label)| {
            view! { <button class="button" type="submit" name="do" value=format!("add:{kind}")>{*label}</button> }
                .into_any()
        })
        .collect();
    view! {
        <form id="builder" class="form builder" method="post" action=format!("/drafts/{}", m.draft) novalidate>
            <input type="hidden" name="number" value=m.number.to_string() autocomplete="off"/>
            // Enter in a field keeps the draft and does nothing else.
            <button class="quiet" type="submit" name="do" value="save" tabindex="-1" aria-hidden="true">"Save"</button>
            <div class="card">
                {Field::new(state, "title", "Title").required().text()}
                {Field::new(state, "purpose", "What it is for").hint("One paragraph in plain words. Your clients read it.").required().area(3)}
                {Field::new(state, "cautions", "When not to give it").hint("For therapists only.").required().area(3)}
                {Field::new(state, "themes", "Themes").hint("A few words, with commas between.").text()}
                {Field::new(state, "minutes", "Minutes").hint("An honest guess for one person.").required().number(1, 180)}
                {Field::new(state, "mode", "How the two do it").required().radios(modes)}
            </div>
            {steps}
            <fieldset class="card">
                <legend>"Add a step"</legend>
                <div class="actions">{kinds}</div>
            </fieldset>
            <div class="form-actions">
                <button class="button" type="submit" name="do" value="preview">"Save, and look at it"</button>
                <button class="button button-primary" type="submit" name="do" value="publish">"Put it into the library"</button>
            </div>
        </form>
    }
    .into_any()
}

fn beside(m: &Model) -> AnyView {
    view! {
        <section class="preview" aria-labelledby="preview" tabindex="0">
            <h2 id="preview">"As your clients will see it"</h2>
            <div id=PREVIEW>{previewed(&m.preview)}</div>
        </section>
    }
    .into_any()
}

fn below(m: &Model) -> AnyView {
    view! {
        <form class="inline-form" method="post" action=format!("/drafts/{}/discard", m.draft)>
            <button class="button" type="submit">"Throw this draft away"</button>
        </form>
        <p><a href="/library">"Back to the library; the draft is kept"</a></p>
    }
    .into_any()
}

/// What the clients would see: also what the island asks for.
pub fn previewed(document: &Document) -> AnyView {
    let (form, errors) = (Form::default(), Errors::default());
    let fields = Fields {
        document,
        responders: 2,
        partner: None,
        writer: None,
        therapist: "your therapist",
        answers: &form,
        errors: &errors,
        disabled: true,
        today: "",
        clocks: false,
    };
    view! {
        <h3>{document.title.clone()}</h3>
        <p class="muted">{format!("About {} minutes. {}", document.minutes, how(document.mode, 2))}</p>
        <p class="lead">{document.purpose.clone()}</p>
        <div class="form exercise-form">{steps(fields)}</div>
    }
    .into_any()
}

/// Who reads an answer, as its writer's therapist says it.
fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Mine => "Only who writes it",
        Scope::Therapist => "Who writes it, and you",
        Scope::Reveal => "You at once; both of them once both have answered",
        Scope::Couple => "You and both of them at once",
    }
}

fn step(m: &Model, n: usize, count: usize) -> AnyView {
    let state = &m.form;
    let name = |field: &str| rows::field(n, field);
    let kind = state.form.get(&name("kind")).to_owned();
    let label = KINDS.iter().find(|(k, _)| *k == kind).map_or("Step", |(_, label)| label);
    let scopes = Scope::ALL.iter().map(|s| (s.word().to_owned(), scope_words(*s).to_owned())).collect();
    let area = |field: &str, label: &str, hint: &str, rows: u32| {
        Field::new(state, name(field), label.to_owned()).hint(hint.to_owned()).area(rows)
    };
    let line = |field: &str, label: &str| Field::new(state, name(field), label.to_owned()).text();
    let tick = |field: &str, label: &str| Field::new(state, name(field), label.to_owned()).tick();
    let number = |field: &str, label: &str, min, max| {
        Field::new(state, name(field), label.to_owned()).required().number(min, max)
    };
    let each = "One on each line.";
    let own: AnyView = match kind.as_str() {
        "read" => area("body", "The text", "An empty line begins a new paragraph.", 5),
        "text" => tick("long", "Room for more than a line"),
        "choice" | "checklist" => view! {
            {area("options", "What there is to pick", each, 5)}
            {tick("own", "They may add something of their own")}
        }
        .into_any(),
        "scale" => view! {
            {area("options", "What is rated", each, 4)}
            <div class="pair">{number("min", "From", 0, 9)}{line("low", "which means")}</div>
            <div class="pair">{number("max", "To", 1, 10)}{line("high", "which means")}</div>
        }
        .into_any(),
        "rewrite" => area("options", "The lines to turn", each, 4),
        "rank" | "allocate" => area("options", "The lines", each, 5),
        "guess" => {
            let of: Vec<(String, String)> = std::iter::once((String::new(), "Please choose".to_owned()))
                .chain(m.preview.steps.iter().take(n).filter_map(|s| {
                    let fits = matches!(s.kind, StepKind::Rank { .. } | StepKind::Choice { .. } | StepKind::Scale { .. });
                    fits.then(|| (s.key.clone(), s.prompt.clone()))
                }))
                .collect();
            Field::new(state, name("of"), "Which earlier step they guess").required().select(of)
        }
        "sort" => view! {
            {area("options", "What is sorted", each, 5)}
            {area("buckets", "The buckets", "Two to four, one on each line.", 3)}
            {tick("own", "They may write entries of their own")}
            {Field::new(state, name("both_only"), "Show the other only what both put here").hint("The name of a bucket. The partner then never learns anything else of it. Leave it empty to show all.").text()}
        }
        .into_any(),
        "timer" => view! { {number("minutes", "Minutes", 1, 60)} {tick("together", "The two do it together")} }.into_any(),
        "turns" => view! {
            {area("turns", "The turns", "One on each line, with its seconds before it: 120 One of you speaks.", 4)}
            {area("options", "Cards to draw from", "If there are any: one question on each line.", 4)}
        }
        .into_any(),
        "log" => view! { {number("days", "Days", 1, 60)} {area("options", "Sorts of entries", "If there are any: one on each line.", 3)} }.into_any(),
        "agreement" => area("starter", "How the text might begin", "", 3),
        _ => ().into_any(),
    };
    let button = |what: &str, text: &str, off: bool| {
        let value = format!("{what}:{n}");
        let label = format!("{text}: step {}", n + 1);
        view! { <button class="button" type="submit" name="do" value=value aria-label=label disabled=off>{text.to_owned()}</button> }.into_any()
    };
    view! {
        <fieldset class="card builder-step" id=format!("step-{n}")>
            <legend>{format!("{}. {label}", n + 1)}</legend>
            <input type="hidden" name=name("kind") value=kind.clone() autocomplete="off"/>
            <input type="hidden" name=name("key") value=state.form.get(&name("key")).to_owned() autocomplete="off"/>
            {Field::new(state, name("prompt"), if kind == "read" { "Heading" } else { "What is asked" }).required().text()}
            {Field::new(state, name("hint"), "A hint").area(2)}
            {own}
            {Field::new(state, name("scope"), "Who reads the answer").required().select(scopes)}
            {tick("optional", "It may be left out")}
            {tick("bring", "What is written here is brought to the session: it stands in your brief")}
            <div class="actions">
                {button("up", "Up", n == 0)}
                {button("down", "Down", n + 1 == count)}
                {button("remove", "Take out", false)}
            </div>
        </fieldset>
    }
    .into_any()
}

/// Empty; a whole exercise; refused.
pub fn samples() -> Vec<Model> {
    let document = super::library_item::sample_document();
    let form = domain::builder::form(&document);
    let empty = Model {
        draft: Uuid::from_u128(1),
        version_of: None,
        made_from: None,
        form: FormState::default(),
        preview: domain::builder::preview(&Form::default(), None),
        number: 0,
        saved_at: String::new(),
    };
    let full = Model {
        version_of: Some("T".repeat(120)),
        form: FormState::new(form.clone()),
        preview: document.clone(),
        number: 0,
        saved_at: "21:04".into(),
        ..empty.clone()
    };
    let mut gaps = form;
    gaps.set("title", "");
    gaps.set("step.1.prompt", "");
    let errors = domain::builder::read(&gaps, "x", None).err().unwrap_or_default();
    let refused = Model {
        made_from: Some("<b>Another</b>".into()),
        preview: domain::builder::preview(&gaps, None),
        form: FormState { form: gaps, errors },
        ..empty.clone()
    };
    vec![empty, full, refused]
}
