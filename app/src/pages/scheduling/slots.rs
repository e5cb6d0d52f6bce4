//! The slot finder: free times at which all attendees can come.
//!
//! The form is sent by GET, so each search has its own address; it works
//! without scripts, and each result leads to the booking form with its fields
//! filled in.

use domain::{
    ids::{AccountId, ClientId, LocationId, PersonId, RoomId},
    scheduling::{
        session::MINUTES,
        slots::{AT, DayPart},
    },
};
use leptos::prelude::*;

use super::own_request::page_link;
use crate::ui::{Field, FormState, empty, error_summary, page_head};

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
    /// The result; `None` if the search has errors.
    pub answer: Option<Found>,
}

/// The result of a search.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// A sentence about all the times, or why there are none.
    pub lead: String,
    /// The address of the same search without preferred times; `None` if it
    /// would find no more.
    pub beyond: Option<String>,
    pub days: Vec<SlotDay>,
    /// Whether more therapists are free at some of these times than the list
    /// names.
    pub unnamed: bool,
    /// The address of the page with earlier times; `None` if there are none.
    pub earlier: Option<String>,
    /// The address of the page with later times; `None` if there are none.
    pub later: Option<String>,
}

/// The free times of a day.
#[derive(Clone, Debug)]
pub struct SlotDay {
    pub label: String,
    /// The times by therapist and place, such as "Dr Lin, Garden room".
    pub groups: Vec<(String, Vec<SlotItem>)>,
}

/// A free time.
#[derive(Clone, Debug)]
pub struct SlotItem {
    /// The time, such as "10:00".
    pub time: String,
    /// The address of the booking form with its fields filled in.
    pub book: String,
    /// The label with the day, for readers of a list of links.
    pub label: String,
}

/// Renders the slot finder.
pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    let mut who: Vec<(String, String)> = Vec::new();
    if m.attendees.len() > 1 {
        who.push(("everyone".to_owned(), "Both together".to_owned()));
        who.extend(m.attendees.iter().map(|(id, name)| (id.to_string(), format!("{name} alone"))));
    }
    let who = (!who.is_empty()).then(|| Field::new(f, "attendee", "Who will come?").unmarked().radios(who));
    let mut clinicians: Vec<(String, String)> = vec![(String::new(), "Whoever is free".to_owned())];
    clinicians.extend(m.clinicians.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let therapist = (!m.own).then(|| Field::new(f, "clinician", "Therapist").unmarked().select(clinicians));
    let mut places = vec![("any".to_owned(), "Any room".to_owned()), ("online".to_owned(), "Online".to_owned())];
    places.extend(m.locations.iter().map(|(id, name)| (format!("{AT}{id}"), format!("Any room at {name}"))));
    places.extend(m.rooms.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let offers = (!m.offers.is_empty()).then(|| {
        let offers = m.offers.iter().map(|o| (o.clone(), o.clone())).collect();
        Field::new(f, "offers", "The room has to offer").unmarked().ticks(offers)
    });
    let parts = DayPart::ALL.iter().map(|p| (p.word().to_owned(), p.label().to_owned())).collect();
    let suits = vec![
        ("yes".to_owned(), "Only times that suit those who come".to_owned()),
        ("no".to_owned(), "Any free time".to_owned()),
    ];
    view! {
        {page_head(format!("A time for {}", m.client_title), format!("All times are {} time.", m.zone), vec![])}
        <p><a href="/sessions/new">"Choose another client"</a></p>
        <div class="finder">
            {m.answer.as_ref().map(result_section)}
            <form class="form" method="get" action="/slots" aria-label="What is looked for">
                {error_summary(f)}
                <input type="hidden" name="client" value=m.client.to_string()/>
                {who}
                {therapist}
                <div class="pair">
                    {Field::new(f, "from", "From this day on").unmarked().date()}
                    {Field::new(f, "minutes", "Minutes").unmarked().number(*MINUTES.start(), *MINUTES.end())}
                </div>
                {Field::new(f, "part", "Time of day").unmarked().select(parts)}
                {Field::new(f, "place", "Place").unmarked().select(places)}
                {offers}
                {Field::new(f, "suits", "Suits").unmarked().select(suits)}
                <p class="form-actions"><button class="button button-primary" type="submit">"Find times"</button></p>
            </form>
        </div>
    }
    .into_any()
}

/// The section with the result.
fn result_section(found: &Found) -> AnyView {
    let beyond = found
        .beyond
        .as_ref()
        .map(|href| view! { <p><a class="button" href=href.clone()>"Show any free time"</a></p> }.into_any());
    let (earlier, later) =
        (page_link(found.earlier.as_ref(), "Earlier times"), page_link(found.later.as_ref(), "Later times"));
    let pages = (earlier.is_some() || later.is_some())
        .then(|| view! { <nav class="actions" aria-label="More times">{earlier}{later}</nav> }.into_any());
    if found.days.is_empty() {
        return view! { <section aria-labelledby="found"><h2 id="found">"Free times"</h2>{empty(found.lead.clone(), None)}{beyond}{pages}</section> }
            .into_any();
    }
    let days: Vec<AnyView> = found.days.iter().map(day_slots).collect();
    let unnamed = found.unnamed.then(|| {
        view! { <p class="hint">"More therapists are free at some of these times. Choose a therapist to see all of theirs."</p> }
            .into_any()
    });
    view! {
        <section aria-labelledby="found">
            <h2 id="found">"Free times"</h2>
            <p class="muted">{found.lead.clone()}</p>
            {days}
            {unnamed}
            {beyond}
            {pages}
        </section>
    }
    .into_any()
}

/// The free times of a day.
fn day_slots(day: &SlotDay) -> AnyView {
    let groups: Vec<AnyView> = day
        .groups
        .iter()
        .map(|(with, slots)| {
            let slots: Vec<AnyView> = slots
                .iter()
                .map(|s| {
                    view! { <li><a class="button slot" href=s.book.clone() aria-label=format!("Book {}", s.label)>{s.time.clone()}</a></li> }
                        .into_any()
                })
                .collect();
            view! { <p class="muted">{with.clone()}</p><ul class="slot-list">{slots}</ul> }.into_any()
        })
        .collect();
    view! { <h3>{day.label.clone()}</h3>{groups} }.into_any()
}

/// Sample models: times found; no suitable time; a refused search.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};

    let id = uuid::Uuid::nil();
    let long = "अनन्या शर्मा 💛 ".repeat(13);
    let form =
        Form::from_pairs([("attendee", "everyone"), ("from", "2026-11-25"), ("minutes", "60"), ("suits", "yes")]);
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
        answer: Some(Found {
            lead: "They suit everyone who comes.".to_owned(),
            beyond: None,
            days: vec![SlotDay {
                label: "Wednesday 25 November 2026".to_owned(),
                groups: vec![(
                    format!("Dr Ngozi Okafor, {}", "Garden room ".repeat(8)),
                    vec![SlotItem {
                        time: "10:00".to_owned(),
                        book: "/sessions/new?client=x".to_owned(),
                        label: "Wed 25 Nov, 10:00 with Dr Ngozi Okafor".to_owned(),
                    }],
                )],
            }],
            unnamed: true,
            earlier: Some("/slots?client=x&before=2026-11-25T09:00:00Z".to_owned()),
            later: Some("/slots?client=x&since=2026-11-26T08:00:00Z".to_owned()),
        }),
    };
    let none = Model {
        own: true,
        attendees: vec![],
        answer: Some(Found {
            lead: "No time between Wed 25 Nov and Tue 22 Dec suits everyone who comes.".to_owned(),
            beyond: Some("/slots?client=x&suits=no".to_owned()),
            ..Found::default()
        }),
        ..found.clone()
    };
    let refused = Model {
        form: FormState {
            form: Form::from_pairs([("minutes", "soon")]),
            errors: Errors::at_field("minutes", "Please write a number from 10 to 480."),
        },
        answer: None,
        ..found.clone()
    };
    vec![found, none, refused]
}
