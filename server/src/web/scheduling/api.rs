//! The call of an island that offers free times for a booking.

use std::sync::Arc;

use app::{
    api::{Answer, ApiError, Backend, FreeTime, Offer},
    text,
};
use axum::{extract::Request, response::Response};
use domain::{
    clients::{client::title, person::Zone},
    form::parse_date,
    ids::{AccountId, ClientId},
    practice::settings::Practice,
    scheduling::session::SessionKind,
    zone,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::sessions::time_fields;
use crate::{
    access::Bookings,
    page::Page,
    web::api::{form, run, trouble, with_status},
};

/// The largest number of free times in one answer.
const OFFERED: usize = 6;

/// POST /api/free-times: the next free times for a booking.
pub async fn free_times(bookings: Bookings, page: Page, request: Request) -> Response {
    run(
        Arc::new(Times {
            bookings: bookings.scope().clone(),
            zone: page.practice_zone(),
            practice: page.practice().cloned(),
        }),
        request,
    )
    .await
}

/// Finds free times for those who book sessions.
struct Times {
    bookings: store::Bookings,
    zone: Zone,
    practice: Option<Practice>,
}

impl Backend for Times {
    fn free_times(&self, fields: Vec<(String, String)>) -> Answer<Offer> {
        let (bookings, zone, options) = (self.bookings.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let practice = self.practice.clone();
        let answer = async move {
            let form = form(fields)?;
            let client: ClientId = form.get("client").parse().map_err(|_| ApiError::Unfit)?;
            let clinician: AccountId = form.get("clinician").parse().map_err(|_| ApiError::Unfit)?;
            bookings.client_to_book(client).await.map_err(trouble)?.ok_or(ApiError::Gone)?;
            let kind = form.get("kind").parse().unwrap_or(SessionKind::Regular);
            let usual = practice.as_ref().map_or(60, |p| p.minutes_of(kind));
            let minutes = form.get("minutes").parse().unwrap_or(usual).clamp(10, 480);
            let today = zone::date_of(bookings.now(), &zone);
            let date = parse_date(form.get("date")).unwrap_or(today).max(today);
            let from = zone::day_start(date, &zone).map_err(|_| ApiError::Trouble)?;
            let found = bookings
                .free_times(
                    client,
                    form.get("attendee").parse().ok(),
                    clinician,
                    form.get("place").parse().ok(),
                    from,
                    minutes,
                    OFFERED,
                )
                .await
                .map_err(trouble)?;
            let lead = lead(&found);
            let times: store::Result<Vec<FreeTime>> = found
                .times
                .into_iter()
                .map(|at| {
                    let [date, time, fold] = time_fields(at, &zone)?;
                    Ok(FreeTime { date, time, fold, label: text::short(at, &zone) })
                })
                .collect();
            let times = times.map_err(trouble)?;
            Ok(Offer { lead, times })
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}

/// The sentence above the free times; empty where there are none.
fn lead(found: &store::FreeTimes) -> String {
    if found.times.is_empty() {
        return String::new();
    }
    let names = title(found.asked.iter().map(String::as_str));
    let which = match (found.asked.is_empty(), found.suit) {
        (true, _) => "The next free times.".to_owned(),
        (false, true) => format!("The next free times that suit {names}."),
        (false, false) => format!(
            "Nothing that is free in the three weeks from that day suits {names}. These times are free all the same."
        ),
    };
    format!("{which} One press puts a time into the form.")
}
