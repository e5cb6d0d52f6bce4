//! The page of an email wording: the practice's own words for one email in one
//! language, and their preview.

use domain::{
    clients::person::Language,
    outbox::wording::{BODY_MAX, Placeholder, SUBJECT_MAX, WordingKind},
};
use leptos::prelude::*;

use crate::{
    islands::WordingPreview,
    ui::{Field, FormState, error_summary, form_key, page_head, submit},
};

/// The view model of the page of an email wording.
#[derive(Clone, Debug)]
pub struct Model {
    pub kind: WordingKind,
    pub language: Language,
    /// Who changed the wording and when, such as "Marlene Voss on 3 March
    /// 2027"; empty for the shipped wording.
    pub changed: String,
    pub form: FormState,
    pub shipped: Shipped,
    pub preview: Preview,
}

/// The wording that comes with the program.
#[derive(Clone, Debug)]
pub struct Shipped {
    pub subject: String,
    pub body: String,
}

/// The preview of a wording, or the errors that prevent it.
#[derive(Clone, Debug)]
pub enum Preview {
    Mail { subject: String, text: String, html: String },
    Wrong(Vec<String>),
}

/// The id of the element with the preview, which the island replaces after each
/// change.
pub const PREVIEW: &str = "wording-preview";
const FORM: &str = "wording";

/// Renders the page of an email wording.
pub fn view(m: &Model) -> AnyView {
    let island = view! { <WordingPreview form=FORM.to_owned() kind=m.kind.word().to_owned() language=m.language.word().to_owned() preview=PREVIEW.to_owned()/> };
    view! { {page_body(m)} {island} }.into_any()
}

/// Renders the page without the island, which needs a request. For sample
/// models in tests.
#[cfg(test)]
pub(crate) fn view_without_island(m: &Model) -> AnyView {
    page_body(m)
}

/// The page without the island.
fn page_body(m: &Model) -> AnyView {
    let lead =
        if m.changed.is_empty() { "Standard text.".to_owned() } else { format!("Your own text, by {}.", m.changed) };
    let others: Vec<AnyView> = Language::ALL
        .iter()
        .filter(|l| **l != m.language)
        .map(|l| view! { <a href=path(m.kind, *l)>{format!("Edit in {}", l.label())}</a> }.into_any())
        .collect();
    view! {
        <p><a href="/wordings">"All email templates"</a>" · "{others}</p>
        {page_head(format!("{} ({})", m.kind.label(), m.language.label()), lead, vec![])}
        <div class="builder-room">
            <div>
                {wording_form(m)}
                {placeholder_list(m)}
                {shipped_wording(m)}
            </div>
            <section class="preview" aria-labelledby="preview" tabindex="0">
                <h2 id="preview">"Preview"</h2>
                <div id=PREVIEW aria-live="polite">{previewed(&m.preview)}</div>
            </section>
        </div>
    }
    .into_any()
}

/// The address of the page of a wording.
pub fn path(kind: WordingKind, language: Language) -> String {
    format!("/wordings/{}/{}", kind.word(), language.word())
}

/// The form with subject and body.
fn wording_form(m: &Model) -> AnyView {
    let state = &m.form;
    view! {
        <form id=FORM class="form" method="post" action=path(m.kind, m.language) novalidate>
            {form_key()}
            {error_summary(state)}
            {Field::new(state, "subject", "Subject").hint(format!("Shown on lock screens. At most {SUBJECT_MAX} characters.")).required().text()}
            {Field::new(state, "body", "Text").hint(format!("A blank line starts a paragraph. At most {BODY_MAX} characters.")).required().area(16)}
            <div class="form-actions">
                {submit("Save template")}
                <button class="button" type="submit" name="do" value="preview">"Preview template"</button>
            </div>
        </form>
    }
    .into_any()
}

/// The list of placeholders that this wording can use.
fn placeholder_list(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m
        .kind
        .placeholders()
        .iter()
        .map(|p: &Placeholder| {
            let empty = p.may_be_empty().then_some(" (can be empty)");
            view! { <div><dt><code>{format!("{{{}}}", p.word())}</code></dt><dd>{p.label()}{empty}</dd></div> }
                .into_any()
        })
        .collect();
    view! {
        <section class="card after" aria-labelledby="placeholders">
            <h2 id="placeholders">"Placeholders"</h2>
            <p class="hint">"Put optional text in [square brackets]. It is left out when its placeholder is empty: "<code>"[Where: {place}.]"</code>"."</p>
            <dl class="facts">{rows}</dl>
        </section>
    }
    .into_any()
}

/// The shipped wording, with the button to return to it.
fn shipped_wording(m: &Model) -> AnyView {
    let Shipped { subject, body } = m.shipped.clone();
    let back = (!m.changed.is_empty()).then(|| {
        view! {
            <form method="post" action=path(m.kind, m.language)>
                {form_key()}
                <button class="button" type="submit" name="do" value="reset">"Restore standard text"</button>
            </form>
        }
        .into_any()
    });
    view! {
        <details class="field after">
            <summary>"Standard text"</summary>
            <p><strong>{subject}</strong></p>
            <pre class="mail-text">{body}</pre>
            {back}
        </details>
    }
    .into_any()
}

/// Renders a preview. The server function of the island uses it too.
pub fn previewed(preview: &Preview) -> AnyView {
    match preview {
        Preview::Wrong(why) => {
            let why: Vec<AnyView> = why.iter().map(|w| view! { <li>{w.clone()}</li> }.into_any()).collect();
            view! { <p>"Correct these before you save:"</p><ul>{why}</ul> }.into_any()
        }
        Preview::Mail { subject, text, html } => view! {
            <p class="hint">"Preview for a sample client, with every optional part."</p>
            <p><strong>{subject.clone()}</strong></p>
            <h3>"As text"</h3>
            <pre class="mail-text">{text.clone()}</pre>
            <h3 class="after">"As HTML"</h3>
            <iframe class="mail" title="The email as HTML" sandbox="" srcdoc=html.clone()></iframe>
        }
        .into_any(),
    }
}

/// Sample models: the shipped wording; the practice's own; a refused form.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let ours = Model {
        kind: WordingKind::Reminder,
        language: Language::English,
        changed: String::new(),
        form: FormState::new(Form::from_pairs([("subject", "On {day}"), ("body", "Hello[ {name}], {when} 💛")])),
        shipped: Shipped { subject: "On {day}".into(), body: "Hello[ {name}], {when}".into() },
        preview: Preview::Mail { subject: "On Thursday".into(), text: "Hello".into(), html: "<p>Hello</p>".into() },
    };
    let long = "अनन्या शर्मा 💛 ".repeat(13);
    let own = Model { changed: long.clone(), language: Language::Hindi, ..ours.clone() };
    let refused = Model {
        form: FormState {
            form: Form::from_pairs([("subject", long), ("body", "<b>{</b>".into())]),
            errors: Errors::at_field("body", "Line 1: a brace “{” does not close."),
        },
        preview: Preview::Wrong(vec!["Line 1: a brace “{” does not close.".into()]),
        ..ours.clone()
    };
    vec![ours, own, refused]
}
