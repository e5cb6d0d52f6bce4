//! The part of the settings with the rooms and the locations.

use leptos::prelude::*;

use super::settings::{LocationItem, Model, RoomItem};
use crate::ui::{Field, FormState, card, empty, form_key};

/// The field for the location of a room; `None` if the practice has no
/// locations. `within` makes the field's id unique.
fn location_field(m: &Model, form: &FormState, within: &str) -> Option<AnyView> {
    let mut options = vec![(String::new(), "None".to_owned())];
    options.extend(m.locations.iter().map(|l| (l.id.to_string(), l.name.clone())));
    let field = || Field::new(form, "location", "Location").within(within).unmarked().select(options);
    (!m.locations.is_empty()).then(field)
}

/// The card with all rooms.
pub(super) fn room_card(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.rooms.iter().map(|r| room_row(m, r)).collect();
    let list = if rows.is_empty() {
        empty("No rooms yet. Without a room, sessions are online.", None)
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    card(
        "Rooms",
        view! {
            {list}
            <form class="form inline" method="post" action="/rooms">
                {form_key()}
                {Field::new(&m.room_form, "room", "New room").required().text()}
                {location_field(m, &m.room_form, "new")}
                <button class="button" type="submit">"Add room"</button>
            </form>
        }
        .into_any(),
    )
}

/// A room in the list.
fn room_row(m: &Model, RoomItem { id, name, form }: &RoomItem) -> AnyView {
    let at = m.locations.iter().find(|l| l.id.to_string() == form.form.get("location")).map(|l| l.name.clone());
    // Two locations may each have a room of this name.
    let which = at.as_ref().map_or_else(|| name.clone(), |at| format!("{name}, {at}"));
    let told = at.into_iter().chain(Some(form.form.get("offers").to_owned()).filter(|o| !o.is_empty()));
    let told = told.collect::<Vec<_>>().join(" · ");
    let told = (!told.is_empty() && form.errors.is_empty()).then(|| view! { <span class="muted">{told}</span> });
    let summary = if m.locations.is_empty() { "Edit features" } else { "Edit" };
    view! {
        <li class="row">
            <span>{name.clone()}</span>
            {told}
            <details open=!form.errors.is_empty()>
                <summary>{summary}<span class="quiet">{format!(": {which}")}</span></summary>
                <form class="form" method="post" action=format!("/rooms/{id}")>
                    {form_key()}
                    {location_field(m, form, &id.to_string())}
                    {Field::new(form, "offers", "Features").within(id).unmarked().hint("Separate with commas: step-free, hearing loop.").text()}
                    <button class="button" type="submit">"Save"</button>
                </form>
            </details>
            <details>
                <summary>"Archive"<span class="quiet">{format!(": {which}")}</span></summary>
                <p class="hint">"Booked sessions keep the room. Add it again under the same name to restore it."</p>
                <form method="post" action=format!("/rooms/{id}/archive")>
                    {form_key()}
                    <button class="button" type="submit">"Archive room"</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}

/// The card with all locations.
pub(super) fn location_card(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.locations.iter().map(location_row).collect();
    let list = if rows.is_empty() {
        empty("Only one location? Skip this. With several, clients are told which one to come to.", None)
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let new = &m.location_form;
    card("Locations", view! {
        {list}
        <form class="form inline" method="post" action="/locations">
            {form_key()}
            {Field::new(new, "location", "New location").within("new-location").required().text()}
            {Field::new(new, "address", "Address").within("new-location").hint("Clients read it in the portal and in emails.").text()}
            <button class="button" type="submit">"Add location"</button>
        </form>
    }.into_any())
}

/// A location in the list.
fn location_row(LocationItem { id, name, address, form }: &LocationItem) -> AnyView {
    let told = (!address.is_empty()).then(|| view! { <span class="muted">{address.clone()}</span> });
    view! {
        <li class="row">
            <span>{name.clone()}</span>
            {told}
            <details open=!form.errors.is_empty()>
                <summary>"Edit"<span class="quiet">{format!(": {name}")}</span></summary>
                <form class="form" method="post" action=format!("/locations/{id}")>
                    {form_key()}
                    {Field::new(form, "location", "Name").within(id).required().text()}
                    {Field::new(form, "address", "Address").within(id).hint("Clients read it in the portal and in emails.").text()}
                    <button class="button" type="submit">"Save"</button>
                </form>
            </details>
            <details>
                <summary>"Archive"<span class="quiet">{format!(": {name}")}</span></summary>
                <p class="hint">"Move its rooms and working hours to another location first."</p>
                <form method="post" action=format!("/locations/{id}/archive")>
                    {form_key()}
                    <button class="button" type="submit">"Archive location"</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}
