//! The booking page: first the client, then free times for all who attend
//! beside the form, then a short page that asks whether the time is meant.
//!
//! A refused booking is shown again with everything that was typed. If the
//! therapist, the room or a person is already booked, the page names the
//! conflict and offers the next free times as buttons; each button books that
//! time and keeps the other fields.

use domain::{
    clients::person::Zone,
    form::parse_date,
    ids::{AccountId, ClientId, PersonId, RoomId},
    scheduling::session::SessionKind,
};
use leptos::prelude::*;

use super::confirm::{Panel, panel_buttons, panel_facts};
use super::free_times::{self, FreeWeek};
use super::series::{ClashItem, clashes, repeat_fields};
use super::when::{
    TakenView, TimeOffer, default_button, outside_question, over_fields, place_fields, refusal, select, when_fields,
};
use crate::pages::mail::unmailed::{Before, UnmailedItem, unmailed};
use crate::{
    islands::{ClientSearch, SlotPicker, UnsavedGuard},
    text,
    ui::{Field, FormState, Pager, empty, error_summary, form_key, page_head, pager, submit},
};

/// The view model of the booking page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The text that was searched for.
    pub q: String,
    pub hits: Vec<Hit>,
    pub pager: Pager,
    /// Fields of the session that are already known, such as a date or a
    /// therapist.
    pub carried: Vec<(String, String)>,
    /// The form of the second step; `None` until a client is chosen.
    pub form: Option<BookForm>,
}

/// A client that the search found, with names only.
#[derive(Clone, Debug)]
pub struct Hit {
    pub client: ClientId,
    pub title: String,
    pub kind: String,
}

/// The second step of the booking: the form for a chosen client.
#[derive(Clone, Debug)]
pub struct BookForm {
    pub client: ClientId,
    pub client_title: String,
    pub attendees: Vec<(PersonId, String)>,
    /// The zone in which each of the attendees lives, in the same order.
    pub zones: Vec<Zone>,
    pub clinicians: Vec<(AccountId, String)>,
    pub rooms: Vec<(RoomId, String)>,
    /// The attendees who are not emailed about a session alone.
    pub unmailed: Vec<UnmailedItem>,
    /// What is missing for a first session; `None`: nothing, or it is not the first.
    pub warning: Option<&'static str>,
    pub form: FormState,
    /// The usual length of each kind of session, in minutes.
    pub lengths: Vec<(SessionKind, i64)>,
    /// The name of the zone in which the times are.
    pub zone: String,
    /// The conflict that refused the booking; `None` before a refusal.
    pub taken: Option<TakenView>,
    /// For a series, the days that have a conflict.
    pub clashes: Vec<ClashItem>,
    /// The labels of the two instants when the clocks show the chosen time
    /// twice.
    pub fold: Option<[String; 2]>,
    /// The free times beside the form; `None` where there are other times to
    /// choose, or no search is possible.
    pub week: Option<FreeWeek>,
    /// The time that was chosen, for the page that asks whether it is meant;
    /// `None`: the whole form is shown.
    pub panel: Option<Panel>,
}

/// Renders the booking page.
pub fn view(m: &Model) -> AnyView {
    match &m.form {
        Some(form) => match &form.panel {
            Some(panel) => confirm_page(form, panel),
            None => booking_form(form),
        },
        None => search_step(m),
    }
}

/// The first step: the search for a client.
fn search_step(m: &Model) -> AnyView {
    let carried: String =
        m.carried.iter().map(|(name, value)| format!("&{name}={}", value.replace(':', "%3A"))).collect();
    let hidden: Vec<AnyView> = m
        .carried
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone()/> }.into_any())
        .collect();
    let when = m.carried.iter().find(|(name, _)| name == "date").map(|(_, date)| {
        let time = m.carried.iter().find(|(name, _)| name == "time").map_or(String::new(), |(_, t)| format!(" at {t}"));
        let date = parse_date(date).map_or_else(|| date.clone(), text::day);
        format!("On {date}{time}.")
    });
    let hits: Vec<AnyView> = m
        .hits
        .iter()
        .map(|h| {
            view! {
                <li>
                    <a class="row-link" href=format!("/sessions/new?client={}{carried}", h.client)>{h.title.clone()}</a>
                    <span class="muted">{format!(" {}", h.kind)}</span>
                    <a class="button" href=format!("/slots?client={}", h.client) aria-label=format!("Find a time for {}", h.title)>"Find a time"</a>
                </li>
            }
            .into_any()
        })
        .collect();
    let results = match (m.q.is_empty(), hits.is_empty() && !m.pager.is_later()) {
        (true, true) => ().into_any(),
        (false, true) => view! {
            {empty(format!("No client matches “{}”. Part of a name is enough.", m.q), None)}
            <form method="get" action="/waitlist/new">
                <input type="hidden" name="name" value=m.q.clone()/>
                <button class="button" type="submit">"Add to waitlist"</button>
            </form>
        }
        .into_any(),
        _ => view! {
            <section aria-labelledby="hits">
                <h2 id="hits">"Choose a client"</h2>
                <ul class="rows">{hits}</ul>
                {pager(&m.pager)}
            </section>
        }
        .into_any(),
    };
    view! {
        {page_head("New session", when.unwrap_or_default(), vec![])}
        <form class="search" role="search" method="get" action="/sessions/new">
            {hidden}
            <label for="q">"Search by name"</label>
            <ClientSearch q=m.q.clone() carried/>
            <button class="button button-primary" type="submit">"Find client"</button>
        </form>
        {results}
    }
    .into_any()
}

/// The second step: free times, and the booking form beside them.
fn booking_form(b: &BookForm) -> AnyView {
    let kinds = SessionKind::ALL.iter().map(|k| (k.word().to_owned(), k.label().to_owned())).collect();
    let clinicians = b.clinicians.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let reasons = b.taken.as_ref().map_or(&[][..], |t| &t.reasons);
    // One list of free times is enough; a refusal shows its own.
    let times = (b.taken.is_none() && b.clashes.is_empty()).then(|| times_column(b));
    let class = if times.is_some() { "book" } else { "book book-refused" };
    view! {
        {page_head(format!("New session for {}", b.client_title), "", vec![])}
        <p class="actions">
            <a href="/sessions/new">"Choose another client"</a>
            <a href=format!("/slots?client={}", b.client)>"Search more rooms and therapists"</a>
        </p>
        {default_button("booking")}
        <div class=class>
            {times}
            <form id="booking" method="post" action="/sessions" class="form narrow">
                {form_key()}
                <h2>"Or enter a time"</h2>
                <input type="hidden" name="client" value=b.client.to_string()/>
                {kept_choices(&b.form)}
                {refusal(&b.form, b.taken.as_ref(), "Book")}
                {clashes(&b.form, &b.clashes)}
                {attendee_field(b)}
                {first_warning(b)}
                {unmailed(&b.unmailed, if b.attendees.len() > 1 { Before::SessionOfTwo } else { Before::TheirSession })}
                {select(&b.form, "clinician", "Therapist", clinicians)}
                {select(&b.form, "kind", "Kind", kinds)}
                {place_fields(&b.form, &b.rooms)}
                {when_fields(&b.form, &b.zone, b.fold.as_ref(), &length_hint(&b.lengths))}
                {outside_question(&b.form, reasons, b.clashes.iter().any(|c| c.outside), "Book")}
                // In a series, an override is asked for each day separately.
                {b.clashes.is_empty().then(|| over_fields(&b.form, b.taken.as_ref()))}
                {repeat_fields(&b.form)}
                {submit("Book session")}
            </form>
        </div>
        <UnsavedGuard form="booking".to_owned()/>
    }
    .into_any()
}

/// The column with the week of free times, which follows the fields of the form.
fn times_column(b: &BookForm) -> AnyView {
    let week = b.week.as_ref().map(free_times::view);
    view! {
        <div>
            <div id="booking-times" aria-live="polite">{week}</div>
            <SlotPicker form="booking".to_owned() times="booking-times".to_owned()/>
        </div>
    }
    .into_any()
}

/// The choices of the week of free times as hidden fields, so that they stay
/// when something else is pressed.
pub(crate) fn kept_choices(state: &FormState) -> Vec<AnyView> {
    ["week", "part", "suits"]
        .into_iter()
        .filter(|name| !state.form.get(name).is_empty())
        .map(|name| {
            view! { <input type="hidden" name=name value=state.form.get(name).to_owned() autocomplete="off"/> }
                .into_any()
        })
        .collect()
}

/// The field for who attends.
fn attendee_field(b: &BookForm) -> AnyView {
    let mut who: Vec<(String, String)> = Vec::new();
    if b.attendees.len() != 1 {
        who.push(("everyone".to_owned(), "Both together".to_owned()));
    }
    who.extend(b.attendees.iter().map(|(id, name)| {
        let label = if b.attendees.len() == 1 { name.clone() } else { format!("{name} alone") };
        (id.to_string(), label)
    }));
    let mut attendee = Field::new(&b.form, "attendee", "Who attends?").required();
    if b.attendees.len() > 1 {
        attendee = attendee.hint("A partner’s own session is hidden from the other, also in emails.");
    }
    attendee.radios(who)
}

/// The short page that asks whether a chosen time is meant.
fn confirm_page(b: &BookForm, panel: &Panel) -> AnyView {
    let reasons = b.taken.as_ref().map_or(&[][..], |t| &t.reasons);
    view! {
        {page_head("Book this session?", b.client_title.clone(), vec![])}
        <form id="booking" method="post" action="/sessions" class="form narrow">
            {form_key()}
            {error_summary(&b.form)}
            <input type="hidden" name="client" value=b.client.to_string()/>
            {panel_facts(panel)}
            {first_warning(b)}
            {unmailed(&b.unmailed, if b.attendees.len() > 1 { Before::SessionOfTwo } else { Before::TheirSession })}
            {outside_question(&b.form, reasons, false, "Book")}
            {panel_buttons("Book session", "/sessions/new")}
        </form>
    }
    .into_any()
}

/// What is missing for a first session, as a warning.
fn first_warning(b: &BookForm) -> Option<AnyView> {
    b.warning.map(|text| view! { <div class="notice" role="note"><p>{text}</p></div> }.into_any())
}

/// The hint about the default length: "Leave blank for the default length
/// (Intake session 75, Session 50)."
fn length_hint(lengths: &[(SessionKind, i64)]) -> String {
    let each: Vec<String> = lengths.iter().map(|(kind, minutes)| format!("{} {minutes}", kind.label())).collect();
    format!("Leave blank for the default length ({}).", each.join(", "))
}

/// Sample models of the booking page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    use domain::{
        form::{Errors, Form},
        scheduling::outside::OutsideReason,
    };

    let id = uuid::Uuid::nil();
    let long = "अनन्या शर्मा 💛 ".repeat(13);
    let book = BookForm {
        client: ClientId(id),
        client_title: long.clone(),
        attendees: vec![(PersonId(id), long.clone()), (PersonId(uuid::Uuid::max()), "Jonas".to_owned())],
        zones: vec![],
        clinicians: vec![(AccountId(id), "Dr Ngozi Okafor".to_owned())],
        rooms: vec![(RoomId(id), "Garden room".to_owned())],
        unmailed: vec![UnmailedItem { name: "Jonas".to_owned(), also: vec![long.clone()] }],
        warning: Some("No name is known for this client."),
        form: FormState::default(),
        lengths: vec![(SessionKind::Intake, 75), (SessionKind::Regular, 50)],
        zone: "Berlin".to_owned(),
        taken: None,
        clashes: vec![],
        fold: None,
        week: free_times::samples().into_iter().nth(1),
        panel: None,
    };
    let mut errors = Errors::at_field("time", "This time is not free.");
    errors.add("place", "Choose a room, or online.");
    let refused = BookForm {
        form: FormState {
            form: Form::from_pairs([
                ("date", "2026-11-25"),
                ("time", "10:00"),
                ("minutes", "60"),
                ("link", "https://meet.example.org"),
            ]),
            errors,
        },
        taken: Some(TakenView {
            what: vec!["Garden room is taken from 10:00 to 10:50".to_owned()],
            reasons: vec![OutsideReason::Closed { reason: "Christmas <b>".to_owned() }],
            seen: "0f".to_owned(),
            next: vec![TimeOffer {
                date: "2026-11-25".to_owned(),
                time: "11:00".to_owned(),
                label: "Wed 25 Nov, 11:00".to_owned(),
            }],
        }),
        fold: Some(["The first 02:30 (UTC+2)".to_owned(), "The second 02:30 (UTC+1)".to_owned()]),
        clashes: vec![ClashItem {
            on: "2026-12-02".to_owned(),
            label: "Wed 2 Dec, 10:00".to_owned(),
            what: vec!["Garden room is taken from 10:00 to 10:50".to_owned()],
            outside: false,
            over: Some("over.0f".to_owned()),
            settled: false,
            next: vec![("2026-12-02 11:00".to_owned(), "Wed 2 Dec, 11:00".to_owned())],
        }],
        week: None,
        ..book.clone()
    };
    let asked = BookForm {
        taken: Some(TakenView {
            reasons: vec![OutsideReason::Away { therapist: "Dr Lin".to_owned(), reason: String::new() }],
            ..TakenView::default()
        }),
        panel: Some(super::confirm::sample()),
        ..book.clone()
    };
    vec![
        Model::default(),
        Model { q: "zzz".to_owned(), ..Model::default() },
        Model {
            q: "a".to_owned(),
            hits: vec![Hit { client: ClientId(id), title: long, kind: "Couple".to_owned() }],
            pager: Pager { first: None, more: Some(("/sessions/new?q=a&after=1#hits".to_owned(), "More clients")) },
            carried: vec![("date".to_owned(), "2026-11-26".to_owned()), ("time".to_owned(), "10:00".to_owned())],
            form: None,
        },
        Model { form: Some(book), ..Model::default() },
        Model { form: Some(refused), ..Model::default() },
        Model { form: Some(asked), ..Model::default() },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(model: &Model) -> String {
        Owner::new().with(|| view(model).to_html())
    }

    #[test]
    fn samples_render_with_form_keys() {
        for model in samples() {
            let html = html(&model);
            assert!(!html.contains("style="));
            assert_eq!(html.contains("name=\"key\""), model.form.is_some());
        }
    }

    #[test]
    fn refused_booking_keeps_the_fields_and_offers_times() {
        let html = html(&samples()[4]);
        for kept in ["2026-11-25", "10:00", "https://meet.example.org"] {
            assert!(html.contains(&format!("value=\"{kept}\"")), "{kept}");
        }
        assert!(html.contains("Garden room is taken"));
        assert!(html.contains("value=\"2026-11-25 11:00\""));
        assert_eq!(html.matches("name=\"fold\"").count(), 2);
        // The Enter key submits the typed time, not one of the offered times.
        assert!(html.find("type=\"submit\"").unwrap() < html.find("name=\"pick\"").unwrap());
        assert!(html.contains("Outside opening hours. Book anyway?") && !html.contains("<b>"));
    }

    #[test]
    fn enter_books_and_takes_no_free_time_beside_the_form() {
        let html = html(&samples()[3]);
        let first = html.find("type=\"submit\"").unwrap();
        assert!(html[first..].split_once('>').unwrap().0.contains("form=\"booking\""), "the default button");
        assert!(first < html.find("formmethod").unwrap());
    }

    #[test]
    fn confirming_page_is_short_and_sends_everything_along() {
        let html = html(&samples()[5]);
        assert!(html.contains("Book this session?") && html.contains("Dr Lin is away."));
        for (name, value) in &super::super::confirm::sample().hidden {
            assert!(html.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}");
        }
        assert!(!html.contains("<select"));
    }
}
