//! The practice's settings, and the rooms on the same page.

use app::{
    pages::practice::{self, Model, RoomItem},
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    form::{Errors, Form},
    ids::RoomId,
    practice::Practice,
    zone,
};
use store::RoomOffer;

use crate::{
    access::Owner,
    error::{Answer, Failure},
    form::Typed,
    page::{Page, redirect_with},
    state::Site,
};

pub(super) const TITLE: &str = "Practice";

/// The page, with a form that was refused or the settings as they are.
pub(super) async fn model(
    site: &Site,
    owner: &Owner,
    form: Option<FormState>,
    room_form: FormState,
    refused: Option<(RoomId, FormState)>,
) -> Result<Model, Failure> {
    let form = match form {
        Some(form) => form,
        None => FormState { form: owner.practice().await?.form(), errors: Errors::default() },
    };
    let rooms = owner.rooms().await?.into_iter().map(|r| room(r, refused.as_ref())).collect();
    Ok(Model { form, rooms, room_form, mail_folder: super::staff::mail_folder(site) })
}

/// A room, with the form of what it offers: as it is, or as it was refused.
fn room(found: RoomOffer, refused: Option<&(RoomId, FormState)>) -> RoomItem {
    let id = found.room.id;
    let form = match refused.filter(|(refused, _)| *refused == id) {
        Some((_, form)) => form.clone(),
        None => FormState::new(Form::from_pairs([("offers", found.offers.join(", "))])),
    };
    RoomItem { id, name: found.room.name, form }
}

/// GET /practice
pub async fn show(State(site): State<Site>, owner: Owner, page: Page) -> Answer {
    let model = model(&site, &owner, None, FormState::default(), None).await?;
    page.ok(TITLE, model, practice::view).await
}

/// POST /practice
pub async fn update(State(site): State<Site>, owner: Owner, page: Page, Typed(form): Typed) -> Answer {
    let read = Practice::read(&form).and_then(|new| {
        if zone::exists(&new.zone) {
            Ok(new)
        } else {
            Err(Errors::one("zone", "Please pick a time zone from the list."))
        }
    });
    match read {
        Ok(new) => {
            owner.update_practice(&new).await?;
            Ok(redirect_with("/practice", Notice::Saved))
        }
        Err(errors) => {
            let model = model(&site, &owner, Some(FormState { form, errors }), FormState::default(), None).await?;
            page.again(TITLE, model, practice::view).await
        }
    }
}
