//! Finding a slot for a client. The front desk searches the time of every
//! therapist, a therapist their own.

use app::{
    pages::scheduling::slots::{self, Found, Model, SlotDay, SlotItem},
    text,
    ui::FormState,
};
use chrono::NaiveDate;
use domain::{
    clients::{client::title, person::Zone},
    form::{Errors, Form},
    ids::ClientId,
    scheduling::{
        session::SessionKind,
        slots::{Cursor, SlotWish, Suits},
    },
    zone,
};
use store::{Slot, Slots};

use super::sessions::time_fields;
use crate::{
    access::Bookings,
    address::query,
    error::{Answer, Failure, Found as _},
    form::Query,
    page::Page,
};

/// How many times one page shows, each with the therapists who are free then.
const SHOWN: usize = 24;

/// GET /slots?client=…: the search form, with the slots that were found.
pub async fn show(bookings: Bookings, page: Page, Query(mut form): Query) -> Answer {
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    let zone = page.practice_zone();
    let today = zone::date_of(bookings.now(), &zone);
    let usual = bookings.usual_session(client).await?;
    let minutes = usual
        .as_ref()
        .and_then(|u| u.minutes)
        .unwrap_or_else(|| page.practice().map_or(60, |p| p.minutes_of(SessionKind::Regular)));
    let clinician = usual.map(|u| u.clinician.to_string()).unwrap_or_default();
    for (name, otherwise) in [
        ("attendee", "everyone".to_owned()),
        ("clinician", clinician),
        ("from", today.to_string()),
        ("minutes", minutes.to_string()),
        ("part", "any".to_owned()),
        ("place", "any".to_owned()),
        ("suits", "yes".to_owned()),
    ] {
        if !form.has(name) {
            form.set(name, otherwise);
        }
    }
    let rooms = bookings.room_offers().await?;
    let mut offers: Vec<String> = rooms.iter().flat_map(|r| r.offers.iter().cloned()).collect();
    offers.sort_unstable();
    offers.dedup();
    let (errors, answer) = match SlotWish::read(&form, today) {
        Err(errors) => (errors, None),
        Ok(wish) => {
            let slots = bookings.slots(&wish, SHOWN).await?.found()?;
            // On a later page, the form's first day is that of the page.
            if wish.cursor.is_some() {
                let first = slots.found.first().map_or(slots.searched.from, |slot| slot.at);
                form.set("from", zone::date_of(first, &zone).to_string());
            }
            (Errors::default(), Some(slot_answer(&form, &wish, &slots, &zone)?))
        }
    };
    let refused = !errors.is_empty();
    let model = Model {
        client,
        client_title: hit.title(),
        attendees: hit.people,
        clinicians: bookings.clinicians().await?.into_iter().map(|c| (c.id, c.name)).collect(),
        own: !bookings.is_desk(),
        locations: bookings.locations().await?.into_iter().map(|(id, l)| (id, l.name)).collect(),
        rooms: rooms.into_iter().map(|r| (r.room.id, r.room.name)).collect(),
        offers,
        zone: zone.city(),
        form: FormState { form, errors },
        answer,
    };
    if refused {
        page.invalid("Find a time", model, slots::view).await
    } else {
        page.ok("Find a time", model, slots::view).await
    }
}

/// The slots that were found, by day and by therapist and place, with the
/// sentence above them.
fn slot_answer(form: &Form, wish: &SlotWish, slots: &Slots, zone: &Zone) -> store::Result<Found> {
    let link = |form: &Form| {
        let pairs: Vec<(&str, &str)> = form.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        format!("/slots?{}", query(&pairs))
    };
    let page = |cursor: Cursor| {
        let mut other = form.clone();
        other.0.retain(|(name, _)| !Cursor::FIELDS.contains(&name.as_str()));
        let (name, value) = cursor.field();
        other.set(name, value);
        link(&other)
    };
    let heeded = wish.preferred_times == Suits::All && !slots.asked.is_empty();
    let day = |at| text::short_day(zone::date_of(at, zone));
    let (first, last) = (day(slots.searched.from), day(slots.searched.until - chrono::Duration::nanoseconds(1)));
    let lead = match (slots.found.is_empty(), heeded) {
        (true, true) => format!("No time between {first} and {last} suits everyone who comes."),
        (true, false) => format!(
            "There is no free time between {first} and {last}. Another room, therapist, length or time of day may help."
        ),
        (false, true) => format!(
            "They are free for everyone and everything, and suit {}.",
            title(slots.asked.iter().map(String::as_str))
        ),
        (false, false) if slots.asked.is_empty() => {
            "They are free for everyone and everything. Nobody has said which times suit.".to_owned()
        }
        (false, false) => "They are free for everyone and everything; whether they suit was not looked at.".to_owned(),
    };
    let mut days: Vec<(NaiveDate, SlotDay)> = Vec::new();
    for slot in &slots.found {
        let date = zone::wall_time(slot.at, zone).date();
        if days.last().is_none_or(|(last, _)| *last != date) {
            days.push((date, SlotDay { label: text::day(date), groups: vec![] }));
        }
        let Some((_, day)) = days.last_mut() else { continue };
        let with = format!("{}, {}", slot.clinician_name, place(slot));
        let item = item(wish, slot, zone)?;
        match day.groups.iter_mut().find(|(other, _)| *other == with) {
            Some((_, items)) => items.push(item),
            None => day.groups.push((with, vec![item])),
        }
    }
    let mut any = form.clone();
    any.set("suits", "no");
    Ok(Found {
        lead,
        beyond: heeded.then(|| link(&any)),
        days: days.into_iter().map(|(_, day)| day).collect(),
        unnamed: slots.unnamed,
        earlier: slots.earlier.map(page),
        later: slots.later.map(page),
    })
}

/// The name of a slot's place.
fn place(slot: &Slot) -> String {
    slot.room.as_ref().map_or_else(|| "online".to_owned(), |r| r.name.clone())
}

/// A slot with the link that books it.
fn item(wish: &SlotWish, slot: &Slot, zone: &Zone) -> store::Result<SlotItem> {
    let (client, clinician, minutes) = (wish.client.to_string(), slot.clinician.to_string(), wish.minutes.to_string());
    let [date, time, fold] = time_fields(slot.at, zone)?;
    let room = slot.room.as_ref().map_or_else(|| "online".to_owned(), |r| r.id.to_string());
    let attendee = wish.attendee.map_or_else(|| "everyone".to_owned(), |p| p.to_string());
    let asked = [
        ("client", client.as_str()),
        ("attendee", &attendee),
        ("clinician", &clinician),
        ("place", &room),
        ("date", &date),
        ("time", &time),
        ("fold", &fold),
        ("minutes", &minutes),
    ];
    Ok(SlotItem {
        time: text::clock(slot.at, zone),
        book: format!("/sessions/new?{}", query(&asked)),
        label: format!("{} with {}, {}", text::short(slot.at, zone), slot.clinician_name, place(slot)),
    })
}
