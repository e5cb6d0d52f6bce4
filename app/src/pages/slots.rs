//! Finding a slot: "when can both of us come?", answered in one look.
//!
//! A form that is a question (GET): every answer has an address of its own,
//! works without scripts, and leads to the booking form with all of it
//! filled in.

use domain::{
    ids::{AccountId, ClientId, LocationId, PersonId, RoomId},
    session::MINUTES,
    slots::{AT, DayPart},
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, empty, error_summary, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub client_title: String,
    pub attendees: Vec<(PersonId, String)>,
    pub clinicians: Vec<(AccountId, String)>,
    /// A therapist's own calendar: only their time is looked at.
    pub own: bool,
    pub rooms: Vec<(RoomId, String)>,
    /// The houses of a practice that has several.
    pub locations: Vec<(LocationId, String)>,
    /// What rooms offer here.
    pub offers: Vec<String>,
    /// The zone the times are in, as a person reads it.
    pub zone: String,
    pub form: FormState,
    /// `None`: the search was not understood.
    pub answer: Option<Found>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What is true of all of them, or why there are none.
    pub lead: String,
    /// The same search without heed to what suits; where it might find more.
    pub beyond: Option<String>,
    pub days: Vec<SlotDay>,
    /// The same search from behind the last of them on.
    pub later: Option<String>,
}

/// A day with its slots, by therapist and place.
#[derive(Clone, Debug)]
pub struct SlotDay {
    pub label: String,
    /// "Dr Lin, Garden room", and when.
    pub groups: Vec<(String, Vec<SlotItem>)>,
}

#[derive(Clone, Debug)]
pub struct SlotItem {
    /// "10:00".
    pub time: String,
    /// The booking form with all of it filled in.
    pub book: String,
    /// The day as well, for those who hear a list of links.
    pub label: String,
}

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
            {m.answer.as_ref().map(found)}
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

fn found(found: &Found) -> AnyView {
    let beyond = found
        .beyond
        .as_ref()
        .map(|href| view! { <p><a class="button" href=href.clone()>"Show any free time"</a></p> }.into_any());
    if found.days.is_empty() {
        return view! { <section aria-labelledby="found"><h2 id="found">"Free times"</h2>{empty(found.lead.clone(), None)}{beyond}</section> }
            .into_any();
    }
    let days: Vec<AnyView> = found.days.iter().map(day).collect();
    let later = found
        .later
        .as_ref()
        .map(|href| view! { <p><a class="button" href=href.clone()>"Later times"</a></p> }.into_any());
    view! {
        <section aria-labelledby="found">
            <h2 id="found">"Free times"</h2>
            <p class="muted">{found.lead.clone()}</p>
            {days}
            {beyond}
            {later}
        </section>
    }
    .into_any()
}

fn day(day: &SlotDay) -> AnyView {
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

/// Found; nothing that suits; refused.
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
            later: Some("/slots?client=x".to_owned()),
        }),
    };
    let none = Model {
        own: true,
        attendees: vec![],
        answer: Some(Found {
            lead: "No time in the next four weeks suits everyone who comes.".to_owned(),
            beyond: Some("/slots?client=x&suits=no".to_owned()),
            ..Found::default()
        }),
        ..found.clone()
    };
    let refused = Model {
        form: FormState {
            form: Form::from_pairs([("minutes", "soon")]),
            errors: Errors::one("minutes", "Please write a number from 10 to 480."),
        },
        answer: None,
        ..found.clone()
    };
    vec![found, none, refused]
}
