//! Finding a slot, for the front desk with every therapist, for a therapist
//! with their own time.

use app::{
    pages::slots::{self, Found, Model, SlotDay, SlotItem},
    text,
    ui::FormState,
};
use chrono::{Duration, NaiveDate};
use domain::{
    client::title,
    form::{Errors, Form},
    ids::ClientId,
    person::Zone,
    session::SessionKind,
    slots::{SlotWish, Suits},
    zone::{self, Meaning},
};
use store::{Slot, Slots};

use crate::{
    access::{Bookings, query},
    error::{Answer, Failure, Found as _},
    form::Asked,
    page::Page,
};

/// So many slots are shown at once.
const SHOWN: usize = 24;

/// GET /slots?client=…
pub async fn show(bookings: Bookings, page: Page, Asked(mut form): Asked) -> Answer {
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    let zone = page.practice_zone();
    let today = zone::today(bookings.now(), &zone);
    let usual = bookings.usual(client).await?;
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
            (Errors::default(), Some(found(&form, &wish, &slots, &zone)))
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
        page.again("Find a time", model, slots::view).await
    } else {
        page.ok("Find a time", model, slots::view).await
    }
}

fn found(form: &Form, wish: &SlotWish, slots: &Slots, zone: &Zone) -> Found {
    let again = |name: &str, value: &str| {
        let mut other = form.clone();
        other.set(name, value);
        let pairs: Vec<(&str, &str)> = other.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        format!("/slots?{}", query(&pairs))
    };
    let heeded = wish.suits == Suits::All && !slots.asked.is_empty();
    let lead = match (slots.found.is_empty(), heeded) {
        (true, true) => "No time in the four weeks from that day suits everyone who comes.".to_owned(),
        (true, false) => "There is no free time in the four weeks from that day. Another room, therapist, length or time of day may help.".to_owned(),
        (false, true) => format!("They are free for everyone and everything, and suit {}.", title(slots.asked.iter().map(String::as_str))),
        (false, false) if slots.asked.is_empty() => "They are free for everyone and everything. Nobody has said which times suit.".to_owned(),
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
        let item = item(wish, slot, zone);
        match day.groups.iter_mut().find(|(other, _)| *other == with) {
            Some((_, items)) => items.push(item),
            None => day.groups.push((with, vec![item])),
        }
    }
    // What is left of the last day is found from that day on.
    let later = days.last().filter(|_| slots.found.len() >= SHOWN).map(|(last, _)| {
        let next = if days.len() > 1 { *last } else { *last + Duration::days(1) };
        again("from", &next.to_string())
    });
    Found {
        lead,
        beyond: heeded.then(|| again("suits", "no")),
        days: days.into_iter().map(|(_, day)| day).collect(),
        later,
    }
}

fn place(slot: &Slot) -> String {
    slot.room.as_ref().map_or_else(|| "online".to_owned(), |r| r.name.clone())
}

fn item(wish: &SlotWish, slot: &Slot, zone: &Zone) -> SlotItem {
    let starts = zone::wall_time(slot.at, zone);
    let fold = match zone::meaning(starts, zone) {
        Ok(Meaning::Twice { second, .. }) if second == slot.at => "1",
        Ok(Meaning::Twice { .. }) => "0",
        _ => "",
    };
    let (client, clinician, minutes) = (wish.client.to_string(), slot.clinician.to_string(), wish.minutes.to_string());
    let (date, time) = (starts.date().to_string(), text::time(starts.time()));
    let room = slot.room.as_ref().map_or_else(|| "online".to_owned(), |r| r.id.to_string());
    let attendee = wish.attendee.map_or_else(|| "everyone".to_owned(), |p| p.to_string());
    SlotItem {
        time: time.clone(),
        book: format!(
            "/sessions/new?{}",
            query(&[
                ("client", &client),
                ("attendee", &attendee),
                ("clinician", &clinician),
                ("place", &room),
                ("date", &date),
                ("time", &time),
                ("fold", fold),
                ("minutes", &minutes),
            ])
        ),
        label: format!("{} with {}, {}", text::short(slot.at, zone), slot.clinician_name, place(slot)),
    }
}
