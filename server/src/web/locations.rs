//! The houses of a practice that has several.

use app::{
    pages::practice,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{form::Errors, ids::LocationId, practice::Location};
use store::LocationChange;

use crate::{
    access::Owner,
    error::{Answer, Failure},
    form::{At, Typed},
    page::{Page, redirect_with},
    state::Site,
    web::practice::{Refused, TITLE, model},
};

/// POST /locations
pub async fn create(State(site): State<Site>, owner: Owner, page: Page, Typed(form): Typed) -> Answer {
    let errors = match Location::read(&form) {
        Ok(new) => match refusal(owner.add_location(&new).await?)? {
            None => return Ok(redirect_with("/practice", Notice::Saved)),
            Some(errors) => errors,
        },
        Err(errors) => errors,
    };
    let model = model(&site, &owner, Refused::NewLocation(FormState { form, errors })).await?;
    page.again(TITLE, model, practice::view).await
}

/// POST /locations/{id}
pub async fn update(
    State(site): State<Site>,
    owner: Owner,
    page: Page,
    At(id): At<LocationId>,
    Typed(form): Typed,
) -> Answer {
    let errors = match Location::read(&form) {
        Ok(new) => match refusal(owner.change_location(id, &new).await?)? {
            None => return Ok(redirect_with("/practice", Notice::Saved)),
            Some(errors) => errors,
        },
        Err(errors) => errors,
    };
    let model = model(&site, &owner, Refused::Location(id, FormState { form, errors })).await?;
    page.again(TITLE, model, practice::view).await
}

/// POST /locations/{id}/archive
pub async fn archive(State(site): State<Site>, owner: Owner, page: Page, At(id): At<LocationId>) -> Answer {
    match refusal(owner.archive_location(id).await?)? {
        None => Ok(redirect_with("/practice", Notice::LocationArchived)),
        Some(errors) => {
            let found = owner.locations().await?.into_iter().find(|(other, _)| *other == id);
            let form = found.map(|(_, location)| location.form()).unwrap_or_default();
            let model = model(&site, &owner, Refused::Location(id, FormState { form, errors })).await?;
            page.again(TITLE, model, practice::view).await
        }
    }
}

/// What is said where a location could not be changed.
fn refusal(change: LocationChange) -> Result<Option<Errors>, Failure> {
    match change {
        LocationChange::Done => Ok(None),
        LocationChange::Missing => Err(Failure::NotFound),
        LocationChange::NameTaken => Ok(Some(Errors::one("location", "There is a location of this name already."))),
        LocationChange::InUse(names) => Ok(Some(Errors::one(
            "location",
            format!("Rooms or hours are still there: {}. Move them first.", names.join(", ")),
        ))),
    }
}
