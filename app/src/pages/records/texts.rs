//! The texts of the practice to sign, as the owner keeps them: their list, one text
//! with its versions, and the form that writes a new version, with a preview.

use domain::{
    clients::person::Language,
    ids::ConsentTextId,
    records::consents::{Blank, Filled, fields},
};
use leptos::prelude::*;

use super::consent_text;
use crate::{
    islands::UnsavedGuard,
    ui::{Field, FormState, Link, Tone, badge, card, error_summary, form_key, page_head},
};

/// What stands beside each text that the program brings.
const COUNSEL: &str = "Have this checked by your lawyer.";

/// The view model of the list.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub texts: Vec<TextItem>,
    /// Texts that are not offered any more.
    pub archived: Vec<TextItem>,
}

/// A text of the list.
#[derive(Clone, Debug)]
pub struct TextItem {
    pub id: ConsentTextId,
    pub title: String,
    /// What it is about.
    pub kind: String,
    /// The version and its day, such as "Version 2, 3 November 2026".
    pub version: String,
    /// Whether it is the program's text, and not the practice's.
    pub is_shipped: bool,
}

/// Renders the list.
pub fn view(m: &Model) -> AnyView {
    let list = |items: &[TextItem]| {
        let rows: Vec<AnyView> = items.iter().map(text_row).collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let archived = (!m.archived.is_empty()).then(|| {
        view! {
            <section aria-labelledby="archived"><h2 id="archived">"Archived"</h2>{list(&m.archived)}</section>
        }
        .into_any()
    });
    view! {
        {page_head("Forms", "What your clients read and sign.", vec![Link::new("/practice/forms/new", "Add a form")])}
        <p>"These texts are a beginning. Duologue does not know the law where you work: have each checked by your lawyer."</p>
        {list(&m.texts)}
        {archived}
    }
    .into_any()
}

/// A text in the list.
fn text_row(t: &TextItem) -> AnyView {
    let counsel = t.is_shipped.then(|| badge(Tone::Care, COUNSEL));
    view! {
        <li class="row">
            <a class="row-link" href=format!("/practice/forms/{}", t.id)>{t.title.clone()}</a>
            " "<span class="muted">{format!("{} · {}", t.kind, t.version)}</span>" "
            {counsel}
        </li>
    }
    .into_any()
}

/// The view model of the page of a text.
#[derive(Clone, Debug)]
pub struct OneModel {
    pub id: ConsentTextId,
    pub title: String,
    pub kind: String,
    pub is_shipped: bool,
    pub is_archived: bool,
    /// Whether it can be archived.
    pub can_archive: bool,
    /// The latest version with samples in its blanks, in each language.
    pub shown: Vec<(Language, Filled)>,
    /// All versions, the latest first, in words.
    pub versions: Vec<String>,
}

/// Renders the page of a text.
pub fn one_view(m: &OneModel) -> AnyView {
    let id = m.id;
    let counsel = m.is_shipped.then(|| view! { <p>{badge(Tone::Care, COUNSEL)}</p> }.into_any());
    let archived = m.is_archived.then(|| view! { <p>{badge(Tone::Plain, "Archived")}</p> }.into_any());
    let shown: Vec<AnyView> = m.shown.iter().map(|(language, filled)| preview(*language, filled)).collect();
    let versions: Vec<AnyView> = m.versions.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    let archive = m.can_archive.then(|| {
        let (path, label) = if m.is_archived { ("restore", "Offer it again") } else { ("archive", "Archive") };
        let hint = if m.is_archived { "" } else { "It is not offered any more. What was asked for and signed stays." };
        view! {
            <form class="form" method="post" action=format!("/practice/forms/{id}/{path}")>
                {form_key()}
                <button class="button" type="submit">{label}</button>
                <p class="hint">{hint}</p>
            </form>
        }
        .into_any()
    });
    view! {
        {page_head(m.title.clone(), m.kind.clone(), vec![Link::new(format!("/practice/forms/{id}/edit"), "Write a new version")])}
        {counsel}{archived}
        <p class="muted">"The blanks show samples."</p>
        {shown}
        {card("Versions", view! { <ul>{versions}</ul> }.into_any())}
        {archive}
    }
    .into_any()
}

/// A text in one language, with samples in its blanks.
fn preview(language: Language, filled: &Filled) -> AnyView {
    let id = format!("text-{}", language.word());
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{format!("{}: {}", language.label(), filled.title)}</h2>
            {consent_text::body(&filled.body, language)}
        </section>
    }
    .into_any()
}

/// The view model of the form for a version.
#[derive(Clone, Debug)]
pub struct EditModel {
    /// The text; `None`: a new one.
    pub id: Option<ConsentTextId>,
    pub title: String,
    /// Whether people who signed an earlier version can be asked to sign this one.
    pub can_renew: bool,
    /// What is typed, with samples in the blanks; empty: no preview was asked for.
    pub preview: Vec<(Language, Filled)>,
    pub form: FormState,
}

/// Renders the form for a version.
pub fn edit_view(m: &EditModel) -> AnyView {
    let (action, heading) = match m.id {
        Some(id) => (format!("/practice/forms/{id}"), "New version"),
        None => ("/practice/forms".to_owned(), "New form"),
    };
    let previews: Vec<AnyView> = m.preview.iter().map(|(language, filled)| preview(*language, filled)).collect();
    let previews = (!previews.is_empty())
        .then(|| view! { <p role="status">"Preview: nothing is saved yet."</p>{previews} }.into_any());
    let languages: Vec<AnyView> = Language::ALL
        .iter()
        .map(|language| {
            let (title, body) = fields(*language);
            let title = Field::new(&m.form, title, format!("Title, {}", language.label()));
            let body = Field::new(&m.form, body, format!("Text, {}", language.label()));
            let (title, body) = match language {
                Language::English => (title.required(), body.required()),
                Language::Hindi => (title.hint("Leave both empty if you have no text in this language."), body),
            };
            view! { {title.text()}{body.area(14)} }.into_any()
        })
        .collect();
    let blanks: Vec<AnyView> = Blank::ALL
        .iter()
        .map(|blank| view! { <li><code>{format!("{{{}}}", blank.word())}</code>" "{blank.label()}</li> }.into_any())
        .collect();
    let renew = m
        .can_renew
        .then(|| Field::new(&m.form, "renews", "Ask people who signed an earlier version to sign this one").tick());
    let version = m.form.form.get("version").to_owned();
    view! {
        {page_head(heading, m.title.clone(), vec![])}
        {previews}
        {error_summary(&m.form)}
        <UnsavedGuard form="text".to_owned()/>
        <form class="form" id="text" method="post" action=action novalidate>
            {form_key()}
            <input type="hidden" name="version" value=version autocomplete="off"/>
            {languages}
            <details>
                <summary>"Blanks and marks"</summary>
                <p>"A blank is a word in braces. It is filled in for each person."</p>
                <ul>{blanks}</ul>
                <p>"A heading begins with ## and a space, an item with - and a space. A blank line ends a paragraph."</p>
            </details>
            {renew}
            <p class="form-actions">
                <button class="button button-primary" type="submit">"Save version"</button>
                <button class="button" type="submit" name="preview" value="yes">"Preview"</button>
            </p>
        </form>
    }
    .into_any()
}

fn filled() -> Filled {
    Filled {
        title: "अनन्या <b>Fees</b>".to_owned(), body: "## A\nText <i>\n\n- b".to_owned(), has_gaps: false
    }
}

/// Sample models of the list.
pub fn samples() -> Vec<Model> {
    let item = TextItem {
        id: ConsentTextId(uuid::Uuid::nil()),
        title: "अनन्या <b>Fees</b> 💛".repeat(5),
        kind: "Fees and cancellation".to_owned(),
        version: "Version 1".to_owned(),
        is_shipped: true,
    };
    vec![Model::default(), Model { texts: vec![item.clone()], archived: vec![TextItem { is_shipped: false, ..item }] }]
}

/// Sample models of the page of a text.
pub fn one_samples() -> Vec<OneModel> {
    let one = OneModel {
        id: ConsentTextId(uuid::Uuid::nil()),
        title: "Fees <b>".to_owned(),
        kind: "Fees and cancellation".to_owned(),
        is_shipped: true,
        is_archived: false,
        can_archive: true,
        shown: vec![(Language::English, filled()), (Language::Hindi, filled())],
        versions: vec!["Version 1, by the program <b>".to_owned()],
    };
    vec![OneModel { is_shipped: false, is_archived: true, ..one.clone() }, one]
}

/// Sample models of the form for a version.
pub fn edit_samples() -> Vec<EditModel> {
    let new =
        EditModel { id: None, title: String::new(), can_renew: false, preview: vec![], form: FormState::default() };
    let refused = EditModel {
        id: Some(ConsentTextId(uuid::Uuid::nil())),
        title: "Fees <b>".to_owned(),
        can_renew: true,
        preview: vec![(Language::English, filled())],
        form: crate::ui::refused("body.en", "Write the text."),
    };
    vec![new, refused]
}
