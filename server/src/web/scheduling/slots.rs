//! Finding a slot for a client. The front desk searches the time of every
//! therapist, a therapist their own.

use app::{
    pages::scheduling::{
        free_times::FreeWeek,
        slots::{self, Model},
    },
    ui::FormState,
};
use domain::{
    form::{Errors, Form},
    ids::ClientId,
    scheduling::{session::SessionKind, slots::SlotWish},
    zone,
};

use super::free_times::{self, Place};
use crate::{
    access::Bookings,
    error::{Answer, Failure, Found as _},
    form::Query,
    page::{Page, redirect},
};

/// GET /slots?client=…: the search form, with the week of slots that were found.
/// Without a client, the page on which one is chosen.
pub async fn show(bookings: Bookings, page: Page, Query(mut form): Query) -> Answer {
    if !form.has("client") {
        return Ok(redirect("/sessions/new"));
    }
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    fill_defaults(&bookings, &page, client, &mut form).await?;
    let zone = page.practice_zone();
    let today = zone::date_of(bookings.now(), &zone);
    let (errors, week): (Errors, Option<FreeWeek>) = match SlotWish::read(&form, today) {
        Err(errors) => (errors, None),
        Ok(wish) => {
            let week = free_times::week(&bookings, &zone, &form, &wish, None, Place::Finder(&form)).await?.found()?;
            (Errors::default(), Some(week))
        }
    };
    let refused = !errors.is_empty();
    let rooms = bookings.room_offers().await?;
    let mut offers: Vec<String> = rooms.iter().flat_map(|r| r.offers.iter().cloned()).collect();
    offers.sort_unstable();
    offers.dedup();
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
        week,
    };
    if refused {
        page.invalid("Find a time", model, slots::view).await
    } else {
        page.ok("Find a time", model, slots::view).await
    }
}

/// Sets the fields that the query leaves out: as for the client's last session.
async fn fill_defaults(bookings: &Bookings, page: &Page, client: ClientId, form: &mut Form) -> Result<(), Failure> {
    let usual = bookings.usual_session(client).await?;
    let minutes = usual
        .as_ref()
        .and_then(|u| u.minutes)
        .unwrap_or_else(|| page.practice().map_or(60, |p| p.minutes_of(SessionKind::Regular)));
    let clinician = usual.map(|u| u.clinician.to_string()).unwrap_or_default();
    for (name, otherwise) in [
        ("attendee", "everyone".to_owned()),
        ("clinician", clinician),
        ("minutes", minutes.to_string()),
        ("part", "any".to_owned()),
        ("place", "any".to_owned()),
        ("suits", "yes".to_owned()),
    ] {
        if !form.has(name) {
            form.set(name, otherwise);
        }
    }
    Ok(())
}
