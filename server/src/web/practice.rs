//! The practice's settings, and the rooms on the same page.

use app::{
    pages::practice::{self, Model},
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{form::Errors, practice::Practice, zone};

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
) -> Result<Model, Failure> {
    let form = match form {
        Some(form) => form,
        None => FormState { form: owner.practice().await?.form(), errors: Errors::default() },
    };
    let rooms = owner.rooms().await?.into_iter().map(|room| (room.id, room.name)).collect();
    Ok(Model { form, rooms, room_form, mail_folder: super::staff::mail_folder(site) })
}

/// GET /practice
pub async fn show(State(site): State<Site>, owner: Owner, page: Page) -> Answer {
    let model = model(&site, &owner, None, FormState::default()).await?;
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
            let model = model(&site, &owner, Some(FormState { form, errors }), FormState::default()).await?;
            page.again(TITLE, model, practice::view).await
        }
    }
}
