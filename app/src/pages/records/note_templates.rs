//! The templates of notes: their list for the owner, and the form that changes one
//! beside a preview of what therapists will see.

use domain::{
    form::{Form, rows},
    ids::NoteTemplateId,
    records::note::template::{NAME_BLANKS, ROLES, SECTIONS_MAX},
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Link, Tone, badge, empty, error_summary, form_key, page_head, row_buttons, table};

/// The view model of the list.
#[derive(Clone, Debug, Default)]
pub struct List {
    pub items: Vec<Item>,
}

/// A template in the list.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: NoteTemplateId,
    pub title: String,
    pub purpose: String,
    pub sections: usize,
    pub version: i64,
    /// Who wrote this version, in words.
    pub by: String,
    /// How many signed notes are written with it.
    pub notes: i64,
    pub archived: bool,
}

/// Renders the list.
pub fn list(m: &List) -> AnyView {
    let rows: Vec<Vec<AnyView>> = m
        .items
        .iter()
        .map(|item| {
            let archived = item.archived.then(|| view! { " "{badge(Tone::Plain, "Archived")} }.into_any());
            let link = format!("/practice/note-templates/{}", item.id);
            vec![
                view! { <a href=link>{item.title.clone()}</a>{archived}<br/><span class="muted">{item.purpose.clone()}</span> }
                    .into_any(),
                item.sections.to_string().into_any(),
                format!("{}, {}", item.version, item.by).into_any(),
                item.notes.to_string().into_any(),
            ]
        })
        .collect();
    let content = if rows.is_empty() {
        empty("No template yet. Notes are written as free text.", None)
    } else {
        table("Note templates", &["Template", "Sections", "Version", "Signed notes"], rows)
    };
    view! {
        {page_head(
            "Note templates",
            "The sections in which therapists write notes. A note keeps the version it was begun with.",
            vec![Link::new("/practice/note-templates/new", "Add a template")],
        )}
        {content}
        <p class="back"><a href="/practice/notes">"Back to the settings of notes"</a></p>
    }
    .into_any()
}

/// The view model of the form for a template.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The template; `None` for a new one.
    pub id: Option<NoteTemplateId>,
    /// The number of its newest version.
    pub version: i64,
    pub archived: bool,
    /// The fields `title`, `purpose` and those of the rows.
    pub form: FormState,
}

/// The address of the form.
fn address(m: &Model) -> String {
    m.id.map_or_else(|| "/practice/note-templates".to_owned(), |id| format!("/practice/note-templates/{id}"))
}

/// Renders the form for a template.
pub fn view(m: &Model) -> AnyView {
    let state = &m.form;
    let count = rows::count(&state.form);
    let sections: Vec<AnyView> = (0..count).map(|n| section_fieldset(state, n, count)).collect();
    let (title, lead) = match m.id {
        None => ("New note template".to_owned(), "Therapists can begin notes with it.".to_owned()),
        Some(_) => (
            "Change note template".to_owned(),
            format!("Version {}. Saving makes a new version; notes that are begun keep theirs.", m.version),
        ),
    };
    let [first, second] = NAME_BLANKS;
    let names = format!("Write {first} and {second} in a heading or hint for the names of the two partners.");
    let add = (count < SECTIONS_MAX)
        .then(|| view! { <button class="button" type="submit" name="do" value="add">"Add a section"</button> });
    view! {
        {page_head(title, lead, vec![])}
        {error_summary(state)}
        <div class="builder-room">
            <form class="form builder" method="post" action=address(m) novalidate>
                {form_key()}
                <button class="quiet" type="submit" name="do" value="preview" tabindex="-1" aria-hidden="true">"Preview"</button>
                <input type="hidden" name="version" value=m.version.to_string() autocomplete="off"/>
                <div class="card">
                    {Field::new(state, "title", "Title").required().text()}
                    {Field::new(state, "purpose", "What it is for").text()}
                    <p class="hint">{names}</p>
                </div>
                {sections}
                <div class="form-actions">
                    {add}
                    <button class="button" type="submit" name="do" value="preview">"Preview"</button>
                    <button class="button button-primary" type="submit" name="do" value="save">"Save template"</button>
                </div>
            </form>
            {preview(&state.form)}
        </div>
        {archive(m)}
        <p class="back"><a href="/practice/note-templates">"Back to the templates"</a></p>
    }
    .into_any()
}

/// The fieldset of the section at index `n` of `count`.
fn section_fieldset(state: &FormState, n: usize, count: usize) -> AnyView {
    let name = |field: &str| rows::field(n, field);
    let roles = ROLES.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
    view! {
        <fieldset class="card builder-step" id=format!("step-{n}")>
            <legend>{format!("Section {}", n + 1)}</legend>
            <input type="hidden" name=name("key") value=state.form.get(&name("key")).to_owned() autocomplete="off"/>
            {Field::new(state, name("label"), "Heading").required().text()}
            {Field::new(state, name("hint"), "Hint").text()}
            {Field::new(state, name("role"), "What it is").unmarked().select(roles)}
            {Field::new(state, name("required"), "Needed to sign").tick()}
            {row_buttons("section", n, count)}
        </fieldset>
    }
    .into_any()
}

/// What therapists will see, with example names.
fn preview(form: &Form) -> AnyView {
    let fill = |text: &str| text.replace(NAME_BLANKS[0], "Amara").replace(NAME_BLANKS[1], "Jonas");
    let sections: Vec<AnyView> = (0..rows::count(form))
        .filter(|n| !form.get(&rows::field(*n, "label")).trim().is_empty())
        .map(|n| {
            let label = fill(form.get(&rows::field(n, "label")));
            let hint = fill(form.get(&rows::field(n, "hint")));
            let needed = (!form.get(&rows::field(n, "required")).is_empty()).then_some(" Needed to sign.");
            view! {
                <div class="field">
                    <p><strong>{label}</strong></p>
                    <p class="hint">{hint}{needed}</p>
                    <div class="note-blank"></div>
                </div>
            }
            .into_any()
        })
        .collect();
    let title = form.get("title").to_owned();
    let title = (!title.trim().is_empty()).then(|| view! { <h3>{title}</h3> });
    view! {
        <section class="preview" aria-labelledby="preview" tabindex="0">
            <h2 id="preview">"As therapists will see it"</h2>
            {title}
            {sections}
        </section>
    }
    .into_any()
}

/// The form that archives the template, or brings it back.
fn archive(m: &Model) -> Option<AnyView> {
    let id = m.id?;
    let (value, label) = if m.archived { ("restore", "Restore template") } else { ("archive", "Archive template") };
    Some(
        view! {
            <form class="inline-form" method="post" action=format!("/practice/note-templates/{id}/archive")>
                {form_key()}
                <button class="button" type="submit" name="do" value=value>{label}</button>
            </form>
        }
        .into_any(),
    )
}

/// Sample models of the form: a new template; one with two sections; a refused one.
pub fn samples() -> Vec<Model> {
    use domain::form::Errors;
    let new = Model { form: FormState::new(Form::from_pairs([("step.0.label", "")])), ..Model::default() };
    let pairs = [
        ("title", "Couple <session>"),
        ("purpose", "A session with both."),
        ("step.0.key", "report-a"),
        ("step.0.label", "{first}’s report"),
        ("step.0.hint", "What {first} said."),
        ("step.0.required", "yes"),
        ("step.1.key", "plan"),
        ("step.1.label", "Plan"),
        ("step.1.role", "plan"),
    ];
    let full = Model {
        id: Some(NoteTemplateId(uuid::Uuid::from_u128(1))),
        version: 3,
        archived: false,
        form: FormState::new(Form::from_pairs(pairs)),
    };
    let mut errors = Errors::at_field("title", "Enter the template’s title.");
    errors.add("step.1.role", "Only one section can be the plan.");
    let refused = Model { archived: true, form: FormState { form: Form::from_pairs(pairs), errors }, ..full.clone() };
    vec![new, full, refused]
}

/// Sample models of the list: none; one as shipped and one archived.
pub fn list_samples() -> Vec<List> {
    let item = Item {
        id: NoteTemplateId(uuid::Uuid::from_u128(1)),
        title: "T".repeat(120),
        purpose: "For <all>.".into(),
        sections: 8,
        version: 1,
        by: "as shipped".into(),
        notes: 12,
        archived: false,
    };
    let archived = Item { archived: true, by: "by Marlene Okafor".into(), ..item.clone() };
    vec![List::default(), List { items: vec![item, archived] }]
}
