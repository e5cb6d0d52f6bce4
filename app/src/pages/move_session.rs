//! Moving a session to another time or place. Those who come are told by the
//! mails that the move plans; the reason is kept with who and when.

use domain::ids::{RoomId, SessionId};
use leptos::prelude::*;

use super::{
    booking::TakenView,
    series::{ClashItem, clashes, reach_field},
    when::{default_button, outside_tick, place_fields, reason_field, refusal, when_fields},
};
use crate::{
    islands::UnsavedGuard,
    ui::{FormState, page_head},
};

#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub title: String,
    /// When it is now.
    pub when: String,
    pub form: FormState,
    pub rooms: Vec<(RoomId, String)>,
    /// The zone the time is in, as a person reads it.
    pub zone: String,
    pub taken: Option<TakenView>,
    /// Of a series: its words, and the days on which something is in the way.
    pub series: Option<String>,
    pub clashes: Vec<ClashItem>,
    /// What to call the first and the second, where the time comes twice.
    pub fold: Option<[String; 2]>,
}

pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head(format!("Move the session with {}", m.title), format!("Now: {}", m.when), vec![])}
        <form id="move" method="post" action=format!("/sessions/{}/move", m.id) class="form">
            {default_button()}
            {refusal(&m.form, m.taken.as_ref(), "Move to")}
            {clashes(&m.form, &m.clashes)}
            {outside_tick(&m.form, m.taken.as_ref().is_some_and(|t| t.outside) || m.clashes.iter().any(|c| c.outside))}
            {reach_field(&m.form, m.series.as_deref(), "Those that were moved by hand stay where they were put.")}
            {when_fields(&m.form, &m.zone, m.fold.as_ref(), "")}
            {place_fields(&m.form, &m.rooms)}
            {reason_field(&m.form)}
            <p class="form-actions">
                <button class="button button-primary" type="submit">"Move the session"</button>
                <a class="button" href=format!("/sessions/{}", m.id)>"Keep it as it is"</a>
            </p>
        </form>
        <UnsavedGuard form="move".to_owned()/>
    }
    .into_any()
}

pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};

    let id = uuid::Uuid::nil();
    let plain = Model {
        id: SessionId(id),
        title: "अनन्या शर्मा 💛 ".repeat(13),
        when: "Monday 23 November 2026, 10:00–10:50 (Berlin, UTC+1)".to_owned(),
        form: FormState::default(),
        rooms: vec![(RoomId(id), "Garden room".to_owned())],
        zone: "Berlin".to_owned(),
        taken: None,
        series: None,
        clashes: vec![],
        fold: None,
    };
    let form = Form::from_pairs([
        ("date", "2027-03-28"),
        ("time", "02:30"),
        ("minutes", "60"),
        ("place", "online"),
        ("reason", "asked by phone"),
    ]);
    let refused = Model {
        form: FormState { form, errors: Errors::one("time", "This time does not exist.") },
        taken: Some(TakenView {
            what: vec![],
            outside: false,
            next: vec![("2027-03-28".to_owned(), "03:30".to_owned(), "Sun 28 Mar, 03:30".to_owned())],
        }),
        series: Some("every week on Thursday".to_owned()),
        ..plain.clone()
    };
    vec![plain, refused]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_render() {
        for model in samples() {
            let html = Owner::new().with(|| view(&model).to_html());
            assert!(!html.contains("style="));
            assert!(html.contains(&format!("value=\"{}\"", model.form.form.get("reason"))));
            assert_eq!(html.contains("name=\"pick\""), model.taken.is_some());
        }
    }
}
