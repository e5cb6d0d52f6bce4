//! The slot finder: free times at which all attendees can come.
//!
//! The form is sent by GET, so each search has its own address; it works
//! without scripts, and each time leads to the page that books it.

use domain::{
    ids::{AccountId, ClientId, LocationId, PersonId, RoomId},
    scheduling::{session::MINUTES, slots::AT},
};
use leptos::prelude::*;

use super::free_times::{self, FreeWeek};
use crate::ui::{Field, FormState, error_summary, page_head};

/// The view model of the slot finder.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub client_title: String,
    pub attendees: Vec<(PersonId, String)>,
    pub clinicians: Vec<(AccountId, String)>,
    /// Whether the reader is a therapist who may only search their own
    /// calendar.
    pub own: bool,
    pub rooms: Vec<(RoomId, String)>,
    /// The locations of the practice; empty if it has only one.
    pub locations: Vec<(LocationId, String)>,
    /// The features that rooms of the practice have.
    pub offers: Vec<String>,
    /// The name of the zone in which the times are.
    pub zone: String,
    pub form: FormState,
    /// The free times of a week; `None` if the search has errors.
    pub week: Option<FreeWeek>,
}

/// Renders the slot finder.
pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head(format!("A time for {}", m.client_title), format!("All times are {} time.", m.zone), vec![])}
        <p class="actions">
            <a href="/sessions/new">"Choose another client"</a>
            <a href=format!("/sessions/new?client={}", m.client)>"Enter a time yourself"</a>
        </p>
        {m.week.as_ref().map(free_times::view)}
        {search_form(m)}
    }
    .into_any()
}

/// The form that says what is looked for; open if it has an error.
fn search_form(m: &Model) -> AnyView {
    let f = &m.form;
    let mut who: Vec<(String, String)> = Vec::new();
    if m.attendees.len() > 1 {
        who.push(("everyone".to_owned(), "Both together".to_owned()));
        who.extend(m.attendees.iter().map(|(id, name)| (id.to_string(), format!("{name} alone"))));
    }
    let who = (!who.is_empty()).then(|| Field::new(f, "attendee", "Who attends?").unmarked().radios(who));
    let mut clinicians: Vec<(String, String)> = vec![(String::new(), "Any therapist".to_owned())];
    clinicians.extend(m.clinicians.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let therapist = (!m.own).then(|| Field::new(f, "clinician", "Therapist").unmarked().select(clinicians));
    let mut places = vec![("any".to_owned(), "Any room".to_owned()), ("online".to_owned(), "Online".to_owned())];
    places.extend(m.locations.iter().map(|(id, name)| (format!("{AT}{id}"), format!("Any room at {name}"))));
    places.extend(m.rooms.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let offers = (!m.offers.is_empty()).then(|| {
        let offers = m.offers.iter().map(|o| (o.clone(), o.clone())).collect();
        Field::new(f, "offers", "Room needs").unmarked().ticks(offers)
    });
    let kept: Vec<AnyView> = ["week", "part", "suits"]
        .into_iter()
        .filter(|name| !f.form.get(name).is_empty())
        .map(|name| view! { <input type="hidden" name=name value=f.form.get(name).to_owned()/> }.into_any())
        .collect();
    view! {
        <form class="form finder" method="get" action="/slots" aria-labelledby="looked-for">
            <h2 id="looked-for">"Change the search"</h2>
            {error_summary(f)}
            <input type="hidden" name="client" value=m.client.to_string()/>
            {kept}
            {who}
            <div class="pair">
                {therapist}
                {Field::new(f, "place", "Place").unmarked().select(places)}
                {Field::new(f, "minutes", "Minutes").unmarked().number(*MINUTES.start(), *MINUTES.end())}
            </div>
            {offers}
            <p class="form-actions"><button class="button button-primary" type="submit">"Find times"</button></p>
        </form>
    }
    .into_any()
}

/// Sample models: times found; no suitable time; a refused search.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};

    let id = uuid::Uuid::nil();
    let long = "अनन्या शर्मा 💛 ".repeat(13);
    let form =
        Form::from_pairs([("attendee", "everyone"), ("week", "2026-11-30"), ("minutes", "60"), ("suits", "yes")]);
    let weeks = free_times::samples();
    let found = Model {
        client: ClientId(id),
        client_title: long.clone(),
        attendees: vec![(PersonId(id), long.clone()), (PersonId(uuid::Uuid::max()), "Jonas".to_owned())],
        clinicians: vec![(AccountId(id), "Dr Ngozi Okafor".to_owned())],
        own: false,
        rooms: vec![(RoomId(id), "Garden room ".repeat(8))],
        locations: vec![(LocationId(id), "Lakeside house".to_owned())],
        offers: vec!["Step-free".to_owned(), "Hearing loop".to_owned()],
        zone: "Berlin".to_owned(),
        form: FormState::new(form),
        week: weeks.first().cloned(),
    };
    let none = Model { own: true, attendees: vec![], week: weeks.last().cloned(), ..found.clone() };
    let refused = Model {
        form: FormState {
            form: Form::from_pairs([("minutes", "soon")]),
            errors: Errors::at_field("minutes", "Enter a number from 10 to 480."),
        },
        week: None,
        ..found.clone()
    };
    vec![found, none, refused]
}
