//! The practice's settings, and the rooms on the same page.

use app::{
    pages::practice::{self, LocationItem, Model, RoomItem},
    text,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    form::{Errors, Form},
    ids::{LocationId, RoomId},
    person::Zone,
    practice::{Location, Practice},
    zone,
};
use store::{RoomOffer, ZonesChanged};

use crate::{
    access::Owner,
    error::{Answer, Failure},
    form::Typed,
    page::{Page, redirect_with},
    state::Site,
};

pub(super) const TITLE: &str = "Practice";

/// Which of the page's forms was refused.
pub(super) enum Refused {
    None,
    Settings(FormState),
    NewRoom(FormState),
    Room(RoomId, FormState),
    NewLocation(FormState),
    Location(LocationId, FormState),
}

/// The page: everything as it is, but for a form that was refused.
pub(super) async fn model(site: &Site, owner: &Owner, refused: Refused) -> Result<Model, Failure> {
    let practice = owner.practice().await?;
    let mut model = Model {
        form: FormState::new(practice.form()),
        rooms: owner.rooms().await?.into_iter().map(room).collect(),
        room_form: FormState::default(),
        locations: owner.locations().await?.into_iter().map(location).collect(),
        location_form: FormState::default(),
        mail_folder: super::staff::mail_folder(site),
        zones: owner.zones_changed().await?.map(|changed| zones(&changed, &practice.zone)),
    };
    match refused {
        Refused::None => {}
        Refused::Settings(form) => model.form = form,
        Refused::NewRoom(form) => model.room_form = form,
        Refused::NewLocation(form) => model.location_form = form,
        Refused::Room(id, form) => model.rooms.iter_mut().filter(|r| r.id == id).for_each(|r| r.form = form.clone()),
        Refused::Location(id, form) => {
            model.locations.iter_mut().filter(|l| l.id == id).for_each(|l| l.form = form.clone());
        }
    }
    Ok(model)
}

/// What the owner is told of a newer zone database.
fn zones(changed: &ZonesChanged, zone: &Zone) -> Vec<String> {
    let day = text::day(zone::today(changed.at, zone));
    let count = |n: i64, one: &str, many: &str| if n == 1 { one.to_owned() } else { format!("{n} {many}") };
    let mut lines = vec![format!(
        "Since {day} this program knows the rules of time zones as of {}. {} at another instant than before, at the same time on the practice’s clock. Reminders have moved along, and nobody was written to.",
        changed.version,
        count(changed.sessions, "One session begins", "sessions begin"),
    )];
    if changed.elsewhere > 0 {
        lines.push(format!(
            "{} another clock, which shows another time for it now. The front desk should call them.",
            count(
                changed.elsewhere,
                "To one of them somebody comes who lives by",
                "of them are for somebody who lives by"
            ),
        ));
    }
    if changed.over > 0 {
        lines.push(format!(
            "{} over another one now. The calendar shows which.",
            count(changed.over, "One of them lies", "of them lie")
        ));
    }
    lines
}

/// A room, with the form of what it offers and where it is.
fn room(found: RoomOffer) -> RoomItem {
    let location = found.location.map(|l| l.to_string()).unwrap_or_default();
    let form = FormState::new(Form::from_pairs([("offers", found.offers.join(", ")), ("location", location)]));
    RoomItem { id: found.room.id, name: found.name, form }
}

fn location((id, found): (LocationId, Location)) -> LocationItem {
    LocationItem { id, form: FormState::new(found.form()), name: found.name, address: found.address }
}

/// GET /practice
pub async fn show(State(site): State<Site>, owner: Owner, page: Page) -> Answer {
    let model = model(&site, &owner, Refused::None).await?;
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
            let model = model(&site, &owner, Refused::Settings(FormState { form, errors })).await?;
            page.again(TITLE, model, practice::view).await
        }
    }
}
