//! The page of the practice's settings, rooms and locations.

use domain::{
    ids::{LocationId, RoomId},
    practice::settings::{KindRule, WEEK, weekday_name},
    scheduling::{
        reply::ReplyReminders,
        request::PortalRule,
        session::{MINUTES, SessionKind},
    },
};
use leptos::prelude::*;

use crate::pages::mail::stopped::{self, MailStop};
use crate::ui::{Field, FormState, card, empty, error_summary, form_key, page_head, submit, zone_select};

/// The view model of the page of the settings.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    pub rooms: Vec<RoomItem>,
    pub room_form: FormState,
    pub locations: Vec<LocationItem>,
    pub location_form: FormState,
    /// The folder into which emails are written while no mail server is set;
    /// `None` if one is set.
    pub mail_folder: Option<String>,
    /// The outage of outgoing email; `None` if emails go out.
    pub mail_stop: Option<MailStop>,
    /// Sentences about what an update of the zone database changed; `None` if
    /// nothing did.
    pub zones: Option<Vec<String>>,
}

/// A room in the settings.
#[derive(Clone, Debug)]
pub struct RoomItem {
    pub id: RoomId,
    pub name: String,
    /// The form with the room's features and its location.
    pub form: FormState,
}

/// A location of a practice that has several.
#[derive(Clone, Debug)]
pub struct LocationItem {
    pub id: LocationId,
    pub name: String,
    pub address: String,
    pub form: FormState,
}

/// Renders the page of the settings.
pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let rules = PortalRule::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    let asks = ReplyReminders::ALL.iter().map(|a| (a.word().to_owned(), a.label().to_owned())).collect();
    let week = WEEK.iter().map(|day| (day.to_string(), weekday_name(*day).to_owned())).collect();
    view! {
        {page_head("Practice", "What holds for everyone. Clinical content is not part of this: it belongs to the therapists and their couples.", vec![])}
        {m.mail_folder.as_deref().map(super::staff::no_mail_server)}
        {m.mail_stop.as_ref().map(stopped::view)}
        {m.zones.as_deref().map(zone_changes_card)}
        {card("Settings", view! {
            <form class="form" method="post" action="/practice">
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "name", "Name").required().text()}
                {zone_select(f, "zone", "Time zone")}
                <div class="columns">
                    {Field::new(f, "opens", "Opens").hint("Free times are offered from here on.").required().time()}
                    {Field::new(f, "closes", "Closes").required().time()}
                </div>
                {Field::new(f, "open_days", "Days").required().ticks(week)}
                <h3>"Reminders and kinds of session"</h3>
                {Field::new(f, "leads", "Reminders before a session").hint("Separated by commas: 3d is three days, 2h is two hours. Empty for none.").text()}
                {Field::new(f, "asks", "Which of them ask whether people come").hint("By links that work without signing in: they come, only one can, or another time is needed.").required().radios(asks)}
                {kind_fields(f)}
                <h3>"Moving and cancelling"</h3>
                {Field::new(f, "notice_hours", "Notice for a cancellation, in hours").hint("Later than this, it counts as a late one.").required().number(0, 336)}
                {Field::new(f, "late_fee", "Fee for what is missed or cancelled late").hint("Such as 60 €. It is suggested at the session, and somebody decides. Empty for none.").text()}
                {Field::new(f, "quiet_minutes", "Minutes before a move or a cancellation is told").hint("Until then it can be undone, and nobody is told.").required().number(0, 60)}
                <h3>"What clients do by themselves"</h3>
                {Field::new(f, "portal_rule", "What clients may book and move by themselves").hint("Where two come, the other partner says yes first. Later than the notice above, they call.").required().radios(rules)}
                <div class="columns">
                    {Field::new(f, "portal_days", "How many days ahead").required().number(1, 366)}
                    {Field::new(f, "portal_ahead", "How many sessions ahead").hint("With so many booked, they ask for no more.").required().number(1, 30)}
                </div>
                {Field::new(f, "inquiries", "People may ask for a first meeting on a public page").hint("It stands under /inquire, asks for a name and an address, and for no reason.").tick()}
                <h3>"Mail"</h3>
                {Field::new(f, "sender_name", "Name that mails come from").hint("Choose one that says nothing about why people come.").required().text()}
                {Field::new(f, "phone", "Phone number in mails").tel()}
                <p><a href="/wordings">"Words of the mails"</a></p>
                {submit("Save")}
            </form>
        }.into_any())}
        {room_card(m)}
        {location_card(m)}
    }
    .into_any()
}

/// The card about changed zone rules.
fn zone_changes_card(lines: &[String]) -> AnyView {
    let lines: Vec<AnyView> = lines.iter().map(|line| view! { <p>{line.clone()}</p> }.into_any()).collect();
    card("Time zones have changed", lines.into_any())
}

/// The field for the location of a room; `None` if the practice has no
/// locations. `within` makes the field's id unique.
fn location_field(m: &Model, form: &FormState, within: &str) -> Option<AnyView> {
    let mut options = vec![(String::new(), "Not said".to_owned())];
    options.extend(m.locations.iter().map(|l| (l.id.to_string(), l.name.clone())));
    let field = || Field::new(form, "location", "Where it is").within(within).unmarked().select(options);
    (!m.locations.is_empty()).then(field)
}

/// The card with all rooms.
fn room_card(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.rooms.iter().map(|r| room_row(m, r)).collect();
    let list = if rows.is_empty() {
        empty("No room yet. Without one, sessions are online.", None)
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
                <button class="button" type="submit">"Add the room"</button>
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
    let summary = if m.locations.is_empty() { "What it offers" } else { "Change" };
    view! {
        <li class="row">
            <span>{name.clone()}</span>
            {told}
            <details open=!form.errors.is_empty()>
                <summary>{summary}<span class="quiet">{format!(": {which}")}</span></summary>
                <form class="form" method="post" action=format!("/rooms/{id}")>
                    {form_key()}
                    {location_field(m, form, &id.to_string())}
                    {Field::new(form, "offers", "What it offers").within(id).unmarked().hint("Separated by commas: step-free, hearing loop. A time can be looked for in a room that offers it.").text()}
                    <button class="button" type="submit">"Save"</button>
                </form>
            </details>
            <details>
                <summary>"Take out of use"<span class="quiet">{format!(": {which}")}</span></summary>
                <p class="hint">"Sessions booked there stay there until they are moved. Add it again under the same name, where it was, to bring it back."</p>
                <form method="post" action=format!("/rooms/{id}/archive")>
                    {form_key()}
                    <button class="button" type="submit">"Take it out of use now"</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}

/// The card with all locations.
fn location_card(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.locations.iter().map(location_row).collect();
    let list = if rows.is_empty() {
        empty(
            "One house needs no entry. With several, rooms and hours belong to one of them, and people are told where to go.",
            None,
        )
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let new = &m.location_form;
    card("Locations", view! {
        {list}
        <form class="form inline" method="post" action="/locations">
            {form_key()}
            {Field::new(new, "location", "New location").within("new-location").required().text()}
            {Field::new(new, "address", "Address").within("new-location").hint("As people are told it, in the portal and in mails.").text()}
            <button class="button" type="submit">"Add the location"</button>
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
                <summary>"Change"<span class="quiet">{format!(": {name}")}</span></summary>
                <form class="form" method="post" action=format!("/locations/{id}")>
                    {form_key()}
                    {Field::new(form, "location", "Name").within(id).required().text()}
                    {Field::new(form, "address", "Address").within(id).hint("As people are told it, in the portal and in mails.").text()}
                    <button class="button" type="submit">"Save"</button>
                </form>
            </details>
            <details>
                <summary>"Take out of use"<span class="quiet">{format!(": {name}")}</span></summary>
                <p class="hint">"Once no room in use is there, and nobody has hours there."</p>
                <form method="post" action=format!("/locations/{id}/archive")>
                    {form_key()}
                    <button class="button" type="submit">"Take it out of use now"</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}

/// The fields for the length and the reminders of each kind of session.
fn kind_fields(f: &FormState) -> AnyView {
    let rows: Vec<AnyView> = SessionKind::ALL
        .iter()
        .map(|kind| {
            let [minutes, leads] = KindRule::fields(*kind);
            view! {
                <div class="columns">
                    {Field::new(f, minutes, format!("{}: minutes", kind.label())).required().number(*MINUTES.start(), *MINUTES.end())}
                    {Field::new(f, leads, format!("{}: reminders", kind.label())).unmarked().text()}
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="field kinds">
            <legend>"Kinds of session"</legend>
            <p class="hint">"Without reminders of its own, a kind has those above. Write “none” for no reminder at all."</p>
            {rows}
        </fieldset>
    }
    .into_any()
}

/// Sample models of the page of the settings, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model {
            form: crate::ui::refused("leads", "\"soon\" is no lead time."),
            rooms: vec![RoomItem {
                id: RoomId(uuid::Uuid::nil()),
                name: "Garden room ".repeat(15),
                form: crate::ui::refused("offers", "Twelve are enough to choose a room by."),
            }],
            room_form: crate::ui::refused("room", "There is a room of this name."),
            locations: vec![LocationItem {
                id: LocationId(uuid::Uuid::from_u128(1)),
                name: "Lakeside house ".repeat(13),
                address: "12 Mill Lane, 10997 Berlin ".repeat(7),
                form: crate::ui::refused("location", "Rooms or hours are still there: Garden room."),
            }],
            location_form: crate::ui::refused("location", "There is a location of this name already."),
            mail_folder: Some("/srv/duologue/data/mail".to_owned()),
            mail_stop: stopped::samples().into_iter().nth(1),
            zones: Some(vec![
                "Since Monday 23 November 2026 this program knows the rules of time zones as of 2026f.".to_owned(),
            ]),
        },
    ]
}
