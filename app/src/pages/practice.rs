//! The practice's settings and rooms.

use domain::{
    ids::RoomId,
    practice::{KindRule, WEEK, weekday_name},
    reply::Asks,
    request::PortalRule,
    session::{MINUTES, SessionKind},
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, card, empty, error_summary, page_head, submit, zone_select};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    pub rooms: Vec<RoomItem>,
    pub room_form: FormState,
    /// Where mails go while no mail server is set.
    pub mail_folder: Option<String>,
}

#[derive(Clone, Debug)]
pub struct RoomItem {
    pub id: RoomId,
    pub name: String,
    /// What it offers.
    pub form: FormState,
}

pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let rules = PortalRule::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    let asks = Asks::ALL.iter().map(|a| (a.word().to_owned(), a.label().to_owned())).collect();
    let week = WEEK.iter().map(|day| (day.to_string(), weekday_name(*day).to_owned())).collect();
    let rooms: Vec<AnyView> = m
        .rooms
        .iter()
        .map(|RoomItem { id, name, form }| {
            let offers = form.form.get("offers").to_owned();
            let told = (!offers.is_empty() && form.errors.is_empty()).then(|| view! { <span class="muted">{offers.clone()}</span> });
            view! {
                <li class="row">
                    <span>{name.clone()}</span>
                    {told}
                    <details open=!form.errors.is_empty()>
                        <summary>"What it offers"<span class="quiet">{format!(": {name}")}</span></summary>
                        <form class="form" method="post" action=format!("/rooms/{id}/offers")>
                            {Field::new(form, "offers", "What it offers").within(id).unmarked().hint("Separated by commas: step-free, hearing loop. A time can be looked for in a room that offers it.").text()}
                            <button class="button" type="submit">"Save"</button>
                        </form>
                    </details>
                    <details>
                        <summary>"Take out of use"<span class="quiet">{format!(": {name}")}</span></summary>
                        <p class="hint">"Sessions booked there stay there until they are moved. Add it again under the same name to bring it back."</p>
                        <form method="post" action=format!("/rooms/{id}/archive")>
                            <button class="button" type="submit">"Take it out of use now"</button>
                        </form>
                    </details>
                </li>
            }
            .into_any()
        })
        .collect();
    let rooms = if rooms.is_empty() {
        empty("No room yet. Without one, sessions are online.", None)
    } else {
        view! { <ul class="rows">{rooms}</ul> }.into_any()
    };
    view! {
        {page_head("Practice", "What holds for everyone. Clinical content is not part of this: it belongs to the therapists and their couples.", vec![])}
        {m.mail_folder.as_deref().map(super::staff::no_mail_server)}
        {card("Settings", view! {
            <form class="form" method="post" action="/practice">
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
                {kinds(f)}
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
                {submit("Save")}
            </form>
        }.into_any())}
        {card("Rooms", view! {
            {rooms}
            <form class="form inline" method="post" action="/rooms">
                {Field::new(&m.room_form, "room", "New room").required().text()}
                <button class="button" type="submit">"Add the room"</button>
            </form>
        }.into_any())}
    }
    .into_any()
}

/// How long each kind of session is, and its own reminders.
fn kinds(f: &FormState) -> AnyView {
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

pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model {
            form: super::setup::refused("leads", "\"soon\" is no lead time."),
            rooms: vec![RoomItem {
                id: RoomId(uuid::Uuid::nil()),
                name: "Garden room ".repeat(15),
                form: super::setup::refused("offers", "Twelve are enough to choose a room by."),
            }],
            room_form: super::setup::refused("room", "There is a room of this name."),
            mail_folder: Some("/srv/duologue/data/mail".to_owned()),
        },
    ]
}
