//! The page that moves a session to another time or place. The attendees are
//! informed by the emails that the move plans; the reason is stored with the
//! author and the time.

use domain::{
    ids::{AccountId, RoomId, SessionId},
    scheduling::session::SessionKind,
};
use leptos::prelude::*;

use super::{
    series::{ClashItem, clashes, reach_field},
    when::{
        TakenView, TimeOffer, default_button, outside_tick, over_fields, place_fields, reason_field, refusal, select,
        when_fields,
    },
};
use crate::pages::mail::unmailed::{Before, UnmailedItem, unmailed};
use crate::{
    islands::UnsavedGuard,
    ui::{FormState, form_key, page_head},
};

/// The view model of the page that moves a session.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub title: String,
    /// The current time of the session.
    pub when: String,
    /// The attendees who are not emailed about a session alone.
    pub unmailed: Vec<UnmailedItem>,
    pub form: FormState,
    pub rooms: Vec<(RoomId, String)>,
    /// The therapists to choose from; the field is shown if there are several.
    pub clinicians: Vec<(AccountId, String)>,
    /// The name of the zone in which the times are.
    pub zone: String,
    /// The conflict that refused the move; `None` before a refusal.
    pub taken: Option<TakenView>,
    /// The rhythm of its series in words; `None` if it is not in a series.
    pub series: Option<String>,
    /// For a series, the days that have a conflict.
    pub clashes: Vec<ClashItem>,
    /// The labels of the two instants when the clocks show the chosen time
    /// twice.
    pub fold: Option<[String; 2]>,
}

/// Renders the page that moves a session.
pub fn view(m: &Model) -> AnyView {
    let kinds = SessionKind::ALL.iter().map(|k| (k.word().to_owned(), k.label().to_owned())).collect();
    let clinicians = m.clinicians.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    view! {
        {page_head(format!("Move the session with {}", m.title), format!("Now: {}", m.when), vec![])}
        <form id="move" method="post" action=format!("/sessions/{}/move", m.id) class="form">
            {form_key()}
            {default_button()}
            {unmailed(&m.unmailed, Before::TheirSession)}
            {refusal(&m.form, m.taken.as_ref(), "Move to")}
            {clashes(&m.form, &m.clashes)}
            {outside_tick(&m.form, m.taken.as_ref().is_some_and(|t| t.outside) || m.clashes.iter().any(|c| c.outside))}
            {reach_field(&m.form, m.series.as_deref(), "Those that were moved by hand stay where they were put.")}
            // In a series, an override is asked for each day separately.
            {m.clashes.is_empty().then(|| over_fields(&m.form, m.taken.as_ref()))}
            {when_fields(&m.form, &m.zone, m.fold.as_ref(), "")}
            {place_fields(&m.form, &m.rooms)}
            {(m.clinicians.len() > 1).then(|| select(&m.form, "clinician", "Therapist", clinicians))}
            {select(&m.form, "kind", "Kind", kinds)}
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

/// Sample models of the page that moves a session, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};

    let id = uuid::Uuid::nil();
    let plain = Model {
        id: SessionId(id),
        title: "अनन्या शर्मा 💛 ".repeat(13),
        when: "Monday 23 November 2026, 10:00–10:50 (Berlin, UTC+1)".to_owned(),
        unmailed: vec![UnmailedItem { name: "Jonas".to_owned(), also: vec![] }],
        form: FormState::default(),
        rooms: vec![(RoomId(id), "Garden room".to_owned())],
        clinicians: vec![],
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
        ("clinician", "00000000-0000-0000-0000-000000000000"),
        ("kind", "regular"),
        ("over", "on"),
        ("over_reason", "agreed by phone"),
        ("reason", "asked by phone"),
    ]);
    let refused = Model {
        form: FormState { form, errors: Errors::at_field("time", "This time does not exist.") },
        clinicians: vec![(AccountId(id), "Dr <Lin>".to_owned()), (AccountId(uuid::Uuid::max()), "Dr Ito".to_owned())],
        taken: Some(TakenView {
            what: vec!["Dr Ito is taken from 03:00 to 03:50".to_owned()],
            outside: false,
            seen: "0f".to_owned(),
            next: vec![TimeOffer {
                date: "2027-03-28".to_owned(),
                time: "03:30".to_owned(),
                label: "Sun 28 Mar, 03:30".to_owned(),
            }],
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
    fn samples_keep_the_reason_and_offer_times() {
        for model in samples() {
            let html = Owner::new().with(|| view(&model).to_html());
            assert!(!html.contains("style="));
            assert!(html.contains(&format!("value=\"{}\"", model.form.form.get("reason"))));
            assert_eq!(html.contains("name=\"pick\""), model.taken.is_some());
        }
    }
}
