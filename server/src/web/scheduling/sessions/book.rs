//! Booking a session or a series.

use app::{
    pages::scheduling::{
        booking::{self, BookForm, Hit},
        when::TakenView,
    },
    ui::{FormState, shell::Notice},
};
use domain::{
    clients::person::Role,
    form::{Errors, Form, parse_date},
    ids::{ClientId, PersonId},
    scheduling::{
        series::SeriesRule,
        session::{NewSession, SessionKind},
    },
    typed, zone,
};
use store::{Booked, ClientHit, FormKey, limits::HITS};

use super::{
    refusal::{conflict_errors, unresolved_errors},
    shared::{is_plain, page_of, rooms, unmailed_people},
    time::{self, Resolved},
};
use crate::{
    access::Bookings,
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PostedForm, Query},
    page::{Page, redirect_with},
    paging::List,
    web::scheduling::series,
};

/// GET /sessions/new?q=… finds a client; with ?client=… it is the booking form.
/// Other parameters fill the form's fields of the same names.
pub async fn new(bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let Some(client) = q.has("client").then(|| q.get("client")) else {
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
        return page.ok("New session", model, booking::view).await;
    };
    let client: ClientId = client.parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    let mut form =
        Form::from_pairs([("attendee", "everyone"), ("kind", "regular"), ("repeat", "once"), ("ends", "never")]);
    if let [(person, _)] = hit.people.as_slice() {
        form.set("attendee", person.to_string());
    }
    match bookings.usual_session(client).await? {
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
    for name in ["attendee", "clinician", "place", "date", "time", "fold", "minutes"] {
        if !q.get(name).is_empty() {
            form.set(name, q.get(name));
        }
    }
    let state = FormState::new(form);
    let model = book_form(&bookings, &page, hit, state, None).await?;
    page.ok("New session", model, booking::view).await
}

/// The fields that a link may give before the client is chosen.
const CARRIED: [&str; 6] = ["clinician", "place", "date", "time", "fold", "minutes"];

/// POST /sessions: books a session or a series.
pub async fn create(bookings: Bookings, page: Page, PostedForm(mut form): PostedForm) -> Answer {
    // A form without a key, from an outdated page, counts as a new act.
    FormKey::ensure_in(&mut form);
    time::take_offer(&mut form);
    fill_usual_length(&mut form, &page);
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
    let mut model = book_form(&bookings, &page, hit, FormState { form, errors }, taken).await?;
    if let Some(book) = &mut model.form {
        book.clashes = clashes;
    }
    page.invalid("New session", model, booking::view).await
}

/// Sets an empty length to the practice's usual length for the kind of session.
fn fill_usual_length(form: &mut Form, page: &Page) {
    let kind: Option<SessionKind> = form.get("kind").parse().ok();
    if form.get("minutes").trim().is_empty()
        && let (Some(practice), Some(kind)) = (page.practice(), kind)
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
        client: hit.client,
        client_title: hit.title(),
        attendees: hit.people,
        clinicians: clinicians.into_iter().map(|c| (c.id, c.name)).collect(),
        rooms: rooms(bookings).await?,
        lengths: page.practice().map(|p| p.kinds.iter().map(|k| (k.kind, k.minutes)).collect()).unwrap_or_default(),
        fold: time::fold_labels(&form.form, &zone)?,
        form,
        zone: zone.city(),
        taken,
        clashes: vec![],
    };
    Ok(booking::Model { form: Some(book), ..booking::Model::default() })
}

/// Books one imported session; `Some`: it could not be booked, and why.
pub(crate) async fn book_or_reason(bookings: &Bookings, page: &Page, form: &Form) -> Result<Option<String>, Failure> {
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
