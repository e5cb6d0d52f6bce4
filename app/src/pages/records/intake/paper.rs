//! The page on which the therapist types in a printed intake form for the person who
//! wrote it. What the form leaves blank stays blank.

use domain::{
    clients::person::Language,
    ids::{ClientId, PersonId},
    records::intake::{Item, ItemKind},
};
use leptos::prelude::*;

use super::fields::item_fields;
use crate::{
    islands::UnsavedGuard,
    ui::{Field, FormState, error_summary, form_key, page_head, submit},
};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub person: PersonId,
    pub name: String,
    /// The screens with their titles and the items that can be entered.
    pub screens: Vec<(String, Vec<Item>)>,
    /// The labels of items that the person answered themselves.
    pub answered: Vec<String>,
    pub form: FormState,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let screens: Vec<AnyView> = m.screens.iter().map(|(title, items)| screen(title, items, &m.form)).collect();
    let answered = (!m.answered.is_empty()).then(|| {
        view! { <p class="hint">{format!("Not asked here, because {} answered it: {}.", m.name, m.answered.join(", "))}</p> }
            .into_any()
    });
    view! {
        {page_head(
            format!("Enter {}’s printed form", m.name),
            "The answers count as theirs and are marked as entered by you. Leave blank what the form leaves blank.",
            vec![],
        )}
        {answered}
        {error_summary(&m.form)}
        <UnsavedGuard form="paper".to_owned()/>
        <form class="form narrow" id="paper" method="post" action=format!("/clients/{}/intake/{}/paper", m.client, m.person) novalidate>
            {form_key()}
            {screens}
            {submit("Save answers")}
        </form>
        <p class="back"><a href=format!("/clients/{}/intake", m.client)>"Back without saving"</a></p>
    }
    .into_any()
}

/// The fields of a screen.
fn screen(title: &str, items: &[Item], state: &FormState) -> AnyView {
    let items: Vec<AnyView> = items.iter().map(|item| one(item, state)).collect();
    view! { <h2>{title.to_owned()}</h2>{items} }.into_any()
}

/// The fields of an item.
fn one(item: &Item, state: &FormState) -> AnyView {
    // On paper nothing is required.
    let loose = Item { needed: false, ..item.clone() };
    let heading = (!item.kind.is_plain())
        .then(|| view! { <h3>{item.label.in_language(Language::English).to_owned()}</h3> }.into_any());
    let seen = (item.kind == ItemKind::Private)
        .then(|| Field::new(state, format!("seen.{}", item.key), "The person has seen these questions").tick());
    view! { {heading}{item_fields(&loose, state)}{seen} }.into_any()
}

/// Sample models: an empty form; a refused one.
pub fn samples() -> Vec<Model> {
    let list = super::list::sample_list();
    let items: Vec<Item> = list.asked().filter(|item| item.kind.is_answered()).cloned().collect();
    let empty = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        person: PersonId::from(uuid::Uuid::from_u128(2)),
        name: "अनन्या <b>💛".to_owned(),
        screens: vec![("About you".to_owned(), items)],
        answered: vec![],
        form: FormState::default(),
    };
    let refused = Model {
        answered: vec!["Safe contact".to_owned()],
        form: crate::ui::refused("s.contact.birth", "Enter your date of birth."),
        ..empty.clone()
    };
    vec![empty, refused]
}
