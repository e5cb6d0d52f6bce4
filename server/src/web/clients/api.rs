//! The call of an island that finds clients while a name is typed.

use std::sync::Arc;

use app::api::{Answer, Backend, Found};
use axum::{extract::Request, response::Response};
use domain::clients::person::Zone;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::find::first_acts;
use crate::{
    access::Bookings,
    page::Page,
    web::api::{run, trouble, with_status},
};

/// The longest search text, in characters; the rest is ignored.
const LONGEST_SEARCH: usize = 200;

/// POST /api/find: finds clients, for all who book sessions.
pub async fn find(bookings: Bookings, page: Page, request: Request) -> Response {
    run(Arc::new(Search { bookings: bookings.scope().clone(), zone: page.practice_zone() }), request).await
}

/// Finds clients for those who book sessions.
struct Search {
    bookings: store::Bookings,
    zone: Zone,
}

impl Backend for Search {
    fn find(&self, text: String) -> Answer<Vec<Found>> {
        let (bookings, zone, options) = (self.bookings.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let text: String = text.chars().filter(|c| *c != '\0').take(LONGEST_SEARCH).collect();
            first_acts(&bookings, &zone, &text).await.map_err(trouble)
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}
