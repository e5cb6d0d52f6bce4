//! The page that moves a session to another time or place: free times for all
//! who attend beside the form, then a short page that asks whether the time is
//! meant. The attendees are informed by the emails that the move plans; the
//! reason is stored with the author and the time.

use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    scheduling::session::SessionKind,
};
use leptos::prelude::*;

use super::{
    booking::kept_choices,
    confirm::{Panel, panel_buttons, panel_facts},
    free_times::{self, FreeWeek},
    series::{ClashItem, clashes, reach_field},
    when::{
        TakenView, TimeOffer, default_button, outside_question, over_fields, place_fields, reason_field, refusal,
        select, when_fields,
    },
};
use crate::pages::mail::unmailed::{Before, UnmailedItem, unmailed};
use crate::{
    islands::{SlotPicker, UnsavedGuard},
    ui::{FormState, error_summary, form_key, page_head},
};

/// The view model of the page that moves a session.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: SessionId,
    pub client: ClientId,
    /// The one person who attends; `None`: several do.
    pub attendee: Option<PersonId>,
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
    /// What happens after the move, such as "Emails go out at 21:12; you can
    /// undo until then."
    pub after: String,
    /// The free times beside the form; `None` where there are other times to
    /// choose, or no search is possible.
    pub week: Option<FreeWeek>,
    /// The time that was chosen, for the page that asks whether it is meant;
    /// `None`: the whole form is shown.
    pub panel: Option<Panel>,
}

/// Renders the page that moves a session.
pub fn view(m: &Model) -> AnyView {
    match &m.panel {
        Some(panel) => confirm_page(m, panel),
        None => move_form(m),
    }
}

/// The hint of a series' moves.
const BY_HAND: &str = "Sessions you moved individually keep their time.";

/// Free times, and the whole form beside them.
fn move_form(m: &Model) -> AnyView {
    let kinds = SessionKind::ALL.iter().map(|k| (k.word().to_owned(), k.label().to_owned())).collect();
    let clinicians = m.clinicians.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let reasons = m.taken.as_ref().map_or(&[][..], |t| &t.reasons);
    let times = (m.taken.is_none() && m.clashes.is_empty()).then(|| {
        let week = m.week.as_ref().map(free_times::view);
        view! {
            <div>
                <div id="move-times" aria-live="polite">{week}</div>
                <SlotPicker form="move".to_owned() times="move-times".to_owned()/>
            </div>
        }
        .into_any()
    });
    let class = if times.is_some() { "book" } else { "book book-refused" };
    view! {
        {page_head(format!("Reschedule {}", m.title), format!("Now {}", m.when), vec![])}
        {default_button("move")}
        <div class=class>
            {times}
            <form id="move" method="post" action=format!("/sessions/{}/move", m.id) class="form narrow">
                {form_key()}
                <h2>"Or enter a time"</h2>
                // For the search of free times.
                <input type="hidden" name="client" value=m.client.to_string()/>
                <input type="hidden" name="attendee" value=m.attendee.map_or_else(|| "everyone".to_owned(), |p| p.to_string())/>
                <input type="hidden" name="session" value=m.id.to_string()/>
                {kept_choices(&m.form)}
                {unmailed(&m.unmailed, Before::TheirSession)}
                {refusal(&m.form, m.taken.as_ref(), "Move to")}
                {clashes(&m.form, &m.clashes)}
                {reach_field(&m.form, m.series.as_deref(), BY_HAND)}
                {when_fields(&m.form, &m.zone, m.fold.as_ref(), "")}
                {place_fields(&m.form, &m.rooms)}
                {(m.clinicians.len() > 1).then(|| select(&m.form, "clinician", "Therapist", clinicians))}
                {select(&m.form, "kind", "Kind", kinds)}
                {outside_question(&m.form, reasons, m.clashes.iter().any(|c| c.outside), "Move")}
                // In a series, an override is asked for each day separately.
                {m.clashes.is_empty().then(|| over_fields(&m.form, m.taken.as_ref()))}
                {reason_field(&m.form)}
                <p class="form-actions">
                    <button class="button button-primary" type="submit">"Move session"</button>
                    <a class="button" href=format!("/sessions/{}", m.id)>"Keep this time"</a>
                </p>
            </form>
        </div>
        <UnsavedGuard form="move".to_owned()/>
    }
    .into_any()
}

/// The short page that asks whether a chosen time is meant.
fn confirm_page(m: &Model, panel: &Panel) -> AnyView {
    let path = format!("/sessions/{}/move", m.id);
    let reasons = m.taken.as_ref().map_or(&[][..], |t| &t.reasons);
    view! {
        {page_head("Move this session?", m.title.clone(), vec![])}
        <form id="move" method="post" action=path.clone() class="form narrow">
            {form_key()}
            {error_summary(&m.form)}
            {panel_facts(panel)}
            <p>{format!("Was {}. {}", m.when, m.after)}</p>
            {unmailed(&m.unmailed, Before::TheirSession)}
            {reach_field(&m.form, m.series.as_deref(), BY_HAND)}
            {outside_question(&m.form, reasons, false, "Move")}
            {reason_field(&m.form)}
            {panel_buttons("Move session", &path)}
        </form>
    }
    .into_any()
}

/// Sample models of the page that moves a session, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};

    let id = uuid::Uuid::nil();
    let plain = Model {
        id: SessionId(id),
        client: ClientId(id),
        attendee: None,
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
        after: "Emails go out at 21:12; you can undo until then.".to_owned(),
        week: free_times::samples().into_iter().nth(1),
        panel: None,
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
            reasons: vec![],
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
    let asked = Model { panel: Some(super::confirm::sample()), ..plain.clone() };
    vec![plain, refused, asked]
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
            assert!(html.contains("name=\"pick\"") || model.panel.is_some());
        }
    }
}
