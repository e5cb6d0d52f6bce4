//! The practice's settings and rooms.

use domain::{
    ids::RoomId,
    practice::{WEEK, weekday_name},
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, card, empty, error_summary, page_head, submit, zone_select};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    pub rooms: Vec<(RoomId, String)>,
    pub room_form: FormState,
    /// Where mails go while no mail server is set.
    pub mail_folder: Option<String>,
}

pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let week = WEEK.iter().map(|day| (day.to_string(), weekday_name(*day).to_owned())).collect();
    let rooms: Vec<AnyView> = m
        .rooms
        .iter()
        .map(|(id, name)| {
            view! {
                <li class="row">
                    <span>{name.clone()}</span>
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
                {Field::new(f, "leads", "Reminders before a session").hint("Separated by commas: 3d is three days, 2h is two hours. Empty for none.").text()}
                {Field::new(f, "notice_hours", "Notice for a cancellation, in hours").hint("Later than this, it counts as a late one.").required().number(0, 336)}
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

pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model {
            form: super::setup::refused("leads", "\"soon\" is no lead time."),
            rooms: vec![(RoomId(uuid::Uuid::nil()), "Garden room ".repeat(15))],
            room_form: super::setup::refused("room", "There is a room of this name."),
            mail_folder: Some("/srv/duologue/data/mail".to_owned()),
        },
    ]
}
