//! Finding somebody, and what can be done next.

use app::{
    api::{BOOK, Found},
    pages::find::{self, Model},
    text,
};
use chrono::{DateTime, Utc};
use domain::{ids::SessionId, person::Zone};
use store::PersonHit;

use crate::{access::Bookings, error::Answer, form::Asked, page::Page};

/// So many are shown with what can be done for each.
const SHOWN: usize = 8;

/// GET /find?q=…
pub async fn show(bookings: Bookings, page: Page, Asked(q): Asked) -> Answer {
    let q = q.get("q").trim().to_owned();
    let mut people: Vec<(String, Vec<Found>)> = Vec::new();
    for found in acts(bookings.scope(), &page.practice_zone(), &q).await? {
        match people.last_mut() {
            Some((title, acts)) if *title == found.title && found.act != BOOK => acts.push(found),
            _ => people.push((found.title.clone(), vec![found])),
        }
    }
    page.ok("Find", Model { q, people }, find::view).await
}

/// What can be done for those whom the text names, one after the other.
pub(super) async fn acts(bookings: &store::Bookings, zone: &Zone, text: &str) -> store::Result<Vec<Found>> {
    let mut found = Vec::new();
    for hit in bookings.find_clients(text).await?.iter().take(SHOWN) {
        found.extend(of(hit, bookings.next_session(hit.client).await?, zone));
    }
    Ok(found)
}

fn of(hit: &PersonHit, next: Option<(SessionId, DateTime<Utc>)>, zone: &Zone) -> Vec<Found> {
    let act = |act: String, href: String| Found { title: hit.title(), act, href };
    let client = hit.client;
    let mut acts = vec![
        act(BOOK.to_owned(), format!("/sessions/new?client={client}")),
        act("Find a time".to_owned(), format!("/slots?client={client}")),
    ];
    if let Some((id, at)) = next {
        let at = text::short(at, zone);
        acts.push(act(format!("Open {at}"), format!("/sessions/{id}")));
        acts.push(act(format!("Move {at}"), format!("/sessions/{id}/move")));
        acts.push(act(format!("Cancel {at}"), format!("/sessions/{id}/cancellation")));
    }
    acts
}
