//! Booking a session or a series.

use app::{
    pages::scheduling::{
        booking::{self, BookForm, Hit},
        confirm::Panel,
        when::TakenView,
    },
    ui::{FormState, shell::Notice},
};
use domain::{
    clients::person::Role,
    form::{Errors, Form, parse_date},
    ids::{ClientId, PersonId},
    practice::settings::Practice,
    scheduling::{
        series::SeriesRule,
        session::{NewSession, SessionKind},
        slots::SlotWish,
    },
    typed, zone,
};
use store::{Booked, ClientHit, FormKey, limits::HITS};

use super::{
    refusal::{conflict_errors, unresolved_errors},
    shared::{
        asks_only_for_the_tick, clock_lines, hidden_fields, is_plain, page_of, rooms, timing_text, unmailed_people,
    },
    time::{self, Resolved},
};
use crate::{
    access::Bookings,
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PostedForm, Query},
    page::{Page, redirect_with},
    paging::List,
    web::scheduling::{
        free_times::{self, Place},
        series,
    },
};

/// GET /sessions/new?q=… finds a client; with ?client=… it is the booking form
/// with free times, and with a time as well the page that asks whether it is
/// meant. Other parameters fill the form's fields of the same names.
pub async fn new(bookings: Bookings, page: Page, Query(mut q): Query) -> Answer {
    let Some(client) = q.has("client").then(|| q.get("client")) else {
        return choose_client(bookings, page, q).await;
    };
    let client: ClientId = client.parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    let mut form = usual_booking(&bookings, &page, &hit).await?;
    time::take_offer(&mut q);
    // A chip shows other times, and “Change details” the form.
    let edits = q.has("edit") || q.0.iter().any(|(name, _)| name.starts_with("show_"));
    free_times::press_chips(&mut q);
    if q.get("edit") == "times" {
        q.0.retain(|(name, _)| !["time", "fold"].contains(&name.as_str()));
    }
    for name in FILLED {
        if !q.get(name).is_empty() {
            form.set(name, q.get(name));
        }
    }
    let asks = !edits && !form.get("time").is_empty();
    let mut model = book_form(&bookings, &page, hit, FormState::new(form), None).await?;
    if asks {
        add_panel(&bookings, &page, &mut model)?;
    }
    add_week(&bookings, &page, &mut model).await?;
    page.ok("New session", model, booking::view).await
}

/// The fields that a link, or the form itself, may fill.
const FILLED: [&str; 17] = [
    "attendee",
    "clinician",
    "place",
    "link",
    "kind",
    "date",
    "time",
    "fold",
    "minutes",
    "repeat",
    "every_weeks",
    "ends",
    "times",
    "until",
    "week",
    "part",
    "suits",
];

/// The page on which the client is chosen for whom to book.
async fn choose_client(bookings: Bookings, page: Page, q: Form) -> Answer {
    let carried: Vec<(String, String)> =
        CARRIED.iter().filter(|n| is_plain(q.get(n))).map(|n| ((*n).to_owned(), q.get(n).to_owned())).collect();
    let text = typed::line(q.get("q"));
    let text = text.as_str();
    let kept: Vec<(&str, &str)> =
        [("q", text)].into_iter().chain(carried.iter().map(|(n, v)| (n.as_str(), v.as_str()))).collect();
    let list = List::new(format!("/sessions/new?{}", query(&kept)), "after", "hits", &q);
    let hits = bookings.find_clients(text, HITS, list.after()).await?;
    let model = booking::Model {
        q: text.to_owned(),
        pager: list.pager(hits.more, ["First clients", "More clients"]),
        hits: hits.rows.iter().map(hit_item).collect(),
        carried,
        form: None,
    };
    page.ok("New session", model, booking::view).await
}

/// The booking form as a client's last session, or the therapist's own, suggests.
async fn usual_booking(bookings: &Bookings, page: &Page, hit: &ClientHit) -> Result<Form, Failure> {
    let mut form =
        Form::from_pairs([("attendee", "everyone"), ("kind", "regular"), ("repeat", "once"), ("ends", "never")]);
    if let [(person, _)] = hit.people.as_slice() {
        form.set("attendee", person.to_string());
    }
    match bookings.usual_session(hit.client).await? {
        Some(usual) => {
            form.set("clinician", usual.clinician.to_string());
            if let Some(minutes) = usual.minutes {
                form.set("minutes", minutes.to_string());
                form.set("place", usual.room.map_or_else(|| "online".to_owned(), |room| room.to_string()));
            }
        }
        None if bookings.visitor().has(Role::Clinician) => form.set("clinician", bookings.me().to_string()),
        None => {}
    }
    form.set("date", zone::date_of(bookings.now(), &page.practice_zone()).to_string());
    Ok(form)
}

/// Adds the week of free times for what is in the form; none if the form is not
/// shown, or does not say what to search.
async fn add_week(bookings: &Bookings, page: &Page, model: &mut booking::Model) -> Result<(), Failure> {
    let Some(book) = model.form.as_mut().filter(|book| book.panel.is_none()) else { return Ok(()) };
    let zone = page.practice_zone();
    let mut form = book.form.form.clone();
    form.set("client", book.client.to_string());
    fill_usual_length(&mut form, page.practice());
    if let Ok(wish) = SlotWish::read(&form, zone::date_of(bookings.now(), &zone)) {
        let place = Place::Form { id: "booking", to: "/sessions/new" };
        book.week = free_times::week(bookings, &zone, &form, &wish, None, place).await?;
    }
    Ok(())
}

/// Turns the form into the page that asks whether its time is meant, if the form
/// can be sent as it is.
fn add_panel(bookings: &Bookings, page: &Page, model: &mut booking::Model) -> Result<(), Failure> {
    let Some(book) = model.form.as_mut() else { return Ok(()) };
    let zone = page.practice_zone();
    fill_usual_length(&mut book.form.form, page.practice());
    let mut form = book.form.form.clone();
    form.set("client", book.client.to_string());
    form.set("key", FormKey::fresh().to_string());
    let Ok(new) = NewSession::read(&form) else { return Ok(()) };
    let resolved = time::resolve(new.starts, new.fold, new.minutes, &zone, bookings.now(), None)?;
    let (Resolved::Timing(timing), Ok(rule)) = (resolved, SeriesRule::read(&form, new.starts.date())) else {
        return Ok(());
    };
    let named = |id: &str, list: &[(String, String)]| {
        list.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone()).unwrap_or_default()
    };
    let clinicians: Vec<_> = book.clinicians.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let mut rooms: Vec<_> = book.rooms.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    rooms.push(("online".to_owned(), "Online".to_owned()));
    let attends = |person: &PersonId| new.attendee.is_none_or(|one| one == *person);
    let people = book.attendees.iter().zip(&book.zones).filter(|((id, _), _)| attends(id));
    let mut facts = vec![
        ("Therapist".to_owned(), named(form.get("clinician"), &clinicians)),
        ("Place".to_owned(), named(form.get("place"), &rooms)),
        ("Kind".to_owned(), new.kind.label().to_owned()),
    ];
    if facts.iter().any(|(_, value)| value.is_empty()) {
        return Ok(());
    }
    if new.attendee.is_some() && book.attendees.len() > 1 {
        let name = people.clone().map(|((_, name), _)| name.clone()).next().unwrap_or_default();
        facts.insert(0, ("Attending".to_owned(), format!("{name} alone")));
    }
    facts.extend(rule.map(|rule| ("Repeats".to_owned(), rule.words())));
    let clocks = clock_lines(&timing, people.map(|((_, name), zone)| (name.as_str(), zone)));
    let hidden = hidden_fields(&form, &["client"]);
    book.panel = Some(Panel { when: timing_text(&timing), clocks, facts, hidden });
    Ok(())
}

/// The fields that a link may give before the client is chosen.
const CARRIED: [&str; 6] = ["clinician", "place", "date", "time", "fold", "minutes"];

/// POST /sessions: books a session or a series.
pub async fn create(bookings: Bookings, page: Page, PostedForm(mut form): PostedForm) -> Answer {
    // A form without a key, from an outdated page, counts as a new act.
    FormKey::ensure_in(&mut form);
    time::take_offer(&mut form);
    fill_usual_length(&mut form, page.practice());
    series::choose_others(&mut form);
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    let mut clashes = vec![];
    let rule = parse_date(form.get("date")).map_or(Ok(None), |first| SeriesRule::read(&form, first));
    let (errors, taken) = match (NewSession::read(&form), rule) {
        (new, Err(errors)) => (new.err().unwrap_or_default().and(errors), None),
        (Err(errors), Ok(_)) => (errors, None),
        (Ok(mut new), Ok(rule)) => {
            let zone = page.practice_zone();
            match time::resolve(new.starts, new.fold, new.minutes, &zone, bookings.now(), None)? {
                Resolved::Not(why) => unresolved_errors(why, &zone)?,
                Resolved::Timing(timing) => match rule {
                    Some(rule) => {
                        let choices = series::choices(&form);
                        let (why, unfit) = series::override_reason(&form, &choices);
                        new.over = why;
                        let booked = bookings.book_series(&new, &rule, &zone, &choices).await?;
                        match series::outcome(booked, unfit, &zone) {
                            Ok(id) => return Ok(redirect_with(&page_of(id), Notice::BookedSeries)),
                            Err((errors, items)) => {
                                clashes = items;
                                (errors, None)
                            }
                        }
                    }
                    None => match bookings.book(&new, &timing).await? {
                        Booked::Done(id) => return Ok(redirect_with(&format!("/sessions/{id}"), Notice::Booked)),
                        Booked::Taken(what) => conflict_errors(&what, new.over.as_ref(), &zone)?,
                        Booked::Invalid(error) => (Errors::at_field(error.field, error.message), None),
                    },
                },
            }
        }
    };
    if clashes.is_empty() && taken.is_none() && form.get("repeat") != "once" {
        clashes = series::earlier_choices(&form, &page.practice_zone());
    }
    let asks = asks_only_for_the_tick(&form, taken.as_ref());
    let mut model = book_form(&bookings, &page, hit, FormState { form, errors }, taken).await?;
    if let Some(book) = &mut model.form {
        book.clashes = clashes;
    }
    if asks {
        add_panel(&bookings, &page, &mut model)?;
    }
    page.invalid("New session", model, booking::view).await
}

/// Sets an empty length to the practice's usual length for the kind of session.
pub(crate) fn fill_usual_length(form: &mut Form, practice: Option<&Practice>) {
    let kind: Option<SessionKind> = form.get("kind").parse().ok();
    if form.get("minutes").trim().is_empty()
        && let (Some(practice), Some(kind)) = (practice, kind)
    {
        form.set("minutes", practice.minutes_of(kind).to_string());
    }
}

/// A found client as the booking page lists them.
fn hit_item(hit: &ClientHit) -> Hit {
    Hit { client: hit.client, title: hit.title(), kind: hit.kind.label().to_owned() }
}

/// The model of the booking form; `taken` is what is in the way of its time.
async fn book_form(
    bookings: &Bookings,
    page: &Page,
    hit: ClientHit,
    form: FormState,
    taken: Option<TakenView>,
) -> Result<booking::Model, Failure> {
    let zone = page.practice_zone();
    let clinicians = bookings.clinicians().await?;
    let people: Vec<PersonId> = hit.people.iter().map(|(id, _)| *id).collect();
    let book = BookForm {
        unmailed: unmailed_people(bookings, &people).await?,
        warning: bookings.first_session_warning(hit.client).await?,
        client: hit.client,
        client_title: hit.title(),
        attendees: hit.people,
        zones: hit.zones,
        clinicians: clinicians.into_iter().map(|c| (c.id, c.name)).collect(),
        rooms: rooms(bookings).await?,
        lengths: page.practice().map(|p| p.kinds.iter().map(|k| (k.kind, k.minutes)).collect()).unwrap_or_default(),
        fold: time::fold_labels(&form.form, &zone)?,
        form,
        zone: zone.city(),
        taken,
        clashes: vec![],
        week: None,
        panel: None,
    };
    Ok(booking::Model { form: Some(book), ..booking::Model::default() })
}

/// Books one imported session; `Some`: it could not be booked, and why.
pub(crate) async fn book_or_reason(
    bookings: &store::Bookings,
    page: &Page,
    form: &Form,
) -> Result<Option<String>, Failure> {
    let zone = page.practice_zone();
    let first = |errors: &Errors| errors.iter().next().map(|(_, message)| message.to_owned());
    let new = match NewSession::read(form) {
        Ok(new) => new,
        Err(errors) => return Ok(first(&errors)),
    };
    Ok(match time::resolve(new.starts, new.fold, new.minutes, &zone, bookings.now(), None)? {
        Resolved::Not(why) => first(&unresolved_errors(why, &zone)?.0),
        Resolved::Timing(timing) => match bookings.book(&new, &timing).await? {
            Booked::Done(_) => None,
            Booked::Taken(what) => match conflict_errors(&what, None, &zone)? {
                (_, Some(view)) if !view.what.is_empty() => Some(format!("{}.", view.what.join("; "))),
                (errors, _) => first(&errors),
            },
            Booked::Invalid(error) => Some(error.message.to_owned()),
        },
    })
}
