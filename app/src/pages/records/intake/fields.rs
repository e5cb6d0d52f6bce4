//! The form fields of the items of an intake: for the person who answers them, for
//! the therapist who types a printed form, and for the owner's preview.

use domain::{
    clients::person::Language,
    records::intake::{Answer, Channel, Item, ItemKind, OthersRead, field, own_fields},
};
use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, zone_select},
    words::{Words, words},
};

/// Renders the fields of an item, in the language of the page. Consents and a first
/// measure have none: they are signed and answered elsewhere.
pub fn item_fields(item: &Item, state: &FormState) -> AnyView {
    let language = words().language();
    let value = field(&item.key, "value");
    let plain = || {
        let one = Field::new(state, value.clone(), item.label.in_language(language).to_owned())
            .hint(item.hint.in_language(language).to_owned());
        if item.needed { one.required() } else { one }
    };
    let options = || {
        item.parts
            .iter()
            .map(|part| (part.key.clone(), part.label.in_language(language).to_owned()))
            .collect::<Vec<_>>()
    };
    match item.kind {
        ItemKind::Text => plain().text(),
        ItemKind::LongText => plain().area(4),
        ItemKind::Choice => plain().radios(options()),
        ItemKind::Choices => plain().ticks(options()),
        ItemKind::Date => plain().date(),
        ItemKind::Number => plain().number(0, 1_000_000),
        ItemKind::YesNo => {
            let w = words();
            plain().radios(vec![("yes".to_owned(), say!(w, "intake-yes")), ("no".to_owned(), say!(w, "intake-no"))])
        }
        ItemKind::Contact => contact(item, state),
        ItemKind::SafeContact => safe_contact(item, state),
        ItemKind::Emergency => emergency(item, state),
        ItemKind::Payer => payer(item, state),
        ItemKind::Facts | ItemKind::Private => {
            let parts: Vec<AnyView> = item
                .parts
                .iter()
                .map(|part| {
                    let label = part.label.in_language(language).to_owned();
                    Field::new(state, field(&item.key, &part.key), label).unmarked().area(2)
                })
                .collect();
            parts.into_any()
        }
        ItemKind::Consents | ItemKind::Measure => ().into_any(),
    }
}

/// The languages that can be chosen.
fn languages() -> Vec<(String, String)> {
    Language::ALL.iter().map(|one| (one.word().to_owned(), one.label().to_owned())).collect()
}

/// The fields of the contact details.
fn contact(item: &Item, state: &FormState) -> AnyView {
    let w = words();
    let name = |name: &str| field(&item.key, name);
    view! {
        {Field::new(state, name("name"), say!(w, "intake-name")).hint(say!(w, "intake-name-hint")).required().autocomplete("name").text()}
        {Field::new(state, name("pronouns"), say!(w, "intake-pronouns")).text()}
        {Field::new(state, name("birth"), say!(w, "intake-birth")).required().autocomplete("bday").date()}
        {Field::new(state, name("phone"), say!(w, "intake-phone")).required().autocomplete("tel").tel()}
        {Field::new(state, name("address"), say!(w, "intake-address")).hint(say!(w, "intake-address-hint")).area(3)}
        {zone_select(state, &name("zone"), &say!(w, "intake-zone"))}
        {Field::new(state, name("language"), say!(w, "intake-language")).required().select(languages())}
    }
    .into_any()
}

/// The fields of safe contact.
fn safe_contact(item: &Item, state: &FormState) -> AnyView {
    let w = words();
    let name = |name: &str| field(&item.key, name);
    view! {
        {Field::new(state, name("channel"), say!(w, "intake-channel")).hint(say!(w, "intake-channel-hint")).unmarked().ticks(w.options(Channel::ALL))}
        {Field::new(state, name("safe_from"), say!(w, "intake-safe-from")).hint(say!(w, "intake-safe-hint")).time()}
        {Field::new(state, name("safe_until"), say!(w, "intake-safe-until")).time()}
        {Field::new(state, name("others"), say!(w, "intake-others")).required().radios(w.options(OthersRead::ALL))}
        {Field::new(state, name("others_note"), say!(w, "intake-others-note")).area(2)}
    }
    .into_any()
}

/// The fields of the emergency contact.
fn emergency(item: &Item, state: &FormState) -> AnyView {
    let w = words();
    let name = |name: &str| field(&item.key, name);
    view! {
        {Field::new(state, name("none"), say!(w, "intake-no-contact")).tick()}
        {Field::new(state, name("name"), say!(w, "intake-contact-name")).unmarked().text()}
        {Field::new(state, name("relation"), say!(w, "intake-relation")).unmarked().text()}
        {Field::new(state, name("phone"), say!(w, "intake-phone")).unmarked().tel()}
    }
    .into_any()
}

/// The fields of who pays.
fn payer(item: &Item, state: &FormState) -> AnyView {
    let w = words();
    let name = |name: &str| field(&item.key, name);
    view! {
        {Field::new(state, name("share"), say!(w, "intake-share-percent")).hint(say!(w, "intake-share-hint")).required().number(0, 100)}
        {Field::new(state, name("accepted"), say!(w, "intake-accepted")).tick()}
    }
    .into_any()
}

/// The label of one field of an item, for a person who reads these words.
pub fn field_label(item: &Item, name: &str, w: Words) -> String {
    match (item.kind, name) {
        (ItemKind::Facts | ItemKind::Private, _) => {
            let part = item.parts.iter().find(|part| part.key == name);
            part.map_or(name, |part| part.label.in_language(w.language())).to_owned()
        }
        (ItemKind::Emergency, "name") => say!(w, "intake-contact-name"),
        (ItemKind::Contact, "name") => say!(w, "intake-name"),
        (_, "pronouns") => say!(w, "intake-pronouns"),
        (_, "birth") => say!(w, "intake-birth"),
        (_, "phone") => say!(w, "intake-phone"),
        (_, "address") => say!(w, "intake-address"),
        (_, "zone") => say!(w, "intake-zone"),
        (_, "language") => say!(w, "intake-language"),
        (_, "channel") => say!(w, "intake-channel"),
        (_, "safe_from") => say!(w, "intake-safe-from"),
        (_, "safe_until") => say!(w, "intake-safe-until"),
        (_, "others") => say!(w, "intake-others"),
        (_, "others_note") => say!(w, "intake-others-note"),
        (_, "none") => say!(w, "intake-no-contact"),
        (_, "relation") => say!(w, "intake-relation"),
        (_, "share") => say!(w, "intake-share-percent"),
        (_, "accepted") => say!(w, "intake-accepted"),
        _ => item.label.in_language(w.language()).to_owned(),
    }
}

/// An answer in words, for a person who reads these: a line for each field that has a
/// value, with its label.
pub fn answer_lines(item: &Item, answer: &Answer, w: Words) -> Vec<(String, String)> {
    let text = |name: &str, value: &str| match (item.kind, name) {
        (ItemKind::Choice | ItemKind::Choices, _) => {
            let part = item.parts.iter().find(|part| part.key == value);
            part.map_or(value, |part| part.label.in_language(w.language())).to_owned()
        }
        (ItemKind::YesNo, _) | (_, "none" | "accepted") if value == "no" => say!(w, "intake-no"),
        (ItemKind::YesNo, _) | (_, "none" | "accepted") => say!(w, "intake-yes"),
        (ItemKind::SafeContact, "channel") => {
            value.parse::<Channel>().map_or_else(|_| value.to_owned(), |channel| w.label(channel))
        }
        (ItemKind::SafeContact, "others") => {
            value.parse::<OthersRead>().map_or_else(|_| value.to_owned(), |others| w.label(others))
        }
        (ItemKind::Contact, "language") => {
            value.parse::<Language>().map_or_else(|_| value.to_owned(), |language| language.label().to_owned())
        }
        _ => value.to_owned(),
    };
    own_fields(item)
        .into_iter()
        .filter_map(|name| {
            let values = answer.0.get(name).filter(|values| !values.is_empty())?;
            let texts: Vec<String> = values.iter().map(|value| text(name, value)).collect();
            Some((field_label(item, name, w), texts.join(", ")))
        })
        .collect()
}
