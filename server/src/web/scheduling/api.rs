//! The call of an island that shows free times beside a form.

use std::sync::Arc;

use app::{
    api::{Answer, ApiError, Backend},
    pages::scheduling::free_times as page,
};
use axum::{extract::Request, response::Response};
use domain::{clients::person::Zone, ids::SessionId, practice::settings::Practice, scheduling::slots::SlotWish, zone};
use leptos::prelude::{Owner, RenderHtml as _, use_context};
use leptos_axum::ResponseOptions;

use super::{
    free_times::{self, Place},
    sessions,
};
use crate::{
    access::Bookings,
    page::Page,
    web::api::{form, run, trouble, with_status},
};

/// POST /api/free-times: the week of free times for the fields of a form.
pub async fn free_times(bookings: Bookings, page: Page, request: Request) -> Response {
    let (zone, practice) = (page.practice_zone(), page.practice().cloned());
    run(Arc::new(Times { bookings, zone, practice }), request).await
}

/// Finds free times for those who book sessions.
struct Times {
    bookings: Bookings,
    zone: Zone,
    practice: Option<Practice>,
}

impl Backend for Times {
    fn free_times(&self, fields: Vec<(String, String)>) -> Answer<String> {
        let (bookings, zone, options) = (self.bookings.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let practice = self.practice.clone();
        let answer = async move {
            let mut form = form(fields)?;
            sessions::fill_usual_length(&mut form, practice.as_ref());
            let today = zone::date_of(bookings.now(), &zone);
            let wish = SlotWish::read(&form, today).map_err(|_| ApiError::Unfit)?;
            let moving: Option<SessionId> = form.get("session").parse().ok();
            let path = moving.map(|id| format!("/sessions/{id}/move"));
            let place = match &path {
                Some(to) => Place::Form { id: "move", to },
                None => Place::Form { id: "booking", to: "/sessions/new" },
            };
            let week = free_times::week(&bookings, &zone, &form, &wish, moving, place).await.map_err(trouble)?;
            let week = week.ok_or(ApiError::Gone)?;
            Ok(Owner::new().with(|| page::view(&week).to_html()))
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}
