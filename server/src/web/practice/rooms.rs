//! The rooms in which sessions take place.

use app::{
    pages::practice::settings,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    form::{Errors, Reader},
    ids::RoomId,
    practice::settings::read_offers,
};
use store::RoomChange;

use crate::{
    access::Owner,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with, redirect_with_undo},
    state::Site,
    web::practice::settings::{PLACES, Refused, places},
};

/// POST /rooms: adds a room.
pub async fn create(State(site): State<Site>, owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    let mut r = Reader::new(&form);
    let name = r.text("room", 1..=80, "Enter the room’s name.");
    let errors = match (r.finish(), name) {
        (Ok(()), Ok(name)) => {
            if owner.add_room(&name, form.get("location").parse().ok()).await? {
                return Ok(redirect_with("/practice/places", Notice::RoomAdded));
            }
            Errors::at_field("room", "There is a room of this name there already.")
        }
        (Err(errors), _) | (_, Err(errors)) => errors,
    };
    let model = places(&site, &owner, Refused::NewRoom(FormState { form, errors })).await?;
    page.invalid(PLACES, model, settings::view).await
}

/// POST /rooms/{id}: sets what a room offers, and its location.
pub async fn update(
    State(site): State<Site>,
    owner: Owner,
    page: Page,
    PathIds(id): PathIds<RoomId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let errors = match read_offers(&form) {
        Ok(offers) => match owner.set_room(id, &offers, form.get("location").parse().ok()).await? {
            RoomChange::Done => return Ok(redirect_with("/practice/places", Notice::PlaceSaved)),
            RoomChange::Missing => return Err(Failure::NotFound),
            RoomChange::NameTaken => Errors::at_field("location", "There is a room of this name there already."),
        },
        Err(errors) => errors,
    };
    let model = places(&site, &owner, Refused::Room(id, FormState { form, errors })).await?;
    page.invalid(PLACES, model, settings::view).await
}

/// POST /rooms/{id}/archive: archives a room.
pub async fn archive(owner: Owner, PathIds(id): PathIds<RoomId>) -> Answer {
    let bin = owner.archive_room(id).await?.found()?;
    Ok(redirect_with_undo("/practice/places", Notice::RoomArchived, bin))
}
