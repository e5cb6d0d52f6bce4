//! The call of an island that finds clients while a name is typed.

use std::sync::Arc;

use app::api::{Answer, Backend, Hits};
use axum::{extract::Request, response::Response};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::find::Finder;
use crate::{
    access::{Bookings, Clinician},
    error::Failure,
    page::Page,
    web::api::{run, trouble, with_status},
};

/// The longest search text, in characters; the rest is ignored.
const LONGEST_SEARCH: usize = 200;

/// POST /api/find: finds clients, for all who book sessions.
pub async fn find(bookings: Bookings, clinician: Result<Clinician, Failure>, page: Page, request: Request) -> Response {
    let finder = Arc::new(Finder::new(bookings, clinician.ok(), page.practice_zone()));
    run(Arc::new(Search(finder)), request).await
}

/// Finds clients for those who book sessions.
struct Search(Arc<Finder>);

impl Backend for Search {
    fn find(&self, text: String) -> Answer<Hits> {
        let (finder, options) = (Arc::clone(&self.0), use_context::<ResponseOptions>());
        let answer = async move {
            let text: String = text.chars().filter(|c| *c != '\0').take(LONGEST_SEARCH).collect();
            finder.first(&text).await.map_err(trouble)
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}
