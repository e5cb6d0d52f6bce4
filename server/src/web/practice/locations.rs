//! The locations of a practice that works at several addresses.

use app::{
    pages::practice::settings,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{form::Errors, ids::LocationId, practice::settings::Location};
use store::{LocationArchived, LocationChange};

use crate::{
    access::Owner,
    error::{Answer, Failure},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with, redirect_with_undo},
    state::Site,
    web::practice::settings::{PLACES, Refused, places},
};

/// POST /locations: adds a location.
pub async fn create(State(site): State<Site>, owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    let errors = match Location::read(&form) {
        Ok(new) => match refusal(owner.add_location(&new).await?)? {
            None => return Ok(redirect_with("/practice/places", Notice::PlaceSaved)),
            Some(errors) => errors,
        },
        Err(errors) => errors,
    };
    let model = places(&site, &owner, Refused::NewLocation(FormState { form, errors })).await?;
    page.invalid(PLACES, model, settings::view).await
}

/// POST /locations/{id}: changes a location.
pub async fn update(
    State(site): State<Site>,
    owner: Owner,
    page: Page,
    PathIds(id): PathIds<LocationId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let errors = match Location::read(&form) {
        Ok(new) => match refusal(owner.change_location(id, &new).await?)? {
            None => return Ok(redirect_with("/practice/places", Notice::PlaceSaved)),
            Some(errors) => errors,
        },
        Err(errors) => errors,
    };
    let model = places(&site, &owner, Refused::Location(id, FormState { form, errors })).await?;
    page.invalid(PLACES, model, settings::view).await
}

/// POST /locations/{id}/archive: archives a location; refused while rooms or
/// hours are there.
pub async fn archive(State(site): State<Site>, owner: Owner, page: Page, PathIds(id): PathIds<LocationId>) -> Answer {
    match owner.archive_location(id).await? {
        LocationArchived::Done(bin) => Ok(redirect_with_undo("/practice/places", Notice::LocationArchived, bin)),
        LocationArchived::Missing => Err(Failure::NotFound),
        LocationArchived::InUse(names) => {
            let message = format!("Rooms or hours are still there: {}. Move them first.", names.join(", "));
            let errors = Errors::at_field("location", message);
            let found = owner.locations().await?.into_iter().find(|(other, _)| *other == id);
            let form = found.map(|(_, location)| location.form()).unwrap_or_default();
            let model = places(&site, &owner, Refused::Location(id, FormState { form, errors })).await?;
            page.invalid(PLACES, model, settings::view).await
        }
    }
}

/// The errors to show for a refused change; `None`: it was done.
fn refusal(change: LocationChange) -> Result<Option<Errors>, Failure> {
    match change {
        LocationChange::Done => Ok(None),
        LocationChange::Missing => Err(Failure::NotFound),
        LocationChange::NameTaken => {
            Ok(Some(Errors::at_field("location", "There is a location of this name already.")))
        }
    }
}
