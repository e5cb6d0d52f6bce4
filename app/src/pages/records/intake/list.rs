//! The owner's page of the intake list: items can be ordered, turned off and made
//! needed, and the practice adds questions of its own, beside a preview.

use domain::{
    clients::person::Language,
    form::rows,
    records::intake::{IntakeList, Item, ItemKind, ItemReaders},
};
use leptos::prelude::*;

use super::fields::item_fields;
use crate::ui::{Field, FormState, error_summary, form_key, page_head, row_buttons};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    /// Such as "Version 2, since 3 November 2026."
    pub about: String,
    /// The version of which the form was made.
    pub version: i64,
    pub form: FormState,
    /// The screens to choose from: keys and titles.
    pub screens: Vec<(String, String)>,
    /// The exercises that can be the first measure: slugs and titles.
    pub exercises: Vec<(String, String)>,
    /// The list as the form has it now; `None`: it has a fault, and the preview shows
    /// nothing.
    pub preview: Option<IntakeList>,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let count = rows::count(&m.form.form);
    let items: Vec<AnyView> = (0..count).map(|n| row(m, n, count)).collect();
    view! {
        {page_head("Intake list", m.about.clone(), vec![])}
        <p>"Each person of a client is asked these items. Intakes that were started keep the version they were started with."</p>
        {error_summary(&m.form)}
        <form class="form" method="post" action="/practice/intake" novalidate>
            {form_key()}
            <input type="hidden" name="version" value=m.version.to_string() autocomplete="off"/>
            // The Enter key in a field shows the preview and changes nothing.
            <button class="quiet" type="submit" name="do" value="preview" tabindex="-1" aria-hidden="true">"Preview"</button>
            {items}
            <div class="form-actions">
                <button class="button" type="submit" name="do" value="add">"Add a question"</button>
                <button class="button" type="submit" name="do" value="preview">"Preview"</button>
                <button class="button button-primary" type="submit" name="do" value="save">"Save as a new version"</button>
            </div>
        </form>
        {preview(m)}
        <p class="back"><a href="/practice">"Back to settings"</a></p>
    }
    .into_any()
}

/// The fieldset of the item at index `n` of `count`.
fn row(m: &Model, n: usize, count: usize) -> AnyView {
    let state = &m.form;
    let name = |field: &str| rows::field(n, field);
    let get = |field: &str| state.form.get(&name(field)).to_owned();
    let kind: Option<ItemKind> = get("kind").parse().ok();
    let own = !get("own").is_empty();
    let label = get("label_en");
    let title = match (label.is_empty(), kind) {
        (false, _) => format!("{}. {label}", n + 1),
        (true, Some(kind)) => format!("{}. {}", n + 1, kind.label()),
        (true, None) => format!("{}. Item", n + 1),
    };
    let hidden: Vec<AnyView> = ["key", "own"]
        .into_iter()
        .chain((!own).then_some("kind"))
        .filter(|field| !get(field).is_empty())
        .map(|field| view! { <input type="hidden" name=name(field) value=get(field) autocomplete="off"/> }.into_any())
        .collect();
    let options = |all: &[(&str, &str)]| {
        all.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let kinds: Vec<(&str, &str)> = ItemKind::OWN.iter().map(|kind| (kind.word(), kind.label())).collect();
    let kinds = own.then(|| Field::new(state, name("kind"), "Kind of answer").required().select(options(&kinds)));
    let is_plain = kind.is_none_or(ItemKind::is_plain);
    let readers: Vec<(&str, &str)> = ItemReaders::OWN.iter().map(|readers| (readers.word(), readers.label())).collect();
    let readers = if is_plain {
        Field::new(state, name("readers"), "Who reads the answer").required().select(options(&readers))
    } else {
        let of: Option<ItemReaders> = get("readers").parse().ok();
        view! {
            <input type="hidden" name=name("readers") value=get("readers") autocomplete="off"/>
            <p class="hint">{format!("Read by: {}", of.map_or("", ItemReaders::label))}</p>
        }
        .into_any()
    };
    let has_parts = own || kind.is_some_and(ItemKind::has_parts);
    let texts: Vec<AnyView> = Language::ALL.iter().map(|language| texts(state, n, *language, has_parts, own)).collect();
    let exercise = (kind == Some(ItemKind::Measure)).then(|| {
        let mut choices = vec![(String::new(), "None: the item is not asked".to_owned())];
        choices.extend(m.exercises.iter().cloned());
        Field::new(state, name("exercise"), "Exercise").hint("Asked of those to whom it is assigned.").select(choices)
    });
    let needed = (kind != Some(ItemKind::Measure))
        .then(|| Field::new(state, name("needed"), "Needed to be ready for the first session").tick());
    view! {
        <fieldset class="card builder-step" id=format!("item-{n}")>
            <legend>{title}</legend>
            {hidden}
            {kinds}
            {texts}
            {Field::new(state, name("screen"), "Screen").required().select(m.screens.clone())}
            {readers}
            {exercise}
            {Field::new(state, name("asked"), "Ask this").tick()}
            {needed}
            {buttons(n, count, own)}
        </fieldset>
    }
    .into_any()
}

/// The texts of an item in one language.
fn texts(state: &FormState, n: usize, language: Language, has_parts: bool, own: bool) -> AnyView {
    let name = |field: &str| rows::field(n, &format!("{field}_{}", language.word()));
    let of = |text: &str| format!("{text} ({})", language.label());
    let label = Field::new(state, name("label"), of("Label"));
    let label =
        if language == Language::English { label.required() } else { label.hint("Blank: the English one is shown.") };
    let hint = if own { "For choices only: one on each line." } else { "One on each line." };
    let parts =
        has_parts.then(|| Field::new(state, name("parts"), of("Choices or questions")).hint(hint).unmarked().area(4));
    view! { {label.text()}{Field::new(state, name("hint"), of("Hint")).text()}{parts} }.into_any()
}

/// The buttons that move an item, and remove one of the practice's own.
fn buttons(n: usize, count: usize, own: bool) -> AnyView {
    if own {
        return row_buttons("item", n, count);
    }
    let button = |act: &str, text: &str, off: bool| {
        let (value, label) = (format!("{act}:{n}"), format!("{text}: item {}", n + 1));
        view! { <button class="button" type="submit" name="do" value=value aria-label=label disabled=off>{text.to_owned()}</button> }.into_any()
    };
    view! { <div class="actions">{button("up", "Up", n == 0)}{button("down", "Down", n + 1 == count)}</div> }.into_any()
}

/// The list as the people are asked it.
fn preview(m: &Model) -> AnyView {
    let content = match &m.preview {
        None => view! { <p class="muted">"Correct the list first."</p> }.into_any(),
        Some(list) => {
            let screens: Vec<AnyView> = list
                .asked_screens()
                .into_iter()
                .map(|(screen, items)| {
                    let items: Vec<AnyView> = items.into_iter().map(previewed).collect();
                    view! { <h3>{screen.title.in_english().to_owned()}</h3>{items} }.into_any()
                })
                .collect();
            view! { <div class="form narrow">{screens}</div> }.into_any()
        }
    };
    view! {
        <section class="preview" aria-labelledby="preview">
            <h2 id="preview">"As each person is asked"</h2>
            {content}
        </section>
    }
    .into_any()
}

/// An item of the preview. Its fields are not part of a form, and send nothing.
fn previewed(item: &Item) -> AnyView {
    // Fields of the preview have ids of their own.
    let shown = Item { key: format!("preview_{}", item.key), ..item.clone() };
    let label = (!item.kind.is_plain())
        .then(|| view! { <p><strong>{item.label.in_english().to_owned()}</strong></p> }.into_any());
    view! { {label}<fieldset class="field" disabled>{item_fields(&shown, &FormState::default())}</fieldset> }.into_any()
}

/// A list with an item of each kind, for samples.
pub fn sample_list() -> IntakeList {
    use domain::records::intake::{Part, Screen, Texts};
    let item = |kind: ItemKind, readers: ItemReaders| Item {
        key: kind.word().to_owned(),
        screen: "all".to_owned(),
        kind,
        label: Texts::english(&format!("<b>{}</b> 💛", kind.label())),
        hint: Texts::english("A hint & more"),
        needed: kind != ItemKind::Measure,
        readers,
        off: false,
        own: kind.is_plain(),
        parts: if kind.has_parts() {
            ["one", "two"].map(|key| Part { key: key.to_owned(), label: Texts::english(key) }).to_vec()
        } else {
            vec![]
        },
        exercise: if kind == ItemKind::Measure { "reachable".to_owned() } else { String::new() },
    };
    let readers = |kind| match kind {
        ItemKind::Contact | ItemKind::Payer => ItemReaders::Desk,
        ItemKind::SafeContact => ItemReaders::Channels,
        ItemKind::Facts => ItemReaders::Joint,
        ItemKind::Private => ItemReaders::Alone,
        ItemKind::Text | ItemKind::LongText | ItemKind::Choice | ItemKind::Choices => ItemReaders::Shared,
        ItemKind::Date
        | ItemKind::Number
        | ItemKind::YesNo
        | ItemKind::Emergency
        | ItemKind::Consents
        | ItemKind::Measure => ItemReaders::Clinician,
    };
    IntakeList {
        screens: vec![Screen { key: "all".to_owned(), title: Texts::english("All <i>items</i>") }],
        items: ItemKind::ALL.iter().map(|kind| item(*kind, readers(*kind))).collect(),
    }
}

/// Sample models: the list with an item of each kind; a refused form with a new
/// question.
pub fn samples() -> Vec<Model> {
    use domain::records::intake::{blank_row, fill_list};
    let list = sample_list();
    let full = Model {
        about: "Version 2, since 3 November 2026.".to_owned(),
        version: 2,
        form: FormState::new(fill_list(&list)),
        screens: vec![("all".to_owned(), "All".to_owned())],
        exercises: vec![("reachable".to_owned(), "Reachable".to_owned())],
        preview: Some(list.clone()),
    };
    let mut form = blank_row(&fill_list(&list), &list);
    let field = rows::field(list.items.len(), "label_en");
    form.set(&field, "");
    let errors = domain::form::Errors::at_field(&field, "Enter a label.");
    let refused = Model { form: FormState { form, errors }, preview: None, ..full.clone() };
    vec![full, refused]
}
