//! The authoring page: a therapist writes an exercise step by step beside a
//! preview of what the clients will see.
//!
//! Every button (add a step, up, down, remove) submits a form, so the page
//! works without scripts; with them the exercise draft is autosaved and the
//! preview is updated while the therapist types.

use domain::{
    exercises::{
        exercise::{Document, Mode, STEPS_FIELD, Scope},
        step::Kind,
    },
    form::{Form, rows},
};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    parts::mode_sentence,
    preview::preview_steps,
    step::{add_buttons, author::StepForm, author_fields, prompt_label},
};
use crate::{
    islands::AutosaveDraft,
    ui::{Field, FormState, error_summary, field::id, form_key, page_head, row_buttons},
};

/// The view model of the authoring page.
#[derive(Clone, Debug)]
pub struct Model {
    pub draft: Uuid,
    /// The title of the published exercise of which this is a new version;
    /// `None` for a new exercise.
    pub version_of: Option<String>,
    /// The title of the other exercise that this one was copied from; `None` if
    /// it was not copied.
    pub made_from: Option<String>,
    pub form: FormState,
    /// The exercise as the draft describes it now.
    pub preview: Document,
    pub saved_at: String,
    /// The number of the latest save that the page knows.
    pub number: i64,
}

/// The id of the element with the preview, which the island replaces after each
/// save.
pub const PREVIEW: &str = "live-preview";

/// Renders the authoring page.
pub fn view(m: &Model) -> AnyView {
    let form = draft_form(m);
    view! {
        {head(m)}
        <div class="builder-room">
            <AutosaveDraft form="builder".to_owned() draft=m.draft number=m.number preview=PREVIEW.to_owned() saved_at=m.saved_at.clone()>
                {form}
            </AutosaveDraft>
            {preview_section(m)}
        </div>
        {page_foot(m)}
    }
    .into_any()
}

/// Renders the page without the island, which needs a request. For sample
/// models in tests.
#[cfg(test)]
pub(crate) fn view_without_island(m: &Model) -> AnyView {
    view! { {head(m)} <div class="builder-room">{draft_form(m)}{preview_section(m)}</div> {page_foot(m)} }.into_any()
}

/// The heading of the page, with the error summary.
fn head(m: &Model) -> AnyView {
    let title = match (&m.version_of, m.form.form.get("title")) {
        (Some(title), _) => format!("A new version of “{title}”"),
        (None, "") => "A new exercise".to_owned(),
        (None, title) => title.to_owned(),
    };
    let lead = match (&m.version_of, &m.made_from) {
        (Some(_), _) => "Assigned exercises keep the version they were assigned with.".to_owned(),
        (None, Some(from)) => format!("Based on “{from}”, which is not changed."),
        (None, None) => "Only you can see it until you publish it.".to_owned(),
    };
    view! { {page_head(title, lead, vec![])} {error_summary(&m.form)} }.into_any()
}

/// The form in which the exercise is written.
fn draft_form(m: &Model) -> AnyView {
    let state = &m.form;
    let modes = Mode::ALL.iter().map(|m| (m.word().to_owned(), m.label().to_owned())).collect();
    let count = rows::count(&state.form);
    let steps: Vec<AnyView> = (0..count).map(|n| step_fieldset(m, n, count)).collect();
    let missing = state.errors.message(STEPS_FIELD).map(str::to_owned);
    let described = missing.as_ref().map(|_| "f-steps-error");
    let missing = missing.map(|error| view! { <p class="error" id="f-steps-error">{error}</p> }.into_any());
    view! {
        <form id="builder" class="form builder" method="post" action=format!("/authoring/{}", m.draft) novalidate>
            {form_key()}
            <input type="hidden" name="number" value=m.number.to_string() autocomplete="off"/>
            // The Enter key in a field saves the draft and does nothing else.
            <button class="quiet" type="submit" name="do" value="save" tabindex="-1" aria-hidden="true">"Save"</button>
            <div class="card">
                {Field::new(state, "title", "Title").required().text()}
                {Field::new(state, "purpose", "What it is for").hint("One paragraph in plain words. Clients read it.").required().area(3)}
                {Field::new(state, "cautions", "When not to assign it").hint("Clients don’t see this.").required().area(3)}
                {Field::new(state, "themes", "Themes").hint("Separated by commas.").text()}
                {Field::new(state, "minutes", "Minutes").hint("For one person.").required().number(1, 180)}
                {Field::new(state, "mode", "How the two do it").required().radios(modes)}
            </div>
            {steps}
            <fieldset class="card" id="f-steps" aria-describedby=described>
                <legend>"Add a step"</legend>
                {missing}
                {add_buttons()}
            </fieldset>
            <div class="form-actions">
                <button class="button" type="submit" name="do" value="preview">"Save and preview"</button>
                <button class="button button-primary" type="submit" name="do" value="publish">"Publish"</button>
            </div>
        </form>
    }
    .into_any()
}

/// The preview beside the form.
fn preview_section(m: &Model) -> AnyView {
    view! {
        <section class="preview" aria-labelledby="preview" tabindex="0">
            <h2 id="preview">"As your clients will see it"</h2>
            <div id=PREVIEW>{previewed(&m.preview)}</div>
        </section>
    }
    .into_any()
}

/// The links and the delete form below the page.
fn page_foot(m: &Model) -> AnyView {
    view! {
        <details class="actions">
            <summary>"More"</summary>
            <form class="inline-form" method="post" action=format!("/authoring/{}/discard", m.draft)>
                {form_key()}
                <button class="button" type="submit">"Delete draft"</button>
            </form>
            <p class="hint">"You can undo this for 30 days."</p>
        </details>
    }
    .into_any()
}

/// Renders an exercise as the clients would see it. The server function of the
/// island uses it too.
pub fn previewed(document: &Document) -> AnyView {
    view! {
        <h3>{document.title.clone()}</h3>
        <p class="muted">{format!("About {} minutes. {}", document.minutes, mode_sentence(document.mode, 2))}</p>
        <p class="lead">{document.purpose.clone()}</p>
        <div class="form exercise-form">{preview_steps(document)}</div>
    }
    .into_any()
}

/// Who reads an answer, in words for the therapist who writes the exercise.
fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Mine => "Only the person who writes it",
        Scope::Therapist => "The person who writes it, and you",
        Scope::Reveal => "You at once; both of them once both have answered",
        Scope::Couple => "You and both of them at once",
    }
}

/// The fieldset of the step at index `n` of `count`.
fn step_fieldset(m: &Model, n: usize, count: usize) -> AnyView {
    let state = &m.form;
    let name = |field: &str| rows::field(n, field);
    // An unknown kind has no fields of its own.
    let kind: Option<Kind> = state.form.get(&name("kind")).parse().ok();
    let label = kind.map_or("Step", Kind::label);
    let scopes = Scope::ALL.iter().map(|s| (s.word().to_owned(), scope_words(*s).to_owned())).collect();
    let form = StepForm { state, row: n, earlier: &m.preview.steps[..n.min(m.preview.steps.len())] };
    let own = kind.map(|kind| author_fields(kind, &form));
    let prompt = kind.map_or("What is asked", prompt_label);
    view! {
        <fieldset class="card builder-step" id=format!("step-{n}")>
            <legend id=id(&name("kind"))>{format!("{}. {label}", n + 1)}</legend>
            <input type="hidden" name=name("kind") value=state.form.get(&name("kind")).to_owned() autocomplete="off"/>
            <input type="hidden" name=name("key") value=state.form.get(&name("key")).to_owned() autocomplete="off"/>
            {Field::new(state, name("prompt"), prompt).required().text()}
            {Field::new(state, name("hint"), "A hint").area(2)}
            {own}
            {Field::new(state, name("scope"), "Who reads the answer").required().select(scopes)}
            {form.tick("optional", "The answer is optional")}
            {form.tick("bring", "Show the answers in your session brief")}
            {row_buttons("step", n, count)}
        </fieldset>
    }
    .into_any()
}

/// Sample models: an empty draft; a whole exercise; a refused form.
pub fn samples() -> Vec<Model> {
    let document = super::step::sample::sample_document();
    let form = domain::exercises::authoring::to_form(&document);
    let empty = Model {
        draft: Uuid::from_u128(1),
        version_of: None,
        made_from: None,
        form: FormState::default(),
        preview: domain::exercises::authoring::preview(&Form::default(), None),
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
    let errors = domain::exercises::authoring::read(&gaps, "x", None).err().unwrap_or_default();
    let refused = Model {
        made_from: Some("<b>Another</b>".into()),
        preview: domain::exercises::authoring::preview(&gaps, None),
        form: FormState { form: gaps, errors },
        ..empty.clone()
    };
    vec![empty, full, refused]
}
