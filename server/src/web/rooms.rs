//! Rooms to meet in.

use app::{
    pages::practice,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    form::{Errors, Reader},
    ids::RoomId,
    practice::read_offers,
};
use store::RoomChange;

use crate::{
    access::Owner,
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
    state::Site,
    web::practice::{Refused, TITLE, model},
};

/// POST /rooms
pub async fn create(State(site): State<Site>, owner: Owner, page: Page, Typed(form): Typed) -> Answer {
    let mut r = Reader::new(&form);
    let name = r.text("room", 1..=80, "Please give the room a name.");
    let errors = match (r.finish(), name) {
        (Ok(()), Ok(name)) => {
            if owner.add_room(&name, form.get("location").parse().ok()).await? {
                return Ok(redirect_with("/practice", Notice::RoomAdded));
            }
            Errors::one("room", "There is a room of this name there already.")
        }
        (Err(errors), _) | (_, Err(errors)) => errors,
    };
    let model = model(&site, &owner, Refused::NewRoom(FormState { form, errors })).await?;
    page.again(TITLE, model, practice::view).await
}

/// POST /rooms/{id}: what it offers, and where it is
pub async fn update(
    State(site): State<Site>,
    owner: Owner,
    page: Page,
    At(id): At<RoomId>,
    Typed(form): Typed,
) -> Answer {
    let errors = match read_offers(&form) {
        Ok(offers) => match owner.set_room(id, &offers, form.get("location").parse().ok()).await? {
            RoomChange::Done => return Ok(redirect_with("/practice", Notice::Saved)),
            RoomChange::Missing => return Err(Failure::NotFound),
            RoomChange::NameTaken => Errors::one("location", "There is a room of this name there already."),
        },
        Err(errors) => errors,
    };
    let model = model(&site, &owner, Refused::Room(id, FormState { form, errors })).await?;
    page.again(TITLE, model, practice::view).await
}

/// POST /rooms/{id}/archive
pub async fn archive(owner: Owner, At(id): At<RoomId>) -> Answer {
    owner.archive_room(id).await?.found()?;
    Ok(redirect_with("/practice", Notice::RoomArchived))
}
