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

use crate::{
    access::Owner,
    error::{Answer, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
    state::Site,
    web::practice::{TITLE, model},
};

/// POST /rooms
pub async fn create(State(site): State<Site>, owner: Owner, page: Page, Typed(form): Typed) -> Answer {
    let mut r = Reader::new(&form);
    let name = r.text("room", 1..=80, "Please give the room a name.");
    let errors = match (r.finish(), name) {
        (Ok(()), Ok(name)) => {
            if owner.add_room(&name).await? {
                return Ok(redirect_with("/practice", Notice::RoomAdded));
            }
            Errors::one("room", "There is a room of this name already.")
        }
        (Err(errors), _) | (_, Err(errors)) => errors,
    };
    let model = model(&site, &owner, None, FormState { form, errors }, None).await?;
    page.again(TITLE, model, practice::view).await
}

/// POST /rooms/{id}/offers
pub async fn offers(
    State(site): State<Site>,
    owner: Owner,
    page: Page,
    At(id): At<RoomId>,
    Typed(form): Typed,
) -> Answer {
    match read_offers(&form) {
        Ok(offers) => {
            owner.set_offers(id, &offers).await?.found()?;
            Ok(redirect_with("/practice", Notice::Saved))
        }
        Err(errors) => {
            let refused = Some((id, FormState { form, errors }));
            let model = model(&site, &owner, None, FormState::default(), refused).await?;
            page.again(TITLE, model, practice::view).await
        }
    }
}

/// POST /rooms/{id}/archive
pub async fn archive(owner: Owner, At(id): At<RoomId>) -> Answer {
    owner.archive_room(id).await?.found()?;
    Ok(redirect_with("/practice", Notice::RoomArchived))
}
